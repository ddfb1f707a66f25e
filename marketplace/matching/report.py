"""What a plan comes to, in numbers that a page can draw: by day, by country, and what kept seats open. Pure."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from marketplace.matching.fairness import Tally, too_few
from marketplace.matching.instance import Instance
from marketplace.matching.planned import Planned

NOBODY_LEFT = "NOBODY_LEFT"
"""Stands among the rules where a seat is open although no rule kept anybody out: the company has too few people."""
TOO_FEW = "TOO_FEW"
"""Stands among the rules where so few people could be meant that the rule would tell of one of them."""


def report(instance: Instance, planned: Sequence[Planned]) -> dict[str, Any]:
    """As JSON: `days` with their open and planned seats (days in UTC), `places` with the people who could be asked, how
    many of them are, and for how many minutes, as far as enough people stand behind it (`matching.fairness`), and
    `refused`: open seats by the rule that kept most people from them.
    """
    return {
        "shifts": len(planned),
        "people": len(instance.members),
        "days": _days(instance, planned),
        "places": _places(instance, planned),
        "refused": dict(_refused(instance, planned).most_common()),
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
    tally = Tally()
    tally.add(instance, planned)
    told = {"place": "code", "people": "people", "asked": "asked", "minutes": "minutes"}
    return [{name: row[column] for name, column in told.items()} for row in tally.told()["places"]]


def _refused(instance: Instance, planned: Sequence[Planned]) -> Counter[str]:
    gigs, few = {opening.shift_id: opening.gig_id for opening in instance.openings}, too_few(instance)
    found: Counter[str] = Counter()
    for each in planned:
        if each.unfilled and gigs[each.shift_id] in few:
            found[TOO_FEW] += each.unfilled
        elif each.unfilled:
            # Of rules that kept as many people out, the first by name, so that every machine says the same.
            most = min(each.refused, key=lambda rule: (-each.refused[rule], rule), default=NOBODY_LEFT)
            found[most] += each.unfilled
    return found
