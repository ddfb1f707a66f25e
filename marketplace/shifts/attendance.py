"""Attendance: the clock of a booking. Everything a person presses may arrive twice or late and counts once.

Only time inside the shift is on the clock. Longer work is not promised, because its money is not held: the service says
when to stop (`Booking.ends_at`) and pays to that minute.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, func, select

from marketplace.accounts.rules import CLOCK, Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import move, move_one
from marketplace.core.problems import NotFound
from marketplace.ledger import service as ledger
from marketplace.shifts import caps, prepared, timesheets
from marketplace.shifts.holds import returned
from marketplace.shifts.hours import (
    CLOCK_IN_GRACE,
    FORGOTTEN_AFTER,
    NO_SHOW_AFTER,
    Counted,
    counted_at,
    minutes_left,
    within,
)
from marketplace.shifts.models import Booking, TimeEntry
from marketplace.shifts.rules import (
    BookingStatus,
    CompensationRule,
    EntryFlag,
    EntryKind,
    EntrySource,
    NotClockedIn,
    ShiftOver,
    TooEarly,
)


def clock_in(booking_id: UUID, *, by: Actor, client_at: datetime | None = None) -> Booking:
    """Starts the clock, at the earliest ten minutes before the shift; time counts from the shift's start.

    `client_at` is the moment on the person's device. Pressing again while the clock runs changes nothing. Where nothing
    is left of the caps of its hazard class it is stopped at once, and neutral hours fill the schedule: who comes to
    work that must not begin is no no-show. Raises TooEarly, ShiftOver, or WrongState when the booking is not open to
    work any more.
    """
    booking = _mine(booking_id, by=by)
    if booking.status is BookingStatus.WORKING:
        return booking
    counted = counted_at(clock.now(), client_at)
    if counted.at < booking.starts_at - CLOCK_IN_GRACE:
        raise TooEarly(f"It begins at {booking.starts_at.isoformat()}.", starts_at=booking.starts_at.isoformat())
    _refuse_after_end(booking, counted.at)
    _end_forgotten_before(booking)
    held = {"instructions_version": prepared.version_for(booking)}
    move_one(booking, BookingStatus.WORKING, by=by, event="booking.clocked_in", values=held)
    _open_entry(booking, EntryKind.WORK, counted, client_at)
    end_if_capped(booking, within(counted.at, booking.starts_at, booking.ends_at))
    return booking


def clock_out(booking_id: UUID, *, by: Actor, client_at: datetime | None = None) -> Booking:
    """Stops the clock and enters the minutes on the week's timesheet; the week's last clock-out hands it in.

    What lies after the shift's end is not counted. Pressing again changes nothing. Raises NotClockedIn.
    """
    booking = _mine(booking_id, by=by)
    if booking.status is BookingStatus.WORKED:
        return booking
    counted = counted_at(clock.now(), client_at)
    if end_if_capped(booking, counted.at):
        return booking
    _close_entry(_running(booking), booking, counted, client_at)
    move_one(booking, BookingStatus.WORKED, by=by, event="booking.clocked_out")
    timesheets.enter([booking], by=by)
    return booking


def start_break(booking_id: UUID, kind: EntryKind, *, by: Actor, client_at: datetime | None = None) -> Booking:
    """Begins a paid or an unpaid break. Raises NotClockedIn, ShiftOver."""
    return switch(booking_id, kind, by=by, client_at=client_at)


def end_break(booking_id: UUID, *, by: Actor, client_at: datetime | None = None) -> Booking:
    """Goes back to work. Raises NotClockedIn, ShiftOver."""
    return switch(booking_id, EntryKind.WORK, by=by, client_at=client_at)


def switch(booking_id: UUID, kind: EntryKind, *, by: Actor, client_at: datetime | None = None) -> Booking:
    """From now on the clock counts another kind of time: work, waiting, an outage, a break. Pressing again changes
    nothing."""
    booking = _mine(booking_id, by=by)
    entry = _running(booking)
    if entry.kind is kind:
        return booking
    counted = counted_at(clock.now(), client_at)
    if end_if_capped(booking, counted.at):
        return booking
    _refuse_after_end(booking, counted.at)
    if kind is EntryKind.OUTAGE:
        counted = Counted(counted.at, (*counted.flags, EntryFlag.OUTAGE))
    ended_at = _close_entry(entry, booking, counted, client_at)
    _open_entry(booking, kind, Counted(ended_at, counted.flags), client_at)
    return booking


def close_forgotten(limit: int = 50) -> int:
    """Stops clocks that run a quarter of an hour after their shift ended, at its end, flagged. Returns how many."""
    due = _due(BookingStatus.WORKING, func.upper(Booking.during), clock.now() - FORGOTTEN_AFTER, limit)
    for booking in due:
        _end_forgotten(booking)
    return len(due)


def stop_at_cap(limit: int = 50) -> int:
    """Stops clocks that have reached the cap of their hazard class, at that minute, flagged; the rest of the schedule
    is paid as neutral hours. Returns how many."""
    due = select(Booking).where(Booking.status == BookingStatus.WORKING, Booking.stops_at <= clock.now())
    found = db.session.scalars(due.order_by(Booking.id).limit(limit).with_for_update(skip_locked=True)).all()
    for booking in found:
        end_if_capped(booking, clock.now())
    return len(found)


def end_if_capped(booking: Booking, moment: datetime) -> bool:
    """Whether the running clock had reached its cap by then; if so it is stopped there, and neutral hours fill the
    schedule. The booking is locked by the caller."""
    stops_at = booking.stops_at
    if booking.status is not BookingStatus.WORKING or stops_at is None or stops_at > moment:
        return False
    end_with_neutral_hours(booking, stops_at, EntryFlag.CAP_REACHED)
    timesheets.enter([booking], by=CLOCK)
    return True


def end_with_neutral_hours(booking: Booking, moment: datetime, flag: EntryFlag) -> None:
    """Stops a running clock that must not go on, with the rest of the schedule owed; without the timesheet."""
    stop(booking, moment, flag, EntrySource.JOB, by=CLOCK)
    if left := minutes_left(booking.starts_at, booking.ends_at, moment):
        booking.compensation_minutes, booking.compensation_rule = left, CompensationRule.HAZARD
    record("booking.stopped", booking, by=CLOCK, data={"because": str(flag), "neutral_minutes": left})


def mark_no_shows(limit: int = 50) -> int:
    """Closes bookings whose person has not come half an hour after the start; the gig gets its money back. Returns how
    many. It is a fact on the booking, not a strike: what follows for the person is a person's decision."""
    due = _due(BookingStatus.BOOKED, func.lower(Booking.during), clock.now() - NO_SHOW_AFTER, limit)
    move(
        Booking,
        [booking.id for booking in due],
        old=BookingStatus.BOOKED,
        new=BookingStatus.NO_SHOW,
        by=CLOCK,
        event="booking.missed",
    )
    if due:
        ledger.post_many([returned(booking) for booking in due])
        timesheets.enter(due, by=CLOCK)
    return len(due)


def end_at(booking: Booking, moment: datetime, flag: EntryFlag, source: EntrySource, *, by: Actor) -> None:
    """Stops a running clock for somebody else's reason and enters the minutes. The booking is locked by the caller."""
    stop(booking, moment, flag, source, by=by)
    timesheets.enter([booking], by=by)


def stop(booking: Booking, moment: datetime, flag: EntryFlag, source: EntrySource, *, by: Actor) -> None:
    """`end_at()` without the timesheet: for a company that ends a shift, where compensation is still to be reckoned."""
    entry = _running(booking)
    entry.source = source
    _close_entry(entry, booking, Counted(moment, (flag,)), None)
    move_one(booking, BookingStatus.WORKED, by=by, event="booking.clocked_out", data={"because": str(flag)})


# Built once, since building a statement takes longer than running it, and everybody presses these every day.
_BOOKING = (
    select(Booking)
    .where(Booking.id == bindparam("booking"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_RUNNING = select(TimeEntry).where(TimeEntry.booking_id == bindparam("booking"), TimeEntry.ended_at.is_(None))
_EARLIER = (
    select(Booking)
    .where(
        Booking.contractor_id == bindparam("me"),
        Booking.status == BookingStatus.WORKING,
        Booking.id != bindparam("booking"),
    )
    .order_by(Booking.id)
    .with_for_update()
)


def _mine(booking_id: UUID, *, by: Actor) -> Booking:
    booking = db.session.scalars(_BOOKING, {"booking": booking_id}).one_or_none()
    if booking is None or booking.contractor_id != require_person(by):
        raise NotFound
    return booking


def _due(status: BookingStatus, moment: ColumnElement[datetime], before: datetime, limit: int) -> Sequence[Booking]:
    due = select(Booking).where(Booking.status == status, moment <= before).order_by(Booking.id).limit(limit)
    return db.session.scalars(due.with_for_update(skip_locked=True)).all()


def _running(booking: Booking) -> TimeEntry:
    entry = db.session.scalar(_RUNNING, {"booking": booking.id})
    if booking.status is not BookingStatus.WORKING or entry is None:
        raise NotClockedIn
    return entry


def _end_forgotten_before(booking: Booking) -> None:
    """Whoever starts the next shift has left the one before: its forgotten clock is stopped at its own end."""
    for forgotten in db.session.scalars(_EARLIER, {"me": booking.contractor_id, "booking": booking.id}).all():
        _end_forgotten(forgotten)


def _end_forgotten(booking: Booking) -> None:
    """Stops a clock that nobody stopped: at its hazard cap, else at the end of its shift."""
    if not end_if_capped(booking, booking.ends_at):
        end_at(booking, booking.ends_at, EntryFlag.FORGOTTEN, EntrySource.JOB, by=CLOCK)


def _refuse_after_end(booking: Booking, moment: datetime) -> None:
    if moment >= booking.ends_at:
        raise ShiftOver(f"It ended at {booking.ends_at.isoformat()}.", ended_at=booking.ends_at.isoformat())


def _open_entry(booking: Booking, kind: EntryKind, counted: Counted, client_at: datetime | None) -> None:
    entry = TimeEntry(
        booking_id=booking.id,
        contractor_id=booking.contractor_id,
        kind=kind,
        started_at=within(counted.at, booking.starts_at, booking.ends_at),
        client_started_at=client_at,
        source=EntrySource.PERSON,
        flags=[str(flag) for flag in counted.flags],
    )
    db.session.add(entry)
    booking.stops_at = caps.next_stop(booking, entry.started_at) if kind in caps.EXPOSURE else None
    db.session.flush()


def _close_entry(entry: TimeEntry, booking: Booking, counted: Counted, client_at: datetime | None) -> datetime:
    """Ends the entry at the counted moment, never before it began nor after its hazard cap, and returns that moment."""
    ended_at = max(entry.started_at, within(counted.at, booking.starts_at, booking.stops_at or booking.ends_at))
    entry.ended_at, booking.stops_at = ended_at, None
    entry.client_ended_at = client_at
    entry.flags = [*entry.flags, *(str(flag) for flag in counted.flags if flag not in entry.flags)]
    db.session.flush()
    return ended_at
