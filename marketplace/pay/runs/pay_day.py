"""When the clock starts a pay run by itself."""

from datetime import timedelta

from sqlalchemy import exists, or_, select

from marketplace.accounts.rules import Actor
from marketplace.contracts import cash_out
from marketplace.contracts.benefit_models import CashOut
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.pay.models import PayRun
from marketplace.pay.rules import RunStatus
from marketplace.pay.runs import rail_fees, trials, works
from marketplace.pay.runs.fee_models import RailFee
from marketplace.pay.service import start_run
from marketplace.pay.taxes.models import Withholding
from marketplace.qualifications.models import Attempt
from marketplace.shifts import guarantees
from marketplace.shifts.guarantee_models import Guarantee
from marketplace.shifts.hazard_models import BackPay
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut
from marketplace.workforce.pay_scope import PayScope

APPROVED_WAITS = timedelta(days=1)
"""PAY_TERM: paid within 7 days. A timesheet may wait 72 hours for an answer, so a pay day once a week would come too
late; after a day in which an operator can start a run, the clock does."""


def start_due_run(*, by: Actor) -> PayRun | None:
    """Starts a run of all companies when an approved timesheet, what a ruling restored, back-pay, an ended test, a
    benefit to be paid out, a week of guaranteed hours, what a rail kept or tax that is given back has waited for a day,
    and returns it.

    None when nothing is due, or when a run has not yet taken up its timesheets. Safe to repeat.
    """
    now = clock.now()
    everybody = PayScope(now.date())
    gathering = exists().where(PayRun.status == RunStatus.STARTED)
    waiting = works.payable_timesheets(everybody).where(Timesheet.decided_at <= now - APPROVED_WAITS)
    ruled = works.payable_cuts(everybody).where(TimesheetCut.ended_at <= now - APPROVED_WAITS)
    raised = works.payable_back_pays(everybody).where(BackPay.raised_at <= now - APPROVED_WAITS)
    tried = trials.payable(everybody).where(Attempt.ended_at <= now - APPROVED_WAITS)
    asked = cash_out.payable(everybody).where(CashOut.asked_at <= now - APPROVED_WAITS)
    missing = guarantees.payable(everybody).where(Guarantee.reckoned_at <= now - APPROVED_WAITS)
    kept = rail_fees.payable(everybody).where(RailFee.kept_at <= now - APPROVED_WAITS)
    back = select(Withholding.id).where(
        Withholding.payslip_id.is_(None), Withholding.made_at <= now - APPROVED_WAITS
    )  # fmt: skip
    is_due = or_(*(each.exists() for each in (waiting, ruled, raised, tried, asked, missing, kept, back)))
    due = db.session.scalar(select(is_due & ~gathering))
    return start_run(None, through=now.date(), by=by) if due else None
