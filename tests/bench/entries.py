"""Single journal entries beside pgbench: the same double entry in one statement, prepared, on the same tables.

pgbench, which comes with PostgreSQL and is written in C, books an entry, its posting and the balance that is kept, in
one statement that commits by itself, and asks nothing: not whether there is enough money, nor whether the cause was
booked before with other postings. The service books the same by `ledger.post()`, a transaction each, with its clock
fixed as in production. Both take turns on one connection; the median of the rounds is printed. Where there is no
pgbench, a loop over the driver sends the same prepared statement, and it is said.

Run by `make bench`, on a database of its own.
"""

import os
import re
import shutil
import statistics
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import psutil
import psycopg
from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from marketplace.app import create_app
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.core.placement import find_binaries
from marketplace.ledger import service as ledger
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.rules import Entry, Move

ROUNDS, SIZE = 5, 2_000
RAIL, COMPANY = "rail:sandbox", "company:bench"
STATEMENT = """
WITH entry AS (
    INSERT INTO journal_entry (id, cause, at, data)
    VALUES (gen_random_uuid(), 'pgbench:' || gen_random_uuid(), now(), '{{}}') RETURNING id
), kept AS (
    UPDATE ledger_account SET balance = balance + 1 WHERE id = CAST({destination} AS uuid)
)
INSERT INTO posting (entry_id, source_id, destination_id, amount, currency)
SELECT id, CAST({source} AS uuid), CAST({destination} AS uuid), 1, 'USD' FROM entry
"""


def main() -> None:
    app = create_app()
    app.config["CLOCK_MOVABLE"] = False
    with app.app_context():
        post(200)
        source, destination = accounts()
        binary = pgbench()
        bare, ours, spent = [], [], []
        for _ in range(ROUNDS):
            bare.append(by_pgbench(binary, source, destination) if binary else by_driver(source, destination))
            rate, split = posted()
            ours.append(rate)
            spent.append(split)
    best, mine = statistics.median(bare), statistics.median(ours)
    said = "pgbench, one prepared statement" if binary else "no pgbench: a loop over the driver, prepared"
    print(f"{said:44} {best:>8,.0f}/s")
    print(f"{'ledger.post(), a transaction each':44} {mine:>8,.0f}/s {mine / best:>6.2f} of it (goal 0.8)")
    here, there = (statistics.median(each) * 1e6 for each in zip(*spent, strict=True))
    print(f"of a post: {here:.0f} us of processor in Python, {there:.0f} us in PostgreSQL, in three round trips:")
    print("BEGIN, the entry, which is looked at before it is committed, and COMMIT; pgbench does all in one")


def post(size: int) -> None:
    for _ in range(size):
        with transaction():
            ledger.post(Entry(f"bench:{uuid7()}", [Move(RAIL, COMPANY, Money(1, "USD"))]))


def posted() -> tuple[float, tuple[float, float]]:
    """Entries a second by the service, and the processor seconds of each here and in PostgreSQL."""
    with transaction():
        server = psutil.Process(int(db.session.scalar(select(func.pg_backend_pid())) or 0))
    begun, own, before = time.perf_counter(), time.process_time(), server.cpu_times()
    post(SIZE)
    after, seconds = server.cpu_times(), time.perf_counter() - begun
    there = after.user + after.system - before.user - before.system
    return SIZE / seconds, ((time.process_time() - own) / SIZE, there / SIZE)


def accounts() -> tuple[UUID, UUID]:
    with transaction():
        found = select(LedgerAccount.name, LedgerAccount.id).where(LedgerAccount.name.in_((RAIL, COMPANY)))
        ids = {row.name: row.id for row in db.session.execute(found)}
    return ids[RAIL], ids[COMPANY]


def pgbench() -> Path | None:
    """That of the server's own binaries, or any that is installed."""
    own = find_binaries() / "pgbench"
    found = shutil.which("pgbench")
    return own if own.exists() else Path(found) if found else None


def by_pgbench(binary: Path, source: UUID, destination: UUID) -> float:
    """Entries a second, without the time to connect."""
    with TemporaryDirectory() as folder:
        script = Path(folder) / "entry.sql"
        script.write_text(STATEMENT.format(source=":source", destination=":destination").strip().replace("\n", " "))
        told = subprocess.run(
            [
                *(binary, "--no-vacuum", "--protocol=prepared", "--client=1", f"--transactions={SIZE}"),
                *(f"--file={script}", f"--define=source={source}", f"--define=destination={destination}", address()),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    said = re.search(r"^tps = ([0-9.]+)", told.stdout, re.MULTILINE)
    assert said is not None, told.stdout
    return float(said[1])


def by_driver(source: UUID, destination: UUID) -> float:
    """The same by the driver, where there is no pgbench."""
    statement = STATEMENT.format(source="%(source)s", destination="%(destination)s")
    given = {"source": source, "destination": destination}
    with psycopg.connect(address(), autocommit=True) as connection, connection.cursor() as cursor:
        begun = time.perf_counter()
        for _ in range(SIZE):
            cursor.execute(statement, given, prepare=True)
        return SIZE / (time.perf_counter() - begun)


def address() -> str:
    return os.environ["DATABASE_URL"].replace("+psycopg", "")


if __name__ == "__main__":
    main()
