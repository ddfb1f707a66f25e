"""What people would take at given prices if they could choose among all shifts that they fit. Compiled.

The pairs that the solver plans with may be some of all. What they prove is a bound of the whole problem only once
everybody was asked about every shift, which is done here without ever having all pairs at once: person by person,
those first who can work in the same hours of the week, and of each person's kinds of work only those of which one shift
may be worth more than its price.
"""

from typing import NamedTuple

import numpy as np

from marketplace.solver.compiling import compiled, inner, making
from marketplace.solver.feasible import added, may_take, most_of_time
from marketplace.solver.pairs import ABLE, EAGER, Found, Lists, Pairs, falling, hours, is_barred, larger, prepare_one
from marketplace.solver.problem import HOURS_OF_WEEK, Ints, Longs
from marketplace.solver.schedules import outline, settle
from marketplace.solver.spots import NEVER, Space, space
from marketplace.solver.tables import Tables

BEGINNING = 256
"""Pairs for which there is room at first."""
PEOPLE_OF_A_FORM = 4
"""With fewer people for each form of a week than that, it gains nothing to ask what is best for each form."""


class Everybody(NamedTuple):
    """The kinds `kind[first[person]:first[person + 1]]` that somebody fits, each with its points. `order` names all
    people, those with the same form of a week after each other, of whom many have the same one if `is_alike`. Shifts of
    the same `slot` touch the same hours of a week; `place` is that of each shift among all by their start, and
    `longest` the longest one. The shifts of a kind are in groups of one length: `group_first[kind]` is its first,
    `group_begins[group]` the group's first place in `Lists.by_kind`, `group_length` its length in `Lists.alone`."""

    first: Longs
    kind: Ints
    points: Ints
    order: Longs
    is_alike: bool
    slot: Longs
    place: Longs
    longest: int
    group_first: Longs
    group_begins: Longs
    group_length: Longs


class Offer(NamedTuple):
    """What one person could take: shifts in any order, and the same as pairs of nobody else."""

    shift: Longs
    points: Longs
    pairs: Pairs
    space: Space


@compiled
def by_person(people: int, fit_first: Longs, fit_person: Ints, fit_points: Ints) -> tuple[Longs, Ints, Ints]:
    """Who fits which kind, by person instead of by kind."""
    first = np.zeros(people + 1, np.int64)
    for person in fit_person:
        first[person + 1] += 1
    for person in range(people):
        first[person + 1] += first[person]
    at, kinds, points = first[:-1].copy(), np.empty(len(fit_person), np.int32), np.empty(len(fit_person), np.int32)
    for kind in range(len(fit_first) - 1):
        for place in range(fit_first[kind], fit_first[kind + 1]):
            person = fit_person[place]
            kinds[at[person]], points[at[person]] = kind, fit_points[place]
            at[person] += 1
    return first, kinds, points


@compiled
def look(t: Tables, lists: Lists, all_of: Everybody, price: Longs, begin: int, end: int, steps: int) -> Found:
    """Asks the people `order[begin:end]` for their best plans of all shifts. Returns what they would take as pairs,
    with the sum of their bounds as `total`."""
    net, peak, time = _worth(t, lists, all_of, price)
    known, mark, form = np.zeros(len(price), np.int64), 0, -1
    found = Found(np.empty(1024, np.int32), np.empty(1024, np.int32), np.empty(1024, np.int64), 0)
    offer, scratch, total, taken = _room(BEGINNING), np.empty(1, np.int64), int(np.int64(0)), int(np.int64(0))
    nothing = scratch[:0]
    for number in range(begin, end):
        person = all_of.order[number]
        if lists.form[person] != form:
            form, mark = lists.form[person], mark + 1
            if all_of.is_alike or mark == 1:
                _peaks(t, lists, all_of, person, net, known, mark, peak)
        _minutes(t, lists, all_of, person, time)
        count = _offered(t, lists, all_of, person, net, peak, time, known, mark, offer, nothing)
        while count > len(offer.shift):
            offer = _room(2 * count)
            count = _offered(t, lists, all_of, person, net, peak, time, known, mark, offer, nothing)
        if not count:
            continue
        if count > 1:
            _by_start(all_of, offer, falling(_keys(all_of, offer, count)))
        bound, chosen = _planned(t, person, price, offer, count, steps, scratch)
        total += bound
        while taken + chosen > len(found.shift):
            found = larger(found)
        _note(offer, person, chosen, found, taken)
        taken += chosen
    return Found(found.shift[:taken].copy(), found.person[:taken].copy(), found.points[:taken].copy(), total)


@making
def _worth(t: Tables, lists: Lists, all_of: Everybody, price: Longs) -> tuple[Longs, Longs, Longs]:
    """What a seat of each shift counts less its price; and room for the most of that in each group, and for what the
    minutes of each length count."""
    net = np.empty(len(price), np.int64)
    for shift in range(len(price)):
        net[shift] = t.shift[shift].points - price[shift]
    return net, np.empty(len(all_of.group_length), np.int64), np.empty(max(1, len(lists.alone)), np.int64)


@inner
def _peaks(
    t: Tables, lists: Lists, all_of: Everybody, person: int, net: Longs, known: Longs, mark: int, peak: Longs
) -> None:
    """The most that a shift of each group counts, its wanted hours too, for people with the week of this person; for
    anybody, where weeks are not alike."""
    for group in range(len(peak)):
        peak[group] = NEVER
        for number in range(all_of.group_begins[group], all_of.group_begins[group + 1]):
            shift = lists.by_kind[number]
            said = hours(t, person, shift, known, all_of.slot[shift], mark) if all_of.is_alike else ABLE | EAGER
            if said & ABLE:
                peak[group] = max(peak[group], net[shift] + (t.weight[0].want if said & EAGER else 0))


@inner
def _minutes(t: Tables, lists: Lists, all_of: Everybody, person: int, time: Longs) -> None:
    for length in range(len(lists.alone)):
        time[length] = lists.alone[length, person]
    if not len(lists.alone):
        # By the minute the longest shift can count the most; by the seat one that is short enough for the band.
        time[0] = most_of_time(t, person, all_of.longest) + 100 * t.weight[0].seat_band


@making
def _room(most: int) -> Offer:
    first = np.zeros(2, np.int64)
    pairs = Pairs(
        first,
        np.empty(most, np.int32),
        np.empty(most, np.int32),
        np.empty(most, np.int64),
        np.empty(most, np.int64),
        np.empty(most, np.uint64),
        first,
        np.empty(0, np.int32),
    )
    return Offer(np.empty(most, np.int64), np.empty(most, np.int64), pairs, space(most))


@inner
def _offered(
    t: Tables,
    lists: Lists,
    all_of: Everybody,
    person: int,
    net: Longs,
    peak: Longs,
    time: Longs,
    known: Longs,
    mark: int,
    offer: Offer,
    nothing: Longs,
) -> int:
    """Writes down every shift that the person may take and that is worth more to them than its price, as far as there
    is room. Returns how many there are."""
    count = int(np.int64(0))
    for place in range(all_of.first[person], all_of.first[person + 1]):
        kind, points = all_of.kind[place], int(np.int64(all_of.points[place]))
        for group in range(all_of.group_first[kind], all_of.group_first[kind + 1]):
            least = -points - time[all_of.group_length[group]]
            if peak[group] <= least:
                continue
            for number in range(all_of.group_begins[group], all_of.group_begins[group + 1]):
                shift = lists.by_kind[number]
                if net[shift] + t.weight[0].want <= least:
                    continue
                said = hours(t, person, shift, known, all_of.slot[shift], mark)
                bonus = t.weight[0].want if said & EAGER else 0
                if not said & ABLE or net[shift] + bonus <= least:
                    continue
                if points + bonus + net[shift] + added(t, person, nothing, 0, shift) <= 0:
                    continue
                if is_barred(lists, shift, person) or not may_take(t, person, nothing, 0, shift):
                    continue
                if count < len(offer.shift):
                    offer.shift[count], offer.points[count] = shift, points + bonus + t.shift[shift].points
                    offer.pairs.shift[count], offer.pairs.points[count] = shift, offer.points[count]
                count += 1
    return count


@making
def _keys(all_of: Everybody, offer: Offer, count: int) -> Longs:
    keys = np.empty(count, np.int64)
    for number in range(count):
        keys[number] = -all_of.place[offer.shift[number]]
    return keys


@inner
def _by_start(all_of: Everybody, offer: Offer, order: Longs) -> None:
    """What was written down as pairs by the start of the shift."""
    for at in range(len(order)):
        offer.pairs.shift[at], offer.pairs.points[at] = offer.shift[order[at]], offer.points[order[at]]


@inner
def _planned(
    t: Tables, person: int, price: Longs, offer: Offer, count: int, steps: int, scratch: Longs
) -> tuple[int, int]:
    """The bound of what the offered shifts are worth at the prices, and how many of them are the best plan."""
    pairs, s = offer.pairs, offer.space
    prepare_one(t, pairs, person, 0, count, scratch)
    for pair in range(count):
        s.spot[pair].pair, s.spot[pair].worth = pair, pairs.points[pair] - price[pairs.shift[pair]]
    bound, chosen = outline(t, pairs, person, s, count)
    if chosen > 1:
        _, bound, chosen = settle(t, pairs, person, s, count, bound, chosen, steps)
    return bound, chosen


@inner
def _note(offer: Offer, person: int, chosen: int, found: Found, taken: int) -> None:
    for number in range(chosen):
        pair = offer.space.chosen[number]
        shift = offer.pairs.shift[pair]
        found.shift[taken + number], found.person[taken + number] = shift, person
        found.points[taken + number] = offer.pairs.points[pair]


def slots_of(start: Longs, end: Longs) -> Longs:
    """A number for each shift, the same where the same hours of a week are touched."""
    first, last = start // 60, (end - 1) // 60
    key = (first % HOURS_OF_WEEK) * (int((last - first).max(initial=0)) + 1) + last - first
    return np.asarray(np.unique(key, return_inverse=True)[1].reshape(-1), np.int64)


def everybody(t: Tables, lists: Lists) -> Everybody:
    start, end, people, kinds = t.shift["start"], t.shift["end"], len(lists.form), len(lists.kind_first) - 1
    place = np.empty(len(start), np.int64)
    place[np.argsort(start, kind="stable")] = np.arange(len(start))
    kind, lengths = t.shift["kind"][lists.by_kind], max(1, len(lists.alone))
    length = lists.length[lists.by_kind] if len(lists.alone) else np.zeros(len(kind), np.int64)
    key = kind * lengths + length
    begins = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if len(key) else np.empty(0, np.int64)
    forms = int(lists.form.max(initial=0)) + 1
    return Everybody(
        *by_person(people, lists.fit_first, lists.fit_person, lists.fit_points),
        np.argsort(lists.form, kind="stable").astype(np.int64),
        forms * PEOPLE_OF_A_FORM <= people or forms == 1,
        slots_of(start, end),
        place,
        int(np.argmax(end - start)) if len(start) else 0,
        np.searchsorted(kind[begins], np.arange(kinds + 1)).astype(np.int64),
        np.append(begins, len(key)).astype(np.int64),
        length[begins],
    )
