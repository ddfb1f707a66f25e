"""Names as a list of sanctions and a person write them: brought into one form, and how alike two of them are.

A score proposes; who it is, a person decides. Rule SCREENING says from which score on somebody looks.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from anyascii import anyascii
from rapidfuzz import fuzz, process

from marketplace.standards.rules import RULES

_NUMBERS = RULES["SCREENING"].parameters
LEAST_SCORE = _NUMBERS["least_score"]
BIRTH_DIFFERS = _NUMBERS["points_when_birth_differs"]
BY_CONSONANTS = 95
"""Percent that a likeness of the consonants alone counts: Arabic and Hebrew leave vowels unwritten."""
_LETTERS = re.compile("[^a-z ]+")
_VOWELS = re.compile("[aeiouy]")
_DOUBLED = re.compile(r"(.)\1+")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike somebody's name and a listed one are: 0 to 100, and whether their years of birth differ."""

    score: int
    listed_name: str
    birth_differs: bool


def normalised(name: str) -> str:
    """A name in Latin letters, lower case, its parts in the order of the alphabet: "Иванов, Владимир" is
    "ivanov vladimir"."""
    latin = _LETTERS.sub(" ", anyascii(name).lower().replace("'", ""))
    return " ".join(sorted(latin.split()))


def consonants(name: str) -> str:
    """A normalised name without vowels and doubled letters: "mohammed" and "muhamad" are both "mhmd"."""
    return _DOUBLED.sub(r"\1", _VOWELS.sub("", name))


def likeness(name: str, listed: Iterable[str], born_year: int | None, listed_year: int | None) -> Likeness | None:
    """The best of the listed names, or None where none is as alike as rule SCREENING asks. Years of birth that are more
    than one apart lower the score: many people share a name."""
    mine, known = normalised(name), list(listed)
    if not mine or not known:
        return None
    forms = [normalised(each) for each in known]
    best = process.extractOne(mine, forms, scorer=fuzz.token_sort_ratio)
    bare = process.extractOne(consonants(mine), [consonants(form) for form in forms], scorer=fuzz.ratio)
    by_consonants = bare[1] * BY_CONSONANTS / 100 if len(consonants(mine)) > 4 else 0
    score, place = max((best[1], best[2]), (by_consonants, bare[2]))
    differs = born_year is not None and listed_year is not None and abs(born_year - listed_year) > 1
    whole = round(score) - (BIRTH_DIFFERS if differs else 0)
    return Likeness(whole, known[place], differs) if whole >= LEAST_SCORE else None
