"""Benefits prove themselves: what payslips tell of them, what the benefit ledger counts, and what stands in the books.
Each returns how much was looked at, and what differs."""

from sqlalchemy import Text, and_, case, cast, func, or_, select, union_all

from marketplace.contracts import leave
from marketplace.contracts.benefit_models import CashOut, Transfer
from marketplace.contracts.models import BenefitEntry, BenefitPlan, LeavePay
from marketplace.contracts.moving_rules import TransferStatus
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger.models import LedgerAccount
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.rules import PayslipStatus
from marketplace.pay.runs.lines import BENEFIT_OF
from marketplace.standards.line_kinds import LineKind


def accruals() -> tuple[int, list[str]]:
    """The leave and the money that payslips tell of stand in the benefit ledger, entry by entry; so does leave that was
    taken."""
    lines = (
        select(PayLine.cause, PayLine.kind, PayLine.amount, PayLine.seconds)
        .join(Payslip, Payslip.id == PayLine.payslip_id)
        .where(Payslip.status == PayslipStatus.ISSUED)
    )
    taken = and_(PayLine.kind == LineKind.SICK_LEAVE, PayLine.seconds > 0)
    benefits = lines.where(or_(PayLine.payee.like("benefit:%"), taken)).subquery()
    wanted = case(
        (benefits.c.kind == LineKind.SICK_ACCRUAL, benefits.c.seconds),
        (benefits.c.kind == LineKind.SICK_LEAVE, -benefits.c.seconds),
        else_=benefits.c.amount,
    )
    found = select(benefits.c.cause, wanted.label("wanted"), BenefitEntry.quantity).outerjoin(
        BenefitEntry, BenefitEntry.cause == benefits.c.cause
    )
    rows = db.session.execute(found).all()
    wrong = [f"{r.cause}: told {r.wanted}, accrued {r.quantity}" for r in rows if r.wanted != r.quantity]
    wrong += _money_that_differs()
    return len(rows), wrong


def leave_taken() -> tuple[int, list[str]]:
    """Nobody has taken more leave than accrued, and what was taken, or ended, and is not yet paid still stands in its
    account."""
    counted = select(BenefitEntry.contractor_id, func.sum(BenefitEntry.quantity).label("seconds"))
    own = counted.join(BenefitPlan, BenefitPlan.id == BenefitEntry.plan_id).where(BenefitPlan.code == leave.PLAN)
    people = db.session.execute(own.group_by(BenefitEntry.contractor_id)).all()
    wrong = [f"contractor:{row.contractor_id}: {row.seconds} seconds of leave" for row in people if row.seconds < 0]
    unpaid = union_all(
        select(LeavePay.contractor_id, LeavePay.currency, LeavePay.amount).where(LeavePay.paid_at.is_(None)),
        select(CashOut.contractor_id, CashOut.currency, CashOut.amount).where(
            CashOut.paid_at.is_(None), CashOut.account.like("benefit:%:sick_leave")
        ),
    ).subquery()
    promised = (
        select(unpaid.c.contractor_id, unpaid.c.currency, func.sum(unpaid.c.amount).label("amount"))
        .group_by(unpaid.c.contractor_id, unpaid.c.currency)
        .subquery()
    )
    name = func.concat("benefit:", cast(promised.c.contractor_id, Text), ":sick_leave")
    same = and_(LedgerAccount.name == name, LedgerAccount.currency == promised.c.currency)
    there = select(promised, func.coalesce(LedgerAccount.balance, 0).label("there"))
    short = [row for row in db.session.execute(there.outerjoin(LedgerAccount, same)) if row.there < row.amount]
    wrong += [f"contractor:{row.contractor_id}: {Money(int(row.amount - row.there), row.currency)}" for row in short]
    return len(people), wrong


def moves() -> tuple[int, list[str]]:
    """What was taken out of a benefit, to be paid or to be sent, is the same in its entry, its record, its payslip and
    its account."""
    line = (
        select(PayLine.cash_out_id, PayLine.amount)
        .join(Payslip, Payslip.id == PayLine.payslip_id)
        .where(Payslip.status == PayslipStatus.ISSUED)
        .subquery()
    )
    cashed = (
        select(CashOut, BenefitEntry.quantity, BenefitEntry.currency.label("counted"), line.c.amount.label("told"))
        .outerjoin(BenefitEntry, BenefitEntry.cause == CashOut.cause)
        .outerjoin(line, line.c.cash_out_id == CashOut.id)
    )
    rows = db.session.execute(cashed).all()
    wrong = [
        f"{row.CashOut.cause}: {row.CashOut.money}, entered {row.quantity}, told {row.told}"
        for row in rows
        if (row.counted is not None and row.quantity != -row.CashOut.amount)
        or row.told != (None if row.CashOut.paid_at is None else row.CashOut.amount)
    ]
    name = func.concat("benefit:", cast(Transfer.contractor_id, Text), ":outgoing")
    parts = union_all(
        select(name.label("name"), Transfer.currency, Transfer.amount).where(Transfer.status == TransferStatus.ASKED),
        select(LedgerAccount.name, LedgerAccount.currency, -LedgerAccount.balance).where(
            LedgerAccount.name.like("benefit:%:outgoing")
        ),
    ).subquery()
    sums = select(parts.c.name, parts.c.currency, func.sum(parts.c.amount).label("amount"))
    waiting = db.session.execute(sums.group_by(parts.c.name, parts.c.currency)).all()
    wrong += [f"{row.name}: {Money(int(row.amount), row.currency)} too little" for row in waiting if row.amount]
    return len(rows) + len(waiting), wrong


def _money_that_differs() -> list[str]:
    """Accounts of benefits in money that hold another sum than the benefit ledger adds up to with what is still to be
    paid out, found from both sides."""
    health = BENEFIT_OF[LineKind.HEALTH_CONTRIBUTION]
    name = func.concat("benefit:", cast(BenefitEntry.contractor_id, Text), f":{health.account}")
    entered = (
        select(name.label("name"), BenefitEntry.currency, BenefitEntry.quantity.label("amount"))
        .join(BenefitPlan, BenefitPlan.id == BenefitEntry.plan_id)
        .where(BenefitPlan.code == health.plan)
    )
    unpaid = select(CashOut.account, CashOut.currency, CashOut.amount).where(
        CashOut.paid_at.is_(None), CashOut.account.like(f"benefit:%:{health.account}")
    )
    parts = union_all(entered, unpaid).subquery()
    sums = select(parts.c.name, parts.c.currency, func.sum(parts.c.amount).label("amount"))
    added = sums.group_by(parts.c.name, parts.c.currency).subquery()
    kept = (
        select(LedgerAccount.name, LedgerAccount.currency, LedgerAccount.balance)
        .where(LedgerAccount.name.like(f"benefit:%:{health.account}"))
        .subquery()
    )
    same = and_(kept.c.name == added.c.name, kept.c.currency == added.c.currency)
    found = (
        select(
            func.coalesce(kept.c.name, added.c.name).label("name"),
            func.coalesce(kept.c.balance, 0).label("kept"),
            func.coalesce(added.c.amount, 0).label("added"),
        )
        .select_from(kept)
        .join(added, same, full=True)
    )
    rows = db.session.execute(found).all()
    return [f"{row.name}: keeps {row.kept}, the ledger says {row.added}" for row in rows if row.kept != row.added]
