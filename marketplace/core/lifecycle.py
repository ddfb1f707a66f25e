"""Lifecycle: a status changes through one door.

A model says which statuses follow which in `transitions`; `move()` checks that table, changes the rows that still have
the old status, and writes their events, in one statement. Whoever lost a race finds no row and gets a Conflict.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, ClassVar
from typing import cast as typed
from uuid import UUID

from sqlalchemy import (
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
    by: Doer,
    event: str,
    values: Mapping[str, Any] | None = None,
    data: Mapping[str, Any] | None = None,
    by_row: Mapping[UUID, Mapping[str, str]] | None = None,
    told: Sequence[str] = (),
) -> list[UUID]:
    """Moves every named row that is still in `old` to `new` and writes one event each, in one statement.

    Returns the ids that moved, which may be fewer than were named: the caller decides whether that matters. Raises
    WrongState when the table has no such transition. `values` are further columns set at the same time, `by_row`
    further texts that differ by row, the same columns for each; `told` names columns of the row that its event tells of
    beside `data`.
    """
    if new not in model.transitions[old]:
        raise WrongState(f"{old} is not followed by {new}.", state=str(old), wanted=str(new))
    if not ids:
        return []
    db.session.flush()
    given, texts = dict(values or {}), by_row or {}
    differing = tuple(next(iter(texts.values()), {}))
    facts = {
        "ids": list(ids),
        "old": old,
        "new": new,
        "moment": clock.now(),
        "event": event,
        "doer_id": by.person_id,
        "doer_kind": by.kind,
        "data": dict(data or {}) | {"from": str(old), "to": str(new)},
        "by_row": {str(key): dict(row) for key, row in texts.items()},
    }
    facts |= {f"to_{name}": value for name, value in given.items()}
    rows = db.session.connection().execute(_moving(model, tuple(given), differing, tuple(told)), facts).all()
    announce([each.id for each in rows])
    for each in rows:
        _remember(model, each.subject_id, {"status": new} | given | dict(texts.get(each.subject_id, {})))
    return [each.subject_id for each in rows]


def _remember(model: type[Stateful], row_id: UUID, changed: Mapping[str, Any]) -> None:
    """Tells a loaded row what was written to it, so that nobody has to read it again to know.

    `core.db` has a row forget it where a savepoint is rolled back.
    """
    known = db.session().identity_map.get(identity_key(model, row_id))
    if known is not None:
        for name, value in changed.items():
            set_committed_value(known, name, value)


@lru_cache(maxsize=256)
def _moving(model: type[Stateful], given: tuple[str, ...], differing: tuple[str, ...], told: tuple[str, ...]) -> Insert:
    """The statement of `move()`, built once for each model and set of columns, since building it takes longer than
    running it. The values of the columns `given` are parameters; those of the `differing` stand in one, by row."""
    table, events = typed(Table, model.__table__), typed(Table, Event.__table__)
    ids = bindparam("ids", type_=ARRAY(table.c.id.type))
    changed = update(table).where(
        table.c.id == any_(ids), table.c.status == bindparam("old", type_=table.c.status.type)
    )
    values: dict[str, Any] = {name: bindparam(f"to_{name}", type_=table.c[name].type) for name in given}
    row_id, by_row = cast(table.c.id, Text), bindparam("by_row", type_=JSONB)
    values |= {name: func.jsonb_extract_path_text(by_row, row_id, name) for name in differing}
    status = bindparam("new", type_=table.c.status.type)
    moved = changed.values(status=status, **values).returning(table).cte("moved")
    refs = [literal(f"{word}:") + cast(moved.c[column], Text) for word, column in model.about.items()]
    shared: ColumnElement[Any] = bindparam("data", type_=JSONB)
    own = func.jsonb_build_object(*(part for name in told for part in (name, moved.c[name])))
    row = select(
        bindparam("moment", type_=events.c.at.type),
        bindparam("event", type_=events.c.name.type),
        bindparam("doer_id", type_=events.c.doer_id.type),
        bindparam("doer_kind", type_=events.c.doer_kind.type),
        moved.c.id,
        func.array_remove(array(refs), None),
        shared.op("||")(own) if told else shared,
    )
    columns = ["at", "name", "doer_id", "doer_kind", "subject_id", "about", "data"]
    return insert(events).from_select(columns, row).returning(events.c.id, events.c.subject_id)


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
