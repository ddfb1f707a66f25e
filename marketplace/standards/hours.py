"""How long anybody may work, and how long they rest between: over all gigs and companies together.

The laws quoted cover employees; applying them to contractors is a choice of this service. Days and weeks are local,
from midnight to midnight and from Monday to Sunday; rest is counted in hours that passed, whatever a clock showed.
"""

from calendar import isleap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from marketplace.core.problems import Invalid
from marketplace.standards.catalogue import RULES
from marketplace.standards.verdicts import Verdict


class BadSpan(Invalid):
    code = "bad_span"
    title = "Work begins before it ends, both at moments with a time zone."


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Work from a moment to a later one. Both must be aware, and are kept in UTC: Python subtracts two moments of one
    zone by what their clocks show, which is an hour wrong where clocks change."""

    starts_at: datetime
    ends_at: datetime

    def __post_init__(self) -> None:
        if self.starts_at.tzinfo is None or self.ends_at.tzinfo is None:
            raise BadSpan(f"{self.starts_at} to {self.ends_at}")
        object.__setattr__(self, "starts_at", self.starts_at.astimezone(UTC))
        object.__setattr__(self, "ends_at", self.ends_at.astimezone(UTC))
        if self.starts_at >= self.ends_at:
            raise BadSpan(f"{self.starts_at} to {self.ends_at}")

    @property
    def minutes(self) -> int:
        """Whole minutes, a begun one included."""
        return -((self.starts_at - self.ends_at) // timedelta(minutes=1))


def age_on(born_on: date, on: date) -> int:
    """Full years on that day. Who was born on 29 February is a year older on 1 March of other years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def judge_age(born_on: date, at: datetime, zone: ZoneInfo) -> Verdict:
    """AGE: whether the person is old enough on the local day of the moment."""
    today = at.astimezone(zone).date()
    years = RULES["AGE"].parameters["years"]
    return RULES["AGE"].verdict(
        age_on(born_on, today) >= years,
        f"Work is for people of {years} years and more.",
        # The day of birth is a person's own; a verdict is stored, so it says the age only.
        {"age": str(age_on(born_on, today)), "on": today.isoformat(), "timezone": zone.key},
        limit=f"{years} years",
        remedy="Apply again after that birthday.",
    )


def old_enough_on(born_on: date) -> date:
    """The first day on which AGE is met. Whoever was born on 29 February reaches it on 1 March where that day is
    missing, as `age_on` counts."""
    year = born_on.year + RULES["AGE"].parameters["years"]
    leap = (born_on.month, born_on.day) == (2, 29) and not isleap(year)
    return date(year, 3, 1) if leap else born_on.replace(year=year)


def rest_minutes(daily_rest_hours: Decimal | None) -> int:
    """The daily rest that holds in a place: its law's where that asks for more, else 11 hours."""
    own = 0 if daily_rest_hours is None else int(daily_rest_hours * 60)
    return max(own, RULES["REST"].parameters["minutes"])


def judge_rest(work: Iterable[Span], new: Span, *, daily_rest_hours: Decimal | None = None) -> Verdict:
    """REST: work that is interrupted for less than the rest is one day of work, and such a day, from its first start
    to its last end, leaves the rest of its 24 hours free. Two short shifts on one day are thus allowed."""
    rest = timedelta(minutes=rest_minutes(daily_rest_hours))
    stretch = _stretch_around(work, new, rest)
    longest = timedelta(hours=24) - rest
    return RULES["REST"].verdict(
        stretch.ends_at - stretch.starts_at <= longest,
        f"Between two days of work lie {_hours(rest)} hours of rest.",
        _stretch_inputs(stretch, rest),
        limit=f"a day of work from start to end of at most {_hours(longest)} hours",
        remedy=f"Choose a shift that leaves {_hours(rest)} hours of rest before and after the day's work.",
    )


def judge_day_off(work: Iterable[Span], new: Span, *, country: str) -> Verdict:
    """DAY_OFF: as REST, with a rest of 24 hours (36 in South Africa, 42 in Ukraine) in each seven days."""
    numbers = RULES["DAY_OFF"].parameters
    rest = timedelta(minutes=numbers.get(f"{country.lower()}_minutes", numbers["minutes"]))
    stretch = _stretch_around(work, new, rest)
    longest = timedelta(days=7) - rest
    return RULES["DAY_OFF"].verdict(
        stretch.ends_at - stretch.starts_at <= longest,
        f"In seven days lie {_hours(rest)} hours of rest in one piece.",
        _stretch_inputs(stretch, rest) | {"country": country},
        limit=f"at most {_hours(longest)} hours from the first start to the last end without such a rest",
        remedy="Keep one day of these seven free.",
    )


def minutes_by_day(work: Iterable[Span], zone: ZoneInfo) -> dict[date, int]:
    """Minutes of work on each local day. Work over midnight counts on both sides of it."""
    found: dict[date, int] = {}
    for span in work:
        for day, part in parted(span, zone):
            found[day] = found.get(day, 0) + part.minutes
    return found


def parted(span: Span, zone: ZoneInfo) -> Iterator[tuple[date, Span]]:
    """The parts of work on each local day that it touches."""
    start = span.starts_at
    while start < span.ends_at:
        day = start.astimezone(zone).date()
        midnight = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        end = min(span.ends_at, midnight)
        yield day, Span(start, end)
        start = end


def time_by_day(work: Iterable[Span], zone: ZoneInfo) -> dict[date, timedelta]:
    """The same to the second, where work comes in pieces."""
    found: dict[date, timedelta] = {}
    for span in work:
        for day, part in parted(span, zone):
            found[day] = found.get(day, timedelta(0)) + (part.ends_at - part.starts_at)
    return found


def minutes_by_week(work: Iterable[Span], zone: ZoneInfo) -> dict[date, int]:
    """Minutes of work in each local week, by its Monday."""
    found: dict[date, int] = {}
    for day, minutes in minutes_by_day(work, zone).items():
        monday = week_of(day)
        found[monday] = found.get(monday, 0) + minutes
    return found


def night_time(
    work: Iterable[Span], zone: ZoneInfo, from_hour: int | None = None, to_hour: int | None = None
) -> timedelta:
    """How much of the work lies between these hours on the wall clock of the zone, or between 22:00 and 06:00, as time
    really passes: a night in which the clocks go back has an hour more (NIGHT)."""
    numbers = RULES["NIGHT"].parameters
    begins = time(numbers["from_hour"] if from_hour is None else from_hour)
    ends = time(numbers["to_hour"] if to_hour is None else to_hour)
    found = timedelta(0)
    for span in work:
        day = span.starts_at.astimezone(zone).date() - timedelta(days=1)
        while (dusk := datetime.combine(day, begins, zone).astimezone(UTC)) < span.ends_at:
            day += timedelta(days=1)
            dawn = datetime.combine(day, ends, zone).astimezone(UTC)
            found += max(timedelta(0), min(span.ends_at, dawn) - max(span.starts_at, dusk))
    return found


def week_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def judge_day(work: Sequence[Span], new: Span, zone: ZoneInfo) -> Verdict:
    """DAY: the fullest local day that the new work touches keeps to the most minutes of a day."""
    return _judge_cap("DAY", minutes_by_day([*work, new], zone), minutes_by_day([new], zone), "day")


def judge_week(work: Sequence[Span], new: Span, zone: ZoneInfo) -> Verdict:
    """WEEK: the fullest local week that the new work touches keeps to 48 hours."""
    return _judge_cap("WEEK", minutes_by_week([*work, new], zone), minutes_by_week([new], zone), "week")


def judge_break(worked_minutes: int, longest_break_minutes: int) -> Verdict:
    """BREAK: whether work of that length was broken for long enough, in one piece."""
    numbers = RULES["BREAK"].parameters
    needed = numbers["minutes"] if worked_minutes > numbers["after_minutes"] else 0
    return RULES["BREAK"].verdict(
        longest_break_minutes >= needed,
        f"Work of more than {numbers['after_minutes'] // 60} hours is broken for {numbers['minutes']} minutes.",
        {"worked_minutes": str(worked_minutes), "break_minutes": str(longest_break_minutes)},
        limit=f"{needed} minutes of break",
        remedy="Take the break, or end the shift earlier.",
    )


def overtime_percent(multiplier: Decimal | None) -> int:
    """What an overtime minute earns, in percent of the rate: the place's multiple, else one and a half."""
    if multiplier is None:
        return RULES["OVERTIME"].parameters["percent_where_unknown"]
    return int(multiplier * 100)


def _stretch_around(work: Iterable[Span], new: Span, rest: timedelta) -> Span:
    """The work around the new one that no rest of that length interrupts, from its first start to its last end."""
    stretch: Span | None = None
    for span in sorted([*work, new]):
        if stretch is None or span.starts_at - stretch.ends_at >= rest:
            if stretch is not None and stretch.ends_at >= new.ends_at:
                break
            stretch = span
        else:
            stretch = Span(stretch.starts_at, max(stretch.ends_at, span.ends_at))
    return stretch or new


def _stretch_inputs(stretch: Span, rest: timedelta) -> dict[str, str]:
    return {
        "first_start": stretch.starts_at.isoformat(),
        "last_end": stretch.ends_at.isoformat(),
        "rest_minutes": str(rest // timedelta(minutes=1)),
    }


def _judge_cap(rule_id: str, all_work: Mapping[date, int], new: Mapping[date, int], word: str) -> Verdict:
    most = RULES[rule_id].parameters["minutes"]
    fullest = max(new, key=lambda day: all_work[day])
    minutes = all_work[fullest]
    return RULES[rule_id].verdict(
        minutes <= most,
        f"At most {most // 60} hours of work stand in one {word}, all gigs together.",
        {f"{word}_of": fullest.isoformat(), "minutes": str(minutes), "of_which_new": str(new[fullest])},
        limit=f"{most} minutes, of which {max(0, most - minutes + new[fullest])} are left for this work",
        remedy=f"Choose a shorter shift, or one in another {word}.",
    )


def _hours(span: timedelta) -> str:
    minutes = span // timedelta(minutes=1)
    return f"{Decimal(minutes) / 60:f}"
