"""Markets for tests: those of the generator, and small ones in which nearly everybody fits nearly everything."""

from dataclasses import replace
from random import Random

import numpy as np

from marketplace.solver.generating import generate
from marketplace.solver.market import Many, Market
from marketplace.solver.problem import Fits, Longs, Problem


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


def divided(problem: Problem, worlds: int, seed: int) -> tuple[Problem, Longs, Longs]:
    """The problem with people and kinds in worlds of their own: nobody fits a kind of another one. With them, the world
    of each kind and of each person."""
    draw = Random(seed)
    kinds = len(problem.fits.first) - 1
    of_kind = np.array([draw.randrange(worlds) for _ in range(kinds)], np.int64)
    of_person = np.array([draw.randrange(worlds) for _ in range(problem.people.count)], np.int64)
    kind = np.repeat(np.arange(kinds), np.diff(problem.fits.first))
    here = of_kind[kind] == of_person[problem.fits.person]
    first = np.concatenate([[0], np.cumsum(np.bincount(kind[here], minlength=kinds))]).astype(np.int64)
    fits = Fits(first, problem.fits.person[here], problem.fits.points[here])
    return replace(problem, fits=fits), of_kind, of_person
