"""How far a pay run has come. A page asks this every few seconds, so no line is counted: the run knows how many it
has."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, func, select, text

from marketplace.accounts.rules import Actor
from marketplace.core.db import db
from marketplace.pay import queries
from marketplace.pay.models import PaymentOp, PayRun, Payslip
from marketplace.pay.rules import OpStatus, RunStatus
from marketplace.pay.runs import counts, due, works
from marketplace.pay.runs.counts import Count

_TO_BE_SENT = Payslip.net_amount > Payslip.withheld_amount
_NOTHING_SENT = frozenset({RunStatus.STARTED, RunStatus.COMPUTED, RunStatus.FROZEN})


@dataclass(frozen=True, slots=True)
class Progress:
    """`timesheets` of `timesheets_in_all` are reckoned, and `other_pay` beside them; `posted` of `payslips` are booked,
    and of `payouts` that there are to be so many were `sent` and `done`."""

    run_id: UUID
    status: RunStatus
    lines: int
    timesheets: int
    timesheets_in_all: int
    other_pay: Sequence[Count]
    payslips: int
    posted: int
    payouts: int
    sent: int
    done: int


def of(run_id: UUID, seen_by: Actor) -> Progress:
    """How far a run has come, for operators of finance. Raises NotFound."""
    run = queries.run(run_id, seen_by)
    own = Payslip.run_id == run.id
    slips = db.session.execute(
        select(func.count().label("all"), func.count().filter(_TO_BE_SENT).label("payouts")).where(own)
    ).one()
    sent, done = (0, 0) if run.status in _NOTHING_SENT else _gone(run)
    return Progress(
        run_id=run.id,
        status=run.status,
        lines=run.lines,
        timesheets=run.timesheets,
        timesheets_in_all=max(run.timesheets, _due(run)),
        other_pay=counts.beside_timesheets(run.paid_for),
        payslips=slips.all,
        posted=slips.all - _frozen(run),
        payouts=slips.payouts,
        sent=sent,
        done=done,
    )


def _due(run: PayRun) -> int:
    """How many timesheets it was to take when it began; until its first piece, how many wait for it."""
    if run.timesheets_due is not None or run.status is not RunStatus.STARTED:
        return run.timesheets_due or 0
    waiting = works.payable_timesheets(due.but_for_set_aside(run.scope)).order_by(None).subquery()
    return db.session.scalar(select(func.count()).select_from(waiting)) or 0


def _frozen(run: PayRun) -> int:
    """Written out, so that the index of what is frozen is known to have them: it shrinks as the run goes on."""
    frozen = select(func.count()).where(Payslip.run_id == run.id, text("payslip.status = 'frozen'"))
    return db.session.scalar(frozen.select_from(Payslip)) or 0


def _gone(run: PayRun) -> tuple[int, int]:
    of_slip = PaymentOp.payslip_id == Payslip.id
    sent = exists().where(of_slip, PaymentOp.first_sent_at.is_not(None))
    done = exists().where(of_slip, PaymentOp.status == OpStatus.DONE)
    counted = select(func.count().filter(sent), func.count().filter(done)).where(Payslip.run_id == run.id, _TO_BE_SENT)
    row = db.session.execute(counted.select_from(Payslip)).one()
    return row[0], row[1]
