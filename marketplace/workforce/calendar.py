"""When somebody can and wants to work, by the clock on their own wall: weekly windows, dated exceptions, quiet hours.

Everything here is told in local time and stays right when clocks change, because only what the wall clock shows counts:
the hour that a change repeats is meant both times, the hour or the day that it leaves out is missed by nobody. Pure.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import combinations, pairwise
from operator import itemgetter
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import ZoneInfo

from marketplace.core.problems import Conflict, Invalid

DAY = 24 * 60
WEEK = 7 * DAY
MINUTE = timedelta(minutes=1)
MOST_WINDOWS = 100
MOST_EXCEPTIONS = 200
"""How many exceptions that are not over somebody may have."""
LONGEST_EXCEPTION = 366
"""Days; a leap year away."""
T = TypeVar("T", float, datetime)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Wish(StrEnum):
    """What somebody says about a time. About all other time nothing is said."""

    DESIRED = "desired"
    """They want to work then."""
    UNDESIRED = "undesired"
    """They would rather not, and may be asked."""
    UNAVAILABLE = "unavailable"
    """They cannot, and nobody asks."""


class BadWindow(Invalid):
    code = "bad_window"
    title = "This is not a window of a week."
    remedy = (
        "Give weekday 0 (Monday) to 6, start 0 to 1439 and end 1 to 1440; an end before the start is the next day's."
    )


class BadException(Invalid):
    code = "bad_exception"
    title = "These are not days of an exception."
    remedy = "Give a first day and a last one that is not before it and not over, at most 366 days together."


class TooManyExceptions(Conflict):
    code = "too_many_exceptions"
    title = "There are more exceptions than anybody can look through."
    remedy = "Remove some, or say in the week what is so every week."


class ContradictoryAvailability(Invalid):
    """`first` and `second` are what contradicts each other, as it was said."""

    code = "contradictory_availability"
    title = "Two things that you say about your time contradict each other."
    remedy = "Change or remove one of the two."


class BadQuiet(Invalid):
    code = "bad_quiet"
    title = "Quiet hours begin and end at two different times of the day."
    remedy = "Give minutes since midnight, 0 to 1439, one when it becomes quiet and another when it ends; or neither."


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A stretch of every week as the clock on the contractor's wall shows it, from start until before end.

    `weekday` is 0 for Monday; minutes count from midnight. An end that is not after the start is on the next day, so
    Saturday 22:00 to 02:00 is `Window(5, 1320, 120)`; a whole day is `Window(5, 0, 1440)`.
    """

    weekday: int
    start_minute: int
    end_minute: int
    wish: Wish = Wish.DESIRED

    def __post_init__(self) -> None:
        right = 0 <= self.weekday <= 6 and 0 <= self.start_minute < DAY and 0 < self.end_minute <= DAY
        if not right or self.start_minute == self.end_minute:
            raise BadWindow(f"Day {self.weekday}, {self.start_minute} to {self.end_minute}.", field="windows")

    @property
    def in_week(self) -> tuple[int, int]:
        """Start and end in minutes since Monday 00:00; the end of Sunday night's window lies in the week after."""
        start = self.weekday * DAY + self.start_minute
        return start, start + _length(self.start_minute, self.end_minute)

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]} {_faces(self.start_minute, self.end_minute)} {self.wish}"


@dataclass(frozen=True, slots=True, order=True)
class Dated:
    """What is other than every week: the same stretch of each day from the first to the last, in place of what the week
    says then. Both days are those of the person's own calendar; an end that is not after the start is on the next day.
    """

    first_day: date
    last_day: date
    start_minute: int = 0
    end_minute: int = DAY
    wish: Wish = Wish.UNAVAILABLE

    def __post_init__(self) -> None:
        right = 0 <= self.start_minute < DAY and 0 < self.end_minute <= DAY and self.start_minute != self.end_minute
        if not right or not 1 <= self.days <= LONGEST_EXCEPTION:
            raise BadException(str(self), field="first_day")

    @property
    def days(self) -> int:
        return (self.last_day - self.first_day).days + 1

    @property
    def stretches(self) -> list[tuple[datetime, datetime]]:
        """From when until when, on the wall clock; whole days are one stretch."""
        first = datetime.combine(self.first_day, time())
        if (self.start_minute, self.end_minute) == (0, DAY):
            return [(first, first + timedelta(days=self.days))]
        length = timedelta(minutes=_length(self.start_minute, self.end_minute))
        begins = [first + timedelta(days=day, minutes=self.start_minute) for day in range(self.days)]
        return [(begin, begin + length) for begin in begins]

    def __str__(self) -> str:
        days = f"{self.first_day}" if self.first_day == self.last_day else f"{self.first_day} to {self.last_day}"
        return f"{days}, {_faces(self.start_minute, self.end_minute)}, {self.wish}"


@dataclass(frozen=True, slots=True)
class Quiet:
    """Every day from one minute until before another, by the wall clock, nothing rings; it may end the next day."""

    from_minute: int
    until_minute: int

    def __post_init__(self) -> None:
        right = 0 <= self.from_minute < DAY and 0 <= self.until_minute < DAY
        if not right or self.from_minute == self.until_minute:
            raise BadQuiet(f"{self.from_minute} to {self.until_minute}.", field="from_minute")

    def ends(self, zone: ZoneInfo, at: datetime) -> datetime | None:
        """The first moment from `at` on at which it is not quiet; None when it is not quiet at `at`."""
        if not self._holds(at.astimezone(zone).replace(tzinfo=None)):
            return None
        for real, local, until in _stretches(zone, at, at + timedelta(days=3)):
            if not self._holds(local):
                return real
            end = datetime.combine(local.date(), time()) + self.until_minute * MINUTE
            end += timedelta(days=end <= local)
            if end < until:
                return real + (end - local)
        raise AssertionError("No day is quiet to its end.")

    def _holds(self, local: datetime) -> bool:
        minute = local.hour * 60 + local.minute
        if self.from_minute < self.until_minute:
            return self.from_minute <= minute < self.until_minute
        return minute >= self.from_minute or minute < self.until_minute


def quiet_of(from_minute: int | None, until_minute: int | None) -> Quiet | None:
    """The quiet hours of two columns, one of which is empty where the other is."""
    return None if from_minute is None or until_minute is None else Quiet(from_minute, until_minute)


Spans = Sequence[tuple[float, float, Wish]]
"""Minutes since a Monday, for that week and the two beside it: in order, none overlapping the next."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """All that one person says about their time. It is laid out once, for whoever asks about many shifts."""

    windows: tuple[Window, ...] = ()
    dated: tuple[Dated, ...] = ()
    weekly: Spans = field(init=False, repr=False, compare=False)
    _exceptions: Sequence[tuple[datetime, datetime, Wish]] = field(init=False, repr=False, compare=False)
    wants_hours: bool = field(init=False, repr=False, compare=False)
    """Whether they named hours of the week as desired, so that the others are less so."""
    keeps_free: bool = field(init=False, repr=False, compare=False)
    """Whether there is any time at which the person cannot work."""

    def __post_init__(self) -> None:
        weekly = [(*window.in_week, window.wish) for window in self.windows]
        beside = [(begin + week, end + week, wish) for week in (-WEEK, 0, WEEK) for begin, end, wish in weekly]
        exceptions = [(begin, end, each.wish) for each in self.dated for begin, end in each.stretches]
        said = {window.wish for window in self.windows} | {each.wish for each in self.dated}
        object.__setattr__(self, "weekly", _joined(beside))
        object.__setattr__(self, "_exceptions", _joined(exceptions))
        object.__setattr__(self, "wants_hours", any(window.wish is Wish.DESIRED for window in self.windows))
        object.__setattr__(self, "keeps_free", Wish.UNAVAILABLE in said)

    @property
    def days_of_their_own(self) -> tuple[datetime, datetime] | None:
        """From when until when, on the wall clock, exceptions are that stand in place of the week; None without any."""
        if not self._exceptions:
            return None
        return self._exceptions[0][0], max(end for _, end, _ in self._exceptions)

    def is_away(self, zone: ZoneInfo, start: datetime, end: datetime) -> bool:
        """Whether the person cannot work at some moment from start until before end, both aware."""
        return self.keeps_free and Wish.UNAVAILABLE in self.said(zone, start, end)

    def wants(self, zone: ZoneInfo, start: datetime, end: datetime) -> bool | None:
        """Whether the person wants to work from start until before end, both aware.

        True when every moment of it is desired; False when some moment is not wanted, or lies outside of the hours of
        the week that they named as desired; None when nothing is said about it.
        """
        if not self.weekly and not self._exceptions:
            return None
        found = self.said(zone, start, end)
        if found == {Wish.DESIRED}:
            return True
        return False if self.wants_hours or found & {Wish.UNDESIRED, Wish.UNAVAILABLE} else None

    def said(self, zone: ZoneInfo, start: datetime, end: datetime) -> set[Wish | None]:
        """All that is said about the moments from start until before end; None stands for those about which nothing
        is. Empty when end is not after start."""
        found: set[Wish | None] = set()
        for begins, ends in wall_clock(zone, start, end):
            found |= self.said_by_clock(begins, ends)
        return found

    def said_by_clock(self, begins: datetime, ends: datetime) -> set[Wish | None]:
        """As `said`, for a stretch that the wall clock runs through, told without a zone."""
        found: set[Wish | None] = set()
        at = begins
        for begin, end, wish in _over(self._exceptions, begins, ends):
            if begin > at:
                found |= self._said_weekly(at, begin)
            found.add(wish)
            at = max(at, end)
        if at < ends:
            found |= self._said_weekly(at, ends)
        return found

    def laid_out(self, begins: datetime, ends: datetime) -> Iterator[tuple[datetime, datetime, Wish | None]]:
        """What is said from begin to end of a stretch of the wall clock, less than a week long, one after another."""
        at = begins
        for begin, end, wish in [*_over(self._exceptions, begins, ends), (ends, ends, None)]:
            if begin > at:
                yield from self._laid_out_weekly(at, begin)
            at = max(at, begin)
            if at < end and at < ends:
                yield at, min(end, ends), wish
            at = max(at, end)

    def _laid_out_weekly(self, begins: datetime, ends: datetime) -> Iterator[tuple[datetime, datetime, Wish | None]]:
        monday = datetime.combine(begins.date() - timedelta(days=begins.weekday()), time())
        at, last = (begins - monday) / MINUTE, (ends - monday) / MINUTE
        for begin, end, wish in [*_over(self.weekly, at, last), (last, last, None)]:
            if begin > at:
                yield monday + at * MINUTE, monday + begin * MINUTE, None
            at = max(at, begin)
            if at < end and at < last:
                yield monday + at * MINUTE, monday + min(end, last) * MINUTE, wish
            at = max(at, end)

    def _said_weekly(self, begins: datetime, ends: datetime) -> set[Wish | None]:
        at, last = minutes_of_week(begins, ends)
        found: set[Wish | None] = set()
        for begin, end, wish in _over(self.weekly, at, last):
            if begin > at:
                found.add(None)
            found.add(wish)
            at = max(at, end)
        return found | {None} if at < last else found


def covers(windows: Iterable[Window], zone: ZoneInfo, start: datetime, end: datetime) -> bool:
    """Whether the wall clock of that zone shows a time inside the windows at every moment from start until before end.

    Both are aware datetimes. Nothing is covered when end is not after start.
    """
    said = Calendar(tuple(windows)).said(zone, start, end)
    return bool(said) and None not in said


# --- what contradicts itself ------------------------------------------------------------------------------------------


def check_windows(windows: Collection[Window]) -> None:
    """Raises BadWindow when two begin at the same minute of the week, or when there are more than a hundred; and
    ContradictoryAvailability for two that say different things about the same minute."""
    if len({(each.weekday, each.start_minute) for each in windows}) != len(windows) or len(windows) > MOST_WINDOWS:
        raise BadWindow("Two windows begin at the same minute, or there are more than 100.", field="windows")
    for one, other in combinations(sorted(windows), 2):
        if one.wish is not other.wish and _meet(one.in_week, other.in_week):
            raise _contradiction(one, other, "windows")


def check_exception(new: Dated, others: Iterable[Dated], today: date) -> None:
    """Raises BadException for days that are over, TooManyExceptions, and ContradictoryAvailability when another
    exception says something else about one of its minutes. What the week says is what it stands in place of."""
    if new.last_day < today:
        raise BadException(str(new), field="last_day")
    known = [each for each in others if each.last_day >= today]
    if len(known) >= MOST_EXCEPTIONS:
        raise TooManyExceptions
    for each in known:
        if each.wish is not new.wish and _overlap(each, new):
            raise _contradiction(each, new, "first_day")


def check_room(windows: Iterable[Window], least_hours: int) -> None:
    """Raises ContradictoryAvailability when the week leaves fewer hours than the person wants at the least."""
    closed = [(*window.in_week, window.wish) for window in windows if window.wish is Wish.UNAVAILABLE]
    minutes = {minute % WEEK for begin, end, _ in closed for minute in range(begin, end)}
    left = (WEEK - len(minutes)) // 60
    if left < least_hours:
        raise ContradictoryAvailability(
            f"You want at least {least_hours} hours a week, and the week leaves {left}.",
            field="windows",
            first=f"at least {least_hours} hours a week",
            second=f"{left} hours a week are left",
        )


def _contradiction(one: Window | Dated, other: Window | Dated, where: str) -> ContradictoryAvailability:
    return ContradictoryAvailability(f"{one}; {other}.", field=where, first=str(one), second=str(other))


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two stretches of the week overlap, also around its end."""
    return any(one[0] < other[1] + week and other[0] + week < one[1] for week in (-WEEK, 0, WEEK))


def _overlap(one: Dated, other: Dated) -> bool:
    day = timedelta(days=1)
    if one.first_day > other.last_day + day or other.first_day > one.last_day + day:
        return False
    theirs = other.stretches
    return any(begin < end_ and begin_ < end for begin, end in one.stretches for begin_, end_ in theirs)


# --- painting a week --------------------------------------------------------------------------------------------------


def painted(windows: Iterable[Window], hours: Iterable[tuple[int, int]], wish: Wish | None) -> list[Window]:
    """The week after some of its hours, pairs of weekday and hour, were given another wish, or none.

    All else stays to the minute. Windows are told anew, none over midnight. Raises BadWindow for more than a hundred.
    """
    week: list[Wish | None] = [None] * WEEK
    for window in windows:
        begin, end = window.in_week
        for minute in range(begin, end):
            week[minute % WEEK] = window.wish
    for weekday, hour in hours:
        at = weekday * DAY + hour * 60
        week[at : at + 60] = [wish] * 60
    changes = [0, *(at for at in range(1, WEEK) if week[at] != week[at - 1] or at % DAY == 0), WEEK]
    found = [
        Window(begin // DAY, begin % DAY, (end - 1) % DAY + 1, wish)
        for begin, end in pairwise(changes)
        if (wish := week[begin]) is not None
    ]
    if len(found) > MOST_WINDOWS:
        raise BadWindow("There would be more than 100 windows.", field="windows")
    return found


def by_hour(windows: Iterable[Window]) -> Mapping[tuple[int, int], frozenset[Wish | None]]:
    """What is said about each hour of the week, by weekday and hour: of one wish, or of several."""
    calendar, monday = Calendar(tuple(windows)), datetime(2024, 1, 1)  # noqa: DTZ001
    hours = [(weekday, hour) for weekday in range(7) for hour in range(24)]
    begins = {each: monday + timedelta(days=each[0], hours=each[1]) for each in hours}
    return MappingProxyType(
        {each: frozenset(calendar.said_by_clock(at, at + timedelta(hours=1))) for each, at in begins.items()}
    )


# --- laying out, and the clock on the wall ----------------------------------------------------------------------------


def _length(start_minute: int, end_minute: int) -> int:
    return (end_minute - start_minute) % DAY or DAY


def _faces(start_minute: int, end_minute: int) -> str:
    return f"{start_minute // 60:02d}:{start_minute % 60:02d} to {end_minute // 60:02d}:{end_minute % 60:02d}"


def _joined(spans: Iterable[tuple[T, T, Wish]]) -> list[tuple[T, T, Wish]]:
    """In order, those of one wish that touch or overlap as one."""
    found: list[tuple[T, T, Wish]] = []
    for begin, end, wish in sorted(spans):
        if found and begin <= found[-1][1] and wish is found[-1][2]:
            found[-1] = found[-1][0], max(found[-1][1], end), wish
        else:
            found.append((begin, end, wish))
    return found


def _over(spans: Sequence[tuple[T, T, Wish]], begins: T, ends: T) -> Iterator[tuple[T, T, Wish]]:
    """Those of the laid out spans that lie over some of the stretch, in order, found by one search."""
    place = max(0, bisect_right(spans, begins, key=itemgetter(0)) - 1)
    while place < len(spans) and spans[place][0] < ends:
        if spans[place][1] > begins:
            yield spans[place]
        place += 1


def minutes_of_week(begins: datetime, ends: datetime) -> tuple[float, float]:
    """A stretch of the wall clock in minutes since the Monday before it. Whoever asks about more than a week asks about
    every minute of one."""
    monday = datetime.combine(begins.date() - timedelta(days=begins.weekday()), time())
    at, last = (begins - monday) / MINUTE, (ends - monday) / MINUTE
    return (0, WEEK) if last - at >= WEEK else (at, last)


@lru_cache(maxsize=4096)
def wall_clock(zone: ZoneInfo, start: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """The stretches, without a zone, that the wall clock runs through without a jump. Shared by all who are asked."""
    if end <= start:
        return ()
    return tuple((local, until) for _, local, until in _stretches(zone, start, end))


def _stretches(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, datetime]]:
    """Each stretch without a jump: the real moment at which it begins, and its begin and end on the wall clock."""
    for left, right in pairwise([start, *_changes(zone, start, end), end]):
        local = left.astimezone(zone).replace(tzinfo=None)
        yield left, local, local + (right - left)


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    """The moments after start and until end at which the zone's distance from UTC changes. Zones change on seconds."""
    changes = []
    left, last = int(start.timestamp()), int(end.timestamp())
    while left < last:
        right = min(left + 3600, last)
        if _offset(zone, left) != _offset(zone, right):
            changes.append(datetime.fromtimestamp(_first_after_change(zone, left, right), UTC))
        left = right
    return changes


def _first_after_change(zone: ZoneInfo, left: int, right: int) -> int:
    before = _offset(zone, left)
    return left + bisect_left(range(left, right), True, key=lambda second: _offset(zone, second) != before)


def _offset(zone: ZoneInfo, second: int) -> timedelta | None:
    return datetime.fromtimestamp(second, zone).utcoffset()


NOTHING_SAID = Calendar()
