"""The API in words: a page for the document, and one for the refusals."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, Response, current_app, jsonify, render_template

from marketplace.api.document import group_operations
from marketplace.core.http import HttpProblem
from marketplace.core.problems import NotFound, Problem

DOCUMENT = "setara_openapi"
"""Where the application keeps the description of its API."""

SERVER_REFUSES = (400, 405, 412, 413, 415, 428, 500)

blueprint = Blueprint("api_pages", __name__)


@dataclass(frozen=True, slots=True)
class Known:
    """A refusal as it is listed: what is true of every case of it."""

    code: str
    status: int
    title: str
    remedy: str | None


@blueprint.get("/api/v1/openapi.json")
def send_document() -> Response:
    """The description that programs read."""
    return jsonify(current_app.extensions[DOCUMENT])


@blueprint.get("/api/v1/docs")
def show_document() -> str:
    """The whole API on one page, made from the document that programs read."""
    document = current_app.extensions[DOCUMENT]
    return render_template("api_docs.html", document=document, groups=group_operations(document))


@blueprint.get("/problems")
def list_problems() -> str:
    """Every refusal that this service knows."""
    return render_template("api_problems.html", problems=known_problems().values())


@blueprint.get("/problems/<code>")
def show_problem(code: str) -> str:
    """What the `type` of a problem points at."""
    if (known := known_problems().get(code)) is None:
        raise NotFound
    return render_template("api_problems.html", problems=[known])


def known_problems() -> dict[str, Known]:
    """Every refusal by its code, in the order of the codes: the house's own, and what the web server refuses."""
    own = [Known(kind.code, kind.status, kind.title, kind.remedy) for kind in _below(Problem) if "code" in vars(kind)]
    server = [HttpProblem(status, "").as_dict() for status in SERVER_REFUSES]
    every = [*own, *(Known(each["code"], each["status"], each["title"], None) for each in server)]
    return {known.code: known for known in sorted(every, key=lambda known: known.code)}


def _below(kind: type[Problem]) -> Iterable[type[Problem]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)
