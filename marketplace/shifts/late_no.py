"""What a late no costs whoever gives a seat back, on the steps on which a company pays for its own. Pure.

Money never flows from the person to the company, and no rank reads any of it (rules RELIABILITY, NO_RETALIATION): it
is what a human may be asked to look at, and nothing else. So people read the number before they decide, as a company
reads its price.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.core.problems import Conflict
from marketplace.shifts.hours import HALF_WITHIN, WHOLE_WITHIN, cancellation_curve
from marketplace.standards.catalogue import RULES

_NUMBERS: Final = RULES["RELIABILITY"].parameters
COUNTS_FOR: Final = timedelta(days=_NUMBERS["days"])
"""How long a late no counts, from the day on which it happened."""
FREE_AFTER_YES: Final = timedelta(minutes=_NUMBERS["free_minutes"])
"""How long after the yes a seat can be given back as if it had never been taken."""


class Step(StrEnum):
    """How late a no came. The steps are those of rule NOTICE."""

    IN_TIME = "in_time"
    HALF = "half"
    """Less than 72 hours before the start: the company would pay half of the call-in minimum."""
    WHOLE = "whole"
    """Less than 24 hours before the start: the company would pay all of it."""
    MISSED = "missed"
    """Nobody came, and nobody said so."""


POINTS: Final = {
    Step.IN_TIME: 0,
    Step.HALF: _NUMBERS["half_points"],
    Step.WHOLE: _NUMBERS["whole_points"],
    Step.MISSED: _NUMBERS["missed_points"],
}
STRIKES: Final = (Step.WHOLE, Step.MISSED)
"""What a human is asked to look at (rule STRIKE)."""


class Why(StrEnum):
    """Why something that looks like a late no counts, or does not."""

    COUNTS = "counts"
    TAKEN = "taken"
    """Somebody took the seat before the start."""
    EXCUSED = "excused"
    """A human found that it had a good cause, or that the strike was wrong."""


class NothingCounts(Conflict):
    code = "nothing_counts"
    title = "This shift counts nothing, so there is nothing to excuse."
    remedy = "Illness and outages have buttons of their own on the page of the shift."


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of both sides: what a no counts that comes less than `hours_before` hours before the start, and the
    minutes that the company would pay for its own."""

    step: Step
    hours_before: int
    points: int
    company_pays_minutes: int


def step_of(starts_at: datetime, said_yes_at: datetime, now: datetime) -> Step:
    """How late a no is that comes at that moment, before the start."""
    if now - said_yes_at <= FREE_AFTER_YES or starts_at - now >= HALF_WITHIN:
        return Step.IN_TIME
    return Step.WHOLE if starts_at - now < WHOLE_WITHIN else Step.HALF


def ladder(starts_at: datetime, ends_at: datetime, most: int | None = None) -> list[Rung]:
    """The steps of a shift, the dearest first, both sides beside each other. `most` are the minutes that the company
    pays at most, where that is less than the curve asks: of somebody who stands by."""
    curve = [each["minutes_paid"] for each in cancellation_curve(starts_at, ends_at)]
    paid = [minutes if most is None else min(minutes, most) for minutes in curve]
    hour = timedelta(hours=1)
    return [
        Rung(Step.WHOLE, WHOLE_WITHIN // hour, POINTS[Step.WHOLE], paid[0]),
        Rung(Step.HALF, HALF_WITHIN // hour, POINTS[Step.HALF], paid[1]),
    ]
