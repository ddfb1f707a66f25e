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
MOST_PASTS, MOST_PLACES = 8, 256
"""Into how many parts the work of earlier weeks is divided at most, where it says what later work counts; and how many
places there may be in all of them, so that whoever could take very many shifts has fewer parts."""
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
        ("pasts", "i8"),
        ("reach", "i8"),
        ("value", "i8"),
        ("given", "i8"),
        ("past", "i8"),
        ("used", "i8"),
        ("stage", "i8"),
        ("last", "i8"),
        ("back", "i8"),
    ]
)
"""One shift that a person could take. Whoever asks gives `pair` and `worth`, its points less its price, without those
of its minutes; by start. `units` has the week, `after` is the place after the last one that clashes, `pasts` and
`reach` are in how many parts of work of earlier weeks, and with how many units of its own, one may come there at most;
the rest is the search's."""
GRID = np.dtype([("unit", "i8"), ("width", "i8"), ("pasts", "i8"), ("row", "i8")])
"""In which steps the programme of one person counts: the minutes of a unit, the units of a part of the work of earlier
weeks, how many parts there are at most, and how many numbers of units of a week."""


class Space(NamedTuple):
    """Where one person after the other is planned. `spot[:count]` are asked, `chosen` are the pairs of the answer.
    `gain` and `late` say of so many units of a week what its minutes count in the band, and a seat that ends with them;
    `early` and `spread` of so many units of all weeks what a seat that follows them counts in the spread, and all of
    their minutes. `known` are the states that a search came through, and `reached` with what at most."""

    spot: npt.NDArray[Any]
    grid: npt.NDArray[Any]
    still: Longs
    taken: Longs
    gain: Longs
    early: Longs
    late: Longs
    spread: Longs
    mine: Longs
    chosen: Longs
    known: Longs
    reached: Longs


@making
def space(most: int) -> Space:
    """For people with at most so many pairs."""
    # Of `count` pairs there are min(MOST_PASTS, MOST_PLACES // count) parts, at least one, at count + 1 places.
    places = max(most + 1, MOST_PLACES + MOST_PASTS)
    return Space(
        np.empty(most + 1, SPOT),
        np.empty(1, GRID),
        np.empty(places * ROW, np.int64),
        np.empty(places * ROW, np.int64),
        np.empty(ROW + 2, np.int64),
        np.empty((MOST_PASTS + 1) * ROW + 2, np.int64),
        np.empty(ROW + 2, np.int64),
        np.empty((MOST_PASTS + 1) * ROW + 2, np.int64),
        np.empty(most + 1, np.int64),
        np.empty(most + 1, np.int64),
        np.empty(PLACES_KNOWN, np.int64),
        np.empty(PLACES_KNOWN, np.int64),
    )


@inner
def at(s: Space, place: int, past: int, used: int) -> int:
    """Where `still` and `taken` have a place, with so many parts of work of earlier weeks and units of its own."""
    return int((place * s.grid[0].pasts + past) * s.grid[0].row + used)


@inner
def onward(s: Space, place: int, week: int, past: int, used: int) -> tuple[int, int]:
    """With what one comes to a place from a week with so much. Parts are rounded down, so that later work never counts
    less than it does."""
    if s.spot[place].week == week:
        return past, used
    return min(int(s.spot[place].pasts) - 1, past + used // int(s.grid[0].width)), int(np.int64(0))


@inner
def clashes(pairs: Pairs, pair: int, other: int) -> bool:
    """Whether a later pair of the same person is known to clash."""
    away = np.uint64(other - pair - 1)
    return bool(other - pair <= CLASHES and (pairs.clash[pair] >> away) & np.uint64(1))
