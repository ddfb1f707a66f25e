"""The benefit ledger: what accrued to a contractor under which plan. Entries are added and never changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, Text, and_, case, column, false, func, literal, select, values
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import CLOCK, Actor
from marketplace.contracts.models import BenefitEntry, BenefitPlan
from marketplace.contracts.plans import Plan, plans
from marketplace.contracts.rules import (
    Accrual,
    BadAccrual,
    EntryKind,
    Unit,
    check_accrual,
    left_of_cap,
)
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.problems import Forbidden
from marketplace.standards.sick_leave import sick_cap_seconds
from marketplace.workforce import queries as workforce
from marketplace.workforce.models import Contractor


@dataclass(frozen=True, slots=True)
class Balance:
    """What a contractor has under one plan: seconds of leave, or money in one currency.

    `left_this_year` is how many seconds may still accrue in the calendar year (in UTC), under the cap `most_a_year` of
    the person's place; None when there is no limit.
    """

    plan: Plan
    seconds: int | None
    money: Money | None
    left_this_year: int | None
    most_a_year: int | None = None


def accrue(earned: Sequence[Accrual] | Select[Any], *, by: Actor) -> int:
    """Enters what was earned, in a constant number of statements, and returns how many entries are new. It is handed
    in, or stands in tables: then as rows of `id` (unique, and the entry's own from then on) and an accrual's columns.

    A cause that was entered before with the same accrual is left alone, so that a repeated call is harmless; with
    another one it raises BadAccrual, as an unknown plan or a wrong unit does. Only the service itself accrues: what is
    earned follows from work, and no person says it. A plan's yearly cap is for whoever computes the accrual to keep;
    what was told on a payslip is entered in full.
    """
    if by != CLOCK:
        raise Forbidden("Only the service itself does this.")
    if not isinstance(earned, Select):
        if not earned:
            return 0
        _check(earned)
        earned = _listed(earned)
    given = earned.cte("given")
    entry = select(
        given.c.id, given.c.contractor_id, BenefitPlan.id, literal(EntryKind.ACCRUE, BenefitEntry.kind.type),
        given.c.quantity, given.c.currency, given.c.cause, given.c.reference, given.c.rule, given.c.version, given.c.at,
    ).join(BenefitPlan, BenefitPlan.code == given.c.plan)  # fmt: skip
    written = insert(BenefitEntry).from_select(_COLUMNS, entry).on_conflict_do_nothing(index_elements=["cause"])
    new = written.returning(BenefitEntry.id).cte("new")
    counts = select(*(select(func.count()).select_from(each).scalar_subquery() for each in (given, new)))
    told, entered = db.session.execute(counts).one()
    if entered < told:
        _check_repeated(earned)
    return int(entered)


_COLUMNS = (
    *("id", "contractor_id", "plan_id", "kind", "quantity", "currency", "cause", "reference"),
    *("rule", "rule_version", "at"),
)


def _check(accruals: Sequence[Accrual]) -> None:
    known = plans()
    for accrual in accruals:
        if accrual.plan not in known:
            raise BadAccrual(f"There is no plan {accrual.plan!r}.", field="plan")
        check_accrual(accrual, known[accrual.plan].unit)


def _listed(accruals: Sequence[Accrual]) -> Select[Any]:
    """The accruals as the rows of a statement."""
    table = BenefitEntry.__table__.c
    names = ("contractor_id", "quantity", "currency", "cause", "reference", "rule", "at")
    columns = [column("id", table.id.type), *(column(name, table[name].type) for name in names)]
    rows = [(new_id(), *(getattr(each, name) for name in names), each.plan, each.version) for each in accruals]
    listed = values(*columns, column("plan", Text), column("version", Integer), name="listed").data(rows)
    return select(listed)


def _check_repeated(earned: Select[Any]) -> None:
    """Raises BadAccrual where what stands under a cause is not what is given now."""
    given = earned.cte("given")
    same = [BenefitEntry.contractor_id == given.c.contractor_id, BenefitPlan.code == given.c.plan]
    same += [BenefitEntry.kind == EntryKind.ACCRUE, BenefitEntry.quantity == given.c.quantity]
    same += [BenefitEntry.currency.is_not_distinct_from(given.c.currency)]
    found = select(given.c.cause).outerjoin(BenefitEntry, BenefitEntry.cause == given.c.cause)
    found = found.outerjoin(BenefitPlan, BenefitPlan.id == BenefitEntry.plan_id)
    cause = db.session.scalar(found.where(func.coalesce(and_(*same), false()).is_(False)).limit(1))
    if cause is not None:
        raise BadAccrual(f"{cause} was entered before, differently.", cause=cause)


def balances(contractor_id: UUID, seen_by: Actor) -> list[Balance]:
    """What the contractor has under each plan, and in each currency where a plan counts money.

    A plan that counts leave is there even at zero. Raises NotFound unless the contractor, an operator or the service
    asks.
    """
    person = workforce.contractor(contractor_id, seen_by)
    this_year = datetime(clock.now().year, 1, 1, tzinfo=UTC)
    of_this_year = (BenefitEntry.kind == EntryKind.ACCRUE) & (BenefitEntry.at >= this_year)
    sums = (
        select(
            BenefitEntry.plan_id,
            BenefitEntry.currency,
            func.sum(BenefitEntry.quantity).label("sum"),
            func.sum(case((of_this_year, BenefitEntry.quantity), else_=0)).label("earned"),
        )
        .where(BenefitEntry.contractor_id == contractor_id)
        .group_by(BenefitEntry.plan_id, BenefitEntry.currency)
        .order_by(BenefitEntry.currency)
    )
    held: dict[UUID, list[tuple[str | None, int, int]]] = {}
    for row in db.session.execute(sums):
        held.setdefault(row.plan_id, []).append((row.currency, int(row.sum), int(row.earned)))
    return [balance for plan in plans().values() for balance in _balances_of(plan, held.get(plan.id, []), person)]


def _balances_of(plan: Plan, held: Sequence[tuple[str | None, int, int]], person: Contractor) -> Iterator[Balance]:
    if plan.unit is Unit.SECONDS:
        _, total, earned = held[0] if held else (None, 0, 0)
        # The cap of sick leave is the law of the place; of any other leave it is the plan's own.
        by_place = plan.rule == "SICK"
        most = sick_cap_seconds(person.country, person.subdivision) if by_place else plan.promise.cap_per_year
        yield Balance(plan, total, None, left_of_cap(earned, most), most)
        return
    for currency, total, _ in held:
        if currency is not None:
            yield Balance(plan, None, Money(total, currency), None)


def entries(contractor_id: UUID, seen_by: Actor) -> Select[BenefitEntry]:
    """Every entry of the contractor, for a page of them. Raises NotFound as `balances` does."""
    workforce.contractor(contractor_id, seen_by)
    return select(BenefitEntry).where(BenefitEntry.contractor_id == contractor_id)
