"""A payslip that cannot be booked keeps nobody else waiting: it gets a run of its own, and waits there alone.

What is owed is held from the beginning, so this is a fault, such as a hold from which something was taken.
The others of the run are paid on time. The payslip is tried again by every look at unfinished runs, and what is wrong
is told of each time, until somebody has mended it.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, update

from marketplace.accounts.rules import CLOCK
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.problems import Problem
from marketplace.pay.models import PayLine, PayRun, Payslip
from marketplace.pay.rules import RunStatus
from marketplace.pay.runs import booking, holds, trials, works
from marketplace.pay.taxes import withholding


def book_or_part(run: PayRun, slips: Sequence[Payslip]) -> None:
    """Books these frozen payslips of a run, which the caller has locked: all of them, or one by one, and parts from the
    run those that cannot be. Where none of several can, or it is the run's only one, it raises what each raised."""
    try:
        with db.session.begin_nested():
            _book(slips)
    except Problem:
        _one_by_one(run, [slip.id for slip in slips])


def _one_by_one(run: PayRun, payslip_ids: Sequence[UUID]) -> None:
    refused: dict[UUID, Problem] = {}
    for payslip_id in payslip_ids:
        try:
            with db.session.begin_nested():
                _book([db.session.get_one(Payslip, payslip_id)])
        except Problem as problem:
            refused[payslip_id] = problem
    if len(refused) == len(payslip_ids):
        # It is no matter of one payslip, or the run has no other that would be kept waiting.
        raise refused[payslip_ids[0]]
    for payslip_id, because in refused.items():
        _part(run, payslip_id, because)


def _book(slips: Sequence[Payslip]) -> None:
    ids = [slip.id for slip in slips]
    works.lock_cuts_of(ids)
    booking.book(ids)
    withholding.take(slips)
    holds.return_rest(holds.because_of(ids))
    trials.return_rest(booking.attempts_of(ids))


def _part(run: PayRun, payslip_id: UUID, because: Problem) -> None:
    own = select(func.count().label("lines"), func.count(PayLine.timesheet_id.distinct()).label("timesheets"))
    counted = db.session.execute(own.where(PayLine.payslip_id == payslip_id)).one()
    alone = PayRun(
        company_id=run.company_id,
        contractor_id=run.contractor_id,
        group_id=run.group_id,
        countries=run.countries,
        all_but=run.all_but,
        through=run.through,
        rail=run.rail,
        started_at=run.started_at,
        parted_from_id=run.id,
        lines=counted.lines,
        timesheets=counted.timesheets,
        timesheets_due=counted.timesheets,
        status=RunStatus.FROZEN,
    )
    db.session.add(alone)
    db.session.flush()
    db.session.execute(update(Payslip).where(Payslip.id == payslip_id).values(run_id=alone.id))
    told = {"because": because.code, "detail": because.detail, "payslip": str(payslip_id)}
    record("pay_run.parted", alone, by=CLOCK, data=told)
