"""From a problem to a plan: pairs, prices, seats, and the bound of all of it."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from marketplace.solver.crowds import forms_of
from marketplace.solver.looking import Everybody, everybody, look
from marketplace.solver.lowering import Ask, one_by_one, together
from marketplace.solver.pairs import MOST_LENGTHS, Found, Lists, Pairs, arrange, choose, minutes_alone, missing, prepare
from marketplace.solver.pricing import ask, first_prices
from marketplace.solver.problem import Ints, Longs, Objective, Plan, Problem, Start
from marketplace.solver.schedules import MOST_STEPS
from marketplace.solver.seats import Draft, fill, fill_by_chains, follow_prices, lacking, parts_of, plan_all_again
from marketplace.solver.spots import NEVER
from marketplace.solver.tables import Tables, tables

ALL_PAIRS = 4_000_000
"""So many pairs at most are looked at altogether; beyond that each shift keeps its best."""
KEPT_FOR_A_SEAT, KEPT_BESIDE = 8, 20
ROUNDS_OF_CHOICE = 16
"""In which kinds choose their pairs, the scarcest first: what one round keeps counts from the next on."""
ROUNDS_ALONE, ROUNDS_TOGETHER = 40, 200
"""Fewer where not all pairs are there from the beginning, since prices are sought again with the others."""
ROUNDS_OF_NEW_PRICES = 20
STEPS_OF_A_ROUND, STEPS_IF_FEW, STEPS_OF_THE_BOUND = 100, 1_000, 20_000
"""Of a search for the plan of one person, in a round of prices, the least and the most, and where it says what the
bound is: where all pairs are there, so few people need many that they may have as many as prove their best plan."""
STEPS_OF_ALL = 100_000
"""Of all people's searches in a round, so that people who are few may have more: prices of a small market are told to
them. A thousand people have the same hundred each as a hundred thousand."""
FIRST_STEP, STEP_TOGETHER, STEP_OF_NEW_PRICES = 16, 2, 128
"""Into how many times the most points a price goes at first: one by one, together, and where people were added."""
PARTS_OF_ALL = (16, 4, 1, 1)
"""Of how many people one is asked about every shift, each time. At first prices are too low for whoever was not among
the pairs, and asking everybody would take long; a few of them are enough to raise the prices."""
ROUNDS_OF_MOVES = 6
WORTH_A_ROUND = 20_000
"""Another round of moves is worth its time if the last one gained more than such a part of the plan."""
BLOCK, BLOCK_OF_KINDS, BLOCK_OF_ALL = 1024, 4, 16384
"""People, kinds of work, and people with all their kinds that one thread looks at before it takes the next block."""


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
    all_pairs: int = ALL_PAIRS,
) -> Plan:
    """The best plan that is found, the same for the same seed with any number of threads. Where `seconds` are over
    before everything was tried, the best one by then, which may differ from run to run. Where people could make more
    than `all_pairs` with shifts, not all pairs are looked at from the beginning."""
    with ThreadPoolExecutor(max(1, threads)) as pool:
        crew = _Crew(pool, max(1, threads))
        return _Solver(problem, seed, _Clock(seconds), crew, progress or _say_nothing, all_pairs).plan()


def eligible(problem: Problem) -> tuple[Tables, Pairs]:
    """Every eligible pair of a problem that is not large, for whoever compares other solvers with this one."""
    size = np.diff(problem.fits.first)[problem.shifts.kind]
    with ThreadPoolExecutor(1) as pool:
        solver = _Solver(problem, 0, _Clock(None), _Crew(pool, 1), _say_nothing, int(size.sum()))
        return solver.t, solver._pairs()


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

    def all_of(self, numbers: Longs, block: int, work: Callable[[Longs], Found]) -> list[Found]:
        """What the work finds in each block of the numbers, in their order."""
        blocks = [numbers[begin : begin + block] for begin in range(0, len(numbers), block)]
        return list(map(work, blocks) if self.size == 1 else self.pool.map(work, blocks))


def _lists(problem: Problem, t: Tables) -> Lists:
    """Who fits which kind, and the shifts of each kind by their length."""
    fits, shifts, barred, people = problem.fits, problem.shifts, problem.barred, problem.people.count
    first, person, points = _own(fits.first, np.int64), _own(fits.person, np.int32), _own(fits.points, np.int32)
    form = forms_of(t.hours) if len(t.hours) == people else np.zeros(people, np.int32)
    minutes = shifts.end - shifts.start
    by_kind = np.lexsort((np.arange(shifts.count), minutes, shifts.kind)).astype(np.int64)
    kind_first = np.searchsorted(shifts.kind[by_kind], np.arange(len(first))).astype(np.int64)
    _, one, length = np.unique(minutes, return_index=True, return_inverse=True)
    alone = np.empty((len(one) if len(one) <= MOST_LENGTHS else 0, people), np.int64)
    minutes_alone(t, one[: len(alone)].astype(np.int64), alone)
    return Lists(
        first,
        person,
        points,
        form,
        _own(barred.first, np.int64),
        _own(barred.person, np.int32),
        kind_first,
        by_kind,
        length.reshape(-1).astype(np.int64),
        alone,
    )


def _own(numbers: npt.NDArray[np.integer], form: type[np.integer]) -> npt.NDArray[Any]:
    """The numbers as the loops are compiled for: a copy only where they are of another width, or may not be written."""
    return np.require(numbers, form, ["C", "W"])


class _Solver:
    def __init__(
        self, problem: Problem, seed: int, clock: _Clock, crew: _Crew, progress: Progress, all_pairs: int
    ) -> None:
        self.problem, self.seed, self.clock, self.crew, self.progress = problem, seed, clock, crew, progress
        self.t: Tables = tables(problem)
        self.lists = _lists(problem, self.t)
        self.size = np.diff(self.lists.fit_first)
        self.has_all_pairs = int(self.size[problem.shifts.kind].sum()) <= all_pairs
        self.block = max(BLOCK, -(-problem.people.count // 16))
        self.by_start = np.argsort(self.t.shift["start"], kind="stable").astype(np.int64)

    def plan(self) -> Plan:
        self.progress(0.0, "pairs")
        pairs = self._pairs()
        self.progress(0.2, "prices")
        price, bound = self._prices(pairs, self._first_prices(pairs))
        holds = self.has_all_pairs
        if not holds and not self.clock.is_over(0.4):
            pairs, price, bound, holds = self._whole(pairs, price)
        else:
            bound = self._bound(pairs, price)
        order = self._order(pairs)
        self.progress(0.6, "seats")
        is_late = self.clock.is_over(0.7)
        drafts = [self._greedy(pairs, order)] if self.has_all_pairs or is_late else []
        if not is_late:
            drafts.append(self._by_prices(pairs, order, price))
        if self.problem.start is not None:
            drafts.append(self._from(self.problem.start, pairs, order))
        draft = max(drafts, key=lambda each: self._objective(pairs, each).total)
        self._improve(pairs, draft, order, price)
        return self._told(pairs, draft, price, bound, holds)

    # --- pairs --------------------------------------------------------------------------------------------------------

    def _pairs(self) -> Pairs:
        keep = self.size[self.problem.shifts.kind]
        seats = self.t.shift["seats"]
        if not self.has_all_pairs:
            keep = np.minimum(keep, KEPT_FOR_A_SEAT * seats + KEPT_BESIDE)
        people, kept = self.problem.people.count, np.zeros(self.problem.people.count, np.int32)
        wanted = np.bincount(self.problem.shifts.kind, weights=seats, minlength=len(self.size))
        scarce = np.lexsort((np.arange(len(wanted)), self.size / np.maximum(1, wanted))).astype(np.int64)
        found: list[Found] = []
        for part in np.array_split(scarce, 1 if self.has_all_pairs else ROUNDS_OF_CHOICE):
            chosen = self.crew.all_of(part, BLOCK_OF_KINDS, self._choosing(keep, kept))
            for each in chosen:
                kept += np.bincount(each.person[: each.total], minlength=people).astype(np.int32)
            found += chosen
        return self._arranged(found)

    def _choosing(self, keep: Longs, kept: Ints) -> Callable[[Longs], Found]:
        return lambda kinds: choose(self.t, self.lists, kinds, keep, kept, self.seed)

    def _arranged(self, found: Sequence[Found]) -> Pairs:
        pairs = arrange(
            self.by_start,
            self.problem.people.count,
            np.concatenate([np.empty(0, np.int32), *(each.shift[: each.total] for each in found)]),
            np.concatenate([np.empty(0, np.int32), *(each.person[: each.total] for each in found)]),
            np.concatenate([np.empty(0, np.int64), *(each.points[: each.total] for each in found)]),
        )
        self.crew.each(self.problem.people.count, self.block, lambda begin, end: prepare(self.t, pairs, begin, end))
        return pairs

    def _order(self, pairs: Pairs) -> Longs:
        """Shifts by what their seats count, then by how few people there are for each."""
        scarcity = np.diff(pairs.shift_first) / self.t.shift["seats"]
        return np.lexsort((np.arange(len(scarcity)), scarcity, -self.t.shift["points"])).astype(np.int64)

    # --- prices -------------------------------------------------------------------------------------------------------

    def _first_prices(self, pairs: Pairs) -> Longs:
        price = np.zeros(self.problem.shifts.count, np.int64)
        first_prices(self.t, pairs, price)
        return price

    def _prices(self, pairs: Pairs, price: Longs) -> tuple[Longs, int]:
        """Prices whose bound is low, from those on, and that bound."""
        self.told, most = 0.2, int(pairs.points.max(initial=0))
        ask, seats = self._asking(pairs), self.t.shift["seats"]
        price, bound = one_by_one(ask, price, seats, most // FIRST_STEP, ROUNDS_ALONE, self._goes_on)
        if self.has_all_pairs:
            return together(ask, price, seats, bound, most // STEP_TOGETHER, ROUNDS_TOGETHER, self._goes_on)
        return self._new_prices(pairs, price, bound)

    def _new_prices(self, pairs: Pairs, price: Longs, bound: int) -> tuple[Longs, int]:
        """The same in few rounds, where the prices are nearly right."""
        step = int(pairs.points.max(initial=0)) // STEP_OF_NEW_PRICES
        return together(
            self._asking(pairs), price, self.t.shift["seats"], bound, step, ROUNDS_OF_NEW_PRICES, self._goes_on
        )

    def _goes_on(self) -> bool:
        self.told += 0.4 / (ROUNDS_ALONE + ROUNDS_TOGETHER + len(PARTS_OF_ALL) * ROUNDS_OF_NEW_PRICES)
        self.progress(self.told, "prices")
        return not self.clock.is_over(0.5)

    def _asking(self, pairs: Pairs) -> Ask:
        seen = np.zeros(self.problem.people.count, np.int64)
        steps = max(STEPS_OF_A_ROUND, min(STEPS_IF_FEW, STEPS_OF_ALL // max(1, self.problem.people.count)))
        return lambda price: self._ask(pairs, price, steps, seen)

    def _ask(self, pairs: Pairs, price: Longs, steps: int, seen: Longs) -> tuple[Longs, int]:
        """What everybody would take at the prices, and the bound that it proves."""
        demands: list[Longs] = []

        def look(begin: int, end: int) -> int:
            demand = np.zeros(len(price), np.int64)
            total = ask(self.t, pairs, price, begin, end, steps, seen, demand)
            demands.append(demand)
            return int(total)

        total = self.crew.each(self.problem.people.count, self.block, look)
        demand = np.zeros(len(price), np.int64)
        for each in demands:
            demand += each
        return demand, total + int((price * self.t.shift["seats"]).sum())

    def _bound(self, pairs: Pairs, price: Longs) -> int:
        """What the prices prove, where everybody gets as many steps as pay."""
        steps = STEPS_OF_THE_BOUND if self.has_all_pairs else MOST_STEPS
        return self._ask(pairs, price, steps, np.zeros(self.problem.people.count, np.int64))[1]

    def _whole(self, pairs: Pairs, price: Longs) -> tuple[Pairs, Longs, int, bool]:
        """Makes the bound one of the whole problem: asks everybody about every shift at the prices, takes what people
        would rather have among the pairs, and prices anew. Returns the prices of the best bound that holds for all."""
        all_of = everybody(self.t, self.lists)
        best: tuple[Longs, int] | None = None
        for number, part in enumerate(PARTS_OF_ALL):
            wanted, whole = self._look(all_of._replace(order=all_of.order[number % part :: part].copy()), price)
            if part == 1 and (best is None or whole < best[1]):
                best = price, whole
            if number + 1 == len(PARTS_OF_ALL) or self.clock.is_over(0.5):
                break
            pairs = self._joined(pairs, wanted)
            if part > 1:
                _, whole = self._asking(pairs)(price)
            price, bound = self._new_prices(pairs, price, whole)
        return (pairs, price, bound, False) if best is None else (pairs, *best, True)

    def _look(self, all_of: Everybody, price: Longs) -> tuple[Found, int]:
        """What everybody would take of all shifts at the prices, and the bound that it proves."""
        parts: dict[int, Found] = {}

        def some(begin: int, end: int) -> int:
            parts[begin] = look(self.t, self.lists, all_of, price, begin, end, MOST_STEPS)
            return int(parts[begin].total)

        total = self.crew.each(len(all_of.order), BLOCK_OF_ALL, some)
        found = [parts[begin] for begin in sorted(parts)]
        wanted = Found(
            np.concatenate([np.empty(0, np.int32), *(each.shift for each in found)]),
            np.concatenate([np.empty(0, np.int32), *(each.person for each in found)]),
            np.concatenate([np.empty(0, np.int64), *(each.points for each in found)]),
            sum(len(each.shift) for each in found),
        )
        return wanted, total + int((price * self.t.shift["seats"]).sum())

    def _joined(self, pairs: Pairs, more: Found) -> Pairs:
        """The pairs, and those of the others that are not among them."""
        which = missing(pairs, more)
        had = Found(pairs.shift, pairs.person, pairs.points, len(pairs.shift))
        return self._arranged([had, Found(more.shift[which], more.person[which], more.points[which], len(which))])

    # --- seats --------------------------------------------------------------------------------------------------------

    def _empty(self, pairs: Pairs) -> Draft:
        # A seat that nobody could take needs no place: a shift may have a million of them.
        seats = np.minimum(self.t.shift["seats"], np.diff(pairs.shift_first))
        seat = np.concatenate([[0], np.cumsum(seats)]).astype(np.int64)
        filled, held = np.zeros(self.problem.shifts.count, np.int64), np.zeros(seat[-1] + 1, np.int64)
        return Draft(np.zeros(len(pairs.shift), np.uint8), filled, seat, held)

    def _greedy(self, pairs: Pairs, order: Longs) -> Draft:
        draft = self._empty(pairs)
        fill(self.t, pairs, draft, order)
        return draft

    def _by_prices(self, pairs: Pairs, order: Longs, price: Longs) -> Draft:
        return self._wished(pairs, pairs, order, price)

    def _from(self, start: Start, pairs: Pairs, order: Longs) -> Draft:
        """What everybody would take at no price of the start alone: all of it, as far as the rules allow it."""
        count = self.problem.shifts.count
        theirs = pairs.person.astype(np.int64) * count + pairs.shift
        among = np.isin(theirs, start.person.astype(np.int64) * count + start.shift)
        alone = pairs._replace(points=np.where(among, pairs.points, NEVER))
        return self._wished(alone, pairs, order, np.zeros(count, np.int64))

    def _wished(self, wished: Pairs, pairs: Pairs, order: Longs, price: Longs) -> Draft:
        """What people would take of the wished pairs at the prices, the rest filled with others."""
        draft = self._empty(pairs)
        degree = np.diff(pairs.first)
        people = np.lexsort((np.arange(len(degree)), degree)).astype(np.int64)
        follow_prices(self.t, wished, draft, price, people)
        fill(self.t, pairs, draft, order)
        return draft

    def _improve(self, pairs: Pairs, draft: Draft, order: Longs, price: Longs) -> None:
        people = np.flatnonzero(np.diff(pairs.first)).astype(np.int64)
        draw, total = np.random.default_rng(self.seed), self._objective(pairs, draft).total
        for number in range(ROUNDS_OF_MOVES):
            if self.clock.is_over():
                return
            self.progress(0.6 + 0.3 * number / ROUNDS_OF_MOVES, "moves")
            gained = fill_by_chains(self.t, pairs, draft, order)
            asked = people if self.has_all_pairs else lacking(self.t, pairs, draft, price, people)
            gained += plan_all_again(self.t, pairs, draft, draw.permutation(asked).astype(np.int64), True)
            if gained * WORTH_A_ROUND < total:
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
