"""One fault keeps nobody else waiting: what cannot be reckoned or booked gets a run of its own, and waits there alone.

What is owed is held from the beginning, and the minutes of approved timesheets are priced by the same rules as their
promise: so this is a fault, of the data of one person or of the program. The others of the run are paid on time. What
was parted is tried again a day later, or at once when finance asks, until somebody has mended it.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import exists, func, select, update

from marketplace.accounts.rules import CLOCK
from marketplace.core import clock
from marketplace.core.db import at_fault, constraint_of, db, raised
from marketplace.core.events import record, record_many
from marketplace.core.problems import Problem
from marketplace.pay.models import PayLine, PayRun, Payslip
from marketplace.pay.rules import PayslipStatus, RunStatus
from marketplace.pay.runs import booking, counts, due, holds, trials, works
from marketplace.pay.runs.counts import PaidFor
from marketplace.pay.taxes import withholding
from marketplace.workforce.models import Contractor
from marketplace.workforce.pay_scope import PayScope

T = TypeVar("T")
AGAIN_AFTER = timedelta(days=1)
FEW = 10
"""So many of what comes later are tried, of each kind, before the program is thought to be at fault."""
FAULT = "fault"
"""In place of a problem's code: of whatever else was raised no more is told than its name, since it may name people."""
log = structlog.get_logger()


def try_alone(run: PayRun, step: Callable[[PayRun], bool]) -> bool:
    """Does the next step of a run that waits alone, which the caller has locked, and returns whether there may be more
    to do at once. Where it still cannot be done, it is put off for a day."""
    more: list[bool] = []
    if because := raised(run, lambda each: more.append(step(each))):
        run.try_at = clock.now() + AGAIN_AFTER
        log.error("pay_run.still_waits", run=str(run.id), exc_info=because)
        return False
    if run.try_at is not None:
        run.try_at = None
    return more[0]


def reckon_or_set_aside(run: PayRun, most: int, reckon: Callable[[PayScope], object]) -> None:
    """Reckons the next piece of a run, which the caller has locked: what `reckon` takes of a scope, so many things of
    each kind. Where that raises, it sets those aside for which it raises alone, or reckons some of the others: whoever
    asks again goes on with the rest.

    Raises what was raised where it is no matter of single things: where nothing of more than one person's can be
    reckoned, nothing of the run was, and nothing that comes later in it can be, the program is at fault, and the run
    waits whole until it is mended. So it does where the run is that of things set aside and none can be reckoned.
    """
    scope = due.but_for_set_aside(run.scope)
    because = raised(scope, reckon)
    if because is None:
        return
    found = {each.id: each for each in due.things(scope, most)}

    def reckon_these(ids: Sequence[UUID]) -> None:
        reckon(replace(scope, things=ids, without=()))

    broken = some(list(found), reckon_these)
    if broken is None or (len(broken) == len(found) and _is_of_all(run, scope, list(found.values()), reckon_these)):
        raise because
    if broken and (things := _not_yet_aside(run, [found[each] for each in broken])):
        _set_aside(run, things, broken)


def _not_yet_aside(run: PayRun, things: Sequence[due.Thing]) -> Sequence[due.Thing]:
    """Those of these that no other run has set aside meanwhile: two that meet the same fault at once do that one after
    the other."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("pay_run.set_aside"))))
    aside = set() if run.things is not None else {*due.set_aside()}
    return [each for each in things if each.id not in aside]


def _is_of_all(
    run: PayRun, scope: PayScope, things: Sequence[due.Thing], reckon: Callable[[Sequence[UUID]], object]
) -> bool:
    """Whether all of these at fault are no matter of single things."""
    if run.things is not None:
        return True
    if run.lines or run.timesheets or len({each.contractor_id for each in things}) == 1:
        return False
    behind = replace(scope, without=[*scope.without, *(each.id for each in things)])
    return not _is_any_sound([each.id for each in due.things(behind, FEW, is_anywhere=True)], reckon)


def _is_any_sound(rows: Sequence[T], work: Callable[[Sequence[T]], object]) -> bool:
    """Whether the work can be done for one of these, which nobody has tried yet. Nothing is done."""
    return bool(rows) and len(at_fault(rows, work)) < len(rows)


def _set_aside(run: PayRun, things: Sequence[due.Thing], because: Mapping[UUID, Exception]) -> None:
    """They stay what they are, payable, but by this run alone."""
    timesheets = sum(each.kind is PaidFor.TIMESHEET for each in things)
    run.timesheets_due = max(run.timesheets, (run.timesheets_due or 0) - timesheets)
    if run.things is not None:
        run.things = [each for each in run.things if each not in because]
    alone = _alone(run, things=[each.id for each in things], status=RunStatus.STARTED)
    first = because[things[0].id]
    record("pay_run.set_aside", alone, by=CLOCK, data=_told(alone, first) | {"things": len(things)})
    if run.parted_from_id is None:
        _tell_owners(alone, things)


def _tell_owners(alone: PayRun, things: Sequence[due.Thing]) -> None:
    """Each of them once of all that is theirs, in an event that names nobody else and no company. What waits alone
    already was told then, whatever becomes of it."""
    own: dict[UUID, list[due.Thing]] = defaultdict(list)
    for each in things:
        own[each.contractor_id].append(each)
    people = db.session.scalars(select(Contractor).where(Contractor.id.in_(own)).order_by(Contractor.id))
    told = (
        (person, {"pay_run": str(alone.id), "late": [_late(each, person.timezone) for each in own[person.id]]})
        for person in people.all()
    )
    record_many("contractor.pay_late", told, by=CLOCK)


def _late(thing: due.Thing, timezone: str) -> dict[str, str]:
    return {"kind": thing.kind, "id": str(thing.id), "day": thing.day(timezone).isoformat()}


def book_or_part(run: PayRun, payslip_ids: Sequence[UUID]) -> bool:
    """Books these frozen payslips of a run, which the caller has locked, and returns whether it was all of them. Where
    one cannot be booked it books some, or parts those that cannot from the run: whoever asks again goes on with the
    others.

    Where none of several people's can, none of the run was, and none that comes later can be, it raises what they
    raise: that is no matter of one payslip. So it does where the run is one that waits alone.
    """
    because = raised(payslip_ids, _book)
    if because is None:
        return True
    broken = some(payslip_ids, _book)
    if broken is None or (len(broken) == len(payslip_ids) and not _has_booked(run) and _is_of_all_slips(run, broken)):
        raise because
    for payslip_id, failure in broken.items():
        _part(run, payslip_id, failure)
    return False


def _is_of_all_slips(run: PayRun, broken: Mapping[UUID, Exception]) -> bool:
    """Whether it is no matter of single payslips that none of these can be booked."""
    if run.parted_from_id is not None:
        return True
    own = select(Payslip).where(Payslip.run_id == run.id, Payslip.status == PayslipStatus.FROZEN)
    these = own.where(Payslip.id.in_(broken)).with_only_columns(func.count(Payslip.contractor_id.distinct()))
    if db.session.scalar(these) == 1:
        return False
    behind = own.where(Payslip.id.not_in(broken)).order_by(func.random()).limit(FEW)
    return not _is_any_sound(db.session.scalars(behind.with_only_columns(Payslip.id)).all(), _book)


def some(rows: Sequence[T], work: Callable[[Sequence[T]], object]) -> Mapping[T, Exception] | None:
    """After the work has raised for all of these together: those for which it raises alone. Where there is none it is
    done for some of them; None where it can be done for none.

    What was tried in vain has let go of its locks, so what is done has taken all of its own in their order.
    """
    broken = at_fault(rows, work) if rows else {}
    while not broken and rows and raised(rows, work) is not None:
        rows = rows[: len(rows) // 2]
    return broken if rows else None


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


def _part(run: PayRun, payslip_id: UUID, because: Exception) -> None:
    slip = db.session.get_one(Payslip, payslip_id)
    written = select(*(getattr(PayLine, name) for name in counts.IDS)).where(PayLine.payslip_id == payslip_id)
    rows = [dict(row) for row in db.session.execute(written).mappings()]
    paid_for = counts.of_ids(rows, slip.currency)
    timesheets = paid_for[slip.currency].get(PaidFor.TIMESHEET, 0)
    run.lines, run.timesheets = run.lines - len(rows), run.timesheets - timesheets
    run.timesheets_due = max(run.timesheets, (run.timesheets_due or 0) - timesheets)
    run.paid_for = counts.less(run.paid_for, paid_for)
    alone = _alone(
        run,
        lines=len(rows),
        timesheets=timesheets,
        timesheets_due=timesheets,
        paid_for=paid_for,
        status=RunStatus.FROZEN,
    )
    db.session.execute(update(Payslip).where(Payslip.id == payslip_id).values(run_id=alone.id))
    record("pay_run.parted", alone, by=CLOCK, data=_told(alone, because) | {"payslip": str(payslip_id)})
    if run.parted_from_id is None:
        record("payslip.late", slip, by=CLOCK)


def _alone(run: PayRun, **more: Any) -> PayRun:
    """A run of the same scope, for what was parted from it."""
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
        try_at=clock.now() + AGAIN_AFTER,
        **more,
    )
    db.session.add(alone)
    db.session.flush()
    return alone


def _told(alone: PayRun, because: Exception) -> dict[str, Any]:
    """What an event says of it. All of it is in the log."""
    log.error("pay_run.waits_alone", run=str(alone.id), exc_info=because)
    if isinstance(because, Problem):
        return {"because": because.code, "detail": because.detail}
    return {"because": FAULT, "detail": constraint_of(because) or type(because).__name__}
