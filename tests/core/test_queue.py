"""Jobs are rows of the transaction that wants them; locks and order are the queue's own."""

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import text

from marketplace.core import clock, queue
from marketplace.core.db import db, transaction
from marketplace.core.queue import Job

SOON = timedelta(minutes=5)


def take_all() -> list[Job]:
    with transaction():
        worker = queue.enlist()
        taken = []
        while (job := queue.take(worker)) is not None:
            taken.append(job)
        return taken


def test_a_job_carries_its_arguments_as_json(app: Flask) -> None:
    number = queue.defer("some.job", ids=[1, 2], deep={"a": None}, name="å")
    (job,) = take_all()
    assert (job.id, job.name) == (number, "some.job")
    assert job.arguments == {"ids": [1, 2], "deep": {"a": None}, "name": "å"}


def test_the_oldest_job_comes_first_and_only_once(app: Flask) -> None:
    written = [queue.defer("some.job", n=n) for n in range(3)]
    assert [job.id for job in take_all()] == written
    assert take_all() == []


def test_jobs_of_one_lock_wait_for_each_other(app: Flask) -> None:
    first = queue.defer("some.job", lock="one")
    second = queue.defer("some.job", lock="one")
    other = queue.defer("some.job", lock="other")
    taken = take_all()
    assert [job.id for job in taken] == [first, other]
    queue.finish(taken[0], succeeded=False)
    assert [job.id for job in take_all()] == [second]


def test_a_job_for_later_is_due_by_machine_time(app: Flask) -> None:
    queue.defer("some.job", at=datetime.now(UTC) + SOON)
    clock.move_to(clock.now() + timedelta(days=1))
    assert take_all() == []
    queue.defer("some.job", at=datetime.now(UTC) - SOON)
    assert len(take_all()) == 1


def test_what_is_waiting(app: Flask) -> None:
    assert not queue.is_waiting("some.job")
    queue.defer("some.job")
    assert queue.is_waiting("some.job")
    (job,) = take_all()
    assert not queue.is_waiting("some.job")
    assert queue.depth() == {("some.job", "doing"): 1}
    queue.finish(job, succeeded=True)
    assert queue.depth() == {}


def test_a_failed_job_stays_to_be_looked_at(app: Flask) -> None:
    queue.defer("some.job")
    (job,) = take_all()
    queue.finish(job, succeeded=False)
    assert queue.depth() == {("some.job", "failed"): 1}
    assert take_all() == []


def test_a_job_of_a_worker_that_is_gone_is_taken_again(app: Flask) -> None:
    queue.defer("some.job")
    (job,) = take_all()
    assert queue.retry_stalled(silence=60, most_attempts=3) == 0
    db.session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'"))
    assert queue.retry_stalled(silence=60, most_attempts=3) == 1
    assert [again.id for again in take_all()] == [job.id]


def test_the_row_of_an_entry_begins_where_it_was_first_seen(app: Flask) -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    first = queue.schedule("entry", since=moment)
    again = queue.schedule("entry", since=moment + SOON)
    assert first is again
    assert again is not None
    assert again.last_fire == moment
