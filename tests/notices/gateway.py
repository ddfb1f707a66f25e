"""A gateway for text messages as its contract says it is: a real HTTP server that takes a key once."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "let me in"
LONGEST = 150.0
"""Seconds that an answer is held back at most: longer than any test waits for what must come before it."""
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


class _Door(BaseHTTPRequestHandler):
    server: "Gateway"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key = self.headers["Idempotency-Key"]
        self.server.heard.append(key)
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._answer(401, {"error": "unauthorized"})
        elif body["to"] in self.server.refuses:
            self._answer(*self.server.refuses[body["to"]])
        else:
            self.server.taken.setdefault(key, body)
            self.server.answers.wait(LONGEST)
            if self.server.loses:
                self.server.loses -= 1
                # The message was taken; its sender never learns that.
                self.close_connection = True
                return
            self._answer(202, {"id": f"gw-{list(self.server.taken).index(key)}"})

    def _answer(self, status: int, said: Any) -> None:
        text = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_said: Any) -> None:
        pass


class Gateway(ThreadingHTTPServer):
    """`taken` are messages by their key, `heard` the keys of all attempts; `loses` is how many answers get lost, and
    while `answers` is cleared none is given."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.taken: dict[str, dict[str, str]] = {}
        self.heard: list[str] = []
        self.refuses: dict[str, tuple[int, Any]] = {}
        self.loses = 0
        self.answers = threading.Event()
        self.answers.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/messages"

    @property
    def texts(self) -> list[tuple[str, str]]:
        return [(each["to"], each["text"]) for each in self.taken.values()]


@contextmanager
def running() -> Iterator[Gateway]:
    with Gateway() as gateway:
        thread = threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield gateway
        finally:
            gateway.shutdown()
            thread.join()
