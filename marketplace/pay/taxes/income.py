"""What counts as pay, and what companies have paid, and withheld of it, earlier in a law's period. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, tuple_

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.rules import PayslipStatus
from marketplace.pay.taxes import rules as tax_rules
from marketplace.pay.taxes.models import Withholding
from marketplace.pay.taxes.rules import CONTRACTOR, NO_INCOME
from marketplace.pay.taxes.schemes import Scheme
from marketplace.standards.exchange import quotes_of
from marketplace.standards.floor import Quote
from marketplace.standards.line_kinds import Payee

Pair = tuple[UUID, UUID]
"""A person and a company."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the company paid and withheld in the period so far, in minor units of the law's currency."""

    base: Fraction = Fraction(0)
    withheld: int = 0
    """Less what was given back of it."""
    given_back: int = 0


NONE_BEFORE = Earlier()


def is_pay() -> ColumnElement[bool]:
    """Whether a pay line is something that the person earned: also their own benefits, once they are paid out."""
    return (PayLine.payee_kind == Payee.CONTRACTOR) & PayLine.kind.not_in(NO_INCOME)


def is_income() -> ColumnElement[bool]:
    """Whether a pay line counts as pay of the person's by a company."""
    return (PayLine.payee_kind == Payee.CONTRACTOR) & PayLine.kind.not_in(NO_INCOME) & PayLine.company_id.is_not(None)


def of_contractors() -> ColumnElement[bool]:
    """Whether a pay line was earned as an independent contractor, or under no contract."""
    return func.coalesce(PayLine.engagement_type, CONTRACTOR) == CONTRACTOR


def before(law: Scheme, pairs: set[Pair], slip_ids: Sequence[UUID], on: date) -> dict[Pair, Earlier]:
    """What these companies paid these people in the law's period by other payslips, and withheld of it and gave back.
    A payment counts as it was reckoned then, or else at the rate of its own day: that of today says nothing of it."""
    begins = tax_rules.begin_of(law.period, on)
    found: dict[Pair, Earlier] = {}
    rows = _paid(law, pairs, slip_ids, begins)
    rates = quotes_of(_asked(law, rows))
    for row in rows:
        pair = (row.contractor_id, row.company_id)
        so_far = found.get(pair, NONE_BEFORE)
        found[pair] = replace(so_far, base=so_far.base + _worth(law, row, rates))
    gone = Withholding.amount < 0
    taken = (
        select(
            Withholding.contractor_id,
            Withholding.company_id,
            func.coalesce(func.sum(Withholding.law_amount), 0).label("amount"),
            func.coalesce(-func.sum(Withholding.law_amount).filter(gone), 0).label("given_back"),
        )
        .where(
            tuple_(Withholding.contractor_id, Withholding.company_id).in_(pairs),
            Withholding.scheme == law.id,
            Withholding.paid_on >= begins,
        )
        .group_by(Withholding.contractor_id, Withholding.company_id)
    )
    for had in db.session.execute(taken):
        pair = (had.contractor_id, had.company_id)
        so_far = found.get(pair, NONE_BEFORE)
        found[pair] = replace(so_far, withheld=int(had.amount), given_back=int(had.given_back))
    return found


def _paid(law: Scheme, pairs: set[Pair], slip_ids: Sequence[UUID], begins: date) -> Sequence[Any]:
    """What other payslips of the period paid, by day and currency, and what the law was told of it where it was."""
    each = (
        select(
            PayLine.contractor_id,
            PayLine.company_id,
            PayLine.currency,
            Payslip.pay_date,
            Payslip.id.label("slip_id"),
            func.sum(PayLine.amount).label("amount"),
        )
        .join(Payslip, Payslip.id == PayLine.payslip_id)
        .where(
            is_income(),
            of_contractors(),
            Payslip.contractor_id.in_({person for person, _ in pairs}),
            tuple_(PayLine.contractor_id, PayLine.company_id).in_(pairs),
            Payslip.status == PayslipStatus.ISSUED,
            Payslip.pay_date >= begins,
            Payslip.id.not_in(slip_ids),
        )
        .group_by(PayLine.contractor_id, PayLine.company_id, PayLine.currency, Payslip.pay_date, Payslip.id)
        .subquery()
    )
    told = and_(
        Withholding.payslip_id == each.c.slip_id,
        Withholding.company_id == each.c.company_id,
        Withholding.scheme == law.id,
        Withholding.law_base.is_not(None),
    )
    key = (each.c.contractor_id, each.c.company_id, each.c.currency, each.c.pay_date)
    sums = select(
        *key,
        func.sum(Withholding.law_base).label("told"),
        func.sum(each.c.amount).filter(Withholding.law_base.is_(None)).label("untold"),
    ).outerjoin(Withholding, told)
    return db.session.execute(sums.group_by(*key)).all()


def _asked(law: Scheme, rows: Sequence[Any]) -> dict[tuple[str, date], set[str]]:
    """The rates that are needed, by the day that each is of."""
    asked: dict[tuple[str, date], set[str]] = {}
    for row in rows:
        if row.untold:
            asked.setdefault((law.currency, row.pay_date), set()).add(row.currency)
    return asked


def _worth(law: Scheme, row: Any, rates: Mapping[tuple[str, date], Mapping[str, Quote]]) -> Fraction:
    """In the law's currency. What no source prices counts for nothing, as it did on its day."""
    worth = Fraction(int(row.told or 0))
    quote = rates[law.currency, row.pay_date].get(row.currency) if row.untold else None
    if quote is not None:
        worth += tax_rules.there(Money(int(row.untold), row.currency), quote.rate, law.currency)
    return worth
