"""The accept storm: eight clients say yes to a thousand offers at once, through the verb and through HTTP.

The ceiling is the bare pair of statements that a yes cannot do without, sent by as many clients over the driver: the
conditional update of the seats, and the insert of the booking under its exclusion constraint, one commit for both; its
table has no foreign keys. Each runs in turn on the same server, and no job runs beside any of them.

What the verb does beside it, in nine statements and three round trips: it locks the person, reads what the rules ask
(caps, rest, consents, contract, standing) and asks them, moves the offer, writes two events, moves the booking's
highest cost in the books, and leaves a job that answers. HTTP adds the key that says who it is, the answer that is kept
under its Idempotency-Key, the route, and JSON. Where the time of a yes goes is measured with one client alone, beside
the bare pair alone: how long each round trip takes, and how much of a processor this program and PostgreSQL take. What
the jobs take that answer is measured after the storm.

Run by `make bench`, beside a web server of its own.
"""

import http.client
import os
import statistics
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psutil
import psycopg
from psycopg.rows import dict_row
from psycopg.sql import SQL, Composed, Identifier, Placeholder
from psycopg.types.range import TimestamptzRange
from sqlalchemy import func, select, text
from uuid_utils.compat import uuid7

from jobs.programs import PROGRAMS
from jobs.runner import run_pending
from marketplace.accounts.queries import actor_of
from marketplace.app import create_app
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.sending import ANSWERED, SENT
from marketplace.matching import deciding
from marketplace.shifts import asking, offers
from marketplace.shifts import queries as shifts
from marketplace.shifts.asking import Asked
from marketplace.shifts.models import Booking, Offer, Shift
from tests.bench.planning import crowd
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene

CLIENTS, ROUNDS = 8, 3
SHIFTS, SEATS = 50, 20
PEOPLE = SHIFTS * SEATS
RACED_SEATS, ATTEMPTS, ALONE = 100, 10, 200
PARTS = {
    "SELECT clock_offset": "locking the person, reading what the rules ask",
    "WITH held AS": "seat, booking, offer and money, with events",
    "SELECT (procrastinate": "the job that answers, and COMMIT",
}
"""The round trips of a yes by how their first statement begins. What is left is this program's."""
Times = list[float]
BARE = (
    "CREATE TABLE bare_shift (LIKE shift INCLUDING ALL)",
    "CREATE TABLE bare_booking (LIKE booking INCLUDING ALL)",
)


# --- what a client does, in a process of its own ----------------------------------------------------------------------


def accept_by_verb(start: Barrier, ids: Sequence[tuple[UUID, UUID]]) -> Times:
    app = create_app()
    with app.app_context():
        with transaction():
            actors = {person: actor_of(person) for _, person in ids}
        start.wait()
        return [_timed(_accept, offer, actors[person]) for offer, person in ids]


def _accept(offer: UUID, by: Any) -> None:
    with transaction():
        offers.accept(offer, by=by)


def accept_by_http(start: Barrier, ids: Sequence[tuple[UUID, str]]) -> Times:
    where = urlsplit(os.environ["SETARA_URL"])
    connection = http.client.HTTPConnection(where.hostname or "", where.port)
    connection.connect()
    start.wait()
    return [_timed(_post, connection, f"/api/v1/offers/{offer}/accept", key) for offer, key in ids]


def _post(connection: http.client.HTTPConnection, path: str, key: str) -> None:
    headers = {"Authorization": key, "Accept": "application/json", "Idempotency-Key": str(uuid7())}
    connection.request("POST", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status < 300, (answer.status, body[:300])


def bare_pairs(start: Barrier, rows: Sequence[tuple[UUID, UUID, datetime, datetime]]) -> Times:
    with psycopg.connect(_dsn("DATABASE_OWNER_URL"), row_factory=dict_row) as connection:
        insert, model = _bare_insert(connection)
        connection.commit()
        start.wait()
        return [_timed(_bare, connection, insert, model, row) for row in rows]


def _bare_insert(connection: psycopg.Connection[Any]) -> tuple[Composed, dict[str, Any]]:
    """The insert of a booking as a statement, and a booking that is like all."""
    model = connection.execute("SELECT * FROM booking LIMIT 1").fetchone()
    assert model is not None
    names, places = SQL(", ").join(map(Identifier, model)), SQL(", ").join(map(Placeholder, model))
    return SQL("INSERT INTO bare_booking ({}) VALUES ({}) ON CONFLICT DO NOTHING").format(names, places), model


def _bare(connection: psycopg.Connection[Any], insert: Composed, model: dict[str, Any], row: Sequence[Any]) -> None:
    shift, person, begins, ends = row
    connection.execute(
        "UPDATE bare_shift SET seats_taken = seats_taken + 1 WHERE id = %s AND seats_taken < seats", [shift]
    )
    new = {"id": uuid7(), "offer_id": uuid7(), "shift_id": shift, "contractor_id": person}
    connection.execute(insert, model | new | {"during": TimestamptzRange(begins, ends)})
    connection.commit()


def say_yes(start: Barrier, ids: Sequence[tuple[UUID, UUID]]) -> Times:
    app = create_app()
    with app.app_context():
        with transaction():
            actors = {person: actor_of(person) for _, person in ids}
        start.wait()
        return [_timed(_say_yes, offer, actors[person]) for _ in range(ATTEMPTS) for offer, person in ids]


def _say_yes(offer: UUID, by: Any) -> None:
    with transaction():
        offers.say_yes(offer, by=by)


def _timed(work: Callable[..., None], *given: Any) -> float:
    begun = time.perf_counter()
    work(*given)
    return time.perf_counter() - begun


# --- the market ----------------------------------------------------------------------------------------------------


def offered(scene: Scene, begins: datetime, seats: int = SEATS, count: int = SHIFTS) -> list[Offer]:
    """So many shifts at that time, and everybody with one offer; as many offers as seats are each somebody's alone."""
    with transaction():
        people = shifts.pool(scene.company_id, begins)
        laid = [make.shift(scene, begins, hours=1, seats=seats) for _ in range(count)]
        gigs = asking.hold_gigs([scene.gig.id])
        gig = gigs[scene.gig.id]
        known = shifts.people(people, scene.company_id, shifts.seat_of(laid[0], gig))
        share = len(people) // count
        wanted = [
            Asked(laid[number // share], known[person.id], {"by": "bench"}, begins)
            for number, person in enumerate(people[: share * count])
        ]
        return asking.ask(wanted, [gig], by=scene.company)


def storm(work: Callable[..., Times], shares: Sequence[Sequence[Any]]) -> tuple[float, Times]:
    """All clients at once: the seconds from the start to the end of the last, and how long each call took."""
    context = get_context("spawn")
    start, results = context.Barrier(len(shares) + 1), context.Queue()
    clients = [context.Process(target=_client, args=(work, start, share, results)) for share in shares]
    for client in clients:
        client.start()
    start.wait()
    begun = time.perf_counter()
    answers = [results.get() for _ in clients]
    seconds = time.perf_counter() - begun
    for client in clients:
        client.join()
    if broken := [each for each in answers if isinstance(each, str)]:
        raise SystemExit(broken[0])
    return seconds, [each for times in answers for each in times]


def _client(work: Callable[..., Times], start: Barrier, share: Sequence[Any], results: Any) -> None:
    try:
        results.put(work(start, share))
    except Exception:
        results.put(traceback.format_exc())


def _shares(items: Sequence[Any]) -> list[Sequence[Any]]:
    return [items[number::CLIENTS] for number in range(CLIENTS)]


def _dsn(name: str) -> str:
    return os.environ[name].replace("+psycopg", "")


# --- the measures --------------------------------------------------------------------------------------------------


def main() -> None:
    app = create_app()
    with app.app_context(), psycopg.connect(_dsn("DATABASE_OWNER_URL"), autocommit=True) as owner:
        with transaction():
            scene = make.scene(minutes=5_000_000, pilot=True)
            crowd(scene, PEOPLE)
        with transaction():
            clock.move_to(clock.now(), still=True)
        for statement in BARE:
            owner.execute(statement)
        before = _deadlocks(owner)
        seen: dict[str, list[tuple[float, Times]]] = {"bare": [], "verb": [], "http": []}
        for number in range(ROUNDS):
            seen["verb"].append(_by_verb(offered(scene, MONDAY + timedelta(days=number))))
            seen["bare"].append(_bare_round(owner))
            seen["http"].append(_by_http(offered(scene, MONDAY + timedelta(days=number, hours=3))))
            print(f"round {number + 1} of {ROUNDS} is over", flush=True)
        _tell(seen)
        _check(scene, 2 * ROUNDS * PEOPLE)
        _race(scene)
        _parts(scene, owner)
        _answered()
        print(f"deadlocks: {_deadlocks(owner) - before}")


def _by_verb(made: Sequence[Offer]) -> tuple[float, Times]:
    return storm(accept_by_verb, _shares([(offer.id, offer.contractor_id) for offer in made]))


def _by_http(made: Sequence[Offer]) -> tuple[float, Times]:
    with transaction():
        keys = [(offer.id, accounts.bearer(offer.contractor_id)["Authorization"]) for offer in made]
    return storm(accept_by_http, _shares(keys))


def _bare_round(owner: psycopg.Connection) -> tuple[float, Times]:
    return storm(bare_pairs, _shares(_bare_rows(owner, PEOPLE)))


def _bare_rows(owner: psycopg.Connection, count: int) -> list[Any]:
    """The newest bookings, to be made once more in tables of which the one is empty and the other full of seats."""
    owner.execute("TRUNCATE bare_shift, bare_booking")
    owner.execute("INSERT INTO bare_shift SELECT * FROM shift")
    owner.execute("UPDATE bare_shift SET seats_taken = 0")
    newest = "SELECT shift_id, contractor_id, lower(during), upper(during) FROM booking ORDER BY id DESC LIMIT %s"
    return owner.execute(newest, [count]).fetchall()


def _tell(seen: dict[str, list[tuple[float, Times]]]) -> None:
    best = statistics.median(seconds for seconds, _ in seen["bare"])
    print(f"{'accepts, ' + str(CLIENTS) + ' clients':34} {'rate':>10} {'ratio':>8} {'goal':>6} {'p50':>9} {'p99':>9}")
    for name, goal in (("bare", ""), ("verb", "0.5"), ("http", "0.3")):
        seconds = statistics.median(each for each, _ in seen[name])
        times = sorted(each for _, some in seen[name] for each in some)
        print(
            f"{name:34} {PEOPLE / seconds:>8,.0f}/s {best / seconds:>8.2f} {goal:>6}"
            f" {1000 * times[len(times) // 2]:>6.1f} ms {1000 * times[len(times) * 99 // 100]:>6.1f} ms"
        )


def _check(scene: Scene, booked: int) -> None:
    """Nobody sits on a seat that is not there, and nobody in two places."""
    with transaction():
        found = db.session.scalar(select(func.count()).select_from(Booking)) or 0
        taken, oversold = db.session.execute(
            select(func.sum(Shift.seats_taken), func.count().filter(Shift.seats_taken > Shift.seats)).where(
                Shift.company_id == scene.company_id
            )
        ).one()
        twice = db.session.scalar(
            text(
                "SELECT count(*) FROM booking a JOIN booking b ON a.contractor_id = b.contractor_id AND a.id < b.id"
                " AND a.during && b.during AND a.status IN ('booked', 'working') AND b.status IN ('booked', 'working')"
            )
        )
    assert found == taken == booked, (found, taken, booked)
    print(f"booked: {found:,}, oversold: {oversold}, in two places: {twice}")


def _race(scene: Scene) -> None:
    """Everybody is asked about one shift with a hundred seats, and says yes ten times over."""
    made = offered(scene, MONDAY + timedelta(days=ROUNDS), seats=RACED_SEATS, count=1)
    seconds, times = storm(say_yes, _shares([(offer.id, offer.contractor_id) for offer in made]))
    with transaction():
        clock.move_to(max(offer.expires_at for offer in made), still=True)
    begun = time.perf_counter()
    with transaction():
        deciding.decide_due()
    decided = time.perf_counter() - begun
    with transaction():
        shift = db.session.get_one(Shift, made[0].shift_id)
        held = db.session.scalar(select(func.count()).where(Booking.shift_id == shift.id))
        assert held == shift.seats_taken == RACED_SEATS, (held, shift.seats_taken)
    print(
        f"{len(times):,} yeses to one shift: {len(times) / seconds:,.0f}/s, p99"
        f" {1000 * sorted(times)[len(times) * 99 // 100]:.1f} ms; {held} seats given in {decided:.1f} s"
    )


def _parts(scene: Scene, owner: psycopg.Connection) -> None:
    """Where the time of a yes goes: one client alone, round trip by round trip."""
    # Their rows are not kept: each transaction would end with forgetting what it had read of them.
    ids = [(offer.id, offer.contractor_id) for offer in offered(scene, MONDAY + timedelta(days=ROUNDS + 1))[:ALONE]]
    with transaction():
        actors = {person: actor_of(person) for _, person in ids}
    spent, trip = Counter[str](), list[tuple[str, float]]()

    def begin(statement: str) -> None:
        spent["statements"] += 1
        if not trip:
            part = next((words for start, words in PARTS.items() if statement.startswith(start)), "what is left over")
            trip.append((part, time.perf_counter()))

    def end(_statement: str) -> None:
        if trip:
            part, begun = trip.pop()
            spent[part] += time.perf_counter() - begun
            spent["round trips"] += 1

    with SENT.connected_to(begin), ANSWERED.connected_to(end):
        whole, processors = _alone(lambda: [_accept(offer, actors[person]) for offer, person in ids], _backend())
    statements, trips = spent.pop("statements"), spent.pop("round trips")
    spent["rules, objects, BEGIN"] = whole - spent.total()
    print(
        f"one client alone: {statements / ALONE:.1f} statements in {trips / ALONE:.1f} round trips,"
        f" {1000 * whole / ALONE:.2f} ms a yes, of which"
    )
    for part, seconds in spent.most_common():
        print(f"  {part:48} {1000 * seconds / ALONE:>6.2f} ms {seconds / whole:>5.0%}")
    with psycopg.connect(_dsn("DATABASE_OWNER_URL"), row_factory=dict_row) as connection:
        insert, model = _bare_insert(connection)
        connection.commit()
        rows = _bare_rows(owner, ALONE)
        _, bare = _alone(lambda: [_bare(connection, insert, model, row) for row in rows], connection.info.backend_pid)
    for name, (own, server) in (("a yes", processors), ("the bare pair", bare)):
        print(f"  processor of {name:15} {own:>6.2f} ms in Python {server:>6.2f} ms in PostgreSQL")


def _alone(work: Callable[[], object], backend: int) -> tuple[float, tuple[float, float]]:
    """The seconds that the work takes; and of each of its `ALONE` parts the milliseconds of a processor, of this
    program and of its backend of PostgreSQL."""
    server = psutil.Process(backend)
    before, own = server.cpu_times(), time.process_time()
    begun = time.perf_counter()
    work()
    seconds, after = time.perf_counter() - begun, server.cpu_times()
    spent = after.user + after.system - before.user - before.system
    return seconds, (1000 * (time.process_time() - own) / ALONE, 1000 * spent / ALONE)


def _backend() -> int:
    """The process of PostgreSQL that answers this program; the pool gives the same connection again."""
    with transaction():
        return int(db.session.scalar(select(func.pg_backend_pid())) or 0)


def _answered() -> None:
    """What the jobs take that answer: events to words, and whatever else follows."""
    assert PROGRAMS, "they answer what happens"
    begun = time.perf_counter()
    ran = run_pending(most=100_000)
    seconds, yeses = time.perf_counter() - begun, 2 * ROUNDS * PEOPLE + RACED_SEATS + ALONE
    print(
        f"what follows: {ran:,} jobs in {seconds:.1f} s, {1000 * seconds / yeses:.2f} ms for each seat that was taken"
    )


def _deadlocks(owner: psycopg.Connection) -> int:
    row = owner.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()").fetchone()
    assert row is not None
    return int(row[0])


if __name__ == "__main__":
    main()
