"""The hand on the clock: business time stands still, moves, and everything that has come due is done before it goes on.

The timetable's entries become jobs as they always do (`jobs.clock`), and workers run them: processes of their own
beside the story, any number of them. The story only waits until the queue is empty, so that what happens does not
depend on how fast a machine is, how many workers there are, or whether one of them is killed.
"""

import time
from collections.abc import Sequence
from datetime import datetime

from jobs.programs import PROGRAMS
from jobs.runner import run_pending
from marketplace.core import clock, queue
from marketplace.core.db import transaction
from marketplace.core.ids import unseeded

PATIENCE = 120.0
LOOK_EVERY = 0.02
NOT_BEGUN = "todo"
NOT_WAITED_FOR = frozenset({"queue.stalled"})


class Stuck(RuntimeError):
    """Jobs do not end: no worker runs, or one raises again and again."""


class Hand:
    """Moves business time, and is one more worker while it waits, unless it is to be `idle`."""

    programs = PROGRAMS
    """What it can run; naming them here is what makes them known."""

    def __init__(self, *, idle: bool = False) -> None:
        self._idle = idle
        self.waited = 0.0

    def move_to(self, moment: datetime) -> None:
        """Sets the time, has the whole timetable looked at, and returns when everything that came due is done."""
        with transaction():
            clock.travel_to(moment, still=True)
        self.settle()

    def look(self) -> None:
        """Has the timetable looked at once more, at the present time, and waits for what follows from it."""
        with transaction():
            queue.defer(clock.LOOK)
        self.settle()

    def settle(self) -> None:
        """Returns when no job is left to do. Raises Stuck when there is no end to it."""
        began = moved = time.monotonic()
        fewest: int | None = None
        while waiting := _open_jobs():
            if fewest is None or len(waiting) < fewest:
                fewest, moved = len(waiting), time.monotonic()
            # A job that a worker has already begun is not to be had here: asking for it again and again only keeps the
            # database from its work.
            if not self._idle and any(state == NOT_BEGUN for _, state in waiting):
                with unseeded():  # Which jobs come here, and not to another worker, is chance.
                    run_pending()
            if time.monotonic() - moved > PATIENCE:
                told = ", ".join(f"{name} ({state})" for name, state in waiting)
                raise Stuck(f"For {PATIENCE:.0f} seconds there are no fewer jobs than these: {told}.")
            time.sleep(LOOK_EVERY)
        self.waited += time.monotonic() - began


def _open_jobs() -> Sequence[tuple[str, str]]:
    """The name and the state of everything that waits or runs."""
    with transaction():
        return sorted(
            (name, state)
            for name, state in queue.depth()
            if state in (NOT_BEGUN, "doing") and name not in NOT_WAITED_FOR
        )
