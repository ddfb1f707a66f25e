"""When the clock starts pay runs by itself."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select

from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.pay.groups import service as groups
from marketplace.pay.groups.rules import APPROVED_WAITS, due_if_ready_by
from marketplace.pay.models import PayRun
from marketplace.pay.rules import RunStatus
from marketplace.pay.runs import due
from marketplace.pay.service import start_run
from marketplace.pay.taxes.models import Withholding
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
    # What was set aside waits for as long as somebody needs to mend it, and is taken up without the clock.
    gathering = exists().where(PayRun.status == RunStatus.STARTED, PayRun.parted_from_id.is_(None), same)
    returned = scope.narrow(select(Withholding.id).where(Withholding.payslip_id.is_(None)), Withholding.contractor_id)
    scope = due.but_for_set_aside(scope)
    ready = (
        *(each.payable(scope).where(each.ready_at <= ready_by) for each in due.DUE.values()),
        returned.where(Withholding.made_at <= ready_by),
    )
    return bool(db.session.scalar(select(or_(*(each.exists() for each in ready)) & ~gathering)))
