"""What runs now: each seat is counted once, and it costs the same however many there are."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.models import Person
from marketplace.core.db import db
from marketplace.core.http import SetaraFlask
from marketplace.core.problems import NotFound
from marketplace.shifts import attendance, flags, live, outage
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.live import Now
from marketplace.shifts.models import Booking
from marketplace.standards.hazard import HazardCategory
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene
from tests.web.visitor import Visitor

DOOR = "GET /api/v1/live"
Statements = Callable[[], AbstractContextManager[list[str]]]
MINUTE = timedelta(minutes=1)


def people(seen: live.Live) -> dict[str, int]:
    return {str(doing): count for doing, count in seen.gigs[0].people.items() if count}


def running(scene: Scene) -> list[Booking]:
    """Five people in a shift of seven seats, twenty minutes after its start: one works, one waits for work, one has
    no network, one has gone, and one is late. Somebody else is asked."""
    shift = make.shift(scene, seats=7)
    asked = make.contracted(scene)
    make.offered(scene, make.shift(scene, MONDAY + 60 * MINUTE), asked)
    seated = [make.booked(scene, shift=shift) for _ in range(5)]
    make.at(MONDAY)
    for booking in seated[:4]:
        attendance.clock_in(booking.id, by=accounts.actor_of(booking.contractor_id))
    make.at(MONDAY + 20 * MINUTE)
    _, waiting, cut_off, gone, _ = (accounts.actor_of(booking.contractor_id) for booking in seated)
    attendance.switch(seated[1].id, EntryKind.WAITING, by=waiting)
    outage.report_outage(seated[2].id, by=cut_off)
    attendance.clock_out(seated[3].id, by=gone)
    flags.flag(seated[1].id, HazardCategory.HATE, "Slurs.", by=waiting)
    return seated


def test_each_seat_is_told_once(scene: Scene) -> None:
    running(scene)
    seen = live.now(seen_by=accounts.operator())
    (gig,) = seen.gigs
    assert (gig.shifts, gig.seats, gig.seats_taken, gig.unanswered, gig.hazard_flags) == (1, 7, 5, 1, 1)
    assert people(seen) == {"working": 1, "waiting": 1, "outage": 1, "done": 1, "late": 1}
    assert seen.countries["US"].people == gig.people
    make.at(MONDAY + 31 * MINUTE)
    attendance.mark_no_shows()
    assert live.now(seen_by=accounts.operator()).gigs[0].people[Now.MISSED] == 1


def test_it_costs_the_same_however_much_runs(app: SetaraFlask, statements: Statements) -> None:
    scene, by = make.scene(minutes=9600, pilot=True), accounts.operator()
    running(scene)
    with statements() as few:
        live.now(seen_by=by)
    make.at(MONDAY - timedelta(days=1))
    for _ in range(3):
        make.booked(scene, starts_at=MONDAY + 5 * MINUTE)
    make.at(MONDAY + 20 * MINUTE)
    with statements() as many:
        live.now(seen_by=by)
    assert len(few) == len(many) <= 6


@pytest.mark.door(DOOR, "works")
@pytest.mark.door(DOOR, "not_signed_in")
def test_the_door_and_the_page_are_for_operators(client: FlaskClient, scene: Scene) -> None:
    running(scene)
    operator = accounts.operator()
    shown = client.get("/api/v1/live", headers=accounts.bearer(operator)).get_json()
    assert (shown["gigs"][0]["people"]["working"], shown["countries"][0]["country"]) == (1, "US")
    assert client.get("/api/v1/live").status_code == 401
    assert client.get("/api/v1/live", headers=accounts.bearer(scene.company)).status_code == 404
    with pytest.raises(NotFound):
        live.now(seen_by=scene.company)
    visitor = Visitor(client).signed_in(db.session.get_one(Person, operator.person_id))
    words = visitor.look("/desk/live").words
    assert "5 of 7 seats taken" in words
    assert "without power or network 1" in words
