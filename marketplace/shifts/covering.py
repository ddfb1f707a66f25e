"""Telling people that somebody asks everybody to take their shift (rule HANDOVER), and that it is gone.

Everybody who may take it is told at the same time, by the ways that they chose; whoever takes it first has it. It is no
offer: nobody's silence is counted, and no points read it.
"""

from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import CLOCK, Actor
from marketplace.contracts import queries as contracts
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record_many
from marketplace.shifts import handover_queries, handovers
from marketplace.shifts.handover_models import CoverCall, Handover
from marketplace.shifts.handover_rules import HandoverGone, HandoverKind, HandoverStatus
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import BookingStatus
from marketplace.workforce.models import Contractor


def call(handover_id: UUID) -> list[CoverCall]:
    """Tells everybody who may take the shift that it is to be had, each once. Nobody, where one person alone is asked,
    where a shift is wanted for it, or where it is settled by now. Returns who was told."""
    found = db.session.get(Handover, handover_id, with_for_update=True, populate_existing=True)
    if found is None or found.named or found.kind is not HandoverKind.COVER or not _is_open(found):
        return []
    booking = db.session.get_one(Booking, found.booking_id)
    bound = set(contracts.in_force_of_company(found.company_id, booking.ends_at)) - {found.contractor_id}
    known = select(CoverCall.contractor_id).where(CoverCall.handover_id == found.id)
    wanted = bound - set(db.session.scalars(known))
    takers = db.session.scalars(select(Contractor).where(Contractor.id.in_(wanted)).order_by(Contractor.id)).all()
    looks = handover_queries.looks_at(booking, takers, found.kind) if takers else []
    told = [
        CoverCall(
            handover_id=found.id,
            contractor_id=look.person.contractor_id,
            terms_sha256=look.terms_sha256,
            made_at=clock.now(),
        )
        for look in looks
        if look.terms_sha256 is not None
    ]
    db.session.add_all(told)
    db.session.flush()
    record_many("cover.wanted", [(each, {}) for each in told], by=CLOCK)
    return told


def tell_gone(handover_id: UUID) -> int:
    """Tells whoever was told of a request, and did not take the shift, that it is settled; each once. Returns how
    many."""
    found = db.session.get(Handover, handover_id, with_for_update=True, populate_existing=True)
    if found is None or found.status is HandoverStatus.OPEN:
        return 0
    took = select(Booking.contractor_id).where(Booking.id == found.new_booking_id)
    taker = db.session.scalar(took) if found.new_booking_id else None
    calls = select(CoverCall).where(CoverCall.handover_id == found.id, CoverCall.gone_at.is_(None))
    rows = db.session.scalars(calls.order_by(CoverCall.id).with_for_update()).all()
    for each in rows:
        each.gone_at = clock.now()
    others = [each for each in rows if each.contractor_id != taker]
    record_many("cover.gone", [(each, {"status": str(found.status)}) for each in others], by=CLOCK)
    return len(others)


def take(call_id: UUID, *, by: Actor) -> Booking:
    """Takes the shift at the terms of which the person was told. Raises what `handovers.take()` raises."""
    found = db.session.get(CoverCall, call_id)
    if found is None or not by.is_in_person(found.contractor_id):
        raise HandoverGone
    return handovers.take(found.handover_id, found.terms_sha256, by=by)


def _is_open(found: Handover) -> bool:
    booking = db.session.get_one(Booking, found.booking_id)
    coming = booking.status is BookingStatus.BOOKED and booking.starts_at > clock.now()
    return found.status is HandoverStatus.OPEN and coming
