"""How the input of a plan is forgotten: all of it after a while, and somebody's part of it when they are erased.

The application may not change a stored input, so one that somebody is taken out of is put in its place. The digest of
its plan still says what it was, and so nobody takes the rest for the whole.
"""

import json
import zlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.matching.models import Plan, PlanInput

KEPT_FOR = timedelta(days=90)
"""As long as a restriction may last and longer than anything can be contested: house policy. Afterwards an offer still
tells its own reason, and the plan its numbers."""


def forget_old(limit: int) -> int:
    """Deletes the inputs of plans that were made 90 days ago or earlier, and returns how many. For the clock."""
    due = select(PlanInput.plan_id).join(Plan, Plan.id == PlanInput.plan_id)
    due = due.where(Plan.made_at <= clock.now() - KEPT_FOR).order_by(PlanInput.plan_id).limit(limit)
    gone = delete(PlanInput).where(PlanInput.plan_id.in_(due.scalar_subquery())).returning(PlanInput.plan_id)
    return len(db.session.execute(gone).all())


def take_out(person_id: UUID, after: UUID | None, limit: int) -> UUID | None:
    """Takes an erased person out of so many inputs, those behind `after` in the order of their plans. Returns the last
    plan that it looked at, None behind the end. Safe to repeat."""
    some = select(Plan.id).join(PlanInput, PlanInput.plan_id == Plan.id).order_by(Plan.id).limit(limit)
    # Locked before it is read: whoever carries the plan out puts another input in the place of this one.
    some = some.with_for_update(of=Plan)
    ids = db.session.scalars(some if after is None else some.where(Plan.id > after)).all()
    rows = db.session.scalars(select(PlanInput).where(PlanInput.plan_id.in_(ids)).order_by(PlanInput.plan_id)).all()
    for row in rows:
        text = zlib.decompress(row.body)
        if str(person_id).encode() in text:
            _replace(row.plan_id, without(json.loads(text), str(person_id)))
    return ids[-1] if ids else None


def packed(text: bytes) -> bytes:
    """As an input is kept."""
    return zlib.compress(text, 6)


def canonical(stored: Mapping[str, Any]) -> bytes:
    """The one spelling of an input, which its digest is of."""
    return json.dumps(stored, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def without(stored: Mapping[str, Any], person: str) -> dict[str, Any]:
    """An input that does not name the person: not as who may be asked, nor as who was or was meant to be."""
    wishes = stored.get("wishes")
    more = {} if wishes is None else {"wishes": [pair for pair in wishes if pair[1] != person]}
    return {
        **stored,
        **more,
        "members": [each for each in stored["members"] if each["id"] != person],
        "openings": [_nobody_asked(opening, person) for opening in stored["openings"]],
    }


def _nobody_asked(opening: Mapping[str, Any], person: str) -> dict[str, Any]:
    told = {**opening, "asked": [each for each in opening["asked"] if each != person]}
    if (first := told.get("first")) is not None:
        told["first"] = [first[0], [each for each in first[1] if each != person]]
    return told


def _replace(plan_id: UUID, stored: Mapping[str, Any]) -> None:
    db.session.execute(delete(PlanInput).where(PlanInput.plan_id == plan_id))
    db.session.execute(insert(PlanInput).values(plan_id=plan_id, body=packed(canonical(stored))))
