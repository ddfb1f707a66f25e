"""The verbs of the books: post, post many, reverse."""

from collections.abc import Sequence
from operator import itemgetter
from uuid import UUID

from sqlalchemy import BigInteger, Uuid, any_, bindparam, column, func, insert, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.ledger import queries
from marketplace.ledger.models import JournalEntry, LedgerAccount, Posting
from marketplace.ledger.rules import CauseTaken, Entry, InsufficientFunds, Move, may_overdraw, net_effect

# Built once, since building a statement takes longer than running it.
_WRITTEN = upsert(JournalEntry).on_conflict_do_nothing(index_elements=["cause"]).returning(JournalEntry.id)
_IDS = bindparam("ids", type_=ARRAY(Uuid()))
_KNOWN = select(LedgerAccount.name, LedgerAccount.currency, LedgerAccount.id).where(
    tuple_(LedgerAccount.name, LedgerAccount.currency).in_(bindparam("wanted", expanding=True))
)
_OPENED = (
    upsert(LedgerAccount)
    .on_conflict_do_nothing()
    .returning(LedgerAccount.name, LedgerAccount.currency, LedgerAccount.id)
)
_POSTED = insert(Posting)
# Rows are locked in one order everywhere, so that two entries over the same accounts cannot wait for each other.
_LOCKED = (
    select(LedgerAccount.id, LedgerAccount.name, LedgerAccount.currency, LedgerAccount.balance)
    .where(LedgerAccount.id == any_(_IDS))
    .order_by(LedgerAccount.id)
    .with_for_update()
)
_CHANGE = (
    func.unnest(_IDS, bindparam("amounts", type_=ARRAY(BigInteger())))
    .table_valued(column("id", Uuid()), column("amount", BigInteger()), name="change")
    .render_derived()
)
_KEPT = (
    update(LedgerAccount)
    .where(LedgerAccount.id == _CHANGE.c.id)
    .values(balance=LedgerAccount.balance + _CHANGE.c.amount)
)


def post(entry: Entry) -> UUID:
    """Books one entry and returns its id. See `post_many`."""
    return post_many([entry])[0]


def post_many(entries: Sequence[Entry]) -> list[UUID]:
    """Books all entries or none, in a constant number of statements, and returns their ids in the order given. Nothing
    is booked for none.

    An entry whose cause was booked before with the same postings is left alone and its first id returned, so a
    repeated call is harmless; with other postings it raises CauseTaken. Raises InsufficientFunds when an account that
    may not be overdrawn would be; the transaction must then be rolled back or a savepoint used.
    """
    if not entries:
        return []
    fresh = {entry.cause: new_id() for entry in entries}
    if len(fresh) != len(entries):
        raise CauseTaken("The same cause stands twice in one call.")
    rows = [{"id": fresh[e.cause], "cause": e.cause, "at": clock.now(), "data": dict(e.data)} for e in entries]
    # Whoever books one of these causes at the same moment waits here, so everybody comes in one order.
    rows.sort(key=itemgetter("cause"))
    new = set(db.session.connection().execute(_WRITTEN, rows).scalars())
    known = _check_repeated([e for e in entries if fresh[e.cause] not in new])
    todo = [e for e in entries if fresh[e.cause] in new]
    if todo:
        _write_postings(todo, fresh)
    return [known.get(e.cause, fresh[e.cause]) for e in entries]


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


def _write_postings(entries: Sequence[Entry], ids: dict[str, UUID]) -> None:
    moves = [(ids[entry.cause], move) for entry in entries for move in entry.moves]
    effect = net_effect([move for _, move in moves])
    accounts = _open_accounts(sorted(effect))
    _keep_balances(effect, accounts)
    db.session.connection().execute(
        _POSTED,
        [
            {
                "entry_id": entry_id,
                "source_id": accounts[move.source, move.money.currency],
                "destination_id": accounts[move.destination, move.money.currency],
                "amount": move.money.amount,
                "currency": move.money.currency,
            }
            for entry_id, move in moves
        ],
    )


def _open_accounts(wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    connection = db.session.connection()
    accounts = {(row.name, row.currency): row.id for row in connection.execute(_KNOWN, {"wanted": wanted})}
    if missing := [pair for pair in wanted if pair not in accounts]:
        rows = [
            {"id": new_id(), "name": name, "currency": currency, "balance": None if may_overdraw(name) else 0}
            for name, currency in missing
        ]
        # Somebody else may open the same account at this moment: whoever comes second waits, then reads theirs.
        accounts |= {(row.name, row.currency): row.id for row in connection.execute(_OPENED, rows)}
    if any(pair not in accounts for pair in wanted):
        accounts |= {(row.name, row.currency): row.id for row in connection.execute(_KNOWN, {"wanted": wanted})}
    return accounts


def _keep_balances(effect: dict[tuple[str, str], int], accounts: dict[tuple[str, str], UUID]) -> None:
    changes = [(accounts[pair], amount) for pair, amount in effect.items() if amount and not may_overdraw(pair[0])]
    if not changes:
        return
    parts = {"ids": [account for account, _ in changes], "amounts": [amount for _, amount in changes]}
    connection, amounts = db.session.connection(), dict(changes)
    locked = connection.execute(_LOCKED, {"ids": parts["ids"]}).all()
    for row in locked:
        if row.balance + amounts[row.id] < 0:
            have, missing = Money(row.balance, row.currency), Money(-row.balance - amounts[row.id], row.currency)
            raise InsufficientFunds(
                f"{row.name} holds {have}; {missing} more is needed.", available=str(have), missing=str(missing)
            )
    connection.execute(_KEPT, parts)
