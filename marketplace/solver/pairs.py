"""Which pairs of a person and a shift the solver looks at. Compiled.

Who fits the kind of a shift, is not barred from it and may take it alone, makes a pair that is *eligible*. Where all
eligible pairs are too many, each shift keeps its best ones, and prefers people whom few shifts have kept. The lists of
kinds then stand by points, so that it can stop where nobody better follows.
"""

from typing import Any, NamedTuple

import numpy as np

from marketplace.solver.compiling import compiled, inner
from marketplace.solver.feasible import covers, may_take, most_of_time, spread
from marketplace.solver.problem import Ints, Longs
from marketplace.solver.tables import CAN, WANTS, Tables

KEPT_PENALTY = 8
"""How many percent of the best points of a fit each shift more counts against somebody, whom other shifts kept."""


CHANCE = 16
"""Bits by which equal points are told apart."""


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
    """A heap of the best that were seen, the worst of them on top."""
    nothing = np.empty(0, np.int64)
    rank, places, found = np.empty(most, np.int64), np.empty(most, np.int64), 0
    penalty = (t.weight[0].want + lists.fit_points[lists.fit_first[lists.kind[shift]]]) * KEPT_PENALTY // 100
    for place in range(lists.fit_first[lists.kind[shift]], lists.fit_first[lists.kind[shift] + 1]):
        highest = (lists.fit_points[place] + t.weight[0].want + 1) << CHANCE
        if found == most and highest <= rank[0]:
            break
        person = wide(lists.fit_person[place])
        lowered = highest - ((kept[person] * penalty) << CHANCE)
        if found == most and lowered <= rank[0]:
            continue
        if not is_eligible(t, lists, shift, person, nothing):
            continue
        points = pair_points(t, lists, shift, place) - t.shift[shift].points - kept[person] * penalty
        key = (points << CHANCE) + (mixed(person, shift, seed) & ((1 << CHANCE) - 1))
        if found < most:
            _rise(rank, places, found, key, place)
            found += 1
        elif key > rank[0]:
            _sink(rank, places, found, key, place)
    for number in range(found):
        out_person[base + number] = lists.fit_person[places[number]]
        out_points[base + number] = pair_points(t, lists, shift, places[number])
    return found


@inner
def _rise(rank: Longs, places: Longs, at: int, key: int, place: int) -> None:
    """Puts a key into a heap of so many."""
    while at > 0 and rank[(at - 1) // 2] > key:
        rank[at], places[at] = rank[(at - 1) // 2], places[(at - 1) // 2]
        at = (at - 1) // 2
    rank[at], places[at] = key, place


@inner
def _sink(rank: Longs, places: Longs, count: int, key: int, place: int) -> None:
    """Puts a key in the stead of the lowest of a heap."""
    at = 0
    while 2 * at + 1 < count:
        child = 2 * at + 1
        if child + 1 < count and rank[child + 1] < rank[child]:
            child += 1
        if rank[child] >= key:
            break
        rank[at], places[at] = rank[child], places[child]
        at = child
    rank[at], places[at] = key, place


@compiled
def worthwhile(
    t: Tables,
    lists: Lists,
    shifts: Longs,
    price: Longs,
    slot: Longs,
    out_person: Ints,
    out_points: Longs,
    out_count: Longs,
) -> None:
    """Of each of the shifts, every eligible pair of the whole problem that may be worth more than its price. Counts
    them, and writes as many as have room from `slot[shift]` to `slot[shift + 1]`. Lists of kinds stand by points."""
    nothing = np.empty(0, np.int64)
    for shift in shifts:
        minutes = t.shift[shift].end - t.shift[shift].start
        most = t.weight[0].want + t.weight[0].band * minutes + spread(t, int(np.int64(0)), minutes)
        found, base, room = 0, slot[shift], slot[shift + 1] - slot[shift]
        net = t.shift[shift].points - price[shift]
        for place in range(lists.fit_first[lists.kind[shift]], lists.fit_first[lists.kind[shift] + 1]):
            if net + lists.fit_points[place] + most <= 0:
                break
            person = wide(lists.fit_person[place])
            points = pair_points(t, lists, shift, place)
            if points - price[shift] + most_of_time(t, person, shift) <= 0:
                continue
            if is_eligible(t, lists, shift, person, nothing):
                if found < room:
                    out_person[base + found], out_points[base + found] = person, points
                found += 1
        out_count[shift] = found


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
