"""Jobs that keep the service itself in order."""

from flask import current_app

from jobs.runner import MOST_ATTEMPTS, in_batches, job
from marketplace.core import idempotency, queue, vault
from marketplace.core.db import transaction
from marketplace.matching import claiming


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


@job("matching.let_go", again=False)
def let_go_of_begun() -> None:
    """Deletes what people kept in view once it has begun."""
    with transaction():
        claiming.let_go_of_begun()


@job("vault.rewrap", again=False)
def rewrap_keys() -> None:
    """After the configured key was changed: has it wrap what the one before still wraps."""
    in_batches(vault.rewrap)
