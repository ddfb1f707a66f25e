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


class FlagStatus(StrEnum):
    """What became of a worker's flag."""

    OPEN = "open"
    UPHELD = "upheld"
    """The class was raised."""
    DISMISSED = "dismissed"
    """An operator looked and found the class right, and said why."""
    REPORTED = "reported"
    """An operator found the content unlawful: the gig is closed, and the content was reported."""


FLAG_TRANSITIONS: Mapping[FlagStatus, frozenset[FlagStatus]] = MappingProxyType(
    {
        FlagStatus.OPEN: frozenset({FlagStatus.UPHELD, FlagStatus.DISMISSED, FlagStatus.REPORTED}),
        FlagStatus.UPHELD: frozenset(),
        FlagStatus.DISMISSED: frozenset(),
        FlagStatus.REPORTED: frozenset(),
    }
)


class BackPayStatus(StrEnum):
    """What became of a premium that is owed for work that was paid before its class was raised."""

    DUE = "due"
    """Held for the booking; the next pay run takes it."""
    PAID = "paid"
    """A pay run has taken it."""


BACK_PAY_TRANSITIONS: Mapping[BackPayStatus, frozenset[BackPayStatus]] = MappingProxyType(
    {BackPayStatus.DUE: frozenset({BackPayStatus.PAID}), BackPayStatus.PAID: frozenset()}
)


class EntryKind(StrEnum):
    """What a stretch of time on the clock was. All but the unpaid break are paid, an outage up to its number."""

    WORK = "work"
    WAITING = "waiting"
    OUTAGE = "outage"
    """Power or network is lost (rule OUTAGE)."""
    PAID_BREAK = "paid_break"
    UNPAID_BREAK = "unpaid_break"


PAID_KINDS = (EntryKind.WORK, EntryKind.WAITING, EntryKind.OUTAGE, EntryKind.PAID_BREAK)
BREAKS = (EntryKind.PAID_BREAK, EntryKind.UNPAID_BREAK)


class Press(StrEnum):
    """What a person presses on the clock; a device without network keeps it and sends it later."""

    CLOCK_IN = "clock_in"
    WORK = "work"
    """Back from a break, from waiting or from an outage."""
    WAITING = "waiting"
    PAID_BREAK = "paid_break"
    UNPAID_BREAK = "unpaid_break"
    OUTAGE = "outage"
    CLOCK_OUT = "clock_out"


class TapOutcome(StrEnum):
    """What became of a press that a device had kept."""

    COUNTED = "counted"
    REFUSED = "refused"


class EntrySource(StrEnum):
    PERSON = "person"
    JOB = "job"
    COMPANY = "company"


class EntryFlag(StrEnum):
    """What whoever approves the time should look at. A flag never changes a minute by itself."""

    CLIENT_TIME = "client_time"
    """The device's time was taken, because it lay within the bound."""
    CLIENT_TIME_REFUSED = "client_time_refused"
    """The device's time lay outside the bound; the server's was taken."""
    CORRECTED = "corrected"
    """It was written down later; the correction says by whom and why (rule CORRECT)."""
    CLAIMED = "claimed"
    """It was pressed on a device that had no network for long; what it says is taken (rule OFFLINE)."""
    FORGOTTEN = "forgotten_clock_out"
    """A job closed it at the end of the shift."""
    ENDED_BY_COMPANY = "ended_by_company"
    FELL_ILL = "fell_ill"
    """The person reported sick, and the clock was stopped at that moment."""
    CAP_REACHED = "cap_reached"
    """The day's or week's cap of the hazard class was reached, and the clock was stopped at that minute."""
    CLASS_RAISED = "class_raised"
    """The work became heavier than the person had agreed to, and the clock was stopped at that moment."""
    OUTAGE = "outage"
    """Power or network was lost; the time is paid up to the number of the rule."""
    UNLAWFUL_CONTENT = "unlawful_content"
    """The content was found unlawful, and every clock of the gig was stopped at that moment."""


class TimesheetStatus(StrEnum):
    OPEN = "open"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    """Without the minutes that the company has cut, if any."""
    LOCKED = "locked"
    """A pay run has taken it."""


TIMESHEET_TRANSITIONS: Mapping[TimesheetStatus, frozenset[TimesheetStatus]] = MappingProxyType(
    {
        TimesheetStatus.OPEN: frozenset({TimesheetStatus.SUBMITTED}),
        TimesheetStatus.SUBMITTED: frozenset({TimesheetStatus.APPROVED}),
        TimesheetStatus.APPROVED: frozenset({TimesheetStatus.LOCKED}),
        TimesheetStatus.LOCKED: frozenset(),
    }
)


class LeadPart(StrEnum):
    """What the lead of a shift does in minutes of their own."""

    BRIEFING = "briefing"
    """Before the shift."""
    CHECKING = "checking"
    """After it."""


class CorrectedBy(StrEnum):
    """Whose correction of the clock it is."""

    PERSON = "person"
    DEVICE = "device"
    """The person's, whose phone had no network until a job had stopped the clock (rule OFFLINE)."""
    COMPANY = "company"


class CorrectionStatus(StrEnum):
    """Where a correction of the clock stands."""

    PROPOSED = "proposed"
    """The company's, and it takes minutes: nothing is changed until the person says yes."""
    CLAIMED = "claimed"
    """It counts, and the other side has not said anything."""
    ACCEPTED = "accepted"
    CONTESTED = "contested"
    """The other side does not agree. A person's correction counts on, and only a cut can take its minutes; a company's
    does not count any more."""
    LAPSED = "lapsed"
    """A later correction took its place, or the timesheet was answered first."""


OPEN_CORRECTION = (CorrectionStatus.PROPOSED, CorrectionStatus.CLAIMED)
CORRECTION_TRANSITIONS: Mapping[CorrectionStatus, frozenset[CorrectionStatus]] = MappingProxyType(
    {
        each: frozenset({CorrectionStatus.ACCEPTED, CorrectionStatus.CONTESTED, CorrectionStatus.LAPSED})
        for each in OPEN_CORRECTION
    }
    | {each: frozenset() for each in (CorrectionStatus.ACCEPTED, CorrectionStatus.CONTESTED, CorrectionStatus.LAPSED)}
)


class CutCategory(StrEnum):
    """Why a company takes minutes off a line. Only time can be cut: how well somebody worked is no reason."""

    NOT_AT_WORK = "not_at_work"
    OUTSIDE_SHIFT = "outside_shift"
    FORGOTTEN_CLOCK_OUT = "forgotten_clock_out"
    COUNTED_TWICE = "counted_twice"
    SOMEBODY_ELSE = "somebody_else"


NOT_WORKING = frozenset({CutCategory.NOT_AT_WORK, CutCategory.FORGOTTEN_CLOCK_OUT})
"""Reasons that say of time on the clock that nobody worked in it: the penalties for time of OPEN_QUESTION."""


class CutStatus(StrEnum):
    """Where a cut stands. Its money is held until it is `upheld` or `paid`."""

    OPEN = "open"
    """The contractor may still dispute it."""
    CLAIMED = "claimed"
    """It is disputed."""
    UPHELD = "upheld"
    """Nothing of it is restored, and its money went back to the gig."""
    RESTORED = "restored"
    """Minutes of it are to be paid after all."""
    PAID = "paid"
    """A pay run has taken what was restored."""


PENDING_CUT = (CutStatus.OPEN, CutStatus.CLAIMED, CutStatus.RESTORED)
"""A cut whose money may still be owed."""
CUT_TRANSITIONS: Mapping[CutStatus, frozenset[CutStatus]] = MappingProxyType(
    {
        CutStatus.OPEN: frozenset({CutStatus.CLAIMED, CutStatus.UPHELD}),
        CutStatus.CLAIMED: frozenset({CutStatus.UPHELD, CutStatus.RESTORED}),
        CutStatus.RESTORED: frozenset({CutStatus.PAID}),
        CutStatus.UPHELD: frozenset(),
        CutStatus.PAID: frozenset(),
    }
)


class CutEnd(StrEnum):
    """Why a cut is decided."""

    UNCLAIMED = "unclaimed"
    """Nobody disputed it in time."""
    WITHDRAWN = "withdrawn"
    """The contractor took the claim back."""
    RULED = "ruled"
    NOT_RULED = "not_ruled"
    """Nobody ruled in time, which favours the contractor."""
    ADVANCED = "advanced"
    """The sum is small, so it is paid at once; the ruling decides who bears it (rule APPEAL_ADVANCE)."""


class CompensationRule(StrEnum):
    """Why minutes are paid that were not worked."""

    NOTICE = "NOTICE"
    """The shift was cancelled late."""
    CALL_IN = "CALL_IN"
    """The shift was ended by the company after it had begun."""
    HAZARD = "HAZARD"
    """Distressing work had to stop, at its cap or because it became heavier: neutral hours fill the schedule."""
    OUTAGE = "OUTAGE"
    """Power or network was lost, and the person could not come."""


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


class TooLateForOutage(Conflict):
    code = "too_late_for_outage"
    title = "An outage is reported within a stated time after its shift."
    remedy = "Write to the company, or to the operators."


class NotUnlawful(Conflict):
    code = "not_unlawful"
    title = "Only a flag of unlawful content closes a gig."
    remedy = "Raise the class of the gig, or dismiss the flag with an answer."


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
    remedy = "Give the other booking back first, or take a shift at another time."


class GigOutOfFunds(Conflict):
    code = "gig_out_of_funds"
    title = "The gig does not hold enough money to promise the pay of this shift."
    remedy = "The company has to fund the gig; the offer stays open until it expires."


class TooEarly(Conflict):
    code = "too_early"
    title = "The shift has not begun."
    remedy = "Clock in shortly before its start."


class TooLateToClaim(Conflict):
    """Rule OFFLINE."""

    code = "too_late_to_claim"
    title = "What a device kept counts up to 24 hours later."
    remedy = "If you worked, tell the company before it approves the timesheet."


class ShiftOver(Conflict):
    code = "shift_over"
    title = "The shift is over."
    remedy = "If you worked, tell the company before it approves the timesheet."


class NotClockedIn(Conflict):
    code = "not_clocked_in"
    title = "The clock is not running for this booking."
    remedy = "Clock in first."


class BadLead(Invalid):
    """Rule LEAD."""

    code = "bad_lead"
    title = "A lead cannot be named like this."


class LeadNamed(Conflict):
    code = "lead_named"
    title = "Somebody leads this shift already."
    remedy = "Cancel the minutes of that lead first; their price is shown before."


class BadCorrection(Invalid):
    code = "bad_correction"
    title = "The clock cannot be corrected like this."
    remedy = "Tell the time from its beginning to its end, within the shift and without a gap; a break is a part of it."


class TooLateToCorrect(Conflict):
    """Rule CORRECT."""

    code = "too_late_to_correct"
    title = "The clock can be corrected for 48 hours after the shift, until its timesheet is answered."
    remedy = "Write to the company about it."


class ClockElsewhere(Conflict):
    code = "clock_elsewhere"
    title = "At that time the clock ran in another shift."
    remedy = "Leave that time out, or correct the other shift first."


class BadCut(Invalid):
    code = "bad_cut"
    title = "Time cannot be cut like this."
    remedy = "Cut each line at most once, by no more than its paid minutes, and say why."


class WaitedForAnswer(Conflict):
    """Rule OPEN_QUESTION: what was asked had no answer in this time, or a late one."""

    code = "waited_for_answer"
    title = "In this time a question waited for your answer."
    remedy = "Answer what is open. Minutes that waited for a late answer stay paid."


class TooLateToDispute(Conflict):
    """Rule DISPUTE: the window has closed."""

    code = "too_late_to_dispute"
    title = "This cut can no longer be disputed."


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
