"""Are you still coming? When somebody is asked, and how a booking stands meanwhile (rule CONFIRM). Pure.

Silence is no answer, and takes nothing from anybody: a phone without credit or network is no no. The seat stays the
person's until the start and the minutes after it that everybody has. Nor is a second person looked for: of two in one
seat one would be sent home. The company is told of silence, and can have somebody stand by.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.standards.catalogue import RULES

_NUMBERS: Final = RULES["CONFIRM"].parameters
ASK_WITHIN: Final = timedelta(hours=_NUMBERS["ask_within_hours"])
"""How long before its start whoever said yes earlier is asked whether they still come."""
AGAIN_WITHIN: Final = timedelta(hours=_NUMBERS["again_within_hours"])
"""How long before its start whoever has not answered is asked again, by another channel."""


class Confirmation(StrEnum):
    """How a booking stands before its shift."""

    NOT_ASKED = "not_asked"
    """The shift is far, or the yes was so near that nobody asks."""
    ASKED = "asked"
    UNANSWERED = "unanswered"
    """Asked twice. It costs nothing; the company is told."""
    CONFIRMED = "confirmed"


def stands(asked_at: datetime | None, urged_at: datetime | None, confirmed_at: datetime | None) -> Confirmation:
    """How a booking stands that was asked, asked again and confirmed at these moments."""
    if confirmed_at is not None:
        return Confirmation.CONFIRMED
    if urged_at is not None:
        return Confirmation.UNANSWERED
    return Confirmation.NOT_ASKED if asked_at is None else Confirmation.ASKED


def opens_at(starts_at: datetime) -> datetime:
    """From when on a shift can be confirmed. A yes after that moment is a confirmation itself."""
    return starts_at - ASK_WITHIN
