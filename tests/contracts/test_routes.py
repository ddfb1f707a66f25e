"""The doors of contracts and benefits, and their five questions."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.rules import CLOCK, CompanyRole
from marketplace.contracts import benefits, service
from marketplace.contracts.rules import Accrual, sha256_of
from tests.factories import accounts, contracts, workforce

WRITE = "POST /api/v1/companies/<uuid:company_id>/contract-templates"
TEMPLATES = "GET /api/v1/companies/<uuid:company_id>/contract-templates"
TEMPLATE = "GET /api/v1/contract-templates/<uuid:template_id>"
PROPOSE = "POST /api/v1/contract-templates/<uuid:template_id>/propose"
CONTRACTS = "GET /api/v1/contracts"
CONTRACT = "GET /api/v1/contracts/<uuid:contract_id>"
VERSIONS = "GET /api/v1/contracts/<uuid:contract_id>/versions"
CHANGES = "GET /api/v1/contracts/<uuid:contract_id>/versions/<int:number>/changes"
STATUS = "GET /api/v1/contracts/<uuid:contract_id>/status"
EVENTS = "GET /api/v1/contracts/<uuid:contract_id>/events"
SIGN = "POST /api/v1/contracts/<uuid:contract_id>/sign"
DECLINE = "POST /api/v1/contracts/<uuid:contract_id>/decline"
END = "POST /api/v1/contracts/<uuid:contract_id>/end"
BENEFITS = "GET /api/v1/contractors/me/benefits"
ENTRIES = "GET /api/v1/contractors/me/benefits/entries"

BODIES: dict[str, dict[str, Any]] = {
    WRITE: {"terms": contracts.FAIR_TERMS, "name": "Olga Owner"},
    PROPOSE: {"contractor_ids": [str(uuid4())]},
    SIGN: {"name": "Ana Example", "text_sha256": "0" * 64},
    END: {"reason": "The project ends."},
}
OF_A_COMPANY = (WRITE, TEMPLATES, TEMPLATE, PROPOSE)
OF_A_CONTRACT = (CONTRACT, VERSIONS, CHANGES, STATUS, EVENTS, SIGN, DECLINE, END)


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, ids: dict[str, UUID] | None = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    for name in ("company_id", "template_id", "contract_id"):
        path = path.replace(f"<uuid:{name}>", str((ids or {}).get(name) or uuid4()))
    path = path.replace("<int:number>", "2")
    if route in BODIES:
        more.setdefault("json", BODIES[route])
    return client.open(path, method=method, **more)


# --- the questions that are alike -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "route", doors(*OF_A_COMPANY, CONTRACTS, *OF_A_CONTRACT, BENEFITS, ENTRIES, question="not_signed_in")
)
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    answer = ask(client, route)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("route", doors(*OF_A_COMPANY, *OF_A_CONTRACT, question="not_mine"))
def test_contracts_of_others_do_not_exist(client: FlaskClient, route: str) -> None:
    version = contracts.in_force()
    ids = {
        "company_id": version.company_id,
        "template_id": version.template_id,
        "contract_id": version.contract_id,
    }
    for stranger in (accounts.owner_of(accounts.company().id), workforce.contractor().id):
        answer = ask(client, route, ids, headers=accounts.bearer(stranger))
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_whoever_is_no_contractor_has_no_benefits(client: FlaskClient) -> None:
    for route in (BENEFITS, ENTRIES):
        assert ask(client, route, headers=accounts.bearer(accounts.person())).status_code == 404


@pytest.mark.parametrize(
    ("route", "body"),
    [
        pytest.param(route, body, marks=pytest.mark.door(route, "wrong_shape"), id=f"{route} {number}")
        for number, (route, body) in enumerate(
            [
                (WRITE, {"terms": {}, "name": "Olga Owner"}),
                (WRITE, {"terms": contracts.terms(nda__carve_outs=["health"]), "name": "Olga Owner"}),
                (WRITE, {"terms": contracts.FAIR_TERMS | {"fine": "10 USD"}, "name": "Olga Owner"}),
                (WRITE, {"terms": contracts.terms(pay__amount=15.0), "name": "Olga Owner"}),
                (WRITE, {"terms": contracts.FAIR_TERMS, "name": "Somebody Else"}),
                (PROPOSE, {"contractor_ids": []}),
                (PROPOSE, {"contractor_ids": ["ana"]}),
                (SIGN, {"name": "Ana Example"}),
                (SIGN, {"name": "Ana Example", "text_sha256": "me too"}),
                (END, {"reason": ""}),
                (END, {"reason": "Too many mistakes."}),
                (END, {"reason": 7}),
            ]
        )
    ],
)
def test_input_of_the_wrong_shape_is_refused_by_its_places(
    client: FlaskClient, route: str, body: dict[str, Any]
) -> None:
    version = contracts.in_force()
    ids = {
        "company_id": version.company_id,
        "template_id": version.template_id,
        "contract_id": version.contract_id,
    }
    who = version.contractor_id if route == SIGN else accounts.owner_of(version.company_id)
    answer = ask(client, route, ids, json=body, headers=accounts.bearer(who))
    assert answer.status_code == 422
    assert answer.json.get("errors") or answer.json.get("field")


@pytest.mark.parametrize("route", doors(TEMPLATES, CONTRACTS, ENTRIES, question="wrong_shape"))
def test_a_query_of_the_wrong_shape_is_refused_by_its_parameter(client: FlaskClient, route: str) -> None:
    version = contracts.in_force()
    who = version.contractor_id if route == ENTRIES else accounts.owner_of(version.company_id)
    query, ids = {"limit": "0"}, {"company_id": version.company_id}
    answer = ask(client, route, ids, query_string=query, headers=accounts.bearer(who))
    assert answer.status_code == 422
    assert [error["parameter"] for error in answer.json["errors"]] == ["limit"]


@pytest.mark.door(SIGN, "wrong_state")
@pytest.mark.door(DECLINE, "wrong_state")
@pytest.mark.door(END, "wrong_state")
def test_what_is_signed_or_over_stays_so(client: FlaskClient) -> None:
    version = contracts.in_force()
    ids, mine = {"contract_id": version.contract_id}, accounts.bearer(version.contractor_id)
    body = {"name": "Ana Example", "text_sha256": version.text_sha256}
    assert ask(client, SIGN, ids, json=body, headers=mine).json["code"] == "signed_already"
    assert ask(client, DECLINE, ids, headers=mine).json["code"] == "wrong_state"
    assert ask(client, END, ids, headers=mine).json["status"] == "ended"
    for route in (SIGN, DECLINE, END):
        answer = ask(client, route, ids, json=body if route == SIGN else BODIES.get(route), headers=mine)
        assert (answer.status_code, answer.json["code"]) == (409, "wrong_state"), route


@pytest.mark.door(SIGN, "wrong_state")
def test_another_text_than_the_one_that_was_read_is_not_signed(client: FlaskClient) -> None:
    contract = contracts.proposed()
    answer = ask(client, SIGN, {"contract_id": contract.id}, headers=accounts.bearer(contract.contractor_id))
    assert (answer.status_code, answer.json["code"]) == (409, "another_text")


@pytest.mark.door(PROPOSE, "wrong_state")
def test_neither_strangers_nor_lower_rates_are_proposed(client: FlaskClient) -> None:
    version = contracts.in_force()
    lower = contracts.template(version.company_id, pay__amount="14.00")
    headers = accounts.bearer(accounts.owner_of(version.company_id))
    ids = {"template_id": lower.id}
    unknown = ask(client, PROPOSE, ids, headers=headers)
    assert (unknown.status_code, unknown.json["code"]) == (409, "not_proposable")
    body = {"contractor_ids": [str(version.contractor_id)]}
    falling = ask(client, PROPOSE, ids, json=body, headers=headers)
    assert (falling.status_code, falling.json["code"], falling.json["field"]) == (409, "rate_falls", "pay.amount")


# --- what works -----------------------------------------------------------------------------------------------------


@pytest.mark.door(WRITE, "works")
@pytest.mark.door(TEMPLATES, "works")
@pytest.mark.door(TEMPLATE, "works")
@pytest.mark.door(PROPOSE, "works")
@pytest.mark.door(CONTRACTS, "works")
@pytest.mark.door(CONTRACT, "works")
@pytest.mark.door(VERSIONS, "works")
@pytest.mark.door(SIGN, "works")
@pytest.mark.door(EVENTS, "works")
@pytest.mark.door(END, "works")
def test_from_terms_to_notice(client: FlaskClient) -> None:
    company, ana = accounts.company(), workforce.contractor()
    theirs, mine = accounts.bearer(accounts.owner_of(company.id)), accounts.bearer(ana.id)
    written = ask(client, WRITE, {"company_id": company.id}, headers=theirs)
    assert written.status_code == 201
    assert written.json["text_sha256"] == sha256_of(written.json["text"])
    listed = ask(client, TEMPLATES, {"company_id": company.id}, headers=theirs)
    assert [row["id"] for row in listed.json["items"]] == [written.json["id"]]
    template = {"template_id": UUID(written.json["id"])}
    assert ask(client, TEMPLATE, template, headers=theirs).json["number"] == 1
    body = {"contractor_ids": [str(ana.id)]}
    (proposed,) = ask(client, PROPOSE, template, json=body, headers=theirs).json["items"]
    assert proposed["status"] == "proposed"
    assert ask(client, CONTRACTS, headers=mine).json["items"] == [proposed]
    contract = {"contract_id": UUID(proposed["id"])}
    (read,) = ask(client, VERSIONS, contract, headers=mine).json["items"]
    assert [signature["party"] for signature in read["signatures"]] == ["company"]
    signing = {"name": "Ana Example", "text_sha256": sha256_of(read["text"])}
    (signed,) = ask(client, SIGN, contract, json=signing, headers=mine).json["items"]
    assert [signature["name"] for signature in signed["signatures"]] == ["Olga Owner", "Ana Example"]
    assert ask(client, CONTRACT, contract, headers=theirs).json["status"] == "in_force"
    ended = ask(client, END, contract, headers=theirs)
    assert (ended.json["status"], ended.json["end_reason"]) == ("ended", "The project ends.")
    told = [event["name"] for event in ask(client, EVENTS, contract, headers=mine).json["items"]]
    assert told == ["contract.ended", "contract.signed", "contract.proposed"]
    found = ask(client, CONTRACTS, query_string={"company_id": str(company.id)}, headers=theirs)
    assert [row["id"] for row in found.json["items"]] == [proposed["id"]]


@pytest.mark.door(DECLINE, "works")
def test_declining(client: FlaskClient) -> None:
    contract = contracts.proposed()
    answer = ask(client, DECLINE, {"contract_id": contract.id}, headers=accounts.bearer(contract.contractor_id))
    assert (answer.status_code, answer.json["status"]) == (200, "declined")


def test_a_refusal_of_terms_lists_every_field_with_its_remedy(client: FlaskClient) -> None:
    company = accounts.company()
    terms = contracts.terms(nda__carve_outs=["tax"], engagement_type="friend", via_third_party=True)
    body = {"terms": terms, "name": "Olga Owner"}
    headers = accounts.bearer(accounts.owner_of(company.id))
    answer = ask(client, WRITE, {"company_id": company.id}, json=body, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (422, "terms_refused")
    fields = [refusal["field"] for refusal in answer.json["refusals"]]
    assert fields == ["engagement_type", "nda.carve_outs", "intermediaries"]


def test_a_manager_does_not_sign_for_the_company(client: FlaskClient) -> None:
    company = accounts.company()
    headers = accounts.bearer(accounts.member(company.id, CompanyRole.MANAGER))
    assert ask(client, WRITE, {"company_id": company.id}, headers=headers).status_code == 403
    assert ask(client, TEMPLATES, {"company_id": company.id}, headers=headers).status_code == 200


def test_a_companys_key_signs_nothing(client: FlaskClient) -> None:
    contract = contracts.proposed()
    headers = accounts.company_bearer(contract.company_id)
    assert ask(client, WRITE, {"company_id": contract.company_id}, headers=headers).status_code == 403
    assert ask(client, SIGN, {"contract_id": contract.id}, headers=headers).status_code == 403


@pytest.mark.door(STATUS, "works")
def test_the_verdict_that_was_signed_is_read_again(client: FlaskClient) -> None:
    version = contracts.in_force()
    told = ask(client, STATUS, {"contract_id": version.contract_id}, headers=accounts.bearer(version.contractor_id))
    assert (told.json["agreed"]["outcome"], told.json["read"], told.json["read_at"]) == ("pass", None, None)


@pytest.mark.door(CHANGES, "works")
@pytest.mark.door(DECLINE, "works")
@pytest.mark.door(DECLINE, "wrong_state")
@pytest.mark.door(CHANGES, "wrong_shape")
def test_a_change_is_read_and_declined(client: FlaskClient) -> None:
    first = contracts.in_force()
    contract = contracts.proposed(first.company_id, first.contractor_id, nda__months=24)
    ids, mine = {"contract_id": contract.id}, accounts.bearer(first.contractor_id)
    told = ask(client, CHANGES, ids, headers=mine).json
    assert (told["before"], told["after"], [each["field"] for each in told["changes"]]) == (1, 2, ["nda.months"])
    assert told["changes"][0]["effect"] == "worse"
    (section,) = told["sections"]
    assert [p["text"] for p in section["pieces"] if p["kind"] != "same"] == ["12", "24"]
    indonesian = ask(client, CHANGES, ids, query_string={"language": "id"}, headers=mine).json
    assert (indonesian["language"], indonesian["sections"][0]["title"]) == ("id", "Kerahasiaan")
    assert ask(client, CHANGES, ids, query_string={"language": "tlh"}, headers=mine).status_code == 422
    declined = ask(client, DECLINE, ids, headers=mine)
    assert (declined.status_code, declined.json["status"]) == (200, "in_force")
    again = ask(client, DECLINE, ids, headers=mine)
    assert (again.status_code, again.json["code"]) == (409, "wrong_state")


@pytest.mark.door(BENEFITS, "works")
@pytest.mark.door(ENTRIES, "works")
def test_a_statement_of_benefits(client: FlaskClient) -> None:
    ana = workforce.contractor()
    at = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
    sick = Accrual(ana.id, "sick-leave", 480, "line:1:sick", "booking:1", "SICK", 1, at)
    health = Accrual(ana.id, "health-stipend", 240, "line:1:health", "booking:1", "HEALTH", 1, at, "USD")
    benefits.accrue([sick, health], by=CLOCK)
    told = {row["plan"]["code"]: row for row in ask(client, BENEFITS, headers=accounts.bearer(ana.id)).json["items"]}
    assert (told["sick-leave"]["seconds"], told["sick-leave"]["money"]) == (480, None)
    assert told["health-stipend"]["money"] == {"amount": "2.40", "currency": "USD"}
    entries = ask(client, ENTRIES, query_string={"limit": "1"}, headers=accounts.bearer(ana.id)).json
    assert [row["rule"] for row in entries["items"]] == ["HEALTH"]
    rest = ask(client, ENTRIES, query_string={"after": entries["next"]}, headers=accounts.bearer(ana.id)).json
    assert [row["rule"] for row in rest["items"]] == ["SICK"]


def test_the_reason_of_an_ending_stays_between_the_parties(client: FlaskClient) -> None:
    version = contracts.in_force()
    service.end(version.contract_id, "The project ends.", by=accounts.owner_of(version.company_id))
    events = ask(client, EVENTS, {"contract_id": version.contract_id}, headers=accounts.bearer(version.contractor_id))
    assert "project" not in events.text
