"""Hazard caps while somebody works: what they have been exposed to already, and when their clock must stop."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from marketplace.core.db import db
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.exposure import Exposed, stop_moment
from marketplace.shifts.models import Booking, TimeEntry
from marketplace.standards.hazard import HazardClass, caps
from marketplace.workforce.models import Contractor

EXPOSURE = (EntryKind.WORK, EntryKind.WAITING)
LOOK_BACK = timedelta(days=8)
"""A local week before any moment of it, and the hours by which its beginning may lie elsewhere on the globe."""


def next_stop(booking: Booking, start: datetime) -> datetime | None:
    """When work on this booking that begins at `start` reaches a cap, over all gigs of its person; None if its end
    comes first. Whoever changes a clock has locked its booking."""
    hazard_class = HazardClass(booking.hazard_class)
    if caps(hazard_class) is None:
        return None
    zone = ZoneInfo(db.session.scalars(select(Contractor.timezone).where(Contractor.id == booking.contractor_id)).one())
    return stop_moment(start, booking.ends_at, zone, hazard_class, _spent(booking, start))


def spent_elsewhere(booking: Booking) -> list[Exposed]:
    """What the person of a booking was exposed to in other bookings before its end."""
    found = _EXPOSED.where(
        Booking.contractor_id == booking.contractor_id,
        Booking.id != booking.id,
        TimeEntry.ended_at.is_not(None),
        TimeEntry.started_at.between(booking.starts_at - LOOK_BACK, booking.ends_at + LOOK_BACK),
    )
    rows = db.session.execute(found)
    return [Exposed(HazardClass(row.hazard_class), row.started_at, row.ended_at) for row in rows]


_EXPOSED = (
    select(Booking.hazard_class, TimeEntry.started_at, TimeEntry.ended_at)
    .join(Booking, Booking.id == TimeEntry.booking_id)
    .where(TimeEntry.kind.in_(EXPOSURE))
)


def _spent(booking: Booking, until: datetime) -> Sequence[Exposed]:
    found = _EXPOSED.where(
        Booking.contractor_id == booking.contractor_id,
        TimeEntry.started_at > until - LOOK_BACK,
        TimeEntry.started_at < until,
    )
    rows = db.session.execute(found)
    return [Exposed(HazardClass(row.hazard_class), row.started_at, min(row.ended_at or until, until)) for row in rows]
