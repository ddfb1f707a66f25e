"""What a company writes first, about one shift, to whoever has a seat in it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import Actor, Right, require_company
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import Conflict, Invalid, NotFound
from marketplace.gigs import queries as gigs
from marketplace.gigs.rules import GigStatus
from marketplace.messages import threads
from marketplace.messages.models import Thread
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import ACTIVE_BOOKING


class NobodyHasSeat(Conflict):
    code = "nobody_has_a_seat"
    title = "Nobody has a seat in this shift."
    remedy = "Write once somebody has said yes; who was only asked is told by the offer."


class NoSeat(Invalid):
    code = "no_seat"
    title = "A company writes about a shift to those who have a seat in it, and to nobody else."
    remedy = "Name people who have a seat, or nobody, which is all of them."


def tell(shift_id: UUID, words: str, contractor_ids: Collection[UUID] | None = None, *, by: Actor) -> Sequence[Thread]:
    """Writes to those of the people who are named, or to all who have a seat: a shift of standby has seats of its own.
    Raises NotFound, Forbidden, NobodyHasSeat, NoSeat, and as `messages.threads.tell()` does."""
    shift = db.session.get(Shift, shift_id)
    if shift is None:
        raise NotFound
    require_company(by, shift.company_id, Right.GIGS)
    # One after the other, so that nobody gets two threads about the shift.
    gig = gigs.locked(shift.gig_id, Right.GIGS, by, *GigStatus)
    seated = select(Booking.contractor_id).where(Booking.shift_id == shift_id, Booking.status.in_(ACTIVE_BOOKING))
    seats = set(db.session.scalars(seated))
    if not seats:
        raise NobodyHasSeat
    if contractor_ids is not None and not seats.issuperset(contractor_ids):
        raise NoSeat(field="contractor_ids")
    people = sorted(seats if contractor_ids is None else set(contractor_ids))
    about = threads.About(gig, shift.id, shift.timezone, gigs.instructions_at(gig.id, clock.now()))
    return threads.tell(about, people, words, by=by)
