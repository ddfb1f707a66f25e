"""Local days and weeks as minutes, from the rules of time zones."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from marketplace.solver.problem import Zones

MINUTE = timedelta(minutes=1)


def local_days(zones: Sequence[ZoneInfo], epoch: datetime, first: int, last: int) -> Zones:
    """The days of each zone around the minutes `first` to `last`, by whole local weeks from Monday on: a cap of a week
    is right for the first and the last one too. Every zone has as many days as every other."""
    begins, ends = epoch + first * MINUTE, epoch + last * MINUTE
    monday = _monday((begins - timedelta(days=1)).astimezone(UTC).date())
    # Local dates differ by at most one from those of UTC, so that one day on each side is enough.
    weeks = (_monday((ends + timedelta(days=1)).astimezone(UTC).date()) - monday).days // 7 + 1
    days = [monday + timedelta(days=number) for number in range(7 * weeks + 1)]
    midnight = [[_minutes(datetime.combine(day, time(), zone), epoch) for day in days] for zone in zones]
    week = [[number // 7 for number in range(7 * weeks)] for _ in zones]
    return Zones(np.array(midnight, np.int32).reshape(len(zones), -1), np.array(week, np.int32).reshape(len(zones), -1))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _minutes(moment: datetime, epoch: datetime) -> int:
    return (moment.astimezone(UTC) - epoch) // MINUTE
