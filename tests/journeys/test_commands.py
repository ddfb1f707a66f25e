"""The commands that a person types, tried as processes: what they say and how they end."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from marketplace.core.embedded import EmbeddedPostgres

PROJECT = Path(__file__).parents[2]
SETARA = [sys.executable, "-m", "marketplace"]
PATIENCE = 90


@contextmanager
def _enterable() -> Iterator[Path]:
    """A folder that other accounts can enter, as pytest's own cannot be."""
    with tempfile.TemporaryDirectory(prefix="setara-test-") as folder:
        os.chmod(folder, 0o711)
        yield Path(folder)


@pytest.fixture
def place() -> Iterator[Path]:
    with _enterable() as folder:
        yield folder


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(**settings: str) -> dict[str, str]:
    """A person's shell: nothing of the tests' own database."""
    ours = ("DATABASE_URL", "DATABASE_OWNER_URL", "SETARA_ENV", "SETARA_DEMO")
    return {name: value for name, value in os.environ.items() if name not in ours} | settings


def setara(*arguments: str | Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*SETARA, *map(str, arguments)],
        cwd=PROJECT,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


class Running:
    """`python -m marketplace` on an instance, up and answering."""

    def __init__(self, instance: Path, port: int) -> None:
        self.port = port
        self.said = instance.with_suffix(".out")
        with open(self.said, "wb") as output:
            self.process = subprocess.Popen(
                [*SETARA, "--instance", str(instance), "--port", str(port), "--no-demo"],
                cwd=PROJECT,
                env=environment(),
                stdout=output,
                stderr=output,
            )
        try:
            self._wait_until_up()
        except BaseException:
            self.process.terminate()
            self.process.wait(PATIENCE)
            raise
        self.tree = psutil.Process(self.process.pid).children(recursive=True)

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while "Setara is up" not in self.words():
            assert self.process.poll() is None, self.words()
            assert time.monotonic() < deadline, self.words()
            time.sleep(0.1)

    def words(self) -> str:
        return self.said.read_text()

    def child(self, *names: str) -> psutil.Process:
        return next(each for each in self.tree if set(names) <= set(each.cmdline()))

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def ended(self) -> int:
        """Wait for the end and for that of every process of the tree, and return the exit code."""
        code = self.process.wait(PATIENCE)
        _, orphans = psutil.wait_procs(self.tree, timeout=20)
        assert orphans == []
        return code


@pytest.fixture(scope="module")
def instance() -> Iterator[Path]:
    """The folder of one instance. Whoever starts first on it makes its database, and the others find it there, also
    after it was killed; a folder that was removed is made anew."""
    with _enterable() as folder:
        yield folder / "instance"


@pytest.fixture
def running(instance: Path, port: int) -> Iterator[Running]:
    started = Running(instance, port)
    yield started
    if started.process.poll() is None:
        setara("stop", "--instance", instance)
        started.process.wait(PATIENCE)


def test_port_that_is_taken(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        done = setara("--instance", place / "instance", "--port", str(number))
    assert done.returncode == 3
    assert done.stderr == f"Port {number} on 127.0.0.1 is taken by another program; name another with --port.\n"


def test_host_that_is_not_this_machine(place: Path, port: int) -> None:
    done = setara("--instance", place / "instance", "--host", "192.0.2.1", "--port", str(port))
    assert done.returncode == 3
    assert done.stderr.startswith(f"Port {port} on 192.0.2.1 is refused (")


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_OWNER_URL"])
def test_database_that_does_not_answer(place: Path, port: int, server: EmbeddedPostgres, name: str) -> None:
    settings = {"DATABASE_URL": server.admin_url(), name: f"postgresql://ana:hidden@127.0.0.1:{port}/shop"}
    done = setara("--instance", place / "instance", "--port", str(port), **settings)
    assert done.returncode == 4
    assert done.stderr.startswith(f"{name} leads to no database (connection failed")
    assert done.stderr.count("\n") == 1
    assert "hidden" not in done.stderr


def test_database_of_another_kind(place: Path, port: int) -> None:
    done = setara("--instance", place / "instance", "--port", str(port), DATABASE_URL="sqlite:///shop.db")
    assert done.returncode == 4
    assert done.stderr.startswith("DATABASE_URL must name a PostgreSQL database")


def test_data_of_another_major_version(place: Path, port: int) -> None:
    data = place / "instance" / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    done = setara("--instance", place / "instance", "--port", str(port))
    assert done.returncode == 5
    assert "were written by PostgreSQL 9" in done.stderr
    assert done.stderr.count("\n") == 1


def test_one_instance_from_start_to_ctrl_c_and_again(running: Running, instance: Path, port: int) -> None:
    assert running.get("/healthz") == 200
    assert "DATABASE_OWNER_URL" not in running.child("jobs").environ()
    assert "setara_app@" in running.child("wsgi:app").environ()["DATABASE_URL"]
    second = setara("--instance", instance, "--port", str(port))
    assert second.returncode == 9
    assert f"as process {running.process.pid};" in second.stderr
    running.process.send_signal(signal.SIGINT)
    assert running.ended() == 0
    order = [running.words().index(step) for step in ("Stopping web and jobs", "Stopping PostgreSQL", "Stopped.")]
    assert order == sorted(order)


@pytest.mark.parametrize("names", [("wsgi:app",), ("listen_addresses=",)])
def test_process_that_is_killed_takes_the_others_along_and_is_named(running: Running, names: tuple[str, ...]) -> None:
    running.child(*names).kill()
    assert running.ended() == 1
    assert any(
        last in running.words() for last in ("was killed by SIGKILL; the rest is stopped", "PostgreSQL has ended")
    )


def test_supervisor_that_is_killed_leaves_no_orphan(running: Running) -> None:
    running.process.kill()
    assert running.ended() == -signal.SIGKILL


def test_with_jobs_runs_a_command_beside_a_worker_and_no_web_server(instance: Path) -> None:
    (instance / "web.log").unlink(missing_ok=True)
    script = "import os, pathlib; print('SETARA_URL' in os.environ, sorted(os.listdir(os.environ['SETARA_FOLDER'])))"
    done = setara("with-jobs", "--instance", instance, "--", sys.executable, "-c", script)
    assert done.returncode == 0, done.stderr
    said = next(line for line in done.stdout.splitlines() if line.startswith("False"))
    assert "'jobs.log'" in said
    assert "'web.log'" not in said


def test_stop_from_elsewhere_and_removal_of_the_data(running: Running, instance: Path) -> None:
    done = setara("stop", "--instance", instance, "--remove-data")
    assert done.returncode == 0, done.stderr
    assert running.ended() == 0
    assert not instance.exists()


def test_command_with_a_database_of_its_own_ends_with_its_code_and_leaves_nothing(place: Path) -> None:
    script = "import os, sys; print(os.environ['DATABASE_URL']); sys.exit(42)"
    done = setara("with-database", "--", sys.executable, "-c", script, TMPDIR=str(place))
    assert done.returncode == 42, done.stderr
    assert "postgresql+psycopg://setara_app@/setara?" in done.stdout
    assert list(place.iterdir()) == []


def test_make_alone_lists_every_target() -> None:
    make = shutil.which("make")
    assert make is not None, "the commands are make's: install make"
    # The suite is itself started by make, whose flags a make inside it would inherit and then announce its folders.
    own = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL"}}
    listed = subprocess.run([make], cwd=PROJECT, env=own, capture_output=True, text=True, check=True).stdout
    targets = [line.split()[1] for line in listed.splitlines()]
    assert targets == [
        "help",
        "run",
        "test",
        "check",
        "bench",
        "bench-kept",
        "bench-matching",
        "demo",
        "outcome",
        "gig",
        "clean",
    ]
