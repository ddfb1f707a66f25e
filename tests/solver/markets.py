"""Markets for tests: those of the generator, and small ones in which nearly everybody fits nearly everything."""

from dataclasses import replace

import numpy as np

from marketplace.solver.generating import generate
from marketplace.solver.market import Many, Market


def nobody_named(rows: int) -> Many:
    empty = np.empty(0, np.int32)
    return Many(np.zeros(rows + 1, np.int64), empty, empty)


def dense(people: int, seats: int, seed: int, *, days: int = 3) -> Market:
    """A market in which time alone decides: few days, everybody awake, no skills, places and languages asked for."""
    market = generate(people, seats, seed, days=days)
    shifts = len(market.openings.start)
    anything = nobody_named(shifts)
    openings = replace(
        market.openings,
        skills=anything,
        languages=anything,
        regions=anything,
        rate=np.full(shifts, 10_000, np.int64),
        seats=np.minimum(market.openings.seats, 1 + np.arange(shifts) % 3).astype(np.int32),
    )
    awake = market.contractors.can | np.uint64(0xFFFF_FFFF_FFFF)
    return replace(market, openings=openings, contractors=replace(market.contractors, can=awake))
