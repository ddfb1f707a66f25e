"""Days that earn more by the law of a place: worked examples with their sources, and what must hold of every law."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import Money
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.hours import MINUTE, Minutes, Stretch, beyond_worked, night_worked
from marketplace.standards.call_in import call_in_missing
from marketplace.standards.day_laws import DAY_LAWS, DayLaw, day_laws_table
from marketplace.standards.held import highest_cost
from marketplace.standards.hours import Span
from marketplace.standards.line_kinds import DAY_OF_LINE, LineKind
from marketplace.standards.nights import night_promised
from marketplace.standards.overtime import Overtime, law_of, overtime
from marketplace.standards.piece_rates import Pieces
from marketplace.standards.premium_days import (
    Beyond,
    Place,
    PremiumDay,
    beyond,
    days_of,
    kept_days,
)
from marketplace.standards.rates import PriceInput, PriceLine, cost, gross_pay, price

HOUR = timedelta(hours=1)
ZONES = {
    "AR": "America/Argentina/Buenos_Aires",
    "BG": "Europe/Sofia",
    "CO": "America/Bogota",
    "ES": "Europe/Madrid",
    "ID": "Asia/Jakarta",
    "KE": "Africa/Nairobi",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "PH": "Asia/Manila",
    "PT": "Europe/Lisbon",
    "RS": "Europe/Belgrade",
    "TR": "Europe/Istanbul",
    "US": "America/Chicago",
    "US-CA": "America/Los_Angeles",
    "US-RI": "America/New_York",
    "ZA": "Africa/Johannesburg",
}


def place(code: str, week: str = "40") -> Place:
    country, _, part = code.partition("-")
    return Place(country, code if part else None, ZoneInfo(ZONES[code]), Decimal(week))


def on(where: Place, day: str, begins: str, hours: float) -> Span:
    start = datetime.combine(date.fromisoformat(day), time.fromisoformat(begins), where.zone).astimezone(UTC)
    return Span(start, start + hours * HOUR)


def steps_of(found: Beyond) -> list[tuple[str, list[tuple[int, int]]]]:
    """Each day by its name, with its steps."""
    return [(day.name, [(step.minutes, step.percent) for step in day.steps]) for day in found.days]


@pytest.mark.parametrize(
    ("code", "day", "begins", "hours", "expected", "beside"),
    [
        # PP 35/2021, art. 31 (3): eight hours twice, the ninth three times, further ones four times.
        ("ID", "2026-08-17", "08:00", 8, [("Hari Kemerdekaan Republik Indonesia", [(480, 200)])], 0),
        ("ID", "2026-12-25", "08:00", 10, [("Hari Raya Natal", [(480, 200), (60, 300), (60, 400)])], 0),
        # Kenya: 2 on public holidays. A shift across midnight is split there, at the end and at the beginning.
        ("KE", "2026-12-11", "22:00", 8, [("Jamhuri Day", [(360, 200)])], 0),
        ("KE", "2026-06-01", "20:00", 8, [("Madaraka Day", [(240, 200)])], 0),
        # Two holidays in one shift.
        ("KE", "2026-12-25", "20:00", 8, [("Christmas Day", [(240, 200)]), ("Boxing Day", [(240, 200)])], 0),
        # BCEA, s. 18 (5): a shift over the last night of a year is whole of the day with its greater part, the holiday
        # where both have as much. Counted as time passes.
        ("ZA", "2026-12-31", "20:00", 10, [("New Year's Day", [(600, 200)])], 0),
        ("ZA", "2026-12-31", "19:00", 10, [("New Year's Day", [(600, 200)])], 0),
        ("ZA", "2026-12-31", "18:59", 10, [], 0),
        # Labor Code of the Philippines, art. 94, 93 and 87: regular holidays twice, special days 130 %.
        ("PH", "2026-12-25", "08:00", 10, [("Christmas Day", [(480, 200), (120, 260)])], 0),
        ("PH", "2026-08-21", "08:00", 10, [("Ninoy Aquino Day", [(480, 130), (120, 169)])], 0),
        # Zakon o radu, art. 108: 110 %, and 26 % of overtime beside it; the day has no end of its own there.
        ("RS", "2026-11-11", "08:00", 10, [("Дан примирја у Првом светском рату", [(600, 210)])], 0),
        # Ley 2466 de 2025: 90 % from July 2026, 100 % from July 2027.
        ("CO", "2026-06-29", "08:00", 4, [("San Pedro y San Pablo", [(240, 180)])], 0),
        ("CO", "2026-07-20", "08:00", 4, [("Día de la Independencia", [(240, 190)])], 0),
        ("CO", "2027-07-20", "08:00", 4, [("Día de la Independencia", [(240, 200)])], 0),
        # Real Decreto 2001/1983: the holiday of a region, and none of it in the country.
        ("ES", "2026-05-02", "08:00", 4, [], 0),
        # A holiday under a law that says nothing of it: nothing is added, and the day's overtime is overtime.
        ("US", "2026-12-25", "08:00", 10, [], 0),
        # On Easter Sunday of 2027 the clocks of Lisbon go forward: from 23:00 to 04:00 four hours pass.
        ("PT", "2027-03-27", "23:00", 4, [("Páscoa", [(180, 150)])], 0),
    ],
)
def test_worked_examples(
    code: str, day: str, begins: str, hours: float, expected: list[tuple[str, list[tuple[int, int]]]], beside: int
) -> None:
    where = place(code, "48")
    found = beyond([], on(where, day, begins, hours), where)
    assert (steps_of(found), found.overtime.minutes) == (expected, beside)


def week_of_work(where: Place, days: Sequence[int], hours: float) -> list[Span]:
    """Work from eight in the morning on these days of December 2026."""
    return [on(where, f"2026-12-{day:02}", "08:00", hours) for day in days]


@pytest.mark.parametrize(
    ("code", "there", "there_hours", "day", "hours", "expected", "overtime"),
    [
        # PP 35/2021, art. 22 and 31 (3): the sixth day of a week of five days of work, in the steps of a holiday ...
        ("ID", range(7, 12), 8, 12, 10, [(480, 200), (60, 300), (60, 400)], 0),
        # ... whichever day of the week is added last; the fifth is none.
        ("ID", [8, 9, 10, 11, 12], 8, 7, 4, [(240, 200)], 0),
        ("ID", [7, 8, 9, 10], 8, 11, 8, [], 0),
        # Days of up to seven hours are a week of six days, whose seventh is the day of rest.
        ("ID", range(7, 12), 7, 12, 5, [], 0),
        ("ID", range(7, 13), 6, 13, 4, [(240, 200)], 0),
        # A second shift is on a day of rest where so many days of work are before it.
        ("ID", range(7, 13), 8, 12, 2, [(60, 300), (60, 400)], 0),
        ("ID", range(7, 13), 8, 8, 2, [], 120),
        # California Labor Code 510: the seventh day of work in a workweek, over eight hours twice.
        ("US-CA", range(7, 13), 6, 13, 9, [(480, 150), (60, 200)], 0),
        ("US-CA", range(8, 14), 6, 14, 6, [], 0),
        # BCEA, s. 16: Sundays.
        ("ZA", [], 0, 13, 5, [(300, 200)], 0),
        # Bulgarian Labour Code, art. 264 and 262: double on a holiday, and 100 % for overtime of it beside.
        ("BG", range(21, 24), 12, 24, 8, [(240, 200), (240, 300)], 0),
        # LCT, art. 201: overtime on a Saturday 100 % from 13:00 on, and 50 % before.
        ("AR", [], 0, 12, 10, [(480, 100), (120, 200)], 0),
        # LFT 71 and 73: a quarter more on a Sunday, and double on the seventh day of work; the higher one.
        ("MX", [], 0, 13, 5, [(300, 125)], 0),
        ("MX", range(7, 13), 6, 13, 5, [(300, 200)], 0),
        # Labor Code of the Philippines, art. 93 and 94: 30 % on the day of rest, 260 % on one that is a holiday.
        ("PH", range(7, 13), 6, 13, 5, [(300, 130)], 0),
        ("PH", [20, 21, 22, 23, 24, 26, 27], 6, 25, 5, [(300, 260)], 0),
        # Nobody's Sunday but where a law says so.
        ("KE", [], 0, 13, 5, [], 0),
    ],
)
def test_days_of_rest(
    code: str,
    there: Sequence[int],
    there_hours: float,
    day: int,
    hours: float,
    expected: list[tuple[int, int]],
    overtime: int,
) -> None:
    """Weeks of December 2026, of which 7, 14 and 21 are Mondays."""
    where = place(code, "48" if code in ("PH", "MX", "KE") else "40")
    begins = "18:00" if day in there else "08:00"
    found = beyond(week_of_work(where, there, there_hours), on(where, f"2026-12-{day:02}", begins, hours), where)
    assert [steps for _, steps in steps_of(found)] == ([expected] if expected else [])
    assert found.overtime.minutes == overtime


RATE = Money.of("15.01", "USD")


@pytest.mark.parametrize(
    ("code", "there", "day", "begins", "hours", "minutes"),
    [
        # Employment Act 1955, s. 60D (3): two days' wages, however short the work is; three times beyond a day.
        ("MY", [], "2026-12-25", "08:00", 0.5, 960),
        ("MY", [], "2026-12-25", "08:00", 10, 1320),
        # Two hours of it, after midnight.
        ("MY", [], "2026-12-24", "20:00", 6, 240 + 960),
        # S. 60 (3): on the day of rest one day's wage for up to half a day, two for more, twice beyond a day.
        ("MY", range(7, 13), "2026-12-13", "08:00", 3, 480),
        ("MY", range(7, 13), "2026-12-13", "08:00", 4, 480),
        ("MY", range(7, 13), "2026-12-13", "08:00", 5, 960),
        ("MY", range(7, 13), "2026-12-13", "08:00", 9, 1080),
        # İş Kanunu, art. 47 and 49: a day's wage, seven and a half hours, more for any work.
        ("TR", [], "2026-10-29", "10:00", 1, 60 + 450),
        ("TR", [], "2026-10-29", "08:00", 10, 600 + 450),
        ("TR", [], "2026-10-28", "22:00", 3, 180 + 450),
    ],
)
def test_a_days_wage_is_earned_however_short_the_work(
    code: str, there: Sequence[int], day: str, begins: str, hours: float, minutes: int
) -> None:
    """To the minor unit, together with the wages of the hours."""
    where = place(code, "48")
    found = beyond(week_of_work(where, there, 6), on(where, day, begins, hours), where)
    lines = price(PriceInput(rate=RATE, work_minutes=int(hours * 60), premium_days=found.days))
    assert gross_pay(lines) == RATE * Fraction(minutes, 60)


def test_a_days_wage_is_earned_once_a_day() -> None:
    """A second shift on a Malaysian day of rest lifts the day to two days' wages; what the first earned is not earned
    again. What is left of the first when it ends early, or after a call, is filled up to its day's wage and no more."""
    where = place("MY", "48")
    week = [*week_of_work(where, range(7, 13), 6), on(where, "2026-12-13", "08:00", 3)]
    (second,) = beyond(week, on(where, "2026-12-13", "14:00", 3), where).days
    assert gross_pay(price(PriceInput(rate=RATE, work_minutes=180, premium_days=(second,)))) == RATE * 8
    (third,) = beyond([*week, on(where, "2026-12-13", "14:00", 3)], on(where, "2026-12-13", "20:00", 1), where).days
    assert (third.beyond(), second.part(60).beyond()) == (6000, 6000)
    (first,) = beyond(week[:6], week[6], where).days
    ended = PriceInput(rate=RATE, work_minutes=20, call_in_minutes=100, premium_days=(first.part(20),))
    assert gross_pay(price(ended)) == RATE * 8
    one = place("TR")
    spans = [on(one, "2026-10-29", begins, 2) for begins in ("08:00", "12:00")]
    assert [len(beyond(spans[:count], spans[count], one).days) for count in (0, 1)] == [1, 0]


def test_a_shift_that_is_left_before_its_sunday_is_none_of_it() -> None:
    """BCEA, s. 16 (5), of the time that was worked: who leaves a night from Saturday to Sunday at eleven has nothing of
    the Sunday, who comes an hour late has more of it."""
    where = place("ZA")
    night = on(where, "2026-12-12", "20:00", 10)
    promised = beyond([], night, where)
    assert steps_of(promised) == [("", [(600, 200)])]
    for begins, hours, expected in (("20:00", 3, []), ("21:00", 9, [("", [(540, 200)])])):
        span = on(where, "2026-12-12", begins, hours)
        clock = [Stretch(EntryKind.WORK, span.starts_at, span.ends_at)]
        found = beyond_worked(clock, where.zone, night, promised, paid=span.minutes)
        assert (steps_of(found), found.overtime.minutes) == (expected, 0)


def test_christmas_in_jakarta() -> None:
    """Ten hours at 40,000 IDR: 400,000 of wages, and beside them 8 x 40,000, 80,000 for the ninth hour and 120,000 for
    the tenth. Night and distressing work come on top, each its part of the rate and not of the day's."""
    days = beyond([], on(place("ID"), "2026-12-25", "08:00", 10), place("ID")).days
    found = price(PriceInput(rate=Money.of("40000.00", "IDR"), work_minutes=600, night_minutes=60, premium_days=days))
    paid = {line.kind: (str(line.money.decimal), line.minutes, line.rule, line.rate) for line in found}
    assert paid[LineKind.WAGES][:2] == ("400000.00", 600)
    assert paid[LineKind.HOLIDAY_PREMIUM] == ("520000.00", 600, "PUBLIC_HOLIDAY", None)
    assert paid[LineKind.NIGHT_PREMIUM][:2] == ("4000.00", 60)
    assert LineKind.OVERTIME_PREMIUM not in paid


def test_overtime_of_the_week_is_counted_once() -> None:
    """After forty hours a holiday of eight earns the day's multiple where the law says nothing of overtime of it, since
    that is the higher one; the overtime of the other days stays. In Indonesia the day alone counts its hours."""
    for code, worth in (("US-RI", (480, 150)), ("ID", (480, 200))):
        where = place(code)
        forty = [on(where, f"2026-12-{day}", "08:00", 8) for day in (28, 29, 30, 31)]
        eight = on(where, "2027-01-01", "08:00", 8)
        there = [*forty, on(where, "2027-01-02", "08:00", 8)]
        found = beyond(there, eight, where)
        assert [day[1] for day in steps_of(found)] == ([] if code == "US-RI" else [[worth]])
        assert found.overtime.minutes == (480 if code == "US-RI" else 0)


@pytest.mark.parametrize("law", [law for laws in DAY_LAWS.values() for law in laws])
def test_a_law_names_its_source_and_never_pays_less_for_overtime(law: DayLaw) -> None:
    plain, over, further = law.percents(150, 200)
    assert 100 <= plain <= over <= further
    assert law.source
    assert f"| {law.source} |" in day_laws_table()


codes = st.sampled_from([(law.country, law.subdivision) for laws in DAY_LAWS.values() for law in laws])
clocks = st.sampled_from([ZoneInfo(name) for name in ("UTC", "Asia/Jakarta", "America/New_York", "Europe/Madrid")])
days = st.sampled_from(
    ["2026-12-24", "2026-12-25", "2026-12-31", "2027-01-01", "2027-03-28", "2026-05-01", "2026-10-25"]
)
weeks = st.sampled_from([None, Decimal(40), Decimal(48)])
starts = st.tuples(days, st.integers(0, 95), st.integers(1, 52))


def span_of(drawn: tuple[str, int, int], zone: ZoneInfo) -> Span:
    start = datetime.combine(date.fromisoformat(drawn[0]), time(), zone).astimezone(UTC) + drawn[1] * HOUR / 4
    return Span(start, start + drawn[2] * HOUR / 4)


def minutes_of(lines: tuple[PriceLine, ...], *kinds: LineKind) -> int:
    return int(sum(line.minutes for line in lines if line.kind in kinds))


@given(codes, clocks, weeks, starts, st.lists(starts, max_size=6))
def test_no_minute_is_counted_twice_and_none_earns_less_than_without_the_day(
    code: tuple[str, str | None],
    zone: ZoneInfo,
    week: Decimal | None,
    drawn: tuple[str, int, int],
    others: list[tuple[str, int, int]],
) -> None:
    where, new, there = Place(*code, zone, week), span_of(drawn, zone), [span_of(other, zone) for other in others]
    found = beyond(there, new, where)
    law = law_of(*code)
    first, further = law.percents(None)
    terms = {"rate": Money.of("15.00", "USD"), "work_minutes": new.minutes}
    terms |= {"overtime_percent": first, "further_overtime_percent": further}

    def paid(over: Overtime, days: tuple[PremiumDay, ...] = ()) -> tuple[PriceLine, ...]:
        beside = {"overtime_minutes": over.minutes, "further_overtime_minutes": over.further, "premium_days": days}
        return price(PriceInput(**terms, **beside))

    lines, without = paid(found.overtime, found.days), paid(overtime(there, new, zone, law, week))
    assert minutes_of(lines, LineKind.WAGES) == new.minutes
    more = (LineKind.OVERTIME_PREMIUM, LineKind.FURTHER_OVERTIME, *DAY_OF_LINE)
    assert minutes_of(lines, *more) <= new.minutes
    assert gross_pay(lines) >= gross_pay(without)
    assert all(
        day.on in {new.starts_at.astimezone(zone).date(), new.ends_at.astimezone(zone).date()} for day in found.days
    )
    assert days_of(kept_days(found.days)) == found.days


@given(codes, clocks, starts, st.lists(starts, max_size=4), st.data())
def test_whatever_is_worked_stays_within_what_was_promised(
    code: tuple[str, str | None],
    zone: ZoneInfo,
    drawn: tuple[str, int, int],
    others: list[tuple[str, int, int]],
    data: st.DataObject,
) -> None:
    """Any stretch of the schedule, cut by any minutes: its lines have no more time than there is, each step no more
    than was promised, and nothing costs more than what is held."""
    schedule = span_of(drawn, zone)
    where = Place(*code, zone, Decimal(40))
    promised = beyond([span_of(other, zone) for other in others], schedule, where)
    scheduled = schedule.minutes
    begins = data.draw(st.integers(0, scheduled - 1), label="begins")
    lasts = data.draw(st.integers(1, scheduled - begins), label="lasts")
    waited = data.draw(st.sampled_from([0, begins]), label="waited")
    start = schedule.starts_at + begins * MINUTE
    clock = [Stretch(EntryKind.WORK, start, start + lasts * MINUTE)]
    found = beyond_worked(clock, zone, schedule, promised, paid=lasts, waited=waited)
    ended = data.draw(st.booleans(), label="ended") and not waited
    owed: dict[str, Any] = {"standby": waited, "call_in": call_in_missing(scheduled, lasts) if ended else 0}
    first, further = law_of(*code).percents(None)
    dark, law = night_promised(schedule, where, promised, (first, further))
    at_night = night_worked(clock, zone, dark, law, beyond=found, percents=(first, further))
    owed |= dict(zip(("night", "night_law"), at_night, strict=True))
    minutes = Minutes(lasts, 0, found.overtime.minutes, premium_days=found.days, **owed).less(
        data.draw(st.integers(0, lasts), label="cut")
    )
    rate = Money(data.draw(st.integers(180, 1600), label="rate"), "USD")
    most = data.draw(st.none() | st.builds(Pieces, st.just(rate), st.integers(1, 99), st.booleans()), label="pieces")
    percents = {"overtime_percent": first, "further_overtime_percent": further}
    real = price(PriceInput(rate=rate, pieces=most, **percents, **minutes.to_price))
    over = {"overtime_minutes": promised.overtime.minutes, "further_overtime_minutes": promised.overtime.further}
    owed = {"night_minutes": dark, "night_law": law, "premium_days": promised.days, "pieces": most, "waits": waited}
    assert cost(real) <= highest_cost(rate, scheduled, **over, **percents, **owed)
    if lasts == scheduled and minutes.work == scheduled:
        assert (found.days, found.overtime) == (promised.days, promised.overtime)
