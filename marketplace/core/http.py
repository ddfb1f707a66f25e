"""What crosses HTTP, whatever it is about: one transaction a request, problems, pages of lists, security headers."""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from io import SEEK_END
from typing import IO, Any, TypeVar
from uuid import UUID, uuid4

import marshmallow as ma
import structlog
from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute
from werkzeug.exceptions import HTTPException, PreconditionFailed
from werkzeug.http import HTTP_STATUS_CODES

from marketplace.core import idempotency
from marketplace.core.db import Base, db, transact
from marketplace.core.intake import is_for_files, refuse_unreadable
from marketplace.core.money import BadMoney, Money, most
from marketplace.core.problems import NotFound, Problem, TooMany, Unauthenticated

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
PROBLEM_JSON = "application/problem+json"
_ASKS_OUTSIDE = "asks_outside"
_TOLD_AFTER = "told_after"
AMOUNT = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,4})?")
"""Digits as a person writes them. Decimal() would also take 1e3, 1_000 and digits of other scripts, and with more than
fourteen before the point the minor units would not fit the database's integers."""
_ANY_AMOUNT = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,4})?")
"""The same of any size: what is too much is told so, and not that it is no amount."""
log = structlog.get_logger()


class SetaraFlask(Flask):
    """A Flask whose view functions each run in one transaction: returning commits, raising rolls back.

    The answer is serialised, and remembered under its Idempotency-Key, inside that transaction. A view that asks
    somebody outside runs in none, and opens its own.
    """

    def dispatch_request(self) -> ResponseReturnValue:
        answer, view = super().dispatch_request, self.view_functions.get(request.endpoint or "")
        if getattr(view, _ASKS_OUTSIDE, False):
            return answer()
        made = transact(lambda: idempotency.once(self, answer))
        later = getattr(view, _TOLD_AFTER, None)
        return made if later is None else _tell(self.make_response(made), *later)


def asks_outside(view: F) -> F:
    """Marks a view whose verb asks another machine and waits for its answer: no transaction may be open meanwhile, and
    the answer, which is good once, is kept under no key."""
    setattr(view, _ASKS_OUTSIDE, True)
    return view


def told_after(names: Sequence[str], reads: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[F], F]:
    """Marks a view whose answer gets these members more, which `reads` makes of the others once what was done is
    committed: whoever waits for a row that the view has locked does not wait for a long reading, too. They are null
    where the asker may not see by then what is read. They are kept with the answer, under its key; where they cannot be
    read they are null, too, and not kept, so that whoever asks again under that key is told."""

    def mark(view: F) -> F:
        setattr(view, _TOLD_AFTER, (names, reads))
        return view

    return mark


def _tell(response: Response, names: Sequence[str], reads: Callable[[dict[str, Any]], dict[str, Any]]) -> Response:
    # A crash before it was told leaves it to whoever asks again under the same key.
    if response.status_code >= HTTPStatus.BAD_REQUEST or names[0] in (body := response.get_json()):
        return response

    def tell() -> None:
        try:
            told = reads(body)
        except Problem:
            told = dict.fromkeys(names)
        response.set_data(current_app.json.dumps(body | told))
        idempotency.keep_again(response)

    try:
        transact(tell)
    except Exception:
        # What is done is done: an error would have whoever asks without a key do it twice.
        log.exception("told_after")
        response.set_data(current_app.json.dumps(body | dict.fromkeys(names)))
    return response


def init_app(app: Flask) -> None:
    app.before_request(_begin)
    app.before_request(_read)
    app.after_request(_finish)
    app.register_error_handler(Problem, render_problem)
    app.register_error_handler(HTTPException, render_http_error)
    app.register_error_handler(500, _render_crash)


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if given.isascii() and given.isprintable() and 0 < len(given) <= 100 else uuid4().hex
    g.csp_nonce = secrets.token_urlsafe(16)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _read() -> None:
    if request.url_rule is not None:
        view = current_app.view_functions.get(request.endpoint or "")
        refuse_unreadable(request, with_files=is_for_files(view))


def _finish(response: Response) -> Response:
    policy = (
        "default-src 'self'; img-src 'self' data:; style-src 'self'; object-src 'none'; base-uri 'none'; "
        f"form-action 'self'; frame-ancestors 'none'; script-src 'self' 'nonce-{g.get('csp_nonce', '')}'"
    )
    response.headers["X-Request-ID"] = g.get("request_id", "")
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if current_app.config["ENVIRONMENT"] == "production":
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def as_file(content: bytes, kind: str, name: str) -> Response:
    """An answer that is somebody's file: kept by nobody on the way, guessed to be nothing else, and if a browser shows
    it, then in a box without script, origin or forms."""
    response = current_app.response_class(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


# --- problems -------------------------------------------------------------------------------------------------------


def wants_json() -> bool:
    """Programs get RFC 9457; a browser gets a page."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def render_problem(problem: Problem) -> Response:
    """The one place where a refusal becomes an answer."""
    body = problem.as_dict() | {"instance": request.path, "request_id": g.get("request_id", "")}
    if wants_json():
        response = jsonify(body)
        response.mimetype = PROBLEM_JSON
    else:
        response = current_app.make_response(render_template("problem.html", problem=body))
    response.status_code = problem.status
    if isinstance(problem, Unauthenticated):
        response.headers["WWW-Authenticate"] = 'Bearer realm="setara"'
    return response


class HttpProblem(Problem):
    """What the web server itself refuses: a wrong method, a body too large, a broken JSON text."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.http_status = status

    def as_dict(self) -> dict[str, Any]:
        name = HTTP_STATUS_CODES.get(self.http_status, "Error")
        code = name.lower().replace(" ", "_")
        return super().as_dict() | {
            "code": code,
            "type": f"/problems/{code}",
            "title": name,
            "status": self.http_status,
        }


def render_http_error(error: HTTPException) -> Response | HTTPException:
    """What the web server refuses, as a problem; what is no refusal (a redirect) is left as it is."""
    if error.code is None or error.code < 400:
        return error
    problem: Problem
    if error.code == 404:
        problem = NotFound()
    elif error.code == 429:
        problem = TooMany()
    else:
        problem = HttpProblem(error.code, error.description or "")
    response = render_problem(problem)
    response.status_code = error.code
    if error.code == 405 and (allowed := error.get_headers()):
        response.headers.extend({k: v for k, v in allowed if k == "Allow"})
    return response


def _render_crash(error: Exception) -> Response:
    log.error("crash", exc_info=getattr(error, "original_exception", None) or error)
    response = render_problem(HttpProblem(500, "Something broke on our side; nothing was changed."))
    response.status_code = 500
    return response


def problems(blueprint: Blueprint, *statuses: int) -> Callable[[F], F]:
    """Documents that a view answers these statuses with a problem: `@problems(blueprint, 401, 404)`.

    The document's answers by the names of the statuses stand in `marketplace/api`.
    """

    def decorate(view: F) -> F:
        for status in statuses:
            view = blueprint.alt_response(status, response=HTTPStatus(status).name)(view)
        return view

    return decorate


# --- what was read before it is changed -----------------------------------------------------------------------------


class Stale(Problem):
    """What somebody wants to change is no longer what they read."""

    code = "changed_meanwhile"
    status = 412
    title = "This was changed since you read it."
    remedy = "Load it again, look at what changed, and send your change with the new ETag."


def honour_if_match(blueprint: Blueprint, row: Base, shown: Callable[[], Any], schema: type[ma.Schema]) -> None:
    """Where the request says If-Match: locks the row and raises Stale unless `shown()`, the thing as its GET shows it,
    still has that ETag. Document 412 with `problems`."""
    if not request.if_match:
        return
    db.session.refresh(row, with_for_update=True)
    try:
        blueprint.check_etag(shown(), schema)
    except PreconditionFailed as changed:
        raise Stale from changed


# --- lists ----------------------------------------------------------------------------------------------------------


class PageArgs(ma.Schema):
    """The query of every list: newest first, `after` is the `next` of the page before."""

    limit = ma.fields.Integer(load_default=50, validate=ma.validate.Range(1, 200))
    after = ma.fields.UUID(load_default=None, metadata={"description": "`next` of the page before"})


def page(
    found: Select[T], key: InstrumentedAttribute[UUID], *, limit: int, after: UUID | None, oldest_first: bool = False
) -> dict[str, Any]:
    """One page of a list, newest first unless it is a queue: {"items": [...], "next": id or None}. Keys are version 7
    UUIDs, so the cursor stays right while rows are added."""
    if after is not None:
        found = found.where(key > after if oldest_first else key < after)
    rows = list(db.session.scalars(found.order_by(key if oldest_first else key.desc()).limit(limit + 1)))
    more = len(rows) > limit
    rows = rows[:limit]
    return {"items": rows, "next": getattr(rows[-1], key.key) if more else None}


def page_schema(item: type[ma.Schema], name: str) -> type[ma.Schema]:
    """The schema of a page of such items, under a name of its own in the OpenAPI document."""
    fields: Mapping[str, Any] = {
        "items": ma.fields.List(ma.fields.Nested(item), required=True),
        "next": ma.fields.UUID(required=True, allow_none=True),
    }
    return ma.Schema.from_dict(dict(fields), name=name)


# --- files ----------------------------------------------------------------------------------------------------------


def made_file(made: IO[bytes], mimetype: str, name: str) -> Response:
    """A file that was made for this one answer, from where it stands to its end, to be saved under the name. It is
    closed once it is sent, or when nobody reads it to the end."""

    def chunks() -> Iterator[bytes]:
        with made:
            while chunk := made.read(64 * 1024):
                yield chunk

    start, size = made.tell(), made.seek(0, SEEK_END)
    made.seek(start)
    response = current_app.response_class(chunks(), mimetype=mimetype)
    response.content_length = size - start
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.call_on_close(made.close)
    return response


# --- fields ---------------------------------------------------------------------------------------------------------


class Pattern(ma.validate.Validator):
    """The whole text is as the pattern, `^...$`, says. marshmallow's Regexp takes a line's end behind the `$`, and
    what Python would write in its place means something else to readers of the document (ECMA-262)."""

    def __init__(self, pattern: str, *, error: str = "String does not match expected pattern.") -> None:
        self.regex = re.compile(pattern)
        self.words = error

    def __call__(self, value: str) -> str:
        if self.regex.fullmatch(value) is None:
            raise ma.ValidationError(self.words)
        return value


class Flag(ma.fields.Boolean):
    """true or false in a body, and nothing else: what is decided is not guessed from 0, "n" or "off"."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class MoneyField(ma.fields.Field[Money]):
    """Money on the wire: {"amount": "15.00", "currency": "USD"}; the amount is a decimal text, never a float."""

    default_error_messages = {"shape": 'Give {{"amount": "15.00", "currency": "USD"}}.'}

    def _serialize(self, value: Money | None, attr: str | None, obj: Any, **kwargs: Any) -> dict[str, str] | None:
        return None if value is None else {"amount": str(value.decimal), "currency": value.currency}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Money:
        if not isinstance(value, Mapping) or not isinstance(value.get("amount"), str):
            raise self.make_error("shape")
        currency = value.get("currency")
        if not isinstance(currency, str) or not _ANY_AMOUNT.fullmatch(value["amount"]):
            raise self.make_error("shape")
        try:
            money, limit = Money.of(value["amount"], currency), most(currency)
        except BadMoney as bad:
            raise ma.ValidationError(bad.detail) from bad
        if not -limit <= money <= limit:
            raise ma.ValidationError(f"The most that one amount may be is {limit}.")
        return money
