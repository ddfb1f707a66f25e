"""The verbs of the books: post, post many, reverse."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, collate, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert

from marketplace.core import clock
from marketplace.core.db import db, send_one
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.sending import Order, Rows
from marketplace.ledger import queries
from marketplace.ledger.models import JournalEntry, LedgerAccount
from marketplace.ledger.rules import CauseTaken, Entry, Move, may_overdraw, net_effect, short_of
from marketplace.ledger.statements import HANDED_IN, ONE_MOVE, Source, booked, sides

Pair = tuple[str, str]
"""An account: its name and currency."""

# Built once, since building a statement takes longer than running it.
_KNOWN = select(LedgerAccount.name, LedgerAccount.currency, LedgerAccount.balance).where(
    tuple_(LedgerAccount.name, LedgerAccount.currency).in_(bindparam("wanted", expanding=True))
)
_HELD = (
    _KNOWN.where(LedgerAccount.balance.is_not(None))
    .order_by(collate(LedgerAccount.name, "C"), LedgerAccount.currency)
    .with_for_update(key_share=True)
)
_OPENED = upsert(LedgerAccount).on_conflict_do_nothing()


def post(entry: Entry) -> UUID:
    """Books one entry and returns its id. See `post_many`."""
    return post_many([entry])[0]


def post_many(entries: Sequence[Entry]) -> list[UUID]:
    """Books all entries or none, in one statement however many, and returns their ids in the order given. Nothing is
    booked for none.

    An entry whose cause was booked before with the same postings is left alone and its first id returned, so a
    repeated call is harmless; with other postings it raises CauseTaken. Raises InsufficientFunds when an account that
    may not be overdrawn would be; the transaction must then be rolled back or a savepoint used.
    """
    return send_one(posting(entries)) if entries else []


def posting(entries: Sequence[Entry]) -> Order[list[UUID]]:
    """What `post_many()` sends, of one entry at least, to be sent with other statements."""
    if len(entries) == 1 and len(entries[0].moves) == 1:
        return _moving_once(entries[0], entries[0].moves[0])
    fresh = {entry.cause: new_id() for entry in entries}
    if len(fresh) != len(entries):
        raise CauseTaken("The same cause stands twice in one call.")
    moves = [(fresh[entry.cause], move) for entry in entries for move in entry.moves]
    pairs = sorted({(name, move.money.currency) for _, move in moves for name in (move.source, move.destination)})
    facts = _facts(entries, fresh, moves) | _accounts(pairs)

    def posted(new: set[UUID]) -> list[UUID]:
        known = _check_repeated([entry for entry in entries if fresh[entry.cause] not in new])
        return [known.get(entry.cause, fresh[entry.cause]) for entry in entries]

    return _booking(HANDED_IN, facts).and_then(posted)


def _moving_once(entry: Entry, move: Move) -> Order[list[UUID]]:
    """`posting()` of one entry with one move."""
    entry_id, currency, amount = new_id(), move.money.currency, move.money.amount
    free = [(name, currency) for name in (move.source, move.destination) if may_overdraw(name)]
    facts = {
        "id": entry_id,
        "cause": entry.cause,
        "at": clock.now(),
        "data": json.dumps(dict(entry.data)),
        "source": move.source,
        "destination": move.destination,
        "amount": amount,
        "currency": currency,
        "account_id": new_id(),
        "free": len(free),
        "keeps": not may_overdraw(move.destination),
    }

    def check(rows: Rows) -> list[UUID]:
        (row,) = rows
        if row.is_unopened:
            _open(free)
            return send_one(Order(ONE_MOVE, facts, check))
        if not row.is_fresh:
            return [_check_repeated([entry])[entry.cause]]
        if not row.is_posted:
            _refuse([(move.source, currency, -amount)])
        return [entry_id]

    return Order(ONE_MOVE, facts, check)


def post_all(source: Source, given: Mapping[str, Sequence[Any]]) -> int:
    """Books entries that stand in tables already, all or none, however many, in two statements; returns how many are
    new. `given` are the arrays that the source takes.

    An entry whose cause was booked before is left alone, and not compared: whoever books in sets knows what is new, and
    compares the number that is returned. Raises InsufficientFunds as `post_many()` does.
    """
    pairs = sorted((row.name, row.currency) for row in send_one(Order(sides(source), given, list)))
    if not pairs:
        return 0
    return len(send_one(_booking(source, {**given, "at": clock.now()} | _accounts(pairs))))


def _booking(source: Source, facts: Mapping[str, Any]) -> Order[set[UUID]]:
    """Books what the source gives, and returns the ids of the entries that are new."""
    statement = booked(source)

    def check(rows: Rows) -> set[UUID]:
        (row,) = rows
        if row.unopened:
            _open([(name, currency) for name, currency in row.unopened])
            return send_one(Order(statement, facts, check))
        if row.short:
            _refuse(row.short)
        return set(row.fresh or ())

    return Order(statement, facts, check)


def hold_still(accounts: Collection[Pair]) -> dict[Pair, Money]:
    """Locks these accounts until the commit, in the order in which every entry locks them, and returns what stands in
    each; an account that is new holds nothing. For whoever books several entries one after the other: who locks one
    account more with each of them may wait for somebody who waits for them."""
    rows = db.session.connection().execute(_HELD, {"wanted": list(accounts)}) if accounts else ()
    there = {(row.name, row.currency): row.balance for row in rows}
    return {pair: Money(there.get(pair, 0), pair[1]) for pair in accounts}


def reverse(entry_id: UUID, *, cause: str) -> UUID:
    """Books the opposite of an entry, under a cause of its own. The way to mend a mistake; nothing is ever edited."""
    moves = [Move(m.destination, m.source, m.money) for m in queries.moves_of([entry_id])[entry_id]]
    return post(Entry(cause, moves, {"reverses": str(entry_id)}))


def _check_repeated(entries: Sequence[Entry]) -> dict[str, UUID]:
    if not entries:
        return {}
    found = select(JournalEntry.cause, JournalEntry.id).where(JournalEntry.cause.in_([e.cause for e in entries]))
    ids: dict[str, UUID] = {row.cause: row.id for row in db.session.execute(found)}
    booked = queries.moves_of(list(ids.values()))
    for entry in entries:
        if net_effect(booked[ids[entry.cause]]) != net_effect(entry.moves):
            raise CauseTaken(f"{entry.cause} was booked with other postings.", cause=entry.cause)
    return ids


def _facts(entries: Sequence[Entry], ids: dict[str, UUID], moves: Sequence[tuple[UUID, Move]]) -> dict[str, Any]:
    """The entries and their postings as parameters."""
    return {
        "at": clock.now(),
        "ids": [ids[entry.cause] for entry in entries],
        "causes": [entry.cause for entry in entries],
        "data": [json.dumps(dict(entry.data)) for entry in entries],
        "of": [entry_id for entry_id, _ in moves],
        "sources": [move.source for _, move in moves],
        "destinations": [move.destination for _, move in moves],
        "amounts": [move.money.amount for _, move in moves],
        "currencies": [move.money.currency for _, move in moves],
    }


def _accounts(pairs: Sequence[Pair]) -> dict[str, Any]:
    """The accounts as parameters; those that keep a balance with an id each, for whichever is new."""
    free = [pair for pair in pairs if may_overdraw(pair[0])]
    kept = [pair for pair in pairs if not may_overdraw(pair[0])]
    return {
        "account_ids": [new_id() for _ in kept],
        "names": [name for name, _ in kept],
        "account_currencies": [currency for _, currency in kept],
        "free_names": [name for name, _ in free],
        "free_currencies": [currency for _, currency in free],
    }


def _open(free: Sequence[Pair]) -> None:
    """Opens these accounts. They keep no balance, and nobody waits for a row of theirs but whoever opens one at the
    same moment: who comes second waits, then finds it."""
    rows = [{"id": new_id(), "name": name, "currency": currency} for name, currency in free]
    db.session.connection().execute(_OPENED, rows)


def _refuse(short: Sequence[Sequence[Any]]) -> None:
    """Raises InsufficientFunds about the first account that would fall below zero."""
    name, currency, amount = short[0]
    rows = db.session.connection().execute(_KNOWN, {"wanted": [(name, currency)]}).all()
    balance = rows[0].balance if rows else 0
    have, missing = Money(balance, currency), Money(-balance - amount, currency)
    raise short_of(name, have, missing)
