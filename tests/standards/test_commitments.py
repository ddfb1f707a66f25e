"""Nothing is claimed that does not hold: each row names rules, records and tests that are there, or says what lacks."""

import ast
from functools import cache
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from marketplace import app as _every_table
from marketplace.core.db import Base
from marketplace.core.language import words_of
from marketplace.standards.asked import Origin
from marketplace.standards.catalogue import RULES
from marketplace.standards.commitments import BY_ORIGIN, COMMITMENTS, HELD, Commitment, State
from marketplace.standards.fairness import fairness_page
from tests.conftest import ROOT

ROWS = [pytest.param(row, id=f"{row.origin}-{row.id}") for row in COMMITMENTS]


def test_the_page_is_current() -> None:
    """If this fails: python -m marketplace.standards.fairness > docs/fairness.md"""
    assert (ROOT / "docs" / "fairness.md").read_text(encoding="utf-8") == fairness_page()


def test_every_row_of_the_references_stands_there_once() -> None:
    assert [row.id for row in BY_ORIGIN[Origin.GUIDELINES]] == [f"P{number}" for number in range(1, 22)]
    assert [len(rows) for rows in BY_ORIGIN.values()] == [21, 24, 20]
    assert all(set(HELD[origin]) == {row.id for row in rows} for origin, rows in BY_ORIGIN.items())


@pytest.mark.parametrize("row", ROWS)
def test_what_a_row_names_is_there(row: Commitment) -> None:
    assert _every_table.TABLES
    unknown = [rule for rule in row.held.rules if rule not in RULES]
    unknown += [record for record in row.held.records if not _is_recorded(record)]
    unknown += [test for test in row.held.tests if not _is_a_test(test)]
    assert unknown == []


@pytest.mark.parametrize("row", ROWS)
def test_a_row_that_is_not_held_says_what_is_lacking(row: Commitment) -> None:
    """Rows that nothing holds yet are listed by `pytest -rx`."""
    assert row.asked.endswith(".")
    assert (row.state is State.HELD) == (not row.held.lacks)
    if row.state is State.NOT_YET:
        pytest.xfail(row.held.lacks)


def test_whoever_reads_indonesian_reads_it_all() -> None:
    words = words_of("id")
    said = [row.asked for row in COMMITMENTS] + [row.held.lacks for row in COMMITMENTS if row.held.lacks]
    assert [sentence for sentence in said if words.gettext(sentence) == sentence] == []


@pytest.mark.door("GET /api/v1/standards/fairness", "works")
def test_the_rows_are_public(client: FlaskClient) -> None:
    answer = client.get("/api/v1/standards/fairness")
    assert answer.status_code == 200
    by_id = {(row["origin"], row["id"]): row for row in answer.json["items"]}
    assert by_id["guidelines", "P4"]["held"]["rules"] == ["PAYMENT_MODEL"]
    assert len(by_id) == len(COMMITMENTS)


def _is_recorded(record: str) -> bool:
    table, _, column = record.partition(".")
    known = Base.metadata.tables.get(table)
    return (known is not None and column in known.columns) or (ROOT / record).is_file()


def _is_a_test(test: str) -> bool:
    file, _, name = test.partition("::")
    return (ROOT / file).is_file() and name in _tests_of(ROOT / file)


@cache
def _tests_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))
