"""Payouts of ours that a bank has sent back, whole or less what it kept, in their own currency or in another.

In prose. A line names the payout by what our file had said. The payout is payable to its person again, whole whatever
came of it; one that nobody had marked is found not to have happened. What the bank kept is borne by the companies whose
work it paid, each in proportion (PAYOUT); what a rate took or gave beside that is the service's. In the same currency
what is missing was kept. In another it is what is missing of what was sent, at the rate at which it was sent; where
nobody knows that, the rest is worth what a sourced rate of the day says, and what was kept nobody can tell.

Where much more is missing than banks keep, or much more came, another operator agrees that this is the payout, as
beyond what one may book alone (TWO_PEOPLE). What is more than the payout, in its own currency, is a line of its own: a
stray, of which somebody says whose it is.
What names nothing that is known, or has no rate, is a stray, and is looked at again with each later statement.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from sqlalchemy import and_, exists, func, select

from marketplace.accounts.rules import Actor
from marketplace.accounts.rules import require_person as person_of
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.core.money import Money
from marketplace.ledger import service as ledger
from marketplace.pay import rules
from marketplace.pay.bank import already
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.models import BankLine, BankStatement
from marketplace.pay.bank.rules import KnownBy, LineKind, LineStatus, Returned, Way
from marketplace.pay.by_hand import findings
from marketplace.pay.by_hand.models import ManualFile, ManualPayment
from marketplace.pay.by_hand.rules import FileStatus, FindingOutcome, FindingStatus, ManualStatus, OwnPayment
from marketplace.pay.models import PaymentOp
from marketplace.pay.rules import MANUAL, OP_EVENTS, OpKind, OpStatus, in_flight, payable
from marketplace.pay.runs import rail_fees
from marketplace.standards.act_rules import ActKind
from marketplace.standards.exchange import quotes
from marketplace.standards.two_people import Tally

CAME_BACK = "The bank has sent it back."
AS_IT_ARRIVED = "the rate at which it had arrived"
MOST_AGAIN = 100


def undo(line: BankLine, alone: Tally, *, by: Actor) -> None:
    """Finds the payout of a fresh line and books it, or leaves it to another operator. Without one it stays a stray."""
    payout = _payout(line)
    # Nobody books what became of a payment to themselves: their own waits for somebody else.
    if payout is None or payout.contractor_id == by.person_id or (found := _returned(line, payout)) is None:
        return
    whose = {"matched_by": person_of(by)}
    files = {line.statement_id}
    if found.is_odd or not all(alone.may([each], files) for each in (line.money, payout.money)):
        move_one(line, LineStatus.MATCHED, by=by, event="bank_line.matched", values=whose)
        return
    book(line, by=by, **whose)
    # It is payable again whole, whatever came of it.
    alone.did(ActKind.BOOKED, line.id, payout.money, line.statement_id)


def book(line: BankLine, *, by: Actor, **whose: UUID) -> None:
    """Makes the payout payable again. Raises WrongState, OwnPayment."""
    payout = _payout(line)
    found = None if payout is None else _returned(line, payout)
    if payout is None or found is None:
        raise WrongState("The payment that this line names has gone on.")
    if payout.contractor_id == by.person_id:
        raise OwnPayment
    op = _again(line, payout, by=by)
    _keep_the_books(line, payout, op, found)
    kept = {
        "kept_amount": found.kept.amount,
        "kept_currency": found.kept.currency,
        "rate": None if found.rate is None else Decimal(found.rate.numerator) / found.rate.denominator,
        "rate_source": found.source,
    }
    decided = {"payment_op_id": op.id, "decided_by": person_of(by), "decided_at": clock.now()}
    move_one(line, LineStatus.POSTED, by=by, event="bank_line.booked", values=whose | decided | kept)
    if found.rest is not None:
        _part(line, found.rest, by=by)


def strays(but: UUID) -> Sequence[BankLine]:
    """Payments of other statements that came back and are not booked: of somebody who could not book their own, that
    were just being marked, or whose rate nobody knew. Where there are many, the next ones with each statement, so that
    those of which nothing can come keep no other one waiting. Locked."""
    is_stray = and_(BankLine.kind == LineKind.CAME_BACK, BankLine.status == LineStatus.STRAY)
    others = and_(is_stray, BankLine.statement_id != but)
    number, taken = db.session.execute(
        select(
            select(func.count()).where(others).scalar_subquery(),
            select(func.count()).select_from(BankStatement).scalar_subquery(),
        )
    ).one()
    begin = taken * MOST_AGAIN % number if number > MOST_AGAIN else 0
    found = select(BankLine).where(others).order_by(BankLine.id).offset(begin).limit(MOST_AGAIN)
    return db.session.scalars(found.with_for_update(skip_locked=True)).all()


def accounts(lines: Sequence[BankLine]) -> set[tuple[str, str]]:
    """What the books may take from where these payments came back, each account with its currency."""
    named = {bank_rules.payout_of(line.words) for line in lines if line.kind is LineKind.CAME_BACK}
    found = select(PaymentOp).where(PaymentOp.id.in_(named - {None}), PaymentOp.kind == OpKind.PAYOUT)
    ops = db.session.scalars(found).all() if named else ()
    theirs = {(each(op.owner_id), op.currency) for op in ops for each in (payable, in_flight)}
    return theirs | rail_fees.purses({op.payslip_id: op.currency for op in ops if op.payslip_id is not None})


def is_of_a_payout(line: BankLine) -> bool:
    """Whether a line names a payout of ours, whatever became of it: its money is its person's."""
    return _named(line) is not None


def is_under_way(line: BankLine) -> bool:
    """Whether a line names a payout of ours that is on its way or done, so that nothing is payable again."""
    payout = _named(line)
    return payout is not None and payout.status not in (OpStatus.REFUSED, OpStatus.REVERSED)


def of(payout: PaymentOp) -> BankLine | None:
    """What came of a payout back to the bank, once that is booked. The caller may see the payout."""
    backs = select(PaymentOp.id).where(PaymentOp.of_id == payout.id, PaymentOp.kind == OpKind.REVERSAL)
    found = select(BankLine).where(
        BankLine.kind == LineKind.CAME_BACK,
        BankLine.status == LineStatus.POSTED,
        BankLine.payment_op_id.in_([payout.id, *db.session.scalars(backs)]),
    )
    return db.session.scalars(found.order_by(BankLine.id.desc()).limit(1)).one_or_none()


# --- the parts ------------------------------------------------------------------------------------------------------


def _named(line: BankLine) -> PaymentOp | None:
    named = select(PaymentOp).where(PaymentOp.id == bank_rules.payout_of(line.words), PaymentOp.kind == OpKind.PAYOUT)
    return db.session.scalars(named).one_or_none()


def _payout(line: BankLine) -> PaymentOp | None:
    """The payout that the line names, if it can have come back. Locked."""
    named = bank_rules.payout_of(line.words)
    found = select(PaymentOp).where(PaymentOp.id == named, PaymentOp.rail == MANUAL, PaymentOp.kind == OpKind.PAYOUT)
    op = None if named is None else db.session.scalars(found.with_for_update()).one_or_none()
    if op is None:
        return None
    begun = select(PaymentOp.id).where(PaymentOp.of_id == op.id, PaymentOp.status != OpStatus.REFUSED)
    if op.status is OpStatus.DONE:
        return op if db.session.scalar(begun) is None else None
    sent = (
        select(ManualPayment.id)
        .join(ManualFile, ManualFile.id == ManualPayment.file_id)
        .where(ManualPayment.payment_op_id == op.id, ManualPayment.status == ManualStatus.IN_FILE)
        .where(ManualFile.status == FileStatus.RELEASED)
    )
    if op.status is OpStatus.REFUSED:
        return op if _was_found(op) else None
    is_open = op.status is OpStatus.WAITING and db.session.scalar(sent) is not None
    return op if is_open and not findings.of([op.id]) else None


def _was_found(op: PaymentOp) -> bool:
    """Whether a person has found, of a payout that was at the bank, that it did not arrive, and no line said so yet."""
    finding = findings.of([op.id]).get(op.id)
    is_found = finding is not None and finding.status is FindingStatus.HOLDS
    at_the_bank = exists().where(
        ManualPayment.payment_op_id == op.id,
        ManualFile.id == ManualPayment.file_id,
        ManualFile.status.in_((FileStatus.RELEASED, FileStatus.SETTLED)),
    )
    told = exists().where(BankLine.payment_op_id == op.id)
    return is_found and bool(db.session.scalar(select(and_(at_the_bank, ~told))))


def _returned(line: BankLine, payout: PaymentOp) -> Returned | None:
    way = None if line.currency == payout.currency else _way(line, payout)
    return bank_rules.returned(payout.money, line.money, way)


def _way(line: BankLine, payout: PaymentOp) -> Way | None:
    """By which rate a payout went out in the currency that came back, or what a source says of the day."""
    by_hand = db.session.scalars(select(ManualPayment).where(ManualPayment.payment_op_id == payout.id)).one_or_none()
    sent = None if by_hand is None else by_hand.sent
    if by_hand is not None and by_hand.rate and sent is not None and sent.currency == line.currency:
        return Way(Fraction(by_hand.rate), f"{by_hand.rate_source}, {by_hand.quoted_on}", sent)
    there = payout.arrived
    if there is not None and there.currency == line.currency and payout.executed_rate:
        return Way(Fraction(payout.executed_rate), AS_IT_ARRIVED, there)
    quote = quotes({payout.currency}, line.currency, line.booked_on).get(payout.currency)
    return None if quote is None else Way(quote.rate, f"{quote.source}, {quote.quoted_on}")


def _again(line: BankLine, payout: PaymentOp, *, by: Actor) -> PaymentOp:
    """The payout is payable again, whole. Returns the payment by which it came back: itself, where nobody had marked
    it, or somebody had found that it did not arrive: then it is payable already."""
    if payout.status is OpStatus.REFUSED:
        return payout
    if payout.status is OpStatus.WAITING:
        told = findings.Found(outcome=FindingOutcome.DID_NOT, reason=CAME_BACK)
        findings.by_line(payout.id, told, waits=False, by=by)
        return payout
    op = already.begun(line, OpKind.REVERSAL, payout.money, by=by, contractor_id=payout.contractor_id, of_id=payout.id)
    ledger.post(rules.payout_taken_back(op.id, MANUAL, payout.owner_id, payout.money))
    already.through(op, line, by=by)
    move_one(payout, OpStatus.REVERSED, by=by, event=OP_EVENTS[OpKind.PAYOUT][OpStatus.REVERSED],
             values={"why": CAME_BACK}, data=already.told(payout.money))  # fmt: skip
    return op


def _part(line: BankLine, rest: Money, *, by: Actor) -> None:
    """What came beside the payout waits for somebody who knows whose it is; nothing of it is booked."""
    identity = bank_rules.rest_identity(line.identity)
    made = BankLine(
        id=new_id(), statement_id=line.statement_id, identity=identity, known_by=KnownBy.WORDS, kind=LineKind.CAME,
        rest_of_id=line.id, booked_on=line.booked_on, amount=rest.amount, currency=rest.currency, words=line.words,
        payer=line.payer, bank_reference="", status=LineStatus.STRAY,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    record("bank_line.parted", made, by=by, data=already.told(rest))


def _keep_the_books(line: BankLine, payout: PaymentOp, op: PaymentOp, found: Returned) -> None:
    """What came is less than what is payable again, or another currency: who bears the rest stands in the books."""
    assert payout.payslip_id is not None, "a payout has one"
    holds = rail_fees.bear(op, payout.payslip_id, found.kept) if found.kept else []
    if entry := bank_rules.came_less(line.id, payout.money, line.money, holds):
        ledger.post(entry)
