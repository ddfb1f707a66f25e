"""The solver in a process of its own, and whether a job asks it."""

import sys
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from jobs import reckoning
from jobs.business import forget_plan_inputs
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


@pytest.mark.parametrize("said", ["", "PK\x03\x04", "a warning of a library"])
def test_what_is_no_plan_is_a_failure_of_the_solver(said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """So the plan is that of the instant path, and is made."""
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\ncat > /dev/null\nprintf '%s' '{said}'\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(SolverFailed, match="no plan"):
        reckoning.solve(problem_of(generate(5, 5, seed=4)), 0, seconds=60)


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
    assert reckoning.help_if_idle(group_id, seconds=300) == len(parts) - 1
    assert not reckoning.HELPING.locked()
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


def test_a_process_helps_with_one_plan_at_a_time_and_only_with_time_for_it(app: Flask) -> None:
    problem = problem_of(dense(5, 5, 2))
    with transaction():
        group_id = spreading.lay_out([packed(problem)], 1)
    with reckoning.HELPING:
        assert reckoning.help_if_idle(group_id, seconds=300) == 0
    assert reckoning.help_if_idle(group_id, seconds=0) == 0
    with transaction():
        assert spreading.answers(group_id) is None
        assert db.session.scalars(select(PlanPart.taken_at)).all() == [None]


def test_parts_that_nobody_collects_are_forgotten(app: Flask) -> None:
    problem = problem_of(dense(5, 5, 2))
    with transaction():
        old, new = (spreading.lay_out([packed(problem)], 1) for _ in range(2))
        age = func.clock_timestamp() - spreading.FORGOTTEN_AFTER - timedelta(minutes=1)
        db.session.execute(update(PlanPart).where(PlanPart.group_id == old).values(made_at=age))
    forget_plan_inputs()
    assert db.session.scalars(select(PlanPart.group_id)).all() == [new]


def test_nobody_waits_for_ever_for_the_parts_of_a_plan(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither where others forget them, nor where all of them take too long."""

    def forgotten_meanwhile(group_id: UUID, _again_after: timedelta) -> None:
        spreading.forget(group_id)

    problem, _, _ = divided(problem_of(dense(60, 40, 2)), 3, 5)
    monkeypatch.setattr(spreading, "take", forgotten_meanwhile)
    with pytest.raises(SolverFailed, match="forgotten before"):
        reckoning.spread(problem, 1, seconds=300, least=0)
    monkeypatch.setattr(reckoning, "LONGEST", 0.0)
    with pytest.raises(SolverFailed, match="All parts together"):
        reckoning.spread(problem, 1, seconds=300, least=0)
    assert db.session.scalar(select(func.count()).select_from(PlanPart)) == 0


def test_the_configuration_says_whether_plans_ask_the_solver(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert reckoning.solver() is None
    monkeypatch.setitem(app.config, "SOLVER_SECONDS", 5.0)
    assert reckoning.solver() is not None
