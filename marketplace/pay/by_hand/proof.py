"""The rail of files proves itself: what people have marked, what payments say, and what stands in the books."""

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, or_, select, union_all

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger.models import JournalEntry, LedgerAccount, Posting
from marketplace.pay.by_hand.models import ManualPayment
from marketplace.pay.by_hand.rules import ManualStatus
from marketplace.pay.models import PaymentOp
from marketplace.pay.rules import MANUAL, OpKind, OpStatus, outside

HAPPENED = (OpStatus.DONE, OpStatus.REVERSED)
OPEN = (OpStatus.INTENT, OpStatus.SENT, OpStatus.UNKNOWN, OpStatus.PARKED, OpStatus.WAITING)
"""Statuses of a payment whose money has left where it was and has not come elsewhere: also of one that is parked."""


def differences() -> tuple[int, list[str]]:
    """How many payments and sums were looked at, and what differs."""
    looked, wrong = 0, []
    for rows in (_marked(), _sums(_outside()), _sums(_under_way())):
        looked += rows[0]
        wrong += rows[1]
    return looked, wrong


def _marked() -> tuple[int, list[str]]:
    """Each payment that a person has marked is what its mark says, and one that nobody has marked is open."""
    agree = case(
        (ManualPayment.status == ManualStatus.PAID, PaymentOp.status.in_(HAPPENED)),
        (ManualPayment.status == ManualStatus.FAILED, PaymentOp.status == OpStatus.REFUSED),
        else_=PaymentOp.status.in_(OPEN),
    )
    same = and_(PaymentOp.amount == ManualPayment.amount, PaymentOp.currency == ManualPayment.currency)
    found = select(PaymentOp.id, ManualPayment.status, PaymentOp.status.label("of_op")).join(
        ManualPayment, ManualPayment.payment_op_id == PaymentOp.id
    )
    rows = db.session.execute(found.where(or_(~agree, ~same))).all()
    looked = db.session.scalar(select(func.count(ManualPayment.id))) or 0
    return looked, [f"payment:{row.id}: marked {row.status}, is {row.of_op}" for row in rows]


def _outside() -> tuple[Any, str]:
    """What payments have sent out by this rail less what they have taken in: as they say, and by the postings that they
    caused in the rail's account."""
    goes_out = PaymentOp.kind.in_((OpKind.PAYOUT, OpKind.REFUND))
    # A refund that came back has moved twice; a payout that did has a payment of its own for the way back.
    moved = ~and_(PaymentOp.kind == OpKind.REFUND, PaymentOp.status == OpStatus.REVERSED)
    ops = select(PaymentOp.currency, case((goes_out, PaymentOp.amount), else_=-PaymentOp.amount).label("amount")).where(
        PaymentOp.rail == MANUAL, PaymentOp.status.in_(HAPPENED), moved
    )
    own = and_(
        LedgerAccount.name == outside(MANUAL), func.split_part(JournalEntry.cause, ":", 1).in_([*map(str, OpKind)])
    )
    went = (
        select(Posting.currency, -Posting.amount)
        .join(LedgerAccount, LedgerAccount.id == Posting.destination_id)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
    )
    came = (
        select(Posting.currency, Posting.amount)
        .join(LedgerAccount, LedgerAccount.id == Posting.source_id)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
    )
    return union_all(ops, went.where(own), came.where(own)), "rail:manual"


def _under_way() -> tuple[Any, str]:
    """What payouts and refunds of every rail have under way, also those that are parked, stands in the accounts of what
    is in flight and on its way back."""
    kinds = PaymentOp.kind.in_((OpKind.PAYOUT, OpKind.REFUND))
    ops = select(PaymentOp.currency, PaymentOp.amount).where(kinds, PaymentOp.status.in_(OPEN))
    kept: ColumnElement[bool] = or_(
        LedgerAccount.name.like("contractor:%:in_flight"), LedgerAccount.name.like("company:%:returning")
    )
    there = select(cast(LedgerAccount.currency, Text), -LedgerAccount.balance).where(kept)
    return union_all(ops, there), "under way"


def _sums(told: tuple[Any, str]) -> tuple[int, list[str]]:
    parts, name = told[0].subquery(), told[1]
    sums = select(parts.c.currency, func.sum(parts.c.amount).label("amount")).group_by(parts.c.currency)
    rows = db.session.execute(sums).all()
    wrong = [
        f"{name}: {Money(int(row.amount), row.currency)} more by payments than in the books"
        for row in rows
        if row.amount
    ]
    return len(rows), wrong
