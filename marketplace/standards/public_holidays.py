"""The public holidays of places, from the library that keeps them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import holidays

from marketplace.core.problems import Conflict

ENGLISH: Final = "en_US"


class NoHolidaysKnown(Conflict):
    code = "no_holidays_known"
    title = "No public holidays are known there for that year."
    remedy = "Add the days yourself as exceptions."


@dataclass(frozen=True, slots=True)
class Holiday:
    """A public holiday: its name as people there say it, and in English, by which laws tell holidays apart."""

    name: str
    english: str


def of_place(country: str, subdivision: str | None, year: int) -> dict[date, str]:
    """The days of that year with their names as people there say them. Raises NoHolidaysKnown.

    A subdivision that the library does not know by itself has the holidays of its country.
    """
    found = _of_year(country, subdivision, year)
    if not found:
        raise NoHolidaysKnown(country=country)
    return {day: holiday.name for day, holiday in found.items()}


def holiday_on(country: str, subdivision: str | None, day: date) -> Holiday | None:
    """The public holiday of that day there, None where it is none or none are known."""
    return _of_year(country, subdivision, day.year).get(day)


@lru_cache(maxsize=1024)
def _of_year(country: str, subdivision: str | None, year: int) -> Mapping[date, Holiday]:
    part = subdivision.partition("-")[2] if subdivision else None
    return _known(country, part, year) or _known(country, None, year)


def _known(country: str, part: str | None, year: int) -> dict[date, Holiday]:
    try:
        known = holidays.country_holidays(country, subdiv=part)
    except NotImplementedError:
        return {}
    # The language is said, since the library otherwise takes that of the machine on which it runs.
    own = known.default_language
    english = ENGLISH if ENGLISH in known.supported_languages else own
    names = holidays.country_holidays(country, subdiv=part, years=year, language=own)
    translated = holidays.country_holidays(country, subdiv=part, years=year, language=english)
    return {day: Holiday(names[day], translated[day]) for day in sorted(names)}
