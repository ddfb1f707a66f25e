"""What is left to do at the end of a contract, read from work and pay, and written into its record when it is done."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select

from marketplace.accounts.rules import CLOCK
from marketplace.contracts import cash_out
from marketplace.contracts.off_boarding_models import OffBoarding
from marketplace.contracts.off_boarding_rules import BenefitsOutcome
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.pay.bonuses.models import Bonus
from marketplace.pay.bonuses.rules import BonusStatus
from marketplace.pay.models import PayLine, PaymentOp, Payslip
from marketplace.pay.rules import OpStatus, PayslipStatus
from marketplace.pay.runs.fee_models import RailFee
from marketplace.shifts import guarantees
from marketplace.shifts.hazard_models import BackPay
from marketplace.shifts.hazard_rules import BackPayStatus
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import ACTIVE_BOOKING
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut
from marketplace.shifts.timesheet_rules import PENDING_CUT, TimesheetStatus
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus


def advance_due() -> int:
    """Writes into the records of contracts that have ended what is done by now. Returns how many steps were.

    It looks at all that are open: those that wait, wait for pay, and these are few at a time.
    """
    due = select(OffBoarding).where(OffBoarding.benefits_settled_at.is_(None), OffBoarding.ends_at <= clock.now())
    rows = db.session.scalars(due.order_by(OffBoarding.id).with_for_update(skip_locked=True)).all()
    return sum(_advance(row) for row in rows)


def _advance(row: OffBoarding) -> int:
    now, done = clock.now(), 0
    if row.access_ended_at is None:
        row.access_ended_at, done = now, 1
        db.session.flush()
    if row.paid_at is None and not _is_owed(row):
        row.paid_at, done = now, done + 1
        db.session.flush()
    if row.paid_at is not None and (outcome := _benefits(row.contractor_id)) is not None:
        row.benefits_settled_at, row.benefits_outcome, done = now, outcome, done + 1
        db.session.flush()
        record("off_boarding.done", row, by=CLOCK, data={"benefits": str(outcome)})
    return done


def _is_owed(row: OffBoarding) -> bool:
    """Whether the company still owes the person anything: work that is not over or not paid, cut time, a week of
    guaranteed hours, a bonus, pay that has not gone out."""

    def between(
        table: type[Booking | Timesheet | TimesheetCut | BackPay | PayLine | RailFee | Bonus],
    ) -> ColumnElement[bool]:
        return (table.company_id == row.company_id) & (table.contractor_id == row.contractor_id)

    gone = exists().where(PaymentOp.payslip_id == Payslip.id, PaymentOp.status == OpStatus.DONE)
    unissued, to_be_sent = Payslip.status != PayslipStatus.ISSUED, Payslip.net_amount > Payslip.withheld_amount
    owed = or_(
        exists().where(between(Booking), Booking.status.in_(ACTIVE_BOOKING)),
        exists().where(between(Timesheet), Timesheet.status != TimesheetStatus.LOCKED),
        exists().where(between(TimesheetCut), TimesheetCut.status.in_(PENDING_CUT)),
        exists().where(between(BackPay), BackPay.status == BackPayStatus.DUE),
        exists().where(between(RailFee), RailFee.taken_at.is_(None)),
        exists().where(between(Bonus), Bonus.status == BonusStatus.GRANTED, Bonus.taken_at.is_(None)),
        exists().where(between(PayLine), PayLine.payslip_id == Payslip.id, or_(unissued, to_be_sent & ~gone)),
    )
    return bool(db.session.scalar(select(owed))) or guarantees.is_unsettled(row.contractor_id)


def _benefits(contractor_id: UUID) -> BenefitsOutcome | None:
    """What became of the benefits; None while the account is being closed, or money of them is on its way."""
    status = db.session.scalars(select(Contractor.status).where(Contractor.id == contractor_id)).one()
    if status is ContractorStatus.CLOSING or db.session.scalar(select(cash_out.is_moving(contractor_id))):
        return None
    return BenefitsOutcome.PAID_OUT if status is ContractorStatus.CLOSED else BenefitsOutcome.KEPT
