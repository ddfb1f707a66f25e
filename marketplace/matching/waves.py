"""How many people are asked for the open seats of a shift that begins soon (rule WAVES). Pure.

A seat of a shift that begins later is offered to one person at a time, since there is time to ask the next. Near the
start several are asked at once, as many as are expected to fill the seats, and their yeses are collected (rule RACE),
so that nothing can be oversold. What is expected is measured over all people, never of one: the people are two halves
by the last bit of their keys, and whom the wave of one half reaches is sized by the answers of the other half alone.
What somebody declined is thus no part of any number by which they are asked, or not asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from marketplace.standards.catalogue import RULES

_NUMBERS: Final = RULES["WAVES"].parameters
WITHIN = timedelta(hours=_NUMBERS["within_hours"])
MEASURED = timedelta(days=_NUMBERS["days"])
HALVES = (0, 1)
Sizes = tuple[int, int]
"""How many places of the order are asked at most, of each half of the people."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What half of the people answered to offers of one kind of work: how many offers came to an end by an answer or by
    silence, and to how many of them the answer was yes."""

    yeses: int = 0
    offers: int = 0


def half_of(contractor_id: UUID) -> int:
    return contractor_id.int & 1


def size(seats: int, measured: Answers) -> int:
    """So many that no more yeses are expected than seats are open, at least the seats and at most twice as many.

    Four seats, and 30 yeses to 60 offers: with the 16 to 20 before them 46 to 80, so 4 x 80 / 46 = 6 people.
    """
    offers = measured.offers + _NUMBERS["prior_offers"]
    expected = seats * offers // (measured.yeses + _NUMBERS["prior_yeses"])
    return max(seats, min(expected, seats * _NUMBERS["most_times"]))


def sizes(seats: int, measured: Mapping[int, Answers]) -> Sizes:
    """The wave of each half, sized by what the other half answered."""
    first, second = (size(seats, measured.get(1 - half, Answers())) for half in HALVES)
    return first, second


def reaches(waves: Sizes, contractor_id: UUID, place: int) -> bool:
    """Whether somebody at that place of the order, from 0, is asked."""
    return place < waves[half_of(contractor_id)]
