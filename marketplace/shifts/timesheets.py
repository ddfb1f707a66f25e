"""Timesheets: what a finished booking enters, who approves it, and the door through which pay takes it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol
from typing import cast as typed
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Uuid, any_, bindparam, exists, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from marketplace.accounts.rules import CLOCK, Actor, Right, require_company, require_person
from marketplace.core import clock
from marketplace.core.db import copy, db
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import WrongState, move, move_one
from marketplace.core.problems import NotFound
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.hours import (
    HAND_IN_AFTER,
    SILENCE_APPROVES,
    Stretch,
    beyond_worked,
    minutes_by_kind,
    paid_minutes,
)
from marketplace.shifts.models import Booking, Shift, TimeEntry
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus
from marketplace.shifts.timesheet_models import Timesheet, TimesheetLine
from marketplace.shifts.timesheet_rules import TimesheetStatus
from marketplace.standards.hours import Span
from marketplace.standards.premium_days import kept_days

Week = tuple[UUID, UUID, date]
"""Contractor, gig and Monday: what a timesheet is about."""
OPEN = text("status = 'open'")


class _Entry(Protocol):
    """What a line reads of a stretch on a clock."""

    @property
    def kind(self) -> EntryKind: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def flags(self) -> list[Any]: ...


def enter(bookings: Sequence[Booking], *, by: Actor | Mapping[UUID, Actor]) -> None:
    """Writes the minutes of finished bookings to their weeks' open timesheets and submits every week that is complete.
    `by` is who hands them in, or for each person who does.

    A booking that is owed nothing leaves no line. The bookings are locked by the caller.
    """
    owed = [b for b in bookings if b.status is BookingStatus.WORKED or _is_owed(b)]
    sheets = _open_sheets(owed) if owed else {}
    if owed:
        _write_lines(owed, sheets)
    weeks = {(b.contractor_id, b.gig_id, b.week) for b in bookings}
    _submit_complete(weeks, by=by)


def rewrite(booking: Booking) -> None:
    """Reckons the line of a booking anew, from what stands on its clock now. The caller has made sure that its
    timesheet is not answered, and has locked both."""
    own = db.session.scalars(select(TimeEntry).where(TimeEntry.booking_id == booking.id)).all()
    counted = _minutes_of(booking, own)
    line = db.session.scalars(select(TimesheetLine).where(TimesheetLine.booking_id == booking.id)).one()
    for name, value in counted.items():
        setattr(line, name, value)
    db.session.flush()


def reopen(booking: Booking, *, by: Actor) -> None:
    """Has the company answer again where the person has corrected a booking on an approved timesheet, which the caller
    has locked. Its silence approves as early as before: it had the timesheet all the while."""
    sheet = select(Timesheet).join(TimesheetLine, TimesheetLine.timesheet_id == Timesheet.id)
    found = db.session.scalars(sheet.where(TimesheetLine.booking_id == booking.id)).one_or_none()
    if found is not None and found.status is TimesheetStatus.APPROVED:
        answer = {"decided_at": None, "decided_by": None}
        move_one(found, TimesheetStatus.SUBMITTED, by=by, event="timesheet.reopened", values=answer)


def _is_owed(booking: Booking) -> bool:
    """Whether something is owed though nobody worked it."""
    return bool(booking.compensation_minutes or booking.sick_minutes or booking.standby_minutes)


def submit(timesheet_id: UUID, *, by: Actor) -> Timesheet:
    """The contractor hands the week in early. What is booked later in the week goes to another timesheet.

    Handing in twice is handing in once. Raises WrongState once the company has answered: what was approved goes back
    to its company with a correction alone (rule CORRECT), or its pay would wait for a second answer.
    """
    sheet = db.session.get(Timesheet, timesheet_id)
    if sheet is None or sheet.contractor_id != require_person(by):
        raise NotFound
    if sheet.status in (TimesheetStatus.APPROVED, TimesheetStatus.LOCKED):
        raise WrongState(f"It is {sheet.status}.", state=str(sheet.status))
    if sheet.status is not TimesheetStatus.SUBMITTED:
        move_one(
            sheet,
            TimesheetStatus.SUBMITTED,
            by=by,
            event="timesheet.submitted",
            values={"submitted_at": clock.now()},
        )
    return sheet


def approve(timesheet_id: UUID, *, by: Actor) -> Timesheet:
    """The company's yes to every minute. Approving twice is approving once."""
    sheet = to_decide(timesheet_id, by=by)
    if sheet.status is not TimesheetStatus.APPROVED:
        move_one(
            sheet,
            TimesheetStatus.APPROVED,
            by=by,
            event="timesheet.approved",
            values={"decided_at": clock.now(), "decided_by": by.person_id},
        )
    return sheet


def submit_due(limit: int = 100) -> int:
    """Hands in open timesheets whose week is complete, or whose oldest shift ended 48 hours ago (PAY_TERM). Returns how
    many.

    No shift waits for the end of its week: 48 hours until here, 72 of silence and a day until the pay run are 6 days.
    What comes later in the week goes to a further timesheet. Two bookings of one week that end at the same moment do
    not see each other end, and each leaves the week to the other: nobody waits for that, since this finds it.
    """
    old_enough = exists().where(
        TimesheetLine.timesheet_id == Timesheet.id,
        Booking.id == TimesheetLine.booking_id,
        func.upper(Booking.during) <= clock.now() - HAND_IN_AFTER,
    )
    due = select(Timesheet.id).where(Timesheet.status == TimesheetStatus.OPEN, ~_still_on() | old_enough)
    due = due.order_by(Timesheet.id).limit(limit).with_for_update(skip_locked=True)
    return _hand_in(db.session.scalars(due).all(), by=CLOCK)


def auto_approve_due(limit: int = 100) -> int:
    """Approves what the company has not answered for 72 hours (PAY_TERM). Returns how many."""
    now = clock.now()
    due = (
        select(Timesheet.id)
        .where(Timesheet.status == TimesheetStatus.SUBMITTED, Timesheet.submitted_at <= now - SILENCE_APPROVES)
        .order_by(Timesheet.submitted_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    moved = move(
        Timesheet,
        db.session.scalars(due).all(),
        old=TimesheetStatus.SUBMITTED,
        new=TimesheetStatus.APPROVED,
        by=CLOCK,
        event="timesheet.approved",
        values={"decided_at": now},
        data={"because": "silence"},
    )
    return len(moved)


def lock(timesheet_ids: Sequence[UUID], *, by: Actor) -> list[UUID]:
    """For pay: takes approved timesheets for a run and returns those that this call took, each in exactly one call."""
    return move(
        Timesheet,
        timesheet_ids,
        old=TimesheetStatus.APPROVED,
        new=TimesheetStatus.LOCKED,
        by=by,
        event="timesheet.locked",
    )


def to_decide(timesheet_id: UUID, *, by: Actor) -> Timesheet:
    """A timesheet that the company can answer, for a member who may. Raises NotFound, Forbidden, or WrongState while
    the week is open."""
    sheet = db.session.get(Timesheet, timesheet_id)
    if sheet is None:
        raise NotFound
    require_company(by, sheet.company_id, Right.TIMESHEETS)
    if sheet.status is TimesheetStatus.OPEN:
        raise WrongState("The week is not complete; its timesheet has not been handed in.", state="open")
    return sheet


def _open_sheets(bookings: Sequence[Booking]) -> dict[Week, UUID]:
    """The open timesheet of each week, made where there is none, and locked."""
    zones = db.session.execute(
        select(Shift.id, Shift.timezone).where(Shift.id.in_({booking.shift_id for booking in bookings}))
    )
    zone_of: dict[UUID, str] = {row.id: row.timezone for row in zones}
    rows = {
        (b.contractor_id, b.gig_id, b.week): {
            "id": new_id(),
            "gig_id": b.gig_id,
            "company_id": b.company_id,
            "contractor_id": b.contractor_id,
            "week": b.week,
            "timezone": zone_of[b.shift_id],
            "status": TimesheetStatus.OPEN,
        }
        for b in sorted(bookings, key=lambda b: (b.contractor_id, b.gig_id, b.week))
    }
    kept = db.session.connection().execute(_OPENED, list(rows.values()))
    return {(row.contractor_id, row.gig_id, row.week): row.id for row in kept}


def _write_lines(bookings: Sequence[Booking], sheets: dict[Week, UUID]) -> None:
    told = select(TimeEntry.booking_id, TimeEntry.kind, TimeEntry.started_at, TimeEntry.ended_at, TimeEntry.flags)
    found = told.where(TimeEntry.booking_id == any_(bindparam(None, [b.id for b in bookings], type_=ARRAY(Uuid()))))
    entries: dict[UUID, list[_Entry]] = {booking.id: [] for booking in bookings}
    for entry in db.session.execute(found):
        entries[entry.booking_id].append(typed(_Entry, entry))
    lines = [
        {"id": new_id(), "timesheet_id": sheets[booking.contractor_id, booking.gig_id, booking.week]}
        | _minutes_of(booking, entries[booking.id])
        for booking in bookings
    ]
    copy(TimesheetLine.__tablename__, tuple(lines[0]), (tuple(map(_as_text, line.values())) for line in lines))


def _as_text(value: Any) -> Any:
    """A value of a line as COPY takes it."""
    return json.dumps(value) if isinstance(value, list | dict) else value


def _minutes_of(booking: Booking, own: Sequence[_Entry]) -> dict[str, Any]:
    """What a line says of a booking with these entries on its clock."""
    stretches = [Stretch(e.kind, e.started_at, e.ended_at) for e in own if e.ended_at is not None]
    minutes = minutes_by_kind(stretches)
    paid = paid_minutes(minutes)
    standby = booking.standby_owed(paid)
    zone, schedule = ZoneInfo(booking.night_zone), Span(booking.starts_at, booking.ends_at)
    beyond = beyond_worked(stretches, zone, schedule, booking.promised, paid=paid, waited=standby)
    night_minutes, night_law = booking.at_night(stretches, beyond)
    return {
        "booking_id": booking.id,
        "work_minutes": minutes[EntryKind.WORK],
        "waiting_minutes": minutes[EntryKind.WAITING] + minutes[EntryKind.OUTAGE],
        "outage_minutes": minutes[EntryKind.OUTAGE],
        "paid_break_minutes": minutes[EntryKind.PAID_BREAK],
        "unpaid_break_minutes": minutes[EntryKind.UNPAID_BREAK],
        "overtime_minutes": beyond.overtime.minutes,
        "further_overtime_minutes": beyond.overtime.further,
        "night_minutes": night_minutes,
        "night_law": night_law and night_law.as_kept(),
        "premium_days": kept_days(beyond.days),
        "compensation_minutes": booking.compensation_minutes,
        "compensation_rule": booking.compensation_rule,
        "added_minutes": booking.added_minutes if booking.status is BookingStatus.WORKED else 0,
        "standby_minutes": standby,
        "sick_minutes": booking.sick_minutes,
        "flags": sorted({flag for entry in own for flag in entry.flags}),
    }


def _submit_complete(weeks: set[Week], *, by: Actor | Mapping[UUID, Actor]) -> None:
    """Hands in the open timesheets of these weeks in which nothing is booked or worked any more."""
    # Two statements: what stands still is read after the lock was given, not before.
    sheets = db.session.scalars(_LOCKED, {"weeks": sorted(weeks)}).all()
    complete = (
        {row.id: row.contractor_id for row in db.session.execute(_COMPLETE, {"sheets": sheets})} if sheets else {}
    )
    doers = {known: by[person] for known, person in complete.items()} if isinstance(by, Mapping) else by
    _hand_in(list(complete), by=doers)


def _still_on() -> ColumnElement[bool]:
    """Whether something in the timesheet's week is booked or worked."""
    return exists().where(
        Booking.contractor_id == Timesheet.contractor_id,
        Booking.gig_id == Timesheet.gig_id,
        Booking.week == Timesheet.week,
        Booking.status.in_(ACTIVE_BOOKING),
    )


# Built once, since building a statement takes longer than running it.
_INSERTED = upsert(Timesheet)
_OPENED = _INSERTED.on_conflict_do_update(
    index_elements=["contractor_id", "gig_id", "week"],
    index_where=OPEN,
    set_={"company_id": _INSERTED.excluded.company_id},
).returning(Timesheet.id, Timesheet.contractor_id, Timesheet.gig_id, Timesheet.week)
_LOCKED = (
    select(Timesheet.id)
    .where(
        tuple_(Timesheet.contractor_id, Timesheet.gig_id, Timesheet.week).in_(bindparam("weeks", expanding=True)),
        Timesheet.status == TimesheetStatus.OPEN,
    )
    .order_by(Timesheet.id)
    .with_for_update()
)
_COMPLETE = select(Timesheet.id, Timesheet.contractor_id).where(
    Timesheet.id.in_(bindparam("sheets", expanding=True)), ~_still_on()
)


def _hand_in(timesheet_ids: Sequence[UUID], *, by: Actor | Mapping[UUID, Actor]) -> int:
    moved = move(
        Timesheet,
        timesheet_ids,
        old=TimesheetStatus.OPEN,
        new=TimesheetStatus.SUBMITTED,
        by=by,
        event="timesheet.submitted",
        values={"submitted_at": clock.now()},
    )
    return len(moved)
