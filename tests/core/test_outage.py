"""A database that is away: what is said, to whom, and what is never mistaken for it."""

from typing import Any, TypeVar

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from procrastinate.exceptions import ConnectorException
from psycopg import errors
from sqlalchemy.exc import OperationalError

from marketplace.app import create_app
from marketplace.core.outage import is_away
from tests.conftest import Database

E = TypeVar("E", bound=Exception)
NOWHERE = "postgresql+psycopg://nobody@/nothing?host=/nowhere"


@pytest.fixture(scope="module")
def _nowhere(database: Database) -> Flask:
    return create_app(database.settings() | {"SQLALCHEMY_DATABASE_URI": NOWHERE, "TESTING": False})


@pytest.fixture
def without_database(_nowhere: Flask) -> FlaskClient:
    """A browser or program at a service whose database cannot be reached."""
    return _nowhere.test_client()


def caused(error: E, *, by: Exception) -> E:
    """The error as `raise error from by` makes it."""
    error.__cause__ = by
    return error


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/v1/clock", None),
        ("GET", "/api/v1/people/me", None),
        ("POST", "/api/v1/sessions", {"email": "ana@example.com", "password": "four small green lamps"}),
    ],
)
def test_a_program_is_told_when_to_come_again(without_database: FlaskClient, method: str, path: str, body: Any) -> None:
    who = {"Authorization": "Bearer setara_abc_def"}
    answer = without_database.open(path, method=method, json=body, headers=who)
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.headers["Retry-After"] == "5"
    assert answer.json["code"] == "database_away"
    assert "Idempotency-Key" in answer.json["remedy"]
    assert "nowhere" not in answer.text


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "The database does not answer"), ("id", "Basis data sedang tidak menjawab"), ("fr", "The database")],
)
def test_a_person_gets_a_page_in_their_browser_s_language(
    without_database: FlaskClient, language: str, words: str
) -> None:
    with without_database.session_transaction() as known:
        known["_user_id"] = "signed in before"
    headers = {"Accept": "text/html", "Accept-Language": language}
    answer = without_database.get("/inbox", headers=headers)
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert words in answer.text
    assert f'lang="{"id" if language == "id" else "en"}"' in answer.text
    assert 'href="/inbox"' in answer.text


def test_alive_is_not_ready(without_database: FlaskClient) -> None:
    assert without_database.get("/healthz").status_code == 200
    not_ready = without_database.get("/readyz")
    assert (not_ready.status_code, not_ready.json["reasons"]) == (503, ["The database does not answer."])


@pytest.mark.parametrize("lost", [errors.AdminShutdown, errors.CrashShutdown, errors.CannotConnectNow])
def test_a_server_that_went_away_is_away(lost: type[psycopg.Error]) -> None:
    assert is_away(caused(OperationalError("SELECT 1", {}, lost()), by=lost()))
    assert is_away(caused(ConnectorException(), by=lost()))


@pytest.mark.parametrize("bug", [errors.DeadlockDetected, errors.QueryCanceled, errors.UniqueViolation])
def test_a_mistake_of_ours_is_not_an_outage(bug: type[psycopg.Error]) -> None:
    assert not is_away(caused(ConnectorException(), by=bug()))


def test_a_statement_that_is_wrong_is_a_crash(app: Flask, client: FlaskClient, monkeypatch: Any) -> None:
    def broken(**_values: Any) -> None:
        raise OperationalError("SELECT 1", {}, errors.DeadlockDetected())

    monkeypatch.setitem(app.view_functions, "clock.read", broken)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = client.get("/api/v1/clock")
    assert (answer.status_code, answer.json["code"]) == (500, "internal_server_error")
