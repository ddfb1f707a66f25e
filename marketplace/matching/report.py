"""What a plan comes to, in numbers that a page can draw: by day, by country, and what kept seats open. Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from marketplace.matching.engine import Planned
from marketplace.matching.instance import Instance
from marketplace.shifts.hours import scheduled_minutes

NOBODY_LEFT = "NOBODY_LEFT"
"""Stands among the rules where a seat is open although no rule kept anybody out: the company has too few people."""


def report(instance: Instance, planned: Sequence[Planned]) -> dict[str, Any]:
    """As JSON: `days` with their open and planned seats (days in UTC), `places` with the people who could be asked, how
    many of them are, and for how many minutes, and `refused`: open seats by the rule that kept most people from them.
    """
    return {
        "shifts": len(planned),
        "people": len(instance.members),
        "days": _days(instance, planned),
        "places": _places(instance, planned),
        "refused": dict(_refused(planned).most_common()),
    }


def _days(instance: Instance, planned: Sequence[Planned]) -> list[dict[str, Any]]:
    spans = {opening.shift_id: opening.span for opening in instance.openings}
    seats: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for each in planned:
        day = spans[each.shift_id].starts_at.astimezone(UTC).date().isoformat()
        seats[day] += each.seats
        given[day] += each.filled
    return [{"day": day, "seats": seats[day], "planned": given[day]} for day in sorted(seats)]


def _places(instance: Instance, planned: Sequence[Planned]) -> list[dict[str, Any]]:
    where = {member.id: member.person.country for member in instance.members}
    length = {
        opening.shift_id: scheduled_minutes(opening.span.starts_at, opening.span.ends_at)
        for opening in instance.openings
    }
    people = Counter(where.values())
    asked: dict[str, set[object]] = {place: set() for place in people}
    minutes: Counter[str] = Counter()
    for each in planned:
        for given in each.given:
            place = where[given.contractor_id]
            asked[place].add(given.contractor_id)
            minutes[place] += length[each.shift_id]
    return [
        {"place": place, "people": people[place], "asked": len(asked[place]), "minutes": minutes[place]}
        for place in sorted(people)
    ]


def _refused(planned: Sequence[Planned]) -> Counter[str]:
    found: Counter[str] = Counter()
    for each in planned:
        if each.unfilled:
            # Of rules that kept as many people out, the first by name, so that every machine says the same.
            most = min(each.refused, key=lambda rule: (-each.refused[rule], rule), default=NOBODY_LEFT)
            found[most] += each.unfilled
    return found
