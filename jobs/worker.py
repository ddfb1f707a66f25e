"""The worker: Procrastinate in a thread with an event loop of its own, beside the clock or alone.

A worker shows a sign of life every JOBS_HEARTBEAT seconds. One that has shown none for three times as long is taken
for dead and its jobs are freed (`queue.stalled`). A machine that only slept may run a job that another has run since,
which is why programs are repeatable.

A worker that lives keeps its jobs, so it has to see to their ends itself: an end that the database did not hear is
written again until it stands (`PersistentConnector`).
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, LiteralString

import structlog
from flask import Flask
from procrastinate import JobContext, PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition
from procrastinate.sql import queries as statements
from procrastinate.worker import Worker as QueueWorker

from jobs import runner
from marketplace.core import outage, queue

CONCURRENCY = 4
GRACE = 6.0
"""Seconds that running jobs get to end when the process is told to stop. A job that needs longer is run again."""
FAREWELL = 1.0
"""Seconds beyond that in which the worker signs off. Without a database it cannot, and another frees its jobs later."""
LONGEST_PAUSE = 30.0
ENDS = frozenset({statements["finish_job"], statements["retry_job"]})
"""The statements that write how a job ended."""
END_PAUSE = 1.0
"""Seconds until an end that was lost with its connection is written again."""
log = structlog.get_logger()


class PersistentConnector(PsycopgConnector):
    """Writes the end of a job again while the database is away. Without it a connection that is cut in that moment
    would leave the job `doing` for as long as its worker lives, and its lock with it."""

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        while True:
            try:
                await super().execute_query_async(query, **arguments)
            except ConnectorException as error:
                if query not in ENDS or not outage.is_away(error):
                    raise
                log.warning("job's end was lost", job_id=arguments["job_id"], pause=END_PAUSE)
                await asyncio.sleep(END_PAUSE)
            else:
                return


class Worker:
    """Runs jobs until it is stopped. When the database goes away it tries again, at first after a second."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._stopping = threading.Event()
        # A daemon, so that a worker which waits for a database that is gone does not keep the process alive.
        self._thread = threading.Thread(target=self._keep_running, name="worker", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Takes no more jobs, lets the running ones end, and returns when they have, at the latest after GRACE and
        FAREWELL: what has not ended then is run again by another worker."""
        self._stopping.set()
        if self._loop is not None and self._task is not None:
            with suppress(RuntimeError):  # The loop has ended by itself in this moment.
                self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(GRACE + FAREWELL)
        if self._thread.is_alive():
            log.warning("worker did not sign off")

    def _keep_running(self) -> None:
        pause = 1.0
        while not self._stopping.is_set():
            try:
                asyncio.run(self._run())
                pause = 1.0
            except Exception:
                log.exception("worker lost the queue", pause=pause)
            if self._stopping.wait(pause):
                return
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _run(self) -> None:
        self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        if self._stopping.is_set():
            return
        url = self._app.config["SQLALCHEMY_DATABASE_URI"].replace("postgresql+psycopg://", "postgresql://")
        heartbeat = self._app.config["JOBS_HEARTBEAT"]
        # A second app on the same programs: jobs that a program writes go through the session's connection, not here.
        app = queue.app.with_connector(PersistentConnector(conninfo=url, min_size=1, max_size=4))
        with suppress(asyncio.CancelledError):
            async with app.open_async():
                await app.run_worker_async(
                    concurrency=CONCURRENCY,
                    install_signal_handlers=False,
                    shutdown_graceful_timeout=GRACE,
                    delete_jobs=DeleteJobCondition.SUCCESSFUL,
                    update_heartbeat_interval=heartbeat,
                    stalled_worker_timeout=3 * heartbeat,
                    task_middleware=[self._in_context],
                )

    def _in_context(self, program: Callable[[], Any], context: JobContext, _worker: QueueWorker) -> None:
        runner.run(self._app, context.job.task_name, program)
