"""How long a file lies here that was handed in for a decision; the days are of the room that asks for it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType


class PaperStatus(StrEnum):
    HELD = "held"
    ERASED = "erased"


PAPER_TRANSITIONS: Mapping[PaperStatus, frozenset[PaperStatus]] = MappingProxyType(
    {PaperStatus.HELD: frozenset({PaperStatus.ERASED}), PaperStatus.ERASED: frozenset()}
)


@dataclass(frozen=True, slots=True)
class Retention:
    """A file is erased some time after the decision that it was for, and never later than the longest time."""

    after_decision: timedelta
    """As long as the decision can be contested, so that whoever looks again sees what the first one saw."""
    at_most: timedelta

    def until(self, handed_in_at: datetime, decided_at: datetime | None) -> datetime:
        """When it is erased; without a decision, after the longest time."""
        last = handed_in_at + self.at_most
        return last if decided_at is None else min(last, decided_at + self.after_decision)
