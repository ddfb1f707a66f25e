"""What people hold beside what they passed: granted by a human, with evidence and a reason, and taken back likewise;
and the reminder before it ends."""

from collections.abc import Collection
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
from marketplace.qualifications import attempt_rules, queries
from marketplace.qualifications.models import Holding, Qualification
from marketplace.qualifications.rules import EvidenceMissing, OwnResult, QualificationStatus
from marketplace.workforce import deciding
from marketplace.workforce.bars import AppealStatus
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import Outcome
from marketplace.workforce.standing_models import Appeal

FELL = (AppealStatus.OVERTURNED, AppealStatus.LAPSED)
"""Answers by which a decision falls."""


def grant(qualification_id: UUID, contractor_id: UUID, evidence: str, reason: str, *, by: Actor) -> Holding:
    """Somebody who owns the qualification gives it without a test: what shows it, and why. It ends like any other.

    Raises NotFound, Forbidden, EvidenceMissing, OwnResult, WrongState unless it is open.
    """
    found = to_grant(qualification_id, by)
    giver = require_person(by)
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


def to_grant(qualification_id: UUID, by: Actor) -> Qualification:
    """The qualification, for whoever may grant it. Raises NotFound, Forbidden, WrongState unless it is open."""
    found = queries.own(qualification_id, by, Right.GIGS)
    if found.status is not QualificationStatus.OPEN:
        raise WrongState(f"The qualification is {found.status}.", state=str(found.status))
    return found


def withdraw(qualification_id: UUID, holding_id: UUID, reason: str, *, by: Actor) -> Holding:
    """Whoever owns the qualification takes back what they granted, and says why: the person reads it, and can contest
    it like every decision about them (TEST_GRANT). What was passed is never taken back; shifts that were accepted, and
    the pay that was promised for them, stay.

    Raises NotFound, Forbidden, ReasonMissing, OwnCase, WrongState when it has ended.
    """
    found = queries.own(qualification_id, by, Right.GIGS)
    seen = db.session.get(Holding, holding_id)
    if seen is None or seen.qualification_id != found.id or seen.granted_by is None:
        raise NotFound
    deciding.find(seen.contractor_id, lock=True)
    held = db.session.get_one(Holding, holding_id, with_for_update=True, populate_existing=True)
    now = clock.now()
    if held.until <= now:
        raise WrongState("It has ended, or was taken back before.", state="ended")
    decision = deciding.write(held.contractor_id, Outcome.WITHDRAWN, reason, found.company_id, by=by)
    held.withdrawal_id, held.until_before, held.until = decision.id, held.until, now
    record("qualification.withdrawn", held, by=by)
    return held


def give_back(decision_ids: Collection[UUID]) -> int:
    """What was taken back by one of these decisions is held again, if the decision fell on appeal, or because nobody
    answered in time. Repeating it changes nothing. Returns how many."""
    fell = select(Appeal.id).where(Appeal.id.in_(decision_ids), Appeal.status.in_(FELL))
    due = select(Holding).where(Holding.withdrawal_id.in_(fell), Holding.until_before.is_not(None))
    found = db.session.scalars(due.order_by(Holding.id).with_for_update()).all()
    for held in found:
        assert held.until_before is not None
        held.until, held.until_before = held.until_before, None
        record("qualification.given_back", held, by=CLOCK)
    return len(found)


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
        .where(Holding.reminded_at.is_(None), Holding.until > now, Holding.until <= now + attempt_rules.REMIND_BEFORE)
        .order_by(Holding.until)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Holding)
    )
    rows = db.session.execute(due).all()
    record_many("qualification.ends_soon", [(row.Holding, {}) for row in rows if not row.renewed], by=CLOCK)
    seen = update(Holding).where(Holding.id.in_([row.Holding.id for row in rows]))
    db.session.execute(seen.values(reminded_at=now))
    return len(rows)
