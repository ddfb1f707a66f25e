"""Intake: when new applications wait, who is not affected, and that whoever waits is told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from jobs import standing as jobs
from marketplace.accounts.models import Invitation
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.notices.models import Notice
from marketplace.shifts import admitting
from marketplace.workforce import intake, service
from marketplace.workforce.admission import Counted, IntakeOpen, IntakePaused, IntakeStatus, judge
from tests.factories import accounts, shifts, standing, workforce
from tests.web.visitor import Visitor

SHOW, WAIT = "GET /api/v1/intake", "POST /api/v1/intake/waiting"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LONG_AGO = NOON - timedelta(weeks=10)
OPEN, PAUSED = IntakeStatus.OPEN, IntakeStatus.PAUSED


@pytest.mark.parametrize(
    ("seats", "people", "first", "before", "after"),
    [
        (800, 200, LONG_AGO, OPEN, OPEN),
        (799, 200, LONG_AGO, OPEN, PAUSED),
        (959, 200, LONG_AGO, PAUSED, PAUSED),
        (960, 200, LONG_AGO, PAUSED, OPEN),
        (0, 199, LONG_AGO, OPEN, OPEN),
        (0, 5000, NOON - timedelta(days=27), OPEN, OPEN),
        (0, 5000, None, OPEN, OPEN),
        (0, 0, None, PAUSED, OPEN),
    ],
)
def test_below_a_seat_a_week_each_new_applications_wait(
    seats: int, people: int, first: datetime | None, before: IntakeStatus, after: IntakeStatus
) -> None:
    """Rule INTAKE: 200 people and 799 seats in four weeks are 99 seats a week for each hundred; 960 are 120."""
    assert judge(Counted(NOON, seats, people, first), before) is after


def measured(per_hundred: int) -> None:
    """A measure over 200 people in an old service."""
    now = clock.now()
    intake.note(Counted(now, per_hundred * 8, 200, now - timedelta(weeks=10)))


def test_a_fresh_service_is_open(app: Flask) -> None:
    shifts.shift(shifts.scene())
    jobs.measure_intake()
    last = intake.latest()
    assert last is not None
    assert (last.status, last.rule_version) == (OPEN, 1)
    jobs.measure_intake()
    assert len(intake.measures(standing.operator())) == 1
    assert workforce.applied().applied_at


def test_what_is_counted(app: Flask) -> None:
    there = shifts.scene()
    shifts.contracted(there)
    held = shifts.shift(there, seats=3)
    before = admitting.count()
    shifts.at(held.starts_at + timedelta(minutes=1))
    counted = admitting.count()
    assert (before.seats, counted.seats, counted.people) == (0, 3, 1)
    assert counted.first_shift_at == held.starts_at


def test_who_has_applied_is_not_affected(app: Flask) -> None:
    applied = workforce.ready()
    measured(99)
    with pytest.raises(IntakePaused) as refused:
        workforce.applied()
    assert refused.value.members["seats_per_hundred"] == 99
    with pytest.raises(service.rules.AlreadyApplied):
        workforce.applied(db.session.get_one(accounts.Person, applied.id))
    assert service.vet(applied.id, "Everything was shown.", by=standing.operator()).vetted_at


def test_who_waits_is_told_when_it_opens(app: Flask, work: Callable[[], int]) -> None:
    company, person = accounts.company(), accounts.person()
    owner = accounts.owner_of(company.id)
    now = clock.now()
    made_by = {"name": "Ana", "invited_by": owner.person_id, "invited_at": now, "good_until": now + timedelta(days=14)}
    db.session.add(Invitation(company_id=company.id, person_id=person.id, **made_by))
    me = accounts.actor_of(person)
    with pytest.raises(IntakeOpen):
        intake.wait(by=me)
    measured(50)
    made = intake.wait(by=me)
    assert intake.wait(by=me) is made
    assert made.company_id == company.id
    measured(110)
    assert made.told_at is None
    measured(120)
    work()
    assert made.told_at is not None
    told = {row.person_id for row in db.session.scalars(select(Notice))}
    assert {person.id, owner.person_id} <= told


@pytest.mark.door(SHOW, "works")
@pytest.mark.door(WAIT, "works")
@pytest.mark.door(WAIT, "not_signed_in")
@pytest.mark.door(WAIT, "wrong_state")
def test_the_doors(client: FlaskClient) -> None:
    me = accounts.bearer(accounts.person())
    assert client.get("/api/v1/intake").json["status"] == "open"
    assert client.post("/api/v1/intake/waiting").status_code == 401
    assert client.post("/api/v1/intake/waiting", headers=me).json["code"] == "intake_open"
    measured(50)
    assert client.get("/api/v1/intake").json["seats_per_hundred"] == 50
    assert client.post("/api/v1/intake/waiting", headers=me).status_code == 201


def test_the_page_says_so_and_why(client: FlaskClient) -> None:
    person = accounts.person()
    measured(50)
    visitor = Visitor(client).signed_in(person)
    page = visitor.send("/me/apply", "/apply/waiting")
    assert "There is not enough work for the people who are here." in page.words
    assert "You are told when applications are taken again." in page.words
    visitor.send("/account", "/sign-out")
    visitor.signed_in(db.session.get_one(accounts.Person, standing.operator().person_id))
    assert "Seats in four weeks 400" in visitor.look("/desk/intake").words
