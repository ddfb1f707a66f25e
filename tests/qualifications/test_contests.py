"""A contested result: a human looks, and a correction scores everybody anew."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.accounts.rules import OperatorRole
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import NotFound
from marketplace.qualifications import attempts, contests, queries
from marketplace.qualifications.models import Attempt, Holding, Qualification
from marketplace.qualifications.rules import AttemptStatus, ContestStatus, NothingToContest, TooLateToContest, WroteIt
from marketplace.qualifications.scoring import BadItem
from tests.factories import accounts, workforce
from tests.factories import qualifications as made
from tests.factories.qualifications import ONE, WRITTEN
from tests.factories.shifts import MONDAY


@pytest.fixture
def test(app: Flask) -> Qualification:
    """Two items; both are needed."""
    made.at(MONDAY)
    return made.company_test(items=[ONE, WRITTEN])


def _took(test: Qualification, written: str) -> Attempt:
    me = accounts.actor_of(workforce.contractor().id)
    begun = attempts.start(test.id, by=me)
    for item in queries.items(begun.item_ids):
        attempts.save(begun.id, item.id, ["two"] if item.prompt == ONE.prompt else written, by=me)
    return attempts.hand_in(begun.id, by=me)


def _item(test: Qualification) -> object:
    return next(each for each in queries.versions(test.id)[0].items if each.prompt == WRITTEN.prompt)


def test_a_correction_scores_everybody_anew(test: Qualification) -> None:
    """Three wrote "frame", which the key had forgotten, one "circle". The correction lets the three pass from the day
    they handed in, and takes nothing from the one who had it right by the old key."""
    right = _took(test, "box")
    framed = [_took(test, "A frame") for _ in range(3)]
    wrong = _took(test, "circle")
    ana = accounts.actor_of(framed[0].contractor_id)
    contested = contests.contest(framed[0].id, _item(test).id, "A frame is a box.", by=ana)
    decided = contests.uphold(contested.id, {"accepted": ["a frame"]}, "It is.", by=made.manager_of(test))
    assert decided.status is ContestStatus.UPHELD
    found = {each.id: each for each in db.session.scalars(select(Attempt))}
    assert {found[each.id].status for each in (right, *framed)} == {AttemptStatus.PASSED}
    assert found[wrong.id].status is AttemptStatus.FAILED
    assert db.session.scalar(select(func.count(Holding.id))) == 4
    assert queries.past(framed[1].contractor_id, test.id).held_until == MONDAY + timedelta(days=365)
    assert _took(test, "frames").status is AttemptStatus.FAILED
    assert _took(test, "a frame").status is AttemptStatus.PASSED


def test_an_item_that_nobody_can_get_right_counts_for_everybody(test: Qualification) -> None:
    empty, wrong = _took(test, ""), _took(test, "circle")
    contested = contests.contest(
        wrong.id, _item(test).id, "It has no picture.", by=accounts.actor_of(wrong.contractor_id)
    )
    contests.uphold(contested.id, None, "The picture is missing.", by=accounts.operator(OperatorRole.STANDARDS))
    assert {db.session.get_one(Attempt, each.id).status for each in (empty, wrong)} == {AttemptStatus.PASSED}


def test_who_wrote_the_test_does_not_decide(test: Qualification) -> None:
    failed = _took(test, "circle")
    me = accounts.actor_of(failed.contractor_id)
    contested = contests.contest(failed.id, _item(test).id, "A circle is fine.", by=me)
    with pytest.raises(WroteIt):
        contests.dismiss(contested.id, "No.", by=accounts.owner_of(test.company_id))
    with pytest.raises(NotFound):
        contests.dismiss(contested.id, "No.", by=me)
    with pytest.raises(BadItem), db.session.begin_nested():
        contests.uphold(contested.id, {"right": ["x"]}, "Yes.", by=made.manager_of(test))
    decided = contests.dismiss(contested.id, "The instructions say box.", by=made.manager_of(test))
    assert decided.reason == "The instructions say box."
    with pytest.raises(WrongState):
        contests.dismiss(contested.id, "Again.", by=made.manager_of(test))


def test_a_result_is_contested_once_within_thirty_days(test: Qualification) -> None:
    failed, passed = _took(test, "circle"), _took(test, "box")
    item = _item(test)
    with pytest.raises(NothingToContest):
        contests.contest(passed.id, item.id, "Why?", by=accounts.actor_of(passed.contractor_id))
    me = accounts.actor_of(failed.contractor_id)
    made.at(MONDAY + timedelta(days=30, seconds=1))
    with pytest.raises(TooLateToContest):
        contests.contest(failed.id, item.id, "Why?", by=me)
    made.at(MONDAY + timedelta(days=30))
    contests.contest(failed.id, item.id, "Why?", by=me)
    with pytest.raises(NothingToContest):
        contests.contest(failed.id, item.id, "Why?", by=me)
