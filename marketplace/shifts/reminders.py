"""Reminders: whoever said yes is told once more, a day before the shift."""

from sqlalchemy import func, select

from marketplace.accounts.rules import CLOCK
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record_many
from marketplace.shifts.hours import REMIND_BEFORE
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import BookingStatus


def remind_due(limit: int = 200) -> int:
    """Reminds of bookings that begin within `REMIND_BEFORE` and have not begun, each once. Returns how many.

    Who said yes within that time needs no reminder: `offers.accept()` writes them down as reminded.
    """
    now = clock.now()
    due = (
        select(Booking)
        .where(
            Booking.status == BookingStatus.BOOKED,
            Booking.reminded_at.is_(None),
            func.lower(Booking.during) > now,
            func.lower(Booking.during) <= now + REMIND_BEFORE,
        )
        .order_by(Booking.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    bookings = db.session.scalars(due).all()
    for booking in bookings:
        booking.reminded_at = now
    record_many("booking.reminded", ((booking, {}) for booking in bookings), by=CLOCK)
    return len(bookings)
