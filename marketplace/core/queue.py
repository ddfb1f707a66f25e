"""The queue: jobs are rows in the same PostgreSQL, written in the same transaction as the change that wants them.

Rooms defer by a job's name. The programs behind the names stand in `jobs/`, which rooms never import. The queue keeps
machine time: moving the business clock makes no job due earlier, and what a job finds due is asked of that clock.
Whatever touches Procrastinate's tables stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import procrastinate
from procrastinate import SyncPsycopgConnector
from sqlalchemy import BigInteger, DateTime, Text, bindparam, column, select, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import Base, Instant, db, send_last, send_one
from marketplace.core.sending import Fixed, Order

app = procrastinate.App(connector=SyncPsycopgConnector())
"""Used for deferring only, never opened: the connection is the session's own."""


class Schedule(Base):
    """When an entry of the timetable was fired last, in machine time."""

    __tablename__ = "schedule"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    last_fire: Mapped[Instant]


@dataclass(frozen=True, slots=True)
class Job:
    """A job that was taken to be run."""

    id: int
    name: str
    arguments: Mapping[str, Any]


# What Procrastinate's own `defer()` sends, without what it does around it in Python: every yes waits for it.
_DEFERRED = Fixed(
    text(
        "SELECT (procrastinate_defer_jobs_v1(ARRAY[CAST("
        " ROW(:queue, :name, 0, :lock, NULL, :arguments, :at) AS procrastinate_job_to_defer_v1)]))[1] AS number"
    )
    .bindparams(
        *(bindparam(word, type_=Text()) for word in ("queue", "name", "lock")),
        bindparam("arguments", type_=JSONB()),
        bindparam("at", type_=DateTime(timezone=True)),
    )
    .columns(column("number", BigInteger()))
)


def defer(
    name: str,
    /,
    *,
    queue: str = "default",
    lock: str | None = None,
    at: datetime | None = None,
    **arguments: Any,
) -> int:
    """Writes a job to be run after the commit, at the earliest at `at` (machine time). Arguments are JSON.

    Jobs run at least once, so a job's work must be safe to repeat. `lock` keeps two jobs of that lock from running at
    the same time. Returns the job's number. Rolled back with the transaction.
    """
    return send_one(_deferring({"queue": queue, "name": name, "lock": lock, "arguments": arguments, "at": at}))


def defer_last(name: str, /, **arguments: Any) -> None:
    """As `defer()`, with the commit itself: so nobody waits for its row."""
    send_last(_deferring({"queue": "default", "name": name, "lock": None, "arguments": arguments, "at": None}))


def _deferring(job: Mapping[str, Any]) -> Order[int]:
    return Order(_DEFERRED, job, lambda rows: int(rows[0].number))


def schedule(name: str, since: datetime) -> Schedule | None:
    """The row of an entry of the timetable, locked until the commit; None while another clock has it.

    An entry that is new begins with `since` as its last fire.
    """
    row = insert(Schedule).values(name=name, last_fire=since).on_conflict_do_nothing()
    db.session.execute(row)
    return db.session.scalars(
        select(Schedule).where(Schedule.name == name).with_for_update(skip_locked=True)
    ).one_or_none()


def is_waiting(name: str) -> bool:
    """Whether a job of that name has been written and not yet been begun."""
    waiting = text("SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE task_name = :name AND status = 'todo')")
    return bool(db.session.scalar(waiting, {"name": name}))


def is_open(name: str) -> bool:
    """Whether a job of that name has been written and has not ended."""
    found = text(
        "SELECT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE task_name = :name AND status IN ('todo', 'doing'))"
    )
    return bool(db.session.scalar(found, {"name": name}))


def depth() -> dict[tuple[str, str], int]:
    """How many jobs there are for each (name, state). States: todo, doing, failed; jobs that succeeded are deleted."""
    counted = text(
        "SELECT task_name, status::text AS state, count(*) AS jobs FROM procrastinate_jobs"
        " WHERE status IN ('todo', 'doing', 'failed') GROUP BY task_name, status"
    )
    return {(row.task_name, row.state): row.jobs for row in db.session.execute(counted)}


def oldest_wait() -> float:
    """Seconds for which the oldest job that could run has been waiting; 0 when none is."""
    waited = text(
        "SELECT EXTRACT(EPOCH FROM clock_timestamp() - min(coalesce(job.scheduled_at, written.at)))"
        " FROM procrastinate_jobs job JOIN procrastinate_events written"
        " ON written.job_id = job.id AND written.type = 'deferred'"
        " WHERE job.status = 'todo' AND coalesce(job.scheduled_at, written.at) <= clock_timestamp()"
    )
    return float(db.session.scalar(waited) or 0)


def enlist() -> int:
    """Registers this process as a worker that takes jobs by hand, and returns its number. `dismiss` ends that."""
    return int(db.session.scalar(text("SELECT worker_id FROM procrastinate_register_worker_v1()")) or 0)


def dismiss(worker: int) -> None:
    db.session.execute(text("SELECT procrastinate_unregister_worker_v1(:worker)"), {"worker": worker})


def take(worker: int) -> Job | None:
    """Takes the next job that may run, as a worker's process does: by priority, then by age, respecting locks."""
    fetched = text("SELECT id, task_name, args FROM procrastinate_fetch_job_v2(NULL, :worker)")
    row = db.session.execute(fetched, {"worker": worker}).one()
    return None if row.id is None else Job(row.id, row.task_name, row.args)


def take_along(name: str, most: int) -> list[Mapping[str, Any]]:
    """Takes further jobs of that name that could run out of the queue, oldest first, and returns their arguments.

    For a job that does the work of them all in its own transaction: when that is rolled back they wait again. A job
    that has failed before is left to itself, so that what cannot be done does not keep back what can.
    """
    waiting = text(
        "DELETE FROM procrastinate_jobs WHERE id IN ("
        " SELECT id FROM procrastinate_jobs WHERE task_name = :name AND status = 'todo' AND attempts = 0"
        " AND (scheduled_at IS NULL OR scheduled_at <= clock_timestamp())"
        " ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED) RETURNING id, args"
    )
    taken = db.session.execute(waiting, {"name": name, "most": most}).all()
    return [row.args for row in sorted(taken, key=lambda row: int(row.id))]


def finish(job: Job, *, succeeded: bool) -> None:
    """Ends a taken job. One that succeeded is deleted; one that failed stays to be looked at."""
    done = text("SELECT procrastinate_finish_job_v1(:job, CAST(:state AS procrastinate_job_status), :forget)")
    state = "succeeded" if succeeded else "failed"
    db.session.execute(done, {"job": job.id, "state": state, "forget": succeeded})


def retry_stalled(silence: float, most_attempts: int) -> int:
    """Frees the jobs of workers that gave no sign of life for `silence` seconds, and returns how many there were.

    A job that has been begun `most_attempts` times already is ended as failed instead: it may be what kills workers.
    """
    stalled = text(
        "SELECT job.id, job.attempts + 1 >= :most AS hopeless FROM procrastinate_jobs job"
        " LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id"
        " WHERE job.status = 'doing' AND (worker.id IS NULL"
        " OR worker.last_heartbeat < clock_timestamp() - make_interval(secs => :silence))"
        " ORDER BY job.id FOR UPDATE OF job SKIP LOCKED"
    )
    rows = db.session.execute(stalled, {"most": most_attempts, "silence": silence}).all()
    hopeless = [row.id for row in rows if row.hopeless]
    hopeful = [row.id for row in rows if not row.hopeless]
    ended = text("SELECT procrastinate_finish_job_v1(job, 'failed', false) FROM unnest(CAST(:jobs AS bigint[])) job")
    freed = text(
        "SELECT procrastinate_retry_job_v2(job, now(), NULL, NULL, NULL) FROM unnest(CAST(:jobs AS bigint[])) job"
    )
    db.session.execute(ended, {"jobs": hopeless})
    db.session.execute(freed, {"jobs": hopeful})
    return len(rows)
