"""What waits to be paid, kind by kind: which things are payable, whose each is, and since when it was ready."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.contracts import cash_out
from marketplace.contracts.benefit_models import CashOut
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.pay.bonuses.models import Bonus
from marketplace.pay.models import PayRun
from marketplace.pay.runs import bonuses, rail_fees, trials, works
from marketplace.pay.runs.counts import PaidFor
from marketplace.pay.runs.fee_models import RailFee
from marketplace.qualifications.models import Attempt
from marketplace.shifts import guarantees
from marketplace.shifts.guarantee_models import Guarantee
from marketplace.shifts.hazard_models import BackPay
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut
from marketplace.workforce.pay_scope import PayScope


@dataclass(frozen=True, slots=True)
class Due:
    """One kind of thing that a run pays for."""

    payable: Callable[[PayScope], Select[UUID]]
    owner: InstrumentedAttribute[UUID]
    ready_at: InstrumentedAttribute[Any]
    at: InstrumentedAttribute[Any]
    """The day, or the moment, by which its person knows it: of work the Monday of its week."""


DUE: Mapping[PaidFor, Due] = MappingProxyType(
    {
        PaidFor.TIMESHEET: Due(works.payable_timesheets, Timesheet.contractor_id, Timesheet.decided_at, Timesheet.week),
        PaidFor.RULING: Due(works.payable_cuts, TimesheetCut.contractor_id, TimesheetCut.ended_at, Timesheet.week),
        PaidFor.BACK_PAY: Due(works.payable_back_pays, Timesheet.contractor_id, BackPay.raised_at, Timesheet.week),
        PaidFor.TEST: Due(trials.payable, Attempt.contractor_id, Attempt.ended_at, Attempt.ended_at),
        PaidFor.BENEFIT: Due(cash_out.payable, CashOut.contractor_id, CashOut.asked_at, CashOut.asked_at),
        PaidFor.GUARANTEE: Due(guarantees.payable, Guarantee.contractor_id, Guarantee.reckoned_at, Guarantee.week),
        PaidFor.RAIL_FEE: Due(rail_fees.payable, RailFee.contractor_id, RailFee.kept_at, RailFee.kept_at),
        PaidFor.BONUS: Due(bonuses.payable, Bonus.contractor_id, Bonus.granted_at, Bonus.granted_at),
    }
)
"""All of it, but for tax that is given back to somebody who is paid nothing else."""


@dataclass(frozen=True, slots=True)
class Thing:
    """One of them, whose it is, and the day or the moment by which they know it."""

    id: UUID
    kind: PaidFor
    contractor_id: UUID
    at: date

    def day(self, timezone: str) -> date:
        """The day of it, where its person lives."""
        return self.at.astimezone(clock.zone(timezone)).date() if isinstance(self.at, datetime) else self.at


def things(scope: PayScope, most: int, *, is_anywhere: bool = False) -> list[Thing]:
    """What a run of this scope would take next, so many of each kind, or, from anywhere, what it takes some time. A run
    of one company pays nobody's benefits."""
    kinds = {kind: each for kind, each in DUE.items() if kind is not PaidFor.BENEFIT or scope.company_id is None}
    return [
        Thing(row[0], kind, row[1], row[2])
        for kind, each in kinds.items()
        for row in db.session.execute(
            _anywhere(each.payable(scope), is_anywhere).add_columns(each.owner, each.at).limit(most)
        )
    ]


def _anywhere(found: Select[UUID], is_anywhere: bool) -> Select[UUID]:
    return found.order_by(None).order_by(func.random()) if is_anywhere else found


def but_for_set_aside(scope: PayScope) -> PayScope:
    """The same without what waits in a run of its own, because it could not be reckoned. What names its things has
    them all."""
    return scope if scope.things is not None else replace(scope, without=set_aside())


def set_aside() -> Sequence[UUID]:
    """What waits so. Written out, so that the index of it is known to have it."""
    waiting = text("pay_run.things IS NOT NULL AND pay_run.status = 'started'")
    return db.session.scalars(select(func.unnest(PayRun.things)).where(waiting)).all()
