"""The best plan of one person at given prices, exactly. Compiled.

A dynamic programme over the person's shifts by start, with the hours of each week as its only state, says of every
place how much can still come: it forgets rest, days, hazards and what bookings leave, so that it never says too little.
A search that takes or leaves one shift after the other asks all rules and turns back where not enough can come. It is
nearly always over after a few steps; where it is not, the programme's own number stays a valid bound.
"""

import numpy as np

from marketplace.solver.compiling import inner
from marketplace.solver.feasible import added, amount, may_take, spread, week_at, week_minutes
from marketplace.solver.problem import NO_LIMIT, Longs
from marketplace.solver.tables import BY_WEEK, ONE, SPLIT, Tables

MOST_STEPS = 300
"""Of one search. Whoever has more gets the best plan that was found by then."""
MOST_UNITS = 64
"""Into how many parts the hours of a week are divided at most."""


@inner
def room_of(t: Tables, person: int, shifts: Longs, count: int, week: int) -> int:
    """The least room that a week has, over the caps of a week that count each of the shifts whole."""
    room = NO_LIMIT
    for cap in range(len(t.cap)):
        if t.cap[cap].period != BY_WEEK or t.cap[cap].counted == SPLIT or t.cap[cap].counted == ONE:
            continue
        bit = np.uint32(1) << np.uint32(cap)
        all_marked = True
        for place in range(count):
            if not t.shift[shifts[place]].marks & bit:
                all_marked = False
        if not all_marked:
            continue
        used = 0
        for booked in range(t.person[person].booked, t.person[person + 1].booked):
            if t.booked[booked].marks & bit:
                used += amount(t, cap, t.person[person].zone, t.booked[booked].start, t.booked[booked].end, week)
        room = min(room, max(0, t.own[person, cap] - used))
    return room


@inner
def best(
    t: Tables, person: int, shifts: Longs, worth: Longs, count: int, chosen: Longs, still: Longs
) -> tuple[int, int, int]:
    """The best of the shifts, which stand by start: its worth, a bound of that, and how many; `chosen` gets them.

    `worth` are the points of each less its price, without those of band and spread. `still` is scratch space with at
    least (count + 1) * (MOST_UNITS + 1) numbers.
    """
    if count == 0:
        return 0, 0, 0
    if count == 1:
        value = worth[0] + added(t, person, chosen, int(np.int64(0)), shifts[0])
        if value <= 0:
            return 0, 0, 0
        chosen[0] = shifts[0]
        return value, value, 1
    unit, week, units, base, following = _lay_out(t, person, shifts, count)
    _programme(t, person, shifts, worth, count, unit, week, units, base, following, still)
    value, found, is_exact = _search(t, person, shifts, worth, count, unit, week, units, chosen, still)
    return value, value if is_exact else max(value, still[0]), found


@inner
def _lay_out(t: Tables, person: int, shifts: Longs, count: int) -> tuple[int, Longs, Longs, Longs, Longs]:
    """The unit of the programme in minutes; and for each shift its week, the units of that week, the minutes booked in
    it, and the first later shift that can follow it."""
    zone = t.person[person].zone
    week, units = np.empty(count + 1, np.int64), np.empty(count, np.int64)
    base, following = np.empty(count, np.int64), np.empty(count, np.int64)
    most = 0
    for place in range(count):
        week[place] = week_at(t, zone, t.shift[shifts[place]].start)
        if place and week[place] == week[place - 1]:
            units[place], base[place] = units[place - 1], base[place - 1]
        else:
            units[place] = room_of(t, person, shifts, count, week[place])
            base[place] = week_minutes(t, person, shifts, int(np.int64(0)), week[place])
        if units[place] < NO_LIMIT:
            most = max(most, units[place])
        after = place + 1
        while after < count and not _may_follow(t, person, shifts[place], shifts[after]):
            after += 1
        following[place] = after
    week[count] = -2
    unit = max(60, -(-most // MOST_UNITS))
    for place in range(count):
        units[place] = units[place] // unit if units[place] < NO_LIMIT else -1
    return unit, week, units, base, following


@inner
def _may_follow(t: Tables, person: int, one: int, other: int) -> bool:
    """Whether the later shift can stand beside the earlier one at all."""
    if t.shift[other].start < t.shift[one].end:
        return False
    for rest in range(t.rest.shape[1]):
        if (
            t.shift[other].start - t.shift[one].end < t.rest[person, rest, 0]
            and t.shift[other].end - t.shift[one].start > t.rest[person, rest, 1]
        ):
            return False
    return True


@inner
def _programme(
    t: Tables,
    person: int,
    shifts: Longs,
    worth: Longs,
    count: int,
    unit: int,
    week: Longs,
    units: Longs,
    base: Longs,
    following: Longs,
    still: Longs,
) -> None:
    """Fills `still[place * (MOST_UNITS + 1) + used]`: what can come from that place on, with so many units used in the
    week of its shift."""
    row = MOST_UNITS + 1
    for used in range(row):
        still[count * row + used] = 0
    least = t.person[person].least
    for place in range(count - 1, -1, -1):
        minutes = t.shift[shifts[place]].end - t.shift[shifts[place]].start
        alone = worth[place] + spread(t, t.person[person].recent, minutes)
        size = minutes // unit if units[place] >= 0 else 0
        after = following[place]
        stays, goes_on = week[place + 1] == week[place], after < count and week[after] == week[place]
        for used in range(max(0, units[place]) + 1):
            value = still[(place + 1) * row + (used if stays else 0)]
            if used + size <= max(0, units[place]):
                gain = alone + still[after * row + (used + size if goes_on else 0)]
                if t.weight[0].band:
                    # So many minutes are used at least: units are rounded in favour of what can still come.
                    known = base[place] + max(0, (used - 1) * unit)
                    gain += t.weight[0].band * (min(known + minutes, least) - min(known, least))
                value = max(value, gain)
            still[place * row + used] = value


@inner
def _units_used(units: int, room: int, minutes: int, unit: int) -> int:
    """The place in a row of the programme, which never has less room left than there is."""
    return units - max(0, room - minutes) // unit if units >= 0 else 0


@inner
def _search(
    t: Tables,
    person: int,
    shifts: Longs,
    worth: Longs,
    count: int,
    unit: int,
    week: Longs,
    units: Longs,
    chosen: Longs,
    still: Longs,
) -> tuple[int, int, bool]:
    """Depth first: `stage` says of each place on the way whether the shift is still to be taken (0), left (1) or both
    are done (2)."""
    row = MOST_UNITS + 1
    mine, stage = np.empty(count, np.int64), np.zeros(count + 1, np.uint8)
    value, given = np.zeros(count + 1, np.int64), np.zeros(count + 1, np.int64)
    minutes = np.zeros(count + 1, np.int64)
    room = np.empty(count, np.int64)
    for place in range(count):
        room[place] = room_of(t, person, shifts, count, week[place]) if units[place] >= 0 else 0
    highest, found, steps, place = 0, 0, 0, int(np.int64(0))
    while place >= 0:
        if place == count:
            if value[place] > highest:
                highest, found = value[place], given[place]
                chosen[:found] = mine[:found]
            place -= 1
            continue
        shift, had = shifts[place], given[place]
        if stage[place] == 0:
            steps += 1
            if steps > MOST_STEPS:
                return highest, found, False
            used = _units_used(units[place], room[place], minutes[place], unit)
            if value[place] + still[place * row + used] <= highest:
                place -= 1
                continue
            takes = may_take(t, person, mine, had, shift)
        else:
            takes = False
        if not takes and stage[place] == 2:
            place -= 1
            continue
        value[place + 1], given[place + 1], spent = value[place], had, minutes[place]
        if takes:
            value[place + 1] += worth[place] + added(t, person, mine, had, shift)
            mine[had] = shift
            given[place + 1], spent = had + 1, spent + t.shift[shift].end - t.shift[shift].start
        stage[place] = 1 if takes else 2
        minutes[place + 1] = spent if week[place + 1] == week[place] else 0
        place += 1
        stage[place] = 0
    return highest, found, True
