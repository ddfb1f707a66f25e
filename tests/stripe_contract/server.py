"""The stand-in behind HTTP: the real SDK speaks to it, on the loopback, and cannot tell.

Keys are kept as docs.stripe.com/api/idempotent_requests says: the answer of a key stands once its work has begun, a
500 too; the same key with another body is refused; two at once conflict; what was refused before that is not kept.
"""

import hashlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.stripe_contract.contract import Operation, StripeRefuses, check_answer, operation, parameters
from tests.stripe_contract.operations import answer
from tests.stripe_contract.world import World

KEY = "sk_test_setara"
SLOW = 0.6
"""Seconds that a slow answer takes: more than a client in a hurry waits, and less than any other."""


class Fault(StrEnum):
    """What can go wrong with one request. After `AFTER` the work is done, whatever the answer."""

    RESET_BEFORE = "reset_before"
    LIMITED = "limited"
    CONFLICT = "conflict"
    BROKEN_BEFORE = "broken_before"
    """A 500 before the work began: nothing is kept under the key."""
    SAVED_NOTHING = "saved_nothing"
    """A 500 once the work had begun, without any effect: it is replayed."""
    RESET_AFTER = "reset_after"
    SLOW_AFTER = "slow_after"
    BROKEN_AFTER = "broken_after"
    """A 500 on the way back: the key knows the right answer."""
    HTML_AFTER = "html_after"
    """A 502 of somebody between."""
    SAVED_500_AFTER = "saved_500_after"
    """The work is done, and what is kept under the key is a 500."""


AFTER = frozenset({Fault.RESET_AFTER, Fault.SLOW_AFTER, Fault.BROKEN_AFTER, Fault.HTML_AFTER, Fault.SAVED_500_AFTER})


UPLOAD = ("POST", "/v1/files")
"""The one operation of the host for files (docs.stripe.com/file-upload)."""


class Answer(NamedTuple):
    """None is a connection that ends without a word."""

    status: int
    body: Any
    headers: Mapping[str, str] = {}


BROKEN = {"error": {"type": "api_error", "message": "An unknown error occurred"}}


@dataclass
class Kept:
    """What is known of a key."""

    fingerprint: str
    answer: Answer | None = None


@dataclass
class Standin:
    """Stripe, at `address`. `faults` are used up one by one, by requests that change something; None is no fault. So
    many reads as `silent` says get no answer."""

    world: World = field(default_factory=World)
    faults: list[Fault | None] = field(default_factory=list)
    silent: int = 0
    keys: dict[str, Kept] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Method and path of every request."""
    told: dict[str, str] = field(default_factory=dict)
    """The headers of the last one."""
    wrong: list[str] = field(default_factory=list)
    """Answers of the stand-in itself that Stripe's document does not allow. Must stay empty."""
    address: str = ""
    files_address: str = ""
    """The host that takes papers, and nothing else."""
    held: threading.Event | None = None
    """While it is set and not fired, work under a key has begun and does not end."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a service that takes it for Stripe."""
        return {
            "SETARA_RAIL": "stripe",
            "STRIPE_SECRET_KEY": KEY,
            "STRIPE_COUNTRY": "US",
            "STRIPE_API_BASE": self.address,
            "STRIPE_FILES_BASE": self.files_address,
            "STRIPE_WEBHOOK_SECRET": self.world.secrets["platform"],
            "STRIPE_CONNECT_WEBHOOK_SECRET": self.world.secrets["connect"],
        }

    def reset(self) -> None:
        """Forgets everything but its address."""
        with self._lock:
            self.world, self.faults, self.silent, self.keys, self.held = World(), [], 0, {}, None
            self.asked.clear()
            self.wrong.clear()

    def handle(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes, *, is_for_files: bool = False
    ) -> Answer | None:
        parts = urlsplit(target)
        with self._lock:
            self.asked.append((method, parts.path))
            self.told = dict(headers.items())
            fault = self.faults.pop(0) if method == "POST" and self.faults else None
            if method == "GET" and self.silent:
                self.silent -= 1
                return None
        if (early := _early(fault)) is not None or fault is Fault.RESET_BEFORE:
            return early
        try:
            _authenticated(headers)
            found = _operation(method, parts.path, is_for_files=is_for_files)
            version = headers.get("Stripe-Version", "")
            told = parameters(found, parts.query, body, headers.get("Content-Type", ""), version)
        except StripeRefuses as no:
            return Answer(no.status, {"error": no.error})
        key = headers.get("Idempotency-Key") if method == "POST" else None
        if key is None:
            with self._lock:
                return self._carried_out(found, told, headers)
        return self._once(key, fault, found, told, headers)

    def _once(
        self, key: str, fault: Fault | None, found: Operation, told: dict[str, Any], headers: Mapping[str, str]
    ) -> Answer | None:
        asked = f"{found.method} {found.path} {dict(found.ids)} {told}"
        fingerprint = hashlib.sha256(asked.encode()).hexdigest()
        with self._lock:
            known = self.keys.get(key)
            if known is not None:
                return _known(known, fingerprint)
            self.keys[key] = kept = Kept(fingerprint)
        if self.held is not None:
            self.held.wait(10)
        with self._lock:
            if fault is Fault.SAVED_NOTHING:
                kept.answer = Answer(500, BROKEN)
                return kept.answer
            kept.answer = self._carried_out(found, told, headers)
            if fault is Fault.SAVED_500_AFTER:
                kept.answer = Answer(500, BROKEN)
        return _late(fault, kept.answer)

    def _carried_out(self, found: Operation, told: dict[str, Any], headers: Mapping[str, str]) -> Answer:
        try:
            made = answer(self.world, found.method, found.path, found.ids, told, headers.get("Stripe-Account"))
        except StripeRefuses as no:
            return Answer(no.status, {"error": no.error})
        body = _expanded(self.world, _clean(made), told.get("expand", ()))
        try:
            check_answer(found, body)
        except AssertionError as not_stripe:
            self.wrong.append(str(not_stripe))
        return Answer(200, body)


def _authenticated(headers: Mapping[str, str]) -> None:
    if headers.get("Authorization") != f"Bearer {KEY}":
        raise StripeRefuses("Invalid API Key provided: sk_test_****", status=401)


def _operation(method: str, path: str, *, is_for_files: bool) -> Operation:
    if ((method, path) == UPLOAD) is not is_for_files:
        raise StripeRefuses(f"Unrecognized request URL ({method}: {path}).", status=404)
    return operation(method, path)


def _known(known: Kept, fingerprint: str) -> Answer:
    if known.fingerprint != fingerprint:
        text = "Keys for idempotent requests can only be used with the same parameters they were first used with."
        return Answer(400, {"error": {"type": "idempotency_error", "message": text}})
    if known.answer is None:
        told = {
            "type": "invalid_request_error",
            "code": "idempotency_key_in_use",
            "message": "There is another request.",
        }
        return Answer(409, {"error": told})
    return Answer(known.answer.status, known.answer.body, {"Idempotent-Replayed": "true"})


def _early(fault: Fault | None) -> Answer | None:
    if fault is Fault.LIMITED:
        told = {"type": "invalid_request_error", "code": "rate_limit", "message": "Request rate limit exceeded."}
        return Answer(429, {"error": told})
    if fault is Fault.CONFLICT:
        told = {"type": "invalid_request_error", "code": "lock_timeout", "message": "This object cannot be accessed."}
        return Answer(409, {"error": told})
    return Answer(500, BROKEN) if fault is Fault.BROKEN_BEFORE else None


def _late(fault: Fault | None, right: Answer) -> Answer | None:
    if fault is Fault.RESET_AFTER:
        return None
    if fault is Fault.SLOW_AFTER:
        time.sleep(SLOW)
    if fault is Fault.BROKEN_AFTER:
        return Answer(500, BROKEN)
    return Answer(502, "<html><h1>502 Bad Gateway</h1></html>") if fault is Fault.HTML_AFTER else right


def _clean(made: Any) -> Any:
    if isinstance(made, dict):
        return {name: _clean(value) for name, value in made.items() if not name.startswith("_")}
    return [_clean(each) for each in made] if isinstance(made, list) else made


def _expanded(world: World, made: Any, paths: Any) -> Any:
    """Puts objects in the place of ids, as `expand[]` asks: `balance_transaction`, `data.source`."""
    for path in paths:
        head, _, rest = path.partition(".")
        if head == "data":
            made["data"] = [_expanded(world, each, [rest]) for each in made["data"]]
        elif isinstance(made.get(head), str) and made[head] in world.things:
            below = _clean(world.things[made[head]])
            made[head] = _expanded(world, below, [rest]) if rest else below
    return made


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    """Head and body of an answer are two writes: the second would wait until the client has confirmed the first."""
    standin: Standin
    is_for_files = False

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.standin.handle(self.command, self.path, self.headers, body, is_for_files=self.is_for_files)
        if answer is None:
            self.close_connection = True
            self.connection.close()
            return
        is_text = isinstance(answer.body, str)
        told = (answer.body if is_text else json.dumps(answer.body)).encode()
        try:
            self.send_response(answer.status)
            self.send_header("Content-Type", "text/html" if is_text else "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.send_header("Request-Id", f"req_{len(self.standin.asked):06d}")
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told)
        except OSError:
            self.close_connection = True  # The client has waited long enough.

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *_said: Any) -> None:
        """Nobody reads it."""


@contextmanager
def serving(port: int = 0) -> Iterator[Standin]:
    """A stand-in on the loopback, at free ports where none is named: one for everything, and the next one for files."""
    standin = Standin()
    files_port = port + 1 if port else 0
    with (
        _listening(standin, port, is_for_files=False) as address,
        _listening(standin, files_port, is_for_files=True) as files_address,
    ):
        standin.address, standin.files_address = address, files_address
        yield standin


@contextmanager
def _listening(standin: Standin, port: int, *, is_for_files: bool) -> Iterator[str]:
    handler = type("Handler", (_Handler,), {"standin": standin, "is_for_files": is_for_files})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join(5)
