"""Whoever was taken for a no-show while their phone had no network, and had come in time (rule OFFLINE)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import Actor
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState
from marketplace.gigs import funding
from marketplace.gigs.models import Gig
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from marketplace.shifts.models import Booking
from marketplace.shifts.reserve import in_time, waited_minutes
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus, DoubleBooked


def refuse_late(booking: Booking, pressed: datetime) -> None:
    """Raises WrongState where a no-show is one: nobody had pressed by the time at which the job looked."""
    if booking.status is BookingStatus.NO_SHOW and pressed >= in_time(booking.starts_at, booking.called_at):
        raise WrongState("The booking is no_show.", state=str(booking.status), wanted=str(BookingStatus.WORKING))


def hold_again(bookings: Sequence[Booking], *, by: Mapping[UUID, Actor]) -> None:
    """Has what these bookings may cost held anew: the job that missed their people gave it back.

    Where the company has not so much any more the service advances it. Raises DoubleBooked for who has taken another
    place at that time since.
    """
    for booking in bookings:
        _refuse_second_place(booking)
        if booking.called_at is not None:
            booking.standby_minutes = waited_minutes(booking.starts_at, booking.called_at)
        gig = db.session.get_one(Gig, booking.gig_id)
        missing = booking.held - books.balance(gig.hold_account, gig.currency)
        if missing.amount > 0:
            funding.cover_or_advance(gig, missing, by=by[booking.id])
        ledger.post(
            Entry(f"booking:{booking.id}:held_again", [Move(gig.hold_account, booking.hold_account, booking.held)])
        )


def _refuse_second_place(booking: Booking) -> None:
    other = select(Booking.id).where(
        Booking.contractor_id == booking.contractor_id,
        Booking.id != booking.id,
        Booking.status.in_(ACTIVE_BOOKING),
        Booking.during.overlaps(booking.during),
    )
    if db.session.scalars(other.limit(1)).first() is not None:
        raise DoubleBooked
