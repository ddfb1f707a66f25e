"""Tax that a law has a company withhold: taken out of what a payslip makes payable, in the transaction that books it.

In prose. The law of the country in which a person pays taxes speaks where the company has its seat in the same country
and the person works as an independent contractor. Its base is all that the company's lines pay the person, also leave
and what a ruling restores, but not what makes good a rail's fee; benefits are counted when they are paid out. Pay of
the same company in the same period is counted together. What is withheld is the person's own tax, paid in their name:
the floor is compared before it, as minimum wages are (rule WITHHOLDING). A payment's month and year are those of the
day that it is where the person lives.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from marketplace.accounts.models import Company
from marketplace.accounts.rules import Actor, OperatorRole, reason_given, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.taxes import income
from marketplace.pay.taxes import rules as tax_rules
from marketplace.pay.taxes.income import NONE_BEFORE, Earlier, Pair
from marketplace.pay.taxes.models import Withholding
from marketplace.pay.taxes.profiles import Standing, standings, today_of
from marketplace.pay.taxes.rules import NotCorrectable, OwnTax, Payer, Why, tax_account
from marketplace.pay.taxes.schemes import Scheme, scheme_of
from marketplace.standards import two_people
from marketplace.standards.act_models import MoneyAct
from marketplace.standards.act_rules import ActKind
from marketplace.standards.exchange import quotes
from marketplace.standards.floor import Quote
from marketplace.workforce.pay_scope import PayScope


@dataclass(frozen=True, slots=True)
class Income:
    """What one company pays one person by one payslip; None is one that is not there yet."""

    payslip_id: UUID | None
    contractor_id: UUID
    company_id: UUID
    money: Money


@dataclass(frozen=True, slots=True)
class Case:
    """Such an income where a law speaks about it."""

    income: Income
    law: Scheme
    standing: Standing

    @property
    def base(self) -> Money:
        return self.income.money

    @property
    def pair(self) -> Pair:
        return self.income.contractor_id, self.income.company_id


def take(slips: Sequence[Payslip]) -> None:
    """Withholds from these payslips, which are booked in this transaction, what laws ask for; and adds to them what is
    given back of earlier ones.

    The accounts of what is payable are locked since they were booked: another run of the same people comes after this
    one, and counts what this one withheld.
    """
    dated = select(Payslip.id, Payslip.pay_date).where(Payslip.id.in_([slip.id for slip in slips]))
    days = {row.id: row.pay_date for row in db.session.execute(dated)}
    rows = []
    for on in sorted(set(days.values())):
        of_day = [slip for slip in slips if days[slip.id] == on]
        standing = standings({slip.contractor_id for slip in of_day}, on)
        rows += _rows(_incomes(of_day, standing, on), standing, on)
    if rows:
        db.session.execute(insert(Withholding).execution_options(render_nulls=True), rows)
        entries = [_entry(row) for row in rows if row["amount"]]
        if entries:
            ledger.post_many(entries)
    give(slips)
    _sum_up(slips)


def foresee(incomes: Sequence[Income], people: Collection[tuple[UUID, str]]) -> dict[str, int]:
    """What `take()` would withhold now of incomes that no payslip has yet, in minor units by currency, less what waits
    to be given back to these people in these currencies. As far as is known today: rates and what else is paid in the
    law's period may be others on the day. Nothing is changed."""
    days = today_of({each.contractor_id for each in incomes})
    found: dict[str, int] = {}
    for on in sorted(set(days.values())):
        of_day = [each for each in incomes if days[each.contractor_id] == on]
        for row in _rows(of_day, standings({each.contractor_id for each in of_day}, on), on):
            found[row["currency"]] = found.get(row["currency"], 0) + row["amount"]
    waiting = (
        select(Withholding.currency, func.sum(Withholding.amount).label("amount"))
        .where(Withholding.payslip_id.is_(None), tuple_(Withholding.contractor_id, Withholding.currency).in_(people))
        .group_by(Withholding.currency)
    )
    for back in db.session.execute(waiting):
        found[back.currency] = found.get(back.currency, 0) + int(back.amount)
    return found


def lock_returns(scope: PayScope) -> None:
    """What waits to be given back is taken by no other run until the commit."""
    waiting = select(Withholding.id).where(Withholding.payslip_id.is_(None))
    waiting = scope.narrow(waiting, Withholding.contractor_id)
    db.session.execute(waiting.order_by(Withholding.id).with_for_update()).all()


def waiting_returns(scope: PayScope) -> Select[UUID, str]:
    """People and currencies to whom something is to be given back, and who have no payslip for it yet."""
    waiting = select(Withholding.contractor_id, Withholding.currency).where(Withholding.payslip_id.is_(None))
    waiting = scope.narrow(waiting, Withholding.contractor_id)
    return waiting.group_by(Withholding.contractor_id, Withholding.currency)


def give_back(withholding_id: UUID, money: Money, reason: str, *, by: Actor) -> Withholding | MoneyAct:
    """Corrects what was withheld: some of it is the person's again and is paid with the next run; what is too much for
    one operator waits for another (TWO_PEOPLE). For operators of finance, with a reason that the person reads. Raises
    NotCorrectable, ReasonMissing, NotFound, OwnTax, WaitsAlready."""
    require_operator(by, OperatorRole.FINANCE)
    alone = two_people.tally(by)
    row, why = _correctable(withholding_id, money, by), reason_given(reason)
    said = {"amount": money.amount, "currency": money.currency, "reason": why}
    return alone.once(
        ActKind.GIVEN_BACK, row.id, money, said, lambda: _give_back(row, money, why, by=by), by=by, of=row.contractor_id
    )


def give_back_as_said(act: MoneyAct, said: Mapping[str, Any], *, by: Actor) -> Withholding:
    """A second operator has agreed to it. Raises NotCorrectable, OwnTax."""
    money = Money(said["amount"], said["currency"])
    return _give_back(_correctable(UUID(act.subject), money, by), money, said["reason"], by=by)


def _correctable(withholding_id: UUID, money: Money, by: Actor) -> Withholding:
    """A line of which so much can be given back, locked, of somebody else."""
    row = db.session.get(Withholding, withholding_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    if row.contractor_id == by.person_id:
        raise OwnTax
    gone = select(func.coalesce(-func.sum(Withholding.amount), 0)).where(Withholding.of_id == row.id)
    left = row.amount - int(db.session.scalar(gone) or 0)
    free = row.why is Why.WITHHELD and row.remittance_id is None
    if not free or money.currency != row.currency or not 0 < money.amount <= left:
        raise NotCorrectable(field="money", left=str(Money(left if free else 0, row.currency)))
    return row


def _give_back(row: Withholding, money: Money, reason: str, *, by: Actor) -> Withholding:
    made = Withholding(
        id=new_id(), contractor_id=row.contractor_id, company_id=row.company_id, country=row.country,
        scheme=row.scheme, why=Why.GIVEN_BACK, paid_on=row.paid_on, base_amount=0, amount=-money.amount,
        currency=row.currency, law_amount=_law_part(row, money), law_currency=row.law_currency, of_id=row.id,
        reason=reason, decided_by=require_person(by), made_at=clock.now(),
    )  # fmt: skip
    db.session.add(made)
    record("withholding.given_back", made, by=by, data={"amount": str(money.decimal), "currency": money.currency})
    ledger.post(tax_rules.given_back_entry(made.id, made.contractor_id, made.account, money))
    return made


# --- reads ----------------------------------------------------------------------------------------------------------


def mine(*, by: Actor) -> Select[Withholding]:
    """Everything that was withheld from the asker, and given back."""
    return select(Withholding).where(Withholding.contractor_id == require_person(by))


def of_payslip(payslip_id: UUID) -> list[Withholding]:
    """What laws did to a payslip. The caller may see it."""
    found = select(Withholding).where(Withholding.payslip_id == payslip_id)
    return list(db.session.scalars(found.order_by(Withholding.id)))


def everything(seen_by: Actor) -> Select[Withholding]:
    """For operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    return select(Withholding)


# --- the parts ------------------------------------------------------------------------------------------------------


def _rows(incomes: Sequence[Income], standing: Mapping[UUID, Standing], on: date) -> list[dict[str, Any]]:
    cases = _cases(incomes, standing, on)
    laws = {case.law.id: case.law for case in cases}.values()
    return [row for law in laws for row in _of_law(law, [case for case in cases if case.law is law], on)]


def _incomes(slips: Sequence[Payslip], standing: Mapping[UUID, Standing], on: date) -> list[Income]:
    """What these payslips pay people of whom a law speaks; of all others nothing is asked."""
    by_id = {slip.id: slip for slip in slips if scheme_of(standing[slip.contractor_id].country, on) is not None}
    if not by_id:
        return []
    sums = (
        select(PayLine.payslip_id, PayLine.company_id, func.sum(PayLine.amount).label("amount"))
        .where(
            PayLine.payslip_id == any_(bindparam(None, list(by_id), type_=ARRAY(Uuid()))),
            income.is_income(),
            income.of_contractors(),
        )
        .group_by(PayLine.payslip_id, PayLine.company_id)
        .order_by(func.min(cast(PayLine.id, Text)))
    )
    found = []
    for row in db.session.execute(sums):
        slip = by_id[row.payslip_id]
        found.append(Income(slip.id, slip.contractor_id, row.company_id, Money(int(row.amount), slip.currency)))
    return found


def _cases(incomes: Sequence[Income], standing: Mapping[UUID, Standing], on: date) -> list[Case]:
    if not incomes:
        return []
    known = select(Company.id, Company.country).where(Company.id.in_({each.company_id for each in incomes}))
    seats = {row.id: row.country for row in db.session.execute(known)}
    cases = []
    for each in incomes:
        whose = standing[each.contractor_id]
        law = scheme_of(whose.country, on) if seats[each.company_id] == whose.country else None
        if law is not None and each.money:
            cases.append(Case(each, law, whose))
    return cases


def _of_law(law: Scheme, cases: Sequence[Case], on: date) -> list[dict[str, Any]]:
    pairs = {case.pair for case in cases}
    slips = [case.income.payslip_id for case in cases if case.income.payslip_id is not None]
    before = income.before(law, pairs, slips, on)
    rates = quotes({case.base.currency for case in cases}, law.currency, on)
    rows = []
    for case in cases:
        row = _row(case, rates.get(case.base.currency), before.get(case.pair, NONE_BEFORE), on)
        if row is None:
            continue
        rows.append(row)
        # Two payslips of one run, in two currencies, are counted together too.
        so_far = before.get(case.pair, NONE_BEFORE)
        before[case.pair] = replace(
            so_far,
            base=so_far.base + (row["law_base"] or 0),
            withheld=so_far.withheld + (row["law_amount"] or 0),
        )
    return rows


def _row(case: Case, quote: Quote | None, before: Earlier, on: date) -> dict[str, Any] | None:
    law, base = case.law, case.base
    row: dict[str, Any] = {
        "id": new_id(),
        "payslip_id": case.income.payslip_id,
        "contractor_id": case.income.contractor_id,
        "company_id": case.income.company_id,
        "country": law.country,
        "scheme": law.id,
        "paid_on": on,
        "base_amount": base.amount,
        "currency": base.currency,
        "law_currency": law.currency,
        "made_at": clock.now(),
        "law_base": None,
        "law_amount": None,
        "rate_source": None,
        "percent": None,
        "amount": 0,
    }
    if quote is None:
        asked = not (law.only_without_number and case.standing.has_number)
        return row | {"why": Why.NO_RATE} if asked else None
    there = tax_rules.there(base, quote.rate, law.currency)
    payer = Payer(
        has_number=case.standing.has_number,
        certificate=case.standing.certificate,
        base=there,
        base_before=before.base,
        withheld_before=before.withheld,
        given_back_before=before.given_back,
    )
    tax = tax_rules.reckon(law, payer)
    if tax is None:
        return None
    return row | {
        "why": tax.why,
        "percent": tax.percent,
        "amount": min(tax_rules.back(tax.amount, quote.rate, law, base.currency), base.amount),
        "law_base": round(there),
        "law_amount": tax.amount,
        "rate_source": None if base.currency == law.currency else f"{quote.source}, {quote.quoted_on}",
    }


def _entry(row: Mapping[str, Any]) -> Entry:
    account = tax_account(row["country"], row["company_id"])
    money = Money(row["amount"], row["currency"])
    return tax_rules.withheld_entry(row["id"], row["contractor_id"], account, money)


def give(slips: Sequence[Payslip]) -> None:
    """Has these payslips pay what waits to be given back to their people in their currencies. Not a person's verb: runs
    call it."""
    own = {(slip.contractor_id, slip.currency): slip.id for slip in slips}
    waiting = select(Withholding).where(
        Withholding.payslip_id.is_(None), tuple_(Withholding.contractor_id, Withholding.currency).in_(own)
    )
    for row in db.session.scalars(waiting.order_by(Withholding.id).with_for_update(skip_locked=True)):
        row.payslip_id = own[row.contractor_id, row.currency]
    db.session.flush()


def _sum_up(slips: Sequence[Payslip]) -> None:
    sums = select(Withholding.payslip_id, func.sum(Withholding.amount).label("amount")).where(
        Withholding.payslip_id.in_([slip.id for slip in slips])
    )
    rows = db.session.execute(sums.group_by(Withholding.payslip_id)).all()
    told = [{"id": row.payslip_id, "withheld_amount": int(row.amount)} for row in rows if row.amount]
    if told:
        db.session.execute(update(Payslip), told)


def _law_part(row: Withholding, money: Money) -> int | None:
    """What is given back, in the law's currency: never less of it than of the payslip's."""
    if row.law_amount is None or not row.amount:
        return None
    return -min(row.law_amount, ceil(Fraction(row.law_amount * money.amount, row.amount)))
