"""The most seats that anybody could have filled who knew every answer, every illness and every burst before.

People who would have said yes to a shift and would have come are given to it by the solver (`marketplace.solver`),
under rules that no way of asking can go around: one place at a time, AVAILABLE, REST, DAY, and the band of hours that
they chose. Other rules are left out, so the bound may lie too high and never too low.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from marketplace.shifts.eligibility import judge_fit
from marketplace.simulation.state import Said, happens, says
from marketplace.simulation.world import BEGINS, DAY, PLANNED_AHEAD, Needed, Somebody, World, standby_id
from marketplace.solver.problem import (
    Barred,
    Bookings,
    Cap,
    Counted,
    Fits,
    People,
    Period,
    Problem,
    Rest,
    Shifts,
    Zones,
)
from marketplace.solver.solving import solve
from marketplace.standards.catalogue import RULES
from marketplace.standards.hours import week_of

EPOCH: Final = BEGINS - PLANNED_AHEAD
MINUTE = timedelta(minutes=1)
LEAVES: Final = ("stays_away", "falls_ill", "gives_back")


def most_seats(world: World) -> int:
    """No policy fills more seats of that world."""
    if not world.shifts:
        return 0
    return int(solve(_problem(world)).bound)


def _problem(world: World) -> Problem:
    people, shifts = list(world.people.values()), world.shifts
    zones = sorted({who.zone.key for who in people})
    would = [_would(world, people, needed) for needed in shifts]
    first = np.zeros(len(shifts) + 1, np.int64)
    first[1:] = np.cumsum([len(each) for each in would])
    fitting = np.array([number for each in would for number in each], np.int32)
    band = np.array([who.member.band_max_minutes for who in people], np.int32)
    rest, day = RULES["REST"].parameters["minutes"], RULES["DAY"].parameters["minutes"]
    everybody = np.ones(len(people), np.int32)
    return Problem(
        epoch=EPOCH,
        zones=_zones([ZoneInfo(name) for name in zones], world.ends),
        people=People(
            zone=np.array([zones.index(who.zone.key) for who in people], np.int32),
            least=0 * everybody,
            recent=0 * everybody,
        ),
        shifts=Shifts(
            start=np.array([_minute(each.span.starts_at) for each in shifts], np.int32),
            end=np.array([_minute(each.span.ends_at) for each in shifts], np.int32),
            seats=np.array([each.seats for each in shifts], np.int32),
            points=np.ones(len(shifts), np.int64),
            kind=np.arange(len(shifts), dtype=np.int32),
            marks=np.full(len(shifts), 0b11, np.uint32),
        ),
        fits=Fits(first=first, person=fitting, points=np.zeros(len(fitting), np.int32)),
        bookings=Bookings.none(len(people)),
        barred=Barred.none(len(shifts)),
        caps=[Cap(Period.WEEK, Counted.AT_START, band), Cap(Period.DAY, Counted.SPLIT, day * everybody)],
        rests=[Rest(least=rest * everybody, longest=(24 * 60 - rest) * everybody)],
    )


def _would(world: World, people: Sequence[Somebody], needed: Needed) -> list[int]:
    """Who fits the work, would say yes to it or to standing by for it, and would be there."""
    return [
        number for number, who in enumerate(people) if _would_come(world, who, needed) and _can_come(world, who, needed)
    ]


def _can_come(world: World, who: Somebody, needed: Needed) -> bool:
    work, span = world.works[needed.gig_id], needed.span
    person = who.member.under_contract(work.company_id, span.ends_at)
    if person.calendar.is_away(who.zone, span.starts_at, span.ends_at):
        return False
    return not any(verdict.failed for verdict in judge_fit(work.seat(span), person))


def _would_come(world: World, who: Somebody, needed: Needed) -> bool:
    if says(world, who, needed) is Said.YES and not any(happens(world, what, who.id, needed) for what in LEAVES):
        return True
    beside = replace(needed, shift_id=standby_id(needed.shift_id))
    return says(world, who, beside) is Said.YES and not happens(world, "stays_away", who.id, beside)


def _minute(moment: datetime) -> int:
    return (moment - EPOCH) // MINUTE


def _zones(zones: Sequence[ZoneInfo], ends: datetime) -> Zones:
    days = [(EPOCH - 2 * DAY + number * DAY).date() for number in range((ends - EPOCH).days + 5)]
    midnights = [[_minute(datetime(day.year, day.month, day.day, tzinfo=zone)) for day in days] for zone in zones]
    weeks = [(week_of(day) - EPOCH.date()).days // 7 + 1 for day in days[:-1]]
    return Zones(midnight=np.array(midnights, np.int32), week=np.array([weeks] * len(zones), np.int32))
