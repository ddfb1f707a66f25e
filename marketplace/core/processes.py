"""Child processes that never outlive their parent, and the progress lines a person reads meanwhile.

A child stands in a session of its own: Ctrl-C in the terminal reaches only the parent, which then stops its
children in the order that loses nothing. On Linux the kernel signals a child whose parent was killed.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1


def spawn(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    folder: Path,
    *,
    output: IO[bytes] | None = None,
    account: tuple[int, int] | None = None,
    last_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, as another user and group where root names them in `account`.

    It receives `last_signal` when the thread that called this dies (Linux only), so call this from the main
    thread. Without `output` it prints where we print.
    """
    # The library is loaded before the fork: between fork and exec only what is already resolved is safe.
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def follow_parent() -> None:
        # The kernel forgets this wish at a change of user, which has happened when this function runs.
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, last_signal)

    uid, gid = account or (None, None)
    return subprocess.Popen(
        command,
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        user=uid,
        group=gid,
        extra_groups=None if account is None else [],
        start_new_session=True,
        preexec_fn=follow_parent,  # noqa: PLW1509 - two resolved calls, no lock and no memory
    )


def end(process: subprocess.Popen[bytes], signum: signal.Signals, patience: float) -> None:
    """Send `signum`, wait `patience` seconds, then kill whatever is left of the process and its group."""
    if process.poll() is None:
        process.send_signal(signum)
        with suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Progress:
    """Prints one line per step, each with the seconds since the start, at once even into a pipe."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def say(self, words: str) -> None:
        """Print `words` behind the elapsed seconds."""
        sys.stdout.write(f"[{time.monotonic() - self._began:6.1f} s] {words}\n")
        sys.stdout.flush()


def run_to_end(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> int:
    """Run a program until it ends by itself and return its exit code; whatever interrupts us ends it too."""
    process = spawn(command, environment, folder)
    try:
        while (code := process.poll()) is None:
            time.sleep(0.02)
        return code
    finally:
        end(process, signal.SIGTERM, patience=10)
