"""By which ways somebody is told outside of the service, and what of it they choose. Pure.

The inbox is no such way: whatever is told to somebody stands there, so that nobody loses it by a choice.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from marketplace.core.problems import Invalid
from marketplace.standards.catalogue import RULES
from marketplace.standards.hours import Span


class Way(StrEnum):
    """How a message leaves the service."""

    MAIL = "mail"
    SMS = "sms"
    WHATSAPP = "whatsapp"
    PUSH = "push"
    """A notification of a browser that its owner allowed."""


SOON: Final = timedelta(hours=RULES["QUIET"].parameters["soon_hours"])
"""How long before a shift of theirs somebody is rung in their quiet hours, too (rule QUIET)."""
TEXTS: Final = frozenset({Way.SMS, Way.WHATSAPP})
"""Ways that end at a telephone number."""


class Kind(StrEnum):
    """What an event is about, for whoever chooses how to be told."""

    OFFERS = "offers"
    SHIFTS = "shifts"
    """Shifts that somebody is booked for, and what becomes of them."""
    MONEY = "money"
    """What somebody earned, was paid, is owed, or claims."""
    STANDING = "standing"
    """Decisions about a person or a company, contracts, papers."""
    TALK = "talk"
    """Questions, answers, surveys."""
    ACCOUNT = "account"
    """Who can sign in, and everything that belongs nowhere else."""


_NOUNS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.OFFERS: ("offer", "crew", "cover"),
        Kind.SHIFTS: ("booking", "shift", "handover", "swap_proposal", "standby", "confirmation", "release", "series"),
        Kind.MONEY: (
            "payslip", "payout", "reversal", "timesheet", "correction", "deposit", "benefit", "benefit_transfer",
            "guarantee", "bonus", "dispute", "chargeback", "evidence",
        ),
        Kind.STANDING: (
            "contractor", "restriction", "appeal", "proposal", "requirement", "residence_change", "company",
            "contract", "qualification", "test_contest", "match_contest", "payout_contest", "attempt", "hiding",
            "hazard_flag", "strike", "reliability",
        ),
        Kind.TALK: ("thread", "question", "survey", "concern", "defect", "message", "channel"),
    }
)  # fmt: skip
_KINDS: Final = {noun: kind for kind, nouns in _NOUNS.items() for noun in nouns}
CANNOT_BE_MUTED: Final = frozenset({Kind.MONEY, Kind.STANDING, Kind.ACCOUNT})
"""Of what decides about a person, of their pay and of who can sign in they are always told outside of the service too:
what they can choose is the way."""
_AT_ONCE: Final = frozenset({Kind.OFFERS, Kind.SHIFTS})
"""What a telephone rings for unless its owner says otherwise."""
FALL_BACK: Final = (Way.PUSH, Way.MAIL, Way.SMS)
"""Where a message goes next that could not be delivered: what costs nobody anything comes first. WhatsApp is left to
whoever chose it, since it hands the number to a third company."""
Chosen = Mapping[Kind, frozenset[Way]]
"""What somebody chose; about a kind that it does not name nothing was said."""


class State(StrEnum):
    """What is known of one message."""

    QUEUED = "queued"
    SENT = "sent"
    """Handed to whoever carries it."""
    DELIVERED = "delivered"
    """Whoever carries it says that it has arrived. E-mail has no such receipt."""
    FAILED = "failed"
    UNHEARD = "unheard"
    """It was handed over, and no receipt came in time: nobody knows, so the next way is tried too."""
    OVER = "over"
    """Not sent, since what it asks was answered or over before it could ring."""


OVER: Final = "over"
"""What stands in the place of an error then."""


UNHEARD: Final = "no_receipt"
"""What stands in the place of an error where no receipt came in time."""
RECEIPT_WITHIN: Final = timedelta(minutes=15)
"""How long the receipt of a text message is awaited (our own number): a telephone that is off costs nobody the time to
answer, and few messages that arrive need longer."""


class Outcome(StrEnum):
    """What a receipt can say of one message."""

    DELIVERED = "delivered"
    FAILED = "failed"


def kind_of(event: str) -> Kind:
    """What kind of event it is, by the noun that its name begins with."""
    return _KINDS.get(event.partition(".")[0], Kind.ACCOUNT)


def usual(kind: Kind) -> frozenset[Way]:
    """The ways of a kind about which nothing was said, as far as the person has them."""
    return frozenset({Way.MAIL, Way.SMS, Way.PUSH}) if kind in _AT_ONCE else frozenset({Way.MAIL})


def ways_for(kind: Kind, chosen: Chosen, has: Collection[Way]) -> list[Way]:
    """By which ways somebody is told, of those that they have. Where they have none of what they chose they are told by
    e-mail, unless they chose to be told nothing."""
    wanted = chosen.get(kind, usual(kind))
    found = [way for way in Way if way in wanted and way in has]
    return found or ([Way.MAIL] if wanted else [])


def next_way(tried: Collection[Way], has: Collection[Way]) -> Way | None:
    """By which way a message goes that could not be delivered by those that were tried."""
    return next((way for way in FALL_BACK if way in has and way not in tried), None)


def clipped(text: str, most: int) -> str:
    """The text, cut at the end of a word where it is too long for whatever carries it."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def state(*, ended: bool, error: str | None, delivered: bool) -> State:
    if not ended:
        return State.QUEUED
    if error is not None:
        return {OVER: State.OVER, UNHEARD: State.UNHEARD}.get(error, State.FAILED)
    return State.DELIVERED if delivered else State.SENT


class CannotBeMuted(Invalid):
    code = "cannot_be_muted"
    title = "Of your pay, of decisions about you and of your account you are always told outside of the service, too."
    remedy = "Choose at least one way for each of them. What stays up to you is which."


def check_choice(chosen: Chosen) -> None:
    """Raises CannotBeMuted where somebody chose to be told nothing of what they must be told."""
    for kind in Kind:
        if kind in CANNOT_BE_MUTED and not chosen.get(kind, usual(kind)):
            raise CannotBeMuted(field=str(kind))


def rings_at(
    now: datetime, awake: datetime, *, span: Span | None = None, over_at: datetime | None = None, urgent: bool = False
) -> datetime:
    """When somebody is rung whose quiet hours end at `awake` (rule QUIET): then, but at once about a shift of theirs,
    from `span`, that runs or begins soon, and, for whoever wants that, about an offer that would be over before."""
    if span is not None and span.ends_at > now >= span.starts_at - SOON:
        return now
    if urgent and over_at is not None and over_at <= awake:
        return now
    return awake
