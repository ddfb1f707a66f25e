"""What a thousand people do, moment by moment: answer offers, come to their shifts, go home.

Everything that belongs to one moment is one transaction. Jobs that look in the middle of it see either nothing of it or
all of it, so the outcome does not depend on when they look.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from examples.story import script
from examples.story.world import World
from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db, transact
from marketplace.core.problems import Problem
from marketplace.shifts import attendance, offers
from marketplace.shifts.models import Booking, Offer
from marketplace.shifts.rules import BookingStatus, OfferStatus


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody says to an offer of the shift of that number."""

    shift: int
    offer_id: UUID
    by: Actor
    accepts: bool


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
            return transact(self._answer_together)
        except Problem:
            # Somebody is refused, which is rare: everything is undone, and then each answer can be undone alone.
            return transact(self._answer_apart)

    def _answer_together(self) -> int:
        """Shift by shift, everybody who was asked about one at once, as if nobody were first."""
        answers = self._answers()
        for shift in dict.fromkeys(each.shift for each in answers):
            among = [each for each in answers if each.shift == shift]
            offers.say_yes_together({each.offer_id: each.by for each in among if each.accepts})
            offers.decline_together({each.offer_id: each.by for each in among if not each.accepts})
        return len(answers)

    def _answer_apart(self) -> int:
        answered = 0
        for each in self._answers():
            act = offers.say_yes if each.accepts else offers.decline
            answered += _unless_refused(partial(act, each.offer_id, by=each.by))
        return answered

    def _answers(self) -> list[Answer]:
        """What everybody says who was asked and does not let it expire: by shift, and by number."""
        pending = select(Offer.id, Offer.shift_id, Offer.contractor_id).where(
            Offer.status == OfferStatus.PENDING, Offer.shift_id.in_(self._shifts)
        )
        rows = db.session.execute(pending)
        asked = [(self._shifts[row.shift_id], self._numbers[row.contractor_id], row.id) for row in rows]
        found = [
            (script.answer_of(number, shift), shift, number, offer_id) for shift, number, offer_id in sorted(asked)
        ]
        return [
            Answer(shift, offer_id, self._world.person(number), said == "accept")
            for said, shift, number, offer_id in found
            if said != "let_expire"
        ]

    def come(self) -> int:
        """Whoever's shift begins at this moment clocks in, but for those who do not come. Returns how many came."""
        return transact(self._come)

    def _come(self) -> int:
        starting = self._bookings(BookingStatus.BOOKED, func.lower(Booking.during) == clock.now())
        numbers = {booking.id: self._numbers[booking.contractor_id] for booking in starting}
        shifts = {booking.id: self._shifts.get(booking.shift_id, 0) for booking in starting}
        coming = [known for known, number in numbers.items() if script.comes(number, shifts[known])]
        attendance.clock_in_together({known: self._world.person(numbers[known]) for known in coming})
        return len(coming)

    def go(self) -> int:
        """Whoever's shift ends at this moment clocks out, but for the forgetful. Returns how many went."""
        return transact(self._go)

    def _go(self) -> int:
        ending = self._bookings(BookingStatus.WORKING, func.upper(Booking.during) == clock.now())
        going = [booking for booking in ending if booking.id not in self.forgetful]
        attendance.clock_out_together(
            {booking.id: self._world.person(self._numbers[booking.contractor_id]) for booking in going}
        )
        return len(going)

    def _bookings(self, status: BookingStatus, when: ColumnElement[bool]) -> Sequence[Booking]:
        found = db.session.scalars(select(Booking).where(Booking.status == status, when)).all()
        return sorted(found, key=lambda booking: self._numbers[booking.contractor_id])


def _unless_refused(act: Callable[[], object]) -> bool:
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
