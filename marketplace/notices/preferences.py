"""The verbs of preferences: how somebody wants to be told of each kind of thing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.rules import Actor, require_person
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.notices.models import NoticeSetting
from marketplace.notices.ways import Chosen, Kind, Way, check_choice, usual


@dataclass(frozen=True, slots=True)
class Preferences:
    """The ways of every kind, as they hold for somebody, whether they said so or not."""

    ways: Mapping[Kind, frozenset[Way]]
    rings_when_urgent: bool


def mine(*, by: Actor) -> Preferences:
    """How the person is told."""
    row = of([require_person(by)]).get(require_person(by))
    chosen = row.chosen if row is not None else {}
    return Preferences(
        {kind: chosen.get(kind, usual(kind)) for kind in Kind}, row is not None and row.rings_when_urgent
    )


def choose(ways: Chosen, *, rings_when_urgent: bool, by: Actor) -> Preferences:
    """Says for each kind that is named by which ways the person is told; for the others what they said before holds.
    Raises CannotBeMuted."""
    me = require_person(by)
    check_choice(ways)
    kept = {str(kind): sorted(chosen) for kind, chosen in {**mine(by=by).ways, **ways}.items()}
    row = insert(NoticeSetting).values(id=new_id(), person_id=me, ways=kept, rings_when_urgent=rings_when_urgent)
    now = {"ways": kept, "rings_when_urgent": rings_when_urgent}
    written = row.on_conflict_do_update(index_elements=["person_id"], set_=now).returning(NoticeSetting)
    fresh = {"populate_existing": True}
    record("notice_setting.changed", db.session.scalars(written, execution_options=fresh).one(), by=by)
    return mine(by=by)


def of(person_ids: Collection[UUID]) -> dict[UUID, NoticeSetting]:
    """What people chose, as far as they chose anything. One statement. Without permission: it is for notices."""
    found = select(NoticeSetting).where(NoticeSetting.person_id.in_(person_ids))
    return {row.person_id: row for row in db.session.scalars(found)}
