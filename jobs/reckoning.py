"""The solver as a job calls it: in a process of its own, which alone loads what is compiled, and can be ended.

What it finds follows from the problem and the seed: it ends after so many rounds, and no clock decides what is in the
plan. The clock only ends a process that takes too long; the plan is then that of the instant path.
"""

import pickle
import subprocess
import sys

from flask import current_app

from marketplace.matching.whole import Solver
from marketplace.solver.problem import Plan, Problem, SolverFailed


def solver() -> Solver | None:
    """What a plan of a horizon asks where seats stay open; None where the configuration gives it no time at all."""
    seconds: float = current_app.config["SOLVER_SECONDS"]
    return (lambda problem, seed: solve(problem, seed, seconds)) if seconds > 0 else None


def solve(problem: Problem, seed: int, seconds: float) -> Plan:
    """The plan that the seed leads to. Raises SolverFailed with what the process said last, or when time is over."""
    command = [sys.executable, "-m", "jobs.solver_process"]
    given = pickle.dumps((problem, seed))
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=seconds, check=False)
    except OSError as error:
        raise SolverFailed("Its process could not be begun.") from error
    except subprocess.TimeoutExpired as late:
        raise SolverFailed("It took far longer than it was given.") from late
    if done.returncode != 0:
        raise SolverFailed(done.stderr.decode(errors="replace")[-500:])
    plan: Plan = pickle.loads(done.stdout)  # noqa: S301 - our own child wrote it
    return plan
