"""The public holidays of places, from the library that keeps them."""

from datetime import date

import holidays

from marketplace.core.problems import Conflict


class NoHolidaysKnown(Conflict):
    code = "no_holidays_known"
    title = "No public holidays are known there for that year."
    remedy = "Add the days yourself as exceptions."


def of_place(country: str, subdivision: str | None, year: int) -> dict[date, str]:
    """The days of that year with their names as people there say them. Raises NoHolidaysKnown.

    A subdivision that the library does not know by itself has the holidays of its country.
    """
    part = subdivision.partition("-")[2] if subdivision else None
    found = _known(country, part, year) or _known(country, None, year)
    if not found:
        raise NoHolidaysKnown(country=country)
    return found


def _known(country: str, part: str | None, year: int) -> dict[date, str]:
    try:
        return dict(sorted(holidays.country_holidays(country, subdiv=part, years=year).items()))
    except NotImplementedError:
        return {}
