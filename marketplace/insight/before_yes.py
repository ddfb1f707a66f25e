"""What somebody wants to know before they say yes, beside the terms: what the pay is in their own currency, and how the
company has dealt with people until now."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, extract, func, select

from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.insight.publishing import is_public
from marketplace.insight.report_rules import Quarter, enough
from marketplace.shifts import queries as shifts
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import BookingStatus
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut, TimesheetLine
from marketplace.shifts.timesheet_rules import CompensationRule, TimesheetStatus
from marketplace.standards.exchange import Converted, convert
from marketplace.standards.rules import NoSourcedRate
from marketplace.workforce.models import Contractor

BACK = timedelta(days=180)
"""How far back a company's figures reach."""
ANSWERED = (TimesheetStatus.APPROVED, TimesheetStatus.LOCKED)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """How a company has dealt with people since a moment. The figures are None where too few people stand behind them
    (rule REPORT), and `people` then, too."""

    company_id: UUID
    since: datetime
    people: int | None
    shifts_worked: int | None
    """Shifts on timesheets that it has answered."""
    shifts_cut: int | None
    """Of those, the ones of which it cut time."""
    cuts_restored: int | None
    """Of the cuts, those of which time was paid after all."""
    shifts_cancelled_late: int | None
    """That it took back so late that it owed for it."""
    approved_by_silence: int | None
    """Timesheets that it left unanswered for 72 hours."""
    median_hours_to_answer: Decimal | None
    report_is_public: bool
    """Whether its record of the last quarter is public."""


@dataclass(frozen=True, slots=True)
class BeforeYes:
    """Of one offer. `there` is the pay in the currency that the person is paid out in. `no_rate` is that currency where
    nobody has a sourced rate for it. Both are None where it is the contract's own."""

    offer_id: UUID
    pay: Money
    there: Converted | None
    no_rate: str | None
    expected_minutes: int
    company: Scorecard


def show(offer_id: UUID, *, seen_by: Actor) -> BeforeYes:
    """For the person who is asked. Raises NotFound for everybody else."""
    offer = shifts.offer(offer_id, seen_by=seen_by)
    if not seen_by.is_in_person(offer.contractor_id):
        raise NotFound
    pay = Money.of(offer.terms["pay"]["amount"], offer.terms["pay"]["currency"])
    wanted = db.session.get_one(Contractor, offer.contractor_id).payout_currency
    there, no_rate = None, None
    if wanted != pay.currency:
        try:
            there = convert(pay, wanted, clock.now().date())
        except NoSourcedRate:
            no_rate = wanted
    minutes: int = offer.terms["scheduled_minutes"]
    return BeforeYes(offer.id, pay, there, no_rate, minutes, scorecard(offer.company_id))


def scorecard(company_id: UUID) -> Scorecard:
    """In three statements, whatever the company's size. The caller has made sure that the asker was asked by it."""
    since = clock.now() - BACK
    public = is_public(company_id, Quarter.of(clock.now()).before)
    found = db.session.execute(_answered(company_id, since)).one()
    if not enough(found.people):
        return Scorecard(company_id, since, None, None, None, None, None, None, None, public)
    return Scorecard(
        company_id,
        since,
        people=found.people,
        shifts_worked=found.shifts,
        shifts_cut=found.cut,
        cuts_restored=found.restored,
        shifts_cancelled_late=db.session.scalar(_late(company_id, since)),
        approved_by_silence=found.silent,
        median_hours_to_answer=round(Decimal(found.median_seconds) / 3600, 1),
        report_is_public=public,
    )


def _answered(company_id: UUID, since: datetime) -> Select[Any]:
    took = extract("epoch", Timesheet.decided_at - Timesheet.submitted_at)
    return (
        select(
            func.count(Timesheet.contractor_id.distinct()).label("people"),
            func.count(TimesheetLine.id).label("shifts"),
            func.count(TimesheetCut.id).label("cut"),
            func.count(TimesheetCut.id)
            .filter(TimesheetCut.restored_minutes + TimesheetCut.restored_pieces > 0)
            .label("restored"),
            func.count(Timesheet.id.distinct()).filter(Timesheet.decided_by.is_(None)).label("silent"),
            func.percentile_cont(0.5).within_group(took).label("median_seconds"),
        )
        .join(TimesheetLine, TimesheetLine.timesheet_id == Timesheet.id)
        .outerjoin(TimesheetCut, TimesheetCut.line_id == TimesheetLine.id)
        .where(Timesheet.company_id == company_id, Timesheet.status.in_(ANSWERED), Timesheet.decided_at >= since)
        .where(TimesheetLine.work_minutes + TimesheetLine.waiting_minutes + TimesheetLine.paid_break_minutes > 0)
    )


def _late(company_id: UUID, since: datetime) -> Select[int]:
    return (
        select(func.count())
        .select_from(Booking)
        .where(
            Booking.company_id == company_id,
            Booking.status == BookingStatus.CANCELLED,
            Booking.compensation_rule == CompensationRule.NOTICE,
            func.lower(Booking.during) >= since,
        )
    )
