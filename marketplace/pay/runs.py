"""A pay run, step by step: compute, freeze, post, pay. Each step is a transaction of its own, and safe to repeat.

How far a run has come stands in its rows and nowhere else. A process that dies leaves a run that the next one takes up:
what was committed is not done again, and what was not has left nothing behind. Big runs go through in batches.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, insert, select, update

from marketplace.accounts.rules import CLOCK
from marketplace.contracts import benefits, cash_out, leave
from marketplace.contracts.rules import Accrual
from marketplace.core import clock, queue
from marketplace.core.db import db, transaction
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import move, move_one
from marketplace.core.problems import NotFound
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from marketplace.pay import cashing, holds, rail_fees, service, top_ups, trials, weeks, withholding, works
from marketplace.pay.lines import (
    BENEFIT_OF,
    DraftLine,
    TimeAtTest,
    Work,
    draft,
    fees_returned,
    of_weeks,
    paid_out,
    reason,
)
from marketplace.pay.models import PayLine, PaymentOp, PayRun, Payslip
from marketplace.pay.rules import OpStatus, PayslipStatus, RunStatus
from marketplace.qualifications import attempts
from marketplace.qualifications.models import Attempt
from marketplace.shifts import back_pay, cuts, timesheets
from marketplace.shifts.hazard_models import BackPay
from marketplace.shifts.sick import leave_cause
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut
from marketplace.standards.rates import OWN_BENEFITS, LineKind, Payee

BATCH = 200
"""Timesheets or payslips in one transaction."""
_IS_PAYABLE = Payslip.net_amount > Payslip.withheld_amount
"""Whether a payslip has anything to be sent to its person."""


def advance_run(run_id: UUID) -> bool:
    """Does the next piece of a run in one transaction. Returns whether there may be more to do at once.

    Two processes at the same run do one piece after the other, never the same one. Raises NotFound.
    """
    with transaction():
        run = db.session.get(PayRun, run_id, with_for_update=True, populate_existing=True)
        if run is None:
            raise NotFound
        step = _STEPS.get(run.status)
        return step(run) if step else False


def finish_run(run_id: UUID) -> RunStatus:
    """Takes a run as far as it can go now: to its end, or to where payouts wait for the rail. Returns its status."""
    while advance_run(run_id):
        pass
    return db.session.scalars(select(PayRun.status).where(PayRun.id == run_id)).one()


def finish_runs(limit: int = 20) -> int:
    """Takes up every run that is not at its end, oldest first, and returns how many there were."""
    waiting = select(PayRun.id).where(PayRun.status != RunStatus.PAID).order_by(PayRun.id).limit(limit)
    with transaction():
        unfinished = db.session.scalars(waiting).all()
    for run_id in unfinished:
        finish_run(run_id)
    return len(unfinished)


# --- the steps ------------------------------------------------------------------------------------------------------


def _compute(run: PayRun) -> bool:
    """Takes timesheets, restored cuts, raised premiums, ended tests, benefits to be paid out, weeks whose guaranteed
    hours were not offered and what rails kept, which from then on belong to this run, and writes what each of them
    earns."""
    # Before the cuts are taken: what waits for them is seen to wait.
    raised = works.payable_back_pays(run.company_id, run.through).limit(BATCH)
    owing = db.session.scalars(raised.with_for_update(of=BackPay, skip_locked=True)).all()
    restored = works.payable_cuts(run.company_id, run.through).limit(BATCH)
    ruled = cuts.take(db.session.scalars(restored.with_for_update(of=TimesheetCut, skip_locked=True)).all(), by=CLOCK)
    due = works.payable_timesheets(run.company_id, run.through).limit(BATCH)
    waiting = db.session.scalars(due).all()
    # People before timesheets: whoever holds a person may wait for a gig or a shift, and whoever holds those for a
    # timesheet. From here on only cuts and accounts are waited for, which are locked last everywhere.
    tried = db.session.scalars(trials.payable(run.company_id, run.through).limit(BATCH)).all()
    people = works.lock_people_of(waiting, ruled, owing, tried)
    free = due.where(Timesheet.id.in_(waiting)).with_for_update(skip_locked=True)
    taken = timesheets.lock(db.session.scalars(free).all(), by=CLOCK)
    tests = _take_tests(run, tried)
    found = works.of_timesheets(taken)
    again = [*works.of_cuts(ruled), *works.of_back_pays(back_pay.take(owing, by=CLOCK))]
    paid = works.paid_lines([work.booking_id for work in again])
    lines = draft(
        works.at_their_floors([*found, *again]), works.leave_earned(people), paid, tests, works.leave_caps(people)
    )
    asked = cashing.take(run.company_id, run.through, BATCH)
    missing = weeks.take(run.company_id, run.through, BATCH)
    kept = rail_fees.take(run.company_id, run.through, BATCH)
    lines += [*paid_out(asked), *of_weeks(missing), *fees_returned(kept)]
    if lines:
        top_ups.hold(lines, by=CLOCK)
        # With its nulls left out a line has other columns than its neighbour, and each gets a statement of its own.
        inserted = insert(PayLine).execution_options(render_nulls=True)
        db.session.execute(inserted, [_values(run.id, line) for line in lines])
    earning = {line.work.booking_id for line in lines if isinstance(line.work, Work)}
    nothing = [work.booking_id for work in found if work.booking_id not in earning]
    works.lock_cuts(nothing)
    holds.return_rest({booking_id: f"booking:{booking_id}" for booking_id in nothing})
    if max(map(len, (waiting, ruled, owing, tried, asked, missing, kept))) < BATCH:
        move_one(run, RunStatus.COMPUTED, by=CLOCK, event="pay_run.computed")
    return True


def _take_tests(run: PayRun, tried: Sequence[UUID]) -> list[TimeAtTest]:
    """The time of these attempts, which from then on belongs to this run; without what another run has taken."""
    free = trials.payable(run.company_id, run.through).where(Attempt.id.in_(tried))
    mine = db.session.scalars(free.with_for_update(skip_locked=True)).all()
    attempts.take(mine)
    return trials.of(mine)


def _freeze(run: PayRun) -> bool:
    """Sums each person's lines of one currency into a payslip."""
    groups = (
        select(
            PayLine.contractor_id,
            PayLine.currency,
            _sum_for(PayLine.payee_kind == Payee.CONTRACTOR).label("net"),
            _sum_for(PayLine.payee_kind == Payee.BENEFITS).label("benefits"),
            _sum_for(PayLine.kind.in_(OWN_BENEFITS)).label("leave"),
            _sum_for(PayLine.kind.not_in(OWN_BENEFITS)).label("cost"),
        )
        .where(PayLine.run_id == run.id)
        .group_by(PayLine.contractor_id, PayLine.currency)
        .order_by(PayLine.contractor_id, PayLine.currency)
    )
    slips = [
        {
            "id": new_id(),
            "run_id": run.id,
            "contractor_id": group.contractor_id,
            "currency": group.currency,
            "net_amount": int(group.net),
            "benefits_amount": int(group.benefits),
            "leave_amount": int(group.leave),
            "cost_amount": int(group.cost),
            "status": PayslipStatus.FROZEN,
        }
        for group in db.session.execute(groups)
    ]
    if run.company_id is None:
        slips += _for_returns(run.id, {(slip["contractor_id"], slip["currency"]) for slip in slips})
    if slips:
        db.session.execute(insert(Payslip), slips)
        own = (Payslip.run_id == PayLine.run_id, Payslip.contractor_id == PayLine.contractor_id)
        joined = update(PayLine).where(PayLine.run_id == run.id, *own, Payslip.currency == PayLine.currency)
        db.session.execute(joined.values(payslip_id=Payslip.id), execution_options={"synchronize_session": False})
    move_one(run, RunStatus.FROZEN, by=CLOCK, event="pay_run.frozen", data={"payslips": len(slips)})
    return True


def _post(run: PayRun) -> bool:
    """Books payslips: each is one entry, with the benefits it accrues and the rest of the holds that it ends."""
    frozen = select(Payslip).where(Payslip.run_id == run.id, Payslip.status == PayslipStatus.FROZEN)
    slips = db.session.scalars(frozen.order_by(Payslip.id).limit(BATCH)).all()
    if slips:
        lines = _lines_of([slip.id for slip in slips])
        every = [line for own in lines.values() for line in own]
        of_work = [(line.booking_id, line) for line in every if line.booking_id is not None]
        works.lock_cuts({booking_id for booking_id, _ in of_work})
        entries = {slip.id: _entry(slip, lines[slip.id]) for slip in slips}
        booked = ledger.post_many([entry for entry in entries.values() if entry is not None])
        benefits.accrue(_accruals(every), by=CLOCK)
        leave.mark_paid(_leave_paid(every))
        withholding.take(slips, lines)
        cash_out.mark_paid([line.cash_out_id for line in every if line.cash_out_id is not None])
        _issue(slips, dict(zip((key for key, entry in entries.items() if entry), booked, strict=True)))
        holds.return_rest({known: reason(known, ln.cut_id, ln.back_pay_id) for known, ln in of_work})
        trials.return_rest(sorted({line.attempt_id for line in every if line.attempt_id is not None}))
    if len(slips) < BATCH:
        move_one(run, RunStatus.POSTED, by=CLOCK, event="pay_run.posted")
    return True


def _pay(run: PayRun) -> bool:
    """Writes down the payouts of issued payslips, for the rail to be asked about."""
    begun = exists().where(PaymentOp.payslip_id == Payslip.id)
    unpaid = select(Payslip).where(Payslip.run_id == run.id, _IS_PAYABLE, ~begun)
    slips = db.session.scalars(unpaid.order_by(Payslip.id).limit(BATCH)).all()
    if slips:
        service.pay_out(slips, by=CLOCK)
        queue.defer(service.ADVANCE_RAIL)
    if len(slips) < BATCH:
        move_one(run, RunStatus.PAYING, by=CLOCK, event="pay_run.payouts_begun")
    return True


def _settle(run: PayRun) -> bool:
    """Ends the run when every payslip of it has been paid out. A refused payout keeps it open until it is mended."""
    paid = exists().where(PaymentOp.payslip_id == Payslip.id, PaymentOp.status == OpStatus.DONE)
    open_ones = select(func.count(Payslip.id)).where(Payslip.run_id == run.id, _IS_PAYABLE, ~paid)
    if db.session.scalar(open_ones):
        return False
    move_one(run, RunStatus.PAID, by=CLOCK, event="pay_run.paid")
    return False


_STEPS: Mapping[RunStatus, Callable[[PayRun], bool]] = MappingProxyType(
    {
        RunStatus.STARTED: _compute,
        RunStatus.COMPUTED: _freeze,
        RunStatus.FROZEN: _post,
        RunStatus.POSTED: _pay,
        RunStatus.PAYING: _settle,
    }
)


# --- their parts ----------------------------------------------------------------------------------------------------


def _values(run_id: UUID, line: DraftLine) -> dict[str, Any]:
    work, price = line.work, line.price
    return dict(work.columns) | {
        "id": new_id(),
        "run_id": run_id,
        "contractor_id": work.contractor_id,
        "company_id": work.company_id,
        "kind": price.kind,
        "payee_kind": price.payee,
        "began_at": work.began_at,
        "seconds": price.seconds,
        "rate_amount": None if price.rate is None else price.rate.amount,
        "percent": price.percent,
        "amount": price.money.amount,
        "currency": price.money.currency,
        "payer": line.payer,
        "payee": line.payee,
        "rule": price.rule,
        "rule_version": price.version,
        "cause": line.cause,
    }


def _sum_for(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(PayLine.amount).filter(condition), 0)


def _for_returns(run_id: UUID, there: set[tuple[UUID, str]]) -> list[dict[str, Any]]:
    """Payslips without a line, for people who are given tax back and are paid nothing else by this run."""
    rows = db.session.execute(withholding.waiting_returns())
    nothing = {"net_amount": 0, "benefits_amount": 0, "leave_amount": 0, "cost_amount": 0}
    return [
        {"id": new_id(), "run_id": run_id, "contractor_id": row.contractor_id, "currency": row.currency,
         "status": PayslipStatus.FROZEN} | nothing
        for row in rows
        if (row.contractor_id, row.currency) not in there
    ]  # fmt: skip


def _lines_of(payslip_ids: Sequence[UUID]) -> dict[UUID, list[PayLine]]:
    lines: dict[UUID, list[PayLine]] = {payslip_id: [] for payslip_id in payslip_ids}
    for line in db.session.scalars(select(PayLine).where(PayLine.payslip_id.in_(payslip_ids)).order_by(PayLine.id)):
        assert line.payslip_id is not None
        lines[line.payslip_id].append(line)
    return lines


def _entry(slip: Payslip, lines: Iterable[PayLine]) -> Entry | None:
    """A payslip as one entry of the books. None when all it holds is leave too short to be a minor unit."""
    moves = [Move(line.payer, line.payee, line.money) for line in lines if line.amount]
    return Entry(f"payslip:{slip.id}", moves, {"pay_run": str(slip.run_id)}) if moves else None


def _accruals(lines: Iterable[PayLine]) -> list[Accrual]:
    """The benefits of these lines, under their causes: leave in seconds, the others in money. Leave is capped by the
    year of the work, so that is when it accrues, whenever it is paid."""
    found = []
    for line in lines:
        if (benefit := BENEFIT_OF.get(line.kind)) is None:
            continue
        in_money = line.kind is not LineKind.SICK_ACCRUAL
        found.append(
            Accrual(
                contractor_id=line.contractor_id,
                plan=benefit.plan,
                quantity=line.amount if in_money else line.seconds,
                cause=line.cause,
                reference=_reference(line),
                rule=line.rule,
                version=line.rule_version,
                at=line.began_at,
                currency=line.currency if in_money else None,
            )
        )
    return found


def _reference(line: PayLine) -> str:
    """What earned the benefit of a line."""
    if line.attempt_id is not None:
        return f"attempt:{line.attempt_id}"
    return f"booking:{line.booking_id}" if line.guarantee_id is None else f"guarantee:{line.guarantee_id}"


def _leave_paid(lines: Iterable[PayLine]) -> list[tuple[str, str]]:
    """The leave that these lines pay, as (cause, currency)."""
    taken = ((line.booking_id, line.currency) for line in lines if line.kind is LineKind.SICK_LEAVE)
    return [(leave_cause(booking_id), code) for booking_id, code in taken if booking_id is not None]


def _issue(slips: Sequence[Payslip], entry_of: Mapping[UUID, UUID]) -> None:
    if entry_of:
        rows = [{"id": payslip_id, "entry_id": entry_id} for payslip_id, entry_id in entry_of.items()]
        db.session.execute(update(Payslip), rows)
    now = clock.now()
    move(
        Payslip,
        [slip.id for slip in slips],
        old=PayslipStatus.FROZEN,
        new=PayslipStatus.ISSUED,
        by=CLOCK,
        event="payslip.issued",
        values={"issued_at": now, "pay_date": now.date()},
    )
