"""Working time: how long, how late, how young; with the days on which clocks and calendars jump."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.standards import hazard, hours
from marketplace.standards.hazard import Exposure, HazardClass
from marketplace.standards.hours import BadSpan, Span, night_time
from marketplace.standards.verdicts import Verdict

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
CHICAGO, JAKARTA, BERLIN = ZoneInfo("America/Chicago"), ZoneInfo("Asia/Jakarta"), ZoneInfo("Europe/Berlin")
UTC_ZONE = ZoneInfo("UTC")


def at(day: int, start: float, end: float) -> Span:
    """Hours of a day counted from Monday, 0. An end after 24 lies on the next day."""
    begin = MONDAY + timedelta(days=day)
    return Span(begin + timedelta(hours=start), begin + timedelta(hours=end))


def passes(verdict: Verdict) -> bool:
    return not verdict.failed


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(2008, 11, 22), date(2026, 11, 21), 17),
        (date(2008, 11, 22), date(2026, 11, 22), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 28), 19),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
    ],
)
def test_birthdays(born: date, on: date, years: int) -> None:
    assert hours.age_on(born, on) == years


def test_eighteen_is_reached_on_the_birthday_where_one_lives() -> None:
    """At 18:00 UTC on the 21st it is the 22nd in Jakarta and still the 21st in Chicago."""
    born, moment = date(2008, 11, 22), datetime(2026, 11, 21, 18, tzinfo=UTC)
    assert passes(hours.judge_age(born, moment, JAKARTA))
    young = hours.judge_age(born, moment, CHICAGO)
    assert young.failed
    assert young.inputs == {"age": "17", "on": "2026-11-21", "timezone": "America/Chicago"}
    assert young.limit == "18 years"


@given(born=st.dates(date(1920, 1, 1), date(2020, 1, 1)), days=st.integers(0, 30_000))
def test_nobody_grows_younger(born: date, days: int) -> None:
    on = min(born + timedelta(days=days), date(2100, 1, 1))
    assert 0 <= hours.age_on(born, on) <= hours.age_on(born, on + timedelta(days=1))


@pytest.mark.parametrize(
    ("start", "passed"),
    [(8, False), (8.99, False), (9, True), (12, True)],
)
def test_eleven_hours_lie_between_two_days_of_work(start: float, passed: bool) -> None:
    """An evening that ends at 22:00 and the morning after it, from either side."""
    evening, morning = at(0, 14, 22), at(1, start, start + 6)
    assert passes(hours.judge_rest([evening], morning)) is passed
    assert passes(hours.judge_rest([morning], evening)) is passed


def test_two_short_shifts_fit_into_one_day() -> None:
    """From 8:00 to 21:00 are 13 hours, which leave 11."""
    assert passes(hours.judge_rest([at(0, 8, 10)], at(0, 19, 21)))
    late = hours.judge_rest([at(0, 8, 10)], at(0, 19, 21.5))
    assert late.failed
    assert late.inputs["rest_minutes"] == "660"
    assert late.limit == "a day of work from start to end of at most 13 hours"


def test_a_shift_may_not_join_two_days_into_one() -> None:
    assert hours.judge_rest([at(0, 8, 16), at(1, 8, 16)], at(0, 20, 22)).failed


@pytest.mark.parametrize(
    ("rest", "minutes"), [(None, 660), (Decimal(12), 720), (Decimal(10), 660), (Decimal("11.5"), 690)]
)
def test_the_strictest_rest_holds(rest: Decimal | None, minutes: int) -> None:
    assert hours.rest_minutes(rest) == minutes


def test_south_africa_rests_an_hour_longer() -> None:
    evening, morning = at(0, 14, 22), at(1, 9.5, 12)
    assert passes(hours.judge_rest([evening], morning))
    assert hours.judge_rest([evening], morning, daily_rest_hours=Decimal(12)).failed


def test_rest_counts_hours_that_passed() -> None:
    """On the last Sunday of March Berlin's clocks skip an hour: 22:00 to 9:00 are only ten hours."""
    evening = Span(datetime(2026, 3, 28, 15, tzinfo=BERLIN), datetime(2026, 3, 28, 22, tzinfo=BERLIN))
    morning = Span(datetime(2026, 3, 29, 9, tzinfo=BERLIN), datetime(2026, 3, 29, 12, tzinfo=BERLIN))
    as_passed = [Span(s.starts_at.astimezone(UTC), s.ends_at.astimezone(UTC)) for s in (evening, morning)]
    assert hours.judge_rest(as_passed[:1], as_passed[1]).failed
    assert hours.judge_rest([evening], morning).failed


def test_a_seventh_day_in_a_row_is_refused() -> None:
    six = [at(day, 9, 17) for day in range(6)]
    assert passes(hours.judge_day_off(six[:5], six[5], country="US"))
    assert hours.judge_day_off(six, at(6, 9, 17), country="US").failed
    assert passes(hours.judge_day_off(six, at(7, 9, 17), country="US"))


def test_weekly_rest_is_longer_in_two_countries() -> None:
    """From Saturday 17:00 to Monday 8:00 are 39 hours: enough in South Africa (36), too few in Ukraine (42)."""
    week, monday = [at(day, 9, 17) for day in range(6)], at(7, 8, 16)
    assert passes(hours.judge_day_off(week, monday, country="ZA"))
    assert hours.judge_day_off(week, monday, country="UA").failed


def test_ten_hours_end_a_day() -> None:
    assert passes(hours.judge_day([at(0, 6, 12)], at(0, 13, 17), UTC_ZONE))
    full = hours.judge_day([at(0, 6, 12)], at(0, 13, 17.5), UTC_ZONE)
    assert full.failed
    assert full.inputs == {"day_of": "2026-11-23", "minutes": "630", "of_which_new": "270"}
    assert full.limit == "600 minutes, of which 240 are left for this work"


def test_forty_eight_hours_end_a_week() -> None:
    forty = [at(day, 8, 16) for day in range(5)]
    assert passes(hours.judge_week(forty, at(5, 8, 16), UTC_ZONE))
    over = hours.judge_week(forty, at(5, 8, 16.5), UTC_ZONE)
    assert over.failed
    assert over.inputs == {"week_of": "2026-11-23", "minutes": "2910", "of_which_new": "510"}


def test_a_week_begins_on_the_persons_own_monday() -> None:
    """Sunday 20:00 UTC is Monday 3:00 in Jakarta: the work belongs to the new week there."""
    forty_eight = [at(day, 8, 16) for day in range(6)]
    sunday_evening = at(6, 20, 22)
    assert hours.judge_week(forty_eight, sunday_evening, UTC_ZONE).failed
    assert passes(hours.judge_week(forty_eight, sunday_evening, JAKARTA))


def test_work_over_midnight_counts_on_both_days() -> None:
    assert hours.minutes_by_day([at(0, 22, 26)], UTC_ZONE) == {date(2026, 11, 23): 120, date(2026, 11, 24): 120}
    assert hours.minutes_by_week([at(6, 22, 26)], UTC_ZONE) == {date(2026, 11, 23): 120, date(2026, 11, 30): 120}


def test_the_day_on_which_clocks_go_back_has_25_hours() -> None:
    night = Span(datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))
    assert hours.minutes_by_day([night], BERLIN) == {date(2026, 10, 25): 25 * 60}


@given(
    starts=st.lists(st.integers(0, 60 * 24 * 14), max_size=8),
    length=st.integers(1, 900),
    zone=st.sampled_from([CHICAGO, JAKARTA, BERLIN]),
)
def test_no_minute_is_lost_between_days_and_weeks(starts: list[int], length: int, zone: ZoneInfo) -> None:
    work = [Span(MONDAY + timedelta(minutes=m), MONDAY + timedelta(minutes=m + length)) for m in starts]
    assert sum(hours.minutes_by_day(work, zone).values()) == length * len(starts)
    assert sum(hours.minutes_by_week(work, zone).values()) == length * len(starts)


spans = st.builds(
    lambda start, length: Span(MONDAY + timedelta(minutes=start), MONDAY + timedelta(minutes=start + length)),
    st.integers(0, 60 * 24 * 6),
    st.integers(1, 720),
)


@given(work=st.lists(spans, max_size=6), new=spans)
def test_rest_holds_exactly_where_a_walk_through_the_minutes_finds_it(work: list[Span], new: Span) -> None:
    """The slow way: from the new work go out, minute by minute, until 11 hours without work lie on either side."""
    worked = {
        (span.starts_at - MONDAY) // timedelta(minutes=1) + minute
        for span in [*work, new]
        for minute in range(span.minutes)
    }
    first = last = (new.starts_at - MONDAY) // timedelta(minutes=1)
    while before := [minute for minute in range(first - 660, first) if minute in worked]:
        first = before[0]
    while after := [minute for minute in range(last + 1, last + 661) if minute in worked]:
        last = after[-1]
    assert passes(hours.judge_rest(work, new)) is (last + 1 - first <= 13 * 60)


@pytest.mark.parametrize(
    ("worked", "pause", "passed"), [(360, 0, True), (361, 0, False), (361, 29, False), (361, 30, True)]
)
def test_more_than_six_hours_need_a_break(worked: int, pause: int, passed: bool) -> None:
    assert passes(hours.judge_break(worked, pause)) is passed


def test_overtime_pays_what_the_place_says() -> None:
    assert [hours.overtime_percent(each) for each in (None, Decimal("1.25"), Decimal(2))] == [150, 125, 200]


@pytest.mark.parametrize(
    ("hazard_class", "day", "week", "passed"),
    [
        ("H1", 360, 1800, True),
        ("H1", 361, 361, False),
        ("H2", 240, 1200, True),
        ("H2", 240, 1201, False),
        ("H3", 120, 480, True),
        ("H3", 121, 121, False),
    ],
)
def test_exposure_has_a_daily_and_a_weekly_end(hazard_class: str, day: int, week: int, passed: bool) -> None:
    verdicts = hazard.judge_exposure({HazardClass(hazard_class): Exposure(day, week)})
    assert (not any(verdict.failed for verdict in verdicts)) is passed


def test_neutral_work_has_no_cap_of_its_own() -> None:
    assert hazard.judge_exposure({HazardClass.H0: Exposure(600, 2880)}) == []


def test_heavier_work_uses_up_the_lighter_cap() -> None:
    """Two hours of H3 and two and a half of H2 are each allowed, together they pass the four hours of H2."""
    verdicts = hazard.judge_exposure({HazardClass.H2: Exposure(150, 150), HazardClass.H3: Exposure(120, 120)})
    assert [(v.inputs["class"], v.failed) for v in verdicts] == [("H1", False), ("H2", True), ("H3", False)]


@pytest.mark.parametrize(
    ("hazard_class", "minutes", "pause"),
    [("H0", 119, 0), ("H0", 240, 20), ("H1", 240, 40), ("H2", 240, 60), ("H3", 120, 30)],
)
def test_paid_breaks_of_each_class(hazard_class: str, minutes: int, pause: int) -> None:
    assert hazard.paid_break_minutes(HazardClass(hazard_class), minutes) == pause


@pytest.mark.parametrize(
    ("hazard_class", "consented", "passed"), [("H1", False, True), ("H2", False, False), ("H2", True, True)]
)
def test_distressing_work_is_opted_into(hazard_class: str, consented: bool, passed: bool) -> None:
    assert passes(hazard.judge_opt_in(HazardClass(hazard_class), consented)) is passed


@pytest.mark.parametrize(
    ("start", "end"),
    [(MONDAY, MONDAY), (MONDAY, MONDAY - timedelta(hours=1)), (datetime(2026, 1, 1), datetime(2026, 1, 2))],  # noqa: DTZ001
)
def test_what_is_no_span(start: datetime, end: datetime) -> None:
    with pytest.raises(BadSpan):
        Span(start, end)


@pytest.mark.parametrize(
    ("zone", "start", "hours", "minutes"),
    [
        ("America/Chicago", "2026-03-02T20:00", 4, 120),
        ("America/Chicago", "2026-03-02T05:00", 4, 60),
        ("America/Chicago", "2026-03-02T09:00", 8, 0),
        # 29 March 2026 has no 02:00 to 03:00 in Berlin, and 25 October has it twice: the night is 7 and 9 hours long.
        ("Europe/Berlin", "2026-03-28T20:00", 12, 420),
        ("Europe/Berlin", "2026-10-24T20:00", 13, 540),
        # Half an hour off the full hour, and a day that is tomorrow for the rest of the world.
        ("Asia/Kolkata", "2026-03-02T21:30", 1, 30),
        ("Pacific/Kiritimati", "2026-02-28T22:00", 8, 480),
    ],
)
def test_the_night_is_that_of_the_place(zone: str, start: str, hours: int, minutes: int) -> None:
    begins = datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    span = Span(begins, begins + timedelta(hours=hours))
    assert night_time([span], ZoneInfo(zone)) == timedelta(minutes=minutes)
