"""The solver as a job calls it: in a process of its own, which alone loads what is compiled, and can be ended.

What it finds follows from the problem and the seed: it ends after so many rounds, and no clock decides what is in the
plan. The clock only ends a process that takes too long; the plan is then that of the instant path.

Where a market has parts that have nobody in common, all workers solve them, on whatever machine they run
(`matching.spreading`): the plan is the same however many there are.
"""

import subprocess
import sys
import threading
import time
from datetime import timedelta
from uuid import UUID
from zipfile import BadZipFile

from flask import current_app

from marketplace.core.db import transaction
from marketplace.matching import spreading
from marketplace.matching.whole import Solver
from marketplace.solver.components import components, joined, pairs_by_kind
from marketplace.solver.packing import packed, plan_in, problem_in
from marketplace.solver.problem import Plan, Problem, SolverFailed

WORTH_SPREADING = 200_000
"""Pairs of a shift and somebody who fits it. Fewer are solved before another process has begun."""
PAUSE = 0.2
"""Seconds between two looks at whether others are done."""
LONGEST = 2400.0
"""Seconds for all parts of a plan: it is over before it would be taken for forgotten (`making.FORGOTTEN_AFTER`), and
another one begun that would come no further."""
HELPING = threading.Lock()
"""Held by the one job of this process that helps with another's plan."""


def solver() -> Solver | None:
    """What a plan of a horizon asks; None where the configuration gives it no time at all."""
    seconds: float = current_app.config["SOLVER_SECONDS"]
    return (lambda problem, seed: spread(problem, seed, seconds)) if seconds > 0 else None


def spread(problem: Problem, seed: int, seconds: float, least: int = WORTH_SPREADING) -> Plan:
    """As `solve()`; a market of several parts with `least` pairs or more is left to all workers, with so many seconds
    for each part. Opens its own transactions. Raises SolverFailed."""
    parts = components(problem) if int(pairs_by_kind(problem).sum()) >= least else []
    if len(parts) < 2:
        return solve(problem, seed, seconds)
    with transaction():
        group_id = spreading.lay_out([packed(part.problem) for part in parts], seed)
    try:
        plans = _together(group_id, seconds)
    finally:
        with transaction():
            spreading.forget(group_id)
    return joined(problem, list(zip(parts, plans, strict=True)))


def help_if_idle(group_id: UUID, seconds: float) -> int:
    """As `help_with()`, where this process has time for the solver and does not help already: a worker runs few jobs at
    once, and a plan must not keep all others from what cannot wait."""
    if seconds <= 0 or not HELPING.acquire(blocking=False):
        return 0
    try:
        return help_with(group_id, seconds)
    finally:
        HELPING.release()


def help_with(group_id: UUID, seconds: float) -> int:
    """Solves parts of a plan until none is left that nobody has taken. Returns how many. Raises SolverFailed."""
    done = 0
    while _solve_next(group_id, seconds):
        done += 1
    return done


def solve(problem: Problem, seed: int, seconds: float) -> Plan:
    """The plan that the seed leads to. Raises SolverFailed with what the process said last, or when time is over."""
    command = [sys.executable, "-m", "jobs.solver_process", str(seed)]
    try:
        done = subprocess.run(command, input=packed(problem), capture_output=True, timeout=seconds, check=False)
    except OSError as error:
        raise SolverFailed("Its process could not be begun.") from error
    except subprocess.TimeoutExpired as late:
        raise SolverFailed("It took far longer than it was given.") from late
    if done.returncode != 0:
        raise SolverFailed(done.stderr.decode(errors="replace")[-500:])
    try:
        return plan_in(done.stdout)
    except (ValueError, KeyError, EOFError, BadZipFile) as error:
        raise SolverFailed("What it said is no plan.") from error


def _solve_next(group_id: UUID, seconds: float) -> bool:
    """Solves a part that nobody has taken; False where there is none. Raises SolverFailed."""
    with transaction():
        taken = spreading.take(group_id, timedelta(seconds=seconds))
    if taken is None:
        return False
    try:
        plan = solve(problem_in(taken.problem), taken.seed, seconds)
    except SolverFailed:
        with transaction():
            spreading.give_back(group_id, taken.number)
        raise
    with transaction():
        spreading.answer(group_id, taken.number, packed(plan))
    return True


def _together(group_id: UUID, seconds: float) -> list[Plan]:
    """Solves what nobody else has taken, and waits for the others; what they do not come to the end of is solved here
    too. Raises SolverFailed, also when all of it takes too long, or the parts were forgotten meanwhile."""
    ends = time.monotonic() + LONGEST
    while time.monotonic() < ends:
        if _solve_next(group_id, seconds):
            continue
        with transaction():
            found = spreading.answers(group_id)
        if found == []:
            raise SolverFailed("Its parts were forgotten before all of them were solved.")
        if found is not None:
            return [plan_in(each) for each in found]
        time.sleep(PAUSE)
    raise SolverFailed("All parts together took far longer than they were given.")
