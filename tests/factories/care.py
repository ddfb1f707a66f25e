"""People who have earned sick leave, by working for it."""

from datetime import datetime, timedelta

from marketplace.core.db import transaction
from marketplace.shifts.models import Booking
from marketplace.workforce.models import Contractor
from tests.factories import pay, shifts
from tests.factories.shifts import MONDAY, Scene

NEXT_MONDAY = MONDAY + timedelta(days=7)


def earned_an_hour(scene: Scene, person: Contractor) -> list[Booking]:
    """Thirty hours worked from Monday to Thursday, approved and paid: one hour of leave, worth an hour's rate."""
    with transaction():
        done = [shifts.worked(scene, person, starts_at=MONDAY + timedelta(days=d), hours=7.5) for d in range(4)]
        for booking in done:
            pay.approved(scene, booking)
    pay.paid()
    return done


def on_day(day: int) -> datetime:
    """The usual start so many days after the Monday of the week in which no leave is earned."""
    return NEXT_MONDAY + timedelta(days=day)
