"""The verbs of disputes: claim, answer, withdraw, rule; and what the clock does when nobody says anything."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, Right, require_company, require_operator
from marketplace.contracts import leave
from marketplace.core import clock
from marketplace.core.db import db, each_alone
from marketplace.core.events import record
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.core.problems import NotFound
from marketplace.disputes.models import Dispute, Statement
from marketplace.disputes.rules import (
    MOST_ADVANCED,
    OFTEN,
    RULE_WITHIN,
    SMALL_MINUTES,
    BadRuling,
    DisputeStatus,
    NothingSaid,
    NotImpartial,
    PaidAlready,
    StatementKind,
    TooLateToRule,
)
from marketplace.gigs.models import Gig
from marketplace.pay.runs.settlements import advance, settle
from marketplace.shifts import cuts
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import TimesheetCut
from marketplace.shifts.timesheet_rules import CutEnd, CutStatus


def claim(cut_id: UUID, words: str, *, by: Actor) -> Dispute:
    """The contractor disputes a cut of their time, in their own words. Once a cut, and within 30 days of it.

    Raises NotFound, NothingSaid, TooLateToDispute, WrongState.
    """
    cut = cuts.claim(cut_id, by=by)
    now = clock.now()
    made = Dispute(
        id=cut.id,
        timesheet_id=cut.timesheet_id,
        booking_id=cut.booking_id,
        gig_id=cut.gig_id,
        company_id=cut.company_id,
        contractor_id=cut.contractor_id,
        claimed_at=now,
        rule_by=now + RULE_WITHIN,
        status=DisputeStatus.CLAIMED,
    )
    db.session.add(made)
    db.session.flush()
    _say(made, StatementKind.CLAIM, words, by=by)
    record("dispute.claimed", made, by=by)
    return made


def answer(dispute_id: UUID, words: str, *, by: Actor) -> Dispute:
    """Either side says more while the dispute is open: the company answers, the contractor replies. Raises NotFound,
    Forbidden, NothingSaid, WrongState."""
    found = _locked(dispute_id)
    if by.is_in_person(found.contractor_id):
        kind = StatementKind.REPLY
    else:
        require_company(by, found.company_id, Right.TIMESHEETS)
        kind = StatementKind.ANSWER
    if found.status is not DisputeStatus.CLAIMED:
        raise WrongState("The dispute has ended.", state=str(found.status))
    _say(found, kind, words, by=by)
    record("dispute.answered", found, by=by, data={"kind": str(kind)})
    return found


def withdraw(dispute_id: UUID, *, by: Actor) -> Dispute:
    """The contractor takes the claim back, and the cut stands. Raises NotFound, WrongState, and PaidAlready when it was
    paid at once: then a ruling says who bears it."""
    found = _locked(dispute_id)
    if not by.is_in_person(found.contractor_id):
        raise NotFound
    if found.status is DisputeStatus.CLAIMED and found.advanced_at is not None:
        raise PaidAlready
    _end(found, DisputeStatus.WITHDRAWN, 0, CutEnd.WITHDRAWN, by=by)
    return found


def rule(
    dispute_id: UUID, restored_minutes: int | None, reason: str, *, restored_pieces: int | None = None, by: Actor
) -> Dispute:
    """An operator of neither side decides, in writing, how many of the minutes or, where pieces were cut, of the pieces
    are restored: none, some or all.

    The next pay run pays them, and the company pays a fee for a cut that is overturned so (REJECT). Raises NotFound,
    Forbidden, NotImpartial, BadRuling, NothingSaid, TooLateToRule, WrongState.
    """
    require_operator(by, OperatorRole.DISPUTES)
    found = _locked(dispute_id)
    if by.belongs_to(found.company_id) or by.person_id == found.contractor_id:
        raise NotImpartial
    if found.status is DisputeStatus.CLAIMED and clock.now() >= found.rule_by:
        raise TooLateToRule(f"It was due by {found.rule_by.isoformat()}.")
    cut = db.session.get_one(TimesheetCut, found.id)
    restored, other = (restored_pieces, restored_minutes) if cut.pieces else (restored_minutes, restored_pieces)
    if restored is None or other or not 0 <= restored <= cut.taken:
        what = "pieces" if cut.pieces else "minutes"
        raise BadRuling(f"{what.capitalize()} that were cut: {cut.taken}.", field=f"restored_{what}")
    _say(found, StatementKind.REASON, reason, by=by)
    _end(found, DisputeStatus.RULED, restored, CutEnd.RULED, reason=reason.strip(), by=by)
    return found


def restore_unruled(limit: int = 1) -> int:
    """Restores everything where nobody has ruled in time: silence favours the worker (rule DISPUTE). Returns how many
    disputes it ended. In no order, so that one that cannot be ended stands in no other's way."""
    due = select(Dispute).where(Dispute.status == DisputeStatus.CLAIMED, Dispute.rule_by <= clock.now())
    found = db.session.scalars(due.order_by(func.random()).limit(limit).with_for_update(skip_locked=True)).all()
    for each in found:
        cut = db.session.get_one(TimesheetCut, each.id)
        _end(each, DisputeStatus.DEFAULTED, cut.taken, CutEnd.NOT_RULED, by=CLOCK)
    return len(found)


def advance_small(limit: int = 1, but: Collection[UUID] = ()) -> int:
    """Has small disputed sums paid at once: cuts of up to two hours, three for one person in 30 days (APPEAL_ADVANCE).
    Returns how many. For the clock; safe to repeat.

    One of each person at a time. They are locked before their disputes, as the order of locks has it; what is due is
    asked again then, since another worker may have had another of theirs paid meanwhile.
    """
    due = _small_claims().where(Dispute.id.not_in(but)).order_by(Dispute.id).limit(limit)
    seen = db.session.execute(due.with_only_columns(Dispute.id, Dispute.contractor_id)).all()
    first = {contractor_id: dispute_id for dispute_id, contractor_id in reversed(seen)}
    for person_id in sorted(first):
        leave.lock_person(person_id)
    still = _small_claims().where(Dispute.id.in_(first.values())).order_by(Dispute.id)
    locked = still.with_for_update(of=(Dispute, TimesheetCut), skip_locked=True)
    found = db.session.execute(locked.execution_options(populate_existing=True))
    cut_of = {row.Dispute: row.TimesheetCut for row in found}
    return each_alone(list(cut_of), lambda dispute: _advance(dispute, cut_of[dispute]))


def _advance(dispute: Dispute, cut: TimesheetCut) -> None:
    advance(cut, by=CLOCK)
    dispute.advanced_at = clock.now()
    told = {"pieces": cut.pieces} if cut.pieces else {"minutes": cut.minutes}
    record("dispute.advanced", dispute, by=CLOCK, data=told)


def _small_claims() -> Select[Dispute, TimesheetCut]:
    """Disputes of small sums that wait, of people who have not had too many paid at once."""
    other = aliased(Dispute)
    since = clock.now() - OFTEN
    # Of the rate of 60 minutes, so that minutes and the price of pieces are compared in whole numbers.
    price = cast(func.coalesce(Gig.piece_amount, 0), BigInteger)
    worth = TimesheetCut.minutes * Booking.rate_amount + TimesheetCut.pieces * price * 60
    taken = select(func.count()).where(other.contractor_id == Dispute.contractor_id, other.advanced_at > since)
    return (
        select(Dispute, TimesheetCut)
        .join(TimesheetCut, TimesheetCut.id == Dispute.id)
        .where(Dispute.status == DisputeStatus.CLAIMED, Dispute.advanced_at.is_(None))
        .join(Booking, Booking.id == TimesheetCut.booking_id)
        .join(Gig, Gig.id == TimesheetCut.gig_id)
        .where(worth <= SMALL_MINUTES * Booking.rate_amount, taken.scalar_subquery() < MOST_ADVANCED)
    )


def close_unclaimed(limit: int = 1) -> int:
    """Lets cuts stand that nobody has disputed in time, and gives their money back to the gigs. Returns how many. In no
    order either."""
    due = select(TimesheetCut).where(TimesheetCut.status == CutStatus.OPEN, TimesheetCut.claim_until <= clock.now())
    found = db.session.scalars(due.order_by(func.random()).limit(limit).with_for_update(skip_locked=True)).all()
    for cut in found:
        settle(cut, 0, CutEnd.UNCLAIMED, by=CLOCK)
    return len(found)


_EVENTS = {
    DisputeStatus.RULED: "dispute.ruled",
    DisputeStatus.DEFAULTED: "dispute.defaulted",
    DisputeStatus.WITHDRAWN: "dispute.withdrawn",
}


def _end(
    found: Dispute, status: DisputeStatus, restored: int, because: CutEnd, *, reason: str | None = None, by: Actor
) -> None:
    if found.status is not DisputeStatus.CLAIMED:
        raise WrongState("The dispute has ended.", state=str(found.status), wanted=str(status))
    cut = db.session.get_one(TimesheetCut, found.id)
    minutes, pieces = cut.of_its_kind(restored)
    fee = settle(cut, restored, because, reason=reason, by=by)
    values = {
        "ended_at": clock.now(),
        "restored_minutes": minutes,
        "restored_pieces": pieces,
        "ruled_by": by.person_id if status is DisputeStatus.RULED else None,
    }
    what = "restored_pieces" if cut.pieces else "restored_minutes"
    data = {what: restored, "fee": None if fee is None else str(fee)}
    move_one(found, status, by=by, event=_EVENTS[status], values=values, data=data)


def _locked(dispute_id: UUID) -> Dispute:
    found = db.session.get(Dispute, dispute_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def _say(found: Dispute, kind: StatementKind, words: str, *, by: Actor) -> None:
    said = words.strip()
    if not said:
        raise NothingSaid(field="words" if kind is not StatementKind.REASON else "reason")
    assert by.person_id is not None
    row = Statement(dispute_id=found.id, kind=kind, words=said, said_by=by.person_id, said_at=clock.now())
    db.session.add(row)
    db.session.flush()
