"""The shifts that one person is asked about, and room to plan them. Compiled."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from marketplace.solver.compiling import inner, making
from marketplace.solver.pairs import CLASHES, Pairs
from marketplace.solver.problem import Longs

MOST_UNITS = 64
"""Into how many parts the minutes of a week are divided at most."""
ROW = MOST_UNITS + 1
NEVER = -(2**62)
PLACES_KNOWN = 2**13
"""How many states a search keeps in mind at most: one more takes the place of another."""
SPOT = np.dtype(
    [
        ("pair", "i8"),
        ("worth", "i8"),
        ("shift", "i8"),
        ("minutes", "i8"),
        ("week", "i8"),
        ("units", "i8"),
        ("after", "i8"),
        ("value", "i8"),
        ("given", "i8"),
        ("used", "i8"),
        ("stage", "i8"),
        ("last", "i8"),
    ]
)
"""One shift that a person could take. Whoever asks gives `pair` and `worth`, its points less its price, without those
of its minutes; by start. `units` has the week, `after` is the place after the last one that clashes; the rest is the
search's."""


class Space(NamedTuple):
    """Where one person after the other is planned. `spot[:count]` are asked, `chosen` are the pairs of the answer.
    `gain`, `early` and `late` say of so many units of a week what all of its minutes count, what a seat that follows
    them counts in the spread, and one that ends with them in the band. `known` are the states that a search came
    through, and `reached` with what at most."""

    spot: npt.NDArray[Any]
    still: Longs
    taken: Longs
    gain: Longs
    early: Longs
    late: Longs
    mine: Longs
    chosen: Longs
    known: Longs
    reached: Longs


@making
def space(most: int) -> Space:
    """For people with at most so many pairs."""
    return Space(
        np.empty(most + 1, SPOT),
        np.empty((most + 1) * ROW, np.int64),
        np.empty((most + 1) * ROW, np.int64),
        np.empty(2 * ROW + 2, np.int64),
        np.empty(2 * ROW + 2, np.int64),
        np.empty(2 * ROW + 2, np.int64),
        np.empty(most + 1, np.int64),
        np.empty(most + 1, np.int64),
        np.empty(PLACES_KNOWN, np.int64),
        np.empty(PLACES_KNOWN, np.int64),
    )


@inner
def clashes(pairs: Pairs, pair: int, other: int) -> bool:
    """Whether a later pair of the same person is known to clash."""
    away = np.uint64(other - pair - 1)
    return bool(other - pair <= CLASHES and (pairs.clash[pair] >> away) & np.uint64(1))
