"""The plan of a whole horizon: the seats of all shifts are given together, so that all of them count the most. Pure.

In prose. The instant path (`matching.engine`) plans first. From there the solver goes on, with all seats that do not
begin soon, and with what begins soon as it stands, since there more people are asked than seats are open. It counts
what the published objective counts. Its answer is kept with the instance, so that a plan can be repeated without it.
Each seat of it is judged by the rules once more, in the order in which the shifts begin; what they refuse, or the
solver left, is filled as always; where it fails, so is all. Last, nobody without any seat of the plan may have more
points for a shift than somebody who has one: they change places. The plan of the solver is kept unless that of the
instant path counts more, and what both count stands in the report.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final
from uuid import UUID

import structlog

from marketplace.matching import engine
from marketplace.matching.arrays import arrays_of
from marketplace.matching.engine import Planner
from marketplace.matching.instance import GIVEN_BY_START, Instance, Opening
from marketplace.matching.objective import Part, urgency_points
from marketplace.matching.planned import Planned
from marketplace.matching.rules import HORIZON, URGENT
from marketplace.solver.problem import Plan, Problem, SolverFailed

FEWEST: Final = 2
SMALLEST: Final = 500
"""Openings, and openings times people: below them the solver takes longer to begin than it gains."""
ROUNDS: Final = 4
"""How often people without a seat are looked at again, once others have lost theirs to them."""
Solver = Callable[[Problem, int], Plan]
"""Raises SolverFailed."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Margin:
    """Points: what a seat would have counted with somebody in it, and what it had to count, since others gained so much
    by it or by theirs."""

    counted: int
    price: int


@dataclass(frozen=True, slots=True)
class Way:
    """What a plan comes to on one of the two ways: seats that it fills, and points of the published objective."""

    filled: int
    points: int


@dataclass(frozen=True, slots=True)
class Solved:
    """The plan, by shift, in the order of the instance's openings; whether the seats were given together; the instance
    that it follows from, with the solver's answer where it was asked; and what the plans of both ways come to, that of
    the solver where there is one."""

    planned: Sequence[Planned]
    together: bool
    instance: Instance
    instant: Way
    solver: Way | None

    def told(self) -> dict[str, Any]:
        """For the report of a plan."""
        ways = {"instant": asdict(self.instant), "solver": self.solver and asdict(self.solver)}
        return {"together": self.together, "ways": ways}


def reckon(instance: Instance, solver: Solver | None) -> Solved:
    """The best plan, with the solver where there is one."""
    alone = engine.solve(instance)
    return _better(instance if solver is None else _asked(instance, alone, solver), alone)


def solve(instance: Instance) -> Solved:
    """The best plan, the same for the same instance: the solver's answer stands in it where it was asked."""
    return _better(instance, engine.solve(instance))


def asked(instance: Instance, solver: Solver) -> Instance:
    """The instance with the solver's answer, where it is worth to ask."""
    return _asked(instance, engine.solve(instance), solver)


def _asked(instance: Instance, alone: Sequence[Planned], solver: Solver) -> Instance:
    """Asks the solver in a market that is not small, to go on from the plan of the instant path. A solver that fails is
    told in the log, and the plan stays that one."""
    if len(instance.openings) < FEWEST or len(instance.openings) * len(instance.members) < SMALLEST:
        return instance
    planner = Planner(instance)
    soon, later = _by_urgency(planner)
    for opening in soon:
        planner.fill(opening)
    start = {each.shift_id: {given.contractor_id for given in each.given} for each in alone}
    if (arrays := arrays_of(planner, later, start)) is None:
        return instance
    try:
        plan = solver(arrays.problem, instance.seed)
    except SolverFailed:
        log.exception("solver failed", shifts=len(later), people=len(instance.members))
        return instance
    log.info("solver", shifts=len(later), people=len(instance.members), given=len(plan.shift), seconds=plan.seconds)
    return replace(instance, wishes=arrays.pairs(plan.shift, plan.person), prices=arrays.prices(plan.prices))


def _better(instance: Instance, alone: Sequence[Planned]) -> Solved:
    instant = _way(instance, alone)
    if instance.wishes is None:
        return Solved(alone, False, instance, instant, None)
    together = _together(instance, instance.wishes)
    solver = _way(instance, together)
    gained = solver.points - instant.points
    as_good = gained >= 0 if instance.form >= GIVEN_BY_START else gained > 0
    return Solved(together if as_good else alone, as_good, instance, instant, solver)


def _way(instance: Instance, planned: Sequence[Planned]) -> Way:
    return Way(sum(each.filled for each in planned), worth(instance, planned))


def worth(instance: Instance, planned: Sequence[Planned]) -> int:
    """What a plan counts by the published objective, each seat with the points at its turn."""
    openings = {opening.shift_id: opening for opening in instance.openings}
    seats = sum(each.filled * of_seat(instance, openings[each.shift_id]) for each in planned)
    return seats + sum(given.scored.score for each in planned for given in each.given[: each.seats])


def of_seat(instance: Instance, opening: Opening) -> int:
    """What a filled seat counts, whoever has it."""
    urgent = urgency_points(instance.at, opening.span.starts_at, URGENT, HORIZON)
    return 100 * instance.weights.of(Part.FILL) + instance.weights.of(Part.URGENCY) * urgent


def margin(instance: Instance, shift_id: UUID, score: int) -> Margin | None:
    """What decided where seats were given together: what somebody with so many points would have made of a seat, beside
    its price. None where nothing is known of it."""
    if instance.prices is None or shift_id not in instance.prices:
        return None
    (opening,) = (each for each in instance.openings if each.shift_id == shift_id)
    return Margin(of_seat(instance, opening) + score, instance.prices[shift_id])


def _together(instance: Instance, wishes: Sequence[tuple[UUID, UUID]]) -> list[Planned]:
    planner = Planner(instance)
    soon, later = _by_urgency(planner)
    for opening in soon:
        planner.fill(opening)
    wanted: dict[UUID, set[UUID]] = {}
    for shift_id, contractor_id in wishes:
        wanted.setdefault(shift_id, set()).add(contractor_id)
    # By start, as the solver counts them: what a seat counts depends on what its person was given before.
    by_start = sorted(later, key=lambda each: (each.span.starts_at, each.shift_id))
    for opening in by_start if instance.form >= GIVEN_BY_START else later:
        planner.give_to(opening, wanted.get(opening.shift_id, set()))
    for _ in range(ROUNDS):
        if not sum(planner.change_places(opening) for opening in later):
            break
    return planner.finish([*soon, *later])


def _by_urgency(planner: Planner) -> tuple[list[Opening], list[Opening]]:
    soon: list[Opening] = []
    later: list[Opening] = []
    for opening in planner.in_order():
        (soon if opening.span.starts_at - planner.instance.at <= URGENT else later).append(opening)
    return soon, later
