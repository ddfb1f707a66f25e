"""Idempotency-Key: the same request twice has one effect and one answer.

The answer is stored in the transaction of the request itself, so there is an answer exactly when there was an effect.
A refusal that rolled back leaves nothing behind and is simply tried again. Keys live for 30 days.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import IO, Any, TypeVar, cast

from flask import Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy import LargeBinary, Table, Text, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core import clock
from marketplace.core.db import Base, Instant, Json, db, send_last, send_one
from marketplace.core.problems import Invalid
from marketplace.core.sending import Fixed, Order

HEADER = "Idempotency-Key"
FORM_FIELD = "idempotency_key"
KEPT_FOR = timedelta(days=30)
F = TypeVar("F", bound=Callable[..., Any])
_MARK = "idempotency_required"
_UNKEPT = "idempotency_unkept"
_NOT_PART_OF_THE_FORM = frozenset({FORM_FIELD, "csrf_token"})


class KeyRequired(Invalid):
    code = "idempotency_key_required"
    status = 400
    title = "This request moves money and needs an Idempotency-Key."
    remedy = f"Send a header {HEADER} with a fresh random value, and the same value when you repeat the request."


class BadKey(Invalid):
    code = "idempotency_key_invalid"
    title = f"An {HEADER} is 1 to 200 printable ASCII characters."


class KeyReused(Invalid):
    code = "idempotency_key_reused"
    title = f"This {HEADER} was used before with another request."
    remedy = "Take a fresh key for a new request."


class StoredAnswer(Base):
    """A request that had its effect, and what was answered."""

    __tablename__ = "stored_answer"

    actor: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    request_sha256: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant] = mapped_column(index=True)
    status: Mapped[int | None]
    headers: Mapped[Json]
    body: Mapped[bytes] = mapped_column(LargeBinary)


_ANSWER = cast(Table, StoredAnswer.__table__)
_CLAIMED = Fixed(
    insert(_ANSWER)
    .values({each.name: bindparam(each.name, type_=each.type) for each in _ANSWER.columns if each.name != "status"})
    .on_conflict_do_nothing()
    .returning(_ANSWER.c.key)
)
_STORED = Fixed(
    update(_ANSWER)
    .where(_ANSWER.c.actor == bindparam("of"), _ANSWER.c.key == bindparam("named"))
    .values({name: bindparam(f"new_{name}", type_=_ANSWER.c[name].type) for name in ("status", "headers", "body")})
)


def required(view: F) -> F:
    """Marks a view that moves money: without a key it is refused."""
    setattr(view, _MARK, True)
    return view


def unkept(view: F) -> F:
    """Marks a view that shows what lies encrypted, or what is kept nowhere: its answer is stored under no key, since it
    would lie open there.
    Whoever repeats the request is answered anew."""
    setattr(view, _UNKEPT, True)
    return view


def is_required(view: Callable[..., Any] | None, method: str) -> bool:
    """Whether a view, or this method of a class of views, is marked with `required`."""
    own = getattr(getattr(view, "view_class", None), method.lower(), None)
    return bool(getattr(own or view, _MARK, False))


def remember_instead(body: bytes) -> None:
    """Has another body stored than the one sent now: a secret is shown once and not kept."""
    g.body_to_remember = body


def once(app: Flask, view: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """Runs the view, or gives the stored answer of the first time. To be called inside the request's transaction."""
    key = request.headers.get(HEADER) or request.form.get(FORM_FIELD)
    if request.method not in ("POST", "PUT", "PATCH", "DELETE"):
        return view()
    door = app.view_functions.get(request.endpoint or "")
    if not key:
        if is_required(door, request.method):
            raise KeyRequired(field=HEADER)
        return view()
    if getattr(door, _UNKEPT, False):
        return view()
    if not (key.isascii() and key.isprintable() and len(key) <= 200):
        raise BadKey(field=HEADER)
    actor, digest = str(app.extensions["setara_actor_key"]()), _request_digest()
    if (stored := _claim(actor, key, digest)) is not None:
        return _replay(stored, digest)
    response = app.make_response(view())
    if HEADER not in request.headers and response.status_code >= HTTPStatus.BAD_REQUEST:
        _forget(actor, key)
    else:
        _store(actor, key, response)
    return response


def keep_again(response: Response) -> None:
    """Stores an answer in place of the one that the request's own transaction has stored, where it has."""
    if key := request.headers.get(HEADER):
        _store(str(current_app.extensions["setara_actor_key"]()), key, response)


def forget_old() -> int:
    """Deletes answers older than 30 days and returns how many there were."""
    old = delete(StoredAnswer).where(StoredAnswer.at < clock.now() - KEPT_FOR).returning(StoredAnswer.key)
    return len(db.session.execute(old).all())


def _claim(actor: str, key: str, digest: str) -> StoredAnswer | None:
    """Takes the key for this transaction. A second request with it waits here until the first one has ended."""
    row = {"actor": actor, "key": key, "request_sha256": digest, "at": clock.now(), "headers": {}, "body": b""}
    if send_one(Order(_CLAIMED, row, len)):
        return None
    return db.session.scalars(
        select(StoredAnswer)
        .where(StoredAnswer.actor == actor, StoredAnswer.key == key)
        .execution_options(populate_existing=True)
    ).one()


def _store(actor: str, key: str, response: Response) -> None:
    kept = {name: response.headers[name] for name in ("Content-Type", "Location", "ETag") if name in response.headers}
    body = g.pop("body_to_remember", None) or response.get_data()
    answer = {"new_status": response.status_code, "new_headers": kept, "new_body": body}
    send_last(Order(_STORED, {"of": actor, "named": key} | answer, len))


def _forget(actor: str, key: str) -> None:
    """A form that was refused had no effect, and its page holds whatever was typed: numbers of papers, too."""
    db.session.execute(delete(StoredAnswer).where(StoredAnswer.actor == actor, StoredAnswer.key == key))


def _replay(stored: StoredAnswer, digest: str) -> Response:
    if stored.request_sha256 != digest:
        raise KeyReused(field=HEADER)
    response: Response = current_app.response_class(stored.body, stored.status or 200, stored.headers)
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _request_digest() -> str:
    if request.form or request.files:
        pairs = sorted((k, v) for k, v in request.form.items(multi=True) if k not in _NOT_PART_OF_THE_FORM)
        files = sorted((name, _file_digest(sent.stream)) for name, sent in request.files.items(multi=True))
        body = repr((pairs, files)).encode()
    else:
        body = request.get_data(cache=True)
    whole = f"{request.method} {request.full_path}\n".encode() + body
    # Keyed, because a sign-in is such a request: a bare digest beside its address would let whoever reads the table try
    # passwords a billion times faster than at the slow hash.
    return hmac.digest(current_app.config["SECRET_KEY"].encode(), whole, "sha256").hex()


def _file_digest(stream: IO[bytes]) -> str:
    digest = hashlib.sha256(stream.read()).hexdigest()
    stream.seek(0)  # The view reads it again.
    return digest
