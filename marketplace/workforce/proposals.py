"""Proposals: what a job or a rule found, for a human to look at. None of them does anything by itself (rule DECISION).

Whoever finds something calls `propose()`; the person says what should be known; an operator dismisses it here, or
decides with reasons of their own (`reviews.accept`). What nobody looked at ends.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, reason_given, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import move, move_one
from marketplace.core.problems import NotFound
from marketplace.standards.rules import RULES
from marketplace.workforce import appeals, bars, deciding, rules
from marketplace.workforce.bars import ProposalClosed, ProposalKind, ProposalStatus, RestrictionStatus, Scope, Source
from marketplace.workforce.models import Contractor
from marketplace.workforce.standing_models import Proposal, Restriction


def propose(
    kind: ProposalKind,
    contractor_id: UUID,
    evidence: Mapping[str, Any],
    *,
    rule: str,
    key: str,
    other_id: UUID | None = None,
    lasts: timedelta = bars.PROPOSAL_LASTS,
) -> Proposal | None:
    """Puts something before the operators. `evidence` holds ids and numbers; `rule` is the published rule that found
    it.

    None when the same finding (`key`) was proposed before: what was dismissed once is not raised again.
    """
    now, found_by = clock.now(), RULES[rule]
    row = insert(Proposal).values(
        kind=kind,
        contractor_id=contractor_id,
        other_id=other_id,
        rule=found_by.id,
        rule_version=found_by.version,
        evidence=dict(evidence),
        key=f"{kind}:{key}",
        made_at=now,
        expires_at=now + lasts,
        reason="",
        status=ProposalStatus.OPEN,
    )
    made = db.session.scalars(row.on_conflict_do_nothing(index_elements=["key"]).returning(Proposal)).one_or_none()
    if made is not None:
        record("proposal.made", made, by=CLOCK, data={"kind": str(kind), "rule": found_by.id})
    return made


def answer(proposal_id: UUID, words: str, *, by: Actor) -> Proposal:
    """The person says what whoever looks should know; saying it anew replaces it. Raises NotFound, ReasonMissing,
    ProposalClosed."""
    me = deciding.find(require_person(by), lock=True)
    proposal = _locked(proposal_id)
    if proposal.contractor_id != me.id:
        raise NotFound
    check_open(proposal)
    proposal.words, proposal.said_at = reason_given(words), clock.now()
    record("proposal.answered", proposal, by=by)
    return proposal


def dismiss(proposal_id: UUID, reason: str, *, by: Actor) -> Proposal:
    """An operator has looked and nothing follows. What rested while they looked goes on at once.

    Raises NotFound, Forbidden, OwnCase, ReasonMissing, ProposalClosed.
    """
    proposal = for_operator(proposal_id, by)
    given = reason_given(reason)
    end_pause(proposal, given, by=by)
    values = {"ended_at": clock.now(), "decided_by": by.person_id, "reason": given}
    move_one(proposal, ProposalStatus.DISMISSED, by=by, event="proposal.dismissed", values=values)
    return proposal


def expire_due(limit: int = 200) -> int:
    """Ends proposals that nobody decided about in time. Returns how many."""
    now = clock.now()
    due = (
        select(Proposal.id)
        .where(Proposal.status == ProposalStatus.OPEN, Proposal.expires_at <= now)
        .order_by(Proposal.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    moved = move(
        Proposal,
        db.session.scalars(due).all(),
        old=ProposalStatus.OPEN,
        new=ProposalStatus.EXPIRED,
        by=CLOCK,
        event="proposal.expired",
        values={"ended_at": now},
    )
    return len(moved)


# --- for whoever decides --------------------------------------------------------------------------------------------


def for_operator(proposal_id: UUID, by: Actor) -> Proposal:
    """The open proposal, locked after its person, for an operator whom it does not concern. Raises NotFound, Forbidden,
    OwnCase, ProposalClosed."""
    require_operator(by, OperatorRole.VETTING)
    seen = db.session.get(Proposal, proposal_id)
    if seen is None:
        raise NotFound
    deciding.find(seen.contractor_id, lock=True)
    proposal = _locked(proposal_id)
    for concerned in (proposal.contractor_id, proposal.other_id):
        if concerned is not None:
            rules.check_decider(require_person(by), concerned, earlier=None)
    check_open(proposal)
    return proposal


def check_open(proposal: Proposal) -> None:
    """Raises ProposalClosed."""
    if proposal.status is not ProposalStatus.OPEN or proposal.expires_at <= clock.now():
        raise ProposalClosed(f"It is {proposal.status}.")


def pause(who: Contractor, proposal: Proposal, source: Source, *, lasts: timedelta) -> Restriction:
    """New offers to the person, whom the caller has locked, rest while somebody looks. Nothing is decided."""
    now = clock.now()
    made = Restriction(
        contractor_id=who.id,
        proposal_id=proposal.id,
        source=source,
        scope=Scope.ALL,
        begins_at=now,
        expires_at=now + lasts,
        status=RestrictionStatus.ACTIVE,
    )
    db.session.add(made)
    who.barred_until = max(made.expires_at, who.barred_until or made.expires_at)
    record(f"restriction.made_by_{source}", made, by=CLOCK, data={"until": made.expires_at.isoformat()})
    return made


def end_pause(proposal: Proposal, reason: str, *, by: Actor) -> None:
    """Ends what rested while somebody looked, if it has not ended by itself."""
    paused = select(Restriction).where(
        Restriction.proposal_id == proposal.id, Restriction.status == RestrictionStatus.ACTIVE
    )
    for each in db.session.scalars(paused):
        appeals.end(each, reason, by=by)


def _locked(proposal_id: UUID) -> Proposal:
    found = db.session.get(Proposal, proposal_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


# --- reading --------------------------------------------------------------------------------------------------------


def waiting(seen_by: Actor) -> Select[Proposal]:
    """What waits for somebody to look. Raises NotFound or Forbidden unless an operator of vetting asks."""
    require_operator(seen_by, OperatorRole.VETTING)
    return select(Proposal).where(Proposal.status == ProposalStatus.OPEN, Proposal.expires_at > clock.now())


def one(proposal_id: UUID, seen_by: Actor) -> Proposal:
    """One proposal, for operators of vetting. Raises NotFound or Forbidden."""
    require_operator(seen_by, OperatorRole.VETTING)
    found = db.session.get(Proposal, proposal_id)
    if found is None:
        raise NotFound
    return found


def about(contractor_id: UUID, seen_by: Actor) -> list[Proposal]:
    """Every proposal in which a person is one of the accounts, the latest first, for operators of vetting."""
    require_operator(seen_by, OperatorRole.VETTING)
    found = select(Proposal).where(or_(Proposal.contractor_id == contractor_id, Proposal.other_id == contractor_id))
    return list(db.session.scalars(found.order_by(Proposal.id.desc())))


def mine(contractor_id: UUID) -> dict[UUID, Proposal]:
    """The proposals about a person by id. The caller has made sure that the asker is that person."""
    found = select(Proposal).where(Proposal.contractor_id == contractor_id)
    return {each.id: each for each in db.session.scalars(found)}
