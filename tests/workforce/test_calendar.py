"""What somebody says about their time, minute by minute, when clocks change, days are left out and weeks turn."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marketplace.workforce import calendar
from marketplace.workforce.calendar import DAY, MINUTE, Calendar, Dated, Quiet, Window, Wish

CHICAGO = ZoneInfo("America/Chicago")
APIA = ZoneInfo("Pacific/Apia")
KIRITIMATI = ZoneInfo("Pacific/Kiritimati")
OFFICE = tuple(Window(day, 540, 1020) for day in range(5))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# --- the oracle -------------------------------------------------------------------------------------------------------

TURNS = [
    ("America/Chicago", at("2026-03-08T08:00")),  # 02:00 becomes 03:00
    ("America/Chicago", at("2026-11-01T07:00")),  # 02:00 becomes 01:00
    ("Australia/Lord_Howe", at("2026-04-04T15:00")),  # half an hour back
    ("Asia/Kolkata", at("2024-02-28T18:30")),  # midnight to the leap day, half an hour off
    ("Pacific/Apia", at("2011-12-30T10:00")),  # Friday 30 December was left out
    ("Pacific/Kiritimati", at("1994-12-31T10:00")),  # Sunday 1 January was, as far as tzdata tells
    ("Asia/Kathmandu", at("2026-06-14T18:15")),  # a quarter of an hour off; Sunday becomes Monday
]
wishes = st.sampled_from(Wish)
minutes = st.integers(0, 47).map(lambda half: 30 * half)
weekly = st.builds(Window, st.integers(0, 6), minutes, minutes.map(lambda minute: minute + 15), wishes)


@st.composite
def said(draw: st.DrawFn) -> tuple[Calendar, ZoneInfo, datetime, datetime]:
    name, turn = draw(st.sampled_from(TURNS))
    start = turn + timedelta(minutes=15 * draw(st.integers(-300, 200)))
    end = start + timedelta(minutes=15 * draw(st.integers(1, 200)))
    near = turn.date()
    days = st.integers(-4, 4).map(lambda number: near + timedelta(days=number))
    dated = st.builds(
        lambda first, more, start, end, wish: Dated(first, first + timedelta(days=more), start, end + 15, wish),
        days,
        st.integers(0, 3),
        minutes,
        minutes,
        wishes,
    )
    windows, kept = _agreeing(draw(st.lists(weekly, max_size=6))), list[Dated]()
    for each in draw(st.lists(dated, max_size=3)):
        try:
            calendar.check_exception(each, kept, date.min)
        except calendar.ContradictoryAvailability:
            continue
        kept.append(each)
    return Calendar(tuple(windows), tuple(kept)), ZoneInfo(name), start, end


def _agreeing(windows: list[Window]) -> list[Window]:
    kept: list[Window] = []
    for each in windows:
        try:
            calendar.check_windows([*kept, each])
        except (calendar.BadWindow, calendar.ContradictoryAvailability):
            continue
        kept.append(each)
    return kept


def oracle(known: Calendar, local: datetime) -> Wish | None:
    """What is said about the minute that the wall clock shows, by looking at every window and every exception."""
    for each in known.dated:
        if any(begin <= local < end for begin, end in each.stretches):
            return each.wish
    minute = local.weekday() * DAY + local.hour * 60 + local.minute
    for window in known.windows:
        begin, end = window.in_week
        if begin <= minute < end or begin <= minute + calendar.WEEK < end:
            return window.wish
    return None


@settings(max_examples=150, deadline=None)
@given(said())
def test_what_is_said_of_a_stretch_is_what_is_said_of_its_minutes(
    case: tuple[Calendar, ZoneInfo, datetime, datetime],
) -> None:
    known, zone, start, end = case
    walls = [
        (start + number * 5 * MINUTE).astimezone(zone).replace(tzinfo=None)
        for number in range((end - start) // (5 * MINUTE))
    ]
    expected = {oracle(known, local) for local in walls}
    assert known.said(zone, start, end) == expected
    assert known.is_away(zone, start, end) is (Wish.UNAVAILABLE in expected)
    named = any(window.wish is Wish.DESIRED for window in known.windows)
    refused = named or bool(expected & {Wish.UNDESIRED, Wish.UNAVAILABLE})
    assert known.wants(zone, start, end) is (True if expected == {Wish.DESIRED} else False if refused else None)
    local = walls[0]
    laid = list(known.laid_out(local, local + timedelta(days=1)))
    assert [local, *(end for _, end, _ in laid)] == [*(begin for begin, _, _ in laid), local + timedelta(days=1)]
    for begin, until, wish in laid:
        assert wish is oracle(known, begin) is oracle(known, until - MINUTE)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(TURNS), st.integers(-300, 300), minutes, minutes)
@example(TURNS[0], -2, 23 * 60, 150)  # quiet until 02:30, which is left out: it ends at 03:00
@example(TURNS[1], 1, 0, 75)  # 01:15 comes a second time
def test_quiet_ends_when_the_wall_clock_says_so(
    turn: tuple[str, datetime], quarters: int, begins: int, ends: int
) -> None:
    if begins == ends:
        return
    quiet, zone = Quiet(begins, ends), ZoneInfo(turn[0])
    start = turn[1] + timedelta(minutes=15 * quarters)

    def holds(moment: datetime) -> bool:
        local = moment.astimezone(zone)
        minute = local.hour * 60 + local.minute
        return begins <= minute < ends if begins < ends else minute >= begins or minute < ends

    moment = start
    while holds(moment):
        moment += 5 * MINUTE
    assert quiet.ends(zone, start) == (None if moment == start else moment)


# --- by hand ----------------------------------------------------------------------------------------------------------


def test_an_exception_stands_in_place_of_the_week_on_its_days_only() -> None:
    known = Calendar(OFFICE, (Dated(date(2026, 12, 7), date(2026, 12, 11)),))
    assert known.wants(CHICAGO, at("2026-12-04T16:00"), at("2026-12-04T20:00"))
    assert known.is_away(CHICAGO, at("2026-12-07T16:00"), at("2026-12-07T20:00"))
    assert known.is_away(CHICAGO, at("2026-12-07T05:59"), at("2026-12-07T06:01"))
    assert not known.is_away(CHICAGO, at("2026-12-07T05:00"), at("2026-12-07T06:00"))
    assert known.wants(CHICAGO, at("2026-12-14T16:00"), at("2026-12-14T20:00"))


def test_a_free_evening_may_be_said_on_a_day_on_which_one_never_works() -> None:
    sundays_off = (*OFFICE, Window(6, 0, 1440, Wish.UNAVAILABLE))
    known = Calendar(sundays_off, (Dated(date(2026, 12, 6), date(2026, 12, 6), 1080, 1320, Wish.DESIRED),))
    assert known.wants(CHICAGO, at("2026-12-07T00:00"), at("2026-12-07T04:00"))
    assert known.is_away(CHICAGO, at("2026-12-06T23:59"), at("2026-12-07T04:00"))
    assert known.is_away(CHICAGO, at("2026-12-14T00:00"), at("2026-12-14T04:00"))


def test_a_day_that_was_left_out_keeps_nobody_away() -> None:
    """Samoa went from Thursday 29 December 2011 to Saturday 31 December."""
    known = Calendar((), (Dated(date(2011, 12, 30), date(2011, 12, 30)),))
    assert not known.is_away(APIA, at("2011-12-29T00:00"), at("2012-01-01T00:00"))
    kept = Calendar((), (Dated(date(2011, 12, 31), date(2011, 12, 31)),))
    assert kept.is_away(APIA, at("2011-12-30T10:00"), at("2011-12-30T10:01"))


def test_whoever_moves_over_the_date_line_takes_their_week_with_them() -> None:
    """The same Monday morning is 24 hours earlier on Kiritimati than in Honolulu, on the same clock."""
    honolulu, monday = ZoneInfo("Pacific/Honolulu"), Calendar((Window(0, 540, 720),))
    assert monday.wants(honolulu, at("2026-06-01T19:00"), at("2026-06-01T22:00"))
    assert monday.wants(KIRITIMATI, at("2026-05-31T19:00"), at("2026-05-31T22:00"))
    assert not monday.wants(KIRITIMATI, at("2026-06-01T19:00"), at("2026-06-01T22:00"))


def test_a_leap_day_can_be_taken_off() -> None:
    known = Calendar((), (Dated(date(2028, 2, 29), date(2028, 2, 29)),))
    assert known.is_away(CHICAGO, at("2028-02-29T12:00"), at("2028-02-29T13:00"))
    assert not known.is_away(CHICAGO, at("2028-03-01T06:00"), at("2028-03-01T13:00"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Window(0, 480, 720), Window(0, 600, 840, Wish.UNAVAILABLE)),
        (Window(6, 1320, 120), Window(0, 60, 180, Wish.UNDESIRED)),
    ],
)
def test_a_week_that_contradicts_itself_names_both(one: Window, other: Window) -> None:
    with pytest.raises(calendar.ContradictoryAvailability) as refused:
        calendar.check_windows([one, other])
    assert {refused.value.members["first"], refused.value.members["second"]} == {str(one), str(other)}


def test_days_that_contradict_each_other_are_named_and_days_that_agree_are_not() -> None:
    today, away = date(2026, 12, 1), Dated(date(2026, 12, 7), date(2026, 12, 9))
    night = Dated(date(2026, 12, 6), date(2026, 12, 6), 1320, 120, Wish.DESIRED)
    with pytest.raises(calendar.ContradictoryAvailability) as refused:
        calendar.check_exception(night, [away], today)
    assert refused.value.members["first"] == "2026-12-07 to 2026-12-09, 00:00 to 24:00, unavailable"
    calendar.check_exception(Dated(date(2026, 12, 9), date(2026, 12, 12)), [away], today)
    with pytest.raises(calendar.BadException):
        calendar.check_exception(Dated(date(2026, 11, 1), date(2026, 11, 30)), [], today)
    with pytest.raises(calendar.BadException):
        Dated(date(2026, 1, 1), date(2027, 1, 2))
    with pytest.raises(calendar.TooManyExceptions):
        calendar.check_exception(away, [Dated(today, today)] * calendar.MOST_EXCEPTIONS, today)


def test_a_week_leaves_the_hours_that_one_wants_at_the_least() -> None:
    weekend = [Window(day, 0, 1440, Wish.UNAVAILABLE) for day in range(6)]
    calendar.check_room(weekend, 24)
    with pytest.raises(calendar.ContradictoryAvailability, match="at least 25 hours a week, and the week leaves 24"):
        calendar.check_room(weekend, 25)


@pytest.mark.parametrize("numbers", [(0, 0), (-1, 60), (0, 1440)])
def test_what_are_no_quiet_hours(numbers: tuple[int, int]) -> None:
    with pytest.raises(calendar.BadQuiet):
        Quiet(*numbers)


@given(
    st.lists(weekly, max_size=8).map(_agreeing), st.sets(st.tuples(st.integers(0, 6), st.integers(0, 23)), max_size=9)
)
def test_paint_changes_the_marked_hours_and_nothing_else(windows: list[Window], hours: set[tuple[int, int]]) -> None:
    new = Calendar(tuple(calendar.painted(windows, hours, Wish.UNDESIRED)))
    old, monday = Calendar(tuple(windows)), datetime(2024, 1, 1)  # noqa: DTZ001
    for quarter in range(7 * 96):
        local = monday + timedelta(minutes=15 * quarter)
        marked = (local.weekday(), local.hour) in hours
        assert oracle(new, local) is (Wish.UNDESIRED if marked else oracle(old, local))
