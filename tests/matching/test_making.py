"""The steps of a plan: nothing is locked while it is reckoned, whoever dies is followed by somebody, and what has
changed meanwhile is looked at once more."""

import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from marketplace.accounts.rules import CLOCK
from marketplace.core import clock
from marketplace.core.db import db, in_transaction, transaction
from marketplace.core.http import SetaraFlask
from marketplace.core.lifecycle import move_one
from marketplace.core.money import Money
from marketplace.matching import making, planning, service, whole
from marketplace.matching.models import MatchRun, Plan, PlanInput, PlannedSeat
from marketplace.matching.rules import Outcome, PlanStatus
from marketplace.shifts import scheduling
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.rules import ShiftStatus
from marketplace.solver import solving
from marketplace.solver.problem import Plan as Found
from marketplace.solver.problem import Problem
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene

DAY = timedelta(days=1)


class Killed(BaseException):
    """As kill -9 ends a process: nothing of it is caught."""


@pytest.fixture(autouse=True)
def _asked_about_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "SMALLEST", 1)


def solver(problem: Problem, seed: int) -> Found:
    return solving.solve(problem, seed=seed)


def kills(problem: Problem, seed: int) -> Found:
    raise Killed


def market(scene: Scene, seats: int = 2) -> tuple[list[UUID], list[Shift]]:
    """Three people, two shifts with so many seats each, and one for which nobody has hours: the solver is asked."""
    who = [make.contracted(scene, band=(0, 8)).id for _ in range(3)]
    held = [make.shift(scene, MONDAY + day * DAY, seats=seats) for day in (3, 4)]
    make.shift(scene, MONDAY + 5 * DAY, hours=9)
    return who, held


def all_plans() -> list[Plan]:
    return list(db.session.scalars(select(Plan).order_by(Plan.id)))


def input_of(plan_id: UUID) -> bytes:
    return zlib.decompress(db.session.scalars(select(PlanInput.body).where(PlanInput.plan_id == plan_id)).one())


def test_a_plan_is_not_made_inside_of_a_transaction(scene: Scene) -> None:
    market(scene)
    ordered = planning.order(company_id=scene.company_id, by=scene.company)
    with pytest.raises(RuntimeError), transaction():
        making.make(ordered.id)


def test_who_dies_while_it_is_reckoned_is_followed_by_somebody_who_makes_the_same_plan(scene: Scene) -> None:
    market(scene)
    with pytest.raises(Killed):
        planning.plan_due(kills)
    (begun,) = all_plans()
    assert (begun.status, begun.input_sha256) == (PlanStatus.RUNNING, None)
    kept = input_of(begun.id)
    # What comes meanwhile is not in the input any more: the plan that was begun is the one that is made.
    make.contracted(scene, band=(0, 8))
    assert (planning.plan_due(solver), planning.plan_due(solver)) == (1, 0)
    (made,) = all_plans()
    assert (made.id, made.status, made.offered) == (begun.id, PlanStatus.DONE, 4)
    assert b'"wishes":' not in kept
    assert b'"wishes":' in input_of(made.id)
    assert [each.filled for each in making.replay(made.id)] == [
        run.offered for run in db.session.scalars(select(MatchRun).order_by(MatchRun.shift_id))
    ]


def test_what_was_begun_too_long_ago_is_given_up(scene: Scene) -> None:
    market(scene)
    with pytest.raises(Killed):
        planning.plan_due(kills)
    make.at(clock.now() + making.FORGOTTEN_AFTER)
    assert planning.plan_due(solver) == 1
    assert [each.status for each in all_plans()] == [PlanStatus.FAILED, PlanStatus.DONE]


def test_a_plan_that_cannot_be_made_keeps_no_other_from_being_made(scene: Scene) -> None:
    def fails(problem: Problem, seed: int) -> Found:
        raise ZeroDivisionError

    market(scene)
    with pytest.raises(ZeroDivisionError):
        planning.plan_due(fails)
    assert planning.plan_due(solver) == 1
    assert [each.status for each in all_plans()] == [PlanStatus.FAILED, PlanStatus.DONE]


def test_what_changes_while_the_solver_works_is_looked_at_once_more(scene: Scene) -> None:
    """One account is closed, one is asked by hand, and one of the shifts is cancelled; of six seats one is offered."""
    (gone, asked, _), (first, second) = market(scene, seats=3)

    def meanwhile(problem: Problem, seed: int) -> Found:
        assert not in_transaction()
        found = solver(problem, seed)
        with transaction():
            make.offered(scene, first, db.session.get_one(Contractor, asked))
            scheduling.cancel_shift(second.id, Money.zero("USD"), "No data.", by=scene.company)
            for status in (ContractorStatus.CLOSING, ContractorStatus.CLOSED):
                move_one(db.session.get_one(Contractor, gone), status, by=CLOCK, event=f"contractor.{status}")
        return found

    assert planning.plan_due(meanwhile) == 1
    (plan,) = all_plans()
    assert (plan.status, plan.offered) == (PlanStatus.DONE, 1)
    assert str(gone).encode() not in input_of(plan.id)
    seats = db.session.scalars(select(PlannedSeat)).all()
    assert gone not in {seat.contractor_id for seat in seats}
    told = service.explain(first.id, asked, seen_by=accounts.actor_of(asked))
    assert told.outcome is Outcome.TOO_LATE
    assert db.session.get_one(Shift, second.id).status is ShiftStatus.CANCELLED


@pytest.mark.truncating
def test_of_several_who_make_a_plan_at_once_one_carries_it_out(
    apart_app: SetaraFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them reckon it, with no transaction open; then the first locks it, and the others find it made."""
    with apart_app.app_context(), transaction():
        market(make.scene())
    idle: list[int | None] = []

    def look() -> None:
        inside = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
        with transaction():
            idle.append(db.session.scalar(text(inside)))

    together = Barrier(3, look, 60)

    def waits(problem: Problem, seed: int) -> Found:
        together.wait()
        return solver(problem, seed)

    def run() -> int:
        with apart_app.app_context():
            return planning.plan_due(waits)

    with ThreadPoolExecutor(3) as pool:
        made = [each.result() for each in [pool.submit(run) for _ in range(3)]]
    assert made == [1, 1, 1]
    assert idle == [0]
    with apart_app.app_context(), transaction():
        (plan,) = all_plans()
        assert (plan.status, plan.offered) == (PlanStatus.DONE, 4)
        assert db.session.scalar(select(func.count()).select_from(Offer)) == 4
        assert db.session.scalar(select(func.count()).select_from(MatchRun)) == 3
