"""Other solvers on the solver's own problems: how long they take to a plan that counts as much as its own.

They get the eligible pairs ready made, shifts that cannot stand together in cliques, and the caps of weeks as sums.
Band and spread are concave, so numbers with bounds say them. Left out is what only three shifts together break, and
weeks that a shift divides: their problem is the easier one, and their optimum may lie above a true plan. Building a
model is not counted.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import highspy
import numba
import numpy as np
from ortools.graph.python import min_cost_flow
from ortools.sat.python import cp_model

from marketplace.solver.feasible import added, may_take
from marketplace.solver.pairs import CLASHES, Pairs
from marketplace.solver.problem import Cap, Counted, Ints, Longs, Period, Problem
from marketplace.solver.solving import eligible
from marketplace.solver.tables import Tables

SLICE = 720
"""Minutes whose shifts the flow gives at once."""


@dataclass(frozen=True, slots=True)
class Reached:
    """`seconds` until a plan counted enough, None where none did in the time; the most that any plan counted."""

    seconds: float | None
    most: int


@dataclass(slots=True)
class Model:
    """Of the pairs at most one in each clique, and in each sum at most so much of their minutes. `steps` are sums whose
    minutes count, so many of them so many points each, the dearer first."""

    pairs: Pairs
    minutes: Longs
    seats: Ints
    cliques: list[list[int]] = field(default_factory=list)
    sums: list[tuple[list[int], int]] = field(default_factory=list)
    steps: list[tuple[list[int], list[tuple[int, int]]]] = field(default_factory=list)


def model_of(problem: Problem) -> Model:
    """The problem as sums over all of its eligible pairs."""
    _, pairs = eligible(problem)
    length = (problem.shifts.end - problem.shifts.start).astype(np.int64)
    model = Model(pairs, length[pairs.shift], problem.shifts.seats)
    for person in np.flatnonzero(np.diff(pairs.first)).tolist():
        mine = range(int(pairs.first[person]), int(pairs.first[person + 1]))
        model.cliques += _cliques(pairs, mine)
        weeks = defaultdict(list)
        for pair in mine:
            weeks[_week(problem, person, int(problem.shifts.start[pairs.shift[pair]]))].append(pair)
        for week, listed in weeks.items():
            model.sums += _sums(problem, pairs, person, week, listed)
            booked = _booked(problem, person, week, None)
            least = max(0, int(problem.people.least[person]) - booked)
            if problem.weights.band and least:
                model.steps.append((listed, [(least, problem.weights.band)]))
        if steps := _spread(problem, person):
            model.steps.append((list(mine), steps))
    return model


def _cliques(pairs: Pairs, mine: range) -> Iterator[list[int]]:
    """Cliques in which every clash of somebody's pairs lies."""
    open_clashes = {
        (one, other)
        for one in mine
        for other in range(one + 1, min(one + 1 + CLASHES, mine.stop))
        if int(pairs.clash[one]) >> (other - one - 1) & 1
    }
    known = set(open_clashes)
    for one, other in sorted(open_clashes):
        if (one, other) not in open_clashes:
            continue
        clique = [one, other]
        for more in range(other + 1, mine.stop):
            if all((each, more) in known for each in clique):
                clique.append(more)
        open_clashes -= {(first, second) for first in clique for second in clique}
        yield clique


def _week(problem: Problem, person: int, minute: int) -> int:
    zone = int(problem.people.zone[person])
    day = int(np.searchsorted(problem.zones.midnight[zone], minute, "right")) - 1
    return int(problem.zones.week[zone, day]) if 0 <= day < problem.zones.week.shape[1] else -1


def _sums(problem: Problem, pairs: Pairs, person: int, week: int, listed: list[int]) -> Iterator[tuple[list[int], int]]:
    for number, cap in enumerate(problem.caps):
        if cap.period != Period.WEEK or cap.counted == Counted.ONE:
            continue
        marked = [pair for pair in listed if _counts(problem, person, week, int(pairs.shift[pair]), number, cap)]
        room = max(0, int(cap.limit[person]) - _booked(problem, person, week, number))
        if len(marked) > 1:
            yield marked, room


def _counts(problem: Problem, person: int, week: int, shift: int, number: int, cap: Cap) -> bool:
    is_whole = cap.counted == Counted.AT_START or _week(problem, person, int(problem.shifts.end[shift]) - 1) == week
    return is_whole and bool(int(problem.shifts.marks[shift]) >> number & 1)


def _booked(problem: Problem, person: int, week: int, number: int | None) -> int:
    """Booked minutes of a week that a cap counts, or all work."""
    booked, total = problem.bookings, 0
    for row in range(int(booked.first[person]), int(booked.first[person + 1])):
        start, end = int(booked.start[row]), int(booked.end[row])
        is_counted = booked.works[row] if number is None else int(booked.marks[row]) >> number & 1
        if is_counted and _week(problem, person, start) == _week(problem, person, end - 1) == week:
            total += end - start
    return total


def _spread(problem: Problem, person: int) -> list[tuple[int, int]]:
    recent, weights = int(problem.people.recent[person]), problem.weights
    ends = [*weights.spread_from[1:], 10**6]
    found = [
        (end - max(begin, recent), points)
        for begin, end, points in zip(weights.spread_from, ends, weights.spread_points, strict=True)
    ]
    return [(width, points) for width, points in found if width > 0 and points > 0]


# --- HiGHS ------------------------------------------------------------------------------------------------------------


def by_highs(model: Model, enough: int, patience: float, threads: int) -> Reached:
    """HiGHS, as a mixed integer programme."""
    solver = highspy.Highs()
    for name, value in (("output_flag", False), ("time_limit", patience), ("threads", threads), ("mip_rel_gap", 0.0)):
        solver.setOptionValue(name, value)
    solver.passModel(_programme(model))
    best: list[tuple[float, int]] = []
    began = time.perf_counter()

    def note(event: highspy.highs.HighsCallbackEvent) -> None:
        best.append((time.perf_counter() - began, round(event.data_out.objective_function_value)))

    def stop(event: highspy.highs.HighsCallbackEvent) -> None:
        if best and best[-1][1] >= enough:
            event.interrupt()

    solver.cbMipImprovingSolution += note
    solver.cbMipInterrupt += stop
    solver.run()
    return _reached(best, enough)


def _programme(model: Model) -> highspy.HighsLp:
    pairs, count = model.pairs, len(model.pairs.shift)
    cost = [pairs.points.astype(np.float64)]
    upper, rows, bounds = [np.ones(count)], [], []
    for shift, seats in enumerate(model.seats.tolist()):
        mine = pairs.by_shift[pairs.shift_first[shift] : pairs.shift_first[shift + 1]]
        if len(mine) > seats:
            rows.append((mine, np.ones(len(mine))))
            bounds.append(seats)
    for clique in model.cliques:
        rows.append((np.array(clique), np.ones(len(clique))))
        bounds.append(1)
    for listed, room in model.sums:
        rows.append((np.array(listed), model.minutes[listed].astype(np.float64)))
        bounds.append(room)
    columns = count
    for listed, steps in model.steps:
        mine = np.arange(columns, columns + len(steps))
        columns += len(steps)
        cost.append(np.array([points for _, points in steps], np.float64))
        upper.append(np.array([width for width, _ in steps], np.float64))
        rows.append((np.concatenate([mine, listed]), np.concatenate([np.ones(len(steps)), -model.minutes[listed]])))
        bounds.append(0)
    made = highspy.HighsLp()
    made.num_col_, made.num_row_, made.sense_ = columns, len(rows), highspy.ObjSense.kMaximize
    made.col_cost_, made.col_lower_ = np.concatenate(cost), np.zeros(columns)
    made.col_upper_ = np.concatenate(upper)
    made.row_lower_, made.row_upper_ = np.full(len(rows), -highspy.kHighsInf), np.array(bounds, np.float64)
    made.integrality_ = [highspy.HighsVarType.kInteger] * count + [highspy.HighsVarType.kContinuous] * (columns - count)
    made.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    made.a_matrix_.start_ = np.concatenate([[0], np.cumsum([len(index) for index, _ in rows])]).astype(np.int32)
    made.a_matrix_.index_ = np.concatenate([index for index, _ in rows]).astype(np.int32)
    made.a_matrix_.value_ = np.concatenate([value for _, value in rows])
    return made


# --- CP-SAT -----------------------------------------------------------------------------------------------------------


class _Noting(cp_model.CpSolverSolutionCallback):
    def __init__(self, enough: int) -> None:
        super().__init__()
        self.enough, self.began = enough, time.perf_counter()
        self.best: list[tuple[float, int]] = []

    def on_solution_callback(self) -> None:
        self.best.append((time.perf_counter() - self.began, round(self.objective_value)))
        if self.best[-1][1] >= self.enough:
            self.stop_search()


def by_cp_sat(model: Model, enough: int, patience: float, threads: int) -> Reached:
    """CP-SAT, with as many workers as threads."""
    made, pairs = cp_model.CpModel(), model.pairs
    taken = [made.new_bool_var("") for _ in range(len(pairs.shift))]
    for shift, seats in enumerate(model.seats.tolist()):
        mine = pairs.by_shift[pairs.shift_first[shift] : pairs.shift_first[shift + 1]].tolist()
        if len(mine) > seats:
            made.add(cp_model.LinearExpr.sum([taken[pair] for pair in mine]) <= seats)
    for clique in model.cliques:
        made.add_at_most_one(taken[pair] for pair in clique)
    for listed, room in model.sums:
        made.add(_minutes(model, taken, listed) <= room)
    counted, points = list(taken), pairs.points.tolist()
    for listed, steps in model.steps:
        numbers = [made.new_int_var(0, width, "") for width, _ in steps]
        made.add(cp_model.LinearExpr.sum(numbers) <= _minutes(model, taken, listed))
        counted += numbers
        points += [each for _, each in steps]
    made.maximize(cp_model.LinearExpr.weighted_sum(counted, points))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.max_time_in_seconds = threads, patience
    noting = _Noting(enough)
    solver.solve(made, noting)
    return _reached(noting.best, enough)


def _minutes(model: Model, taken: Sequence[cp_model.IntVar], listed: list[int]) -> cp_model.LinearExprT:
    return cp_model.LinearExpr.weighted_sum([taken[pair] for pair in listed], model.minutes[listed].tolist())


def _reached(best: Sequence[tuple[float, int]], enough: int) -> Reached:
    seconds = [when for when, points in best if points >= enough]
    return Reached(min(seconds, default=None), max((points for _, points in best), default=0))


# --- flows ------------------------------------------------------------------------------------------------------------


def by_flows(problem: Problem, enough: int) -> Reached:
    """OR-Tools' flow of least cost, of half a day after the other: each gives its seats best, and asks every rule of
    what the days before gave."""
    t, pairs = eligible(problem)
    began = time.perf_counter()
    taken, total = np.zeros(len(pairs.shift), np.uint8), 0
    last = int(problem.shifts.start.max(initial=0))
    for begin in range(int(problem.shifts.start.min(initial=0)), last + 1, SLICE):
        offered, gain = _offers(t, pairs, taken, begin, begin + SLICE)
        if len(offered):
            total += _flow(problem, pairs, offered, gain, taken)
    return Reached(time.perf_counter() - began if total >= enough else None, total)


def _flow(problem: Problem, pairs: Pairs, offered: Longs, gain: Longs, taken: np.typing.NDArray[np.uint8]) -> int:
    people, person = np.unique(pairs.person[offered], return_inverse=True)
    shifts, shift = np.unique(pairs.shift[offered], return_inverse=True)
    seats = problem.shifts.seats[shifts].astype(np.int64)
    flow = min_cost_flow.SimpleMinCostFlow()
    source, sink, begin = 0, 1 + len(people) + len(shifts), 1 + len(people)
    everybody = np.arange(1, begin)
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([np.full(len(people), source), 1 + person, begin + np.arange(len(shifts)), [source]]),
        np.concatenate([everybody, begin + shift, np.full(len(shifts), sink), [sink]]),
        np.concatenate([np.ones(len(people), np.int64), np.ones(len(offered), np.int64), seats, [len(people)]]),
        np.concatenate([np.zeros(len(people), np.int64), -gain, np.zeros(len(shifts) + 1, np.int64)]),
    )
    flow.set_nodes_supplies(np.array([source, sink]), np.array([len(people), -len(people)]))
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("The flow has no solution.")
    used = flow.flows(np.arange(len(people), len(people) + len(offered))) > 0
    taken[offered[used]] = 1
    return int(gain[used].sum())


@numba.njit(nogil=True)  # type: ignore[untyped-decorator]
def _offers(t: Tables, pairs: Pairs, taken: np.typing.NDArray[np.uint8], begin: int, end: int) -> tuple[Longs, Longs]:
    """The pairs of the time between that people may still take, and what each adds."""
    offered, gain, count = np.empty(len(pairs.shift), np.int64), np.empty(len(pairs.shift), np.int64), 0
    mine = np.empty(len(pairs.shift), np.int64)
    for person in range(len(pairs.first) - 1):
        had = 0
        for pair in range(pairs.first[person], pairs.first[person + 1]):
            if taken[pair]:
                mine[had] = pairs.shift[pair]
                had += 1
        for pair in range(pairs.first[person], pairs.first[person + 1]):
            shift = np.int64(pairs.shift[pair])
            if begin <= t.shift[shift].start < end and may_take(t, person, mine, had, shift):
                offered[count], gain[count] = pair, pairs.points[pair] + added(t, person, mine, had, shift)
                count += 1
    return offered[:count], gain[:count]
