"""The truths that must hold, whatever was done. Each is asked in a transaction of its own."""

from collections.abc import Sequence

from jobs.runner import job
from marketplace.accounts.rules import CLOCK
from marketplace.core.checks import Truth, check
from marketplace.core.db import transaction
from marketplace.ledger import queries as ledger


def _wrong_balances() -> list[str]:
    return [
        f"{name} keeps {kept} {currency}, its postings say {real}"
        for name, currency, kept, real in ledger.wrong_balances()
    ]


def _unbalanced_currencies() -> list[str]:
    return [
        f"all accounts together hold {rest} {currency}" for currency, rest in ledger.sums_by_currency().items() if rest
    ]


TRUTHS: Sequence[Truth] = (
    Truth("ledger.balances", "An account keeps what its postings add up to.", _wrong_balances),
    Truth("ledger.currencies", "All accounts of a currency together hold nothing.", _unbalanced_currencies),
)


@job("checks.run", again=False)
def run_checks() -> None:
    """Asks every truth, and goes on when one does not hold."""
    for truth in TRUTHS:
        with transaction():
            check(truth, by=CLOCK)
