"""The statement by which entries are booked, whether they are handed in or stand in tables already."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import BigInteger, Boolean, DateTime, SmallInteger, Text, TextClause, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import TypeEngine

from marketplace.core.sending import Fixed

_BOOKED = """
WITH free AS MATERIALIZED (
    SELECT had.id, given.name, given.currency
    FROM unnest(:free_names, :free_currencies) AS given (name, currency)
    LEFT JOIN ledger_account had
        ON had.name = given.name AND had.currency = given.currency AND had.name = ANY(:free_names)
), entry AS (
    INSERT INTO journal_entry (id, cause, at, data)
    SELECT given.id, given.cause, :at, CAST(given.data AS jsonb)
    FROM ({entries}) AS given (id, cause, data)
    WHERE NOT EXISTS (SELECT FROM free WHERE id IS NULL)
    ORDER BY given.cause
    ON CONFLICT (cause) DO NOTHING
    RETURNING id
), move AS MATERIALIZED (
    SELECT given.entry_id, given.currency || source AS source, given.currency || destination AS destination,
        given.amount, given.currency, given.place
    FROM ({moves}) AS given (entry_id, source, destination, amount, currency, place)
    JOIN entry ON entry.id = given.entry_id
), change AS MATERIALIZED (
    SELECT key, sum(amount)::bigint AS amount
    FROM (
        SELECT source AS key, -amount AS amount FROM move
        UNION ALL SELECT destination, amount FROM move
    ) AS sides
    GROUP BY key
), account AS MATERIALIZED (
    SELECT given.id, given.name, given.currency, change.key, change.amount
    FROM unnest(:account_ids, :names, :account_currencies) AS given (id, name, currency)
    JOIN change ON change.key = given.currency || given.name
), there AS MATERIALIZED (
    SELECT had.id, account.key, account.amount
    FROM ledger_account had
    JOIN account ON account.name = had.name AND account.currency = had.currency
    WHERE had.name = ANY(:names)
    ORDER BY account.name COLLATE "C", account.currency
    FOR NO KEY UPDATE OF had
), changed AS (
    UPDATE ledger_account had SET balance = had.balance + there.amount
    FROM there
    WHERE had.id = there.id AND had.balance + there.amount >= 0
    RETURNING had.id, there.key
), opened AS (
    INSERT INTO ledger_account AS had (id, name, currency, balance)
    SELECT account.id, account.name, account.currency, account.amount
    FROM account
    WHERE account.amount >= 0 AND NOT EXISTS (SELECT FROM there WHERE there.key = account.key)
    ORDER BY account.name COLLATE "C", account.currency
    ON CONFLICT (name, currency) DO UPDATE SET balance = had.balance + excluded.balance
    RETURNING id, currency || name AS key
), kept AS (
    SELECT id, key FROM changed
    UNION ALL SELECT id, key FROM opened
), known AS (
    SELECT id, key FROM kept
    UNION ALL
    SELECT id, currency || name FROM free
), posted AS (
    INSERT INTO posting (entry_id, source_id, destination_id, amount, currency)
    SELECT move.entry_id, source.id, destination.id, move.amount, move.currency
    FROM move
    JOIN known source ON source.key = move.source
    JOIN known destination ON destination.key = move.destination
    ORDER BY move.place
)
SELECT
    (SELECT array_agg(id) FROM entry) AS fresh,
    (SELECT jsonb_agg(jsonb_build_array(name, currency, amount) ORDER BY name, currency) FROM account
     WHERE NOT EXISTS (SELECT FROM kept WHERE kept.key = account.key)) AS short,
    (SELECT jsonb_agg(jsonb_build_array(name, currency)) FROM free WHERE id IS NULL) AS unopened
"""
"""All of an entry in one statement: itself unless its cause was booked before, the balances that are kept, and the
postings. Balances change in the order of the accounts' names, everywhere, so that two entries over the same accounts
cannot wait for each other; a balance that would fall below zero is left alone and told of as short. Whoever opens an
account that somebody else opens at this moment waits for them, and adds to it. Where an account that keeps no balance
is not there yet, nothing is written at all, and it is told of: that happens once in its life.

Currency and name are one key between its parts: of two columns PostgreSQL expects so few pairs that it would compare
each posting with each account. A plan that is kept thinks of ten accounts, whoever they are: accounts are looked up by
name, one by one, where a join would be planned as a walk through all that there are, with each posting."""
_ONE_MOVE = """
WITH free AS MATERIALIZED (
    SELECT id, name FROM ledger_account
    WHERE name IN (:source, :destination) AND currency = :currency AND balance IS NULL
), entry AS (
    INSERT INTO journal_entry (id, cause, at, data)
    SELECT :id, :cause, :at, CAST(:data AS jsonb)
    WHERE (SELECT count(*) FROM free) = :free
    ON CONFLICT (cause) DO NOTHING
    RETURNING id
), there AS MATERIALIZED (
    SELECT had.id, had.name, CASE had.name WHEN :source THEN -:amount ELSE :amount END AS amount
    FROM ledger_account had
    WHERE had.name IN (:source, :destination) AND had.currency = :currency AND had.balance IS NOT NULL
        AND EXISTS (SELECT FROM entry)
    ORDER BY had.name COLLATE "C"
    FOR NO KEY UPDATE OF had
), changed AS (
    UPDATE ledger_account had SET balance = had.balance + there.amount
    FROM there
    WHERE had.id = there.id AND had.balance + there.amount >= 0
    RETURNING had.id, had.name
), opened AS (
    INSERT INTO ledger_account AS had (id, name, currency, balance)
    SELECT :account_id, :destination, :currency, :amount
    FROM entry
    WHERE :keeps AND NOT EXISTS (SELECT FROM there WHERE name = :destination)
    ON CONFLICT (name, currency) DO UPDATE SET balance = had.balance + excluded.balance
    RETURNING id, name
), known AS (
    SELECT id, name FROM free UNION ALL SELECT id, name FROM changed UNION ALL SELECT id, name FROM opened
), posted AS (
    INSERT INTO posting (entry_id, source_id, destination_id, amount, currency)
    SELECT entry.id, source.id, destination.id, :amount, :currency
    FROM entry, known source, known destination
    WHERE source.name = :source AND destination.name = :destination
    RETURNING id
)
SELECT
    (SELECT count(*) FROM free) < :free AS is_unopened,
    EXISTS (SELECT FROM entry) AS is_fresh,
    EXISTS (SELECT FROM posted) AS is_posted
"""
"""The same of one entry that moves once, as most do, at two fifths of the price: nothing is unnested, summed up or
joined where there is one of each. `free` is how many of its two accounts keep no balance, `keeps` whether the
destination does keep one. Only the source can be short."""
_SIDES = """
SELECT source AS name, currency FROM ({moves}) AS given (entry_id, source, destination, amount, currency, place)
UNION
SELECT destination, currency FROM ({moves}) AS given (entry_id, source, destination, amount, currency, place)
"""
_KINDS: Mapping[str, TypeEngine[Any]] = MappingProxyType(
    {"id": ARRAY(Uuid()), "text": ARRAY(Text()), "number": ARRAY(BigInteger())}
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where entries come from, as two queries: `entries` gives (id, cause, data) of each, `moves` the postings as
    (entry_id, source, destination, amount, currency, place). An amount is more than zero, and goes from one account to
    another. `takes` are the arrays that the queries ask for: their names, and what stands in them."""

    entries: str
    moves: str
    takes: tuple[tuple[str, str], ...]


HANDED_IN = Source(
    "SELECT * FROM unnest(:ids, :causes, :data)",
    "SELECT * FROM unnest(:of, :sources, :destinations, :amounts, :currencies) WITH ORDINALITY",
    (
        *(("ids", "id"), ("causes", "text"), ("data", "text"), ("of", "id"), ("sources", "text")),
        *(("destinations", "text"), ("amounts", "number"), ("currencies", "text")),
    ),
)


_ACCOUNTS = (
    *(("account_ids", "id"), ("names", "text"), ("account_currencies", "text")),
    *(("free_names", "text"), ("free_currencies", "text")),
)


@lru_cache(maxsize=32)
def booked(source: Source) -> Fixed:
    """The statement that books what the source gives: `fresh` are the ids of the entries that are new, `short` the
    accounts that would fall below zero, `unopened` those without a balance that must be opened first."""
    statement = _of(_BOOKED, source, _ACCOUNTS).bindparams(bindparam("at", type_=DateTime(timezone=True)))
    return Fixed(statement.columns(fresh=ARRAY(Uuid()), short=JSONB(), unopened=JSONB()))


ONE_MOVE = Fixed(
    text(_ONE_MOVE)
    .bindparams(
        *(bindparam(name, type_=Uuid()) for name in ("id", "account_id")),
        *(bindparam(name, type_=Text()) for name in ("cause", "data", "source", "destination", "currency")),
        bindparam("at", type_=DateTime(timezone=True)),
        bindparam("amount", type_=BigInteger()),
        bindparam("free", type_=SmallInteger()),
        bindparam("keeps", type_=Boolean()),
    )
    .columns(is_unopened=Boolean(), is_fresh=Boolean(), is_posted=Boolean())
)


@lru_cache(maxsize=32)
def sides(source: Source) -> Fixed:
    """The statement that names the accounts of what the source gives."""
    return Fixed(_of(_SIDES, source).columns(name=Text(), currency=Text()))


def _of(statement: str, source: Source, more: tuple[tuple[str, str], ...] = ()) -> TextClause:
    written = text(statement.replace("{entries}", source.entries).replace("{moves}", source.moves))
    asked = [(name, kind) for name, kind in (*source.takes, *more) if f":{name}" in written.text]
    return written.bindparams(*(bindparam(name, type_=_KINDS[kind]) for name, kind in asked))
