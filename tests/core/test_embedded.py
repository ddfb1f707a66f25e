"""The embedded server as processes live and die around it; where the tests run as root, it runs as `nobody`."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from marketplace.core import placement
from marketplace.core.embedded import APP_ROLE, FAST_AND_FORGETFUL, EmbeddedError, EmbeddedPostgres

PROJECT = Path(__file__).parents[2]
STARTER = """
import sys, time
from pathlib import Path
from marketplace.core.embedded import FAST_AND_FORGETFUL, EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1]), FAST_AND_FORGETFUL) as server:
    server.provision("shared")
    print("ours" if server.is_ours else "attached", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that other accounts can enter, as pytest's own cannot be."""
    with tempfile.TemporaryDirectory(prefix="setara-test-") as folder:
        os.chmod(folder, 0o711)
        yield Path(folder)


@pytest.fixture(scope="module")
def empty(place: Path) -> Path:
    """The data of a server that has been made and stopped."""
    with EmbeddedPostgres(place / "empty", FAST_AND_FORGETFUL) as server:
        folder = server.root
    return folder / "data"


@pytest.fixture
def stopped(place: Path, empty: Path) -> Callable[[str], Path]:
    """`stopped("name")` is the folder of a server that has run before: making its data takes ten times as long as it
    takes to start it."""

    def copy(name: str) -> Path:
        (place / name).mkdir()
        subprocess.run(["cp", "-a", empty, place / name / "data"], check=True)
        return place / name

    return copy


@pytest.fixture(scope="module")
def server(place: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(place / "shared", FAST_AND_FORGETFUL) as server:
        server.provision("shop")
        yield server


def connect(server: EmbeddedPostgres, database: str, role: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(server.url(database, role).replace("+psycopg", ""), autocommit=True)


def postmaster(server: EmbeddedPostgres) -> int:
    return int((server.root / "data" / "postmaster.pid").read_text().splitlines()[0])


def wait_until(truth: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def start_in_a_process(root: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", STARTER, str(root)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def say_when_up(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def finish(process: "subprocess.Popen[str]") -> None:
    process.communicate("")
    assert process.returncode == 0


def test_listens_on_no_port_and_in_a_private_folder_only(server: EmbeddedPostgres) -> None:
    with connect(server, "shop", "postgres") as connection:
        (folder,) = connection.execute("SHOW unix_socket_directories").fetchone() or ()
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert Path(str(folder)).stat().st_mode & 0o777 == 0o700


def test_never_runs_as_root(server: EmbeddedPostgres) -> None:
    assert Path(f"/proc/{postmaster(server)}").stat().st_uid != 0


def test_another_object_attaches_and_its_stop_ends_nothing(server: EmbeddedPostgres) -> None:
    with EmbeddedPostgres(server.root) as second:
        assert (second.is_ours, second.url("shop")) == (False, server.url("shop"))
    assert server.is_running


def test_the_environment_of_a_shell_steers_nothing(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPORT", "6000")
    monkeypatch.setenv("PGHOST", "/nowhere")
    monkeypatch.setenv("PGUSER", "somebody")
    with EmbeddedPostgres(place / "steered", FAST_AND_FORGETFUL) as server:
        server.provision("shop")
        with connect(server, "shop", APP_ROLE) as connection:
            assert connection.info.user == APP_ROLE


@pytest.mark.parametrize("role", ["setara_owner", "setara_app"])
def test_provisioned_roles_are_no_superusers(server: EmbeddedPostgres, role: str) -> None:
    with connect(server, "shop", role) as connection:
        found = connection.execute("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert found.fetchone() == (False, False)


def test_the_application_cannot_create_tables_or_touch_those_not_granted(server: EmbeddedPostgres) -> None:
    with connect(server, "shop", "setara_owner") as owner:
        owner.execute("CREATE TABLE granted AS SELECT 1 AS n")
        owner.execute("CREATE TABLE withheld AS SELECT 1 AS n")
        owner.execute("GRANT SELECT ON granted TO setara_app")
    with connect(server, "shop", "setara_app") as app:
        assert app.execute("SELECT n FROM granted").fetchone() == (1,)
        for refused in ("CREATE TABLE mine (n int)", "SELECT n FROM withheld", "DELETE FROM granted"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(refused)


def test_provision_repeats_without_harm_and_brings_the_exclusion_operators(server: EmbeddedPostgres) -> None:
    server.provision("shop")
    with connect(server, "shop", "setara_owner") as owner:
        owner.execute("CREATE TABLE stay (who int, at tstzrange, EXCLUDE USING gist (who WITH =, at WITH &&))")


def test_case_folds_beyond_ascii(server: EmbeddedPostgres) -> None:
    with connect(server, "shop", "setara_app") as app:
        assert app.execute("SELECT lower('ÉÑ')").fetchone() == ("éñ",)


def test_clone_copies_the_template_anew_under_the_same_rights(server: EmbeddedPostgres) -> None:
    server.provision("template")
    with connect(server, "template", "setara_owner") as owner:
        owner.execute("CREATE TABLE kept AS SELECT 7 AS n")
    server.clone("template", "copy")
    with connect(server, "copy", "setara_owner") as still_connected:
        still_connected.execute("CREATE TABLE left_over ()")
        server.clone("template", "copy")
    with connect(server, "copy", "setara_owner") as owner:
        assert owner.execute("SELECT n, to_regclass('left_over') FROM kept").fetchone() == (7, None)
    with connect(server, "copy", "setara_app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("CREATE TABLE mine (n int)")


def test_killed_server_starts_again_with_its_data(stopped: Callable[[str], Path]) -> None:
    with EmbeddedPostgres(stopped("killed")) as server:
        server.provision("shop")
        with connect(server, "shop", "setara_owner") as owner:
            owner.execute("CREATE TABLE kept AS SELECT 7 AS n")
        os.kill(postmaster(server), signal.SIGKILL)
        wait_until(lambda: server.has_died)
        assert not server.is_running
        with server.start(), connect(server, "shop", "setara_owner") as owner:
            assert owner.execute("SELECT n FROM kept").fetchone() == (7,)


def test_killed_server_that_is_stopped_leaves_no_socket(stopped: Callable[[str], Path]) -> None:
    with EmbeddedPostgres(stopped("mopped"), FAST_AND_FORGETFUL) as server:
        folder = Path(server.url("shop").partition("host=")[2].partition("&")[0])
        os.kill(postmaster(server), signal.SIGKILL)
        wait_until(lambda: server.has_died)
        assert folder.exists()
    assert not folder.exists()


def test_stale_pid_file_that_names_another_living_process(stopped: Callable[[str], Path]) -> None:
    server = EmbeddedPostgres(stopped("stale"), FAST_AND_FORGETFUL)
    with server:
        left_behind = (server.root / "data" / "postmaster.pid").read_text().splitlines()
    with subprocess.Popen(["sleep", "60"], user=placement.server_account(server.root / "data").uid) as stranger:
        (server.root / "data" / "postmaster.pid").write_text("\n".join([str(stranger.pid), *left_behind[1:]]) + "\n")
        assert not server.is_running
        with server:
            assert server.is_running
        assert stranger.poll() is None
        stranger.kill()


def test_two_starters_at_once_share_one_server(place: Path) -> None:
    both = [start_in_a_process(place / "raced") for _ in range(2)]
    said = [say_when_up(process) for process in both]
    assert sorted(said) == ["attached", "ours"]
    server = EmbeddedPostgres(place / "raced")
    finish(both[said.index("attached")])
    assert server.is_running
    finish(both[said.index("ours")])
    assert not server.is_running


def test_server_ends_with_a_starter_that_is_killed_and_the_next_start_follows_at_once(
    stopped: Callable[[str], Path],
) -> None:
    folder = stopped("orphan")
    starter = start_in_a_process(folder)
    assert say_when_up(starter) == "ours"
    starter.kill()
    starter.communicate()
    with EmbeddedPostgres(folder, FAST_AND_FORGETFUL) as server:
        assert server.is_ours
        with connect(server, "shared", "setara_app") as app:
            assert app.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.skipif(sys.platform != "linux", reason="Elsewhere a server outlives its starter and may be joined.")
def test_server_whose_starter_was_killed_is_not_joined_though_it_still_answers(stopped: Callable[[str], Path]) -> None:
    folder = stopped("slow-to-end")
    starter = start_in_a_process(folder)
    assert say_when_up(starter) == "ours"
    server = EmbeddedPostgres(folder, FAST_AND_FORGETFUL)
    assert server.is_running
    pid = postmaster(server)
    os.kill(pid, signal.SIGSTOP)  # Its socket takes connections all the same, as that of one that is not scheduled.
    starter.kill()
    starter.communicate()
    assert not server.is_running
    os.kill(pid, signal.SIGCONT)
    with server:
        assert server.is_ours


def test_stop_any_ends_a_server_that_another_process_started(stopped: Callable[[str], Path]) -> None:
    folder = stopped("foreign")
    starter = start_in_a_process(folder)
    assert say_when_up(starter) == "ours"
    server = EmbeddedPostgres(folder)
    assert server.stop_any()
    assert not server.is_running
    assert not server.stop_any()
    finish(starter)


def test_address_of_a_server_that_is_down(place: Path) -> None:
    with pytest.raises(EmbeddedError, match="is not running; start it first"):
        EmbeddedPostgres(place / "never").url("shop")


def test_data_of_another_major_version(place: Path) -> None:
    data = place / "old" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedError, match=r"written by PostgreSQL 9 but the binaries .* move the folder away\.$"):
        EmbeddedPostgres(place / "old").start()
    assert (data / "PG_VERSION").read_text() == "9\n"


def test_folder_that_holds_something_else_is_left_alone(place: Path) -> None:
    data = place / "strange" / "data"
    data.mkdir(parents=True)
    (data / "novel.txt").write_text("chapter one")
    with pytest.raises(EmbeddedError, match="holds something other than a database"):
        EmbeddedPostgres(place / "strange").start()
    assert (data / "novel.txt").read_text() == "chapter one"


def test_interrupted_initialisation_is_done_again(place: Path) -> None:
    unfinished = place / "half" / "data.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(place / "half", FAST_AND_FORGETFUL) as server:
        assert server.is_running
    assert not unfinished.exists()


def test_setting_that_the_server_refuses_is_told_in_its_words(place: Path) -> None:
    with pytest.raises(EmbeddedError, match='invalid value for parameter "max_connections"'):
        EmbeddedPostgres(place / "refused", {"max_connections": "none"}).start()


def test_binaries_that_are_not_there(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PG_BINDIR", "/nowhere")
    with pytest.raises(EmbeddedError, match="PG_BINDIR names /nowhere"):
        EmbeddedPostgres(place / "nothing").start()


def test_start_in_another_thread_is_refused(place: Path) -> None:
    caught: list[EmbeddedError] = []

    def start() -> None:
        try:
            EmbeddedPostgres(place / "thread").start()
        except EmbeddedError as error:
            caught.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(caught[0])


def test_folder_that_the_account_cannot_enter(place: Path, tmp_path: Path) -> None:
    """Root's data move to the state directory; anybody else's stay, since they are the server's own."""
    tmp_path.chmod(0o700)
    server = EmbeddedPostgres(tmp_path / "postgres", FAST_AND_FORGETFUL, state_directory=place / "state")
    with server:
        assert server.is_running
    if os.geteuid() == 0:
        assert server.root.parent == place / "state"
        assert server.notice.endswith(f"its data are in {server.root}.")
    else:
        assert (server.root, server.notice) == (tmp_path / "postgres", "")


def test_binaries_that_the_account_cannot_enter_are_copied(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmp_path.chmod(0o700)
    binaries = placement.find_binaries()
    package = binaries.parent.parent
    shutil.copytree(binaries.parent, tmp_path / package.name / binaries.parent.name, symlinks=True)
    if (libraries := package.parent / f"{package.name}.libs").exists():
        shutil.copytree(libraries, tmp_path / libraries.name)
    monkeypatch.setenv("PG_BINDIR", str(tmp_path / package.name / binaries.parent.name / "bin"))
    for _ in range(2):
        with EmbeddedPostgres(place / "copied", FAST_AND_FORGETFUL, state_directory=place / "state") as server:
            assert server.is_running
    assert len(list((place / "state").glob("binaries-*"))) == (1 if os.geteuid() == 0 else 0)


def test_reach_is_judged_by_the_bits_that_apply_to_the_account(tmp_path: Path) -> None:
    found = tmp_path.stat()
    owner, stranger = placement.Account(found.st_uid, found.st_gid), placement.Account(40_000, 40_000)
    inner = tmp_path / "inner"
    inner.mkdir()
    for mode, allowed in ((0o100, (True, False)), (0o001, (False, True)), (0o010, (False, False))):
        inner.chmod(mode)
        may = placement._may_search(inner.stat(), owner), placement._may_search(inner.stat(), stranger)
        assert may == allowed


def test_socket_folder_made_by_somebody_else_is_refused(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    account = placement.server_account(place / "absent")
    folder = placement.socket_folder(place / "data", account)
    folder.chmod(0o777)
    with pytest.raises(EmbeddedError, match="is not a private folder of ours"):
        placement.socket_folder(place / "data", account)


def test_socket_is_gone_after_the_stop(stopped: Callable[[str], Path]) -> None:
    with EmbeddedPostgres(stopped("tidy"), FAST_AND_FORGETFUL) as server:
        (folder,) = {Path(part.removeprefix("host=")) for part in server.url("x").partition("?")[2].split("&")[:1]}
        with socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(folder / ".s.PGSQL.5432"))
    assert not folder.exists()
