"""The prices at which the bound is lowest: which is the bound that says most, and the prices that seats are given by.

In prose. At first each price goes up where too many want the seats and down where too few do, in steps that grow while
it goes one way and halve when it turns: that comes near in few rounds, and stays there, since all prices move at once.
Then each goes where most of its excess pointed lately, the less far the more excess it had (a subgradient with momentum
and a step of its own for each price, as in RMSProp), and all go less far whenever the bound has not fallen for a while.

What is done to a price is done to it alone, by operations that IEEE 754 rounds one way only, and no sum is taken over
prices: so every machine comes to the same ones.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from marketplace.solver.problem import Longs

Numbers = npt.NDArray[Any]
Ask = Callable[[Longs], tuple[Longs, int]]
"""What everybody would take at the prices, and the bound that it proves."""
MEMORY, FADING = 0.9, 0.98
"""How much of where a price went, and of the squares of its excess, is left after a round."""
TINY = 2.0**-30
PATIENCE, WORTH_WAITING = 10, 1_000_000
"""So many rounds, in which the bound did not fall by such a part of it, until all go half as far from the best."""


def one_by_one(
    ask: Ask, price: Longs, seats: Longs, step: int, rounds: int, go_on: Callable[[], bool]
) -> tuple[Longs, int]:
    """The prices with the lowest bound on the way from the given ones on, and that bound."""
    price, lowest, least = price.copy(), price, -1
    steps, before = np.full(len(price), max(1, step), np.int64), np.zeros(len(price), np.int64)
    for _ in range(rounds):
        demand, bound = ask(price)
        if least < 0 or bound < least:
            lowest, least = price.copy(), bound
        excess = _where_it_matters(demand - seats, price)
        if not excess.any() or not go_on():
            break
        sign = np.sign(excess)
        steps = np.where(sign * before < 0, np.maximum(1, steps // 2), steps)
        steps = np.where(sign * before > 0, steps + steps // 4, steps)
        before = sign
        move = np.maximum(1, steps * np.minimum(np.abs(excess), seats) // seats)
        price = np.maximum(0, price + sign * move)
    return lowest, least


def together(
    ask: Ask, price: Longs, seats: Longs, bound: int, step: int, rounds: int, go_on: Callable[[], bool]
) -> tuple[Longs, int]:
    """As `one_by_one()`, where the bound at the given prices is known already. No price goes much further than
    `step` in a round, and the first goes as far."""
    lowest, least, far, since = price, bound, float(step), 0
    scale, exact = np.sqrt(seats), price.astype(np.float64)
    way, squares = np.zeros(len(price)), np.zeros(len(price))
    for _ in range(rounds):
        demand, bound = ask(np.rint(exact).astype(np.int64))
        since = 0 if bound < least - least // WORTH_WAITING else since + 1
        if bound < least:
            lowest, least = np.rint(exact).astype(np.int64), bound
        if since >= PATIENCE:
            far, since, exact = far / 2, 0, lowest.astype(np.float64)
        excess = _where_it_matters((demand - seats) / scale, exact)
        way = MEMORY * way + (1 - MEMORY) * excess
        squares = FADING * squares + excess * excess
        if not excess.any() or far < 1 or not go_on():
            break
        exact = np.maximum(0.0, exact + far * way / np.sqrt(np.maximum(squares, TINY)))
    return lowest, least


def _where_it_matters(excess: Numbers, price: Numbers) -> Numbers:
    """Nothing where nobody asks for a seat that costs nothing."""
    return np.where((price <= 0) & (excess < 0), 0, excess)
