"""The doors of qualifications and their five questions."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.core.money import Money
from marketplace.qualifications import attempts, contests, queries
from marketplace.qualifications.models import Attempt, Qualification, TestContest
from tests.conftest import again, kept
from tests.factories import accounts, contracts, gigs, workforce
from tests.factories import qualifications as made
from tests.factories.qualifications import ONE, WRITTEN
from tests.factories.shifts import MONDAY

Q, T, C = "/api/v1/qualifications", "/api/v1/tests", "/api/v1/test-contests"
ONE_Q, ONE_A, ONE_C = f"{Q}/<uuid:qualification_id>", f"{T}/attempts/<uuid:attempt_id>", f"{C}/<uuid:contest_id>"
LIST, DRAFT, SHOW, REVISE = f"GET {Q}", f"POST {Q}", f"GET {ONE_Q}", f"PUT {ONE_Q}"
VERSIONS, WRITE = f"GET {ONE_Q}/versions", f"PUT {ONE_Q}/test"
PUBLISH, CLOSE = f"POST {ONE_Q}/publish", f"POST {ONE_Q}/close"
FUND, BACK, GRANT = f"POST {ONE_Q}/fund", f"POST {ONE_Q}/take-back", f"POST {ONE_Q}/grant"
ATTEMPTS, ANALYSE = f"GET {ONE_Q}/attempts", f"GET {ONE_Q}/analysis"
GIVEN, WITHDRAW = f"GET {ONE_Q}/granted", f"POST {ONE_Q}/granted/<uuid:holding_id>/withdraw"
TESTS, HELD, MINE = f"GET {T}", f"GET {T}/held", f"GET {T}/attempts"
START = f"POST {T}/<uuid:qualification_id>/attempts"
SHEET, SAVE = f"GET {ONE_A}", f"PUT {ONE_A}/answers/<uuid:item_id>"
HAND_IN, GIVE_UP, CONTEST = f"POST {ONE_A}/hand-in", f"POST {ONE_A}/give-up", f"POST {ONE_A}/contest"
CONTESTS, UPHOLD, DISMISS = f"GET {C}", f"POST {ONE_C}/uphold", f"POST {ONE_C}/dismiss"
OWNERS = (
    LIST,
    DRAFT,
    SHOW,
    REVISE,
    VERSIONS,
    WRITE,
    PUBLISH,
    CLOSE,
    FUND,
    BACK,
    GRANT,
    GIVEN,
    WITHDRAW,
    ATTEMPTS,
    ANALYSE,
)
TAKERS = (TESTS, HELD, START, MINE, SHEET, SAVE, HAND_IN, GIVE_UP, CONTEST)
JUDGES = (CONTESTS, UPHOLD, DISMISS)
SPEC = {
    "code": "street-boxes",
    "title": "Boxes in streets",
    "about": "Draw tight boxes.",
    "rate": {"amount": "12.00", "currency": "USD"},
    "proves": {"skill": "image-labelling", "skill_level": 1},
}
ITEM = {
    "kind": "choice_one",
    "prompt": "Which is a bicycle?",
    "ask": {"options": [{"id": "a", "text": "One"}, {"id": "b", "text": "Two"}]},
    "key": {"right": ["b"]},
}
PAPER = {"items": [ITEM], "pass_percent": 100, "estimate_minutes": 5}
BODIES: dict[str, dict[str, Any]] = {
    DRAFT: SPEC,
    REVISE: SPEC | {"title": "Boxes in other streets"},
    WRITE: PAPER,
    FUND: {"money": {"amount": "20.00", "currency": "USD"}},
    GRANT: {"contractor_id": str(uuid4()), "evidence": "Work of 2025.", "reason": "Years of it."},
    WITHDRAW: {"reason": "It was somebody else's work."},
    SAVE: {"value": ["two"]},
    CONTEST: {"item_id": str(uuid4()), "words": "A frame is a box."},
    UPHOLD: {"key": {"accepted": ["frame"]}, "reason": "It is."},
    DISMISS: {"reason": "It is not."},
}


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, thing: UUID | None = None, item: UUID | None = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    for name in ("qualification_id", "attempt_id", "contest_id"):
        path = path.replace(f"<uuid:{name}>", str(thing or uuid4()))
    for name in ("item_id", "holding_id"):
        path = path.replace(f"<uuid:{name}>", str(item or uuid4()))
    if route in BODIES:
        more.setdefault("json", BODIES[route])
    headers = {"Idempotency-Key": str(uuid4())} | dict(more.pop("headers", {}))
    return client.open(path, method=method, headers=headers, **more)


def _on_monday() -> Qualification:
    made.at(MONDAY)
    return made.company_test(items=[ONE, WRITTEN])


@pytest.fixture(scope="module")
def _test(ground: None) -> Qualification:
    return kept(_on_monday)


@pytest.fixture
def test(_test: Qualification, app: Flask) -> Qualification:
    made.at(MONDAY)
    return again(_test)


@pytest.fixture
def failed(test: Qualification) -> Attempt:
    return made.taken(test, workforce.contractor().id, right=0)


@pytest.fixture
def contested(failed: Attempt) -> TestContest:
    me = accounts.actor_of(failed.contractor_id)
    return contests.contest(failed.id, failed.item_ids[0], "It is wrong.", by=me)


@pytest.mark.parametrize("route", doors(*OWNERS, *TAKERS, *JUDGES, question="not_signed_in"))
def test_nobody_is_let_in_without_a_key(client: FlaskClient, route: str) -> None:
    assert ask(client, route).status_code == 401


@pytest.mark.parametrize("route", doors(*(each for each in OWNERS if "<" in each), question="not_mine"))
def test_other_people_s_tests_do_not_exist(client: FlaskClient, test: Qualification, route: str) -> None:
    stranger = accounts.bearer(accounts.owner_of(accounts.company().id))
    assert ask(client, route, test.id, headers=stranger).json["code"] == "not_found"


@pytest.mark.parametrize("route", doors(SHEET, SAVE, HAND_IN, GIVE_UP, CONTEST, question="not_mine"))
def test_other_people_s_attempts_do_not_exist(client: FlaskClient, failed: Attempt, route: str) -> None:
    for stranger in (workforce.contractor().id, accounts.owner_of(failed.company_id)):
        assert ask(client, route, failed.id, headers=accounts.bearer(stranger)).status_code == 404


@pytest.mark.door(START, "not_mine")
def test_a_draft_is_nobody_else_s(client: FlaskClient, test: Qualification) -> None:
    draft = made.authoring.draft(test.company_id, made.spec(), by=accounts.owner_of(test.company_id))
    assert ask(client, START, draft.id, headers=accounts.bearer(workforce.contractor().id)).status_code == 404


@pytest.mark.parametrize("route", doors(UPHOLD, DISMISS, question="not_mine"))
def test_other_people_s_contests_do_not_exist(client: FlaskClient, contested: TestContest, route: str) -> None:
    stranger = accounts.bearer(accounts.owner_of(accounts.company().id))
    assert ask(client, route, contested.id, headers=stranger).status_code == 404


@pytest.mark.door(CONTESTS, "works")
def test_contests_are_listed_for_both_sides(client: FlaskClient, contested: TestContest) -> None:
    stranger = accounts.bearer(workforce.contractor().id)
    mine, owner = accounts.bearer(contested.contractor_id), accounts.bearer(accounts.owner_of(contested.company_id))
    assert ask(client, CONTESTS, headers=stranger).json["items"] == []
    (listed,) = ask(client, CONTESTS, headers=mine).json["items"]
    assert listed["id"] == str(contested.id)
    of_company = {"company_id": contested.company_id}
    assert len(ask(client, CONTESTS, headers=owner, query_string=of_company).json["items"]) == 1
    assert ask(client, CONTESTS, headers=stranger, query_string=of_company).status_code == 404


@pytest.mark.parametrize("question", [pytest.param("works", marks=pytest.mark.door(LIST, "works"))])
@pytest.mark.door(DRAFT, "works")
@pytest.mark.door(DRAFT, "wrong_state")
@pytest.mark.door(SHOW, "works")
@pytest.mark.door(REVISE, "works")
@pytest.mark.door(REVISE, "wrong_state")
@pytest.mark.door(WRITE, "works")
@pytest.mark.door(WRITE, "wrong_state")
@pytest.mark.door(VERSIONS, "works")
@pytest.mark.door(PUBLISH, "works")
@pytest.mark.door(PUBLISH, "wrong_state")
@pytest.mark.door(FUND, "works")
@pytest.mark.door(FUND, "wrong_state")
@pytest.mark.door(BACK, "works")
@pytest.mark.door(BACK, "wrong_state")
@pytest.mark.door(CLOSE, "works")
@pytest.mark.door(CLOSE, "wrong_state")
@pytest.mark.door(GRANT, "works")
@pytest.mark.door(GRANT, "wrong_state")
@pytest.mark.door(GIVEN, "works")
@pytest.mark.door(WITHDRAW, "works")
@pytest.mark.door(WITHDRAW, "wrong_state")
def test_a_test_from_its_description_to_its_end(client: FlaskClient, app: Flask, question: str) -> None:
    company = accounts.company()
    owner = accounts.bearer(accounts.owner_of(company.id))
    gigs.money_for(company.id, Money.of("20.00", "USD"))
    body = SPEC | {"company_id": str(company.id)}
    drafted = ask(client, DRAFT, json=body, headers=owner)
    assert (drafted.status_code, drafted.json["status"]) == (201, "draft")
    assert ask(client, DRAFT, json=body, headers=owner).json["code"] == "qualification_code_taken"
    made_id = UUID(drafted.json["id"])
    assert ask(client, REVISE, made_id, headers=owner).json["title"] == "Boxes in other streets"
    assert ask(client, PUBLISH, made_id, headers=owner).json["code"] == "no_test_to_publish"
    assert ask(client, GRANT, made_id, headers=owner).json["code"] == "wrong_state"
    written = ask(client, WRITE, made_id, headers=owner).json
    assert (written["number"], written["items"][0]["key"]) == (1, {"right": ["b"]})
    assert ask(client, PUBLISH, made_id, headers=owner).json["status"] == "open"
    assert ask(client, REVISE, made_id, headers=owner).json["code"] == "wrong_state"
    assert len(ask(client, VERSIONS, made_id, headers=owner).json["items"]) == 1
    assert ask(client, FUND, made_id, headers=owner).json["kind"] == "funded"
    assert ask(client, FUND, made_id, headers=owner).json["code"] == "insufficient_funds"
    assert ask(client, BACK, made_id, headers=owner).json["kind"] == "returned"
    assert ask(client, BACK, made_id, headers=owner).json["code"] == "test_holds_no_money"
    ana = accounts.person(email="ana@example.org")
    given = BODIES[GRANT] | {"contractor_id": str(workforce.contractor(ana).id)}
    by_address = {name: value for name, value in given.items() if name != "contractor_id"} | {"email": ana.email}
    nobody = by_address | {"email": "nobody@example.org"}
    strangers = [ask(client, GRANT, made_id, json=body, headers=owner) for body in (given, by_address, nobody)]
    assert {(each.status_code, each.json["code"]) for each in strangers} == {(422, "not_among_your_people")}
    assert strangers[1].json["detail"] == strangers[2].json["detail"]
    contracts.in_force(company.id, ana.id)
    granted = ask(client, GRANT, made_id, json=by_address, headers=owner).json
    assert (granted["reason"], granted["contractor_id"]) == ("Years of it.", str(ana.id))
    withdrawn = ask(client, WITHDRAW, made_id, UUID(granted["id"]), headers=owner).json
    assert withdrawn["until_before"] == granted["until"]
    assert ask(client, GIVEN, made_id, headers=owner).json["items"] == [withdrawn]
    assert ask(client, WITHDRAW, made_id, UUID(granted["id"]), headers=owner).json["code"] == "wrong_state"
    (listed,) = ask(client, LIST, headers=owner, query_string={"company_id": company.id}).json["items"]
    assert ask(client, SHOW, made_id, headers=owner).json == listed
    assert ask(client, CLOSE, made_id, headers=owner).json["status"] == "closed"
    for route in (CLOSE, WRITE):
        assert ask(client, route, made_id, headers=owner).json["code"] == "wrong_state"


@pytest.mark.door(TESTS, "works")
@pytest.mark.door(HELD, "works")
@pytest.mark.door(START, "works")
@pytest.mark.door(START, "wrong_state")
@pytest.mark.door(MINE, "works")
@pytest.mark.door(SHEET, "works")
@pytest.mark.door(SAVE, "works")
@pytest.mark.door(SAVE, "wrong_state")
@pytest.mark.door(HAND_IN, "works")
@pytest.mark.door(HAND_IN, "wrong_state")
@pytest.mark.door(GIVE_UP, "works")
@pytest.mark.door(GIVE_UP, "wrong_state")
@pytest.mark.door(CONTEST, "works")
@pytest.mark.door(CONTEST, "wrong_state")
@pytest.mark.door(UPHOLD, "works")
@pytest.mark.door(UPHOLD, "wrong_state")
@pytest.mark.door(DISMISS, "works")
@pytest.mark.door(DISMISS, "wrong_state")
@pytest.mark.door(ATTEMPTS, "works")
@pytest.mark.door(ANALYSE, "works")
def test_a_test_is_taken_contested_and_passed(client: FlaskClient, test: Qualification) -> None:
    ana = workforce.contractor()
    mine, manager = accounts.bearer(ana.id), accounts.bearer(made.manager_of(test))
    (open_test,) = ask(client, TESTS, headers=mine).json["items"]
    assert (open_test["pay"], open_test["can_begin"]) == ({"amount": "2.00", "currency": "USD"}, True)
    begun = ask(client, START, test.id, headers=mine)
    assert begun.status_code == 201
    attempt_id = UUID(begun.json["id"])
    sheet = ask(client, SHEET, attempt_id, headers=mine).json
    assert [item["key"] for item in sheet["items"]] == [None, None]
    by_kind = {item["kind"]: UUID(item["id"]) for item in sheet["items"]}
    ask(client, SAVE, attempt_id, by_kind["choice_one"], headers=mine)
    ask(client, SAVE, attempt_id, by_kind["text"], json={"value": "frame"}, headers=mine)
    contest = {"item_id": str(by_kind["text"]), "words": "A frame is a box."}
    assert ask(client, CONTEST, attempt_id, json=contest, headers=mine).json["code"] == "nothing_to_contest_in_test"
    result = ask(client, HAND_IN, attempt_id, headers=mine).json
    assert (result["status"], result["percent"], result["paid_minutes"]) == ("failed", 50, 1)
    assert ask(client, HAND_IN, attempt_id, headers=mine).json == result
    for route in (SAVE, GIVE_UP):
        refused = ask(client, route, attempt_id, by_kind["choice_one"], headers=mine)
        assert refused.json["code"] == "wrong_state"
    assert ask(client, START, test.id, headers=mine).json["code"] == "retake_too_early"
    made_contest = ask(client, CONTEST, attempt_id, json=contest, headers=mine)
    assert made_contest.status_code == 201
    contest_id = UUID(made_contest.json["id"])
    assert ask(client, UPHOLD, contest_id, headers=manager).json["status"] == "upheld"
    for route in (UPHOLD, DISMISS):
        assert ask(client, route, contest_id, headers=manager).json["code"] == "wrong_state"
    assert ask(client, MINE, headers=mine).json["items"][0]["status"] == "passed"
    assert len(ask(client, HELD, headers=mine).json["items"]) == 1
    assert ask(client, ATTEMPTS, test.id, headers=manager).json["items"][0]["percent"] == 100
    assert [each["answers"] for each in ask(client, ANALYSE, test.id, headers=manager).json["items"]] == [1, 1]
    _given_up(client, test, manager)


def _given_up(client: FlaskClient, test: Qualification, manager: Any) -> None:
    bea = workforce.contractor()
    headers = accounts.bearer(bea.id)
    begun = UUID(ask(client, START, test.id, headers=headers).json["id"])
    assert ask(client, GIVE_UP, begun, headers=headers).json["status"] == "abandoned"
    assert ask(client, HAND_IN, begun, headers=headers).json["code"] == "wrong_state"
    failed = made.taken(test, workforce.contractor().id, right=0)
    me = accounts.actor_of(failed.contractor_id)
    contest = contests.contest(failed.id, failed.item_ids[0], "It is wrong.", by=me)
    assert ask(client, DISMISS, contest.id, headers=manager).json["reason"] == "It is not."


@pytest.mark.parametrize(
    ("route", "json"),
    [
        pytest.param(route, json, marks=pytest.mark.door(route, "wrong_shape"), id=route)
        for route, json in (
            (DRAFT, SPEC | {"code": "Not A Code"}),
            (REVISE, SPEC | {"rate": 12}),
            (WRITE, PAPER | {"items": [ITEM | {"kind": "guess"}]}),
            (WRITE, PAPER | {"items": [ITEM | {"key": {"right": [{}]}}]}),
            (WRITE, PAPER | {"limit_minutes": 14}),
            (FUND, {"money": "20"}),
            (GRANT, {"contractor_id": "ana"}),
            (WITHDRAW, {"reason": ""}),
        )
    ],
)
def test_what_is_not_right_is_named(client: FlaskClient, test: Qualification, route: str, json: Any) -> None:
    owner = accounts.owner_of(test.company_id)
    draft = made.authoring.draft(test.company_id, made.spec(), by=owner)
    assert ask(client, route, draft.id, json=json, headers=accounts.bearer(owner)).status_code == 422


@pytest.mark.door(SAVE, "wrong_shape")
@pytest.mark.door(CONTEST, "wrong_shape")
def test_answers_have_a_shape(client: FlaskClient, test: Qualification, failed: Attempt) -> None:
    bea = workforce.contractor()
    begun = attempts.start(test.id, by=accounts.actor_of(bea.id))
    item = next(each for each in queries.items(begun.item_ids) if each.prompt == ONE.prompt)
    headers = accounts.bearer(bea.id)
    assert ask(client, SAVE, begun.id, item.id, json={"value": {"x": []}}, headers=headers).json["code"] == "bad_answer"
    assert ask(client, SAVE, begun.id, item.id, json={}, headers=headers).status_code == 422
    mine = accounts.bearer(failed.contractor_id)
    assert ask(client, CONTEST, failed.id, json={"words": "It is wrong."}, headers=mine).status_code == 422


@pytest.mark.parametrize("route", doors(UPHOLD, DISMISS, question="wrong_shape"))
def test_a_decision_has_a_reason(client: FlaskClient, contested: TestContest, route: str) -> None:
    test = queries.own(contested.qualification_id, accounts.owner_of(contested.company_id))
    manager = accounts.bearer(made.manager_of(test))
    assert ask(client, route, contested.id, json={"key": None, "reason": ""}, headers=manager).status_code == 422


@pytest.mark.parametrize("route", doors(LIST, GIVEN, ATTEMPTS, MINE, CONTESTS, question="wrong_shape"))
def test_pages_have_a_size(client: FlaskClient, test: Qualification, route: str) -> None:
    by = workforce.contractor().id if route == MINE else accounts.owner_of(test.company_id)
    asked = ask(client, route, test.id, headers=accounts.bearer(by), query_string={"limit": 0})
    assert asked.status_code == 422


def test_a_limit_is_no_whip(client: FlaskClient, test: Qualification) -> None:
    owner = accounts.bearer(accounts.owner_of(test.company_id))
    refused = ask(client, WRITE, test.id, json=PAPER | {"limit_minutes": 14}, headers=owner).json
    assert (refused["code"], refused["field"], refused["limit"]) == ("bad_test", "limit_minutes", "15")
