"""Strikes: what an operator has decided to count about a missed shift or a very late no, until it falls off.

A job proposes, a human decides in writing, the person can contest it, and it ends by itself (rule STRIKE). It keeps
nobody from anything: several that are in force are a reason to look, and again a human decides.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import CLOCK, Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import move
from marketplace.standards.rules import RULES
from marketplace.workforce import queries
from marketplace.workforce.bars import BadMeasure, Measure, ProposalKind, StrikeStatus
from marketplace.workforce.models import VettingDecision
from marketplace.workforce.standing_models import Proposal, Strike

LASTS: Final = timedelta(days=RULES["STRIKE"].parameters["days"])
LOOK_AT: Final = RULES["STRIKE"].parameters["live_strikes"]
"""So many in force are proposed to be looked at together."""


def check_measure(proposal: Proposal, measure: Measure) -> None:
    """Raises BadMeasure: of one late no nothing else can come than that it counts, or is a strike, and of nothing else
    either; and it is a strike only where it came so late, and 48 hours after the shift at the earliest."""
    if (proposal.kind is ProposalKind.STRIKE) is not (measure in (Measure.STRIKE, Measure.COUNTS)):
        raise BadMeasure(f"This finding is {proposal.kind}.", field="measure")
    if measure is Measure.STRIKE and not may_strike(proposal):
        raise BadMeasure("Of this late no a strike cannot come, or not yet.", field="measure")


def may_strike(proposal: Proposal) -> bool:
    """Whether a strike can come of a late no now: `strike_from` says from when on, or that it never can."""
    begins = proposal.evidence.get("strike_from", proposal.made_at.isoformat())
    return begins is not None and clock.now() >= datetime.fromisoformat(begins)


def give(proposal: Proposal, decision: VettingDecision, *, by: Actor) -> Strike:
    """Writes down what was decided upon a proposal. It counts from what happened on, so that nobody waits longer
    because a decision took its time."""
    happened = datetime.fromisoformat(proposal.evidence["happened_at"])
    made = Strike(
        contractor_id=proposal.contractor_id,
        proposal_id=proposal.id,
        decision_id=decision.id,
        given_at=clock.now(),
        expires_at=happened + LASTS,
        status=StrikeStatus.LIVE,
    )
    db.session.add(made)
    record("strike.given", made, by=by, data={"until": made.expires_at.isoformat()})
    return made


def end(decision_id: UUID, *, by: Actor) -> bool:
    """Lifts the strike that rests on a decision. Returns whether there was one in force."""
    found = db.session.scalars(select(Strike.id).where(Strike.decision_id == decision_id)).all()
    lifted = {"ended_at": clock.now()}
    moved = move(
        Strike, found, old=StrikeStatus.LIVE, new=StrikeStatus.LIFTED, by=by, event="strike.lifted", values=lifted
    )
    return bool(moved)


def expire_due(limit: int = 200) -> int:
    """Lets strikes fall off whose time is over. Returns how many."""
    now = clock.now()
    due = (
        select(Strike.id)
        .where(Strike.status == StrikeStatus.LIVE, Strike.expires_at <= now)
        .order_by(Strike.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    moved = move(
        Strike,
        db.session.scalars(due).all(),
        old=StrikeStatus.LIVE,
        new=StrikeStatus.EXPIRED,
        by=CLOCK,
        event="strike.expired",
        values={"ended_at": now},
    )
    return len(moved)


def in_force(contractor_id: UUID, at: datetime) -> Sequence[Strike]:
    """The strikes of a person that count at that moment, the oldest first. The caller has made sure that the asker may
    see them."""
    found = select(Strike).where(
        Strike.contractor_id == contractor_id, Strike.status == StrikeStatus.LIVE, Strike.expires_at > at
    )
    return db.session.scalars(found.order_by(Strike.id)).all()


def of_person(contractor_id: UUID, seen_by: Actor) -> list[Strike]:
    """Every strike of a person, the latest first, for themselves and operators of vetting. Raises NotFound for
    everybody else: no company reads them."""
    queries.contractor(contractor_id, seen_by)
    found = select(Strike).where(Strike.contractor_id == contractor_id)
    return list(db.session.scalars(found.order_by(Strike.id.desc())))
