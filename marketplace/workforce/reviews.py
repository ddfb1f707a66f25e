"""Where a human decides about what others have said: the answers to appeals, and what follows from a proposal."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from marketplace.accounts.rules import Actor, reason_given, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import move_one
from marketplace.core.problems import NotFound
from marketplace.workforce import appeals, bars, deciding, proposals, queries, restrictions, rules, service, strikes
from marketplace.workforce.bars import (
    AppealStatus,
    BadAnswer,
    Measure,
    NoAppeal,
    ProposalKind,
    ProposalStatus,
    RestrictionStatus,
    TakesASide,
)
from marketplace.workforce.rules import Outcome
from marketplace.workforce.standing_models import Appeal, Proposal, Restriction


def answer(
    appeal_id: UUID, outcome: AppealStatus, reason: str, expires_at: datetime | None = None, *, by: Actor
) -> Appeal:
    """An operator who did not take the decision upholds it, overturns it, or puts something milder in its place.

    `changed` makes a suspension a restriction from all new offers until `expires_at`, and ends a restriction or block
    then instead of later. A refusal is upheld or overturned as an application is decided: who is taken in has shown
    everything. The contractor is locked first, as by the job that lapses what nobody answered, so one of the two comes
    first. Raises NotFound, NoAppeal, TooLateToAnswer, OwnCase, RuledBefore, TakesASide, BadAnswer, BadExpiry,
    ReasonMissing, RequirementsMissing.
    """
    seen = appeals.one(appeal_id, by)
    deciding.for_operator(seen.contractor_id, by)
    appeal = appeals.open_against(appeal_id)
    if appeal is None:
        raise NoAppeal
    bars.check_in_time(appeal.answer_by, clock.now())
    rules.check_decider(require_person(by), appeal.contractor_id, earlier=appeal.decision.decided_by)
    if appeal.company_id is not None and by.belongs_to(appeal.company_id):
        raise TakesASide
    given = reason_given(reason)
    _ANSWERS[appeal.decision.outcome](appeal, outcome, given, expires_at, by)
    return appeal


def accept(
    proposal_id: UUID, measure: Measure, reason: str, expires_at: datetime | None = None, *, by: Actor
) -> Proposal:
    """An operator has looked at a proposal and decides, with reasons of their own, which the person reads and can
    contest: a restriction from all new offers until `expires_at`, a suspension, or, of an applicant, a refusal; and of
    one late no a strike, or that it counts.

    Raises NotFound, Forbidden, OwnCase, ReasonMissing, ProposalClosed, BadMeasure, BadExpiry, or WrongState where the
    person's status does not allow it.
    """
    proposal = proposals.for_operator(proposal_id, by)
    given = reason_given(reason)
    strikes.check_measure(proposal, measure)
    proposals.end_pause(proposal, given, by=by)
    if measure is Measure.RESTRICT:
        if expires_at is None:
            raise bars.BadExpiry("Say until when the restriction lasts.", field="expires_at")
        restrictions.restrict_everything(proposal.contractor_id, given, expires_at, by=by)
    elif measure is Measure.SUSPEND:
        service.suspend(proposal.contractor_id, given, by=by)
    elif measure is Measure.STRIKE:
        _strike(proposal, given, by=by)
    elif measure is Measure.COUNTS:
        deciding.write(proposal.contractor_id, Outcome.COUNTED, given, by=by)
        record("reliability.counted", proposal, by=by)
    else:
        service.refuse(proposal.contractor_id, given, by=by)
    decision = queries.decisions(proposal.contractor_id)[0]
    values = {"ended_at": clock.now(), "decided_by": by.person_id, "decision_id": decision.id, "reason": given}
    move_one(proposal, ProposalStatus.ACCEPTED, by=by, event="proposal.accepted", values=values)
    return proposal


def _strike(proposal: Proposal, reason: str, *, by: Actor) -> None:
    """Gives a strike. Where so many are in force that somebody should look at them together, that is proposed, and
    again a human decides (rule STRIKE)."""
    decision = deciding.write(proposal.contractor_id, Outcome.STRUCK, reason, by=by)
    made = strikes.give(proposal, decision, by=by)
    live = strikes.in_force(proposal.contractor_id, clock.now())
    if len(live) >= strikes.LOOK_AT:
        evidence = {"strikes": [str(each.id) for each in live], "live": len(live)}
        proposals.propose(
            ProposalKind.STRIKES, proposal.contractor_id, evidence, rule="STRIKE", key=f"strike:{made.id}"
        )


def _about_refusal(appeal: Appeal, outcome: AppealStatus, reason: str, _until: datetime | None, by: Actor) -> None:
    decide = {AppealStatus.UPHELD: service.refuse, AppealStatus.OVERTURNED: service.vet}.get(outcome)
    if decide is None:
        raise BadAnswer("A refusal is upheld or overturned.", field="outcome")
    decide(appeal.contractor_id, reason, by=by)


def _about_suspension(appeal: Appeal, outcome: AppealStatus, reason: str, until: datetime | None, by: Actor) -> None:
    if outcome is AppealStatus.UPHELD:
        appeals.close(appeal, outcome, reason, by=by)
    elif outcome is AppealStatus.OVERTURNED:
        service.reinstate(appeal.contractor_id, reason, by=by)
    else:
        appeals.close(appeal, outcome, reason, by=by)
        service.reinstate(appeal.contractor_id, reason, by=by)
        if until is None:
            raise bars.BadExpiry("Say until when the restriction lasts.", field="expires_at")
        restrictions.restrict_everything(appeal.contractor_id, reason, until, by=by)


def _about_closing(appeal: Appeal, outcome: AppealStatus, reason: str, _until: datetime | None, by: Actor) -> None:
    if outcome is AppealStatus.CHANGED:
        raise BadAnswer("A closing is upheld or overturned.", field="outcome")
    appeals.close(appeal, outcome, reason, by=by)
    if outcome is AppealStatus.OVERTURNED:
        appeals.reopen(deciding.find(appeal.contractor_id, lock=True), by=by)


def _about_withdrawal(appeal: Appeal, outcome: AppealStatus, reason: str, _until: datetime | None, by: Actor) -> None:
    """What was withdrawn is given back by the room of qualifications, which hears of the answer."""
    if outcome is AppealStatus.CHANGED:
        raise BadAnswer("A withdrawal is upheld or overturned.", field="outcome")
    appeals.close(appeal, outcome, reason, by=by)


def _about_strike(appeal: Appeal, outcome: AppealStatus, reason: str, _until: datetime | None, by: Actor) -> None:
    if outcome is AppealStatus.CHANGED:
        raise BadAnswer("A strike is upheld or overturned.", field="outcome")
    if outcome is AppealStatus.OVERTURNED:
        strikes.end(appeal.id, by=by)
    appeals.close(appeal, outcome, reason, by=by)


def _about_count(appeal: Appeal, outcome: AppealStatus, reason: str, _until: datetime | None, by: Actor) -> None:
    if outcome is AppealStatus.CHANGED:
        raise BadAnswer("That it counts is upheld or overturned.", field="outcome")
    appeals.close(appeal, outcome, reason, by=by)


def _about_restriction(appeal: Appeal, outcome: AppealStatus, reason: str, until: datetime | None, by: Actor) -> None:
    restriction = appeals.of_decision(appeal.id)
    if restriction is None:
        raise NotFound
    if outcome is AppealStatus.CHANGED:
        _shorten(restriction, until, by)
    elif outcome is AppealStatus.OVERTURNED:
        # Its own end may have come meanwhile; that it was wrong is said all the same.
        appeals.end(restriction, reason, by=by)
    appeals.close(appeal, outcome, reason, by=by)


def _shorten(restriction: Restriction, until: datetime | None, by: Actor) -> None:
    held = db.session.get_one(Restriction, restriction.id, with_for_update=True, populate_existing=True)
    if held.status is not RestrictionStatus.ACTIVE:
        raise BadAnswer("It has ended already.", field="outcome")
    held.expires_at = bars.check_earlier(clock.now(), held.expires_at, until)
    # One that would have begun later may end before that: it then never begins.
    held.begins_at = min(held.begins_at, clock.now())
    record("restriction.shortened", held, by=by, data={"until": held.expires_at.isoformat()})


_ANSWERS: dict[Outcome, Callable[[Appeal, AppealStatus, str, datetime | None, Actor], None]] = {
    Outcome.REFUSED: _about_refusal,
    Outcome.SUSPENDED: _about_suspension,
    Outcome.RESTRICTED: _about_restriction,
    Outcome.BLOCKED: _about_restriction,
    Outcome.CLOSED: _about_closing,
    Outcome.WITHDRAWN: _about_withdrawal,
    Outcome.STRUCK: _about_strike,
    Outcome.COUNTED: _about_count,
}
