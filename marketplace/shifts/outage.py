"""Power or network is lost: a stated number of minutes is paid, and it is no missed shift (house rule OUTAGE).

On a running clock the time counts as an outage until the person is back. Whoever could not come at all says so during
the shift or soon after it; what the service had taken for a missed shift is then none.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.core.problems import NotFound
from marketplace.gigs import funding
from marketplace.gigs.models import Gig
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from marketplace.shifts import attendance, queries, timesheets
from marketplace.shifts.clock_rules import EntryKind, TooEarly, TooLateForOutage
from marketplace.shifts.holds import returned
from marketplace.shifts.hours import OUTAGE_PAID, OUTAGE_WITHIN, scheduled_minutes
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import BookingStatus
from marketplace.shifts.timesheet_rules import CompensationRule
from marketplace.standards.catalogue import RULES
from marketplace.standards.held import highest_cost
from marketplace.workforce.models import Contractor

OFTEN = timedelta(days=30)
MOST_PAID = RULES["OUTAGE"].parameters["paid_shifts_in_30_days"]


def report_outage(booking_id: UUID, *, by: Actor) -> Booking:
    """The person has no power or no network. A running clock counts the outage from now on, until they go back to work.

    Whoever could not come is excused from the beginning of the shift until 48 hours after its end: the paid minutes of
    the rule are owed, at most four times in 30 days, and later ones are excused without pay. Reporting twice is
    reporting once. Raises TooEarly before the shift, TooLateForOutage, or WrongState when the booking ended otherwise.
    """
    seen = db.session.get(Booking, booking_id)
    if seen is None or seen.contractor_id != require_person(by):
        raise NotFound
    # The person first, so that two reports at once do not both count as the last paid one; then the room's order.
    db.session.get_one(Contractor, seen.contractor_id, with_for_update={"key_share": True})
    shift = db.session.get_one(Shift, seen.shift_id, with_for_update={"key_share": True}, populate_existing=True)
    booking = db.session.get_one(Booking, booking_id, with_for_update=True, populate_existing=True)
    if booking.status is BookingStatus.EXCUSED:
        return booking
    queries.check_same_shift(booking, shift)
    if booking.status is BookingStatus.WORKING:
        return attendance.switch(booking_id, EntryKind.OUTAGE, by=by)
    _check_open(booking)
    missed = booking.status is BookingStatus.NO_SHOW
    minutes = _minutes_owed(booking)
    move_one(booking, BookingStatus.EXCUSED, by=by, event="booking.excused", data={"paid_minutes": minutes})
    shift.seats_taken -= not booking.is_replaced
    if minutes:
        booking.compensation_minutes, booking.compensation_rule = minutes, CompensationRule.OUTAGE
    db.session.flush()
    if missed and minutes:
        _hold_again(booking, minutes, by=by)
    elif not missed and not minutes and not booking.standby_minutes:
        ledger.post(returned(booking))
    record("booking.outage", booking, by=by, data={"missed": missed})
    timesheets.enter([booking], by=by)
    return booking


def _check_open(booking: Booking) -> None:
    if booking.status not in (BookingStatus.BOOKED, BookingStatus.NO_SHOW):
        raise WrongState(f"The booking is {booking.status}.", state=str(booking.status))
    now = clock.now()
    if now < booking.starts_at:
        raise TooEarly(
            f"It begins at {booking.starts_at.isoformat()}.",
            remedy="Until then you can give the seat back.",
            starts_at=booking.starts_at.isoformat(),
        )
    if now >= booking.ends_at + OUTAGE_WITHIN:
        raise TooLateForOutage(f"It ended at {booking.ends_at.isoformat()}.")


def _minutes_owed(booking: Booking) -> int:
    paid = select(func.count()).where(
        Booking.contractor_id == booking.contractor_id,
        Booking.compensation_rule == CompensationRule.OUTAGE,
        func.lower(Booking.during) > booking.starts_at - OFTEN,
    )
    if (db.session.scalar(paid) or 0) >= MOST_PAID:
        return 0
    return min(OUTAGE_PAID // timedelta(minutes=1), scheduled_minutes(booking.starts_at, booking.ends_at))


def _hold_again(booking: Booking, minutes: int, *, by: Actor) -> None:
    """A missed shift has given its money back, so what is owed now is held anew."""
    gig = db.session.get_one(Gig, booking.gig_id)
    cost = highest_cost(
        booking.rate,
        minutes,
        hazard_class=booking.hazard_class,
        fee_percent=gig.fee_percent,
        margin=gig.margin,
        step_points=booking.step_points,
    )
    missing = cost - books.balance(gig.hold_account, gig.currency)
    if missing.amount > 0:
        funding.cover_or_advance(gig, missing, by=by)
    ledger.post(Entry(f"booking:{booking.id}:outage_held", [Move(gig.hold_account, booking.hold_account, cost)]))
