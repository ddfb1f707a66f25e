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
from marketplace.solver.schedules import Space, outline, settle, space
from marketplace.solver.tables import Tables

BEGINNING = 256
"""Pairs for which there is room at first."""


class Everybody(NamedTuple):
    """The kinds `kind[first[person]:first[person + 1]]` that somebody fits, each with its points. `order` names all
    people, those with the same form of a week after each other; shifts of the same `slot` touch the same hours of a
    week; `place` is that of each shift among all by their start, and `longest` the longest one."""

    first: Longs
    kind: Ints
    points: Ints
    order: Longs
    slot: Longs
    place: Longs
    longest: int


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
    net, peak = _worth(t, lists, price)
    known, mark, form = np.zeros(len(price), np.int64), 0, -1
    found = Found(np.empty(1024, np.int32), np.empty(1024, np.int32), np.empty(1024, np.int64), 0)
    offer, scratch, total, taken = _room(BEGINNING), np.empty(1, np.int64), int(np.int64(0)), int(np.int64(0))
    nothing = scratch[:0]
    for number in range(begin, end):
        person = all_of.order[number]
        if lists.form[person] != form:
            form, mark = lists.form[person], mark + 1
        count = _offered(t, lists, all_of, person, net, peak, known, mark, offer, nothing)
        while count > len(offer.shift):
            offer = _room(2 * count)
            count = _offered(t, lists, all_of, person, net, peak, known, mark, offer, nothing)
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
def _worth(t: Tables, lists: Lists, price: Longs) -> tuple[Longs, Longs]:
    """What a seat of each shift counts less its price, and the most of that among the shifts of each kind."""
    net, peak = np.empty(len(price), np.int64), np.full(len(lists.kind_first) - 1, -(2**62), np.int64)
    for shift in range(len(price)):
        net[shift] = t.shift[shift].points - price[shift]
        kind = t.shift[shift].kind
        peak[kind] = max(peak[kind], net[shift])
    return net, peak


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
    known: Longs,
    mark: int,
    offer: Offer,
    nothing: Longs,
) -> int:
    """Writes down every shift that the person may take and that is worth more to them than its price, as far as there
    is room. Returns how many there are."""
    # By the minute the longest shift can count the most of all; by the seat one that is short enough for the band.
    count, most = int(np.int64(0)), most_of_time(t, person, all_of.longest) + t.weight[0].want
    most += 100 * t.weight[0].seat_band
    for place in range(all_of.first[person], all_of.first[person + 1]):
        kind, points = all_of.kind[place], int(np.int64(all_of.points[place]))
        if points + peak[kind] + most <= 0:
            continue
        for number in range(lists.kind_first[kind], lists.kind_first[kind + 1]):
            shift = lists.by_kind[number]
            if points + net[shift] + most <= 0:
                continue
            said = hours(t, person, shift, known, all_of.slot[shift], mark)
            mine = points + (t.weight[0].want if said & EAGER else 0)
            if not said & ABLE or mine + net[shift] + added(t, person, nothing, 0, shift) <= 0:
                continue
            if is_barred(lists, shift, person) or not may_take(t, person, nothing, 0, shift):
                continue
            if count < len(offer.shift):
                offer.shift[count], offer.points[count] = shift, mine + t.shift[shift].points
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
    bound, chosen, unit = outline(t, pairs, person, s, count)
    if chosen > 1:
        _, bound, chosen = settle(t, pairs, person, s, count, unit, bound, chosen, steps)
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
    start, end = t.shift["start"], t.shift["end"]
    place = np.empty(len(start), np.int64)
    place[np.argsort(start, kind="stable")] = np.arange(len(start))
    return Everybody(
        *by_person(len(lists.form), lists.fit_first, lists.fit_person, lists.fit_points),
        np.argsort(lists.form, kind="stable").astype(np.int64),
        slots_of(start, end),
        place,
        int(np.argmax(end - start)) if len(start) else 0,
    )
