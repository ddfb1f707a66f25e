"""A pay week at scale: time entries into pay lines, accruals and postings, beside what PostgreSQL alone can write.

Two companies have the same week, copied in the database. One is paid by the service itself: its time entries are
reckoned into timesheets, and a pay run computes, freezes and posts them. Of the other the same rows are written by
one INSERT..SELECT for each table, which asks no rule: the ceiling. The ORM's `add_all()` writes a part of them again.
All on the same tables with their indexes, foreign keys and kept balances, in one run.

Run by `make bench`, on a database of its own, with 100,000 time entries and with 1,000,000, which takes a quarter of an
hour, and tells whether ten times as many took ten times as long; `--entries 100000` pays fewer. Where others use the
machine too, compare the seconds of processors.
"""

import argparse
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from uuid import UUID

import psutil
from sqlalchemy import func, select, text, update

from marketplace.accounts.rules import CLOCK
from marketplace.app import create_app
from marketplace.contracts.models import BenefitEntry
from marketplace.core import clock
from marketplace.core.db import db, look_up_by_index, transaction
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
AT_ONCE, BY_ORM = 200, 1_000
"""People whose bookings are reckoned in one transaction, and bookings that the ORM writes."""
TABLES = (Timesheet, TimesheetLine, PayLine, BenefitEntry, Posting, JournalEntry, Payslip)
LOOKS = 0.2
"""Seconds between two looks at how much memory is taken."""
MB = 1 << 20


@dataclass(frozen=True)
class Spent:
    """How long something took, by the clock, and by the processors of this program and of its backend; the most memory
    that each of them had meanwhile beside what they share; the bytes that PostgreSQL has put into temporary files; and
    the rows of the largest transaction, where somebody counted them."""

    seconds: float
    python: float
    postgres: float
    memory: tuple[int, int]
    temporary: int
    rows: int = 0

    @property
    def processors(self) -> float:
        return self.python + self.postgres

    def __add__(self, other: "Spent") -> "Spent":
        here, there = (max(pair) for pair in zip(self.memory, other.memory, strict=True))
        return Spent(
            self.seconds + other.seconds,
            self.python + other.python,
            self.postgres + other.postgres,
            (here, there),
            self.temporary + other.temporary,
            max(self.rows, other.rows),
        )


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    given.add_argument("--entries", type=int, nargs="+", default=SIZES, help="time entries of the weeks that are paid")
    app = create_app()
    with app.app_context():
        each = [measure(number, entries) for number, entries in enumerate(given.parse_args().entries)]
    for (small, before), (large, after) in pairwise(each):
        longer = after.processors / before.processors
        print(
            f"{large / small:.1f} times as many rows: {longer:.1f} times as long by processors"
            f" ({longer / large * small:.2f} of linear); memory here {before.memory[0] // MB} MB, then"
            f" {after.memory[0] // MB} MB; in PostgreSQL {before.memory[1] // MB} MB, then {after.memory[1] // MB} MB",
            flush=True,
        )


def measure(number: int, entries: int) -> tuple[int, Spent]:
    """Pays a week of so many time entries in all three ways, and tells how fast each was. Returns how many rows the
    service wrote, and what that took."""
    people = entries // ENTRIES // DAYS
    mine, theirs = (week(f"pay-{number}{name}", people) for name in "ab")
    print(f"{people * DAYS * ENTRIES:,} time entries of {people:,} people", flush=True)
    before = count()
    steps = paid(mine)
    after = count()
    with transaction():
        for check in (proof.currencies_balance(), proof.balances_are_sums()):
            assert check.holds, f"{check.name}: {check.wrong[:3]}"
    ceiling = timed(lambda: pay_ceiling.by_statements(theirs))
    written = count() - after
    add, added = pay_ceiling.by_orm(theirs, BY_ORM), []
    orm = timed(lambda: added.append(add()))
    pay_ceiling.keep_balances()
    for name, spent in steps.items():
        tell(f"  {name}", spent, after - before)
    ours, *others = steps.values()
    for each in others:
        ours += each
    tell("the service", ours, after - before)
    tell("INSERT..SELECT, no rules", ceiling, written)
    tell("add_all(), no rules", orm, added[0])
    for name, way in (("by the clock", "seconds"), ("by processors", "processors")):
        rate, best, slow = (
            rows / getattr(spent, way) for rows, spent in ((after - before, ours), (written, ceiling), (added[0], orm))
        )
        print(
            f"{name}: {rate / best:.2f} of the ceiling (goal 0.5), {rate / slow:.1f} times add_all() (goal 8; the"
            f" ceiling itself is {best / slow:.1f} times add_all())"
        )
    print(
        f"the largest transaction wrote {ours.rows:,} rows; memory at most {ours.memory[0] // MB} MB here and"
        f" {ours.memory[1] // MB} MB in PostgreSQL; {ours.temporary // MB} MB went to temporary files (of the ceiling:"
        f" {ceiling.memory[1] // MB} and {ceiling.temporary // MB} MB)"
    )
    print(burden(), flush=True)
    return after - before, ours


def burden() -> str:
    """What every pay line and every posting has PostgreSQL do beside being written, whoever writes it."""
    told = []
    with transaction():
        for table in (PayLine, Posting):
            kept = "SELECT count(*) FROM pg_constraint WHERE conrelid = CAST(:name AS regclass) AND contype = 'f'"
            indexes = "SELECT count(*) FROM pg_index WHERE indrelid = CAST(:name AS regclass)"
            name = {"name": table.__tablename__}
            keys, found = (db.session.scalar(text(statement), name) for statement in (kept, indexes))
            told.append(f"{name['name']} has {keys} foreign keys and {found} indexes")
    return f"{'; '.join(told)}, to the ceiling as to everybody"


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
    """Reckons the time entries of finished bookings into timesheets, a week's of one person after the other, so that
    each has one timesheet. The tables were empty when PostgreSQL last counted them, and it counts anew every minute."""
    last = UUID(int=0)
    while True:
        with transaction():
            own = select(Booking).where(Booking.company_id == company_id)
            own = own.where(~select(TimesheetLine.id).where(TimesheetLine.booking_id == Booking.id).exists())
            people = own.with_only_columns(Booking.contractor_id).where(Booking.contractor_id > last).distinct()
            who = db.session.scalars(people.order_by(Booking.contractor_id).limit(AT_ONCE)).all()
            if not who:
                return
            last = who[-1]
            look_up_by_index()
            of_them = own.where(Booking.contractor_id.in_(who)).order_by(Booking.contractor_id, Booking.id)
            timesheets.enter(db.session.scalars(of_them).all(), by=CLOCK)


def until_past(run_id: UUID, status: RunStatus) -> int:
    """Takes the run past that status, and returns how many rows the largest of its transactions wrote."""
    most = 0
    while True:
        with transaction():
            if db.session.scalars(select(PayRun.status).where(PayRun.id == run_id)).one() is not status:
                return most
            runs.advance_run(run_id)
            most = max(most, int(db.session.scalar(WRITTEN) or 0))


def timed(work: Callable[[], object]) -> Spent:
    with transaction():
        server = psutil.Process(int(db.session.scalar(select(func.pg_backend_pid())) or 0))
    begun, own, before, files = time.perf_counter(), time.process_time(), server.cpu_times(), temporary()
    with watched(psutil.Process(), server) as most:
        rows = work()
    seconds, after = time.perf_counter() - begun, server.cpu_times()
    spent = after.user + after.system - before.user - before.system
    memory = (most[0], most[1])
    return Spent(
        seconds,
        time.process_time() - own,
        spent,
        memory,
        temporary() - files,
        rows if isinstance(rows, int) else 0,
    )


@contextmanager
def watched(*processes: psutil.Process) -> Iterator[list[int]]:
    """The most bytes that each of these has of its own, shared memory apart, until the block ends."""
    most, over = [_own(each) for each in processes], threading.Event()

    def look() -> None:
        while not over.wait(LOOKS):
            most[:] = [max(had, _own(each)) for had, each in zip(most, processes, strict=True)]

    eye = threading.Thread(target=look)
    eye.start()
    try:
        yield most
    finally:
        over.set()
        eye.join()


def _own(process: psutil.Process) -> int:
    told = process.memory_info()
    return int(told.rss - told.shared)


WRITTEN = text("SELECT sum(n_tup_ins) FROM pg_stat_xact_user_tables")
"""How many rows the running transaction has written."""


def temporary() -> int:
    """The bytes that this database has put into temporary files so far."""
    with transaction():
        db.session.execute(text("SELECT pg_stat_force_next_flush()"))
    with transaction():
        return int(
            db.session.scalar(text("SELECT temp_bytes FROM pg_stat_database WHERE datname = current_database()")) or 0
        )


def count() -> int:
    """The rows of everything that paying writes."""
    with transaction():
        return sum(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES)


if __name__ == "__main__":
    main()
