"""Days whose every minute of work earns more by the law of a place: one rule for each kind of day, with the numbers of
each place in `data/premium_days.csv` (PUBLIC_HOLIDAY, REST_DAY).

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

from marketplace.standards.hours import Span, minutes_by_day, week_of
from marketplace.standards.overtime import OfDay, Overtime, law_of, overtime_by_day
from marketplace.standards.public_holidays import Holiday, holiday_on

DATA: Final = Path(__file__).with_name("data") / "premium_days.csv"


class DayKind(StrEnum):
    """Why a day earns more."""

    HOLIDAY = "holiday"
    REST_DAY = "rest_day"


RULE_OF: Final[Mapping[DayKind, str]] = MappingProxyType(
    {DayKind.HOLIDAY: "PUBLIC_HOLIDAY", DayKind.REST_DAY: "REST_DAY"}
)
"""The rule by which the work of such a day is paid."""


class LawKind(StrEnum):
    """Which days a law is about: holidays, days of rest, or days that are both."""

    HOLIDAY = "holiday"
    REST_DAY = "rest_day"
    HOLIDAY_ON_REST_DAY = "holiday_on_rest_day"


class RestDay(StrEnum):
    """Which day of a week is the day of rest by a law: one of the calendar, or the one that makes the days of work in
    the week so many. A week whose days have no more than seven hours each has six of work where the law says so
    (`SIX_SHORT_DAYS`), and its day of rest is the seventh."""

    SATURDAY = "saturday"
    SUNDAY = "sunday"
    SIXTH = "sixth"
    SEVENTH = "seventh"


_WEEKDAY: Final[Mapping[RestDay, int]] = MappingProxyType({RestDay.SATURDAY: 5, RestDay.SUNDAY: 6})
SIX_SHORT_DAYS: Final = 7 * 60
"""How long the longest day of a week of six days of work is at most (Indonesia, PP 35/2021, art. 21)."""


@dataclass(frozen=True, slots=True)
class DayLaw:
    """What the law of a place pays for the work of such a day, in percent of the rate. Without `overtime_percent`
    overtime of it earns the higher of both multiples. `holidays` are the English names of those that it is about, all
    where there are none; it holds from the day on which it `starts`.
    Where it counts `by_the_day`, the week makes no minute of such a day overtime."""

    country: str
    subdivision: str | None
    kind: LawKind
    holidays: frozenset[str]
    rest_day: RestDay | None
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


def _read() -> Mapping[tuple[str, str | None, LawKind], Sequence[DayLaw]]:
    def percent(text: str) -> int | None:
        return int(text) if text else None

    found: dict[tuple[str, str | None, LawKind], list[DayLaw]] = {}
    with DATA.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            law = DayLaw(
                country=row["country"],
                subdivision=row["subdivision"] or None,
                kind=LawKind(row["kind"]),
                rest_day=RestDay(row["rest_day"]) if row["rest_day"] else None,
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
    return [law for kind in LawKind for law in _laws(country, subdivision, kind)]


def beyond(work: Iterable[Span], new: Span, place: Place) -> Beyond:
    """What of the new work earns a multiple beside the work that is there, day by day."""
    law = law_of(place.country, place.subdivision)
    percents = law.on(new.starts_at.astimezone(place.zone).date()).percents(place.overtime_multiplier)
    minutes = further = 0
    days = []
    worked = minutes_by_day(work, place.zone)
    for each in overtime_by_day(work, new, place.zone, law, place.weekly_hours):
        day = _premium_day(each, place, percents, worked)
        worked[each.day] = worked.get(each.day, 0) + each.minutes
        if day is not None:
            days.append(day)
        else:
            minutes, further = minutes + each.found.minutes, further + each.found.further
    return Beyond(Overtime(minutes, further), tuple(days))


def _premium_day(each: OfDay, place: Place, percents: tuple[int, int], worked: Mapping[date, int]) -> PremiumDay | None:
    """The day, where a law pays any minute of it more than overtime alone does: of several the one that pays most."""
    ordinary = _steps(each.minutes, each.found, (100, *percents))
    best, found = _worth(ordinary), None
    for law, holiday in _holding(each, place, worked):
        own = _steps(each.minutes, each.by_the_day if law.by_the_day else each.found, law.percents(*percents))
        steps = _higher(ordinary, own)
        if _worth(steps) > best:
            kind = DayKind.REST_DAY if holiday is None else DayKind.HOLIDAY
            best, found = _worth(steps), PremiumDay(each.day, kind, holiday.name if holiday else "", steps, law.source)
    return found


def _holding(each: OfDay, place: Place, worked: Mapping[date, int]) -> Iterator[tuple[DayLaw, Holiday | None]]:
    """The laws that are about the day, with the holiday that it is: of holidays, and of those on a day of rest, the one
    that names it before one of all; and of each day of rest the latest that holds."""
    holiday = holiday_on(place.country, place.subdivision, each.day)
    known = [law for law in laws_of_place(place.country, place.subdivision) if law.from_day <= each.day]
    about = [law for law in known if _rests(law, each, worked)]
    if holiday is not None:
        for kind in (LawKind.HOLIDAY, LawKind.HOLIDAY_ON_REST_DAY):
            of_it = [law for law in about if law.kind is kind and law.is_about(holiday)]
            if of_it:
                yield max(of_it, key=lambda law: (bool(law.holidays), law.from_day)), holiday
    rests = [law for law in about if law.kind is LawKind.REST_DAY]
    for rest_day in RestDay:
        of_it = [law for law in rests if law.rest_day is rest_day]
        if of_it:
            yield max(of_it, key=lambda law: law.from_day), None


def _rests(law: DayLaw, each: OfDay, worked: Mapping[date, int]) -> bool:
    """Whether it is the day of rest that the law means; any day for a law that means none. Whatever is booked in the
    week comes before what is added: a day without work rests where so many others have some, and one that has work
    already where so many days of work are before it in the week."""
    if law.rest_day is None:
        return True
    if law.rest_day in _WEEKDAY:
        return each.day.weekday() == _WEEKDAY[law.rest_day]
    week = {day: minutes for day, minutes in worked.items() if week_of(day) == week_of(each.day)}
    others = [day for day in week if day < each.day or (each.day not in week and day != each.day)]
    longest = max([*week.values(), week.get(each.day, 0) + each.minutes])
    return len(others) >= (5 if law.rest_day is RestDay.SIXTH and longest > SIX_SHORT_DAYS else 6)


def _worth(steps: Iterable[DayStep]) -> int:
    return sum(step.minutes * step.percent for step in steps)


def _laws(country: str, subdivision: str | None, kind: LawKind) -> Sequence[DayLaw]:
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
    day = law.kind.value.replace("_", " ")
    if law.rest_day is not None:
        day += f" ({law.rest_day})"
    if law.holidays:
        day += f": {', '.join(sorted(law.holidays))}"
    since = "" if law.starts is None else law.starts.isoformat()
    over, further = (
        "" if each is None else f"{each} %{' (by the day)' if law.by_the_day else ''}"
        for each in (law.overtime_percent, law.further_percent)
    )
    place = law.subdivision or law.country
    return f"| {place} | {day} | {since} | {law.percent} % | {over} | {further} | {law.source} |\n"
