"""`make bench-matching`: plans of markets made from a seed, by the solver in a process of its own; writes the tables.

Seconds are those of a machine that others may use too, so each line gives the median of its seeds and how far they lie
apart. Other solvers (`peers`) get the same markets in the same run, one after the other, seed by seed.
"""

import argparse
import importlib.metadata
import math
import os
import platform
import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from marketplace.solver.apart import solve_apart
from marketplace.solver.generating import generate
from marketplace.solver.market import problem_of
from marketplace.solver.problem import Plan, Problem, SolverFailed
from marketplace.solver.warming import warm
from tests.bench.keeping import PAGE, with_section
from tests.bench.peers import Reached, by_cp_sat, by_flows, by_highs, model_of

PACKAGES = ("numpy", "numba", "highspy", "ortools")
HEAD = (
    "| contractors | seats | seeds | filled | gap to the bound | bound of the full problem | index (s) | plan (s) | "
    "slowest / fastest | CPU (s) | CPU for a million edges x log2 (ms) | peak (MiB) |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|\n"
)
PEERS = ("HiGHS", "CP-SAT", "flows")
HEAD_OF_PEERS = (
    "| contractors | seats | seeds | the solver (s) | HiGHS MIP | CP-SAT | OR-Tools flow, half a day at once |\n"
    "|---|---|---|---|---|---|---|\n"
)
TIMES_AS_LONG, AT_LEAST = 50, 10.0
"""A peer gets so many times the solver's seconds, and at least so many seconds."""
SECONDS = 900.0
"""After which a plan is content with what it has, and says so."""


@dataclass(frozen=True, slots=True)
class Size:
    contractors: int
    seats: int
    seeds: Sequence[int]
    with_peers: int = 0
    """How many of the seeds the other solvers get too."""
    is_long: bool = False
    """Measured only where it is asked for by `--long`."""


SIZES = (
    Size(1_000, 500, (1, 2, 3), with_peers=3),
    Size(1_000, 2_000, (1, 2, 3), with_peers=3),
    Size(10_000, 5_000, (1, 2, 3), with_peers=2),
    Size(10_000, 20_000, (1, 2, 3), with_peers=1),
    Size(100_000, 50_000, (1, 2, 3)),
    Size(1_000_000, 200_000, (1,)),
    Size(1_000_000, 1_000_000, (1,), is_long=True),
)


@dataclass(frozen=True, slots=True)
class Run:
    plan: Plan
    index: float
    cpu: float
    """Processor seconds of the whole process, what it takes to begin among them."""
    edges: int
    """Pairs of somebody and a shift whose kind they fit, the hours not asked."""
    peers: dict[str, Reached | str] = field(default_factory=dict)
    """What each other solver reached, or why it reached nothing."""
    given: float = 0.0


def run(size: Size, seed: int, options: argparse.Namespace) -> Run:
    problem, index = _problem(size, seed)
    before = _cpu_of_children()
    plan = solve_apart(problem, seconds=SECONDS, threads=options.threads, warmed=True)
    cpu = _cpu_of_children() - before
    edges = int(np.diff(problem.fits.first)[problem.shifts.kind].sum())
    if seed > size.with_peers or options.patience <= 0:
        return Run(plan, index, cpu, edges)
    given = min(options.patience, max(AT_LEAST, TIMES_AS_LONG * plan.seconds))
    return Run(plan, index, cpu, edges, _peers(problem, plan, options.threads, given), given)


def _problem(size: Size, seed: int) -> tuple[Problem, float]:
    """A market's problem, and in how many seconds it was known who fits what."""
    market = generate(size.contractors, size.seats, seed)
    began = time.perf_counter()
    return problem_of(market), time.perf_counter() - began


def _peers(problem: Problem, plan: Plan, threads: int, given: float) -> dict[str, Reached | str]:
    model, enough = model_of(problem), plan.objective.total
    ways: dict[str, Callable[[], Reached]] = {
        "HiGHS": lambda: by_highs(model, enough, given, threads),
        "CP-SAT": lambda: by_cp_sat(model, enough, given, threads),
        "flows": lambda: by_flows(problem, enough),
    }
    return {name: _tried(way) for name, way in ways.items()}


def _tried(way: Callable[[], Reached]) -> Reached | str:
    try:
        return way()
    except (RuntimeError, ValueError, MemoryError) as error:
        return f"failed: {type(error).__name__}"


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cpu_of_nothing(threads: int) -> float:
    """Processor seconds of a process that plans nothing."""
    before = _cpu_of_children()
    solve_apart(problem_of(generate(0, 0, 1)), threads=threads, warmed=True)
    return _cpu_of_children() - before


def growth(runs: Sequence[Run], nothing: float) -> float:
    """Processor milliseconds for each million edges and each time that they double."""
    found = [1e9 * max(0.0, each.cpu - nothing) / (each.edges * math.log2(each.edges)) for each in runs]
    return statistics.median(found)


def line(size: Size, runs: Sequence[Run], nothing: float) -> str:
    seconds = [each.plan.seconds for each in runs]
    filled = statistics.median(each.plan.objective.seats for each in runs)
    gap = 100 * statistics.median(each.plan.gap for each in runs)
    peak = statistics.median(each.plan.peak_bytes for each in runs) / 2**20
    whole = "yes" if all(each.plan.holds_for_all for each in runs) else "no"
    whole += "" if all(each.plan.complete for each in runs) else f", ended after {SECONDS:.0f} s"
    cells = [
        f"{size.contractors:,}",
        f"{size.seats:,}",
        str(len(runs)),
        f"{filled:,.0f}",
        f"{gap:.3f}%",
        whole,
        f"{statistics.median(each.index for each in runs):.2f}",
        f"{statistics.median(seconds):.2f}",
        f"{max(seconds) / min(seconds):.1f}",
        f"{statistics.median(each.cpu for each in runs):.1f}",
        f"{growth(runs, nothing):.2f}",
        f"{peak:,.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def line_of_peers(size: Size, runs: Sequence[Run]) -> str:
    runs = [each for each in runs if each.peers]
    ours = f"{statistics.median(each.plan.seconds for each in runs):.2f}"
    cells = [f"{size.contractors:,}", f"{size.seats:,}", str(len(runs)), ours, *(_peer(runs, name) for name in PEERS)]
    return f"| {' | '.join(cells)} |"


def _peer(runs: Sequence[Run], name: str) -> str:
    """In how many times the solver's seconds a peer came to as much, by the median; or that it did not."""
    found = [peer for each in runs if isinstance(peer := each.peers[name], Reached)]
    if len(found) < len(runs):
        return next(peer for each in runs if isinstance(peer := each.peers[name], str))
    reached = [peer.seconds is not None for peer in found]
    if sum(reached) * 2 > len(found):
        # Where it did not come to as much, what it was given is the least that it would have needed.
        times = [
            (each.given if peer.seconds is None else peer.seconds) / each.plan.seconds
            for each, peer in zip(runs, found, strict=True)
        ]
        return f"{statistics.median(times):.1f} times as long ({sum(reached)} of {len(found)})"
    lacks = statistics.median(1 - peer.most / each.plan.objective.total for each, peer in zip(runs, found, strict=True))
    if name == "flows":
        return f"never: {100 * lacks:.2f}% less"
    given = statistics.median(each.given / each.plan.seconds for each in runs)
    return f"not in {given:.0f} times as long: {100 * lacks:.2f}% less ({sum(reached)} of {len(found)})"


def page(lines: Sequence[str], peers: Sequence[str], threads: int) -> Iterator[str]:
    load = os.getloadavg()[0]
    yield "Written by `make bench-matching`. Markets are those of `matching generate`, with seeds from 1 on.\n\n"
    yield f"{os.cpu_count()} cores, {threads} threads, {platform.machine()}, Python {platform.python_version()}, "
    yield ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    yield f"; at the end {load:.1f} processes wanted to run: where that is more than the cores, seconds are too long.\n"
    yield "\n"
    yield HEAD
    yield "\n".join(lines) + "\n\n"
    yield "*index*: who fits which kind of work, from columns. *plan*: pairs, prices, seats and the bound, in a\n"
    yield "process of its own that has read what is compiled. *CPU*: of that process from begin to end, in the next\n"
    yield "column less what a process takes that plans nothing, for each million *edges* (people and shifts whose\n"
    yield "kind they fit) and each time that these double: where it does not rise with the market, time grows no\n"
    yield "faster than edges x log. Numbers are medians of the seeds. Of what is missing nothing is claimed.\n\n"
    if peers:
        yield "### Beside other solvers\n\n"
        yield "How much longer others take to a plan that counts as much as the solver's, on as many threads; in\n"
        yield "brackets for how many of the seeds they came to one in the time that they were given. They get the\n"
        yield "pairs ready made, an easier problem (`tests/bench/peers.py`), and time for their model, uncounted.\n\n"
        yield HEAD_OF_PEERS
        yield "\n".join(peers) + "\n"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--least", type=int, default=0, help="Leave out markets of fewer contractors.")
    asked.add_argument("--most", type=int, default=1_000_000, help="Leave out markets of more contractors.")
    asked.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    asked.add_argument("--patience", type=float, default=60.0, help="Seconds for a peer at most; 0 leaves them out.")
    asked.add_argument("--long", action="store_true", help="A million seats too: longer than all the others.")
    asked.add_argument("--keep", action="store_true", help="Write what was measured into docs/benchmarks.md.")
    options = asked.parse_args()
    warm()
    nothing = cpu_of_nothing(options.threads)
    lines: list[str] = []
    peers: list[str] = []
    for size in SIZES:
        if options.least <= size.contractors <= options.most and (options.long or not size.is_long):
            for told in measured(size, options, nothing, lines, peers):
                print(told, flush=True)
            if options.keep:
                body = "".join(page(lines, peers, options.threads))
                PAGE.write_text(with_section(PAGE.read_text(), "Matching", body))


def measured(
    size: Size, options: argparse.Namespace, nothing: float, lines: list[str], peers: list[str]
) -> Iterator[str]:
    """Adds what the market comes to to the lines of the tables, and tells it. What fails says why, in its own line."""
    try:
        runs = [run(size, seed, options) for seed in size.seeds]
    except (SolverFailed, MemoryError, OSError) as error:
        lines.append(f"| {size.contractors:,} | {size.seats:,} | {len(size.seeds)} | failed: {error} |{' |' * 8}")
        yield lines[-1]
        return
    lines.append(line(size, runs, nothing))
    yield lines[-1]
    if any(each.peers for each in runs):
        peers.append(line_of_peers(size, runs))
        yield peers[-1]


if __name__ == "__main__":
    main()
