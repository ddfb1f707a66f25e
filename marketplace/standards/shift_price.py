"""What a shift pays and costs before anybody works it: one function for the offer, for what a yes holds (`held`), and
for every estimate. Pure.

In prose. Its time earns the rate; what else is known from its hours alone follows from where a person lives: minutes at
night, public holidays, the weekly day of rest that the calendar names, and overtime of a day that is longer than the
law's. What follows from a person's other work (overtime of the week, a sixth or seventh day of work) is known only of a
person, so whoever knows it hands in the spans of that work, and whoever estimates hands in none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Final

from marketplace.core.money import Money
from marketplace.standards.hazard import HazardClass
from marketplace.standards.hours import Span, minutes_by_day, week_of
from marketplace.standards.nights import night_promised
from marketplace.standards.overtime import law_of
from marketplace.standards.piece_rates import Pieces
from marketplace.standards.premium_days import Place, beyond
from marketplace.standards.rates import NO_STEP, PriceInput

_MINUTE: Final = timedelta(minutes=1)
_A_DAY: Final = timedelta(days=1)
FULL_DAYS: Final = 5
FULL_DAY: Final = timedelta(hours=8)
"""What `full_week()` counts as other work: our own number, the five days of eight hours that most laws call a week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftWork:
    """What a seat of a shift pays, whoever takes it. `pieces` are the most that it pays (PIECES); `added_minutes` are
    owed beside its time (NOTICE). Whoever stands by for it `waits` for a call up to so many minutes (STANDBY)."""

    span: Span
    rate: Money
    fee_percent: Decimal
    hazard_class: HazardClass = HazardClass.H0
    margin: Money | None = None
    pieces: Pieces | None = None
    added_minutes: int = 0
    is_training: bool = False
    waits: int = 0


def shift_price(work: ShiftWork, place: Place, others: Iterable[Span] = (), step_points: int = NO_STEP) -> PriceInput:
    """How the whole schedule, worked to its end, is priced for somebody who lives there, beside their `others`, the
    work that they have in the week, and at that step of pay. No piece is counted in it."""
    span = work.span
    found = beyond(others, span, place)
    law = law_of(place.country, place.subdivision).on(span.starts_at.astimezone(place.zone).date())
    first, further = law.percents(place.overtime_multiplier)
    night_minutes, night_law = night_promised(span, place, found, (first, further))
    return PriceInput(
        rate=work.rate,
        work_minutes=(span.ends_at - span.starts_at) // _MINUTE,
        hazard_class=work.hazard_class,
        fee_percent=work.fee_percent,
        margin=work.margin,
        overtime_minutes=found.overtime.minutes,
        overtime_percent=first,
        further_overtime_minutes=found.overtime.further,
        further_overtime_percent=further,
        night_minutes=night_minutes,
        night_law=night_law,
        premium_days=found.days,
        step_points=step_points,
        added_minutes=work.added_minutes,
        is_training=work.is_training,
        pieces=None if work.pieces is None else replace(work.pieces, count=0),
    )


def full_week(span: Span, place: Place) -> list[Span]:
    """Eight hours on each of five other days of the week in which the shift begins, the earliest of them: the week of
    somebody for whom all of the shift is overtime where 40 hours are a week, or a sixth day of work."""
    mine = minutes_by_day([span], place.zone)
    monday = week_of(min(mine))
    days = [day for day in (monday + number * _A_DAY for number in range(7)) if day not in mine]
    begins = [datetime.combine(day, time(8), place.zone) for day in days[:FULL_DAYS]]
    return [Span(moment, moment + FULL_DAY) for moment in begins]
