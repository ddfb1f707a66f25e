"""Web push (RFC 8030): a short message to a browser, encrypted for it alone (RFC 8291), and signed by this service
(RFC 8292, VAPID), so that the push service in between can read nothing and take it from nobody else.

A subscription's address is said by a browser, thus by anybody: it is written to only where it is one of the push
services that PUSH_HOSTS names, so that nobody makes this service call into its own network.
"""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import http_ece
import requests
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import current_app
from py_vapid import Vapid02

from marketplace.core import clock
from marketplace.core.problems import Invalid
from marketplace.notices.carriers import Accepted, Carry, Message, Refused, Result, Unknown

GONE: Final = "gone"
"""The browser has ended its subscription: it will never be reached by it again."""
SECONDS: Final = (5.0, 10.0)
KEPT: Final = timedelta(hours=12)
"""How long the push service keeps a message for a browser that is away (TTL)."""
SIGNED_FOR: Final = timedelta(hours=12)
MOST_OF_A_PUSH: Final = 300
"""Letters: what a notification shows. A push service takes 4096 bytes of all of it."""
_POINT, _SECRET = 65, 16


class BadSubscription(Invalid):
    code = "subscription_not_valid"
    title = "This is no subscription of a push service that this one writes to."
    remedy = "Allow notifications once more in the browser, or choose another way."


class Subscription(NamedTuple):
    """What a browser says of itself: where its messages go, its public key (P-256, a point of 65 bytes) and a secret of
    16 bytes, both as base64url."""

    endpoint: str
    p256dh: str
    auth: str

    def check(self) -> None:
        """Raises BadSubscription."""
        if not is_push_service(self.endpoint):
            raise BadSubscription(field="endpoint")
        try:
            point, secret = _bytes(self.p256dh), _bytes(self.auth)
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        except ValueError as bad:
            raise BadSubscription(field="p256dh") from bad
        if len(point) != _POINT or len(secret) != _SECRET:
            raise BadSubscription(field="auth")

    def written(self) -> str:
        return json.dumps(self._asdict())

    @classmethod
    def read(cls, text: str) -> "Subscription":
        return cls(**json.loads(text))


def is_push_service(endpoint: str) -> bool:
    """Whether messages are handed to that address: over TLS, to a host that is configured. A part of a machine's own
    network is none, but in tests."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    # Where a sign-in or a backslash stands before the host, two programs read two hosts in one address.
    if "@" in parts.netloc or "\\" in endpoint:
        return False
    host, test = parts.hostname or "", current_app.config["ENVIRONMENT"] == "test"
    if (parts.scheme != "https" or port not in (None, 443)) and not test:
        return False
    named = (known for known in current_app.config["PUSH_HOSTS"])
    return any(host == known.lstrip("*.") or (known.startswith("*.") and host.endswith(known[1:])) for known in named)


def public_key() -> str:
    """What browsers subscribe with, as base64url."""
    vapid = Vapid02.from_string(current_app.config["VAPID_PRIVATE_KEY"])
    point = vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


@contextmanager
def connection() -> Iterator[Carry]:
    """One connection pool for all messages of a batch. An address is a subscription as JSON."""
    vapid = Vapid02.from_string(current_app.config["VAPID_PRIVATE_KEY"])
    with requests.Session() as session:
        session.trust_env = False
        yield lambda message: _push(session, vapid, message)


def _push(session: requests.Session, vapid: Vapid02, message: Message) -> Result:
    to = Subscription.read(message.to)
    if not is_push_service(to.endpoint):
        return Refused("no_push_service", permanent=True)
    headers = vapid.sign(_claims(to.endpoint)) | {
        "Content-Encoding": "aes128gcm",
        "TTL": str(int(KEPT.total_seconds())),
        "Urgency": "high",
        # A push service replaces what it still keeps by a later message of the same topic: sent twice is shown once.
        "Topic": urlsafe_b64encode(message.key.bytes).rstrip(b"=").decode(),
    }
    body = encrypted(to, message.body.encode())
    try:
        answer = session.post(to.endpoint, data=body, headers=headers, timeout=SECONDS, allow_redirects=False)
    except requests.RequestException as lost:
        return Unknown(type(lost).__name__)
    if answer.ok and not answer.is_redirect:
        return Accepted(answer.headers.get("Location", "")[:200] or None)
    if answer.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return Refused(GONE, permanent=True)
    later = answer.status_code == HTTPStatus.TOO_MANY_REQUESTS or answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    return Refused(f"http_{answer.status_code}", permanent=not later)


def encrypted(to: Subscription, plain: bytes) -> bytes:
    """The message for that browser alone: a fresh key and salt each time."""
    sealed: bytes = http_ece.encrypt(
        plain,
        salt=os.urandom(_SECRET),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(to.p256dh),
        auth_secret=_bytes(to.auth),
        version="aes128gcm",
    )
    return sealed


def _claims(endpoint: str) -> dict[str, str | int]:
    parts = urlsplit(endpoint)
    # The push service reads its own clock, which is a machine's.
    end = clock.machine_time() + SIGNED_FOR
    return {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(end.timestamp()),
        "sub": current_app.config["VAPID_SUBJECT"],
    }


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
