"""The published objective: what counts when people are asked, what each part means, and how much it weighs. Pure.

In prose. A plan is worth the sum of its seats. A filled seat is worth FILL, and URGENCY on top where it begins soon;
whoever has it adds the points of the other parts. Each part gives 0 to 100 points and a published whole number weighs
it. A filled seat weighs at least as much as everything that ranks people, so that no seat stays open for the sake of
somebody's points. Of those, the hours that people chose weigh most (rule HOURS_BAND).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from marketplace.core.problems import Conflict, Invalid
from marketplace.standards.history import FIRST

HEAVIEST: Final = 100
"""What a part that ranks people may weigh."""
HEAVIEST_SEAT: Final = 10_000
"""What a filled seat, or its urgency, may weigh."""
TRIED_DAYS: Final = 14
"""From how many days back the plans are taken that weights are tried on."""


class Part(StrEnum):
    """What counts: the first of them rank people, the last two are worth the same whoever has the seat."""

    AVAILABILITY = "availability"
    """The shift lies in the hours that the person wants to work; half the points where they said nothing of it."""
    BAND = "band"
    """The week is short of the hours that the person chose."""
    SPREAD = "spread"
    """The person had few hours in the last 28 days, over all companies."""
    CONTINUITY = "continuity"
    """The person has worked for the company in the last 90 days."""
    LANGUAGE = "language"
    """The person speaks the needed language above the needed level."""
    QUALITY = "quality"
    """A test has proven a needed skill above the needed level."""
    FILL = "fill"
    """The seat is filled."""
    URGENCY = "urgency"
    """The filled seat begins soon."""


OF_SEATS: Final = (Part.FILL, Part.URGENCY)
OF_PEOPLE: Final = tuple(part for part in Part if part not in OF_SEATS)
MEANINGS: Mapping[Part, str] = MappingProxyType(
    {
        Part.AVAILABILITY: "100 points if the shift lies in the hours that the person wants to work, 50 if they said "
        "nothing of it, none otherwise.",
        Part.BAND: "100 points while the week is short of the hours that the person chose, then fewer down to none at "
        "their chosen maximum.",
        Part.SPREAD: "100 points without any hours in the last 28 days, 50 after 40 hours, 25 after 120: the next hour "
        "is worth less to somebody who has many.",
        Part.CONTINUITY: "The share of 40 hours that the person has worked for the company in the last 90 days, at "
        "most 100 points.",
        Part.LANGUAGE: "25 points for each level above the one that the work needs, in the language where they are "
        "fewest.",
        Part.QUALITY: "25 points for each level that a test has proven above the one that the work needs, in the skill "
        "where they are fewest.",
        Part.FILL: "100 points for every seat that is filled.",
        Part.URGENCY: "100 points for a filled seat that begins within 72 hours, then fewer down to none two weeks "
        "before.",
    }
)
NEVER: Sequence[str] = (
    "Offers that somebody declined, let expire, or gave back.",
    "Consent that was not given, and sessions that somebody left.",
    "Disputes, appeals, complaints, reports and answers to surveys.",
    "Messages, membership in a channel, and speaking for others.",
    "Illness, late cancellations, and what they count.",
    "Name, age, sex, nationality, family, health and belief.",
    "How fast somebody answers, and what they were paid.",
)
"""What fairness forbids to count (rules NO_RETALIATION, SICK_CANCEL, DATA). None of it is a member of any value that
the score reads, and no module that reckons it can import where it is kept."""


class BadWeights(Invalid):
    code = "bad_weights"
    title = "These weights would break what the objective promises."
    remedy = (
        "Give every part a whole number: a filled seat at least as much as all that ranks people together, the chosen "
        "hours more than nothing and no less than any other part, and the spread of hours more than nothing."
    )


class NotTried(Conflict):
    code = "weights_not_tried"
    title = "Weights are published once it was seen what they would change."
    remedy = "Try these weights against those in force, look at the report, and publish them from there."


class BadStart(Invalid):
    code = "bad_weights_start"
    title = "A version holds from a coming day on, and not before the one ahead of it."
    remedy = "Choose today or a later day."


@dataclass(frozen=True, slots=True)
class Weights:
    """One published version of what counts how much. Whole numbers; the largest score of a person is 100 times the sum
    of the parts that rank people. A part that a version does not name weighs nothing in it."""

    version: int
    valid_from: date
    parts: Mapping[Part, int]

    def of(self, part: Part) -> int:
        return self.parts.get(part, 0)

    @property
    def ranking(self) -> Mapping[Part, int]:
        """The parts that rank people, as far as they weigh anything, in their order."""
        return {part: weight for part in OF_PEOPLE if (weight := self.of(part))}

    @property
    def highest(self) -> int:
        """The most that somebody's score can be."""
        return 100 * sum(self.ranking.values())

    def as_dict(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "valid_from": self.valid_from.isoformat(),
            "weights": {part.value: weight for part, weight in self.parts.items()},
        }

    @classmethod
    def of_dict(cls, stored: Mapping[str, Any]) -> "Weights":
        """The version that `as_dict()` stored."""
        parts = {part: stored["weights"][part.value] for part in Part if part.value in stored["weights"]}
        return cls(stored["version"], date.fromisoformat(stored["valid_from"]), MappingProxyType(parts))


SHIPPED: Mapping[int, Weights] = MappingProxyType(
    {
        1: Weights(
            1,
            FIRST,
            MappingProxyType(
                {Part.AVAILABILITY: 30, Part.BAND: 30, Part.SPREAD: 20, Part.CONTINUITY: 10, Part.LANGUAGE: 10}
            ),
        ),
        2: Weights(
            2,
            date(2026, 11, 29),
            MappingProxyType(
                {
                    Part.AVAILABILITY: 30,
                    Part.BAND: 30,
                    Part.SPREAD: 20,
                    Part.CONTINUITY: 10,
                    Part.LANGUAGE: 10,
                    Part.QUALITY: 10,
                    Part.FILL: 1000,
                    Part.URGENCY: 200,
                }
            ),
        ),
    }
)
"""The versions that come with the service. Those of operators follow; none is ever changed, since a decision is
explained by the version that it was made with (EXPLAIN)."""
NEWEST_SHIPPED: Final = SHIPPED[max(SHIPPED)]


def check_weights(parts: Mapping[Part, int]) -> None:
    """Raises BadWeights for what does not keep the promises of the objective, about the part that breaks them."""
    for part in Part:
        most = HEAVIEST_SEAT if part in OF_SEATS else HEAVIEST
        if not 0 <= parts.get(part, -1) <= most:
            raise BadWeights(f"Give {part.value} a whole number from 0 to {most}.", field=f"weights.{part.value}")
    ranking = sum(parts[part] for part in OF_PEOPLE)
    if parts[Part.FILL] < ranking:
        raise BadWeights(
            f"A filled seat would weigh {parts[Part.FILL]}, and what ranks people {ranking}.", field="weights.fill"
        )
    heaviest = max(parts[part] for part in OF_PEOPLE)
    if not heaviest == parts[Part.BAND] > 0:
        raise BadWeights(
            f"The chosen hours would weigh {parts[Part.BAND]}, and another part {heaviest}.", field="weights.band"
        )
    if parts[Part.SPREAD] <= 0:
        raise BadWeights("Hours would not be spread at all.", field="weights.spread")


def check_start(valid_from: date, today: date, ahead: Weights) -> None:
    """Raises BadStart for a day that is over, or that lies before the day from which the version ahead holds. What came
    with the service holds until there is another."""
    if valid_from < today or (ahead.version not in SHIPPED and valid_from < ahead.valid_from):
        raise BadStart(field="valid_from")


def urgency_points(at: datetime, starts_at: datetime, urgent: timedelta, horizon: timedelta) -> int:
    """100 points for what begins within `urgent`, falling evenly to none at the end of the horizon."""
    left = starts_at - at
    if left <= urgent:
        return 100
    return max(0, 100 * (horizon - left) // (horizon - urgent))
