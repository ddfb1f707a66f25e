"""Processes that begin at once: forked from one that has imported the service, which takes seconds of every start.

They are processes all the same, with an environment, connections and threads of their own, and are killed like others.
How the commands that people type start is tried by `tests/journeys/test_commands.py`.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from runpy import run_module

PATIENCE = 120
_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["jobs.__main__"])


class Forked:
    """`python -m MODULE ARGUMENTS`, by the module's `main(arguments)` where it has one.

    What it says goes to the log, if there is one. It is spoken to as to a subprocess.Popen.
    """

    def __init__(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path | None = None
    ) -> None:
        told = (module, list(arguments), dict(environment), log)
        self._process = _forks.Process(target=_live, args=told, daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired("a forked process", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@dataclass(frozen=True)
class Ended:
    """How a command ended, and all that it said."""

    code: int
    said: str


def flask(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Ended:
    """`flask --app wsgi ARGUMENTS` to its end. What it says is added to the log."""
    begins = log.stat().st_size if log.exists() else 0
    code = Forked("flask", ["--app", "wsgi", *arguments], environment, log).wait(PATIENCE)
    return Ended(code, log.read_bytes()[begins:].decode())


def _live(module: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path | None) -> None:
    os.setsid()  # Ctrl-C in the terminal is for the tests alone.
    threading.Thread(target=_follow_parent, daemon=True).start()
    os.environ.clear()
    os.environ.update(environment)
    if log is not None:
        with open(log, "ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
    if hasattr(found := import_module(module), "main"):
        raise SystemExit(found.main(arguments))
    sys.argv = [module, *arguments]
    run_module(module, run_name="__main__")


def _follow_parent() -> None:
    """Tests that were killed leave nobody behind."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
    os._exit(1)
