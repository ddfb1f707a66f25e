"""A gig is its own pilot: what its approved shifts have shown (P7)."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select

from marketplace.accounts.rules import Actor
from marketplace.core.db import db
from marketplace.gigs import gate, preparation
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus, Shown
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import Timesheet, TimesheetLine
from marketplace.shifts.timesheet_rules import TimesheetStatus
from marketplace.workforce.models import Contractor

APPROVED = (TimesheetStatus.APPROVED, TimesheetStatus.LOCKED)


def roll(gig_ids: Collection[UUID], *, by: Actor) -> int:
    """Writes down what the approved shifts of these gigs have shown, as far as their volume is still limited. Returns
    of how many."""
    found = select(Gig).where(Gig.id.in_(gig_ids), Gig.status.in_((GigStatus.OPEN, GigStatus.PAUSED)))
    limited = [gig for gig in db.session.scalars(found.order_by(Gig.id)) if gate.pilot_cap(gig) is not None]
    shown = {gig.id: _shown(gig) for gig in limited}
    return sum(
        preparation.roll_pilot(known, facts, by=by) is not None for known, facts in shown.items() if facts.workers
    )


def _shown(gig: Gig) -> Shown:
    minutes = TimesheetLine.work_minutes + TimesheetLine.waiting_minutes + TimesheetLine.paid_break_minutes
    approved = (
        select(Contractor.id, Contractor.country, Contractor.subdivision, func.count(), func.sum(minutes))
        .join(Booking, Booking.contractor_id == Contractor.id)
        .join(TimesheetLine, TimesheetLine.booking_id == Booking.id)
        .join(Timesheet, Timesheet.id == TimesheetLine.timesheet_id)
        .where(
            Booking.gig_id == gig.id,
            ~Booking.is_training,
            Timesheet.status.in_(APPROVED),
            TimesheetLine.work_minutes > 0,
        )
        .group_by(Contractor.id)
    )
    rows = db.session.execute(approved).all()
    places = [
        place
        for place in gig.criteria.places
        if any(place.admits(country, subdivision) for _, country, subdivision, *_ in rows)
    ]
    return Shown(len(rows), sum(row[3] for row in rows), int(sum(row[4] for row in rows)), places)
