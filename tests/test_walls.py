"""The walls of the house hold, and each planted violation is caught."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, Table, Uuid

from marketplace import app as _every_table
from marketplace.core.db import Base
from tests.conftest import ROOT
from tests.walls import offences, order_of_rooms, rooms_of_tables, upward_keys

SOURCES = [*sorted((ROOT / "marketplace").rglob("*.py")), *sorted((ROOT / "jobs").rglob("*.py"))]

PLANTED = {
    "a lower room imports a higher one": ("ledger/service.py", "from marketplace.gigs import service"),
    "the core knows a room": ("core/money.py", "from marketplace.accounts import rules"),
    "a rule imports a service": ("gigs/rules.py", "from marketplace.gigs import service"),
    "a rule imports the database": ("ledger/rules.py", "from marketplace.core.db import db"),
    "a rule imports Flask": ("standards/rules.py", "from flask import request"),
    "a model calls a verb": ("gigs/models.py", "from marketplace.ledger import service"),
    "a schema reads the database": ("gigs/schemas.py", "from marketplace.gigs import models"),
    "the solver imports a room": ("solver/problem.py", "from marketplace.core import problems"),
    "the solver reads the database": ("solver/tables.py", "import sqlalchemy"),
    "the checker asks the solver": ("solver/checker.py", "from marketplace.solver import market"),
    "a room within pay imports a higher one": ("pay/taxes/withholding.py", "from marketplace.pay.runs import works"),
    "the pages are imported by a room": ("pay/service.py", "import marketplace.web"),
    "the scorer reads who gave shifts back": ("matching/engine.py", "from marketplace.shifts import late_no"),
    "the application starts a job": ("app.py", "import jobs"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [program, "--no-cache", "--config", folder / "pyproject.toml"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for part in ("marketplace", "jobs"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", "static", "templates"))
    for file in ("pyproject.toml", "config.py"):
        shutil.copy(ROOT / file, folder / file)
    return folder


def test_rooms_import_downward_only(copy: Path) -> None:
    checked = lint(copy)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("violation", PLANTED)
def test_a_planted_import_is_caught(copy: Path, violation: str) -> None:
    file, line = PLANTED[violation]
    path = copy / "marketplace" / file
    before = path.read_text()
    path.write_text(before + f"\n{line}\n")
    try:
        checked = lint(copy)
    finally:
        path.write_text(before)
    assert checked.returncode != 0, f"{violation}: nobody noticed"
    assert "BROKEN" in checked.stdout


def test_foreign_keys_point_down() -> None:
    assert _every_table.TABLES
    assert upward_keys(Base.metadata, rooms_of_tables(Base), order_of_rooms(ROOT)) == []


def test_a_planted_foreign_key_upward_is_caught() -> None:
    planted = MetaData()
    Table("gig", planted, Column("id", Uuid, primary_key=True))
    Table("ledger_account", planted, Column("gig_id", Uuid, ForeignKey("gig.id")))
    rooms = {"gig": "gigs", "ledger_account": "ledger"}
    assert upward_keys(planted, rooms, order_of_rooms(ROOT)) == ["ledger_account -> gig.id"]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_one_commit_one_clock_no_hidden_imports(path: Path) -> None:
    assert offences(path.read_text(), path.relative_to(ROOT)) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("db.session.commit()", "commits"),
        ("session.commit()", "commits"),
        ("datetime.now(UTC)", "another clock"),
        ("date.today()", "another clock"),
        ("func.now()", "another clock"),
        ("def f():\n    import os", "inside a function"),
    ],
)
def test_a_planted_line_is_caught(line: str, words: str) -> None:
    (found,) = offences(line, Path("marketplace/gigs/service.py"))
    assert words in found


def test_a_file_called_utils_is_caught() -> None:
    assert offences("", Path("marketplace/gigs/utils.py")) == ["marketplace/gigs/utils.py: a name that says nothing"]
