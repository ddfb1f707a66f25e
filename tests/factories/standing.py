"""Restrictions and what people say against them, through the real verbs."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import Actor, OperatorRole
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.gigs import barring
from marketplace.workforce import appeals, restrictions, signals
from marketplace.workforce.bars import EVERYTHING, SignalKind, Target
from marketplace.workforce.models import Contractor
from marketplace.workforce.standing_models import Appeal, Proposal, Restriction
from tests.factories import accounts

REASON = "Two time entries cannot both be right."
WORDS = "They can: my clock was an hour off."


def operator() -> Actor:
    return accounts.operator(OperatorRole.VETTING)


def restricted(
    contractor_id: UUID, target: Target = EVERYTHING, days: float = 14, by: Actor | None = None
) -> Restriction:
    """Somebody whom an operator keeps from all new offers, unless a target is given, from now on."""
    until = clock.now() + timedelta(days=days)
    return restrictions.restrict(contractor_id, target, REASON, until, by=by or operator())


def blocked(
    company: Actor, company_id: UUID, contractor_id: UUID, days: float = 30, gig_id: UUID | None = None
) -> Restriction:
    """Somebody whom a company keeps from its own gigs, or from one."""
    until = clock.now() + timedelta(days=days)
    return barring.block(company_id, contractor_id, "Came late three times.", until, gig_id, by=company)


def contested(contractor_id: UUID, decision_id: UUID | None = None) -> Appeal:
    """The person contests a decision, the latest if none is named."""
    return appeals.contest(decision_id, WORDS, by=accounts.actor_of(contractor_id))


def matched(older: Contractor, newer: Contractor, kind: SignalKind = SignalKind.PAYOUT_ACCOUNT) -> Proposal:
    """Two accounts that are seen with the same thing; the newer is paused, and a human is asked to look."""
    for who in (older, newer):
        signals.note(who.id, kind, f"{older.id}")
    found = select(Proposal).where(Proposal.contractor_id == newer.id, Proposal.other_id == older.id)
    return db.session.scalars(found.order_by(Proposal.id.desc()).limit(1)).one()
