"""A market in parts that have nobody in common, each of which can be solved by itself, on another machine too.

People and shifts are one part where a chain of people who fit leads from one to the other: gigs of two companies are
parts of their own unless somebody fits both. Every rule, every cap and every part of the objective but the seats speaks
of one person, so the best plans of the parts are together the best plan, and the sum of their bounds is a bound. Slices
of time have no such thing: a week's caps and rests lead from each day to the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from marketplace.solver.problem import (
    Barred,
    Bookings,
    Cap,
    Fits,
    Ints,
    Longs,
    Objective,
    People,
    Plan,
    Problem,
    Rest,
    Shifts,
    Start,
)


@dataclass(frozen=True, slots=True)
class Component:
    """A problem, and what its shifts and people are in the whole one, rising."""

    problem: Problem
    shift: Ints
    person: Ints


def components(problem: Problem, most: int = 16) -> list[Component]:
    """The parts that have a shift and somebody who fits it; the smallest of more than so many share one, so that all
    have about as many pairs as they can. The one with most pairs comes first. Whoever fits nothing, and shifts that
    nobody fits, are in none."""
    of_kind, of_person = _labels(problem.fits, problem.people.count)
    place = _shared(pairs_by_kind(problem), of_kind, most)
    of_kind, of_person = place[of_kind], place[of_person]
    of_shift = of_kind[problem.shifts.kind]
    return [
        _part(
            problem,
            np.flatnonzero(of_shift == each),
            np.flatnonzero(of_kind == each),
            np.flatnonzero(of_person == each),
        )
        for each in range(int(place.max(initial=-1)) + 1)
    ]


def pairs_by_kind(problem: Problem) -> Longs:
    """How many pairs of a shift and somebody who fits it there are of each kind."""
    fits = np.diff(problem.fits.first)
    return np.asarray(fits * np.bincount(problem.shifts.kind, minlength=len(fits)), np.int64)


def joined(problem: Problem, parts: Sequence[tuple[Component, Plan]]) -> Plan:
    """The plan of the whole, from those of its `components()`. Seconds are those of all of them, as if one had followed
    the other; the peak is the highest."""
    shift = _all([part.shift[plan.shift] for part, plan in parts])
    person = _all([part.person[plan.person] for part, plan in parts])
    order = np.lexsort((person, shift))
    prices = np.zeros(problem.shifts.count, np.int64)
    for part, plan in parts:
        prices[part.shift] = plan.prices
    plans = [plan for _, plan in parts]
    return Plan(
        shift=shift[order],
        person=person[order],
        objective=Objective(
            **{name: sum(getattr(plan.objective, name) for plan in plans) for name in Objective.__dataclass_fields__}
        ),
        bound=sum(plan.bound for plan in plans),
        holds_for_all=all(plan.holds_for_all for plan in plans),
        prices=prices,
        seconds=sum(plan.seconds for plan in plans),
        peak_bytes=max((plan.peak_bytes for plan in plans), default=0),
        complete=all(plan.complete for plan in plans),
    )


def _labels(fits: Fits, people: int) -> tuple[Longs, Longs]:
    """By kind and by person the lowest kind that a chain of people leads to; -1 for whom nothing does."""
    kinds = len(fits.first) - 1
    kind = np.repeat(np.arange(kinds), np.diff(fits.first))
    of_kind, of_person = np.arange(kinds), np.full(people, kinds, np.int64)
    while True:
        np.minimum.at(of_person, fits.person, of_kind[kind])
        lower = of_kind.copy()
        np.minimum.at(lower, kind, of_person[fits.person])
        # A label's own label is lower still: chains are halved and not walked.
        lower = np.minimum(lower, lower[lower])
        if np.array_equal(lower, of_kind):
            break
        of_kind = lower
    return np.where(np.diff(fits.first) > 0, of_kind, -1), np.where(of_person < kinds, of_person, -1)


def _shared(pairs: Longs, of_kind: Longs, most: int) -> Longs:
    """By label the place of its part, -1 for those without a pair: the largest first, each to whichever part has the
    fewest pairs so far. The last number stands for the label -1."""
    size = np.zeros(len(of_kind) + 1, np.int64)
    np.add.at(size, of_kind, pairs)
    size[-1] = 0
    labels = [int(label) for label in np.argsort(-size, kind="stable") if size[label]]
    sizes, place = [0] * min(most, len(labels)), np.full(len(size), -1, np.int64)
    for label in labels:
        emptiest = sizes.index(min(sizes))
        sizes[emptiest] += int(size[label])
        place[label] = emptiest
    return place


def _part(problem: Problem, shift: Longs, kind: Longs, person: Longs) -> Component:
    people, shifts, bookings = problem.people, problem.shifts, problem.bookings
    new_person, new_kind = _numbers(person, people.count), _numbers(kind, len(problem.fits.first) - 1)
    fit_first, fits = _segments(problem.fits.first, kind)
    book_first, booked = _segments(bookings.first, person)
    bar_first, barred = _segments(problem.barred.first, shift)
    return Component(
        replace(
            problem,
            people=People(
                people.zone[person],
                people.least[person],
                people.recent[person],
                can=None if people.can is None else people.can[person],
                wants=None if people.wants is None else people.wants[person],
                most=None if people.most is None else people.most[person],
            ),
            shifts=Shifts(
                shifts.start[shift],
                shifts.end[shift],
                shifts.seats[shift],
                shifts.points[shift],
                new_kind[shifts.kind[shift]],
                shifts.marks[shift],
            ),
            fits=Fits(fit_first, new_person[problem.fits.person[fits]], problem.fits.points[fits]),
            bookings=Bookings(
                book_first,
                bookings.start[booked],
                bookings.end[booked],
                bookings.blocks[booked],
                bookings.works[booked],
                bookings.marks[booked],
            ),
            barred=_barred(bar_first, new_person[problem.barred.person[barred]]),
            caps=[Cap(cap.period, cap.counted, cap.limit[person]) for cap in problem.caps],
            rests=[Rest(rest.least[person], rest.longest[person]) for rest in problem.rests],
            start=None if problem.start is None else _start(problem.start, _numbers(shift, shifts.count), new_person),
        ),
        shift.astype(np.int32),
        person.astype(np.int32),
    )


def _barred(first: Longs, person: Ints) -> Barred:
    """Without those who are in another part: nobody asks them about this one."""
    known = person >= 0
    kept = np.concatenate([[0], np.cumsum(known)]).astype(np.int64)
    return Barred(kept[first], person[known])


def _start(start: Start, new_shift: Ints, new_person: Ints) -> Start:
    shift, person = new_shift[start.shift], new_person[start.person]
    here = (shift >= 0) & (person >= 0)
    return Start(shift[here], person[here])


def _numbers(chosen: Longs, count: int) -> Ints:
    """By old number the new one; -1 for what is not chosen."""
    found = np.full(count, -1, np.int32)
    found[chosen] = np.arange(len(chosen), dtype=np.int32)
    return found


def _segments(first: Longs, chosen: Longs) -> tuple[Longs, Longs]:
    """Where the chosen ones' rows begin once only theirs are kept, and which rows those are."""
    size = np.diff(first)[chosen]
    begins = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    rows = np.arange(begins[-1]) - np.repeat(begins[:-1] - first[chosen], size)
    return begins, rows.astype(np.int64)


def _all(parts: Sequence[Ints]) -> Ints:
    return np.concatenate([np.empty(0, np.int32), *parts]).astype(np.int32)
