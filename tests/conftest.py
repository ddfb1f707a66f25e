"""The ground that every test stands on: a real PostgreSQL, made by the migrations, and two ways to use it.

`app` gives a test the application inside one outer transaction that is rolled back afterwards: for rooms. `apart` gives
a database of its own that is emptied afterwards, where commits are real: for races, workers, the browser and kill -9.
On `ground` a module makes what all its tests begin with, once.
Both connect as the application's role, which owns nothing.
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, TypeVar, cast

import hypothesis
import psycopg
import pytest
from alembic.script import ScriptDirectory
from flask import has_app_context
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Connection, Engine, Transaction, event, inspect
from sqlalchemy.orm import Session, scoped_session
from werkzeug.test import TestResponse

import config
from jobs.programs import PROGRAMS
from jobs.runner import run_pending
from marketplace.app import create_app
from marketplace.core import clock
from marketplace.core.db import Base, db, transaction
from marketplace.core.embedded import APP_ROLE, FAST_AND_FORGETFUL, OWNER_ROLE, EmbeddedPostgres
from marketplace.core.http import SetaraFlask
from marketplace.core.lifecycle import MOVED
from marketplace.core.sending import SENT
from marketplace.states import Arrow, arrows
from tests.factories import shifts
from tests.factories.shifts import Scene

ROOT = Path(__file__).resolve().parent.parent
MIGRATIONS = ROOT / "migrations"
TEMPLATE_LOCK = 7262
# A gate must not fail on what nobody changed: the same source draws the same examples. HYPOTHESIS_PROFILE=explore draws
# new ones each time; what it finds becomes an @example.
hypothesis.settings.register_profile("gate", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))
T = TypeVar("T")
SERVER = pytest.StashKey[EmbeddedPostgres]()
WALKED: set[Arrow] = set()
"""Changes of a status that the tests of this process made, and not by chance, by table, old and new."""
DOORS = pytest.StashKey[frozenset[tuple[str, str]]]()
MISSED = pytest.StashKey[list[Arrow]]()
EVERY_TABLE = "all"


@dataclass(frozen=True)
class Database:
    """One database of the test server: as the application sees it, as the migrations do, and as its administrator."""

    url: str
    owner_url: str
    admin_dsn: str

    def settings(self, **more: str) -> dict[str, Any]:
        """The configuration of an application on this database."""
        environ = {"SETARA_ENV": "test", "DATABASE_URL": self.url, "DATABASE_OWNER_URL": self.owner_url}
        return config.load(environ | more) | {"TESTING": True}

    def environ(self, **more: str) -> dict[str, str]:
        """The environment of a process of its own on this database."""
        return os.environ | {
            "SETARA_ENV": "test", "DATABASE_URL": self.url, "DATABASE_OWNER_URL": self.owner_url
        } | more  # fmt: skip


def _server() -> EmbeddedPostgres:
    return EmbeddedPostgres(ROOT / "instance" / "test-postgres", FAST_AND_FORGETFUL | {"max_connections": "200"})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--arrows",
        action="append",
        default=[],
        metavar="TABLE",
        help=f"fail unless these tests walk every arrow of the table; of each of them, if it is '{EVERY_TABLE}'",
    )


def pytest_sessionstart(session: pytest.Session) -> None:
    """One server for all workers of a run, held by the process that outlives them."""
    if not hasattr(session.config, "workerinput") and not session.config.option.collectonly:
        session.config.stash[SERVER] = _server().start()


@MOVED.connect
def _note_move(model: Any, old: str, new: str, **_more: Any) -> None:
    """What hypothesis draws may be drawn otherwise when a line of it is changed: no arrow is walked by that."""
    if not hypothesis.currently_in_test_context():
        WALKED.add((model.__tablename__, str(old), str(new)))


@contextmanager
def by_chance() -> Iterator[None]:
    """No arrow is walked by what is moved meanwhile: nobody has planned that it is, and another day it may not be."""
    MOVED.disconnect(_note_move)
    try:
        yield
    finally:
        MOVED.connect(_note_move)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """What a worker's tests have walked, told to the process that outlives it."""
    WALKED.update(tuple(each) for each in node.workeroutput.get("walked", ()))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A whole suite that passes has walked every arrow of the diagrams, in whichever worker, or does not pass. Some of
    the tests are asked for the arrows of the tables that `--arrows` names."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["walked"] = sorted(WALKED)
    elif exitstatus == 0 and (missed := _missed(session.config)):
        session.config.stash[MISSED] = missed
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if (server := session.config.stash.get(SERVER, None)) is not None:
        server.stop()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for table, old, new in config.stash.get(MISSED, ()):
        terminalreporter.write_line(f"No test moves {table} from {old} to {new}.", red=True)


def _missed(config: pytest.Config) -> list[Arrow]:
    if config.option.collectonly:
        return []
    named = {EVERY_TABLE} if _is_whole_suite(config) else set(config.option.arrows)
    return [each for each in arrows() if named & {each[0], EVERY_TABLE} and each not in WALKED]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keeps what the collected tests say of the doors, and deselects what only the whole suite can say."""
    config.stash[DOORS] = frozenset(mark.args for item in items for mark in item.iter_markers("door"))
    if not _is_whole_suite(config):
        partial = [item for item in items if item.get_closest_marker("whole_suite")]
        items[:] = [item for item in items if item not in partial]
        config.hook.pytest_deselected(items=partial)


def _is_whole_suite(config: pytest.Config) -> bool:
    option = config.option
    narrowed = (option.keyword, option.markexpr, option.deselect, option.ignore, option.ignore_glob)
    paths = {Path(argument.partition("::")[0]).resolve() for argument in config.args}
    # Without pytest's cache there is no `--last-failed`.
    return not any(narrowed) and not getattr(option, "lf", False) and paths <= {ROOT, ROOT / "tests"}


def pytest_collection_finish() -> None:
    """What was imported and collected stays, so that nobody looks for cycles in it again and again."""
    gc.freeze()


@pytest.fixture(scope="session")
def server() -> EmbeddedPostgres:
    """The server that this run started; a worker attaches to it."""
    return _server().start()


def database_of(server: EmbeddedPostgres, name: str) -> Database:
    return Database(
        server.url(name, APP_ROLE),
        server.url(name, OWNER_ROLE),
        server.admin_url(name).replace("+psycopg", ""),
    )


@pytest.fixture(scope="session")
def template(server: EmbeddedPostgres) -> str:
    """The name of a database that the migrations made. Made once for each state of the migrations, by one worker."""
    heads = ScriptDirectory(str(MIGRATIONS)).get_heads()
    newest = max(file.stat().st_mtime_ns for file in (MIGRATIONS / "versions").glob("*.py"))
    name = f"template_{heads[0]}_{newest}"
    with psycopg.connect(server.admin_url().replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            admin.execute("DROP DATABASE IF EXISTS making WITH (FORCE)")
            server.provision("making")
            made = create_app(database_of(server, "making").settings())
            with made.app_context():
                upgrade(str(MIGRATIONS))
                db.engine.dispose()
            admin.execute(f"ALTER DATABASE making RENAME TO {name}")
    return name


@contextmanager
def own_database(server: EmbeddedPostgres, template: str, name: str) -> Iterator[Database]:
    server.clone(template, name)
    yield database_of(server, name)
    with psycopg.connect(server.admin_url().replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def database(server: EmbeddedPostgres, template: str, worker_id: str, testrun_uid: str) -> Iterator[Database]:
    """This worker's database for rolled-back tests."""
    with own_database(server, template, f"rooms_{testrun_uid[:8]}_{worker_id}") as own:
        yield own


@pytest.fixture(scope="session")
def _room_app(database: Database) -> Iterator[SetaraFlask]:
    made = create_app(database.settings())
    made.test_client_class = Client
    yield made
    with made.app_context():
        db.engine.dispose()


@contextmanager
def rolled_back(room_app: SetaraFlask) -> Iterator[SetaraFlask]:
    """The application in a rolled-back transaction: what the code commits becomes a savepoint of it. Inside another
    one it is a savepoint itself.

    Flask-SQLAlchemy binds sessions by engine and ignores a session's own bind, so the engine itself is exchanged for
    the one connection meanwhile.
    """
    engines = db._app_engines[room_app]
    if isinstance(engines[None], Connection):
        with room_app.app_context(), _undone(engines[None].begin_nested()):
            yield room_app
        return
    with room_app.app_context():
        engine = engines[None]
        with engine.connect() as connection:
            engines[None] = connection
            db.session.remove()
            db.session.configure(join_transaction_mode="create_savepoint")
            try:
                with _undone(connection.begin()):
                    yield room_app
            finally:
                db.session.configure(join_transaction_mode="conditional_savepoint")
                engines[None] = engine


@contextmanager
def _undone(outer: Transaction) -> Iterator[None]:
    try:
        yield
    finally:
        db.session.remove()
        outer.rollback()


@pytest.fixture(scope="module")
def ground(_room_app: SetaraFlask) -> Iterator[None]:
    """What the fixtures of a module make on it with `kept` is made once, and as it was for each of its tests: they run
    in savepoints of its transaction. Such a fixture hands out what it made through a second one that asks `again`."""
    with rolled_back(_room_app):
        yield


def kept(make: Callable[[], T]) -> T:
    """What the verbs make, committed as far as the module's transaction goes."""
    made = make()
    with transaction():  # Ends what the verbs have left open.
        pass
    db.session.remove()
    return made


def again(made: T) -> T:
    """The same rows in the session of this test, read anew; a dataclass with those in its fields."""
    found: Any = made
    if isinstance(found, Base):
        found = db.session.get_one(type(found), inspect(found).identity)
    elif is_dataclass(found):
        found = replace(found, **{each.name: again(getattr(found, each.name)) for each in fields(found)})
    return cast(T, found)


@pytest.fixture(scope="module")
def _scene(ground: None) -> Scene:
    return kept(shifts.scene)


@pytest.fixture
def scene(_scene: Scene, app: SetaraFlask) -> Scene:
    """An open gig of a company, on the Wednesday before `shifts.MONDAY`."""
    with transaction():
        clock.move_to(shifts.WEDNESDAY)
    return again(_scene)


@pytest.fixture
def app(_room_app: SetaraFlask) -> Iterator[SetaraFlask]:
    """The application in a transaction that is rolled back after the test."""
    with rolled_back(_room_app) as app:
        yield app


@pytest.fixture
def session(app: SetaraFlask) -> scoped_session[Session]:
    return db.session


@pytest.fixture
def work(app: SetaraFlask) -> Callable[[], int]:
    """`work()` runs every job that is due, as a worker would, until none is left, and returns how many ran.

    What the test has done so far is committed first, as far as its own transaction goes.
    """
    assert PROGRAMS
    return run_pending


@pytest.fixture
def statements(app: SetaraFlask) -> Callable[[], AbstractContextManager[list[str]]]:
    """`with statements() as seen:` collects the SQL that runs meanwhile."""

    @contextmanager
    def collect() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                seen.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            with SENT.connected_to(seen.append):
                yield seen
        finally:
            event.remove(Engine, "before_cursor_execute", note)

    return collect


class Client(FlaskClient):
    """A client whose requests have an application context, and so a session and a `g`, of their own.

    Without it a refused request would roll back what the test itself has made, and whoever signed in first would be
    remembered in `g` for all other clients.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if not has_app_context():
            return super().open(*args, **kwargs)
        db.session.flush()
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        db.session.expire_all()
        return response


@pytest.fixture
def client(app: SetaraFlask) -> FlaskClient:
    """A browser or program that is not signed in."""
    return app.test_client()


@pytest.fixture(scope="session")
def _apart_database(server: EmbeddedPostgres, template: str, worker_id: str, testrun_uid: str) -> Iterator[Database]:
    with own_database(server, template, f"apart_{testrun_uid[:8]}_{worker_id}") as own:
        yield own


@pytest.fixture
def apart(_apart_database: Database) -> Iterator[Database]:
    """A database where commits are real, emptied after the test (but for what the migrations put there)."""
    yield _apart_database
    empty(_apart_database)


def empty(database: Database) -> None:
    """Leaves what the migrations put there. A test writes into few of the tables, and truncating makes the files of
    all of them and of their indexes anew: that takes thirty times as long."""
    with psycopg.connect(database.admin_dsn, autocommit=True) as admin:
        names = admin.execute(
            "SELECT oid::regclass::text FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"
            " AND relname NOT IN ('alembic_version', 'region', 'exchange_rate', 'benefit_plan', 'benefit_plan_version')"
        ).fetchall()
        # In this role neither foreign keys nor the triggers of what is written once are asked.
        admin.execute("SET session_replication_role = replica")
        with admin.transaction():
            for (name,) in names:
                admin.execute(f"DELETE FROM {name}")
            admin.execute(
                "SELECT setval(oid, 1, false) FROM pg_class"
                " WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
            )
        if names:
            admin.execute(f"VACUUM {', '.join(name for (name,) in names)}")


@pytest.fixture(scope="session")
def _apart_made(_apart_database: Database) -> SetaraFlask:
    return create_app(_apart_database.settings())


@pytest.fixture
def apart_app(apart: Database, _apart_made: SetaraFlask) -> Iterator[SetaraFlask]:
    """An application whose commits are real."""
    yield _apart_made
    with _apart_made.app_context():
        db.session.remove()
        db.engine.dispose()
