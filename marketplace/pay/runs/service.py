"""A pay run, step by step: compute, freeze, post, pay. Each step is a transaction of its own, and safe to repeat.

How far a run has come stands in its rows and nowhere else. A process that dies leaves a run that the next one takes up:
what was committed is not done again, and what was not has left nothing behind. Big runs go through in batches.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import Select, exists, func, insert, or_, select, text

from marketplace.accounts.rules import CLOCK
from marketplace.core import clock, queue
from marketplace.core.db import db, look_up_by_index, raised, transaction
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import move_one
from marketplace.core.problems import NotFound
from marketplace.pay import service
from marketplace.pay.models import PaymentOp, PayRun, Payslip
from marketplace.pay.rules import OpStatus, PayslipStatus, RunStatus
from marketplace.pay.runs import (
    bonuses,
    cashing,
    counts,
    due,
    holds,
    parting,
    rail_fees,
    top_ups,
    trials,
    weeks,
    works,
    writing,
)
from marketplace.pay.runs.lines import draft, fees_returned, of_bonuses, of_weeks, paid_out
from marketplace.pay.runs.reasons import TimeAtTest, Work
from marketplace.pay.taxes import withholding
from marketplace.pay.taxes.models import Withholding
from marketplace.qualifications import attempts
from marketplace.qualifications.models import Attempt
from marketplace.shifts import back_pay, cuts, timesheets
from marketplace.shifts.hazard_models import BackPay
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut
from marketplace.workforce.pay_scope import PayScope

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
        if step is None:
            return False
        look_up_by_index()
        return step(run) if run.parted_from_id is None else parting.try_alone(run, step)


def finish_run(run_id: UUID) -> RunStatus:
    """Takes a run as far as it can go now: to its end, or to where payouts wait for the rail. Returns its status."""
    while advance_run(run_id):
        pass
    return db.session.scalars(select(PayRun.status).where(PayRun.id == run_id)).one()


def finish_runs() -> int:
    """Ends every run whose payouts have all been made, and takes up each that has a step left to do, oldest first.
    Returns how many those were. A run that waits for its payouts is no work, however many wait so.

    What waits alone is tried when it is time. Any other run that raises is left where it is, for the next look: the
    others are paid first, then it is told of by an ExceptionGroup.
    """
    with transaction():
        for run in db.session.scalars(_paid_out().order_by(PayRun.id).with_for_update(of=PayRun, skip_locked=True)):
            move_one(run, RunStatus.PAID, by=CLOCK, event="pay_run.paid")
        stepping = [status for status in _STEPS if status is not RunStatus.PAYING]
        is_time = or_(PayRun.try_at.is_(None), PayRun.try_at <= clock.now())
        left = select(PayRun.id).where(PayRun.status.in_(stepping), is_time)
        unfinished = db.session.scalars(left.order_by(PayRun.id)).all()
    broken = []
    for run_id in unfinished:
        try:
            finish_run(run_id)
        except Exception as failure:
            failure.add_note(f"pay run {run_id}")
            broken.append(failure)
    if broken:
        raise ExceptionGroup("Pay runs that cannot go on", broken)
    return len(unfinished)


# --- the steps ------------------------------------------------------------------------------------------------------


def _compute(run: PayRun) -> bool:
    """Reckons what is due, piece by piece. What cannot be reckoned is set aside, and keeps nobody else waiting."""
    if run.timesheets_due is None:
        due_now = works.payable_timesheets(due.but_for_set_aside(run.scope)).order_by(None).subquery()
        run.timesheets_due = db.session.scalar(select(func.count()).select_from(due_now))
    parting.reckon_or_set_aside(run, BATCH, lambda scope: _reckon(run, scope))
    return True


def _reckon(run: PayRun, scope: PayScope) -> None:
    """Takes timesheets, restored cuts, raised premiums, ended tests, benefits to be paid out, weeks whose guaranteed
    hours were not offered, bonuses and what rails kept, which from then on belong to this run, and writes what each of
    them earns. When there is no more of what the run is to pay, it says so."""
    # Before the cuts are taken: what waits for them is seen to wait.
    premiums = works.payable_back_pays(scope).limit(BATCH)
    owing = db.session.scalars(premiums.with_for_update(of=BackPay, skip_locked=True)).all()
    restored = works.payable_cuts(scope).limit(BATCH)
    ruled = cuts.take(db.session.scalars(restored.with_for_update(of=TimesheetCut, skip_locked=True)).all(), by=CLOCK)
    waiting = db.session.scalars(works.payable_timesheets(scope).limit(BATCH)).all()
    # People before timesheets: whoever holds a person may wait for a gig or a shift, and whoever holds those for a
    # timesheet. From here on only cuts and accounts are waited for, which are locked last everywhere.
    tried = db.session.scalars(trials.payable(scope).limit(BATCH)).all()
    people = works.lock_people_of(waiting, ruled, owing, tried)
    free = works.payable_timesheets(scope).where(Timesheet.id == works.any_of(waiting))
    taken = timesheets.lock(db.session.scalars(free.with_for_update(skip_locked=True)).all(), by=CLOCK)
    tests = _take_tests(scope, tried)
    found = works.of_timesheets(taken)
    again = [*works.of_cuts(ruled), *works.of_back_pays(back_pay.take(owing, by=CLOCK))]
    paid = works.paid_lines([work.booking_id for work in again])
    lines = draft(
        works.at_their_floors([*found, *again]), works.leave_earned(people), paid, tests, works.leave_caps(people)
    )
    asked = cashing.take(scope, BATCH)
    missing = weeks.take(scope, BATCH)
    kept = rail_fees.take(scope, BATCH)
    granted = bonuses.take(scope, BATCH)
    lines += [*paid_out(asked), *of_weeks(missing), *fees_returned(kept), *of_bonuses(granted)]
    top_ups.hold(lines, by=CLOCK)
    writing.write(run.id, lines)
    run.lines, run.timesheets = run.lines + len(lines), run.timesheets + len(taken)
    run.paid_for = counts.added(run.paid_for, counts.counted(lines))
    earning = {line.work.booking_id for line in lines if isinstance(line.work, Work)}
    nothing = [work.booking_id for work in found if work.booking_id not in earning]
    works.lock_cuts(nothing)
    holds.return_rest({booking_id: f"booking:{booking_id}" for booking_id in nothing})
    # A part of a piece that failed is never the end.
    found_of_each = (waiting, ruled, owing, tried, asked, missing, kept, granted)
    if scope.things == run.things and max(map(len, found_of_each)) < BATCH:
        move_one(run, RunStatus.COMPUTED, by=CLOCK, event="pay_run.computed")


def _take_tests(scope: PayScope, tried: Sequence[UUID]) -> list[TimeAtTest]:
    """The time of these attempts, which from then on belongs to this run; without what another run has taken."""
    free = trials.payable(scope).where(Attempt.id.in_(tried))
    mine = db.session.scalars(free.with_for_update(skip_locked=True)).all()
    attempts.take(mine)
    return trials.of(mine)


def _freeze(run: PayRun) -> bool:
    """Says that the run has all of its lines: its payslips are their sums, and stay what they are."""
    if run.company_id is None:
        _open_for_returns(run)
    slips = db.session.scalar(select(func.count(Payslip.id)).where(Payslip.run_id == run.id))
    move_one(run, RunStatus.FROZEN, by=CLOCK, event="pay_run.frozen", data={"payslips": slips})
    return True


def _post(run: PayRun) -> bool:
    """Books payslips: each is one entry, with the benefits it accrues and the rest of the holds that it ends."""
    # Written out, so that the index of what is frozen is known to have them.
    frozen = select(Payslip.id).where(Payslip.run_id == run.id, text("payslip.status = 'frozen'"))
    slips = db.session.scalars(frozen.order_by(Payslip.id).limit(BATCH)).all()
    are_booked = not slips or parting.book_or_part(run, slips)
    if are_booked and len(slips) < BATCH:
        move_one(run, RunStatus.POSTED, by=CLOCK, event="pay_run.posted")
    return True


def _pay(run: PayRun) -> bool:
    """Writes down the payouts of issued payslips, for the rail to be asked about. Where one cannot be written down the
    others are, and it is tried again once there is no other; then it raises what that raises."""
    behind = _without_payout(run, run.begun_to)
    slips = behind or _without_payout(run)
    because = raised(slips, _begin_payouts)
    if because is not None:
        broken = parting.some(slips, _begin_payouts)
        if broken is None or (not behind and len(broken) == len(slips)):
            raise because
        if not broken:
            return True
        _begin_payouts([slip for slip in slips if slip not in broken])
    if behind:
        run.begun_to = behind[-1].id
    if len(behind) < BATCH and not _without_payout(run):
        move_one(run, RunStatus.PAYING, by=CLOCK, event="pay_run.payouts_begun")
    return True


def _without_payout(run: PayRun, after: UUID | None = None) -> Sequence[Payslip]:
    """The next payslips behind that one to whose people nothing is on its way."""
    begun = exists().where(PaymentOp.payslip_id == Payslip.id)
    unpaid = select(Payslip).where(Payslip.run_id == run.id, _IS_PAYABLE, ~begun)
    if after is not None:
        unpaid = unpaid.where(Payslip.id > after)
    return db.session.scalars(unpaid.order_by(Payslip.id).limit(BATCH)).all()


def _begin_payouts(slips: Sequence[Payslip]) -> None:
    if slips:
        service.pay_out(slips, by=CLOCK)
        queue.defer(service.ADVANCE_RAIL)


def _settle(run: PayRun) -> bool:
    """Ends the run when every payslip of it has been paid out. A refused payout keeps it open until it is mended."""
    if db.session.scalar(_paid_out().where(PayRun.id == run.id)) is None:
        return False
    move_one(run, RunStatus.PAID, by=CLOCK, event="pay_run.paid")
    return False


def _paid_out() -> Select[PayRun]:
    """Runs that wait for no payout any more."""
    paid = exists().where(PaymentOp.payslip_id == Payslip.id, PaymentOp.status == OpStatus.DONE)
    open_one = exists().where(Payslip.run_id == PayRun.id, _IS_PAYABLE, ~paid)
    return select(PayRun).where(PayRun.status == RunStatus.PAYING, ~open_one)


_STEPS: Mapping[RunStatus, Callable[[PayRun], bool]] = MappingProxyType(
    {
        RunStatus.STARTED: _compute,
        RunStatus.COMPUTED: _freeze,
        RunStatus.FROZEN: _post,
        RunStatus.POSTED: _pay,
        RunStatus.PAYING: _settle,
    }
)


def _open_for_returns(run: PayRun) -> None:
    """Payslips without a line, for people who are given tax back and are paid nothing else by this run. What is
    given back is theirs from here on: another run of the same people would open one too, and pay nothing by it."""
    withholding.lock_returns(run.scope)
    same = (Payslip.contractor_id == Withholding.contractor_id, Payslip.currency == Withholding.currency)
    waiting = withholding.waiting_returns(run.scope).where(~exists().where(Payslip.run_id == run.id, *same))
    nothing = {"net_amount": 0, "benefits_amount": 0, "leave_amount": 0, "cost_amount": 0}
    rows = [
        {"id": new_id(), "run_id": run.id, "contractor_id": row.contractor_id, "currency": row.currency,
         "status": PayslipStatus.FROZEN} | nothing
        for row in db.session.execute(waiting)
    ]  # fmt: skip
    if rows:
        db.session.execute(insert(Payslip), rows)
        opened = select(Payslip).where(Payslip.id.in_([row["id"] for row in rows]))
        withholding.give(db.session.scalars(opened).all())
        run.paid_for = counts.added(run.paid_for, counts.returned(row["currency"] for row in rows))
