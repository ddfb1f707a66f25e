"""Who is asking: a program by its key on /api, a browser by its session on pages.

Flask-Security keeps the passwords, the sessions and the links in messages. Its datastore never commits (the request's
transaction does), and its mail is an event, from which the room of notices writes the message.
"""

from typing import Any
from uuid import UUID

from flask import Flask, request
from flask_limiter.util import get_remote_address
from flask_security import MailUtil, RoleMixin, Security, SQLAlchemyUserDatastore, current_user
from flask_security.signals import password_reset, user_confirmed

from marketplace.accounts import queries, service
from marketplace.accounts.keys import find_key
from marketplace.accounts.models import Person
from marketplace.accounts.rules import PASSWORD_LENGTH, Actor
from marketplace.core import clock, telemetry
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.http import render_problem
from marketplace.core.limits import limiter
from marketplace.core.problems import Unauthenticated

API = "/api/"
_ACTOR = "setara.actor"
_KEY_ID = "setara.key_id"
_MAIL_EVENTS = {
    "security/email/confirmation_instructions": "person.verification_asked",
    "security/email/reset_instructions": "person.reset_asked",
}
_SETTINGS: dict[str, Any] = {
    "SECURITY_LOGIN_URL": "/sign-in",
    "SECURITY_LOGOUT_URL": "/sign-out",
    # A link that signs out could be followed by another site's picture.
    "SECURITY_LOGOUT_METHODS": ["POST"],
    "SECURITY_RESET_URL": "/reset",
    # Its own page of that name asks for a password once more; ours checks work records.
    "SECURITY_VERIFY_URL": "/sign-in/again",
    "SECURITY_CONFIRM_URL": "/confirm",
    "SECURITY_CONFIRMABLE": True,
    "SECURITY_LOGIN_WITHOUT_CONFIRMATION": True,
    "SECURITY_RECOVERABLE": True,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_LENGTH_MIN": PASSWORD_LENGTH[0],
    "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
    "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
    # Messages are written by the room of notices, so nothing is rendered here.
    "SECURITY_EMAIL_PLAINTEXT": False,
    "SECURITY_EMAIL_HTML": False,
    "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
    "SECURITY_DATETIME_FACTORY": clock.now,
    # Programs come with a key, never with Flask-Security's own token or a password in every request.
    "SECURITY_API_ENABLED_METHODS": ["session"],
}
_QUICK_HASHING = {"argon2__time_cost": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}
"""For tests only: a password costs 0.1 ms and not 0.1 s."""


class People(SQLAlchemyUserDatastore):
    """Flask-Security's way to our people."""

    def find_user(self, case_insensitive: bool = False, **named: Any) -> Any:
        """Addresses are kept in lower case, so that the plain index finds them however they were typed."""
        if "email" in named:
            named["email"] = named["email"].lower()
        return super().find_user(**named)

    def commit(self) -> None:
        """Nothing: returning from the request commits, and nothing else does."""


class EventInsteadOfMail(MailUtil):
    """Flask-Security asks for a message; what it gets is an event with the person's id."""

    def send_mail(self, template: str, *_rendered: Any, **context: Any) -> None:
        person: Person = context["user"]
        record(_MAIL_EVENTS[template], person, by=Actor(None))


def init_app(app: Flask) -> None:
    for name, value in _SETTINGS.items():
        app.config.setdefault(name, value)
    if app.config["ENVIRONMENT"] == "test":
        app.config.setdefault("SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS", _QUICK_HASHING)
    security = Security(app, People(db, Person, RoleMixin), mail_util_cls=EventInsteadOfMail)
    security.unauthn_handler(lambda *_args, **_kwargs: render_problem(Unauthenticated()))
    limiter.init_app(app)
    user_confirmed.connect(_confirmed, app)
    password_reset.connect(_password_reset, app)
    app.extensions["setara_actor_key"] = _actor_key


def actor() -> Actor:
    """Whoever asks. Raises Unauthenticated when nobody does, KeyNotValid when the key is not good."""
    if (found := actor_or_none()) is None:
        raise Unauthenticated
    return found


def actor_or_none() -> Actor | None:
    """Whoever asks, or None for a stranger. On /api only a key counts: a browser's session there could be abused by
    other sites. Raises KeyNotValid."""
    if _ACTOR not in request.environ:
        request.environ[_ACTOR] = found = _by_key() if request.path.startswith(API) else _by_session()
        if found is not None and found.person_id is not None:
            telemetry.know_person(found.person_id)
    known: Actor | None = request.environ[_ACTOR]
    return known


def person_asking() -> str:
    """Whoever asks, for a limit that is each person's own however many share a network address; else the address."""
    found = actor_or_none()
    return f"person:{found.person_id}" if found is not None and found.person_id else str(get_remote_address())


def current_key_id() -> UUID:
    """The key that this request came with. Raises Unauthenticated when it came without."""
    actor()
    found: UUID | None = request.environ.get(_KEY_ID)
    if found is None:
        raise Unauthenticated
    return found


def _by_key() -> Actor | None:
    given = request.authorization
    if given is None:
        return None
    if given.type != "bearer" or not given.token:
        raise Unauthenticated("Only 'Authorization: Bearer KEY' is understood here.")
    key = find_key(given.token)
    request.environ[_KEY_ID] = key.id
    return key.actor


def _by_session() -> Actor | None:
    return queries.actor_of(current_user.id) if current_user.is_authenticated else None


def _actor_key() -> str:
    """Whose an Idempotency-Key is: a person's whatever they came with, a company's for each of its keys' makers."""
    found = actor_or_none()
    if found is None:
        return "nobody"
    return ":".join([found.kind, str(found.person_id), *(str(c) for c in found.companies if found.kind == "key")])


def _confirmed(_app: Flask, user: Person, **_more: Any) -> None:
    service.was_confirmed(user)


def _password_reset(_app: Flask, user: Person, **_more: Any) -> None:
    service.password_was_reset(user)
