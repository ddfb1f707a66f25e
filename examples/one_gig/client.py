"""A small client of Setara's REST API on the standard library: sign in, ask, and read refusals."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any
from uuid import uuid4

PATIENCE, PAUSE = 60.0, 0.2


class Refused(Exception):
    """The service said no. `problem` is its RFC 9457 document: title, detail, code, remedy and the rest."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status = status
        self.problem = problem


class Client:
    """One person (or nobody yet) at one service. Every POST carries an Idempotency-Key, so it can be repeated."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._credentials: dict[str, str] | None = None
        self._key: str | None = None

    def sign_in(self, email: str, password: str) -> None:
        """Gets a key and keeps it; when business time has made it stale, the next request gets a fresh one."""
        self._credentials = {"email": email, "password": password}
        self._key = self._send("POST", "/sessions", self._credentials)["key"]

    def get(self, path: str) -> Any:
        return self._retry("GET", path, None)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._retry("POST", path, body or {})

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        return self._retry("PATCH", path, body)

    def put(self, path: str, body: Any) -> Any:
        return self._retry("PUT", path, body)

    def send_file(self, path: str, content: bytes) -> Any:
        """Hands in a file, as multipart/form-data under the name `file`."""
        return self._retry("POST", path, content)

    def _retry(self, method: str, path: str, body: Any) -> Any:
        try:
            return self._send(method, path, body)
        except Refused as refused:
            if refused.status != 401 or self._credentials is None:
                raise
            self.sign_in(**self._credentials)
            return self._send(method, path, body)

    def _send(self, method: str, path: str, body: Any) -> Any:
        headers = {"Accept": "application/json"}
        if self._key is not None and path != "/sessions":
            headers["Authorization"] = f"Bearer {self._key}"
        kind, data = _encoded(body)
        if method != "GET":
            headers |= {"Content-Type": kind, "Idempotency-Key": str(uuid4())}
        request = urllib.request.Request(  # noqa: S310 - the address is the caller's own
            f"{self.url}/api/v1{path}",
            data=data,
            headers=headers,
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise Refused(error.code, json.loads(error.read() or b"{}")) from error
        return json.loads(text) if text else None


def _encoded(body: Any) -> tuple[str, bytes | None]:
    """The media type of a body, and the body as it is sent: a file's bytes as a form, everything else as JSON."""
    if isinstance(body, bytes):
        mark = uuid4().hex
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="document"\r\n\r\n'
        return f"multipart/form-data; boundary={mark}", head.encode() + body + f"\r\n--{mark}--\r\n".encode()
    return "application/json", None if body is None else json.dumps(body).encode()


def until(happened: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Waits for the jobs to do something, as a person would by loading a page again."""
    deadline = time.monotonic() + patience
    while not (found := happened()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {patience:.0f} seconds for {what}.")
        time.sleep(PAUSE)
    return found


def words(money: dict[str, str]) -> str:
    return f"{money['amount']} {money['currency']}"
