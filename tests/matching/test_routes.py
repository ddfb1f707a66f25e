"""The doors of matching, and their five questions."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.rules import CLOCK
from marketplace.matching import planning
from marketplace.matching.objective import Part
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene

WEIGHTS = "GET /api/v1/matching/weights"
MATCH = "POST /api/v1/shifts/<uuid:shift_id>/match"
MATCHES = "GET /api/v1/shifts/<uuid:shift_id>/matches"
EXPLAIN = "GET /api/v1/shifts/<uuid:shift_id>/explanations/<uuid:contractor_id>"


def doors(*routes: str, question: str) -> list[Any]:
    """The routes as parameters of a test that answers the question for each."""
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(
    client: FlaskClient, route: str, shift_id: UUID | None = None, contractor_id: UUID | None = None, **more: Any
) -> Any:
    """Makes the request of a route, with the ids in their places (or fresh ones that belong to nothing)."""
    method, _, path = route.partition(" ")
    path = path.replace("<uuid:shift_id>", str(shift_id or uuid4()))
    path = path.replace("<uuid:contractor_id>", str(contractor_id or uuid4()))
    return client.open(path, method=method, **more)


@pytest.mark.parametrize("route", doors(MATCH, MATCHES, EXPLAIN, question="not_signed_in"))
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    answer = ask(client, route)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("route", doors(MATCH, MATCHES, EXPLAIN, question="not_mine"))
def test_shifts_of_others_do_not_exist(client: FlaskClient, scene: Scene, route: str) -> None:
    ana, shift = make.contracted(scene), make.shift(scene)
    elsewhere = make.scene()
    for by in (elsewhere.company, accounts.actor_of(make.contracted(elsewhere).id)):
        answer = ask(client, route, shift.id, ana.id, headers=accounts.bearer(by))
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("route", doors(MATCHES, question="wrong_shape"))
def test_a_query_of_the_wrong_shape(client: FlaskClient, scene: Scene, route: str) -> None:
    headers = accounts.bearer(scene.company)
    answer = ask(client, route, make.shift(scene).id, query_string={"limit": "0"}, headers=headers)
    assert (answer.status_code, answer.json["errors"][0]["parameter"]) == (422, "limit")


@pytest.mark.door(MATCH, "wrong_state")
def test_a_shift_that_has_begun_is_not_matched(client: FlaskClient, scene: Scene) -> None:
    shift = make.shift(scene)
    make.at(MONDAY + timedelta(minutes=1))
    answer = ask(client, MATCH, shift.id, headers=accounts.bearer(scene.company))
    assert (answer.status_code, answer.json["code"]) == (409, "shift_begun")


@pytest.mark.door(MATCH, "works")
@pytest.mark.door(MATCHES, "works")
@pytest.mark.door(EXPLAIN, "works")
def test_searching_and_explaining(client: FlaskClient, scene: Scene) -> None:
    ana, shift = make.contracted(scene), make.shift(scene)
    company, mine = accounts.bearer(scene.company), accounts.bearer(ana.id)
    made = ask(client, MATCH, shift.id, headers=company)
    assert made.status_code == 201
    (offer,) = made.json["items"]
    assert offer["contractor_id"] == str(ana.id)
    (run,) = ask(client, MATCHES, shift.id, headers=company).json["items"]
    assert (run["offered"], run["cutoff"], len(run["input_sha256"])) == (1, offer["reason"]["score"], 64)
    told = ask(client, EXPLAIN, shift.id, ana.id, headers=mine)
    assert (told.json["outcome"], told.json["reason"]) == ("offered", offer["reason"])
    assert told.json["reason"]["parts"][0] == {"part": "availability", "points": 100, "weight": 30}
    assert ask(client, EXPLAIN, shift.id, ana.id, headers=company).json == told.json


@pytest.mark.door(WEIGHTS, "works")
def test_the_weights_are_published(client: FlaskClient) -> None:
    answer = ask(client, WEIGHTS)
    assert answer.status_code == 200
    assert answer.json["current"] == answer.json["items"][-1]["version"] == 2
    newest = answer.json["items"][-1]["weights"]
    assert [part["part"] for part in answer.json["parts"]] == sorted(newest, key=list(Part).index)
    assert any("declined" in sentence for sentence in answer.json["never"])
    assert answer.json["items"][0]["weights"] == {
        "availability": 30,
        "band": 30,
        "spread": 20,
        "continuity": 10,
        "language": 10,
    }


# --- plans ------------------------------------------------------------------------------------------------------------

ORDER = "POST /api/v1/plans"
PLANS = "GET /api/v1/plans"
PLAN = "GET /api/v1/plans/<uuid:plan_id>"
PLANNED = "GET /api/v1/plans/<uuid:plan_id>/shifts"


def ask_plan(client: FlaskClient, route: str, plan_id: str | UUID | None = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    return client.open(path.replace("<uuid:plan_id>", str(plan_id or uuid4())), method=method, **more)


@pytest.mark.parametrize("route", doors(ORDER, PLANS, PLAN, PLANNED, question="not_signed_in"))
def test_a_stranger_plans_nothing(client: FlaskClient, route: str) -> None:
    answer = ask_plan(client, route, json={})
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.door(ORDER, "works")
@pytest.mark.door(PLANS, "works")
@pytest.mark.door(PLAN, "works")
@pytest.mark.door(PLANNED, "works")
@pytest.mark.door(ORDER, "wrong_state")
def test_a_manager_has_the_open_seats_of_the_company_planned(
    client: FlaskClient, scene: Scene, work: Callable[[], int]
) -> None:
    ana, shift = make.contracted(scene), make.shift(scene, seats=2)
    company = accounts.bearer(scene.company)
    asked = {"company_id": str(scene.company_id)}
    made = ask_plan(client, ORDER, json=asked, headers=company)
    assert (made.status_code, made.json["status"], made.json["seats"]) == (202, "running", 0)
    again = ask_plan(client, ORDER, json=asked, headers=company)
    assert (again.status_code, again.json["code"]) == (409, "plan_running")
    work()
    plan = ask_plan(client, PLAN, made.json["id"], headers=company)
    assert [plan.json[name] for name in ("status", "seats", "planned", "offered")] == ["done", 2, 1, 1]
    assert plan.json["report"]["days"] == [{"day": MONDAY.date().isoformat(), "seats": 2, "planned": 1}]
    assert plan.json["report"]["refused"] == {"TOO_FEW": 1}
    assert ask_plan(client, PLANS, headers=company).json["items"] == [plan.json]
    (planned,) = ask_plan(client, PLANNED, made.json["id"], headers=company).json["items"]
    assert (planned["shift_id"], planned["plan_id"], planned["offered"]) == (str(shift.id), made.json["id"], 1)
    told = ask(client, EXPLAIN, shift.id, ana.id, headers=accounts.bearer(ana.id))
    assert (told.json["outcome"], told.json["reason"]["plan_id"]) == ("offered", made.json["id"])


@pytest.mark.parametrize("route", doors(ORDER, PLANS, PLAN, PLANNED, question="not_mine"))
def test_plans_of_others_do_not_exist(client: FlaskClient, scene: Scene, route: str) -> None:
    of_all = planning.plan(MONDAY, MONDAY + timedelta(days=1), by=CLOCK)
    own = planning.plan(MONDAY, MONDAY + timedelta(days=1), company_id=scene.company_id, by=scene.company)
    elsewhere = make.scene()
    for plan, by in ((own, elsewhere.company), (of_all, scene.company)):
        company_id = str(own.company_id) if plan is own else None
        query = {"company_id": company_id} if company_id and route == PLANS else None
        body = {"company_id": company_id} if route == ORDER else None
        answer = ask_plan(client, route, plan.id, json=body, query_string=query, headers=accounts.bearer(by))
        if route == PLANS and plan is of_all:
            assert [each["id"] for each in answer.json["items"]] == [str(own.id)]
        else:
            assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_an_operator_sees_every_plan(client: FlaskClient, scene: Scene) -> None:
    headers = accounts.bearer(accounts.operator())
    made = ask_plan(client, ORDER, json={}, headers=headers)
    assert (made.status_code, made.json["company_id"]) == (202, None)
    assert [each["id"] for each in ask_plan(client, PLANS, headers=headers).json["items"]] == [made.json["id"]]


@pytest.mark.parametrize("route", doors(ORDER, PLANS, PLANNED, question="wrong_shape"))
def test_a_plan_of_the_wrong_shape(client: FlaskClient, scene: Scene, route: str) -> None:
    sent: dict[str, Any] = {"json": {"days": 57}} if route == ORDER else {"query_string": {"limit": "0"}}
    answer = ask_plan(client, route, headers=accounts.bearer(scene.company), **sent)
    assert (answer.status_code, answer.json["code"]) == (422, "input_not_right")
