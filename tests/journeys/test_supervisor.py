"""Who holds the folder of an instance, also in the moment in which its number is not written yet."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from marketplace import supervisor
from marketplace.supervisor import Exit, Refusal, instance_lock


@pytest.fixture
def held(tmp_path: Path) -> Iterator[IO[str]]:
    """The lock file of a folder, held and still empty."""
    with (tmp_path / "run.pid").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle


def refused(instance: Path) -> Refusal:
    with pytest.raises(Refusal) as refusal, instance_lock(instance):
        pass
    assert refusal.value.code is Exit.ALREADY_RUNNING
    return refusal.value


def test_the_number_of_the_holder_is_waited_for(tmp_path: Path, held: IO[str]) -> None:
    def write() -> None:
        time.sleep(0.1)
        held.write(f"{os.getpid()}\n")
        held.flush()

    writer = threading.Thread(target=write)
    writer.start()
    assert f"as process {os.getpid()};" in str(refused(tmp_path))
    writer.join()


def test_a_holder_that_says_nothing_is_told_of(tmp_path: Path, held: IO[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "NUMBER_SECONDS", 0.05)
    assert not held.closed
    assert "held by a process that does not say which it is" in str(refused(tmp_path))
