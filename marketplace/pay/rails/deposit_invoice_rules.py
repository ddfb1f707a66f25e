"""The law of deposits by invoice: how long a company may take, what its invoice says, and where it stands.

A deposit is no supply. Money paid in before it is known what it will be spent on is no payment on account either
(Court of Justice of the European Union, C-419/02 BUPA Hospitals, paragraphs 48 to 51, on what is art. 65 of Directive
2006/112/EC now), so it bears no VAT and its invoice is no invoice in the sense of that Directive.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from marketplace.core.problems import Conflict

FEWEST_DAYS, MOST_DAYS = 1, 60
"""Days that a company may take to pay: sixty are the most that undertakings agree on as a rule (Directive 2011/7/EU,
art. 3 (5))."""
LONGEST_REFERENCE = 140
"""Of a field that a customer's invoice at Stripe shows (docs.stripe.com/api/invoices/create, custom_fields)."""
LONGEST_NAME = 256
"""Of a customer there (docs.stripe.com/api/customers/create)."""
EMAIL_KEPT = timedelta(days=30)
"""How long the address of an invoice that is not sent lies here, as papers do after what they were for (DOCUMENTS)."""
LINE = "Deposit to your purse at Setara"
MEMO = (
    "This asks for a deposit: money that stays yours, set aside for work. A deposit is no supply, so no VAT is charged"
    " on it, and this is no VAT invoice. Setara invoices its own fee, with VAT where it is due, once it is earned."
)
"""What the invoice says, so that nobody books it as one for services."""


class InvoiceState(StrEnum):
    """Where an invoice for a deposit stands, in Stripe's words."""

    DRAFT = "draft"
    """It is not sent yet."""
    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"
    """Nobody expects that it is paid any more; it still can be."""
    OVERDUE = "overdue"
    """Open, and its day is over. It is never kept: time makes it so."""


PAYABLE = frozenset({InvoiceState.OPEN, InvoiceState.UNCOLLECTIBLE})
"""States in which it may be paid, and called off."""


def shown(state: InvoiceState, due_at: datetime | None, now: datetime) -> InvoiceState:
    """The state as people read it: what is open and was due is overdue."""
    is_late = state is InvoiceState.OPEN and due_at is not None and due_at < now
    return InvoiceState.OVERDUE if is_late else state


def back_by(amount: int, parts: Sequence[tuple[str, int, bool]]) -> dict[str | None, int]:
    """What goes back by which of the payments that an invoice was paid by: their names, the oldest first, with what is
    left of each and whether a rail has refused to send that back before. What is left under none is under None.

    The most first, so that there are as few as can be: each is a call whose answer may be lost, and a line more on the
    payer's statement. Of 4.00 and 6.00, 7.00 go back as 6.00 and 1.00. Of equals the older one, which a rail takes back
    for a shorter time still; what was refused before, say since a bank has it, comes last.
    """
    back: dict[str | None, int] = {}
    for name, left, _ in sorted(parts, key=lambda part: (part[2], -part[1])):
        if (taken := min(amount, left)) > 0:
            back[name], amount = taken, amount - taken
    return back | ({None: amount} if amount else {})


class NotByInvoice(Conflict):
    """By hand a bank transfer does what an invoice would."""

    code = "deposit_not_by_invoice"
    title = "This service asks for no deposits by invoice: you pay by bank."
    remedy = "Transfer the amount with your own reference; the page “Pay by bank” says where to."


class NotAnInvoice(Conflict):
    code = "deposit_has_no_invoice"
    title = "This deposit is not asked for by invoice."


class InvoiceOver(Conflict):
    code = "deposit_invoice_not_open"
    title = "Only an invoice that is open and of which nothing is paid can be called off."
    remedy = "What is paid can be sent back; what is not sent yet can be called off in a moment."
