"""What the planned work of a gig costs, told by its parts before it is published; and what hours cost on top that earn
more, which nobody knows of before shifts are planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from marketplace.core.money import Money
from marketplace.gigs.models import Gig
from marketplace.gigs.piece_pay import most_of
from marketplace.standards.catalogue import RULES
from marketplace.standards.cost_parts import PartKind, parts_of
from marketplace.standards.day_laws import LawKind, laws_of_place
from marketplace.standards.floor import Place
from marketplace.standards.nights import Night, NightStep, night_of
from marketplace.standards.overtime import law_of
from marketplace.standards.premium_days import DayKind, DayStep, PremiumDay
from marketplace.standards.rates import NO_STEP, PriceInput, cost, price


@dataclass(frozen=True, slots=True)
class CostPart:
    """What one kind of line comes to."""

    kind: PartKind
    money: Money


@dataclass(frozen=True, slots=True)
class OnTop:
    """What an hour costs more that earns more, at `percent` of the rate, which is the most of all `places`: those where
    it is so much. Days' wages, which some laws grant for short work, are known of a shift alone."""

    kind: PartKind
    percent: int
    money: Money
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedCost:
    """What the planned time costs at most by day, and what is `on_top` of an hour that earns more."""

    total: Money
    parts: Sequence[CostPart]
    on_top: Sequence[OnTop]


def planned_price(gig: Gig, rate: Money) -> PriceInput:
    """How the whole planned work at that rate is priced, all of it at the highest step of pay and with all the pieces
    that it pays, and by day."""
    pieces = most_of(gig, gig.planned_minutes)
    return PriceInput(
        rate=rate,
        work_minutes=gig.planned_minutes,
        hazard_class=gig.hazard_class,
        fee_percent=gig.fee_percent,
        margin=gig.margin,
        step_points=gig.pay_steps.highest if gig.pay_steps else NO_STEP,
        pieces=None if pieces is None else replace(pieces, instead_of_wages=False),
    )


def planned_cost(gig: Gig, places: Sequence[Place], on: date) -> PlannedCost:
    """What it costs with people from these places, by the laws of that day."""
    given = planned_price(gig, gig.rate)
    lines = price(given)
    hour = replace(given, work_minutes=60, pieces=None)
    on_top = []
    for kind in (PartKind.NIGHT, PartKind.HOLIDAY, PartKind.REST_DAY, PartKind.OVERTIME):
        percents = [_percent(kind, place, on) for place in places]
        most = max(percents, default=100)
        dearest = [place for place, percent in zip(places, percents, strict=True) if percent == most]
        if most > 100:
            more = _more(hour, kind, most, dearest[0], on)
            on_top.append(OnTop(kind, most, more, tuple(place.name for place in dearest)))
    return PlannedCost(cost(lines), [CostPart(*part) for part in parts_of(lines).items()], on_top)


_LAWS: Mapping[PartKind, frozenset[LawKind]] = {
    PartKind.HOLIDAY: frozenset({LawKind.HOLIDAY, LawKind.HOLIDAY_ON_REST_DAY}),
    PartKind.REST_DAY: frozenset({LawKind.REST_DAY}),
}


def _percent(kind: PartKind, place: Place, on: date) -> int:
    """What such an hour earns there, in percent of the rate; overtime of such a day not counted."""
    where = place.country, place.subdivision
    if kind is PartKind.NIGHT:
        law = _night(place, on)
        return 100 + (RULES["NIGHT"].parameters["percent"] if law is None else law.points // 100)
    if kind is PartKind.OVERTIME:
        return max(law_of(*where).on(on).percents(place.region.overtime_multiplier if place.region else None))
    known = (law for law in laws_of_place(*where) if law.kind in _LAWS[kind] and law.from_day <= on)
    return max((law.percent for law in known), default=100)


def _night(place: Place, on: date) -> Night | None:
    """An hour of its night, not in overtime; None where the house's night holds."""
    law = night_of(place.country, place.subdivision, on, 100)
    return law and replace(law, steps=(NightStep(60, law.points),))


def _more(hour: PriceInput, kind: PartKind, percent: int, place: Place, on: date) -> Money:
    if kind is PartKind.NIGHT:
        dear = replace(hour, night_minutes=60, night_law=_night(place, on))
    elif kind is PartKind.OVERTIME:
        dear = replace(hour, overtime_minutes=60, overtime_percent=percent)
    else:
        days = (PremiumDay(on, DayKind(kind.value), "", (DayStep(60, percent),)),)
        dear = replace(hour, premium_days=days)
    return cost(price(dear)) - cost(price(hour))
