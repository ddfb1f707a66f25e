"""What is to be paid, read from the rooms below: bookings with their minutes, rates and contracts. Reads only."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, exists, extract, func, select

from marketplace.contracts.models import ContractVersion
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gigs.models import Gig
from marketplace.pay.lines import LeaveYear, Minutes, Promise, Work
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.rules import PayslipStatus
from marketplace.shifts.hours import Stretch, minutes_by_kind, overtime_worked, paid_minutes, scheduled_minutes
from marketplace.shifts.models import Booking, TimeEntry, Timesheet, TimesheetLine
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus, EntryKind, TimesheetStatus
from marketplace.standards.hazard import HazardClass
from marketplace.standards.rates import LineKind
from marketplace.workforce.models import Contractor


def payable_timesheets(company_id: UUID | None, through: date) -> Select[UUID]:
    """Approved timesheets of weeks that began by that day, oldest first, of one company or of all."""
    found = select(Timesheet.id).where(Timesheet.status == TimesheetStatus.APPROVED, Timesheet.week <= through)
    if company_id is not None:
        found = found.where(Timesheet.company_id == company_id)
    return found.order_by(Timesheet.id)


def of_timesheets(timesheet_ids: Sequence[UUID]) -> list[Work]:
    """Every booking on these timesheets, with its minutes as they were approved."""
    found = _facts(TimesheetLine).join(TimesheetLine, TimesheetLine.booking_id == Booking.id)
    found = found.where(TimesheetLine.timesheet_id.in_(timesheet_ids)).order_by(Booking.id)
    return [
        _work(row, _approved(row.TimesheetLine), row.TimesheetLine.timesheet_id) for row in db.session.execute(found)
    ]


def lock_people(contractor_ids: Collection[UUID]) -> None:
    """Locks these people's rows until the transaction ends: what is capped by person is counted by one at a time."""
    rows = select(Contractor.id).where(Contractor.id.in_(contractor_ids)).order_by(Contractor.id)
    db.session.execute(rows.with_for_update(key_share=True))


def leave_earned(contractor_ids: Collection[UUID]) -> dict[LeaveYear, int]:
    """Seconds of sick leave on these people's pay lines so far, booked or not, by calendar year of the work."""
    year = extract("year", func.timezone("UTC", PayLine.began_at))
    sums = select(PayLine.contractor_id, year.label("year"), func.sum(PayLine.seconds).label("seconds"))
    own = sums.where(PayLine.contractor_id.in_(contractor_ids), PayLine.kind == LineKind.SICK_ACCRUAL)
    rows = db.session.execute(own.group_by(PayLine.contractor_id, year))
    return {(row.contractor_id, int(row.year)): int(row.seconds) for row in rows}


def not_yet_paid(now: datetime, company_id: UUID | None = None) -> list[Work]:
    """Every booking that is or may be owed for and stands on no issued payslip, with its time until now; of one company
    or of all."""
    paid = exists().where(
        PayLine.booking_id == Booking.id,
        PayLine.payslip_id == Payslip.id,
        Payslip.status == PayslipStatus.ISSUED,
    )
    alive = Booking.status.in_((*ACTIVE_BOOKING, BookingStatus.WORKED)) | (Booking.compensation_minutes > 0)
    found = _facts().where(~paid, alive).order_by(Booking.id)
    rows = db.session.execute(found if company_id is None else found.where(Booking.company_id == company_id)).all()
    clocks = _clocks([row.Booking.id for row in rows], now)
    return [_work(row, _so_far(row.Booking, clocks.get(row.Booking.id, ())), None) for row in rows]


def _facts(*more: Any) -> Select[Any]:
    engagement: ColumnElement[str] = ContractVersion.terms["engagement_type"].astext
    return (
        select(
            Booking,
            Gig.fee_percent,
            Gig.margin_amount,
            ContractVersion.contract_id,
            ContractVersion.number,
            engagement.label("engagement_type"),
            *more,
        )
        .join(Gig, Gig.id == Booking.gig_id)
        .join(ContractVersion, ContractVersion.id == Booking.contract_version_id)
    )


def _work(row: Row[Any], minutes: Minutes, timesheet_id: UUID | None) -> Work:
    booking: Booking = row.Booking
    margin = None if row.margin_amount is None else Money(row.margin_amount, booking.currency)
    return Work(
        booking_id=booking.id,
        gig_id=booking.gig_id,
        company_id=booking.company_id,
        contractor_id=booking.contractor_id,
        began_at=booking.starts_at,
        minutes=minutes,
        rate=booking.rate,
        overtime_percent=booking.overtime_percent,
        hazard_class=HazardClass(booking.hazard_class),
        fee_percent=row.fee_percent,
        margin=margin,
        promise=Promise(booking.contract_version_id, row.contract_id, row.number, row.engagement_type),
        hold=booking.hold_account,
        timesheet_id=timesheet_id,
    )


def _approved(line: TimesheetLine) -> Minutes:
    return Minutes(
        work=line.work_minutes + line.waiting_minutes,
        paid_break=line.paid_break_minutes,
        overtime=line.overtime_minutes,
        compensation=line.compensation_minutes,
    )


def _clocks(booking_ids: Sequence[UUID], now: datetime) -> dict[UUID, list[Stretch]]:
    """The time on each booking's clock; one that still runs counts until now."""
    found = select(TimeEntry).where(TimeEntry.booking_id.in_(booking_ids)).order_by(TimeEntry.started_at)
    clocks: dict[UUID, list[Stretch]] = {}
    for entry in db.session.scalars(found):
        ended_at = entry.ended_at or max(entry.started_at, now)
        clocks.setdefault(entry.booking_id, []).append(Stretch(entry.kind, entry.started_at, ended_at))
    return clocks


def _so_far(booking: Booking, stretches: Iterable[Stretch]) -> Minutes:
    """Time on the clock until now, and never beyond the end of the booking: later time is not promised."""
    spent = minutes_by_kind(Stretch(s.kind, s.started_at, min(s.ended_at, booking.ends_at)) for s in stretches)
    scheduled = scheduled_minutes(booking.starts_at, booking.ends_at)
    return Minutes(
        work=spent[EntryKind.WORK] + spent[EntryKind.WAITING],
        paid_break=spent[EntryKind.PAID_BREAK],
        overtime=overtime_worked(paid_minutes(spent), scheduled, booking.overtime_minutes),
        compensation=booking.compensation_minutes,
    )
