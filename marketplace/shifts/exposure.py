"""When distressing work must stop: the moment at which a running clock reaches a cap of its hazard class. Pure.

Time on the clock as work or waiting is exposure, breaks are not. Heavier work counts into the lighter classes too. Days
and weeks are those of the person's own place, over all gigs together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from marketplace.core.days import midnight
from marketplace.standards.hazard import HazardClass, caps
from marketplace.standards.hours import week_of

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Exposed:
    """Time spent in a class, between two aware moments."""

    hazard_class: HazardClass
    started_at: datetime
    ended_at: datetime


def stop_moment(
    start: datetime, ends_at: datetime, zone: ZoneInfo, hazard_class: HazardClass, spent: Iterable[Exposed]
) -> datetime | None:
    """When work in that class, begun at `start` and not interrupted, reaches a cap of a day or week: `start` itself
    when nothing is left of it, None when `ends_at` comes first."""
    limits = [(each, found) for each in HazardClass if each <= hazard_class and (found := caps(each)) is not None]
    if not limits:
        return None
    known, at = list(spent), start
    while at < ends_at:
        today = at.astimezone(zone).date()
        until = min(ends_at, midnight(today + DAY, zone))
        left = min(
            min(
                timedelta(minutes=of_day) - _within(known, each, today, today + DAY, zone),
                timedelta(minutes=of_week) - _within(known, each, week_of(today), week_of(today) + WEEK, zone),
            )
            for each, (of_day, of_week) in limits
        )
        if at + left < until:
            return max(at, at + left)
        known.append(Exposed(hazard_class, at, until))
        at = until
    return None


def _within(spent: Sequence[Exposed], least: HazardClass, first: date, after: date, zone: ZoneInfo) -> timedelta:
    """Time in that class or a heavier one from the beginning of the first local day to that of the day after."""
    begins, ends = midnight(first, zone), midnight(after, zone)
    parts = (min(each.ended_at, ends) - max(each.started_at, begins) for each in spent if each.hazard_class >= least)
    return sum((part for part in parts if part > timedelta(0)), timedelta(0))
