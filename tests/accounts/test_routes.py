"""What the doors of people, sign-ins and companies answer alike, and those of people."""

from dataclasses import asdict
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts import service
from marketplace.accounts.guidelines import CURRENT
from marketplace.accounts.models import Person
from marketplace.accounts.rules import CompanyRole, OperatorRole
from marketplace.core.db import db
from marketplace.core.events import Event
from tests.accounts.doors import (
    ADOPT,
    APPLY,
    ASK_CONFIRMATION,
    ASK_RESET,
    CHANGE_ME,
    CHANGE_ROLE,
    COMPANIES,
    CONFIRM,
    CONTEST,
    IDENTITY,
    KEYS,
    MAKE_KEY,
    ME,
    OF_A_COMPANY,
    REFUSE,
    RESET,
    SESSIONS,
    SIGN_OUT,
    SIGN_UP,
    SUSPEND,
    TAX_NUMBER,
    VERIFY,
    ask,
    doors,
)
from tests.factories import accounts


@pytest.mark.parametrize(
    "route",
    doors(
        SIGN_OUT,
        ME,
        CHANGE_ME,
        ASK_CONFIRMATION,
        APPLY,
        COMPANIES,
        VERIFY,
        SUSPEND,
        REFUSE,
        TAX_NUMBER,
        *OF_A_COMPANY,
        question="not_signed_in",
    ),
)
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    answer = ask(client, route)
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="setara"'


@pytest.mark.parametrize("route", doors(*OF_A_COMPANY, VERIFY, SUSPEND, REFUSE, TAX_NUMBER, question="not_mine"))
def test_a_company_of_others_does_not_exist(client: FlaskClient, route: str) -> None:
    company = accounts.company()
    ids = {"company_id": company.id, "person_id": accounts.owner_of(company.id).person_id}
    answer = ask(client, route, ids, headers=accounts.bearer(accounts.owner_of(accounts.company().id)))
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("route", "body"),
    [
        pytest.param(route, body, marks=pytest.mark.door(route, "wrong_shape"), id=f"{route} {body}")
        for route, body in [
            (SESSIONS, {"email": "ana@example.com"}),
            (SIGN_UP, {"email": "ana@example.com", "password": "long enough it is", "name": "", "locale": "xx"}),
            (SIGN_UP, {"email": "nobody", "password": "long enough it is", "name": "Ana"}),
            (SIGN_UP, {"email": "ana@example.com", "password": "short", "name": "Ana"}),
            (CHANGE_ME, {"email": "other@example.com"}),
            (CONFIRM, {}),
            (ASK_RESET, {"email": 7}),
            (RESET, {"password": None}),
            (APPLY, {"legal_name": "Lab", "country": "Germany", "signatory_name": "Olga"}),
            (VERIFY, {"reason": ""}),
            (SUSPEND, {}),
            (REFUSE, {"reason": " "}),
            (CONTEST, {"words": ""}),
            (ADOPT, {"name": "Olga Owner", "text_sha256": "abc"}),
            (ADOPT, {"name": "Olaf Other", "text_sha256": CURRENT.sha256}),
            (IDENTITY, {"legal_name": "Lab GmbH"}),
            (IDENTITY, asdict(accounts.IDENTITY) | {"owners": " "}),
            (IDENTITY, asdict(accounts.IDENTITY) | {"tax_number": "?"}),
            (CHANGE_ROLE, {"role": None}),
            (MAKE_KEY, {"name": "robot", "scopes": []}),
        ]
    ],
)
def test_a_body_of_the_wrong_shape_is_refused_by_its_places(
    client: FlaskClient, route: str, body: dict[str, Any]
) -> None:
    company = accounts.company()
    ids = {"company_id": company.id, "person_id": accounts.owner_of(company.id).person_id}
    by = accounts.operator() if route in (VERIFY, SUSPEND, REFUSE) else accounts.owner_of(company.id)
    answer = ask(client, route, ids, json=body, headers=accounts.bearer(by))
    assert answer.status_code == 422
    assert answer.json.get("errors") or answer.json.get("field")


@pytest.mark.parametrize("route", doors(COMPANIES, KEYS, question="wrong_shape"))
def test_a_query_of_the_wrong_shape_is_refused_by_its_parameter(client: FlaskClient, route: str) -> None:
    company = accounts.company()
    headers = accounts.bearer(accounts.owner_of(company.id))
    answer = ask(client, route, {"company_id": company.id}, query_string={"limit": "0"}, headers=headers)
    assert answer.status_code == 422
    assert [error["parameter"] for error in answer.json["errors"]] == ["limit"]


# --- people ---------------------------------------------------------------------------------------------------------


@pytest.mark.door(SIGN_UP, "works")
@pytest.mark.door(SIGN_UP, "wrong_state")
@pytest.mark.door(CONFIRM, "works")
def test_signing_up_confirming_and_nobody_learns_who_was_there(client: FlaskClient) -> None:
    body = {"email": "new@example.com", "password": accounts.PASSWORD, "name": "Ana", "locale": "id"}
    first = client.post("/api/v1/people", json=body)
    again = client.post("/api/v1/people", json=body | {"name": "Mallory"})
    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert first.status_code == 202
    ana = db.session.scalars(select(Person).where(Person.email == "new@example.com")).one()
    assert (ana.name, ana.locale, ana.confirmed_at) == ("Ana", "id", None)
    token = service.verification_link(ana.id).rpartition("/")[2]
    assert client.post("/api/v1/people/confirmations", json={"token": token}).status_code == 204
    assert ana.confirmed_at is not None


@pytest.mark.door(CONFIRM, "wrong_state")
@pytest.mark.door(RESET, "wrong_state")
@pytest.mark.parametrize(
    ("path", "body"),
    [("people/confirmations", {"token": "x"}), ("password-resets/x", {"password": "five quiet orange boats"})],
)
def test_a_link_that_is_no_longer_good(client: FlaskClient, path: str, body: dict[str, str]) -> None:
    answer = client.post(f"/api/v1/{path}", json=body)
    assert (answer.status_code, answer.json["code"]) == (409, "link_not_valid")


@pytest.mark.door(ME, "works")
def test_me(client: FlaskClient) -> None:
    company = accounts.company()
    mia = accounts.member(company.id, CompanyRole.VIEWER)
    answer = client.get("/api/v1/people/me", headers=accounts.bearer(mia))
    assert answer.json["companies"] == [{"company_id": str(company.id), "rights": ["read"]}]
    assert (answer.json["operator"], "password" in answer.json) == ([], False)
    unchanged = accounts.bearer(mia) | {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/api/v1/people/me", headers=unchanged).status_code == 304
    operator = client.get("/api/v1/people/me", headers=accounts.bearer(accounts.operator(OperatorRole.VETTING)))
    assert operator.json["operator"] == ["vetting"]


@pytest.mark.door(CHANGE_ME, "works")
def test_changing_ones_name_keeps_it_out_of_the_event(client: FlaskClient) -> None:
    ana = accounts.person()
    answer = client.patch("/api/v1/people/me", json={"name": "Ana Other"}, headers=accounts.bearer(ana))
    assert (answer.status_code, answer.json["name"], ana.name, ana.locale) == (200, "Ana Other", "Ana Other", "en")
    event = db.session.scalars(select(Event).where(Event.name == "person.changed")).one()
    assert event.data == {"fields": ["name"]}


@pytest.mark.door(ASK_CONFIRMATION, "works")
def test_having_the_message_sent_again(client: FlaskClient) -> None:
    for who, messages in [(accounts.person(confirmed=False), 2), (accounts.person(), 1)]:
        answer = client.post("/api/v1/people/me/confirmation-messages", headers=accounts.bearer(who))
        assert answer.status_code == 202
        asked = select(Event).where(Event.name == "person.verification_asked", Event.subject_id == who.id)
        assert len(db.session.scalars(asked).all()) == messages


@pytest.mark.door(ASK_RESET, "works")
@pytest.mark.door(RESET, "works")
def test_a_new_password(client: FlaskClient) -> None:
    ana = accounts.person()
    for email in (ana.email, "nobody@example.com"):
        answer = client.post("/api/v1/password-resets", json={"email": email})
        assert (answer.status_code, set(answer.json)) == (202, {"message"})
    token = service.reset_link(ana.id).rpartition("/")[2]
    changed = client.post(f"/api/v1/password-resets/{token}", json={"password": "five quiet orange boats"})
    assert changed.status_code == 204
    for password, status in [(accounts.PASSWORD, 401), ("five quiet orange boats", 201)]:
        answer = client.post("/api/v1/sessions", json={"email": ana.email, "password": password})
        assert answer.status_code == status
