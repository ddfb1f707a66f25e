"""What people hold beside what they passed: granted by a human, with evidence and a reason; and the reminder before it
ends."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import CLOCK, Actor, Right, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record, record_many
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import NotFound
from marketplace.qualifications import queries, rules
from marketplace.qualifications.models import Holding
from marketplace.qualifications.rules import EvidenceMissing, OwnResult, QualificationStatus
from marketplace.workforce.models import Contractor


def grant(qualification_id: UUID, contractor_id: UUID, evidence: str, reason: str, *, by: Actor) -> Holding:
    """Somebody who owns the qualification gives it without a test: what shows it, and why. It ends like any other.

    Raises NotFound, Forbidden, EvidenceMissing, OwnResult, WrongState unless it is open.
    """
    found = queries.own(qualification_id, by, Right.GIGS)
    giver = require_person(by)
    if found.status is not QualificationStatus.OPEN:
        raise WrongState(f"The qualification is {found.status}.", state=str(found.status))
    me = db.session.get(Contractor, contractor_id)
    if me is None or not queries.is_vetted(me):
        raise NotFound
    if giver == contractor_id:
        raise OwnResult
    if not evidence.strip() or not reason.strip():
        raise EvidenceMissing(field="reason" if evidence.strip() else "evidence")
    now = clock.now()
    made = Holding(
        qualification_id=found.id,
        company_id=found.company_id,
        contractor_id=contractor_id,
        granted_by=giver,
        evidence=evidence.strip(),
        reason=reason.strip(),
        since=now,
        until=now + timedelta(days=found.valid_days),
    )
    db.session.add(made)
    record("qualification.granted", made, by=by)
    return made


def remind_due(limit: int = 200) -> int:
    """Tells whoever holds a qualification that ends soon, once, unless they hold it longer already. Returns how
    many rows it has looked at."""
    later, now = aliased(Holding), clock.now()
    renewed = exists().where(
        later.contractor_id == Holding.contractor_id,
        later.qualification_id == Holding.qualification_id,
        later.until > Holding.until,
    )
    due = (
        select(Holding, renewed.label("renewed"))
        .where(Holding.reminded_at.is_(None), Holding.until > now, Holding.until <= now + rules.REMIND_BEFORE)
        .order_by(Holding.until)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Holding)
    )
    rows = db.session.execute(due).all()
    record_many("qualification.ends_soon", [(row.Holding, {}) for row in rows if not row.renewed], by=CLOCK)
    seen = update(Holding).where(Holding.id.in_([row.Holding.id for row in rows]))
    db.session.execute(seen.values(reminded_at=now))
    return len(rows)
