"""A market of parts that have nobody in common: which parts they are, and that together they are the whole."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.solver.components import components, joined
from marketplace.solver.generating import generate
from marketplace.solver.market import problem_of
from marketplace.solver.packing import packed, plan_in, problem_in
from marketplace.solver.problem import Start
from marketplace.solver.solving import solve
from tests.solver.markets import dense, divided


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 4), st.integers(0, 1000))
def test_parts_have_nobody_in_common_and_leave_nobody_out_who_fits(worlds: int, seed: int) -> None:
    problem, of_kind, of_person = divided(problem_of(dense(30, 25, seed % 7)), worlds, seed)
    parts = components(problem)
    shifts = np.concatenate([np.empty(0, np.int32), *(part.shift for part in parts)])
    people = np.concatenate([np.empty(0, np.int32), *(part.person for part in parts)])
    some = np.diff(problem.fits.first)[problem.shifts.kind] > 0
    assert sorted(shifts.tolist()) == np.flatnonzero(some).tolist()
    assert len(set(people.tolist())) == len(people)
    for part in parts:
        assert set(of_kind[problem.shifts.kind[part.shift]].tolist()) == set(of_person[part.person].tolist())
        inner = part.problem
        for number, outer in enumerate(part.person.tolist()):
            mine = slice(inner.bookings.first[number], inner.bookings.first[number + 1])
            theirs = slice(problem.bookings.first[outer], problem.bookings.first[outer + 1])
            assert inner.bookings.start[mine].tolist() == problem.bookings.start[theirs].tolist()


def test_the_plans_of_the_parts_are_together_a_plan_of_the_whole() -> None:
    problem, _, _ = divided(problem_of(dense(60, 40, 2)), 3, 5)
    parts = components(problem)
    assert len(parts) > 1
    assert len(components(problem, most=1)) == 1
    whole = solve(problem)
    problem = replace(problem, start=Start(whole.shift, whole.person))
    found = joined(problem, [(part, solve(part.problem)) for part in components(problem)])
    # Each part goes on from its share of the plan of the whole, so that they come to as much at least.
    assert whole.objective.total <= found.objective.total <= found.bound <= whole.bound * 1.01
    assert found.holds_for_all
    assert np.all(np.bincount(found.shift, minlength=problem.shifts.count) <= problem.shifts.seats)
    assert list(zip(found.shift, found.person, strict=True)) == sorted(zip(found.shift, found.person, strict=True))


def test_nothing_has_no_parts() -> None:
    problem = problem_of(generate(5, 0, seed=1))
    assert components(problem) == []
    assert joined(problem, []).objective.total == 0


def test_a_problem_and_a_plan_are_the_same_after_their_way_to_another_machine() -> None:
    problem = problem_of(dense(20, 15, 3))
    plan = solve(problem)
    there = problem_in(packed(replace(problem, start=Start(plan.shift, plan.person))))
    again = solve(replace(there, start=None))
    assert again.shift.tolist() == plan.shift.tolist()
    assert (again.objective, again.bound) == (plan.objective, plan.bound)
    assert there.start is not None
    assert there.start.person.tolist() == plan.person.tolist()
    assert (there.epoch, list(there.weights.spread_points)) == (problem.epoch, list(problem.weights.spread_points))
    told = plan_in(packed(plan))
    assert (told.objective, told.bound, told.complete) == (plan.objective, plan.bound, plan.complete)
    assert told.person.tolist() == plan.person.tolist()
    with pytest.raises(ValueError, match="pickle"):
        problem_in(b"not a problem")
