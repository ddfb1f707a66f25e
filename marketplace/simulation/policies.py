"""The ways of asking people that are compared, and by what they are judged. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from marketplace.matching.waves import HALVES, WITHIN, Answers, Sizes, sizes
from marketplace.standards.catalogue import RULES

HOUR = timedelta(hours=1)
_NUMBERS: Final = RULES["WAVES"].parameters


class Wave(StrEnum):
    """How many people are asked about open seats near the start."""

    ONE = "one"
    """One person for each seat."""
    MEASURED = "measured"
    """As rule WAVES says: so many that no more yeses are expected than seats are open."""
    ENOUGH = "enough"
    """So many that at least as many yeses are expected as seats are open, at most two for each seat."""
    DOUBLE = "double"
    """Two for each seat."""


class Race(StrEnum):
    """Who gets a seat where more people are asked than there are seats."""

    POINTS = "points"
    """Yeses are collected for a window, and the points decide (rule RACE)."""
    FIRST = "first"
    """Whoever said yes first."""


@dataclass(frozen=True, slots=True)
class Policy:
    """`within` is when waves begin before the start; `answer_part` is the part of the usual time to answer that people
    have; `standby_share` the paid places to stand by, for each seat."""

    name: str
    wave: Wave = Wave.MEASURED
    within: timedelta = WITHIN
    race: Race = Race.POINTS
    answer_part: float = 1
    standby_share: float = 0

    def waves(self, seats: int, left: timedelta, measured: Mapping[int, Answers]) -> Sizes:
        """How many places of the order are asked of each half of the people, `left` before the start."""
        if self.wave is Wave.ONE or left > self.within:
            return seats, seats
        if self.wave is Wave.ENOUGH:
            first, second = (_enough(seats, measured.get(1 - half, Answers())) for half in HALVES)
            return first, second
        return sizes(seats, measured) if self.wave is Wave.MEASURED else (2 * seats, 2 * seats)

    def standby(self, seats: int) -> int:
        """How many stand by for a shift of so many seats."""
        return -(-seats * round(100 * self.standby_share) // 100)


def _enough(seats: int, measured: Answers) -> int:
    offers, yeses = measured.offers + _NUMBERS["prior_offers"], measured.yeses + _NUMBERS["prior_yeses"]
    return min(_NUMBERS["most_times"] * seats, -(-seats * offers // yeses))


SERVICE: Final = "measured"
"""What the service does."""
POLICIES: Final[Mapping[str, Policy]] = MappingProxyType(
    {
        each.name: each
        for each in (
            Policy("one-by-one", wave=Wave.ONE),
            Policy("measured-24h", within=24 * HOUR),
            Policy(SERVICE),
            Policy("measured-week", within=168 * HOUR),
            Policy("enough", wave=Wave.ENOUGH),
            Policy("double", wave=Wave.DOUBLE),
            Policy("first-come", race=Race.FIRST),
            Policy("double-first-come", wave=Wave.DOUBLE, race=Race.FIRST),
            Policy("short-answer", answer_part=0.25),
            Policy("standby", standby_share=0.10),
        )
    }
)
