"""What somebody is given for the work of a shift: instructions of one version (P10, P11), and whom to ask (P13)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from marketplace.accounts.models import Person
from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record_many
from marketplace.core.problems import Forbidden
from marketplace.gigs import queries as gigs
from marketplace.gigs.models import Gig, Instructions
from marketplace.messages import queries as messages
from marketplace.messages.queries import Replies
from marketplace.shifts import queries
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import BookingStatus


@dataclass(frozen=True, slots=True)
class Prepared:
    """`contact` answers questions, as fast as `replies` say; `instructions` are those that hold, or held, in the
    shift."""

    contact: Person
    instructions: Instructions | None
    replies: Replies


def for_offer(offer_id: UUID, *, seen_by: Actor) -> Prepared:
    """As the shift is prepared now. Raises NotFound unless the offer may be seen."""
    offer = queries.offer(offer_id, seen_by=seen_by)
    shift = db.session.get_one(Shift, offer.shift_id)
    return _prepared(offer.gig_id, gigs.instructions_at(offer.gig_id, shift.starts_at))


def for_booking(booking_id: UUID, *, seen_by: Actor) -> Prepared:
    """Of a shift that was begun, the version that it was begun under. Raises NotFound unless it may be seen."""
    booking = queries.booking(booking_id, seen_by=seen_by)
    if booking.instructions_version is not None:
        held = gigs.instructions_of(booking.gig_id, booking.instructions_version)
    else:
        held = gigs.instructions_at(booking.gig_id, booking.starts_at)
    return _prepared(booking.gig_id, held)


def version_for(booking: Booking) -> int | None:
    """What is written on a booking when its work begins."""
    held = gigs.instructions_at(booking.gig_id, booking.starts_at)
    return None if held is None else held.version


def tell_of_change(instructions_id: UUID, *, by: Actor) -> int:
    """Tells everybody who is booked for a shift in which a new version will hold. Only the service itself does; returns
    how many."""
    if by.kind != "job":
        raise Forbidden("Only the service itself does this.")
    row = db.session.get_one(Instructions, instructions_id)
    if row.holds_from is None or row.version == 1:
        return 0
    found = select(Booking).where(
        Booking.gig_id == row.gig_id,
        Booking.status == BookingStatus.BOOKED,
        func.lower(Booking.during) >= max(row.holds_from, clock.now()),
    )
    # Whoever has several shifts is told once, of the first.
    first = {booking.contractor_id: booking for booking in db.session.scalars(found.order_by(Booking.during.desc()))}
    record_many("booking.instructions_changed", [(each, {"version": row.version}) for each in first.values()], by=by)
    return len(first)


def _prepared(gig_id: UUID, instructions: Instructions | None) -> Prepared:
    gig = db.session.get_one(Gig, gig_id)
    return Prepared(db.session.get_one(Person, gig.contact_id), instructions, messages.replies(gig))
