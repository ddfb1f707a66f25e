"""The operators' live view: what runs now, by gig and by country, as bars with plain numbers."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from flask import render_template

from marketplace.accounts.auth import actor
from marketplace.shifts import live
from marketplace.shifts.live import Now, Running
from marketplace.web.operator import blueprint
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.words import countries, name_of

FILLS: Mapping[Now, str] = MappingProxyType(
    {
        Now.WORKING: "a",
        Now.WAITING: "c",
        Now.ON_BREAK: "b",
        Now.OUTAGE: "e",
        Now.DONE: "g",
        Now.NOT_YET: "h",
        Now.LATE: "fail",
        Now.MISSED: "f",
        Now.STOPPED: "d",
        Now.STANDING_BY: "pass",
    }
)
ON_SHIFT = (Now.WORKING, Now.WAITING, Now.ON_BREAK, Now.OUTAGE)


@blueprint.get("/live")
def show_live() -> str:
    """Refreshed by a script of its own; without one, by opening it again."""
    seen = live.now(seen_by=actor())
    names = dict(countries())
    return render_template(
        "operator/live.html",
        live=seen,
        total=_total(seen.gigs),
        gigs=[(each, _bar(each, each.seats)) for each in seen.gigs],
        countries=[(names.get(code, code), each, _bar(each)) for code, each in seen.countries.items()],
        on_shift=ON_SHIFT,
    )


def _bar(running: Running, whole: int = 0) -> Sequence[Segment]:
    """Who is doing what, of all seats that there are."""
    counted = [(doing, running.people[doing]) for doing in FILLS]
    parts = [Part(name_of("now", doing), str(people), people, FILLS[doing]) for doing, people in counted]
    return stacked(parts, whole=max(whole, sum(running.people.values())))


def _total(gigs: Sequence[live.RunningGig]) -> Mapping[str, int]:
    people = {doing: sum(each.people[doing] for each in gigs) for doing in Now}
    return {
        "shifts": sum(each.shifts for each in gigs),
        "seats": sum(each.seats for each in gigs),
        "seats_taken": sum(each.seats_taken for each in gigs),
        "on_shift": sum(people[doing] for doing in ON_SHIFT),
        "late": people[Now.LATE],
        "missed": people[Now.MISSED],
        "stopped": people[Now.STOPPED],
        "outage": people[Now.OUTAGE],
        "flagged": sum(each.flagged for each in gigs),
        "hazard_flags": sum(each.hazard_flags for each in gigs),
        "unanswered": sum(each.unanswered for each in gigs),
    }
