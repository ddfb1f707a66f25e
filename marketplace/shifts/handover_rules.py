"""Handing a seat over: the lives of requests and proposals, and what is refused (rule HANDOVER). Pure."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from marketplace.core.problems import Conflict, Invalid
from marketplace.standards.catalogue import RULES

HANDOVER: Final = RULES["HANDOVER"]
MOST_ASKED: Final = HANDOVER.parameters["most_people_asked_a_day"]
MOST_PROPOSED: Final = HANDOVER.parameters["most_proposals_for_a_shift"]
BY: Final = "handover"
"""In the reason of an offer: its seat was somebody's before, who handed it over."""
CODE_LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""What a person's code is written with: nothing in it looks like something else of it."""
CODE_LENGTH: Final = 8


class HandoverKind(StrEnum):
    COVER = "cover"
    """Somebody else takes the shift."""
    SWAP = "swap"
    """Somebody else takes the shift and gives one of theirs for it."""


class HandoverStatus(StrEnum):
    """What became of a request. Until it is taken its person stays booked."""

    OPEN = "open"
    TAKEN = "taken"
    REFUSED = "refused"
    """The one person who was asked said no. Nothing follows from it."""
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    """The shift began, or the booking came to an end otherwise."""


HANDOVER_TRANSITIONS: Mapping[HandoverStatus, frozenset[HandoverStatus]] = MappingProxyType(
    {
        HandoverStatus.OPEN: frozenset(
            {HandoverStatus.TAKEN, HandoverStatus.REFUSED, HandoverStatus.WITHDRAWN, HandoverStatus.ENDED}
        ),
        HandoverStatus.TAKEN: frozenset(),
        HandoverStatus.REFUSED: frozenset(),
        HandoverStatus.WITHDRAWN: frozenset(),
        HandoverStatus.ENDED: frozenset(),
    }
)


class ProposalStatus(StrEnum):
    """What became of a shift that somebody offers for another."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    """One of the two shifts is not to be had any more."""


PROPOSAL_TRANSITIONS: Mapping[ProposalStatus, frozenset[ProposalStatus]] = MappingProxyType(
    {
        ProposalStatus.WAITING: frozenset(
            {ProposalStatus.ACCEPTED, ProposalStatus.DECLINED, ProposalStatus.WITHDRAWN, ProposalStatus.ENDED}
        ),
        ProposalStatus.ACCEPTED: frozenset(),
        ProposalStatus.DECLINED: frozenset(),
        ProposalStatus.WITHDRAWN: frozenset(),
        ProposalStatus.ENDED: frozenset(),
    }
)


def code_of(typed: str) -> str:
    """A code as it is kept, whatever way it was typed: "k7qf-2m9x" is K7QF2M9X."""
    return "".join(each for each in typed.upper() if each in CODE_LETTERS)


# --- problems -------------------------------------------------------------------------------------------------------


class BadHandover(Invalid):
    code = "bad_handover"
    title = "A shift cannot be handed over like this."


class HandoverGone(Conflict):
    code = "handover_gone"
    title = "This shift is not to be taken over any more."
    remedy = "Look at the other shifts that are open to you."


class AskedAlready(Conflict):
    code = "asked_already"
    title = "Somebody is asked about this shift already."
    remedy = "Take that request back first."


class AskedTooOften(Conflict):
    code = "asked_too_often"
    title = "You have asked as many people today as one person may."
    remedy = "Ask everybody who may do the work, or wait until tomorrow."


class TermsChanged(Conflict):
    code = "terms_changed"
    title = "The terms are not those that were agreed to."
    remedy = "Look at the present terms, and say yes to those."
