"""What is to be paid, read from the rooms below: bookings with their minutes, rates and contracts. Reads only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CollectionAggregate,
    ColumnElement,
    Row,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    extract,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.contracts import leave
from marketplace.contracts.models import ContractVersion
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gigs.models import Gig
from marketplace.gigs.piece_pay import pieces_of
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.rules import PayslipStatus
from marketplace.pay.runs.lines import LeaveYear
from marketplace.pay.runs.reasons import Leave, Promise, Work
from marketplace.pay.runs.remainders import Paid
from marketplace.qualifications.models import Attempt
from marketplace.shifts.hazard_models import BackPay
from marketplace.shifts.hazard_rules import BackPayStatus
from marketplace.shifts.hours import (
    Minutes,
)
from marketplace.shifts.models import Booking, hold_account
from marketplace.shifts.sick import leave_cause
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut, TimesheetLine
from marketplace.shifts.timesheet_rules import PENDING_CUT, CutStatus, TimesheetStatus
from marketplace.standards import queries as standards
from marketplace.standards.line_kinds import OWN_BENEFITS, LineKind
from marketplace.standards.nights import Night
from marketplace.standards.premium_days import days_of
from marketplace.standards.sick_leave import sick_cap_seconds
from marketplace.workforce.models import Contractor
from marketplace.workforce.pay_scope import PayScope


def payable_timesheets(scope: PayScope) -> Select[UUID]:
    """Approved timesheets of weeks that began by its last day, each company's oldest first."""
    # Written out, so that the index of those that wait to be paid is known to have them: however long a run is, each of
    # its pieces finds the next ones at the index's beginning.
    found = select(Timesheet.id).where(text("timesheet.status = 'approved'"), Timesheet.week <= scope.through)
    found = scope.narrow(found, Timesheet.contractor_id, Timesheet.company_id)
    return found.order_by(Timesheet.company_id, Timesheet.id)


def payable_cuts(scope: PayScope) -> Select[UUID]:
    """Cuts of which something was restored, likewise, once the rest of their booking is paid for.

    Ask before timesheets are locked: one that this very transaction has locked has no lines yet that say so.
    """
    found = select(TimesheetCut.id).join(Timesheet, Timesheet.id == TimesheetCut.timesheet_id)
    found = found.where(TimesheetCut.status == CutStatus.RESTORED, Timesheet.week <= scope.through, _PAID_FOR)
    return scope.narrow(found, Timesheet.contractor_id, TimesheetCut.company_id).order_by(TimesheetCut.id)


def payable_back_pays(scope: PayScope) -> Select[UUID]:
    """Premiums owed for work that was paid before its class was raised, likewise. One whose booking has restored
    minutes to be paid comes after them, since each is what the whole costs less what was paid."""
    found = select(BackPay.id).join(TimesheetLine, TimesheetLine.booking_id == BackPay.booking_id)
    found = found.join(Timesheet, Timesheet.id == TimesheetLine.timesheet_id)
    restored = exists().where(TimesheetCut.booking_id == BackPay.booking_id, TimesheetCut.status == CutStatus.RESTORED)
    paid_for = and_(Timesheet.status == TimesheetStatus.LOCKED, ~unissued(BackPay.booking_id))
    found = found.where(BackPay.status == BackPayStatus.DUE, Timesheet.week <= scope.through, paid_for, ~restored)
    return scope.narrow(found, Timesheet.contractor_id, BackPay.company_id).order_by(BackPay.id)


def of_timesheets(timesheet_ids: Sequence[UUID]) -> list[Work]:
    """Every booking on these timesheets, with its minutes as they were approved: without those that were cut."""
    found = _of_lines().where(TimesheetLine.timesheet_id == any_of(timesheet_ids)).order_by(Booking.id)
    rows = db.session.execute(found).all()
    worth = leave.pays([leave_cause(row.booking_id) for row in rows if row.sick_minutes])
    works = []
    for row in rows:
        handed_in, cut = _handed_in(row), row.TimesheetCut
        work = work_of(row, handed_in.less(cut.minutes, cut.pieces) if cut else handed_in, row.timesheet_id)
        if row.sick_minutes:
            work = replace(work, leave=Leave(row.sick_minutes * 60, worth.get(leave_cause(work.booking_id), [])))
        works.append(work)
    return works


def of_cuts(cut_ids: Collection[UUID]) -> list[Work]:
    """The bookings of these cuts, with all the minutes that are to be paid after the ruling."""
    if not cut_ids:
        return []
    found = _of_lines().where(TimesheetCut.id.in_(cut_ids)).order_by(Booking.id)
    return [replace(_after_the_cut(row), cut_id=row.TimesheetCut.id) for row in db.session.execute(found)]


def with_and_without(cut: TimesheetCut, number: int) -> tuple[Work, Work]:
    """The booking of a cut that is restored, as it is paid, and as it would be without so many of what it took: both at
    the floor of its day, since a top-up is paid with them (TOP_UP)."""
    row = db.session.execute(_of_lines().where(TimesheetCut.id == cut.id)).one()
    whole = _after_the_cut(row)
    paid, without = at_their_floors([whole, replace(whole, minutes=whole.minutes.less(*cut.of_its_kind(number)))])
    return paid, without


def of_back_pays(back_pay_ids: Collection[UUID]) -> list[Work]:
    """The bookings whose class was raised after they were paid, in that class, with the minutes that are paid."""
    if not back_pay_ids:
        return []
    found = _of_lines(BackPay).join(BackPay, BackPay.booking_id == Booking.id).where(BackPay.id.in_(back_pay_ids))
    rows = db.session.execute(found.order_by(Booking.id)).all()
    return [replace(_as_it_stands(row), back_pay_id=row.BackPay.id) for row in rows]


def at_most(booking_ids: Collection[UUID]) -> list[tuple[Work, int]]:
    """Those of these bookings of which a cut is not settled, or a raised premium not paid, with the most minutes that
    may have to be paid, and how many of those may stay cut."""
    pending = or_(TimesheetCut.status.in_(PENDING_CUT), back_pay_due(Booking.id))
    found = _of_lines().where(Booking.id == any_of(booking_ids), pending)
    rows = db.session.execute(found.order_by(Booking.id)).all()
    return [(_after_the_cut(row), row.TimesheetCut.open_minutes if row.TimesheetCut else 0) for row in rows]


def lock_cuts(booking_ids: Collection[UUID]) -> None:
    """Locks the cuts of these bookings, so that they are decided before or after this transaction, not meanwhile."""
    if booking_ids:
        rows = select(TimesheetCut.id).where(TimesheetCut.booking_id == any_of(booking_ids)).order_by(TimesheetCut.id)
        db.session.execute(rows.with_for_update())


def lock_cuts_of(payslip_ids: Collection[UUID]) -> None:
    """Likewise, of the bookings that these payslips pay."""
    paid = select(PayLine.booking_id).where(PayLine.payslip_id == any_of(payslip_ids))
    rows = select(TimesheetCut.id).where(TimesheetCut.booking_id.in_(paid)).order_by(TimesheetCut.id)
    db.session.execute(rows.with_for_update())


def is_paid_for(cut: TimesheetCut) -> bool:
    """Whether everything of the cut's booking that is not disputed is booked."""
    found = select(TimesheetCut.id).join(Timesheet, Timesheet.id == TimesheetCut.timesheet_id)
    return db.session.scalar(found.where(TimesheetCut.id == cut.id, _PAID_FOR)) is not None


def paid_lines(booking_ids: Collection[UUID]) -> dict[UUID, dict[LineKind, Paid]]:
    """What the lines of these bookings cost the company, kind by kind: the person's own leave is none of it."""
    if not booking_ids:
        return {}
    sums = select(
        PayLine.booking_id,
        PayLine.kind,
        PayLine.currency,
        func.sum(PayLine.amount),
        func.sum(PayLine.seconds),
        func.coalesce(func.sum(PayLine.pieces), 0),
    ).where(PayLine.booking_id.in_(booking_ids), PayLine.kind.not_in(OWN_BENEFITS))
    paid: dict[UUID, dict[LineKind, Paid]] = {}
    for booking_id, kind, code, amount, seconds, pieces in db.session.execute(
        sums.group_by(PayLine.booking_id, PayLine.kind, PayLine.currency)
    ):
        assert booking_id is not None, "lines of tests have none, and are not asked for"
        paid.setdefault(booking_id, {})[kind] = Paid(Money(int(amount), code), int(seconds), int(pieces or 0))
    return paid


def issued(booking_ids: Collection[UUID]) -> dict[UUID, Money]:
    """What these bookings have cost the company on issued payslips. One that is on none is left out."""
    sums = select(PayLine.booking_id, PayLine.currency, func.sum(PayLine.amount))
    sums = sums.join(Payslip, Payslip.id == PayLine.payslip_id)
    sums = sums.where(PayLine.booking_id == any_of(booking_ids), Payslip.status == PayslipStatus.ISSUED)
    sums = sums.where(PayLine.kind.not_in(OWN_BENEFITS))
    rows = db.session.execute(sums.group_by(PayLine.booking_id, PayLine.currency))
    return {booking_id: Money(int(amount), code) for booking_id, code, amount in rows if booking_id is not None}


def lock_people_of(
    timesheet_ids: Collection[UUID],
    cut_ids: Collection[UUID],
    back_pay_ids: Collection[UUID],
    attempt_ids: Collection[UUID],
) -> set[UUID]:
    """Locks the rows of everybody who is paid by these until the transaction ends, and returns who they are: what is
    capped by person is counted by one at a time."""
    of_sheets = select(Timesheet.contractor_id).where(Timesheet.id == any_of(timesheet_ids))
    of_cuts = select(TimesheetCut.contractor_id).where(TimesheetCut.id.in_(cut_ids))
    of_back_pays = select(BackPay.contractor_id).where(BackPay.id.in_(back_pay_ids))
    of_tests = select(Attempt.contractor_id).where(Attempt.id.in_(attempt_ids))
    people = set(db.session.scalars(of_sheets.union(of_cuts, of_back_pays, of_tests)))
    rows = select(Contractor.id).where(Contractor.id == any_of(people)).order_by(Contractor.id)
    db.session.execute(rows.with_for_update(key_share=True))
    return people


def leave_earned(contractor_ids: Collection[UUID]) -> dict[LeaveYear, int]:
    """Seconds of sick leave on these people's pay lines so far, booked or not, by calendar year of the work."""
    year = extract("year", func.timezone("UTC", PayLine.began_at))
    sums = select(PayLine.contractor_id, year.label("year"), func.sum(PayLine.seconds).label("seconds"))
    # Written out, so that the index of accrued leave is known to have them.
    own = sums.where(PayLine.contractor_id == any_of(contractor_ids), text("pay_line.kind = 'sick_accrual'"))
    rows = db.session.execute(own.group_by(PayLine.contractor_id, year))
    return {(row.contractor_id, int(row.year)): int(row.seconds) for row in rows}


def leave_caps(contractor_ids: Collection[UUID]) -> dict[UUID, int]:
    """Seconds of sick leave that may accrue to each of these people in a calendar year, by the law of their place."""
    places = select(Contractor.id, Contractor.country, Contractor.subdivision)
    places = places.where(Contractor.id == any_of(contractor_ids))
    return {row.id: sick_cap_seconds(row.country, row.subdivision) for row in db.session.execute(places)}


def at_their_floors(works: Sequence[Work]) -> list[Work]:
    """The same, each with the least rate that the floor of its day and place asks for now that it is paid: the unpaid
    minutes of its gig counted, rounded up to a whole minor unit (TOP_UP)."""
    if not works:
        return []
    places = select(Contractor.id, Contractor.country, Contractor.subdivision, Contractor.timezone)
    people = db.session.execute(places.where(Contractor.id == any_of({work.contractor_id for work in works})))
    place = {row.id: ((row.country, row.subdivision), ZoneInfo(row.timezone)) for row in people}
    terms = select(Gig.id, Gig.unpaid).where(Gig.id.in_({work.gig_id for work in works}))
    hours = {gig_id: 60 + sum(kinds.values()) for gig_id, kinds in db.session.execute(terms)}

    def asked(work: Work) -> tuple[standards.Code, str, date]:
        code, zone = place[work.contractor_id]
        return code, work.rate.currency, work.began_at.astimezone(zone).date()

    about = [asked(work) for work in works]
    floors = standards.floors(set(about))
    least: dict[tuple[Any, int], tuple[Money, Mapping[str, Any] | None]] = {}
    found = []
    for work, one in zip(works, about, strict=True):
        key = (one, hours[work.gig_id])
        if key not in least:
            floor = floors[one]
            asks = Money(ceil(floor.hourly * Fraction(key[1], 60)), one[1])
            least[key] = (asks, floor.deciding.as_kept() if floor.deciding else None)
        found.append(replace(work, least_rate=least[key][0], floor=least[key][1]))
    return found


def unissued(booking_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Whether the booking has lines that no issued payslip has."""
    issued = exists().where(Payslip.id == PayLine.payslip_id, Payslip.status == PayslipStatus.ISSUED)
    return exists().where(PayLine.booking_id == booking_id, ~issued)


def back_pay_due(booking_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Whether a raise owes the booking a premium that no run has taken."""
    return exists().where(BackPay.booking_id == booking_id, BackPay.status == BackPayStatus.DUE)


_PAID_FOR = and_(Timesheet.status == TimesheetStatus.LOCKED, ~unissued(TimesheetCut.booking_id))
"""Whether a cut's booking is paid for, but for the cut."""


def _of_lines(*more: Any) -> Select[Any]:
    """The facts of bookings on timesheets, with what their lines say and what was cut."""
    line = (
        TimesheetLine.timesheet_id,
        *(TimesheetLine.work_minutes, TimesheetLine.waiting_minutes, TimesheetLine.outage_minutes),
        *(TimesheetLine.paid_break_minutes, TimesheetLine.overtime_minutes, TimesheetLine.night_minutes),
        *(TimesheetLine.further_overtime_minutes, TimesheetLine.premium_days, TimesheetLine.night_law),
        *(TimesheetLine.compensation_minutes, TimesheetLine.compensation_rule, TimesheetLine.added_minutes),
        *(TimesheetLine.standby_minutes, TimesheetLine.sick_minutes),
    )
    found = facts(*line, TimesheetCut, *more).join(TimesheetLine, TimesheetLine.booking_id == Booking.id)
    return found.outerjoin(TimesheetCut, TimesheetCut.line_id == TimesheetLine.id)


def _after_the_cut(row: Row[Any]) -> Work:
    """With what is, or may still be, paid: only what a cut has taken for good is left out."""
    cut: TimesheetCut | None = row.TimesheetCut
    return work_of(row, _handed_in(row).less(*((cut.lost_minutes, cut.lost_pieces) if cut else (0,))), row.timesheet_id)


def _as_it_stands(row: Row[Any]) -> Work:
    cut: TimesheetCut | None = row.TimesheetCut
    return work_of(
        row, _handed_in(row).less(*((cut.unpaid_minutes, cut.unpaid_pieces) if cut else (0,))), row.timesheet_id
    )


def _handed_in(row: Row[Any]) -> Minutes:
    return Minutes.of(
        work=row.work_minutes,
        waiting=row.waiting_minutes - row.outage_minutes,
        outage=row.outage_minutes,
        paid_break=row.paid_break_minutes,
        overtime=row.overtime_minutes,
        further_overtime=row.further_overtime_minutes,
        premium_days=days_of(row.premium_days),
        night=row.night_minutes,
        night_law=Night.of(row.night_law),
        unworked=row.compensation_minutes,
        because=row.compensation_rule,
        added=row.added_minutes,
        standby=row.standby_minutes,
        pieces=row.pieces or 0,
    )


def facts(*more: Any) -> Select[Any]:
    """What every booking's pay depends on, whatever its minutes are, and `more` columns."""
    engagement: ColumnElement[str] = ContractVersion.terms["engagement_type"].astext
    return (
        select(
            Booking.id.label("booking_id"),
            *(Booking.gig_id, Booking.company_id, Booking.contractor_id, Booking.contract_version_id),
            func.lower(Booking.during, type_=Booking.made_at.type).label("began_at"),
            *(Booking.rate_amount, Booking.currency, Booking.overtime_percent, Booking.step_points),
            *(Booking.is_training, Booking.hazard_class, Booking.further_overtime_percent),
            *(Booking.pieces, Gig.fee_percent, Gig.payment_model, Gig.piece_amount),
            Gig.margin_amount,
            ContractVersion.contract_id,
            ContractVersion.number,
            engagement.label("engagement_type"),
            *more,
        )
        .join(Gig, Gig.id == Booking.gig_id)
        .join(ContractVersion, ContractVersion.id == Booking.contract_version_id)
    )


def work_of(row: Row[Any], minutes: Minutes, timesheet_id: UUID | None) -> Work:
    """The booking of a row of `facts()`, with these minutes."""
    code = row.currency
    return Work(
        booking_id=row.booking_id,
        gig_id=row.gig_id,
        company_id=row.company_id,
        contractor_id=row.contractor_id,
        began_at=row.began_at,
        minutes=minutes,
        rate=Money(row.rate_amount, code),
        overtime_percent=row.overtime_percent,
        further_overtime_percent=row.further_overtime_percent,
        step_points=row.step_points,
        is_training=row.is_training,
        hazard_class=row.hazard_class,
        fee_percent=row.fee_percent,
        margin=None if row.margin_amount is None else Money(row.margin_amount, code),
        promise=Promise(row.contract_version_id, row.contract_id, row.number, row.engagement_type),
        hold=hold_account(row.booking_id),
        pieces=pieces_of(row, minutes.pieces, is_training=row.is_training),
        timesheet_id=timesheet_id,
    )


def any_of(ids: Collection[UUID]) -> CollectionAggregate[Any]:
    """Any of them: one parameter, however many."""
    return any_(bindparam(None, list(ids), type_=ARRAY(Uuid())))
