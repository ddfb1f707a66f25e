"""How many pieces came of a shift, as its contractor and its company say (rule PIECES)."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, func, select

from marketplace.accounts.rules import CLOCK, Actor, Right, require_company
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event, record, record_many
from marketplace.core.lifecycle import WrongState
from marketplace.gigs.models import Gig
from marketplace.gigs.piece_pay import most_of
from marketplace.shifts import corrections, timesheets
from marketplace.shifts.clock_rules import CorrectedBy
from marketplace.shifts.hours import CORRECT_WITHIN, scheduled_minutes
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import BookingStatus
from marketplace.shifts.timesheet_rules import BadPieces, FewerPieces

REMIND_AFTER = timedelta(hours=24)
MISSING = "booking.pieces_missing"


def count(booking_id: UUID, pieces: int, *, by: Actor) -> Booking:
    """Says how many pieces came of a shift that is worked or was. It counts at once; said again, the later number does.

    Its contractor says so from the beginning of the work until 48 hours after the shift, and what was approved waits
    for the company again. A company, or its tool, may say more than stands there until it has answered the timesheet.
    Raises NotFound, Forbidden, BadPieces beyond the published most or where none are paid, FewerPieces, WrongState,
    TooLateToCorrect.
    """
    booking = corrections.lock(booking_id, by=by)
    side = CorrectedBy.PERSON if by.is_in_person(booking.contractor_id) else CorrectedBy.COMPANY
    if side is CorrectedBy.COMPANY:
        require_company(by, booking.company_id, Right.TIMESHEETS)
    _check_number(booking, pieces)
    if booking.status is not BookingStatus.WORKING:
        if booking.status is not BookingStatus.WORKED:
            raise WrongState(f"The booking is {booking.status}.", state=str(booking.status))
        corrections.check_open(booking, side)
    before = booking.pieces
    if pieces == before:
        return booking
    if side is CorrectedBy.COMPANY and pieces < (before or 0):
        raise FewerPieces(f"Counted already: {before}.", field="pieces")
    booking.pieces = pieces
    if side is CorrectedBy.PERSON:
        timesheets.reopen(booking, by=by)
    told = "pieces_counted" if side is CorrectedBy.PERSON else "pieces_by_company"
    record(f"booking.{told}", booking, by=by, data={"from": before, "to": pieces})
    return booking


def remind_due(limit: int = 200) -> int:
    """Reminds whoever worked by the piece, and their company, of shifts that ended a day ago and of which nobody has
    said how many pieces came: once, a day before the contractor can say it no more. Returns how many there were."""
    now = clock.now()
    told = exists().where(Event.subject_id == Booking.id, Event.name == MISSING)
    due = (
        select(Booking)
        .join(Gig, Gig.id == Booking.gig_id)
        .where(
            Gig.most_pieces.is_not(None),
            Booking.pieces.is_(None),
            Booking.status == BookingStatus.WORKED,
            ~Booking.is_training,
            ~Booking.is_standby,
            func.upper(Booking.during) <= now - REMIND_AFTER,
            func.upper(Booking.during) > now - CORRECT_WITHIN,
            ~told,
        )
        .order_by(Booking.id)
        .limit(limit)
        .with_for_update(of=Booking, skip_locked=True)
    )
    bookings = db.session.scalars(due).all()
    record_many(MISSING, ((booking, {}) for booking in bookings), by=CLOCK)
    return len(bookings)


def most(booking: Booking) -> int | None:
    """How many pieces of a booking are paid at most; None where none are."""
    gig = db.session.get_one(Gig, booking.gig_id)
    found = most_of(gig, scheduled_minutes(booking.starts_at, booking.ends_at), is_training=booking.is_training)
    return None if found is None else found.count


def _check_number(booking: Booking, pieces: int) -> None:
    limit = most(booking)
    if limit is None:
        raise BadPieces("This shift is paid by the hour alone.", field="pieces")
    if not 0 <= pieces <= limit:
        raise BadPieces(f"Pieces of this shift that are paid at most: {limit}.", field="pieces")
