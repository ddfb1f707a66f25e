"""`python -m marketplace.solver.warming`: compiles the solver's loops, so that no plan has to wait for it.

They are kept beside the code and compiled anew when its text changes (`compiling`); where they stand already this only
reads them. It takes half a minute, and says how far it is.
"""

import sys
import time

from marketplace.solver.generating import generate
from marketplace.solver.market import problem_of
from marketplace.solver.solving import solve


def warm() -> None:
    """A plan that goes every way: with all pairs, and with only some of them."""
    problem = problem_of(generate(60, 60, 1))
    for all_pairs in (0, 60**2):
        solve(problem, threads=1, progress=_say, all_pairs=all_pairs)


def _say(done: float, what: str) -> None:
    if sys.stdout.isatty():
        sys.stdout.write(f"\r  compiling what makes {what:8}")
        sys.stdout.flush()


if __name__ == "__main__":
    began = time.monotonic()
    warm()
    sys.stdout.write(f"\r  compiled in {time.monotonic() - began:.0f} s.{' ' * 20}\n")
