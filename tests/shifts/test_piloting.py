"""An hourly gig is its own pilot: its approved shifts fill it, and open its volume when they have shown enough."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.rules import CLOCK
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.problems import Forbidden
from marketplace.gigs import gate, preparation, queries
from marketplace.gigs.rules import Shown
from marketplace.shifts import piloting, timesheets
from marketplace.shifts.timesheet_models import Timesheet
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.gigs import KANSAS
from tests.factories.shifts import MONDAY, Scene


def approved_shift(scene: Scene, day: int) -> None:
    """One more person works four hours, and the company approves them."""
    booking = make.worked(scene, starts_at=MONDAY + timedelta(days=day))
    mine = select(Timesheet).where(Timesheet.contractor_id == booking.contractor_id)
    (sheet,) = db.session.scalars(mine)
    timesheets.submit(sheet.id, by=accounts.actor_of(booking.contractor_id))
    timesheets.approve(sheet.id, by=scene.company)


def test_five_people_and_twenty_hours_open_the_volume(scene: Scene) -> None:
    for day in range(4):
        approved_shift(scene, day)
    assert piloting.roll([scene.gig.id], by=CLOCK) == 1
    rolling = queries.rolling_pilot(scene.gig.id, scene.company)
    assert rolling is not None
    assert (rolling.workers, rolling.shifts, rolling.minutes, rolling.completed_at) == (4, 4, 960, None)
    assert rolling.places == [{"country": "US", "subdivision": "US-KS"}]
    assert gate.pilot_cap(scene.gig) == 2400
    approved_shift(scene, 4)
    assert piloting.roll([scene.gig.id], by=CLOCK) == 1
    assert (rolling.workers, rolling.minutes) == (5, 1200)
    assert rolling.completed_at is not None
    assert gate.pilot_cap(scene.gig) is None
    assert "pilot.completed" in {event.name for event in timeline("gig", scene.gig.id)}
    # Nothing limits it any more, so nothing more is written down.
    assert piloting.roll([scene.gig.id], by=CLOCK) == 0


def test_hours_that_nobody_approved_show_nothing(scene: Scene) -> None:
    make.worked(scene)
    assert piloting.roll([scene.gig.id], by=CLOCK) == 0
    assert queries.rolling_pilot(scene.gig.id, scene.company) is None


def test_only_the_service_itself_rolls_a_pilot(scene: Scene) -> None:
    with pytest.raises(Forbidden):
        preparation.roll_pilot(scene.gig.id, Shown(5, 5, 1200, [KANSAS]), by=scene.company)
