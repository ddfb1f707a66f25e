"""Lifecycle: a status begins and changes through one door each.

A model says which statuses follow which in `transitions`; `move()` checks that table, changes the rows that still have
the old status, and writes their events, in one statement. Whoever lost a race finds no row and gets a Conflict.
`make()` writes new rows with their events, in one statement too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple
from typing import cast as typed
from uuid import UUID

from blinker import Signal
from sqlalchemy import (
    CTE,
    ColumnElement,
    Table,
    Text,
    any_,
    bindparam,
    cast,
    column,
    func,
    insert,
    literal,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, Range, array
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from marketplace.core import clock
from marketplace.core.db import db, send_one
from marketplace.core.events import Doer, Event, Subject, announce
from marketplace.core.problems import Conflict
from marketplace.core.sending import Fixed, Order, Rows

MOVED = Signal("setara-moved")
"""Sent after rows were moved, with the model and `old`, `new` and how many: `count`. The transaction may still fail."""
Transitions = Mapping[Any, frozenset[Any]]
"""From a status to those that may follow it. A status with none is final."""


class WrongState(Conflict):
    code = "wrong_state"
    title = "The present state does not allow this."


class Stateful(Subject):
    """A row with a life: `transitions` is law (from the room's rules), `about` names what its events are about."""

    __abstract__ = True
    transitions: ClassVar[Transitions]

    status: Mapped[Any]


@dataclass(frozen=True, eq=False)
class Among:
    """In place of ids: rows that the statement finds itself when it runs, by a condition on their columns."""

    condition: ColumnElement[bool]


def make(
    model: type[Stateful], rows: Sequence[Mapping[str, Any]], *, by: Doer | Mapping[UUID, Doer], event: str
) -> list[UUID]:
    """Writes new rows, all with the same columns, and one event each, in one statement however many there are.

    A row that a unique or an exclusion constraint refuses is left out: returns the ids of those that were written, and
    the caller decides whether that matters. A column that no row names gets nothing, not even the model's default. `by`
    is who makes them, or for each row who makes it.
    """
    return send_one(making(model, rows, by=by, event=event)) if rows else []


def making(
    model: type[Stateful], rows: Sequence[Mapping[str, Any]], *, by: Doer | Mapping[UUID, Doer], event: str
) -> Order[list[UUID]]:
    """What `make()` sends, of one row at least, to be sent with other statements."""
    facts = {"rows": _as_json(rows), "moment": clock.now(), "event": event, "data": {}} | _doers(by)
    return Order(_making(model, tuple(rows[0]), isinstance(by, Mapping)), facts, _announced)


def _announced(told: Rows) -> list[UUID]:
    announce([each.id for each in told])
    return [each.subject_id for each in told]


def move(
    model: type[Stateful],
    ids: Sequence[UUID],
    *,
    old: StrEnum,
    new: StrEnum,
    by: Doer | Mapping[UUID, Doer],
    event: str,
    values: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    by_row: Mapping[UUID, Mapping[str, str]] | None = None,
    data_by_row: Mapping[UUID, Mapping[str, Any]] | None = None,
    told: Sequence[str] = (),
) -> list[UUID]:
    """Moves every named row that is still in `old` to `new` and writes one event each, in one statement.

    Returns the ids that moved, which may be fewer than were named: the caller decides whether that matters. Raises
    WrongState when the table has no such transition. `values` are further columns set at the same time, `by_row`
    further texts that differ by row, the same columns for each; `told` names columns of the row that its event tells of
    beside `data`, `data_by_row` what it tells of that row alone. `by` is who moves them, or for each row who moves it.
    """
    order = moving(
        model,
        ids,
        old=old,
        new=new,
        by=by,
        event=event,
        values=values,
        data=data,
        by_row=by_row,
        data_by_row=data_by_row,
        told=told,
    )
    return send_one(order) if ids else []


def moving(
    model: type[Stateful],
    ids: Sequence[UUID] | Among,
    *,
    old: StrEnum,
    new: StrEnum,
    by: Doer | Mapping[UUID, Doer],
    event: str,
    values: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    by_row: Mapping[UUID, Mapping[str, str]] | None = None,
    data_by_row: Mapping[UUID, Mapping[str, Any]] | None = None,
    told: Sequence[str] = (),
    among: Mapping[str, Any] | None = None,
) -> Order[list[UUID]]:
    """What `move()` sends, to be sent with other statements; `among` has the parameters of rows that it finds itself.
    Raises WrongState as `move()` does."""
    if new not in model.transitions[old]:
        raise WrongState(f"{old} is not followed by {new}.", state=str(old), wanted=str(new))
    given, texts = dict(values or {}), by_row or {}
    differing = tuple(next(iter(texts.values()), {}))
    found = ids if isinstance(ids, Among) else None
    shape = _Shape(tuple(given), differing, tuple(told), data_by_row is not None, isinstance(by, Mapping), found)
    facts = {
        **(among or {}),
        "ids": ids if isinstance(ids, Sequence) else (),
        "old": old,
        "new": new,
        "moment": clock.now(),
        "event": event,
        "data": dict(data or {}) | {"from": str(old), "to": str(new)},
        "by_row": {str(key): dict(row) for key, row in texts.items()},
    }
    facts |= _doers(by)
    if data_by_row is not None:
        facts["data_by_row"] = {str(key): dict(row) for key, row in data_by_row.items()}
    facts |= {f"to_{name}": value for name, value in given.items()}

    def moved(rows: Rows) -> list[UUID]:
        for each in rows:
            _remember(model, each.subject_id, {"status": new} | given | dict(texts.get(each.subject_id, {})))
        if rows:
            MOVED.send(model, old=old, new=new, count=len(rows))
        return _announced(rows)

    return Order(_moving(model, shape), facts, moved)


def _remember(model: type[Stateful], row_id: UUID, changed: Mapping[str, Any]) -> None:
    """Tells a loaded row what was written to it, so that nobody has to read it again to know.

    `core.db` has a row forget it where a savepoint is rolled back.
    """
    known = db.session().identity_map.get(identity_key(model, row_id))
    if known is not None:
        for name, value in changed.items():
            set_committed_value(known, name, value)


def _doers(by: Doer | Mapping[UUID, Doer]) -> dict[str, Any]:
    """The parameters that say who moves the rows."""
    if isinstance(by, Mapping):
        ids = {key: each.person_id for key, each in by.items()}
        told = {str(key): {"id": str(ids[key]) if ids[key] else None, "kind": each.kind} for key, each in by.items()}
        return {"doers": told}
    return {"doer_id": by.person_id, "doer_kind": by.kind}


class _Shape(NamedTuple):
    """What a move writes. The values of the columns `given` are parameters; those of the `differing` stand in one, by
    row, as do what events tell of one row alone where they `own` something, and the doers where there are `several`."""

    given: tuple[str, ...]
    differing: tuple[str, ...]
    told: tuple[str, ...]
    own: bool
    several: bool
    among: Among | None = None


@lru_cache(maxsize=256)
def _moving(model: type[Stateful], shape: _Shape) -> Fixed:
    """The statement of `move()`, built once for each model and shape, since building it takes longer than running
    it. Rows are locked in the order of their ids, so that two who move the same ones cannot wait for each other."""
    table = typed(Table, model.__table__)
    ids, old = bindparam("ids", type_=ARRAY(table.c.id.type)), bindparam("old", type_=table.c.status.type)
    named = shape.among.condition if shape.among else table.c.id == any_(ids)
    # No index of statuses may find rows that are named: where few had the status when the plan was made, it would be
    # read from end to end for each batch, however many have it by now.
    still = (table.c.status == old).is_(True)
    found = select(table.c.id).where(named, table.c.status == old if shape.among else still)
    held = found.order_by(table.c.id).with_for_update(key_share=True).cte("held")
    changed = update(table).where(table.c.id == held.c.id, still)
    values: dict[str, Any] = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in shape.given}
    row_id, by_row = cast(table.c.id, Text), bindparam("by_row", type_=JSONB)
    values |= {name: func.jsonb_extract_path_text(by_row, row_id, name) for name in shape.differing}
    status = bindparam("new", type_=table.c.status.type)
    wanted = dict.fromkeys(["id", *model.about.values(), *shape.told])
    moved = changed.values(status=status, **values).returning(*(table.c[name] for name in wanted)).cte("moved")
    return _told(model, moved, _data(moved, shape), several=shape.several)


@lru_cache(maxsize=64)
def _making(model: type[Stateful], columns: Sequence[str], several: bool) -> Fixed:
    """The statement of `make()`, built once for each model and its columns."""
    table = typed(Table, model.__table__)
    given = func.jsonb_populate_recordset(literal_column(f"NULL::{table.name}"), bindparam("rows", type_=JSONB))
    rows = given.table_valued(*(column(name, table.c[name].type) for name in columns), name="given")
    wanted = dict.fromkeys(["id", *model.about.values()])
    new = upsert(table).from_select(list(columns), select(*rows.c)).on_conflict_do_nothing()
    made = new.returning(*(table.c[name] for name in wanted)).cte("made")
    return _told(model, made, bindparam("data", type_=JSONB), several=several)


def _told(model: type[Stateful], rows: CTE, data: ColumnElement[Any], *, several: bool) -> Fixed:
    """The event of each of the rows, as the rest of the statement that writes them."""
    events = typed(Table, Event.__table__)
    refs = [literal(f"{word}:") + cast(rows.c[name], Text) for word, name in model.about.items()]
    row = select(
        bindparam("moment", type_=events.c.at.type),
        bindparam("event", type_=events.c.name.type),
        *_doer(rows.c.id, several),
        rows.c.id,
        func.array_remove(array(refs), None),
        data,
    )
    columns = ["at", "name", "doer_id", "doer_kind", "subject_id", "about", "data"]
    return Fixed(insert(events).from_select(columns, row).returning(events.c.id, events.c.subject_id))


def _as_json(rows: Sequence[Mapping[str, Any]]) -> Any:
    """The rows as PostgreSQL reads them from JSON into a table's own types."""
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Range):
        return f"{value.bounds[0]}{_plain(value.lower) or ''},{_plain(value.upper) or ''}{value.bounds[1]}"
    return str(value) if isinstance(value, UUID | Decimal) else value


def _data(moved: CTE, shape: _Shape) -> ColumnElement[Any]:
    """What the event of a row tells."""
    data: ColumnElement[Any] = bindparam("data", type_=JSONB)
    if shape.told:
        parts = (part for name in shape.told for part in (name, moved.c[name]))
        data = data.op("||")(func.jsonb_build_object(*parts))
    if shape.own:
        data = data.op("||")(func.jsonb_extract_path(bindparam("data_by_row", type_=JSONB), cast(moved.c.id, Text)))
    return data


def _doer(row_id: ColumnElement[UUID], several: bool) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Who moves the row, and as what."""
    events = typed(Table, Event.__table__)
    if not several:
        return bindparam("doer_id", type_=events.c.doer_id.type), bindparam("doer_kind", type_=events.c.doer_kind.type)
    doers, key = bindparam("doers", type_=JSONB), cast(row_id, Text)
    who = func.jsonb_extract_path_text(doers, key, "id")
    return cast(who, events.c.doer_id.type), func.jsonb_extract_path_text(doers, key, "kind")


def move_one(
    row: Stateful,
    new: StrEnum,
    *,
    by: Doer,
    event: str,
    values: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Moves one row from the status it was loaded with. Raises WrongState when that is not, or no longer, possible."""
    old = row.status
    if not move(type(row), [row.id], old=old, new=new, by=by, event=event, values=values, data=data):
        raise WrongState("It has changed since it was loaded.", state=str(old), wanted=str(new))
