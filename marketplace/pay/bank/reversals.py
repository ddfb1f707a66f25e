"""Transfers that a bank has taken back, booked as what they are, once.

In prose. A transfer that was booked and is taken back goes back to its payer: a refund of its deposit that the bank has
made already. Where the company has spent the money, the line stays a stray until somebody takes it from what the
company has by then, or writes down that the service bears it. One that was not booked yet is settled with its line, and
the books say nothing. What names nothing that is known is a stray. What one person
alone may not book another operator agrees to (TWO_PEOPLE).

One that may be a deposit of another time is none of these before a person has said what it is (`asked.like_marked`).

A table does not say whether the bank or the service has sent money out under a company's reference: where the service
has sent a refund of that amount in these days, the line is that refund, which stands in the books already.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, cast, exists, func, or_, select

from marketplace.accounts.rules import Actor
from marketplace.accounts.rules import require_person as person_of
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.lifecycle import move_one
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import InsufficientFunds
from marketplace.pay import rules
from marketplace.pay.bank import already, asked
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.models import BankLine, BankStatement
from marketplace.pay.bank.rules import FileFormat, LineKind, LineStatus
from marketplace.pay.by_hand import findings
from marketplace.pay.models import PaymentOp
from marketplace.pay.rules import MANUAL, NotRefundable, OpKind, OpStatus
from marketplace.standards.act_rules import ActKind
from marketplace.standards.two_people import Tally

OVER = (OpStatus.REFUSED, OpStatus.REVERSED)


def undo(line: BankLine, alone: Tally, *, by: Actor) -> None:
    """Finds the cause of a fresh line and books it, or above the limit leaves it to another operator. Without a cause,
    or without the money, it stays a stray."""
    came = _came(line)
    # What is taken back may be a deposit that was marked: a person says first whether that is this transfer.
    if came is None or (came.status is not LineStatus.POSTED and asked.is_unsure(came)):
        return
    ours = _own_refund(line, came.company_id)
    # Also of what stays a stray: it says whose debt that is, about which they do not decide themselves.
    line.undoes_id = came.id if ours is None else None
    if came.company_id is not None and by.belongs_to(came.company_id):
        return
    booked = None if came.status is LineStatus.POSTED else asked.booked_by(came)
    if booked is not None:
        if came.status is LineStatus.ENDING or (booked.company_id is not None and by.belongs_to(booked.company_id)):
            return
        asked.post(came, booked.id, by=by, company_id=booked.company_id)
    if came.status is not LineStatus.POSTED:
        _settle_both(came, line, by=by)
        return
    if ours is not None and ours.status is not OpStatus.DONE:
        return  # Nobody has marked it yet: the line waits for somebody who knows.
    try:
        with db.session.begin_nested():
            _agree(line, {"company_id": came.company_id, "matched_by": person_of(by)}, alone, by=by)
    except (InsufficientFunds, NotRefundable):
        db.session.refresh(line)


def take_from(line: BankLine, company_id: UUID, alone: Tally, *, by: Actor) -> None:
    """Takes a stray line from the deposits of a company that somebody has named. Raises NotRefundable,
    InsufficientFunds."""
    _agree(line, {"company_id": company_id, "matched_by": person_of(by)}, alone, by=by)


def book(line: BankLine, *, by: Actor, **whose: Any) -> None:
    """Books a line whose cause is known. Raises NotRefundable, InsufficientFunds."""
    op_id = _refund(line, whose.get("company_id") or line.company_id, by=by)
    decided = {"payment_op_id": op_id, "decided_by": person_of(by), "decided_at": clock.now()}
    move_one(line, LineStatus.POSTED, by=by, event="bank_line.booked", values=whose | decided)


def _agree(line: BankLine, whose: Mapping[str, Any], alone: Tally, *, by: Actor) -> None:
    if not alone.may([line.money], {line.statement_id}):
        move_one(line, LineStatus.MATCHED, by=by, event="bank_line.matched", values=whose)
        return
    book(line, by=by, **whose)
    alone.did(ActKind.BOOKED, line.id, line.money, line.statement_id)


def _settle_both(came: BankLine, line: BankLine, *, by: Actor) -> None:
    """What came and went before anybody had booked it: neither line waits any more."""
    if came.status is LineStatus.MATCHED:
        own = asked.own_finding(came.company_id, came)
        if own is not None:
            findings.contradict(own.id, by=by)
    decided = {"reason": bank_rules.TAKEN_BACK, "decided_by": person_of(by), "decided_at": clock.now()}
    nobody = {"company_id": None, "matched_by": None}
    move_one(came, LineStatus.SENT_BACK, by=by, event="bank_line.sent_back", values=decided | nobody)
    line.undoes_id = came.id
    move_one(line, LineStatus.SENT_BACK, by=by, event="bank_line.sent_back", values=decided)


def meant(lines: Sequence[BankLine]) -> Sequence[BankLine]:
    """Every transfer that one of these lines can undo, locked."""
    told = [_alike(line) for line in lines if line.kind is LineKind.TAKEN_BACK]
    ids = {each for found in told if found is not None for each in db.session.scalars(found)}
    found = select(BankLine).where(BankLine.id.in_(ids)).order_by(BankLine.id).with_for_update()
    return db.session.scalars(found.execution_options(populate_existing=True)).all() if ids else ()


def _came(line: BankLine) -> BankLine | None:
    """The newest of the transfers that the line can mean, locked: one under the same reference of the bank's before
    others."""
    alike = _alike(line)
    if alike is None:
        return None
    by_reference = (BankLine.bank_reference == line.bank_reference).desc()
    newest = alike.order_by(by_reference, BankLine.booked_on.desc(), BankLine.id.desc()).limit(1)
    found = select(BankLine).where(BankLine.id == newest.scalar_subquery()).with_for_update()
    return db.session.scalars(found.execution_options(populate_existing=True)).one_or_none()


def _alike(line: BankLine) -> Select[UUID] | None:
    """Transfers of that amount that the line can mean: under the same reference of the bank's, or of the same company;
    none that is money of the service's own, or that another line takes back. None where the line names neither."""
    undone = select(BankLine.undoes_id).where(BankLine.undoes_id.is_not(None))
    alike = select(BankLine.id).where(
        BankLine.kind == LineKind.CAME,
        BankLine.status.not_in((LineStatus.SENT_BACK, LineStatus.KEPT)),
        BankLine.amount == line.amount,
        BankLine.currency == line.currency,
        BankLine.booked_on <= line.booked_on,
        BankLine.id.not_in(undone),
    )
    tail = bank_rules.tail_of(line.words)
    same = [BankLine.bank_reference == line.bank_reference] if line.bank_reference else []
    if tail is not None:
        # Of one that is booked the company is known, however its words were written.
        same += [BankLine.words.ilike(f"%{tail}%"), func.split_part(cast(BankLine.company_id, Text), "-", 5) == tail]
    if not same:
        return None
    return alike.where(or_(*same))


def _refund(line: BankLine, company_id: UUID | None, *, by: Actor) -> UUID:
    """The refund of a deposit that the bank has made already: it goes through its states at once. Ours, where we have
    sent it."""
    assert company_id is not None, "only what is matched is booked"
    ours = _own_refund(line, company_id)
    if ours is not None and ours.status is OpStatus.DONE:
        return ours.id
    deposit = _deposit_of(line, company_id)
    op = already.begun(line, OpKind.REFUND, line.money, by=by, company_id=company_id, of_id=deposit.id)
    ledger.post_many(
        [
            rules.refund_begun(op.id, company_id, line.money),
            rules.refund_done(op.id, MANUAL, company_id, line.money),
        ]
    )
    already.through(op, line, by=by)
    return op.id


def _own_refund(line: BankLine, company_id: UUID | None) -> PaymentOp | None:
    """A refund of ours that a line of a table can be, and no other line is; one that is marked before others. Formats
    in which the bank says that it undoes something are never that."""
    found = (
        select(PaymentOp)
        .join(BankStatement, BankStatement.id == line.statement_id)
        .where(
            BankStatement.format == FileFormat.CSV,
            PaymentOp.company_id == company_id,
            PaymentOp.kind == OpKind.REFUND,
            PaymentOp.rail == MANUAL,
            PaymentOp.amount == line.amount,
            PaymentOp.currency == line.currency,
            PaymentOp.status.in_((OpStatus.WAITING, OpStatus.DONE)),
            PaymentOp.created_at.between(*bank_rules.under_way(line.booked_on)),
            PaymentOp.created_at <= BankStatement.taken_at,
            ~exists().where(BankLine.payment_op_id == PaymentOp.id),
        )
        .order_by((PaymentOp.status == OpStatus.DONE).desc(), PaymentOp.id)
        .limit(1)
    )
    return db.session.scalars(found.with_for_update(of=PaymentOp)).one_or_none()


def _deposit_of(line: BankLine, company_id: UUID) -> PaymentOp:
    """That of the transfer that is taken back, else the newest of the company's with so much left. Raises
    NotRefundable."""
    found = select(PaymentOp).where(
        PaymentOp.company_id == company_id,
        PaymentOp.kind == OpKind.DEPOSIT,
        PaymentOp.rail == MANUAL,
        PaymentOp.currency == line.currency,
        PaymentOp.status == OpStatus.DONE,
    )
    if line.undoes_id is not None:
        of_line = select(BankLine.payment_op_id).where(BankLine.id == line.undoes_id)
        found = found.where(PaymentOp.id == of_line.scalar_subquery())
    ops = db.session.scalars(found.order_by(PaymentOp.id.desc()).with_for_update()).all()
    gone = select(PaymentOp.of_id, func.sum(PaymentOp.amount)).where(
        PaymentOp.of_id.in_([op.id for op in ops]), PaymentOp.status.not_in(OVER)
    )
    back = {of_id: int(amount) for of_id, amount in db.session.execute(gone.group_by(PaymentOp.of_id))}
    fits = [op for op in ops if op.amount - back.get(op.id, 0) >= line.amount]
    if not fits:
        raise NotRefundable(field="company_id")
    return fits[0]
