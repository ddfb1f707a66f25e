"""Statements that are compiled once, and sent together.

SQLAlchemy works out at each execution what the parameters and the columns of a statement are, which takes three times
as long as sending it; and whoever waits for one answer before they send the next statement keeps others waiting for
their locks so much longer. An `Order` is a `Fixed` statement with the facts of this time. Several go to PostgreSQL in
one round trip (the pipeline of its protocol): it runs them one after the other, each seeing what those before it did
and what others have committed since, and only then is anything waited for.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar, cast

import psycopg
from blinker import Signal
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier
from psycopg.types.numeric import Int8
from sqlalchemy import BigInteger, Connection, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import ReturnsRows
from sqlalchemy.types import TypeEngine

T = TypeVar("T")
U = TypeVar("U")
Rows = Sequence[Any]
"""What a statement returned: named tuples."""
Raw = psycopg.Connection[Any]
Convert = Callable[[Any], Any]
SENT = Signal("setara-sent")
"""Sent with the text of a statement before it goes to PostgreSQL past SQLAlchemy's own events."""
ANSWERED = Signal("setara-answered")
"""Sent after each that was answered."""
_DIALECT = create_engine("postgresql+psycopg://", paramstyle="numeric_dollar").dialect
"""Writes parameters as PostgreSQL itself does, so that the driver need not read the text for them."""


class _Compiled(NamedTuple):
    """The text as PostgreSQL takes it, the names of its parameters in their order, the values of those that never
    change, and how those of the others are translated."""

    text: str
    names: Sequence[str]
    constants: Mapping[str, Any]
    given: Mapping[str, Convert]


class Fixed:
    """A statement that never changes but for its parameters. What it returns are columns of known types."""

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._row: Callable[[Sequence[Any]], Any] | None = None

    @cached_property
    def compiled(self) -> _Compiled:
        """Made when it is first sent."""
        made = cast(SQLCompiler, self._statement.compile(dialect=_DIALECT))
        open_ones = [name for bind, name in made.bind_names.items() if bind.required]
        whole = made.construct_expanded_state(dict.fromkeys(open_ones))
        known = {name: _to_driver(bind.type) for bind, name in made.bind_names.items()} | dict(whole.processors)
        convert = {name: each for name, each in known.items() if each is not None}
        constants = {
            name: convert[name](value) if name in convert else value
            for name, value in whole.parameters.items()
            if name not in open_ones
        }
        return _Compiled(whole.statement, whole.positiontup or (), constants, convert)

    def values(self, facts: Mapping[str, Any]) -> list[Any]:
        """The parameters in their order, as the driver takes them."""
        _, names, constants, given = self.compiled
        return [
            constants[name] if name not in facts else given[name](facts[name]) if name in given else facts[name]
            for name in names
        ]

    def rows(self, cursor: psycopg.RawCursor[Any]) -> Rows:
        """What it returned, as the types of its columns have it."""
        if cursor.description is None:
            return []
        if self._row is None:
            self._row = _row_of(self._statement, [column.type_code for column in cursor.description])
        return [self._row(values) for values in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Order(Generic[T]):
    """A statement with its facts, and what is made of the rows that it returns."""

    statement: Fixed
    facts: Mapping[str, Any]
    then: Callable[[Rows], T]

    def and_then(self, more: Callable[[T], U]) -> "Order[U]":
        """The same, with something else made of what is made of the rows."""
        return Order(self.statement, self.facts, lambda rows: more(self.then(rows)))


def send(
    connection: Connection, orders: Sequence[Order[Any]], *, finish: Callable[[Raw], None] | None = None
) -> list[Any]:
    """Sends them all in one round trip, and returns what is made of the answers, in their order. What `finish` does to
    the driver's connection is sent with them. Raises what SQLAlchemy raises of the driver's errors."""
    raw = cast(Raw, connection.connection.driver_connection)
    try:
        # One alone is cheaper without: in a pipeline the driver writes each message by itself, and wakes PostgreSQL.
        with raw.pipeline() if len(orders) > 1 or finish is not None else nullcontext():
            cursors = [_begin(raw, order) for order in orders]
            if finish is not None:
                finish(raw)
        answers = [order.statement.rows(cursor) for order, cursor in zip(orders, cursors, strict=True)]
    except psycopg.Error as error:
        raise _as_sqlalchemy(connection, error) from error
    return [_end(order, answer) for order, answer in zip(orders, answers, strict=True)]


def copy(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Writes rows by PostgreSQL's COPY, the fastest way in, as they are produced and not all at once; returns how many.
    Values go as the driver writes them as text. Raises what SQLAlchemy raises of the driver's errors."""
    raw = cast(Raw, connection.connection.driver_connection)
    into = SQL("COPY {} ({}) FROM STDIN").format(Identifier(table), SQL(", ").join(map(Identifier, columns)))
    said = into.as_string()
    SENT.send(said)
    try:
        with raw.cursor() as cursor:
            with cursor.copy(into) as copying:
                for row in rows:
                    copying.write_row(row)
            written = cursor.rowcount
    except psycopg.Error as error:
        raise _as_sqlalchemy(connection, error) from error
    ANSWERED.send(said)
    return written


def _begin(raw: Raw, order: Order[Any]) -> psycopg.RawCursor[Any]:
    text = order.statement.compiled.text
    SENT.send(text)
    cursor = psycopg.RawCursor(raw, row_factory=tuple_row)
    # At once, and not after five uses: the driver forgets all that it prepared with every rollback.
    return cursor.execute(text, order.statement.values(order.facts), prepare=True)


def _end(order: Order[T], answer: Rows) -> T:
    ANSWERED.send(order.statement.compiled.text)
    return order.then(answer)


def _as_sqlalchemy(connection: Connection, error: psycopg.Error) -> Exception:
    """The driver's error as whoever asks SQLAlchemy gets it. A connection that was lost is not used again."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(cast(Any, error), None, None)
    if lost:
        connection.invalidate(error)
    hidden = connection.engine.hide_parameters
    made = DBAPIError.instance(None, None, error, psycopg.Error, hidden, lost, dialect)
    assert isinstance(made, Exception)
    return made


def _row_of(statement: ClauseElement, codes: Sequence[int]) -> Callable[[Sequence[Any]], Any]:
    """Makes a named tuple of a row's values, as the types of the statement's columns have them. The codes are those of
    PostgreSQL's own types."""
    columns = list(cast(ReturnsRows, statement).exported_columns)
    converters = [(place, _from_driver(column.type, codes[place])) for place, column in enumerate(columns)]
    needed = [(place, convert) for place, convert in converters if convert is not None]
    kind = cast(Any, namedtuple)("Answer", [column.key for column in columns])

    def row(values: Sequence[Any]) -> Any:
        changed = list(values)
        for place, convert in needed:
            changed[place] = convert(changed[place])
        return kind._make(changed)

    return row if needed else kind._make


def _to_driver(kind: TypeEngine[Any]) -> Convert | None:
    if isinstance(kind, BigInteger):
        # By itself the driver sends a small number as a small type, and would prepare the statement once for each type.
        return lambda value: None if value is None else Int8(value)
    return kind.dialect_impl(_DIALECT).bind_processor(_DIALECT)


def _from_driver(kind: TypeEngine[Any], code: int) -> Convert | None:
    return kind.dialect_impl(_DIALECT).result_processor(_DIALECT, code)
