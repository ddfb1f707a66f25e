"""The best plan of one person, by a search that asks all rules. Compiled.

It takes or leaves one shift after the other, and turns back where what can still come is not enough, or where it was
before: two ways to the same place that leave the same room for what follows go on alike, and only the one that counts
more need be followed.
"""

import numpy as np

from marketplace.solver.compiling import inner
from marketplace.solver.feasible import added, day_of, may_take, period_of, used_of, week_at
from marketplace.solver.pairs import Pairs
from marketplace.solver.problem import Longs
from marketplace.solver.spots import Space, at, clashes, onward
from marketplace.solver.tables import Tables

LONG = 32
"""From this step on a search keeps in mind where it was."""
BOTH, DONE, LEAVE, TAKE, LEAVE_AND_TAKE, TAKE_AND_LEAVE = 0, 1, 2, 3, 4, 5
"""What a search still does at a place of its way: nothing was done yet, nothing is left, or with its shift and without,
in that order."""


@inner
def search(
    t: Tables, pairs: Pairs, person: int, s: Space, count: int, highest: int, found: int, most: int
) -> tuple[int, int, bool]:
    """Depth first, for what is worth more than the highest so far, in so many steps at most: what is highest, how many
    shifts it has, and whether nothing is higher."""
    steps, place = 0, int(np.int64(0))
    s.spot[0].value, s.spot[0].given, s.spot[0].last, s.spot[0].stage = 0, 0, -1, BOTH
    s.spot[0].past, s.spot[0].used, s.spot[0].back = 0, 0, -1
    while place >= 0:
        if place == count:
            if s.spot[place].value > highest:
                highest, found = s.spot[place].value, s.spot[place].given
                _keep(s, count)
            place = s.spot[place].back
            continue
        if s.spot[place].stage == BOTH:
            steps += 1
            if steps > most:
                return highest, found, False
            if steps == LONG:
                s.known[:] = 0
            is_new = steps < LONG or not _was_here(t, person, s, place)
            if is_new and s.spot[place].value + _still(pairs, s, place) > highest:
                s.spot[place].stage = _first(t, person, s, place)
            else:
                s.spot[place].stage = DONE
        if s.spot[place].stage == DONE:
            place = s.spot[place].back
            continue
        place = _go_on(t, pairs, person, s, place)
    return highest, found, True


@inner
def _first(t: Tables, person: int, s: Space, place: int) -> int:
    """Where to go first from a place: where more can come."""
    if not may_take(t, person, s.mine, s.spot[place].given, s.spot[place].shift):
        return LEAVE
    past, used = s.spot[place].past, s.spot[place].used
    later, of_week = onward(s, place + 1, s.spot[place].week, past, used)
    if s.taken[at(s, place, past, used)] >= s.still[at(s, place + 1, later, of_week)]:
        return TAKE_AND_LEAVE
    return LEAVE_AND_TAKE


@inner
def _keep(s: Space, count: int) -> None:
    """Writes down the pairs that were taken on the way to the last place."""
    place = s.spot[count].back
    given = s.spot[count].given
    while place >= 0:
        if s.spot[place].given < given:
            given -= 1
            s.chosen[given] = s.spot[place].pair
        place = s.spot[place].back


@inner
def _go_on(t: Tables, pairs: Pairs, person: int, s: Space, place: int) -> int:
    """From one place of the search to the next, with its shift or without. Returns which one: what clashes with the
    last shift taken is passed over."""
    stage, value, given, last = s.spot[place].stage, s.spot[place].value, s.spot[place].given, s.spot[place].last
    used = s.spot[place].used
    if stage in (TAKE, TAKE_AND_LEAVE):
        value += s.spot[place].worth + added(t, person, s.mine, given, s.spot[place].shift)
        s.mine[given] = s.spot[place].shift
        given, last = given + 1, place
        if s.spot[place].units >= 0:
            used = min(s.spot[place].units, used + s.spot[place].minutes // s.grid[0].unit)
    s.spot[place].stage = LEAVE if stage == TAKE_AND_LEAVE else TAKE if stage == LEAVE_AND_TAKE else DONE
    to = place + 1
    if last >= 0:
        while to < s.spot[last].after and clashes(pairs, s.spot[last].pair, s.spot[to].pair):
            to += 1
    later, of_week = onward(s, to, s.spot[place].week, s.spot[place].past, used)
    s.spot[to].value, s.spot[to].given, s.spot[to].last, s.spot[to].back = value, given, last, place
    s.spot[to].past, s.spot[to].used, s.spot[to].stage = later, of_week, BOTH
    return to


@inner
def _still(pairs: Pairs, s: Space, place: int) -> int:
    """The most that can come from a place of the search on, of what does not clash with the last shift that it took."""
    last, past, used, week = s.spot[place].last, s.spot[place].past, s.spot[place].used, s.spot[place].week
    if last < 0 or place >= s.spot[last].after:
        return int(s.still[at(s, place, past, used)])
    after = s.spot[last].after
    later, of_week = onward(s, after, week, past, used)
    most = s.still[at(s, after, later, of_week)]
    for other in range(place, after):
        if not clashes(pairs, s.spot[last].pair, s.spot[other].pair):
            later, of_week = onward(s, other, week, past, used)
            most = max(most, s.taken[at(s, other, later, of_week)])
    return int(most)


@inner
def _was_here(t: Tables, person: int, s: Space, place: int) -> bool:
    """Whether the search came to this place before with at least as much, and everything the same that a rule or the
    points of a later shift could ask. If not, it is written down that it did."""
    name, value = _state(t, person, s, place), s.spot[place].value
    slot = name & (len(s.known) - 1)
    if s.known[slot] == name and s.reached[slot] >= value:
        return True
    s.known[slot], s.reached[slot] = name, value
    return False


@inner
def _state(t: Tables, person: int, s: Space, place: int) -> int:
    """A number for all that what was taken so far says about shifts from this place on, as good as never that of
    another state: when the last work ended; of each rest the stretch that may go on; what is used of each cap in the
    periods that are not over; and minutes, where they count."""
    zone, start, given = t.person[person].zone, t.shift[s.spot[place].shift].start, s.spot[place].given
    name, ends = _named(place, 0), start
    minutes, of_week = int(np.int64(0)), int(np.int64(0))
    for number in range(given):
        shift = s.mine[number]
        length = t.shift[shift].end - t.shift[shift].start
        ends, minutes = max(ends, t.shift[shift].end), minutes + length
        if t.weight[0].timely and week_at(t, zone, t.shift[shift].start) == s.spot[place].week:
            of_week += length
    name = _named(name, ends)
    if t.weight[0].timely:
        name = _named(_named(name, minutes), of_week)
    for rest in range(t.rest.shape[1]):
        name = _stretch(t, person, s.mine, given, start, rest, name)
    first, last = day_of(t, zone, start), day_of(t, zone, ends - 1)
    for cap in range(len(t.cap)):
        for period in range(period_of(t, cap, zone, first), period_of(t, cap, zone, max(first, last)) + 1):
            name = _named(name, used_of(t, cap, person, s.mine, given, period))
    return name


@inner
def _stretch(t: Tables, person: int, mine: Longs, given: int, start: int, rest: int, name: int) -> int:
    """The name, and in it when the stretch of work began and ended to which a shift from that start on may belong."""
    least = t.rest[person, rest, 0]
    low, high, grows = start, start - least, True
    while grows:
        grows = False
        for number in range(given):
            begins, ends = t.shift[mine[number]].start, t.shift[mine[number]].end
            if low - ends < least and (begins < low or ends > high):
                low, high, grows = min(low, begins), max(high, ends), True
        for booked in range(t.person[person].booked, t.person[person + 1].booked):
            begins, ends = t.booked[booked].start, t.booked[booked].end
            if t.booked[booked].works and begins < start and low - ends < least and (begins < low or ends > high):
                low, high, grows = min(low, begins), max(high, ends), True
    return _named(_named(name, low), high)


@inner
def _named(name: int, more: int) -> int:
    x = (np.uint64(name) ^ np.uint64(more)) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    return int(np.int64(x ^ (x >> np.uint64(31))))
