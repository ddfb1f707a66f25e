"""What people are given for the work: one version of the instructions for a shift, and somebody to ask."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from marketplace.accounts.rules import CLOCK, CompanyRole
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.problems import Forbidden
from marketplace.gigs import preparation
from marketplace.gigs.instruction_rules import ChecklistItem
from marketplace.gigs.models import Instructions
from marketplace.shifts import attendance, prepared
from tests.factories import accounts, workforce
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene


def second_version(scene: Scene) -> Instructions:
    written = preparation.write_instructions(scene.gig.id, "Draw loosely.", "Boxes may be larger.", by=scene.company)
    reader = accounts.member(scene.company_id, CompanyRole.MANAGER)
    return preparation.verify_instructions(scene.gig.id, written.version, list(ChecklistItem), by=reader)


def test_a_shift_is_judged_under_the_version_that_held_when_it_began(scene: Scene) -> None:
    """Verified at nine on Sunday, it holds from nine on Monday: in the shift at nine, and not in the one before."""
    early = make.booked(scene, starts_at=MONDAY - timedelta(hours=4), hours=2)
    late = make.booked(scene, starts_at=MONDAY, hours=2)
    make.at(MONDAY - timedelta(hours=24))
    second = second_version(scene)
    assert second.holds_from == MONDAY
    make.at(early.starts_at)
    first_of = attendance.clock_in(early.id, by=accounts.actor_of(early.contractor_id))
    make.at(late.starts_at)
    second_of = attendance.clock_in(late.id, by=accounts.actor_of(late.contractor_id))
    assert (first_of.instructions_version, second_of.instructions_version) == (1, 2)
    held = prepared.for_booking(early.id, seen_by=accounts.actor_of(early.contractor_id)).instructions
    assert held is not None
    assert held.text == "Draw tightly. Ask when in doubt."


def test_whoever_is_booked_is_told_once_of_new_instructions(scene: Scene) -> None:
    person = make.contracted(scene)
    before = make.booked(scene, person, starts_at=MONDAY - timedelta(days=1, hours=5), hours=2)
    first = make.booked(scene, person, starts_at=MONDAY)
    make.booked(scene, person, starts_at=MONDAY + timedelta(days=1))
    make.at(MONDAY - timedelta(days=2))
    second = second_version(scene)
    assert prepared.tell_of_change(second.id, by=CLOCK) == 1
    assert timeline("booking", first.id)[0].name == "booking.instructions_changed"
    assert timeline("booking", before.id)[0].name == "booking.made"
    with pytest.raises(Forbidden):
        prepared.tell_of_change(second.id, by=scene.company)


def test_the_first_version_of_a_draft_holds_at_once(scene: Scene) -> None:
    (first,) = db.session.query(Instructions).filter_by(gig_id=scene.gig.id)
    assert first.holds_from == first.verified_at


OFFER = "GET /api/v1/offers/<uuid:offer_id>/preparation"
BOOKING = "GET /api/v1/bookings/<uuid:booking_id>/preparation"


@pytest.mark.door(OFFER, "works")
@pytest.mark.door(OFFER, "not_mine")
@pytest.mark.door(OFFER, "not_signed_in")
@pytest.mark.door(BOOKING, "works")
@pytest.mark.door(BOOKING, "not_mine")
@pytest.mark.door(BOOKING, "not_signed_in")
def test_an_offer_and_a_booking_say_how_it_is_done_and_whom_to_ask(client: FlaskClient) -> None:
    scene = make.scene()
    booking = make.booked(scene)
    mine, others = accounts.bearer(booking.contractor_id), accounts.bearer(workforce.contractor().id)
    paths: list[tuple[str, UUID]] = [("offers", booking.offer_id), ("bookings", booking.id)]
    for room, known in paths:
        path = f"/api/v1/{room}/{known}/preparation"
        told = client.get(path, headers=mine).json
        assert told["contact"]["name"] == "Olga Owner"
        assert "@" in told["contact"]["email"]
        assert (told["instructions"]["version"], told["instructions"]["text"][:4]) == (1, "Draw")
        assert client.get(path, headers=others).status_code == 404
        assert client.get(path).status_code == 401
