"""Seats that are handed over: requests, what is offered for them, and yeses to the terms that somebody has seen."""

from uuid import UUID

from marketplace.accounts.rules import Actor
from marketplace.core.db import db
from marketplace.shifts import handover_queries as reads
from marketplace.shifts import handovers
from marketplace.shifts.handover_models import Handover, SwapProposal
from marketplace.shifts.handover_rules import HandoverKind
from marketplace.shifts.models import Booking
from tests.factories import accounts


def asked(booking: Booking, kind: HandoverKind = HandoverKind.COVER, code: str | None = None) -> Handover:
    """The person of the booking asks for somebody who takes it: everybody, unless there is a code."""
    return handovers.ask(booking.id, kind, code, by=accounts.actor_of(booking.contractor_id))


def terms(handover_id: UUID, person_id: UUID, in_return: UUID | None = None) -> str:
    """The digest of what the person sees before their yes; nothing where a rule says no."""
    look = reads.shown(handover_id, in_return, seen_by=accounts.actor_of(person_id)).look
    assert look is not None
    return look.terms_sha256 or ""


def taken(found: Handover, person_id: UUID) -> Booking:
    """The booking of somebody who takes the seat over."""
    return handovers.take(found.id, terms(found.id, person_id), by=accounts.actor_of(person_id))


def proposed(found: Handover, booking: Booking) -> SwapProposal:
    """The person of the booking offers it for the shift of the request."""
    agreed = terms(found.id, booking.contractor_id, booking.id)
    return handovers.propose(found.id, booking.id, agreed, by=accounts.actor_of(booking.contractor_id))


def answer_terms(given: SwapProposal) -> str:
    """The digest of what whoever asked for the swap sees before their yes."""
    look = reads.look_at_proposal(given.id, seen_by=_asker(given))
    assert look is not None
    return look.terms_sha256 or ""


def accepted(given: SwapProposal) -> Booking:
    """The new booking of whoever asked for the swap."""
    return handovers.accept(given.id, answer_terms(given), by=_asker(given))


def _asker(given: SwapProposal) -> Actor:
    """Whoever asked for the swap."""
    return accounts.actor_of(db.session.get_one(Handover, given.handover_id).contractor_id)
