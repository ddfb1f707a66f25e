"""When somebody was suspended, and whether it stands: what a contract guarantees rests meanwhile (GUARANTEED_HOURS)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.workforce.bars import AppealStatus
from marketplace.workforce.models import VettingDecision
from marketplace.workforce.rules import OF_STATUS, Outcome
from marketplace.workforce.standing_models import Appeal

WRONG = (AppealStatus.OVERTURNED, AppealStatus.LAPSED)
"""An appeal that was right, or that nobody answered in time."""


@dataclass(frozen=True, slots=True)
class Suspension:
    """One suspension, without its end while it lasts. It `fell` when it was found wrong, or nobody answered its appeal
    in time; it `may_fall` while it can be contested or its appeal is not answered."""

    begins_at: datetime
    ends_at: datetime | None
    fell: bool
    may_fall: bool


def of_person(contractor_id: UUID) -> list[Suspension]:
    """Every suspension of a person, the earliest first. Without permission: for rooms above."""
    found = (
        select(VettingDecision, Appeal.status)
        .outerjoin(Appeal, Appeal.id == VettingDecision.id)
        .where(VettingDecision.contractor_id == contractor_id, VettingDecision.outcome.in_(OF_STATUS))
        .order_by(VettingDecision.id)
    )
    rows = db.session.execute(found).all()
    ends = [*(row.VettingDecision.decided_at for row in rows[1:]), None]
    return [
        _suspension(row.VettingDecision, row.status, end)
        for row, end in zip(rows, ends, strict=True)
        if row.VettingDecision.outcome is Outcome.SUSPENDED
    ]


def _suspension(decision: VettingDecision, appeal: AppealStatus | None, ends_at: datetime | None) -> Suspension:
    until = decision.contest_until
    can_be_contested = appeal is None and ends_at is None and until is not None and until > clock.now()
    return Suspension(decision.decided_at, ends_at, appeal in WRONG, can_be_contested or appeal is AppealStatus.OPEN)
