"""Confirmation: people are asked whether they still come, answer with one tap, and are asked again if they do not."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from marketplace.accounts.rules import CLOCK, Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record, record_many
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import NotFound
from marketplace.shifts.clock_rules import TooEarly
from marketplace.shifts.confirmation import AGAIN_WITHIN, ASK_WITHIN, opens_at
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import BookingStatus, ShiftBegun


def confirm(booking_id: UUID, *, by: Actor) -> Booking:
    """The person still comes. Saying it twice is saying it once.

    Raises TooEarly while the shift is so far that nobody asks, ShiftBegun once it has begun, WrongState when the
    booking is not open any more.
    """
    booking = db.session.get(Booking, booking_id, with_for_update=True, populate_existing=True)
    if booking is None or booking.contractor_id != require_person(by):
        raise NotFound
    if booking.status is not BookingStatus.BOOKED:
        raise WrongState(f"The booking is {booking.status}.", state=str(booking.status))
    if booking.confirmed_at is not None:
        return booking
    now, opens = clock.now(), opens_at(booking.starts_at)
    if now < opens:
        raise TooEarly(
            f"It begins at {booking.starts_at.isoformat()}.",
            remedy="You are asked shortly before the shift; nothing has to be done until then.",
            starts_at=booking.starts_at.isoformat(),
        )
    if now >= booking.starts_at:
        raise ShiftBegun
    booking.confirmed_at = now
    record("booking.confirmed", booking, by=by)
    return booking


def ask_due(limit: int = 200) -> int:
    """Asks whoever said yes before the shift was near, each once, and not after its start. Returns how many."""
    near = func.lower(Booking.during) - ASK_WITHIN
    return _ask(
        "confirm_asked_at",
        "booking.confirm_asked",
        (Booking.confirm_asked_at.is_(None), near <= clock.now(), Booking.made_at < near),
        limit,
    )


def ask_again_due(limit: int = 200) -> int:
    """Asks those who have not answered once more, each once; their company is told. Returns how many."""
    near = func.lower(Booking.during) - AGAIN_WITHIN
    return _ask(
        "confirm_urged_at",
        "booking.confirm_urged",
        (Booking.confirm_asked_at < near, Booking.confirm_urged_at.is_(None), near <= clock.now()),
        limit,
    )


def _ask(column: str, event: str, which: tuple[ColumnElement[bool], ...], limit: int) -> int:
    now: datetime = clock.now()
    due = (
        select(Booking)
        .where(
            Booking.status == BookingStatus.BOOKED,
            Booking.confirmed_at.is_(None),
            func.lower(Booking.during) > now,
            *which,
        )
        .order_by(Booking.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    bookings = db.session.scalars(due).all()
    for booking in bookings:
        setattr(booking, column, now)
    record_many(event, ((booking, {}) for booking in bookings), by=CLOCK)
    return len(bookings)
