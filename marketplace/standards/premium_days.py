"""Days whose every minute of work earns more by the law of a place: one rule for each kind of day, with the numbers of
each place in `data/premium_days.csv` (PUBLIC_HOLIDAY, REST_DAY).

A day is one of the person's zone, from midnight to midnight, so that a shift across it is split to the minute. On such
a day a minute earns one multiple, and no two of them: that of the day, or that of overtime where it is higher. Only
where the law says what overtime of such a day earns, as Indonesia's steps or the 260 % of the Philippines do, does a
minute earn that. Where no law is known nothing is added.

A law's multiple is what it has for the hours that are worked. What some laws give for a holiday on which nobody works
is no part of it, since people here are paid by the hour.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from marketplace.standards.day_laws import SIX_SHORT_DAYS, DayLaw, DayWage, LawKind, RestDay, laws_of_place
from marketplace.standards.hours import Span, minutes_by_day, week_of
from marketplace.standards.overtime import OfDay, Overtime, law_of, overtime_by_day
from marketplace.standards.public_holidays import Holiday, holiday_on


class DayKind(StrEnum):
    """Why a day earns more."""

    HOLIDAY = "holiday"
    REST_DAY = "rest_day"


RULE_OF: Final[Mapping[DayKind, str]] = MappingProxyType(
    {DayKind.HOLIDAY: "PUBLIC_HOLIDAY", DayKind.REST_DAY: "REST_DAY"}
)
"""The rule by which the work of such a day is paid."""


_WEEKDAY: Final[Mapping[RestDay, int]] = MappingProxyType({RestDay.SATURDAY: 5, RestDay.SUNDAY: 6})


@dataclass(frozen=True, slots=True)
class DayStep:
    """So many minutes, one after the other, at a multiple of the rate in percent."""

    minutes: int
    percent: int


@dataclass(frozen=True, slots=True)
class PremiumDay:
    """The minutes of some work on one such day, step by step as they follow on each other. Those of a step of 100 are
    part of the day and earn nothing more but by `wage`, what the law counts in days' wages. Where the law is about a
    `whole_shift`, its minutes are all those of the shift, on another day too. The last ones are `overtime`."""

    on: date
    kind: DayKind
    name: str
    """What people there call the day; empty where it has no name."""
    steps: tuple[DayStep, ...]
    source: str = ""
    wage: DayWage | None = None
    whole_shift: bool = False
    overtime: int = 0

    @property
    def minutes(self) -> int:
        return sum(step.minutes for step in self.steps)

    @property
    def paid_more(self) -> int:
        """How many of its minutes earn more than the rate: all where the law counts in days' wages."""
        return sum(step.minutes for step in self.steps if step.percent > 100 or self.wage is not None)

    def beyond(self, otherwise: int = 0) -> int:
        """What its minutes earn beyond the rate, in hundredths of a minute's pay. What a law grants in all is granted
        together with what is paid `otherwise`, for time of the same shift that nobody worked.

        >>> eight = DayWage(480, half_percent=100, whole_percent=200)
        >>> rest = PremiumDay(date(2026, 12, 27), DayKind.REST_DAY, "", (DayStep(180, 200),), wage=eight)
        >>> rest.beyond() // 100, rest.beyond(otherwise=6000) // 100
        (300, 240)
        """
        steps = sum(step.minutes * (step.percent - 100) for step in self.steps)
        if self.wage is None:
            return steps
        granted = self.wage.grants(self.minutes)
        return steps + granted if self.wage.beside else max(steps, granted - 100 * self.minutes - otherwise)

    def part(self, minutes: int, after: int = 0) -> "PremiumDay":
        """Only so many of its minutes, the first ones `after` so many others.

        >>> PremiumDay(date(2026, 12, 25), DayKind.HOLIDAY, "", (DayStep(480, 200), DayStep(60, 300))).part(490).steps
        (DayStep(minutes=480, percent=200), DayStep(minutes=10, percent=300))
        """
        overtime = max(0, min(self.minutes, after + minutes) - (self.minutes - self.overtime))
        return replace(self, steps=tuple(_cut(self.steps, after, after + minutes)), overtime=overtime)

    def as_kept(self) -> dict[str, Any]:
        """As a promise, a timesheet and a pay line keep it."""
        steps = [[step.minutes, step.percent] for step in self.steps]
        # Promises say nothing of what there is none of, so that they have the digest that they always had.
        more: dict[str, Any] = {} if self.wage is None else {"wage": self.wage.as_kept()}
        if self.whole_shift:
            more["whole_shift"] = True
        if self.overtime:
            more["overtime"] = self.overtime
        kept = {"on": self.on.isoformat(), "kind": self.kind.value, "name": self.name, "steps": steps}
        return kept | {"source": self.source} | more

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "PremiumDay":
        steps = tuple(DayStep(minutes, percent) for minutes, percent in kept["steps"])
        day, kind, whole = date.fromisoformat(kept["on"]), DayKind(kept["kind"]), kept.get("whole_shift", False)
        wage, overtime = DayWage.of(kept.get("wage")), kept.get("overtime", 0)
        return cls(day, kind, kept["name"], steps, kept["source"], wage, whole, overtime)


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


def beyond(work: Iterable[Span], new: Span, place: Place) -> Beyond:
    """What of the new work earns a multiple beside the work that is there, day by day."""
    law = law_of(place.country, place.subdivision)
    percents = law.on(new.starts_at.astimezone(place.zone).date()).percents(place.overtime_multiplier)
    minutes = further = 0
    days = []
    worked = minutes_by_day(work, place.zone)
    parts = list(overtime_by_day(work, new, place.zone, law, place.weekly_hours))
    shift = _Shift(new, parts, percents, worked)
    for each in parts:
        day = _premium_day(each, place, shift)
        worked[each.day] = worked.get(each.day, 0) + each.minutes
        if day is not None:
            days.append(day)
        else:
            minutes, further = minutes + each.found.minutes, further + each.found.further
    whole = max((day for day in days if day.whole_shift), key=lambda day: day.beyond(), default=None)
    return Beyond(Overtime(minutes, further), tuple(days)) if whole is None else Beyond(Overtime(), (whole,))


@dataclass(frozen=True, slots=True)
class _Shift:
    """Some work with its parts of days, what overtime earns there, and what work there is on each day beside it."""

    span: Span
    parts: Sequence[OfDay]
    percents: tuple[int, int]
    worked: Mapping[date, int]

    @property
    def minutes(self) -> int:
        return sum(part.minutes for part in self.parts)

    def minutes_before(self, hour: int, day: date, zone: ZoneInfo) -> int:
        """Those of the day that lie before that hour of its clock."""
        until = datetime.combine(day, time(hour), zone).astimezone(UTC)
        if self.span.starts_at >= until:
            return 0
        return minutes_by_day([Span(self.span.starts_at, min(self.span.ends_at, until))], zone).get(day, 0)


def _premium_day(each: OfDay, place: Place, shift: _Shift) -> PremiumDay | None:
    """The day, where a law pays any minute of it more than overtime alone does: of several the one that pays most."""
    best, found = 0, None
    for law, holiday in _holding(each, place, shift.worked):
        if law.whole_shift and 2 * each.minutes < shift.minutes:
            continue
        parts = shift.parts if law.whole_shift else [each]
        ordinary = _joined(step for part in parts for step in _steps(part.minutes, part.found, (100, *shift.percents)))
        steps = _higher(ordinary, _own_steps(law, parts, ordinary, place, shift))
        kind = DayKind.REST_DAY if holiday is None else DayKind.HOLIDAY
        wage = law.wage and replace(law.wage, before=shift.worked.get(each.day, 0))
        name = holiday.name if holiday else ""
        over = sum((part.by_the_day if law.by_the_day else part.found).minutes for part in parts)
        day = PremiumDay(each.day, kind, name, steps, law.source, wage, whole_shift=len(parts) > 1, overtime=over)
        more = day.beyond() - sum(step.minutes * (step.percent - 100) for step in ordinary)
        if more > best:
            best, found = more, day
    return found


def _own_steps(
    law: DayLaw, parts: Sequence[OfDay], ordinary: Sequence[DayStep], place: Place, shift: _Shift
) -> tuple[DayStep, ...]:
    """What the law itself has for the minutes; for those before the hour from which it holds what they earn without."""
    percents = law.percents(*shift.percents)
    steps = _joined(
        step
        for part in parts
        for step in _steps(part.minutes, part.by_the_day if law.by_the_day else part.found, percents)
    )
    if law.from_hour is None:
        return steps
    before = shift.minutes_before(law.from_hour, parts[0].day, place.zone)
    return _joined([*_cut(ordinary, 0, before), *_cut(steps, before, sum(step.minutes for step in steps))])


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


def _cut(steps: Iterable[DayStep], first: int, last: int) -> Iterator[DayStep]:
    """Only the minutes from the first one to the last, which is none of them."""
    begins = 0
    for step in steps:
        ends = begins + step.minutes
        kept = min(ends, last) - max(begins, first)
        if kept > 0:
            yield DayStep(kept, step.percent)
        begins = ends


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
