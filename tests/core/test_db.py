"""Transactions against a PostgreSQL that other processes use too."""

import threading
import time
from contextlib import suppress

import pytest
from sqlalchemy import NullPool, create_engine, text

from marketplace.core import pool
from marketplace.core.db import db, in_transaction, make_sure, transact, transaction
from marketplace.core.http import SetaraFlask
from tests.conftest import Database

BACKEND = text("SELECT pg_backend_pid()")
END = text("SELECT pg_terminate_backend(:pid, 5000)")
LOCK = text("SELECT pg_advisory_xact_lock(:key)")


def test_who_loses_a_deadlock_runs_again(apart_app: SetaraFlask) -> None:
    """Two take two locks in opposite orders. PostgreSQL ends one of them, and both are done in the end."""
    met, runs = threading.Barrier(2), []

    def cross(first: int, second: int) -> None:
        def work() -> None:
            db.session.execute(LOCK, {"key": first})
            runs.append(first)
            if runs.count(first) == 1:
                met.wait(timeout=20)
            db.session.execute(LOCK, {"key": second})

        with apart_app.app_context():
            transact(work)

    other = threading.Thread(target=cross, args=(2, 1))
    other.start()
    cross(1, 2)
    other.join(timeout=20)
    assert not other.is_alive()
    assert sorted(runs) in ([1, 1, 2], [1, 2, 2])


@pytest.mark.parametrize("rested", [0.0, 2 * pool.ASK_AFTER], ids=["just now", "long"])
def test_a_connection_that_was_lost_in_the_pool_is_made_anew(
    apart: Database, monkeypatch: pytest.MonkeyPatch, rested: float
) -> None:
    """The server ends it while it rests: whoever comes next gets another, and no error."""
    engine = create_engine(apart.url, pool_size=1, max_overflow=0)
    with engine.connect() as before:
        first = before.scalar(BACKEND)
    with engine.connect() as again:
        assert again.scalar(BACKEND) == first
    with create_engine(apart.url, poolclass=NullPool).connect() as other:
        assert other.scalar(END, {"pid": first})
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + rested)
    with engine.connect() as after:
        assert after.scalar(BACKEND) not in (first, None)
    engine.dispose()


def test_a_connection_that_rested_long_is_asked_and_kept(apart: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = create_engine(apart.url, pool_size=1, max_overflow=0)
    with engine.connect() as before:
        first = before.scalar(BACKEND)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 2 * pool.ASK_AFTER)
    with engine.connect() as after:
        assert after.scalar(BACKEND) == first
    engine.dispose()


@pytest.mark.parametrize("ends", ["commits", "refuses", "refuses in a savepoint"])
def test_what_is_to_be_sure_is_done_however_the_transaction_ends(app: SetaraFlask, ends: str) -> None:
    """Once more in a transaction of its own, and what fails of it changes nothing of what ended before."""
    done: list[bool] = []

    def verb() -> None:
        make_sure("works", lambda: done.append(in_transaction()))
        make_sure("works", lambda: done.append(False))
        make_sure("fails", lambda: 1 // 0)
        if ends != "commits":
            raise KeyError(ends)

    with suppress(KeyError), transaction():
        if ends == "refuses in a savepoint":
            with suppress(KeyError), db.session.begin_nested():
                verb()
        else:
            verb()
    assert (done, in_transaction()) == ([True], False)
