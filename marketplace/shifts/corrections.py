"""Corrections of the clock: the original stays, the reason stands beside it, and the other side is asked (CORRECT)."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select

from marketplace.accounts.rules import CLOCK, Actor, Right, require_company
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import WrongState, move, move_one
from marketplace.core.problems import NotFound
from marketplace.shifts import prepared, queries, timesheets
from marketplace.shifts.clock_entries import breaks_cap, entries_of, runs_elsewhere, stretches_of, write
from marketplace.shifts.clock_rules import (
    OPEN_CORRECTION,
    BadCorrection,
    ClockElsewhere,
    CorrectedBy,
    CorrectionStatus,
    EntryFlag,
    EntryKind,
    EntrySource,
    TooLateToCorrect,
)
from marketplace.shifts.correction_models import Correction
from marketplace.shifts.hours import (
    CORRECT_WITHIN,
    Counted,
    Stretch,
    minutes_by_kind,
    paid_minutes,
    pressed_later,
    scheduled_minutes,
)
from marketplace.shifts.missed import hold_again
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import BookingStatus
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut, TimesheetLine
from marketplace.shifts.timesheet_rules import TimesheetStatus

MOST_STRETCHES = 40
ANSWERABLE = (TimesheetStatus.OPEN, TimesheetStatus.SUBMITTED)
CORRECTABLE = (*ANSWERABLE, TimesheetStatus.APPROVED)
"""While what a person says later of their own clock still counts: a company that approves at once ends no window."""


def correct(booking_id: UUID, stretches: Sequence[Stretch], words: str, *, by: Actor) -> Correction:
    """Says what was really on the clock of a booking that is over, from its beginning to its end, and why.

    A person's own counts at once, and so does a company's that takes no minute; one that takes any is a proposal, which
    changes nothing until the person says yes. A later correction takes the place of one that was not answered. Whoever
    was missed and did work is no no-show any more, and what the work may cost is held again. All of it lies within the
    shift, so that what is held suffices. What was approved waits for its company again when its person corrects it.

    Raises NotFound, Forbidden, WrongState while the clock runs, TooLateToCorrect, BadCorrection, ClockElsewhere.
    """
    booking = lock(booking_id, by=by)
    side = CorrectedBy.PERSON if by.is_in_person(booking.contractor_id) else CorrectedBy.COMPANY
    if side is CorrectedBy.COMPANY:
        require_company(by, booking.company_id, Right.TIMESHEETS)
    check_open(booking, side)
    _check(booking, stretches)
    return _made(booking, side, list(stretches), words.strip(), (EntryFlag.CORRECTED,), by=by)


def from_device(booking_id: UUID, kind: EntryKind | None, counted: Counted, *, by: Actor) -> Correction | None:
    """What a device without network had kept of a clock that a job has stopped: counted as if it had come in time.
    `kind` is None where the clock was stopped. None where no job had stopped it: whoever did meant it.

    Nothing could stop a clock that nobody heard of at a cap of its hazard class. What was worked beyond it is paid, and
    operators of standards are told: what it did to the person is no question of minutes.
    """
    booking = lock(booking_id, by=by)
    entries = entries_of(booking)
    forgotten = booking.status is BookingStatus.WORKED and entries and EntryFlag.FORGOTTEN in entries[-1].flags
    if not forgotten or not by.is_in_person(booking.contractor_id):
        return None
    check_open(booking, CorrectedBy.DEVICE)
    after = pressed_later(stretches_of(entries), kind, counted.at, booking.ends_at)
    flags = counted.flags
    if breaks_cap(booking, after):
        flags += (EntryFlag.CAP_EXCEEDED,)
        record("booking.cap_exceeded", booking, by=by, data={"hazard_class": str(booking.hazard_class)})
    return _made(booking, CorrectedBy.DEVICE, after, None, flags, by=by, is_forgotten=kind is not None)


def accept(correction_id: UUID, *, by: Actor) -> Correction:
    """The other side agrees: a proposal counts from now on. Raises NotFound, Forbidden, WrongState."""
    found, booking = _to_answer(correction_id, by=by)
    if found.status is CorrectionStatus.PROPOSED:
        _apply(booking, kept_stretches(found.after), EntrySource.COMPANY, (EntryFlag.CORRECTED,))
    _answered(found, CorrectionStatus.ACCEPTED, None, by=by)
    return found


def contest(correction_id: UUID, words: str, *, by: Actor) -> Correction:
    """The other side does not agree, and says why. What the company wrote then counts no more; what the person wrote
    counts on, and only a cut with its reasons can take minutes of it. Raises NotFound, Forbidden, WrongState."""
    found, booking = _to_answer(correction_id, by=by)
    if found.status is CorrectionStatus.CLAIMED and found.side is CorrectedBy.COMPANY:
        _apply(booking, kept_stretches(found.before), EntrySource.PERSON, (EntryFlag.CORRECTED,))
    _answered(found, CorrectionStatus.CONTESTED, words.strip(), by=by)
    return found


def of_booking(booking_id: UUID, *, seen_by: Actor) -> Sequence[Correction]:
    """All corrections of a booking, the first first, for its person and the company. Raises NotFound."""
    queries.booking(booking_id, seen_by=seen_by)
    return of_bookings([booking_id])


def of_bookings(booking_ids: Sequence[UUID]) -> Sequence[Correction]:
    """The same of many bookings. The caller has made sure that the asker may see them."""
    found = select(Correction).where(Correction.booking_id.in_(booking_ids))
    return db.session.scalars(found.order_by(Correction.booking_id, Correction.number)).all()


def is_open(booking: Booking, *, by: Actor, now: datetime) -> bool:
    """Whether the asker, who may see the booking, could correct its clock now."""
    if by.is_in_person(booking.contractor_id):
        possible = booking.status in (BookingStatus.WORKED, BookingStatus.NO_SHOW)
        possible = possible and now < booking.ends_at + CORRECT_WITHIN
    else:
        possible = booking.status is BookingStatus.WORKED
    side = CorrectedBy.PERSON if by.is_in_person(booking.contractor_id) else CorrectedBy.COMPANY
    return possible and _why_closed(booking, db.session.scalars(_sheet_status(booking)).one_or_none(), side) is None


def lapse_due(limit: int = 100) -> int:
    """Ends corrections that nobody answered before their timesheet was: what counts then, counts. Returns how many."""
    due = (
        select(Correction)
        .join(TimesheetLine, TimesheetLine.booking_id == Correction.booking_id)
        .join(Timesheet, Timesheet.id == TimesheetLine.timesheet_id)
        .where(Correction.status.in_(OPEN_CORRECTION), Timesheet.status.not_in(ANSWERABLE))
        .order_by(Correction.id)
        .limit(limit)
        .with_for_update(of=Correction, skip_locked=True)
    )
    return sum(_lapse([each.id for each in db.session.scalars(due)], status) for status in OPEN_CORRECTION)


def as_json(stretches: Sequence[Stretch]) -> list[dict[str, str]]:
    """Stretches as they are kept."""
    return [
        {"kind": each.kind, "started_at": each.started_at.isoformat(), "ended_at": each.ended_at.isoformat()}
        for each in stretches
    ]


def lock(booking_id: UUID, *, by: Actor) -> Booking:
    """A booking of the asker or of their company, locked. Raises NotFound."""
    booking = db.session.get(Booking, booking_id, with_for_update=True, populate_existing=True)
    if booking is None or not (by.is_in_person(booking.contractor_id) or by.belongs_to(booking.company_id)):
        raise NotFound
    return booking


def check_open(booking: Booking, side: CorrectedBy) -> None:
    """Raises WrongState or TooLateToCorrect where that side cannot say any more what came of the booking; locks its
    timesheet."""
    if booking.status is not BookingStatus.WORKED and (
        booking.status is not BookingStatus.NO_SHOW or side is not CorrectedBy.PERSON
    ):
        raise WrongState(f"The booking is {booking.status}.", state=str(booking.status))
    if side is CorrectedBy.PERSON and clock.now() >= booking.ends_at + CORRECT_WITHIN:
        raise TooLateToCorrect(f"It ended at {booking.ends_at.isoformat()}.")
    status = db.session.scalars(_sheet_status(booking).with_for_update(of=Timesheet)).one_or_none()
    if (closed := _why_closed(booking, status, side)) is not None:
        raise closed


def _why_closed(booking: Booking, status: TimesheetStatus | None, side: CorrectedBy) -> TooLateToCorrect | None:
    """Why what stands on a timesheet of that status is not corrected any more, by that side; None while it is. None is
    the status of what is on no timesheet."""
    if status is not None and status not in (ANSWERABLE if side is CorrectedBy.COMPANY else CORRECTABLE):
        return TooLateToCorrect(f"The timesheet is {status}.")
    if status is TimesheetStatus.APPROVED and db.session.scalar(exists(_cut_of(booking)).select()):
        return TooLateToCorrect("Time of it was cut.", remedy="Dispute the cut: an operator then decides.")
    return None


def _cut_of(booking: Booking) -> Select[UUID]:
    return select(TimesheetCut.id).where(TimesheetCut.booking_id == booking.id)


def _sheet_status(booking: Booking) -> Select[TimesheetStatus]:
    sheet = select(Timesheet.status).join(TimesheetLine, TimesheetLine.timesheet_id == Timesheet.id)
    return sheet.where(TimesheetLine.booking_id == booking.id)


def _check(booking: Booking, stretches: Sequence[Stretch]) -> None:
    if not 0 < len(stretches) <= MOST_STRETCHES:
        raise BadCorrection(
            f"A correction has at most {MOST_STRETCHES} stretches, and at least one.", field="stretches"
        )
    if any(each.ended_at <= each.started_at for each in stretches):
        raise BadCorrection("Each stretch ends after it begins.", field="stretches")
    if any(later.started_at != earlier.ended_at for earlier, later in pairwise(stretches)):
        raise BadCorrection("Each stretch begins when the one before it ends.", field="stretches")
    if stretches[0].started_at < booking.clock_from or stretches[-1].ended_at > _end(booking):
        called = "" if booking.called_at is None else ", from the call on"
        raise BadCorrection(f"The clock counts within the shift{called}.", field="stretches")
    owed = booking.compensation_minutes + booking.sick_minutes
    if _paid(stretches) + owed > scheduled_minutes(booking.starts_at, booking.ends_at):
        raise BadCorrection(f"{owed} minutes of the shift are paid for another reason.", field="stretches")
    if runs_elsewhere(booking, stretches):
        raise ClockElsewhere
    if breaks_cap(booking, stretches):
        raise BadCorrection("It goes beyond the cap of its hazard class.", field="stretches")


def _end(booking: Booking) -> datetime:
    """Where the clock of a booking ends at the latest: at the end of its shift, or now."""
    return min(booking.ends_at, clock.now())


def _made(
    booking: Booking,
    side: CorrectedBy,
    after: list[Stretch],
    words: str | None,
    flags: tuple[EntryFlag, ...],
    *,
    by: Actor,
    is_forgotten: bool = False,
) -> Correction:
    assert by.person_id is not None
    before = stretches_of(entries_of(booking))
    earlier = of_bookings([booking.id])
    for status in OPEN_CORRECTION:
        _lapse([each.id for each in earlier], status)
    takes = _paid(after) < _paid(before)
    proposed = side is CorrectedBy.COMPANY and takes
    row = Correction(
        booking_id=booking.id,
        gig_id=booking.gig_id,
        company_id=booking.company_id,
        contractor_id=booking.contractor_id,
        number=len(earlier) + 1,
        side=side,
        made_by=by.person_id,
        made_at=clock.now(),
        words=words,
        before=as_json(before),
        after=as_json(after),
        minutes_before=_paid(before),
        minutes_after=_paid(after),
        status=CorrectionStatus.PROPOSED if proposed else CorrectionStatus.CLAIMED,
    )
    db.session.add(row)
    if booking.status is BookingStatus.NO_SHOW:
        _come_after_all(booking, after, by=by)
    elif not proposed:
        source = EntrySource.COMPANY if side is CorrectedBy.COMPANY else EntrySource.PERSON
        write(booking, after, source, flags, is_forgotten=is_forgotten)
        timesheets.rewrite(booking)
    if side is not CorrectedBy.COMPANY:
        timesheets.reopen(booking, by=by)
    data = {"minutes_before": row.minutes_before, "minutes_after": row.minutes_after}
    told = "by_company" if side is CorrectedBy.COMPANY else "made"
    record("correction.proposed" if proposed else f"correction.{told}", row, by=by, data=data)
    return row


def _come_after_all(booking: Booking, stretches: Sequence[Stretch], *, by: Actor) -> None:
    """Whoever was missed worked all the same, and forgot to press."""
    hold_again([booking], by={booking.id: by})
    version = {"instructions_version": prepared.version_for(booking)}
    move_one(booking, BookingStatus.WORKING, by=by, event="booking.clocked_in", values=version)
    write(booking, stretches, EntrySource.PERSON, (EntryFlag.CORRECTED,))
    move_one(booking, BookingStatus.WORKED, by=by, event="booking.clocked_out", data={"because": "corrected"})
    timesheets.enter([booking], by=by)


def _apply(booking: Booking, stretches: Sequence[Stretch], source: EntrySource, flags: tuple[EntryFlag, ...]) -> None:
    write(booking, stretches, source, flags)
    timesheets.rewrite(booking)


def _to_answer(correction_id: UUID, *, by: Actor) -> tuple[Correction, Booking]:
    """An open correction for the side that did not make it, with its booking, locked."""
    seen = db.session.get(Correction, correction_id)
    if seen is None or not (by.is_in_person(seen.contractor_id) or by.belongs_to(seen.company_id)):
        raise NotFound
    if seen.side is CorrectedBy.COMPANY:
        if not by.is_in_person(seen.contractor_id):
            raise WrongState("The person is asked.", state=str(seen.status))
    elif by.is_in_person(seen.contractor_id):
        raise WrongState("The company is asked.", state=str(seen.status))
    else:
        require_company(by, seen.company_id, Right.TIMESHEETS)
    booking = db.session.get_one(Booking, seen.booking_id, with_for_update=True, populate_existing=True)
    check_open(booking, CorrectedBy.COMPANY)
    found = db.session.get_one(Correction, correction_id, with_for_update=True, populate_existing=True)
    if found.status not in OPEN_CORRECTION:
        raise WrongState(f"The correction is {found.status}.", state=str(found.status))
    return found, booking


def _answered(found: Correction, status: CorrectionStatus, words: str | None, *, by: Actor) -> None:
    values = {"answered_by": by.person_id, "answered_at": clock.now(), "answer": words}
    move_one(found, status, by=by, event=f"correction.{status}", values=values)


def _lapse(ids: Sequence[UUID], status: CorrectionStatus) -> int:
    if not ids:
        return 0
    return len(move(Correction, ids, old=status, new=CorrectionStatus.LAPSED, by=CLOCK, event="correction.lapsed"))


def kept_stretches(kept: Sequence[Any]) -> list[Stretch]:
    """The stretches that a correction keeps, `before` or `after`."""
    return [
        Stretch(
            EntryKind(each["kind"]),
            datetime.fromisoformat(each["started_at"]),
            datetime.fromisoformat(each["ended_at"]),
        )
        for each in kept
    ]


def _paid(stretches: Sequence[Stretch]) -> int:
    return paid_minutes(minutes_by_kind(stretches))
