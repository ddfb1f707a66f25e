"""Jobs that keep the service itself in order."""

from flask import current_app

from jobs.runner import MOST_ATTEMPTS, in_batches, job
from marketplace.core import idempotency, queue, vault
from marketplace.core.db import transaction


@job("queue.stalled", again=False)
def free_stalled() -> None:
    """Has the jobs of dead workers run again."""
    with transaction():
        queue.retry_stalled(silence=3 * current_app.config["JOBS_HEARTBEAT"], most_attempts=MOST_ATTEMPTS)


@job("answers.forget_old", again=False)
def forget_answers() -> None:
    """Forgets what was answered to idempotent requests of more than 30 days ago."""
    with transaction():
        idempotency.forget_old()


@job("vault.rewrap", again=False)
def rewrap_keys() -> None:
    """After the configured key was changed: has it wrap what the one before still wraps."""
    in_batches(vault.rewrap)
