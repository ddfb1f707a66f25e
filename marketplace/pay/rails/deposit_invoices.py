"""A deposit by invoice on its way through a rail: the company is made a customer, once, and what the rail tells of the
invoice is written down beside its payment. Once its day is over the company is reminded of it, once."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, Text, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from marketplace.accounts.rules import CLOCK
from marketplace.core import clock
from marketplace.core.db import db, each_alone, transaction
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.pay import rules
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import stripe_rules
from marketplace.pay.rails.deposit_invoice_models import DepositInvoice, RailCustomer
from marketplace.pay.rails.deposit_invoice_rules import EMAIL_KEPT, PAYABLE, InvoiceState, shown
from marketplace.pay.rails.rail import (
    Bill,
    Billed,
    Customer,
    Done,
    Order,
    Parked,
    Rail,
    Refused,
    Result,
    Unknown,
    Waiting,
)

SLACK = timedelta(hours=1)
"""By how much a rail's clock may differ from ours."""
BATCH = 100
FORGOTTEN = Parked("Nobody knows any more whom this invoice was to be sent to: look for it there, or ask for another.")


def is_asked(order: Order) -> bool:
    """Whether a deposit is asked for by invoice."""
    return "invoice" in order.params


def address(order: Order, outside: Rail) -> Order | Result:
    """The order with whom it is asked of, once the rail knows the company as its customer; or what the rail says where
    it does not. Must not be called inside a transaction, since it may ask the rail."""
    with transaction():
        terms = db.session.get_one(DepositInvoice, order.op_id)
        customer = _customer(order.owner_id, outside.name, str(terms.buyer["name"]))
        if terms.email is None and terms.state is InvoiceState.DRAFT:
            return FORGOTTEN
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


def wait_their_turn(ops: Sequence[PaymentOp], now: datetime) -> set[UUID]:
    """Those of these that are not asked for yet, since another process asks for an invoice of the same company: a rail
    copies whom it goes to from the company's one customer, which can be one member at a time. Two that claim such
    invoices of one company do it one after the other."""
    theirs = {op.id: op.owner_id for op in ops if "invoice" in op.params and op.status is not rules.OpStatus.WAITING}
    if not theirs:
        return set()
    told = func.unnest(literal([str(each) for each in theirs.values()], ARRAY(Text()))).column_valued("told")
    keys = select(func.hashtext(told).label("key")).distinct().order_by("key").subquery()
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("invoice_asked"), keys.c.key)))
    asked = select(PaymentOp.company_id).join(DepositInvoice, DepositInvoice.payment_op_id == PaymentOp.id)
    asked = asked.where(PaymentOp.company_id.in_(theirs.values()), PaymentOp.id.not_in(theirs))
    asked = asked.where(PaymentOp.status == rules.OpStatus.SENT, PaymentOp.next_try_at > now)
    busy = set(db.session.scalars(asked))
    return {op_id for op_id, company_id in theirs.items() if company_id in busy}


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
    terms.parts = _parts(told)


def unread(limit: int = BATCH) -> list[UUID]:
    """Deposits that the Stripe of now has brought, and of which nobody has written down by which payments. In no order,
    so that those that cannot be read stand in no other's way. What was only marked as paid there came by none."""
    found = select(PaymentOp.id).join(DepositInvoice, DepositInvoice.payment_op_id == PaymentOp.id)
    found = found.where(PaymentOp.status == rules.OpStatus.DONE, DepositInvoice.parts.is_(None))
    found = found.where(DepositInvoice.paid_amount > 0, PaymentOp.external_id.is_not(None))
    found = found.where(PaymentOp.rail == stripe_rules.name_of(current_app.config["STRIPE_KEY"]))
    return list(db.session.scalars(found.order_by(func.random()).limit(limit)))


def note_parts(op_id: UUID, result: Result) -> None:
    """Writes down by which payments a deposit that is done has come, where its rail says so: also of one of which but a
    part came through it."""
    if not isinstance(result, Unknown) and result.billed is not None:
        db.session.get_one(DepositInvoice, op_id, populate_existing=True).parts = _parts(result.billed)


def _parts(told: Billed) -> list[dict[str, Any]] | None:
    return [{"kind": each.kind, "id": each.id, "amount": each.money.amount} for each in told.parts] or None


def due_to_remind(limit: int = BATCH) -> list[UUID]:
    """The deposits whose companies are to be reminded: what the rail says of them is read again first."""
    return list(db.session.scalars(_to_remind().with_only_columns(DepositInvoice.payment_op_id).limit(limit)))


def remind_due(limit: int = BATCH, but: Collection[UUID] = ()) -> int:
    """Reminds companies, once each, of invoices whose day is over and that are not paid. Returns how many."""
    due = _to_remind().where(DepositInvoice.payment_op_id.not_in(but)).limit(limit)
    due = due.with_for_update(of=DepositInvoice, skip_locked=True).execution_options(populate_existing=True)
    rows = {terms.payment_op_id: terms for terms in db.session.scalars(due)}
    return each_alone(list(rows), lambda op_id: _remind(rows[op_id]))


def _remind(terms: DepositInvoice) -> None:
    assert terms.due_at is not None, "the query says so"
    terms.reminded_at = clock.now()
    record("deposit.overdue", terms.deposit, by=CLOCK, data={"until": terms.due_at.isoformat()})


def forget_due(limit: int = BATCH) -> int:
    """Empties the addresses of invoices that were asked for long ago and not sent. Returns how many."""
    old = (
        select(DepositInvoice.payment_op_id)
        .join(PaymentOp, PaymentOp.id == DepositInvoice.payment_op_id)
        .where(DepositInvoice.email.is_not(None), PaymentOp.created_at <= clock.now() - EMAIL_KEPT)
        .order_by(DepositInvoice.payment_op_id)
        .limit(limit)
    )
    emptied = update(DepositInvoice).where(DepositInvoice.payment_op_id.in_(old)).values(email=None)
    return len(db.session.scalars(emptied.returning(DepositInvoice.payment_op_id)).all())


def overdue_of(op_ids: Collection[UUID]) -> set[UUID]:
    """Those of these deposits whose invoice is overdue. The caller may see them."""
    found = select(DepositInvoice).where(DepositInvoice.payment_op_id.in_(op_ids))
    late = InvoiceState.OVERDUE
    return {each.payment_op_id for each in db.session.scalars(found) if _shown(each) is late}


def _shown(terms: DepositInvoice) -> InvoiceState:
    return shown(terms.state, terms.due_at, clock.now())


def _to_remind() -> Select[DepositInvoice]:
    due = (
        select(DepositInvoice)
        .join(PaymentOp, PaymentOp.id == DepositInvoice.payment_op_id)
        .where(
            PaymentOp.status == rules.OpStatus.WAITING,
            DepositInvoice.state == InvoiceState.OPEN,
            DepositInvoice.due_at < clock.now(),
            DepositInvoice.reminded_at.is_(None),
            DepositInvoice.called_off_at.is_(None),
        )
    )
    return due.order_by(DepositInvoice.due_at, DepositInvoice.payment_op_id)


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
