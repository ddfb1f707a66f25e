"""Jobs that keep the service itself in order."""

from uuid import UUID

import structlog
from flask import current_app

from jobs.runner import MOST_ATTEMPTS, in_batches, job
from marketplace.accounts.rules import CLOCK
from marketplace.core import checks, idempotency, queue, vault
from marketplace.core.checks import Finding
from marketplace.core.db import transaction
from marketplace.matching import claiming, indexing
from marketplace.pay.seals import sealing
from marketplace.standards import bank_rates

log = structlog.get_logger()


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


@job("books.seal", again=False)
def seal_books() -> None:
    """Seals what was booked since the last seal."""
    in_batches(sealing.seal_due, sealing.MOST)


@job("books.seal_late", again=False)
def seal_late() -> None:
    """Seals what committed so late that no other look would find it."""
    in_batches(sealing.seal_late, sealing.MOST)


@job("matching.refresh", again=False)
def refresh_index() -> None:
    """Tells the index of people who was changed."""
    in_batches(indexing.refresh_due, indexing.AT_ONCE)


@job("matching.compare", again=False)
def compare_index() -> None:
    """Compares the index of people with the truth, puts it right, and writes down of whom it said too little."""
    last: UUID | None = None
    wrong: list[str] = []
    while True:
        with transaction():
            last, found = indexing.compare(last)
        wrong += found
        if last is None:
            break
    with transaction():
        indexing.sweep()
        checks.note(Finding("matching.index", "The index of people leaves out nobody.", wrong), by=CLOCK)


@job("rates.fetch", again=False)
def fetch_rates() -> None:
    """Asks the European Central Bank for its newest reference rates, where an address of it is configured."""
    address: str = current_app.config["ECB_RATES"]
    if not address:
        return
    try:
        fixings = bank_rates.fetch(address)
    except bank_rates.BankNotRead as silent:
        log.warning("rates_not_fetched", why=str(silent))
        return
    with transaction():
        log.info("rates_fetched", new=bank_rates.take(fixings))
