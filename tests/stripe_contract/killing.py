"""kill -9 at every step: a process forked from this one does some work, and SIGKILL ends it, each time a step later.

A step is before every statement that is no mere read, before and after every commit, and before and after every request
that changes something: between two of them nothing is done that anybody outside could see. They are counted as the work
takes them. Nobody rolls back or catches anything for who dies; PostgreSQL and Stripe find a connection that has ended.
What then stands in the database and at Stripe is compared, row by row: that a process which died within a transaction
has left what it began with is asked and not believed, and what was left before need not be taken to its end twice.
"""

import gc
import os
import pickle
import re
import signal
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import urlsplit

import psycopg
import stripe
from psycopg.sql import SQL, Identifier
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import seeded
from marketplace.core.sending import SENT
from tests.conftest import Database
from tests.stripe_contract.server import Kept, Standin
from tests.stripe_contract.world import World

READ = re.compile(r"\s*(SELECT(?! \(?procrastinate_)|SET )")
"""Statements that leave nothing. The queue's are calls of functions."""
ANYBODY_ELSE = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
TABLES = """SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    AND pg_relation_size(oid) > 0"""
SEQUENCES = "SELECT sequencename::text, last_value FROM pg_sequences WHERE schemaname = 'public'"
RENUMBERED = """SELECT setval(name, coalesce(number, 1), number IS NOT NULL)
    FROM unnest(%s::text[], %s::bigint[]) AS had (name, number)"""
DIGEST = "SELECT '{0}', md5(string_agg(md5({1}::text), '' ORDER BY md5({1}::text))) FROM {0} t"
WHOLE_ROW = "t"
BUT_FOR_MACHINE_TIME = {
    "procrastinate_events": "(t.id, t.job_id, t.type)",
    "rail_customer": "(t.id, t.company_id, t.external_id, t.name)",
}
PATIENCE = 30
SEED = 9
Work = Callable[[], object]
State = tuple[frozenset[tuple[str, str]], frozenset[str]]


@dataclass(frozen=True)
class Ground:
    """A database and a Stripe as they were before the work, to be had again. Business time must stand still."""

    admin: psycopg.Connection[Any]
    """Kept open, since a new one reads all of PostgreSQL's catalogues anew. No child uses it."""
    standin: Standin
    world: World
    keys: dict[str, Kept]
    rows: dict[str, bytes]
    """What the tables hold that have rows."""
    numbers: dict[str, int | None]
    """The last number that each sequence has given."""
    state: State
    at: datetime
    """By the machine's clock: all keys of rows in the work are newer, and the same each time."""

    def again(self, left: State | None = None) -> None:
        """Nothing of what came since, and left that state, has been. Only the tables that differ are written anew: a
        copy of the database takes twenty times as long, since it is a thousand files."""
        differ = {name for name, _ in (left or _left(self.admin, self.standin))[0] ^ self.state[0]}
        with self.admin.transaction():
            # In this role neither foreign keys nor triggers are asked.
            self.admin.execute("SET LOCAL session_replication_role = replica")
            for name in differ:
                self.admin.execute(SQL("DELETE FROM {}").format(Identifier(name)))
                if name in self.rows:
                    with self.admin.cursor().copy(SQL("COPY {} FROM STDIN").format(Identifier(name))) as copy:
                        copy.write(self.rows[name])
            names, numbers = list(self.numbers), list(self.numbers.values())
            self.admin.execute(RENUMBERED, [names, numbers])
        self.standin.reset()
        self.standin.world, self.standin.keys = deepcopy(self.world), deepcopy(self.keys)

    def killed_at_every_step(self, work: Work, then: Callable[[], None]) -> tuple[list[str], int]:
        """`then` takes the work to its end after a kill and looks at what came of it. Returns the steps, and how many
        different states the kills have left."""
        taken = self.steps(work)
        self.again()
        seen: set[State] = set()
        for last, step in enumerate(taken, 1):
            self.kill(work, last)
            left = _left(self.admin, self.standin)
            if left not in seen:
                seen.add(left)
                try:
                    then()
                except BaseException as wrong:
                    wrong.add_note(f"It was killed at step {last}, {step}.")
                    raise
                left = _left(self.admin, self.standin)
            self.again(left)
        return taken, len(seen)

    def steps(self, work: Work) -> list[str]:
        """Has a process do the work to its end, and returns what its steps were."""
        heard, said = os.pipe()
        status = self._forked(work, None, said)
        os.close(said)
        with os.fdopen(heard, "rb") as pipe:
            told = pipe.read()
        assert status == 0, "the work failed by itself"
        found: list[str] = pickle.loads(told)
        return found

    def kill(self, work: Work, last: int) -> None:
        """Has a process do the work, and that step, counted from 1, be the last one."""
        status = self._forked(work, last, None)
        assert os.WIFSIGNALED(status), f"it ended before step {last}"
        assert os.WTERMSIG(status) == signal.SIGKILL

    def _forked(self, work: Work, last: int | None, said: int | None) -> int:
        _leave()
        with warnings.catch_warnings():
            # Python 3.12 warns of other threads. Those of the stand-in hold no lock that the child will ask for.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            _live(work, self.at, last, said)
        return os.waitpid(child, 0)[1]


@contextmanager
def ground(database: Database, standin: Standin) -> Iterator[Ground]:
    """What stands now."""
    with psycopg.connect(database.admin_dsn, autocommit=True) as admin:
        state = _left(admin, standin)
        rows = {}
        for name, _ in state[0]:
            with admin.cursor().copy(SQL("COPY {} TO STDOUT").format(Identifier(name))) as copy:
                rows[name] = b"".join(copy)
        numbers = dict(admin.execute(SEQUENCES).fetchall())
        world, keys = deepcopy(standin.world), deepcopy(standin.keys)
        yield Ground(admin, standin, world, keys, rows, numbers, state, clock.machine_time())


def _left(admin: psycopg.Connection[Any], standin: Standin) -> State:
    """What is committed, as digests of the tables, and which requests Stripe knows."""
    _leave()
    until = time.monotonic() + PATIENCE
    while admin.execute(ANYBODY_ELSE).fetchone():
        assert time.monotonic() < until, "a connection outlives its process"
        time.sleep(0.001)
    every = " UNION ALL ".join(
        DIGEST.format(name, BUT_FOR_MACHINE_TIME.get(name, WHOLE_ROW)) for (name,) in admin.execute(TABLES)
    )
    rows = admin.execute(SQL(every)).fetchall()  # type: ignore[arg-type]  # made of our own tables, not of input
    return frozenset((name, digest) for name, digest in rows if digest), frozenset(standin.keys)


def _leave() -> None:
    """No connection is shared with a process that is forked, or in the way of a copy."""
    db.session.remove()
    db.engine.dispose()


def _live(work: Work, at: datetime, last: int | None, said: int | None) -> NoReturn:
    """The child. Whatever happens, nothing of the tests' own runs in it any more."""
    try:
        gc.disable()  # It would look at all that the parent has, and so copy it.
        taken: list[str] = []

        def step(what: str) -> None:
            taken.append(what)
            if len(taken) == last:
                os.kill(os.getpid(), signal.SIGKILL)

        _watch(step)
        with seeded(SEED, at):
            work()
        if said is not None:
            os.write(said, pickle.dumps(taken))
        os._exit(0)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _watch(step: Callable[[str], None]) -> None:
    ask = stripe.RequestsClient.request
    opened: list[stripe.RequestsClient] = []

    def asked(client: stripe.RequestsClient, method: str, url: str, *more: Any) -> Any:
        if client not in opened:
            client.close()  # The connection is the parent's.
            opened.append(client)
        changes = method != "get"
        if changes:
            step(f"before {method} {urlsplit(url).path}")
        answer = ask(client, method, url, *more)
        if changes:
            step(f"after {method} {urlsplit(url).path}")
        return answer

    def sent(statement: str) -> None:
        if not READ.match(statement):
            step(f"before {' '.join(statement.split())[:70]}")

    SENT.connect(sent, weak=False)
    event.listen(Engine, "before_cursor_execute", lambda _conn, _cursor, statement, *_more: sent(statement))
    event.listen(Engine, "commit", lambda _conn: step("before a commit"))
    event.listen(Session, "after_commit", lambda _session: step("after a commit"))
    stripe.RequestsClient.request = asked  # type: ignore[method-assign]  # the SDK offers no place to step in
