"""Reminders: a day before the shift, once, and only to people who might have forgotten."""

from datetime import datetime, timedelta

from marketplace.core import clock
from marketplace.core.events import timeline
from marketplace.shifts import offers
from marketplace.shifts.models import Booking
from marketplace.shifts.reminders import remind_due
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene


def reminded(booking: Booking) -> list[datetime]:
    return [event.at for event in timeline("booking", booking.id) if event.name == "booking.reminded"]


def test_who_said_yes_days_ago_is_reminded_once_a_day_before(scene: Scene) -> None:
    booking = make.booked(scene)
    assert remind_due() == 0, "it is five days away"
    clock.move_to(MONDAY - timedelta(hours=24))
    assert remind_due() == 1
    assert remind_due() == 0
    assert len(reminded(booking)) == 1


def test_who_said_yes_within_the_day_knows(scene: Scene) -> None:
    clock.move_to(MONDAY - timedelta(hours=20))
    booking = make.booked(scene)
    assert remind_due() == 0
    assert reminded(booking) == []


def test_nobody_is_reminded_of_what_they_gave_back_or_of_what_has_begun(scene: Scene) -> None:
    given_back, begun = make.booked(scene), make.booked(scene)
    offers.release(given_back.id, by=accounts.actor_of(given_back.contractor_id))
    clock.move_to(MONDAY)
    assert remind_due() == 0
    assert reminded(given_back) == reminded(begun) == []
