"""The queue: jobs are rows in the same PostgreSQL, written in the same transaction as the change that wants them.

Rooms defer by a job's name. The programs behind the names stand in `jobs/`, which rooms never import.
"""

from datetime import datetime
from typing import Any

import procrastinate
from procrastinate import SyncPsycopgConnector

from marketplace.core.db import db

app = procrastinate.App(connector=SyncPsycopgConnector())
"""Used for deferring only, never opened: the connection is the session's own."""


def defer(
    name: str,
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
    raw = db.session.connection().connection.driver_connection
    options: dict[str, Any] = {"queue": queue, "lock": lock, "schedule_at": at, "connection": raw}
    given = {option: value for option, value in options.items() if value is not None}
    return app.configure_task(name, **given).defer(**arguments)
