"""The pages of shifts that are handed over: a cover that everybody is asked for, and a swap with somebody by code."""

import re
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.core.db import db
from marketplace.shifts import handover_codes
from marketplace.shifts.models import Booking
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, WEDNESDAY, Scene
from tests.web.visitor import Visitor


def comes(app: Flask, person_id: object) -> Visitor:
    """Somebody with a browser of their own."""
    return Visitor(app.test_client()).signed_in(db.session.get_one(Person, person_id))


def booked(scene: Scene) -> tuple[Booking, Booking]:
    """Two people, each with a shift of their own."""
    mine, theirs = make.booked(scene), make.booked(scene, starts_at=MONDAY + timedelta(days=1))
    make.at(WEDNESDAY + timedelta(hours=1))
    return mine, theirs


def test_a_shift_is_covered_by_somebody_who_finds_it_among_the_open_ones(app: Flask, scene: Scene) -> None:
    mine, theirs = booked(scene)
    visitor = comes(app, mine.contractor_id)
    page = visitor.look(f"/work/shifts/{mine.id}")
    assert "Find somebody to cover" in page.words
    asked = visitor.send(f"/work/shifts/{mine.id}/hand-over/cover")
    assert "You are booked until somebody has taken it" in asked.words
    assert "You asked for somebody who takes this shift." in visitor.look(f"/work/shifts/{mine.id}").words
    visitor = comes(app, theirs.contractor_id)
    found = visitor.look("/work/open-shifts")
    assert "Wanted: somebody who takes a shift over" in found.words
    page = visitor.look(asked.address)
    assert "$60.00" in page.words
    taken = visitor.hand_in(page, "/take")
    assert "The shift is yours." in taken.words
    newest = db.session.scalars(select(Booking.offer_id).order_by(Booking.id.desc()).limit(1)).one()
    assert "You took this seat over" in visitor.look(f"/work/offers/{newest}").words
    visitor = comes(app, mine.contractor_id)
    assert "Somebody else is booked now." in visitor.look(f"/work/shifts/{mine.id}").words
    visitor = comes(app, scene.company.person_id)
    assert "who handed the shift over" in visitor.look(f"/company/{scene.company_id}/shifts/{mine.shift_id}").words


def test_two_people_swap_and_see_both_sides_before(app: Flask, scene: Scene, work: Callable[[], int]) -> None:
    mine, theirs = booked(scene)
    code = handover_codes.new_code(by=accounts.actor_of(theirs.contractor_id)).code
    visitor = comes(app, mine.contractor_id)
    asked = visitor.send(f"/work/shifts/{mine.id}/hand-over/swap", code=f"{code[:4]}-{code[4:].lower()}")
    assert "if it is somebody's" in asked.words
    work()
    visitor = comes(app, theirs.contractor_id)
    inbox = visitor.look("/inbox")
    assert f"Somebody asks you to take a shift: {scene.gig.title}" in inbox.words
    assert asked.address in inbox.html
    assert "asks you" in visitor.look("/work/handovers").words
    page = visitor.look(f"{asked.address}?in_return={theirs.id}")
    offered = visitor.hand_in(page, "/propose")
    assert "What you offered for it" in offered.words
    visitor = comes(app, mine.contractor_id)
    inbox = visitor.look("/work/handovers")
    assert "Offered for your shifts" in inbox.words
    page = visitor.look(re.findall(r"/work/swaps/[0-9a-f-]+", inbox.html)[0])
    assert "You give" in page.words
    assert "You get" in page.words
    assert "This is your shift now" in visitor.hand_in(page, "/accept").words
    visitor = comes(app, scene.company.person_id)
    assert "who swapped shifts" in visitor.look(f"/company/{scene.company_id}/shifts/{mine.shift_id}").words
