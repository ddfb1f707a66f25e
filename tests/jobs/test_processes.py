"""Clocks and workers as processes: each fire runs once, a stop is graceful, what kill -9 leaves is taken up again."""

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import psycopg
import pytest

from jobs import clock
from jobs.schedule import Entry, every_seconds
from marketplace.core import queue
from marketplace.core.db import db, transaction
from marketplace.core.http import SetaraFlask
from tests.conftest import Database
from tests.forked import Forked

pytestmark = pytest.mark.truncating
PATIENCE = 30.0
Start = Callable[[str], Forked]
Ask = Callable[[str], int]


@pytest.fixture
def ask(apart: Database) -> Iterator[Ask]:
    """Counts in the database, beside the table that the programs leave their traces in."""
    owner = apart.owner_url.replace("+psycopg", "")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("CREATE TABLE trace (name text NOT NULL)")

        def count(query: str) -> int:
            row = connection.execute(query).fetchone()  # type: ignore[arg-type]
            assert row is not None
            return int(row[0])

        yield count
        connection.execute("DROP TABLE trace")


@pytest.fixture
def start(apart: Database, ask: Ask) -> Iterator[Start]:
    running: list[Forked] = []

    def fork(mode: str) -> Forked:
        running.append(Forked("tests.jobs.processes", [mode], apart.environ(JOBS_HEARTBEAT="0.5")))
        return running[-1]

    yield fork
    for process in running:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in running:
        process.wait(PATIENCE)


def wait_until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, "It has not come about."
        time.sleep(0.05)


def traces(ask: Ask, name: str) -> int:
    return ask(f"SELECT count(*) FROM trace WHERE name = '{name}'")


def write_slow_job(app: SetaraFlask, seconds: float) -> None:
    with app.app_context(), transaction():
        queue.defer("test.slow", seconds=seconds)


def test_two_clocks_and_two_workers_run_each_fire_once(start: Start, ask: Ask) -> None:
    processes = [start("all"), start("all")]
    wait_until(lambda: traces(ask, "tick") >= 1)
    began = time.monotonic()
    wait_until(lambda: traces(ask, "tick") >= 4)
    for process in processes:
        process.send_signal(signal.SIGTERM)
    assert [process.wait(PATIENCE) for process in processes] == [0, 0]
    fires = ask("SELECT last_value FROM procrastinate_jobs_id_seq")
    left = ask("SELECT count(*) FROM procrastinate_jobs")
    sweeps_and_ticks = 2
    # The first second had begun before its tick was seen, and the last begins while they stop.
    assert fires <= sweeps_and_ticks * (time.monotonic() - began + 2)
    assert traces(ask, "tick") <= fires / sweeps_and_ticks + 1
    assert left <= sweeps_and_ticks


def test_clocks_at_the_same_moment_write_one_job(apart_app: SetaraFlask) -> None:
    entry, clocks = Entry("test.tick", every_seconds(1)), 6
    first = datetime(2026, 3, 1, tzinfo=UTC)
    with apart_app.app_context(), transaction():
        clock.fire(entry, first)
    for second in range(1, 6):
        together = Barrier(clocks)

        def look(moment: datetime = first + timedelta(seconds=second), together: Barrier = together) -> bool:
            with apart_app.app_context():
                together.wait()
                with transaction():
                    return clock.fire(entry, moment)

        with ThreadPoolExecutor(clocks) as pool:
            fired = [future.result() for future in [pool.submit(look) for _ in range(clocks)]]
        assert sum(fired) == 1
        with apart_app.app_context(), transaction():
            taken = queue.take(queue.enlist())
            assert taken is not None
            queue.finish(taken, succeeded=True)


def test_a_killed_worker_loses_no_job(apart_app: SetaraFlask, start: Start, ask: Ask) -> None:
    write_slow_job(apart_app, 600)
    victim = start("worker")
    wait_until(lambda: traces(ask, "begun") == 1)
    victim.send_signal(signal.SIGKILL)
    victim.wait(PATIENCE)
    assert ask("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'") == 1
    start("all")
    wait_until(lambda: traces(ask, "ended") == 1)
    assert traces(ask, "begun") == 2


def test_a_worker_outlives_its_connections(apart: Database, apart_app: SetaraFlask, start: Start, ask: Ask) -> None:
    worker = start("worker")
    write_slow_job(apart_app, 0)
    wait_until(lambda: traces(ask, "ended") == 1)
    with psycopg.connect(apart.admin_dsn, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = 'setara_app'"
        )
    with apart_app.app_context():
        db.engine.dispose()
    write_slow_job(apart_app, 0)
    wait_until(lambda: traces(ask, "ended") == 2)
    assert worker.poll() is None


CUT = """
CREATE SEQUENCE cut;
CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- What a sequence counts is not rolled back with the connection, so the cut happens once.
    IF OLD.status = 'doing' AND nextval('cut') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER cut BEFORE UPDATE OR DELETE ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION cut();
"""


@pytest.fixture
def cut(apart: Database) -> Iterator[None]:
    """The first connection that writes a job's end is cut while it does."""
    with psycopg.connect(apart.owner_url.replace("+psycopg", ""), autocommit=True) as owner:
        owner.execute(CUT)
        yield
        owner.execute("DROP TRIGGER cut ON procrastinate_jobs; DROP FUNCTION cut(); DROP SEQUENCE cut")


@pytest.mark.usefixtures("cut")
def test_an_end_that_was_lost_is_written_again(apart_app: SetaraFlask, start: Start, ask: Ask) -> None:
    """There is no clock here and so no sweep: the worker that lives has to see to it."""
    start("worker")
    write_slow_job(apart_app, 0)
    wait_until(lambda: traces(ask, "ended") == 1)
    wait_until(lambda: ask("SELECT count(*) FROM procrastinate_jobs") == 0)
    assert ask("SELECT last_value FROM cut") >= 2
    assert traces(ask, "begun") == 1


@pytest.mark.usefixtures("cut")
def test_a_retry_that_was_lost_is_written_again(apart_app: SetaraFlask, start: Start, ask: Ask) -> None:
    with apart_app.app_context(), transaction():
        queue.defer("test.once_wrong")
    start("worker")
    wait_until(lambda: traces(ask, "mended") == 1)
    assert ask("SELECT last_value FROM cut") >= 2


def test_a_job_that_kills_every_worker_is_given_up(apart_app: SetaraFlask) -> None:
    write_slow_job(apart_app, 0)
    with apart_app.app_context():
        for _attempt in range(2):
            with transaction():
                taken = queue.take(worker := queue.enlist())
                assert taken is not None
                queue.dismiss(worker)
            with transaction():
                assert queue.retry_stalled(silence=60, most_attempts=2) == 1
        assert queue.depth() == {("test.slow", "failed"): 1}


def test_the_jobs_of_a_living_worker_are_left_alone(apart_app: SetaraFlask) -> None:
    write_slow_job(apart_app, 0)
    with apart_app.app_context(), transaction():
        queue.take(queue.enlist())
        assert queue.retry_stalled(silence=60, most_attempts=2) == 0
        assert queue.retry_stalled(silence=-1, most_attempts=2) == 1
        assert queue.depth() == {("test.slow", "todo"): 1}


def test_a_worker_that_is_told_to_stop_ends_its_job_first(apart_app: SetaraFlask, start: Start, ask: Ask) -> None:
    write_slow_job(apart_app, 1.0)
    worker = start("worker")
    wait_until(lambda: traces(ask, "begun") == 1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(PATIENCE) == 0
    assert traces(ask, "ended") == 1
    assert ask("SELECT count(*) FROM procrastinate_jobs") == 0
