"""The verbs of the books: post, post many, reverse."""

import json
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Text, Uuid, bindparam, collate, select, text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from marketplace.core import clock
from marketplace.core.db import db, send_one
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.sending import Fixed, Order, Rows
from marketplace.ledger import queries
from marketplace.ledger.models import JournalEntry, LedgerAccount
from marketplace.ledger.rules import CauseTaken, Entry, InsufficientFunds, Move, may_overdraw, net_effect

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
_BOOKED = Fixed(
    text("""
WITH entry AS (
    INSERT INTO journal_entry (id, cause, at, data)
    SELECT given.id, given.cause, :at, CAST(given.data AS jsonb)
    FROM unnest(:ids, :causes, :data) AS given (id, cause, data)
    ORDER BY given.cause
    ON CONFLICT (cause) DO NOTHING
    RETURNING id
), move AS MATERIALIZED (
    SELECT given.*
    FROM unnest(:of, :sources, :destinations, :amounts, :currencies)
        WITH ORDINALITY AS given (entry_id, source, destination, amount, currency, place)
    JOIN entry ON entry.id = given.entry_id
), change AS MATERIALIZED (
    SELECT name, currency, sum(amount)::bigint AS amount
    FROM (
        SELECT source AS name, currency, -amount AS amount FROM move
        UNION ALL SELECT destination, currency, amount FROM move
    ) AS sides
    GROUP BY name, currency
), account AS MATERIALIZED (
    SELECT given.id, given.name, given.currency, change.amount
    FROM unnest(:account_ids, :names, :account_currencies) AS given (id, name, currency)
    JOIN change ON change.name = given.name AND change.currency = given.currency
), there AS MATERIALIZED (
    SELECT had.id, account.name, account.currency, account.amount
    FROM ledger_account had
    JOIN account ON account.name = had.name AND account.currency = had.currency
    ORDER BY account.name COLLATE "C", account.currency
    FOR NO KEY UPDATE OF had
), changed AS (
    UPDATE ledger_account had SET balance = had.balance + there.amount
    FROM there
    WHERE had.id = there.id AND had.balance + there.amount >= 0
    RETURNING had.id, had.name, had.currency
), opened AS (
    INSERT INTO ledger_account AS had (id, name, currency, balance)
    SELECT account.id, account.name, account.currency, account.amount
    FROM account
    WHERE account.amount >= 0
        AND NOT EXISTS (SELECT FROM there WHERE there.name = account.name AND there.currency = account.currency)
    ORDER BY account.name COLLATE "C", account.currency
    ON CONFLICT (name, currency) DO UPDATE SET balance = had.balance + excluded.balance
    RETURNING id, name, currency
), kept AS (
    SELECT id, name, currency FROM changed
    UNION ALL SELECT id, name, currency FROM opened
), known AS (
    SELECT id, name, currency FROM kept
    UNION ALL
    SELECT free.id, free.name, free.currency
    FROM ledger_account free
    JOIN unnest(:free_names, :free_currencies) AS given (name, currency)
        ON given.name = free.name AND given.currency = free.currency
), posted AS (
    INSERT INTO posting (entry_id, source_id, destination_id, amount, currency)
    SELECT move.entry_id, source.id, destination.id, move.amount, move.currency
    FROM move
    JOIN known source ON source.name = move.source AND source.currency = move.currency
    JOIN known destination ON destination.name = move.destination AND destination.currency = move.currency
    ORDER BY move.place
)
SELECT
    (SELECT array_agg(id) FROM entry) AS fresh,
    (SELECT jsonb_agg(jsonb_build_array(name, currency, amount) ORDER BY name, currency) FROM account
     WHERE NOT EXISTS (SELECT FROM kept WHERE kept.name = account.name AND kept.currency = account.currency)) AS short
""")
    .bindparams(
        bindparam("at", type_=DateTime(timezone=True)),
        bindparam("amounts", type_=ARRAY(BigInteger())),
        *(bindparam(name, type_=ARRAY(Uuid())) for name in ("ids", "of", "account_ids")),
        *(
            bindparam(name, type_=ARRAY(Text()))
            for name in ("causes", "data", "sources", "destinations", "currencies", "names", "account_currencies")
        ),
        *(bindparam(name, type_=ARRAY(Text())) for name in ("free_names", "free_currencies")),
    )
    .columns(fresh=ARRAY(Uuid()), short=JSONB())
)
"""All of an entry in one statement: itself unless its cause was booked before, the balances that are kept, and the
postings. Balances change in the order of the accounts' names, everywhere, so that two entries over the same accounts
cannot wait for each other; a balance that would fall below zero is left alone and told of as short. Whoever opens an
account that somebody else opens at this moment waits for them, and adds to it."""


def post(entry: Entry) -> UUID:
    """Books one entry and returns its id. See `post_many`."""
    return post_many([entry])[0]


def post_many(entries: Sequence[Entry]) -> list[UUID]:
    """Books all entries or none, in one statement where no account may be overdrawn and in a constant number always,
    and returns their ids in the order given. Nothing is booked for none.

    An entry whose cause was booked before with the same postings is left alone and its first id returned, so a
    repeated call is harmless; with other postings it raises CauseTaken. Raises InsufficientFunds when an account that
    may not be overdrawn would be; the transaction must then be rolled back or a savepoint used.
    """
    return send_one(posting(entries)) if entries else []


def posting(entries: Sequence[Entry]) -> Order[list[UUID]]:
    """What `post_many()` sends, of one entry at least, to be sent with other statements."""
    fresh = {entry.cause: new_id() for entry in entries}
    if len(fresh) != len(entries):
        raise CauseTaken("The same cause stands twice in one call.")
    moves = [(fresh[entry.cause], move) for entry in entries for move in entry.moves]
    pairs = sorted({(name, move.money.currency) for _, move in moves for name in (move.source, move.destination)})
    free = [pair for pair in pairs if may_overdraw(pair[0])]
    if free:
        _open(free)
    facts = _facts(entries, fresh, moves) | _accounts([pair for pair in pairs if not may_overdraw(pair[0])], free)

    def posted(rows: Rows) -> list[UUID]:
        if rows[0].short:
            _refuse(rows[0].short)
        new = set(rows[0].fresh or ())
        known = _check_repeated([entry for entry in entries if fresh[entry.cause] not in new])
        return [known.get(entry.cause, fresh[entry.cause]) for entry in entries]

    return Order(_BOOKED, facts, posted)


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


def _accounts(kept: Sequence[Pair], free: Sequence[Pair]) -> dict[str, Any]:
    """The accounts as parameters; those that keep a balance with an id each, for whichever is new."""
    return {
        "account_ids": [new_id() for _ in kept],
        "names": [name for name, _ in kept],
        "account_currencies": [currency for _, currency in kept],
        "free_names": [name for name, _ in free],
        "free_currencies": [currency for _, currency in free],
    }


def _open(free: Sequence[Pair]) -> None:
    """Opens those of the accounts that are new. They keep no balance, and nobody waits for a row of theirs."""
    connection = db.session.connection()
    there = {(row.name, row.currency) for row in connection.execute(_KNOWN, {"wanted": free})}
    rows = [{"id": new_id(), "name": name, "currency": currency} for name, currency in free]
    if missing := [row for row in rows if (row["name"], row["currency"]) not in there]:
        # Somebody else may open the same account at this moment: whoever comes second waits, then finds it.
        connection.execute(_OPENED, missing)


def _refuse(short: Sequence[Sequence[Any]]) -> None:
    """Raises InsufficientFunds about the first account that would fall below zero."""
    name, currency, amount = short[0]
    rows = db.session.connection().execute(_KNOWN, {"wanted": [(name, currency)]}).all()
    balance = rows[0].balance if rows else 0
    have, missing = Money(balance, currency), Money(-balance - amount, currency)
    raise InsufficientFunds(
        f"{name} holds {have}; {missing} more is needed.", available=str(have), missing=str(missing)
    )
