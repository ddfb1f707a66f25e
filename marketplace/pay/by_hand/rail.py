"""The rail on which a person pays: an order waits for a file, and its answer for somebody who has looked.

It keeps a memory of its own, in transactions of its own, as every rail does. What became of an order stands in a
finding of a person (`findings`), and nothing else answers it.
"""

from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy import and_, exists, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import CLOCK
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import move
from marketplace.core.money import Money, minor_digits
from marketplace.pay.by_hand.models import ManualPayment, PaymentFinding
from marketplace.pay.by_hand.rules import FOUND_NOT_PAID, FindingOutcome, FindingStatus, ManualStatus
from marketplace.pay.methods import barring
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails.deposit_invoice_rules import NotByInvoice
from marketplace.pay.rails.rail import Arrival, Customer, Done, Enclosure, Order, Refused, Result, Waiting
from marketplace.pay.rules import MANUAL, OpKind

LOOK_AFTER = timedelta(days=1)
"""A finding is written down together with what follows from it, so nothing is ever waited for here."""
NO_METHOD = Refused("payout_account_missing", "There is no account to pay to yet.", "contractor")


class ManualRail:
    """Moves money by the hands of people."""

    name = MANUAL
    moves_real_money = True
    mode: Literal["sandbox", "test", "live"] = "live"

    def send(self, order: Order) -> Result:
        """Takes an order, once. A payout without an account to go to is refused, and so is one whose account has been
        replaced since it was ordered: `let_go()` has not seen it."""
        method = order.params.get("method")
        if order.kind is OpKind.PAYOUT and not method:
            return NO_METHOD
        row = insert(ManualPayment).values(
            id=new_id(),
            payment_op_id=order.op_id,
            kind=order.kind,
            amount=order.money.amount,
            currency=order.money.currency,
            method_id=UUID(method) if method else None,
            taken_at=clock.now(),
            status=ManualStatus.WAITING,
        )
        with transaction():
            if method and (barred := barring.held_still(UUID(method))) and not _is_taken(order):
                return barred
            db.session.execute(row.on_conflict_do_nothing(index_elements=["payment_op_id"]))
            return _of(order)

    def upload(self, paper: Enclosure) -> Result:
        """Whoever hands it in by hand takes it from where it lies."""
        return Done(paper.name)

    def enrol(self, customer: Customer) -> Result:
        """Nobody is asked for anything by invoice here: a bank transfer does that."""
        return Refused(NotByInvoice.code, NotByInvoice.title, "company")

    def find(self, order: Order) -> Result | None:
        with transaction():
            return _of(order) if _is_taken(order) else None

    def follow(self, order: Order, name: str) -> Result:
        with transaction():
            return _of(order)


def let_go(method_ids: Collection[UUID]) -> list[UUID]:
    """Gives up the orders to these accounts that stand in no file yet and of which nobody has found anything, and
    returns their payments, locked: what became of them the caller writes down."""
    waits = and_(ManualPayment.method_id.in_(method_ids), ManualPayment.status == ManualStatus.WAITING)
    found = exists().where(
        PaymentFinding.payment_op_id == PaymentOp.id, PaymentFinding.status != FindingStatus.CONTRADICTED
    )
    ops = select(PaymentOp.id).where(exists().where(waits, ManualPayment.payment_op_id == PaymentOp.id), ~found)
    op_ids = db.session.scalars(ops.order_by(PaymentOp.id).with_for_update()).all()
    # Whoever makes a file locks these alone: what it has taken meanwhile is no longer among them.
    own = select(ManualPayment).where(waits, ManualPayment.payment_op_id.in_(op_ids)).order_by(ManualPayment.id)
    rows = db.session.scalars(own.with_for_update().execution_options(populate_existing=True)).all()
    old, new = ManualStatus.WAITING, ManualStatus.FAILED
    move(ManualPayment, [row.id for row in rows], old=old, new=new, by=CLOCK, event="manual_payment.failed")
    return [row.payment_op_id for row in rows]


def _is_taken(order: Order) -> bool:
    known = select(ManualPayment.id).where(ManualPayment.payment_op_id == order.op_id)
    return db.session.scalar(known) is not None


def _of(order: Order) -> Result:
    found = select(PaymentFinding).where(
        PaymentFinding.payment_op_id == order.op_id, PaymentFinding.status == FindingStatus.HOLDS
    )
    finding = db.session.scalars(found).one_or_none()
    if finding is None:
        return Waiting(name_of(order.op_id), look_after=LOOK_AFTER)
    return result_of(finding, order.kind, order.money, name_of(order.op_id))


def name_of(op_id: UUID) -> str:
    """The name that this rail gives a payment; what the bank calls it may be the name of a whole file."""
    return f"manual_{op_id.hex}"


def result_of(finding: PaymentFinding, kind: OpKind, money: Money, name: str) -> Result:
    """What a finding says of a payment, as any rail would say it."""
    if finding.outcome is FindingOutcome.DID_NOT:
        # Whoever is to be paid reads the reason and looks at their account; of anything else an operator does.
        return Refused(FOUND_NOT_PAID, finding.reason, "contractor" if kind is OpKind.PAYOUT else "operator")
    arrived = finding.arrived
    return Done(name, _arrival(arrived, money) if arrived is not None and kind is OpKind.PAYOUT else None)


def _arrival(arrived: Money, money: Money) -> Arrival:
    """In the same currency what is missing was kept on the way. In another the rate is what it came to, and whether
    something was kept of it nobody can tell."""
    if arrived.currency == money.currency:
        kept = max(money - arrived, Money.zero(money.currency), key=lambda each: each.amount)
        return Arrival(arrived, kept)
    digits = minor_digits(money.currency) - minor_digits(arrived.currency)
    rate = Decimal(arrived.amount) / Decimal(money.amount) * Decimal(10) ** digits
    return Arrival(arrived, Money.zero(money.currency), rate)
