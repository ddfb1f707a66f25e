"""Whether somebody may take one shift more, and what it adds to the points of their whole plan. Compiled.

The rules are asked of somebody's bookings and the shifts that they are given (`mine`, so many of them as `count` says).
Every rule that holds for a set of shifts holds for each part of it, so that a plan can be built up and taken apart.
"""

import numpy as np

from marketplace.solver.compiling import inner
from marketplace.solver.problem import WEEK, Longs
from marketplace.solver.tables import BY_DAY, BY_WEEK, MIDNIGHT, ONE, SPLIT, WEEK_OF, Tables


@inner
def covers(t: Tables, word: int, person: int, start: int, end: int) -> bool:
    """Whether all hours that the time touches are among those hours of the person's week (`CAN` or `WANTS`)."""
    hour = (start % WEEK) // 60
    for _ in range((end - 1) // 60 - start // 60 + 1):
        if not (t.hours[person, word + (hour >> 6)] >> np.uint64(hour & 63)) & np.uint64(1):
            return False
        hour = hour + 1 if hour < 167 else 0
    return True


@inner
def day_of(t: Tables, zone: int, minute: int) -> int:
    """The number of the local day in which the minute lies; -1 before the first one."""
    last = t.days.shape[1] - 1
    # A zone's days are of 24 hours but for those on which its clock moves: the guess is hardly ever wrong.
    day: int = min(max((minute - np.int64(t.days[zone, 0, MIDNIGHT])) // 1440, -1), last)
    while day < last and t.days[zone, day + 1, MIDNIGHT] <= minute:
        day += 1
    while day >= 0 and t.days[zone, day, MIDNIGHT] > minute:
        day -= 1
    return day


@inner
def week_at(t: Tables, zone: int, minute: int) -> int:
    """The number of the local week in which the minute lies; -1 where it is not known."""
    day = day_of(t, zone, minute)
    week: int = t.days[zone, day, WEEK_OF] if 0 <= day < t.days.shape[1] - 1 else -1
    return week


@inner
def within(t: Tables, zone: int, day: int, start: int, end: int) -> int:
    """How many minutes of a time lie in a local day."""
    minutes: int = min(end, t.days[zone, day + 1, MIDNIGHT]) - max(start, t.days[zone, day, MIDNIGHT])
    return max(0, minutes)


@inner
def amount(t: Tables, cap: int, zone: int, start: int, end: int, period: int) -> int:
    """What a time counts in one period of a cap."""
    day, minutes = day_of(t, zone, start), end - start
    if t.cap[cap].counted != SPLIT:
        if t.cap[cap].period <= BY_WEEK and (
            not 0 <= day < t.days.shape[1] - 1 or period_of(t, cap, zone, day) != period
        ):
            return 0
        return 1 if t.cap[cap].counted == ONE else minutes
    if t.cap[cap].period == BY_DAY:
        return within(t, zone, period, start, end)
    if t.cap[cap].period != BY_WEEK:
        return minutes
    total, day = 0, max(0, day)
    while day < t.days.shape[1] - 1 and t.days[zone, day, MIDNIGHT] < end:
        if t.days[zone, day, WEEK_OF] == period:
            total += within(t, zone, day, start, end)
        day += 1
    return total


@inner
def has_room(t: Tables, person: int, mine: Longs, count: int, shift: int) -> bool:
    """Whether every cap that counts the shift has room for it, in every period that it touches."""
    zone, start, end = t.person[person].zone, t.shift[shift].start, t.shift[shift].end
    first = day_of(t, zone, start)
    last = day_of(t, zone, end - 1)
    for cap in range(len(t.cap)):
        bit = np.uint32(1) << np.uint32(cap)
        if not t.shift[shift].marks & bit:
            continue
        reach = last if t.cap[cap].counted == SPLIT else first
        low, high = period_of(t, cap, zone, first), period_of(t, cap, zone, reach)
        for period in range(low, high + 1):
            used = amount(t, cap, zone, start, end, period)
            if used + used_of(t, cap, person, mine, count, period) > t.own[person, cap]:
                return False
    return True


@inner
def period_of(t: Tables, cap: int, zone: int, day: int) -> int:
    """The number of the period of a cap in which a day lies."""
    if t.cap[cap].period == BY_DAY:
        return day
    week: int = t.days[zone, day, WEEK_OF] if t.cap[cap].period == BY_WEEK else 0
    return week


@inner
def used_of(t: Tables, cap: int, person: int, mine: Longs, count: int, period: int) -> int:
    """What somebody's given shifts and bookings count in one period of a cap."""
    zone, total, bit = t.person[person].zone, 0, np.uint32(1) << np.uint32(cap)
    for place in range(count):
        other = mine[place]
        if t.shift[other].marks & bit:
            total += amount(t, cap, zone, t.shift[other].start, t.shift[other].end, period)
    for booked in range(t.person[person].booked, t.person[person + 1].booked):
        if t.booked[booked].marks & bit:
            total += amount(t, cap, zone, t.booked[booked].start, t.booked[booked].end, period)
    return total


@inner
def is_free(t: Tables, person: int, mine: Longs, count: int, shift: int) -> bool:
    """Whether nothing that the person has is at the same time."""
    start, end = t.shift[shift].start, t.shift[shift].end
    for place in range(count):
        if t.shift[mine[place]].start < end and start < t.shift[mine[place]].end:
            return False
    for booked in range(t.person[person].booked, t.person[person + 1].booked):
        if t.booked[booked].blocks and t.booked[booked].start < end and start < t.booked[booked].end:
            return False
    return True


@inner
def is_rested(t: Tables, person: int, mine: Longs, count: int, shift: int) -> bool:
    """Whether the stretch of work around the shift is short enough for every rest."""
    for rest in range(t.rest.shape[1]):
        least, longest = t.rest[person, rest, 0], t.rest[person, rest, 1]
        low, high = t.shift[shift].start, t.shift[shift].end
        alone, grows = True, True
        while grows:
            grows = False
            for place in range(count):
                start, end = t.shift[mine[place]].start, t.shift[mine[place]].end
                if start - high < least and low - end < least:
                    alone = False
                    if start < low or end > high:
                        low, high, grows = min(low, start), max(high, end), True
            for booked in range(t.person[person].booked, t.person[person + 1].booked):
                start, end = t.booked[booked].start, t.booked[booked].end
                if t.booked[booked].works and start - high < least and low - end < least:
                    alone = False
                    if start < low or end > high:
                        low, high, grows = min(low, start), max(high, end), True
        if high - low > longest and not (alone and longest == 0):
            return False
    return True


@inner
def may_take(t: Tables, person: int, mine: Longs, count: int, shift: int) -> bool:
    """Whether the person may take the shift beside what they have; that they fit it is known."""
    return (
        is_free(t, person, mine, count, shift)
        and is_rested(t, person, mine, count, shift)
        and has_room(t, person, mine, count, shift)
    )


@inner
def spread_up_to(t: Tables, minutes: int) -> int:
    """What so many minutes count in the spread, recent ones among them."""
    step = 0
    while t.step[step].ends < minutes:
        step += 1
    total: int = t.step[step].before + (minutes - t.step[step].begins) * t.step[step].points
    return total


@inner
def spread(t: Tables, before: int, minutes: int) -> int:
    """What minutes count that follow so many others."""
    return spread_up_to(t, before + minutes) - spread_up_to(t, before)


@inner
def seat_band(t: Tables, person: int, after: int) -> int:
    """What a seat counts in the band after which its week has so many minutes."""
    least, most = t.person[person].least, t.person[person].most
    if after <= least:
        full: int = 100 * t.weight[0].seat_band
        return full
    falling: int = t.weight[0].seat_band * (100 * (most - after) // (most - least)) if after < most else 0
    return falling


@inner
def seat_spread(t: Tables, before: int) -> int:
    """What a seat counts in the spread that follows so many minutes."""
    points: int = t.weight[0].seat_spread * (100 * t.weight[0].half // (t.weight[0].half + before))
    return points


@inner
def booked_minutes(t: Tables, person: int, week: int) -> int:
    """Minutes of booked work that begins in the local week."""
    zone, total = t.person[person].zone, int(np.int64(0))
    for booked in range(t.person[person].booked, t.person[person + 1].booked):
        if t.booked[booked].works and week_at(t, zone, t.booked[booked].start) == week:
            total += t.booked[booked].end - t.booked[booked].start
    return total


@inner
def added(t: Tables, person: int, mine: Longs, count: int, shift: int) -> int:
    """What one shift more counts in the band and the spread, less what later seats lose by it. `mine` is by start."""
    minutes, total = t.shift[shift].end - t.shift[shift].start, 0
    before = t.person[person].recent
    for place in range(count):
        before += t.shift[mine[place]].end - t.shift[mine[place]].start
    if t.weight[0].band or t.weight[0].by_seat:
        zone = t.person[person].zone
        week = week_at(t, zone, t.shift[shift].start)
        used = booked_minutes(t, person, week)
        if t.weight[0].by_seat:
            total += _seats_added(t, person, mine, count, shift, week, used)
        if t.weight[0].band:
            for place in range(count):
                if week_at(t, zone, t.shift[mine[place]].start) == week:
                    used += t.shift[mine[place]].end - t.shift[mine[place]].start
            least = t.person[person].least
            total += t.weight[0].band * (min(used + minutes, least) - min(used, least))
    return total + spread(t, before, minutes)


@inner
def _seats_added(t: Tables, person: int, mine: Longs, count: int, shift: int, week: int, used: int) -> int:
    """By the seat: what the shift counts at its place by start, less what each later one counts less."""
    zone, before, lost = t.person[person].zone, t.person[person].recent, int(np.int64(0))
    start, minutes = t.shift[shift].start, t.shift[shift].end - t.shift[shift].start
    own_before, own_used = before, used
    for place in range(count):
        other = mine[place]
        length = t.shift[other].end - t.shift[other].start
        same_week = week_at(t, zone, t.shift[other].start) == week
        if t.shift[other].start > start:
            lost += seat_spread(t, before) - seat_spread(t, before + minutes)
            if same_week:
                lost += seat_band(t, person, used + length) - seat_band(t, person, used + length + minutes)
        before += length
        if same_week:
            used += length
        if t.shift[other].start <= start:
            own_before, own_used = before, used
    return seat_band(t, person, own_used + minutes) + seat_spread(t, own_before) - lost


@inner
def most_of_time(t: Tables, person: int, shift: int) -> int:
    """The most that a shift can add in band and spread, whatever else the person does."""
    minutes, recent = t.shift[shift].end - t.shift[shift].start, t.person[person].recent
    most: int = t.weight[0].band * min(minutes, t.person[person].least) + spread(t, recent, minutes)
    if t.weight[0].by_seat:
        most += seat_band(t, person, minutes) + seat_spread(t, recent)
    return most


@inner
def added_by_all(t: Tables, person: int, mine: Longs, count: int) -> int:
    """What all of the given shifts, by start, count in the band and the spread."""
    total = 0
    for place in range(count):
        total += added(t, person, mine, place, mine[place])
    return total


@inner
def spread_by_all(t: Tables, person: int, mine: Longs, count: int) -> int:
    """What all of them count in the spread alone."""
    total, before = 0, t.person[person].recent
    for place in range(count):
        minutes = t.shift[mine[place]].end - t.shift[mine[place]].start
        total += spread(t, before, minutes)
        if t.weight[0].by_seat:
            total += seat_spread(t, before)
        before += minutes
    return total
