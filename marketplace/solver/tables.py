"""A problem as the compiled loops read it: a few arrays of records, since each array more makes all of them slower to
compile. Whole numbers of 64 bits throughout, so that no loop is compiled twice for two widths."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from marketplace.solver.problem import NO_LIMIT, Bits, Counted, Ints, Longs, Period, Problem, Weights

Records = npt.NDArray[Any]

SHIFT = np.dtype([("points", "i8"), ("start", "i8"), ("end", "i8"), ("seats", "i8"), ("kind", "i8"), ("marks", "u4")])
PERSON = np.dtype([("booked", "i8"), ("zone", "i8"), ("least", "i8"), ("most", "i8"), ("recent", "i8")])
"""`booked` is the number of somebody's first booking; there is one row more than people."""
BOOKED = np.dtype([("start", "i8"), ("end", "i8"), ("marks", "u4"), ("blocks", "u1"), ("works", "u1")])
CAP = np.dtype([("period", "i8"), ("counted", "i8")])
STEP = np.dtype([("begins", "i8"), ("ends", "i8"), ("points", "i8"), ("before", "i8")])
"""`before` are the points of all minutes before the step."""
WEIGHT = np.dtype(
    [
        ("want", "i8"),
        ("band", "i8"),
        ("seat_band", "i8"),
        ("seat_spread", "i8"),
        ("half", "i8"),
        ("anytime", "u1"),
        ("eager", "u1"),
        ("timely", "u1"),
        ("by_seat", "u1"),
    ]
)

CAN, WANTS = 0, 3
"""Where the words of each begin in a row of `hours`."""
MIDNIGHT, WEEK_OF = 0, 1
BY_DAY, BY_WEEK = int(Period.DAY), int(Period.WEEK)
SPLIT, ONE = int(Counted.SPLIT), int(Counted.ONE)


class Tables(NamedTuple):
    """The arrays of a `Problem`, as records of the types above. `own[person]` are somebody's limits, by cap; `rest`
    has, by person and rest, the least and the longest minutes; `days[zone, day]` when a day begins and its week.
    `weight` has one row; in it `anytime` says that `can` is not asked, `eager` that `wants` is, `timely` that what
    somebody has already says what a shift counts, in band or spread, and `by_seat` that it does so by the seat."""

    shift: Records
    person: Records
    booked: Records
    own: Ints
    rest: npt.NDArray[np.int32]
    hours: Bits
    days: npt.NDArray[np.int32]
    cap: Records
    step: Records
    weight: Records


def tables(problem: Problem) -> Tables:
    people, shifts, booked, weights = problem.people, problem.shifts, problem.bookings, problem.weights
    caps, rests = list(problem.caps), list(problem.rests)
    ends = [*weights.spread_from[1:], NO_LIMIT]
    week = np.pad(problem.zones.week, ((0, 0), (0, 1)), constant_values=-1)
    eager = people.wants is not None and weights.want > 0
    by_seat = weights.seat_band > 0 or weights.seat_spread > 0
    timely = by_seat or weights.band > 0 or max(weights.spread_points) > 0
    before = _before(weights)
    return Tables(
        shift=_records(
            SHIFT,
            points=shifts.points,
            start=shifts.start,
            end=shifts.end,
            seats=shifts.seats,
            kind=shifts.kind,
            marks=shifts.marks,
        ),
        person=_records(
            PERSON,
            booked=booked.first,
            zone=np.append(people.zone, 0),
            least=np.append(people.least, 0),
            most=np.append(people.least if people.most is None else people.most, 0),
            recent=np.append(people.recent, 0),
        ),
        booked=_records(
            BOOKED,
            start=booked.start,
            end=booked.end,
            marks=booked.marks,
            blocks=booked.blocks,
            works=booked.works,
        ),
        own=_stacked([cap.limit for cap in caps], people.count),
        rest=np.ascontiguousarray(
            np.stack(
                [
                    _stacked([rest.least for rest in rests], people.count),
                    _stacked([rest.longest for rest in rests], people.count),
                ],
                axis=2,
            )
        ),
        hours=_hours(people.can, people.wants, people.count),
        days=np.ascontiguousarray(np.stack([problem.zones.midnight, week], axis=2), np.int32),
        cap=_records(CAP, period=[cap.period for cap in caps], counted=[cap.counted for cap in caps]),
        step=_records(STEP, begins=weights.spread_from, ends=ends, points=weights.spread_points, before=before),
        weight=_records(
            WEIGHT,
            want=[weights.want],
            band=[weights.band],
            seat_band=[weights.seat_band],
            seat_spread=[weights.seat_spread],
            half=[weights.seat_spread_half],
            anytime=[people.can is None],
            eager=[eager],
            timely=[timely],
            by_seat=[by_seat],
        ),
    )


def _before(weights: Weights) -> Longs:
    """The points of all minutes before each step of the spread."""
    minutes = np.diff(np.array(weights.spread_from, np.int64))
    points = np.array(weights.spread_points, np.int64)[:-1]
    return np.concatenate([[0], np.cumsum(minutes * points)]).astype(np.int64)


def _records(form: np.dtype[Any], /, **columns: Any) -> Records:
    made = np.zeros(len(next(iter(columns.values()))), form)
    for name, values in columns.items():
        made[name] = values
    return made


def _stacked(columns: list[Ints], people: int) -> Ints:
    return np.ascontiguousarray(np.stack(columns, axis=1), np.int32) if columns else np.empty((people, 0), np.int32)


def _hours(can: Bits | None, wants: Bits | None, people: int) -> Bits:
    if can is None and wants is None:
        return np.zeros((1, 6), np.uint64)
    made = np.zeros((people, 6), np.uint64)
    for begins, given in ((CAN, can), (WANTS, wants)):
        if given is not None:
            made[:, begins : begins + 3] = given
    return made
