"""Minutes, pay weeks and the price of a late no, with numbers that can be checked by hand."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.shifts.clock_rules import EntryFlag, EntryKind
from marketplace.shifts.hours import (
    Stretch,
    break_due_at,
    cancellation,
    cancellation_curve,
    collected_until,
    counted_at,
    minutes_by_kind,
    overtime_worked,
    paid_minutes,
    pay_week,
    scheduled_minutes,
    within,
)
from marketplace.shifts.timesheet_rules import CompensationRule

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def after(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def test_a_night_over_the_autumn_change_is_an_hour_longer() -> None:
    starts = datetime(2026, 10, 24, 22, tzinfo=BERLIN)
    ends = datetime(2026, 10, 25, 6, tzinfo=BERLIN)
    assert scheduled_minutes(starts.astimezone(UTC), ends.astimezone(UTC)) == 9 * 60


def test_a_night_over_the_spring_change_is_an_hour_shorter() -> None:
    starts = datetime(2027, 3, 27, 22, tzinfo=BERLIN)
    ends = datetime(2027, 3, 28, 6, tzinfo=BERLIN)
    assert scheduled_minutes(starts.astimezone(UTC), ends.astimezone(UTC)) == 7 * 60


@pytest.mark.parametrize(
    ("zone", "moment", "monday"),
    [
        ("America/Chicago", datetime(2026, 11, 23, 5, 59, tzinfo=UTC), date(2026, 11, 16)),
        ("America/Chicago", datetime(2026, 11, 23, 6, 0, tzinfo=UTC), date(2026, 11, 23)),
        ("Asia/Kathmandu", datetime(2026, 11, 22, 18, 15, tzinfo=UTC), date(2026, 11, 23)),
        ("Asia/Kathmandu", datetime(2026, 11, 22, 18, 14, tzinfo=UTC), date(2026, 11, 16)),
    ],
)
def test_a_week_begins_on_monday_as_the_zone_counts_days(zone: str, moment: datetime, monday: date) -> None:
    assert pay_week(moment, ZoneInfo(zone)) == monday


def test_minutes_of_each_kind() -> None:
    minutes = minutes_by_kind(
        [
            Stretch(EntryKind.WORK, after(0), after(110)),
            Stretch(EntryKind.PAID_BREAK, after(110), after(120)),
            Stretch(EntryKind.UNPAID_BREAK, after(120), after(150)),
            Stretch(EntryKind.WORK, after(150), after(240)),
        ]
    )
    assert minutes == {
        EntryKind.WORK: 200,
        EntryKind.WAITING: 0,
        EntryKind.OUTAGE: 0,
        EntryKind.PAID_BREAK: 10,
        EntryKind.UNPAID_BREAK: 30,
    }
    assert paid_minutes(minutes) == 210


def test_a_begun_minute_counts_for_the_person_once_and_not_once_for_each_kind() -> None:
    minutes = minutes_by_kind(
        [
            Stretch(EntryKind.WORK, after(0), after(230.5)),
            Stretch(EntryKind.PAID_BREAK, after(230.5), after(240)),
        ]
    )
    assert paid_minutes(minutes) == 240
    assert minutes_by_kind([Stretch(EntryKind.WORK, after(0), after(0.1))])[EntryKind.WORK] == 1


@given(st.lists(st.tuples(st.sampled_from(EntryKind), st.integers(0, 4000)), max_size=12))
def test_no_paid_second_is_lost_and_none_is_invented(parts: list[tuple[EntryKind, int]]) -> None:
    stretches, at = [], NINE
    for kind, seconds in parts:
        stretches.append(Stretch(kind, at, at + timedelta(seconds=seconds)))
        at += timedelta(seconds=seconds)
    minutes = minutes_by_kind(stretches)
    outage = sum(seconds for kind, seconds in parts if kind is EntryKind.OUTAGE)
    unpaid = (EntryKind.UNPAID_BREAK, EntryKind.OUTAGE)
    paid = sum(seconds for kind, seconds in parts if kind not in unpaid) + min(outage, 3600)
    assert 0 <= paid_minutes(minutes) * 60 - paid < 60
    assert sum(minutes.values()) <= -(-(at - NINE) // timedelta(minutes=1))


@pytest.mark.parametrize(
    ("client_minutes", "counts", "flag"),
    [
        (-14, -14, EntryFlag.CLIENT_TIME),
        (-15, -15, EntryFlag.CLIENT_TIME),
        (-16, 0, EntryFlag.CLIENT_TIME_REFUSED),
        (1, 0, EntryFlag.CLIENT_TIME_REFUSED),
    ],
)
def test_a_device_is_believed_for_a_quarter_of_an_hour(client_minutes: int, counts: int, flag: EntryFlag) -> None:
    counted = counted_at(NINE, after(client_minutes))
    assert (counted.at, counted.flags) == (after(counts), (flag,))


def test_without_a_device_the_server_counts() -> None:
    assert counted_at(NINE, None).flags == ()


def test_only_time_inside_the_shift_counts() -> None:
    assert within(after(-5), NINE, after(240)) == NINE
    assert within(after(300), NINE, after(240)) == after(240)
    assert within(after(60), NINE, after(240)) == after(60)


@pytest.mark.parametrize(
    ("hours", "hours_before", "minutes"),
    [
        (4, 100, 0),
        (4, 72, 0),
        (4, 71.9, 60),
        (4, 24, 60),
        (4, 23.9, 120),
        (4, 0.1, 120),
        (9, 1, 240),
        (9, 48, 120),
        (1, 1, 60),
        (1, 48, 30),
        (3, 1, 120),
    ],
)
def test_the_notice_curve(hours: int, hours_before: float, minutes: int) -> None:
    owed = cancellation(NINE, NINE + timedelta(hours=hours), NINE - timedelta(hours=hours_before))
    assert (owed.minutes, owed.rule) == (minutes, CompensationRule.NOTICE)


@pytest.mark.parametrize(("worked", "minutes"), [(0, 120), (30, 90), (120, 0), (200, 0)])
def test_a_shift_ended_early_is_filled_up_to_the_call_in_minimum(worked: int, minutes: int) -> None:
    owed = cancellation(NINE, after(240), after(worked), worked)
    assert (owed.minutes, owed.rule) == (minutes, CompensationRule.CALL_IN)


def test_the_curve_is_shown_as_it_is_applied() -> None:
    shown = cancellation_curve(NINE, after(240))
    assert shown == [{"hours_before": 24, "minutes_paid": 120}, {"hours_before": 72, "minutes_paid": 60}]
    for step in shown:
        just_inside = NINE - timedelta(hours=step["hours_before"]) + timedelta(seconds=1)
        assert cancellation(NINE, after(240), just_inside).minutes == step["minutes_paid"]


@pytest.mark.parametrize(("paid", "overtime"), [(240, 60), (230, 50), (180, 0), (100, 0)])
def test_overtime_is_the_last_part_of_the_schedule(paid: int, overtime: int) -> None:
    assert overtime_worked(paid, 240, 60) == overtime


@pytest.mark.parametrize(
    ("minutes_left", "wanted", "minutes"),
    [(7200, 1, 15), (7200, 90, 90), (7200, 7200, 1440), (60, 60, 30), (20, 1, 10)],
)
def test_yeses_are_collected_neither_too_short_nor_too_long(minutes_left: int, wanted: int, minutes: int) -> None:
    """At least 15 minutes and at most a day, but never more than half of what is left until the start (rule RACE)."""
    minute = timedelta(minutes=1)
    closes = collected_until(NINE + wanted * minute, NINE + minutes_left * minute, NINE)
    assert closes == NINE + minutes * minute


def test_a_break_is_due_after_six_hours_that_none_has_parted() -> None:
    """Five hours, a quarter of an hour, and then an hour more; of half an hour's break six hours begin anew."""
    nine = datetime(2026, 11, 23, 9, tzinfo=UTC)

    def at(hours: float) -> datetime:
        return nine + timedelta(hours=hours)

    short = [Stretch(EntryKind.WORK, nine, at(5)), Stretch(EntryKind.PAID_BREAK, at(5), at(5.25))]
    long = [Stretch(EntryKind.WAITING, nine, at(5)), Stretch(EntryKind.UNPAID_BREAK, at(5), at(5.5))]
    assert break_due_at([], nine) == at(6)
    assert break_due_at(short, at(5.25)) == at(6.25)
    assert break_due_at(long, at(5.5)) == at(11.5)
    assert break_due_at([Stretch(EntryKind.WORK, nine, at(7))], at(7)) == at(7)
