"""What work at night earns where the law of a place has hours or a percentage of its own, as `data/night.csv` has them:
one rule for every place (NIGHT). Everywhere else it is the house's.

A law adds its percentage of the rate to each minute of its night, or of what that minute earns otherwise, on a holiday
or in overtime; and where it has one multiple for overtime at night, what that is more than overtime by day. Which
minutes are overtime is told by their place in the work, as everywhere: the last ones.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from marketplace.core.money import largest_remainder
from marketplace.standards.hours import Span, night_time, parted
from marketplace.standards.premium_days import Beyond, Place, PremiumDay

DATA: Final = Path(__file__).with_name("data") / "night.csv"
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class NightLaw:
    """What the law of a place adds at night, in percent. `overtime_percent` is what overtime of a common day earns at
    night as a whole; without it overtime earns no more at night than other work. It holds for shifts that begin on the
    day on which it `starts` or later."""

    country: str
    subdivision: str | None
    starts: date | None
    from_hour: int
    to_hour: int
    percent: int
    overtime_percent: int | None
    of_the_day: bool
    source: str


@dataclass(frozen=True, slots=True)
class NightStep:
    """So many minutes that each earn so many ten-thousandths of the rate more."""

    minutes: int
    points: int


@dataclass(frozen=True, slots=True)
class Night:
    """The minutes of some work at night under a law, step by step from its beginning, and what the law adds to a minute
    in ten-thousandths of the rate: `points`, and `overtime_points` to one of overtime. Where it is counted `of_the_day`
    that is a part of what the minute earns otherwise."""

    from_hour: int
    to_hour: int
    points: int
    overtime_points: int
    of_the_day: bool
    source: str
    steps: tuple[NightStep, ...] = ()

    @property
    def minutes(self) -> int:
        return sum(step.minutes for step in self.steps)

    @property
    def worth(self) -> int:
        """What the minutes earn more, in ten-thousandths of a minute's pay."""
        return sum(step.minutes * step.points for step in self.steps)

    def first(self, minutes: int) -> "Night":
        """Only so many of its minutes, the first ones."""
        kept = []
        for step in self.steps:
            taken = min(step.minutes, minutes)
            minutes -= taken
            if taken:
                kept.append(NightStep(taken, step.points))
        return replace(self, steps=tuple(kept))

    def of_work(
        self, spans: Iterable[Span], zone: ZoneInfo, found: Beyond, percents: tuple[int, int], minutes: int
    ) -> "Night":
        """The law with so many `minutes`, those of the spans that lie at night, each earning what it does at its place
        in the work. `found` says what of the work is overtime, which earns `percents`, and what days earn more."""
        spent: dict[int, timedelta] = {}
        for piece, percent, is_overtime in _told_apart(sorted(spans), zone, found, percents):
            points = self.overtime_points if is_overtime else self.points
            points = points * percent // 100 if self.of_the_day else points
            at_night = night_time([piece], zone, self.from_hour, self.to_hour)
            if at_night:
                spent[points] = spent.get(points, timedelta(0)) + at_night
        parts = largest_remainder(minutes, [time // timedelta.resolution for time in spent.values()]) if spent else []
        steps = (NightStep(count, points) for count, points in zip(parts, spent, strict=True) if count)
        return replace(self, steps=tuple(steps))

    def within(self, promised: "Night") -> "Night":
        """Worth no more than what was promised with the yes, whose money is held. A part of the work is worth less but
        for its minutes that are rounded up."""
        return self if self.worth <= promised.worth else promised.first(self.minutes)

    def as_kept(self) -> dict[str, Any]:
        """As a promise, a timesheet and a pay line keep it."""
        own = {name: getattr(self, name) for name in self.__slots__ if name != "steps"}
        return own | {"steps": [[step.minutes, step.points] for step in self.steps]}

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> Self | None:
        if kept is None:
            return None
        steps = tuple(NightStep(minutes, points) for minutes, points in kept["steps"])
        return cls(**{**kept, "steps": steps})


def _read() -> Mapping[tuple[str, str | None], Sequence[NightLaw]]:
    found: dict[tuple[str, str | None], list[NightLaw]] = {}
    with DATA.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            law = NightLaw(
                country=row["country"],
                subdivision=row["subdivision"] or None,
                starts=date.fromisoformat(row["starts"]) if row["starts"] else None,
                from_hour=int(row["from_hour"]),
                to_hour=int(row["to_hour"]),
                percent=int(row["percent"]),
                overtime_percent=int(row["overtime_percent"]) if row["overtime_percent"] else None,
                of_the_day=row["counted_on"] == "day",
                source=row["source"],
            )
            found.setdefault((law.country, law.subdivision), []).append(law)
    return MappingProxyType({place: tuple(laws) for place, laws in found.items()})


NIGHT_LAWS: Final = _read()
"""The laws of night that we know, by country and subdivision, the first one first."""


def night_laws_of(country: str, subdivision: str | None) -> Sequence[NightLaw]:
    """Those of the subdivision, else of its country, the first one first."""
    return NIGHT_LAWS.get((country, subdivision)) or NIGHT_LAWS.get((country, None)) or ()


def night_of(country: str, subdivision: str | None, day: date, overtime_percent: int) -> Night | None:
    """The law for a shift that begins on that day, where overtime by day earns so many percent; None where the house's
    night holds."""
    laws = [law for law in night_laws_of(country, subdivision) if law.starts is None or law.starts <= day]
    if not laws:
        return None
    law = laws[-1]
    over = law.percent if law.overtime_percent is None else max(0, law.overtime_percent - overtime_percent)
    return Night(law.from_hour, law.to_hour, law.percent * 100, over * 100, law.of_the_day, law.source)


def night_promised(span: Span, place: Place, found: Beyond, percents: tuple[int, int]) -> tuple[int, Night | None]:
    """Whole minutes of a schedule that lie at night there, and what the law of the place has for them if it has a night
    of its own. `found` is what else of the schedule earns more, `percents` what overtime of it earns."""
    day = span.starts_at.astimezone(place.zone).date()
    law = night_of(place.country, place.subdivision, day, percents[0])
    window = (None, None) if law is None else (law.from_hour, law.to_hour)
    minutes = night_time([span], place.zone, *window) // _MINUTE
    if law is None or not minutes:
        return minutes, None
    return minutes, law.of_work([span], place.zone, found, percents, minutes)


def _told_apart(
    spans: Iterable[Span], zone: ZoneInfo, found: Beyond, percents: tuple[int, int]
) -> Iterator[tuple[Span, int, bool]]:
    """The pieces of the work, each with what it earns by day in percent and whether it is overtime."""
    days = {day.on: day for day in found.days}
    shift = next((day for day in found.days if day.whole_shift), None)
    pieces = [(shift or days.get(day), part) for span in spans for day, part in parted(span, zone)]
    ordinary = sum((part.ends_at - part.starts_at for day, part in pieces if day is None), timedelta(0))
    tracks = {day: _steps_of(day) for day in found.days}
    at = dict.fromkeys([*found.days, None], timedelta(0))
    for day, part in pieces:
        start = part.starts_at
        for end, percent, is_overtime in _ordinary(ordinary, found, percents) if day is None else tracks[day]:
            taken = min(part.ends_at - start, end - at[day])
            if taken > timedelta(0):
                yield Span(start, start + taken), percent, is_overtime
                start, at[day] = start + taken, at[day] + taken


_Track = Sequence[tuple[timedelta, int, bool]]
"""Until where in some work, counted from its beginning, a minute earns so many percent, and whether it is overtime."""


def _ordinary(time: timedelta, found: Beyond, percents: tuple[int, int]) -> _Track:
    """Work that no day pays more: its last minutes are overtime, and the last of those the further step."""
    over, further = found.overtime.minutes * _MINUTE, found.overtime.further * _MINUTE
    if not over:
        return [(timedelta.max, 100, False)]
    return [(time - over, 100, False), (time - further, percents[0], True), (timedelta.max, percents[1], True)]


def _steps_of(day: PremiumDay) -> _Track:
    """A day that earns more; what was rounded up to its last minute earns what that does."""
    begins, found = 0, list[tuple[timedelta, int, bool]]()
    ordinary = day.minutes - day.overtime
    for step in day.steps:
        ends = begins + step.minutes
        if begins < ordinary < ends:
            found.append((ordinary * _MINUTE, step.percent, False))
        found.append((ends * _MINUTE, step.percent, ends > ordinary))
        begins = ends
    return [*found[:-1], (timedelta.max, *found[-1][1:])]


def night_laws_table() -> str:
    """`NIGHT_LAWS` as docs/pay.md has them."""
    head = "| place | from | night | more | overtime at night | source |\n| --- | --- | --- | --- | --- | --- |\n"
    return head + "".join(_row(law) for laws in NIGHT_LAWS.values() for law in laws)


def _row(law: NightLaw) -> str:
    hours = f"{law.from_hour:02}:00 to {law.to_hour:02}:00"
    more = f"{law.percent} %{' of what the minute earns' if law.of_the_day else ''}"
    over = "" if law.overtime_percent is None else f"{law.overtime_percent} % in all"
    since = "" if law.starts is None else law.starts.isoformat()
    return f"| {law.subdivision or law.country} | {since} | {hours} | {more} | {over} | {law.source} |\n"
