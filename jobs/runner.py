"""How a job runs: in an application context of its own, measured, told in the log, and safe to run again.

A job's program opens its transactions itself, one for each item or batch, so that a crash in the middle costs one
batch. The same programs are run by a worker's process (`jobs.worker`) and, here and now, by `run_pending`.
"""

import logging
import time
from collections.abc import Callable, Sized
from typing import Any, TypeVar

import structlog
from flask import Flask
from flask.globals import app_ctx
from procrastinate import RetryStrategy

from marketplace.core import queue, telemetry
from marketplace.core.db import LeftOver, db, in_transaction, transaction

BATCH = 100
"""Items for one transaction: few enough that a rolled-back batch is cheap to do again."""
MOST_ATTEMPTS = 8
RETRY = RetryStrategy(max_attempts=MOST_ATTEMPTS, exponential_wait=2)
"""Waits 2, 4, 8 ... 256 seconds; what has then failed nine times stays in the queue as failed, for a person to see."""
Program = TypeVar("Program", bound=Callable[..., None])
log = structlog.get_logger()


class EndlessJobs(RuntimeError):
    """Jobs keep writing jobs."""


def job(name: str, *, again: bool = True) -> Callable[[Program], Program]:
    """Registers a program under a job's name. It is run at least once, so it must be safe to repeat.

    `again` retries one that raised. What the timetable fires does without: the next fire does the same.
    """

    def register(program: Program) -> Program:
        queue.app.task(name=name, retry=RETRY if again else False)(program)
        return program

    return register


def run_now(name: str) -> None:
    """Runs a job's program as a part of the running one, measured and told as a job of its own."""
    run(_running_app(), name, queue.app.tasks[name])


def in_batches(verb: Callable[..., Sized | int], size: int = BATCH) -> int:
    """Calls a verb that takes a limit, in a transaction each time, until it finds less to do than the limit.

    The verb returns what it did, or how much. Returns how much it was in all. What it could not do (`db.each_alone()`)
    it is told to pass over from then on, and that is raised when nothing else is left.
    """
    total, left = 0, dict[Any, Exception]()
    while True:
        done: Sized | int = 0
        before = len(left)
        try:
            with transaction():
                done = verb(size, tuple(left)) if left else verb(size)
        except LeftOver as more:
            left |= more.rows
        total += _number(done)
        if _number(done) + len(left) - before < size:
            break
    if left:
        raise LeftOver(left)
    return total


def _number(done: Sized | int) -> int:
    return done if isinstance(done, int) else len(done)


def run(app: Flask, name: str, program: Callable[[], object]) -> None:
    """Runs a job's program in a context of its own. Measures it and tells of it, whether it returns or raises."""
    began, outcome = time.perf_counter(), "failed"
    with app.app_context():
        try:
            program()
            outcome = "succeeded"
        finally:
            seconds = time.perf_counter() - began
            telemetry.of(app).jobs.labels(name, outcome).observe(seconds)
            # What the timetable fires every few seconds would fill the log with lines that say nothing.
            routine = outcome == "succeeded" and queue.app.tasks[name].retry_strategy is None
            log.log(
                logging.DEBUG if routine else logging.INFO,
                "job",
                job=name,
                outcome=outcome,
                ms=round(seconds * 1000, 1),
            )


def run_pending(*, most: int = 10_000) -> int:
    """Runs every job that is due, here and now, until none is left, and returns how many ran.

    For tests, the demonstration and commands: they need no worker, and see what a worker would have done. Works in a
    transaction that is rolled back later, since it uses the session's own connection. What this session has not yet
    committed is committed first. A job that raises is ended as failed and its exception raised. Raises EndlessJobs.
    """
    if in_transaction():
        raise RuntimeError("Jobs run after the commit, so not inside a transaction.")
    with transaction():
        worker = queue.enlist()
    try:
        for ran in range(most):
            with transaction():
                taken = queue.take(worker)
            if taken is None:
                return ran
            _run_taken(taken)
    finally:
        with transaction():
            queue.dismiss(worker)
        db.session.expire_all()
    raise EndlessJobs(f"{most} jobs were run and there are more.")


def _run_taken(taken: queue.Job) -> None:
    app, succeeded = _running_app(), False
    try:
        run(app, taken.name, lambda: queue.app.tasks[taken.name](**taken.arguments))
        succeeded = True
    finally:
        with transaction():
            queue.finish(taken, succeeded=succeeded)


def _running_app() -> Flask:
    """The application itself and not the proxy, which means another one in another thread."""
    return app_ctx.app
