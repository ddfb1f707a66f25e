"""Reads of the books. They show everything: the rooms above decide who may ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger.models import JournalEntry, LedgerAccount, Posting
from marketplace.ledger.rules import Move


@dataclass(frozen=True, slots=True)
class Line:
    """A posting as a person reads it."""

    entry_id: UUID
    cause: str
    at: datetime
    source: str
    destination: str
    money: Money


def balance(name: str, currency: str) -> Money:
    """What stands in the account: what came in less what went out, from the postings themselves. Zero if it is new."""
    return balances([name], currency)[name]


def balances(names: Sequence[str], currency: str) -> dict[str, Money]:
    """`balance()` of many accounts, in two statements."""
    account = select(LedgerAccount.id, LedgerAccount.name).where(
        LedgerAccount.name.in_(names), LedgerAccount.currency == currency
    )
    ids = {row.id: row.name for row in db.session.execute(account)}
    sums = dict.fromkeys(names, 0)
    incoming = select(Posting.destination_id.label("id"), Posting.amount).where(Posting.destination_id.in_(ids))
    outgoing = select(Posting.source_id.label("id"), (-Posting.amount).label("amount")).where(
        Posting.source_id.in_(ids)
    )
    both = incoming.union_all(outgoing).subquery()
    for row in db.session.execute(select(both.c.id, func.sum(both.c.amount).label("sum")).group_by(both.c.id)):
        sums[ids[row.id]] = int(row.sum)
    return {name: Money(amount, currency) for name, amount in sums.items()}


def entry_of(cause: str) -> UUID | None:
    """The entry that was booked for a cause."""
    return db.session.scalar(select(JournalEntry.id).where(JournalEntry.cause == cause))


def moves_of(entry_ids: Sequence[UUID]) -> dict[UUID, list[Move]]:
    """The postings of each entry, in the order in which they were written."""
    moves: dict[UUID, list[Move]] = {entry_id: [] for entry_id in entry_ids}
    for line in _lines(Posting.entry_id.in_(entry_ids)):
        moves[line.entry_id].append(Move(line.source, line.destination, line.money))
    return moves


def lines_of_entry(entry_id: UUID) -> list[Line]:
    return _lines(Posting.entry_id == entry_id)


def lines_of_account(name: str, *, limit: int = 200) -> list[Line]:
    """The newest postings into or out of the account, in every currency, oldest of them first."""
    ids = select(LedgerAccount.id).where(LedgerAccount.name == name)
    return _lines(Posting.source_id.in_(ids) | Posting.destination_id.in_(ids), newest=limit)


def _lines(condition: ColumnElement[bool], newest: int | None = None) -> list[Line]:
    source, destination = aliased(LedgerAccount), aliased(LedgerAccount)
    found = (
        select(
            Posting,
            JournalEntry.cause,
            JournalEntry.at,
            source.name.label("source"),
            destination.name.label("destination"),
        )
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(source, source.id == Posting.source_id)
        .join(destination, destination.id == Posting.destination_id)
        .where(condition)
    )
    found = found.order_by(Posting.id.desc()).limit(newest) if newest else found.order_by(Posting.id)
    rows = db.session.execute(found).all()
    lines = [
        Line(
            r.Posting.entry_id,
            r.cause,
            r.at,
            r.source,
            r.destination,
            Money(r.Posting.amount, r.Posting.currency),
        )
        for r in rows
    ]
    return lines[::-1] if newest else lines


def wrong_balances() -> list[tuple[str, str, int, int]]:
    """Accounts whose kept balance is not the sum of their postings: (name, currency, kept, real). Must be empty."""
    incoming = select(Posting.destination_id.label("id"), Posting.amount)
    outgoing = select(Posting.source_id.label("id"), (-Posting.amount).label("amount"))
    both = incoming.union_all(outgoing).subquery()
    real = select(both.c.id, func.sum(both.c.amount).label("sum")).group_by(both.c.id).subquery()
    found = (
        select(
            LedgerAccount.name,
            LedgerAccount.currency,
            LedgerAccount.balance,
            func.coalesce(real.c.sum, 0).label("sum"),
        )
        .outerjoin(real, real.c.id == LedgerAccount.id)
        .where(LedgerAccount.balance.is_not(None), LedgerAccount.balance != func.coalesce(real.c.sum, 0))
    )
    return [(r.name, r.currency, r.balance, int(r.sum)) for r in db.session.execute(found)]


def sums_by_currency() -> dict[str, int]:
    """What all accounts of a currency hold together. Zero for each, or the books are broken."""
    into = select(Posting.currency, Posting.destination_id.label("id"), Posting.amount)
    out = select(Posting.currency, Posting.source_id.label("id"), (-Posting.amount).label("amount"))
    both = into.union_all(out).subquery()
    rows = db.session.execute(select(both.c.currency, func.sum(both.c.amount).label("sum")).group_by(both.c.currency))
    return {row.currency: int(row.sum) for row in rows}
