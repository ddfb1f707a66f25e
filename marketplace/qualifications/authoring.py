"""The verbs of whoever owns a test: describe it, write a version, publish it, close it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from marketplace.accounts.models import Company
from marketplace.accounts.rules import Actor, CompanyStatus, Right, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.qualifications import funding, queries
from marketplace.qualifications.models import Qualification, TestItem, TestVersion
from marketplace.qualifications.rules import (
    BadTest,
    CodeTaken,
    NothingToPublish,
    Paper,
    QualificationStatus,
    Spec,
    check_paper,
    check_spec,
)


def draft(company_id: UUID | None, spec: Spec, *, by: Actor) -> Qualification:
    """A qualification that only its owner sees: a company, or the service where there is none. Raises BadTest,
    CodeTaken, or a Problem about a skill or language."""
    queries.may_own(by, company_id)
    check_spec(spec)
    _refuse_taken(spec.code, None)
    made = Qualification(company_id=company_id, status=QualificationStatus.DRAFT, drafted_at=clock.now())
    for column, value in _columns(spec).items():
        setattr(made, column, value)
    db.session.add(made)
    record("qualification.drafted", made, by=by)
    return made


def revise(qualification_id: UUID, spec: Spec, *, by: Actor) -> Qualification:
    """Another description, in place of the old one, while nobody relies on it. Raises what `draft` does, WrongState
    once it is open."""
    found = _draft(queries.own(qualification_id, by, Right.GIGS, lock=True))
    check_spec(spec)
    _refuse_taken(spec.code, found.id)
    if spec.rate.currency != found.currency and (held := queries.funds(found)):
        raise BadTest(f"It holds {held}; take that back before the currency changes.", field="rate")
    for column, value in _columns(spec).items():
        setattr(found, column, value)
    record("qualification.revised", found, by=by)
    return found


def write(qualification_id: UUID, paper: Paper, *, by: Actor) -> TestVersion:
    """The next version of the test, in place of one that is written and not published. What is published never changes.

    Raises BadTest, BadItem, WrongState when the qualification is closed.
    """
    found = _alive(queries.own(qualification_id, by, Right.GIGS, lock=True))
    check_paper(paper)
    author = require_person(by)
    waiting = _unpublished(found.id)
    if waiting is not None:
        db.session.execute(delete(TestItem).where(TestItem.version_id == waiting.id))
    version = waiting or TestVersion(
        qualification_id=found.id, company_id=found.company_id, number=_next_number(found.id)
    )
    version.pass_percent, version.draw, version.reveal = paper.pass_percent, paper.draw, paper.reveal
    version.estimate_minutes, version.limit_minutes = paper.estimate_minutes, paper.limit_minutes
    version.written_by, version.written_at = author, clock.now()
    db.session.add(version)
    db.session.flush()
    rows = [_item_row(version.id, place, item) for place, item in enumerate(paper.items)]
    db.session.execute(insert(TestItem), rows)
    db.session.expire(version, ["items"])
    record("test_version.written", version, by=by, data={"number": version.number, "items": len(rows)})
    return version


def publish(qualification_id: UUID, *, by: Actor) -> Qualification:
    """Publishes the version that was written last: who begins from now on gets it, who has begun goes on with theirs,
    and who holds the qualification keeps it until it ends (TEST_VERSION).

    Raises NothingToPublish, BadTest unless the company is verified, WrongState when it is closed.
    """
    found = _alive(queries.own(qualification_id, by, Right.GIGS, lock=True))
    version = _unpublished(found.id)
    if version is None:
        raise NothingToPublish
    _require_verified(found)
    version.published_at = clock.now()
    record("test_version.published", version, by=by, data={"number": version.number})
    if found.status is QualificationStatus.DRAFT:
        move_one(found, QualificationStatus.OPEN, by=by, event="qualification.opened")
    return found


def close(qualification_id: UUID, *, by: Actor) -> Qualification:
    """Nobody begins it any more; who has begun may finish, and who holds it keeps it until it ends. What is not set
    aside for an attempt goes back to the company."""
    found = queries.own(qualification_id, by, Right.GIGS, lock=True)
    move_one(found, QualificationStatus.CLOSED, by=by, event="qualification.closed")
    funding.give_back(found, by=by)
    return found


def _require_verified(found: Qualification) -> None:
    if found.company_id is None:
        return
    company = db.session.get_one(Company, found.company_id)
    if company.status is not CompanyStatus.VERIFIED:
        raise BadTest("A company is verified before strangers work for it, at its tests too.", field="company")


def _refuse_taken(code: str, own_id: UUID | None) -> None:
    found = select(Qualification.id).where(Qualification.code == code, Qualification.id.is_distinct_from(own_id))
    if db.session.scalar(found) is not None:
        raise CodeTaken(field="code")


def _draft(found: Qualification) -> Qualification:
    if found.status is not QualificationStatus.DRAFT:
        raise WrongState(f"The qualification is {found.status}.", state=str(found.status))
    return found


def _alive(found: Qualification) -> Qualification:
    if found.status is QualificationStatus.CLOSED:
        raise WrongState("The qualification is closed.", state=str(found.status))
    return found


def _unpublished(qualification_id: UUID) -> TestVersion | None:
    found = select(TestVersion).where(
        TestVersion.qualification_id == qualification_id, TestVersion.published_at.is_(None)
    )
    return db.session.scalars(found).one_or_none()


def _next_number(qualification_id: UUID) -> int:
    newest = select(func.coalesce(func.max(TestVersion.number), 0)).where(
        TestVersion.qualification_id == qualification_id
    )
    return (db.session.scalar(newest) or 0) + 1


def _item_row(version_id: UUID, place: int, item: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "version_id": version_id,
        "position": place,
        "kind": item.kind,
        "prompt": item.prompt.strip(),
        "ask": dict(item.ask),
        "key": dict(item.key),
        "points": item.points,
        "explanation": item.explanation.strip(),
    }


def _columns(spec: Spec) -> Mapping[str, Any]:
    return {
        "code": spec.code,
        "title": spec.title.strip(),
        "description": spec.about.strip(),
        "skill": spec.proves.skill,
        "skill_level": spec.proves.skill_level,
        "language": spec.proves.language,
        "language_level": spec.proves.language_level,
        "rate_amount": spec.rate.amount,
        "currency": spec.rate.currency,
        "valid_days": spec.valid_days,
        "retake_days": spec.retake_days,
        "most_attempts": spec.most_attempts,
        "period_days": spec.period_days,
    }
