"""Lifecycle: a status changes through one door.

A model says which statuses follow which in `transitions`; `move()` checks that table, changes the rows that still have
the old status, and writes their events, in one statement. Whoever lost a race finds no row and gets a Conflict.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple
from typing import cast as typed
from uuid import UUID

from blinker import Signal
from sqlalchemy import (
    CTE,
    ColumnElement,
    Insert,
    Table,
    Text,
    any_,
    bindparam,
    cast,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array
from sqlalchemy.orm import Mapped
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Doer, Event, Subject, announce
from marketplace.core.problems import Conflict

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
    if new not in model.transitions[old]:
        raise WrongState(f"{old} is not followed by {new}.", state=str(old), wanted=str(new))
    if not ids:
        return []
    db.session.flush()
    given, texts = dict(values or {}), by_row or {}
    differing = tuple(next(iter(texts.values()), {}))
    shape = _Shape(tuple(given), differing, tuple(told), data_by_row is not None, isinstance(by, Mapping))
    facts = {
        "ids": list(ids),
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
    rows = db.session.connection().execute(_moving(model, shape), facts).all()
    announce([each.id for each in rows])
    for each in rows:
        _remember(model, each.subject_id, {"status": new} | given | dict(texts.get(each.subject_id, {})))
    if rows:
        MOVED.send(model, old=old, new=new, count=len(rows))
    return [each.subject_id for each in rows]


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


@lru_cache(maxsize=256)
def _moving(model: type[Stateful], shape: _Shape) -> Insert:
    """The statement of `move()`, built once for each model and shape, since building it takes longer than running
    it."""
    table, events = typed(Table, model.__table__), typed(Table, Event.__table__)
    ids = bindparam("ids", type_=ARRAY(table.c.id.type))
    changed = update(table).where(
        table.c.id == any_(ids), table.c.status == bindparam("old", type_=table.c.status.type)
    )
    values: dict[str, Any] = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in shape.given}
    row_id, by_row = cast(table.c.id, Text), bindparam("by_row", type_=JSONB)
    values |= {name: func.jsonb_extract_path_text(by_row, row_id, name) for name in shape.differing}
    status = bindparam("new", type_=table.c.status.type)
    moved = changed.values(status=status, **values).returning(table).cte("moved")
    refs = [literal(f"{word}:") + cast(moved.c[column], Text) for word, column in model.about.items()]
    row = select(
        bindparam("moment", type_=events.c.at.type),
        bindparam("event", type_=events.c.name.type),
        *_doer(moved.c.id, shape.several),
        moved.c.id,
        func.array_remove(array(refs), None),
        _data(moved, shape),
    )
    columns = ["at", "name", "doer_id", "doer_kind", "subject_id", "about", "data"]
    return insert(events).from_select(columns, row).returning(events.c.id, events.c.subject_id)


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
