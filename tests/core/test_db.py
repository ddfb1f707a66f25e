"""Transactions against a PostgreSQL that other processes use too."""

import threading

from sqlalchemy import text

from marketplace.core.db import db, transact
from marketplace.core.http import SetaraFlask

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
