"""A pay week at scale: time entries into pay lines, accruals and postings, beside what PostgreSQL alone can write.

Two companies have the same week, copied in the database. One is paid by the service itself: its time entries are
reckoned into timesheets, and a pay run computes, freezes and posts them. Of the other the same rows are written by
one INSERT..SELECT for each table, which asks no rule: the ceiling. The ORM's `add_all()` writes a part of them again.
All on the same tables with their indexes, foreign keys and kept balances, in one run.

Run by `make bench`, on a database of its own. On a machine that others use too, compare the seconds of processors.
"""

import argparse
import resource
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass
from functools import partial
from uuid import UUID

import psutil
from sqlalchemy import func, select, update

from marketplace.accounts.rules import CLOCK
from marketplace.app import create_app
from marketplace.contracts.models import BenefitEntry
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.ledger.models import JournalEntry, Posting
from marketplace.pay import proof, service
from marketplace.pay.models import PayLine, PayRun, Payslip
from marketplace.pay.rules import RunStatus
from marketplace.pay.runs import service as runs
from marketplace.shifts import timesheets
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import Timesheet, TimesheetLine
from marketplace.shifts.timesheet_rules import TimesheetStatus
from tests.bench import pay_ceiling
from tests.bench.pay_week import DAYS, ENTRIES, week

SIZES = (100_000, 1_000_000)
AT_ONCE, BY_ORM = 1_000, 1_000
"""Bookings that are reckoned in one transaction, and those that the ORM writes."""
TABLES = (TimesheetLine, PayLine, BenefitEntry, Posting, JournalEntry, Payslip)


@dataclass(frozen=True)
class Spent:
    """How long something took: by the clock, and by the processors of this program and of its backend."""

    seconds: float
    python: float
    postgres: float

    @property
    def processors(self) -> float:
        return self.python + self.postgres


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    given.add_argument("--entries", type=int, nargs="+", default=SIZES, help="time entries of the weeks that are paid")
    app = create_app()
    with app.app_context():
        for number, entries in enumerate(given.parse_args().entries):
            measure(number, entries)


def measure(number: int, entries: int) -> None:
    """Pays a week of so many time entries in all three ways, and tells how fast each was."""
    people = entries // ENTRIES // DAYS
    mine, theirs = (week(f"pay-{number}{name}", people) for name in "ab")
    print(f"{people * DAYS * ENTRIES:,} time entries of {people:,} people; memory {peak()} MB", flush=True)
    before = count()
    steps = paid(mine)
    most = peak()
    with transaction():
        for check in (proof.currencies_balance(), proof.balances_are_sums()):
            assert check.holds, check.name
    after = count()
    ceiling = timed(lambda: pay_ceiling.by_statements(theirs))
    written = count() - after
    add, added = pay_ceiling.by_orm(theirs, BY_ORM), []
    orm = timed(lambda: added.append(add()))
    for name, spent in steps.items():
        tell(f"  {name}", spent, after - before)
    ours = Spent(*(sum(each) for each in zip(*map(astuple, steps.values()), strict=True)))
    tell("the service", ours, after - before)
    tell("INSERT..SELECT, no rules", ceiling, written)
    tell("add_all(), no rules", orm, added[0])
    for name, way in (("by the clock", "seconds"), ("by processors", "processors")):
        rate, best, slow = (
            rows / getattr(spent, way) for rows, spent in ((after - before, ours), (written, ceiling), (added[0], orm))
        )
        print(f"{name}: {rate / best:.2f} of the ceiling (goal 0.5), {rate / slow:.1f} times add_all() (goal 8)")
    print(f"memory at most {most} MB", flush=True)


def tell(name: str, spent: Spent, rows: int) -> None:
    print(
        f"{name:26} {rows:>10,} rows {spent.seconds:>8.1f} s {rows / spent.seconds:>9,.0f}/s;"
        f" processors {spent.python:.1f} s here, {spent.postgres:.1f} s in PostgreSQL",
        flush=True,
    )


def paid(company_id: UUID) -> dict[str, Spent]:
    """What each step took from the time entries to the books."""
    steps = {"time entries": timed(lambda: enter(company_id))}
    with transaction():
        own = update(Timesheet).where(Timesheet.company_id == company_id)
        db.session.execute(own.values(status=TimesheetStatus.APPROVED, decided_at=clock.now()))
        run = service.start_run(company_id, through=clock.now().date(), by=CLOCK).id
    for status in (RunStatus.STARTED, RunStatus.COMPUTED, RunStatus.FROZEN):
        steps[f"run, {status} before"] = timed(partial(until_past, run, status))
    return steps


def enter(company_id: UUID) -> None:
    """Reckons the time entries of finished bookings into timesheets, as a job does."""
    last = UUID(int=0)
    while True:
        with transaction():
            own = select(Booking).where(Booking.company_id == company_id, Booking.id > last)
            own = own.where(~select(TimesheetLine.id).where(TimesheetLine.booking_id == Booking.id).exists())
            found = db.session.scalars(own.order_by(Booking.id).limit(AT_ONCE)).all()
            if not found:
                return
            last = found[-1].id
            timesheets.enter(found, by=CLOCK)


def until_past(run_id: UUID, status: RunStatus) -> None:
    while True:
        with transaction():
            now = db.session.scalars(select(PayRun.status).where(PayRun.id == run_id)).one()
        if now is not status:
            return
        runs.advance_run(run_id)


def timed(work: Callable[[], object]) -> Spent:
    with transaction():
        server = psutil.Process(int(db.session.scalar(select(func.pg_backend_pid())) or 0))
    begun, own, before = time.perf_counter(), time.process_time(), server.cpu_times()
    work()
    after = server.cpu_times()
    spent = after.user + after.system - before.user - before.system
    return Spent(time.perf_counter() - begun, time.process_time() - own, spent)


def count() -> int:
    """The rows of everything that paying writes."""
    with transaction():
        return sum(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES)


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
