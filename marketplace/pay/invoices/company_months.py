"""The monthly statement of a company: what came, was set aside and was paid for what, and what stood there at
the beginning and at the end. Read from the postings of its own accounts, so that it equals the ledger by construction
and is the same whenever it is asked for, once the month is over."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime
from enum import StrEnum
from io import StringIO
from typing import Any
from uuid import UUID

from sqlalchemy import Subquery, case, func, or_, select, union_all
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import Actor, OperatorRole, Right, available_account, require_company
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.ledger.models import JournalEntry, LedgerAccount, Posting
from marketplace.pay import queries
from marketplace.pay.models import PayLine, Payslip
from marketplace.pay.rails.rules import COSTS as RAIL_COSTS
from marketplace.pay.rules import PayslipStatus, returning
from marketplace.pay.runs.lines import PLATFORM_FEES
from marketplace.pay.taxes.year_rules import cell
from marketplace.standards.line_kinds import OWN_BENEFITS, LineKind

HANDLING = "cut:%:handling"
"""What the books call the fee of an overturned cut."""


class Flow(StrEnum):
    """Where money of a company came from, or went to, by whose account is on the other side."""

    DEPOSIT = "deposit"
    REFUND = "refund"
    PAY = "pay"
    BENEFITS = "benefits"
    FEES = "fees"
    HANDLING = "handling"
    """Fees of cuts that were overturned."""
    VAT = "vat"
    MARGINS = "margins"
    ADVANCES = "advances"
    """What the service advanced, or has got back."""
    BANKS = "banks"
    """What banks kept of payouts that came back."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Kind:
    """What was paid for, by the kind of the line."""

    kind: LineKind
    money: Money
    seconds: int


@dataclass(frozen=True, slots=True)
class Month:
    """One currency of one month. What leaves is below zero; `opening` and all flows together are `closing`, which is
    what the company had, available and set aside. `set_aside` and `freed` moved between the two."""

    currency: str
    opening: Money
    flows: dict[Flow, Money]
    closing: Money
    set_aside: Money
    freed: Money
    kinds: Sequence[Kind]
    has_before: bool
    """Whether anything came or went before it."""


def month_of(company_id: UUID, name: str, seen_by: Actor) -> list[Month]:
    """The statement of a month such as "2026-11" (UTC), by currency. Raises NotFound where there is no such month."""
    if not seen_by.is_operator(OperatorRole.FINANCE):
        require_company(seen_by, company_id, Right.MONEY)
    begins, ends = bounds(name)
    own = _own(company_id)
    crossed, inside = _crossed(own, begins, ends), _inside(own, company_id, begins, ends)
    kinds = _kinds(company_id, begins, ends)
    return [_month(code, crossed, inside, kinds) for code in sorted({row.currency for row in crossed})]


def bounds(name: str) -> tuple[datetime, datetime]:
    """From when until before when a month is. Raises NotFound."""
    try:
        begins = datetime.strptime(name, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        raise NotFound from None
    following = (begins.year + begins.month // 12, begins.month % 12 + 1)
    if following[0] > MAXYEAR:
        raise NotFound
    return begins, begins.replace(year=following[0], month=following[1])


def as_csv(name: str, months: Sequence[Month]) -> str:
    """A line for each figure. What leaves is below zero."""
    made = StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(["month", "currency", "what", "amount"])
    for each in months:
        rows = [("opening", each.opening), *((str(flow), money) for flow, money in each.flows.items())]
        rows += [("closing", each.closing), ("set aside", each.set_aside), ("freed", each.freed)]
        rows += [(f"pay line {line.kind}", line.money) for line in each.kinds]
        for what, money in rows:
            writer.writerow([name, each.currency, cell(what), str(money.decimal)])
    return made.getvalue()


# --- the parts ------------------------------------------------------------------------------------------------------


def _own(company_id: UUID) -> Subquery:
    names = [available_account(company_id), returning(company_id)]
    mine = or_(LedgerAccount.name.in_(names), LedgerAccount.name.in_(queries.hold_names(company_id)))
    return select(LedgerAccount.id, LedgerAccount.name).where(mine).subquery()


def _crossed(own: Subquery, begins: datetime, ends: datetime) -> Sequence[Any]:
    """What crossed the border of the company's accounts before the end, by currency, time and the other side."""
    mine = select(own.c.id)
    other = aliased(LedgerAccount)
    parts = union_all(
        select(Posting.entry_id, Posting.currency, Posting.amount, Posting.source_id.label("other_id")).where(
            Posting.destination_id.in_(mine), Posting.source_id.not_in(mine)
        ),
        select(Posting.entry_id, Posting.currency, -Posting.amount, Posting.destination_id).where(
            Posting.source_id.in_(mine), Posting.destination_id.not_in(mine)
        ),
    ).subquery()
    is_before = (JournalEntry.at < begins).label("is_before")
    is_handling = JournalEntry.cause.like(HANDLING) & (other.name == PLATFORM_FEES)
    named = (other.name.like("platform:%"), other.name)
    root = case((is_handling, HANDLING), named, else_=func.split_part(other.name, ":", 1)).label("root")
    comes = (parts.c.amount > 0).label("comes")
    key = (parts.c.currency, is_before, root, comes)
    sums = (
        select(*key, func.sum(parts.c.amount).label("amount"))
        .join(JournalEntry, JournalEntry.id == parts.c.entry_id)
        .join(other, other.id == parts.c.other_id)
        .where(JournalEntry.at < ends)
    )
    return db.session.execute(sums.group_by(*key)).all()


def _inside(own: Subquery, company_id: UUID, begins: datetime, ends: datetime) -> Sequence[Any]:
    """What went between what is available and what is set aside."""
    mine, free = select(own.c.id), select(own.c.id).where(own.c.name == available_account(company_id))
    leaves = Posting.source_id.in_(free).label("leaves")
    sums = (
        select(Posting.currency, leaves, func.sum(Posting.amount).label("amount"))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(Posting.source_id.in_(mine), Posting.destination_id.in_(mine))
        .where(or_(Posting.source_id.in_(free), Posting.destination_id.in_(free)))
        .where(JournalEntry.at >= begins, JournalEntry.at < ends)
    )
    return db.session.execute(sums.group_by(Posting.currency, leaves)).all()


def _kinds(company_id: UUID, begins: datetime, ends: datetime) -> Sequence[Any]:
    sums = (
        select(
            PayLine.kind,
            PayLine.currency,
            func.sum(PayLine.amount).label("amount"),
            func.sum(PayLine.seconds).label("seconds"),
        )
        .join(Payslip, Payslip.id == PayLine.payslip_id)
        .where(PayLine.company_id == company_id, PayLine.kind.not_in(OWN_BENEFITS))
        .where(Payslip.status == PayslipStatus.ISSUED, Payslip.issued_at >= begins, Payslip.issued_at < ends)
        .group_by(PayLine.kind, PayLine.currency)
        .order_by(PayLine.kind)
    )
    return db.session.execute(sums).all()


def _month(code: str, crossed: Sequence[Any], inside: Sequence[Any], kinds: Sequence[Any]) -> Month:
    opening = Money.zero(code)
    flows: dict[Flow, Money] = {}
    for row in crossed:
        if row.currency != code:
            continue
        money = Money(int(row.amount), code)
        if row.is_before:
            opening += money
        else:
            flow = _flow(row.root, comes=row.comes)
            flows[flow] = flows.get(flow, Money.zero(code)) + money
    closing = opening
    for money in flows.values():
        closing += money
    moved = {row.leaves: Money(int(row.amount), code) for row in inside if row.currency == code}
    return Month(
        currency=code,
        opening=opening,
        flows={flow: flows[flow] for flow in Flow if flow in flows},
        closing=closing,
        set_aside=moved.get(True, Money.zero(code)),
        freed=moved.get(False, Money.zero(code)),
        kinds=[Kind(r.kind, Money(int(r.amount), code), int(r.seconds)) for r in kinds if r.currency == code],
        has_before=any(row.is_before for row in crossed if row.currency == code),
    )


_BY_ROOT = {
    "contractor": Flow.PAY,
    "benefit": Flow.BENEFITS,
    "third_party": Flow.MARGINS,
    PLATFORM_FEES: Flow.FEES,
    HANDLING: Flow.HANDLING,
    "platform:vat": Flow.VAT,
    "platform:guarantee": Flow.ADVANCES,
    RAIL_COSTS: Flow.BANKS,
}


def _flow(root: str, *, comes: bool) -> Flow:
    if root == "rail":
        return Flow.DEPOSIT if comes else Flow.REFUND
    return _BY_ROOT.get(root, Flow.OTHER)
