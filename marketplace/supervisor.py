"""The steps between `make run` and a page that answers, and back: the only place that knows their order.

Everything here is a process of its own. The application is never imported, so that what runs under `make run` is
what runs on many machines: a web server, the jobs, and a database named by DATABASE_URL.
"""

import errno
import fcntl
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple, Self

import psycopg
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from marketplace.core.embedded import APP_ROLE, OWNER_ROLE, EmbeddedPostgres
from marketplace.core.processes import Progress, end, run_to_end, spawn

PROJECT = Path(__file__).parents[1]
FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
EMBEDDED_DATABASE = "setara"
OLDEST_POSTGRESQL = 15
ANSWER_SECONDS = 60.0
GRACE_SECONDS = 10
NUMBER_SECONDS = 2.0
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - read from the command line, never a default


class Exit(IntEnum):
    """How the program ends, apart from the 2 of a wrong command line."""

    STOPPED = 0
    CHILD_ENDED = 1
    PORT_REFUSED = 3
    DATABASE_REFUSED = 4
    EMBEDDED_FAILED = 5
    MIGRATION_FAILED = 6
    DEMONSTRATION_FAILED = 7
    NO_ANSWER = 8
    ALREADY_RUNNING = 9
    BACKUP_REFUSED = 10
    BOOKS_WRONG = 11
    INTERRUPTED = 130


class Refusal(Exception):
    """A step cannot be done: one sentence that says what is wrong and what to do, and the exit code."""

    def __init__(self, code: Exit, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class Database(NamedTuple):
    """The database as each kind of process sees it; `server` is set when it is the embedded one."""

    app_url: str
    owner_url: str
    server: EmbeddedPostgres | None = None

    def commands_environment(self) -> dict[str, str]:
        """Return the environment for migrations and commands, which may own tables and speak only of trouble."""
        quiet = {"LOG_LEVEL": "WARNING"}
        return quiet | {**os.environ, "DATABASE_URL": self.app_url, "DATABASE_OWNER_URL": self.owner_url}

    def services_environment(self) -> dict[str, str]:
        """Return the environment for web and jobs; the owner of the tables is withheld from them."""
        owner = "DATABASE_OWNER_URL"
        return {name: value for name, value in os.environ.items() if name != owner} | {"DATABASE_URL": self.app_url}


class Listening(NamedTuple):
    """Where the web server listens."""

    host: str
    port: int

    @property
    def bind(self) -> str:
        """The address in gunicorn's spelling."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def reachable(self) -> Self:
        """The same place as a program on this machine can open it, when the host means every address."""
        return self._replace(host=EVERY_ADDRESS.get(self.host, self.host))

    @property
    def url(self) -> str:
        """The address of the front page."""
        return f"http://{self.reachable.bind}"


@contextmanager
def instance_lock(instance: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold the instance folder for one supervisor; the kernel releases it however the holder ends."""
    instance.mkdir(parents=True, exist_ok=True)
    with open(instance / "run.pid", "a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Refusal(
                Exit.ALREADY_RUNNING,
                f"Setara already runs from {instance} as process {_holder(instance)}; stop that one first, or name "
                "another folder with --instance.",
            ) from None
        handle.truncate(0)
        handle.write(f"{os.getpid()}\n")
        handle.flush()
        yield


def _holder(instance: Path) -> int:
    """The process that holds the folder. It writes its number a moment after it has the lock, so that is waited for."""
    deadline = time.monotonic() + NUMBER_SECONDS
    while not (number := (instance / "run.pid").read_text().strip()):
        if time.monotonic() > deadline:
            raise Refusal(Exit.ALREADY_RUNNING, f"{instance} is held by a process that does not say which it is.")
        time.sleep(0.01)
    return int(number)


def stop_instance(instance: Path, progress: Progress) -> None:
    """Stop the supervisor of the folder and then its database, whoever started them."""
    try:
        with instance_lock(instance):
            pass
    except Refusal:
        holder = _holder(instance)
        progress.say(f"Stopping the running instance, process {holder}.")
        with suppress(ProcessLookupError):  # It has ended by itself in this moment.
            os.kill(holder, signal.SIGTERM)
    with instance_lock(instance, wait=True):
        if EmbeddedPostgres(instance / "postgres").stop_any():
            progress.say("Stopped a PostgreSQL that nobody was watching.")


def check_port(listening: Listening) -> None:
    """Refuse an address that cannot be listened on, before anything slow begins."""
    family = socket.AF_INET6 if ":" in listening.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((listening.host, listening.port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            reason = "taken by another program" if taken else f"refused ({error.strerror})"
            raise Refusal(
                Exit.PORT_REFUSED, f"Port {listening.port} on {listening.host} is {reason}; name another with --port."
            ) from error


def database_from_environment(environ: Mapping[str, str]) -> Database | None:
    """Return the database that DATABASE_URL names once it has answered, or None when it is not set."""
    url = environ.get("DATABASE_URL")
    if not url:
        return None
    database = Database(url, environ.get("DATABASE_OWNER_URL") or url)
    _check_database("DATABASE_URL", database.app_url)
    if database.owner_url != url:
        _check_database("DATABASE_OWNER_URL", database.owner_url)
    return database


def _check_database(name: str, url: str) -> None:
    scheme, separator, rest = url.partition("://")
    if scheme not in ("postgres", "postgresql", "postgresql+psycopg") or not separator:
        raise Refusal(
            Exit.DATABASE_REFUSED, f"{name} must name a PostgreSQL database: postgresql://USER:PASSWORD@HOST/NAME."
        )
    try:
        with psycopg.connect(f"postgresql://{rest}", connect_timeout=5) as connection:
            version = connection.info.server_version // 10000
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise Refusal(
            Exit.DATABASE_REFUSED,
            f"{name} leads to no database ({reason}); start that server, correct the address, or unset it to use "
            "the database that comes with Setara.",
        ) from error
    if version < OLDEST_POSTGRESQL:
        raise Refusal(
            Exit.DATABASE_REFUSED,
            f"{name} leads to PostgreSQL {version}; Setara needs version {OLDEST_POSTGRESQL} or later.",
        )


@contextmanager
def embedded_database(folder: Path, progress: Progress) -> Iterator[Database]:
    """Start the embedded server with its roles and database; stop it at the end if it was started here."""
    progress.say("Starting the embedded PostgreSQL.")
    server = EmbeddedPostgres(folder)
    if server.notice:
        progress.say(server.notice)
    with server:
        server.provision(EMBEDDED_DATABASE)
        progress.say(f"PostgreSQL {'is up' if server.is_ours else 'was already up'}, data in {server.root}.")
        try:
            yield Database(server.url(EMBEDDED_DATABASE, APP_ROLE), server.url(EMBEDDED_DATABASE, OWNER_ROLE), server)
        finally:
            if server.is_ours:
                progress.say("Stopping PostgreSQL.")


def migrate(database: Database, progress: Progress, revision: str = "head") -> None:
    """Bring the schema up to date, or to an earlier revision if one is named, as its owner. Where it is up to date, no
    process is started that would import the whole application to find that out."""
    if revision == "head" and _is_up_to_date(database):
        progress.say("The database is up to date.")
        return
    aim = "up to date" if revision == "head" else f"to revision {revision}"
    progress.say(f"Bringing the database {aim}.")
    code = run_to_end([*FLASK, "db", "upgrade", revision], database.commands_environment(), PROJECT)
    if code != 0:
        raise Refusal(Exit.MIGRATION_FAILED, f"The migration ended with exit code {code}; its own words are above.")


def _is_up_to_date(database: Database) -> bool:
    heads = ScriptDirectory(str(PROJECT / "migrations")).get_heads()
    try:
        with psycopg.connect(f"postgresql://{database.owner_url.partition('://')[2]}") as connection:
            standing = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except psycopg.Error:  # It is empty; or the migration will say what is wrong with it.
        return False
    return sorted(number for (number,) in standing) == sorted(heads)


def knows_revision(revision: str) -> bool:
    """Whether this version of Setara has the migrations up to that revision."""
    try:
        return ScriptDirectory(str(PROJECT / "migrations")).get_revision(revision) is not None
    except CommandError:
        return False


def prove_books(database: Database, progress: Progress) -> None:
    """Have the books prove themselves; the command prints what it tried."""
    progress.say("Proving the books.")
    code = run_to_end([*FLASK, "books", "prove"], database.commands_environment(), PROJECT)
    if code != 0:
        raise Refusal(Exit.BOOKS_WRONG, "The books do not hold; what is wrong stands above.")


def open_vault(database: Database, progress: Progress) -> bool:
    """Try whether what people have sealed can be opened with the keys that are configured; the command prints which do
    not fit."""
    progress.say("Trying the keys of SETARA_VAULT_KEYS.")
    return run_to_end([*FLASK, "vault", "check"], database.commands_environment(), PROJECT) == 0


def load_demonstration(database: Database, progress: Progress) -> None:
    """Load the demonstration world where it is missing; the command prints the sign-ins."""
    progress.say("Loading the demonstration world.")
    code = run_to_end([*FLASK, "demo", "load"], database.commands_environment(), PROJECT)
    if code != 0:
        raise Refusal(
            Exit.DEMONSTRATION_FAILED,
            f"The demonstration ended with exit code {code}; its own words are above, and --no-demo does without.",
        )


def free_port() -> int:
    """A port of this machine that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def web_command(listening: Listening) -> list[str]:
    """The web server, as arguments of `python -m`."""
    web = ["gunicorn", "--no-control-socket", "--preload", "-k", "gthread", "--workers", "2", "--threads", "8"]
    return [*web, "--graceful-timeout", str(GRACE_SECONDS - 2), "--bind", listening.bind, "wsgi:app"]


class Services:
    """Web and jobs as one process tree, started together and stopped in this order; jobs alone where nobody listens,
    web alone where no `jobs` are wanted.

    Each writes a log of its own into the folder `logs`, so that a person's terminal keeps what was said to a person.
    """

    def __init__(self, database: Database, listening: Listening | None, logs: Path, *, jobs: bool = True) -> None:
        self._database = database
        self._jobs = jobs
        self._listening = listening
        self._logs = logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start them; they answer a little later."""
        environment = self._database.services_environment() | {"PROMETHEUS_MULTIPROC_DIR": str(self._metrics())}
        commands = {"jobs": ["jobs"]} if self._jobs else {}
        if self._listening is not None:
            commands = {"web": web_command(self._listening)} | commands
        for name, module in commands.items():
            with open(self._log(name), "ab") as log:
                self._running[name] = spawn([sys.executable, "-m", *module], environment, PROJECT, output=log)

    def check(self) -> None:
        """Refuse to go on when one of them, or the database they need, has ended by itself."""
        for name, process in self._running.items():
            if (code := process.poll()) is not None:
                sentence = f"The process {name!r} {_ending(code)}; the rest is stopped too. Its log: {self._log(name)}"
                raise Refusal(Exit.CHILD_ENDED, f"{sentence}\n{_last_lines(self._log(name))}")
        server = self._database.server
        if server is not None and server.has_died:
            raise Refusal(Exit.CHILD_ENDED, f"PostgreSQL has ended; see postgres.log in {server.root}.")

    def wait_until_answering(self) -> None:
        """Return when the web server answers for itself; at once where there is none."""
        if self._listening is None:
            return
        deadline = time.monotonic() + ANSWER_SECONDS
        while (status := _health(self._listening.reachable)) != http.client.OK:
            self.check()
            if time.monotonic() > deadline:
                answer = f"answers {status}" if status else "gives no answer"
                words = f"{self._listening.url}/healthz {answer} after {ANSWER_SECONDS:.0f} s; see {self._log('web')}."
                raise Refusal(Exit.NO_ANSWER, f"{words}\n{_last_lines(self._log('web'))}")
            time.sleep(0.2)

    def watch(self) -> None:
        """Stay until something ends; a signal interrupts."""
        while True:
            self.check()
            time.sleep(0.2)

    def _metrics(self) -> Path:
        """An empty folder where all processes write their counts, so that /metrics of any of them adds them up."""
        folder = (self._logs / "metrics").absolute()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def stop(self) -> None:
        """Let requests and jobs finish for a while, then end them."""
        for process in self._running.values():
            end(process, signal.SIGTERM, GRACE_SECONDS)


def _last_lines(log: Path, count: int = 8) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])


def _ending(code: int) -> str:
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"


def _health(listening: Listening) -> int | None:
    """Return the status of /healthz, or None while nobody answers."""
    connection = http.client.HTTPConnection(listening.host, listening.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
