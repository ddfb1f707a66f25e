"""The solver in a process of its own: its memory is given back, what it compiles is in nobody's way, and where time is
over it can be stopped."""

import multiprocessing
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from marketplace.solver.problem import Plan, Problem, SolverFailed
from marketplace.solver.solving import Progress, solve
from marketplace.solver.warming import warm

PATIENCE = 60.0
"""Seconds beyond twice its time after which the process is ended: it may have to compile first."""
STATUS = Path("/proc/self/status")


def solve_apart(
    problem: Problem,
    *,
    seed: int = 0,
    seconds: float | None = None,
    threads: int = 2,
    progress: Progress | None = None,
    warmed: bool = False,
) -> Plan:
    """As `solving.solve()`, with the most memory that the process had in `peak_bytes`. `warmed` reads what is compiled
    before its clock runs, which takes a second. Raises SolverFailed."""
    context = multiprocessing.get_context("spawn")
    mine, its = context.Pipe(duplex=False)
    options = {"seed": seed, "seconds": seconds, "threads": threads}
    worker = context.Process(target=_work, args=(problem, options, warmed, its), name="solver", daemon=True)
    worker.start()
    its.close()
    try:
        return _listen(mine, None if seconds is None else 2 * seconds + PATIENCE, progress)
    finally:
        mine.close()
        if worker.is_alive():
            worker.terminate()
        worker.join()


def _listen(mine: Any, patience: float | None, progress: Progress | None) -> Plan:
    """Passes on what the process says, until it has a plan."""
    try:
        while mine.poll(patience):
            told = mine.recv()
            if isinstance(told, Plan):
                return told
            if isinstance(told, str):
                raise SolverFailed(told)
            if progress is not None:
                progress(*told)
    except EOFError as error:
        raise SolverFailed("The process of the solver ended without a plan.") from error
    raise SolverFailed("The solver took far longer than it was given.")


def _work(problem: Problem, options: dict[str, Any], warmed: bool, mine: "Connection[Any, Any]") -> None:
    if warmed:
        warm()
    try:
        plan = solve(problem, progress=lambda done, what: mine.send((done, what)), **options)
    except (ValueError, MemoryError, ArithmeticError) as error:
        mine.send(f"{type(error).__name__}: {error}")
        return
    mine.send(replace(plan, peak_bytes=peak_bytes()))


def peak_bytes() -> int:
    """The most memory that this process had; 0 where the system does not tell. What `getrusage` says is no use: a child
    inherits its parent's number."""
    if STATUS.exists():
        for line in STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
