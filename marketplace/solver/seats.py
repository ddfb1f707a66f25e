"""A plan while it is built: which pairs it has, and the moves that make it better. Compiled.

The plan is a mark on each pair (`taken`) and how many seats of each shift are filled. Every move keeps every rule, and
none makes the plan worth less.
"""

from typing import NamedTuple

import numpy as np

from marketplace.solver.compiling import compiled, inner, making
from marketplace.solver.feasible import added, added_by_all, covers, may_take, spread_by_all
from marketplace.solver.pairs import Pairs, falling
from marketplace.solver.pricing import most_pairs
from marketplace.solver.problem import Bytes, Longs
from marketplace.solver.schedules import best, outline
from marketplace.solver.spots import Space, space
from marketplace.solver.tables import WANTS, Tables

MOST_LOOKED_AT = 300
"""How many shifts a chain of moves looks at before it gives up."""


class Draft(NamedTuple):
    """`held[seat[shift]:seat[shift] + filled[shift]]` are the pairs that have a seat of the shift."""

    taken: Bytes
    filled: Longs
    seat: Longs
    held: Longs


class Scratch(NamedTuple):
    plan: Space
    mine: Longs
    log: Longs
    loser: Longs
    losers: Longs


class Queue(NamedTuple):
    """Shifts that a chain could go on from: before each, whose move frees it, as the pairs `into` and `out_of`."""

    shift: Longs
    parent: Longs
    into: Longs
    out_of: Longs


@inner
def mine_of(pairs: Pairs, draft: Draft, person: int, mine: Longs) -> int:
    """The shifts that the person has in the draft, by start; returns how many."""
    count = int(np.int64(0))
    for pair in range(pairs.first[person], pairs.first[person + 1]):
        if draft.taken[pair]:
            mine[count] = pairs.shift[pair]
            count += 1
    return count


@inner
def worth_of(t: Tables, pairs: Pairs, draft: Draft, person: int, mine: Longs) -> int:
    """What the person's part of the draft counts."""
    total, count = 0, int(np.int64(0))
    for pair in range(pairs.first[person], pairs.first[person + 1]):
        if draft.taken[pair]:
            total += pairs.points[pair]
            mine[count] = pairs.shift[pair]
            count += 1
    return total + added_by_all(t, person, mine, count)


@compiled
def parts_of(t: Tables, pairs: Pairs, draft: Draft) -> tuple[int, int, int, int, int, int]:
    """What the draft counts by parts, in the order of `Objective`."""
    seats, filled, points, want, together, spreads = 0, 0, 0, 0, 0, 0
    mine = np.empty(most_pairs(pairs, 0, len(pairs.first) - 1), np.int64)
    for person in range(len(pairs.first) - 1):
        count = int(np.int64(0))
        for pair in range(pairs.first[person], pairs.first[person + 1]):
            if draft.taken[pair]:
                shift = pairs.shift[pair]
                mine[count] = shift
                count += 1
                filled += t.shift[shift].points
                points += pairs.points[pair]
                if t.weight[0].eager and covers(t, WANTS, person, t.shift[shift].start, t.shift[shift].end):
                    want += t.weight[0].want
        if count:
            seats += count
            together += added_by_all(t, person, mine, count)
            spreads += spread_by_all(t, person, mine, count)
    return seats, filled, points - filled - want, want, together - spreads, spreads


@inner
def take(pairs: Pairs, draft: Draft, pair: int) -> None:
    shift = pairs.shift[pair]
    draft.taken[pair] = 1
    draft.held[draft.seat[shift] + draft.filled[shift]] = pair
    draft.filled[shift] += 1


@inner
def leave(pairs: Pairs, draft: Draft, pair: int) -> None:
    shift = pairs.shift[pair]
    draft.taken[pair] = 0
    draft.filled[shift] -= 1
    last = draft.seat[shift] + draft.filled[shift]
    place = last
    while draft.held[place] != pair:
        place -= 1
    draft.held[place] = draft.held[last]


@compiled
def fill(t: Tables, pairs: Pairs, draft: Draft, order: Longs) -> int:
    """Gives the open seats of the shifts, in that order, to whoever adds most and may take them. Returns how many."""
    mine, given = np.empty(most_pairs(pairs, 0, len(pairs.first) - 1), np.int64), 0
    for shift in order:
        open_seats = t.shift[shift].seats - draft.filled[shift]
        first, last = pairs.shift_first[shift], pairs.shift_first[shift + 1]
        if open_seats <= 0 or first == last:
            continue
        adds = np.empty(last - first, np.int64)
        for place in range(first, last):
            pair = pairs.by_shift[place]
            adds[place - first] = -1
            if not draft.taken[pair]:
                count = mine_of(pairs, draft, pairs.person[pair], mine)
                adds[place - first] = pairs.points[pair] + added(t, pairs.person[pair], mine, count, shift)
        for number in falling(adds):
            pair = pairs.by_shift[first + number]
            if open_seats == 0:
                break
            if adds[number] < 0:
                continue
            person = pairs.person[pair]
            if may_take(t, person, mine, mine_of(pairs, draft, person, mine), shift):
                take(pairs, draft, pair)
                open_seats, given = open_seats - 1, given + 1
    return given


@compiled
def follow_prices(t: Tables, pairs: Pairs, draft: Draft, price: Longs, people: Longs) -> None:
    """Each person in turn takes their best plan at the prices, of the seats that are left."""
    s = space(most_pairs(pairs, 0, len(pairs.first) - 1))
    for person in people:
        count = int(np.int64(0))
        for pair in range(pairs.first[person], pairs.first[person + 1]):
            shift = pairs.shift[pair]
            net = pairs.points[pair] - price[shift]
            if draft.filled[shift] < t.shift[shift].seats and net + pairs.time[pair] > 0:
                s.spot[count].pair, s.spot[count].worth = pair, net
                count += 1
        if count:
            _, _, found = best(t, pairs, person, s, count)
            for number in range(found):
                take(pairs, draft, s.chosen[number])


@inner
def cheapest(t: Tables, pairs: Pairs, draft: Draft, shift: int, but: int, mine: Longs) -> tuple[int, int]:
    """Of those who have a seat of the shift, whose leaving costs least, as their pair and that loss; -1 if nobody."""
    least, found = 0, -1
    for place in range(draft.seat[shift], draft.seat[shift] + draft.filled[shift]):
        pair = draft.held[place]
        if pairs.person[pair] == but:
            continue
        draft.taken[pair] = 0
        count = mine_of(pairs, draft, pairs.person[pair], mine)
        draft.taken[pair] = 1
        loss = pairs.points[pair] + added(t, pairs.person[pair], mine, count, shift)
        if found < 0 or loss < least:
            least, found = loss, pair
    return found, least


@inner
def plan_again(t: Tables, pairs: Pairs, draft: Draft, person: int, by_force: bool, s: Scratch) -> int:
    """Takes the person's best plan anew: of open seats alone, or with the seats of others, whom that costs their least.
    Returns by how much the draft is worth more, which is never less than before; `s.losers` are the pairs of those
    who lost a seat by it, and -1."""
    s.losers[0] = -1
    before = worth_of(t, pairs, draft, person, s.mine)
    had = _lay_down(pairs, draft, person, s)
    count = _within_reach(t, pairs, draft, person, by_force, s)
    value, _, found = best(t, pairs, person, s.plan, count)
    if value <= before:
        _put_back(pairs, draft, s.log, 0, had)
        return 0
    log, losers = _name(pairs, found, pairs.first[person], had, s)
    gained = -before
    for number in range(losers):
        other = s.losers[number]
        gained -= worth_of(t, pairs, draft, pairs.person[other], s.mine)
        leave(pairs, draft, other)
        gained += worth_of(t, pairs, draft, pairs.person[other], s.mine)
    _put_back(pairs, draft, s.log, had, log)
    gained += worth_of(t, pairs, draft, person, s.mine)
    if gained > 0:
        return gained
    # Two of the seats were of one person, who misses both more than each of them.
    for number in range(had, log):
        leave(pairs, draft, s.log[number])
    _put_back(pairs, draft, s.losers, 0, losers)
    _put_back(pairs, draft, s.log, 0, had)
    s.losers[0] = -1
    return 0


@inner
def _lay_down(pairs: Pairs, draft: Draft, person: int, s: Scratch) -> int:
    """Takes all seats from the person, and writes their pairs into the log. Returns how many."""
    had = int(np.int64(0))
    for pair in range(pairs.first[person], pairs.first[person + 1]):
        if draft.taken[pair]:
            leave(pairs, draft, pair)
            s.log[had] = pair
            had += 1
    return had


@inner
def _within_reach(t: Tables, pairs: Pairs, draft: Draft, person: int, by_force: bool, s: Scratch) -> int:
    """The shifts that the person could have, and what each is worth less what somebody else loses. Returns how many."""
    count, first = int(np.int64(0)), pairs.first[person]
    for pair in range(first, pairs.first[person + 1]):
        shift, worth = pairs.shift[pair], pairs.points[pair]
        s.loser[pair - first] = -1
        if draft.filled[shift] >= t.shift[shift].seats:
            if not by_force:
                continue
            loser, loss = cheapest(t, pairs, draft, shift, person, s.mine)
            worth -= loss
            if loser < 0 or worth + pairs.time[pair] <= 0:
                continue
            s.loser[pair - first] = loser
        s.plan.spot[count].pair, s.plan.spot[count].worth = pair, worth
        count += 1
    return count


@inner
def _name(pairs: Pairs, found: int, first: int, had: int, s: Scratch) -> tuple[int, int]:
    """Writes the chosen pairs into the log after what the person had, and those who lose a seat by them. Returns how
    long the log is, and how many lose."""
    losers = int(np.int64(0))
    for number in range(found):
        pair = s.plan.chosen[number]
        s.log[had + number] = pair
        if s.loser[pair - first] >= 0:
            s.losers[losers] = s.loser[pair - first]
            losers += 1
    s.losers[losers] = -1
    return had + found, losers


@inner
def _put_back(pairs: Pairs, draft: Draft, listed: Longs, begin: int, end: int) -> None:
    for number in range(begin, end):
        take(pairs, draft, listed[number])


@making
def scratch(most: int) -> Scratch:
    return Scratch(
        space(most),
        np.empty(most, np.int64),
        np.empty(2 * most, np.int64),
        np.empty(most, np.int64),
        np.empty(most + 1, np.int64),
    )


@compiled
def plan_all_again(t: Tables, pairs: Pairs, draft: Draft, people: Longs, by_force: bool) -> int:
    """Everybody in turn, and whoever lost a seat by it once more. Returns by how much the draft is worth more."""
    s = scratch(most_pairs(pairs, 0, len(pairs.first) - 1))
    lost, gained = np.empty(len(s.losers), np.int64), 0
    for person in people:
        if pairs.first[person] == pairs.first[person + 1]:
            continue
        gained += plan_again(t, pairs, draft, person, by_force, s)
        count = 0
        while s.losers[count] >= 0:
            lost[count] = s.losers[count]
            count += 1
        for number in range(count):
            gained += plan_again(t, pairs, draft, pairs.person[lost[number]], not by_force, s)
    return gained


@compiled
def lacking(t: Tables, pairs: Pairs, draft: Draft, price: Longs, people: Longs) -> Longs:
    """Those of the people whose part of the draft may count less than their best plan at the prices: where nobody
    does, the draft is the best that there is."""
    most = most_pairs(pairs, 0, len(pairs.first) - 1)
    s, mine, found, count = space(most), np.empty(most, np.int64), np.empty(len(people), np.int64), 0
    for person in people:
        if lacks(t, pairs, draft, price, person, s, mine) > 0:
            found[count] = person
            count += 1
    return found[:count]


@inner
def lacks(t: Tables, pairs: Pairs, draft: Draft, price: Longs, person: int, s: Space, mine: Longs) -> int:
    """How much more than their part of the draft somebody's best plan could count at the prices."""
    count, has = int(np.int64(0)), worth_of(t, pairs, draft, person, mine)
    for pair in range(pairs.first[person], pairs.first[person + 1]):
        net = pairs.points[pair] - price[pairs.shift[pair]]
        has -= price[pairs.shift[pair]] if draft.taken[pair] else 0
        if net + pairs.time[pair] > 0:
            s.spot[count].pair, s.spot[count].worth = pair, net
            count += 1
    bound, _ = outline(t, pairs, person, s, count)
    return bound - has


@inner
def chain(
    t: Tables, pairs: Pairs, draft: Draft, opening: int, seen: Longs, mark: int, s: Scratch, queue: Queue
) -> bool:
    """Fills an open seat by a chain: somebody moves into it from another seat, somebody else into that one, and so on,
    until one comes who has time. Breadth first, so that the fewest people move. Whether it was filled.

    `seen[shift]` is `mark` for those that this search has looked at.
    """
    queue.shift[0], queue.parent[0] = opening, -1
    seen[opening] = mark
    head, tail = int(np.int64(0)), 1
    while head < tail:
        shift = queue.shift[head]
        for place in range(pairs.shift_first[shift], pairs.shift_first[shift + 1]):
            pair = pairs.by_shift[place]
            if draft.taken[pair]:
                continue
            person = pairs.person[pair]
            count = mine_of(pairs, draft, person, s.mine)
            if may_take(t, person, s.mine, count, shift):
                if _follow(t, pairs, draft, pair, head, s, queue):
                    return True
                continue
            for own in range(pairs.first[person], pairs.first[person + 1]):
                other = pairs.shift[own]
                if not draft.taken[own] or seen[other] == mark or tail == len(queue.shift):
                    continue
                draft.taken[own] = 0
                count = mine_of(pairs, draft, person, s.mine)
                draft.taken[own] = 1
                if may_take(t, person, s.mine, count, shift):
                    seen[other] = mark
                    queue.shift[tail], queue.parent[tail] = other, head
                    queue.into[tail], queue.out_of[tail] = pair, own
                    tail += 1
        head += 1
    return False


@making
def _follow(t: Tables, pairs: Pairs, draft: Draft, last: int, head: int, s: Scratch, queue: Queue) -> bool:
    """Makes the moves of a chain from its opening on, if they still fit together and the draft is worth more."""
    way = _way_to(queue, head)
    steps = len(way)
    gained, made = 0, 0
    for number in range(steps + 1):
        into = queue.into[way[number]] if number < steps else last
        out_of = queue.out_of[way[number]] if number < steps else -1
        person = pairs.person[into]
        if draft.taken[into] or (out_of >= 0 and not draft.taken[out_of]):
            break
        gained -= worth_of(t, pairs, draft, person, s.mine)
        if out_of >= 0:
            leave(pairs, draft, out_of)
        if not may_take(t, person, s.mine, mine_of(pairs, draft, person, s.mine), pairs.shift[into]):
            if out_of >= 0:
                take(pairs, draft, out_of)
            break
        take(pairs, draft, into)
        gained += worth_of(t, pairs, draft, person, s.mine)
        made += 1
    if made == steps + 1 and gained > 0:
        return True
    for number in range(made - 1, -1, -1):
        leave(pairs, draft, queue.into[way[number]] if number < steps else last)
        if number < steps:
            take(pairs, draft, queue.out_of[way[number]])
    return False


@making
def _way_to(queue: Queue, head: int) -> Longs:
    """The moves from the opening of a chain to that place of the queue."""
    steps, node = 0, head
    while queue.parent[node] >= 0:
        steps += 1
        node = queue.parent[node]
    way, node = np.empty(steps, np.int64), head
    for number in range(steps - 1, -1, -1):
        way[number] = node
        node = queue.parent[node]
    return way


@compiled
def fill_by_chains(t: Tables, pairs: Pairs, draft: Draft, order: Longs) -> int:
    """Tries a chain for every open seat. Returns how many were filled."""
    s = scratch(most_pairs(pairs, 0, len(pairs.first) - 1))
    queue = Queue(
        np.empty(MOST_LOOKED_AT, np.int64),
        np.empty(MOST_LOOKED_AT, np.int64),
        np.empty(MOST_LOOKED_AT, np.int64),
        np.empty(MOST_LOOKED_AT, np.int64),
    )
    seen, mark, given = np.zeros(len(t.shift), np.int64), int(np.int64(0)), 0
    for shift in order:
        while draft.filled[shift] < t.shift[shift].seats:
            mark += 1
            if not chain(t, pairs, draft, shift, seen, mark, s, queue):
                break
            given += 1
    return given
