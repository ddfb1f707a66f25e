"""Which pairs of a person and a shift the solver looks at. Compiled.

Who fits the kind of a shift, is not barred from it and may take it alone, makes a pair that is *eligible*. Where all
eligible pairs are too many, each shift keeps its best ones, and prefers people whom few shifts have kept. Kinds are
gone through one after the other: what somebody would count is reckoned once for all shifts of a kind that are of one
length, who counts more stands before who counts less, and whether hours fit is asked of each form of a week once.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from marketplace.solver.compiling import compiled, inner, making
from marketplace.solver.feasible import added, covers, may_take, most_of_time
from marketplace.solver.problem import Bits, Ints, Longs
from marketplace.solver.tables import CAN, WANTS, Tables

KEPT_PENALTY = 8
"""How many percent of the best points of a fit each shift more counts against somebody, whom other shifts kept."""
BUCKETS = 4096
"""By which people are put in the order of their points at most: within one, they stand in any order."""
MOST_LENGTHS = 16
"""Of shifts for which it is kept what their minutes count for everybody."""
ABLE, EAGER = 1, 2
"""What a week says of hours: somebody can work, somebody wants to."""
CHANCE = 16
"""Bits by which equal points are told apart."""
REST_OF_A_DAY = 1440
CLASHES = 64
"""How many pairs on it is known which ones clash."""


Table = npt.NDArray[np.int64]


class Lists(NamedTuple):
    """Who fits which kind; of each person's week its `form`, the same for all who have the same week; who is barred
    from which shift; and the shifts `by_kind[kind_first[kind]:...]`, by their length. `alone[length[shift], person]` is
    the most that the minutes of a shift count for somebody; it is empty where there are too many lengths."""

    fit_first: Longs
    fit_person: Ints
    fit_points: Ints
    form: Ints
    barred_first: Longs
    barred_person: Ints
    kind_first: Longs
    by_kind: Longs
    length: Longs
    alone: Table


class Found(NamedTuple):
    """Eligible pairs, in any order: `points` without those of minutes. `total` may be more than there are, where they
    were too many."""

    shift: Ints
    person: Ints
    points: Longs
    total: int


class Pairs(NamedTuple):
    """Pairs by person, each person's by the start of the shift. `time` is what the minutes of the shift alone count,
    the most that they can; the bit i of `clash` says that the pair i + 1 places on cannot stand beside it.
    `by_shift[shift_first[s]:...]` names the same pairs by shift."""

    first: Longs
    shift: Ints
    person: Ints
    points: Longs
    time: Longs
    clash: Bits
    shift_first: Longs
    by_shift: Ints


@inner
def mixed(one: int, other: int, seed: int) -> int:
    """A number from 0 to 2^32 - 1 that looks like chance and is the same everywhere (a finaliser of splitmix64)."""
    x = np.uint64(one) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(other) * np.uint64(0xC2B2AE3D27D4EB4F)
    x += np.uint64(seed) * np.uint64(0x165667B19E3779F9)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return int(np.int64((x ^ (x >> np.uint64(31))) >> np.uint64(32)))


@making
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
    barred = False
    for place in range(lists.barred_first[shift], lists.barred_first[shift + 1]):
        barred |= lists.barred_person[place] == person
    return barred


@inner
def hours(t: Tables, person: int, shift: int, known: Longs, place: int, mark: int) -> int:
    """What a person's week says of the hours of a shift: `ABLE`, `EAGER`. Looks it up in `known[place]`, which counts
    if it was written with the same mark."""
    if known[place] >> 2 != mark:
        start, end = t.shift[shift].start, t.shift[shift].end
        said = ABLE if t.weight[0].anytime or covers(t, CAN, person, start, end) else 0
        if t.weight[0].eager and covers(t, WANTS, person, start, end):
            said |= EAGER
        known[place] = (mark << 2) | said
    answer: int = known[place] & 3
    return answer


@inner
def _score(t: Tables, lists: Lists, kind: int, shift: int, score: Longs) -> int:
    """What each of the kind's people would count at most for a shift as long as this one, without its seat and wanted
    hours. Returns the most of it."""
    base, most = lists.fit_first[kind], int(np.int64(0))
    for place in range(base, lists.fit_first[kind + 1]):
        points = int(np.int64(lists.fit_points[place]))
        if len(lists.alone):
            points += lists.alone[lists.length[shift], lists.fit_person[place]]
        elif t.weight[0].timely:
            points += most_of_time(t, lists.fit_person[place], shift)
        score[place - base] = points
        most = max(most, points)
    return most


@inner
def _rank(score: Longs, size: int, begins: Longs, order: Ints) -> int:
    """Puts places in the order of their scores, the highest first, but for those of one bucket. Returns how far the
    scores of one bucket may lie apart."""
    low, high = score[0], score[0]
    for place in range(size):
        low, high = min(low, score[place]), max(high, score[place])
    bits = 0
    while (high - low) >> bits >= BUCKETS:
        bits += 1
    begins[:] = 0
    for place in range(size):
        begins[((high - score[place]) >> bits) + 1] += 1
    for bucket in range(BUCKETS):
        begins[bucket + 1] += begins[bucket]
    for place in range(size):
        bucket = (high - score[place]) >> bits
        order[begins[bucket]] = place
        begins[bucket] += 1
    return 1 << bits


class _Desk(NamedTuple):
    """Where people are chosen for one shift after the other: of each place of a kind its `score`, what it `had` when
    they were put in `order`, and how many shifts keep its `own`; `rank` and `places` are a heap; `known` are hours."""

    score: Longs
    had: Longs
    own: Longs
    order: Ints
    begins: Longs
    rank: Longs
    places: Longs
    known: Longs


@making
def _desk(t: Tables, lists: Lists, kinds: Longs, keep: Longs) -> tuple[_Desk, int]:
    """And how many pairs may be found."""
    room, widest, most = int(np.int64(0)), int(np.int64(0)), int(np.int64(0))
    for kind in kinds:
        widest = max(widest, lists.fit_first[kind + 1] - lists.fit_first[kind])
        for number in range(lists.kind_first[kind], lists.kind_first[kind + 1]):
            room += keep[lists.by_kind[number]]
            most = max(most, keep[lists.by_kind[number]])
    desk = _Desk(
        np.empty(widest, np.int64),
        np.empty(widest, np.int64),
        np.empty(widest, np.int64),
        np.empty(widest, np.int32),
        np.empty(BUCKETS + 1, np.int64),
        np.empty(most, np.int64),
        np.empty(most, np.int64),
        np.zeros(len(lists.form), np.int64),
    )
    return desk, room


@compiled
def minutes_alone(t: Tables, shifts: Longs, alone: Table) -> None:
    """Fills `alone`, a row for each of the shifts, which are of different lengths."""
    for row in range(len(shifts)):
        for person in range(alone.shape[1]):
            alone[row, person] = most_of_time(t, person, shifts[row])


@compiled
def choose(t: Tables, lists: Lists, kinds: Longs, keep: Longs, kept: Ints, seed: int) -> Found:
    """For each shift of the kinds, its best eligible people, at most `keep[shift]`."""
    desk, room = _desk(t, lists, kinds, keep)
    found, count = Found(np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int64), 0), 0
    nothing = np.empty(0, np.int64)
    for kind in kinds:
        count = _choose_of(t, lists, kind, keep, kept, seed, desk, found, count, nothing)
    return Found(found.shift[:count].copy(), found.person[:count].copy(), found.points[:count].copy(), count)


@inner
def _choose_of(
    t: Tables,
    lists: Lists,
    kind: int,
    keep: Longs,
    kept: Ints,
    seed: int,
    desk: _Desk,
    found: Found,
    count: int,
    nothing: Longs,
) -> int:
    """Of one kind. Returns how many pairs were found by now."""
    base, size = lists.fit_first[kind], lists.fit_first[kind + 1] - lists.fit_first[kind]
    if size == 0:
        return count
    for place in range(size):
        desk.own[place] = kept[lists.fit_person[base + place]]
    minutes, penalty, wide = int(np.int64(-1)), int(np.int64(0)), int(np.int64(0))
    for number in range(lists.kind_first[kind], lists.kind_first[kind + 1]):
        shift = lists.by_kind[number]
        if t.shift[shift].end - t.shift[shift].start != minutes:
            minutes = t.shift[shift].end - t.shift[shift].start
            penalty = (t.weight[0].want + _score(t, lists, kind, shift, desk.score)) * KEPT_PENALTY // 100
            for place in range(size):
                desk.score[place] -= penalty * desk.own[place]
                desk.had[place] = desk.score[place]
            wide = _rank(desk.score, size, desk.begins, desk.order)
        had = _best(t, lists, kind, shift, keep[shift], seed, wide, desk, nothing)
        for each in range(had):
            place = desk.places[each]
            person = lists.fit_person[base + place]
            found.shift[count], found.person[count] = shift, person
            points = t.shift[shift].points + lists.fit_points[base + place]
            wants = hours(t, person, shift, desk.known, lists.form[person], shift + 1) & EAGER
            found.points[count] = points + (t.weight[0].want if wants else 0)
            desk.own[place] += 1
            desk.score[place] -= penalty
            count += 1
    return count


@inner
def _best(
    t: Tables, lists: Lists, kind: int, shift: int, most: int, seed: int, wide: int, desk: _Desk, nothing: Longs
) -> int:
    """A heap of the best that there are, the worst of them on top. Returns how many; `places` has them."""
    base, found, bonus = lists.fit_first[kind], int(np.int64(0)), int(np.int64(t.weight[0].want))
    for number in range(lists.fit_first[kind + 1] - base):
        place = desk.order[number]
        if found == most and desk.had[place] + wide + bonus < desk.rank[0] >> CHANCE:
            break
        if found == most and desk.score[place] + bonus < desk.rank[0] >> CHANCE:
            continue
        person = int(np.int64(lists.fit_person[base + place]))
        said = hours(t, person, shift, desk.known, lists.form[person], shift + 1)
        if not said & ABLE:
            continue
        points = desk.score[place] + (bonus if said & EAGER else 0)
        key = (points << CHANCE) + (mixed(person, shift, seed) & ((1 << CHANCE) - 1))
        if found == most and key <= desk.rank[0]:
            continue
        if is_barred(lists, shift, person) or not may_take(t, person, nothing, 0, shift):
            continue
        if found < most:
            _rise(desk.rank, desk.places, found, key, place)
            found += 1
        else:
            _sink(desk.rank, desk.places, found, key, place)
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


@making
def larger(found: Found) -> Found:
    had = len(found.shift)
    made = Found(np.empty(2 * had, np.int32), np.empty(2 * had, np.int32), np.empty(2 * had, np.int64), 0)
    made.shift[:had], made.person[:had], made.points[:had] = found.shift, found.person, found.points
    return made


@compiled
def arrange(order: Longs, people: int, found_shift: Ints, found_person: Ints, found_points: Longs) -> Pairs:
    """All found pairs by person and by shift, not yet prepared. `order` are all shifts by their start."""
    total = len(found_shift)
    first, shift_first = np.zeros(people + 1, np.int64), np.zeros(len(order) + 1, np.int64)
    for number in range(total):
        first[found_person[number] + 1] += 1
        shift_first[found_shift[number] + 1] += 1
    for person in range(people):
        first[person + 1] += first[person]
    for shift in range(len(order)):
        shift_first[shift + 1] += shift_first[shift]
    by_shift, at = np.empty(total, np.int32), shift_first[:-1].copy()
    for number in range(total):
        by_shift[at[found_shift[number]]] = number
        at[found_shift[number]] += 1
    shifts, persons, points = np.empty(total, np.int32), np.empty(total, np.int32), np.empty(total, np.int64)
    at = first[:-1].copy()
    for shift in order:
        for place in range(shift_first[shift], shift_first[shift + 1]):
            number = by_shift[place]
            person = found_person[number]
            pair = at[person]
            at[person] += 1
            shifts[pair], persons[pair], points[pair] = shift, person, found_points[number]
            by_shift[place] = pair
    return Pairs(
        first, shifts, persons, points, np.empty(total, np.int64), np.empty(total, np.uint64), shift_first, by_shift
    )


@compiled
def prepare(t: Tables, pairs: Pairs, begin: int, end: int) -> int:
    """Fills `time` and `clash` of the pairs of some people."""
    one = np.empty(1, np.int64)
    for person in range(begin, end):
        prepare_one(t, pairs, person, pairs.first[person], pairs.first[person + 1], one)
    return 0


@inner
def prepare_one(t: Tables, pairs: Pairs, person: int, begin: int, end: int, one: Longs) -> None:
    """The same for the pairs of one person. What two shifts may not, no plan with both may."""
    far = _reach(t, person)
    for pair in range(begin, end):
        one[0] = pairs.shift[pair]
        ends, clash = t.shift[one[0]].end, np.uint64(0)
        pairs.time[pair] = added(t, person, one, 0, one[0])
        for other in range(pair + 1, min(pair + 1 + CLASHES, end)):
            shift = int(np.int64(pairs.shift[other]))
            if t.shift[shift].start >= ends + far:
                break
            if t.shift[shift].start < ends or not may_take(t, person, one, 1, shift):
                clash |= np.uint64(1) << np.uint64(other - pair - 1)
        pairs.clash[pair] = clash


@inner
def _reach(t: Tables, person: int) -> int:
    """After so many minutes of rest a shift hardly ever clashes with another one: never for a rest, and only where a
    week has no room for two."""
    far = int(np.int64(0))
    for rest in range(t.rest.shape[1]):
        if t.rest[person, rest, 0] <= REST_OF_A_DAY:
            far = max(far, int(np.int64(t.rest[person, rest, 0])))
    return far


@inner
def is_among(pairs: Pairs, person: int, shift: int) -> bool:
    among = False
    for pair in range(pairs.first[person], pairs.first[person + 1]):
        among |= pairs.shift[pair] == shift
    return among


@compiled
def missing(pairs: Pairs, more: Found) -> Longs:
    """The places of those that are not among the pairs."""
    found, count = np.empty(len(more.shift), np.int64), 0
    for number in range(len(more.shift)):
        if not is_among(pairs, more.person[number], more.shift[number]):
            found[count] = number
            count += 1
    return found[:count]
