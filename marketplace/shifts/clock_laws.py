"""A law that moves a clock: shifts of a series that were laid by the old rules of its zone stand at another hour by the
new ones.

Where nobody has a seat the shift goes to the hour that was meant, and open offers about the old one are taken back.
Where somebody has, they said yes to a moment and keep it: both sides are told, once, and the company may move the shift
at the price of rule NOTICE.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select

from marketplace.accounts.rules import CLOCK
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record_many
from marketplace.shifts import asking, series
from marketplace.shifts.leading_models import LeadMinutes
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import ACTIVE_BOOKING, ShiftStatus
from marketplace.shifts.series_models import ShiftSeries

Times = tuple[datetime, datetime]


def meant(of: ShiftSeries, shift: Shift) -> Times | None:
    """The moments, in UTC, that the series means for the day of one of its shifts by the rules of its zone as they
    are known now; None where they leave no time."""
    if shift.series_day is None:
        return None
    day = of.recurrence.on(shift.series_day)
    if day.ends_at <= day.starts_at:
        return None
    (planned,) = series.planned_of(of, [day], clock.now())
    return planned.starts_at, planned.ends_at


def meant_instead(shift: Shift) -> Times | None:
    """The moments that its series means, where the shift stays at others because people have seats in it."""
    if shift.off_clock_at is None or shift.series_id is None:
        return None
    return meant(db.session.get_one(ShiftSeries, shift.series_id), shift)


def follow_due(limit: int = 100) -> int:
    """Looks at every shift to come of a series, sets right those that a new law has moved off their clock, and tells of
    those in which people have a seat. Returns how many it did."""
    now = clock.now()
    laid = (
        select(Shift, ShiftSeries)
        .join(ShiftSeries, ShiftSeries.id == Shift.series_id)
        .where(Shift.status == ShiftStatus.SCHEDULED, Shift.starts_at > now, Shift.off_clock_at.is_(None))
    )
    off = []
    for shift, of in db.session.execute(laid.order_by(Shift.gig_id, Shift.id)):
        times = meant(of, shift)
        if times is not None and times != (shift.starts_at, shift.ends_at) and times[0] > now:
            off.append((shift.id, times))
    wanted = dict(off[:limit])
    # A seat may have been taken since: what is locked is read anew.
    these = or_(Shift.id.in_(wanted), Shift.standby_of.in_(wanted))
    found = select(Shift).where(these, Shift.status == ShiftStatus.SCHEDULED).order_by(Shift.id)
    locked = db.session.scalars(found.with_for_update().execution_options(populate_existing=True)).all()
    # Who stands by for a shift has said yes to its moment, too, and the minutes of a lead lie beside it.
    kept = {shift.standby_of or shift.id for shift in locked if shift.seats_taken}
    kept |= set(db.session.scalars(select(LeadMinutes.leads_id).where(LeadMinutes.leads_id.in_(wanted))))
    right = [shift for shift in locked if (shift.standby_of or shift.id) not in kept]
    _set_right([(shift, wanted[shift.standby_of or shift.id]) for shift in right])
    _tell([shift for shift in locked if shift.id in kept], kept, now)
    return len(wanted)


def _set_right(shifts: Sequence[tuple[Shift, Times]]) -> None:
    asking.take_back(Offer.shift_id.in_([shift.id for shift, _ in shifts]), because="clock", by=CLOCK)
    told = [(shift, {"from": shift.starts_at.isoformat(), "to": times[0].isoformat()}) for shift, times in shifts]
    for shift, times in shifts:
        shift.starts_at, shift.ends_at = times
    record_many("shift.set_right", told, by=CLOCK)


def _tell(shifts: Sequence[Shift], ids: Collection[UUID], now: datetime) -> None:
    for shift in shifts:
        shift.off_clock_at = now
    record_many("shift.off_clock", [(shift, {}) for shift in shifts], by=CLOCK)
    these = or_(Shift.id.in_(ids), Shift.standby_of.in_(ids))
    held = select(Booking).join(Shift, Shift.id == Booking.shift_id).where(these, Booking.status.in_(ACTIVE_BOOKING))
    held = held.order_by(Booking.id)
    record_many("booking.off_clock", [(each, {}) for each in db.session.scalars(held)], by=CLOCK)
