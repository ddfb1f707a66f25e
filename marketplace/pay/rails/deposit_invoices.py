"""A deposit by invoice on its way through a rail: the company is made a customer, once, and what the rail tells of the
invoice is written down beside its payment."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.ids import new_id
from marketplace.pay import rules
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails.deposit_invoice_models import DepositInvoice, RailCustomer
from marketplace.pay.rails.deposit_invoice_rules import PAYABLE, InvoiceState
from marketplace.pay.rails.rail import Bill, Customer, Done, Order, Rail, Refused, Result, Unknown, Waiting

SLACK = timedelta(hours=1)
"""By how much a rail's clock may differ from ours."""


def is_asked(order: Order) -> bool:
    """Whether a deposit is asked for by invoice."""
    return "invoice" in order.params


def address(order: Order, outside: Rail) -> Order | Result:
    """The order with whom it is asked of, once the rail knows the company as its customer; or what the rail says where
    it does not. Must not be called inside a transaction, since it may ask the rail."""
    with transaction():
        terms = db.session.get_one(DepositInvoice, order.op_id)
        customer = _customer(order.owner_id, outside.name, str(terms.buyer["name"]))
        bill = Bill(customer.external_id or "", terms.email, dict(terms.buyer), terms.reference, terms.days_until_due)
        wanted, called_off = _wanted(customer), terms.void_tries if terms.called_off_at else None
    if not bill.customer:
        result = outside.enrol(wanted)
        if not isinstance(result, Done):
            return result
        with transaction():
            known = update(RailCustomer).where(RailCustomer.id == wanted.id, RailCustomer.external_id.is_(None))
            db.session.execute(known.values(external_id=result.id))
        bill = replace(bill, customer=result.id)
    return replace(order, bill=bill, called_off=called_off)


def with_wish(order: Order) -> Order:
    """The order of an invoice that waits, with whether its company has called it off."""
    with transaction():
        off = select(DepositInvoice.void_tries).where(
            DepositInvoice.payment_op_id == order.op_id, DepositInvoice.called_off_at.is_not(None)
        )
        return replace(order, called_off=db.session.scalar(off))


def note(op: PaymentOp, result: Result) -> None:
    """Writes down what a rail says of an invoice, in the transaction of what becomes of its payment, whose row is
    locked."""
    if "invoice" not in op.params:
        return
    terms = db.session.get_one(DepositInvoice, op.id, populate_existing=True)
    if isinstance(result, Done | Waiting | Refused):
        terms.email = None
    if isinstance(result, Waiting) and terms.called_off_at is not None:
        terms.void_tries += 1
    if isinstance(result, Unknown) or result.billed is None:
        return
    told = result.billed
    terms.state, terms.number, terms.due_at, terms.paid_amount = told.state, told.number, told.due_at, told.paid.amount
    terms.parts = [{"kind": each.kind, "id": each.id, "amount": each.money.amount} for each in told.parts] or None


def may_be_called_off(op: PaymentOp, terms: DepositInvoice) -> bool:
    return op.status is rules.OpStatus.WAITING and terms.state in PAYABLE and not terms.paid_amount


def begin(op: PaymentOp, email: str, buyer: dict[str, str | None], reference: str | None, days: int) -> DepositInvoice:
    """Writes the terms down, in the transaction of the payment's intent. Not a person's verb."""
    made = DepositInvoice(
        payment_op_id=op.id, email=email, buyer=buyer, reference=reference, days_until_due=days,
        state=InvoiceState.DRAFT, paid_amount=0, void_tries=0,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def _customer(company_id: UUID, rail: str, name: str) -> RailCustomer:
    fresh = insert(RailCustomer).values(
        id=new_id(), company_id=company_id, rail=rail, name=name, asked_at=clock.machine_time()
    )
    db.session.execute(fresh.on_conflict_do_nothing(index_elements=["company_id", "rail"]))
    found = select(RailCustomer).where(RailCustomer.company_id == company_id, RailCustomer.rail == rail)
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def _wanted(customer: RailCustomer) -> Customer:
    since = int((customer.asked_at - SLACK).timestamp())
    may_repeat = clock.machine_time() - customer.asked_at < rules.KEY_LIVES
    return Customer(customer.id, f"customer:{customer.id}", customer.company_id, customer.name, since, may_repeat)
