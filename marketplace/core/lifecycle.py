"""Lifecycle: a status changes through one door.

A model says which statuses follow which in `transitions`; `move()` checks that table, changes the rows that still have
the old status, and writes their events, in one statement. Whoever lost a race finds no row and gets a Conflict.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar
from typing import cast as typed
from uuid import UUID

from sqlalchemy import Table, Text, cast, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.orm import Mapped
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
    told: Sequence[str] = (),
) -> list[UUID]:
    """Moves every named row that is still in `old` to `new` and writes one event each, in one statement.

    Returns the ids that moved, which may be fewer than were named: the caller decides whether that matters. Raises
    WrongState when the table has no such transition. `values` are further columns set at the same time; `told` names
    columns of the row that its event tells of beside `data`.
    """
    if new not in model.transitions[old]:
        raise WrongState(f"{old} is not followed by {new}.", state=str(old), wanted=str(new))
    if not ids:
        return []
    db.session.flush()
    table = typed(Table, model.__table__)
    changed = update(table).where(table.c.id.in_(ids), table.c.status == old)
    moved = changed.values(status=new, **(values or {})).returning(table).cte("moved")
    refs = [literal(f"{word}:") + cast(moved.c[column], Text) for word, column in model.about.items()]
    shared = cast(literal(dict(data or {}) | {"from": str(old), "to": str(new)}, JSONB), JSONB)
    own = func.jsonb_build_object(*(part for name in told for part in (name, moved.c[name])))
    row = select(
        literal(clock.now()),
        literal(event),
        literal(by.person_id),
        literal(by.kind),
        moved.c.id,
        func.array_remove(array(refs), None),
        shared.op("||")(own) if told else shared,
    )
    columns = ["at", "name", "doer_id", "doer_kind", "subject_id", "about", "data"]
    events = typed(Table, Event.__table__)
    rows = db.session.execute(
        insert(events).from_select(columns, row).returning(events.c.id, events.c.subject_id)
    ).all()
    announce([each.id for each in rows])
    for each in rows:
        if (known := db.session().identity_map.get(identity_key(model, each.subject_id))) is not None:
            db.session.expire(known)
    return [each.subject_id for each in rows]


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
