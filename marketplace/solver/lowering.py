"""The prices at which the bound is lowest: which is the bound that says most, and the prices that seats are given by.

In prose. At first each price goes up where too many want the seats and down where too few do, in steps that grow while
it goes one way and halve when it turns: that comes near in few rounds, and stays there, since all prices move at once.
Then they move together along what was in excess lately (a subgradient with a memory), so far as what is known of the
best plan says that the bound may still fall (Polyak's step), and less far whenever it has not fallen for a while.

Excess is counted in fractions that are whole numbers, so that every machine comes to the same prices.
"""

from collections.abc import Callable

import numpy as np

from marketplace.solver.problem import Longs

Ask = Callable[[Longs], tuple[Longs, int]]
"""What everybody would take at the prices, and the bound that it proves."""
FRACTIONS = 64
MOST_EXCESS = 2**14
"""So much excess of one shift is enough, and its square a million times still a number of 64 bits."""
MEMORY = 4
"""Parts of the last way, of which one more is the new excess."""
FIRST_STEP, LEAST_STEP, PATIENCE = 0.1, 1e-4, 8


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
    ask: Ask, price: Longs, seats: Longs, bound: int, known: int, rounds: int, go_on: Callable[[], bool]
) -> tuple[Longs, int]:
    """As `one_by_one()`, where the bound at the given prices and a plan that counts so much are known already."""
    lowest, least, part, since = price, bound, FIRST_STEP, 0
    way = np.zeros(len(price), np.int64)
    scale = np.sqrt(seats)
    exact = price.astype(np.float64)
    for number in range(rounds):
        demand, bound = ask(np.rint(exact).astype(np.int64))
        since = 0 if bound < least - least // 100_000 else since + 1
        if bound < least:
            lowest, least = np.rint(exact).astype(np.int64), bound
        if since >= PATIENCE:
            part, since, exact = part / 2, 0, lowest.astype(np.float64)
        excess = np.clip(demand - seats, -MOST_EXCESS, MOST_EXCESS)
        excess = _where_it_matters(np.rint(FRACTIONS * excess / scale).astype(np.int64), exact)
        way = (MEMORY * way + excess) // (MEMORY + 1) if number else excess
        going = _where_it_matters(way, exact)
        length = int((going * going).sum())
        if not length or part < LEAST_STEP or not go_on():
            break
        far = part * max(1, bound - known) * FRACTIONS / length
        exact = np.maximum(0.0, exact + far * going / scale)
    return lowest, least


def _where_it_matters(excess: Longs, price: np.typing.NDArray[np.number]) -> Longs:
    """Nothing where nobody asks for a seat that costs nothing."""
    return np.where((price <= 0) & (excess < 0), 0, excess)
