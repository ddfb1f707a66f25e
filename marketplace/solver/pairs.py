"""Which pairs of a person and a shift the solver looks at. Compiled.

Who fits the kind of a shift, is not barred from it and may take it alone, makes a pair that is *eligible*. Where all
eligible pairs are too many, each shift keeps its best ones: it looks at its kind from a place on that the seed decides,
stops when it has seen several times as many eligible people as it keeps, and prefers people whom few shifts have kept.
"""

from typing import Any, NamedTuple

import numpy as np

from marketplace.solver.compiling import compiled, inner
from marketplace.solver.feasible import covers, may_take
from marketplace.solver.problem import Ints, Longs
from marketplace.solver.tables import CAN, WANTS, Tables

KEPT_PENALTY = 8
"""How many percent of the best points of a fit each shift more counts against somebody, whom other shifts kept."""


class Lists(NamedTuple):
    """Who fits which kind, and who is barred from which shift."""

    kind: Longs
    fit_first: Longs
    fit_person: Ints
    fit_points: Ints
    barred_first: Longs
    barred_person: Ints


class Pairs(NamedTuple):
    """Pairs by person, each person's by the start of the shift: shift and points. `by_shift[shift_first[s]:...]` names
    the same pairs by shift."""

    first: Longs
    shift: Longs
    person: Longs
    points: Longs
    shift_first: Longs
    by_shift: Longs


@inner
def wide(number: Any) -> int:
    """The number with 64 bits."""
    return int(np.int64(number))


@inner
def mixed(one: int, other: int, seed: int) -> int:
    """A number from 0 to 2^32 - 1 that looks like chance and is the same everywhere (a finaliser of splitmix64)."""
    x = np.uint64(one) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(other) * np.uint64(0xC2B2AE3D27D4EB4F)
    x += np.uint64(seed) * np.uint64(0x165667B19E3779F9)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return wide((x ^ (x >> np.uint64(31))) >> np.uint64(32))


@inner
def falling(keys: Longs) -> Longs:
    """The places of the keys from the highest on; equal ones in the order in which they stand (a heap sort, since the
    compiler needs seconds for numpy's)."""
    count = len(keys)
    order = np.arange(count)
    begin, end = count // 2, count
    while end > 1:
        if begin > 0:
            begin -= 1
        else:
            end -= 1
            order[0], order[end] = order[end], order[0]
        root = begin
        while 2 * root + 1 < end:
            child = 2 * root + 1
            if child + 1 < end and _comes_after(keys, order[child + 1], order[child]):
                child += 1
            if not _comes_after(keys, order[child], order[root]):
                break
            order[root], order[child] = order[child], order[root]
            root = child
    return order


@inner
def _comes_after(keys: Longs, one: int, other: int) -> bool:
    return keys[one] < keys[other] or (keys[one] == keys[other] and one > other)


@inner
def is_barred(lists: Lists, shift: int, person: int) -> bool:
    for place in range(lists.barred_first[shift], lists.barred_first[shift + 1]):
        if lists.barred_person[place] == person:
            return True
    return False


@inner
def pair_points(t: Tables, lists: Lists, shift: int, place: int) -> int:
    """The points of an eligible pair, the person by their place in the list of the kind."""
    points: int = t.shift[shift].points + lists.fit_points[place]
    if t.weight[0].eager and covers(t, WANTS, wide(lists.fit_person[place]), t.shift[shift].start, t.shift[shift].end):
        points += t.weight[0].want
    return points


@inner
def is_eligible(t: Tables, lists: Lists, shift: int, person: int, nothing: Longs) -> bool:
    """Whether somebody who fits the kind may take the shift alone."""
    if not t.weight[0].anytime and not covers(t, CAN, person, t.shift[shift].start, t.shift[shift].end):
        return False
    return not is_barred(lists, shift, person) and may_take(t, person, nothing, len(nothing), shift)


@compiled
def choose(
    t: Tables,
    lists: Lists,
    shifts: Longs,
    keep: Longs,
    slot: Longs,
    kept: Ints,
    seed: int,
    out_person: Ints,
    out_points: Longs,
    out_count: Longs,
) -> None:
    """For each of the shifts, its best eligible people, at most `keep[shift]`, into the slots from `slot[shift]` on."""
    nothing = np.empty(0, np.int64)
    for shift in shifts:
        first, last = lists.fit_first[lists.kind[shift]], lists.fit_first[lists.kind[shift] + 1]
        size, most, base = last - first, keep[shift], slot[shift]
        if size <= most:
            found = 0
            for place in range(first, last):
                person = wide(lists.fit_person[place])
                if is_eligible(t, lists, shift, person, nothing):
                    out_person[base + found] = person
                    out_points[base + found] = pair_points(t, lists, shift, place)
                    found += 1
            out_count[shift] = found
            continue
        out_count[shift] = _best(t, lists, shift, most, base, kept, seed, out_person, out_points)


@inner
def _best(
    t: Tables,
    lists: Lists,
    shift: int,
    most: int,
    base: int,
    kept: Ints,
    seed: int,
    out_person: Ints,
    out_points: Longs,
) -> int:
    first, last = lists.fit_first[lists.kind[shift]], lists.fit_first[lists.kind[shift] + 1]
    size = last - first
    begin = mixed(shift, size, seed) % size
    nothing = np.empty(0, np.int64)
    seen, places, rank = 0, np.empty(5 * most, np.int64), np.empty(5 * most, np.int64)
    scale = t.weight[0].want + 100
    for step in range(size):
        place = first + begin + step if begin + step < size else first + begin + step - size
        person = wide(lists.fit_person[place])
        if not is_eligible(t, lists, shift, person, nothing):
            continue
        places[seen] = place
        lowered = kept[person] * KEPT_PENALTY * scale // 100
        rank[seen] = ((pair_points(t, lists, shift, place) - t.shift[shift].points - lowered) << 16) + (
            mixed(person, shift, seed) & 0xFFFF
        )
        seen += 1
        if seen == 5 * most:
            break
    order = falling(rank[:seen])
    found = min(seen, most)
    for number in range(found):
        place = places[order[number]]
        out_person[base + number] = lists.fit_person[place]
        out_points[base + number] = pair_points(t, lists, shift, place)
    return found


@compiled
def arrange(order: Longs, people: int, slot: Longs, count: Longs, found_person: Ints, found_points: Longs) -> Pairs:
    """All found pairs by person and by shift. `order` are all shifts by their start."""
    first = np.zeros(people + 1, np.int64)
    shift_first = np.zeros(len(order) + 1, np.int64)
    for shift in range(len(order)):
        shift_first[shift + 1] = shift_first[shift] + count[shift]
        for place in range(slot[shift], slot[shift] + count[shift]):
            first[found_person[place] + 1] += 1
    for person in range(people):
        first[person + 1] += first[person]
    total = first[people]
    at = first[:-1].copy()
    shifts, persons = np.empty(total, np.int64), np.empty(total, np.int64)
    points, by_shift = np.empty(total, np.int64), np.empty(total, np.int64)
    for shift in order:
        for number in range(count[shift]):
            place = slot[shift] + number
            person = wide(found_person[place])
            pair = at[person]
            at[person] += 1
            shifts[pair], persons[pair], points[pair] = shift, person, found_points[place]
            by_shift[shift_first[shift] + number] = pair
    return Pairs(first, shifts, persons, points, shift_first, by_shift)
