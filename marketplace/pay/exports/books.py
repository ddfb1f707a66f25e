"""Who may have which part of the books as a file, and how it is read: row by row, so that memory stays as it is."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from sqlalchemy import ColumnElement, Executable, func, or_, select, true
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import Actor, OperatorRole, Right, require_company, require_operator, require_person
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.ledger.models import JournalEntry, LedgerAccount, Posting
from marketplace.pay import queries
from marketplace.pay.exports.rules import Books, Format, Row, Standing, written

AT_ONCE = 2000
"""Rows that are fetched together."""
Told = Callable[[int], None]
"""Told how many postings were written, now and then."""


def of_everything(form: Format, seen_by: Actor) -> IO[bytes]:
    """All of the books, as a file that is gone once it is closed. For operators of finance."""
    require_operator(seen_by, OperatorRole.FINANCE)
    return _file(form, _books(true()))


def of_company(company_id: UUID, form: Format, seen_by: Actor) -> IO[bytes]:
    """Every movement of a company's money: what it has available, and what is held for its gigs, shifts and tests.
    Raises NotFound or Forbidden."""
    if not seen_by.is_operator(OperatorRole.FINANCE):
        require_company(seen_by, company_id, Right.MONEY)
    own = or_(
        LedgerAccount.name.like(f"company:{company_id}:%"), LedgerAccount.name.in_(queries.hold_names(company_id))
    )
    return _file(form, _of(own))


def of_person(form: Format, seen_by: Actor) -> IO[bytes]:
    """Every movement of the asker's own money: pay, what is on its way, and benefits."""
    person_id = require_person(seen_by)
    own = or_(*(LedgerAccount.name.like(f"{root}:{person_id}:%") for root in ("contractor", "benefit")))
    return _file(form, _of(own))


def write_everything(form: Format, out: IO[str], told: Told = lambda _: None) -> int:
    """Writes all of the books, for whoever is at the console. To be called in a `snapshot()`, so that what stands in
    the accounts and how it came there are of one moment. Returns how many postings were written."""
    count = 0

    def counted() -> Iterator[Row]:
        nonlocal count
        for row in _rows(true()):
            count += 1
            if count % AT_ONCE == 0:
                told(count)
            yield row

    whole = _books(true())
    for piece in written(form, Books(whole.accounts, counted, _standings)):
        out.write(piece)
    told(count)
    return count


def count_postings() -> int:
    """About how many postings there are, as PostgreSQL's statistics have it: to tell progress by, no more."""
    found = select(func.greatest(func.pg_stat_get_live_tuples(func.to_regclass("posting")), 0))
    return int(db.session.scalar(found) or 0)


def _file(form: Format, books: Books) -> IO[bytes]:
    with ExitStack() as unfinished:
        made = unfinished.enter_context(TemporaryFile())
        for piece in written(form, books):
            made.write(piece.encode())
        made.seek(0)
        unfinished.pop_all()
    return made


# --- reading --------------------------------------------------------------------------------------------------------


def _of(own: ColumnElement[bool]) -> Books:
    """The postings into and out of these accounts."""
    ids = select(LedgerAccount.id).where(own)
    return _books(or_(Posting.source_id.in_(ids), Posting.destination_id.in_(ids)))


def _books(touched: ColumnElement[bool]) -> Books:
    """Without what stands in the accounts: that is another statement, and outside of a snapshot another moment."""
    return Books(lambda: _accounts(touched), lambda: _rows(touched), lambda: ())


def _accounts(touched: ColumnElement[bool]) -> Iterator[str]:
    ids = select(Posting.source_id).where(touched).union(select(Posting.destination_id).where(touched))
    found = select(LedgerAccount.name).where(LedgerAccount.id.in_(ids)).distinct().order_by(LedgerAccount.name)
    with _read(found) as rows:
        for (name,) in rows:
            yield name


def _rows(touched: ColumnElement[bool]) -> Iterator[Row]:
    source, destination = aliased(LedgerAccount), aliased(LedgerAccount)
    found = (
        select(Posting.entry_id, JournalEntry.at, JournalEntry.cause, Posting.id, Posting.amount, Posting.currency)
        .add_columns(source.name.label("source"), destination.name.label("destination"))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(source, source.id == Posting.source_id)
        .join(destination, destination.id == Posting.destination_id)
        .where(touched)
        .order_by(Posting.entry_id, Posting.id)
    )
    with _read(found) as rows:
        for r in rows:
            yield Row(r.entry_id, r.at, r.cause, r.id, r.source, r.destination, Money(r.amount, r.currency))


def _standings() -> Iterator[Standing]:
    """What is kept of accounts that keep a balance."""
    found = select(LedgerAccount.name, LedgerAccount.currency, LedgerAccount.balance)
    kept = found.where(LedgerAccount.balance.is_not(None)).order_by(LedgerAccount.name, LedgerAccount.currency)
    with _read(kept) as rows:
        for name, currency, balance in rows:
            yield Standing(name, Money(balance, currency))


@contextmanager
def _read(found: Executable) -> Iterator[Any]:
    """Its rows from a cursor of the server's, which is closed also where nobody reads to the end."""
    rows = db.session.execute(found, execution_options={"yield_per": AT_ONCE})
    try:
        yield rows
    finally:
        rows.close()
