"""Days whose every minute of work earns more by the law of a place: one rule for each kind of day, with the numbers of
each place in `data/premium_days.csv` (PUBLIC_HOLIDAY).

A day is one of the person's zone, from midnight to midnight, so that a shift across it is split to the minute. On such
a day a minute earns one multiple, and no two of them: that of the day, or that of overtime where it is higher. Only
where the law says what overtime of such a day earns, as Indonesia's steps or the 260 % of the Philippines do, does a
minute earn that. Where no law is known nothing is added.

A law's multiple is what it has for the hours that are worked. What some laws give for a holiday on which nobody works
is no part of it, since people here are paid by the hour.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from marketplace.standards.hours import Span
from marketplace.standards.overtime import OfDay, Overtime, law_of, overtime_by_day
from marketplace.standards.public_holidays import Holiday, holiday_on

DATA: Final = Path(__file__).with_name("data") / "premium_days.csv"


class DayKind(StrEnum):
    """Why a day earns more."""

    HOLIDAY = "holiday"


RULE_OF: Final[Mapping[DayKind, str]] = MappingProxyType({DayKind.HOLIDAY: "PUBLIC_HOLIDAY"})
"""The rule by which the work of such a day is paid."""


@dataclass(frozen=True, slots=True)
class DayLaw:
    """What the law of a place pays for the work of such a day, in percent of the rate. Without `overtime_percent`
    overtime of it earns the higher of both multiples. `holidays` are the English names of those that it is about, all
    where there are none; it holds from the day on which it `starts`.
    Where it counts `by_the_day`, the week makes no minute of such a day overtime."""

    country: str
    subdivision: str | None
    kind: DayKind
    holidays: frozenset[str]
    starts: date | None
    percent: int
    overtime_percent: int | None
    further_percent: int | None
    by_the_day: bool
    source: str

    @property
    def from_day(self) -> date:
        return self.starts or date.min

    def percents(self, first: int, further: int) -> tuple[int, int, int]:
        """What a minute earns that is no overtime, one of its first step, and one of its further step, where overtime
        of another day earns `first` and `further`."""
        over = self.overtime_percent or max(self.percent, first)
        return self.percent, over, self.further_percent or max(over, further)

    def is_about(self, holiday: Holiday) -> bool:
        """Whether it is about that holiday; of several on one day, about one of them."""
        names = [name.removesuffix(" (estimated)") for name in holiday.english.split("; ")]
        return not self.holidays or any(name in self.holidays for name in names)


@dataclass(frozen=True, slots=True)
class DayStep:
    """So many minutes, one after the other, at a multiple of the rate in percent."""

    minutes: int
    percent: int


@dataclass(frozen=True, slots=True)
class PremiumDay:
    """The minutes of some work on one such day, step by step as they follow on each other. Those of a step of 100 are
    part of the day and earn nothing more."""

    on: date
    kind: DayKind
    name: str
    """What people there call the day; empty where it has no name."""
    steps: tuple[DayStep, ...]
    source: str = ""

    @property
    def minutes(self) -> int:
        return sum(step.minutes for step in self.steps)

    @property
    def paid_more(self) -> int:
        """How many of its minutes earn more than the rate."""
        return sum(step.minutes for step in self.steps if step.percent > 100)

    def part(self, minutes: int, after: int = 0) -> "PremiumDay":
        """Only so many of its minutes, the first ones `after` so many others.

        >>> PremiumDay(date(2026, 12, 25), DayKind.HOLIDAY, "", (DayStep(480, 200), DayStep(60, 300))).part(490).steps
        (DayStep(minutes=480, percent=200), DayStep(minutes=10, percent=300))
        """
        begins, found = 0, []
        for step in self.steps:
            ends = begins + step.minutes
            kept = min(ends, after + minutes) - max(begins, after)
            if kept > 0:
                found.append(DayStep(kept, step.percent))
            begins = ends
        return replace(self, steps=tuple(found))

    def as_kept(self) -> dict[str, Any]:
        """As a promise, a timesheet and a pay line keep it."""
        steps = [[step.minutes, step.percent] for step in self.steps]
        return {"on": self.on.isoformat(), "kind": self.kind.value, "name": self.name, "steps": steps} | {
            "source": self.source
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "PremiumDay":
        steps = tuple(DayStep(minutes, percent) for minutes, percent in kept["steps"])
        return cls(date.fromisoformat(kept["on"]), DayKind(kept["kind"]), kept["name"], steps, kept["source"])


def days_of(kept: Iterable[Mapping[str, Any]] | None) -> tuple[PremiumDay, ...]:
    """What was kept, as days again; no days where nothing was."""
    return tuple(PremiumDay.of(each) for each in kept or ())


def kept_days(days: Iterable[PremiumDay]) -> list[dict[str, Any]] | None:
    """Days as they are kept; nothing where there are none, so that work of other days keeps nothing."""
    return [day.as_kept() for day in days] or None


def first_minutes(days: Iterable[PremiumDay], minutes: int) -> tuple[PremiumDay, ...]:
    """The days with the first so many of their minutes; what has none of them is left out."""
    found = []
    for day in days:
        kept = day.part(minutes)
        minutes -= kept.minutes
        if kept.steps:
            found.append(kept)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody works: the law that holds, the clock, and what the region row says of the place's hours."""

    country: str
    subdivision: str | None
    zone: ZoneInfo
    weekly_hours: Decimal | None = None
    overtime_multiplier: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Beyond:
    """What of some work earns a multiple: overtime, and the days that earn more. No minute is in both."""

    overtime: Overtime
    days: tuple[PremiumDay, ...] = ()


def _read() -> Mapping[tuple[str, str | None, DayKind], Sequence[DayLaw]]:
    def percent(text: str) -> int | None:
        return int(text) if text else None

    found: dict[tuple[str, str | None, DayKind], list[DayLaw]] = {}
    with DATA.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            law = DayLaw(
                country=row["country"],
                subdivision=row["subdivision"] or None,
                kind=DayKind(row["kind"]),
                holidays=frozenset(filter(None, row["holidays"].split("; "))),
                starts=date.fromisoformat(row["starts"]) if row["starts"] else None,
                percent=int(row["percent"]),
                overtime_percent=percent(row["overtime_percent"]),
                further_percent=percent(row["further_percent"]),
                by_the_day=row["counted_by"] == "day",
                source=row["source"],
            )
            found.setdefault((law.country, law.subdivision, law.kind), []).append(law)
    return MappingProxyType(found)


DAY_LAWS: Final = _read()
"""The laws that we know of such days, by country, subdivision and kind of day."""


def laws_of_place(country: str, subdivision: str | None) -> list[DayLaw]:
    """Every law of such days that holds there: those of the subdivision, and of its country where it has none."""
    return [law for kind in DayKind for law in _laws(country, subdivision, kind)]


def beyond(work: Iterable[Span], new: Span, place: Place) -> Beyond:
    """What of the new work earns a multiple beside the work that is there, day by day."""
    law = law_of(place.country, place.subdivision)
    percents = law.on(new.starts_at.astimezone(place.zone).date()).percents(place.overtime_multiplier)
    minutes = further = 0
    days = []
    for each in overtime_by_day(work, new, place.zone, law, place.weekly_hours):
        if (day := _premium_day(each, place, percents)) is not None:
            days.append(day)
        else:
            minutes, further = minutes + each.found.minutes, further + each.found.further
    return Beyond(Overtime(minutes, further), tuple(days))


def _premium_day(each: OfDay, place: Place, percents: tuple[int, int]) -> PremiumDay | None:
    """The day, where its law pays any minute of it more than overtime alone does."""
    holiday = holiday_on(place.country, place.subdivision, each.day)
    law = None if holiday is None else _holiday_law(place, each.day, holiday)
    if holiday is None or law is None:
        return None
    ordinary = _steps(each.minutes, each.found, (100, *percents))
    own = _steps(each.minutes, each.by_the_day if law.by_the_day else each.found, law.percents(*percents))
    steps = _higher(ordinary, own)
    return None if steps == ordinary else PremiumDay(each.day, law.kind, holiday.name, steps, law.source)


def _holiday_law(place: Place, day: date, holiday: Holiday) -> DayLaw | None:
    """The law of that holiday: one that names it before one of all, and the latest that holds on the day."""
    laws = _laws(place.country, place.subdivision, DayKind.HOLIDAY)
    holding = [law for law in laws if law.from_day <= day and law.is_about(holiday)]
    return max(holding, key=lambda law: (bool(law.holidays), law.from_day), default=None)


def _laws(country: str, subdivision: str | None, kind: DayKind) -> Sequence[DayLaw]:
    return DAY_LAWS.get((country, subdivision, kind)) or DAY_LAWS.get((country, None, kind)) or ()


def _steps(minutes: int, over: Overtime, percents: tuple[int, int, int]) -> tuple[DayStep, ...]:
    counts = (minutes - over.minutes, over.minutes - over.further, over.further)
    return _joined(DayStep(count, percent) for count, percent in zip(counts, percents, strict=True))


def _higher(one: Sequence[DayStep], other: Sequence[DayStep]) -> tuple[DayStep, ...]:
    """Minute by minute the higher of two multiples."""
    ends = sorted({*_ends(one), *_ends(other)})
    begins = [0, *ends[:-1]]
    return _joined(
        DayStep(end - begin, max(_at(one, begin), _at(other, begin))) for begin, end in zip(begins, ends, strict=True)
    )


def _ends(steps: Sequence[DayStep]) -> Iterator[int]:
    end = 0
    for step in steps:
        end += step.minutes
        yield end


def _at(steps: Sequence[DayStep], minute: int) -> int:
    return next(step.percent for step, end in zip(steps, _ends(steps), strict=True) if minute < end)


def _joined(steps: Iterable[DayStep]) -> tuple[DayStep, ...]:
    """Without empty ones, and with neighbours of the same multiple as one."""
    found: list[DayStep] = []
    for step in steps:
        if found and found[-1].percent == step.percent:
            found[-1] = DayStep(found[-1].minutes + step.minutes, step.percent)
        elif step.minutes:
            found.append(step)
    return tuple(found)


def day_laws_table() -> str:
    """`DAY_LAWS` as docs/pay.md has them."""
    head = "| place | day | from | work | overtime | further | source |\n| --- | --- | --- | --- | --- | --- | --- |\n"
    return head + "".join(_row(law) for laws in DAY_LAWS.values() for law in laws)


def _row(law: DayLaw) -> str:
    day = f"{law.kind.value.replace('_', ' ')}{': ' + ', '.join(sorted(law.holidays)) if law.holidays else ''}"
    since = "" if law.starts is None else law.starts.isoformat()
    over, further = (
        "" if each is None else f"{each} %{' (by the day)' if law.by_the_day else ''}"
        for each in (law.overtime_percent, law.further_percent)
    )
    place = law.subdivision or law.country
    return f"| {place} | {day} | {since} | {law.percent} % | {over} | {further} | {law.source} |\n"
