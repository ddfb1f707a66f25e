"""The lives of shifts, offers, bookings and timesheets, and what this room refuses."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from marketplace.core.problems import Conflict, Forbidden, Invalid


class ShiftStatus(StrEnum):
    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    FINISHED = "finished"


SHIFT_TRANSITIONS: Mapping[ShiftStatus, frozenset[ShiftStatus]] = MappingProxyType(
    {
        ShiftStatus.SCHEDULED: frozenset({ShiftStatus.CANCELLED, ShiftStatus.FINISHED}),
        ShiftStatus.CANCELLED: frozenset(),
        ShiftStatus.FINISHED: frozenset(),
    }
)


class SeriesStatus(StrEnum):
    ACTIVE = "active"
    """Its shifts are laid as far as the horizon reaches, and can be changed."""
    ENDED = "ended"
    """Its last day is over, by its rule or because its company ended it there; or its gig was closed."""


SERIES_TRANSITIONS: Mapping[SeriesStatus, frozenset[SeriesStatus]] = MappingProxyType(
    {SeriesStatus.ACTIVE: frozenset({SeriesStatus.ENDED}), SeriesStatus.ENDED: frozenset()}
)


class OfferStatus(StrEnum):
    PENDING = "pending"
    COLLECTED = "collected"
    """The person said yes, and so may more people than there are seats: the window's end decides (rule RACE)."""
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    NOT_CHOSEN = "not_chosen"
    """The person said yes, and the seats went to others; `Offer.decision` says why."""


OPEN_OFFER = (OfferStatus.PENDING, OfferStatus.COLLECTED)
"""An offer of which a seat may still come."""

OFFER_TRANSITIONS: Mapping[OfferStatus, frozenset[OfferStatus]] = MappingProxyType(
    {
        OfferStatus.PENDING: frozenset(
            {
                OfferStatus.COLLECTED,
                OfferStatus.ACCEPTED,
                OfferStatus.DECLINED,
                OfferStatus.EXPIRED,
                OfferStatus.WITHDRAWN,
            }
        ),
        OfferStatus.COLLECTED: frozenset(
            {OfferStatus.ACCEPTED, OfferStatus.NOT_CHOSEN, OfferStatus.DECLINED, OfferStatus.WITHDRAWN}
        ),
        OfferStatus.NOT_CHOSEN: frozenset(),
        OfferStatus.ACCEPTED: frozenset(),
        OfferStatus.DECLINED: frozenset(),
        OfferStatus.EXPIRED: frozenset(),
        OfferStatus.WITHDRAWN: frozenset(),
    }
)


class Because(StrEnum):
    """Why somebody whose yes was collected has, or has not, got a seat."""

    PLACE = "place"
    """Of those who said yes they were among the first, or not, in the order of the points."""
    RULE = "rule"
    """A rule does not let the person take it any more; the verdict stands beside."""
    FUNDS = "funds"
    """The gig does not hold the money for one seat more."""
    NOT_HELD = "not_held"
    """The shift has begun or is not held, or its gig is not open."""


class BookingStatus(StrEnum):
    BOOKED = "booked"
    """The person said yes and the money is held."""
    WORKING = "working"
    """Clocked in, on a break included."""
    WORKED = "worked"
    RELEASED = "released"
    """Given back by the person before the start."""
    CANCELLED = "cancelled"
    """Taken back by the company."""
    NO_SHOW = "no_show"
    SICK = "sick"
    """Given up before the work began, because the person fell ill. Whoever falls ill while working has `WORKED`."""
    TAKEN_OUT = "taken_out"
    """Ended by the service before the start, because the work became heavier than the person had agreed to."""
    EXCUSED = "excused"
    """The person could not come, because power or network was lost. It is no missed shift (rule OUTAGE)."""
    HANDED_OVER = "handed_over"
    """Somebody else has taken the seat over, alone or against a shift of theirs (rule HANDOVER)."""
    STOOD_BY = "stood_by"
    """Stood by and was not needed. It is paid (rule STANDBY)."""


ACTIVE_BOOKING = (BookingStatus.BOOKED, BookingStatus.WORKING)
"""A booking that holds its person's time: no two of one person may overlap."""

BOOKING_TRANSITIONS: Mapping[BookingStatus, frozenset[BookingStatus]] = MappingProxyType(
    {
        BookingStatus.BOOKED: frozenset(
            {
                BookingStatus.WORKING,
                BookingStatus.RELEASED,
                BookingStatus.CANCELLED,
                BookingStatus.NO_SHOW,
                BookingStatus.SICK,
                BookingStatus.TAKEN_OUT,
                BookingStatus.EXCUSED,
                BookingStatus.HANDED_OVER,
                BookingStatus.STOOD_BY,
            }
        ),
        BookingStatus.WORKING: frozenset({BookingStatus.WORKED}),
        BookingStatus.WORKED: frozenset(),
        BookingStatus.RELEASED: frozenset(),
        BookingStatus.CANCELLED: frozenset(),
        BookingStatus.NO_SHOW: frozenset({BookingStatus.EXCUSED, BookingStatus.WORKING}),
        BookingStatus.SICK: frozenset(),
        BookingStatus.TAKEN_OUT: frozenset(),
        BookingStatus.EXCUSED: frozenset(),
        BookingStatus.HANDED_OVER: frozenset(),
        BookingStatus.STOOD_BY: frozenset(),
    }
)


SEAT_FREE = (
    BookingStatus.RELEASED,
    BookingStatus.SICK,
    BookingStatus.TAKEN_OUT,
    BookingStatus.EXCUSED,
    BookingStatus.HANDED_OVER,
)
"""A booking that has no seat of the shift any more: it was given back, or somebody else has it."""


class LeadPart(StrEnum):
    """What the lead of a shift does in minutes of their own."""

    BRIEFING = "briefing"
    """Before the shift."""
    CHECKING = "checking"
    """After it."""


# --- problems -------------------------------------------------------------------------------------------------------


class BadShift(Invalid):
    code = "bad_shift"
    title = "A shift like this cannot be scheduled."


class GigNotOpen(Conflict):
    code = "gig_not_open"
    title = "The gig is not open, so nobody can be scheduled or booked for it."
    remedy = "Publish or resume the gig first."


class VolumeCapReached(Conflict):
    """House rule PILOT: the first hours of a gig run under a cap until its pilot is recorded."""

    code = "volume_cap_reached"
    title = "The gig may not schedule more hours before its pilot is recorded."
    remedy = "Record the pilot's result, or schedule fewer hours."


class NotEligible(Conflict):
    """A rule says no. The members carry the verdict that decided, with its source and remedy."""

    code = "not_eligible"
    title = "A rule does not allow this person in this shift."


class OfferGone(Conflict):
    code = "offer_gone"
    title = "This offer is not open any more."
    remedy = "Look at the other shifts that are open to you."


class YesIsCollected(Conflict):
    """Rule RACE: the seat is not this person's alone."""

    code = "yes_is_collected"
    title = "More people are asked than seats are open, so this yes takes no seat at once."
    remedy = "Say yes: it is collected, and when the window closes the order of the points decides."


class SeatsGone(Conflict):
    code = "seats_gone"
    title = "All seats of this shift are taken."
    remedy = "Look at the other shifts that are open to you."


class DoubleBooked(Conflict):
    code = "double_booked"
    title = "This person has another booking at that time."
    remedy = "Give the other booking back or decline the offer of that time first, or take a shift at another time."


class GigOutOfFunds(Conflict):
    """The company is told (`shortage.tell()`), since the worker can do nothing about it."""

    code = "gig_out_of_funds"
    title = "The gig does not hold enough money to promise the pay of this shift."
    remedy = "The company was told and has to fund the gig; the offer stays open until it expires."


class BadLead(Invalid):
    """Rule LEAD."""

    code = "bad_lead"
    title = "A lead cannot be named like this."


class LeadNamed(Conflict):
    code = "lead_named"
    title = "Somebody leads this shift already."
    remedy = "Cancel the minutes of that lead first; their price is shown before."


class NotYours(Forbidden):
    code = "not_yours"
    title = "Only the person it is about may do this."


class PriceChanged(Conflict):
    code = "price_changed"
    title = "Cancelling costs more than the price that was agreed to."
    remedy = "Look at the present price and confirm it."


class BadOffer(Invalid):
    code = "bad_shift_offer"
    title = "An offer like this cannot be made."


class OnStandby(Conflict):
    code = "on_standby"
    title = "Who stands by does not work yet."
    remedy = "Say that you are ready. You are told when a seat is yours."


class NotStandingBy(Conflict):
    code = "not_standing_by"
    title = "This booking is a seat, and nobody stands by in it."
    remedy = "Clock in shortly before the shift."


class ShiftBegun(Conflict):
    code = "shift_begun"
    title = "The shift has begun, is over or is not held."
    remedy = "Choose a shift that is still to come."
