"""An instance of matching as the arrays of the solver. Pure.

In prose. Whether somebody fits the work is asked of the rules, as always, once for each kind of work and contract
version (`engine.Planner`); so is whether they keep that time free. Who passes is a pair with the points that do not
depend on what else the plan gives them. Rest, days off, the hours of days and weeks, the band and the caps of
distressing work become caps and rests; what is booked, asked about, or given already stands in the bookings. The
arrays are a little coarser than the rules, which judge each seat of the answer once more.

The solver counts what the published objective counts, in the same points, each seat at its turn; the turns of a person
are those in which their shifts begin, and `whole` gives the seats in that order. One thing is coarser: the 28 days
whose hours count in the spread are those before the first of the openings, for all of them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate, islice
from types import MappingProxyType
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from marketplace.matching.crowd import best_first, weighted
from marketplace.matching.engine import Fit, Planner
from marketplace.matching.instance import Opening
from marketplace.matching.objective import Part, urgency_points
from marketplace.matching.rules import HORIZON, RECENT, URGENT, WEEK_MINUTES
from marketplace.matching.somebody import Somebody
from marketplace.solver.local_days import local_days
from marketplace.solver.problem import (
    Barred,
    Bookings,
    Cap,
    Counted,
    Fits,
    Ints,
    Longs,
    People,
    Period,
    Problem,
    Rest,
    Shifts,
    Start,
    Weights,
)
from marketplace.standards.catalogue import RULES
from marketplace.standards.hazard import HazardClass, caps
from marketplace.standards.hours import rest_minutes, week_of

MINUTE = timedelta(minutes=1)
KEPT_FOR_A_SEAT, KEPT_BESIDE = 8, 20
"""How many people are looked at for each seat, and for each shift beside them."""
KEPT_COSTS: Final = 500
"""Points that somebody falls behind, for one shift, by each for which they are kept already."""
WHATEVER_ELSE: Final = (Part.AVAILABILITY, Part.CONTINUITY, Part.LANGUAGE, Part.QUALITY)
"""Parts that are the same whatever else the plan gives somebody."""
STATIC_CAPS: Final = 3
DAY, WEEK, BAND = range(STATIC_CAPS)
CLASSES: Final = tuple(each for each in HazardClass if each is not HazardClass.H0 and caps(each) is not None)
WHOLE_DAY, WHOLE_WEEK = 24 * 60, 7 * 24 * 60


Seats = Mapping[UUID, Collection[UUID]]
"""By shift, the people who have a seat of it."""
NOBODY: Final[Seats] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Arrays:
    """A problem, and whom and what its numbers name."""

    problem: Problem
    openings: Sequence[Opening]
    people: Sequence[Somebody]

    def pairs(self, shift: Ints, person: Ints) -> list[tuple[UUID, UUID]]:
        """The pairs of an answer as shifts and people."""
        return [
            (self.openings[one].shift_id, self.people[other].member.id)
            for one, other in zip(shift.tolist(), person.tolist(), strict=True)
        ]

    def prices(self, price: Longs) -> dict[UUID, int]:
        """The prices of an answer by shift, in points."""
        return {opening.shift_id: each for opening, each in zip(self.openings, price.tolist(), strict=True)}


def arrays_of(planner: Planner, openings: Sequence[Opening], start: Seats = NOBODY) -> Arrays | None:
    """The problem of filling those openings, as the plan stands. None where there is nothing to choose. `start` are the
    people who have their seats in a plan that is there already."""
    chosen, kept = [opening for opening in openings if opening.seats > 0], np.zeros(len(planner.people), np.int64)
    pairs = [_pairs(planner, opening, kept, start.get(opening.shift_id, frozenset())) for opening in chosen]
    if not any(pairs):
        return None
    numbers = {who.member.id: number for number, who in enumerate(planner.people)}
    epoch = _epoch(planner)
    first = np.concatenate([[0], np.cumsum([len(found) for found in pairs])]).astype(np.int64)
    fits = Fits(
        first,
        np.array([numbers[fit.who.member.id] for found in pairs for fit, _ in found], np.int32),
        np.array([worth for found in pairs for _, worth in found], np.int32),
    )
    shifts = _shifts(planner, chosen, epoch)
    zones, people = _people(planner, chosen)
    return Arrays(
        Problem(
            epoch=epoch,
            zones=local_days(zones, epoch, int(shifts.start.min()), int(shifts.end.max())),
            people=people,
            shifts=shifts,
            fits=fits,
            bookings=_bookings(planner, epoch),
            barred=Barred.none(len(chosen)),
            caps=_caps(planner),
            rests=_rests(planner),
            weights=_weights(planner),
            start=_start(pairs, chosen, numbers, start),
        ),
        chosen,
        planner.people,
    )


def _start(
    pairs: Sequence[Sequence[tuple[Fit, int]]], openings: Sequence[Opening], numbers: Mapping[UUID, int], start: Seats
) -> Start:
    found = [
        (shift, numbers[fit.who.member.id])
        for shift, (opening, able) in enumerate(zip(openings, pairs, strict=True))
        for fit, _ in able
        if fit.who.member.id in start.get(opening.shift_id, ())
    ]
    both = np.array(found, np.int32).reshape(-1, 2)
    return Start(both[:, 0].copy(), both[:, 1].copy())


def _pairs(planner: Planner, opening: Opening, kept: Longs, had: Collection[UUID]) -> list[tuple[Fit, int]]:
    """Who could take a seat of it, each with their points whatever else they do: the best, of equals those who were
    kept for fewer shifts so far, and whoever had one. Some of very many for each seat are enough, since everybody is
    kept for some. `kept` says of each person for how many, these among them afterwards."""
    fitting, free, earned = planner.free(opening)
    group, weights = fitting.group, planner.weights
    scores = weighted(earned, weights) - KEPT_COSTS * kept[group.numbers]
    most = KEPT_FOR_A_SEAT * opening.seats + KEPT_BESIDE
    best = np.fromiter(islice(best_first(scores, free, group, opening, planner.instance.seed), most), np.int64)
    others = np.setdiff1d(free[group.are(had)[free]], best)
    chosen = np.concatenate([best, others])
    kept[group.numbers[chosen]] += 1
    own = weighted(earned, weights, WHATEVER_ELSE)[chosen]
    return [(fitting.fits[place], worth) for place, worth in zip(chosen.tolist(), own.tolist(), strict=True)]


def _epoch(planner: Planner) -> datetime:
    """The Monday before everything that somebody has, in UTC."""
    begins = [busy.span.starts_at for who in planner.people for busy in who.busy]
    day = min([*begins, planner.instance.at]).astimezone(UTC).date() - timedelta(days=7)
    return datetime.combine(week_of(day), time(), UTC)


def _floor(moment: datetime, epoch: datetime) -> int:
    return (moment - epoch) // MINUTE


def _ceil(moment: datetime, epoch: datetime) -> int:
    return -((epoch - moment) // MINUTE)


def _marks(hazard_class: HazardClass) -> int:
    """The caps that count such work: heavier work counts in the lighter classes too."""
    marks = (1 << STATIC_CAPS) - 1
    for number, each in enumerate(CLASSES):
        if hazard_class >= each:
            marks |= 0b11 << (STATIC_CAPS + 2 * number)
    return marks


def _shifts(planner: Planner, openings: Sequence[Opening], epoch: datetime) -> Shifts:
    weights, at = planner.weights, planner.instance.at
    works = [planner.instance.work_of(opening) for opening in openings]
    seat = [
        100 * weights.of(Part.FILL)
        + weights.of(Part.URGENCY) * urgency_points(at, opening.span.starts_at, URGENT, HORIZON)
        for opening in openings
    ]
    return Shifts(
        np.array([_floor(opening.span.starts_at, epoch) for opening in openings], np.int32),
        np.array([_ceil(opening.span.ends_at, epoch) for opening in openings], np.int32),
        np.array([opening.seats for opening in openings], np.int32),
        np.array(seat, np.int64),
        np.arange(len(openings), dtype=np.int32),
        np.array([_marks(work.hazard_class) for work in works], np.uint32),
    )


def _people(planner: Planner, openings: Sequence[Opening]) -> tuple[list[ZoneInfo], People]:
    begins = min(opening.span.starts_at for opening in openings)
    names = sorted({who.member.person.zone.key for who in planner.people})
    recent = [who.recent.between(begins - RECENT, begins) + who.given_minutes for who in planner.people]
    people = People(
        np.array([names.index(who.member.person.zone.key) for who in planner.people], np.int32),
        np.array([who.member.band_min_minutes for who in planner.people], np.int32),
        np.array(recent, np.int32),
        most=np.array([who.member.band_max_minutes for who in planner.people], np.int32),
    )
    return [ZoneInfo(name) for name in names], people


def _bookings(planner: Planner, epoch: datetime) -> Bookings:
    busy = [sorted(who.busy, key=lambda each: (each.span.starts_at, each.span.ends_at)) for who in planner.people]
    every = [each for mine in busy for each in mine]
    return Bookings(
        np.array([0, *accumulate(len(mine) for mine in busy)], np.int64),
        np.array([_floor(each.span.starts_at, epoch) for each in every], np.int32),
        np.array([_ceil(each.span.ends_at, epoch) for each in every], np.int32),
        np.array([each.active for each in every], np.uint8),
        np.ones(len(every), np.uint8),
        np.array([_marks(each.hazard_class) for each in every], np.uint32),
    )


def _caps(planner: Planner) -> list[Cap]:
    people = len(planner.people)

    def all_of(minutes: int) -> Ints:
        return np.full(people, minutes, np.int32)

    found = [
        Cap(Period.DAY, Counted.SPLIT, all_of(RULES["DAY"].parameters["minutes"])),
        Cap(Period.WEEK, Counted.SPLIT, all_of(RULES["WEEK"].parameters["minutes"])),
        Cap(Period.WEEK, Counted.AT_START, np.array([who.member.band_max_minutes for who in planner.people], np.int32)),
    ]
    for each in CLASSES:
        day, week = caps(each) or (WHOLE_DAY, WHOLE_WEEK)
        found += [Cap(Period.DAY, Counted.SPLIT, all_of(day)), Cap(Period.WEEK, Counted.SPLIT, all_of(week))]
    return found


def _rests(planner: Planner) -> list[Rest]:
    numbers = RULES["DAY_OFF"].parameters
    persons = [who.member.person for who in planner.people]
    daily = np.array([rest_minutes(person.daily_rest_hours) for person in persons], np.int32)
    off = [numbers.get(f"{person.country.lower()}_minutes", numbers["minutes"]) for person in persons]
    weekly = np.array(off, np.int32)
    return [
        Rest(daily, (WHOLE_DAY - daily).astype(np.int32)),
        Rest(weekly, (WHOLE_WEEK - weekly).astype(np.int32)),
    ]


def _weights(planner: Planner) -> Weights:
    weights = planner.weights
    return Weights(seat_band=weights.of(Part.BAND), seat_spread=weights.of(Part.SPREAD), seat_spread_half=WEEK_MINUTES)
