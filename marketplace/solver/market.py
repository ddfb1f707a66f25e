"""A market as columns of codes, and the problem that it is: who fits which kind of work, and what that counts.

This is the form of the files (`files`). Whoever has a richer idea of who fits, as the service itself, makes a `Problem`
of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from marketplace.solver.local_days import local_days
from marketplace.solver.problem import (
    NO_LIMIT,
    Barred,
    Bits,
    Bookings,
    Bytes,
    Cap,
    Counted,
    Fits,
    Ints,
    Longs,
    Marks,
    People,
    Period,
    Problem,
    Rest,
    Shifts,
    Weights,
)


@dataclass(frozen=True, slots=True)
class Many:
    """Several codes for each row: row i has `code[first[i]:first[i + 1]]`. `level` stands beside each where there are
    levels."""

    first: Longs
    code: Ints
    level: Ints

    @property
    def row(self) -> Ints:
        return np.repeat(np.arange(len(self.first) - 1, dtype=np.int32), np.diff(self.first))


@dataclass(frozen=True, slots=True, kw_only=True)
class Contractors:
    """One row for each. `floor` is an hourly rate in minor units, `quality` from 0 to 100, `hazard` the minutes a week
    of hazardous work that they consent to; the other minutes are those that they want at least and at most in a week,
    and those that they had lately. Hours of the week are bits, as in `problem.People`."""

    id: Sequence[str]
    zone: Ints
    region: Ints
    skills: Many
    languages: Many
    companies: Many
    floor: Longs
    quality: Ints
    least: Ints
    most: Ints
    hazard: Ints
    recent: Ints
    can: Bits
    wants: Bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Openings:
    """One row for each shift. `regions` are those in which it is offered, all if there are none; `urgency` counts from
    0, the most urgent. `company` is -1 where no company is named."""

    id: Sequence[str]
    start: Ints
    end: Ints
    seats: Ints
    urgency: Ints
    skills: Many
    languages: Many
    regions: Many
    rate: Longs
    hazard: Bytes
    company: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """One row for each booking, or time that somebody is `away`."""

    contractor: Ints
    start: Ints
    end: Ints
    hazard: Bytes
    away: Bytes


@dataclass(frozen=True, slots=True)
class House:
    """The rules of the market, in minutes: caps of a local day and week, the rest that ends a day of work and how long
    such a day lasts, and the most hazardous work of a local day."""

    day: int = 600
    week: int = 2880
    rest: int = 660
    longest_day: int = 780
    hazard_day: int = 240


@dataclass(frozen=True, slots=True)
class Scores:
    """The published weights. `urgency` is what a filled seat counts by its urgency; `quality` for each point of it,
    `continuity` once, `language` for each level above the needed one; the rest as in `problem.Weights`."""

    urgency: Sequence[int] = (8_000_000, 4_000_000, 2_000_000, 1_000_000)
    quality: int = 400
    continuity: int = 10_000
    language: int = 2_000
    want: int = 20_000
    band: int = 60
    spread_from: Sequence[int] = (0, 1200, 2400, 4800)
    spread_points: Sequence[int] = (30, 20, 10, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    epoch: datetime
    zones: Sequence[ZoneInfo]
    regions: Sequence[str]
    skills: Sequence[str]
    languages: Sequence[str]
    companies: Sequence[str]
    contractors: Contractors
    openings: Openings
    booked: Booked
    house: House
    scores: Scores


def weighed(market: Market, scores: Scores) -> Market:
    """The same market with other weights. Raises ValueError where a shift is of an urgency that they do not know."""
    if len(market.openings.urgency) and int(market.openings.urgency.max()) >= len(scores.urgency):
        raise ValueError(f"There are {len(scores.urgency)} weights of urgency, and shifts of a higher number.")
    return replace(market, scores=scores)


def problem_of(market: Market) -> Problem:
    """The problem of a market. Its caps are, by number: day, week, own most of a week, hazard of a day, of a week."""
    who, openings, house, scores = market.contractors, market.openings, market.house, market.scores
    people, shifts = len(who.zone), len(openings.start)
    kind, kinds = _kinds(openings)
    hazard = openings.hazard.astype(np.uint32)
    first = int(openings.start.min()) if shifts else 0
    last = int(openings.end.max()) if shifts else 1
    weekly = (Period.WEEK, Counted.SPLIT)
    return Problem(
        epoch=market.epoch,
        zones=local_days(market.zones, market.epoch, first, last),
        people=People(who.zone, who.least, who.recent, who.can, who.wants),
        shifts=Shifts(
            openings.start,
            openings.end,
            openings.seats,
            np.array(scores.urgency, np.int64)[openings.urgency],
            kind,
            _marks(hazard),
        ),
        fits=_fits(market, kinds),
        bookings=_bookings(market.booked, people),
        barred=Barred.none(shifts),
        caps=[
            Cap(Period.DAY, Counted.SPLIT, np.full(people, house.day, np.int32)),
            Cap(*weekly, np.full(people, house.week, np.int32)),
            Cap(Period.WEEK, Counted.AT_START, who.most),
            Cap(Period.DAY, Counted.SPLIT, np.full(people, house.hazard_day, np.int32)),
            Cap(*weekly, who.hazard),
        ],
        rests=[Rest(np.full(people, house.rest, np.int32), np.full(people, house.longest_day, np.int32))],
        weights=Weights(scores.want, scores.band, scores.spread_from, scores.spread_points),
    )


def _marks(hazard: Marks) -> Marks:
    """The first three caps count all work, the other two hazardous work."""
    return np.uint32(0b00111) + np.uint32(0b11000) * hazard


def _kinds(openings: Openings) -> tuple[Ints, Ints]:
    """The kind of each shift, and of each kind one shift that stands for it: the same needs, rate and company."""
    count = len(openings.start)
    parts = [openings.rate, openings.hazard.astype(np.int64), openings.company.astype(np.int64)]
    parts += [_alike(many) for many in (openings.skills, openings.languages, openings.regions)]
    table = np.stack(parts, axis=1) if count else np.empty((0, len(parts)), np.int64)
    _, kinds, kind = np.unique(table, axis=0, return_index=True, return_inverse=True)
    return kind.reshape(-1).astype(np.int32), kinds.astype(np.int32)


def _alike(many: Many) -> Longs:
    """A number for each row, the same where rows have the same codes and levels."""
    known: dict[bytes, int] = {}
    both = np.stack([many.code, many.level], axis=1).astype(np.int32)
    rows = [both[begin:end].tobytes() for begin, end in zip(many.first[:-1], many.first[1:], strict=True)]
    return np.array([known.setdefault(row, len(known)) for row in rows], np.int64)


def _bookings(booked: Booked, people: int) -> Bookings:
    order = np.lexsort((booked.start, booked.contractor))
    counts = np.bincount(booked.contractor, minlength=people)
    works = (booked.away[order] == 0).astype(np.uint8)
    return Bookings(
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        booked.start[order],
        booked.end[order],
        np.ones(len(order), np.uint8),
        works,
        _marks(booked.hazard[order].astype(np.uint32)) * works,
    )


class _Index:
    """Contractors by skill and region, so that a kind looks only at those who may fit it."""

    def __init__(self, market: Market) -> None:
        who = market.contractors
        self.who, self.regions, self.count = who, max(1, len(market.regions)), len(who.zone)
        row, codes = who.skills.row, max(1, len(market.skills)) * self.regions
        key = (who.skills.code * self.regions + who.region[row]).astype(np.min_scalar_type(codes))
        self.person = row[np.argsort(key, kind="stable")]
        self.first = np.concatenate([[0], np.cumsum(np.bincount(key, minlength=codes))])
        self.has = np.zeros((-(-max(1, len(market.skills)) // 64), self.count), np.uint64)
        for skill in range(len(market.skills)):
            self.has[skill // 64][self._one(skill, np.empty(0, np.int32))] |= np.uint64(1) << np.uint64(skill % 64)
        knows = np.argsort(who.companies.code, kind="stable")
        self.knows, self.company = who.companies.row[knows], who.companies.code[knows]
        self.levels: dict[int, npt.NDArray[np.int8]] = {}

    def with_skills(self, skills: Ints, regions: Ints) -> Ints:
        """Whoever has all of the skills in one of the regions (of all, if none is named), by their numbers."""
        if not len(skills):
            everybody = np.arange(self.count, dtype=np.int32)
            return everybody[np.isin(self.who.region, regions)] if len(regions) else everybody
        rare = min(skills.tolist(), key=lambda skill: self._size(skill, regions))
        found = self._one(rare, regions)
        for skill in skills.tolist():
            if skill != rare:
                found = found[(self.has[skill // 64][found] >> np.uint64(skill % 64)) & np.uint64(1) > 0]
        return found

    def _size(self, skill: int, regions: Ints) -> int:
        rows = skill * self.regions + (regions if len(regions) else np.arange(self.regions))
        return int((self.first[rows + 1] - self.first[rows]).sum())

    def _one(self, skill: int, regions: Ints) -> Ints:
        row = skill * self.regions
        if not len(regions):
            return self.person[self.first[row] : self.first[row + self.regions]]
        return np.concatenate([self.person[self.first[row + at] : self.first[row + at + 1]] for at in regions.tolist()])

    def level(self, language: int) -> npt.NDArray[np.int8]:
        """The level of everybody in a language, -1 where they do not speak it."""
        if language not in self.levels:
            spoken = self.who.languages
            here = spoken.code == language
            found = np.full(self.count, -1, np.int8)
            found[spoken.row[here]] = spoken.level[here]
            self.levels[language] = found
        return self.levels[language]

    def has_worked_for(self, company: int) -> npt.NDArray[np.bool_]:
        found = np.zeros(self.count, np.bool_)
        if company >= 0:
            first, last = np.searchsorted(self.company, [company, company + 1])
            found[self.knows[first:last]] = True
        return found


def _fits(market: Market, kinds: Ints) -> Fits:
    index, people, points = _Index(market), [], []
    for shift in kinds.tolist():
        found, counted = _fit(market, index, shift)
        people.append(found)
        points.append(counted)
    first = np.concatenate([[0], np.cumsum([len(found) for found in people])]).astype(np.int64)
    return Fits(
        first,
        np.concatenate(people) if people else np.empty(0, np.int32),
        np.concatenate(points) if points else np.empty(0, np.int32),
    )


def _fit(market: Market, index: _Index, shift: int) -> tuple[Ints, Ints]:
    openings, who, scores = market.openings, market.contractors, market.scores
    found = index.with_skills(_row(openings.skills, shift), _row(openings.regions, shift))
    found = found[who.floor[found] <= openings.rate[shift]]
    if openings.hazard[shift]:
        found = found[who.hazard[found] > 0]
    above = np.full(len(found), NO_LIMIT, np.int32)
    needed = zip(_row(openings.languages, shift).tolist(), _levels(openings.languages, shift).tolist(), strict=True)
    for language, level in needed:
        spoken = index.level(language)[found].astype(np.int32)
        enough = spoken >= level
        found, above = found[enough], np.minimum(above[enough], spoken[enough] - level)
    above[above == NO_LIMIT] = 0
    points = scores.quality * who.quality[found] + scores.language * above
    points += scores.continuity * index.has_worked_for(int(openings.company[shift]))[found]
    return found, points.astype(np.int32)


def _row(many: Many, row: int) -> Ints:
    return many.code[many.first[row] : many.first[row + 1]]


def _levels(many: Many, row: int) -> Ints:
    return many.level[many.first[row] : many.first[row + 1]]
