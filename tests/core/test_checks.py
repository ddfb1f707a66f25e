"""A truth that does not hold is told when it breaks and when it holds again, and shown all the while."""

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.rules import CLOCK
from marketplace.core import checks
from marketplace.core.checks import Finding
from marketplace.core.db import db
from marketplace.core.events import Event

HOLDS = Finding("books", "The books are right.", [])
BROKEN = Finding("books", "The books are right.", [f"account {n}" for n in range(25)])


def told() -> list[str]:
    return list(db.session.scalars(select(Event.name).where(Event.name.like("check.%")).order_by(Event.id)))


def test_a_truth_that_holds_is_no_news(app: Flask) -> None:
    checks.note(HOLDS, by=CLOCK)
    assert told() == []
    assert checks.found_broken() == {"books": 0}


def test_breaking_is_told_once_and_mending_once(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    for finding in (HOLDS, BROKEN, BROKEN, HOLDS, HOLDS, BROKEN):
        checks.note(finding, by=CLOCK)
    assert told() == ["check.failed", "check.mended", "check.failed"]
    assert checks.found_broken() == {"books": 25}
    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert len(errors) == 3


def test_a_truth_that_is_broken_at_first_sight_is_news(app: Flask) -> None:
    checks.note(BROKEN, by=CLOCK)
    assert told() == ["check.failed"]


def test_the_event_holds_some_of_what_was_found(app: Flask) -> None:
    checks.note(BROKEN, by=CLOCK)
    data = db.session.scalars(select(Event.data).where(Event.name == "check.failed")).one()
    assert data["sentence"] == "The books are right."
    assert data["against"] == [f"account {n}" for n in range(checks.MOST_TOLD)]
