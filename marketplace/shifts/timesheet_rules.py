"""The lives of timesheets and of the cuts in them, and why minutes are paid that were not worked."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from marketplace.core.problems import Conflict, Invalid
from marketplace.gigs.rules import MOST_PIECES_AN_HOUR

MOST_PIECES = 24 * MOST_PIECES_AN_HOUR
"""More than any shift has."""


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
        # Back to where it waits for its company: the person corrected what was approved (rule CORRECT).
        TimesheetStatus.APPROVED: frozenset({TimesheetStatus.LOCKED, TimesheetStatus.SUBMITTED}),
        TimesheetStatus.LOCKED: frozenset(),
    }
)


class CutCategory(StrEnum):
    """Why a company takes minutes or pieces off a line. Only what was not there can be cut: how well somebody worked
    is no reason."""

    NOT_AT_WORK = "not_at_work"
    OUTSIDE_SHIFT = "outside_shift"
    FORGOTTEN_CLOCK_OUT = "forgotten_clock_out"
    COUNTED_TWICE = "counted_twice"
    SOMEBODY_ELSE = "somebody_else"
    NOT_DELIVERED = "not_delivered"
    """Pieces that were never handed in."""


OF_PIECES = frozenset({CutCategory.NOT_DELIVERED, CutCategory.COUNTED_TWICE, CutCategory.SOMEBODY_ELSE})
"""Reasons for which pieces are cut; every reason but the first of them is one for minutes."""


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


class BadCut(Invalid):
    code = "bad_cut"
    title = "Time cannot be cut like this."
    remedy = "Cut each line at most once, by no more than its paid minutes, and say why."


class BadPieces(Invalid):
    code = "bad_pieces"
    title = "So many pieces cannot be counted."


class FewerPieces(Conflict):
    """Rule PIECES: a company takes no piece in silence."""

    code = "fewer_pieces"
    title = "A company says more pieces than its contractor, never fewer."
    remedy = "Cut the pieces when you answer the timesheet, and say why."


class TooLateToDispute(Conflict):
    """Rule DISPUTE: the window has closed."""

    code = "too_late_to_dispute"
    title = "This cut can no longer be disputed."
