"""Everybody of a plan as columns, so that one opening scores all of them by a few operations on arrays. Pure.

In prose. What a part of the score counts is the law of `matching.rules.points()`, for one person at a time. Here the
same numbers are reckoned for all who fit, and say nothing but in which order people are looked at: whoever is looked at
is scored by the law itself, and so is whoever asks why. Weeks are laid out on the wall clock; who has said something of
their own about one of the days is asked as always.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise, zip_longest
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from marketplace.matching.instance import Opening, Work
from marketplace.matching.objective import OF_PEOPLE, Part, Weights
from marketplace.matching.rules import LEVEL_STEP, RECENT, SEASON, WEEK_MINUTES, WISH_POINTS, lot, points
from marketplace.matching.somebody import Somebody, Steps, local_week
from marketplace.shifts.hours import scheduled_minutes
from marketplace.standards.hours import Span
from marketplace.workforce.calendar import Wish, minutes_of_week, wall_clock

Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
TICK: Final = timedelta(microseconds=1)
BEFORE: Final = -(2**62)


class Group:
    """Some people of a plan who fit one kind of work, by their numbers in it, each with how far above it they are."""

    __slots__ = ("ids", "language", "numbers", "places", "quality", "steps")

    def __init__(self, numbers: Sequence[int], ids: Sequence[UUID], steps: Sequence[Steps]) -> None:
        self.numbers, self.ids, self.steps = np.array(numbers, np.int64), ids, steps
        self.places = {known: place for place, known in enumerate(ids)}
        self.language = _levels(each.languages for each in steps)
        self.quality = _levels(each.skills for each in steps)

    def are(self, known: Iterable[UUID]) -> Flags:
        """Which of the group are among them."""
        found = np.zeros(len(self.ids), np.bool_)
        found[[self.places[each] for each in known if each in self.places]] = True
        return found


class OneByOne:
    """The people of a plan of few shifts, asked by the law itself: that is over before columns are laid out."""

    def __init__(self, people: Sequence[Somebody]) -> None:
        self._people = people

    def take(self, number: int, span: Span) -> None:
        """Nothing: each person knows what they were given."""

    def leave(self, number: int, span: Span) -> None:
        """Nothing, as in `take()`."""

    def elsewhere(self, group: Group, span: Span) -> Flags:
        """As in `Crowd`."""
        return np.array([self._people[number].is_elsewhere(span) for number in group.numbers], np.bool_)

    def points(self, group: Group, opening: Opening, work: Work) -> Mapping[Part, Longs]:
        """As in `Crowd`."""
        minutes = scheduled_minutes(opening.span.starts_at, opening.span.ends_at)
        people = (self._people[number] for number in group.numbers)
        each = (who.candidate(opening, work, steps) for who, steps in zip(people, group.steps, strict=True))
        earned = [points(candidate, minutes) for candidate in each]
        return {part: _longs(mine[part] for mine in earned) for part in OF_PEOPLE}


class Crowd:
    """The people of a plan, numbered in their order, with what the plan has given them so far."""

    def __init__(self, people: Sequence[Somebody]) -> None:
        self._people = people
        self._count = len(people)
        zones = {who.member.person.zone: None for who in people}
        self._zones = list(zones)
        places = {zone: place for place, zone in enumerate(zones)}
        self._zone = _longs(places[who.member.person.zone] for who in people)
        self._least = _longs(who.member.band_min_minutes for who in people)
        self._most = _longs(who.member.band_max_minutes for who in people)
        self._given = _longs(who.given_minutes for who in people)
        self._weeks: dict[date, Longs] = {}
        for number, who in enumerate(people):
            for week, minutes in who.weeks.items():
                self._week(week)[number] = minutes
        self._past = _Past(people)
        self._elsewhere = _Elsewhere(people)
        self._calendars = _Calendars(people, self._zone)
        self._recent: dict[datetime, Longs] = {}

    def take(self, number: int, span: Span) -> None:
        """Counts a seat that the plan gives."""
        self._elsewhere.add(number, span)
        self._count_in(number, span, 1)

    def leave(self, number: int, span: Span) -> None:
        """Takes back what `take()` counted."""
        self._elsewhere.remove(number, span)
        self._count_in(number, span, -1)

    def elsewhere(self, group: Group, span: Span) -> Flags:
        """Who of the group has other work at that time."""
        return self._elsewhere.at(self._count, span)[group.numbers]

    def points(self, group: Group, opening: Opening, work: Work) -> Mapping[Part, Longs]:
        """The points of each part, as `rules.points()` has them."""
        begins, these = opening.span.starts_at, group.numbers
        if begins not in self._recent:
            self._recent[begins] = self._past.between(begins - RECENT, begins)
        recent = (self._recent[begins] + self._given)[these]
        known = np.minimum(self._past.between(begins - SEASON, begins, work.company_id)[these], WEEK_MINUTES)
        return {
            Part.AVAILABILITY: self._wishes(group, opening.span),
            Part.BAND: self._band(group, opening.span),
            Part.SPREAD: 100 * WEEK_MINUTES // (WEEK_MINUTES + recent),
            Part.CONTINUITY: 100 * known // WEEK_MINUTES,
            Part.LANGUAGE: group.language,
            Part.QUALITY: group.quality,
        }

    def _wishes(self, group: Group, span: Span) -> Longs:
        found = self._calendars.points(self._zones, span)
        for number in self._calendars.with_exceptions(self._zones, span, group.numbers):
            person = self._people[number].member.person
            found[number] = WISH_POINTS[person.calendar.wants(person.zone, span.starts_at, span.ends_at)]
        return found[group.numbers]

    def _band(self, group: Group, span: Span) -> Longs:
        these, zone = group.numbers, self._zone[group.numbers]
        after = np.full(len(these), scheduled_minutes(span.starts_at, span.ends_at), np.int64)
        weeks = [local_week(span.starts_at, each) for each in self._zones]
        for week in set(weeks):
            here = np.array([each == week for each in weeks], np.bool_)[zone]
            after[here] += self._week(week)[these[here]]
        least, most = self._least[these], self._most[these]
        beyond = 100 * np.maximum(0, most - after) // np.maximum(1, most - least)
        return np.where(after <= least, 100, np.where(most > least, beyond, 0))

    def _week(self, week: date) -> Longs:
        if week not in self._weeks:
            self._weeks[week] = np.zeros(self._count, np.int64)
        return self._weeks[week]

    def _count_in(self, number: int, span: Span, sign: int) -> None:
        minutes = sign * scheduled_minutes(span.starts_at, span.ends_at)
        self._given[number] += minutes
        self._week(local_week(span.starts_at, self._zones[self._zone[number]]))[number] += minutes


def weighted(earned: Mapping[Part, Longs], weights: Weights, parts: Sequence[Part] = OF_PEOPLE) -> Longs:
    """What the points come to, of these parts."""
    return np.asarray(sum(weights.of(part) * earned[part] for part in parts), np.int64)


def best_first(scores: Longs, places: Longs, group: Group, opening: Opening, seed: int) -> Iterator[int]:
    """Those places of the group with the highest scores first, those of equal ones by lot (`rules.lot`), which is only
    drawn for whom somebody comes to."""
    order = places[np.argsort(-scores[places], kind="stable")]
    edges = np.flatnonzero(np.diff(scores[order])) + 1
    for begin, end in pairwise([0, *edges.tolist(), len(order)]):
        equals = order[begin:end].tolist()
        yield from equals if end - begin == 1 else sorted(equals, key=partial(_lot, group, opening, seed))


def _lot(group: Group, opening: Opening, seed: int, place: int) -> bytes:
    return lot(opening.shift_id, group.ids[place], seed, opening.lot_bits)


class _Past:
    """Minutes of past work, by person, company and moment."""

    def __init__(self, people: Sequence[Somebody]) -> None:
        every = [(number, past) for number, who in enumerate(people) for past in who.member.past]
        self._count = len(people)
        self._person = _longs(number for number, _ in every)
        self._start = _longs(_ticks(past.starts_at) for _, past in every)
        self._minutes = _longs(past.minutes for _, past in every)
        self._codes: dict[UUID, int] = {}
        self._company = _longs(self._codes.setdefault(past.company_id, len(self._codes)) for _, past in every)

    def between(self, since: datetime, until: datetime, company_id: UUID | None = None) -> Longs:
        """By person, what began in that time, for all companies or one."""
        if company_id is not None and company_id not in self._codes:
            return np.zeros(self._count, np.int64)
        there = (self._start >= _ticks(since)) & (self._start < _ticks(until))
        if company_id is not None:
            there &= self._company == self._codes[company_id]
        return _summed(self._person[there], self._minutes[there], self._count)


class _Elsewhere:
    """When people have work already: in rows that grow by doubling, since each seat that is given adds one."""

    def __init__(self, people: Sequence[Somebody]) -> None:
        every = [(number, each.span) for number, who in enumerate(people) for each in who.busy if each.active]
        self._used = len(every)
        self._person = _longs(number for number, _ in every)
        self._start = _longs(_ticks(span.starts_at) for _, span in every)
        self._end = _longs(_ticks(span.ends_at) for _, span in every)

    def add(self, number: int, span: Span) -> None:
        if self._used == len(self._person):
            more = np.zeros(max(64, self._used), np.int64)
            self._person, self._start, self._end = (
                np.concatenate([each, more]) for each in (self._person, self._start, self._end)
            )
        self._person[self._used] = number
        self._start[self._used], self._end[self._used] = _ticks(span.starts_at), _ticks(span.ends_at)
        self._used += 1

    def remove(self, number: int, span: Span) -> None:
        used = slice(0, self._used)
        there = (self._person[used] == number) & (self._start[used] == _ticks(span.starts_at))
        place = int(np.flatnonzero(there & (self._end[used] == _ticks(span.ends_at)))[-1])
        self._used -= 1
        for each in (self._person, self._start, self._end):
            each[place] = each[self._used]

    def at(self, count: int, span: Span) -> Flags:
        used = slice(0, self._used)
        there = (self._start[used] < _ticks(span.ends_at)) & (_ticks(span.starts_at) < self._end[used])
        found = np.zeros(count, np.bool_)
        found[self._person[used][there]] = True
        return found


class _Calendars:
    """What people have said about the hours of their week, and when days of their own begin and end."""

    def __init__(self, people: Sequence[Somebody], zone: Longs) -> None:
        calendars = [who.member.person.calendar for who in people]
        every = [(number, *span) for number, calendar in enumerate(calendars) for span in calendar.weekly]
        self._count, self._zone = len(people), zone
        self._person = _longs(number for number, _, _, _ in every)
        self._begin = _longs(60 * int(begin) for _, begin, _, _ in every)
        self._end = _longs(60 * int(end) for _, _, end, _ in every)
        self._wanted = np.array([wish is Wish.DESIRED for *_, wish in every], np.bool_)
        self._refused = np.array([wish in (Wish.UNDESIRED, Wish.UNAVAILABLE) for *_, wish in every], np.bool_)
        self._wants_hours = np.array([calendar.wants_hours for calendar in calendars], np.bool_)
        days = [calendar.days_of_their_own for calendar in calendars]
        self._first = _longs(BEFORE if each is None else _ticks(each[0]) for each in days)
        self._last = _longs(BEFORE if each is None else _ticks(each[1]) for each in days)

    def points(self, zones: Sequence[ZoneInfo], span: Span) -> Longs:
        """By person, the points of what their week says about that time."""
        length = np.zeros(len(zones), np.int64)
        wanted, refused = np.zeros(self._count, np.int64), np.zeros(self._count, np.int64)
        zone = self._zone[self._person]
        for stretches in zip_longest(*(wall_clock(each, span.starts_at, span.ends_at) for each in zones)):
            faces = [(0, 0) if each is None else _seconds_of_week(*each) for each in stretches]
            at, last = _longs(begin for begin, _ in faces), _longs(end for _, end in faces)
            length += last - at
            over = np.maximum(0, np.minimum(self._end, last[zone]) - np.maximum(self._begin, at[zone]))
            wanted += _summed(self._person, over * self._wanted, self._count)
            refused += _summed(self._person, over * self._refused, self._count)
        unwanted = np.where(self._wants_hours | (refused > 0), WISH_POINTS[False], WISH_POINTS[None])
        return np.where(wanted == length[self._zone], WISH_POINTS[True], unwanted)

    def with_exceptions(self, zones: Sequence[ZoneInfo], span: Span, numbers: Longs) -> list[int]:
        """Who of them has said something of their own about days around that time."""
        faces = [wall_clock(each, span.starts_at, span.ends_at) for each in zones]
        begin = _longs(min(_ticks(first) for first, _ in mine) for mine in faces)
        end = _longs(max(_ticks(last) for _, last in mine) for mine in faces)
        zone = self._zone[numbers]
        meets = (self._first[numbers] < end[zone]) & (begin[zone] < self._last[numbers])
        return [int(each) for each in numbers[meets]]


def _seconds_of_week(begins: datetime, ends: datetime) -> tuple[int, int]:
    """From when until when since the Monday before, at most a week."""
    at, last = minutes_of_week(begins, ends)
    return round(at * 60), round(last * 60)


def _ticks(moment: datetime) -> int:
    """Microseconds: of the wall clock where the moment has no zone."""
    return (moment - (EPOCH if moment.tzinfo else EPOCH.replace(tzinfo=None))) // TICK


def _levels(steps: Iterable[int]) -> Longs:
    return np.minimum(100, LEVEL_STEP * _longs(steps))


def _longs(numbers: Iterable[int]) -> Longs:
    return np.fromiter(numbers, np.int64)


def _summed(person: Longs, minutes: Longs, count: int) -> Longs:
    """By person; the sums are far below the whole numbers that a float holds exactly."""
    return np.bincount(person, minutes, count).astype(np.int64)
