"""Attendance: the clock of a booking. Everything a person presses may arrive twice or late and counts once.

Only time inside the shift is on the clock. Longer work is not promised, because its money is not held: the service says
when to stop (`Booking.ends_at`) and pays to that minute.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from marketplace.accounts.rules import CLOCK, Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db, each_alone
from marketplace.core.events import record
from marketplace.core.lifecycle import WrongState, move, move_one
from marketplace.core.problems import NotFound
from marketplace.ledger import service as ledger
from marketplace.shifts import caps, missed, prepared, timesheets
from marketplace.shifts.clock_rules import EntryFlag, EntryKind, EntrySource, NotClockedIn, ShiftOver, TooEarly
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
from marketplace.shifts.reserve import ANSWER_WITHIN
from marketplace.shifts.rules import BookingStatus, OnStandby
from marketplace.shifts.timesheet_rules import CompensationRule


def clock_in(
    booking_id: UUID, *, by: Actor, client_at: datetime | None = None, counted: Counted | None = None
) -> Booking:
    """Starts the clock, at the earliest ten minutes before the shift; time counts from the shift's start.

    `client_at` is the moment on the person's device, and `counted` the one that counts where the device kept the press
    while it had no network: whoever pressed in time is then no no-show, whatever a job took them for. Pressing again
    while the clock runs changes nothing. Where nothing is left of the caps of its hazard class it is stopped at once,
    and neutral hours fill the schedule: who comes to work that must not begin is no no-show. Raises TooEarly,
    ShiftOver, DoubleBooked, or WrongState when the booking is not open to work any more.
    """
    return clock_in_together({booking_id: by}, client_at=client_at, counted=counted)[0]


def clock_in_together(
    pressed: Mapping[UUID, Actor], *, client_at: datetime | None = None, counted: Counted | None = None
) -> list[Booking]:
    """As `clock_in()`, of many people, each in their own name: all of them or none, with a statement for each gig and
    hazard cap, and a handful for everybody."""
    bookings = _mine(pressed)
    counted = counted or counted_at(clock.now(), client_at)
    begun = [booking for booking in bookings if booking.status is not BookingStatus.WORKING]
    for booking in begun:
        if booking.is_standby:
            raise OnStandby
        if counted.at < booking.starts_at - CLOCK_IN_GRACE:
            raise TooEarly(f"It begins at {booking.starts_at.isoformat()}.", starts_at=booking.starts_at.isoformat())
        _refuse_after_end(booking, counted.at)
        missed.refuse_late(booking, counted.at)
    missed.hold_again([booking for booking in begun if booking.status is BookingStatus.NO_SHOW], by=pressed)
    _end_forgotten_before(begun)
    _begin(begun, pressed)
    _open_entries(begun, EntryKind.WORK, counted, client_at)
    for booking in begun:
        end_if_capped(booking, within(counted.at, booking.clock_from, booking.ends_at))
    return bookings


def begin(called: Sequence[Booking]) -> None:
    """Starts the clocks of people who stood by, were ready and have a seat now. The caller has locked the bookings."""
    _begin(called, {booking.id: CLOCK for booking in called})
    _open_entries(called, EntryKind.WORK, Counted(clock.now(), ()), None)


def clock_out(
    booking_id: UUID, *, by: Actor, client_at: datetime | None = None, counted: Counted | None = None
) -> Booking:
    """Stops the clock and enters the minutes on the week's timesheet; the week's last clock-out hands it in.

    What lies after the shift's end is not counted. Pressing again changes nothing. Raises NotClockedIn.
    """
    return clock_out_together({booking_id: by}, client_at=client_at, counted=counted)[0]


def clock_out_together(
    pressed: Mapping[UUID, Actor], *, client_at: datetime | None = None, counted: Counted | None = None
) -> list[Booking]:
    """As `clock_out()`, of many people, each in their own name: all of them or none, in as many statements as for
    one."""
    bookings = _mine(pressed)
    counted = counted or counted_at(clock.now(), client_at)
    going = [each for each in bookings if each.status is not BookingStatus.WORKED]
    going = [each for each in going if not end_if_capped(each, counted.at)]
    if not going:
        return bookings
    entries = _running_entries(going)
    for booking in going:
        _end_entry(entries[booking.id], booking, counted, client_at)
    db.session.flush()
    doers = {booking.id: pressed[booking.id] for booking in going}
    _move_all(going, BookingStatus.WORKED, "booking.clocked_out", doers)
    timesheets.enter(going, by={booking.contractor_id: pressed[booking.id] for booking in going})
    return bookings


def start_break(booking_id: UUID, kind: EntryKind, *, by: Actor, client_at: datetime | None = None) -> Booking:
    """Begins a paid or an unpaid break. Raises NotClockedIn, ShiftOver."""
    return switch(booking_id, kind, by=by, client_at=client_at)


def end_break(booking_id: UUID, *, by: Actor, client_at: datetime | None = None) -> Booking:
    """Goes back to work. Raises NotClockedIn, ShiftOver."""
    return switch(booking_id, EntryKind.WORK, by=by, client_at=client_at)


def switch(
    booking_id: UUID,
    kind: EntryKind,
    *,
    by: Actor,
    client_at: datetime | None = None,
    counted: Counted | None = None,
) -> Booking:
    """From now on the clock counts another kind of time: work, waiting, an outage, a break. Pressing again changes
    nothing."""
    (booking,) = _mine({booking_id: by})
    entry = _running(booking)
    if entry.kind is kind:
        return booking
    counted = counted or counted_at(clock.now(), client_at)
    if end_if_capped(booking, counted.at):
        return booking
    _refuse_after_end(booking, counted.at)
    if kind is EntryKind.OUTAGE:
        counted = Counted(counted.at, (*counted.flags, EntryFlag.OUTAGE))
    ended_at = _close_entry(entry, booking, counted, client_at)
    _open_entries([booking], kind, Counted(ended_at, counted.flags), client_at)
    return booking


def close_forgotten(limit: int = 50, but: Collection[UUID] = ()) -> int:
    """Stops clocks that run a quarter of an hour after their shift ended, at its end, flagged. Returns how many."""
    due = _due(BookingStatus.WORKING, func.upper(Booking.during), clock.now() - FORGOTTEN_AFTER, limit, but)
    return each_alone(due, _end_forgotten)


def stop_at_cap(limit: int = 50, but: Collection[UUID] = ()) -> int:
    """Stops clocks that have reached the cap of their hazard class, at that minute, flagged; the rest of the schedule
    is paid as neutral hours. Returns how many."""
    due = select(Booking).where(Booking.status == BookingStatus.WORKING, Booking.stops_at <= clock.now())
    due = due.where(Booking.id.not_in(but))
    found = db.session.scalars(due.order_by(Booking.id).limit(limit).with_for_update(skip_locked=True)).all()
    return each_alone(found, lambda booking: end_if_capped(booking, clock.now()))


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


def end_at_raise(booking: Booking, moment: datetime) -> None:
    """Stops a running clock because the work became heavier than its person agreed to. The booking is locked."""
    end_with_neutral_hours(booking, moment, EntryFlag.CLASS_RAISED)
    timesheets.enter([booking], by=CLOCK)


def mark_no_shows(limit: int = 50) -> int:
    """Closes bookings whose person has not come half an hour after the start; the gig gets its money back. Returns how
    many. It is a fact on the booking, not a strike: what follows for the person is a person's decision."""
    due = _not_come(limit)
    move(
        Booking,
        [booking.id for booking in due],
        old=BookingStatus.BOOKED,
        new=BookingStatus.NO_SHOW,
        by=CLOCK,
        event="booking.missed",
    )
    if due:
        for booking in due:
            # Whoever was called and does not come has not stood by either.
            booking.standby_minutes = 0
        db.session.flush()
        ledger.post_many([returned(booking) for booking in due])
        timesheets.enter(due, by=CLOCK)
    return len(due)


def _not_come(limit: int) -> Sequence[Booking]:
    """Bookings whose person has not come in time, locked. Who stands by need not come; who was called after the start
    has some minutes from then on."""
    in_time = func.greatest(func.lower(Booking.during) + NO_SHOW_AFTER, Booking.called_at + ANSWER_WITHIN)
    due = select(Booking).where(Booking.status == BookingStatus.BOOKED, ~Booking.is_standby, in_time <= clock.now())
    return db.session.scalars(due.order_by(Booking.id).limit(limit).with_for_update(skip_locked=True)).all()


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
_THESE = any_(bindparam("bookings", type_=ARRAY(Uuid())))
_BOOKINGS = (
    select(Booking)
    .where(Booking.id == _THESE)
    .order_by(Booking.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_RUNNING = select(TimeEntry).where(TimeEntry.booking_id == _THESE, TimeEntry.ended_at.is_(None))
_EARLIER = (
    select(Booking)
    .where(
        Booking.contractor_id == any_(bindparam("people", type_=ARRAY(Uuid()))),
        Booking.status == BookingStatus.WORKING,
        ~(Booking.id == _THESE),
    )
    .order_by(Booking.id)
    .with_for_update()
)


def _mine(pressed: Mapping[UUID, Actor]) -> list[Booking]:
    """The bookings in the order in which they are named, locked. Raises NotFound unless each is whose it is said to
    be."""
    found = {booking.id: booking for booking in db.session.scalars(_BOOKINGS, {"bookings": list(pressed)})}
    for booking_id, by in pressed.items():
        if booking_id not in found or found[booking_id].contractor_id != require_person(by):
            raise NotFound
    return [found[booking_id] for booking_id in pressed]


def _due(
    status: BookingStatus, moment: ColumnElement[datetime], before: datetime, limit: int, but: Collection[UUID] = ()
) -> Sequence[Booking]:
    due = select(Booking).where(Booking.status == status, moment <= before, Booking.id.not_in(but))
    return db.session.scalars(due.order_by(Booking.id).limit(limit).with_for_update(skip_locked=True)).all()


def _running(booking: Booking) -> TimeEntry:
    return _running_entries([booking])[booking.id]


def _running_entries(bookings: Sequence[Booking]) -> dict[UUID, TimeEntry]:
    """What the clock of each counts now. Raises NotClockedIn unless every one of them runs."""
    ids = [booking.id for booking in bookings]
    found = {entry.booking_id: entry for entry in db.session.scalars(_RUNNING, {"bookings": ids})}
    if any(booking.status is not BookingStatus.WORKING or booking.id not in found for booking in bookings):
        raise NotClockedIn
    return found


def _end_forgotten_before(bookings: Sequence[Booking]) -> None:
    """Whoever starts the next shift has left the one before: its forgotten clock is stopped at its own end."""
    ids, people = [booking.id for booking in bookings], [booking.contractor_id for booking in bookings]
    for forgotten in db.session.scalars(_EARLIER, {"people": people, "bookings": ids}).all():
        _end_forgotten(forgotten)


def _begin(bookings: Sequence[Booking], by: Mapping[UUID, Actor]) -> None:
    """Marks that work begins, under the instructions that hold in each shift."""
    shifts = {(booking.gig_id, booking.starts_at): booking for booking in bookings}
    versions = {shift: prepared.version_for(booking) for shift, booking in shifts.items()}
    for version in dict.fromkeys(versions.values()):
        among = [booking for booking in bookings if versions[booking.gig_id, booking.starts_at] == version]
        doers = {booking.id: by[booking.id] for booking in among}
        values = {"instructions_version": version}
        _move_all(among, BookingStatus.WORKING, "booking.clocked_in", doers, values)


def _move_all(
    bookings: Sequence[Booking],
    new: BookingStatus,
    event: str,
    by: Mapping[UUID, Actor],
    values: Mapping[str, Any] | None = None,
) -> None:
    """Raises WrongState unless every one of them can be moved."""
    for old in dict.fromkeys(booking.status for booking in bookings):
        ids = [booking.id for booking in bookings if booking.status is old]
        if len(move(Booking, ids, old=old, new=new, by=by, event=event, values=values)) < len(ids):
            raise WrongState("It has changed since it was loaded.", state=str(old), wanted=str(new))


def _end_forgotten(booking: Booking) -> None:
    """Stops a clock that nobody stopped: at its hazard cap, else at the end of its shift."""
    if not end_if_capped(booking, booking.ends_at):
        end_at(booking, booking.ends_at, EntryFlag.FORGOTTEN, EntrySource.JOB, by=CLOCK)


def _refuse_after_end(booking: Booking, moment: datetime) -> None:
    if moment >= booking.ends_at:
        raise ShiftOver(f"It ended at {booking.ends_at.isoformat()}.", ended_at=booking.ends_at.isoformat())


def _open_entries(bookings: Sequence[Booking], kind: EntryKind, counted: Counted, client_at: datetime | None) -> None:
    entries = [
        TimeEntry(
            booking_id=booking.id,
            contractor_id=booking.contractor_id,
            kind=kind,
            started_at=within(counted.at, booking.clock_from, booking.ends_at),
            client_started_at=client_at,
            source=EntrySource.PERSON,
            flags=[str(flag) for flag in counted.flags],
        )
        for booking in bookings
    ]
    db.session.add_all(entries)
    db.session.flush()
    for booking, entry in zip(bookings, entries, strict=True):
        booking.stops_at = caps.next_stop(booking, entry.started_at) if kind in caps.EXPOSURE else None
    db.session.flush()


def _close_entry(entry: TimeEntry, booking: Booking, counted: Counted, client_at: datetime | None) -> datetime:
    """`_end_entry()`, written down."""
    ended_at = _end_entry(entry, booking, counted, client_at)
    db.session.flush()
    return ended_at


def _end_entry(entry: TimeEntry, booking: Booking, counted: Counted, client_at: datetime | None) -> datetime:
    """Ends the entry at the counted moment, never before it began nor after its hazard cap, and returns that moment."""
    ended_at = max(entry.started_at, within(counted.at, booking.starts_at, booking.stops_at or booking.ends_at))
    entry.ended_at, booking.stops_at = ended_at, None
    entry.client_ended_at = client_at
    entry.flags = [*entry.flags, *(str(flag) for flag in counted.flags if flag not in entry.flags)]
    return ended_at
