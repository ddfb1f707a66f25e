"""A shift that is added late to a schedule (rule NOTICE): who had one when it was planned. What it costs at most is
reckoned in `costing`.

Whoever had a booking with the company in the same pay week, when a shift was planned less than 14 days before its
start, is paid an hour beside the time of that shift; a booking that the company had taken back for nothing is one
still. Whoever had none is not: they have no schedule that could be
disturbed, so a company can open at once. It cannot choose people without a schedule to save the hour, since the order
of the points decides who is asked, and reads nothing of this.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, and_, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, Range
from sqlalchemy.orm import aliased

from marketplace.core.db import db
from marketplace.shifts.hours import added_late
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import BookingStatus
from marketplace.workforce.models import Contractor

NEAR = timedelta(days=8)
"""No moment of a week is further from any other, with a day for what its zone calls Monday."""
Late = Mapping[tuple[UUID, UUID], int]
"""The minutes that a shift pays beside its time, by the shift and the person. Whoever is owed none is not in it."""


def owed(shifts: Collection[Shift], contractor_ids: Collection[UUID]) -> Late:
    """Which of these people are owed minutes beside the time of which of these shifts: one statement, and none where no
    shift was planned late."""
    late = {shift.id: added_late(shift.starts_at, shift.ends_at, shift.planned_at) for shift in shifts}
    wanted = {shift.id: shift.starts_at for shift in shifts if late[shift.id]}
    if not wanted:
        return {}
    old = aliased(Booking)
    paid_for_moving = exists().where(
        old.shift_id == Shift.moved_from, old.contractor_id == Booking.contractor_id, old.compensation_minutes > 0
    )
    found = (
        select(Shift.id, Booking.contractor_id)
        .join(Booking, Booking.company_id == Shift.company_id)
        .join(Contractor, Contractor.id == Booking.contractor_id)
        .where(
            Shift.id.in_(wanted),
            Booking.contractor_id.in_(contractor_ids),
            _near(wanted.values()),
            _stood(Shift.planned_at),
            _week_of(func.lower(Booking.during), Contractor.timezone) == _week_of(Shift.starts_at, Contractor.timezone),
            ~paid_for_moving,
        )
    )
    return {(row[0], row[1]): late[row[0]] for row in db.session.execute(found.distinct())}


def with_schedule(company_id: UUID, starts_at: datetime, contractor_ids: Collection[UUID], at: datetime) -> set[UUID]:
    """Which of these people have, at a moment, a schedule of the company's in the week of another: what is planned for
    it then is added to theirs."""
    week = _week_of(cast(starts_at, DateTime(timezone=True)), Contractor.timezone)
    found = (
        select(Booking.contractor_id)
        .join(Contractor, Contractor.id == Booking.contractor_id)
        .where(Booking.company_id == company_id, Booking.contractor_id.in_(contractor_ids), _near([starts_at]))
        .where(_stood(at), _week_of(func.lower(Booking.during), Contractor.timezone) == week)
    )
    return set(db.session.scalars(found))


def scheduled_at(company_id: UUID, starts: Collection[datetime], at: datetime) -> dict[datetime, int]:
    """How many people had a schedule of the week of each moment. Schedules are counted by zone and week before they
    meet the moments: a file names a thousand of these, and a company may have as many people."""
    week = _week_of(func.lower(Booking.during), Contractor.timezone)
    counted = (
        select(
            Contractor.timezone.label("timezone"),
            week.label("week"),
            func.count(Booking.contractor_id.distinct()).label("people"),
        )
        .select_from(Contractor)
        .join(Booking, Booking.contractor_id == Contractor.id)
        .where(Booking.company_id == company_id, _near(starts), _stood(at))
        .group_by(Contractor.timezone, week)
        .subquery()
    )
    wanted = func.unnest(cast(list(starts), ARRAY(DateTime(timezone=True)))).table_valued("starts_at").render_derived()
    same_week = counted.c.week == _week_of(wanted.c.starts_at, counted.c.timezone)
    found = select(wanted.c.starts_at, func.sum(counted.c.people)).select_from(wanted).join(counted, same_week)
    return {row[0]: int(row[1]) for row in db.session.execute(found.group_by(wanted.c.starts_at))}


def _stood(at: Any) -> ColumnElement[bool]:
    """Whether the booking was one at that moment, or would have been if the company had not taken it back for nothing.
    Else a company could cancel early and plan anew late, which is moving a shift without its price."""
    for_nothing = and_(Booking.status == BookingStatus.CANCELLED, Booking.compensation_minutes == 0)
    return and_(Booking.made_at < at, or_(Booking.off_at.is_(None), Booking.off_at > at, for_nothing))


def _near(starts: Collection[datetime]) -> ColumnElement[bool]:
    """Whether the booking can be in the week of one of these moments, wherever its person is."""
    near: ColumnElement[bool] = Booking.during.overlaps(Range(min(starts) - NEAR, max(starts) + NEAR))
    return near


def _week_of(moment: Any, timezone: Any) -> ColumnElement[datetime]:
    """The Monday on which the week of the moment begins, on the calendar of the zone."""
    return func.date_trunc("week", func.timezone(timezone, moment))
