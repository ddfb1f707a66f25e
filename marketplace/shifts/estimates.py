"""What planned shifts will cost, before it is known who takes them: the least and the most, with their parts. Pure.

Each place where somebody may take a seat is priced by the function that prices the yes of a known person
(`standards.shift_price`), with no other work in their week: so for whoever lives there and has none, the hold of the
yes is what was estimated, to the minor unit. The least is where it is cheapest and at no step of pay, the most where it
is dearest and at the highest. What overtime of a full week would add is told beside them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from marketplace.core.money import Money, total
from marketplace.standards.cost_parts import PartKind, parts_of
from marketplace.standards.day_laws import laws_of_place
from marketplace.standards.held import at_most
from marketplace.standards.nights import night_laws_of
from marketplace.standards.overtime import law_of
from marketplace.standards.premium_days import Place, PremiumDay
from marketplace.standards.rates import NO_STEP, PriceInput, PriceLine, cost, price
from marketplace.standards.shift_price import ShiftWork, full_week, shift_price

MOST_TIMES = 48
"""Times of open shifts that a `Cover` looks at, the nearest first, those of people who stand by or lead among them:
each is priced for every home."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one kind of line makes of the least and of the most."""

    kind: PartKind
    least: Money
    most: Money


@dataclass(frozen=True, slots=True)
class Dearest:
    """A place for which the most is reckoned, and what earns more there than the rate, of one seat of each shift for
    which it is the dearest."""

    country: str
    subdivision: str | None
    timezone: str
    night_minutes: int
    overtime_minutes: int
    days: tuple[PremiumDay, ...]

    @property
    def kept_days(self) -> list[dict[str, Any]]:
        """The days as JSON."""
        return [day.as_kept() | {"kind": day.kind} for day in self.days]


@dataclass(frozen=True, slots=True)
class Seats:
    """So many seats that pay the same; `places` are those in which people live who may take one, at least one, and
    `highest_step` is what the highest step of pay multiplies the rate by, in ten-thousandths."""

    work: ShiftWork
    count: int
    places: tuple[Place, ...]
    highest_step: int = NO_STEP

    @property
    def highest(self) -> Money:
        """What one of them costs at most."""
        return of_seat(self.work, self.places, self.highest_step).highest

    @property
    def full_week(self) -> Money:
        """The most of one of them, if its person has worked eight hours on each of five other days of that week."""
        given = {
            shift_price(self.work, each, full_week(self.work.span, each), self.highest_step)
            for each in _distinct(self.work, self.places)
        }
        return max((cost(_lines(self.work, each)) for each in given), key=lambda money: money.amount)

    def standing_by(self, waits: int) -> Money:
        """What one of them costs at most whose person waits up to so many minutes for a call (STANDBY)."""
        waiting = replace(self.work, waits=waits) if self.work.pieces is not None else self.work
        return of_seat(waiting, self.places, self.highest_step).highest

    def late(self, added_minutes: int) -> Money:
        """What it adds to one of them at most that so many minutes are owed beside its time (NOTICE)."""
        more = of_seat(replace(self.work, added_minutes=added_minutes), self.places, self.highest_step)
        return more.highest - self.highest


@dataclass(frozen=True, slots=True)
class SeatPrice:
    """One seat: the lines of the least and of the most, and where it costs the most if that is more than elsewhere."""

    least: tuple[PriceLine, ...]
    most: tuple[PriceLine, ...]
    dearest: Dearest | None

    @property
    def highest(self) -> Money:
        """The sum of the most."""
        return cost(self.most)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What all seats cost together. `parts` add up to the least and to the most, in one order always. Overtime that
    follows from what else a person works in the week is no part of it."""

    seats: int
    least: Money
    most: Money
    parts: tuple[Part, ...]
    most_for: tuple[Dearest, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """How far a gig's free money (`held`) reaches for its open seats, those that are planned among them: they need
    `needed` if each costs the most, and there is money for `covered` of the `seats`, the earliest first. What people
    cost who stand by or lead, and what is added late, is needed too and has no seat here. `seats` are those that were
    looked at, of `open_seats`: the nearest times, and all that are planned."""

    held: Money
    needed: Money
    seats: int
    covered: int
    open_seats: int

    @property
    def missing(self) -> Money:
        """What has to be put in so that everybody's yes finds money; zero where there is enough."""
        return max(self.needed - self.held, Money.zero(self.held.currency), key=lambda money: money.amount)


def estimate(planned: Iterable[Seats], currency: str) -> Estimate:
    """What these seats cost together."""
    zero, seats = Money.zero(currency), 0
    parts = dict.fromkeys(PartKind, (zero, zero))
    dearest: dict[tuple[str, str | None, str], Dearest] = {}
    for each in planned:
        found = of_seat(each.work, each.places, each.highest_step)
        seats += each.count
        for kind, money in parts_of(found.least).items():
            parts[kind] = parts[kind][0] + money * each.count, parts[kind][1]
        for kind, money in parts_of(found.most).items():
            parts[kind] = parts[kind][0], parts[kind][1] + money * each.count
        if found.dearest is not None:
            one = found.dearest
            where = (one.country, one.subdivision, one.timezone)
            dearest[where] = _together(dearest[where], one) if where in dearest else one
    told = tuple(Part(kind, *both) for kind, both in parts.items() if kind is PartKind.TIME or any(both))
    return Estimate(
        seats,
        total((part.least for part in told), currency),
        total((part.most for part in told), currency),
        told,
        tuple(dearest.values()),
    )


@lru_cache(maxsize=8192)
def of_seat(work: ShiftWork, places: tuple[Place, ...], highest_step: int) -> SeatPrice:
    """One seat in each of these places. What was planned before is asked about again with everything that is planned,
    so it is remembered."""
    given: dict[PriceInput, Place] = {}
    for place in _distinct(work, places):
        given.setdefault(shift_price(work, place), place)
    plain = [_lines(work, each) for each in given]
    priced = [_lines(work, replace(each, step_points=highest_step)) for each in given]
    costs = [cost(lines).amount for lines in priced]
    at = costs.index(max(costs))
    return SeatPrice(
        least=min(plain, key=lambda lines: cost(lines).amount),
        most=priced[at],
        dearest=_dearest(*list(given.items())[at]) if costs[at] > min(costs) else None,
    )


def cover(held: Money, seats: Iterable[tuple[datetime, int, Money]], beside: Money, unseen: int = 0) -> Cover:
    """How far the money reaches for open seats: when they begin, how many there are, and what each costs at most; and
    for what is needed `beside` them. So many more are `unseen`: open, and not looked at."""
    needed, left, every, covered, short = beside, held.amount, 0, 0, False
    for _, count, each in sorted(seats, key=lambda seat: seat[0]):
        every, needed = every + count, needed + each * count
        paid = 0 if short else (count if not each else min(count, left // each.amount))
        covered, left, short = covered + paid, left - paid * each.amount, short or paid < count
    return Cover(held, needed, every, covered, every + unseen)


def _lines(work: ShiftWork, given: PriceInput) -> tuple[PriceLine, ...]:
    return price(at_most(given, work.pieces, work.waits))


def _distinct(work: ShiftWork, places: tuple[Place, ...]) -> list[Place]:
    """One of all places whose laws, hours and clock are the same for this shift: nothing costs more or less there."""
    found: dict[Any, Place] = {}
    for place in places:
        ends = (work.span.starts_at, work.span.ends_at)
        clock = tuple(moment.astimezone(place.zone).utcoffset() for moment in ends)
        laws = laws_of_place(place.country, place.subdivision) or night_laws_of(place.country, place.subdivision)
        # Only where a law pays more on holidays, or at night, does it matter which place it is.
        where = (place.country, place.subdivision) if laws else id(law_of(place.country, place.subdivision))
        found.setdefault((where, clock, place.weekly_hours, place.overtime_multiplier), place)
    return list(found.values())


def _dearest(given: PriceInput, place: Place) -> Dearest:
    where = (place.country, place.subdivision, place.zone.key)
    return Dearest(*where, given.night_minutes, given.overtime_minutes, given.premium_days)


def _together(one: Dearest, other: Dearest) -> Dearest:
    return replace(
        one,
        night_minutes=one.night_minutes + other.night_minutes,
        overtime_minutes=one.overtime_minutes + other.overtime_minutes,
        days=(*one.days, *other.days),
    )
