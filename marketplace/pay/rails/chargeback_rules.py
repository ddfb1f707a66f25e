"""The law of chargebacks: a payer's bank takes a deposit back, and the company says what speaks against that, or pays
again. What workers were paid stays theirs (rule CHARGEBACK)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from marketplace.accounts.rules import available_account
from marketplace.core.money import Money
from marketplace.core.problems import Conflict, Invalid
from marketplace.core.retention import Retention
from marketplace.ledger.rules import Entry, Move
from marketplace.pay.rails.rules import CHARGEBACKS

LONGEST_WORDS = 20_000
"""Letters of evidence. Stripe takes no more in one field (docs.stripe.com/api/disputes/object)."""
MOST_BYTES = 4_500_000
"""Of all papers together. Stripe takes 5 MB of each (docs.stripe.com/file-upload), and passes on 4.5 MB of all of them
(docs.stripe.com/disputes/responding)."""
MOST_PAGES = 19
"""Of all papers together. Banks of Mastercard take no more (docs.stripe.com/disputes/responding), and which card it was
is not known here."""
KEPT = Retention(after_decision=timedelta(days=30), at_most=timedelta(days=365))
"""What was handed in is erased as people's documents are (rule DOCUMENTS), 30 days after the bank's decision; but a
bank that asks first and takes the money later decides after more than 180 days."""
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


class Shows(StrEnum):
    """What a paper is to show a bank: each is a field of evidence at Stripe (docs.stripe.com/api/disputes/object)."""

    RECEIPT = "receipt"
    """That the payer was told of the payment."""
    SERVICE = "service_documentation"
    """That what was paid for was ordered and delivered."""
    COMMUNICATION = "customer_communication"
    """What was written between payer and service."""
    OTHER = "uncategorized_file"


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


class ShownAlready(Conflict):
    code = "evidence_shown_already"
    title = "A bank is shown one paper of each kind, and there is one of this kind."
    remedy = "Take the other one back first, or put both into one PDF."


class TooMuchEvidence(Invalid):
    code = "too_much_evidence"
    status = 413
    title = f"All papers for a bank have at most {MOST_BYTES / 1_000_000} MB and {MOST_PAGES} pages together."
    remedy = "Show the pages that matter alone, or pictures of a lower resolution."


class PaidAgainAlready(Conflict):
    code = "chargeback_paid_again"
    title = "This was paid again, or the bank gave it back."


def check_open(status: ChargebackStatus, due_by: datetime | None, at: datetime) -> None:
    """Raises ChargebackOver once the bank takes no evidence any more."""
    if status is not ChargebackStatus.OPEN or (due_by is not None and at >= due_by):
        raise ChargebackOver


def check_room(held: Mapping[Shows, tuple[int, int]], shows: Shows, size: int, pages: int) -> None:
    """Whether one more paper of so many bytes and pages goes to the bank with those that are held (their bytes and
    pages). Raises ShownAlready, TooMuchEvidence."""
    if shows in held:
        raise ShownAlready(field="shows")
    sizes, all_pages = ([each[part] for each in held.values()] for part in (0, 1))
    if size + sum(sizes) > MOST_BYTES or pages + sum(all_pages) > MOST_PAGES:
        raise TooMuchEvidence(field="file", bytes_left=MOST_BYTES - sum(sizes), pages_left=MOST_PAGES - sum(all_pages))


def paid_again(chargeback_id: UUID, company_id: UUID, money: Money) -> Entry:
    """The company pays what its bank took: the service has it back."""
    return Entry(f"chargeback:{chargeback_id}:paid_again", [Move(available_account(company_id), CHARGEBACKS, money)])


def given_back(chargeback_id: UUID, company_id: UUID, money: Money) -> Entry:
    """The bank gave back what the company had paid again: it has that twice, and gets the one back."""
    return Entry(f"chargeback:{chargeback_id}:given_back", [Move(CHARGEBACKS, available_account(company_id), money)])
