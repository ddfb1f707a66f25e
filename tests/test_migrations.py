"""The migrations make what the models say, and can be taken back."""

from collections.abc import Iterator

import psycopg
import pytest
from flask_migrate import downgrade, upgrade

from marketplace.app import create_app
from marketplace.core.db import Base, db
from marketplace.core.embedded import EmbeddedPostgres
from marketplace.core.http import SetaraFlask
from tests.catalogue import catalogue
from tests.conftest import MIGRATIONS, Database, database_of


@pytest.fixture
def empty(server: EmbeddedPostgres, testrun_uid: str, worker_id: str) -> Iterator[Database]:
    name = f"empty_{testrun_uid[:8]}_{worker_id}"
    server.provision(name)
    yield database_of(server, name)
    with psycopg.connect(server.admin_url().replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_app(empty: Database) -> Iterator[SetaraFlask]:
    made = create_app(empty.settings())
    with made.app_context():
        yield made
        db.session.remove()
        db.engine.dispose()


def test_the_migrations_make_what_the_models_say(empty: Database, empty_app: SetaraFlask, database: Database) -> None:
    with psycopg.connect(empty.admin_dsn, autocommit=True) as admin:
        admin.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        admin.execute("ALTER SCHEMA public OWNER TO setara_app")
    Base.metadata.create_all(db.engine)
    by_models, by_migrations = catalogue(empty.admin_dsn), catalogue(database.admin_dsn)
    for kind, lines in by_migrations.items():
        assert sorted(lines - by_models[kind]) == [], f"{kind} that only the migrations make"
        assert sorted(by_models[kind] - lines) == [], f"{kind} that only the models name"


def test_up_down_and_up_again(empty: Database, empty_app: SetaraFlask) -> None:
    upgrade(str(MIGRATIONS))
    once = catalogue(empty.admin_dsn)
    downgrade(str(MIGRATIONS), revision="base")
    with psycopg.connect(empty.admin_dsn) as admin:
        left = admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert left == [("alembic_version",)]
    upgrade(str(MIGRATIONS))
    assert catalogue(empty.admin_dsn) == once
