"""From a problem to a plan: pairs, prices, seats, and the bound of all of it."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from marketplace.solver.pairs import Lists, Pairs, arrange, choose, worthwhile
from marketplace.solver.pricing import ask, first_prices, move_prices
from marketplace.solver.problem import Bytes, Longs, Objective, Plan, Problem
from marketplace.solver.seats import Draft, fill, fill_by_chains, follow_prices, parts_of, plan_all_again
from marketplace.solver.tables import Tables, tables

ALL_PAIRS = 4_000_000
"""So many pairs at most are looked at altogether; beyond that each shift keeps its best."""
KEPT_FOR_A_SEAT, KEPT_BESIDE = 8, 20
ROUNDS_OF_CHOICE = 16
"""In which shifts choose their pairs, the scarcest first: what one round keeps counts from the next on."""
ROUNDS_OF_PRICES = 50
ROUNDS_OF_NEW_PRICES = 12
ROUNDS_OF_ALL = 3
"""How often at most every pair of the whole problem is looked at."""
MOST_WORTHWHILE = 60_000_000
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


def _by_points(lists: Lists) -> None:
    """Puts the people of each kind in the order of their points, the highest first."""
    for begin, end in pairwise(lists.fit_first.tolist()):
        order = np.argsort(-lists.fit_points[begin:end], kind="stable")
        lists.fit_person[begin:end] = lists.fit_person[begin:end][order]
        lists.fit_points[begin:end] = lists.fit_points[begin:end][order]


class _Solver:
    def __init__(self, problem: Problem, seed: int, clock: _Clock, crew: _Crew, progress: Progress) -> None:
        self.problem, self.seed, self.clock, self.crew, self.progress = problem, seed, clock, crew, progress
        self.t: Tables = tables(problem)
        self.lists = Lists(
            np.array(problem.shifts.kind, np.int64),
            np.array(problem.fits.first, np.int64),
            np.array(problem.fits.person, np.int32),
            np.array(problem.fits.points, np.int32),
            np.array(problem.barred.first, np.int64),
            np.array(problem.barred.person, np.int32),
        )
        size = np.diff(self.lists.fit_first)[self.lists.kind]
        self.has_all_pairs = int(size.sum()) <= ALL_PAIRS
        if not self.has_all_pairs:
            _by_points(self.lists)

    def plan(self) -> Plan:
        self.progress(0.0, "pairs")
        pairs = self._pairs()
        self.progress(0.2, "prices")
        price, bound = self._prices(pairs, self._first_prices(pairs), ROUNDS_OF_PRICES)
        holds = self.has_all_pairs
        if not holds and not self.clock.is_over(0.4):
            pairs, price, bound, holds = self._whole(pairs, price, bound)
        order = self._order(pairs)
        self.progress(0.6, "seats")
        drafts = [self._greedy(pairs, order)]
        if not self.clock.is_over(0.7):
            drafts.append(self._by_prices(pairs, order, price))
        draft = max(drafts, key=lambda each: self._objective(pairs, each).total)
        self._improve(pairs, draft, order)
        return self._told(pairs, draft, price, bound, holds)

    # --- pairs --------------------------------------------------------------------------------------------------------

    def _pairs(self) -> Pairs:
        shifts, people = self.problem.shifts.count, self.problem.people.count
        size = np.diff(self.lists.fit_first)[self.lists.kind]
        keep = size
        if not self.has_all_pairs:
            keep = np.minimum(size, KEPT_FOR_A_SEAT * self.t.shift["seats"] + KEPT_BESIDE)
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
        return arrange(self._by_start(), people, slot, count, found_person, found_points)

    def _order(self, pairs: Pairs) -> Longs:
        """Shifts by what their seats count, then by how few people there are for each."""
        scarcity = np.diff(pairs.shift_first) / self.t.shift["seats"]
        return np.lexsort((np.arange(len(scarcity)), scarcity, -self.t.shift["points"])).astype(np.int64)

    # --- prices -------------------------------------------------------------------------------------------------------

    def _first_prices(self, pairs: Pairs) -> Longs:
        price = np.zeros(self.problem.shifts.count, np.int64)
        first_prices(self.t, pairs, price)
        return price

    def _prices(self, pairs: Pairs, price: Longs, rounds: int, part: int = 16) -> tuple[Longs, int]:
        """The prices whose bound is the lowest, from those on, and that bound. The first step is the `part`-th part of
        the most points that there are."""
        price, lowest, least = price.copy(), price, -1
        step = np.full(len(price), max(1, int(pairs.points.max(initial=0)) // part), np.int64)
        before = np.zeros(len(price), np.int64)
        for number in range(rounds):
            demand, bound, _ = self._ask(pairs, price)
            if least < 0 or bound < least:
                lowest, least = price.copy(), bound
            if self.clock.is_over(0.5) or not move_prices(self.t, price, step, before, demand):
                break
            self.progress(0.2 + 0.4 * number / rounds, "prices")
        return lowest, least

    def _ask(self, pairs: Pairs, price: Longs) -> tuple[Longs, int, Bytes]:
        """What everybody would take at the prices, the bound that it proves, and the pairs that they would take."""
        demands: list[Longs] = []
        wanted = np.zeros(len(pairs.shift), np.uint8)

        def look(begin: int, end: int) -> int:
            demand = np.zeros(len(price), np.int64)
            total = ask(self.t, pairs, price, begin, end, demand, wanted)
            demands.append(demand)
            return int(total)

        people = self.problem.people.count
        total = self.crew.each(people, max(BLOCK, -(-people // 64)), look)
        demand = np.zeros(len(price), np.int64)
        for each in demands:
            demand += each
        return demand, total + int((price * self.t.shift["seats"]).sum()), wanted

    def _whole(self, pairs: Pairs, price: Longs, bound: int) -> tuple[Pairs, Longs, int, bool]:
        """Makes the bound one of the whole problem: looks at every eligible pair at the prices, takes what people would
        rather have among the pairs, and prices anew. Returns the best bound that holds for all, if there is any."""
        best: tuple[Longs, int] | None = None
        for number in range(ROUNDS_OF_ALL):
            more = self._worthwhile(price)
            if more is None:
                break
            _, whole, wanted = self._ask(more, price)
            if best is None or whole < best[1]:
                best = price, whole
            if number + 1 == ROUNDS_OF_ALL or self.clock.is_over(0.5):
                break
            pairs = self._joined(pairs, more, np.flatnonzero(wanted))
            price, bound = self._prices(pairs, price, ROUNDS_OF_NEW_PRICES, 256)
        return (pairs, price, bound, False) if best is None else (pairs, *best, True)

    def _worthwhile(self, price: Longs) -> Pairs | None:
        """Every pair of the whole problem that is worth more than its price; None where they are too many to keep."""
        shifts = self.problem.shifts.count
        count, slot = np.zeros(shifts, np.int64), np.zeros(shifts + 1, np.int64)
        person, points = np.empty(0, np.int32), np.empty(0, np.int64)
        everything = np.arange(shifts, dtype=np.int64)

        def look(begin: int, end: int) -> int:
            worthwhile(self.t, self.lists, everything[begin:end], price, slot, person, points, count)
            return 0

        self.crew.each(shifts, 64, look)
        slot = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
        if slot[-1] > MOST_WORTHWHILE:
            return None
        person, points = np.empty(slot[-1], np.int32), np.empty(slot[-1], np.int64)
        self.crew.each(shifts, 64, look)
        return arrange(self._by_start(), self.problem.people.count, slot, count, person, points)

    def _joined(self, pairs: Pairs, more: Pairs, which: Longs) -> Pairs:
        """The pairs, and some of the others that are not among them."""
        people = self.problem.people.count
        shift = np.concatenate([pairs.shift, more.shift[which]])
        person = np.concatenate([pairs.person, more.person[which]])
        points = np.concatenate([pairs.points, more.points[which]])
        _, first = np.unique(shift * people + person, return_index=True)
        shift, person, points = shift[first], person[first], points[first]
        count = np.bincount(shift, minlength=self.problem.shifts.count).astype(np.int64)
        slot = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
        return arrange(self._by_start(), people, slot, count, person.astype(np.int32), points)

    def _by_start(self) -> Longs:
        start = self.t.shift["start"]
        return np.lexsort((np.arange(len(start)), start)).astype(np.int64)

    # --- seats --------------------------------------------------------------------------------------------------------

    def _empty(self, pairs: Pairs) -> Draft:
        seat = np.concatenate([[0], np.cumsum(self.t.shift["seats"])]).astype(np.int64)
        filled, held = np.zeros(self.problem.shifts.count, np.int64), np.zeros(seat[-1] + 1, np.int64)
        return Draft(np.zeros(len(pairs.shift), np.uint8), filled, seat, held)

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

    def _told(self, pairs: Pairs, draft: Draft, price: Longs, bound: int, holds: bool) -> Plan:
        taken = np.flatnonzero(draft.taken)
        shift, person = pairs.shift[taken], pairs.person[taken]
        order = np.lexsort((person, shift))
        return Plan(
            shift=shift[order].astype(np.int32),
            person=person[order].astype(np.int32),
            objective=self._objective(pairs, draft),
            bound=bound,
            holds_for_all=holds,
            prices=price,
            seconds=self.clock.spent,
            peak_bytes=0,
            complete=not self.clock.was_over,
        )
