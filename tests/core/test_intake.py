"""What may come in at all: text that can be kept, and JSON that means one thing."""

from contextlib import suppress
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.intake import DEEPEST, LARGEST, NotReadable, read_json
from tests.factories import accounts

MANY = 100_000
UNREADABLE = [
    pytest.param(b"{", id="broken"),
    pytest.param(b'{"a": 1} {"a": 1}', id="two texts"),
    pytest.param(b"\xff", id="no UTF-8"),
    pytest.param('{"a": 1}'.encode("utf-16"), id="UTF-16"),
    pytest.param(b'{"a": 1, "a": 2}', id="a name twice"),
    pytest.param(b'{"a": {"b": 1, "b": 1}}', id="a name twice inside"),
    pytest.param(b'{"a": NaN}', id="NaN"),
    pytest.param(b'[{"a": -Infinity}]', id="infinity"),
    pytest.param(b'{"a": 1e999}', id="infinity in digits"),
    pytest.param(b'{"a": "\\u0000"}', id="NUL"),
    pytest.param(b'{"\\u0000": 1}', id="NUL in a name"),
    pytest.param(b'[[{"a": ["\\ud800"]}]]', id="lone surrogate"),
    pytest.param(b'{"a": %d}' % (LARGEST + 1), id="a number that a double rounds"),
    pytest.param(b'{"a": %d}' % -(LARGEST + 1), id="a negative one"),
    pytest.param(b"1" * 5000, id="more digits than Python reads"),
    pytest.param(b"[" * MANY, id="deep and broken"),
    pytest.param(b"[" * MANY + b"]" * MANY, id="very deep"),
    pytest.param(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), id="deep"),
]
READABLE: list[tuple[bytes, Any]] = [
    (b"", None),
    (b"null", None),
    (b'{"a": {"a": 1}}', {"a": {"a": 1}}),
    (b'"\\ud83d\\ude00"', "\N{GRINNING FACE}"),
    (b"[%d, -%d]" % (LARGEST, LARGEST), [LARGEST, -LARGEST]),
]


@pytest.mark.parametrize("body", UNREADABLE)
def test_what_cannot_be_read(body: bytes) -> None:
    with pytest.raises(NotReadable):
        read_json(body)


@pytest.mark.parametrize(("body", "value"), READABLE)
def test_what_can_be_read(body: bytes, value: Any) -> None:
    assert read_json(body) == value


def test_the_deepest_that_can_be_read() -> None:
    assert read_json(b"[" * DEEPEST + b"]" * DEEPEST)


@given(st.binary(max_size=50))
def test_whatever_is_sent_is_read_or_refused(body: bytes) -> None:
    with suppress(NotReadable):
        read_json(body)


@pytest.mark.parametrize("body", UNREADABLE)
def test_a_door_refuses_what_cannot_be_read(client: FlaskClient, body: bytes) -> None:
    """At the door of sign-ins even the count of guesses reads the body."""
    refused = client.post("/api/v1/sessions", data=body, content_type="application/json")
    assert (refused.status_code, refused.json["code"]) == (400, "not_readable")


@pytest.mark.parametrize("path", ["/api/v1/password-resets/a%00b", "/api/v1/clock?%00=1", "/api/v1/outbox?after=%00"])
def test_an_address_without_text_is_refused(client: FlaskClient, path: str) -> None:
    for method in ("GET", "POST"):
        refused = client.open(path, method=method, json={} if method == "POST" else None)
        assert (refused.status_code, refused.json["code"]) in [(400, "not_readable"), (405, "method_not_allowed")]
    assert client.get("/api/v1/standards/rules/a%00b").json["code"] == "not_readable"


def test_a_form_without_text_is_refused(client: FlaskClient) -> None:
    assert client.post("/sign-in", data={"email": "a\0b", "password": "x"}).status_code == 400


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_body_is_json(client: FlaskClient, kind: str | None) -> None:
    refused = client.post("/api/v1/sessions", data=b'{"email": "a"}', content_type=kind)
    assert (refused.status_code, refused.json["code"]) == (415, "unsupported_media_type")


def test_no_body_has_no_kind(client: FlaskClient) -> None:
    assert client.post("/api/v1/sessions", content_type="text/plain").status_code == 422


def test_json_has_other_names_too(client: FlaskClient) -> None:
    who = accounts.person()
    kind = "application/merge-patch+json; charset=utf-8"
    changed = client.patch(
        "/api/v1/people/me", data=b'{"name": "Ana"}', content_type=kind, headers=accounts.bearer(who)
    )
    assert changed.json["name"] == "Ana"


def test_the_body_of_a_get_means_nothing(client: FlaskClient) -> None:
    assert client.get("/api/v1/clock", data=b"[", content_type="application/json").status_code == 200
