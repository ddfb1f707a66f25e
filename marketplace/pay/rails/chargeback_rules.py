"""The law of chargebacks: a payer's bank takes a deposit back, and the company says what speaks against that, or pays
again. What workers were paid stays theirs (rule CHARGEBACK)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from marketplace.accounts.rules import available_account
from marketplace.core.money import Money
from marketplace.core.problems import Conflict
from marketplace.ledger.rules import Entry, Move
from marketplace.pay.rails.rules import CHARGEBACKS

LONGEST_WORDS = 20_000
"""Letters of evidence. Stripe takes no more in one field (docs.stripe.com/api/disputes/object)."""
SANDBOX_WAITS = timedelta(days=7)
"""How long the sandbox's bank waits for evidence. Of a real one the rail says until when."""


class ChargebackStatus(StrEnum):
    OPEN = "open"
    """The bank waits for evidence."""
    UNDER_REVIEW = "under_review"
    """It has the evidence, and decides."""
    WON = "won"
    """The bank gave the money back."""
    LOST = "lost"
    """The payer keeps it."""


CHARGEBACK_TRANSITIONS: Mapping[ChargebackStatus, frozenset[ChargebackStatus]] = MappingProxyType(
    {
        ChargebackStatus.OPEN: frozenset({ChargebackStatus.UNDER_REVIEW, ChargebackStatus.WON, ChargebackStatus.LOST}),
        ChargebackStatus.UNDER_REVIEW: frozenset({ChargebackStatus.WON, ChargebackStatus.LOST}),
        ChargebackStatus.WON: frozenset(),
        ChargebackStatus.LOST: frozenset(),
    }
)
OF_STRIPE: Mapping[str, ChargebackStatus] = MappingProxyType(
    {
        "needs_response": ChargebackStatus.OPEN,
        "under_review": ChargebackStatus.UNDER_REVIEW,
        "won": ChargebackStatus.WON,
        "lost": ChargebackStatus.LOST,
    }
)
"""What Stripe's words for a dispute mean. Its others are of questions by which no money has moved."""


class ChargebackOver(Conflict):
    code = "chargeback_over"
    title = "The time for evidence is over, or the bank has decided."
    remedy = "Pay it again, if the bank was right."


class EvidenceHandedIn(Conflict):
    code = "evidence_handed_in"
    title = "Evidence was handed in already; a bank looks once."


class PaidAgainAlready(Conflict):
    code = "chargeback_paid_again"
    title = "This was paid again, or the bank gave it back."


def check_open(status: ChargebackStatus, due_by: datetime | None, at: datetime) -> None:
    """Raises ChargebackOver once the bank takes no evidence any more."""
    if status is not ChargebackStatus.OPEN or (due_by is not None and at >= due_by):
        raise ChargebackOver


def paid_again(chargeback_id: UUID, company_id: UUID, money: Money) -> Entry:
    """The company pays what its bank took: the service has it back."""
    return Entry(f"chargeback:{chargeback_id}:paid_again", [Move(available_account(company_id), CHARGEBACKS, money)])


def given_back(chargeback_id: UUID, company_id: UUID, money: Money) -> Entry:
    """The bank gave back what the company had paid again: it has that twice, and gets the one back."""
    return Entry(f"chargeback:{chargeback_id}:given_back", [Move(CHARGEBACKS, available_account(company_id), money)])
