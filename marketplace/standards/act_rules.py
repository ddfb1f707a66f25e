"""The law of what one operator may do with money alone, and what takes a second one (rule TWO_PEOPLE)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from marketplace.core.money import Money
from marketplace.core.problems import Conflict, Forbidden


class ActKind(StrEnum):
    """What was done."""

    PAID = "paid"
    """A payment was put into a file, and let go."""
    FOUND = "found"
    """What became of a payment was written down."""
    BOOKED = "booked"
    """A line of a bank statement was booked."""
    ENDED = "ended"
    """A line of a bank statement was sent back, or what it took the service bears."""
    EXPLAINED = "explained"
    """A movement of a rail that nothing causes is the service's own."""
    CREDITED = "credited"
    """A company has some of the service's fee again."""
    GIVEN_BACK = "given_back"
    """Tax that was withheld is its person's again."""
    TAKEN_IN = "taken_in"
    """Money of another provider is somebody's benefit."""
    SENT = "sent"
    """Money of a benefit has gone to another provider."""
    RETURNED = "returned"
    """It could not be sent, and is the person's benefit again."""
    TAKEN_BACK = "taken_back"
    """A payout that went wrong is taken back from its person's account."""
    BORNE = "borne"
    """It is decided who bears what a payer's bank has kept."""
    KEPT = "kept"
    """What came by bank and is nobody's is the service's own."""
    GRANTED = "granted"
    """A member of a company has given somebody a bonus."""
    REOPENED = "reopened"
    """What was said of a line of a bank statement that is over is taken back."""
    COUNTED = "counted"
    """What a payer's bank gave back in another currency counts as so much of the deposit."""


class ActStatus(StrEnum):
    ALONE = "alone"
    """One person has done it."""
    WAITING = "waiting"
    """Nothing has moved: a second person has to agree."""
    AGREED = "agreed"
    WITHDRAWN = "withdrawn"


ACT_TRANSITIONS: Mapping[ActStatus, frozenset[ActStatus]] = MappingProxyType(
    {
        # By a file that is withdrawn, so that nothing was done by it.
        ActStatus.ALONE: frozenset({ActStatus.WITHDRAWN}),
        ActStatus.WAITING: frozenset({ActStatus.AGREED, ActStatus.WITHDRAWN}),
        ActStatus.AGREED: frozenset(),
        ActStatus.WITHDRAWN: frozenset(),
    }
)


class SecondPerson(Forbidden):
    """Raised for whoever did the first step themselves."""

    code = "second_person_needed"
    title = "Above the limit two different people are needed."
    remedy = "Ask another operator of finance to look."


class WaitsAlready(Conflict):
    code = "waits_for_second_person"
    title = "This waits already for a second person."
    remedy = "Another operator of finance agrees, or takes it back."


def is_much(now: Money, before: Money, limit: Money) -> bool:
    """Whether what one person is about to do, with what they did alone before by the same file or on the same day,
    comes to more than the limit: at 500.00 USD, 300.00 after 200.00 does not, and 300.01 does."""
    return (before + now).amount > limit.amount
