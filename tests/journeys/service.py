"""A service as people use it: gunicorn and the jobs as processes of their own, and requests that really travel."""

import http.client
import json
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar
from uuid import uuid4

import psutil

from marketplace.core.idempotency import HEADER
from marketplace.core.processes import end
from marketplace.supervisor import Listening, free_port, web_command
from tests.conftest import Database
from tests.forked import Forked, flask

PATIENCE = 60.0
T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """What came back. `status` is 0 where the connection broke before an answer did."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> str:
        """The code of the problem; empty when it is none."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""


class Service:
    """Processes on one database, each with a log in the folder. Start what the test needs; `stop` ends all of it.
    `settings` are told to those that are started from then on."""

    def __init__(self, database: Database, folder: Path) -> None:
        listening = Listening("127.0.0.1", free_port())
        self.url = listening.url
        self.database = database
        self._listening = listening
        self._folder = folder
        self.running: list[Forked] = []
        self.settings: dict[str, str] = {}

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are told: a demonstration, so that time moves, with workers that show life often."""
        told = {"SETARA_DEMO": "1", "SETARA_BASE_URL": self.url, "JOBS_HEARTBEAT": "0.5"}
        return self.database.environ(**told | self.settings)

    def command(self, *words: str) -> None:
        """Runs `flask --app wsgi WORDS` to its end, which must be a good one."""
        ended = flask(words, self.environment, self._folder / "command.log")
        assert ended.code == 0, ended.said

    def start_web(self) -> Forked:
        """Starts the web server with the arguments of `make run`, and returns when it answers."""
        module, *arguments = web_command(self._listening)
        web = Forked(module, arguments, self.environment, self._folder / "web.log")
        self.running.append(web)
        wait_until(lambda: web.poll() is not None or self.send("GET", "/healthz").status == 200, "the web server")
        assert web.poll() is None, self.log("web")
        return web

    def start_jobs(self, mode: str = "all") -> Forked:
        jobs = Forked("jobs.__main__", [mode], self.environment, self._folder / "jobs.log")
        self.running.append(jobs)
        return jobs

    def stop(self) -> None:
        """Kills every process that was started here, and sees that they leave nobody behind. How they stop when they
        are asked to is the concern of other tests."""
        tree: list[psutil.Process] = []
        for process in self.running:
            if process.poll() is None:
                tree += psutil.Process(process.pid).children(recursive=True)
            end(process, signal.SIGKILL, patience=PATIENCE)
        _, orphans = psutil.wait_procs(tree, timeout=10)
        assert orphans == []

    def log(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text()

    def send(
        self,
        method: str,
        path: str,
        who: Mapping[str, str] | None = None,
        body: Any = None,
        *,
        key: str | None = None,
        accept: str = "application/json",
    ) -> Answer:
        """One request on a connection of its own, under a fresh Idempotency-Key unless one is given."""
        headers = {"Accept": accept, HEADER: key or uuid4().hex} | dict(who or {})
        sent = None
        if method != "GET":
            headers["Content-Type"], sent = "application/json", json.dumps(body or {})
        connection = http.client.HTTPConnection(self._listening.host, self._listening.port, timeout=60)
        try:
            connection.request(method, path, sent, headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            return Answer(0, None, {})
        finally:
            connection.close()
        is_json = "json" in (answer.getheader("Content-Type") or "")
        return Answer(answer.status, json.loads(text) if is_json else text.decode(), dict(answer.getheaders()))


def at_once(jobs: Sequence[Callable[[], T]]) -> list[T]:
    """Does all of it at the same moment, each in a thread of its own, and returns what each came to, in their order."""
    gate = Barrier(len(jobs))

    def run(job: Callable[[], T]) -> T:
        gate.wait(timeout=PATIENCE)
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def wait_until(reached: Callable[[], object], what: str) -> None:
    """Waits for something that other processes bring about."""
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline, f"Waited {PATIENCE:.0f} seconds for {what}."
        time.sleep(0.05)
