"""Reads of pay: who sees which payment, run, payslip and account."""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, Text, and_, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import (
    Actor,
    OperatorRole,
    Right,
    available_account,
    require_company,
    require_operator,
    require_person,
)
from marketplace.contracts import cash_out
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money, total
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.ledger import queries as books
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.queries import Line
from marketplace.pay.bonuses.models import Bonus
from marketplace.pay.bonuses.rules import BonusStatus
from marketplace.pay.models import PayLine, PaymentOp, PayRun, Payslip, SandboxLever
from marketplace.pay.rules import OpKind, OpStatus, PayslipStatus
from marketplace.pay.runs import bonuses, so_far, trials, weeks, works
from marketplace.pay.runs.fee_models import RailFee
from marketplace.pay.runs.lines import owed
from marketplace.pay.taxes.models import Withholding
from marketplace.qualifications.models import Attempt, Qualification
from marketplace.shifts.guarantee_models import Guarantee
from marketplace.shifts.hazard_models import BackPay
from marketplace.shifts.hazard_rules import BackPayStatus
from marketplace.shifts.models import Booking
from marketplace.standards.line_kinds import OWN_BENEFITS, LineKind, Payee

ACCOUNT_NAME = re.compile(r"[a-z_]+(:[A-Za-z0-9_-]+){1,2}")
"""How names of accounts look. Anything else names none, and never reaches the database."""


@dataclass(frozen=True, slots=True)
class CompanyBalance:
    """A company's money in one currency: free, and held for gigs and bookings that may still need it."""

    currency: str
    available: Money
    held: Money


@dataclass(frozen=True, slots=True)
class OwedSoFar:
    """What a company owes until now, by currency, and of how many bookings and tests that cannot be reckoned, also by
    currency: those are in no sum."""

    sums: Mapping[str, Money]
    unknown: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Statement:
    """An account as its owner reads it: what stands in it, and the newest postings, oldest of them first."""

    name: str
    balances: list[Money]
    lines: list[Line]


def deposits(company_id: UUID, seen_by: Actor) -> Select[PaymentOp]:
    """A company's deposits. Raises NotFound or Forbidden."""
    _require_money(company_id, seen_by)
    return select(PaymentOp).where(PaymentOp.company_id == company_id, PaymentOp.kind == OpKind.DEPOSIT)


def usual_currency(company_id: UUID, seen_by: Actor) -> str | None:
    """The currency in which a company paid in last; None before its first deposit. Raises NotFound or Forbidden."""
    newest = deposits(company_id, seen_by).order_by(PaymentOp.id.desc()).limit(1)
    return db.session.scalar(newest.with_only_columns(PaymentOp.currency))


def deposit(company_id: UUID, op_id: UUID, seen_by: Actor) -> PaymentOp:
    found = db.session.scalars(deposits(company_id, seen_by).where(PaymentOp.id == op_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def refunds(company_id: UUID, deposit_id: UUID, seen_by: Actor) -> Select[PaymentOp]:
    """What went back of a deposit, or is on its way. Raises NotFound or Forbidden."""
    op = deposit(company_id, deposit_id, seen_by)
    return select(PaymentOp).where(PaymentOp.of_id == op.id, PaymentOp.kind == OpKind.REFUND)


def pay_lines(company_id: UUID, seen_by: Actor) -> Select[PayLine]:
    """What a company has paid for, line by line, once it is booked. Raises NotFound or Forbidden."""
    _require_money(company_id, seen_by)
    issued = select(PayLine).join(Payslip, Payslip.id == PayLine.payslip_id)
    own = issued.where(PayLine.company_id == company_id, Payslip.status == PayslipStatus.ISSUED)
    return own.where(PayLine.kind.not_in(OWN_BENEFITS))


def paid_by_payee(company_id: UUID, seen_by: Actor) -> list[tuple[str, Money]]:
    """All that a company has paid for, by who gets it and currency. Raises NotFound or Forbidden."""
    lines = pay_lines(company_id, seen_by).with_only_columns(
        PayLine.payee_kind, PayLine.currency, func.sum(PayLine.amount).label("amount")
    )
    rows = db.session.execute(lines.group_by(PayLine.payee_kind, PayLine.currency).order_by(PayLine.currency))
    return [(str(row.payee_kind), Money(int(row.amount), row.currency)) for row in rows]


def balances(company_id: UUID, seen_by: Actor) -> list[CompanyBalance]:
    """A company's money by currency. Raises NotFound or Forbidden."""
    _require_money(company_id, seen_by)
    free = _sums(LedgerAccount.name == available_account(company_id))
    held = _sums(LedgerAccount.name.in_(hold_names(company_id)))
    return [
        CompanyBalance(code, Money(free.get(code, 0), code), Money(held.get(code, 0), code))
        for code in sorted({*free, *held})
    ]


def hold_names(company_id: UUID) -> CompoundSelect[str]:
    """The names of every account in which a company's money is set aside. The caller may know them."""
    gig_holds = select(func.concat("gig:", cast(Gig.id, Text), ":hold")).where(Gig.company_id == company_id)
    booking_holds = select(func.concat("booking:", cast(Booking.id, Text), ":hold"))
    of_bookings = booking_holds.where(Booking.company_id == company_id)
    week_holds = select(func.concat("guarantee:", cast(Guarantee.id, Text), ":hold"))
    of_guarantees = week_holds.where(Guarantee.company_id == company_id)
    fee_holds = select(func.concat("rail_fee:", cast(RailFee.id, Text), ":hold"))
    of_bonuses = select(func.concat("bonus:", cast(Bonus.id, Text), ":hold")).where(Bonus.company_id == company_id)
    beside = (of_guarantees, of_bonuses, fee_holds.where(RailFee.company_id == company_id), *_test_holds(company_id))
    return gig_holds.union_all(of_bookings, *beside)


def is_to_be_paid(contractor_id: UUID) -> ColumnElement[bool]:
    """Whether something of a person's is still to become pay, or is on its way: time at a test, the premium of a raised
    class, lines that no issued payslip has, benefits that move, bonuses, what a rail kept, tax that is given back. What
    is booked stands in their accounts. The caller may know it."""
    return or_(
        exists().where(Attempt.contractor_id == contractor_id, Attempt.taken_at.is_(None)),
        exists().where(BackPay.contractor_id == contractor_id, BackPay.status == BackPayStatus.DUE),
        exists().where(Payslip.contractor_id == contractor_id, Payslip.status != PayslipStatus.ISSUED),
        cash_out.is_moving(contractor_id),
        exists().where(RailFee.contractor_id == contractor_id, RailFee.taken_at.is_(None)),
        exists().where(
            Bonus.contractor_id == contractor_id, Bonus.status == BonusStatus.GRANTED, Bonus.taken_at.is_(None)
        ),
        exists().where(Withholding.contractor_id == contractor_id, Withholding.payslip_id.is_(None)),
    )


def owed_so_far(company_id: UUID, seen_by: Actor) -> OwedSoFar:
    """What a company owes until now for work that no payslip has paid, by currency: a part of what is held. Raises
    NotFound or Forbidden."""
    _require_money(company_id, seen_by)
    dues, unknown = _owed_of_bookings(company_id)
    for test in trials.not_yet_paid(clock.now(), company_id):
        if (due := so_far.if_known(trials.owed, test)) is None:
            unknown[test.rate.currency] += 1
        else:
            dues.append(due)
    dues += [due for _, due in (*weeks.not_yet_paid(company_id), *bonuses.not_yet_paid(company_id))]
    codes = {due.currency for due in dues}
    return OwedSoFar({code: total((due for due in dues if due.currency == code), code) for code in codes}, unknown)


def runs(seen_by: Actor) -> Select[PayRun]:
    """Every pay run, for operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    return select(PayRun)


def waiting_runs(seen_by: Actor) -> Select[PayRun]:
    """Those that wait alone for a fault to be mended, for operators of finance."""
    return runs(seen_by).where(PayRun.try_at.is_not(None))


def run(run_id: UUID, seen_by: Actor) -> PayRun:
    found = db.session.scalars(runs(seen_by).where(PayRun.id == run_id)).one_or_none()
    if found is None:
        raise NotFound
    return found


def payslips(seen_by: Actor) -> Select[Payslip]:
    """The asker's own issued payslips."""
    mine = Payslip.contractor_id == require_person(seen_by)
    return select(Payslip).where(mine, Payslip.status == PayslipStatus.ISSUED)


def payslip(payslip_id: UUID, seen_by: Actor) -> Payslip:
    """An issued payslip, for whoever is paid by it and for operators of finance. Raises NotFound."""
    found = db.session.get(Payslip, payslip_id)
    if found is None or found.status is not PayslipStatus.ISSUED:
        raise NotFound
    if found.contractor_id != require_person(seen_by):
        require_operator(seen_by, OperatorRole.FINANCE)
    return found


def payslips_of_run(run_id: UUID, seen_by: Actor, *, has_problem: bool | None = None) -> Select[Payslip]:
    """Everybody's payslip of a run, frozen ones too, for operators of finance: all of them, or those whose payout is
    stuck, or the others. Raises NotFound."""
    found = select(Payslip).where(Payslip.run_id == run(run_id, seen_by).id)
    if has_problem is None:
        return found
    stuck = exists().where(PaymentOp.payslip_id == Payslip.id, _is_stuck())
    return found.where(stuck if has_problem else ~stuck)


def stuck_payments(seen_by: Actor) -> Select[PaymentOp]:
    """Payments that a person has to look at, for operators of finance: parked ones, and payouts that were refused or
    taken back, and not tried again."""
    require_operator(seen_by, OperatorRole.FINANCE)
    return select(PaymentOp).where(_is_stuck())


def unpaid(seen_by: Actor) -> Select[PaymentOp]:
    """Payouts to the asker that were refused or taken back and not tried again, but for those that only an operator can
    mend: nobody is sent to look for what they did wrong."""
    mine = PaymentOp.contractor_id == require_person(seen_by)
    return select(PaymentOp).where(mine, _not_paid_again(), PaymentOp.who_can_fix.is_distinct_from("operator"))


def newest_payouts(payslips: Collection[Payslip]) -> dict[UUID, PaymentOp]:
    """The last try to pay each of these payslips, by the payslip. The caller may see them."""
    tries = select(PaymentOp).where(PaymentOp.payslip_id.in_([slip.id for slip in payslips])).order_by(PaymentOp.id)
    return {op.payslip_id: op for op in db.session.scalars(tries) if op.payslip_id is not None}


def _is_stuck() -> ColumnElement[bool]:
    return or_(PaymentOp.status == OpStatus.PARKED, _not_paid_again())


def _not_paid_again() -> ColumnElement[bool]:
    again, over = aliased(PaymentOp), (OpStatus.REFUSED, OpStatus.REVERSED)
    retried = exists().where(again.payslip_id == PaymentOp.payslip_id, again.status.not_in(over))
    return and_(PaymentOp.kind == OpKind.PAYOUT, PaymentOp.status.in_(over), ~retried)


def levers(seen_by: Actor) -> Select[SandboxLever]:
    """What the sandbox will still do to coming payments, for operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    return select(SandboxLever).where(SandboxLever.times_left > 0)


def payout(op_id: UUID, seen_by: Actor) -> PaymentOp:
    """A payout, for whoever is paid by it and for operators of finance. Raises NotFound."""
    found = db.session.get(PaymentOp, op_id)
    if found is None or found.kind is not OpKind.PAYOUT:
        raise NotFound
    if found.contractor_id != require_person(seen_by):
        require_operator(seen_by, OperatorRole.FINANCE)
    return found


def statement(name: str, seen_by: Actor, *, limit: int) -> Statement:
    """An account of the books by its name, such as "company:0199…:available", for its owner and operators of finance.

    Whoever may not see it is told what they are told about an account that does not exist (NotFound).
    """
    if not ACCOUNT_NAME.fullmatch(name):
        raise NotFound
    if not seen_by.is_operator(OperatorRole.FINANCE):
        _require_own(name, seen_by)
    currencies = db.session.scalars(
        select(LedgerAccount.currency).where(LedgerAccount.name == name).order_by(LedgerAccount.currency)
    ).all()
    if not currencies:
        raise NotFound
    return Statement(name, [books.balance(name, c) for c in currencies], books.lines_of_account(name, limit=limit))


def _owed_of_bookings(company_id: UUID) -> tuple[list[Money], Counter[str]]:
    """What adds up to what is owed for bookings, less what is paid of it, and how many cannot be reckoned."""
    # Bookings that cost the same are reckoned once: a page asks this, and most people work their shifts as planned.
    now = clock.now()
    alike = so_far.alike(now, company_id)
    kinds = so_far.not_yet_paid(now, company_id, alike)
    costs = {work.booking_id: so_far.if_known(owed, work) for work in kinds}
    dues = [cost * alike[booking_id] for booking_id, cost in costs.items() if cost is not None]
    if len(dues) == len(kinds):
        return dues + [-paid for paid in so_far.paid_of_unpaid(company_id)], Counter()
    # Each by itself, since what is paid of one that cannot be reckoned is not to be taken from the others.
    every = so_far.not_yet_paid(now, company_id)
    paid = works.issued([work.booking_id for work in every])
    known = [(work, so_far.if_known(owed, work)) for work in every]
    dues = [cost - paid.get(work.booking_id, Money.zero(cost.currency)) for work, cost in known if cost is not None]
    return dues, Counter(work.rate.currency for work, cost in known if cost is None)


def _test_holds(company_id: UUID) -> tuple[Select[str], Select[str]]:
    """The accounts of what a company has set aside for its tests, and for attempts at them."""
    funds = select(func.concat("qualification:", cast(Qualification.id, Text), ":hold"))
    holds = select(func.concat("attempt:", cast(Attempt.id, Text), ":hold"))
    return funds.where(Qualification.company_id == company_id), holds.where(Attempt.company_id == company_id)


def _sums(condition: ColumnElement[bool]) -> dict[str, int]:
    sums = select(LedgerAccount.currency, func.sum(LedgerAccount.balance)).where(condition)
    return {code: int(amount or 0) for code, amount in db.session.execute(sums.group_by(LedgerAccount.currency))}


def _require_money(company_id: UUID, by: Actor) -> None:
    if not by.is_operator(OperatorRole.FINANCE):
        require_company(by, company_id, Right.MONEY)


def _require_own(name: str, by: Actor) -> None:
    root, owner_id = _owner(name)
    if root in ("contractor", "benefit"):
        if not by.is_in_person(owner_id):
            raise NotFound
        return
    company_id = _company_behind(root, owner_id)
    if company_id is None:
        raise NotFound
    require_company(by, company_id, Right.MONEY)


def _owner(name: str) -> tuple[str, UUID]:
    """ "gig", and the id, of "gig:0199…:hold". Raises NotFound when no one owns an account of this name."""
    parts = name.split(":")
    try:
        return parts[0], UUID(parts[1])
    except (IndexError, ValueError):
        raise NotFound from None


def _company_behind(root: str, owner_id: UUID) -> UUID | None:
    match root:
        case "company":
            return owner_id
        case "gig":
            return db.session.scalar(select(Gig.company_id).where(Gig.id == owner_id))
        case "booking":
            return db.session.scalar(select(Booking.company_id).where(Booking.id == owner_id))
        case "qualification":
            return db.session.scalar(select(Qualification.company_id).where(Qualification.id == owner_id))
        case "guarantee":
            return db.session.scalar(select(Guarantee.company_id).where(Guarantee.id == owner_id))
        case "bonus":
            return db.session.scalar(select(Bonus.company_id).where(Bonus.id == owner_id))
        case "rail_fee":
            return db.session.scalar(select(RailFee.company_id).where(RailFee.id == owner_id))
        case "attempt":
            return db.session.scalar(select(Attempt.company_id).where(Attempt.id == owner_id))
    return None


@dataclass(frozen=True, slots=True)
class CompanyBenefit:
    """What a company has paid into one benefit of its people, by issued payslips. `seconds` count where it is leave."""

    kind: LineKind
    money: Money
    seconds: int
    people: int


def benefits_paid(company_id: UUID, seen_by: Actor) -> list[CompanyBenefit]:
    """By benefit and currency, for members who may see money. Raises NotFound or Forbidden."""
    require_company(seen_by, company_id, Right.MONEY)
    sums = (
        select(
            PayLine.kind,
            PayLine.currency,
            func.sum(PayLine.amount).label("amount"),
            func.sum(PayLine.seconds).label("seconds"),
            func.count(PayLine.contractor_id.distinct()).label("people"),
        )
        .join(Payslip, Payslip.id == PayLine.payslip_id)
        .where(
            PayLine.company_id == company_id,
            PayLine.payee_kind == Payee.BENEFITS,
            Payslip.status == PayslipStatus.ISSUED,
        )
        .group_by(PayLine.kind, PayLine.currency)
        .order_by(PayLine.kind, PayLine.currency)
    )
    rows = db.session.execute(sums)
    return [CompanyBenefit(r.kind, Money(int(r.amount), r.currency), int(r.seconds), int(r.people)) for r in rows]
