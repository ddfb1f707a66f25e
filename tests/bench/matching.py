"""`make bench-matching`: plans of markets made from a seed, by the solver in a process of its own; writes the table.

Seconds are those of a machine that others may use too, so each line gives the median of its seeds and how far they lie
apart. No other solver is measured beside it yet.
"""

import argparse
import importlib.metadata
import os
import platform
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from marketplace.solver.apart import solve_apart
from marketplace.solver.generating import generate
from marketplace.solver.market import problem_of
from marketplace.solver.problem import Plan
from tests.bench.keeping import PAGE, with_section

PACKAGES = ("numpy", "numba")
HEAD = (
    "| contractors | seats | seeds | filled | gap to the bound | bound of the full problem | index (s) | plan (s) | "
    "slowest / fastest | peak (MiB) |\n|---|---|---|---|---|---|---|---|---|---|\n"
)


@dataclass(frozen=True, slots=True)
class Size:
    contractors: int
    seats: int
    seeds: Sequence[int]


SIZES = (
    Size(1_000, 500, (1, 2, 3)),
    Size(1_000, 2_000, (1, 2, 3)),
    Size(10_000, 5_000, (1, 2, 3)),
    Size(10_000, 20_000, (1, 2, 3)),
    Size(100_000, 50_000, (1,)),
    Size(1_000_000, 200_000, (1,)),
    Size(1_000_000, 1_000_000, (1,)),
)


@dataclass(frozen=True, slots=True)
class Run:
    plan: Plan
    index: float


def run(size: Size, seed: int, threads: int) -> Run:
    market = generate(size.contractors, size.seats, seed)
    began = time.perf_counter()
    problem = problem_of(market)
    index = time.perf_counter() - began
    return Run(solve_apart(problem, threads=threads), index)


def line(size: Size, runs: Sequence[Run]) -> str:
    seconds = [each.plan.seconds for each in runs]
    filled = statistics.median(each.plan.objective.seats for each in runs)
    gap = 100 * statistics.median(each.plan.gap for each in runs)
    peak = statistics.median(each.plan.peak_bytes for each in runs) / 2**20
    whole = "yes" if all(each.plan.holds_for_all for each in runs) else "no"
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
        f"{peak:,.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def page(lines: Sequence[str], threads: int) -> Iterator[str]:
    load = os.getloadavg()[0]
    yield "Written by `make bench-matching`. Markets are those of `matching generate`, with seeds from 1 on.\n\n"
    yield f"{os.cpu_count()} cores, {threads} threads, {platform.machine()}, Python {platform.python_version()}, "
    yield ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    yield f"; at the end {load:.1f} processes wanted to run: where that is more than the cores, seconds are too long.\n"
    yield "\n"
    yield HEAD
    yield "\n".join(lines) + "\n\n"
    yield "*index*: who fits which kind of work, from columns. *plan*: pairs, prices, seats and the bound, in a\n"
    yield "process of its own that has compiled before. Of markets that are missing nothing is claimed, nor of other\n"
    yield "solvers, which are not measured yet.\n"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--most", type=int, default=1_000_000, help="Leave out markets of more contractors.")
    asked.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options = asked.parse_args()
    solve_apart(problem_of(generate(50, 50, 1)), threads=options.threads)
    lines = []
    for size in SIZES:
        if size.contractors <= options.most:
            runs = [run(size, seed, options.threads) for seed in size.seeds]
            lines.append(line(size, runs))
            print(lines[-1], flush=True)
            PAGE.write_text(with_section(PAGE.read_text(), "Matching", "".join(page(lines, options.threads))))


if __name__ == "__main__":
    main()
