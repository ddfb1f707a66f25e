"""Deposits by invoice, as a company asks for them: sent to whoever asks, due in so many days, called off while unpaid.

It is another thing than `invoices`: those are what the service has earned, with VAT and numbers of a series of its own.
"""

from dataclasses import dataclass
from uuid import UUID

from flask import current_app

from marketplace.accounts.models import Person
from marketplace.accounts.rules import Actor, Right, require_company
from marketplace.core import clock, queue
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.pay import queries, service
from marketplace.pay.invoices import invoicing
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import deposit_invoices as underway
from marketplace.pay.rails.deposit_invoice_models import DepositInvoice
from marketplace.pay.rails.deposit_invoice_rules import InvoiceOver, InvoiceState, NotAnInvoice, NotByInvoice, shown
from marketplace.pay.rules import MANUAL


@dataclass(frozen=True, slots=True)
class AskedByInvoice:
    """A deposit, its terms, and where its invoice stands now."""

    deposit: PaymentOp
    terms: DepositInvoice
    state: InvoiceState
    may_be_called_off: bool


def ask(company_id: UUID, money: Money, days_until_due: int, reference: str | None, *, by: Actor) -> AskedByInvoice:
    """Writes down that the company pays in by an invoice, which is sent to whoever asks for it; what stands on it is
    the company as its VAT invoices name it. Raises NotByInvoice where people pay by hand, and whatever
    `service.deposit()` raises."""
    require_company(by, company_id, Right.MONEY)
    if current_app.config["RAIL"] == MANUAL:
        raise NotByInvoice
    op = service.deposit(company_id, money, invoice={"days": days_until_due}, by=by)
    email = db.session.get_one(Person, by.person_id).email
    own = (reference or "").strip() or None
    return _told(op, underway.begin(op, email, invoicing.buyer(company_id), own, days_until_due))


def call_off(company_id: UUID, deposit_id: UUID, *, by: Actor) -> AskedByInvoice:
    """The company does not want to pay its invoice any more: a job has the rail make it void. If a payment comes first
    the deposit is booked, and can be sent back. Asked twice, it is once. Raises NotAnInvoice, InvoiceOver."""
    require_company(by, company_id, Right.MONEY)
    op, terms = _found(company_id, deposit_id, by)
    db.session.refresh(op, with_for_update=True)
    if terms.called_off_at is None:
        if not underway.may_be_called_off(op, terms):
            raise InvoiceOver
        terms.called_off_at, terms.called_off_by = clock.now(), by.person_id
        op.next_try_at = clock.now()
        record("deposit.called_off", op, by=by, data={"amount": str(op.money.decimal), "currency": op.currency})
        queue.defer(service.ADVANCE_RAIL)
    return _told(op, terms)


def one(company_id: UUID, deposit_id: UUID, *, seen_by: Actor) -> AskedByInvoice:
    """The invoice of a deposit. Raises NotFound, also where it has none, and Forbidden."""
    try:
        return _told(*_found(company_id, deposit_id, seen_by))
    except NotAnInvoice:
        raise NotFound from None


def of(op: PaymentOp) -> AskedByInvoice | None:
    """The invoice of a deposit that the caller may see."""
    terms = db.session.get(DepositInvoice, op.id)
    return None if terms is None else _told(op, terms)


def _found(company_id: UUID, deposit_id: UUID, by: Actor) -> tuple[PaymentOp, DepositInvoice]:
    op = queries.deposit(company_id, deposit_id, by)
    terms = db.session.get(DepositInvoice, op.id)
    if terms is None:
        raise NotAnInvoice
    return op, terms


def _told(op: PaymentOp, terms: DepositInvoice) -> AskedByInvoice:
    may = terms.called_off_at is None and underway.may_be_called_off(op, terms)
    return AskedByInvoice(op, terms, shown(terms.state, terms.due_at, clock.now()), may)
