"""Breaks that are due while somebody works: told once each, to whoever has not taken them."""

from datetime import timedelta

from sqlalchemy import select

from marketplace.accounts.rules import CLOCK
from marketplace.core.db import db
from marketplace.core.events import Event, timeline
from marketplace.notices import service
from marketplace.notices.models import Delivery
from marketplace.shifts import attendance, breaks
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.models import Booking
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene

MINUTE = timedelta(minutes=1)


def begun(scene: Scene, hours: float) -> Booking:
    booking = make.booked(scene, hours=hours)
    make.at(MONDAY)
    return attendance.clock_in(booking.id, by=accounts.actor_of(booking.contractor_id))


def told(booking: Booking) -> list[str]:
    """What the person was told of breaks, in order."""
    found = [event for event in timeline("booking", booking.id) if event.name.endswith("break_due")]
    return [event.name.removeprefix("booking.") for event in sorted(found, key=lambda event: event.id)]


def pause(booking: Booking, kind: EntryKind, starts: int, minutes: int) -> None:
    """A break so many minutes after the start, which ends."""
    me = accounts.actor_of(booking.contractor_id)
    make.at(MONDAY + starts * MINUTE)
    attendance.start_break(booking.id, kind, by=me)
    make.at(MONDAY + (starts + minutes) * MINUTE)
    attendance.end_break(booking.id, by=me)


def test_a_paid_break_is_told_once_after_two_hours_of_work(scene: Scene) -> None:
    """Ten minutes belong to every two hours: the first are told at 120 minutes of work. They are taken then, so those
    of the fourth hour come at 250 on the clock; and the end of the shift tells of none."""
    booking = begun(scene, 5)
    make.at(MONDAY + 119 * MINUTE)
    assert breaks.tell_due() == 0
    make.at(MONDAY + 120 * MINUTE)
    assert (breaks.tell_due(), breaks.tell_due(), told(booking)) == (1, 0, ["paid_break_due"])
    pause(booking, EntryKind.PAID_BREAK, 125, 10)
    make.at(MONDAY + 249 * MINUTE)
    assert breaks.tell_due() == 0
    make.at(MONDAY + 250 * MINUTE)
    assert (breaks.tell_due(), told(booking)) == (1, ["paid_break_due"] * 2)
    make.at(booking.ends_at)
    assert breaks.tell_due() == 0


def test_who_took_it_already_or_is_on_a_break_is_told_nothing(scene: Scene) -> None:
    booking = begun(scene, 4)
    pause(booking, EntryKind.PAID_BREAK, 60, 10)
    make.at(MONDAY + 131 * MINUTE)
    assert breaks.tell_due() == 0
    attendance.start_break(booking.id, EntryKind.UNPAID_BREAK, by=accounts.actor_of(booking.contractor_id))
    make.at(MONDAY + 200 * MINUTE)
    assert (breaks.tell_due(), told(booking)) == (0, [])


def test_half_an_hour_is_due_after_six_hours_that_none_has_parted(scene: Scene) -> None:
    """A break of a quarter of an hour parts nothing. The long break is told in place of the paid one of that moment,
    and goes out by the ways that its person chose."""
    booking = begun(scene, 10)
    pause(booking, EntryKind.UNPAID_BREAK, 100, 15)
    make.at(MONDAY + 374 * MINUTE)
    breaks.tell_due()
    assert told(booking) == ["paid_break_due"]
    make.at(MONDAY + 375 * MINUTE)
    assert (breaks.tell_due(), breaks.tell_due(), told(booking)[-1:]) == (1, 0, ["break_due"])
    pause(booking, EntryKind.UNPAID_BREAK, 380, 30)
    make.at(MONDAY + 525 * MINUTE)
    assert (breaks.tell_due(), told(booking)[2:]) == (1, ["paid_break_due"])
    due = select(Event.id).where(Event.name == "booking.break_due").order_by(Event.id)
    service.deliver(db.session.scalars(due).all(), by=CLOCK)
    (sent,) = db.session.scalars(select(Delivery).where(Delivery.person_id == booking.contractor_id))
    assert (str(sent.way), sent.ended_at) == ("mail", None)
