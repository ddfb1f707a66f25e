"""The verbs of instructions at fault: what people ask twice was not said well enough (ASKED_TWICE)."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select

from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import move
from marketplace.core.problems import Forbidden
from marketplace.gigs.models import Gig, Instructions
from marketplace.messages.models import Defect, Question
from marketplace.messages.rules import DefectStatus
from marketplace.standards.catalogue import RULES

PEOPLE = RULES["ASKED_TWICE"].parameters["people"]


def open_if_twice(gig_id: UUID, version: int, part: int, *, by: Actor) -> Defect | None:
    """Opens a ticket when enough people asked about a part since it was last explained to all. None while it was
    not, or when one is open already."""
    # Two who ask in the same moment must see each other.
    gig = db.session.get_one(Gig, gig_id, with_for_update={"key_share": True}, populate_existing=True)
    of_part = (Defect.gig_id == gig_id, Defect.version == version, Defect.part == part)
    if db.session.scalars(select(Defect.id).where(*of_part, Defect.status == DefectStatus.OPEN)).first() is not None:
        return None
    asked = select(func.count(Question.contractor_id.distinct())).where(
        Question.gig_id == gig_id, Question.version == version, Question.part == part
    )
    explained = db.session.scalars(select(func.max(Defect.closed_at)).where(*of_part)).one()
    if explained is not None:
        asked = asked.where(Question.asked_at > explained)
    if db.session.scalars(asked).one() < PEOPLE:
        return None
    row = Defect(
        gig_id=gig_id,
        company_id=gig.company_id,
        version=version,
        part=part,
        opened_at=clock.now(),
        status=DefectStatus.OPEN,
    )
    db.session.add(row)
    record("defect.opened", row, by=by, data={"version": version, "part": part})
    return row


def mend(instructions_id: UUID, *, by: Actor) -> int:
    """A verified version closes the tickets of those before it. Only the service itself does this; returns how many."""
    if by.kind != "job":
        raise Forbidden("Only the service itself does this.")
    row = db.session.get_one(Instructions, instructions_id)
    if not row.is_verified:
        return 0
    older = select(Defect.id).where(Defect.gig_id == row.gig_id, Defect.version < row.version)
    return close(db.session.scalars(older).all(), DefectStatus.REWRITTEN, by=by)


def close(ids: Collection[UUID], how: DefectStatus, *, by: Actor) -> int:
    """For this room: closes those that are open and returns how many were."""
    values = {"closed_at": clock.now()}
    open_ = DefectStatus.OPEN
    return len(move(Defect, list(ids), old=open_, new=how, by=by, event="defect.closed", values=values))
