"""Jobs that are run by hand: in order, each in its own context, to the end, and safely when they raise."""

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from jobs import runner
from jobs.runner import EndlessJobs, in_batches, job, run_pending
from marketplace.core import queue
from marketplace.core.db import db, each_alone, transaction
from marketplace.core.telemetry import of


@pytest.fixture
def program() -> Iterator[Callable[[str, Callable[..., None]], None]]:
    """Registers a program for the length of a test."""
    known = dict(queue.app.tasks)

    def register(name: str, work: Callable[..., None]) -> None:
        job(name)(work)

    yield register
    queue.app.tasks.clear()
    queue.app.tasks.update(known)


Register = Callable[[str, Callable[..., None]], None]


def test_jobs_run_in_their_order_with_their_arguments(app: Flask, program: Register) -> None:
    seen: list[int] = []
    program("test.note", lambda number: seen.append(number))
    with transaction():
        for number in (1, 2, 3):
            queue.defer("test.note", number=number)
    assert run_pending() == 3
    assert seen == [1, 2, 3]
    assert run_pending() == 0
    assert queue.depth() == {}


def test_jobs_that_jobs_write_run_too(app: Flask, program: Register) -> None:
    seen: list[int] = []

    def count_down(left: int) -> None:
        seen.append(left)
        with transaction():
            if left:
                queue.defer("test.count", left=left - 1)

    program("test.count", count_down)
    with transaction():
        queue.defer("test.count", left=2)
    assert run_pending() == 3
    assert seen == [2, 1, 0]


def test_endless_jobs_are_noticed(app: Flask, program: Register) -> None:
    def again() -> None:
        with transaction():
            queue.defer("test.again")

    program("test.again", again)
    with transaction():
        queue.defer("test.again")
    with pytest.raises(EndlessJobs):
        run_pending(most=5)


def test_a_job_of_a_transaction_that_rolled_back_is_none(app: Flask, program: Register) -> None:
    program("test.never", lambda: pytest.fail("It was rolled back."))

    def defer_and_fail() -> None:
        with transaction():
            queue.defer("test.never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        defer_and_fail()
    assert run_pending() == 0


def test_a_job_for_later_waits(app: Flask, program: Register) -> None:
    program("test.later", lambda: pytest.fail("It is not time."))
    with transaction():
        queue.defer("test.later", at=datetime.now(UTC) + timedelta(hours=1))
    assert run_pending() == 0
    assert queue.depth() == {("test.later", "todo"): 1}
    assert queue.oldest_wait() == 0


def test_a_job_that_raises_is_kept_as_failed_and_its_changes_are_not(app: Flask, program: Register) -> None:
    def change_and_fail() -> None:
        with transaction():
            db.session.execute(text("INSERT INTO schedule (name, last_fire) VALUES ('half', now())"))
            raise ZeroDivisionError

    program("test.fail", change_and_fail)
    with transaction():
        queue.defer("test.fail")
    with pytest.raises(ZeroDivisionError):
        run_pending()
    assert queue.depth() == {("test.fail", "failed"): 1}
    assert db.session.scalar(text("SELECT count(*) FROM schedule")) == 0
    ended = of(app).registry.get_sample_value("setara_job_seconds_count", {"job": "test.fail", "outcome": "failed"})
    assert ended == 1


def test_nothing_runs_before_the_commit(app: Flask) -> None:
    with transaction(), pytest.raises(RuntimeError):
        run_pending()


def test_the_session_sees_what_the_jobs_changed(app: Flask, program: Register) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    row = queue.schedule("seen", since=moment)
    assert row is not None

    def move() -> None:
        with transaction():
            db.session.execute(text("UPDATE schedule SET last_fire = last_fire + interval '1 day' WHERE name = 'seen'"))

    program("test.move", move)
    with transaction():
        queue.defer("test.move")
    run_pending()
    assert row.last_fire == moment + timedelta(days=1)


def test_batches_go_on_past_what_cannot_be_done(app: Flask) -> None:
    """Not even where as many of them as a batch has come first."""
    left = ["bad", "worse", "a", "b", "worst", "c"]

    def work(row: str) -> None:
        if len(row) > 1:
            raise KeyError(row)
        left.remove(row)

    def verb(limit: int, but: Collection[str] = ()) -> int:
        return each_alone([row for row in left if row not in but][:limit], work)

    with pytest.raises(ExceptionGroup, match="not for these") as told:
        in_batches(verb, 2)
    assert left == ["bad", "worse", "worst"]
    assert [each.args for each in told.value.exceptions] == [("bad",), ("worse",), ("worst",)]


def test_batches_go_on_until_less_is_found(app: Flask) -> None:
    left, sizes = 250, []

    def verb(limit: int) -> int:
        nonlocal left
        done = min(limit, left)
        left -= done
        sizes.append(done)
        return done

    assert in_batches(verb) == 250
    assert sizes == [100, 100, 50]
    assert in_batches(lambda _limit: []) == 0
    assert runner.BATCH == 100
