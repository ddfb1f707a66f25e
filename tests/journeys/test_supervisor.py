"""Who holds the folder of an instance, also in the moment in which its number is not written yet; what is migrated."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from marketplace import supervisor
from marketplace.core.embedded import OWNER_ROLE, EmbeddedPostgres
from marketplace.core.processes import Progress
from marketplace.supervisor import Exit, Refusal, instance_lock
from tests.conftest import Database


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


def test_what_is_up_to_date_is_not_migrated(
    database: Database, server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what is empty is, or has older tables."""
    begun: list[str] = []
    monkeypatch.setattr(supervisor, "run_to_end", lambda command, *_where: begun.append(command[-1]) or 0)

    def migrate(owner_url: str, revision: str = "head") -> None:
        supervisor.migrate(supervisor.Database(database.url, owner_url), Progress(), revision)

    migrate(database.owner_url)
    assert begun == []
    migrate(database.owner_url, "0001")
    migrate(server.url("template1", OWNER_ROLE))
    monkeypatch.setattr(supervisor.ScriptDirectory, "get_heads", lambda _self: ["9999"])
    migrate(database.owner_url)
    assert begun == ["0001", "head", "head"]
