"""Text messages by a gateway that speaks JSON over HTTP: SMS, WhatsApp, whatever it is configured for.

What it is asked, `POST GATEWAY_URL`, with `Authorization: Bearer GATEWAY_TOKEN` and the message's key as
`Idempotency-Key`:

    {"channel": "sms", "to": "+628123456789", "text": "...", "receipts": "https://HERE/api/v1/receipts"}

It answers 2xx with `{"id": "its own name of the message"}` and takes a key once, however often it comes. 408, 409, 425,
429 and 5xx mean later, every other 4xx means never; `{"error": "a_word"}` may say why. Any small program can speak this
to a company that sells text messages, so that no such company is built in here.

Receipts come back to `/api/v1/receipts`, signed as https://www.standardwebhooks.com asks (version 1, HMAC-SHA256 with
GATEWAY_SECRET over `id.timestamp.body`).
"""

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import requests
from flask import current_app
from werkzeug.datastructures import Headers

from marketplace.core import clock
from marketplace.core.problems import Unauthenticated
from marketplace.notices.carriers import Accepted, Carry, Message, Refused, Result, Unknown
from marketplace.notices.ways import Way

RECEIPTS = "/api/v1/receipts"
SECONDS = (5.0, 10.0)
"""How long the gateway may take to connect, and between two bytes of its answer."""
LATER = frozenset({408, 409, 425, 429})
TOLERANCE = timedelta(minutes=5)
"""How old a receipt's signature may be, or how far ahead its sender's clock: what was overheard cannot be sent again
tomorrow."""
_WORD = re.compile(r"[a-z0-9_]{1,60}")
_MOST_DIGITS = 11
"""Of seconds: with more of them it is no year that Python can count."""


class BadSignature(Unauthenticated):
    code = "signature_not_valid"
    title = "This was not signed by the gateway that messages go through, or too long ago."
    remedy = "Sign it with the configured secret, as Standard Webhooks asks, and send it with a fresh timestamp."


@contextmanager
def connection(way: Way) -> Iterator[Carry]:
    """One connection for all messages of a batch."""
    settings = current_app.config
    with requests.Session() as session:
        # A redirect would carry the token, and a proxy of the machine's the messages, to where nobody configured.
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {settings['GATEWAY_TOKEN']}"
        receipts = f"{settings['BASE_URL']}{RECEIPTS}"

        def carry(message: Message) -> Result:
            asked = {"channel": str(way), "to": message.to, "text": message.body, "receipts": receipts}
            return _asked(lambda: _post(session, settings["GATEWAY_URL"], message, asked))

        yield carry


def _post(session: requests.Session, url: str, message: Message, asked: Mapping[str, str]) -> requests.Response:
    return session.post(
        url, json=asked, headers={"Idempotency-Key": str(message.key)}, timeout=SECONDS, allow_redirects=False
    )


def _asked(ask: Callable[[], requests.Response]) -> Result:
    try:
        answer = ask()
    except (requests.ConnectTimeout, requests.exceptions.InvalidURL) as away:
        return Refused(type(away).__name__)
    except requests.RequestException as lost:
        return Unknown(type(lost).__name__)
    said = _json(answer)
    if answer.ok and not answer.is_redirect:
        named = said.get("id")
        return Accepted(named[:200] if isinstance(named, str) else None)
    word = said.get("error")
    reason = word if isinstance(word, str) and _WORD.fullmatch(word) else f"http_{answer.status_code}"
    later = answer.status_code in LATER or answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    return Refused(reason, permanent=not later)


def _json(answer: requests.Response) -> Mapping[str, Any]:
    try:
        said = answer.json()
    except requests.exceptions.JSONDecodeError:
        return {}
    return said if isinstance(said, dict) else {}


def signature(secret: str, name: str, moment: str, body: bytes) -> str:
    """The signature of a body as its header has it: "v1,..."."""
    signed = hmac.digest(_key(secret), f"{name}.{moment}.".encode() + body, "sha256")
    return "v1," + base64.b64encode(signed).decode()


def check_signature(headers: Headers, body: bytes) -> None:
    """Raises BadSignature unless the configured gateway signed the body just now. Several signatures may stand in the
    header, with blanks between, while a secret is changed."""
    secret: str = current_app.config["GATEWAY_SECRET"]
    name, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not secret or not _is_recent(moment):
        raise BadSignature
    right = signature(secret, name, moment, body)
    given = headers.get("webhook-signature", "").encode("utf-8", "replace").split()
    if not any(hmac.compare_digest(each, right.encode()) for each in given):
        raise BadSignature


def _is_recent(moment: str) -> bool:
    if not (moment.isascii() and moment.isdigit() and len(moment) <= _MOST_DIGITS):
        return False
    # The sender's clock is a machine's, whatever time it is for the business.
    return abs(clock.machine_time() - datetime.fromtimestamp(int(moment), UTC)) <= TOLERANCE


def _key(secret: str) -> bytes:
    """The key behind a secret: what follows "whsec_" is base64, as Standard Webhooks has it; another is its bytes."""
    if secret.startswith("whsec_"):
        try:
            return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            pass
    return secret.encode()
