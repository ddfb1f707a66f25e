"""What a thousand people do, moment by moment: answer offers, come to their shifts, go home.

Everything that belongs to one moment is one transaction. Jobs that look in the middle of it see either nothing of it or
all of it, so the outcome does not depend on when they look.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import func, select

from examples.story import script
from examples.story.world import World
from marketplace.core import clock
from marketplace.core.db import db, transact
from marketplace.core.problems import Problem
from marketplace.shifts import attendance, offers
from marketplace.shifts.models import Booking, Offer
from marketplace.shifts.rules import BookingStatus, OfferStatus


class Crowd:
    """Acts for everybody whom no scene speaks for."""

    def __init__(self, world: World) -> None:
        self._numbers = {person_id: number for number, person_id in enumerate(world.people)}
        self._shifts = {shift_id: index for index, shift_id in enumerate(world.shifts)}
        self._world = world
        self.forgetful: set[UUID] = set()
        """Bookings whose person will not clock out."""

    def number_of(self, person_id: UUID) -> int:
        return self._numbers[person_id]

    def number_of_shift(self, shift_id: UUID) -> int:
        return self._shifts[shift_id]

    def answer_offers(self) -> int:
        """Everybody who was asked answers, or lets the offer expire. Returns how many answered and were not refused."""
        try:
            return transact(partial(self._answer_offers, _plainly))
        except Problem:
            # Somebody is refused, which is rare: everything is undone, and then each answer can be undone alone.
            return transact(partial(self._answer_offers, _apart))

    def _answer_offers(self, do: Callable[[Callable[[], object]], bool]) -> int:
        pending = select(Offer.id, Offer.shift_id, Offer.contractor_id).where(
            Offer.status == OfferStatus.PENDING, Offer.shift_id.in_(self._shifts)
        )
        rows = db.session.execute(pending)
        asked = [(self._shifts[row.shift_id], self._numbers[row.contractor_id], row.id) for row in rows]
        answered = 0
        for shift, number, offer_id in sorted(asked):
            answer = script.answer_of(number, shift)
            if answer != "let_expire":
                act = offers.say_yes if answer == "accept" else offers.decline
                answered += do(partial(act, offer_id, by=self._world.person(number)))
        return answered

    def come(self) -> int:
        """Whoever's shift begins at this moment clocks in, but for those who do not come. Returns how many came."""
        return transact(self._come)

    def _come(self) -> int:
        starting = self._bookings(BookingStatus.BOOKED, func.lower(Booking.during) == clock.now())
        came = 0
        for booking in starting:
            number = self._numbers[booking.contractor_id]
            if script.comes(number, self._shifts.get(booking.shift_id, 0)):
                attendance.clock_in(booking.id, by=self._world.person(number))
                came += 1
        return came

    def go(self) -> int:
        """Whoever's shift ends at this moment clocks out, but for the forgetful. Returns how many went."""
        return transact(self._go)

    def _go(self) -> int:
        ending = self._bookings(BookingStatus.WORKING, func.upper(Booking.during) == clock.now())
        going = [booking for booking in ending if booking.id not in self.forgetful]
        for booking in going:
            attendance.clock_out(booking.id, by=self._world.person(self._numbers[booking.contractor_id]))
        return len(going)

    def _bookings(self, status: BookingStatus, when: object) -> Sequence[Booking]:
        found = db.session.scalars(select(Booking).where(Booking.status == status, when)).all()  # type: ignore[arg-type]
        return sorted(found, key=lambda booking: self._numbers[booking.contractor_id])


def _plainly(act: Callable[[], object]) -> bool:
    act()
    return True


def _apart(act: Callable[[], object]) -> bool:
    """Does it, unless the service refuses: then it alone is undone."""
    try:
        with db.session.begin_nested():
            act()
    except Problem:
        return False
    return True


def moments() -> list[datetime]:
    """When something of the script begins or ends, in order."""
    return sorted({moment for shift in script.shifts() for moment in (shift.starts_at, shift.ends_at)})
