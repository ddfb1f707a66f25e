"""The description of the API that programs read, OpenAPI 3.1, and the same as a person reads it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Flask

from marketplace.core import idempotency

METHODS = ("get", "post", "put", "patch", "delete")
EVERY = (HTTPStatus.BAD_REQUEST, HTTPStatus.SERVICE_UNAVAILABLE)
"""What any request can be refused with, whatever its door: see `marketplace.core.intake` and `core.outage`."""
EVERY_CHANGE = (
    *EVERY,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
"""Also for its body, its Idempotency-Key, and the bad key of whoever the Idempotency-Key is said to belong to."""
_IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string"},
    "description": "The ETag of what you read: refused when it has changed since.",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One door as a person reads it. `body` and `answers` name schemas of the document."""

    method: str
    path: str
    summary: str
    signed_in: bool
    parameters: tuple[Mapping[str, Any], ...]
    body: str
    answers: tuple[tuple[str, str, str], ...]
    """Status, words and schema of each answer."""


def complete(document: dict[str, Any], app: Flask) -> dict[str, Any]:
    """Adds what no decorator says: a name for each operation, what is asked of every request before it reaches its
    door, and the Idempotency-Key of whatever changes something."""
    for rule in app.url_map.iter_rules():
        item = document["paths"].get(re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule), {})
        for method in {name.lower() for name in rule.methods or ()}.intersection(METHODS, item):
            operation = item[method]
            operation["operationId"] = rule.endpoint.replace("-", "_").replace(".", "_")
            _may_be_refused(operation, EVERY if method == "get" else EVERY_CHANGE)
            if method != "get":
                needed = idempotency.is_required(app.view_functions[rule.endpoint], method)
                operation.setdefault("parameters", []).append(_key_parameter(needed))
            if str(HTTPStatus.PRECONDITION_FAILED.value) in operation["responses"]:
                operation.setdefault("parameters", []).append(_IF_MATCH)
    return document


def _may_be_refused(operation: dict[str, Any], statuses: Iterable[HTTPStatus]) -> None:
    for status in statuses:
        refusal = {"$ref": f"#/components/responses/{status.name}"}
        operation["responses"].setdefault(str(status.value), refusal)


def _key_parameter(needed: bool) -> dict[str, Any]:
    return {
        "in": "header",
        "name": idempotency.HEADER,
        "required": needed,
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[ -~]+$"},
        "description": "The same value when a request is repeated: it has its effect once. Kept for 30 days.",
    }


def group_operations(document: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """The operations of an OpenAPI document by their first tag, in its order."""
    groups: dict[str, list[Operation]] = {tag["name"]: [] for tag in document.get("tags", ())}
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                tag = item[method]["tags"][0]
                groups.setdefault(tag, []).append(_operation(document, path, method, item))
    return groups


def _operation(document: Mapping[str, Any], path: str, method: str, item: Mapping[str, Any]) -> Operation:
    found = item[method]
    answers = ((status, _followed(document, answer)) for status, answer in found["responses"].items())
    parameters = (_followed(document, each) for each in (*item.get("parameters", ()), *found.get("parameters", ())))
    return Operation(
        method=method.upper(),
        path=path,
        summary=found.get("summary", ""),
        signed_in=found.get("security", document.get("security")) != [],
        parameters=tuple(parameters),
        body=_schema_name(found.get("requestBody", {})),
        answers=tuple((status, answer["description"], _schema_name(answer)) for status, answer in answers),
    )


def _followed(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The node itself, or what its `$ref` points at."""
    for step in node.get("$ref", "#").split("/")[1:]:
        document = document[step]
    return document if "$ref" in node else node


def _schema_name(node: Mapping[str, Any]) -> str:
    """The name of the schema of a body; empty when it has none, or one without a name."""
    for media in node.get("content", {}).values():
        return str(media.get("schema", {}).get("$ref", "")).rpartition("/")[2]
    return ""
