"""What the solver is asked and what it answers, as plain arrays. This is its whole interface.

Times are whole minutes from `Problem.epoch`, a Monday 00:00 UTC, and may be negative. People and shifts are numbered
from 0 in the order of their arrays, and all else names them by these numbers. Points are whole numbers.

In prose. A *kind* of work lists the people who fit it, each with their points; a shift is of one kind. Whoever fits a
kind can take its shifts where they said that they can work (`can`), nothing that they have blocks the time, every *cap*
has room and every *rest* is kept. One pair of a person and a shift counts the points of the seat, of the fit and, if
all of its hours are wanted ones, `Weights.want`. A person's whole plan counts what it fills of the hours that they want
at least (`band`), and each further minute less and less (`spread`); or the same by the seat, where each counts the less
the more the person has when it begins (`seat_band`, `seat_spread`).

Where each pair has points of its own, give every shift a kind of its own and leave `can` and `wants` out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]
Marks = npt.NDArray[np.uint32]

HOURS_OF_WEEK = 168
WEEK = HOURS_OF_WEEK * 60
MOST_CAPS = 32
NO_LIMIT = 2**30
"""Minutes that nobody reaches."""
MOST_POINTS = 2**40
"""Of one seat: a million of them still add up in 64 bits."""


class BadProblem(ValueError):
    """Arrays that contradict each other. Files are judged before, with better words (`files`)."""


class SolverFailed(RuntimeError):
    """The solver ended without a plan, or was ended because it took far longer than it was given."""


class Period(IntEnum):
    """Over what a cap counts: a local day or week of the person, or all that the problem is about."""

    DAY = 0
    WEEK = 1
    ALL = 2


class Counted(IntEnum):
    """What of a shift a cap counts."""

    SPLIT = 0
    """Its minutes, divided at local midnights among the days and weeks in which they lie."""
    AT_START = 1
    """All its minutes, in the period in which it begins."""
    ONE = 2
    """One, in the period in which it begins."""


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `limit[person]` in each period of what is marked: the cap with the number k counts shifts and bookings
    whose `marks` have the bit k. Only periods that a planned shift touches are judged."""

    period: Period
    counted: Counted
    limit: Ints


@dataclass(frozen=True, slots=True)
class Rest:
    """Work that is interrupted for less than `least[person]` minutes is one stretch, and a stretch with a planned shift
    lasts at most `longest[person]` minutes from its first start to its last end. With `longest` 0 no shift shares its
    stretch with other work: `least` 660 is then eleven hours between any two."""

    least: Ints
    longest: Ints


@dataclass(frozen=True, slots=True)
class Zones:
    """Local days, by zone: `midnight[zone, day]` is when the day begins, one more than there are days; `week[zone,
    day]` is the number of its local week. They cover every shift, and every booking that a cap is to count."""

    midnight: Ints
    week: Ints


@dataclass(frozen=True, slots=True)
class People:
    """`least` are the minutes a week that somebody wants at least, `recent` those that they had lately. `can` and
    `wants` are the hours of a UTC week: hour h is bit h % 64 of the word h // 64, of three. None is every hour, and no
    hour that is wanted more than others. `most` are the minutes of a week at which a seat counts nothing in
    `Weights.seat_band`; None where that weighs nothing."""

    zone: Ints
    least: Ints
    recent: Ints
    can: Bits | None = None
    wants: Bits | None = None
    most: Ints | None = None

    @property
    def count(self) -> int:
        return len(self.zone)


@dataclass(frozen=True, slots=True)
class Shifts:
    """`points` is what one filled seat counts, by urgency: give an urgent one more than all others together can weigh,
    and it comes first."""

    start: Ints
    end: Ints
    seats: Ints
    points: Longs
    kind: Ints
    marks: Marks

    @property
    def count(self) -> int:
        return len(self.start)


@dataclass(frozen=True, slots=True)
class Fits:
    """By kind: the people `person[first[kind]:first[kind + 1]]` fit it, each once, with `points` from 0 on."""

    first: Longs
    person: Ints
    points: Ints


@dataclass(frozen=True, slots=True)
class Bookings:
    """By person, what they have already, by start. Such time `blocks` other work at the same time, counts as work for
    their rest, and `marks` say for which caps: a day off is `blocks` alone."""

    first: Longs
    start: Ints
    end: Ints
    blocks: Bytes
    works: Bytes
    marks: Marks

    @classmethod
    def none(cls, people: int) -> "Bookings":
        ints, flags = np.empty(0, np.int32), np.empty(0, np.uint8)
        return cls(np.zeros(people + 1, np.int64), ints, ints, flags, flags, np.empty(0, np.uint32))


@dataclass(frozen=True, slots=True)
class Barred:
    """By shift: people who fit its kind and are not asked all the same, such as those who were asked before."""

    first: Longs
    person: Ints

    @classmethod
    def none(cls, shifts: int) -> "Barred":
        return cls(np.zeros(shifts + 1, np.int64), np.empty(0, np.int32))


@dataclass(frozen=True, slots=True)
class Start:
    """A plan that is there already, as pairs of a shift and a person who fits it. Where the solver looks at all pairs,
    its plan counts at least as much; of pairs that a rule forbids it takes none."""

    shift: Ints
    person: Ints


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts beside seats and fits. `band` is for each minute of a local week up to the person's `least`; a minute
    that follows `spread_from[i]` recent and planned ones counts `spread_points[i]`, which fall from one to the next.

    By the seat, whatever its length, and of each person in the order in which their shifts begin: where the local week
    has w minutes of work with the seat, booked ones and earlier seats among them, it counts `seat_band` times 100 while
    w is at most `least`, else times 100 (most - w) / (most - least), rounded down and never less than nothing; and
    `seat_spread` times 100 h / (h + the recent minutes and those of earlier seats), rounded down, where h is
    `seat_spread_half`."""

    want: int = 0
    band: int = 0
    spread_from: Sequence[int] = (0,)
    spread_points: Sequence[int] = (0,)
    seat_band: int = 0
    seat_spread: int = 0
    seat_spread_half: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    epoch: datetime
    zones: Zones
    people: People
    shifts: Shifts
    fits: Fits
    bookings: Bookings
    barred: Barred
    caps: Sequence[Cap]
    rests: Sequence[Rest]
    weights: Weights = field(default_factory=Weights)
    start: Start | None = None

    def __post_init__(self) -> None:
        for sentence, holds in self._sentences():
            if not holds:
                raise BadProblem(sentence)

    def _sentences(self) -> list[tuple[str, bool]]:
        people, shifts, fits = self.people, self.shifts, self.fits
        steps = list(self.weights.spread_points)
        return [
            ("The epoch is a Monday 00:00 UTC.", _is_monday(self.epoch)),
            ("Every person has one zone that there is.", _within(people.zone, len(self.zones.midnight))),
            ("Every shift is of a kind that there is.", _within(shifts.kind, len(fits.first) - 1)),
            ("Whoever fits is a person that there is.", _within(fits.person, people.count)),
            ("Points of a fit are not negative.", not len(fits.points) or int(fits.points.min()) >= 0),
            ("Every shift begins before it ends.", bool(np.all(shifts.start < shifts.end))),
            ("Every shift has seats.", not shifts.count or int(shifts.seats.min()) > 0),
            ("Points of a seat are from 0 to 2^40.", _within(shifts.points, MOST_POINTS + 1)),
            ("There are at most 32 caps.", len(self.caps) <= MOST_CAPS),
            ("Every person has their limit of every cap.", all(len(cap.limit) == people.count for cap in self.caps)),
            (
                "Points of the spread fall, and none is negative.",
                steps == sorted(steps, reverse=True) and steps[-1] >= 0,
            ),
            ("The spread begins with the first minute.", self.weights.spread_from[0] == 0),
            ("Weights by the seat are not negative.", min(self.weights.seat_band, self.weights.seat_spread) >= 0),
            ("A spread by the seat has its half.", self.weights.seat_spread_half > 0),
            (
                "A band by the seat has the most of everybody.",
                not self.weights.seat_band or (people.most is not None and len(people.most) == people.count),
            ),
            ("A start is of shifts and people that there are.", self._start_is_known()),
            ("Bookings are listed for every person.", len(self.bookings.first) == people.count + 1),
            ("Who is barred is listed for every shift.", len(self.barred.first) == shifts.count + 1),
            ("Local days cover every shift.", self._days_cover_shifts()),
        ]

    def _start_is_known(self) -> bool:
        if self.start is None:
            return True
        known = _within(self.start.shift, self.shifts.count) and _within(self.start.person, self.people.count)
        return known and len(self.start.shift) == len(self.start.person)

    def _days_cover_shifts(self) -> bool:
        if not self.shifts.count or not len(self.zones.midnight):
            return True
        first, last = int(self.zones.midnight[:, 0].max()), int(self.zones.midnight[:, -1].min())
        return first <= int(self.shifts.start.min()) and int(self.shifts.end.max()) <= last


@dataclass(frozen=True, slots=True)
class Objective:
    """What a plan counts, by parts."""

    seats: int
    """Seats that are filled."""
    fill: int
    fit: int
    want: int
    band: int
    spread: int

    @property
    def total(self) -> int:
        return self.fill + self.fit + self.want + self.band + self.spread


@dataclass(frozen=True, slots=True)
class Plan:
    """Who gets which seat: pairs of a shift and a person, by shift and then by person.

    No plan counts more than `bound`. `holds_for_all` says that this is true of the whole problem and not only of the
    pairs that the solver looked at. `prices` are what one more seat of each shift would add, near enough. `complete`
    says that the time allowed was enough for all that the solver does.
    """

    shift: Ints
    person: Ints
    objective: Objective
    bound: int
    holds_for_all: bool
    prices: Longs
    seconds: float
    peak_bytes: int
    complete: bool

    @property
    def gap(self) -> float:
        """How far the bound lies above the plan, as a part of the bound."""
        return (self.bound - self.objective.total) / self.bound if self.bound else 0.0


def _is_monday(epoch: datetime) -> bool:
    offset = epoch.utcoffset()
    is_midnight = (epoch.hour, epoch.minute, epoch.second, epoch.microsecond) == (0, 0, 0, 0)
    return offset is not None and not offset and is_midnight and epoch.weekday() == 0


def _within(numbers: npt.NDArray[np.integer], count: int) -> bool:
    return not len(numbers) or (int(numbers.min()) >= 0 and int(numbers.max()) < count)
