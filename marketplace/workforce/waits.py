"""Who waits for whom in vetting, since when, and how long it usually takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, tuple_

from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.standards.rules import RULES
from marketplace.workforce import queries
from marketplace.workforce.models import Contractor, Requirement
from marketplace.workforce.rules import RequirementKind, RequirementStatus, Side, waits_for

_NUMBERS = RULES["VETTING"].parameters
LEAST_DECISIONS = _NUMBERS["least_decisions"]
DAYS_BACK = timedelta(days=_NUMBERS["days_back"])


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in the queue: what each requirement is at, whose turn it is, and since when."""

    contractor: Contractor
    requirements: Sequence[Requirement]
    turn: Side
    since: datetime

    @property
    def is_complete(self) -> bool:
        """Whether everything that was asked is met, so that the person can be taken in."""
        return all(row.status is RequirementStatus.MET for row in self.requirements)

    def of(self, *statuses: RequirementStatus) -> list[Requirement]:
        return [row for row in self.requirements if row.status in statuses]


def usually() -> Mapping[RequirementKind, timedelta]:
    """The median time from handing a requirement in to its decision, of the last 90 days; a kind with fewer than 20
    decisions is left out (rule VETTING)."""
    took = Requirement.decided_at - Requirement.submitted_at
    found = (
        select(Requirement.kind, func.count(), func.percentile_cont(0.5).within_group(took))
        .where(
            Requirement.decided_at >= clock.now() - DAYS_BACK,
            Requirement.submitted_at.is_not(None),
            took >= timedelta(),
        )
        .group_by(Requirement.kind)
    )
    return {kind: median for kind, count, median in db.session.execute(found) if count >= LEAST_DECISIONS}


def queue(seen_by: Actor, limit: int, after: UUID | None = None) -> list[Waiting]:
    """Applicants, whoever applied first: two statements, however many. `after` is the last of the page before.

    Raises NotFound or Forbidden unless an operator of vetting asks.
    """
    found = queries.vetting_queue(seen_by)
    if after is not None and (last := db.session.get(Contractor, after)) is not None:
        found = found.where(tuple_(Contractor.applied_at, Contractor.id) > (last.applied_at, last.id))
    people = db.session.scalars(found.order_by(Contractor.applied_at, Contractor.id).limit(limit)).all()
    rows: dict[UUID, list[Requirement]] = {who.id: [] for who in people}
    asked = select(Requirement).where(Requirement.contractor_id.in_(rows)).order_by(Requirement.id)
    for row in db.session.scalars(asked):
        rows[row.contractor_id].append(row)
    return [_waiting(who, rows[who.id]) for who in people]


def _waiting(who: Contractor, rows: Sequence[Requirement]) -> Waiting:
    turn = waits_for([row.status for row in rows])
    moments = [row.submitted_at for row in rows if row.status is RequirementStatus.SUBMITTED and row.submitted_at]
    return Waiting(who, rows, turn, min(moments, default=who.applied_at))
