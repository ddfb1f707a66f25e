"""The law of disputes: which state follows which, until when, and who may not rule."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType

from marketplace.core.problems import Conflict, Forbidden, Invalid
from marketplace.standards.catalogue import RULES

RULE_WITHIN = timedelta(days=RULES["DISPUTE"].parameters["ruling_days"])
"""How long operators have to rule. After that everything is restored (rule DISPUTE)."""


SMALL_MINUTES = RULES["APPEAL_ADVANCE"].parameters["most_minutes"]
MOST_ADVANCED = RULES["APPEAL_ADVANCE"].parameters["times_in_30_days"]
OFTEN = timedelta(days=30)
"""How many minutes are a small sum, and how often in 30 days one is paid at once (rule APPEAL_ADVANCE)."""


class DisputeStatus(StrEnum):
    CLAIMED = "claimed"
    """The contractor has claimed against the cut; a ruling is due."""
    RULED = "ruled"
    DEFAULTED = "defaulted"
    """Nobody ruled in time, so everything was restored."""
    WITHDRAWN = "withdrawn"
    """The contractor took the claim back; the cut stands."""


DISPUTE_TRANSITIONS: Mapping[DisputeStatus, frozenset[DisputeStatus]] = MappingProxyType(
    {
        DisputeStatus.CLAIMED: frozenset({DisputeStatus.RULED, DisputeStatus.DEFAULTED, DisputeStatus.WITHDRAWN}),
        DisputeStatus.RULED: frozenset(),
        DisputeStatus.DEFAULTED: frozenset(),
        DisputeStatus.WITHDRAWN: frozenset(),
    }
)


class StatementKind(StrEnum):
    """What was said, and so by which side."""

    CLAIM = "claim"
    """The contractor's, which opens the dispute."""
    ANSWER = "answer"
    """The company's."""
    REPLY = "reply"
    """The contractor's, to the company."""
    REASON = "reason"
    """The ruling's."""


class NotImpartial(Forbidden):
    code = "not_impartial"
    title = "Nobody rules on a dispute in which they take a side."
    remedy = "Ask another operator."


class PaidAlready(Conflict):
    code = "paid_already"
    title = "The sum was paid at once, so a ruling says who bears it."
    remedy = "You keep what was paid, whatever the ruling says."


class TooLateToRule(Conflict):
    code = "too_late_to_rule"
    title = "The time for a ruling is over, and everything is restored."


class BadRuling(Invalid):
    code = "bad_ruling"
    title = "A ruling restores between none and all of the minutes that were cut."


class NothingSaid(Invalid):
    code = "nothing_said"
    title = "Say it in words."
