"""Which minutes of somebody's work are overtime, and in which step of their place's law: one rule, with the numbers of
each place in `data/overtime.csv` (OVERTIME).

Beyond the standard day of a law, where it has one, a minute is overtime of that day. Of all others, those beyond the
standard week are overtime of the week: so no minute is counted twice, and ten hours on each of four days are eight
hours of overtime, not sixteen. The first minutes of overtime, by the day or by the week as the law counts them, earn
its first multiple, all further ones its further multiple. Laws that we do not know have a week and one multiple.
Where a law has changed, each day is counted by the law that was in force on it, and a shift earns the multiples of the
day on which it begins.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from marketplace.standards.catalogue import RULES
from marketplace.standards.hours import Span, minutes_by_day, overtime_percent, week_of

DATA: Final = Path(__file__).with_name("data") / "overtime.csv"


class CountedBy(StrEnum):
    """Over what the first minutes of overtime are counted, before the further multiple begins."""

    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Law:
    """What the law of a place says of overtime. Without `day_minutes` only a week has an end; without `first_minutes`
    no step follows the first, but in a day of more than `long_day_minutes`. It holds for work from the day `starts` on,
    or always, until that of the law that comes `then`."""

    day_minutes: int | None = None
    first_percent: int | None = None
    first_minutes: int | None = None
    further_percent: int | None = None
    counted_by: CountedBy = CountedBy.DAY
    long_day_minutes: int | None = None
    starts: date | None = None
    source: str = ""
    then: "Law | None" = None

    def on(self, day: date) -> "Law":
        """The law for work of that day: this one, or one that follows it."""
        found = self
        while found.then is not None and found.then.starts is not None and found.then.starts <= day:
            found = found.then
        return found

    def over_time(self) -> "list[Law]":
        """This law and those that follow it."""
        return [self, *(() if self.then is None else self.then.over_time())]

    def percents(self, multiplier: Decimal | None) -> tuple[int, int]:
        """What a minute of the first step and one of the further step earn, in percent of the rate. `multiplier` is
        what the region row of the place says: neither step earns less than that.

        >>> LAWS["ID", None].on(date(2026, 12, 1)).percents(Decimal("1.6"))
        (160, 200)
        """
        if self.first_percent is None:
            first = overtime_percent(multiplier)
        else:
            first = max(self.first_percent, int((multiplier or 1) * 100))
        return first, max(first, self.further_percent or first)


@dataclass(frozen=True, slots=True)
class Overtime:
    """How many of some minutes are overtime, and how many of those, the last ones, are in the further step."""

    minutes: int = 0
    further: int = 0


UNKNOWN: Final = Law()


def _read() -> Mapping[tuple[str, str | None], Law]:
    with DATA.open(encoding="utf-8", newline="") as rows:
        return laws(list(csv.DictReader(rows)))


def laws(rows: Sequence[Mapping[str, str]]) -> Mapping[tuple[str, str | None], Law]:
    """The first law of each place, which knows what follows it. Of one place an older law stands above a newer one."""
    found: dict[tuple[str, str | None], Law] = {}
    for row in reversed(rows):
        place = row["country"], row["subdivision"] or None
        found[place] = Law(
            day_minutes=_minutes(row["day_hours"]),
            first_percent=int(row["first_percent"]),
            first_minutes=int(row["first_minutes"]) if row["first_minutes"] else None,
            further_percent=int(row["further_percent"]) if row["further_percent"] else None,
            counted_by=CountedBy(row["counted_by"]),
            long_day_minutes=_minutes(row["long_day_hours"]),
            starts=date.fromisoformat(row["starts"]) if row["starts"] else None,
            source=row["source"],
            then=found.get(place),
        )
    return MappingProxyType(dict(reversed(found.items())))


def _minutes(hours: str) -> int | None:
    return int(Decimal(hours) * 60) if hours else None


LAWS: Final = _read()
"""The laws that we know more of than a week and a multiple, by country and subdivision."""


def law_of(country: str, subdivision: str | None) -> Law:
    """The first law of the subdivision, else of its country, else `UNKNOWN`; `on()` a day it is the one in force."""
    return LAWS.get((country, subdivision)) or LAWS.get((country, None)) or UNKNOWN


@dataclass(frozen=True, slots=True)
class OfDay:
    """The minutes of new work on one day, and which of them are overtime: of the day or the week, and of the day alone
    as if the week had no end."""

    day: date
    minutes: int
    found: Overtime
    by_the_day: Overtime


def overtime(work: Iterable[Span], new: Span, zone: ZoneInfo, law: Law, weekly_hours: Decimal | None) -> Overtime:
    """What of the new work is overtime beside the work that is there.

    Whatever is there in a day and a week comes before it, whenever it lies: so the order in which somebody says yes
    changes no week's minutes of overtime, but it may change how many of them are in the further step. Days and weeks
    are those of the zone, and work over midnight counts on both sides of it.
    """
    days = [each.found for each in overtime_by_day(work, new, zone, law, weekly_hours)]
    return Overtime(sum(found.minutes for found in days), sum(found.further for found in days))


def overtime_by_day(
    work: Iterable[Span], new: Span, zone: ZoneInfo, law: Law, weekly_hours: Decimal | None
) -> Iterator[OfDay]:
    """As `overtime()`, for each day that the new work touches, the first one first."""
    week = RULES["OVERTIME"].parameters["minutes_a_week_where_unknown"]
    if weekly_hours is not None:
        week = int(weekly_hours * 60)
    before = minutes_by_day(work, zone)
    for day, count in sorted(minutes_by_day([new], zone).items()):
        yield OfDay(day, count, _of_day(before, day, count, law, week), _of_day(before, day, count, law, None))
        before[day] = before.get(day, 0) + count


def _of_day(before: Mapping[date, int], day: date, count: int, law: Law, week: int | None) -> Overtime:
    today, there = law.on(day), before.get(day, 0)
    days = {each: minutes for each, minutes in before.items() if week_of(each) == week_of(day)}
    by_day = {each: _beyond(minutes, law.on(each).day_minutes) for each, minutes in days.items()}
    in_week = sum(days.values()) - sum(by_day.values())
    daily = _beyond(there + count, today.day_minutes) - _beyond(there, today.day_minutes)
    weekly = _beyond(in_week + count - daily, week) - _beyond(in_week, week)
    further = _beyond(there + count, today.long_day_minutes) - _beyond(there, today.long_day_minutes)
    if today.first_minutes is not None:
        if today.counted_by is CountedBy.WEEK:
            counted = sum(by_day.values()) + _beyond(in_week, week)
        else:
            counted = _beyond(there, today.day_minutes)
            counted += min(there - counted, _beyond(in_week, week))
        further = max(further, daily + weekly - max(0, today.first_minutes - counted))
    return Overtime(daily + weekly, max(0, further))


def _beyond(minutes: int, most: int | None) -> int:
    return 0 if most is None else max(0, minutes - most)


def laws_table() -> str:
    """`LAWS` as docs/pay.md has them."""
    head = "| place | day | first | further | source |\n| --- | --- | --- | --- | --- |\n"
    return head + "".join(
        _row(part or country, each) for (country, part), law in LAWS.items() for each in law.over_time()
    )


def _row(place: str, law: Law) -> str:
    first = f"{law.first_percent} %"
    further = "" if law.further_percent is None else f"{law.further_percent} %"
    if law.first_minutes is not None:
        first += f" for {law.first_minutes // 60} h a {law.counted_by}"
    if law.long_day_minutes is not None:
        further += f" beyond {law.long_day_minutes // 60} h a day"
    day = "" if law.day_minutes is None else f"{law.day_minutes // 60} h"
    where = place if law.starts is None else f"{place} from {law.starts}"
    return f"| {where} | {day} | {first} | {further} | {law.source} |\n"
