"""The law of a company's public record (rule REPORT): its period, and how few people are too few to be told of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from marketplace.core.problems import Invalid
from marketplace.standards.catalogue import RULES

LEAST_PEOPLE = RULES["REPORT"].parameters["least_people"]
"""A number that fewer people stand behind is told to nobody, the company itself included."""
FIRST_YEAR, LAST_YEAR = 2020, 2100
"""What a quarter may be asked of. Pages have the same bounds in their addresses."""
WINDOWS = (90, 365)
"""The days before a record's end over which contracts are counted."""


class NoSuchQuarter(Invalid):
    code = "no_such_quarter"
    title = "A record is about a quarter that has begun, and of others than the company about one that has ended."
    remedy = "Name an earlier quarter."


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months, in UTC. `number` is 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, moment: datetime) -> "Quarter":
        """The one that the moment lies in."""
        there = moment.astimezone(UTC)
        return cls(there.year, (there.month + 2) // 3)

    @property
    def begins(self) -> datetime:
        return datetime(self.year, 3 * self.number - 2, 1, tzinfo=UTC)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return self.after.begins

    @property
    def after(self) -> "Quarter":
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def before(self) -> "Quarter":
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)


@dataclass(frozen=True, slots=True)
class PlaceShare:
    """How many people live in a country; in all others together where `country` is None."""

    country: str | None
    people: int


def enough(people: int) -> bool:
    """Whether so many people hide each of them."""
    return people >= LEAST_PEOPLE


def told_places(counted: Iterable[tuple[str, int]]) -> list[PlaceShare]:
    """Countries with enough people, most people first, then everybody else together. Where everybody else are too few,
    the smallest countries are counted with them: a rest of one would be one. Nothing where they are too few altogether.
    """
    pairs = sorted(counted, key=lambda pair: (-pair[1], pair[0]))
    if not enough(sum(people for _, people in pairs)):
        return []
    named = [PlaceShare(country, people) for country, people in pairs if enough(people)]
    rest = sum(people for _, people in pairs if not enough(people))
    while rest and not enough(rest):
        rest += named.pop().people
    return [*named, PlaceShare(None, rest)] if rest else named
