"""A failed test is contested, a human looks, and a correction scores everybody anew who took that version."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, column, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB

from marketplace.accounts.rules import Actor, OperatorRole, Right, reason_given, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import move, move_one
from marketplace.core.problems import NotFound
from marketplace.qualifications import attempts, queries, rules, scoring
from marketplace.qualifications.models import Answer, Attempt, ItemCorrection, TestContest, TestItem, TestVersion
from marketplace.qualifications.rules import AttemptStatus, ContestStatus, NothingToContest


def contest(attempt_id: UUID, item_id: UUID, words: str, *, by: Actor) -> TestContest:
    """The person says which item of a failed test is wrong, and why. Once an attempt, within 30 days (TEST_RESULT).

    Raises NotFound, NothingToContest, TooLateToContest, ReasonMissing.
    """
    found = queries.attempt(attempt_id, by, lock=True)
    if item_id not in found.item_ids:
        raise NotFound
    known = db.session.scalar(select(TestContest.id).where(TestContest.attempt_id == found.id))
    if found.status is not AttemptStatus.FAILED or known is not None or found.ended_at is None:
        raise NothingToContest
    rules.check_contest(found.ended_at, clock.now())
    made = TestContest(
        attempt_id=found.id,
        item_id=item_id,
        qualification_id=found.qualification_id,
        company_id=found.company_id,
        contractor_id=found.contractor_id,
        words=reason_given(words),
        contested_at=clock.now(),
        status=ContestStatus.OPEN,
    )
    db.session.add(made)
    record("test_contest.made", made, by=by)
    return made


def dismiss(contest_id: UUID, reason: str, *, by: Actor) -> TestContest:
    """The item is right as it stands; the person reads why. Raises WroteIt, OwnResult, WrongState, ReasonMissing."""
    found = _to_judge(contest_id, by)
    _decide(found, ContestStatus.DISMISSED, reason, {}, by=by)
    return found


def uphold(contest_id: UUID, key: Mapping[str, Any] | None, reason: str, *, by: Actor) -> TestContest:
    """The item was wrong. `key` is what is right beside what was; None means that nobody can be right, so every answer
    counts in full. Everybody who took this version is scored anew, and nobody loses by it.

    Raises BadItem for a key that the item cannot have, WroteIt, OwnResult, WrongState, ReasonMissing.
    """
    found = _to_judge(contest_id, by)
    item = db.session.get_one(TestItem, found.item_id)
    if key is not None:
        scoring.check_item(scoring.Item(item.kind, item.prompt, key, item.ask, item.points, item.explanation))
    # One correction of a version at a time, and none between the scoring of a test and its end.
    alone = {"key_share": True}
    db.session.get_one(TestVersion, item.version_id, with_for_update=alone, populate_existing=True)
    correction = ItemCorrection(item_id=item.id, contest_id=found.id, key=key, at=clock.now())
    db.session.add(correction)
    db.session.flush()
    passed = _score_anew(item, correction, by=by)
    _decide(found, ContestStatus.UPHELD, reason, {"passed_anew": len(passed)}, by=by)
    return found


def _to_judge(contest_id: UUID, by: Actor) -> TestContest:
    found = db.session.get(TestContest, contest_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    judge = require_person(by)
    if not by.is_operator(OperatorRole.STANDARDS, OperatorRole.VETTING):
        queries.may_own(by, found.company_id, Right.GIGS)
    version = select(TestVersion.written_by).join(TestItem, TestItem.version_id == TestVersion.id)
    author = db.session.scalars(version.where(TestItem.id == found.item_id)).one()
    rules.check_judge(judge, author=author, contractor=found.contractor_id)
    return found


def _decide(found: TestContest, outcome: ContestStatus, reason: str, data: Mapping[str, Any], *, by: Actor) -> None:
    values = {"reason": reason_given(reason), "decided_by": by.person_id, "decided_at": clock.now()}
    move_one(found, outcome, by=by, event=f"test_contest.{outcome}", values=values, data=data)


def _score_anew(item: TestItem, correction: ItemCorrection, *, by: Actor) -> list[UUID]:
    """Scores each different answer to the item once, writes all of them in one statement, adds up every attempt of
    which one has changed in another, and moves those that now reach the mark. Returns whom it moved."""
    given = select(Answer.value).where(Answer.item_id == item.id, Answer.scored.is_not(None)).distinct()
    worths = [
        {"value": value, "scored": scoring.units(attempts.worth_of(item, correction, value))}
        for value in db.session.scalars(given)
    ]
    told = func.jsonb_to_recordset(literal(worths, JSONB)).table_valued(
        column("value", JSONB), column("scored", Integer), name="told"
    )
    told = told.render_derived(with_types=True)
    mine = (Answer.item_id == item.id, Answer.value.is_not_distinct_from(told.c.value), Answer.scored < told.c.scored)
    in_the_database = {"synchronize_session": False}
    db.session.execute(update(Answer).where(*mine).values(scored=told.c.scored), execution_options=in_the_database)
    sums = (
        select(Answer.attempt_id, func.sum(Answer.scored * TestItem.points).label("scored"))
        .join(TestItem, TestItem.id == Answer.item_id)
        .join(Attempt, Attempt.id == Answer.attempt_id)
        .where(Attempt.version_id == item.version_id, Attempt.status.in_(rules.SCORED))
        .group_by(Answer.attempt_id)
        .subquery()
    )
    raised = update(Attempt).where(Attempt.id == sums.c.attempt_id, Attempt.scored < sums.c.scored)
    db.session.execute(raised.values(scored=sums.c.scored), execution_options=in_the_database)
    mark = db.session.get_one(TestVersion, item.version_id).pass_percent
    reached = select(Attempt.id).where(
        Attempt.version_id == item.version_id,
        Attempt.status == AttemptStatus.FAILED,
        Attempt.scored * 100 >= mark * Attempt.most,
    )
    ids: Sequence[UUID] = db.session.scalars(reached.order_by(Attempt.id).with_for_update()).all()
    moved = move(
        Attempt, ids, old=AttemptStatus.FAILED, new=AttemptStatus.PASSED, by=by, event="attempt.passed_after_correction"
    )
    db.session.expire_all()
    attempts.hold_passed(moved)
    return moved
