"""Falling ill: the booking ends without harm, and the person's own leave pays the rest of its schedule (SICK).

What was worked stays paid. Nothing that ranks people reads any of it (SICK_CANCEL).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marketplace.accounts.rules import Actor, require_person
from marketplace.contracts import leave
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.core.problems import NotFound
from marketplace.ledger import service as ledger
from marketplace.shifts import attendance, queries, timesheets
from marketplace.shifts.clock_rules import EntryFlag, EntrySource, ShiftOver
from marketplace.shifts.holds import returned
from marketplace.shifts.hours import minutes_left
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.reserve import unused_minutes
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus


@dataclass(frozen=True, slots=True)
class SickPay:
    """What reporting sick at a moment would be paid, in whole minutes of the schedule that is left."""

    booking_id: UUID
    at: datetime
    minutes_left: int
    minutes_paid: int


def sick_pay(booking_id: UUID, *, by: Actor) -> SickPay:
    """What `report_sick()` would pay now. Raises ShiftOver, WrongState, and NotFound for anybody else's booking."""
    now, booking = clock.now(), _mine(booking_id, by)
    _check_open(booking, now)
    left = _left(booking, now)
    there = leave.available(booking.contractor_id)
    return SickPay(booking.id, now, left, min(left, there.seconds // 60))


def report_sick(booking_id: UUID, *, by: Actor) -> Booking:
    """The person is ill. Before the work the seat opens again and the hold returns to the gig; a running clock stops
    now. As many minutes of the rest of the schedule as there is leave for are paid from it, at no cost to the company.

    Reporting twice is reporting once. Raises ShiftOver once it has ended, WrongState when the booking is not open.
    """
    seen = _mine(booking_id, by)
    # Locked in the room's order: the person, so that no leave is taken twice, then the shift, then the booking.
    leave.lock_person(seen.contractor_id)
    shift = db.session.get_one(Shift, seen.shift_id, with_for_update={"key_share": True}, populate_existing=True)
    booking = db.session.get_one(Booking, booking_id, with_for_update=True, populate_existing=True)
    if booking.sick_at is not None:
        return booking
    queries.check_same_shift(booking, shift)
    now = clock.now()
    if attendance.end_if_capped(booking, now):
        # The work was over before the person fell ill, and the rest of the schedule is paid already.
        return booking
    _check_open(booking, now)
    left = _left(booking, now)
    if booking.status is BookingStatus.WORKING:
        attendance.stop(booking, now, EntryFlag.FELL_ILL, EntrySource.PERSON, by=by)
    else:
        move_one(booking, BookingStatus.SICK, by=by, event="booking.given_up")
        shift.seats_taken -= 1
        if not booking.standby_minutes:
            ledger.post(returned(booking))
    cause, reference = leave_cause(booking.id), f"booking:{booking.id}"
    taken = leave.take(booking.contractor_id, left, cause=cause, reference=reference, by=by)
    booking.sick_at, booking.sick_minutes = now, taken.seconds // 60
    record("booking.reported_sick", booking, by=by, data={"minutes_left": left, "minutes_paid": taken.seconds // 60})
    timesheets.enter([booking], by=by)
    return booking


def leave_cause(booking_id: UUID) -> str:
    """The cause under which a booking's leave is taken, and paid: once and for ever."""
    return f"booking:{booking_id}:sick_leave"


def _left(booking: Booking, now: datetime) -> int:
    """The minutes that the person would still have been paid for: of standing by no more than it pays by itself."""
    left = minutes_left(booking.starts_at, booking.ends_at, now)
    return min(left, unused_minutes(booking.starts_at, booking.ends_at)) if booking.is_standby else left


def _mine(booking_id: UUID, by: Actor) -> Booking:
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.contractor_id != require_person(by):
        raise NotFound
    return booking


def _check_open(booking: Booking, now: datetime) -> None:
    if booking.status not in ACTIVE_BOOKING:
        raise WrongState(f"The booking is {booking.status}.", state=str(booking.status))
    if now >= booking.ends_at:
        raise ShiftOver(f"It ended at {booking.ends_at.isoformat()}.", ended_at=booking.ends_at.isoformat())
