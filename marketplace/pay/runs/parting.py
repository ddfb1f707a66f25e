"""A payslip that cannot be booked keeps nobody else waiting: it gets a run of its own, and waits there alone.

What is owed is held from the beginning, so this is a fault, such as a hold from which something was taken.
The others of the run are paid on time. The payslip is tried again by every look at unfinished runs, and what is wrong
is told of each time, until somebody has mended it.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select, update

from marketplace.accounts.rules import CLOCK
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.problems import Problem
from marketplace.pay.models import PayLine, PayRun, Payslip
from marketplace.pay.rules import PayslipStatus, RunStatus
from marketplace.pay.runs import booking, counts, holds, trials, works
from marketplace.pay.runs.counts import PaidFor
from marketplace.pay.taxes import withholding


def book_or_part(run: PayRun, payslip_ids: Sequence[UUID]) -> bool:
    """Books these frozen payslips of a run, which the caller has locked, and returns whether it was all of them. Where
    one cannot be booked it books some, or parts one from the run: whoever asks again goes on with the others.

    Where none of several can, and none of the run was, or it is the run's only one, it raises what the first of them
    raised: that is no matter of one payslip, or keeps nobody else waiting.
    """
    some, because = payslip_ids, _refused(payslip_ids)
    if because is None:
        return True
    # What was tried in vain has let go of its locks: so what is booked has taken all of its own in their order.
    while because is not None and len(some) > 1:
        some = some[: len(some) // 2]
        because = _refused(some)
    if because is not None:
        if _has_booked(run):
            _part(run, some[0], because)
        elif all(_refused([other]) for other in payslip_ids[1:]):
            raise because
    return False


def _refused(payslip_ids: Sequence[UUID]) -> Problem | None:
    """Why these cannot be booked, all of them or none; None where they are booked now."""
    try:
        with db.session.begin_nested():
            _book(payslip_ids)
    except Problem as problem:
        return problem
    return None


def _book(payslip_ids: Sequence[UUID]) -> None:
    slips = db.session.scalars(select(Payslip).where(Payslip.id.in_(payslip_ids)).order_by(Payslip.id)).all()
    works.lock_cuts_of(payslip_ids)
    booking.book(payslip_ids)
    withholding.take(slips)
    holds.return_rest(holds.because_of(payslip_ids))
    trials.return_rest(booking.attempts_of(payslip_ids))


def _has_booked(run: PayRun) -> bool:
    issued = exists().where(Payslip.run_id == run.id, Payslip.status == PayslipStatus.ISSUED)
    return bool(db.session.scalar(select(issued)))


def _part(run: PayRun, payslip_id: UUID, because: Problem) -> None:
    slip = db.session.get_one(Payslip, payslip_id)
    written = select(*(getattr(PayLine, name) for name in counts.IDS)).where(PayLine.payslip_id == payslip_id)
    rows = [dict(row) for row in db.session.execute(written).mappings()]
    paid_for = counts.of_ids(rows, slip.currency)
    timesheets = paid_for[slip.currency].get(PaidFor.TIMESHEET, 0)
    run.lines, run.timesheets = run.lines - len(rows), run.timesheets - timesheets
    run.timesheets_due = max(run.timesheets, (run.timesheets_due or 0) - timesheets)
    run.paid_for = counts.less(run.paid_for, paid_for)
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
        lines=len(rows),
        timesheets=timesheets,
        timesheets_due=timesheets,
        paid_for=paid_for,
        status=RunStatus.FROZEN,
    )
    db.session.add(alone)
    db.session.flush()
    db.session.execute(update(Payslip).where(Payslip.id == payslip_id).values(run_id=alone.id))
    told = {"because": because.code, "detail": because.detail, "payslip": str(payslip_id)}
    record("pay_run.parted", alone, by=CLOCK, data=told)
