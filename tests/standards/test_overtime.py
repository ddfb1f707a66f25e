"""Overtime by the day and by the week, in the steps of each law: worked examples with their sources, and what must hold
of every law."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import Money
from marketplace.standards.hours import Span, week_of
from marketplace.standards.line_kinds import LineKind
from marketplace.standards.overtime import LAWS, UNKNOWN, CountedBy, Law, Overtime, law_of, laws, overtime
from marketplace.standards.rates import PriceInput, price

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)


def on(day: int, begins: float, hours: float) -> Span:
    start = MONDAY + timedelta(days=day) + begins * HOUR
    return Span(start, start + hours * HOUR)


def of(place: str, work: list[Span], new: Span, week: int | None) -> Overtime:
    country, _, subdivision = place.partition("-")
    law = law_of(country, place if subdivision else None)
    return overtime(work, new, ZoneInfo("UTC"), law, None if week is None else Decimal(week))


EIGHTS = [on(day, 8, 8) for day in range(5)]
TENS = [on(day, 8, 10) for day in range(4)]


@pytest.mark.parametrize(
    ("place", "work", "new", "week", "expected"),
    [
        # A law of weeks alone (29 USC 207): ten hours on a day are no overtime, the 41st to 44th of a week are.
        ("US", [], on(0, 8, 10), 40, Overtime(0, 0)),
        ("US", EIGHTS, on(5, 8, 4), 40, Overtime(240, 0)),
        ("KE", [*EIGHTS, on(5, 8, 8)], on(6, 8, 6), 52, Overtime(120, 0)),
        ("MG", EIGHTS, on(5, 8, 4), None, Overtime(240, 0)),
        # PP 35/2021, art. 31: the first hour of overtime of a day, then further ones; a second shift goes on counting.
        ("ID", [], on(0, 8, 10), 40, Overtime(120, 60)),
        ("ID", [on(0, 7, 8)], on(0, 16, 2), 40, Overtime(120, 60)),
        ("ID", [on(0, 6, 8.5)], on(0, 16, 1.5), 40, Overtime(90, 60)),
        ("ID", EIGHTS, on(5, 8, 3), 40, Overtime(180, 120)),
        # Decreto Legislativo 854, art. 10: two hours, then further ones.
        ("PE", [], on(0, 7, 11), 48, Overtime(180, 60)),
        # LFT 67 and 68: nine hours of a week, counted over its days.
        ("MX", [], on(0, 8, 10), 48, Overtime(120, 0)),
        ("MX", TENS, on(4, 8, 10), 48, Overtime(120, 60)),
        # California Labor Code 510: over 8 hours of a day, over 12 twice; a day's overtime fills no week.
        ("US-CA", [], on(0, 6, 13), 40, Overtime(300, 60)),
        ("US-CA", TENS, on(4, 8, 10), 40, Overtime(120, 0)),
        ("US-CA", [*TENS, on(4, 8, 8)], on(5, 8, 6), 40, Overtime(360, 0)),
        # Labor Code of the Philippines, art. 87; BCEA, s. 9: a day of nine hours.
        ("PH", [], on(0, 8, 10), 48, Overtime(120, 0)),
        ("ZA", [], on(0, 8, 10), 45, Overtime(60, 0)),
    ],
)
def test_worked_examples(place: str, work: list[Span], new: Span, week: int | None, expected: Overtime) -> None:
    assert of(place, work, new, week) == expected


@pytest.mark.parametrize(
    ("place", "multiple", "percents"),
    [
        ("ID", "1.5", (150, 200)),
        ("PE", "1.25", (125, 135)),
        ("MX", "2.0", (200, 300)),
        ("PH", "1.25", (125, 125)),
        ("ID", "1.75", (175, 200)),
        ("ID", "2.5", (250, 250)),
        ("US", "1.5", (150, 150)),
        ("EG", None, (135, 135)),
        ("MG", None, (150, 150)),
    ],
)
def test_no_step_earns_less_than_the_region_row_says(
    place: str, multiple: str | None, percents: tuple[int, int]
) -> None:
    assert law_of(place, None).percents(None if multiple is None else Decimal(multiple)) == percents


def test_ten_hours_in_jakarta() -> None:
    """At 40,000 IDR an hour: 400,000 of wages, and of the two hours beyond the eighth half an hour's pay more for the
    first, 20,000, and a whole one for the second, 40,000."""
    found = price(
        PriceInput(
            rate=Money.of("40000.00", "IDR"),
            work_minutes=600,
            overtime_minutes=120,
            overtime_percent=150,
            further_overtime_minutes=60,
            further_overtime_percent=200,
        )
    )
    paid = {line.kind: (str(line.money.decimal), line.minutes, line.rule) for line in found}
    assert paid[LineKind.WAGES] == ("400000.00", 600, "WAGES")
    assert paid[LineKind.OVERTIME_PREMIUM] == ("20000.00", 60, "OVERTIME")
    assert paid[LineKind.FURTHER_OVERTIME] == ("40000.00", 60, "OVERTIME")


@pytest.mark.parametrize("place", LAWS)
def test_a_law_names_its_source_and_pays_more_from_step_to_step(place: tuple[str, str | None]) -> None:
    first_law, *later = LAWS[place].over_time()
    assert first_law.starts is None
    days = [law.starts for law in later]
    assert None not in days
    assert days == sorted(set(days))
    for law in (first_law, *later):
        assert law.source
        first, further = law.percents(None)
        assert 100 < first <= further
        assert (law.further_percent is None) == (law.first_minutes is None and law.long_day_minutes is None)


def made_up(starts: str, day_hours: str, first: str, further: str = "") -> dict[str, str]:
    return {
        "country": "XX", "subdivision": "", "starts": starts, "day_hours": day_hours, "first_percent": first,
        "first_minutes": "60" if further else "", "further_percent": further, "counted_by": "day",
        "long_day_hours": "", "source": "made up",
    }  # fmt: skip


CHANGED = laws([made_up("", "8", "150"), made_up("2026-11-25", "7", "175", "200")])["XX", None]
"""Until Tuesday a day of 8 hours and 1.5; from Wednesday on one of 7 hours, 1.75 for its first hour, and 2 then."""


@pytest.mark.parametrize(
    ("work", "new", "expected"),
    [
        ([], on(1, 8, 10), Overtime(120, 0)),
        ([], on(2, 8, 10), Overtime(180, 120)),
        # From Tuesday, 20:00, to Wednesday, 06:00, after six hours: two on Tuesday by the old day, none by the new one.
        ([on(1, 8, 6)], on(1, 20, 10), Overtime(120, 0)),
        # Two days of 8 hours and three of 7 fill a week of 37; each day's overtime was that of its own law.
        ([on(day, 8, 8) for day in range(4)], on(4, 8, 8), Overtime(60, 0)),
        ([on(day, 8, 8) for day in range(5)], on(5, 8, 2), Overtime(120, 60)),
    ],
)
def test_a_law_that_changes_counts_each_day_by_the_law_in_force(
    work: list[Span], new: Span, expected: Overtime
) -> None:
    """Worked example, in a week of 37 hours. A shift earns the multiples of the day on which it begins."""
    assert overtime(work, new, ZoneInfo("UTC"), CHANGED, Decimal(37)) == expected
    percents = [CHANGED.on(date(2026, 11, day)).percents(Decimal("1.5")) for day in (24, 25, 26)]
    assert percents == [(150, 150), (175, 200), (175, 200)]


shifts = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 47), st.integers(1, 26)).map(lambda s: on(s[0], s[1] / 2, s[2] / 2)),
    min_size=1,
    max_size=8,
)
some_law = st.sampled_from([UNKNOWN, *LAWS.values(), Law(480, 150, 60, 200, CountedBy.DAY, 720), CHANGED])
zones = st.sampled_from([ZoneInfo(name) for name in ("UTC", "Asia/Jakarta", "America/Los_Angeles")])


@given(shifts, some_law, zones, st.sampled_from([None, Decimal(40), Decimal(48)]), st.data())
def test_a_week_has_the_same_overtime_however_it_is_said_yes_to(
    work: list[Span], law: Law, zone: ZoneInfo, week: Decimal | None, data: st.DataObject
) -> None:
    """In whatever order shifts come, their overtime adds up to the same; and how the entries that are there are ordered
    changes nothing."""

    def booked(spans: list[Span]) -> int:
        return sum(overtime(spans[:at], span, zone, law, week).minutes for at, span in enumerate(spans))

    assert booked(work) == booked(data.draw(st.permutations(work)))
    new, *there = work
    assert overtime(there, new, zone, law, week) == overtime(there[::-1], new, zone, law, week)


@given(shifts, some_law, zones, st.sampled_from([None, Decimal(40), Decimal(48)]))
def test_no_minute_is_overtime_twice_and_none_is_left_out(
    work: list[Span], law: Law, zone: ZoneInfo, week: Decimal | None
) -> None:
    """Reckoned minute by minute: each is beyond its day, or beyond the week of the others, or neither."""
    new, *there = work
    found = overtime(there, new, zone, law, week)
    by_day: dict[object, int] = {}
    in_week: dict[object, int] = {}

    def count(span: Span) -> int:
        beyond = 0
        for minute in range(span.minutes):
            day = (span.starts_at + timedelta(minutes=minute)).astimezone(zone).date()
            by_day[day] = by_day.get(day, 0) + 1
            if (most := law.on(day).day_minutes) is not None and by_day[day] > most:
                beyond += 1
                continue
            in_week[week_of(day)] = in_week.get(week_of(day), 0) + 1
            beyond += in_week[week_of(day)] > (2400 if week is None else int(week * 60))
        return beyond

    for span in there:
        count(span)
    assert found.minutes == count(new)
    assert 0 <= found.further <= found.minutes <= new.minutes
    if all(each.first_minutes is None and each.long_day_minutes is None for each in law.over_time()):
        assert found.further == 0
