"""How much sick leave work earns, and how much of it a year. Pure."""

from marketplace.standards.catalogue import RULES


def sick_seconds(worked_minutes: int) -> int:
    """The sick leave that so many minutes of work earn while there is room for it under the year's cap (SICK).

    >>> sick_seconds(240)
    480
    """
    return worked_minutes * 60 // int(RULES["SICK"].parameters["hours_worked_per_hour"])


def sick_cap_seconds(country: str, subdivision: str | None) -> int:
    """The most sick leave that accrues in a calendar year: the cap of the place, where its law has one of its own.

    >>> sick_cap_seconds("US", "US-NY") // 3600
    56
    """
    numbers = RULES["SICK"].parameters
    hours = numbers.get(f"{(subdivision or country).lower().replace('-', '_')}_hours_a_year")
    return (hours or numbers["most_hours_a_year"]) * 3600
