"""People, companies, members and keys: what the verbs promise."""

from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.rules import CompanyStatus
from tests.factories import accounts


def test_a_company_is_verified_by_an_operator(app: Flask) -> None:
    assert accounts.company().status is CompanyStatus.VERIFIED


def test_me(app: Flask, client: FlaskClient) -> None:
    ana = accounts.person()
    answer = client.get("/api/v1/people/me", headers=accounts.bearer(ana))
    assert answer.status_code == 200, answer.text
    assert answer.json["email"] == ana.email
    answer = client.get("/api/v1/people/me")
    assert answer.status_code == 401
    answer = client.post("/api/v1/people", json={})
    assert answer.status_code == 422
    assert answer.json == {}
