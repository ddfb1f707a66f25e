"""Processes that begin at once: forked from one that has imported the service, which takes seconds of every start.

They are processes all the same, with an environment, connections and threads of their own, and are killed like others.
How the commands that people type start is tried by `tests/journeys/test_commands.py`.
"""

import multiprocessing
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["jobs.__main__"])


class Forked:
    """`python -m MODULE ARGUMENTS`, by the module's `main(arguments)`. What it says goes to the log, if there is one.

    It is spoken to as to a subprocess.Popen.
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


def _live(module: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path | None) -> None:
    os.setsid()  # Ctrl-C in the terminal is for the tests alone.
    threading.Thread(target=_follow_parent, daemon=True).start()
    os.environ.clear()
    os.environ.update(environment)
    if log is not None:
        with open(log, "ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
    raise SystemExit(import_module(module).main(arguments))


def _follow_parent() -> None:
    """Tests that were killed leave nobody behind."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
    os._exit(1)
