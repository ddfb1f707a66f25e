"""The doors and pages of surveys."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.accounts.rules import OperatorRole
from marketplace.core.db import db
from marketplace.surveys import service
from marketplace.surveys.models import Concern, Survey
from marketplace.surveys.rules import Ask
from tests.factories import accounts, surveys, workforce
from tests.factories.shifts import Scene
from tests.web.visitor import Visitor

S, C = "/api/v1/surveys", "/api/v1/survey-concerns"
LIST, SHOW, WORDS = f"GET {S}", f"GET {S}/<uuid:survey_id>", f"GET {S}/words"
ANSWER, DECLINE, EMPTY = (
    f"POST {S}/<uuid:survey_id>/answer",
    f"POST {S}/<uuid:survey_id>/decline",
    f"DELETE {S}/<uuid:survey_id>/words",
)
SAID, CONCERNS, CLOSE = "GET /api/v1/gigs/<uuid:gig_id>/survey", f"GET {C}", f"POST {C}/<uuid:concern_id>/close"
OWN, OF_OPERATORS = (SHOW, ANSWER, DECLINE, EMPTY), (WORDS, CONCERNS, CLOSE)
POINTS = {str(ask): 4 for ask in Ask}
BODIES: dict[str, dict[str, Any]] = {
    ANSWER: {"points": POINTS, "words": surveys.WORDS},
    CLOSE: {"reason": "The estimate is ten minutes short."},
}


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def call(client: FlaskClient, route: str, thing: UUID | None = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    for name in ("gig_id", "survey_id", "concern_id"):
        path = path.replace(f"<uuid:{name}>", str(thing or uuid4()))
    if route in BODIES:
        more.setdefault("json", BODIES[route])
    headers = {"Idempotency-Key": str(uuid4())} | dict(more.pop("headers", {}))
    return client.open(path, method=method, headers=headers, **more)


@pytest.fixture
def survey(scene: Scene) -> Survey:
    return surveys.asked(scene.gig, workforce.contractor())


@pytest.mark.parametrize("route", doors(LIST, *OWN, SAID, *OF_OPERATORS, question="not_signed_in"))
def test_nobody_is_let_in_without_a_key(client: FlaskClient, route: str) -> None:
    assert call(client, route).status_code == 401


@pytest.mark.parametrize("route", doors(*OWN, SAID, CLOSE, question="not_mine"))
def test_what_others_were_asked_is_nobodys_business(client: FlaskClient, survey: Survey, route: str) -> None:
    thing = {SAID: survey.gig_id, CLOSE: uuid4()}.get(route, survey.id)
    stranger = accounts.bearer(workforce.contractor().id)
    assert call(client, route, thing, headers=stranger).status_code == 404


@pytest.mark.parametrize("route", [SHOW, WORDS, CONCERNS])
def test_the_company_never_sees_who_answered_or_what_was_written(
    client: FlaskClient, scene: Scene, survey: Survey, route: str
) -> None:
    assert call(client, route, survey.id, headers=accounts.bearer(scene.company)).status_code == 404


@pytest.mark.door(LIST, "works")
@pytest.mark.door(SHOW, "works")
@pytest.mark.door(ANSWER, "works")
@pytest.mark.door(ANSWER, "wrong_state")
@pytest.mark.door(DECLINE, "wrong_state")
@pytest.mark.door(EMPTY, "works")
@pytest.mark.door(EMPTY, "wrong_state")
@pytest.mark.door(WORDS, "works")
def test_an_answer_and_its_words(client: FlaskClient, survey: Survey) -> None:
    mine, desk = accounts.bearer(survey.contractor_id), accounts.bearer(accounts.operator(OperatorRole.STANDARDS))
    (listed,) = call(client, LIST, headers=mine).json["items"]
    assert (listed["id"], listed["answer"]) == (str(survey.id), None)
    assert call(client, ANSWER, survey.id, headers=mine).json["answer"]["points"] == POINTS
    assert call(client, ANSWER, survey.id, headers=mine).json["code"] == "survey_ended"
    assert call(client, DECLINE, survey.id, headers=mine).json["code"] == "survey_ended"
    (written,) = call(client, WORDS, headers=desk).json["items"]
    assert (written["words"], written["name"]) == (surveys.WORDS, None)
    assert call(client, EMPTY, survey.id, headers=mine).json["answer"]["words"] == ""
    assert call(client, EMPTY, survey.id, headers=mine).json["code"] == "nothing_written"
    assert call(client, WORDS, headers=desk).json["items"] == []
    assert call(client, SHOW, survey.id, headers=mine).json["answer"]["points"] == POINTS


@pytest.mark.door(DECLINE, "works")
def test_rather_not(client: FlaskClient, survey: Survey) -> None:
    assert call(client, DECLINE, survey.id, headers=accounts.bearer(survey.contractor_id)).json["ended_at"]


@pytest.mark.door(SAID, "works")
@pytest.mark.door(CONCERNS, "works")
@pytest.mark.door(CLOSE, "works")
@pytest.mark.door(CLOSE, "wrong_state")
def test_low_figures_from_five_answers_to_what_an_operator_found(client: FlaskClient, scene: Scene) -> None:
    concern = surveys.low(scene.gig)
    theirs, desk = accounts.bearer(scene.company), accounts.bearer(accounts.operator(OperatorRole.STANDARDS))
    said = call(client, SAID, scene.gig.id, headers=theirs).json
    (pay,) = (figure for figure in said["figures"] if figure["ask"] == "pay")
    assert (pay["answers"], pay["counts"], pay["mean"]) == (5, [5, 0, 0, 0, 0], "1.00")
    (waiting,) = call(client, CONCERNS, headers=desk, query_string={"status": "open"}).json["items"]
    assert waiting["id"] == str(concern.id)
    assert call(client, CLOSE, concern.id, headers=desk).json["status"] == "closed"
    assert call(client, CLOSE, concern.id, headers=desk).json["code"] == "wrong_state"
    found = call(client, SAID, scene.gig.id, headers=theirs).json["concerns"]
    assert [each["words"] for each in found] == [BODIES[CLOSE]["reason"]]


@pytest.mark.parametrize("route", doors(ANSWER, CLOSE, question="wrong_shape"))
def test_points_lie_on_the_scale_and_a_finding_has_words(client: FlaskClient, survey: Survey, route: str) -> None:
    bad = {ANSWER: {"points": POINTS | {"pay": 6}}, CLOSE: {"reason": ""}}[route]
    assert call(client, route, survey.id, headers=accounts.bearer(survey.contractor_id), json=bad).status_code == 422


@pytest.mark.parametrize("route", doors(LIST, WORDS, CONCERNS, question="wrong_shape"))
def test_a_page_has_a_size(client: FlaskClient, survey: Survey, route: str) -> None:
    mine = accounts.bearer(survey.contractor_id)
    assert call(client, route, headers=mine, query_string={"limit": 0}).status_code == 422


def test_the_pages_of_all_three(app: Flask, scene: Scene, survey: Survey) -> None:
    """Somebody answers on a page, as the fifth; their company sees the picture, and the desk what they wrote."""
    surveys.said(scene.gig, [{"pay": 1}] * 4)
    operator = accounts.operator(OperatorRole.STANDARDS)
    mine, theirs, desk = (
        Visitor(app.test_client()).signed_in(db.session.get_one(Person, each))
        for each in (survey.contractor_id, scene.company.person_id, operator.person_id)
    )
    given = {f"points__{ask}": "1" for ask in Ask}
    page = mine.send(f"/work/surveys/{survey.id}", words=surveys.WORDS, **given)
    assert surveys.WORDS in page.words
    service.look(200)
    gig = theirs.look(f"/company/{scene.company_id}/gigs/{scene.gig.id}").words
    assert "The pay was as promised · 1.00 of 5, 5 answers" in gig
    assert surveys.WORDS not in gig
    assert surveys.WORDS in desk.look("/desk/surveys").words
    closed = desk.send("/desk/surveys", f"/{_concern(Ask.PAY)}", reason="The estimate is ten minutes short.")
    assert f"/{_concern(Ask.PAY)}" not in closed.html
    assert "ten minutes short" in theirs.look(f"/company/{scene.company_id}/gigs/{scene.gig.id}").words
    emptied = mine.send(f"/work/surveys/{survey.id}", "/empty")
    assert surveys.WORDS not in emptied.words


def _concern(ask: Ask) -> UUID:
    return db.session.scalars(select(Concern.id).where(Concern.ask == ask)).one()
