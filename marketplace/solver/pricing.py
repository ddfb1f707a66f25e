"""What people would take at given prices, and the bound that it proves. Compiled.

Every plan counts at most the sum of the price of each seat and of what each person's best plan is worth at these prices
(Lagrange). Sums are of whole numbers, so that their order, and the number of threads, changes nothing.
"""

import numpy as np

from marketplace.solver.compiling import compiled, inner
from marketplace.solver.pairs import Pairs, falling, mixed
from marketplace.solver.problem import Longs
from marketplace.solver.schedules import outline, settle
from marketplace.solver.spots import Space, space
from marketplace.solver.tables import Tables


@inner
def most_pairs(pairs: Pairs, begin: int, end: int) -> int:
    most = int(np.int64(1))
    for person in range(begin, end):
        most = max(most, pairs.first[person + 1] - pairs.first[person])
    return most


@compiled
def ask(t: Tables, pairs: Pairs, price: Longs, begin: int, end: int, steps: int, seen: Longs, demand: Longs) -> int:
    """The bounds of the people from `begin` to before `end`, summed; counts into `demand` what they would take. Whose
    plan needs a search gets so many steps. `seen` has of each person the last plan that the rules allowed, which need
    not be asked again."""
    s, total = space(most_pairs(pairs, begin, end)), int(np.int64(0))
    for person in range(begin, end):
        count = int(np.int64(0))
        for pair in range(pairs.first[person], pairs.first[person + 1]):
            net = pairs.points[pair] - price[pairs.shift[pair]]
            if net + pairs.time[pair] > 0:
                s.spot[count].pair, s.spot[count].worth = pair, net
                count += 1
        if not count:
            continue
        bound, found = outline(t, pairs, person, s, count)
        if found > 1:
            name = _name_of(pairs, person, s, found)
            if name != seen[person]:
                _, bound, found = settle(t, pairs, person, s, count, bound, found, steps)
                seen[person] = _name_of(pairs, person, s, found)
        total += bound
        for number in range(found):
            demand[pairs.shift[s.chosen[number]]] += 1
    return total


@inner
def _name_of(pairs: Pairs, person: int, s: Space, found: int) -> int:
    """A number for the chosen pairs, as good as never that of others."""
    name = int(np.int64(0))
    for number in range(found):
        name = (mixed(s.chosen[number] - pairs.first[person], name, number) << 20) ^ (name >> 3) ^ found
    return name


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
                pair = pairs.by_shift[place]
                here[place - first] = pairs.points[pair] + pairs.time[pair]
            price[shift] = here[falling(here)[seats]]
