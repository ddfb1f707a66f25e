"""Jobs as a process of their own, with programs that leave a trace."""

import time
from collections.abc import Sequence

from sqlalchemy import text

from jobs.__main__ import stay
from jobs.runner import job
from jobs.schedule import Entry, every_seconds
from marketplace.app import create_app
from marketplace.core.db import db, transaction

TIMETABLE = (Entry("test.tick", every_seconds(1)), Entry("queue.stalled", every_seconds(1), alone=False))


def leave_trace(name: str) -> int:
    """Writes the name down and returns how often it stands there."""
    with transaction():
        db.session.execute(text("INSERT INTO trace (name) VALUES (:name)"), {"name": name})
        return int(db.session.scalar(text("SELECT count(*) FROM trace WHERE name = :name"), {"name": name}) or 0)


@job("test.tick", again=False)
def tick() -> None:
    leave_trace("tick")


@job("test.slow")
def slow(seconds: float) -> None:
    """Takes that long the first time, and no time when it is run again."""
    if leave_trace("begun") == 1:
        time.sleep(seconds)
    leave_trace("ended")


@job("test.once_wrong")
def once_wrong() -> None:
    """Fails the first time."""
    if leave_trace("tried") == 1:
        raise RuntimeError("This was the first time.")
    leave_trace("mended")


def main(arguments: Sequence[str]) -> int:
    """Runs the clock, the worker or all, as `python -m jobs` does, by a timetable of its own."""
    (mode,) = arguments
    stay(create_app(), mode, timetable=TIMETABLE)
    return 0
