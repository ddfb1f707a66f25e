"""The night by the law of a place: worked examples with their sources, and what must hold of every law."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from marketplace.core.money import Money
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.hours import Minutes, Stretch, beyond_worked, night_worked
from marketplace.standards.catalogue import RULES
from marketplace.standards.hours import Span
from marketplace.standards.line_kinds import LineKind
from marketplace.standards.nights import NIGHT_LAWS, Night, NightLaw, night_laws_table, night_promised
from marketplace.standards.overtime import law_of
from marketplace.standards.premium_days import Beyond, Place, beyond
from marketplace.standards.rates import PriceInput, price

HOUR = timedelta(hours=1)
CO = Place("CO", None, ZoneInfo("America/Bogota"), Decimal(42), Decimal("1.25"))
PH = Place("PH", None, ZoneInfo("Asia/Manila"), Decimal(48))
PT = Place("PT", None, ZoneInfo("Europe/Lisbon"), Decimal(40))


def on(where: Place, day: str, begins: str, hours: float) -> Span:
    start = datetime.combine(date.fromisoformat(day), time.fromisoformat(begins), where.zone).astimezone(UTC)
    return Span(start, start + hours * HOUR)


def promised(where: Place, there: Sequence[Span], new: Span) -> tuple[Beyond, Night | None, tuple[int, int]]:
    day, found = new.starts_at.astimezone(where.zone).date(), beyond(there, new, where)
    percents = law_of(where.country, where.subdivision).on(day).percents(where.overtime_multiplier)
    return found, night_promised(new, where, found, percents)[1], percents


def steps_of(law: Night | None) -> list[tuple[int, int]] | None:
    return None if law is None else [(step.minutes, step.points) for step in law.steps]


FORTY = [("2026-12-07", 10), ("2026-12-08", 10), ("2026-12-09", 10), ("2026-12-10", 10)]


@pytest.mark.parametrize(
    ("where", "there", "day", "begins", "hours", "expected"),
    [
        # Ley 2466 de 2025, art. 10: the night begins at 19:00, from 25 December 2025 on.
        (CO, [], "2026-12-09", "18:00", 8, [(420, 3500)]),
        (CO, [], "2025-12-24", "18:00", 8, None),
        (CO, [], "2026-12-09", "08:00", 8, None),
        # Código Sustantivo del Trabajo, art. 168: overtime at night 75 % in all, of which 25 % are those of overtime.
        (CO, FORTY, "2026-12-11", "16:00", 8, [(300, 5000)]),
        (CO, FORTY, "2026-12-11", "18:00", 4, [(60, 3500), (120, 5000)]),
        # On a Sunday the same comes beside the 90 %: 225 % and, as overtime, 265 % in all.
        (CO, FORTY, "2026-12-13", "19:00", 4, [(120, 3500), (120, 5000)]),
        # Labor Code of the Philippines, art. 86, of what the minute earns: a special day at 130 %, and the next.
        (PH, [], "2026-08-21", "20:00", 10, [(120, 1300), (360, 1000)]),
        # Overtime of a common day at 125 %, and of a regular holiday at 260 %.
        (PH, [], "2026-12-09", "14:00", 10, [(120, 1250)]),
        (PH, [], "2026-12-25", "15:00", 9, [(60, 2000), (60, 2600)]),
        # Código do Trabalho, art. 223 and 266: until seven, and a quarter of the 150 % of a holiday; six hours pass
        # from midnight to seven when the clocks go forward on Easter Sunday.
        (PT, [], "2027-03-27", "22:00", 9, [(120, 2500), (360, 3750)]),
    ],
)
def test_worked_examples(
    where: Place,
    there: list[tuple[str, int]],
    day: str,
    begins: str,
    hours: float,
    expected: list[tuple[int, int]] | None,
) -> None:
    _, law, _ = promised(where, [on(where, each, "06:00", long) for each, long in there], on(where, day, begins, hours))
    assert steps_of(law) == expected


def test_a_night_of_overtime_in_bogota_is_paid_to_the_minor_unit() -> None:
    """Four hours at 10,000.01 COP, of which the night has three and overtime two: 35 % of the one that is no overtime,
    25 % of both that are for that and 50 % for the night, 175 % in all. Who leaves half an hour early has half of an
    hour of it less, and a cut takes the last minutes first."""
    rate, there = Money.of("10000.01", "COP"), [on(CO, each, "06:00", long) for each, long in FORTY]
    shift = on(CO, "2026-12-11", "18:00", 4)
    found, law, percents = promised(CO, there, shift)
    assert law is not None
    for left, steps in ((0, [(60, 3500), (120, 5000)]), (30, [(60, 3500), (90, 5000)])):
        clock = [Stretch(EntryKind.WORK, shift.starts_at, shift.ends_at - timedelta(minutes=left))]
        worked = beyond_worked(clock, CO.zone, shift, found, paid=240 - left)
        minutes, own = night_worked(clock, CO.zone, 180, law, beyond=worked, percents=percents)
        assert (minutes, steps_of(own)) == (180 - left, steps)
        counted = Minutes(240 - left, overtime=worked.overtime.minutes, night=minutes, night_law=own)
        priced = price(PriceInput(rate=rate, overtime_percent=percents[0], **counted.to_price))
        (line,) = (each for each in priced if each.kind is LineKind.NIGHT_PREMIUM)
        assert line.money == rate * Fraction(60 * 35 + (120 - left) * 50, 6000)
        assert (line.rate, line.percent, line.minutes) == (None, None, 180 - left)
    assert steps_of(counted.less(180).night_law) == [(30, 3500)]


def test_a_moment_of_the_night_is_a_minute_of_it() -> None:
    shift = on(PH, "2026-12-09", "21:00", 2)
    found, law, percents = promised(PH, [], shift)
    clock = [Stretch(EntryKind.WORK, shift.starts_at, shift.starts_at + HOUR + timedelta(milliseconds=1))]
    minutes, own = night_worked(clock, PH.zone, 60, law, beyond=found, percents=percents)
    assert (minutes, steps_of(own)) == (1, [(1, 1000)])


@pytest.mark.parametrize("law", [law for laws in NIGHT_LAWS.values() for law in laws])
def test_a_law_names_its_source_and_is_never_less_than_the_house(law: NightLaw) -> None:
    house = RULES["NIGHT"].parameters
    assert law.from_hour <= house["from_hour"]
    assert house["to_hour"] <= law.to_hour
    assert law.percent >= house["percent"]
    assert f"| {law.source} |" in night_laws_table()
