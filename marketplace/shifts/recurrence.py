"""When a series of shifts recurs: the RRULE of RFC 5545 as days, and the times of a day on the clock of a zone. Pure.

Of the rule's language we take what recurs by days, weeks and months. What could search for years without finding a day,
such as every third day that is a Sunday of a February, is not in it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from marketplace.core.problems import Invalid

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_A_DAY = timedelta(days=1)
_COUNT = re.compile(r"[1-9][0-9]{0,2}")
_DAY = re.compile(r"[0-9]{8}")
_WEEKDAY = re.compile(r"MO|TU|WE|TH|FR|SA|SU")
_NTH_WEEKDAY = re.compile(r"(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_MONTH_DAY = re.compile(r"-?([1-9]|[12][0-9]|3[01])")
_LISTS: Mapping[str, Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "DAILY": MappingProxyType({}),
        "WEEKLY": MappingProxyType({"BYDAY": _WEEKDAY}),
        "MONTHLY": MappingProxyType({"BYDAY": _NTH_WEEKDAY, "BYMONTHDAY": _MONTH_DAY}),
    }
)
"""By frequency, which lists may narrow the days, and what each of their items looks like."""
_SINGLE: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {"INTERVAL": _COUNT, "COUNT": _COUNT, "WKST": _WEEKDAY, "UNTIL": re.compile(r"[0-9]{8}(T[0-9]{6}Z)?")}
)


class BadRecurrence(Invalid):
    code = "bad_recurrence"
    title = "A series cannot recur like this."
    remedy = (
        "Give a rule of RFC 5545 with FREQ of DAILY, WEEKLY or MONTHLY, and of INTERVAL, BYDAY, BYMONTHDAY (monthly), "
        "WKST and one of UNTIL or COUNT what you need, such as FREQ=WEEKLY;BYDAY=MO,WE."
    )


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One day of a series. Both moments are UTC.

    `shifted` says that the clock of the zone leaves the written beginning or end out on that day, so that the moment is
    the one which the clock before its change would have shown (RFC 5545, 3.3.5).
    """

    day: date
    starts_at: datetime
    ends_at: datetime
    shifted: bool


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule with its first day, the two times on the clock of the zone, and the days that are left out.

    A shift whose end is not after its beginning ends on the next day.
    """

    rule: str
    first_day: date
    begins: time
    ends: time
    place: ZoneInfo
    except_days: frozenset[date] = field(default_factory=frozenset)

    def days(self, after: date, until: date) -> Iterator[date]:
        """The days after the one and up to the other on which the series recurs, in order."""
        for each in rrulestr(self.rule, dtstart=datetime.combine(self.first_day, time())):
            day = each.date()
            if day > until:
                return
            if day > after and day not in self.except_days:
                yield day

    def ends_by(self, day: date) -> bool:
        """Whether it recurs on no day after that one."""
        return next(self.days(day, date.max), None) is None

    def rest(self, day: date) -> "Recurrence":
        """What recurs from that day on, in the same rhythm, to the same end. Raises BadRecurrence if nothing does."""
        whole = replace(self, except_days=frozenset())
        first = next(whole.days(day - _A_DAY, date.max), None)
        if first is None:
            raise BadRecurrence(f"It does not recur from {day} on.", field="from_day")
        rule = self.rule
        if count := part(rule, "COUNT"):
            before = sum(1 for _ in whole.days(self.first_day - _A_DAY, day - _A_DAY))
            rule = rule.replace(f"COUNT={count[0]}", f"COUNT={int(count[0]) - before}")
        return replace(self, rule=rule, first_day=first)

    def occurrences(self, after: date, until: date) -> list[Occurrence]:
        """What `days()` gives, with its moments. A day on which the change of the clock leaves no time is none."""
        found = (self.on(day) for day in self.days(after, until))
        return [each for each in found if each.ends_at > each.starts_at]

    def on(self, day: date) -> Occurrence:
        """The moments of a day. Of a time that the clock shows twice, the first is meant."""
        place = self.place
        last = day if self.ends > self.begins else day + _A_DAY
        starts_at, ends_at = moment(day, self.begins, place), moment(last, self.ends, place)
        shifted = not (shows(starts_at, place, self.begins) and shows(ends_at, place, self.ends))
        return Occurrence(day, starts_at, ends_at, shifted)


def moment(day: date, at: time, place: ZoneInfo) -> datetime:
    """The UTC moment of a local time. Twice: the first. Never: as the clock before the change would count."""
    return datetime.combine(day, at, place).astimezone(UTC)


def shows(at: datetime, place: ZoneInfo, written: time) -> bool:
    """Whether the clock of the place shows that time at that moment."""
    return at.astimezone(place).time() == written


def checked(rule: str, place: ZoneInfo) -> str:
    """The rule in its plain form, with UNTIL as a day of the place. Raises BadRecurrence."""
    parts = _parts(rule)
    frequency = parts.pop("FREQ", "")
    if frequency not in _LISTS:
        raise BadRecurrence("It says no frequency that we know.", field="rule")
    if {"COUNT", "UNTIL"} <= parts.keys():
        raise BadRecurrence("It ends by COUNT or by UNTIL, not by both.", field="rule")
    if {"BYDAY", "BYMONTHDAY"} <= parts.keys():
        raise BadRecurrence("Its days are those of the month or those of the week, not both.", field="rule")
    known = {name: _one(name, value, frequency) for name, value in parts.items()}
    if "UNTIL" in known:
        known["UNTIL"] = _last_day(known["UNTIL"], place)
    return ";".join([f"FREQ={frequency}", *(f"{name}={known[name]}" for name in sorted(known))])


def part(rule: str, name: str) -> Sequence[str]:
    """The items of one part of a rule that `checked()` gave; none if it has no such part."""
    value = _parts(rule).get(name)
    return value.split(",") if value else ()


def _parts(rule: str) -> dict[str, str]:
    text = rule.strip().upper().removeprefix("RRULE:").rstrip(";")
    pairs = [each.partition("=") for each in text.split(";")]
    parts = {name: value for name, _, value in pairs}
    if len(parts) != len(pairs) or not all(parts.values()):
        raise BadRecurrence("Each part stands once, as NAME=VALUE.", field="rule")
    return parts


def _one(name: str, value: str, frequency: str) -> str:
    lists = _LISTS[frequency]
    if name in lists:
        items = value.split(",")
        right = all(lists[name].fullmatch(item) for item in items) and len(set(items)) == len(items)
    else:
        right = name in _SINGLE and _SINGLE[name].fullmatch(value) is not None
    if not right:
        raise BadRecurrence(f"It cannot say {name}={value} with FREQ={frequency}.", field="rule")
    return value


def _last_day(until: str, place: ZoneInfo) -> str:
    """UNTIL as a day: that of the zone at the moment, where it is written as one."""
    try:
        if _DAY.fullmatch(until):
            day = date.fromisoformat(until)
        else:
            day = datetime.fromisoformat(until).astimezone(place).date()
    except (ValueError, OverflowError) as wrong:
        raise BadRecurrence(f"There is no day {until}.", field="rule") from wrong
    return day.isoformat().replace("-", "")
