"""What people would take at given prices, and the bound that it proves. Compiled.

Every plan counts at most the sum of the price of each seat and of what each person's best plan is worth at these prices
(Lagrange). Sums are of whole numbers, so that their order, and the number of threads, changes nothing.
"""

import numpy as np

from marketplace.solver.compiling import compiled
from marketplace.solver.feasible import most_of_time
from marketplace.solver.pairs import Pairs, falling
from marketplace.solver.problem import Bytes, Longs
from marketplace.solver.schedules import MOST_UNITS, best
from marketplace.solver.tables import Tables


@compiled
def ask(t: Tables, pairs: Pairs, price: Longs, begin: int, end: int, demand: Longs, wanted: Bytes) -> int:
    """The bounds of the people from `begin` to before `end`, summed; counts into `demand` what they would take, and
    marks the pairs in `wanted`."""
    most = 0
    for person in range(begin, end):
        most = max(most, pairs.first[person + 1] - pairs.first[person])
    shifts, worth = np.empty(most + 1, np.int64), np.empty(most + 1, np.int64)
    chosen = np.empty(most + 1, np.int64)
    still = np.empty((most + 2) * (MOST_UNITS + 1), np.int64)
    total = 0
    for person in range(begin, end):
        count = int(np.int64(0))
        for pair in range(pairs.first[person], pairs.first[person + 1]):
            shift = pairs.shift[pair]
            net = pairs.points[pair] - price[shift]
            if net > 0 or net + most_of_time(t, person, shift) > 0:
                shifts[count], worth[count] = shift, net
                count += 1
        _, bound, found = best(t, person, shifts, worth, count, chosen, still)
        total += bound
        place = 0
        for pair in range(pairs.first[person], pairs.first[person + 1]):
            if place < found and pairs.shift[pair] == chosen[place]:
                demand[chosen[place]] += 1
                wanted[pair] = 1
                place += 1
    return total


@compiled
def first_prices(t: Tables, pairs: Pairs, price: Longs) -> None:
    """The best points that nobody could have of each shift if all came: those of the first person beyond its seats."""
    for shift in range(len(price)):
        first, last = pairs.shift_first[shift], pairs.shift_first[shift + 1]
        seats = t.shift[shift].seats
        price[shift] = 0
        if last - first > seats:
            here = np.empty(last - first, np.int64)
            for place in range(first, last):
                here[place - first] = pairs.points[pairs.by_shift[place]]
            price[shift] = here[falling(here)[seats]]


@compiled
def move_prices(t: Tables, price: Longs, step: Longs, before: Longs, demand: Longs) -> int:
    """Raises what too many want and lowers what too few do; steps grow while they go one way and halve when they turn.
    Returns by how many seats demand and supply differ, where it matters."""
    apart = 0
    for shift in range(len(price)):
        excess = demand[shift] - t.shift[shift].seats
        if excess < 0 and price[shift] == 0:
            before[shift] = 0
            continue
        apart += abs(excess)
        sign = 1 if excess > 0 else (-1 if excess < 0 else 0)
        if sign * before[shift] < 0:
            step[shift] = max(1, step[shift] // 2)
        elif sign * before[shift] > 0:
            step[shift] += step[shift] // 4
        before[shift] = sign
        seats = np.int64(t.shift[shift].seats)
        move = step[shift] * min(abs(excess), seats) // seats
        price[shift] = max(0, price[shift] + sign * max(1, move)) if sign else price[shift]
    return apart
