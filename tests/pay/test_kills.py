"""A pay run that dies, wherever it does, and is taken up again."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, event

from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.sending import ANSWERED
from marketplace.pay.rails import payments
from marketplace.pay.runs import service as runs
from tests.factories import disputes
from tests.factories import pay as made
from tests.factories.shifts import MONDAY, Scene
from tests.pay.books import everything, everything_holds, undone


class Killed(Exception):
    """The process ends here."""


def test_killed_at_any_statement_a_run_ends_the_same(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every statement of a whole run, rail included, is the last one once; taken up again, the books are the same.

    It pays a timesheet of which time was cut, and what a ruling has restored of another.
    """
    # Whoever dies writes nothing down any more, of this or of anything else that went wrong.
    monkeypatch.setattr(payments, "_heard", payments._ask)
    cut = disputes.worked_and_cut(scene, starts_at=MONDAY + timedelta(days=2))
    made.paid()
    disputes.ruled(disputes.claimed(cut))
    disputes.worked_and_cut(scene, starts_at=MONDAY + timedelta(days=4))
    run_id = made.started().id
    statements, expected = _trial(run_id, None)
    assert statements > 60, "the run is really counted"
    for last in range(1, statements + 1):
        _, found = _trial(run_id, last)
        assert found == expected, f"killed at statement {last}"


def _trial(run_id: UUID, last: int | None) -> tuple[int, object]:
    """Runs to the end in a savepoint, dying once after that many statements; returns their number and what was left."""
    count = 0

    def die(*_args: object) -> None:
        nonlocal count
        count += 1
        if count == last:
            raise Killed

    with undone():
        event.listen(Engine, "after_cursor_execute", die)
        try:
            with ANSWERED.connected_to(die):
                _to_the_end(run_id)
        except Killed:
            db.session.remove()
        finally:
            event.remove(Engine, "after_cursor_execute", die)
        if last is not None:
            with transaction():
                clock.move_to(clock.now() + timedelta(minutes=10))
            _to_the_end(run_id)
        everything_holds()
        return count, everything()


def _to_the_end(run_id: UUID) -> None:
    runs.finish_run(run_id)
    payments.advance_ops()
    runs.finish_run(run_id)
