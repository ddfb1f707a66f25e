"""A decision of matching is contested and answered by a human, in writing and in time."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.rules import Actor, CompanyRole, OperatorRole, ReasonMissing
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.problems import Forbidden, NotFound
from marketplace.matching import contests, service
from marketplace.matching.contest_models import MatchContest
from marketplace.matching.rules import ContestStatus, Outcome
from marketplace.shifts.models import Shift
from marketplace.workforce.bars import ANSWER_WITHIN, NoAppeal, TakesASide, TooLateToAnswer
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import CONTEST_FOR, NothingToContest, OwnCase, TooLateToContest
from tests.contested import Doors
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import Scene

FILE = "POST /api/v1/shifts/<uuid:shift_id>/contest"
LIST = "GET /api/v1/matching/contests"
SHOW = "GET /api/v1/matching/contests/<uuid:match_contest_id>"
ANSWER = "POST /api/v1/matching/contests/<uuid:match_contest_id>/answer"
DOORS = Doors(FILE, LIST, SHOW, ANSWER)
WORDS = "I am free that day, and the calendar says so."


def me(person: Contractor) -> Actor:
    return accounts.actor_of(person.id)


def judge() -> Actor:
    return accounts.operator(OperatorRole.DISPUTES)


def passed_over(scene: Scene) -> tuple[Contractor, Shift]:
    """Somebody whose hours have no room was not asked."""
    ana = make.contracted(scene, band=(0, 3))
    shift = make.shift(scene)
    service.match(shift.id, by=scene.company)
    return ana, shift


def contested(scene: Scene) -> MatchContest:
    ana, shift = passed_over(scene)
    return contests.contest(shift.id, WORDS, by=me(ana))


def test_what_was_told_stands_beside_what_is_said_against_it(scene: Scene) -> None:
    ana, shift = passed_over(scene)
    told = service.explain(shift.id, ana.id, seen_by=me(ana))
    made = contests.contest(shift.id, WORDS, by=me(ana))
    assert (made.outcome, made.words, made.status) == (Outcome.NOT_ELIGIBLE, WORDS, ContestStatus.OPEN)
    assert (made.told["verdict"], made.told["weights_version"]) == (told.verdict, told.weights_version)
    assert made.answer_by == made.filed_at + timedelta(days=14)
    with pytest.raises(NothingToContest):
        contests.contest(shift.id, WORDS, by=me(ana))
    # The company is no party to it: it is told nothing, and its shift's history says nothing.
    assert [sorted(each.split(":")[0] for each in event.about) for event in timeline("match_contest", made.id)] == [
        ["contractor", "match_contest"]
    ]


def test_an_offer_is_contested_as_well(scene: Scene) -> None:
    ana = make.contracted(scene)
    offer = make.offered(scene, make.shift(scene), ana)
    made = contests.contest(offer.shift_id, "I asked for no hours at night.", by=me(ana))
    assert (made.outcome, made.offer_id, made.run_id) == (Outcome.OFFERED, offer.id, None)


def test_who_may_contest_and_until_when(scene: Scene) -> None:
    ana, shift = passed_over(scene)
    for stranger in (scene.company, accounts.actor_of(accounts.person().id)):
        with pytest.raises((NotFound, Forbidden)):
            contests.contest(shift.id, WORDS, by=stranger)
    with pytest.raises(ReasonMissing):
        contests.contest(shift.id, "  ", by=me(ana))
    clock.move_to(clock.now() + CONTEST_FOR + timedelta(seconds=1))
    with pytest.raises(TooLateToContest):
        contests.contest(shift.id, WORDS, by=me(ana))


def test_a_human_who_is_no_party_answers_in_writing(scene: Scene) -> None:
    made = contested(scene)
    member = accounts.member(scene.company_id, CompanyRole.MANAGER)
    partial = Actor(member.person_id, companies=member.companies, operator=frozenset({OperatorRole.DISPUTES}))
    itself = Actor(made.contractor_id, operator=frozenset({OperatorRole.DISPUTES}))
    for by, problem in ((partial, TakesASide), (itself, OwnCase), (accounts.operator(OperatorRole.FINANCE), Forbidden)):
        with pytest.raises(problem):
            contests.answer(made.id, ContestStatus.UPHELD, "Its week was full.", by=by)
    with pytest.raises(ReasonMissing):
        contests.answer(made.id, ContestStatus.UPHELD, " ", by=judge())
    answered = contests.answer(made.id, ContestStatus.UPHELD, "The band was full by 240 minutes.", by=judge())
    assert (answered.status, answered.answer) == (ContestStatus.UPHELD, "The band was full by 240 minutes.")
    with pytest.raises(NoAppeal):
        contests.answer(made.id, ContestStatus.OVERTURNED, "No.", by=judge())


def test_what_nobody_answers_in_time_is_decided_for_the_person(scene: Scene) -> None:
    made = contested(scene)
    clock.move_to(made.answer_by - timedelta(seconds=1))
    assert contests.lapse_due() == 0
    clock.move_to(made.filed_at + ANSWER_WITHIN)
    with pytest.raises(TooLateToAnswer):
        contests.answer(made.id, ContestStatus.UPHELD, "Late.", by=judge())
    assert (contests.lapse_due(), contests.lapse_due()) == (1, 0)
    assert db.session.get_one(MatchContest, made.id).status is ContestStatus.LAPSED


# --- the doors --------------------------------------------------------------------------------------------------------


@pytest.mark.door(FILE, "works")
@pytest.mark.door(LIST, "works")
@pytest.mark.door(SHOW, "works")
@pytest.mark.door(ANSWER, "works")
@pytest.mark.door(FILE, "wrong_state")
@pytest.mark.door(ANSWER, "wrong_state")
@pytest.mark.door(FILE, "wrong_shape")
@pytest.mark.door(LIST, "wrong_shape")
@pytest.mark.door(ANSWER, "wrong_shape")
def test_a_decision_is_contested_and_answered_over_the_api(
    client: FlaskClient, scene: Scene, work: Callable[[], int]
) -> None:
    ana, shift = passed_over(scene)
    mine, desk = accounts.bearer(ana.id), accounts.bearer(judge())
    DOORS.are_gone_through(client, shift.id, mine, desk, work, ("outcome", "not_eligible"))


@pytest.mark.door(FILE, "not_signed_in")
@pytest.mark.door(LIST, "not_signed_in")
@pytest.mark.door(SHOW, "not_signed_in")
@pytest.mark.door(ANSWER, "not_signed_in")
@pytest.mark.door(FILE, "not_mine")
@pytest.mark.door(LIST, "not_mine")
@pytest.mark.door(SHOW, "not_mine")
@pytest.mark.door(ANSWER, "not_mine")
def test_what_others_contest_does_not_exist(client: FlaskClient, scene: Scene) -> None:
    made = contested(scene)
    DOORS.are_closed_to_others(client, made.shift_id, made.id)
    assert DOORS.ask(client, SHOW, made.id, headers=accounts.bearer(scene.company)).status_code == 404
