"""The doors of the inbox and of the local outbox, and their questions."""

from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.models import Company
from marketplace.accounts.rules import CLOCK
from marketplace.core.db import transaction
from marketplace.core.events import record
from marketplace.notices import post, service
from tests.factories import accounts as make

INBOX = "GET /api/v1/notices"
READ = "POST /api/v1/notices/<uuid:notice_id>/read"
READ_ALL = "POST /api/v1/notices/read"
OUTBOX = "GET /api/v1/outbox"
NOBODYS = UUID(int=1)


@pytest.fixture
def company(app: Flask) -> Company:
    """A company whose owner has two notices."""
    with transaction():
        made = make.company()
        service.deliver([record("company.verified", made, by=CLOCK).id for _ in range(2)], by=CLOCK)
    return made


@pytest.fixture
def olga(company: Company) -> dict[str, str]:
    return make.bearer(make.owner_of(company.id))


@pytest.mark.door(INBOX, "works")
def test_the_inbox(client: FlaskClient, company: Company, olga: dict[str, str]) -> None:
    answer = client.get("/api/v1/notices?limit=1", headers=olga)
    assert answer.status_code == 200
    (item,) = answer.json["items"]
    assert item["title"] == f"{company.legal_name} is verified"
    assert item["about"] == {"company": str(company.id)}
    assert item["read_at"] is None
    rest = client.get(f"/api/v1/notices?after={answer.json['next']}", headers=olga)
    assert len(rest.json["items"]) == 1
    spoken = client.get("/api/v1/notices", headers=olga | {"Accept-Language": "id, en;q=0.5"})
    assert spoken.json["items"][0]["title"] == f"{company.legal_name} telah diverifikasi"


@pytest.mark.door(READ, "works")
def test_reading_one(client: FlaskClient, olga: dict[str, str]) -> None:
    (newest, _) = client.get("/api/v1/notices", headers=olga).json["items"]
    answer = client.post(f"/api/v1/notices/{newest['id']}/read", headers=olga)
    assert answer.status_code == 200
    assert answer.json["read_at"] is not None
    unread = client.get("/api/v1/notices?unread=true", headers=olga).json["items"]
    assert newest["id"] not in [each["id"] for each in unread]
    assert len(unread) == 1


@pytest.mark.door(READ_ALL, "works")
def test_reading_all(client: FlaskClient, olga: dict[str, str]) -> None:
    assert client.post("/api/v1/notices/read", headers=olga).json == {"read": 2}
    assert client.get("/api/v1/notices?unread=true", headers=olga).json["items"] == []


@pytest.mark.door(OUTBOX, "works")
def test_the_outbox(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction():
        made = make.company()
        service.deliver([record("company.verified", made, by=CLOCK).id], by=CLOCK)
    post.send_due()
    (mail,) = client.get("/api/v1/outbox").json["items"]
    assert mail["subject"] == f"{made.legal_name} is verified"
    assert mail["address"].endswith("@example.com")
    monkeypatch.setitem(client.application.config, "ENVIRONMENT", "production")
    assert client.get("/api/v1/outbox").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/api/v1/notices", marks=pytest.mark.door(INBOX, "not_signed_in")),
        pytest.param("POST", "/api/v1/notices/read", marks=pytest.mark.door(READ_ALL, "not_signed_in")),
        pytest.param("POST", f"/api/v1/notices/{NOBODYS}/read", marks=pytest.mark.door(READ, "not_signed_in")),
    ],
)
def test_strangers_have_no_inbox(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == 401
    assert answer.json["code"] == "not_signed_in"


@pytest.mark.door(READ, "not_mine")
def test_another_persons_notice_is_not_there(client: FlaskClient, olga: dict[str, str]) -> None:
    (newest, _) = client.get("/api/v1/notices", headers=olga).json["items"]
    answer = client.post(f"/api/v1/notices/{newest['id']}/read", headers=make.bearer(make.person()))
    assert answer.status_code == 404


def test_a_companys_program_has_no_inbox(client: FlaskClient, company: Company) -> None:
    program = make.company_bearer(company.id)
    assert client.get("/api/v1/notices", headers=program).status_code == 403
    assert client.post("/api/v1/notices/read", headers=program).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/api/v1/notices?limit=0", marks=pytest.mark.door(INBOX, "wrong_shape")),
        "/api/v1/notices?unread=perhaps",
        "/api/v1/notices?after=1",
        pytest.param("/api/v1/outbox?limit=many", marks=pytest.mark.door(OUTBOX, "wrong_shape")),
    ],
)
def test_wrong_questions(client: FlaskClient, olga: dict[str, str], path: str) -> None:
    assert client.get(path, headers=olga).status_code == 422
