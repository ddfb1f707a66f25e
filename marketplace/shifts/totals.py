"""What the minutes of a timesheet were, kind by kind and day by day. Pure: it reads lines, and asks nobody."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo


class MinuteKind(StrEnum):
    """What a minute of a timesheet was. Those from `WORK` to `SICK` lie one after the other and are added up; the
    others tell of some of them once more, or of what was taken off."""

    WORK = "work"
    TRAINING = "training"
    """Learning, reading of instructions included, in a shift that is for it (rule TRAINING)."""
    WAITING = "waiting"
    OUTAGE = "outage"
    PAID_BREAK = "paid_break"
    UNPAID_BREAK = "unpaid_break"
    COMPENSATION = "compensation"
    """Owed for time that was taken back."""
    ADDED = "added"
    """Beside the time, since the shift was added late."""
    STANDBY = "standby"
    """Owed for standing by."""
    SICK = "sick"
    OVERTIME = "overtime"
    HOLIDAY = "holiday"
    """On a public holiday that earns more, overtime of that day included."""
    REST_DAY = "rest_day"
    """On a weekly day of rest that earns more, likewise."""
    NIGHT = "night"
    CUT = "cut"
    """Cut, and not restored by now."""


WITHIN = (MinuteKind.OVERTIME, MinuteKind.HOLIDAY, MinuteKind.REST_DAY, MinuteKind.NIGHT, MinuteKind.CUT)
"""Kinds that tell of minutes which are counted under another kind, too."""
UNPAID = (MinuteKind.UNPAID_BREAK,)


@dataclass(frozen=True, slots=True)
class DayMinutes:
    """The shifts that began on one day."""

    day: date
    minutes: Mapping[MinuteKind, int]


class Line(Protocol):
    """What a line of a timesheet says of its minutes."""

    @property
    def by_kind(self) -> Mapping[MinuteKind, int]: ...
    @property
    def begins_at(self) -> datetime: ...


def of_lines(lines: Iterable[Line]) -> dict[MinuteKind, int]:
    total = dict.fromkeys(MinuteKind, 0)
    for line in lines:
        for kind, minutes in line.by_kind.items():
            total[kind] += minutes
    return total


def by_day(lines: Iterable[Line], timezone: str) -> list[DayMinutes]:
    """The same for each day of the zone on which a shift began, the first first. A night counts to its evening."""
    zone = ZoneInfo(timezone)
    days: dict[date, list[Line]] = {}
    for line in sorted(lines, key=lambda each: each.begins_at):
        days.setdefault(line.begins_at.astimezone(zone).date(), []).append(line)
    return [DayMinutes(day, of_lines(its)) for day, its in days.items()]


def paid(minutes: Mapping[MinuteKind, int]) -> int:
    """The minutes that are paid, by work or by what is owed beside it, as it stands now."""
    counted = sum(each for kind, each in minutes.items() if kind not in (*WITHIN, *UNPAID))
    return counted - minutes[MinuteKind.CUT]
