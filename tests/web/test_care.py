"""Pages about care: falling ill."""

import pytest
from flask import Flask

from marketplace.accounts import queries as people
from marketplace.shifts.rules import BookingStatus
from tests.factories import shifts
from tests.factories.shifts import Scene
from tests.web.visitor import Visitor


@pytest.fixture
def scene(app: Flask) -> Scene:
    return shifts.scene()


def test_reporting_sick_is_confirmed_knowing_what_it_pays(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.booked(scene)
    visitor.signed_in(people.person(booking.contractor_id))
    page = visitor.look(f"/work/shifts/{booking.id}/sick")
    assert "So much of the 4 h that are left of this shift" in page.words
    assert "no leave is there yet" in page.words
    after = visitor.hand_in(page)
    assert (after.status, booking.status) == (200, BookingStatus.SICK)
    assert "Get well" in after.words
    assert "You reported sick at" in after.words


def test_a_shift_that_is_over_has_no_such_page(visitor: Visitor, scene: Scene) -> None:
    booking = shifts.booked(scene)
    visitor.signed_in(people.person(booking.contractor_id))
    shifts.at(booking.ends_at)
    assert visitor.look(f"/work/shifts/{booking.id}/sick").status == 409
    assert "I am ill" not in visitor.look(f"/work/shifts/{booking.id}").words
