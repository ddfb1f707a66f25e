"""Intake: the latest measure decides whether somebody may apply now; who has to wait is told when it opens again.

The measure is made above, where shifts are known (`shifts.admitting`). Everybody who has applied is past it.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.models import Invitation
from marketplace.accounts.queries import confirmed_person
from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, require_operator
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record, record_many
from marketplace.workforce import admission
from marketplace.workforce.admission import Counted, IntakeOpen, IntakePaused, IntakeStatus
from marketplace.workforce.standing_models import IntakeMeasure, IntakeWait


def latest() -> IntakeMeasure | None:
    """The newest measure; None in a service that has never measured, whose intake is open."""
    return db.session.scalars(select(IntakeMeasure).order_by(IntakeMeasure.id.desc()).limit(1)).one_or_none()


def check_open() -> None:
    """Raises IntakePaused, with what was measured."""
    measure = latest()
    if measure is not None and measure.status is IntakeStatus.PAUSED:
        raise IntakePaused(
            f"There were {measure.per_hundred} seats a week for each hundred vetted people.",
            seats_per_hundred=measure.per_hundred,
            pause_below=admission.PAUSE_BELOW,
            reopen_from=admission.REOPEN_FROM,
            people=measure.people,
        )


def note(counted: Counted) -> IntakeMeasure:
    """Keeps a measure, and tells who waited when intake opens by it."""
    before = latest()
    was = IntakeStatus.OPEN if before is None else before.status
    made = IntakeMeasure(
        at=counted.at,
        seats=counted.seats,
        people=counted.people,
        per_hundred=counted.per_hundred,
        rule_version=admission.RULE.version,
        status=admission.judge(counted, was),
    )
    db.session.add(made)
    db.session.flush()
    if made.status is not was:
        event = "intake.paused" if made.status is IntakeStatus.PAUSED else "intake.reopened"
        record(event, made, by=CLOCK, data={"per_hundred": made.per_hundred, "people": made.people})
    if made.status is IntakeStatus.OPEN:
        _tell_waiting()
    return made


def wait(*, by: Actor) -> IntakeWait:
    """The person wants to be told when intake opens; asking twice is asking once. A company that has invited them is
    told that they wait. Raises EmailNotConfirmed, IntakeOpen."""
    person = confirmed_person(by)
    measure = latest()
    if measure is None or measure.status is IntakeStatus.OPEN:
        raise IntakeOpen
    invited = select(Invitation.company_id).where(Invitation.person_id == person.id, Invitation.company_id.is_not(None))
    company_id: UUID | None = db.session.scalar(invited.order_by(Invitation.id.desc()).limit(1))
    row = insert(IntakeWait).values(person_id=person.id, company_id=company_id, asked_at=clock.now())
    made = db.session.scalars(
        row.on_conflict_do_nothing(index_elements=["person_id"]).returning(IntakeWait)
    ).one_or_none()
    if made is None:
        again = {"asked_at": clock.now(), "told_at": None, "company_id": company_id}
        held = update(IntakeWait).where(IntakeWait.person_id == person.id).values(again).returning(IntakeWait)
        return db.session.scalars(held).one()
    record("intake.awaited", made, by=by)
    return made


def measures(seen_by: Actor, limit: int = 60) -> Sequence[IntakeMeasure]:
    """The newest measures, oldest first, for operators of vetting. Raises NotFound or Forbidden."""
    require_operator(seen_by, OperatorRole.VETTING)
    found = select(IntakeMeasure).order_by(IntakeMeasure.id.desc()).limit(limit)
    return db.session.scalars(found).all()[::-1]


def is_waiting(person_id: UUID) -> bool:
    """Whether the person is to be told. The caller is that person."""
    found = select(IntakeWait.id).where(IntakeWait.person_id == person_id, IntakeWait.told_at.is_(None))
    return db.session.scalar(found) is not None


def _tell_waiting() -> None:
    held = update(IntakeWait).where(IntakeWait.told_at.is_(None)).values(told_at=clock.now()).returning(IntakeWait)
    told = db.session.scalars(held).all()
    record_many("intake.opened", [(each, {}) for each in told], by=CLOCK)
