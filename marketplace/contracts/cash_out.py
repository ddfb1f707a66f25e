"""Benefits that are paid out: asked for by their owner, set aside at once, paid by the next pay run (rule CASH_OUT)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, update

from marketplace.accounts.models import Person
from marketplace.accounts.rules import Actor, require_person
from marketplace.contracts import leave
from marketplace.contracts.benefit_models import CashOut, Transfer
from marketplace.contracts.models import BenefitEntry
from marketplace.contracts.moving_rules import (
    NotAnAmount,
    NotPaidOut,
    TooMuch,
    TransferStatus,
    may_pay_out,
    plan_account,
)
from marketplace.contracts.plans import Plan, plans
from marketplace.contracts.rules import EntryKind, Unit
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.standards.rules import RULES
from marketplace.workforce.models import Contractor
from marketplace.workforce.pay_scope import PayScope
from marketplace.workforce.rules import ContractorStatus

LEAVING = (ContractorStatus.CLOSING, ContractorStatus.CLOSED)


def ask(code: str, money: Money | None = None, *, by: Actor) -> list[CashOut]:
    """The person asks for the money of a benefit: so much of it, or everything in every currency. Of leave it is always
    everything, and its hours end. The money is paid by the next pay run.

    Raises NotFound, NotPaidOut, NotAnAmount, TooMuch. The person's row is locked, so that nothing is asked for twice.
    """
    me, plan = find(code, by)
    account = plan_account(me.id, plan.rule)
    if account is None or not may_pay_out(plan.promise.cash_out, me.status in LEAVING):
        raise NotPaidOut(field="plan")
    if plan.unit is Unit.SECONDS:
        return _ask_for_leave(me.id, plan, account, money, by)
    wanted = standing(me.id, plan) if money is None else [enough(me.id, plan, money)]
    if not wanted:
        raise TooMuch("Nothing stands there.", field="plan")
    return _told(_pay_money(me.id, plan, account, wanted), by)


def _ask_for_leave(me: UUID, plan: Plan, account: str, money: Money | None, by: Actor) -> list[CashOut]:
    if money is not None:
        raise NotAnAmount("Leave is paid out whole.", field="money")
    made = _pay_leave(me, plan, account)
    if not made:
        raise TooMuch("Nothing stands there.", field="plan")
    return _told(made, by)


def _pay_leave(contractor_id: UUID, plan: Plan, account: str) -> list[CashOut]:
    """Ends all the hours and sets their money aside. Hours that are worth nothing stay."""
    there = leave.available(contractor_id)
    if not there.money:
        return []
    cause = f"cash_out:{new_id()}"
    if there.seconds:
        enter(contractor_id, plan, EntryKind.CASH_OUT, -there.seconds, None, cause, "CASH_OUT")
    return set_aside(contractor_id, plan, cause, account, there.money)


def _pay_money(contractor_id: UUID, plan: Plan, account: str, moneys: Iterable[Money]) -> list[CashOut]:
    made: list[CashOut] = []
    for each in moneys:
        cause = f"cash_out:{new_id()}"
        enter(contractor_id, plan, EntryKind.CASH_OUT, -each.amount, each.currency, cause, "CASH_OUT")
        made += set_aside(contractor_id, plan, cause, account, [each])
    return made


def pay_rest(contractor_id: UUID, *, by: Actor) -> list[CashOut]:
    """Sets aside whatever stands in the person's benefits, because their account ends and nothing else is owed any
    more. Whoever wants it sent to a provider instead asks before that.

    Nothing is set aside for somebody whose account was opened again while this waited for the lock.
    """
    leave.lock_person(contractor_id)
    status = db.session.scalar(select(Contractor.status).where(Contractor.id == contractor_id))
    if status is not ContractorStatus.CLOSING:
        return []
    made: list[CashOut] = []
    for plan in plans().values():
        account = plan_account(contractor_id, plan.rule)
        if account is None:
            continue
        if plan.unit is Unit.SECONDS:
            made += _pay_leave(contractor_id, plan, account)
        else:
            made += _pay_money(contractor_id, plan, account, standing(contractor_id, plan))
    return _told(made, by)


def mine(seen_by: Actor) -> Select[CashOut]:
    """Everything that the asker has been or will be paid out."""
    return select(CashOut).where(CashOut.contractor_id == require_person(seen_by))


def unpaid(contractor_id: UUID) -> list[CashOut]:
    """What no payslip has paid yet, the oldest first. The caller may see the person."""
    own = select(CashOut).where(CashOut.contractor_id == contractor_id, CashOut.paid_at.is_(None))
    return list(db.session.scalars(own.order_by(CashOut.id)))


def is_moving(contractor_id: UUID) -> ColumnElement[bool]:
    """Whether money of the person's benefits is on its way, to them or to a provider."""
    return or_(
        exists().where(CashOut.contractor_id == contractor_id, CashOut.paid_at.is_(None)),
        exists().where(Transfer.contractor_id == contractor_id, Transfer.status == TransferStatus.ASKED),
    )


# --- for pay --------------------------------------------------------------------------------------------------------


def payable(scope: PayScope) -> Select[UUID]:
    """What no run has taken, asked for by the end of its last day (UTC). It is nobody's cost, so no run of one
    company has it."""
    until = datetime.combine(scope.through, time(), UTC) + timedelta(days=1)
    found = select(CashOut.id).where(CashOut.taken_at.is_(None), CashOut.asked_at < until)
    return scope.narrow(found, CashOut.contractor_id).order_by(CashOut.id)


def of(ids: Collection[UUID]) -> list[CashOut]:
    return list(db.session.scalars(select(CashOut).where(CashOut.id.in_(ids)).order_by(CashOut.id)))


def take(ids: Sequence[UUID]) -> list[CashOut]:
    """Says of these that a run has taken them. The caller has locked them."""
    _mark(ids, "taken_at")
    return of(ids)


def mark_paid(ids: Collection[UUID]) -> None:
    """Says of these that a payslip has paid them. In the transaction that books the payslip."""
    _mark(ids, "paid_at")


def _mark(ids: Collection[UUID], column: str) -> None:
    own = update(CashOut).where(CashOut.id.in_(ids))
    db.session.execute(own.values({column: clock.now()}), execution_options={"synchronize_session": False})


# --- shared by the verbs that move a benefit -------------------------------------------------------------------------


def find(code: str, by: Actor) -> tuple[Contractor, Plan]:
    """The asker, locked, and the plan. Raises NotFound, also for whoever was erased while this waited for the lock:
    nothing is asked for in the name of nobody."""
    me = require_person(by)
    leave.lock_person(me)
    person, plan = db.session.get(Contractor, me, populate_existing=True), plans().get(code)
    is_somebody = db.session.scalar(select(Person.active).where(Person.id == me))
    if person is None or plan is None or not is_somebody:
        raise NotFound
    return person, plan


def standing(contractor_id: UUID, plan: Plan) -> list[Money]:
    """What stands under a plan that counts money, by currency, where it is more than nothing."""
    sums = (
        select(BenefitEntry.currency, func.sum(BenefitEntry.quantity))
        .where(BenefitEntry.contractor_id == contractor_id, BenefitEntry.plan_id == plan.id)
        .group_by(BenefitEntry.currency)
        .order_by(BenefitEntry.currency)
    )
    return [Money(int(amount), code) for code, amount in db.session.execute(sums) if code and amount > 0]


def enough(contractor_id: UUID, plan: Plan, money: Money) -> Money:
    """The money, if it is an amount and stands there. Raises NotAnAmount, TooMuch."""
    if money.amount <= 0:
        raise NotAnAmount(field="money")
    there = {each.currency: each for each in standing(contractor_id, plan)}
    own = there.get(money.currency, Money.zero(money.currency))
    if own < money:
        raise TooMuch(f"There is {own}.", field="money", there=str(own))
    return money


def enter(
    contractor_id: UUID, plan: Plan, kind: EntryKind, quantity: int, currency: str | None, cause: str, rule: str
) -> None:
    """Writes an entry that no work caused, under the rule that allows it."""
    entry = BenefitEntry(
        contractor_id=contractor_id,
        plan_id=plan.id,
        kind=kind,
        quantity=quantity,
        currency=currency,
        cause=cause,
        reference=cause,
        rule=rule,
        rule_version=RULES[rule].version,
        at=clock.now(),
    )
    db.session.add(entry)
    db.session.flush()


def set_aside(contractor_id: UUID, plan: Plan, cause: str, account: str, moneys: Iterable[Money]) -> list[CashOut]:
    """Sets money of the account aside for the next pay run."""
    made = [
        CashOut(
            contractor_id=contractor_id,
            plan_id=plan.id,
            cause=cause,
            account=account,
            amount=money.amount,
            currency=money.currency,
            asked_at=clock.now(),
        )
        for money in moneys
    ]
    db.session.add_all(made)
    db.session.flush()
    return made


def _told(made: list[CashOut], by: Actor) -> list[CashOut]:
    for each in made:
        data = {"amount": str(each.money.decimal), "currency": each.currency}
        record("cash_out.asked", each, by=by, data=data)
    return made
