"""The description of the API: valid, complete, and true of what the service answers."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from marketplace.api.pages import known_problems
from marketplace.core.http import PROBLEM_JSON
from marketplace.core.idempotency import HEADER
from tests.factories import accounts


@pytest.fixture
def document(client: FlaskClient) -> Any:
    return client.get("/api/v1/openapi.json").json


def operations(document: Any) -> list[tuple[str, str, Any]]:
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    ]


@pytest.mark.door("GET /api/v1/openapi.json", "works")
def test_the_document_is_valid_openapi(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_operation_has_a_name_of_its_own_and_a_sentence(document: Any) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(names) == len(set(names))
    assert [path for path, _, operation in operations(document) if not operation.get("summary")] == []


def test_every_refusal_is_a_problem(document: Any) -> None:
    for path, method, operation in operations(document):
        for status, answer in operation["responses"].items():
            if status == "default" or int(status) >= 400:
                name = answer["$ref"].rpartition("/")[2]
                content = document["components"]["responses"][name]["content"]
                assert content == {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}, (path, method)


def test_every_operation_that_asks_for_a_sign_in_documents_its_absence(document: Any) -> None:
    for path, method, operation in operations(document):
        assert ("401" in operation["responses"]) or operation.get("security") == [], (path, method)


def test_whatever_changes_something_tells_of_its_idempotency_key(document: Any) -> None:
    for path, method, operation in operations(document):
        told = [each for each in operation.get("parameters", ()) if each.get("name") == HEADER]
        assert len(told) == (method != "get"), (path, method)


@pytest.mark.door("GET /api/v1/docs", "works")
def test_the_page_for_people_shows_every_operation(client: FlaskClient, document: Any) -> None:
    page = client.get("/api/v1/docs")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    for path, method, operation in operations(document):
        assert f"{method.upper()} {path}" in page.text
        assert operation["summary"].split("'")[0] in page.text
    assert "<script" not in page.text or "nonce=" in page.text


def test_every_problem_has_its_page(client: FlaskClient) -> None:
    listed = client.get("/problems")
    assert listed.status_code == 200
    for code in ("not_found", "wrong_state", "last_owner", "input_not_right", "method_not_allowed"):
        assert code in known_problems()
        assert code in listed.text
    shown = client.get("/problems/last_owner")
    assert "A company keeps at least one owner." in shown.text
    assert "wrong_state" not in shown.text
    assert client.get("/problems/never_heard").status_code == 404


def test_no_two_problems_share_a_code() -> None:
    codes = [(known.code, known.title) for known in known_problems().values()]
    assert len(codes) == len({code for code, _ in codes})


# --- what the framework refuses -------------------------------------------------------------------------------------


def is_problem(answer: Any, status: int, code: str) -> bool:
    body = answer.json
    return (
        answer.status_code == body["status"] == status
        and answer.mimetype == PROBLEM_JSON
        and body["code"] == code
        and body["type"] == f"/problems/{code}"
        and body["request_id"] == answer.headers["X-Request-ID"]
    )


def test_what_the_framework_refuses_looks_like_every_other_refusal(client: FlaskClient) -> None:
    headers = accounts.bearer(accounts.person())
    assert is_problem(client.get("/api/v1/nothing"), 404, "not_found")
    assert is_problem(client.get("/api/v1/companies/7", headers=headers), 404, "not_found")
    wrong_method = client.put("/api/v1/companies", headers=headers)
    assert is_problem(wrong_method, 405, "method_not_allowed")
    assert {"GET", "POST"} <= set(wrong_method.headers["Allow"].split(", "))
    broken = client.post("/api/v1/sessions", data="{", content_type="application/json")
    assert is_problem(broken, 400, "not_readable")
    large = client.post("/api/v1/sessions", data=b"x" * (5 * 1024 * 1024), content_type="application/json")
    assert is_problem(large, 413, "request_entity_too_large") or is_problem(large, 413, "content_too_large")


def test_a_wrong_body_is_told_by_its_places(client: FlaskClient) -> None:
    company = accounts.company()
    answer = client.post(
        f"/api/v1/companies/{company.id}/keys",
        json={"name": 7, "scopes": ["read", "fly"], "more": True},
        headers=accounts.bearer(accounts.owner_of(company.id)),
    )
    assert is_problem(answer, 422, "input_not_right")
    assert sorted(error["pointer"] for error in answer.json["errors"]) == ["/more", "/name", "/scopes/1"]


def test_a_crash_is_a_problem_and_tells_nothing(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(**_values: Any) -> None:
        raise RuntimeError("a secret of ours")

    monkeypatch.setitem(app.view_functions, "people.show_me", crash)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = client.get("/api/v1/people/me")
    assert is_problem(answer, 500, "internal_server_error")
    assert "secret" not in answer.text
