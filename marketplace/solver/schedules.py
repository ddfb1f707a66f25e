"""The best plan of one person at given prices. Compiled.

A dynamic programme over the person's shifts by start, whose state are the minutes of the week and, in parts that are
rounded down, those of earlier weeks, says of every place how much can still come, and which way leads there. Of the
rules it asks only what two shifts that follow each other may not, and the minutes of a week, so that it never says too
little: the band it counts exactly, the spread exactly within one week, and later a little too high. That way is nearly
always one that the rules allow, and then it is the best. Where it is not, a search that asks all rules goes on from
what they allow of it (`searches`); where that has no end, the programme's own number stays a valid bound.
"""

import numpy as np

from marketplace.solver.compiling import inner
from marketplace.solver.feasible import (
    added,
    amount,
    booked_minutes,
    may_take,
    seat_band,
    seat_spread,
    spread_up_to,
    week_at,
)
from marketplace.solver.pairs import CLASHES, Pairs
from marketplace.solver.problem import NO_LIMIT
from marketplace.solver.searches import search
from marketplace.solver.spots import MOST_PASTS, MOST_PLACES, MOST_UNITS, NEVER, Space, at, clashes, onward
from marketplace.solver.tables import BY_WEEK, ONE, SPLIT, Tables

MOST_STEPS = 200
"""Of one search. Whoever has more gets the best plan that was found by then."""
NEAR_ENOUGH = 6
"""What the rules allow of a way is not searched on if what it lacks to its bound is less than the bound / 2^6, unless
there are more steps than that, by which the best plan is to be proven."""


@inner
def best(t: Tables, pairs: Pairs, person: int, s: Space, count: int) -> tuple[int, int, int]:
    """The best of the asked shifts: its worth, a bound of that, and how many; `s.chosen` gets their pairs by start."""
    bound, found = outline(t, pairs, person, s, count)
    if count < 2:
        return bound, bound, found
    return settle(t, pairs, person, s, count, bound, found, MOST_STEPS)


@inner
def outline(t: Tables, pairs: Pairs, person: int, s: Space, count: int) -> tuple[int, int]:
    """The plan of the programme, which may break a rule: what it says can come, and how many shifts."""
    if count == 0:
        return 0, 0
    if count == 1:
        pair = s.spot[0].pair
        value = max(0, s.spot[0].worth + pairs.time[pair])
        s.chosen[0] = pair
        return value, 1 if value > 0 else 0
    _lay_out(t, pairs, person, s, count)
    _programme(t, pairs, person, s, count)
    return s.still[0], _way(pairs, s, count)


@inner
def settle(
    t: Tables, pairs: Pairs, person: int, s: Space, count: int, bound: int, found: int, steps: int
) -> tuple[int, int, int]:
    """From the plan of the programme to one that the rules allow, in so many steps: as `best()`."""
    value, allowed = _walk(t, person, s, found)
    near = bound >> NEAR_ENOUGH if steps <= MOST_STEPS else int(np.int64(0))
    if bound - value <= near:
        return value, bound, allowed
    value, found, is_exact = search(t, pairs, person, s, count, value, allowed, steps)
    return value, value if is_exact else max(value, bound), found


@inner
def _lay_out(t: Tables, pairs: Pairs, person: int, s: Space, count: int) -> None:
    """Fills the spots, and the grid of the programme."""
    zone, unit, widest, place = t.person[person].zone, int(np.int64(0)), int(np.int64(0)), 0
    for place in range(count):
        pair = s.spot[place].pair
        shift = int(np.int64(pairs.shift[pair]))
        minutes = t.shift[shift].end - t.shift[shift].start
        s.spot[place].shift = shift
        s.spot[place].minutes = minutes
        s.spot[place].week = week_at(t, zone, t.shift[shift].start)
        other = minutes
        while other:
            unit, other = other, unit % other
        s.spot[place].after = place + 1
        for after in range(place + 1, count):
            if s.spot[after].pair - pair > CLASHES:
                break
            if clashes(pairs, pair, s.spot[after].pair):
                s.spot[place].after = after + 1
    s.spot[count].week = -2
    begin = 0
    while begin < count:
        end, total = begin, int(np.int64(0))
        while s.spot[end].week == s.spot[begin].week:
            total += s.spot[end].minutes
            end += 1
        room = room_of(t, person, s, begin, end)
        # Minutes of which there are enough need no counting where they count nothing.
        room = min(total, room) if room < total or t.weight[0].timely else int(np.int64(0)) - 1
        for place in range(begin, end):
            s.spot[place].units = room
        widest = max(widest, room)
        begin = end
    unit = max(unit, -(-widest // MOST_UNITS))
    for place in range(count):
        s.spot[place].units = s.spot[place].units // unit
    s.grid[0].unit, s.grid[0].row = unit, max(0, widest) // unit + 1
    _part(t, s, count)


@inner
def _part(t: Tables, s: Space, count: int) -> None:
    """Into which parts the work of earlier weeks is divided: into one where it says nothing of later work; and with how
    much work one may come to each place."""
    total, last, parts = int(np.int64(0)), len(t.step) - 1, max(1, min(MOST_PASTS, MOST_PLACES // count))
    if t.weight[0].seat_spread > 0 or t.step[0].points > t.step[last].points:
        for place in range(1, count):
            if s.spot[place].week != s.spot[place - 1].week:
                total += s.spot[place - 1].units
    width = min(MOST_UNITS, max(1, -(-total // max(1, parts - 1))))
    most = min(parts, total // width + 1)
    s.grid[0].width, s.grid[0].pasts = width, most
    s.spot[0].pasts, s.spot[0].reach, s.spot[count].pasts, s.spot[count].reach = 1, 0, 1, 0
    for place in range(1, count):
        units = max(0, s.spot[place - 1].units)
        s.spot[place].pasts = s.spot[place - 1].pasts
        s.spot[place].reach = min(units, s.spot[place - 1].reach + s.spot[place - 1].minutes // s.grid[0].unit)
        if s.spot[place].week != s.spot[place - 1].week:
            s.spot[place].pasts = min(most, s.spot[place].pasts + units // width)
            s.spot[place].reach = 0


@inner
def room_of(t: Tables, person: int, s: Space, begin: int, end: int) -> int:
    """The least room that the week of the spots has, over the caps of a week that count each of the shifts whole."""
    room, week = int(np.int64(NO_LIMIT)), s.spot[begin].week
    for cap in range(len(t.cap)):
        if t.cap[cap].period != BY_WEEK or t.cap[cap].counted == SPLIT or t.cap[cap].counted == ONE:
            continue
        bit = np.uint32(1) << np.uint32(cap)
        all_marked = True
        for place in range(begin, end):
            if not t.shift[s.spot[place].shift].marks & bit:
                all_marked = False
        if not all_marked:
            continue
        used = int(np.int64(0))
        for booked in range(t.person[person].booked, t.person[person + 1].booked):
            if t.booked[booked].marks & bit:
                used += amount(t, cap, t.person[person].zone, t.booked[booked].start, t.booked[booked].end, week)
        room = min(room, max(0, t.own[person, cap] - used))
    return room


@inner
def _spreads(t: Tables, person: int, s: Space, most: int) -> None:
    """What up to so many units of all weeks count in the spread, and a seat after them."""
    recent, unit = t.person[person].recent, s.grid[0].unit
    for used in range(most + 1):
        s.spread[used], s.early[used] = spread_up_to(t, recent + used * unit), 0
        if t.weight[0].by_seat:
            s.early[used] = seat_spread(t, recent + used * unit)


@inner
def _bands(t: Tables, person: int, s: Space, week: int, units: int) -> None:
    """What so many units of the week count in the band, and a seat that ends with them, after what is booked."""
    had, unit = int(np.int64(0)), s.grid[0].unit
    if t.weight[0].band or t.weight[0].by_seat:
        had = booked_minutes(t, person, week)
    for used in range(units + 2):
        s.gain[used], s.late[used] = t.weight[0].band * min(had + used * unit, t.person[person].least), 0
        if t.weight[0].by_seat:
            s.late[used] = seat_band(t, person, had + used * unit)


@inner
def _programme(t: Tables, pairs: Pairs, person: int, s: Space, count: int) -> None:
    """Fills `still[at(s, place, past, used)]`: what can come from that place on, with so many units used in its week
    and so many parts in earlier ones; and `taken`, the same if the shift of the place is taken. Units of a shift are
    rounded down where they fill the week and up where they count, so that it never says too little."""
    unit, timely = s.grid[0].unit, bool(t.weight[0].timely)
    if timely:
        _spreads(t, person, s, (s.grid[0].pasts - 1) * s.grid[0].width + MOST_UNITS + 1)
    s.still[at(s, count, 0, 0)] = 0
    for place in range(count - 1, -1, -1):
        units, minutes, week = max(0, s.spot[place].units), s.spot[place].minutes, s.spot[place].week
        if timely and s.spot[place + 1].week != week:
            _bands(t, person, s, week, units)
        size, counts = (minutes // unit, -(-minutes // unit)) if s.spot[place].units >= 0 else (0, 0)
        fits = min(s.spot[place].reach, units - size)
        for past in range(s.spot[place].pasts):
            _follow(pairs, s, place, past, fits, size)
            _count(s, place, past, fits, size, counts, timely)
            _leave(s, place, past)


@inner
def _count(s: Space, place: int, past: int, fits: int, size: int, counts: int, timely: bool) -> None:
    """Adds to what can come after the shift of a place what it counts itself, where it fits into its week."""
    here, worth, before = at(s, place, past, 0), s.spot[place].worth, past * s.grid[0].width
    for used in range(max(0, fits + 1), s.spot[place].reach + 1):
        s.taken[here + used] = NEVER
    for used in range(fits + 1):
        s.taken[here + used] += worth
    if timely:
        for used in range(fits + 1):
            of_week = s.gain[used + counts] - s.gain[used] + s.late[used + size]
            of_all = s.spread[before + used + counts] - s.spread[before + used] + s.early[before + used]
            s.taken[here + used] += of_week + of_all


@inner
def _leave(s: Space, place: int, past: int) -> None:
    """The most that can come from a place on, its shift taken or left."""
    here, week, reach = at(s, place, past, 0), s.spot[place].week, s.spot[place].reach
    if s.spot[place + 1].week == week:
        # The same as below, in one piece: a loop that asks nothing of each number takes far less time.
        leave = at(s, place + 1, past, 0)
        for used in range(reach + 1):
            s.still[here + used] = max(s.still[leave + used], s.taken[here + used])
        return
    for used in range(reach + 1):
        later, of_week = onward(s, place + 1, week, past, used)
        s.still[here + used] = max(s.still[at(s, place + 1, later, of_week)], s.taken[here + used])


@inner
def _follow(pairs: Pairs, s: Space, place: int, past: int, fits: int, size: int) -> None:
    """The most that can come after the shift of a place is taken, with so many units before it at most."""
    here, after, week = at(s, place, past, 0), s.spot[place].after, s.spot[place].week
    if s.spot[after].week == week:
        there = at(s, after, past, size)
        for used in range(fits + 1):
            s.taken[here + used] = s.still[there + used]
    else:
        for used in range(fits + 1):
            later, of_week = onward(s, after, week, past, used + size)
            s.taken[here + used] = s.still[at(s, after, later, of_week)]
    for other in range(place + 1, after):
        if clashes(pairs, s.spot[place].pair, s.spot[other].pair):
            continue
        if s.spot[other].week == week:
            there = at(s, other, past, size)
            for used in range(fits + 1):
                s.taken[here + used] = max(s.taken[here + used], s.taken[there + used])
        else:
            for used in range(fits + 1):
                later, of_week = onward(s, other, week, past, used + size)
                s.taken[here + used] = max(s.taken[here + used], s.taken[at(s, other, later, of_week)])


@inner
def _way(pairs: Pairs, s: Space, count: int) -> int:
    """The way that the programme took. Returns how many shifts it takes."""
    place, past, used, found = 0, int(np.int64(0)), int(np.int64(0)), int(np.int64(0))
    while place < count:
        later, of_week = onward(s, place + 1, s.spot[place].week, past, used)
        if s.still[at(s, place, past, used)] == s.still[at(s, place + 1, later, of_week)]:
            place, past, used = place + 1, later, of_week
            continue
        is_next = True
        while is_next:
            s.chosen[found], s.mine[found] = s.spot[place].pair, place
            found += 1
            place, past, used, is_next = _next(pairs, s, place, past, used)
    return found


@inner
def _next(pairs: Pairs, s: Space, place: int, past: int, used: int) -> tuple[int, int, int, bool]:
    """Where the way goes on after the shift of a place is taken: to a shift that is taken too, or to the place from
    which on nothing clashes."""
    week, after = s.spot[place].week, s.spot[place].after
    if s.spot[place].units >= 0:
        used += s.spot[place].minutes // s.grid[0].unit
    most, found = NEVER, after
    for other in range(place + 1, after):
        if not clashes(pairs, s.spot[place].pair, s.spot[other].pair):
            later, of_week = onward(s, other, week, past, used)
            if s.taken[at(s, other, later, of_week)] > most:
                most, found = s.taken[at(s, other, later, of_week)], other
    later, of_week = onward(s, after, week, past, used)
    if s.still[at(s, after, later, of_week)] >= most:
        return after, later, of_week, False
    later, of_week = onward(s, found, week, past, used)
    return found, later, of_week, True


@inner
def _walk(t: Tables, person: int, s: Space, found: int) -> tuple[int, int]:
    """Leaves out of the way, one after the other, what the rules do not allow. What the rest counts, and how many
    shifts it has."""
    value, allowed = int(np.int64(0)), int(np.int64(0))
    for number in range(found):
        place = s.mine[number]
        shift = s.spot[place].shift
        if may_take(t, person, s.mine, allowed, shift):
            value += s.spot[place].worth + added(t, person, s.mine, allowed, shift)
            s.chosen[allowed], s.mine[allowed] = s.chosen[number], shift
            allowed += 1
    return value, allowed
