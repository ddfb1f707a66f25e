"""A picture of a shift before its start: whose people say that they come, and which seats are still open."""

from collections import Counter
from collections.abc import Sequence

from flask_babel import gettext

from marketplace.shifts.confirmation import Confirmation
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import BookingStatus
from marketplace.web.pictures import Part, Segment, stacked


def bar(shift: Shift, bookings: Sequence[Booking]) -> list[Segment]:
    """The seats of the shift by how their bookings stand; empty while nobody has one."""
    stand = Counter(each.confirmation for each in bookings if each.status is BookingStatus.BOOKED)
    if not stand:
        return []
    yet_to_answer = stand[Confirmation.ASKED] + stand[Confirmation.NOT_ASKED]
    parts = [
        Part(gettext("confirmed"), str(stand[Confirmation.CONFIRMED]), stand[Confirmation.CONFIRMED], "a"),
        Part(gettext("not asked yet, or yet to answer"), str(yet_to_answer), yet_to_answer, "c"),
        Part(gettext("not confirmed"), str(stand[Confirmation.UNANSWERED]), stand[Confirmation.UNANSWERED], "b"),
        Part(gettext("open"), str(shift.seats_open), shift.seats_open, "ground"),
    ]
    return stacked(parts)
