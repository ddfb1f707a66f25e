"""`make bench`: how much of PostgreSQL's own speed the verbs keep, as ratios within one run.

Each measure runs beside its ceiling, turn and turn about, on the same server; the median of the rounds is printed. A
ratio of 0.5 means that half of the time goes to what the ceiling leaves out. Seconds alone say little on a machine that
others use too.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, text
from uuid_utils.compat import uuid7

from marketplace.app import create_app
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from tests.bench import planning

ROUNDS = 5
ONE = Money(1, "USD")


@dataclass(frozen=True)
class Measure:
    """What is measured, against what: both do `size` of the same thing and are timed in turn."""

    name: str
    size: int
    ours: Callable[[int], None]
    ceiling: Callable[[int], None]


def run(measures: Sequence[Measure]) -> Iterator[str]:
    for measure in measures:
        ours, ceiling = [], []
        for _ in range(ROUNDS):
            ceiling.append(_seconds(measure.ceiling, measure.size))
            ours.append(_seconds(measure.ours, measure.size))
        mine, best = statistics.median(ours), statistics.median(ceiling)
        spread = max(ours) / min(ours)
        yield (
            f"{measure.name:58} {measure.size / mine:>10,.0f}/s {measure.size / best:>12,.0f}/s "
            f"{best / mine:>8.2f} {spread:>8.2f}"
        )


def _seconds(work: Callable[[int], None], size: int) -> float:
    start = time.perf_counter()
    work(size)
    return time.perf_counter() - start


def post_one_by_one(size: int) -> None:
    for _ in range(size):
        with transaction():
            ledger.post(Entry(f"bench:{uuid7()}", [Move("rail:sandbox", "company:bench", ONE)]))


def two_inserts(size: int) -> None:
    """The bare double entry: an entry, a posting and the kept balance, in one transaction each, over the driver."""
    source, destination = _accounts()
    with db.engine.connect() as connection:
        for _ in range(size):
            entry = uuid7()
            with connection.begin():
                _bare_entry(connection, entry, source, destination)


def _bare_entry(connection: Connection, entry: UUID, source: UUID, destination: UUID) -> None:
    connection.execute(
        text("INSERT INTO journal_entry (id, cause, at, data) VALUES (:id, :cause, now(), '{}')"),
        {"id": entry, "cause": f"bare:{entry}"},
    )
    connection.execute(
        text(
            "INSERT INTO posting (entry_id, source_id, destination_id, amount, currency)"
            " VALUES (:entry, :source, :destination, 1, 'USD')"
        ),
        {"entry": entry, "source": source, "destination": destination},
    )
    connection.execute(text("UPDATE ledger_account SET balance = balance + 1 WHERE id = :id"), {"id": destination})


def post_as_a_set(size: int) -> None:
    with transaction():
        ledger.post_many([Entry(f"bench:{uuid7()}", [Move("rail:sandbox", "company:bench", ONE)]) for _ in range(size)])


def insert_from_select(size: int) -> None:
    source, destination = _accounts()
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "WITH entries AS (INSERT INTO journal_entry (id, cause, at, data)"
                " SELECT gen_random_uuid(), 'set:' || gen_random_uuid(), now(), '{}' FROM generate_series(1, :size)"
                " RETURNING id)"
                " INSERT INTO posting (entry_id, source_id, destination_id, amount, currency)"
                " SELECT id, :source, :destination, 1, 'USD' FROM entries"
            ),
            {"size": size, "source": source, "destination": destination},
        )
        connection.execute(
            text("UPDATE ledger_account SET balance = balance + :size WHERE id = :id"),
            {"size": size, "id": destination},
        )


def _accounts() -> tuple[UUID, UUID]:
    with db.engine.connect() as connection:
        found = connection.execute(
            text("SELECT name, id FROM ledger_account WHERE name IN ('rail:sandbox', 'company:bench')")
        )
        ids = {row.name: row.id for row in found}
    return ids["rail:sandbox"], ids["company:bench"]


MEASURES = (
    Measure("journal entries, one a transaction / bare statements", 400, post_one_by_one, two_inserts),
    Measure("journal entries, as a set / INSERT..SELECT", 10_000, post_as_a_set, insert_from_select),
    Measure(
        "seats planned for 1,000 people / reading the facts", planning.ALL, planning.make_plans, planning.read_facts
    ),
)


def main() -> None:
    app = create_app()
    with app.app_context():
        post_one_by_one(1)
        planning.build()
        print(f"{'measure / ceiling':58} {'ours':>12} {'ceiling':>14} {'ratio':>8} {'spread':>8}")
        for line in run(MEASURES):
            print(line, flush=True)


if __name__ == "__main__":
    main()
