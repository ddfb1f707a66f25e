"""The statement of somebody's benefits: what stands, how it came to be month by month, and every entry, for export."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from marketplace.accounts.rules import Actor, OperatorRole, require_operator
from marketplace.contracts import benefits, insurance, leave
from marketplace.contracts.benefits import Balance
from marketplace.contracts.insurance import Insured
from marketplace.contracts.models import BenefitEntry
from marketplace.contracts.plans import Plan, plans
from marketplace.contracts.rules import EntryKind, Unit
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money

COLUMNS = ("at", "plan", "event", "seconds", "amount", "currency", "reference", "rule", "rule_version")


@dataclass(frozen=True, slots=True)
class Month:
    """What a month added to a benefit and took from it, in the plan's unit, and what stood at its end. `taken` is not
    negative."""

    first_day: date
    added: int
    taken: int
    balance: int


@dataclass(frozen=True, slots=True)
class Course:
    """A benefit over time: every month from its first entry to now. `currency` is None where seconds are counted."""

    plan: Plan
    currency: str | None
    months: Sequence[Month]


@dataclass(frozen=True, slots=True)
class Statement:
    """Everything about one person's benefits at a moment. `leave_money` is what their sick leave is worth."""

    contractor_id: UUID
    at: datetime
    balances: Sequence[Balance]
    leave_money: Sequence[Money]
    courses: Sequence[Course]
    insured: Sequence[Insured]
    plans: Mapping[UUID, Plan]
    entries: Sequence[BenefitEntry]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Every entry under the names of `COLUMNS`, the oldest first."""
        return [_row(entry, self.plans[entry.plan_id]) for entry in self.entries]

    @property
    def sha256(self) -> str:
        """Of the rows as canonical JSON: who holds two statements can see that the later one contains the earlier."""
        return hashlib.sha256(json.dumps(self.rows, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def statement(contractor_id: UUID, seen_by: Actor) -> Statement:
    """For the contractor, operators and the service. Raises NotFound for everybody else."""
    known = plans()
    balances = benefits.balances(contractor_id, seen_by)
    found = db.session.scalars(
        select(BenefitEntry)
        .where(BenefitEntry.contractor_id == contractor_id)
        .order_by(BenefitEntry.at, BenefitEntry.id)
    ).all()
    by_id = {plan.id: plan for plan in known.values()}
    return Statement(
        contractor_id=contractor_id,
        at=clock.now(),
        balances=balances,
        leave_money=leave.available(contractor_id).money,
        courses=list(_courses(found, by_id, clock.now().date())),
        insured=insurance.of_person(contractor_id, seen_by),
        plans=by_id,
        entries=found,
    )


def as_csv(shown: Statement) -> str:
    """The rows as RFC 4180 has them, with a line of names."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(shown.rows)
    return text.getvalue()


@dataclass(frozen=True, slots=True)
class Total:
    """A plan over all people: what ever accrued, what of it was used, expired or left, and what stands."""

    plan: Plan
    currency: str | None
    people: int
    accrued: int
    gone: int

    @property
    def stands(self) -> int:
        return self.accrued - self.gone


def totals(seen_by: Actor) -> list[Total]:
    """Over everybody, for operators of standards or finance, in one statement."""
    require_operator(seen_by, OperatorRole.STANDARDS, OperatorRole.FINANCE)
    adds = BenefitEntry.quantity > 0
    sums = select(
        BenefitEntry.plan_id,
        BenefitEntry.currency,
        func.count(BenefitEntry.contractor_id.distinct()).label("people"),
        func.coalesce(func.sum(BenefitEntry.quantity).filter(adds), 0).label("accrued"),
        func.coalesce(-func.sum(BenefitEntry.quantity).filter(~adds), 0).label("gone"),
    ).group_by(BenefitEntry.plan_id, BenefitEntry.currency)
    by_id = {plan.id: plan for plan in plans().values()}
    rows = db.session.execute(sums.order_by(BenefitEntry.plan_id, BenefitEntry.currency))
    return [Total(by_id[r.plan_id], r.currency, int(r.people), int(r.accrued), int(r.gone)) for r in rows]


def _courses(entries: Iterable[BenefitEntry], known: Mapping[UUID, Plan], today: date) -> Iterable[Course]:
    own: dict[tuple[UUID, str | None], dict[date, tuple[int, int]]] = {}
    for entry in entries:
        month = entry.at.astimezone(UTC).date().replace(day=1)
        months = own.setdefault((entry.plan_id, entry.currency), {})
        added, taken = months.get(month, (0, 0))
        months[month] = (added + max(entry.quantity, 0), taken - min(entry.quantity, 0))
    for (plan_id, currency), months in sorted(own.items(), key=lambda pair: (str(pair[0][0]), pair[0][1] or "")):
        yield Course(known[plan_id], currency, list(_months(months, today)))


def _months(changed: Mapping[date, tuple[int, int]], today: date) -> Iterable[Month]:
    month, last, balance = min(changed), max(*changed, today.replace(day=1)), 0
    while month <= last:
        added, taken = changed.get(month, (0, 0))
        balance += added - taken
        yield Month(month, added, taken, balance)
        month = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


def _row(entry: BenefitEntry, plan: Plan) -> dict[str, Any]:
    in_seconds = plan.unit is Unit.SECONDS
    money = None if in_seconds or entry.currency is None else Money(entry.quantity, entry.currency)
    return {
        "at": entry.at.astimezone(UTC).isoformat(),
        "plan": plan.code,
        "event": EntryKind(entry.kind).value,
        "seconds": entry.quantity if in_seconds else None,
        "amount": None if money is None else str(money.decimal),
        "currency": entry.currency,
        "reference": entry.reference,
        "rule": entry.rule,
        "rule_version": entry.rule_version,
    }
