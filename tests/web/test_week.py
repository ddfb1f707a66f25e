"""A contractor's week as a picture."""

from datetime import timedelta

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.shifts import attendance, standby
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene
from tests.web.visitor import Visitor


def test_hours_stand_against_the_cap_and_a_change_of_the_clock_is_marked(visitor: Visitor, scene: Scene) -> None:
    """Four hours booked for Monday, of which one is over and worked, and two more for Tuesday."""
    ana = make.contracted(scene)
    first = make.booked(scene, ana)
    make.booked(scene, ana, starts_at=MONDAY + timedelta(days=1), hours=2)
    make.at(MONDAY)
    attendance.clock_in(first.id, by=accounts.actor_of(ana.id))
    clock.move_to(MONDAY + timedelta(hours=1), still=True)
    visitor.signed_in(db.session.get_one(Person, ana.id))
    page = visitor.look("/work/week")
    assert "Worked 1 h and booked 5 h of at most 48 h" in page.words
    assert "the clocks change" not in page.words
    assert page.html.count("nothing booked") == 5
    autumn = visitor.look("/work/week?on=2027-11-07")
    assert "This day has 25 hours." in autumn.words
    assert "This day has 23 hours." in visitor.look("/work/week?on=2027-03-14").words
    assert [visitor.look(f"/work/week?on={wrong}").status for wrong in ("x", "9999-12-31")] == [404, 404]


def test_the_hour_of_standing_by_in_vain_counts_as_worked(visitor: Visitor, scene: Scene) -> None:
    """It pays two hours of four, and is one hour of the week."""
    seat = make.booked(scene)
    booking = make.booked(scene, shift=standby.plan(seat.shift_id, 1, Money.of("1000", "USD"), by=scene.company))
    make.at(MONDAY)
    attendance.clock_in(seat.id, by=accounts.actor_of(seat.contractor_id))
    clock.move_to(MONDAY + timedelta(hours=1), still=True)
    assert standby.stand_down_due() == 1
    visitor.signed_in(db.session.get_one(Person, booking.contractor_id))
    assert "Worked 1 h and booked 0 min of at most 48 h" in visitor.look("/work/week").words
