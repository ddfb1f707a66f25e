"""The database: one declarative base, one naming convention, and the only commit in the house."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self, TypeVar
from uuid import UUID

import psycopg
import structlog
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import CHAR, BigInteger, DateTime, Enum, MetaData, Pool, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, SessionTransaction, mapped_column

from marketplace.core import pool
from marketplace.core.ids import new_id
from marketplace.core.sending import Order
from marketplace.core.sending import copy as copy_over
from marketplace.core.sending import send as send_over

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Id = Annotated[UUID, mapped_column(primary_key=True, default=new_id)]
"""A primary key that sorts by creation (UUID version 7) and tells nobody how many came before it."""
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
"""A moment: always aware, always UTC in the database."""
Minor = Annotated[int, mapped_column(BigInteger)]
"""Minor units of the currency that stands in the column beside it."""
CurrencyCode = Annotated[str, mapped_column(CHAR(3))]
Json = Annotated[dict[str, Any], mapped_column(JSONB)]
JsonList = Annotated[list[Any], mapped_column(JSONB)]
JsonRows = Annotated[list[Any] | None, mapped_column(JSONB(none_as_null=True))]
"""A list that is NULL where it would be empty."""
JsonMaybe = Annotated[dict[str, Any] | None, mapped_column(JSONB(none_as_null=True))]
"""An object that is NULL where there is nothing to say."""


def choice(options: type[StrEnum], column: str) -> Enum:
    """A column that holds one of the options as text, with a CHECK constraint named after the column."""
    width = max(len(option.value) for option in options)
    return Enum(
        options,
        name=column,
        native_enum=False,
        create_constraint=True,
        length=max(width, 20),
        values_callable=lambda kind: [option.value for option in kind],
    )


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)

T = TypeVar("T")
DEADLOCK = "40P01"
"""The SQLSTATE of a transaction that was ended because two waited for each other."""
MOST_RUNS = 4
log = structlog.get_logger()
BeforeCommit = Callable[[Session], None]
_PENDING = "setara_before_commit"
_LAST = "setara_with_the_commit"
_SURE = "setara_make_sure"
_FAILED = "setara_failed_alone"
_DEPTH = "setara_transaction_depth"
_BY_INDEX = text("SET LOCAL enable_seqscan = off")
event.listen(Pool, "checkin", pool.rest)
event.listen(Pool, "checkout", pool.take)


@event.listens_for(Session, "after_soft_rollback")
def _forget_rows(session: Session, ended: SessionTransaction) -> None:
    """After a savepoint every loaded row is read again: by itself the session forgets only what it flushed, and not
    what a statement of its own wrote (`core.lifecycle.move`). A rollback of the whole forgets everything anyway."""
    if ended.nested:
        session.expire_all()


def before_commit(key: str, work: BeforeCommit) -> None:
    """Registers work for the end of the running transaction; the same key is kept once. Rolled back with the rest.

    The work may itself register more, under its own key too: the transaction ends when none is left.
    """
    db.session().info.setdefault(_PENDING, {}).setdefault(key, work)


def make_sure(key: str, work: Callable[[], object]) -> None:
    """Registers work that is to have its effect whatever becomes of the running transaction, such as what a refusal has
    found: it is done again in one of its own once that has ended, so it does nothing where its effect is there. The
    same key is kept once."""
    db.session().info.setdefault(_SURE, {}).setdefault(key, work)


def send(*orders: Order[Any]) -> list[Any]:
    """Sends statements together, after what the session has not yet written; see `core.sending`."""
    session = db.session()
    session.flush()
    return send_over(session.connection(), orders)


def send_one(order: Order[T]) -> T:
    """As `send()`, of one."""
    made: T = send(order)[0]
    return made


def copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Writes many rows at once, after what the session has not yet written; see `core.sending`."""
    session = db.session()
    session.flush()
    return copy_over(session.connection(), table, columns, rows)


def look_up_by_index() -> None:
    """Has PostgreSQL look rows up by their indexes until the transaction ends, for sets that make a table grow.

    As long as a connection lives, PostgreSQL keeps the plan by which it looks up the rows that foreign keys name. Made
    while a table held a few rows it reads all of them, however many there are by then.
    """
    db.session.execute(_BY_INDEX)


def send_last(order: Order[Any]) -> None:
    """Has a statement sent with the commit, whose answer nobody needs. Rolled back with the rest."""
    db.session().info.setdefault(_LAST, []).append(order)


class LeftOver(ExceptionGroup[Exception]):
    """What `each_alone()` could not do, by the ids of the rows, or by the rows where they have none."""

    rows: Mapping[Any, Exception]

    def __new__(cls, rows: Mapping[Any, Exception]) -> Self:
        made = super().__new__(cls, "Done for the others, but not for these", list(rows.values()))
        made.rows = rows
        return made

    def derive(self, excs: Sequence[Any]) -> ExceptionGroup[Any]:
        return ExceptionGroup(self.message, excs)


def each_alone(rows: Sequence[T], work: Callable[[T], object]) -> int:
    """Does the work for every row, and returns for how many it was done.

    One that raises keeps no other from it: all are done again, each in a savepoint of its own. What is left was rolled
    back alone, and `transaction()` raises it when it has committed the others. A verb that calls this takes, beside its
    limit, what to pass over, so that what is left keeps a later batch from nothing.
    """
    session, done = db.session(), 0
    if not raised(rows, lambda all_of_them: [work(row) for row in all_of_them]):
        return len(rows)
    for row in rows:
        if failure := raised(row, work):
            session.info.setdefault(_FAILED, {})[getattr(row, "id", row)] = failure
        else:
            done += 1
    return done


def raised(given: T, work: Callable[[T], object], *, is_kept: bool = True) -> Exception | None:
    """What the work raises in a savepoint, rolled back with it; None where it is done, and undone unless it `is_kept`.
    A deadlock and a lost connection are raised on."""
    try:
        with db.session.begin_nested() as savepoint:
            work(given)
            if not is_kept:
                db.session.flush()
                savepoint.rollback()
    except OperationalError:
        raise
    except Exception as failure:
        return failure
    return None


def at_fault(rows: Sequence[T], work: Callable[[Sequence[T]], object]) -> dict[T, Exception]:
    """Which of these rows the work raises for when it gets each alone, and what. Tries ever smaller sets of them, each
    in a savepoint that is rolled back whatever comes of it: nothing is done, and nothing stays locked."""
    failure = raised(rows, work, is_kept=False)
    if failure is None:
        return {}
    if len(rows) == 1:
        return {rows[0]: failure}
    half = len(rows) // 2
    return at_fault(rows[:half], work) | at_fault(rows[half:], work)


def constraint_of(failure: Exception) -> str | None:
    """The name of the constraint that refused a row; None where none has."""
    refused = failure.orig if isinstance(failure, IntegrityError) else None
    return refused.diag.constraint_name if isinstance(refused, psycopg.Error) else None


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: returning commits, raising rolls back. What `each_alone()` could not do is raised as
    `LeftOver` when the rest is committed.

    A transaction inside another joins it, so a verb may be called from a request, a job or a command alike. What the
    session remembers beside its rows (the clock's offset, events to announce) ends with it. This is the only place
    that commits; the linter refuses every other.
    """
    session = db.session()
    if session.info.get(_DEPTH):
        yield session
        return
    session.info[_DEPTH] = 1
    failed: dict[Any, Exception] = {}
    try:
        yield session
        while pending := session.info.get(_PENDING):
            pending.pop(next(iter(pending)))(session)
        _send_last(session)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        sure, failed = session.info.get(_SURE, {}), session.info.get(_FAILED, {})
        session.info.clear()
        for work in sure.values():
            _do_surely(work)
    if failed:
        raise LeftOver(failed)


def _do_surely(work: Callable[[], object]) -> None:
    """What ended before stays what it was, whatever becomes of this."""
    try:
        with transaction():
            work()
    except Exception:
        log.exception("make_sure")


def _send_last(session: Session) -> None:
    """Sends what is to go with the commit, and the commit itself, in one round trip; inside of a test's transaction
    there is no commit to be sent."""
    if not (orders := session.info.pop(_LAST, [])):
        return
    session.flush()
    connection = session.connection()
    commit = None if connection.in_nested_transaction() else psycopg.Connection.commit
    send_over(connection, orders, finish=commit)


def transact(work: Callable[[], T]) -> T:
    """Runs the work in a transaction, and from its start again when PostgreSQL has ended it to solve a deadlock: by
    then the other side has had what both waited for. Gives up after `MOST_RUNS`."""
    for left in reversed(range(MOST_RUNS)):
        try:
            with transaction():
                return work()
        except OperationalError as error:
            if not left or in_transaction() or getattr(error.orig, "sqlstate", None) != DEADLOCK:
                raise
    raise AssertionError("The last run returns or raises.")


@contextmanager
def snapshot() -> Iterator[Session]:
    """A transaction whose statements all see the database as it stood at the first of them. For reading.

    Inside a test's transaction it is a plain one: nobody else writes there.
    """
    with transaction() as session:
        if not session.connection().in_nested_transaction():
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        yield session


def in_transaction() -> bool:
    """Whether a `transaction()` is running. What calls the world outside refuses to, then."""
    return bool(db.session().info.get(_DEPTH))
