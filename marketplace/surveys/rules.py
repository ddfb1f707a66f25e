"""The law of surveys (SURVEY): who is asked when, how many answers are told together, and which are low."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from marketplace.core.problems import Conflict
from marketplace.standards.catalogue import RULES

_NUMBERS = RULES["SURVEY"].parameters
TOGETHER = _NUMBERS["answers_together"]
"""Answers of one gig are told in groups of so many, in the order in which they came. Every figure is a sum of whole
groups, so that no two figures, of whatever days, differ by what fewer people said."""
OPEN_FOR = timedelta(days=_NUMBERS["days_to_answer"])
LOW = Decimal(_NUMBERS["low_hundredths"]) / 100
"""A mean below this is looked at by an operator."""
SCALE = (1, 2, 3, 4, 5)
"""From "not at all" to "wholly"."""


class Ask(StrEnum):
    """What is asked."""

    TIME = "time"
    """Whether the time estimate was right."""
    INSTRUCTIONS = "instructions"
    """Whether the instructions were clear."""
    PAY = "pay"
    """Whether pay was as promised."""
    WORK = "work"
    """Whether the work was as described, its hazards included."""
    AGAIN = "again"
    """Whether they would do it again."""


class ConcernStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    """An operator looked at it and wrote down what they found."""


CONCERN_TRANSITIONS: Mapping[ConcernStatus, frozenset[ConcernStatus]] = MappingProxyType(
    {ConcernStatus.OPEN: frozenset({ConcernStatus.CLOSED}), ConcernStatus.CLOSED: frozenset()}
)


class SurveyEnded(Conflict):
    code = "survey_ended"
    title = "This survey was answered or declined, or its time is over."
    remedy = "What you wrote in an answer can still be emptied."


class NothingWritten(Conflict):
    code = "nothing_written"
    title = "There are no words of yours in it."


@dataclass(frozen=True, slots=True)
class Figure:
    """What people said to one question: `counts` are how many chose each point of the scale, the lowest first."""

    ask: Ask
    counts: Sequence[int]

    @property
    def answers(self) -> int:
        return sum(self.counts)

    @property
    def mean(self) -> Decimal:
        """To a hundredth. There are answers."""
        total = sum(point * count for point, count in zip(SCALE, self.counts, strict=True))
        return (Decimal(total) / self.answers).quantize(Decimal("0.01"))

    @property
    def is_low(self) -> bool:
        """Whether an operator should look at the gig."""
        return self.answers > 0 and self.mean < LOW
