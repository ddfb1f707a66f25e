"""Sick leave that is taken: so many seconds of the person's own, and the money that was put aside for them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, insert, select, tuple_, update

from marketplace.accounts.rules import Actor, require_person
from marketplace.contracts.benefit_models import CashOut
from marketplace.contracts.models import BenefitEntry, BenefitPlan, LeavePay
from marketplace.contracts.rules import EntryKind, leave_account, leave_share
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.ledger.models import LedgerAccount
from marketplace.standards.rules import RULES
from marketplace.workforce.models import Contractor

PLAN = "sick-leave"


@dataclass(frozen=True, slots=True)
class Leave:
    """Leave that can be taken, or was: seconds, and what they are worth in each currency in which they were earned."""

    seconds: int
    money: Sequence[Money]


def available(contractor_id: UUID) -> Leave:
    """What the person has accrued and not yet taken; what is taken, or is to be paid out, and not yet paid is left out.
    In one statement, so that seconds and money are of one moment."""
    seconds = (
        select(func.coalesce(func.sum(BenefitEntry.quantity), 0))
        .where(BenefitEntry.contractor_id == contractor_id, BenefitEntry.plan_id == BenefitPlan.id)
        .correlate(BenefitPlan)
        .scalar_subquery()
    )
    promised = (
        select(func.coalesce(func.sum(LeavePay.amount), 0))
        .where(
            LeavePay.contractor_id == contractor_id,
            LeavePay.currency == LedgerAccount.currency,
            LeavePay.paid_at.is_(None),
        )
        .correlate(LedgerAccount)
        .scalar_subquery()
    )
    cashed = (
        select(func.coalesce(func.sum(CashOut.amount), 0))
        .where(
            CashOut.account == leave_account(contractor_id),
            CashOut.contractor_id == contractor_id,
            CashOut.currency == LedgerAccount.currency,
            CashOut.paid_at.is_(None),
        )
        .correlate(LedgerAccount)
        .scalar_subquery()
    )
    free = LedgerAccount.balance - promised - cashed
    found = (
        select(seconds.label("seconds"), LedgerAccount.currency, free.label("amount"))
        .select_from(BenefitPlan)
        .outerjoin(LedgerAccount, LedgerAccount.name == leave_account(contractor_id))
        .where(BenefitPlan.code == PLAN)
        .order_by(LedgerAccount.currency)
    )
    rows = db.session.execute(found).all()
    return Leave(int(rows[0].seconds), [Money(int(row.amount), row.currency) for row in rows if row.amount])


def take(contractor_id: UUID, minutes: int, *, cause: str, reference: str, by: Actor) -> Leave:
    """Takes up to so many minutes of the person's leave, whole minutes and never more than there are, and sets their
    share of the money aside for the payslip. Returns what was taken; to be called once for a cause.

    The person's row is locked, so that no leave is taken twice. Only they themselves take it (NotFound).
    """
    if require_person(by) != contractor_id:
        raise NotFound
    lock_person(contractor_id)
    there = available(contractor_id)
    seconds = min(minutes, there.seconds // 60) * 60
    if not seconds:
        return Leave(0, [])
    plan_id = db.session.scalars(select(BenefitPlan.id).where(BenefitPlan.code == PLAN)).one()
    rule = RULES["SICK"]
    used = BenefitEntry(
        contractor_id=contractor_id,
        plan_id=plan_id,
        kind=EntryKind.USE,
        quantity=-seconds,
        currency=None,
        cause=cause,
        reference=reference,
        rule=rule.id,
        rule_version=rule.version,
        at=clock.now(),
    )
    db.session.add(used)
    shares = [share for money in there.money if (share := leave_share(money, seconds, there.seconds))]
    if shares:
        rows = [
            {"id": new_id(), "contractor_id": contractor_id, "cause": cause}
            | {"amount": share.amount, "currency": share.currency, "paid_at": None}
            for share in shares
        ]
        db.session.execute(insert(LeavePay), rows)
    return Leave(seconds, shares)


def lock_person(contractor_id: UUID) -> None:
    """Locks the person until the transaction ends. Verbs that also lock a shift or a booking call this first."""
    rows = select(Contractor.id).where(Contractor.id == contractor_id)
    db.session.execute(rows.with_for_update(key_share=True))


def pays(causes: Collection[str]) -> dict[str, list[Money]]:
    """What each taken leave is worth, paid or not, by its cause and in the order of the currencies. For pay."""
    found: dict[str, list[Money]] = {}
    if not causes:
        return found
    rows = select(LeavePay).where(LeavePay.cause.in_(causes)).order_by(LeavePay.currency)
    for row in db.session.scalars(rows):
        found.setdefault(row.cause, []).append(row.money)
    return found


def mark_paid(taken: Collection[tuple[str, str]]) -> None:
    """Says of these (cause, currency) that a payslip has paid them. In the transaction that books the payslip."""
    if not taken:
        return
    own = update(LeavePay).where(tuple_(LeavePay.cause, LeavePay.currency).in_(taken))
    db.session.execute(own.values(paid_at=clock.now()), execution_options={"synchronize_session": False})
