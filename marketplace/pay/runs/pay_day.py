"""When the clock starts pay runs by itself."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select

from marketplace.accounts.rules import Actor
from marketplace.contracts import cash_out
from marketplace.contracts.benefit_models import CashOut
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.pay.bonuses.models import Bonus
from marketplace.pay.groups import service as groups
from marketplace.pay.groups.rules import APPROVED_WAITS, due_if_ready_by
from marketplace.pay.models import PayRun
from marketplace.pay.rules import RunStatus
from marketplace.pay.runs import bonuses, rail_fees, trials, works
from marketplace.pay.runs.fee_models import RailFee
from marketplace.pay.service import start_run
from marketplace.pay.taxes.models import Withholding
from marketplace.qualifications.models import Attempt
from marketplace.shifts import guarantees
from marketplace.shifts.guarantee_models import Guarantee
from marketplace.shifts.hazard_models import BackPay
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut
from marketplace.workforce.pay_scope import PayScope


def start_due_runs(*, by: Actor) -> list[PayRun]:
    """Starts a run of each pay group whose day it is or that may not wait for it, and of everybody who is in none when
    something of theirs has waited for a day: approved timesheets, what a ruling restored, back-pay, ended tests,
    benefits to be paid out, weeks of guaranteed hours, bonuses, what a rail kept or tax that is given back.

    None of whom nothing is due, or whose last run has not yet taken up its timesheets. Safe to repeat.
    """
    now, grouped = clock.now(), groups.in_force()
    elsewhere = sorted(country for group in grouped for country in group.countries)
    started = []
    for group in grouped:
        ready_by = due_if_ready_by(now, group.weekdays, clock.zone(group.timezone))
        of_group = PayScope(now.date(), countries=group.countries)
        if _is_due(of_group, ready_by, PayRun.group_id == group.id):
            started.append(start_run(None, group_id=group.id, through=now.date(), by=by))
    of_all = and_(PayRun.company_id.is_(None), PayRun.contractor_id.is_(None), PayRun.group_id.is_(None))
    if _is_due(PayScope(now.date(), all_but=elsewhere), now - APPROVED_WAITS, of_all):
        started.append(start_run(None, through=now.date(), by=by, all_but=elsewhere))
    return started


def _is_due(scope: PayScope, ready_by: datetime, same: ColumnElement[bool]) -> bool:
    """Whether something of this scope was ready to be paid by then, and no run of the `same` scope is taking it up."""
    gathering = exists().where(PayRun.status == RunStatus.STARTED, same)
    returned = scope.narrow(select(Withholding.id).where(Withholding.payslip_id.is_(None)), Withholding.contractor_id)
    ready = (
        works.payable_timesheets(scope).where(Timesheet.decided_at <= ready_by),
        works.payable_cuts(scope).where(TimesheetCut.ended_at <= ready_by),
        works.payable_back_pays(scope).where(BackPay.raised_at <= ready_by),
        trials.payable(scope).where(Attempt.ended_at <= ready_by),
        cash_out.payable(scope).where(CashOut.asked_at <= ready_by),
        guarantees.payable(scope).where(Guarantee.reckoned_at <= ready_by),
        rail_fees.payable(scope).where(RailFee.kept_at <= ready_by),
        bonuses.payable(scope).where(Bonus.granted_at <= ready_by),
        returned.where(Withholding.made_at <= ready_by),
    )
    return bool(db.session.scalar(select(or_(*(each.exists() for each in ready)) & ~gathering)))
