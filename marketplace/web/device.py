"""With which browser a contractor's account is used: a random number in a cookie of its own, told of on the page about
privacy. Only keyed digests are kept, and those are forgotten 90 days after the browser was seen last (rule PERSON)."""

import secrets
from uuid import UUID

from flask import Response, after_this_request, current_app, request, session
from itsdangerous import BadSignature, URLSafeSerializer

from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.workforce import signals
from marketplace.workforce.bars import FORGET_AFTER, SignalKind

COOKIE = "setara_device"
SEEN = "device_seen"
"""Where the session remembers for whom, and on which day, the browser was noted."""


def see(contractor_id: UUID) -> None:
    """Notes once a day and session with which device, network and kind of browser the account is used."""
    today = f"{contractor_id} {clock.now().date().isoformat()}"
    if session.get(SEEN) == today:
        return
    session[SEEN] = today
    number = _number()
    with transaction():
        signals.note(contractor_id, SignalKind.NETWORK, request.remote_addr or "")
        signals.note(contractor_id, SignalKind.USER_AGENT, request.user_agent.string)
        signals.note(contractor_id, SignalKind.DEVICE, number)

    @after_this_request
    def give(response: Response) -> Response:
        response.set_cookie(
            COOKIE,
            _signer().dumps(number),
            max_age=FORGET_AFTER,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _number() -> str:
    """The browser's number; a new one where it has none, or where somebody has written one of their own."""
    try:
        return str(_signer().loads(request.cookies.get(COOKIE, "")))
    except BadSignature:
        return secrets.token_hex(16)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="device")
