"""Events are answered by the jobs of the table, and by nothing where they stand in none."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask import Flask

from jobs import programs, reactions
from jobs.runner import run_pending
from marketplace.accounts import service as accounts
from marketplace.accounts.rules import OperatorRole
from marketplace.core import queue
from marketplace.core.db import db, transaction
from marketplace.core.events import REACT, Event, announce
from marketplace.notices.models import Delivery
from marketplace.notices.tellings import TELLINGS
from tests.conftest import ROOT
from tests.factories import accounts as make


def written_names() -> str:
    """Everything that the rooms' programs say, for names to be looked for."""
    files = [path for path in Path(ROOT, "marketplace").rglob("*.py") if "notices" not in path.parts]
    return "\n".join(path.read_text() for path in files)


def test_every_answer_has_a_program() -> None:
    assert programs.PROGRAMS
    answers = {answer for name in reactions.ANSWERS for answer in reactions.answers_to(name)}
    assert answers | {REACT, reactions.DELIVER} <= set(queue.app.tasks)


BUILT = {
    "appeal": "workforce/bars.py",
    "contractor": "workforce/rules.py",
    "refund": "pay/rules.py",
    "requirement": "workforce/rules.py",
}
"""Events whose names are put together from a status or an outcome, and where that stands."""


@pytest.mark.parametrize("name", [*reactions.ANSWERS, *TELLINGS])
def test_every_event_that_is_answered_is_one_that_happens(name: str) -> None:
    noun, _, verb = name.partition(".")
    if f'"{name}"' in written_names():
        return
    assert noun in BUILT, "nobody records an event of this name"
    assert re.search(rf'= "{verb}"', (ROOT / "marketplace" / BUILT[noun]).read_text())


def test_an_event_without_an_answer_writes_no_job(app: Flask) -> None:
    person = make.person()
    run_pending()
    accounts.change_person(by=make.actor_of(person), name="Ana Other")
    assert reactions.answers_to("person.changed") == ()
    assert run_pending() == 1  # `react` itself
    assert queue.depth() == {}


def test_events_of_one_name_become_one_job(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    run_pending()
    monkeypatch.setattr(reactions, "MOST_EVENTS", 2)
    with transaction():
        for _ in range(3):
            make.person(confirmed=False)
    reactions.react(list(db.session.scalars(db.select(Event.id))))
    assert queue.depth() == {("notices.deliver", "todo"): 2}


def test_the_events_of_many_transactions_are_answered_at_once(
    app: Flask, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    run_pending()
    for _ in range(5):
        with transaction():
            make.person(confirmed=False)
    assert queue.depth() == {("react", "todo"): 5}
    with statements() as seen:
        reactions.react([])
    assert queue.depth() == {("notices.deliver", "todo"): 1}
    assert len(seen) <= 4
    with statements() as delivering:
        run_pending()
    assert len(delivering) <= 40
    assert db.session.scalar(db.select(db.func.count()).select_from(Delivery)) == 5


def test_more_events_than_a_statement_has_parameters_are_answered(app: Flask) -> None:
    run_pending()
    with transaction():
        make.person(confirmed=False)
    (asked,) = db.session.scalars(db.select(Event.id).where(Event.name == "person.verification_asked"))
    reactions.react([asked, *range(10_000_000, 10_070_000)])
    assert queue.depth() == {("notices.deliver", "todo"): 1}


def test_jobs_that_were_taken_along_wait_again_when_the_answer_fails(app: Flask) -> None:
    run_pending()
    with transaction():
        make.person(confirmed=False)
    savepoint = db.session.begin_nested()
    assert len(queue.take_along(REACT, 10)) == 1
    savepoint.rollback()
    assert queue.depth() == {("react", "todo"): 1}
    assert run_pending() > 0


def test_a_job_that_has_failed_is_not_taken_along(app: Flask) -> None:
    run_pending()
    with transaction():
        queue.defer(REACT, event_ids=[1])
        db.session.execute(db.text("UPDATE procrastinate_jobs SET attempts = 1"))
    assert queue.take_along(REACT, 10) == []


def test_an_event_that_a_savepoint_took_back_is_nobodys_business(app: Flask) -> None:
    run_pending()
    with transaction():
        announce([123456789])
    assert run_pending() == 1


def test_a_suspended_company_has_its_gigs_paused(app: Flask) -> None:
    company = make.company()
    operator = make.operator(OperatorRole.VETTING)
    run_pending()
    accounts.suspend_company(company.id, "does not answer", by=operator)
    with transaction():
        pass
    reactions.react(list(db.session.scalars(db.select(Event.id).where(Event.name == "company.suspended"))))
    assert queue.depth()["gigs.pause_of_suspended", "todo"] == 1
    assert run_pending() > 0
    assert queue.depth() == {}
