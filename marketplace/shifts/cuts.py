"""Cuts of timesheets: minutes or pieces that the company takes off lines, with reasons (rules REJECT and DISPUTE)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import WrongState, move, move_one
from marketplace.core.problems import NotFound
from marketplace.messages import queries as messages
from marketplace.messages.rules import waited_minutes
from marketplace.shifts import timesheets
from marketplace.shifts.clock_rules import EntryFlag, WaitedForAnswer
from marketplace.shifts.hours import most_to_cut, scheduled_minutes
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut, TimesheetLine
from marketplace.shifts.timesheet_rules import (
    NOT_WORKING,
    OF_PIECES,
    BadCut,
    CutCategory,
    CutEnd,
    CutStatus,
    TimesheetStatus,
    TooLateToDispute,
)
from marketplace.standards.catalogue import RULES

CLAIM_WITHIN = timedelta(days=RULES["DISPUTE"].parameters["claim_days"])
"""How long a cut can be disputed, and its money is held (rule DISPUTE)."""


@dataclass(frozen=True, slots=True)
class NewCut:
    """Minutes, or pieces, to take off one line. `clause` is what the company relies on, `missing` what is missing or
    would be right."""

    line_id: UUID
    minutes: int
    category: CutCategory
    clause: str
    missing: str
    pieces: int = 0


def cut(timesheet_id: UUID, cuts: Sequence[NewCut], *, by: Actor) -> Timesheet:
    """Takes paid minutes or pieces off lines of a timesheet that waits for its answer, and approves the rest at once.

    Raises BadCut when there is no cut, when a line is named twice or is not of this timesheet, when fewer of its
    minutes or pieces can be cut, or both are, or when a reason is blank or none for what is cut; WaitedForAnswer;
    WrongState when the timesheet has been answered.
    """
    sheet = timesheets.to_decide(timesheet_id, by=by)
    if sheet.status is not TimesheetStatus.SUBMITTED:
        raise WrongState(f"It is {sheet.status}.", state=str(sheet.status))
    lines = _lines(sheet, cuts)
    _check_waiting(sheet, lines, cuts)
    assert by.person_id is not None
    now, minutes, pieces = clock.now(), sum(each.minutes for each in cuts), sum(each.pieces for each in cuts)
    move_one(
        sheet,
        TimesheetStatus.APPROVED,
        by=by,
        event="timesheet.cut",
        values={"decided_at": now, "decided_by": by.person_id},
        data={"lines": len(cuts), "minutes": minutes} | ({"pieces": pieces} if pieces else {}),
    )
    for each in cuts:
        row = TimesheetCut(
            line_id=each.line_id,
            timesheet_id=sheet.id,
            booking_id=lines[each.line_id].booking_id,
            gig_id=sheet.gig_id,
            company_id=sheet.company_id,
            contractor_id=sheet.contractor_id,
            minutes=each.minutes,
            pieces=each.pieces,
            category=each.category,
            clause=each.clause.strip(),
            missing=each.missing.strip(),
            cut_by=by.person_id,
            cut_at=now,
            claim_until=now + CLAIM_WITHIN,
            restored_minutes=0,
            restored_pieces=0,
            status=CutStatus.OPEN,
        )
        db.session.add(row)
        told = {"pieces": each.pieces} if each.pieces else {"minutes": each.minutes}
        record("cut.made", row, by=by, data=told | {"category": str(each.category)})
    return sheet


def most_of(line: TimesheetLine) -> int:
    """How many minutes of a line, whose booking is loaded, can be cut."""
    scheduled = scheduled_minutes(line.booking.starts_at, line.booking.ends_at)
    ended = EntryFlag.ENDED_BY_COMPANY in line.flags
    return most_to_cut(scheduled, line.paid_minutes, line.compensation_minutes, ended_by_company=ended)


def claim(cut_id: UUID, *, by: Actor) -> TimesheetCut:
    """For disputes: the contractor whose time was cut disputes it, once and while the window is open. Raises NotFound,
    TooLateToDispute, or WrongState when it is disputed or decided already."""
    found = db.session.get(TimesheetCut, cut_id)
    if found is None or not by.is_in_person(found.contractor_id):
        raise NotFound
    if found.status is CutStatus.OPEN and clock.now() >= found.claim_until:
        raise TooLateToDispute(f"It was open until {found.claim_until.isoformat()}.")
    move_one(found, CutStatus.CLAIMED, by=by, event="cut.claimed")
    return found


def end(found: TimesheetCut, restored: int, because: CutEnd, *, reason: str | None = None, by: Actor) -> None:
    """For pay: decides a cut that is open or claimed. `restored` minutes or pieces of it are to be paid
    after all."""
    minutes, pieces = found.of_its_kind(restored)
    back = {"restored_minutes": minutes, "restored_pieces": pieces}
    values = back | {"ended_at": clock.now(), "ended_because": because, "reason": reason}
    new, event = (CutStatus.RESTORED, "cut.restored") if restored else (CutStatus.UPHELD, "cut.upheld")
    data = {"because": str(because), "pieces" if found.pieces else "minutes": restored}
    move_one(found, new, by=by, event=event, values=values, data=data)


def decide_advanced(found: TimesheetCut, because: CutEnd, reason: str | None) -> None:
    """For pay: writes down how the dispute about a cut ended that was paid at once. Its minutes stay restored."""
    found.ended_because, found.reason = because, reason
    db.session.flush()


def take(cut_ids: Sequence[UUID], *, by: Actor) -> list[UUID]:
    """For pay: takes restored cuts for a run and returns those that this call took, each in exactly one call."""
    return move(TimesheetCut, cut_ids, old=CutStatus.RESTORED, new=CutStatus.PAID, by=by, event="cut.paid")


def _lines(sheet: Timesheet, cuts: Sequence[NewCut]) -> dict[UUID, TimesheetLine]:
    found = select(TimesheetLine).where(TimesheetLine.timesheet_id == sheet.id)
    found = found.options(joinedload(TimesheetLine.booking), joinedload(TimesheetLine.cut))
    lines = {line.id: line for line in db.session.scalars(found)}
    if not cuts or len({each.line_id for each in cuts}) != len(cuts):
        raise BadCut("A cut names at least one line, and each line once.", field="cuts")
    for each in cuts:
        line = lines.get(each.line_id)
        if line is None:
            raise BadCut("This line is not on the timesheet.", field="line_id")
        if line.cut is not None:
            raise BadCut("This line was cut before.", field="line_id")
        _check_number(each, line)
        if not each.clause.strip() or not each.missing.strip():
            raise BadCut("Name the clause, and what is missing or would be right.", field="missing")
    return lines


def _check_number(wanted: NewCut, line: TimesheetLine) -> None:
    """Minutes or pieces, no more than there are, for a reason that there can be for them."""
    if bool(wanted.minutes) == bool(wanted.pieces):
        raise BadCut("A cut takes minutes or pieces of a line, not both.", field="minutes")
    if wanted.pieces:
        if not 0 < wanted.pieces <= (line.pieces or 0):
            raise BadCut(f"Pieces of the line that can be cut: {line.pieces or 0}.", field="pieces")
        if wanted.category not in OF_PIECES:
            raise BadCut("This is a reason to cut time, not pieces.", field="category")
        return
    if not 0 < wanted.minutes <= most_of(line):
        raise BadCut(f"Minutes of the line that can be cut: {most_of(line)}.", field="minutes")
    if wanted.category is CutCategory.NOT_DELIVERED:
        raise BadCut("This is a reason to cut pieces, not time.", field="category")


def _check_waiting(sheet: Timesheet, lines: Mapping[UUID, TimesheetLine], cuts: Sequence[NewCut]) -> None:
    """What waited for an answer is not cut as time in which nobody worked (OPEN_QUESTION)."""
    waits = messages.waits(sheet.gig_id, sheet.contractor_id)
    for each in cuts:
        line = lines[each.line_id]
        waited = waited_minutes(line.booking.starts_at, line.booking.ends_at, waits)
        left = max(0, line.paid_minutes - waited)
        if waited and each.category in NOT_WORKING and each.minutes > left:
            raise WaitedForAnswer(f"Minutes of the line that can be cut for this reason: {left}.", field="minutes")
