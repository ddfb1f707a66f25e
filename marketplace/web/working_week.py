"""A contractor's week as a picture: what is booked and worked on each day of their own clock, and how much of it there
is against the hours that they want and the cap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from flask import abort, render_template, request
from flask_babel import gettext
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import Range

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import require_person
from marketplace.core import clock
from marketplace.core.days import midnight
from marketplace.core.db import db
from marketplace.shifts import queries as shifts
from marketplace.shifts.hours import Stretch, minutes_by_kind, paid_minutes, scheduled_minutes
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus
from marketplace.standards.catalogue import RULES
from marketplace.standards.hours import week_of
from marketplace.web.contractor import company_names
from marketplace.web.day import with_terms
from marketplace.web.pictures import Part, Segment, day_line, stacked
from marketplace.web.pictures import Stretch as Drawn
from marketplace.web.words import clock_words, duration, status_words
from marketplace.web.work import blueprint
from marketplace.workforce import queries as workforce

A_DAY = timedelta(days=1)
CAP = RULES["WEEK"].parameters["minutes"]
SHOWN = (*ACTIVE_BOOKING, BookingStatus.WORKED, BookingStatus.STOOD_BY, BookingStatus.NO_SHOW)
KINDS = {
    BookingStatus.BOOKED: "c",
    BookingStatus.WORKING: "a",
    BookingStatus.WORKED: "a",
    BookingStatus.STOOD_BY: "a",
    BookingStatus.NO_SHOW: "d",
}


@dataclass(frozen=True, slots=True)
class Day:
    """One day from midnight to midnight. `hours` it has, which are not 24 where the clocks change."""

    on: date
    segments: Sequence[Segment]
    bookings: Sequence[Booking]
    hours: float


@blueprint.get("/week")
def show_week() -> str:
    """The week that the address names by a day of it, or the present one."""
    by = actor()
    me = workforce.contractor(require_person(by), by)
    zone = ZoneInfo(me.timezone)
    monday = week_of(_asked() or clock.now().astimezone(zone).date())
    bookings = _bookings(monday, zone)
    worked, booked = _minutes(bookings)
    return render_template(
        "work/week.html",
        me=me,
        monday=monday,
        before=monday - 7 * A_DAY,
        following=monday + 7 * A_DAY,
        today=clock.now().astimezone(zone).date(),
        days=[_day(monday + number * A_DAY, bookings, zone) for number in range(7)],
        worked=worked,
        booked=booked,
        hours=_hours(worked, booked, me.band_max_hours),
        cap=CAP,
        companies=company_names(bookings),
    )


def _asked() -> date | None:
    text = request.args.get("on", "")
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        abort(404)
    if not date(2000, 1, 1) <= found <= date(2199, 12, 1):
        abort(404)
    return found


def _bookings(monday: date, zone: ZoneInfo) -> list[Booking]:
    span = Range(midnight(monday, zone), midnight(monday + 7 * A_DAY, zone))
    found = shifts.my_bookings(seen_by=actor()).where(Booking.status.in_(SHOWN), Booking.during.overlaps(span))
    return list(db.session.scalars(with_terms(found).order_by(func.lower(Booking.during))))


def _day(on: date, bookings: Sequence[Booking], zone: ZoneInfo) -> Day:
    begins, ends = midnight(on, zone), midnight(on + A_DAY, zone)
    here = [each for each in bookings if each.starts_at < ends and each.ends_at > begins]
    drawn = [
        Drawn(
            each.offer.terms["gig"]["title"],
            f"{clock_words(each.starts_at, zone.key)}–{clock_words(each.ends_at, zone.key)}, "
            f"{status_words(each.status)}",
            each.starts_at,
            each.ends_at,
            KINDS[each.status],
        )
        for each in here
    ]
    return Day(on, day_line(begins, ends, drawn), here, (ends - begins) / timedelta(hours=1))


def _minutes(bookings: Sequence[Booking]) -> tuple[int, int]:
    """Paid minutes on the clock until now and of being there to stand by, and those of schedules that are still to
    come."""
    now = clock.now()
    worked, booked = 0, 0
    for each in bookings:
        spent = [
            Stretch(entry.kind, entry.started_at, entry.ended_at or max(entry.started_at, min(now, each.ends_at)))
            for entry in each.entries
        ]
        paid = paid_minutes(minutes_by_kind(spent))
        # What standing by in vain pays is more than its time, which is all that counts as hours.
        stood_by = each.status is BookingStatus.STOOD_BY
        worked += paid + (scheduled_minutes(each.starts_at, each.ends_at) if stood_by else each.standby_owed(paid))
        if each.status in ACTIVE_BOOKING:
            booked += scheduled_minutes(max(each.starts_at, min(now, each.ends_at)), each.ends_at)
    return worked, booked


def _hours(worked: int, booked: int, most: int | None) -> Sequence[Segment]:
    wanted = max(0, (most or 0) * 60 - worked - booked)
    parts = [
        Part(gettext("worked, paid"), duration(worked), worked, "a"),
        Part(gettext("booked, to come"), duration(booked), booked, "c"),
        Part(gettext("still wanted"), duration(wanted), wanted, "b"),
    ]
    return stacked(parts, whole=max(CAP, worked + booked + wanted))
