"""The doors of signing in and of the keys of companies."""

import re
import threading
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import ApiKey, Company, Member, Person
from marketplace.accounts.rules import CompanyRole, Right
from marketplace.app import create_app
from marketplace.core import clock, limits
from marketplace.core.db import db, transaction
from marketplace.core.idempotency import HEADER, StoredAnswer
from tests.accounts.doors import (
    APPLY,
    ASK_CONFIRMATION,
    BODIES,
    CHANGE_ME,
    COMPANIES,
    COMPANY,
    KEYS,
    MAKE_KEY,
    ME,
    MEMBERS,
    REVOKE_KEY,
    SESSIONS,
    SIGN_OUT,
    ask,
)
from tests.conftest import Database
from tests.factories import accounts

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
            # What it costs this process, since on a busy machine the clock on the wall tells of others.
            started = time.process_time()
            made.test_client().post("/api/v1/sessions", json={"email": address, "password": "wrong wrong wrong"})
            return time.process_time() - started

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
