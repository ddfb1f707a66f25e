"""A company's calendar: how far the seats of each day of a month are taken, and the shifts of one day."""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from flask import render_template, request
from sqlalchemy import ColumnElement, Date, and_, cast, func

from marketplace.accounts.auth import actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.shifts import queries
from marketplace.shifts.models import Shift
from marketplace.shifts.rules import ShiftStatus
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
    """One month, counted by PostgreSQL in one statement however many shifts it has."""
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
        today=clock.now().date(),
    )


@blueprint.get("/calendar/<day>")
def show_day(company_id: UUID, day: str) -> str:
    """The shifts that begin on a day, each on the clock of its own zone."""
    on = _day(day)
    every = queries.company_shifts(company_id, seen_by=actor()).where(_within(on, on))
    found = page(every, Shift.id, limit=SHOWN, after=after())
    return render_template(
        "company/calendar_day.html",
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
    counted = (
        queries.company_shifts(company_id, seen_by=actor())
        .where(_within(first, last), Shift.status != ShiftStatus.CANCELLED, Shift.standby_of.is_(None))
        .with_only_columns(ON_ITS_CLOCK, func.count(), func.sum(Shift.seats), func.sum(Shift.seats_taken))
        .group_by(ON_ITS_CLOCK)
    )
    return {day: Load(*map(int, numbers)) for day, *numbers in db.session.execute(counted)}
