"""The laws of days that earn more, as `data/premium_days.csv` has them: what each place pays for work on days of a kind
(PUBLIC_HOLIDAY, REST_DAY)."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Self

from marketplace.standards.public_holidays import Holiday

DATA: Final = Path(__file__).with_name("data") / "premium_days.csv"


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


SIX_SHORT_DAYS: Final = 7 * 60
"""How long the longest day of a week of six days of work is at most (Indonesia, PP 35/2021, art. 21)."""


@dataclass(frozen=True, slots=True)
class DayWage:
    """What a law counts in days' wages, however short the work is. A day's wage is the pay of so many `minutes`. Work
    of up to half of them earns `half_percent` of it, longer work `whole_percent`: no less than that in all, or that
    `beside` what its minutes earn. Of the same day `before` minutes are booked already, and what those earn by it is
    not earned again."""

    minutes: int
    half_percent: int
    whole_percent: int
    beside: bool = False
    before: int = 0

    def grants(self, minutes: int) -> int:
        """What so many minutes more of the day earn by it, in hundredths of a minute's pay."""
        return self._for(self.before + minutes) - self._for(self.before)

    def _for(self, minutes: int) -> int:
        if minutes == 0:
            return 0
        return self.minutes * (self.half_percent if 2 * minutes <= self.minutes else self.whole_percent)

    def as_kept(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def of(cls, kept: Mapping[str, Any] | None) -> Self | None:
        return None if kept is None else cls(**kept)


@dataclass(frozen=True, slots=True)
class DayLaw:
    """What the law of a place pays for the work of such a day, in percent of the rate. Without `overtime_percent`
    overtime of it earns the higher of both multiples. `holidays` are the English names of those that it is about, all
    where there are none; it holds from the day on which it `starts`, and on it from `from_hour` on where that is said.
    Where it counts `by_the_day`, the week makes no minute of such a day overtime. Of a `whole_shift` that falls on
    another day too all minutes are of the day with the greater part of it. `wage` is what it counts in days' wages."""

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
    from_hour: int | None = None
    whole_shift: bool = False
    wage: DayWage | None = None

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


def _read() -> Mapping[tuple[str, str | None, LawKind], Sequence[DayLaw]]:
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
                overtime_percent=_number(row["overtime_percent"]),
                further_percent=_number(row["further_percent"]),
                by_the_day=row["counted_by"] == "day",
                source=row["source"],
                from_hour=_number(row["from_hour"]),
                whole_shift=row["shift"] == "whole",
                wage=_wage(row),
            )
            found.setdefault((law.country, law.subdivision, law.kind), []).append(law)
    return MappingProxyType(found)


def _number(text: str) -> int | None:
    return int(text) if text else None


def _wage(row: Mapping[str, str]) -> DayWage | None:
    if not row["day_hours"]:
        return None
    minutes, beside = int(Decimal(row["day_hours"]) * 60), row["day_wage"] == "beside"
    return DayWage(minutes, int(row["half_day_percent"]), int(row["whole_day_percent"]), beside)


DAY_LAWS: Final = _read()
"""The laws that we know of such days, by country, subdivision and kind of day."""


def laws_of_place(country: str, subdivision: str | None) -> list[DayLaw]:
    """Every law of such days that holds there: those of the subdivision, and of its country where it has none."""
    return [law for kind in LawKind for law in _laws(country, subdivision, kind)]


def _laws(country: str, subdivision: str | None, kind: LawKind) -> Sequence[DayLaw]:
    return DAY_LAWS.get((country, subdivision, kind)) or DAY_LAWS.get((country, None, kind)) or ()


def day_laws_table() -> str:
    """`DAY_LAWS` as docs/pay.md has them."""
    columns = ("place", "day", "from", "work", "overtime", "further", "days' wages", "source")
    head = f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}\n"
    return head + "".join(_row(law) for laws in DAY_LAWS.values() for law in laws)


def _row(law: DayLaw) -> str:
    day = law.kind.value.replace("_", " ")
    if law.rest_day is not None:
        day += f" ({law.rest_day})"
    if law.from_hour is not None:
        day += f", from {law.from_hour}:00"
    if law.whole_shift:
        day += ", by the shift"
    if law.holidays:
        day += f": {', '.join(sorted(law.holidays))}"
    since = "" if law.starts is None else law.starts.isoformat()
    over, further = (
        "" if each is None else f"{each} %{' (by the day)' if law.by_the_day else ''}"
        for each in (law.overtime_percent, law.further_percent)
    )
    place = law.subdivision or law.country
    cells = (place, day, since, f"{law.percent} %", over, further, _wage_words(law.wage), law.source)
    return f"| {' | '.join(cells)} |\n"


def _wage_words(wage: DayWage | None) -> str:
    if wage is None:
        return ""
    whole = f"{wage.whole_percent} %"
    if wage.half_percent != wage.whole_percent:
        whole = f"{wage.half_percent} % up to half a day, {whole} beyond"
    return f"{whole} of {Decimal(wage.minutes) / 60:f} h{' more' if wage.beside else ' in all'}"
