"""The doors of gigs, and their five questions."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.rules import CompanyRole
from marketplace.core.idempotency import HEADER
from marketplace.core.money import Money
from marketplace.gigs import preparation, service
from marketplace.gigs.models import Gig
from tests.factories import accounts, gigs, workforce

DRAFT = "POST /api/v1/companies/<uuid:company_id>/gigs"
OF_COMPANY = "GET /api/v1/companies/<uuid:company_id>/gigs"
OPEN_GIGS = "GET /api/v1/gigs"
SHOW = "GET /api/v1/gigs/<uuid:gig_id>"
REVISE = "PUT /api/v1/gigs/<uuid:gig_id>"
EVENTS = "GET /api/v1/gigs/<uuid:gig_id>/events"
VERDICTS = "GET /api/v1/gigs/<uuid:gig_id>/verdicts"
DECISIONS = "GET /api/v1/gigs/<uuid:gig_id>/decisions"
PUBLISH = "POST /api/v1/gigs/<uuid:gig_id>/publish"
PAUSE = "POST /api/v1/gigs/<uuid:gig_id>/pause"
RESUME = "POST /api/v1/gigs/<uuid:gig_id>/resume"
RAISE = "POST /api/v1/gigs/<uuid:gig_id>/raise-rate"
RATES = "GET /api/v1/gigs/<uuid:gig_id>/rates"
FUNDS = "GET /api/v1/gigs/<uuid:gig_id>/funds"
FUND = "POST /api/v1/gigs/<uuid:gig_id>/fund"
TAKE_BACK = "POST /api/v1/gigs/<uuid:gig_id>/take-back"
CLOSE = "POST /api/v1/gigs/<uuid:gig_id>/close"
INSTRUCTIONS = "GET /api/v1/gigs/<uuid:gig_id>/instructions"
WRITE = "POST /api/v1/gigs/<uuid:gig_id>/instructions"
VERIFY = "POST /api/v1/gigs/<uuid:gig_id>/instructions/<int(min=1, max=1000000):version>/verify"
PILOTS = "GET /api/v1/gigs/<uuid:gig_id>/pilots"
PILOT = "POST /api/v1/gigs/<uuid:gig_id>/pilots"

KANSAS = {"country": "US", "subdivision": "US-KS"}
TERMS: dict[str, Any] = {
    "title": "Boxes around bicycles",
    "description": "Draw a box around each bicycle.",
    "work_kind": "image_labelling",
    "payment_model": "hourly",
    "rate": {"amount": "15.00", "currency": "USD"},
    "planned_minutes": 240,
    "hazard_class": "H0",
    "criteria": {
        "places": [KANSAS],
        "skills": ["image-labelling"],
        "languages": {"en": "B1"},
        "reason": "The instructions are in English.",
    },
    "data_use": "The boxes train a model that warns drivers.",
}
BODIES: dict[str, dict[str, Any]] = {
    DRAFT: TERMS,
    REVISE: TERMS,
    RAISE: {"rate": {"amount": "15.50", "currency": "USD"}},
    FUND: {"money": {"amount": "1.00", "currency": "USD"}},
    WRITE: {"text": "Draw tightly."},
    VERIFY: {"checked": ["edge_cases", "examples", "contact", "data_handling", "no_targets"]},
    PILOT: {
        "workers": 5,
        "items": 20,
        "places": [KANSAS],
        "item_seconds_p75": 90,
        "paid": {"amount": "40.00", "currency": "USD"},
    },
}
CHANGES = (REVISE, PUBLISH, PAUSE, RESUME, RAISE, FUND, TAKE_BACK, CLOSE, WRITE, VERIFY, PILOT)
READS = (SHOW, EVENTS, VERDICTS, DECISIONS, RATES, FUNDS, INSTRUCTIONS, PILOTS)


def doors(*routes: str, question: str) -> list[Any]:
    """The routes as parameters of a test that answers the question for each."""
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, gig: Gig | None = None, **more: Any) -> Any:
    """Makes the request of a route about the gig, by its company's owner unless headers are given, with a fresh
    Idempotency-Key."""
    method, _, path = route.partition(" ")
    gig_id, company_id = (gig.id, gig.company_id) if gig is not None else (uuid4(), uuid4())
    path = path.replace("<uuid:gig_id>", str(gig_id)).replace("<uuid:company_id>", str(company_id))
    path = path.replace("<int(min=1, max=1000000):version>", "1")
    if route in BODIES:
        more.setdefault("json", BODIES[route] | ({"contact_id": contact(gig)} if route in (DRAFT, REVISE) else {}))
    if "headers" not in more and gig is not None:
        more["headers"] = accounts.bearer(accounts.owner_of(gig.company_id))
    more["headers"] = {HEADER: uuid4().hex} | more.get("headers", {})
    return client.open(path, method=method, **more)


def contact(gig: Gig | None) -> str:
    return str(accounts.owner_of(gig.company_id).person_id if gig is not None else uuid4())


# --- the questions that are alike -----------------------------------------------------------------------------------


@pytest.mark.parametrize("route", doors(DRAFT, OF_COMPANY, OPEN_GIGS, *READS, *CHANGES, question="not_signed_in"))
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    answer = ask(client, route)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("route", doors(DRAFT, OF_COMPANY, *READS, *CHANGES, question="not_mine"))
def test_a_gig_of_others_does_not_exist(client: FlaskClient, route: str) -> None:
    stranger = accounts.bearer(accounts.owner_of(accounts.company().id))
    answer = ask(client, route, gigs.draft_gig(), headers=stranger)
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("route", [DRAFT, *CHANGES])
def test_a_viewer_looks_and_does_nothing(client: FlaskClient, route: str) -> None:
    gig = gigs.draft_gig()
    viewer = accounts.bearer(accounts.member(gig.company_id, CompanyRole.VIEWER))
    answer = ask(client, route, gig, headers=viewer)
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert ask(client, VERDICTS, gig, headers=viewer).status_code == 200


@pytest.mark.parametrize("route", doors(*CHANGES, question="wrong_state"))
def test_a_closed_gig_stays_as_it_is(client: FlaskClient, route: str) -> None:
    gig = gigs.open_gig()
    service.close(gig.id, by=accounts.owner_of(gig.company_id))
    answer = ask(client, route, gig)
    assert (answer.status_code, answer.json["code"]) == (409, "wrong_state")


@pytest.mark.parametrize("route", [FUND, TAKE_BACK, CLOSE])
def test_what_moves_money_needs_a_key(client: FlaskClient, route: str) -> None:
    gig = gigs.ready_gig()
    headers = accounts.bearer(accounts.owner_of(gig.company_id)) | {HEADER: ""}
    answer = ask(client, route, gig, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_required")


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in TERMS.items() if key != name}


@pytest.mark.parametrize(
    ("route", "body"),
    [
        pytest.param(route, body, marks=pytest.mark.door(route, "wrong_shape"), id=f"{route} {number}")
        for number, (route, body) in enumerate(
            [
                (DRAFT, _without("rate")),
                (DRAFT, TERMS | {"rate": {"amount": 15.0, "currency": "USD"}}),
                (DRAFT, TERMS | {"rate": {"amount": "15.001", "currency": "USD"}}),
                (DRAFT, TERMS | {"planned_minutes": 0}),
                (DRAFT, TERMS | {"criteria": {"places": []}}),
                (DRAFT, TERMS | {"criteria": {"places": [KANSAS], "shoe_size": 43}}),
                (DRAFT, TERMS | {"criteria": [KANSAS]}),
                (DRAFT, TERMS | {"criteria": {"places": [{"country": "US", "subdivision": "KE-30"}]}}),
                (REVISE, TERMS | {"hazard_class": "H9"}),
                (RAISE, {"rate": "15.50"}),
                (FUND, {"money": {"amount": "1.00", "currency": "XXY"}}),
                (FUND, {"money": {"amount": "-1.00", "currency": "USD"}}),
                (FUND, {"money": {"amount": "1.00", "currency": "EUR"}}),
                (WRITE, {"text": ""}),
                (VERIFY, {"checked": ["looks_fine"]}),
                (VERIFY, {"checked": ["examples"]}),
                (PILOT, BODIES[PILOT] | {"workers": "five"}),
            ]
        )
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_by_its_places(
    client: FlaskClient, route: str, body: dict[str, Any]
) -> None:
    gig = gigs.draft_gig()
    preparation.write_instructions(gig.id, "Draw.", by=accounts.owner_of(gig.company_id))
    more = {"contact_id": contact(gig)} if route in (DRAFT, REVISE) else {}
    reader = accounts.bearer(accounts.member(gig.company_id, CompanyRole.OWNER))
    answer = ask(client, route, gig, json=body | more, headers=reader)
    assert answer.status_code == 422
    assert answer.json.get("errors") or answer.json.get("field")


@pytest.mark.parametrize("route", doors(OF_COMPANY, OPEN_GIGS, DECISIONS, question="wrong_shape"))
def test_a_query_of_the_wrong_shape_is_refused_by_its_parameter(client: FlaskClient, route: str) -> None:
    answer = ask(client, route, gigs.draft_gig(), query_string={"limit": "0"})
    assert answer.status_code == 422
    assert [error["parameter"] for error in answer.json["errors"]] == ["limit"]


# --- writing a gig --------------------------------------------------------------------------------------------------


@pytest.mark.door(DRAFT, "works")
@pytest.mark.door(REVISE, "works")
@pytest.mark.door(OF_COMPANY, "works")
@pytest.mark.door(SHOW, "works")
@pytest.mark.door(EVENTS, "works")
def test_a_gig_is_written_revised_listed_and_shown(client: FlaskClient) -> None:
    other = gigs.draft_gig()
    made = ask(client, DRAFT, other)
    assert made.status_code == 201
    assert {name: made.json[name] for name in TERMS if name != "criteria"} == _without("criteria")
    assert made.json["criteria"] == TERMS["criteria"] | {"qualifications": [], "skill_levels": {}}
    assert (made.json["status"], made.json["fee_percent"]) == ("draft", "5.00")

    listed = ask(client, OF_COMPANY, other, query_string={"status": "draft", "limit": 1})
    assert [item["id"] for item in listed.json["items"]] == [made.json["id"]]
    assert listed.json["next"] == made.json["id"]
    assert ask(client, OF_COMPANY, other, query_string={"status": "open"}).json["items"] == []

    revised = ask(client, REVISE, other, json=TERMS | {"title": "Trams", "contact_id": contact(other)})
    shown = ask(client, SHOW, other)
    assert revised.json["title"] == shown.json["title"] == "Trams"
    headers = accounts.bearer(accounts.owner_of(other.company_id)) | {"If-None-Match": shown.headers["ETag"]}
    assert ask(client, SHOW, other, headers=headers).status_code == 304
    told = [event["name"] for event in ask(client, EVENTS, other).json["items"]]
    assert told == ["gig.revised", "gig.drafted"]


@pytest.mark.parametrize(
    ("criteria", "attribute"),
    [
        ({"places": [KANSAS], "gender": "female"}, "sex"),
        ({"places": [KANSAS], "max_age": 35}, "age"),
        ({"places": [KANSAS], "skills": ["native-speaker"], "reason": "Fluent."}, "mother tongue"),
    ],
)
def test_a_protected_attribute_is_refused_by_its_name(
    client: FlaskClient, criteria: dict[str, Any], attribute: str
) -> None:
    gig = gigs.draft_gig()
    answer = ask(client, DRAFT, gig, json=TERMS | {"criteria": criteria, "contact_id": contact(gig)})
    assert answer.status_code == 422
    assert (answer.json["code"], answer.json["attribute"]) == ("protected_attribute", attribute)


# --- the gate -------------------------------------------------------------------------------------------------------


@pytest.mark.door(VERDICTS, "works")
def test_the_form_can_show_what_is_missing(client: FlaskClient) -> None:
    gig = gigs.draft_gig()
    answer = ask(client, VERDICTS, gig)
    assert answer.status_code == 200
    assert {v["rule"] for v in answer.json["verdicts"] if v["outcome"] == "fail"} == {"ESCROW", "INSTRUCTIONS"}
    assert answer.json["like_work"] is None


@pytest.mark.door(PUBLISH, "works")
@pytest.mark.door(DECISIONS, "works")
def test_a_refusal_is_kept_and_answered_with_every_verdict(client: FlaskClient) -> None:
    gig = gigs.draft_gig(rate=Money.of("2.00", "USD"))
    refused = ask(client, PUBLISH, gig)
    assert (refused.status_code, refused.json["code"]) == (422, "gate_refused")
    assert refused.mimetype == "application/problem+json"
    floor = next(v for v in refused.json["verdicts"] if v["rule"] == "FLOOR")
    assert floor["limit"] == "7.25 USD"
    assert floor["inputs"]["place"] == "US-KS"
    assert floor["remedy"].startswith("Raise the rate to 7.25 USD")
    [kept] = ask(client, DECISIONS, gig).json["items"]
    assert (kept["id"], kept["outcome"]) == (refused.json["decision"], "refused")
    assert kept["verdicts"] == refused.json["verdicts"]


def test_a_repeated_refusal_is_one_decision(client: FlaskClient) -> None:
    gig = gigs.draft_gig()
    headers = accounts.bearer(accounts.owner_of(gig.company_id)) | {HEADER: "once"}
    first, again = (ask(client, PUBLISH, gig, headers=headers) for _ in range(2))
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(ask(client, DECISIONS, gig).json["items"]) == 1


@pytest.mark.door(PAUSE, "works")
@pytest.mark.door(RESUME, "works")
@pytest.mark.door(CLOSE, "works")
def test_from_open_to_closed(client: FlaskClient) -> None:
    gig = gigs.ready_gig()
    opened = ask(client, PUBLISH, gig)
    assert (opened.status_code, opened.json["outcome"]) == (200, "passed")
    assert ask(client, PAUSE, gig).json["status"] == "paused"
    assert ask(client, RESUME, gig).json["question"] == "resume"
    assert ask(client, CLOSE, gig).json["status"] == "closed"
    assert ask(client, FUNDS, gig).json["available"] == {"amount": "67.40", "currency": "USD"}


@pytest.mark.door(RAISE, "works")
@pytest.mark.door(RATES, "works")
@pytest.mark.door(FUND, "works")
@pytest.mark.door(FUNDS, "works")
def test_the_rate_rises_when_it_is_funded(client: FlaskClient) -> None:
    gig = gigs.open_gig()
    short = ask(client, RAISE, gig)
    assert (short.status_code, short.json["code"], short.json["field"]) == (422, "gate_refused", "rate")
    gigs.money_for(gig.company_id, Money.of("10.00", "USD"))
    money = {"amount": "10.00", "currency": "USD"}
    headers = accounts.bearer(accounts.owner_of(gig.company_id)) | {HEADER: "once"}
    first, again = (ask(client, FUND, gig, json={"money": money}, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert ask(client, FUNDS, gig).json["held"] == {"amount": "77.40", "currency": "USD"}
    assert ask(client, RAISE, gig).json["rate"] == {"amount": "15.50", "currency": "USD"}
    assert [rate["version"] for rate in ask(client, RATES, gig).json["items"]] == [1, 2]
    fallen = ask(client, RAISE, gig, json={"rate": {"amount": "15.00", "currency": "USD"}})
    assert (fallen.status_code, fallen.json["code"]) == (409, "rate_may_not_fall")


@pytest.mark.door(TAKE_BACK, "works")
def test_a_draft_gives_its_money_back(client: FlaskClient) -> None:
    gig = gigs.ready_gig()
    answer = ask(client, TAKE_BACK, gig)
    assert answer.status_code == 201
    assert (answer.json["kind"], answer.json["money"]["amount"]) == ("returned", "67.40")
    empty = ask(client, TAKE_BACK, gig)
    assert (empty.status_code, empty.json["code"]) == (409, "not_funded")


# --- instructions and pilots ----------------------------------------------------------------------------------------


@pytest.mark.door(WRITE, "works")
@pytest.mark.door(VERIFY, "works")
@pytest.mark.door(INSTRUCTIONS, "works")
def test_instructions_are_written_and_read_by_two(client: FlaskClient) -> None:
    gig = gigs.draft_gig()
    written = ask(client, WRITE, gig)
    assert (written.status_code, written.json["version"]) == (201, 1)
    by_author = ask(client, VERIFY, gig)
    assert (by_author.status_code, by_author.json["code"]) == (403, "same_author")
    reader = accounts.member(gig.company_id)
    verified = ask(client, VERIFY, gig, headers=accounts.bearer(reader))
    assert UUID(verified.json["verified_by"]) == reader.person_id
    [listed] = ask(client, INSTRUCTIONS, gig).json["items"]
    assert listed == verified.json


@pytest.mark.door(PILOT, "works")
@pytest.mark.door(PILOTS, "works")
def test_a_pilot_is_reported(client: FlaskClient) -> None:
    gig = gigs.draft_gig()
    made = ask(client, PILOT, gig)
    assert made.status_code == 201
    assert ask(client, PILOTS, gig).json["items"] == [made.json]
    assert made.json["places"] == [KANSAS]


# --- contractors ----------------------------------------------------------------------------------------------------


@pytest.mark.door(OPEN_GIGS, "works")
def test_contractors_see_open_gigs_beside_their_floor(client: FlaskClient) -> None:
    gig, draft = gigs.open_gig(), gigs.draft_gig()
    ana = accounts.bearer(workforce.contractor().id)
    answer = ask(client, OPEN_GIGS, headers=ana)
    [row] = [item for item in answer.json["items"] if item["gig"]["company_id"] == str(gig.company_id)]
    assert row["gig"]["id"] == str(gig.id)
    assert row["floor"] == {"amount": "7.25", "currency": "USD"}
    assert ask(client, SHOW, gig, headers=ana).status_code == 200
    for route in (EVENTS, VERDICTS, DECISIONS, FUNDS, PILOTS):
        assert ask(client, route, gig, headers=ana).status_code == 404
    assert ask(client, SHOW, draft, headers=ana).status_code == 404


@pytest.mark.door(OPEN_GIGS, "not_mine")
def test_open_gigs_are_for_vetted_people(client: FlaskClient) -> None:
    answer = ask(client, OPEN_GIGS, headers=accounts.bearer(workforce.applied().id))
    assert (answer.status_code, answer.json["code"]) == (403, "not_vetted")
