"""The clock: APScheduler in memory, and one locked row for each entry of the timetable.

Any number of clocks may run on any number of machines. Each reads the entry's row, locked, and writes the job and the
new last fire in one transaction: what one clock fired, the others find fired.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from flask import Flask

from jobs.runner import job, run_now
from jobs.schedule import TIMETABLE, Entry
from marketplace.core import clock, queue
from marketplace.core.db import transaction

MISSED_SECONDS = 30
"""How often every entry is looked at beside its own time: that finds a fire which no clock was there for."""


def fire(entry: Entry, at: datetime) -> bool:
    """Writes the entry's job if a fire of it came due by `at` (machine time) and nobody else has written it.

    Fires that were missed become one, since the job asks what is due anyway. While the job of an earlier fire has not
    begun there is no second one. While a look at everything is under way, or time stands still, only such looks do
    what follows business time. Returns whether a job was written.
    """
    if entry.follows_business_time and (clock.stands_still() or queue.is_open(clock.LOOK)):
        return False
    row = queue.schedule(entry.job, since=at)
    if row is None:
        return False
    due = entry.trigger.get_next_fire_time(row.last_fire, row.last_fire)
    if due is None or due > at:
        return False
    row.last_fire = at
    if queue.is_waiting(entry.job):
        return False
    queue.defer(entry.job, lock=entry.job if entry.alone else None)
    return True


@job(clock.LOOK)
def look_at_everything() -> None:
    """Does what every entry that follows business time would do, one after the other in the timetable's order: time was
    moved, and anything may be due. The same move thus has the same outcome, however many workers there are. One that
    raises keeps no later one from it, and is told of by an ExceptionGroup after all of them."""
    broken = []
    with clock.held():
        for entry in TIMETABLE:
            if not entry.follows_business_time:
                continue
            try:
                run_now(entry.job)
            except Exception as failure:
                failure.add_note(entry.job)
                broken.append(failure)
    if broken:
        raise ExceptionGroup("Not everything could be looked at", broken)


def start(app: Flask, timetable: Sequence[Entry] = TIMETABLE) -> BackgroundScheduler:
    """Starts the clock in threads of its own; `shutdown()` of what is returned stops it."""

    def tick(entry: Entry) -> None:
        with app.app_context(), transaction():
            fire(entry, datetime.now(UTC))  # The timetable is in machine time.

    def tick_all() -> None:
        for entry in timetable:
            tick(entry)

    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for entry in timetable:
        scheduler.add_job(tick, entry.trigger, args=[entry], id=entry.job)
    begin = datetime.now(UTC)
    scheduler.add_job(tick_all, IntervalTrigger(seconds=MISSED_SECONDS), id="missed", next_run_time=begin)
    scheduler.start()
    return scheduler
