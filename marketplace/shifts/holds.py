"""What a booking holds, as entries of the books. The verbs post them."""

from marketplace.gigs.rules import hold_account as gig_hold
from marketplace.ledger.rules import Entry, Move
from marketplace.shifts.models import Booking


def held(booking: Booking) -> Entry:
    """What the booking may cost at most leaves the gig's money and waits for the work."""
    return Entry(f"booking:{booking.id}:held", [Move(gig_hold(booking.gig_id), booking.hold_account, booking.held)])


def returned(booking: Booking) -> Entry:
    """The whole hold goes back to the gig: nothing was worked and nothing is owed."""
    return Entry(f"booking:{booking.id}:returned", [Move(booking.hold_account, gig_hold(booking.gig_id), booking.held)])
