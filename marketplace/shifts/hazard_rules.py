"""The lives of flags against distressing work and of the back-pay that a raised class owes."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from marketplace.core.problems import Conflict


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


class NotUnlawful(Conflict):
    code = "not_unlawful"
    title = "Only a flag of unlawful content closes a gig."
    remedy = "Raise the class of the gig, or dismiss the flag with an answer."
