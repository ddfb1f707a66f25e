"""A contractor's week as a picture."""

from datetime import timedelta

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.shifts import attendance
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
