"""Distressing work: its classes, what belongs in them, what they earn and when they end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from marketplace.standards.catalogue import RULES
from marketplace.standards.verdicts import Verdict


class HazardClass(StrEnum):
    """From neutral work (H0) to the most distressing that is lawful (H3). Later classes are heavier."""

    H0 = "H0"
    H1 = "H1"
    H2 = "H2"
    H3 = "H3"


class HazardCategory(StrEnum):
    """What a gig declares that contractors will see, read or hear."""

    INSULTS = "insults"
    ADULT_LANGUAGE = "adult_language"
    HATE = "hate"
    SEXUAL = "sexual"
    VIOLENCE = "violence"
    GRAPHIC_ABUSE = "graphic_abuse"
    SELF_HARM = "self_harm"
    CHILD_ABUSE = "child_abuse"
    UNLAWFUL = "unlawful"


LEAST_CLASS: Final[Mapping[HazardCategory, HazardClass]] = MappingProxyType(
    {
        HazardCategory.INSULTS: HazardClass.H1,
        HazardCategory.ADULT_LANGUAGE: HazardClass.H1,
        HazardCategory.HATE: HazardClass.H2,
        HazardCategory.SEXUAL: HazardClass.H2,
        HazardCategory.VIOLENCE: HazardClass.H2,
        HazardCategory.GRAPHIC_ABUSE: HazardClass.H3,
        HazardCategory.SELF_HARM: HazardClass.H3,
    }
)
"""The lowest class that may hold each lawful category."""
ILLEGAL: Final = frozenset({HazardCategory.CHILD_ABUSE, HazardCategory.UNLAWFUL})
"""Never given to contractors, whatever the class."""
OPT_IN: Final = frozenset({HazardClass.H2, HazardClass.H3})
"""Classes offered only to people who consented to them."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """Minutes at one class: in the local day and in the local week that are judged, the new work included."""

    day_minutes: int
    week_minutes: int


def premium(hazard_class: HazardClass) -> Fraction:
    """What is paid on top of the rate for an hour in that class, as a part of the rate: 1/4 for H2."""
    percent = RULES["HAZARD"].parameters.get(f"{hazard_class.lower()}_premium_percent", 0)
    return Fraction(percent, 100)


def caps(hazard_class: HazardClass) -> tuple[int, int] | None:
    """The most minutes a day and a week in that class. H0 has none of its own: DAY and WEEK hold for all work."""
    if hazard_class is HazardClass.H0:
        return None
    numbers, key = RULES["HAZARD"].parameters, hazard_class.lower()
    return numbers[f"{key}_minutes_a_day"], numbers[f"{key}_minutes_a_week"]


def least_class(categories: Iterable[str]) -> HazardClass:
    """The lowest class that may hold all of the categories; those that are unknown or unlawful do not count."""
    known = (LEAST_CLASS[HazardCategory(name)] for name in categories if name in LEAST_CLASS)
    return max(known, default=HazardClass.H0)


def judge_opt_in(hazard_class: HazardClass, consented: bool) -> Verdict:
    """HAZARD: whether somebody may be offered work of that class. Declining or revoking touches nothing else."""
    return RULES["HAZARD"].verdict(
        consented or hazard_class not in OPT_IN,
        f"Work in class {hazard_class} is offered only to people who opted into it.",
        {"class": hazard_class.value, "opted_in": "yes" if consented else "no"},
        remedy="The contractor may opt in on their profile, and out again at any time.",
    )


def paid_break_minutes(hazard_class: HazardClass, work_minutes: int) -> int:
    """Paid break that belongs to so many minutes of work: whole breaks only, one for each full stretch."""
    every, minutes = paid_break_rhythm(hazard_class)
    return work_minutes // every * minutes


def paid_break_rhythm(hazard_class: HazardClass) -> tuple[int, int]:
    """After how many minutes of work of that class a paid break belongs to it, and how many minutes that has."""
    numbers, key = RULES["PAID_BREAK"].parameters, hazard_class.lower()
    return numbers[f"{key}_every_minutes"], numbers[f"{key}_minutes"]


def judge_exposure(exposures: Mapping[HazardClass, Exposure]) -> list[Verdict]:
    """One HAZARD verdict for each class that has work and caps.

    Heavier work counts in the lighter classes too: an hour of H3 is also an hour of what H2 allows.
    """
    verdicts = []
    for hazard_class in HazardClass:
        limits = caps(hazard_class)
        heavier = [exposures[other] for other in HazardClass if other >= hazard_class and other in exposures]
        if limits is None or not heavier:
            continue
        day, week = sum(e.day_minutes for e in heavier), sum(e.week_minutes for e in heavier)
        verdicts.append(
            RULES["HAZARD"].verdict(
                day <= limits[0] and week <= limits[1],
                f"Work in class {hazard_class} ends after {limits[0]} minutes a day and {limits[1]} a week.",
                {"class": hazard_class.value, "day_minutes": str(day), "week_minutes": str(week)},
                limit=f"{limits[0]} minutes a day, {limits[1]} a week",
                remedy="Take neutral work for the rest of the day, or fewer minutes.",
            )
        )
    return verdicts
