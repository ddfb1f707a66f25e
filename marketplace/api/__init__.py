"""Gathers every room's routes under /api/v1, describes them in OpenAPI, and renders what the framework refuses."""

from typing import Any

from flask import Flask
from flask_smorest import Api, Blueprint
from werkzeug.exceptions import HTTPException

from marketplace.accounts import routes as accounts
from marketplace.core.http import MoneyField, ProblemSchema, render_http_error, render_problem
from marketplace.core.problems import Invalid

BLUEPRINTS: tuple[Blueprint, ...] = (*accounts.blueprints,)
"""Every door of the API, in the order in which the document tells of them."""

_DESCRIPTION = (
    "Sign in with `POST /api/v1/sessions`, then send `Authorization: Bearer KEY`. Refusals are RFC 9457 problems. "
    "Send an `Idempotency-Key` with what you may have to repeat."
)
_SETTINGS: dict[str, Any] = {
    "API_TITLE": "Setara",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api/v1",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "info": {"description": _DESCRIPTION, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "security": [{"bearer": []}],
    },
}


class InputNotRight(Invalid):
    """The framework's own check of the shape, with one entry for each place that is not right."""

    code = "input_not_right"
    title = "Some of the input is missing, unknown or of the wrong kind."
    remedy = "Each entry of `errors` names a place of the input and what is wrong there."


class SetaraApi(Api):
    """flask-smorest's Api whose refusals look like every other refusal of the house."""

    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Any:
        messages = (getattr(error, "data", None) or {}).get("messages")
        if error.code == 422 and messages:
            return render_problem(InputNotRight(errors=list(places(messages))))
        return render_http_error(error)


def places(messages: dict[str, Any]) -> list[dict[str, str]]:
    """webargs' tree of messages as a flat list: a JSON pointer into a body, the name of anything else."""
    found: list[dict[str, str]] = []

    def walk(path: tuple[str, ...], node: Any) -> None:
        if isinstance(node, dict):
            for key, inner in node.items():
                walk((*path, str(key)), inner)
            return
        where = {"pointer": "/" + "/".join(path[1:])} if path[0] == "json" else {"parameter": path[-1]}
        found.extend(where | {"detail": str(detail)} for detail in (node if isinstance(node, list) else [node]))

    walk((), messages)
    return found


def register(app: Flask) -> None:
    """Puts every door into the application."""
    for name, value in _SETTINGS.items():
        app.config.setdefault(name, value)
    api = SetaraApi(app)
    api.register_field(MoneyField, "object", None)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
