"""What became of a payout is contested by its person: it was refused, held back or taken back; and a human answers who
had no part in it (rule PAYOUT_APPEAL).

Where they were right, and where nobody has answered in time, the payout is ordered again. What may have gone out
already is asked about again and never sent a second time. Only a human says whose account it is: to one that is not
believed to be the person's silence pays nothing, since it may be a thief's. Such a contest stays open, and is put
before more operators each time its days are over; the answer that it was wrong makes the account the person's.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, reason_given, require_operator, require_person
from marketplace.core import clock, queue
from marketplace.core.db import db
from marketplace.core.events import Event, record
from marketplace.core.lifecycle import move_one
from marketplace.core.problems import NotFound
from marketplace.matching.rules import ContestStatus
from marketplace.pay import service
from marketplace.pay.bank.models import BankLine
from marketplace.pay.by_hand.models import PaymentFinding
from marketplace.pay.contests.models import PayoutContest
from marketplace.pay.contests.rules import ANSWER_WITHIN, CONTEST_FOR, Decision, check_contest, decision_on
from marketplace.pay.methods import names
from marketplace.pay.methods.models import PayoutMethod
from marketplace.pay.models import PaymentOp, Payslip
from marketplace.pay.rules import BANK_SENT_BACK, OP_EVENTS, OpKind, OpStatus
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_rules import ActKind, ActStatus
from marketplace.workforce import bars, screening
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import NothingToContest, check_decider

ENDS = (
    "payout.refused",
    "payout.delayed",
    "payout.parked",
    "payout.reversed",
    OP_EVENTS[OpKind.REVERSAL][OpStatus.INTENT],
)
"""Events by which something is decided about a payout."""
BEGUN = (OP_EVENTS[OpKind.REVERSAL][OpStatus.INTENT], BANK_SENT_BACK)
"""Events by which somebody has a payout taken back, or books that a bank has sent it back."""
OVER = (OpStatus.REFUSED, OpStatus.REVERSED)
WON = (ContestStatus.OVERTURNED, ContestStatus.LAPSED)


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about a payout, as its person reads it: why, and until when they may contest it."""

    decision: Decision
    why: str
    code: str | None
    who_can_fix: str | None
    at: datetime
    contest: PayoutContest | None
    """The last one."""
    is_new: bool
    """Whether this was decided after the last one was answered, or there is none."""

    @property
    def contest_until(self) -> datetime:
        return self.at + CONTEST_FOR

    @property
    def can_be_contested(self) -> bool:
        return self.is_new and clock.now() <= self.contest_until


def contest(payout_id: UUID, words: str, *, by: Actor) -> PayoutContest:
    """The person says what is wrong with what became of a payout to them, once for each decision, within 30 days. What
    they were told stands beside their words. Raises NotFound, NothingToContest, TooLateForPayout, ReasonMissing."""
    me = require_person(by)
    op = db.session.get(PaymentOp, payout_id)
    if op is None or op.kind is not OpKind.PAYOUT or op.contractor_id != me:
        raise NotFound
    db.session.get_one(Contractor, me, with_for_update={"key_share": True}, populate_existing=True)
    # Held until the commit, so that what is contested is what was decided.
    op = db.session.get_one(PaymentOp, payout_id, with_for_update=True, populate_existing=True)
    decided, now = of([op]).get(op.id), clock.now()
    if decided is None or not decided.is_new:
        raise NothingToContest
    check_contest(decided.at, now)
    made = PayoutContest(
        payment_op_id=op.id,
        contractor_id=me,
        decision=decided.decision,
        refusal_code=decided.code,
        told=decided.why,
        decided_at=decided.at,
        words=reason_given(words),
        filed_at=now,
        answer_by=now + ANSWER_WITHIN,
        status=ContestStatus.OPEN,
    )
    db.session.add(made)
    db.session.flush()
    record("payout_contest.filed", made, by=by)
    return made


def answer(contest_id: UUID, outcome: ContestStatus, reason: str, *, by: Actor) -> PayoutContest:
    """An operator of disputes says, with a reason that the person reads, whether what became of the payout was right
    (`upheld`) or wrong (`overturned`): then it is ordered again. Raises NotFound, Forbidden, NoAppeal, TooLateToAnswer,
    OwnCase, RuledBefore, ReasonMissing, HitOpen where the person's name is like one on a list of sanctions and is not
    cleared: that alone lets pay go (rule SCREENING)."""
    require_operator(by, OperatorRole.DISPUTES)
    found = _locked(contest_id)
    if found.status is not ContestStatus.OPEN:
        raise bars.NoAppeal
    bars.check_in_time(found.answer_by, clock.now())
    me = require_person(by)
    check_decider(me, found.contractor_id, me if me in deciders(found.payment_op_id) else None)
    values = {"answer": reason_given(reason), "answered_by": by.person_id, "answered_at": clock.now()}
    move_one(found, outcome, by=by, event=f"payout_contest.{outcome}", values=values)
    if outcome is ContestStatus.OVERTURNED:
        screening.check_cleared([found.contractor_id])
        if (method_id := _account_of(found)) is not None:
            names.believe(method_id, reason, by=by)
        _pay_after_all(found, by=by)
    return found


def lapse_due(limit: int = 1) -> int:
    """Decides for the person where nobody has answered in time, and puts before more operators where only a human can
    say whose account it is (rule PAYOUT_APPEAL). Returns how many there were."""
    due = select(PayoutContest.id).where(
        PayoutContest.status == ContestStatus.OPEN, PayoutContest.answer_by <= clock.now()
    )
    due = due.order_by(PayoutContest.answer_by, PayoutContest.id).limit(limit)
    ids = db.session.scalars(due.with_for_update(skip_locked=True)).all()
    for each in ids:
        found = _locked(each)
        if _is_doubted(found):
            found.answer_by = clock.now() + ANSWER_WITHIN
            record("payout_contest.raised", found, by=CLOCK)
            continue
        values = {"answered_at": clock.now()}
        move_one(found, ContestStatus.LAPSED, by=CLOCK, event="payout_contest.lapsed", values=values)
        _pay_after_all(found, by=CLOCK)
    return len(ids)


def order_taken_back(limit: int = 100) -> int:
    """Orders payouts again that a rail has taken back only after it was decided that it should not. What somebody has
    taken back since that is another decision. Returns how many there were."""
    other, back = aliased(PaymentOp), aliased(PaymentOp)
    later = exists().where(other.payslip_id == PaymentOp.payslip_id, other.id > PaymentOp.id)
    taken = exists().where(
        back.of_id == PaymentOp.id, back.status == OpStatus.DONE, back.created_at <= PayoutContest.answered_at
    )
    due = select(PayoutContest).join(PaymentOp, PaymentOp.id == PayoutContest.payment_op_id)
    due = due.where(PayoutContest.decision == Decision.TAKEN_BACK, PayoutContest.status.in_(WON))
    due = due.where(PaymentOp.status == OpStatus.REVERSED, taken, ~later).order_by(PayoutContest.id).limit(limit)
    rows = db.session.scalars(due.with_for_update(of=PayoutContest, skip_locked=True)).all()
    for each in rows:
        _pay_after_all(each, by=CLOCK)
    return len(rows)


# --- reads ----------------------------------------------------------------------------------------------------------


def of(ops: Collection[PaymentOp]) -> dict[UUID, Decided]:
    """What was decided about these payouts, of those of which anything was. The caller may see them."""
    taken_back = _taken_back([op.id for op in ops])
    decisions = {op.id: decision_on(op.status, is_taken_back=op.id in taken_back) for op in ops}
    decided = [op for op in ops if decisions[op.id] is not None]
    if not decided:
        return {}
    known = select(PayoutContest).where(PayoutContest.payment_op_id.in_([op.id for op in decided]))
    newest = {row.payment_op_id: row for row in db.session.scalars(known.order_by(PayoutContest.id))}
    moments = _moments(decided, taken_back)
    found: dict[UUID, Decided] = {}
    for op in decided:
        decision, back = decisions[op.id], taken_back.get(op.id)
        assert decision is not None, "those that were decided about"
        # A bank that sends a payout back gives no reason of an operator's.
        why = (back.reason if back is not None else None) or op.why
        at = moments.get(op.id, op.created_at)
        contest = newest.get(op.id)
        is_new = _is_new(contest, at if back is None else back.created_at)
        found[op.id] = Decided(decision, why or "", op.refusal_code, op.who_can_fix, at, contest, is_new)
    return found


def deciders(payout_id: UUID) -> set[UUID]:
    """The people who had a part in what became of a payout: who found it, confirmed that, had it taken back, said of a
    line of the bank's that it is what came back, agreed to that, or decided about the account that it was to go to."""
    op = db.session.get_one(PaymentOp, payout_id)
    found = select(PaymentFinding.found_by, PaymentFinding.answered_by).where(PaymentFinding.payment_op_id == op.id)
    people: set[UUID | None] = {each for row in db.session.execute(found) for each in row}
    backs = select(PaymentOp.id).where(PaymentOp.of_id == op.id)
    told = or_(BankLine.payment_op_id == op.id, BankLine.payment_op_id.in_(backs))
    lines = db.session.execute(select(BankLine.matched_by, BankLine.decided_by).where(told))
    people |= {each for row in lines for each in row}
    if op.contractor_id is not None:
        people |= screening.deciders(op.contractor_id)
    people |= set(db.session.scalars(select(Event.doer_id).where(Event.subject_id.in_(backs), Event.name.in_(BEGUN))))
    # Whoever said that it is to come back, where another has agreed to it.
    wished = select(MoneyAct.done_by).where(
        MoneyAct.contractor_id == op.contractor_id,
        MoneyAct.kind == ActKind.TAKEN_BACK,
        MoneyAct.subject == str(op.id),
        MoneyAct.status == ActStatus.AGREED,
    )
    people |= set(db.session.scalars(wished))
    if (method_id := _method_of(op)) is not None:
        people.add(db.session.scalar(select(PayoutMethod.name_decided_by).where(PayoutMethod.id == method_id)))
    return {each for each in people if each is not None}


def listed(status: ContestStatus | None = None, *, seen_by: Actor) -> Select[PayoutContest]:
    """For operators of disputes everything that was contested, for others what they contested themselves."""
    found = select(PayoutContest) if status is None else select(PayoutContest).where(PayoutContest.status == status)
    if seen_by.is_operator(OperatorRole.DISPUTES):
        return found
    return found.where(PayoutContest.contractor_id == require_person(seen_by))


def one(contest_id: UUID, *, seen_by: Actor) -> PayoutContest:
    """One of them, for an operator of disputes and for whoever filed it. Raises NotFound."""
    found = db.session.get(PayoutContest, contest_id)
    mine = found is not None and seen_by.is_in_person(found.contractor_id)
    if found is None or not (mine or seen_by.is_operator(OperatorRole.DISPUTES)):
        raise NotFound
    return found


# --- the parts ------------------------------------------------------------------------------------------------------


def _locked(contest_id: UUID) -> PayoutContest:
    found = db.session.get(PayoutContest, contest_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def _is_new(contest: PayoutContest | None, decided_at: datetime) -> bool:
    return contest is None or (contest.answered_at is not None and contest.answered_at < decided_at)


def _taken_back(payout_ids: Sequence[UUID]) -> Mapping[UUID, PaymentOp]:
    """What takes these payouts back, as far as the rail has not said no to that."""
    backs = select(PaymentOp).where(
        PaymentOp.of_id.in_(payout_ids), PaymentOp.kind == OpKind.REVERSAL, PaymentOp.status != OpStatus.REFUSED
    )
    return {row.of_id: row for row in db.session.scalars(backs) if row.of_id is not None}


def _moments(ops: Sequence[PaymentOp], taken_back: Mapping[UUID, PaymentOp]) -> dict[UUID, datetime]:
    """When each was decided about last."""
    whose = {op.id: op.id for op in ops} | {back.id: op_id for op_id, back in taken_back.items()}
    last = select(Event.subject_id, func.max(Event.at).label("at")).where(
        Event.subject_id.in_(whose), Event.name.in_(ENDS)
    )
    found: dict[UUID, datetime] = {}
    for row in db.session.execute(last.group_by(Event.subject_id)):
        op_id = whose[row.subject_id]
        found[op_id] = max(row.at, found.get(op_id, row.at))
    return found


def _method_of(op: PaymentOp) -> UUID | None:
    known = op.params.get("method")
    return UUID(known) if known else None


def _account_of(found: PayoutContest) -> UUID | None:
    """The account that the payout was to go to. Its person is locked, so that they give no other one meanwhile."""
    db.session.get_one(Contractor, found.contractor_id, with_for_update=True, populate_existing=True)
    return _method_of(db.session.get_one(PaymentOp, found.payment_op_id))


def _is_doubted(found: PayoutContest) -> bool:
    """Whether the payout waits for a human to say whose account it is to go to, or who stands on a list of sanctions.
    Paid elsewhere since it does not."""
    method_id = _account_of(found)
    is_listed = bool(screening.held_back([found.contractor_id]))
    if not is_listed and (method_id is None or not names.is_doubted(method_id)):
        return False
    slip = select(PaymentOp.payslip_id).where(PaymentOp.id == found.payment_op_id).scalar_subquery()
    return not db.session.scalar(
        select(exists().where(PaymentOp.payslip_id == slip, PaymentOp.status == OpStatus.DONE))
    )


def _pay_after_all(found: PayoutContest, *, by: Actor) -> None:
    """The decision falls: what does not move is ordered again. Of one that is still being taken back that comes once it
    is back (`order_taken_back`)."""
    op = db.session.get_one(PaymentOp, found.payment_op_id)
    slip = db.session.get_one(Payslip, op.payslip_id, with_for_update=True, populate_existing=True)
    alive = select(PaymentOp).where(PaymentOp.payslip_id == slip.id, PaymentOp.status.not_in(OVER)).with_for_update()
    under_way = db.session.scalars(alive.execution_options(populate_existing=True)).one_or_none()
    if under_way is None:
        service.pay_out([slip], by=by)
    elif under_way.status is OpStatus.PARKED:
        service.go_on(under_way, by=by)
    queue.defer(service.ADVANCE_RAIL)
