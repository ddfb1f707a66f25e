"""Yearly statements: what somebody earned and what was withheld, by company, currency and month, and their benefits.

The clock issues them once a year is over. What was withheld counts in the year of its pay date, and so does what is
given back of it later: then a new version follows, which names what changed.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, extract, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from marketplace.accounts.models import Company
from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, require_operator, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record_many
from marketplace.core.ids import new_id
from marketplace.core.problems import NotFound
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.rules import PayslipStatus
from marketplace.pay.taxes import income
from marketplace.pay.taxes import rules as tax_rules
from marketplace.pay.taxes import year_rules as tax_year_rules
from marketplace.pay.taxes.models import Withholding
from marketplace.pay.taxes.profiles import standings
from marketplace.pay.taxes.schemes import form_of, scheme_of
from marketplace.pay.taxes.year_models import YearStatement
from marketplace.pay.taxes.year_rules import text
from marketplace.standards.line_kinds import Payee

Key = tuple[UUID | None, str]
"""A company, None for the service and one's own benefits, and a currency."""
LAST_TO_END = timedelta(hours=12)
"""How long after UTC's the year ends in the last place. A pay date is that of where its person lives."""
_ONE_AFTER_THE_OTHER = select(func.pg_advisory_xact_lock(func.hashtext("year_statement")))


def issue_due(limit: int = 100) -> int:
    """Issues statements of years that are over, and new versions of those whose figures have changed since. Returns how
    many people it looked at."""
    # Two that issue at once would find the same people, and both make the same version.
    db.session.execute(_ONE_AFTER_THE_OTHER)
    this_year = (clock.now() - LAST_TO_END).year
    year = extract("year", Payslip.pay_date)
    there = select(YearStatement.id).where(
        YearStatement.contractor_id == Payslip.contractor_id, YearStatement.year == year
    )
    missing = select(year.label("year"), Payslip.contractor_id).where(
        Payslip.status == PayslipStatus.ISSUED, year < this_year, ~there.exists()
    )
    rows = [*db.session.execute(missing.distinct().order_by(year, Payslip.contractor_id).limit(limit))]
    rows += db.session.execute(_corrected(this_year).limit(limit))
    for of_year in sorted({int(row.year) for row in rows}):
        _issue(of_year, {row.contractor_id for row in rows if int(row.year) == of_year})
    return len(rows)


def mine(*, by: Actor) -> Select[YearStatement]:
    """Every version of the asker's statements."""
    return select(YearStatement).where(YearStatement.contractor_id == require_person(by))


def statement(statement_id: UUID, seen_by: Actor) -> YearStatement:
    """For whom it is about and for operators of finance. Raises NotFound."""
    found = db.session.get(YearStatement, statement_id)
    if found is None:
        raise NotFound
    if not seen_by.is_in_person(found.contractor_id):
        require_operator(seen_by, OperatorRole.FINANCE)
    return found


# --- the parts ------------------------------------------------------------------------------------------------------


def _corrected(this_year: int) -> Select[Any]:
    """Statements of which something was given back after their newest version."""
    newest = select(
        YearStatement.contractor_id, YearStatement.year, func.max(YearStatement.issued_at).label("issued_at")
    ).group_by(YearStatement.contractor_id, YearStatement.year)
    known = newest.where(YearStatement.year < this_year).subquery()
    return (
        select(known.c.year, known.c.contractor_id)
        .join(Withholding, Withholding.contractor_id == known.c.contractor_id)
        .where(extract("year", Withholding.paid_on) == known.c.year, Withholding.made_at > known.c.issued_at)
        .distinct()
        .order_by(known.c.year, known.c.contractor_id)
    )


def _issue(year: int, people: Collection[UUID]) -> None:
    found = figures(people, year)
    newest = (
        select(YearStatement)
        .where(YearStatement.contractor_id.in_(people), YearStatement.year == year)
        .ext(distinct_on(YearStatement.contractor_id))
        .order_by(YearStatement.contractor_id, YearStatement.version.desc())
    )
    before = {each.contractor_id: each for each in db.session.scalars(newest)}
    made = [_made(known, year, found[known], before.get(known)) for known in sorted(people)]
    fresh = [each for each in made if each is not None]
    db.session.add_all(fresh)
    told = {False: "year_statement.issued", True: "year_statement.corrected"}
    for again, event in told.items():
        own = [each for each in fresh if (each.version > 1) is again]
        record_many(event, [(each, {"year": year, "version": each.version}) for each in own], by=CLOCK)


def _made(person: UUID, year: int, told: Mapping[str, Any], before: YearStatement | None) -> YearStatement | None:
    changed = [] if before is None else tax_year_rules.changes(before.figures, told)
    if before is not None and not changed:
        return None
    return YearStatement(
        id=new_id(), contractor_id=person, year=year, version=1 if before is None else before.version + 1,
        country=told["country"], form=form_of(told["country"], year), figures=dict(told),
        sha256=tax_year_rules.sealed(told), changed=changed, issued_at=clock.now(),
    )  # fmt: skip


def figures(people: Collection[UUID], year: int) -> dict[UUID, dict[str, Any]]:
    """What the statement of each person holds now, in a constant number of statements."""
    first, last = date(year, 1, 1), tax_rules.end_of_year(year)
    earned, withheld = _earned(people, first, last), _withheld(people, first, last)
    kept = _benefits(people, first, last)
    where = standings(people, last)
    ids = {row.company_id for row in (*earned, *withheld) if row.company_id is not None}
    known = select(Company.id, Company.legal_name, Company.country).where(Company.id.in_(ids))
    companies = {row.id: row for row in db.session.execute(known)}
    told = {}
    for person in people:
        country = where[person].country
        own = _companies(
            [row for row in earned if row.contractor_id == person],
            [row for row in withheld if row.contractor_id == person],
            companies,
        )
        law = scheme_of(country, last)
        for each in own:
            each["boxes"] = tax_year_rules.boxes(form_of(country, year), law, each, country)
        told[person] = {
            "year": year,
            "country": country,
            "form": str(form_of(country, year)),
            "law": None if law is None else law.id,
            "companies": own,
            "benefits": [
                {"key": f"{row.kind}:{row.currency}", "kind": str(row.kind), "currency": row.currency,
                 "paid_in": text(int(row.amount), row.currency)}
                for row in kept
                if row.contractor_id == person
            ],
        }  # fmt: skip
    return told


def _companies(earned: Sequence[Any], withheld: Sequence[Any], known: Mapping[UUID, Any]) -> list[dict[str, Any]]:
    keys: list[Key] = sorted(
        {(row.company_id, row.currency) for row in (*earned, *withheld)}, key=lambda key: (str(key[0]), key[1])
    )
    return [
        _company(
            known.get(company_id) if company_id else None,
            (company_id, code),
            {int(r.month): r for r in earned if (r.company_id, r.currency) == (company_id, code)},
            {int(r.month): r for r in withheld if (r.company_id, r.currency) == (company_id, code)},
        )
        for company_id, code in keys
    ]


def _company(row: Any, key: Key, earned: Mapping[int, Any], withheld: Mapping[int, Any]) -> dict[str, Any]:
    company_id, code = key
    law = next((each.law_currency for each in withheld.values()), code)
    sums = {
        "earned": sum(int(each.amount) for each in earned.values()),
        "withheld": sum(int(each.amount) for each in withheld.values()),
    }
    return {
        "key": f"{company_id}:{code}",
        "company_id": None if company_id is None else str(company_id),
        "name": "Setara" if row is None else row.legal_name,
        "country": None if row is None else row.country,
        "currency": code,
        "months": [
            {
                "key": month,
                "month": month,
                "earned": text(int(earned[month].amount) if month in earned else 0, code),
                "withheld": text(int(withheld[month].amount) if month in withheld else 0, code),
            }
            for month in sorted({*earned, *withheld})
        ],
        **{name: text(amount, code) for name, amount in sums.items()},
        "law_currency": law,
        "law_base": text(sum(int(each.law_base or 0) for each in withheld.values()), law),
        "law_withheld": text(sum(int(each.law_amount or 0) for each in withheld.values()), law),
    }


def _earned(people: Collection[UUID], first: date, last: date) -> Sequence[Any]:
    month = extract("month", Payslip.pay_date).label("month")
    key = (PayLine.contractor_id, PayLine.company_id, PayLine.currency)
    sums = (
        select(*key, month, func.sum(PayLine.amount).label("amount"))
        .join(Payslip, Payslip.id == PayLine.payslip_id)
        .where(Payslip.contractor_id.in_(people), income.is_pay(), Payslip.status == PayslipStatus.ISSUED)
        .where(Payslip.pay_date.between(first, last))
    )
    return db.session.execute(sums.group_by(*key, month).order_by(*key, month)).all()


def _withheld(people: Collection[UUID], first: date, last: date) -> Sequence[Any]:
    month = extract("month", Withholding.paid_on).label("month")
    key = (Withholding.contractor_id, Withholding.company_id, Withholding.currency)
    sums = select(
        *key,
        month,
        func.sum(Withholding.amount).label("amount"),
        func.max(Withholding.law_currency).label("law_currency"),
        func.sum(Withholding.law_base).label("law_base"),
        func.sum(Withholding.law_amount).label("law_amount"),
    ).where(Withholding.contractor_id.in_(people), Withholding.paid_on.between(first, last))
    return db.session.execute(sums.group_by(*key, month).order_by(*key, month)).all()


def _benefits(people: Collection[UUID], first: date, last: date) -> Sequence[Any]:
    key = (PayLine.contractor_id, PayLine.kind, PayLine.currency)
    sums = (
        select(*key, func.sum(PayLine.amount).label("amount"))
        .join(Payslip, Payslip.id == PayLine.payslip_id)
        .where(Payslip.contractor_id.in_(people), PayLine.payee_kind == Payee.BENEFITS)
        .where(Payslip.status == PayslipStatus.ISSUED, Payslip.pay_date.between(first, last))
    )
    return db.session.execute(sums.group_by(*key).order_by(*key)).all()
