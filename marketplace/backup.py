"""A backup of everything in one file, and back: `python -m marketplace backup FILE`, `restore FILE`.

The file is a ZIP archive: every table as PostgreSQL's COPY writes it (text, UTF-8), all of one moment, and a manifest
with the revision of the schema, the number of rows and the SHA-256 of each, and where the sequences stand. It needs no
program of PostgreSQL's, so that it works alike for the database that comes with Setara and for any other, from one
version of PostgreSQL to another.

It holds everything that people have entrusted to the service, and is written for its owner's eyes alone. What lies in
the vault stays encrypted in it: the manifest names the keys that open it, and holds none. A backup from before an
erasure still holds what was erased, so none may be kept longer than erasure is promised within (see `core.vault`).

It is restored into a database in which nobody has done anything yet: the project's own migrations make the schema of
that revision, all rows come in one transaction, with every foreign key checked anew at its end, and the migrations go
on from there.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import psycopg
from psycopg.sql import SQL, Composable, Identifier

from marketplace.core import clock

FORMAT = 1
MANIFEST = "manifest.json"
REVISIONS = "alembic_version"
_WORTH_A_LINE = 10_000
"""Rows of a table from which on its copying is told of."""
_TABLES = """
SELECT tab.relname AS name, array_agg(col.attname ORDER BY col.attnum) AS columns
FROM pg_class tab
JOIN pg_attribute col ON col.attrelid = tab.oid AND col.attnum > 0 AND NOT col.attisdropped AND col.attgenerated = ''
WHERE tab.relnamespace = 'public'::regnamespace AND tab.relkind = 'r' AND tab.relname <> %s
GROUP BY tab.relname ORDER BY tab.relname
"""
_SEQUENCES = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY sequencename"
_FOREIGN_KEYS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY conrelid::regclass::text, conname
"""
_DEEDS = ("person", "event", "journal_entry")
"""Tables that are empty as long as nobody has done anything."""


class NotBackedUp(Exception):
    """A backup or a restoration is refused: one sentence that says what is wrong, and what to do."""


class Says(Protocol):
    """Whoever tells of progress."""

    def say(self, words: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it lies in the file."""

    name: str
    columns: Sequence[str]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Counter:
    """Where a sequence stands."""

    name: str
    last_value: int
    is_called: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. `vault_keys` are the names of the keys that open what is sealed in it."""

    format: int
    revision: str
    made_at: str
    postgresql: int
    vault_keys: Sequence[str]
    tables: Sequence[Table]
    sequences: Sequence[Counter]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)


# --- there ------------------------------------------------------------------------------------------------------------


def write(url: str, file: Path, progress: Says) -> Manifest:
    """Writes everything that the database holds at this moment to a file that is not there yet, which others than its
    owner cannot read. Work goes on meanwhile. Raises NotBackedUp."""
    if file.exists():
        raise NotBackedUp(f"{file} is there already; name another file, or move it away.")
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        with _created(unfinished) as archive, _connected(url) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            manifest = _written(connection, archive, progress)
        unfinished.rename(file)
    except OSError as error:
        raise NotBackedUp(f"{file} cannot be written ({error.strerror}).") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


@contextmanager
def _created(file: Path) -> Iterator[ZipFile]:
    handle = os.open(file, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600)
    # A file that another backup has left keeps its mode.
    os.fchmod(handle, 0o600)
    with os.fdopen(handle, "w+b") as out, ZipFile(out, "w", ZIP_DEFLATED, compresslevel=6) as archive:
        yield archive


def _written(connection: psycopg.Connection[Any], archive: ZipFile, progress: Says) -> Manifest:
    revision = _revision(connection)
    if revision is None:
        raise NotBackedUp("The database has no tables of Setara's; there is nothing to be backed up.")
    found = connection.execute(_TABLES, [REVISIONS]).fetchall()
    progress.say(f"Copying {len(found)} tables of revision {revision}.")
    tables = [_copied_out(connection, archive, name, columns, progress) for name, columns in found]
    keys = "SELECT DISTINCT key_id FROM data_key WHERE wrapped IS NOT NULL ORDER BY key_id"
    has_vault = any(table.name == "data_key" for table in tables)
    manifest = Manifest(
        format=FORMAT,
        revision=revision,
        made_at=clock.machine_time().isoformat(timespec="seconds"),
        postgresql=connection.info.server_version,
        vault_keys=[row[0] for row in connection.execute(keys)] if has_vault else [],
        tables=tables,
        sequences=[_standing(connection, row[0]) for row in connection.execute(_SEQUENCES).fetchall()],
    )
    archive.writestr(MANIFEST, json.dumps(asdict(manifest), indent=1))
    return manifest


def _copied_out(
    connection: psycopg.Connection[Any], archive: ZipFile, name: str, columns: Sequence[str], progress: Says
) -> Table:
    digest, rows = hashlib.sha256(), 0
    into = SQL("COPY {} ({}) TO STDOUT").format(Identifier("public", name), _listed(columns))
    with connection.cursor() as cursor:
        with cursor.copy(into) as copying, archive.open(_member(name), "w", force_zip64=True) as out:
            for block in copying:
                digest.update(block)
                out.write(block)
        rows = max(cursor.rowcount, 0)
    if rows >= _WORTH_A_LINE:
        progress.say(f"{name}: {rows:,} rows.")
    return Table(name, columns, rows, digest.hexdigest())


def _standing(connection: psycopg.Connection[Any], name: str) -> Counter:
    row = connection.execute(SQL("SELECT last_value, is_called FROM {}").format(Identifier("public", name))).fetchone()
    assert row is not None
    return Counter(name, *row)


# --- and back ---------------------------------------------------------------------------------------------------------


def read(file: Path) -> Manifest:
    """What the file says of itself. Raises NotBackedUp when it is no whole backup, or of a newer format."""
    try:
        with ZipFile(file) as archive:
            told = json.loads(archive.read(MANIFEST))
            names = set(archive.namelist())
    except (OSError, BadZipFile, KeyError, ValueError) as error:
        raise NotBackedUp(f"{file} is no backup of Setara's, or not a whole one ({error}).") from error
    if told.get("format") != FORMAT:
        raise NotBackedUp(f"{file} has format {told.get('format')}; this version of Setara reads format {FORMAT}.")
    tables = [Table(**table) for table in told.pop("tables")]
    sequences = [Counter(**each) for each in told.pop("sequences")]
    if missing := [table.name for table in tables if _member(table.name) not in names]:
        raise NotBackedUp(f"{file} lacks the table {missing[0]}; it is not a whole backup.")
    return Manifest(**told, tables=tables, sequences=sequences)


def check_target(url: str, manifest: Manifest) -> None:
    """Raises NotBackedUp unless nobody has done anything in the database, and its schema, if it has one, is that of the
    backup: nothing that is there is ever overwritten."""
    with _connected(url) as connection:
        revision = _revision(connection)
        if revision is None:
            if there := connection.execute(_TABLES, [REVISIONS]).fetchall():
                raise NotBackedUp(
                    f"The database has tables that are not Setara's, as {there[0][0]}; name an empty one."
                )
            return
        for deed in _DEEDS:
            row = connection.execute(SQL("SELECT 1 FROM {} LIMIT 1").format(Identifier("public", deed))).fetchone()
            if row is not None:
                raise NotBackedUp("The database is in use: people, events or entries stand in it. Name an empty one.")
        if revision != manifest.revision:
            raise NotBackedUp(
                f"The database is of revision {revision}, the backup of {manifest.revision}; name one without tables."
            )


def load(url: str, file: Path, manifest: Manifest, progress: Says) -> None:
    """Puts all rows of the backup into a database of its schema that `check_target()` let pass, or none of them. What
    the migrations had put there gives way. Raises NotBackedUp when something is not as the manifest says."""
    with ZipFile(file) as archive, _connected(url) as connection:
        there = dict(connection.execute(_TABLES, [REVISIONS]).fetchall())
        for table in manifest.tables:
            if not set(table.columns) <= set(there.get(table.name, ())):
                raise NotBackedUp(f"The table {table.name} is not that of revision {manifest.revision}.")
        keys = connection.execute(_FOREIGN_KEYS).fetchall()
        for owner, name, _ in keys:
            connection.execute(SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(SQL(owner), Identifier(name)))
        _each(connection, there, SQL("ALTER TABLE {} DISABLE TRIGGER USER"))
        connection.execute(SQL("TRUNCATE {}").format(SQL(", ").join(Identifier("public", name) for name in there)))
        progress.say(f"Putting back {manifest.rows:,} rows of {len(manifest.tables)} tables.")
        for table in manifest.tables:
            _copied_in(connection, archive, table, progress)
        for each in manifest.sequences:
            given = (f'public."{each.name}"', each.last_value, each.is_called)
            connection.execute("SELECT setval(%s::regclass, %s, %s)", given)
        _each(connection, there, SQL("ALTER TABLE {} ENABLE TRIGGER USER"))
        progress.say(f"Checking {len(keys)} foreign keys.")
        for owner, name, says in keys:
            added = SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(SQL(owner), Identifier(name), SQL(says))
            connection.execute(added)
    with _connected(url, autocommit=True) as connection:
        connection.execute("ANALYZE")


def _copied_in(connection: psycopg.Connection[Any], archive: ZipFile, table: Table, progress: Says) -> None:
    digest = hashlib.sha256()
    into = SQL("COPY {} ({}) FROM STDIN").format(Identifier("public", table.name), _listed(table.columns))
    try:
        with connection.cursor() as cursor:
            with cursor.copy(into) as copying, archive.open(_member(table.name)) as member:
                while block := member.read(1 << 20):
                    digest.update(block)
                    copying.write(block)
            rows = max(cursor.rowcount, 0)
    except (BadZipFile, psycopg.DataError, psycopg.IntegrityError) as error:
        reason = str(error).strip().splitlines()[0]
        raise NotBackedUp(f"The table {table.name} of the backup is damaged ({reason}).") from error
    if digest.hexdigest() != table.sha256 or rows != table.rows:
        raise NotBackedUp(f"The table {table.name} of the backup is not what its manifest says; nothing was put back.")
    if rows >= _WORTH_A_LINE:
        progress.say(f"{table.name}: {rows:,} rows.")


# --- shared by both ---------------------------------------------------------------------------------------------------


@contextmanager
def _connected(url: str, *, autocommit: bool = False) -> Iterator[psycopg.Connection[Any]]:
    """One connection and one transaction; it must be the owner's, who may read and write everything."""
    plain = "postgresql://" + url.partition("://")[2]
    try:
        with psycopg.connect(plain, autocommit=autocommit, client_encoding="UTF8") as connection:
            yield connection
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise NotBackedUp(f"The database refuses ({reason}).") from error


def _revision(connection: psycopg.Connection[Any]) -> str | None:
    if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _each(connection: psycopg.Connection[Any], names: Mapping[str, Any], statement: SQL) -> None:
    for name in names:
        connection.execute(statement.format(Identifier("public", name)))


def _listed(columns: Sequence[str]) -> Composable:
    return SQL(", ").join(map(Identifier, columns))


def _member(table: str) -> str:
    return f"tables/{table}.copy"
