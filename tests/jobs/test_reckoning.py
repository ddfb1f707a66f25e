"""The solver in a process of its own, and whether a job asks it."""

import pytest
from flask import Flask

from jobs import reckoning
from marketplace.solver import solving
from marketplace.solver.generating import generate
from marketplace.solver.market import problem_of
from marketplace.solver.problem import SolverFailed


def test_another_process_finds_the_same_plan() -> None:
    problem = problem_of(generate(20, 30, seed=4))
    here, there = solving.solve(problem, seed=2), reckoning.solve(problem, 2, seconds=300)
    assert (there.shift.tolist(), there.person.tolist()) == (here.shift.tolist(), here.person.tolist())
    assert there.objective == here.objective


def test_a_process_that_fails_says_why() -> None:
    problem = problem_of(generate(5, 5, seed=4))
    object.__setattr__(problem, "weights", None)
    with pytest.raises(SolverFailed, match="AttributeError"):
        reckoning.solve(problem, 0, seconds=60)


def test_the_configuration_says_whether_plans_ask_the_solver(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reckoning.solver() is None
    monkeypatch.setitem(app.config, "SOLVER_SECONDS", 5.0)
    assert reckoning.solver() is not None
