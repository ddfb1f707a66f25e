"""Which pairs of a person and a shift the solver looks at. Compiled.

Who fits the kind of a shift, is not barred from it and may take it alone, makes a pair that is *eligible*. Where all
eligible pairs are too many, each shift keeps its best ones, and prefers people whom few shifts have kept. Kinds are
gone through one after the other: what somebody would count is reckoned once for all shifts of a kind that are of one
length, and whether hours fit is asked of a whole crowd (`crowds`).
"""

from typing import NamedTuple

import numpy as np

from marketplace.solver.compiling import compiled, inner, making
from marketplace.solver.feasible import added, covers, may_take, spread
from marketplace.solver.problem import Bits, Ints, Longs
from marketplace.solver.tables import CAN, WANTS, Tables

KEPT_PENALTY = 8
"""How many percent of the best points of a fit each shift more counts against somebody, whom other shifts kept."""
MOST_ASKED = 50_000
"""People whom a shift looks at before it is content with whom it has, where not all pairs are kept."""
CHANCE = 16
"""Bits by which equal points are told apart."""
REST_OF_A_DAY = 1440
CLASHES = 64
"""How many pairs on it is known which ones clash."""


class Lists(NamedTuple):
    """Who fits which kind, in crowds: `crowd_first[kind]` is the kind's first crowd, `crowd_begins[crowd]` its first
    place in the list, `crowd_like[crowd]` somebody with its hours, -1 where each has their own. Then who is barred from
    which shift, and the shifts `by_kind[kind_first[kind]:...]`, by their length."""

    fit_first: Longs
    fit_person: Ints
    fit_points: Ints
    crowd_first: Longs
    crowd_begins: Longs
    crowd_like: Ints
    barred_first: Longs
    barred_person: Ints
    kind_first: Longs
    by_kind: Longs


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
def _is_barred(lists: Lists, shift: int, person: int) -> bool:
    barred = False
    for place in range(lists.barred_first[shift], lists.barred_first[shift + 1]):
        barred |= lists.barred_person[place] == person
    return barred


@inner
def _is_welcome(t: Tables, lists: Lists, like: int, shift: int, person: int, nothing: Longs) -> bool:
    """Whether somebody of a crowd that has time may take the shift alone."""
    if like < 0 and not t.weight[0].anytime and not covers(t, CAN, person, t.shift[shift].start, t.shift[shift].end):
        return False
    return not _is_barred(lists, shift, person) and may_take(t, person, nothing, 0, shift)


@inner
def _may_come(t: Tables, like: int, shift: int) -> bool:
    """Whether a crowd has the time of a shift, as far as it is known of all together."""
    return like < 0 or t.weight[0].anytime or covers(t, CAN, like, t.shift[shift].start, t.shift[shift].end)


@inner
def _want(t: Tables, somebody: int, shift: int) -> int:
    """What it counts that all hours of a shift are wanted ones."""
    if t.weight[0].eager and covers(t, WANTS, somebody, t.shift[shift].start, t.shift[shift].end):
        wanted: int = t.weight[0].want
        return wanted
    return int(np.int64(0))


@inner
def _score(t: Tables, lists: Lists, kind: int, minutes: int, score: Longs) -> int:
    """What each of the kind's people would count at most for a shift of so many minutes, without its seat and wanted
    hours. Returns the most of it."""
    base, most = lists.fit_first[kind], int(np.int64(0))
    for place in range(base, lists.fit_first[kind + 1]):
        person = lists.fit_person[place]
        points = int(np.int64(lists.fit_points[place]))
        if t.weight[0].timely:
            points += t.weight[0].band * min(minutes, t.person[person].least)
            points += spread(t, t.person[person].recent, minutes)
        score[place - base] = points
        most = max(most, points)
    return most


@compiled
def choose(t: Tables, lists: Lists, kinds: Longs, keep: Longs, kept: Ints, seed: int) -> Found:
    """For each shift of the kinds, its best eligible people, at most `keep[shift]`."""
    room, widest, most = int(np.int64(0)), int(np.int64(0)), int(np.int64(0))
    for kind in kinds:
        widest = max(widest, lists.fit_first[kind + 1] - lists.fit_first[kind])
        for number in range(lists.kind_first[kind], lists.kind_first[kind + 1]):
            room += keep[lists.by_kind[number]]
            most = max(most, keep[lists.by_kind[number]])
    found = Found(np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int64), 0)
    score, own, count = np.empty(widest, np.int64), np.empty(widest, np.int64), int(np.int64(0))
    rank, places = np.empty(most, np.int64), np.empty(most, np.int64)
    for kind in kinds:
        base, size = lists.fit_first[kind], lists.fit_first[kind + 1] - lists.fit_first[kind]
        for place in range(size):
            own[place] = kept[lists.fit_person[base + place]]
        minutes, penalty = int(np.int64(-1)), int(np.int64(0))
        for number in range(lists.kind_first[kind], lists.kind_first[kind + 1]):
            shift = lists.by_kind[number]
            if t.shift[shift].end - t.shift[shift].start != minutes:
                minutes = t.shift[shift].end - t.shift[shift].start
                penalty = (t.weight[0].want + _score(t, lists, kind, minutes, score)) * KEPT_PENALTY // 100
                for place in range(size):
                    score[place] -= penalty * own[place]
            had = _best(t, lists, kind, shift, keep[shift], seed, score, rank, places)
            for each in range(had):
                place = places[each]
                person = lists.fit_person[base + place]
                found.shift[count], found.person[count] = shift, person
                points = t.shift[shift].points + lists.fit_points[base + place]
                found.points[count] = points + _want(t, person, shift)
                own[place] += 1
                score[place] -= penalty
                count += 1
    return Found(found.shift, found.person, found.points, count)


@making
def _best(
    t: Tables, lists: Lists, kind: int, shift: int, most: int, seed: int, score: Longs, rank: Longs, places: Longs
) -> int:
    """A heap of the best that were seen, the worst of them on top. Returns how many; `places` has them."""
    nothing = np.empty(0, np.int64)
    base, found, asked = lists.fit_first[kind], int(np.int64(0)), int(np.int64(0))
    first, crowds = lists.crowd_first[kind], lists.crowd_first[kind + 1] - lists.crowd_first[kind]
    for turn in range(crowds):
        crowd = first + (turn + shift) % crowds
        like = int(np.int64(lists.crowd_like[crowd]))
        if not _may_come(t, like, shift):
            continue
        begin, end = lists.crowd_begins[crowd] - base, lists.crowd_begins[crowd + 1] - base
        if found == most and asked > MOST_ASKED:
            break
        asked += end - begin
        bonus = _want(t, like, shift) if like >= 0 else t.weight[0].want
        for place in range(begin, end):
            if found == most and score[place] + bonus < rank[0] >> CHANCE:
                continue
            person = int(np.int64(lists.fit_person[base + place]))
            points = score[place] + (bonus if like >= 0 else _want(t, person, shift))
            key = (points << CHANCE) + (mixed(person, shift, seed) & ((1 << CHANCE) - 1))
            if (found == most and key <= rank[0]) or not _is_welcome(t, lists, like, shift, person, nothing):
                continue
            if found < most:
                _rise(rank, places, found, key, place)
                found += 1
            else:
                _sink(rank, places, found, key, place)
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
def worthwhile(t: Tables, lists: Lists, kinds: Longs, price: Longs, most: int) -> Found:
    """Every eligible pair of the whole problem that is worth more than its price, of the shifts of those kinds. Gives
    up once they are more than `most`."""
    widest, count = np.int64(1), int(np.int64(0))
    for kind in kinds:
        widest = max(widest, lists.fit_first[kind + 1] - lists.fit_first[kind])
    score, places, ends = np.empty(widest, np.int64), np.empty(widest, np.int64), np.empty(widest, np.int64)
    found = Found(np.empty(1024, np.int32), np.empty(1024, np.int32), np.empty(1024, np.int64), 0)
    for kind in kinds:
        number, last = lists.kind_first[kind], lists.kind_first[kind + 1]
        while number < last:
            minutes, net, end = _length(t, lists.by_kind[number]), int(np.int64(-(2**62))), number
            while end < last and _length(t, lists.by_kind[end]) == minutes:
                net = max(net, t.shift[lists.by_kind[end]].points - price[lists.by_kind[end]])
                end += 1
            _score(t, lists, kind, minutes, score)
            _keep_worthwhile(t, lists, kind, net + t.weight[0].want, score, places, ends)
            for each in range(number, end):
                found, count = _add(t, lists, kind, lists.by_kind[each], price, score, places, ends, found, count)
                if count > most:
                    return Found(found.shift, found.person, found.points, count)
            number = end
    return Found(found.shift, found.person, found.points, count)


@inner
def _length(t: Tables, shift: int) -> int:
    minutes: int = t.shift[shift].end - t.shift[shift].start
    return minutes


@inner
def _keep_worthwhile(t: Tables, lists: Lists, kind: int, net: int, score: Longs, places: Longs, ends: Longs) -> None:
    """The places of whoever may be worth more than nothing, by crowd; `ends[crowd]` says up to where."""
    base, kept = lists.fit_first[kind], 0
    for crowd in range(lists.crowd_first[kind], lists.crowd_first[kind + 1]):
        for place in range(lists.crowd_begins[crowd] - base, lists.crowd_begins[crowd + 1] - base):
            if score[place] + net > 0:
                places[kept], score[kept] = place, score[place]
                kept += 1
        ends[crowd - lists.crowd_first[kind]] = kept


@making
def _add(
    t: Tables,
    lists: Lists,
    kind: int,
    shift: int,
    price: Longs,
    score: Longs,
    places: Longs,
    ends: Longs,
    found: Found,
    count: int,
) -> tuple[Found, int]:
    nothing = np.empty(0, np.int64)
    base, begin, net = lists.fit_first[kind], int(np.int64(0)), t.shift[shift].points - price[shift]
    for crowd in range(lists.crowd_first[kind + 1] - lists.crowd_first[kind]):
        end, like = ends[crowd], int(np.int64(lists.crowd_like[lists.crowd_first[kind] + crowd]))
        if begin < end and _may_come(t, like, shift):
            bonus = _want(t, like, shift) if like >= 0 else t.weight[0].want
            for number in range(begin, end):
                if score[number] + bonus + net <= 0:
                    continue
                person = int(np.int64(lists.fit_person[base + places[number]]))
                points = lists.fit_points[base + places[number]] + (bonus if like >= 0 else _want(t, person, shift))
                if points + net + added(t, person, nothing, 0, shift) <= 0:
                    continue
                if not _is_welcome(t, lists, like, shift, person, nothing):
                    continue
                if count == len(found.shift):
                    found = _larger(found)
                found.shift[count], found.person[count] = shift, person
                found.points[count] = t.shift[shift].points + points
                count += 1
        begin = end
    return found, count


@making
def _larger(found: Found) -> Found:
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
    """Fills `time` and `clash` of the pairs of some people. What two shifts may not, no plan with both may."""
    one = np.empty(1, np.int64)
    for person in range(begin, end):
        far = _reach(t, person)
        for pair in range(pairs.first[person], pairs.first[person + 1]):
            one[0] = pairs.shift[pair]
            ends, clash = t.shift[one[0]].end, np.uint64(0)
            pairs.time[pair] = added(t, person, one, 0, one[0])
            for other in range(pair + 1, min(pair + 1 + CLASHES, pairs.first[person + 1])):
                shift = int(np.int64(pairs.shift[other]))
                if t.shift[shift].start >= ends + far:
                    break
                if t.shift[shift].start < ends or not may_take(t, person, one, 1, shift):
                    clash |= np.uint64(1) << np.uint64(other - pair - 1)
            pairs.clash[pair] = clash
    return 0


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
def missing(pairs: Pairs, more: Pairs, wanted: Longs) -> Longs:
    """Those of the wanted pairs of `more` that are not among the pairs."""
    found, count = np.empty(len(wanted), np.int64), 0
    for pair in wanted:
        if not is_among(pairs, more.person[pair], more.shift[pair]):
            found[count] = pair
            count += 1
    return found[:count]
