"""The days and moments of a series: RFC 5545, zones, summer time, leap days."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.shifts.recurrence import WEEKDAYS, BadRecurrence, Recurrence, checked

KANSAS = ZoneInfo("America/Chicago")
A_DAY = timedelta(days=1)


def series(rule: str, first: date, begins: str = "09:00", ends: str = "13:00", zone: str = "UTC") -> Recurrence:
    place = ZoneInfo(zone)
    return Recurrence(
        checked(rule, place), first, time.fromisoformat(begins), time.fromisoformat(ends), place, frozenset()
    )


def days(recurrence: Recurrence, until: date) -> list[str]:
    return [day.isoformat() for day in recurrence.days(recurrence.first_day - A_DAY, until)]


@pytest.mark.parametrize(
    ("rule", "first", "until", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=3", date(2028, 2, 26), date(2028, 3, 3), ["2028-02-26", "2028-02-29", "2028-03-03"]),
        ("FREQ=WEEKLY;BYDAY=MO,WE", date(2026, 11, 25), date(2026, 12, 3), ["2026-11-25", "2026-11-30", "2026-12-02"]),
        ("FREQ=WEEKLY;INTERVAL=2", date(2026, 12, 30), date(2027, 1, 28), ["2026-12-30", "2027-01-13", "2027-01-27"]),
        ("FREQ=MONTHLY;BYMONTHDAY=29", date(2027, 1, 29), date(2027, 4, 1), ["2027-01-29", "2027-03-29"]),
        ("FREQ=MONTHLY;BYMONTHDAY=29", date(2028, 1, 29), date(2028, 4, 1), ["2028-01-29", "2028-02-29", "2028-03-29"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", date(2027, 1, 31), date(2027, 4, 1), ["2027-01-31", "2027-02-28", "2027-03-31"]),
        ("FREQ=MONTHLY;BYDAY=-1FR", date(2026, 11, 27), date(2027, 1, 31), ["2026-11-27", "2026-12-25", "2027-01-29"]),
        ("RRULE:freq=daily;count=2;", date(2026, 12, 31), date(2027, 2, 1), ["2026-12-31", "2027-01-01"]),
        ("FREQ=DAILY;UNTIL=20270101", date(2026, 12, 31), date(2027, 2, 1), ["2026-12-31", "2027-01-01"]),
    ],
)  # fmt: skip
def test_the_days_of_a_rule(rule: str, first: date, until: date, expected: list[str]) -> None:
    assert days(series(rule, first), until) == expected


def test_until_as_a_moment_is_a_day_of_the_zone() -> None:
    """03:00 UTC on the first of December is the evening of 30 November in Kansas, and the morning in Jakarta."""
    rule = "FREQ=DAILY;UNTIL=20261201T030000Z"
    assert checked(rule, KANSAS) == "FREQ=DAILY;UNTIL=20261130"
    assert checked(rule, ZoneInfo("Asia/Jakarta")) == "FREQ=DAILY;UNTIL=20261201"


@pytest.mark.parametrize(
    "rule",
    [
        "", "DAILY", "FREQ=", "FREQ=YEARLY", "FREQ=HOURLY", "FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=1MO", "FREQ=WEEKLY;BYDAY=MO,MO", "FREQ=WEEKLY;BYDAY=XX", "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYMONTHDAY=1;BYDAY=MO", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=20270230", "FREQ=DAILY;UNTIL=00010101T000000Z", "FREQ=DAILY;BYHOUR=9",
        "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=1000", "FREQ=DAILY\nEXDATE:20270101",
    ],
)  # fmt: skip
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(BadRecurrence) as refused:
        checked(rule, KANSAS)
    assert refused.value.field == "rule"


@pytest.mark.parametrize(
    ("zone", "day", "begins", "ends", "starts_at", "minutes", "shifted"),
    [
        # Nine in Kansas is 14:00 UTC in summer and 15:00 in winter; the shift keeps its clock time.
        ("America/Chicago", date(2026, 10, 31), "09:00", "13:00", "2026-10-31T14:00", 240, False),
        ("America/Chicago", date(2026, 11, 1), "09:00", "13:00", "2026-11-01T15:00", 240, False),
        # A night in which the clock goes back has an hour more, and every minute of it is in the shift.
        ("America/Chicago", date(2026, 10, 31), "22:00", "06:00", "2026-11-01T03:00", 540, False),
        ("America/Chicago", date(2027, 3, 13), "22:00", "06:00", "2027-03-14T04:00", 420, False),
        # 02:30 is left out on 14 March 2027: it counts as the clock before the change did, which then shows 03:30.
        ("America/Chicago", date(2027, 3, 14), "02:30", "06:00", "2027-03-14T08:30", 150, True),
        # Of an hour that is shown twice the first is meant.
        ("America/Chicago", date(2026, 11, 1), "01:30", "03:00", "2026-11-01T06:30", 150, False),
        # Half hours and a change of the clock by half an hour.
        ("Asia/Kolkata", date(2026, 11, 1), "09:00", "09:45", "2026-11-01T03:30", 45, False),
        ("Australia/Lord_Howe", date(2026, 10, 4), "00:00", "08:00", "2026-10-03T13:30", 450, False),
        ("Pacific/Kiritimati", date(2026, 11, 1), "00:00", "04:00", "2026-10-31T10:00", 240, False),
    ],
)  # fmt: skip
def test_the_moments_of_a_day(
    zone: str, day: date, begins: str, ends: str, starts_at: str, minutes: int, shifted: bool
) -> None:
    found = series("FREQ=DAILY", day, begins, ends, zone).on(day)
    assert found.starts_at == datetime.fromisoformat(starts_at).replace(tzinfo=UTC)
    assert (found.ends_at - found.starts_at) / timedelta(minutes=1) == minutes
    assert found.shifted is shifted


def test_a_day_on_which_the_change_of_the_clock_leaves_no_time_is_none() -> None:
    """02:30 to 03:30 in the night to summer time: both are the same moment."""
    recurrence = series("FREQ=DAILY", date(2027, 3, 13), "02:30", "03:30", "America/Chicago")
    assert [each.day.day for each in recurrence.occurrences(date(2027, 3, 12), date(2027, 3, 15))] == [13, 15]


def test_a_left_out_day_is_none_and_a_rule_comes_to_its_end() -> None:
    recurrence = series("FREQ=DAILY;COUNT=3", date(2026, 12, 30))
    without = Recurrence(
        recurrence.rule, recurrence.first_day, recurrence.begins, recurrence.ends, recurrence.place,
        frozenset({date(2026, 12, 31)}),
    )  # fmt: skip
    assert days(without, date(2027, 2, 1)) == ["2026-12-30", "2027-01-01"]
    assert [without.ends_by(date(2026, 12, 31)), without.ends_by(date(2027, 1, 1))] == [False, True]


RULES = st.one_of(
    st.builds(lambda every: {"FREQ": "DAILY", "INTERVAL": str(every)}, st.integers(1, 30)),
    st.builds(
        lambda every, on: {"FREQ": "WEEKLY", "INTERVAL": str(every), "BYDAY": ",".join(sorted(on))},
        st.integers(1, 4),
        st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    ),
    st.builds(lambda on: {"FREQ": "MONTHLY", "BYMONTHDAY": str(on)}, st.integers(-28, 31).filter(bool)),
)
ZONES = st.sampled_from(["America/Chicago", "Asia/Kolkata", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia"])


@given(RULES, ZONES, st.dates(date(2026, 1, 1), date(2028, 12, 31)), st.times(), st.times(), st.integers(1, 60))
def test_laying_in_two_goes_is_laying_in_one(
    parts: dict[str, Any], zone: str, first: date, begins: time, ends: time, cut: int
) -> None:
    """No day is lost and none is laid twice, wherever the horizon stood; shifts come in order and none is empty."""
    place = ZoneInfo(zone)
    rule = checked(";".join(f"{name}={value}" for name, value in parts.items()), place)
    recurrence = Recurrence(
        rule, first, begins.replace(second=0, microsecond=0), ends.replace(second=0, microsecond=0), place, frozenset()
    )
    middle, last = first + cut * A_DAY, first + 90 * A_DAY
    whole = recurrence.occurrences(first - A_DAY, last)
    assert recurrence.occurrences(first - A_DAY, middle) + recurrence.occurrences(middle, last) == whole
    assert all(each.starts_at < each.ends_at <= each.starts_at + timedelta(hours=26) for each in whole)
    assert [each.day for each in whole] == sorted({each.day for each in whole})
