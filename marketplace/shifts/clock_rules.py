"""What the clock of a shift keeps, what a correction of it is, and what is refused about it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from marketplace.core.problems import Conflict, Invalid


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
    CAP_EXCEEDED = "cap_exceeded"
    """Without network nothing could stop the clock: the work went beyond a cap of its hazard class. It is paid, and
    operators are told."""
    CLASS_RAISED = "class_raised"
    """The work became heavier than the person had agreed to, and the clock was stopped at that moment."""
    OUTAGE = "outage"
    """Power or network was lost; the time is paid up to the number of the rule."""
    UNLAWFUL_CONTENT = "unlawful_content"
    """The content was found unlawful, and every clock of the gig was stopped at that moment."""


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


class TooLateForOutage(Conflict):
    code = "too_late_for_outage"
    title = "An outage is reported within a stated time after its shift."
    remedy = "Write to the company, or to the operators."


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


class BadCorrection(Invalid):
    code = "bad_correction"
    title = "The clock cannot be corrected like this."
    remedy = "Tell the time from its beginning to its end, within the shift and without a gap; a break is a part of it."


class TooLateToCorrect(Conflict):
    """Rule CORRECT."""

    code = "too_late_to_correct"
    title = "The clock can be corrected for 48 hours after the shift, until its timesheet is paid."
    remedy = "Write to the company about it."


class ClockElsewhere(Conflict):
    code = "clock_elsewhere"
    title = "At that time the clock ran in another shift."
    remedy = "Leave that time out, or correct the other shift first."


class WaitedForAnswer(Conflict):
    """Rule OPEN_QUESTION: what was asked had no answer in this time, or a late one."""

    code = "waited_for_answer"
    title = "In this time a question waited for your answer."
    remedy = "Answer what is open. Minutes that waited for a late answer stay paid."
