"""A plan of a horizon from end to end, as the job makes it: what each step takes, and which share is the solver's.

The market is in PostgreSQL and nothing of it in memory. The solver runs in a process of its own, as in the service, and
its share is what it takes from being asked to its answer, so with the process's beginning. Run by `make bench`, on a
database of its own: `python -m marketplace with-database -- python -m tests.bench.horizon --people 10000`.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager

from jobs import reckoning
from marketplace.accounts.rules import CLOCK
from marketplace.app import create_app
from marketplace.core.db import db, transaction
from marketplace.matching import making, planning, whole
from marketplace.matching.models import Plan as Made
from marketplace.solver.problem import Plan, Problem
from tests.bench.planning import SEATS, build

PEOPLE_A_SHIFT = 4
PATIENCE = 600.0
READING, AROUND = "reading the market, and keeping what was read", "judging who may take what, and the instant path"
SOLVER, OFFERING = "the solver, with its process", "offers, reasons and the plan's record, to the COMMIT"


class Clock:
    """Seconds by step, in the order in which they came."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def at(self, step: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[step] = self.seconds.get(step, 0.0) + time.perf_counter() - begun


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=1000, help="people of the market; a quarter as many shifts")
    people: int = asked.parse_args().people
    app = create_app()
    with app.app_context():
        build(people, people // PEOPLE_A_SHIFT)
        made, clock = planned()
        print(f"{people:,} people, {people // PEOPLE_A_SHIFT * SEATS:,} seats: {made.offered:,} offers")
        tell(clock)


def tell(clock: Clock) -> None:
    """Each step once: what is asked of the solver is no part of what is done around it."""
    seconds = dict(clock.seconds)
    seconds[AROUND] -= seconds.get(SOLVER, 0.0)
    whole_plan = sum(seconds.values())
    for step, taken in seconds.items():
        print(f"{step:62} {taken:8.2f} s {taken / whole_plan:6.0%}")
    print(f"{'all of it':62} {whole_plan:8.2f} s")
    if SOLVER not in seconds:
        print("The solver was not asked.")


def planned() -> tuple[Made, Clock]:
    """The plan of all open seats, as the job makes it."""
    clock = Clock()

    def timed(problem: Problem, seed: int) -> Plan:
        with clock.at(SOLVER):
            return reckoning.spread(problem, seed, PATIENCE)

    with transaction():
        plan_id = planning.order(28, by=CLOCK).id
    with clock.at(READING), transaction():
        taken = making.take(plan_id)
    assert taken is not None
    with clock.at(AROUND):
        solved = whole.reckon(taken.instance, timed)
    with clock.at(OFFERING), transaction():
        making.carry_out(plan_id, taken, solved, by=CLOCK)
    made = db.session.get(Made, plan_id)
    assert made is not None
    return made, clock


if __name__ == "__main__":
    main()
