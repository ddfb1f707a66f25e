"""What those who run the service are told: alive, ready, metrics, log lines without secrets."""

import json
import logging
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from marketplace.app import create_app
from marketplace.core import checks, clock, queue, telemetry
from marketplace.core.db import db, transaction
from marketplace.core.problems import NotFound
from tests.conftest import ROOT, Database
from tests.factories import accounts as make


@pytest.fixture
def lines() -> Any:
    """What our handler writes meanwhile, as the objects of its lines."""
    handler = next(h for h in logging.getLogger().handlers if isinstance(h, telemetry.OurHandler))
    written = StringIO()
    before = handler.setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    handler.setStream(before or handler.stream)


def test_alive_without_a_database(database: Database) -> None:
    settings = database.settings() | {"SQLALCHEMY_DATABASE_URI": "postgresql+psycopg://nobody@127.0.0.1:1/none"}
    dead = telemetry_app(settings)
    client = dead.test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "reasons": ["The database does not answer."]}


def telemetry_app(settings: dict[str, Any]) -> Flask:
    app = Flask("marketplace")
    app.config.from_mapping(settings)
    db.init_app(app)
    telemetry.init_app(app)
    return app


def test_ready_at_the_newest_migration_only(client: FlaskClient) -> None:
    assert client.get("/readyz").json == {"status": "ready", "reasons": []}
    client.application.extensions["setara_heads"] = {"9999"}
    try:
        answer = client.get("/readyz")
    finally:
        del client.application.extensions["setara_heads"]
    assert answer.status_code == 503
    assert answer.json["reasons"] == ["The database is not at the newest migration."]


def test_a_role_that_could_change_the_books_is_not_ready(database: Database) -> None:
    owner = create_app(Database(database.owner_url, database.owner_url, database.admin_dsn).settings())
    with owner.app_context():
        try:
            (reason,) = telemetry.reasons_not_ready()
        finally:
            db.session.remove()
            db.engine.dispose()
    assert "could change what is written once" in reason


def test_production_is_not_ready_on_moved_time(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    clock.move_to(clock.now())
    assert telemetry.reasons_not_ready() == []
    monkeypatch.setitem(app.config, "CLOCK_MOVABLE", False)
    assert telemetry.reasons_not_ready() == [
        "The business clock of this database was moved; production keeps the machine's time."
    ]


def test_requests_are_counted_by_route_and_never_by_address(client: FlaskClient) -> None:
    client.get("/healthz")
    client.open("/healthz", method="BREW", headers={"Accept": "application/json"})
    client.get("/api/reset/a-secret-token")
    shown = client.get("/metrics").text
    assert 'setara_request_seconds_count{method="GET",route="/healthz",status="200"}' in shown
    assert 'method="other"' in shown
    assert 'route="unknown",status="404"' in shown
    assert "a-secret-token" not in shown


def test_the_queue_and_the_checks_are_shown(client: FlaskClient) -> None:
    with transaction():
        queue.defer("unheard.of")
        checks.note(checks.Finding("two", "Nothing speaks.", ["a", "b"]), by=SERVICE)
    shown = client.get("/metrics").text
    assert 'setara_queue_jobs{job="unheard.of",state="todo"} 1.0' in shown
    assert 'setara_check_broken{check="two"} 2.0' in shown


def test_the_wait_of_the_oldest_due_job(app: Flask) -> None:
    assert queue.oldest_wait() == 0
    with transaction():
        queue.defer("unheard.of")
    db.session.execute(text("UPDATE procrastinate_events SET at = now() - interval '90 seconds'"))
    assert queue.oldest_wait() == pytest.approx(90, abs=60)


def test_metrics_need_their_token(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(client.application.config, "METRICS_TOKEN", "long and random")
    json_please = {"Accept": "application/json"}
    assert client.get("/metrics", headers=json_please).status_code == 401
    assert client.get("/metrics", headers=json_please | {"Authorization": "Bearer wrong"}).status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer long and random"}).status_code == 200


def test_production_without_a_token_shows_no_metrics(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "ENVIRONMENT", "production")
    with app.test_request_context("/metrics"), pytest.raises(NotFound):
        telemetry.metrics()


def test_a_request_is_one_line_of_json(client: FlaskClient, lines: Any) -> None:
    client.get("/api/reset/a-secret-token?password=hunter2", headers={"X-Request-ID": "abc"})
    client.get("/healthz")
    (line,) = [line for line in lines() if line["event"] == "request"]
    assert line["ms"] >= 0
    assert {key: line[key] for key in ("method", "route", "status", "request_id", "level")} == {
        "method": "GET",
        "route": "unknown",
        "status": 404,
        "request_id": "abc",
        "level": "info",
    }
    assert "a-secret-token" not in json.dumps(line)
    assert "hunter2" not in json.dumps(line)


def test_the_line_of_a_request_names_the_person_and_not_the_key(client: FlaskClient, lines: Any) -> None:
    person = make.person()
    headers = make.bearer(person)
    client.get("/api/v1/people/me", headers=headers)
    client.get("/api/v1/clock")
    known, stranger = [line for line in lines() if line["event"] == "request"]
    assert (known["person_id"], known["route"]) == (str(person.id), "/api/v1/people/me")
    assert headers["Authorization"].removeprefix("Bearer ") not in json.dumps(known)
    assert "person_id" not in stranger


def test_a_library_speaks_json_too(app: Flask, lines: Any) -> None:
    logging.getLogger("somebody.else").warning("%s is slow", "disk")
    assert lines()[-1]["event"] == "disk is slow"
    assert lines()[-1]["logger"] == "somebody.else"


def test_a_second_application_adds_no_second_handler(app: Flask) -> None:
    telemetry.configure_logs("INFO")
    ours = [h for h in logging.getLogger().handlers if isinstance(h, telemetry.OurHandler)]
    assert len(ours) == 1


class _Service:
    person_id = None
    kind = "job"


SERVICE = _Service()


COUNT_ONE = """
import config, flask, os
from marketplace.core import telemetry
from marketplace.core.db import db
app = flask.Flask("marketplace")
app.config.from_mapping(config.load(os.environ))
db.init_app(app)
telemetry.init_app(app)
with app.app_context():
    telemetry.of(app).jobs.labels("some.job", "succeeded").observe(1)
    print(telemetry.of(app).exposition().decode())
"""


@pytest.mark.truncating
def test_processes_that_share_a_folder_add_up(apart: Database, tmp_path: Path) -> None:
    environment = apart.environ(PROMETHEUS_MULTIPROC_DIR=str(tmp_path))
    command = [sys.executable, "-c", COUNT_ONE]
    shown = [
        subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout
        for _ in range(2)
    ]
    line = 'setara_job_seconds_count{job="some.job",outcome="succeeded"}'
    assert [f"{line} {count}.0" in text for count, text in enumerate(shown, 1)] == [True, True]
