"""A company's calendar: how far the seats of each day of a month are taken, what waits for approval, and one day."""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import render_template, request
from sqlalchemy import ColumnElement, Date, Select, and_, cast, func, select

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.shifts import queries
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import ShiftStatus
from marketplace.shifts.timesheet_models import Timesheet, TimesheetLine
from marketplace.shifts.timesheet_rules import TimesheetStatus
from marketplace.web import coverage
from marketplace.web.company import SHOWN, after, blueprint
from marketplace.web.company_shifts import seats_of, shift_titles
from marketplace.web.coverage import Load

A_DAY = timedelta(days=1)
_DAY = re.compile(r"2[01][0-9]{2}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"(20[0-9]{2}|21[0-9]{2})-(0[1-9]|1[0-2])")
ON_ITS_CLOCK: ColumnElement[date] = cast(func.timezone(Shift.timezone, Shift.starts_at), Date)
"""The day on which a shift begins, on the clock of its own zone."""


@blueprint.get("/calendar")
def show_calendar(company_id: UUID) -> str:
    """One month, counted by PostgreSQL in two statements however many shifts it has."""
    first = _month(request.args.get("month", ""))
    last = first.replace(day=monthrange(first.year, first.month)[1])
    loads = _loads(company_id, first, last)
    return render_template(
        "company/calendar.html",
        month=first,
        before=first - A_DAY,
        following=last + A_DAY,
        weeks=coverage.weeks(loads, first, last),
        total=coverage.load_words(coverage.summary(loads)),
        waits=coverage.summary(loads).waiting,
        today=clock.now().date(),
    )


@blueprint.get("/calendar/<day>")
def show_day(company_id: UUID, day: str) -> str:
    """The shifts that begin on a day, each on the clock of its own zone."""
    on = _day(day)
    every = queries.company_shifts(company_id, seen_by=actor()).where(_within(on, on))
    found = page(every, Shift.id, limit=SHOWN, after=after())
    handed_in = _handed_in(found["items"])
    return render_template(
        "company/calendar_day.html",
        handed_in=handed_in,
        names=accounts.person_name([person for each in handed_in.values() for _, person in each]),
        on=on,
        before=on - A_DAY,
        following=on + A_DAY,
        found=found,
        titles=shift_titles(found["items"]),
        seats=seats_of(found["items"]),
    )


def _month(text: str) -> date:
    """The first day of the month that is named, or of the present one."""
    if found := _MONTH.fullmatch(text):
        return date(int(found[1]), int(found[2]), 1)
    return clock.now().date().replace(day=1)


def _day(text: str) -> date:
    if _DAY.fullmatch(text) is None:
        raise NotFound
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise NotFound from wrong


def _within(first: date, last: date) -> ColumnElement[bool]:
    """Whether a shift begins on one of these days on its clock; the bounds in UTC are what an index can find."""
    begins, ends = (datetime.combine(each, time(), UTC) for each in (first - A_DAY, last + 2 * A_DAY))
    return and_(Shift.starts_at >= begins, Shift.starts_at < ends, ON_ITS_CLOCK.between(first, last))


def _loads(company_id: UUID, first: date, last: date) -> Mapping[date, Load]:
    shifts = queries.company_shifts(company_id, seen_by=actor()).where(
        _within(first, last), Shift.status != ShiftStatus.CANCELLED
    )
    work = Shift.standby_of.is_(None)
    counted = shifts.with_only_columns(
        ON_ITS_CLOCK,
        func.count().filter(work),
        *(func.sum(seats).filter(which) for which in (work, ~work) for seats in (Shift.seats, Shift.seats_taken)),
    )
    rows = db.session.execute(counted.group_by(ON_ITS_CLOCK))
    found = {day: Load(*(int(number or 0) for number in numbers)) for day, *numbers in rows}
    waiting = _to_approve(queries.company_shifts(company_id, seen_by=actor()).where(_within(first, last)))
    by_day = waiting.with_only_columns(ON_ITS_CLOCK, func.count()).group_by(ON_ITS_CLOCK)
    for day, number in db.session.execute(by_day):
        found[day] = replace(found.get(day, Load()), waiting=number)
    return found


def _to_approve(shifts: Select[Shift]) -> Select[Any]:
    """The work on these shifts that was handed in and is not answered, a row for each booking."""
    return (
        shifts.join(Booking, Booking.shift_id == Shift.id)
        .join(TimesheetLine, TimesheetLine.booking_id == Booking.id)
        .join(Timesheet, Timesheet.id == TimesheetLine.timesheet_id)
        .where(Timesheet.status == TimesheetStatus.SUBMITTED)
    )


def _handed_in(found: Sequence[Shift]) -> Mapping[UUID, Sequence[tuple[UUID, UUID]]]:
    """For each shift whose work waits for approval: the timesheets, each with its contractor."""
    rows = _to_approve(select(Shift).where(Shift.id.in_([shift.id for shift in found])))
    by_shift: dict[UUID, list[tuple[UUID, UUID]]] = {}
    columns = rows.with_only_columns(Shift.id, Timesheet.id, Timesheet.contractor_id).order_by(Timesheet.id)
    for shift_id, timesheet_id, contractor_id in db.session.execute(columns):
        by_shift.setdefault(shift_id, []).append((timesheet_id, contractor_id))
    return by_shift
