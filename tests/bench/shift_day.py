"""The bytes of a contractor's shift-day: a shift that is offered, accepted, worked to its last minute, and told of.
What the tables and their indexes grow by, after everything that answers was answered and VACUUM has run.

A first day fills the pages that every table begins with; the two days after it are measured.

Run by `make bench`, on a database of its own.
"""

import os
from collections import Counter
from datetime import timedelta

import psycopg

from jobs.programs import PROGRAMS
from jobs.runner import run_pending
from marketplace.accounts.queries import actor_of
from marketplace.app import create_app
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.shifts import attendance, offers
from tests.bench import storm
from tests.bench.planning import crowd
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene

PEOPLE, DAYS, HOURS = 500, 2, 1
SHOWN = 10
"""Tables, those that grow most."""
SIZES = (
    "SELECT relname, pg_table_size(pg_class.oid) AS rows, pg_indexes_size(pg_class.oid) AS indexes FROM pg_class"
    " JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE relkind = 'r' AND nspname = 'public'"
    # Jobs are deleted once they are done.
    " AND relname NOT LIKE 'procrastinate%'"
)


def main() -> None:
    app = create_app()
    assert PROGRAMS, "they answer what happens"
    with app.app_context(), psycopg.connect(os.environ["DATABASE_OWNER_URL"].replace("+psycopg", "")) as owner:
        owner.autocommit = True
        with transaction():
            scene = make.scene(minutes=5_000_000, pilot=True)
            crowd(scene, PEOPLE)
        live(scene, 0)
        before = sizes(owner)
        for day in range(DAYS):
            live(scene, day + 1)
        tell(before, sizes(owner))


def live(scene: Scene, day: int) -> None:
    """Everybody is asked for a seat of one shift, takes it, works and goes home."""
    begins = MONDAY + timedelta(days=day)
    made = storm.offered(scene, begins, seats=PEOPLE, count=1)
    with transaction():
        yeses = {offer.id: actor_of(offer.contractor_id) for offer in made}
        booked = offers.say_yes_together(yeses)
        by = {booking.id: yeses[offer_id] for offer_id, booking in booked.items()}
    with transaction():
        clock.move_to(begins, still=True)
        attendance.clock_in_together(by)
    with transaction():
        clock.move_to(begins + timedelta(hours=HOURS), still=True)
        attendance.clock_out_together(by)
    run_pending()


def sizes(owner: psycopg.Connection) -> dict[str, Counter[str]]:
    owner.execute("VACUUM ANALYZE")
    return {row[0]: Counter(rows=row[1], indexes=row[2]) for row in owner.execute(SIZES)}


def tell(before: dict[str, Counter[str]], after: dict[str, Counter[str]]) -> None:
    """Prints what a shift-day takes, table by table."""
    days = PEOPLE * DAYS
    grown = {name: after[name] - before[name] for name in after}
    whole = sum(grown.values(), Counter[str]())
    print(f"{'bytes of a shift-day':28} {'rows':>8} {'indexes':>8} {'both':>8} {'share':>7}")
    ordered = sorted(grown, key=lambda name: -grown[name].total())
    for name in ordered[:SHOWN]:
        each = grown[name]
        print(f"{name:28} {_each(each, days)} {each.total() / whole.total():>7.0%}")
    print(f"{'all tables':28} {_each(whole, days)}")


def _each(grown: Counter[str], days: int) -> str:
    return " ".join(f"{number / days:>8,.0f}" for number in (grown["rows"], grown["indexes"], grown.total()))


if __name__ == "__main__":
    main()
