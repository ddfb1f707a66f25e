"""The same request twice has one effect and one answer, also when both come at once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask, jsonify, request
from flask.testing import FlaskClient
from sqlalchemy import select, text

from marketplace.core import clock, http, idempotency
from marketplace.core.db import db
from marketplace.core.http import SetaraFlask
from marketplace.core.idempotency import HEADER, StoredAnswer
from marketplace.core.problems import Conflict
from tests.conftest import Database

JSON = {"Accept": "application/json"}


def counting_app(settings: dict[str, Any], *, pause: float = 0) -> SetaraFlask:
    """An application with doors that count what they did: as a schedule row each."""
    app = SetaraFlask("marketplace")
    app.config.from_mapping(settings)
    db.init_app(app)
    http.init_app(app)
    app.extensions["setara_actor_key"] = lambda: request.headers.get("X-Actor", "nobody")

    def effect() -> int:
        db.session.execute(text("INSERT INTO schedule (name, last_fire) SELECT count(*)::text, now() FROM schedule"))
        return int(db.session.scalar(text("SELECT count(*) FROM schedule")) or 0)

    @app.post("/effect")
    @app.post("/api/effect")
    def free() -> Any:
        return jsonify(count=effect()), 201, {"Location": "/api/effect/1"}

    @app.post("/api/money")
    @idempotency.required
    def money() -> Any:
        count = effect()
        time.sleep(pause)
        return jsonify(count=count)

    @app.post("/api/refuse")
    def refuse() -> Any:
        raise Conflict(f"This was number {effect()}.")

    @app.post("/api/answer-refusal")
    def answer_refusal() -> Any:
        return jsonify(count=effect()), 422

    @app.post("/api/secret")
    def secret() -> Any:
        effect()
        idempotency.remember_instead(b'{"secret": null}')
        return jsonify(secret="only once")

    @app.get("/api/look")
    def look() -> Any:
        return jsonify(count=effect())

    return app


@pytest.fixture
def counting(app: Flask) -> FlaskClient:
    """The doors, in the test's rolled-back transaction."""
    made = counting_app(dict(app.config))
    db._app_engines[made] = db._app_engines[app]
    return made.test_client()


def count() -> int:
    return int(db.session.scalar(text("SELECT count(*) FROM schedule")) or 0)


def headers(key: str = "abc", **more: str) -> dict[str, str]:
    return JSON | {HEADER: key} | {name.replace("_", "-"): value for name, value in more.items()}


def test_the_second_time_gets_the_first_answer(counting: FlaskClient) -> None:
    first = counting.post("/api/effect", json={"a": 1}, headers=headers())
    second = counting.post("/api/effect", json={"a": 1}, headers=headers())
    assert (second.status_code, second.json, second.headers["Location"]) == (201, {"count": 1}, "/api/effect/1")
    assert second.data == first.data
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert count() == 1


def test_without_a_key_each_has_its_effect(counting: FlaskClient) -> None:
    assert [counting.post("/api/effect").json["count"] for _ in range(2)] == [1, 2]


def test_another_key_is_another_request(counting: FlaskClient) -> None:
    assert [counting.post("/api/effect", headers=headers(key)).json["count"] for key in "ab"] == [1, 2]


def test_a_key_belongs_to_whoever_uses_it(counting: FlaskClient) -> None:
    for actor in ("ana", "budi"):
        counting.post("/api/effect", headers=headers(X_Actor=actor))
    assert count() == 2


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/api/effect", {"json": {"a": 2}}),
        ("/api/effect?b=1", {"json": {"a": 1}}),
        ("/api/money", {"json": {"a": 1}}),
        ("/effect", {"data": {"a": "1"}}),
    ],
)
def test_a_key_with_another_request_is_refused(counting: FlaskClient, path: str, sent: dict[str, Any]) -> None:
    counting.post("/api/effect", json={"a": 1}, headers=headers())
    refused = counting.post(path, headers=headers(), **sent)
    assert (refused.status_code, refused.json["code"]) == (422, "idempotency_key_reused")
    assert count() == 1


def test_what_is_kept_of_a_request_depends_on_the_secret(
    counting: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting.post("/api/effect", json={"password": "guess"}, headers=headers())
    monkeypatch.setitem(counting.application.config, "SECRET_KEY", "another secret")
    again = counting.post("/api/effect", json={"password": "guess"}, headers=headers())
    assert (again.status_code, again.json["code"]) == (422, "idempotency_key_reused")


def test_a_second_file_of_the_same_name_counts(counting: FlaskClient) -> None:
    def send(second: bytes) -> int:
        files = [(BytesIO(b"one"), "1.txt"), (BytesIO(second), "2.txt")]
        return counting.post("/effect", data={"file": files}, headers=headers()).status_code

    assert [send(b"two"), send(b"two"), send(b"other")] == [201, 201, 422]


def test_a_forms_token_and_key_are_not_part_of_the_request(counting: FlaskClient) -> None:
    for token in ("x", "y"):
        form = {"amount": "1", "csrf_token": token, idempotency.FORM_FIELD: "abc"}
        assert counting.post("/effect", data=form).json["count"] == 1
    changed = {"amount": "2", idempotency.FORM_FIELD: "abc"}
    assert counting.post("/effect", data=changed, headers=JSON).status_code == 422


def test_money_needs_a_key(counting: FlaskClient) -> None:
    refused = counting.post("/api/money")
    assert (refused.status_code, refused.json["code"]) == (400, "idempotency_key_required")
    assert refused.json["field"] == HEADER
    assert count() == 0
    assert counting.post("/api/money", headers=headers()).status_code == 200


@pytest.mark.parametrize("key", ["x" * 201, "tab\there", "höhe"])
def test_what_is_no_key(counting: FlaskClient, key: str) -> None:
    refused = counting.post("/api/effect", headers=headers(key.encode("latin-1").decode("latin-1")))
    assert (refused.status_code, refused.json["code"]) == (422, "idempotency_key_invalid")


def test_a_refusal_that_rolled_back_is_tried_again(counting: FlaskClient) -> None:
    for _ in range(2):
        assert counting.post("/api/refuse", headers=headers()).json["detail"] == "This was number 1."
    assert counting.post("/api/effect", headers=headers()).status_code == 201


def test_a_refusal_that_was_answered_is_kept(counting: FlaskClient) -> None:
    for _ in range(2):
        answer = counting.post("/api/answer-refusal", headers=headers())
        assert (answer.status_code, answer.json) == (422, {"count": 1})


def test_a_secret_is_shown_once(counting: FlaskClient) -> None:
    assert counting.post("/api/secret", headers=headers()).json == {"secret": "only once"}
    assert counting.post("/api/secret", headers=headers()).json == {"secret": None}
    assert b"only once" not in db.session.scalars(select(StoredAnswer.body)).one()


def test_looking_is_never_remembered(counting: FlaskClient) -> None:
    assert [counting.get("/api/look", headers=headers()).json["count"] for _ in range(2)] == [1, 2]


def test_answers_are_forgotten_after_thirty_days(counting: FlaskClient) -> None:
    counting.post("/api/effect", headers=headers())
    start = clock.now()
    clock.move_to(start + timedelta(days=29))
    assert idempotency.forget_old() == 0
    clock.move_to(start + timedelta(days=31))
    assert idempotency.forget_old() == 1
    assert counting.post("/api/effect", headers=headers()).json == {"count": 2}


@pytest.mark.truncating
def test_two_at_once_have_one_effect(apart: Database) -> None:
    """The second waits for the first to end, since its key is taken."""
    app = counting_app(apart.settings(), pause=0.3)
    together = threading.Barrier(2)

    def send() -> Any:
        together.wait()
        return app.test_client().post("/api/money", headers=headers())

    with ThreadPoolExecutor(2) as pool:
        answers = [future.result() for future in [pool.submit(send), pool.submit(send)]]
    with app.app_context():
        assert count() == 1
        db.session.remove()
        db.engine.dispose()
    assert [answer.json for answer in answers] == [{"count": 1}, {"count": 1}]
    assert sorted("Idempotency-Replayed" in answer.headers for answer in answers) == [False, True]
