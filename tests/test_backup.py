"""Everything in one file and back, into a database of another name; and money that an earlier version has kept.

`money-0078.zip` was made by this project as it stood at revision 0078, through its own verbs: a company that paid in
500.00 USD, a payslip that is paid out, a cut that is claimed, a pay run that is computed and not frozen, a timesheet
that is approved, and a booking to come.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

import psycopg
import pytest
from flask_migrate import upgrade
from sqlalchemy import select

from marketplace import backup
from marketplace.accounts.rules import CLOCK
from marketplace.app import create_app
from marketplace.core.db import db, transaction
from marketplace.core.embedded import EmbeddedPostgres
from marketplace.core.http import SetaraFlask
from marketplace.core.money import Money
from marketplace.disputes.models import Dispute
from marketplace.ledger import queries as books
from marketplace.pay import service
from marketplace.pay.models import PayRun, Payslip
from marketplace.pay.rails import payments
from marketplace.pay.rules import PayslipStatus, RunStatus
from marketplace.pay.runs import service as runs
from marketplace.supervisor import Exit
from tests.conftest import ROOT, Database, database_of
from tests.factories import pay as made
from tests.pay.books import everything_holds

MIGRATIONS = ROOT / "migrations"
OLD = Path(__file__).with_name("money-0078.zip")


class Quiet:
    def say(self, words: str) -> None:
        """Nobody listens."""


@pytest.fixture
def bare(server: EmbeddedPostgres, testrun_uid: str, worker_id: str) -> Iterator[Database]:
    """A database without a table."""
    name = f"bare_{testrun_uid[:8]}_{worker_id}"
    server.provision(name)
    yield from _dropped(server, name)


@pytest.fixture
def fresh(server: EmbeddedPostgres, template: str, testrun_uid: str, worker_id: str) -> Iterator[Database]:
    """A database with the present schema, in which nobody has done anything."""
    name = f"fresh_{testrun_uid[:8]}_{worker_id}"
    server.clone(template, name)
    yield from _dropped(server, name)


def _dropped(server: EmbeddedPostgres, name: str) -> Iterator[Database]:
    yield database_of(server, name)
    with psycopg.connect(server.admin_url().replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def at_work(there: Database) -> Iterator[None]:
    """The application on that database."""
    with create_app(there.settings()).app_context():
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.mark.truncating
def test_what_comes_back_is_what_was_there(
    apart_app: SetaraFlask, apart: Database, fresh: Database, tmp_path: Path
) -> None:
    with apart_app.app_context():
        made.worked_and_approved()
        made.paid()
        db.session.remove()
    file = tmp_path / "all.zip"
    backup.write(apart.owner_url, file, Quiet())
    assert file.stat().st_mode & 0o777 == 0o600, "for its owner's eyes alone"
    manifest = backup.read(file)
    assert next(table.rows for table in manifest.tables if table.name == "pay_line") == 4
    backup.check_target(fresh.owner_url, manifest)
    backup.load(fresh.owner_url, file, manifest, Quiet())
    assert everything(fresh) == everything(apart)
    with at_work(fresh):
        # It goes on: what sequences give follows what they gave.
        made.worked_and_approved()
        made.paid()
        everything_holds()
    with pytest.raises(backup.NotBackedUp, match="in use"):
        backup.check_target(fresh.owner_url, manifest)
    with pytest.raises(backup.NotBackedUp, match="there already"):
        backup.write(apart.owner_url, file, Quiet())


def test_money_of_an_earlier_version_goes_on(bare: Database, tmp_path: Path) -> None:
    manifest = backup.read(OLD)
    with pytest.raises(backup.NotBackedUp, match="nothing to be backed up"):
        backup.write(bare.owner_url, tmp_path / "nothing.zip", Quiet())
    assert list(tmp_path.iterdir()) == [], "nothing half done is left"
    backup.check_target(bare.owner_url, manifest)
    with at_work(bare):
        upgrade(str(MIGRATIONS), revision=manifest.revision)
    for change, words in DAMAGE:
        broken = changed(tmp_path, "tables/journal_entry.copy", change)
        with pytest.raises(backup.NotBackedUp, match=words):
            backup.load(bare.owner_url, broken, manifest, Quiet())
        backup.check_target(bare.owner_url, manifest)  # All of it, or nothing.
    backup.load(bare.owner_url, OLD, manifest, Quiet())
    with at_work(bare):
        upgrade(str(MIGRATIONS))
        everything_holds()
        half = db.session.scalars(select(PayRun).where(PayRun.status == RunStatus.COMPUTED)).one()
        own = db.session.scalars(select(Payslip).where(Payslip.run_id == half.id)).one()
        # Its lines had no payslip at that revision; they have one now, which says what they come to.
        assert (own.status, own.net, own.cost) == (PayslipStatus.FROZEN, Money(6000, "USD"), Money(6740, "USD"))
        to_the_end(half.id)
        with transaction():
            late = service.start_run(None, through=date(2026, 12, 31), by=CLOCK).id
        to_the_end(late)
        assert db.session.scalars(select(Payslip.net_amount).where(Payslip.run_id == late)).one() == 6000
        (disputed,) = db.session.scalars(select(Dispute.booking_id))
        # An hour of 15.00 USD is claimed, and stays held with what it costs beside.
        assert books.balance(f"booking:{disputed}:hold", "USD") == Money(1685, "USD")
        everything_holds()


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("tables/posting.copy", None, "lacks the table posting"),
        ("manifest.json", None, "no backup"),
        ("manifest.json", lambda told: told.replace(b'"format": 1', b'"format": 2'), "reads format 1"),
    ],
)
def test_what_is_no_whole_backup_is_refused(
    tmp_path: Path, name: str, change: Callable[[bytes], bytes] | None, words: str
) -> None:
    with pytest.raises(backup.NotBackedUp, match=words):
        backup.read(changed(tmp_path, name, change))


def test_the_command_refuses_what_it_cannot_read(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.zip"
    wrong.write_bytes(b"no archive")
    command = [sys.executable, "-m", "marketplace", "restore", str(wrong), "--instance", str(tmp_path / "instance")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, "is no backup of Setara's" in done.stderr) == (Exit.BACKUP_REFUSED, True)
    assert not (tmp_path / "instance").exists()


# --- what they are made of ------------------------------------------------------------------------------------------

DAMAGE: Sequence[tuple[Callable[[bytes], bytes], str]] = (
    (lambda rows: rows.replace(b"payslip:", b"payslap:", 1), "not what its manifest says"),
    (lambda rows: rows + rows[: rows.index(b"\n") + 1], "damaged"),
)


def changed(folder: Path, name: str, change: Callable[[bytes], bytes] | None) -> Path:
    """The old backup with one part of it changed, or without it."""
    broken = folder / "broken.zip"
    with ZipFile(OLD) as whole, ZipFile(broken, "w", ZIP_DEFLATED) as copy:
        for each in whole.namelist():
            if each != name:
                copy.writestr(each, whole.read(each))
            elif change is not None:
                copy.writestr(each, change(whole.read(each)))
    return broken


def everything(there: Database) -> dict[str, list[str]]:
    """All rows of all tables, and where the sequences stand."""
    with psycopg.connect(there.owner_url.replace("+psycopg", "")) as connection:
        names = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        told = {name: sorted(map(str, connection.execute(f'SELECT * FROM "{name}"'))) for (name,) in names}
        stand = connection.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'")
        return told | {"sequences": sorted(map(str, stand))}


def to_the_end(run_id: UUID) -> None:
    runs.finish_run(run_id)
    payments.advance_ops()
    assert runs.finish_run(run_id) is RunStatus.PAID
