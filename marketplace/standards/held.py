"""What is held for a shift: the most that it can cost, whichever way it is worked. Pure.

In prose. By the hour the whole schedule costs the most: no part of it, filled up with time that is owed though nobody
worked it, costs more. Pieces are another matter, since what they add to a premium is divided by the minutes of the
shift (PIECES): whoever works only the hours of a holiday may have made as many pieces as in the whole shift, and all of
them in hours that are dear. Of eight hours at 15.00 USD, four of them on a holiday that pays double, with 100 pieces at
2.00, the premium of the whole shift is 60.00 and half of 200.00; of the four hours alone it is 60.00 and all of 200.00.

Each day, and what is left beside the days, is worked from its first minute on, but by somebody who stands by (STANDBY)
and is called: the time until then is not worked. Along minutes of one multiple the cost rises, or falls and then rises.
So the dearest way begins and ends where a multiple changes, and few ways are compared. What of the schedule is not
worked in one of them counts as owed all the same (neutral hours, standby): it may be, and nothing else is known yet.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate, product
from typing import Final

from marketplace.core.money import Money
from marketplace.standards.hazard import HazardClass
from marketplace.standards.nights import Night
from marketplace.standards.piece_rates import Pieces
from marketplace.standards.premium_days import PremiumDay
from marketplace.standards.rates import FEE_PERCENT, NO_STEP, PriceInput, cost, price
from marketplace.standards.rules import RULES

_ROUNDED: Final = 20
"""Minor units by which the lines of two ways that cost the same may differ at most: each of no more than 20 parts is
rounded by itself, by half a unit up or down."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What is worked of a day, or beside all days, and what its minutes earn beyond the rate, in hundredths of a
    minute's pay. Of a `late` one the first minutes were not worked."""

    minutes: int
    beyond: int
    late: bool = False
    day: PremiumDay | None = None
    overtime: int = 0
    further: int = 0


def at_most(given: PriceInput, pieces: Pieces | None, waits: int = 0) -> PriceInput:
    """The dearest way to work a schedule with all the pieces that it pays, where its person `waits` up to so many
    minutes for a call: what is held. Breaks and other time are paid by the hour whatever pieces earn, so the hours are
    held beside them (PIECES)."""
    if pieces is None:
        return given
    whole = replace(given, pieces=replace(pieces, instead_of_wages=False))
    tracks = _tracks(whole, waits)
    if not any(_is_dearer(whole, tracks, [part]) for track in tracks for part in track):
        return whole
    return _dearest(whole, waits, str(given.fee_percent))


def highest_cost(
    rate: Money,
    scheduled_minutes: int,
    *,
    hazard_class: HazardClass = HazardClass.H0,
    fee_percent: Decimal = FEE_PERCENT,
    margin: Money | None = None,
    overtime_minutes: int = 0,
    overtime_percent: int = RULES["OVERTIME"].parameters["percent_where_unknown"],
    further_overtime_minutes: int = 0,
    further_overtime_percent: int = 100,
    step_points: int = NO_STEP,
    night_minutes: int = 0,
    night_law: Night | None = None,
    premium_days: tuple[PremiumDay, ...] = (),
    added_minutes: int = 0,
    pieces: Pieces | None = None,
    waits: int = 0,
) -> Money:
    """The most that a booking of so many minutes can cost: what is held when it is accepted.

    It never falls when the minutes grow, and no part of the schedule worked, filled up to the call-in minimum, costs
    more. Breaks inside the schedule are counted as if they were paid. `added_minutes` are owed beside it (NOTICE).
    `pieces` are the most there may be; who stands by `waits` for a call up to so many minutes.
    """
    given = PriceInput(
        rate=rate,
        work_minutes=scheduled_minutes,
        hazard_class=hazard_class,
        fee_percent=fee_percent,
        margin=margin,
        overtime_minutes=overtime_minutes,
        overtime_percent=overtime_percent,
        further_overtime_minutes=further_overtime_minutes,
        further_overtime_percent=further_overtime_percent,
        step_points=step_points,
        night_minutes=night_minutes,
        night_law=night_law,
        premium_days=premium_days,
        added_minutes=added_minutes,
    )
    return cost(price(at_most(given, pieces, waits)))


_Track = Sequence[_Part]
"""What may be worked of one day, or beside all days: all of it is the last."""


def _tracks(whole: PriceInput, waits: int) -> Sequence[_Track]:
    """What may be worked of the minutes beside all days, and of each day, as far as it begins and ends where something
    changes, or begins after the wait."""
    beside = whole.work_minutes - sum(day.minutes for day in whole.premium_days)
    over, further = beside - whole.overtime_minutes, beside - whole.further_overtime_minutes
    found = [[_beside(whole, beside, *each) for each in _stretches({0, over, further, beside}, waits)]]
    for day in whole.premium_days:
        ends = {0, *accumulate(step.minutes for step in day.steps)}
        found.append([_of_day(day, *each) for each in _stretches(ends, waits, _granted(day))])
    return found


def _granted(day: PremiumDay) -> Sequence[int]:
    """How much work of the day makes a law grant days' wages, or more of them, and the most that does not."""
    if day.wage is None:
        return ()
    half = day.wage.minutes // 2 - day.wage.before
    return 1, half, half + 1


def _stretches(ends: set[int], waits: int, lengths: Sequence[int] = ()) -> Iterator[tuple[int, int]]:
    """Each with its first minute and the one after its last, those of these `lengths` among them; the last one is all
    of it."""
    last = max(ends)
    for first in sorted({0, min(waits, last), *(end for end in ends if end < waits)}, reverse=True):
        of_length = (first + each for each in lengths if first < first + each < last)
        yield from ((first, end) for end in sorted({*ends, *of_length}) if end > first or end == first == 0)


def _beside(whole: PriceInput, minutes: int, first: int, end: int) -> _Part:
    over = max(0, end - max(first, minutes - whole.overtime_minutes))
    further = max(0, end - max(first, minutes - whole.further_overtime_minutes))
    beyond = (over - further) * (whole.overtime_percent - 100) + further * (whole.further_overtime_percent - 100)
    return _Part(end - first, beyond, first > 0, None, over, further)


def _of_day(day: PremiumDay, first: int, end: int) -> _Part:
    part = day.part(end - first, first)
    beyond = sum(step.minutes * (step.percent - 100) for step in part.steps)
    return _Part(end - first, beyond, first > 0, part if part.steps else None)


def _is_dearer(whole: PriceInput, tracks: Sequence[_Track], parts: Sequence[_Part]) -> bool:
    """Whether a minute of these earns more beyond the rate than one of the whole: only then pieces may. What several
    parts earn together is no more than what the dearest of them does."""
    minutes, beyond = sum(part.minutes for part in parts), sum(part.beyond for part in parts)
    return beyond * whole.work_minutes > sum(track[-1].beyond for track in tracks) * minutes


@lru_cache(maxsize=1024)
def _dearest(whole: PriceInput, waits: int, _fee_as_written: str) -> PriceInput:
    """The way that costs the most. Ways that are not compared cost no more but for the rounding of their lines, so some
    minutes' pay are held for that."""
    tracks = _tracks(whole, waits)
    every = (parts for parts in product(*tracks) if sum(part.late for part in parts) <= 1)
    ways = [_way(whole, parts) for parts in every if _is_dearer(whole, tracks, parts)]
    rounded = -(-60 * _ROUNDED // whole.rate.amount)
    dearest = max([whole, *ways], key=lambda way: cost(price(way)).amount)
    return replace(dearest, added_minutes=dearest.added_minutes + rounded)


def _way(whole: PriceInput, parts: Sequence[_Part]) -> PriceInput:
    """The schedule, of which these parts are worked and the rest is owed. What all of its night earns more stays: if
    fewer minutes are worked than are at night, as pay of more minutes."""
    minutes = sum(part.minutes for part in parts)
    night = min(whole.night_minutes, minutes)
    law = whole.night_law and whole.night_law.first(night)
    lost = (whole.night_minutes - night) * RULES["NIGHT"].parameters["percent"] * 100
    if law is not None and whole.night_law is not None:
        lost = whole.night_law.worth - law.worth
    return replace(
        whole,
        work_minutes=minutes,
        neutral_minutes=whole.neutral_minutes + whole.work_minutes - minutes,
        added_minutes=whole.added_minutes - (-lost // NO_STEP),
        overtime_minutes=sum(part.overtime for part in parts),
        further_overtime_minutes=sum(part.further for part in parts),
        night_minutes=night,
        night_law=law,
        premium_days=tuple(part.day for part in parts if part.day is not None),
    )
