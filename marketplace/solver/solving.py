"""From a problem to a plan: pairs, prices, seats, and the bound of all of it."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from marketplace.solver.pairs import Lists, Pairs, arrange, choose
from marketplace.solver.pricing import ask, first_prices, move_prices
from marketplace.solver.problem import Longs, Objective, Plan, Problem
from marketplace.solver.seats import Draft, fill, fill_by_chains, follow_prices, parts_of, plan_all_again
from marketplace.solver.tables import Tables, tables

ALL_PAIRS = 4_000_000
"""So many pairs at most are looked at altogether; beyond that each shift keeps its best."""
KEPT_FOR_A_SEAT, KEPT_BESIDE = 8, 20
ROUNDS_OF_CHOICE = 16
"""In which shifts choose their pairs, the scarcest first: what one round keeps counts from the next on."""
ROUNDS_OF_PRICES = 60
ROUNDS_OF_MOVES = 6
BLOCK = 2048
"""People whom one thread looks at before it takes the next block."""


class Progress(Protocol):
    """Called now and then with the part that is done, from 0 to 1, and a word for what is being done."""

    def __call__(self, done: float, what: str) -> None: ...


def solve(
    problem: Problem,
    *,
    seed: int = 0,
    seconds: float | None = None,
    threads: int = 2,
    progress: Progress | None = None,
) -> Plan:
    """The best plan that is found, the same for the same seed with any number of threads. Where `seconds` are over
    before everything was tried, the best one by then, which may differ from run to run."""
    with ThreadPoolExecutor(max(1, threads)) as pool:
        return _Solver(problem, seed, _Clock(seconds), _Crew(pool, max(1, threads)), progress or _say_nothing).plan()


def _say_nothing(done: float, what: str) -> None:
    """Whoever does not ask is not told."""


@dataclass(slots=True)
class _Clock:
    seconds: float | None
    began: float = 0.0
    was_over: bool = False

    def __post_init__(self) -> None:
        self.began = time.perf_counter()

    @property
    def spent(self) -> float:
        return time.perf_counter() - self.began

    def is_over(self, part: float = 1.0) -> bool:
        """Whether that part of the time is spent; notes that something was left out."""
        over = self.seconds is not None and self.spent > part * self.seconds
        self.was_over |= over
        return over


@dataclass(frozen=True, slots=True)
class _Crew:
    """Threads that share blocks of a range."""

    pool: ThreadPoolExecutor
    size: int

    def each(self, count: int, block: int, work: Callable[[int, int], int]) -> int:
        """The sum of the work over all blocks."""
        blocks = [(begin, min(count, begin + block)) for begin in range(0, count, block)]
        if len(blocks) == 1 or self.size == 1:
            return sum(work(*each) for each in blocks)
        return sum(self.pool.map(lambda each: work(*each), blocks))


class _Solver:
    def __init__(self, problem: Problem, seed: int, clock: _Clock, crew: _Crew, progress: Progress) -> None:
        self.problem, self.seed, self.clock, self.crew, self.progress = problem, seed, clock, crew, progress
        self.t: Tables = tables(problem)
        self.lists = Lists(
            np.ascontiguousarray(problem.shifts.kind, np.int64),
            np.ascontiguousarray(problem.fits.first, np.int64),
            np.ascontiguousarray(problem.fits.person, np.int32),
            np.ascontiguousarray(problem.fits.points, np.int32),
            np.ascontiguousarray(problem.barred.first, np.int64),
            np.ascontiguousarray(problem.barred.person, np.int32),
        )
        self.has_all_pairs = False

    def plan(self) -> Plan:
        self.progress(0.0, "pairs")
        pairs = self._pairs()
        order = self._order(pairs)
        self.progress(0.2, "prices")
        price, bound = self._prices(pairs)
        self.progress(0.6, "seats")
        drafts = [self._greedy(pairs, order)]
        if not self.clock.is_over(0.7):
            drafts.append(self._by_prices(pairs, order, price))
        draft = max(drafts, key=lambda each: self._objective(pairs, each).total)
        self._improve(pairs, draft, order)
        return self._told(pairs, draft, price, bound)

    # --- pairs --------------------------------------------------------------------------------------------------------

    def _pairs(self) -> Pairs:
        shifts, people = self.problem.shifts.count, self.problem.people.count
        size = np.diff(self.lists.fit_first)[self.lists.kind]
        self.has_all_pairs = int(size.sum()) <= ALL_PAIRS
        keep = size if self.has_all_pairs else np.minimum(size, KEPT_FOR_A_SEAT * self.t.shift["seats"] + KEPT_BESIDE)
        slot = np.concatenate([[0], np.cumsum(keep)]).astype(np.int64)
        found_person, found_points = np.empty(slot[-1], np.int32), np.empty(slot[-1], np.int64)
        count, kept = np.zeros(shifts, np.int64), np.zeros(people, np.int32)
        scarce = np.lexsort((np.arange(shifts), size / self.t.shift["seats"])).astype(np.int64)
        rounds = 1 if self.has_all_pairs else ROUNDS_OF_CHOICE
        for part in np.array_split(scarce, rounds):

            def look(begin: int, end: int, part: Longs = part) -> int:
                choose(
                    self.t, self.lists, part[begin:end], keep, slot, kept, self.seed, found_person, found_points, count
                )
                return 0

            self.crew.each(len(part), 64, look)
            if not self.has_all_pairs:
                for shift in part:
                    kept[found_person[slot[shift] : slot[shift] + count[shift]]] += 1
        by_start = np.lexsort((np.arange(shifts), self.t.shift["start"])).astype(np.int64)
        return arrange(by_start, people, slot, count, found_person, found_points)

    def _order(self, pairs: Pairs) -> Longs:
        """Shifts by what their seats count, then by how few people there are for each."""
        scarcity = np.diff(pairs.shift_first) / self.t.shift["seats"]
        return np.lexsort((np.arange(len(scarcity)), scarcity, -self.t.shift["points"])).astype(np.int64)

    # --- prices -------------------------------------------------------------------------------------------------------

    def _prices(self, pairs: Pairs) -> tuple[Longs, int]:
        """The prices whose bound is the lowest, and that bound."""
        count = self.problem.shifts.count
        price = np.zeros(count, np.int64)
        first_prices(self.t, pairs, price)
        span = int(pairs.points.max(initial=0)) if count else 0
        step = np.maximum(1, np.minimum(np.maximum(price, self.t.shift["points"]) // 64, max(1, span // 16))).astype(
            np.int64
        )
        before = np.zeros(count, np.int64)
        lowest, least = price.copy(), -1
        for number in range(ROUNDS_OF_PRICES):
            demand, bound = self._ask(pairs, price)
            if least < 0 or bound < least:
                lowest, least = price.copy(), bound
            if self.clock.is_over(0.5) or not move_prices(self.t, price, step, before, demand):
                break
            self.progress(0.2 + 0.4 * number / ROUNDS_OF_PRICES, "prices")
        return lowest, least

    def _ask(self, pairs: Pairs, price: Longs) -> tuple[Longs, int]:
        demands: list[Longs] = []

        def look(begin: int, end: int) -> int:
            demand = np.zeros(len(price), np.int64)
            total = ask(self.t, pairs, price, begin, end, demand)
            demands.append(demand)
            return int(total)

        people = self.problem.people.count
        block = max(BLOCK, -(-people // 64))
        total = self.crew.each(people, block, look)
        demand = np.zeros(len(price), np.int64)
        for part in demands:
            demand += part
        return demand, total + int((price * self.t.shift["seats"]).sum())

    # --- seats --------------------------------------------------------------------------------------------------------

    def _empty(self, pairs: Pairs) -> Draft:
        return Draft(np.zeros(len(pairs.shift), np.uint8), np.zeros(self.problem.shifts.count, np.int64))

    def _greedy(self, pairs: Pairs, order: Longs) -> Draft:
        draft = self._empty(pairs)
        fill(self.t, pairs, draft, order)
        return draft

    def _by_prices(self, pairs: Pairs, order: Longs, price: Longs) -> Draft:
        draft = self._empty(pairs)
        degree = np.diff(pairs.first)
        people = np.lexsort((np.arange(len(degree)), degree)).astype(np.int64)
        follow_prices(self.t, pairs, draft, price, people)
        fill(self.t, pairs, draft, order)
        return draft

    def _improve(self, pairs: Pairs, draft: Draft, order: Longs) -> None:
        people = np.flatnonzero(np.diff(pairs.first)).astype(np.int64)
        draw = np.random.default_rng(self.seed)
        for number in range(ROUNDS_OF_MOVES):
            if self.clock.is_over():
                return
            self.progress(0.6 + 0.3 * number / ROUNDS_OF_MOVES, "moves")
            gained = fill_by_chains(self.t, pairs, draft, order)
            gained += plan_all_again(self.t, pairs, draft, draw.permutation(people).astype(np.int64), True)
            if not gained:
                return

    def _objective(self, pairs: Pairs, draft: Draft) -> Objective:
        return Objective(*parts_of(self.t, pairs, draft))

    def _told(self, pairs: Pairs, draft: Draft, price: Longs, bound: int) -> Plan:
        taken = np.flatnonzero(draft.taken)
        shift, person = pairs.shift[taken], pairs.person[taken]
        order = np.lexsort((person, shift))
        return Plan(
            shift=shift[order].astype(np.int32),
            person=person[order].astype(np.int32),
            objective=self._objective(pairs, draft),
            bound=bound,
            holds_for_all=self.has_all_pairs,
            prices=price,
            seconds=self.clock.spent,
            peak_bytes=0,
            complete=not self.clock.was_over,
        )
