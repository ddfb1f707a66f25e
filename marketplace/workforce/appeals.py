"""Appeals: a contractor contests a decision, and what happens when nobody answers. The answers stand in `reviews`."""

from uuid import UUID

from sqlalchemy import Select, select

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, reason_given, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import move, move_one
from marketplace.core.problems import NotFound
from marketplace.workforce import bars, deciding, documents, rules, strikes
from marketplace.workforce.bars import AppealStatus, ClosingStatus, RestrictionStatus
from marketplace.workforce.models import Contractor, VettingDecision
from marketplace.workforce.rules import ContractorStatus, Outcome
from marketplace.workforce.standing_models import Appeal, Closing, Restriction


def contest(decision_id: UUID | None, words: str, *, by: Actor) -> Appeal:
    """The contractor contests a decision, or the latest that can be contested when none is named.

    A refused application waits again to be decided; everything else holds until the answer. Raises NothingToContest,
    TooLateToContest or ReasonMissing.
    """
    me = deciding.find(require_person(by), lock=True)
    decision = _contestable(me, decision_id)
    moment = clock.now()
    rules.check_contest(decision.decided_at, moment)
    decision.contest, decision.contested_at = reason_given(words), moment
    appeal = Appeal(
        id=decision.id,
        contractor_id=me.id,
        company_id=decision.company_id,
        filed_at=moment,
        answer_by=moment + bars.ANSWER_WITHIN,
        reason="",
        status=AppealStatus.OPEN,
    )
    db.session.add(appeal)
    db.session.flush()
    _tell(me, decision, appeal, by)
    return appeal


def lapse_due(limit: int = 1) -> int:
    """Decides for the person where nobody has answered in time (rule APPEAL): a suspension, restriction or block is
    lifted, and a refusal falls, so that the application waits as if it had never been refused. Returns how many."""
    due = select(Appeal.id, Appeal.contractor_id).where(
        Appeal.status == AppealStatus.OPEN, Appeal.answer_by <= clock.now()
    )
    found = db.session.execute(due.order_by(Appeal.answer_by, Appeal.id).limit(limit)).all()
    for appeal_id, contractor_id in found:
        me = deciding.find(contractor_id, lock=True)
        appeal = db.session.get_one(Appeal, appeal_id, with_for_update=True, populate_existing=True)
        if appeal.status is AppealStatus.OPEN:
            _lapse(me, appeal)
    return len(found)


def close(appeal: Appeal, outcome: AppealStatus, reason: str, *, by: Actor) -> None:
    """Writes the answer down. What follows from it is done by whoever answers. Raises ReasonMissing."""
    values = {"answered_at": clock.now(), "answered_by": require_person(by), "reason": reason_given(reason)}
    move_one(appeal, outcome, by=by, event=f"appeal.{outcome}", values=values)


def open_against(decision_id: UUID) -> Appeal | None:
    """The appeal against a decision that waits for an answer, locked. The caller has locked the contractor."""
    found = db.session.get(Appeal, decision_id, with_for_update=True, populate_existing=True)
    return found if found is not None and found.status is AppealStatus.OPEN else None


def of_decision(decision_id: UUID) -> Restriction | None:
    """The restriction that rests on a decision."""
    return db.session.scalars(select(Restriction).where(Restriction.decision_id == decision_id)).one_or_none()


def of_person(contractor_id: UUID) -> dict[UUID, Appeal]:
    """Every appeal of a person by its decision. The caller has made sure that the asker may see it."""
    found = select(Appeal).where(Appeal.contractor_id == contractor_id)
    return {each.id: each for each in db.session.scalars(found)}


def waiting(seen_by: Actor) -> Select[Appeal]:
    """Appeals that wait for an answer. Raises NotFound or Forbidden unless an operator of vetting asks."""
    require_operator(seen_by, OperatorRole.VETTING)
    return select(Appeal).where(Appeal.status == AppealStatus.OPEN)


def one(appeal_id: UUID, seen_by: Actor) -> Appeal:
    """One appeal, for an operator of vetting or for whoever filed it. Raises NotFound."""
    found = db.session.get(Appeal, appeal_id)
    if found is None or not (seen_by.is_in_person(found.contractor_id) or seen_by.is_operator(OperatorRole.VETTING)):
        raise NotFound
    return found


def _contestable(me: Contractor, decision_id: UUID | None) -> VettingDecision:
    found = select(VettingDecision).where(
        VettingDecision.contractor_id == me.id,
        VettingDecision.outcome.in_(rules.CONTESTABLE),
        VettingDecision.contested_at.is_(None),
    )
    if decision_id is not None:
        found = found.where(VettingDecision.id == decision_id)
    in_force = (each for each in db.session.scalars(found.order_by(VettingDecision.id.desc())) if _holds(me, each))
    if (first := next(in_force, None)) is None:
        raise rules.NothingToContest
    return first


def _holds(me: Contractor, decision: VettingDecision) -> bool:
    """Whether anything of the decision is left that could be contested: a restriction that has ended can be, since it
    may have been wrong all the same; a refusal or suspension that a later decision has replaced cannot."""
    status = {
        Outcome.REFUSED: (ContractorStatus.REFUSED,),
        Outcome.SUSPENDED: (ContractorStatus.SUSPENDED,),
        Outcome.CLOSED: (ContractorStatus.CLOSING, ContractorStatus.CLOSED),
    }
    return decision.outcome not in status or me.status in status[decision.outcome]


_OF_STATUS = {
    Outcome.REFUSED: "contractor.refusal_contested",
    Outcome.SUSPENDED: "contractor.suspension_contested",
}


def _tell(me: Contractor, decision: VettingDecision, appeal: Appeal, by: Actor) -> None:
    if decision.outcome is Outcome.REFUSED:
        move_one(me, ContractorStatus.APPLIED, by=by, event=_OF_STATUS[decision.outcome])
        documents.keep_until([me.id], None)
    elif decision.outcome in _OF_STATUS:
        record(_OF_STATUS[decision.outcome], me, by=by)
    else:
        record("appeal.filed", appeal, by=by)


def _lapse(me: Contractor, appeal: Appeal) -> None:
    move_one(appeal, AppealStatus.LAPSED, by=CLOCK, event="appeal.lapsed", values={"answered_at": clock.now()})
    outcome = appeal.decision.outcome
    if outcome is Outcome.SUSPENDED and me.status is ContractorStatus.SUSPENDED:
        move_one(me, ContractorStatus.VETTED, by=CLOCK, event="contractor.reinstated", data={"because": "lapsed"})
    elif outcome is Outcome.CLOSED:
        reopen(me, by=CLOCK)
    elif outcome is Outcome.STRUCK:
        strikes.end(appeal.id, by=CLOCK)
    elif (restriction := of_decision(appeal.id)) is not None:
        end(restriction, by=CLOCK)


def reopen(me: Contractor, *, by: Actor) -> None:
    """Takes an operator's closing back. Contracts that were ended stay so: they are proposed anew."""
    found = select(Closing).where(Closing.contractor_id == me.id, Closing.status != ClosingStatus.TAKEN_BACK)
    for closing in db.session.scalars(found):
        values = {"ended_at": closing.ended_at or clock.now()}
        move_one(closing, ClosingStatus.TAKEN_BACK, by=by, event="closing.taken_back", values=values)
    if me.status in (ContractorStatus.CLOSING, ContractorStatus.CLOSED):
        move_one(me, ContractorStatus.VETTED, by=by, event="contractor.reopened")


def end(restriction: Restriction, reason: str | None = None, *, by: Actor) -> bool:
    """Lifts a restriction before its time. Returns whether it was still in force: its own end may have come first."""
    moved = move(
        Restriction,
        [restriction.id],
        old=RestrictionStatus.ACTIVE,
        new=RestrictionStatus.LIFTED,
        by=by,
        event="restriction.lifted",
        values={"ended_at": clock.now(), "ended_by": by.person_id, "end_reason": reason},
    )
    return bool(moved)
