"""A shift that is moved: its time is given up at a price, and whoever had a seat is asked first about the new time.

Nobody is moved. Whoever had a seat is owed what rule NOTICE asks for, also if they take the new time; who cannot come
then simply does not, and the seat is open to others.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.shifts import offers, queries, scheduling
from marketplace.shifts.eligibility import first_no
from marketplace.shifts.hours import moving
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import ACTIVE_BOOKING, BadShift, ShiftBegun
from marketplace.shifts.scheduling import CancellationPrice
from marketplace.workforce.models import Contractor

ASKED_FOR = timedelta(hours=48)
"""How long whoever had a seat may think about the new time (our own number)."""


def moving_price(shift_id: UUID, *, by: Actor) -> CancellationPrice:
    """What `move_shift()` would cost the company now, person by person. House rule NOTICE."""
    return scheduling.cancellation_price(shift_id, by=by, curve=moving)


def move_shift(
    shift_id: UUID, starts_at: datetime, ends_at: datetime, agreed: Money, reason: str, *, by: Actor
) -> Shift:
    """Takes the shift's time back at the price that the company saw, plans the new one with the same seats and asks
    whoever had a seat about it. Returns the new shift.

    Raises ShiftBegun once it has begun, PriceChanged, and what `scheduling.schedule()` raises.
    """
    seen = db.session.get(Shift, shift_id)
    if seen is None:
        raise NotFound
    # The gig before its shifts, as everywhere.
    gig = db.session.get_one(Gig, seen.gig_id, with_for_update={"key_share": True}, populate_existing=True)
    old = queries.shift(shift_id, seen_by=by)
    if clock.now() >= old.starts_at:
        raise ShiftBegun
    if (starts_at, ends_at) == (old.starts_at, old.ends_at):
        raise BadShift("It is at that time already.", field="starts_at")
    held = select(Booking.contractor_id).where(Booking.shift_id == old.id, Booking.status.in_(ACTIVE_BOOKING))
    people = db.session.scalars(held.order_by(Booking.id)).all()
    scheduling.cancel_shift(old.id, agreed, reason, by=by, curve=moving)
    new = scheduling.schedule(
        gig.id,
        starts_at,
        ends_at,
        old.timezone,
        old.seats,
        old.crew_id,
        training=old.is_training,
        moved_from=old.id,
        by=by,
    )
    db.session.flush()
    record("shift.moved", new, by=by, data={"from": str(old.id)})
    _ask(new, gig, people, by=by)
    return new


def _ask(shift: Shift, gig: Gig, ids: Sequence[UUID], *, by: Actor) -> None:
    found = db.session.scalars(select(Contractor).where(Contractor.id.in_(ids)).order_by(Contractor.id)).all()
    seat = queries.seat_of(shift, gig)
    known = queries.people(found, shift.company_id, seat)
    free = [(person, {"by": "moved"}) for person, facts in known.items() if first_no(seat, facts) is None]
    until = min(shift.starts_at, clock.now() + ASKED_FOR)
    if free and until > clock.now():
        offers.make_offers(shift, free, until, by=by)
