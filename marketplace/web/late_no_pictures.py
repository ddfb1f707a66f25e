"""A picture of the hours before a shift: what a no counts on each step, for the person and for the company."""

from collections.abc import Callable

from flask_babel import gettext, ngettext

from marketplace.shifts.late_no import Rung
from marketplace.shifts.reliability import GivingBack
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.words import duration

DRAWN_HOURS = 96
"""The picture begins so long before the start, where a no counts nothing."""


def yours(rung: Rung | None) -> str:
    """What a no of the person counts on that step."""
    points = rung.points if rung else 0
    return str(ngettext("%(num)d point", "%(num)d points", points))


def the_companys(rung: Rung | None) -> str:
    """What a no of the company costs it on that step."""
    return str(gettext("pays %(time)s", time=duration(rung.company_pays_minutes))) if rung else str(gettext("nothing"))


def steps(told: GivingBack, words: Callable[[Rung | None], str]) -> list[Segment]:
    """The days before the start as one bar, the furthest first."""
    whole, half = told.ladder
    more = gettext("more than %(hours)s h before", hours=half.hours_before)
    parts = [
        Part(str(more), words(None), DRAWN_HOURS - half.hours_before, "ground"),
        Part(
            str(gettext("%(first)s to %(last)s h before", first=half.hours_before, last=whole.hours_before)),
            words(half),
            half.hours_before - whole.hours_before,
            "b",
        ),
        Part(
            str(gettext("less than %(hours)s h before", hours=whole.hours_before)),
            words(whole),
            whole.hours_before,
            "fail",
        ),
    ]
    return stacked(parts)
