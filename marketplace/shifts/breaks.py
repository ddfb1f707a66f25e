"""Breaks that are due while somebody works: they are told once, by the ways that they chose (rules BREAK, PAID_BREAK).

Nothing follows from a break that is not taken: the clock runs on, and every minute is paid.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import case, func, or_, select

from marketplace.accounts.rules import CLOCK
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record_many
from marketplace.shifts.clock_rules import BREAKS, EntryKind
from marketplace.shifts.hours import BREAK_AFTER, BREAK_LASTS
from marketplace.shifts.models import Booking, TimeEntry
from marketplace.shifts.rules import BookingStatus
from marketplace.standards.hazard import HazardClass, paid_break_rhythm

_WORKED = (EntryKind.WORK, EntryKind.WAITING)
_MINUTE = timedelta(minutes=1)
_SOONEST = min(paid_break_rhythm(each)[0] for each in HazardClass) * _MINUTE
"""Before so much of a shift is over no break is due."""


def tell_due(limit: int = 200) -> int:
    """Tells people whose clock runs that a break is due, each break once: half an hour after six hours that none has
    parted, and the paid breaks that belong to what they have worked and that they have not taken. Returns how many
    were told.

    Whoever is told of the long break is not told of a paid one in the same moment.
    """
    now, worked = clock.now(), _worked()
    numbers = {each: paid_break_rhythm(each) for each in HazardClass}
    every = case({each: rhythm for each, (rhythm, _) in numbers.items()}, value=Booking.hazard_class)
    lasts = case({each: minutes for each, (_, minutes) in numbers.items()}, value=Booking.hazard_class)
    earned = func.floor(worked.c.seconds / 60 / every)
    paid = (earned > Booking.breaks_told) & (earned * lasts * 60 > worked.c.paused)
    told_since = Booking.long_break_told_at >= func.coalesce(worked.c.rested_at, func.lower(Booking.during))
    long = (worked.c.unbroken >= BREAK_AFTER.total_seconds()) & func.coalesce(~told_since, True)
    due = (
        select(Booking, earned.label("earned"), long.label("is_long"))
        .join(worked, worked.c.booking_id == Booking.id)
        .where(worked.c.runs, func.upper(Booking.during) > now, or_(paid, long))
        .order_by(Booking.id)
        .limit(limit)
        .with_for_update(of=Booking, skip_locked=True)
    )
    rows = db.session.execute(due.execution_options(populate_existing=True)).all()
    for row in rows:
        row.Booking.breaks_told = int(row.earned)
        if row.is_long:
            row.Booking.long_break_told_at = now
    for event, wanted in (("booking.break_due", True), ("booking.paid_break_due", False)):
        record_many(event, [(row.Booking, {}) for row in rows if row.is_long is wanted], by=CLOCK)
    return len(rows)


def _worked() -> Any:
    """Of everybody whose clock runs, in seconds: what they have `worked`, their paid breaks (`paused`), what they have
    worked since their last long break (`unbroken`), when that ended, and whether work `runs` now."""
    now = clock.now()
    until = func.coalesce(TimeEntry.ended_at, now)
    is_long = TimeEntry.kind.in_(BREAKS) & (TimeEntry.ended_at - TimeEntry.started_at >= BREAK_LASTS)
    rested = func.max(TimeEntry.ended_at).filter(is_long).over(partition_by=TimeEntry.booking_id)
    entries = (
        select(
            TimeEntry.booking_id,
            TimeEntry.kind,
            TimeEntry.started_at,
            TimeEntry.ended_at,
            func.extract("epoch", until - TimeEntry.started_at).label("length"),
            rested.label("rested_at"),
        )
        .join(Booking, Booking.id == TimeEntry.booking_id)
        .where(Booking.status == BookingStatus.WORKING, func.lower(Booking.during) <= now - _SOONEST)
        .subquery()
    )
    works = entries.c.kind.not_in(BREAKS)
    since = works & (entries.c.started_at >= func.coalesce(entries.c.rested_at, entries.c.started_at))
    return (
        select(
            entries.c.booking_id,
            func.coalesce(func.sum(entries.c.length).filter(entries.c.kind.in_(_WORKED)), 0).label("seconds"),
            func.coalesce(func.sum(entries.c.length).filter(entries.c.kind == EntryKind.PAID_BREAK), 0).label("paused"),
            func.coalesce(func.sum(entries.c.length).filter(since), 0).label("unbroken"),
            func.max(entries.c.rested_at).label("rested_at"),
            func.bool_or(entries.c.ended_at.is_(None) & works).label("runs"),
        )
        .group_by(entries.c.booking_id)
        .subquery()
    )
