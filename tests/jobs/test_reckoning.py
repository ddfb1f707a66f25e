"""The solver in a process of its own, and whether a job asks it."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from jobs import reckoning
from marketplace.core.db import db, transaction
from marketplace.matching import spreading
from marketplace.matching.models import PlanPart
from marketplace.solver import solving
from marketplace.solver.components import components, joined
from marketplace.solver.generating import generate
from marketplace.solver.market import problem_of
from marketplace.solver.packing import packed, plan_in, problem_in
from marketplace.solver.problem import SolverFailed
from tests.solver.markets import dense, divided


def test_another_process_finds_the_same_plan() -> None:
    problem = problem_of(generate(20, 30, seed=4))
    here, there = solving.solve(problem, seed=2), reckoning.solve(problem, 2, seconds=300)
    assert (there.shift.tolist(), there.person.tolist()) == (here.shift.tolist(), here.person.tolist())
    assert there.objective == here.objective


def test_a_process_that_fails_says_why() -> None:
    problem = problem_of(generate(5, 5, seed=4))
    object.__setattr__(problem, "epoch", problem.epoch + timedelta(days=1))
    with pytest.raises(SolverFailed, match="The epoch is a Monday"):
        reckoning.solve(problem, 0, seconds=60)


def test_workers_share_the_parts_of_a_market(app: Flask) -> None:
    """Whoever makes the plan finds one part taken by somebody who died, and one answered by somebody who lives."""
    problem, _, _ = divided(problem_of(dense(60, 40, 2)), 3, 5)
    alone = reckoning.spread(problem, 1, seconds=300, least=2**40)
    parts = components(problem)
    with transaction():
        group_id = spreading.lay_out([packed(part.problem) for part in parts], 1)
    jobs = db.session.scalar(
        text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :name"), {"name": spreading.PART}
    )
    assert jobs == len(parts) - 1
    with transaction():
        dead, lives = (spreading.take(group_id, timedelta(hours=1)) for _ in range(2))
    assert dead is not None
    assert lives is not None
    assert dead.number != lives.number
    with transaction():
        spreading.answer(group_id, lives.number, packed(reckoning.solve(problem_in(lives.problem), lives.seed, 300)))
        assert spreading.take(group_id, timedelta(hours=1)) is None
        assert spreading.answers(group_id) is None
        spreading.give_back(group_id, dead.number)
    assert reckoning.help_with(group_id, seconds=300) == len(parts) - 1
    with transaction():
        answers = spreading.answers(group_id)
        spreading.forget(group_id)
    assert answers is not None
    found = joined(problem, [(part, plan_in(each)) for part, each in zip(parts, answers, strict=True)])
    here = reckoning.spread(problem, 1, seconds=300, least=0)
    assert (here.shift.tolist(), here.person.tolist()) == (found.shift.tolist(), found.person.tolist())
    assert here.objective == found.objective
    assert here.objective.total >= 0.99 * alone.objective.total
    assert db.session.scalar(select(func.count()).select_from(PlanPart)) == 0


def test_the_configuration_says_whether_plans_ask_the_solver(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reckoning.solver() is None
    monkeypatch.setitem(app.config, "SOLVER_SECONDS", 5.0)
    assert reckoning.solver() is not None
