"""The best plan of one person at given prices. Compiled.

A dynamic programme over the person's shifts by start, with the minutes of the week as its only state, says of every
place how much can still come, and which way leads there. Of the rules it asks only what two shifts that follow each
other may not, and the minutes of a week, so that it never says too little; band and spread it counts exactly within one
week. That way is nearly always one that the rules allow, and then it is the best. Where it is not, a search asks all
rules (`searches`); where that has no end, the programme's own number stays a valid bound.
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
from marketplace.solver.spots import MOST_UNITS, NEVER, ROW, Space, clashes
from marketplace.solver.tables import BY_WEEK, ONE, SPLIT, Tables

MOST_STEPS = 200
"""Of one search. Whoever has more gets the best plan that was found by then."""
NEAR_ENOUGH = 6
"""A way that the rules allow is not searched on if what it lacks to its bound is less than the bound / 2^6."""


@inner
def best(t: Tables, pairs: Pairs, person: int, s: Space, count: int) -> tuple[int, int, int]:
    """The best of the asked shifts: its worth, a bound of that, and how many; `s.chosen` gets their pairs by start."""
    bound, found, unit = outline(t, pairs, person, s, count)
    if count < 2:
        return bound, bound, found
    return settle(t, pairs, person, s, count, unit, bound, found, MOST_STEPS)


@inner
def outline(t: Tables, pairs: Pairs, person: int, s: Space, count: int) -> tuple[int, int, int]:
    """The plan of the programme, which may break a rule: what it says can come, how many shifts, and its unit."""
    if count == 0:
        return 0, 0, 1
    if count == 1:
        pair = s.spot[0].pair
        value = max(0, s.spot[0].worth + pairs.time[pair])
        s.chosen[0] = pair
        return value, 1 if value > 0 else 0, 1
    unit = _lay_out(t, pairs, person, s, count)
    _programme(t, pairs, person, s, count, unit)
    return s.still[0], _way(pairs, s, count, unit), unit


@inner
def settle(
    t: Tables, pairs: Pairs, person: int, s: Space, count: int, unit: int, bound: int, found: int, steps: int
) -> tuple[int, int, int]:
    """From the plan of the programme to one that the rules allow, in so many steps: as `best()`."""
    value, is_allowed = _walk(t, pairs, person, s, found)
    if is_allowed and bound - value <= bound >> NEAR_ENOUGH:
        return value, bound, found
    if not is_allowed:
        value, found = int(np.int64(0)), int(np.int64(0))
    value, found, is_exact = search(t, pairs, person, s, count, unit, value, found, steps)
    return value, value if is_exact else max(value, bound), found


@inner
def _lay_out(t: Tables, pairs: Pairs, person: int, s: Space, count: int) -> int:
    """Fills the spots, and returns the unit of the programme in minutes."""
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
    return unit


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
def _gains(t: Tables, person: int, s: Space, week: int, units: int, unit: int) -> None:
    """What so many units of the week count in band and spread, after what is booked."""
    had, recent = int(np.int64(0)), t.person[person].recent
    if t.weight[0].band or t.weight[0].by_seat:
        had = booked_minutes(t, person, week)
    for used in range(units + 2):
        band = t.weight[0].band * min(had + used * unit, t.person[person].least)
        s.gain[used] = band + spread_up_to(t, recent + used * unit)
        s.early[used], s.late[used] = 0, 0
        if t.weight[0].by_seat:
            s.early[used] = seat_spread(t, recent + used * unit)
            s.late[used] = seat_band(t, person, had + used * unit)


@inner
def _programme(t: Tables, pairs: Pairs, person: int, s: Space, count: int, unit: int) -> None:
    """Fills `still[place * ROW + used]`: what can come from that place on, with so many units used in its week; and
    `taken`, the same if the shift of the place is taken. Units of a shift are rounded down where they fill the week and
    up where they count, so that it never says too little."""
    s.still[count * ROW] = 0
    for place in range(count - 1, -1, -1):
        units, minutes, week = max(0, s.spot[place].units), s.spot[place].minutes, s.spot[place].week
        stays = s.spot[place + 1].week == week
        if t.weight[0].timely and not stays:
            _gains(t, person, s, week, units, unit)
        size, counts = (minutes // unit, -(-minutes // unit)) if s.spot[place].units >= 0 else (0, 0)
        here, leave, worth = place * ROW, (place + 1) * ROW, s.spot[place].worth
        for used in range(units - size + 1, units + 1):
            s.taken[here + max(0, used)] = NEVER
        _follow(pairs, s, place, units, size)
        for used in range(units - size + 1):
            s.taken[here + used] += worth
            if t.weight[0].timely:
                s.taken[here + used] += s.gain[used + counts] - s.gain[used] + s.early[used] + s.late[used + size]
        for used in range(units + 1):
            s.still[here + used] = max(s.still[leave + (used if stays else 0)], s.taken[here + used])


@inner
def _follow(pairs: Pairs, s: Space, place: int, units: int, size: int) -> None:
    """The most that can come after the shift of a place is taken."""
    here, after, week = place * ROW, s.spot[place].after, s.spot[place].week
    goes_on = s.spot[after].week == week
    for used in range(units - size + 1):
        s.taken[here + used] = s.still[after * ROW + (used + size if goes_on else 0)]
    for other in range(place + 1, after):
        if clashes(pairs, s.spot[place].pair, s.spot[other].pair):
            continue
        goes_on = s.spot[other].week == week
        for used in range(units - size + 1):
            value = s.taken[other * ROW + (used + size if goes_on else 0)]
            s.taken[here + used] = max(s.taken[here + used], value)


@inner
def _way(pairs: Pairs, s: Space, count: int, unit: int) -> int:
    """The way that the programme took. Returns how many shifts it takes."""
    place, used, found = 0, int(np.int64(0)), int(np.int64(0))
    while place < count:
        stays = s.spot[place + 1].week == s.spot[place].week
        if s.still[place * ROW + used] == s.still[(place + 1) * ROW + (used if stays else 0)]:
            place, used = place + 1, used if stays else int(np.int64(0))
            continue
        while True:
            s.chosen[found], s.mine[found] = s.spot[place].pair, place
            found += 1
            after, used, is_next = _next(pairs, s, place, used, unit)
            place = after
            if not is_next:
                break
    return found


@inner
def _next(pairs: Pairs, s: Space, place: int, used: int, unit: int) -> tuple[int, int, bool]:
    """Where the way goes on after the shift of a place is taken: to a shift that is taken too, or to the place from
    which on nothing clashes."""
    size = s.spot[place].minutes // unit if s.spot[place].units >= 0 else int(np.int64(0))
    most, found = NEVER, s.spot[place].after
    for other in range(place + 1, s.spot[place].after):
        if not clashes(pairs, s.spot[place].pair, s.spot[other].pair):
            value = s.taken[other * ROW + (used + size if s.spot[other].week == s.spot[place].week else 0)]
            if value > most:
                most, found = value, other
    after = s.spot[place].after
    goes_on = s.spot[after].week == s.spot[place].week
    if s.still[after * ROW + (used + size if goes_on else 0)] >= most:
        return after, used + size if goes_on else int(np.int64(0)), False
    goes_on = s.spot[found].week == s.spot[place].week
    return found, used + size if goes_on else int(np.int64(0)), True


@inner
def _walk(t: Tables, pairs: Pairs, person: int, s: Space, found: int) -> tuple[int, bool]:
    """What the way counts, and whether the rules allow it."""
    value = int(np.int64(0))
    for number in range(found):
        place = s.mine[number]
        shift = s.spot[place].shift
        if not may_take(t, person, s.mine, number, shift):
            return 0, False
        value += s.spot[place].worth + added(t, person, s.mine, number, shift)
        s.mine[number] = shift
    return value, True
