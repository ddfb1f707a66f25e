"""The doors of people, sign-ins and companies, and their five questions."""

import re
import threading
import time
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts import service
from marketplace.accounts.guidelines import CURRENT
from marketplace.accounts.models import ApiKey, Company, Member, Person
from marketplace.accounts.rules import CompanyRole, OperatorRole, Right
from marketplace.app import create_app
from marketplace.core import clock, limits
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.core.idempotency import HEADER, StoredAnswer
from tests.conftest import Database
from tests.factories import accounts

SESSIONS = "POST /api/v1/sessions"
SIGN_OUT = "DELETE /api/v1/sessions/current"
SIGN_UP = "POST /api/v1/people"
ME = "GET /api/v1/people/me"
CHANGE_ME = "PATCH /api/v1/people/me"
CONFIRM = "POST /api/v1/people/confirmations"
ASK_CONFIRMATION = "POST /api/v1/people/me/confirmation-messages"
ASK_RESET = "POST /api/v1/password-resets"
RESET = "POST /api/v1/password-resets/<token>"
APPLY = "POST /api/v1/companies"
COMPANIES = "GET /api/v1/companies"
COMPANY = "GET /api/v1/companies/<uuid:company_id>"
VERIFY = "POST /api/v1/companies/<uuid:company_id>/verify"
REFUSE = "POST /api/v1/companies/<uuid:company_id>/refuse"
CONTEST = "POST /api/v1/companies/<uuid:company_id>/contest"
IDENTITY = "PUT /api/v1/companies/<uuid:company_id>/identity"
SHOW_IDENTITY = "GET /api/v1/companies/<uuid:company_id>/identity"
ADOPT = "POST /api/v1/companies/<uuid:company_id>/adoption"
WITHDRAW = "POST /api/v1/companies/<uuid:company_id>/adoption/withdraw"
ADOPTERS = "GET /api/v1/adopters"
ADOPTER = "GET /api/v1/adopters/<uuid:company_id>"
TAX_NUMBER = "POST /api/v1/companies/<uuid:company_id>/identity/tax-number"
SUSPEND = "POST /api/v1/companies/<uuid:company_id>/suspend"
EVENTS = "GET /api/v1/companies/<uuid:company_id>/events"
DECISIONS = "GET /api/v1/companies/<uuid:company_id>/decisions"
MEMBERS = "GET /api/v1/companies/<uuid:company_id>/members"
CHANGE_ROLE = "PATCH /api/v1/companies/<uuid:company_id>/members/<uuid:person_id>"
REMOVE_MEMBER = "DELETE /api/v1/companies/<uuid:company_id>/members/<uuid:person_id>"
MAKE_KEY = "POST /api/v1/companies/<uuid:company_id>/keys"
KEYS = "GET /api/v1/companies/<uuid:company_id>/keys"
REVOKE_KEY = "POST /api/v1/companies/<uuid:company_id>/keys/<uuid:key_id>/revoke"

BODIES: dict[str, dict[str, Any]] = {
    CHANGE_ME: {"name": "Ana Other"},
    APPLY: {"legal_name": "Lab GmbH", "country": "DE", "signatory_name": "Olga Owner"},
    VERIFY: {"reason": "seen its papers"},
    SUSPEND: {"reason": "does not answer"},
    REFUSE: {"reason": "No such entry in the register."},
    CONTEST: {"words": "The entry was made on Monday."},
    ADOPT: {"name": "Olga Owner", "text_sha256": CURRENT.sha256},
    IDENTITY: asdict(accounts.IDENTITY),
    CHANGE_ROLE: {"role": "finance"},
    MAKE_KEY: {"name": "robot", "scopes": ["read"]},
}
OF_A_COMPANY = (
    *(COMPANY, EVENTS, DECISIONS, MEMBERS, CHANGE_ROLE, REMOVE_MEMBER),
    *(MAKE_KEY, KEYS, REVOKE_KEY, CONTEST, IDENTITY, SHOW_IDENTITY, ADOPT, WITHDRAW),
)


def doors(*routes: str, question: str) -> list[Any]:
    """The routes as parameters of a test that answers the question for each."""
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, ids: dict[str, UUID] | None = None, **more: Any) -> Any:
    """Makes the request of a route, with the ids in their places (or fresh ones that belong to nothing)."""
    method, _, path = route.partition(" ")
    for name in ("company_id", "person_id", "key_id"):
        path = path.replace(f"<uuid:{name}>", str((ids or {}).get(name) or uuid4()))
    if route in BODIES:
        more.setdefault("json", BODIES[route])
    return client.open(path, method=method, **more)


# --- the questions that are alike -----------------------------------------------------------------------------------


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


# --- signing in -----------------------------------------------------------------------------------------------------


@pytest.mark.door(SESSIONS, "works")
@pytest.mark.door(SIGN_OUT, "works")
def test_signing_in_and_out(client: FlaskClient) -> None:
    ana = accounts.person()
    answer = client.post("/api/v1/sessions", json={"email": ana.email, "password": accounts.PASSWORD})
    assert answer.status_code == 201
    headers = accounts.headers(answer.json["key"])
    assert client.get("/api/v1/people/me", headers=headers).json["id"] == str(ana.id)
    assert client.delete("/api/v1/sessions/current", headers=headers).status_code == 204
    refused = client.get("/api/v1/people/me", headers=headers)
    assert (refused.status_code, refused.json["code"]) == (401, "key_not_valid")


def test_an_unknown_address_and_a_wrong_password_are_answered_alike(client: FlaskClient) -> None:
    ana = accounts.person()
    answers = [
        client.post("/api/v1/sessions", json={"email": email, "password": "wrong wrong wrong"}).json
        for email in (ana.email, "nobody@example.com")
    ]
    known, unknown = (answer | {"request_id": ""} for answer in answers)
    assert known == unknown
    assert known["code"] == "wrong_credentials"


@pytest.mark.truncating
def test_an_unknown_address_takes_as_long_as_a_wrong_password(apart: Database) -> None:
    made = create_app(apart.settings() | {"SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {"argon2__time_cost": 2}})
    with made.app_context(), transaction():
        email = accounts.person().email

    def fastest(address: str) -> float:
        def once() -> float:
            started = time.perf_counter()
            made.test_client().post("/api/v1/sessions", json={"email": address, "password": "wrong wrong wrong"})
            return time.perf_counter() - started

        return min(once() for _ in range(5))

    known, unknown = fastest(email), fastest("nobody@example.com")
    assert 0.5 < known / unknown < 2
    with made.app_context():
        db.engine.dispose()


@pytest.mark.truncating
def test_strangers_knock_only_so_often(apart: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.limiter, "enabled", False)
    made = create_app(apart.settings() | {"RATELIMIT_ENABLED": True})
    client = made.test_client()

    def knock(number: int, remote: str) -> Any:
        body = {"email": f"guess{number}@example.com", "password": "wrong wrong wrong"}
        return client.post("/api/v1/sessions", json=body, environ_base={"REMOTE_ADDR": remote})

    statuses = [knock(number, "192.0.2.1").status_code for number in range(21)]
    assert statuses == [401] * 20 + [429]
    last = knock(21, "192.0.2.1")
    assert (last.mimetype, last.json["code"]) == ("application/problem+json", "too_many_requests")
    assert int(last.headers["Retry-After"]) > 0
    assert knock(22, "192.0.2.2").status_code == 401
    one_account = [knock(99, f"198.51.100.{number}").status_code for number in range(31)]
    assert one_account == [401] * 30 + [429]
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
    assert token is not None
    body = {"email": "guess99@example.com", "password": "wrong wrong wrong", "csrf_token": token[1]}
    on_the_page = [
        client.post("/sign-in", data=body, environ_base={"REMOTE_ADDR": f"203.0.113.{number}"}).status_code
        for number in range(31)
    ]
    assert on_the_page == [200] * 30 + [429]
    with made.app_context():
        db.engine.dispose()


def test_a_browsers_session_does_not_count_on_the_api(client: FlaskClient) -> None:
    ana = accounts.person()
    with client.session_transaction() as session:
        session["_user_id"] = ana.fs_uniquifier
        session["_fresh"] = True
    assert client.get("/api/v1/people/me").status_code == 401


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer ", "Token x", "Bearer setara_x_y", "nonsense"])
def test_what_is_no_key_is_refused(client: FlaskClient, header: str) -> None:
    answer = client.get("/api/v1/people/me", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_a_repeated_sign_in_does_not_repeat_the_secret(client: FlaskClient) -> None:
    ana = accounts.person()
    body, headers = {"email": ana.email, "password": accounts.PASSWORD}, {HEADER: "once"}
    first = client.post("/api/v1/sessions", json=body, headers=headers)
    again = client.post("/api/v1/sessions", json=body, headers=headers)
    assert "key" in first.json
    assert again.json == {"expires_at": first.json["expires_at"]}
    secret = first.json["key"].encode()
    assert not any(secret in kept for kept in db.session.scalars(select(StoredAnswer.body)))


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


# --- companies ------------------------------------------------------------------------------------------------------


@pytest.mark.door(APPLY, "works")
@pytest.mark.door(APPLY, "wrong_state")
@pytest.mark.door(VERIFY, "works")
@pytest.mark.door(VERIFY, "wrong_state")
@pytest.mark.door(SUSPEND, "works")
@pytest.mark.door(SUSPEND, "wrong_state")
def test_a_company_from_application_to_suspension(client: FlaskClient) -> None:
    unconfirmed = ask(client, APPLY, headers=accounts.bearer(accounts.person(confirmed=False)))
    assert (unconfirmed.status_code, unconfirmed.json["code"]) == (409, "email_not_confirmed")
    mine = accounts.bearer(accounts.person())
    applied = ask(client, APPLY, headers=mine)
    assert (applied.status_code, applied.json["status"]) == (201, "applied")
    ids, operator = {"company_id": UUID(applied.json["id"])}, accounts.bearer(accounts.operator())
    assert ask(client, IDENTITY, ids, headers=mine).status_code == 200
    for route, status in [(VERIFY, "verified"), (SUSPEND, "suspended")]:
        assert ask(client, route, ids, headers=operator).json["status"] == status
        again = ask(client, route, ids, headers=operator)
        assert (again.status_code, again.json["code"]) == (409, "wrong_state")


@pytest.mark.door(COMPANIES, "works")
@pytest.mark.door(COMPANY, "works")
def test_one_sees_ones_own_companies_and_operators_all(client: FlaskClient) -> None:
    mine, other = accounts.company(), accounts.company(verified=False)
    owner, operator = accounts.bearer(accounts.owner_of(mine.id)), accounts.bearer(accounts.operator())
    assert [c["id"] for c in ask(client, COMPANIES, headers=owner).json["items"]] == [str(mine.id)]
    applied = ask(client, COMPANIES, headers=operator, query_string={"status": "applied"}).json
    assert [c["id"] for c in applied["items"]] == [str(other.id)]
    first = ask(client, COMPANIES, headers=operator, query_string={"limit": 1}).json
    second = ask(client, COMPANIES, headers=operator, query_string={"limit": 1, "after": first["next"]}).json
    assert [c["id"] for c in first["items"] + second["items"]] == [str(other.id), str(mine.id)]
    assert second["next"] is None
    shown = ask(client, COMPANY, {"company_id": mine.id}, headers=owner)
    assert (shown.json["legal_name"], shown.headers["ETag"] != "") == ("Lab Example GmbH", True)


@pytest.mark.door(EVENTS, "works")
def test_the_timeline_of_a_company(client: FlaskClient) -> None:
    company = accounts.company()
    answer = ask(client, EVENTS, {"company_id": company.id}, headers=accounts.bearer(accounts.owner_of(company.id)))
    assert [event["name"] for event in answer.json["items"]] == [
        "company.verified",
        "company.described",
        "company.applied",
    ]


@pytest.mark.door(DECISIONS, "works")
def test_the_members_of_a_company_read_why_it_was_suspended(client: FlaskClient) -> None:
    company = accounts.company()
    operator = accounts.operator(OperatorRole.VETTING)
    ask(client, SUSPEND, {"company_id": company.id}, headers=accounts.bearer(operator), json={"reason": "Gone quiet."})
    who = accounts.bearer(accounts.member(company.id, CompanyRole.VIEWER))
    items = ask(client, DECISIONS, {"company_id": company.id}, headers=who).json["items"]
    assert [(each["outcome"], each["reason"]) for each in items] == [
        ("suspended", "Gone quiet."),
        ("verified", "seen its papers"),
    ]
    events = ask(client, EVENTS, {"company_id": company.id}, headers=who)
    assert "Gone quiet." not in events.text


@pytest.mark.door(MEMBERS, "works")
@pytest.mark.door(CHANGE_ROLE, "works")
@pytest.mark.door(CHANGE_ROLE, "wrong_state")
@pytest.mark.door(REMOVE_MEMBER, "works")
@pytest.mark.door(REMOVE_MEMBER, "wrong_state")
def test_members_come_change_and_go(client: FlaskClient) -> None:
    company, mia = accounts.company(), accounts.person("mia@example.com", name="Mia Member")
    owner = accounts.owner_of(company.id)
    headers, ids = accounts.bearer(owner), {"company_id": company.id, "person_id": mia.id}
    service.add_member(company.id, mia.email, CompanyRole.VIEWER, by=owner)
    line = {"person_id": str(mia.id), "name": "Mia Member", "email": "mia@example.com", "role": "viewer"}
    assert ask(client, CHANGE_ROLE, ids, headers=headers).json == line | {"role": "finance"}
    assert [m["role"] for m in ask(client, MEMBERS, ids, headers=headers).json["items"]] == ["owner", "finance"]
    assert ask(client, REMOVE_MEMBER, ids, headers=headers).status_code == 204
    last = {"company_id": company.id, "person_id": owner.person_id}
    for route in (CHANGE_ROLE, REMOVE_MEMBER):
        refused = ask(client, route, last, headers=headers)
        assert (refused.status_code, refused.json["code"]) == (409, "last_owner")


# --- keys -----------------------------------------------------------------------------------------------------------


@pytest.mark.door(MAKE_KEY, "works")
@pytest.mark.door(KEYS, "works")
@pytest.mark.door(REVOKE_KEY, "works")
@pytest.mark.door(REVOKE_KEY, "wrong_state")
def test_a_key_is_shown_once_and_revoked(client: FlaskClient) -> None:
    company = accounts.company()
    headers, ids = accounts.bearer(accounts.owner_of(company.id)), {"company_id": company.id}
    first = ask(client, MAKE_KEY, ids, headers=headers | {HEADER: "once"})
    again = ask(client, MAKE_KEY, ids, headers=headers | {HEADER: "once"})
    assert first.status_code == again.status_code == 201
    shown = first.json
    secret = shown.pop("key")
    assert again.json == shown
    assert len(db.session.scalars(select(ApiKey).where(ApiKey.company_id == company.id)).all()) == 1
    robot = accounts.headers(secret)
    assert ask(client, COMPANY, ids, headers=robot).status_code == 200
    listed = ask(client, KEYS, ids, headers=headers).json["items"]
    assert [(key["id"], "key" in key, key["last_used_at"] is None) for key in listed] == [
        (first.json["id"], False, False)
    ]
    ids["key_id"] = UUID(first.json["id"])
    revoked = [ask(client, REVOKE_KEY, ids, headers=headers).json["revoked_at"] for _ in range(2)]
    assert revoked[0] == revoked[1] is not None
    assert ask(client, COMPANY, ids, headers=robot).json["code"] == "key_not_valid"


@pytest.mark.parametrize(("hours", "status"), [(-1, 422), (0, 422), (1, 201)])
def test_a_key_ends_in_the_future(client: FlaskClient, hours: int, status: int) -> None:
    company = accounts.company()
    headers = accounts.bearer(accounts.owner_of(company.id))
    expires_at = (clock.now() + timedelta(hours=hours)).isoformat()
    body = BODIES[MAKE_KEY] | {"expires_at": expires_at}
    answer = ask(client, MAKE_KEY, {"company_id": company.id}, headers=headers, json=body)
    assert answer.status_code == status
    if status == 422:
        assert (answer.json["code"], answer.json["field"]) == ("expiry_past", "expires_at")


def test_a_key_cannot_be_made_beyond_ones_own_rights(client: FlaskClient) -> None:
    company = accounts.company()
    manager = accounts.bearer(accounts.member(company.id, CompanyRole.MANAGER))
    answer = ask(client, MAKE_KEY, {"company_id": company.id}, headers=manager)
    assert (answer.status_code, answer.json["right"]) == (403, "members")


@pytest.mark.parametrize("route", [ME, CHANGE_ME, APPLY, ASK_CONFIRMATION])
def test_a_company_key_does_nothing_personal(client: FlaskClient, route: str) -> None:
    robot = accounts.company_bearer(accounts.company().id)
    assert ask(client, route, headers=robot).status_code == 403


def test_a_company_key_keeps_to_its_company_and_scopes(client: FlaskClient) -> None:
    company = accounts.company()
    owner = accounts.owner_of(company.id)
    second = accounts.company(owner)
    reader = accounts.company_bearer(company.id, Right.READ)
    assert ask(client, MEMBERS, {"company_id": company.id}, headers=reader).status_code == 200
    assert ask(client, MEMBERS, {"company_id": second.id}, headers=reader).status_code == 404
    assert ask(client, KEYS, {"company_id": company.id}, headers=reader).json["right"] == "members"
    assert ask(client, COMPANIES, headers=reader).json["items"][0]["id"] == str(company.id)


@pytest.mark.truncating
def test_the_same_sign_up_at_once_makes_one_person(apart_app: Flask) -> None:
    ready = threading.Barrier(4)
    statuses: list[int] = []

    def sign_up() -> None:
        body = {"email": "ana@example.com", "password": accounts.PASSWORD, "name": "Ana"}
        ready.wait()
        statuses.append(apart_app.test_client().post("/api/v1/people", json=body).status_code)

    threads = [threading.Thread(target=sign_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [202] * 4
    with apart_app.app_context():
        assert len(db.session.scalars(select(Person)).all()) == 1


def test_a_refusal_leaves_nothing_behind(client: FlaskClient) -> None:
    before = (len(db.session.scalars(select(Company)).all()), len(db.session.scalars(select(Member)).all()))
    ask(client, APPLY, headers=accounts.bearer(accounts.person(confirmed=False)))
    assert (len(db.session.scalars(select(Company)).all()), len(db.session.scalars(select(Member)).all())) == before


# --- who a company is -----------------------------------------------------------------------------------------------


@pytest.mark.door(IDENTITY, "works")
@pytest.mark.door(SHOW_IDENTITY, "works")
@pytest.mark.door(TAX_NUMBER, "works")
def test_a_company_tells_who_it_is_and_its_tax_number_is_read_by_operators_alone(client: FlaskClient) -> None:
    company = accounts.company(verified=False)
    ids, mine = {"company_id": company.id}, accounts.bearer(accounts.owner_of(company.id))
    told = ask(client, IDENTITY, ids, headers=mine)
    assert (told.status_code, told.json["tax_number_shown"]) == (200, "•••789")
    assert "123456789" not in told.text
    shown = ask(client, SHOW_IDENTITY, ids, headers=mine)
    assert shown.json == told.json
    assert {name: shown.json[name] for name in ("register_number", "owners")} == {
        "register_number": "HRB 12345",
        "owners": "Olga Owner",
    }
    theirs = accounts.bearer(accounts.operator(OperatorRole.VETTING))
    theirs |= {"Idempotency-Key": "once"}
    for _ in range(2):
        assert ask(client, TAX_NUMBER, ids, headers=theirs).json == {"tax_number": "DE 123456789"}
    assert not [body for body in db.session.scalars(select(StoredAnswer.body)) if b"123456789" in body]
    assert ask(client, TAX_NUMBER, ids, headers=mine).status_code == 404
    told = [event["name"] for event in ask(client, EVENTS, ids, headers=theirs).json["items"]]
    assert told[0] == "company.tax_number_read"


@pytest.mark.door(REFUSE, "works")
@pytest.mark.door(CONTEST, "works")
@pytest.mark.door(REFUSE, "wrong_state")
@pytest.mark.door(CONTEST, "wrong_state")
@pytest.mark.door(TAX_NUMBER, "wrong_state")
def test_a_refused_company_learns_why_and_contests_it_before_somebody_else(client: FlaskClient) -> None:
    company, odi = accounts.company(verified=False), accounts.operator(OperatorRole.VETTING)
    ids, mine, theirs = {"company_id": company.id}, accounts.bearer(accounts.owner_of(company.id)), accounts.bearer(odi)
    assert ask(client, CONTEST, ids, headers=mine).json["code"] == "no_company_decision_to_contest"
    assert ask(client, REFUSE, ids, headers=theirs).json["status"] == "refused"
    assert ask(client, REFUSE, ids, headers=theirs).json["code"] == "wrong_state"
    (decision,) = ask(client, DECISIONS, ids, headers=mine).json["items"]
    assert (decision["reason"], decision["contest"]) == ("No such entry in the register.", None)
    assert decision["contest_until"] > decision["decided_at"]
    assert ask(client, CONTEST, ids, headers=mine).json["status"] == "applied"
    again = ask(client, VERIFY, ids, headers=theirs)
    assert (again.status_code, again.json["code"]) == (403, "decided_before")
    other = accounts.bearer(accounts.operator(OperatorRole.VETTING))
    assert ask(client, VERIFY, ids, headers=other).json["status"] == "verified"
    untold = {"company_id": UUID(ask(client, APPLY, headers=mine).json["id"])}
    missing = ask(client, VERIFY, untold, headers=other)
    assert (missing.status_code, missing.json["code"]) == (409, "identity_incomplete")
    assert ask(client, TAX_NUMBER, untold, headers=other).status_code == 404


@pytest.mark.door(ADOPT, "works")
@pytest.mark.door(WITHDRAW, "works")
@pytest.mark.door(ADOPT, "wrong_state")
@pytest.mark.door(WITHDRAW, "wrong_state")
@pytest.mark.door(ADOPTERS, "works")
@pytest.mark.door(ADOPTER, "works")
def test_a_company_adopts_the_guidelines_in_public_and_withdraws_in_public(client: FlaskClient) -> None:
    company, waiting = accounts.company(), accounts.company(verified=False)
    ids, mine = {"company_id": company.id}, accounts.bearer(accounts.owner_of(company.id))
    unready = {"company_id": waiting.id}
    early = ask(client, ADOPT, unready, headers=accounts.bearer(accounts.owner_of(waiting.id)))
    assert early.json["code"] == "company_not_verified"
    assert ask(client, WITHDRAW, ids, headers=mine).json["code"] == "not_adopted"
    assert ask(client, ADOPTER, ids).status_code == 404
    signed = ask(client, ADOPT, ids, headers=mine)
    assert (signed.status_code, signed.json["text"]) == (201, CURRENT.text)
    assert ask(client, ADOPT, ids, headers=mine).json["code"] == "already_adopted"
    other = ask(client, ADOPT, ids, headers=mine, json=BODIES[ADOPT] | {"text_sha256": "0" * 64})
    assert other.json["code"] == "other_guidelines"
    listed = ask(client, ADOPTERS).json
    assert listed["guidelines"]["sha256"] == CURRENT.sha256
    assert [(each["legal_name"], each["version"], each["withdrawn_at"]) for each in listed["items"]] == [
        ("Lab Example GmbH", 1, None)
    ]
    assert ask(client, WITHDRAW, ids, headers=mine).json["withdrawn_at"] is not None
    (statement,) = ask(client, ADOPTER, ids).json["items"]
    assert statement["withdrawn_at"] is not None
    assert statement["text"] == CURRENT.text
    assert ask(client, ADOPT, ids, headers=mine).status_code == 201
    assert len(ask(client, ADOPTER, ids).json["items"]) == 2
