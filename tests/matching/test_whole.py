"""The plan of a whole horizon: by the rules, never worse than the instant path, always the same, and explained."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from marketplace.core.db import db
from marketplace.matching import engine, forgetting, making, planning, service, whole
from marketplace.matching.engine import Planner, why_not
from marketplace.matching.instance import FORM, GIVEN_BY_START, Instance
from marketplace.matching.models import MatchRun
from marketplace.matching.models import Plan as MatchPlan
from marketplace.matching.planned import Planned
from marketplace.matching.rules import URGENT, Outcome, PlanStatus
from marketplace.matching.whole import Margin, Solved, asked, solve, worth
from marketplace.solver import solving
from marketplace.solver.problem import Plan, Problem, SolverFailed
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.markets import market
from tests.factories.shifts import MONDAY, Scene
from tests.matching.test_engine import no_of, seats_of

DAY = timedelta(days=1)


def solver(problem: Problem, seed: int) -> Plan:
    return solving.solve(problem, seed=seed)


def tight(seed: int, people: int = 30, shifts: int = 40) -> Instance:
    """More seats than people can take, so that who has which decides how many are filled."""
    return asked(market(seed, people=people, shifts=shifts, seats=3), solver)


@pytest.fixture(scope="module")
def solved() -> list[tuple[Instance, Solved]]:
    return [(instance, solve(instance)) for instance in (tight(seed) for seed in range(4))]


Markets = list[tuple[Instance, Solved]]


def test_no_plan_counts_less_than_that_of_the_instant_path(solved: Markets) -> None:
    gains = [worth(instance, found.planned) - worth(instance, engine.solve(instance)) for instance, found in solved]
    assert min(gains) >= 0
    assert sum(found.together for _, found in solved) > len(solved) / 2
    assert max(gains) > 0


def test_every_seat_keeps_every_rule_beside_all_others(solved: Markets) -> None:
    for instance, found in solved:
        openings = {opening.shift_id: opening for opening in instance.openings}
        members = {member.id: member for member in instance.members}
        taken = [(openings[shift], members[person]) for shift, person in seats_of(list(found.planned))]
        for opening, member in taken:
            others = [other for other, who in taken if who is member and other is not opening]
            assert no_of(instance, opening, member, others) is None
        turns = [given.turn for each in found.planned for given in each.given]
        assert len(set(turns)) == len(turns)


def test_a_stored_instance_gives_the_same_plan_again(solved: Markets) -> None:
    for instance, found in solved[:1]:
        again = Instance.of(json.loads(json.dumps(instance.as_dict())))
        assert again == instance
        assert solve(again) == found


def given_in_the_order_of_the_instant_path(instance: Instance) -> list[Planned]:
    """As plans followed from wishes before these were given in the order in which shifts begin."""
    planner, wishes = Planner(instance), instance.wishes or ()
    openings = planner.in_order()
    later = [each for each in openings if each.span.starts_at - instance.at > URGENT]
    for opening in openings[: -len(later)]:
        planner.fill(opening)
    for opening in later:
        planner.give_to(opening, [person for shift, person in wishes if shift == opening.shift_id])
    for _ in range(whole.ROUNDS):
        if not sum(planner.change_places(opening) for opening in later):
            break
    return planner.finish(openings)


def test_a_plan_that_was_kept_in_an_older_form_is_repeated_as_it_followed_then(solved: Markets) -> None:
    differs = 0
    for instance, found in solved[:2]:
        stored = json.loads(json.dumps(instance.as_dict()))
        assert stored["form"] == FORM >= GIVEN_BY_START
        old = Instance.of(stored | {"form": GIVEN_BY_START - 1})
        assert old.as_dict() == stored | {"form": GIVEN_BY_START - 1}
        then, alone, again = given_in_the_order_of_the_instant_path(old), engine.solve(old), solve(old)
        assert again.planned == (then if worth(old, then) > worth(old, alone) else alone)
        differs += again.planned != found.planned
    assert differs
    # Without any wish both ways come to the same, which was the instant path's then.
    same = replace(solved[0][0], wishes=[])
    assert solve(same).together
    assert not solve(replace(same, form=GIVEN_BY_START - 1)).together


def test_whoever_has_no_seat_is_told_what_decided(solved: Markets) -> None:
    """Who has no seat at all never has more points than somebody who has one; who has others may, and is told what the
    seat would have counted with them beside its price: near enough, so that hardly any counts more, and none by far."""
    told: list[Outcome] = []
    margins: list[Margin] = []
    for instance, found in solved:
        if not found.together:
            continue
        for each in found.planned:
            has = {given.contractor_id for given in each.given}
            without = [member.id for member in instance.members if member.id not in has]
            told += [_told(instance, found.planned, each, known, margins) for known in without]
    assert {Outcome.NOT_ELIGIBLE, Outcome.TOGETHER} <= set(told)
    assert len(margins) == told.count(Outcome.TOGETHER)
    assert margins
    assert all(each.counted <= each.price + each.price // 50 for each in margins)


def _told(instance: Instance, planned: Sequence[Planned], each: Planned, known: UUID, margins: list[Margin]) -> Outcome:
    mine = [one.shift_id for one in planned if any(given.contractor_id == known for given in one.given)]
    answer = why_not(instance, each.shift_id, known, mine)
    assert answer is not None
    outcome = replace(answer, together=True).outcome(each.cutoff)
    if outcome is Outcome.TOGETHER:
        assert mine
        assert answer.scored is not None
        margin = whole.margin(instance, each.shift_id, answer.scored.score)
        assert margin is not None
        margins.append(margin)
    return outcome


def test_the_solver_is_asked_wherever_the_market_is_not_small() -> None:
    def never(_problem: Problem, _seed: int) -> Plan:
        raise AssertionError("the instant path does as well")

    for instance in (market(1, people=100, shifts=1), market(1, people=8, shifts=4)):
        assert asked(instance, never) is instance
    plenty = market(5, people=200, shifts=12)
    assert not any(each.unfilled for each in engine.solve(plenty))
    assert asked(plenty, solver).wishes is not None


def test_the_plan_of_the_solver_is_carried_out_unless_it_counts_less(solved: Markets) -> None:
    """Also where both count the same: then the seats were given together, and nothing is lost by it."""
    for instance, found in solved:
        assert found.solver is not None
        assert found.together == (found.solver.points >= found.instant.points)
        used = found.solver if found.together else found.instant
        assert (used.points, used.filled) == (worth(instance, found.planned), sum(e.filled for e in found.planned))
        assert found.told()["ways"]["instant"] == {"filled": found.instant.filled, "points": found.instant.points}
    instance = market(1)
    seats = [(each.shift_id, given.contractor_id) for each in engine.solve(instance) for given in each.given]
    the_same = solve(replace(instance, wishes=seats))
    assert the_same.solver is not None
    assert the_same.together == (the_same.solver.points >= the_same.instant.points)
    assert solve(replace(instance, wishes=[])).solver == the_same.instant


def test_an_erased_person_is_in_no_wish_either(solved: Markets) -> None:
    instance = solved[0][0]
    assert instance.wishes
    person = str(instance.wishes[0][1])
    text = json.dumps(instance.as_dict())
    assert person in text
    assert person not in json.dumps(forgetting.without(json.loads(text), person))


def test_somebody_without_a_seat_changes_places_with_whoever_has_fewer_points() -> None:
    instance = market(2, people=12, shifts=1, seats=2, gigs=1, companies=1)
    planner = Planner(instance)
    (opening,) = instance.openings
    fitting, free, _ = planner.free(opening)
    best = [fitting.group.ids[place] for place in free]
    ranked = engine.able(instance)
    assert set(ranked) <= set(best)
    assert len(ranked) > opening.seats, "the market of this seed has somebody to spare"
    planner.give_to(opening, ranked[-opening.seats :])
    assert planner.change_places(opening) == opening.seats
    assert {given.contractor_id for given in planner.given[opening.shift_id]} == set(ranked[: opening.seats])


def test_a_plan_keeps_what_the_solver_said_and_explains_itself(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two shifts at the same time, and one of a length that nobody wants: seats stay open, so the solver is asked."""
    monkeypatch.setattr(whole, "SMALLEST", 1)
    people = [make.contracted(scene, band=(0, 8)) for _ in range(3)]
    first, second = (make.shift(scene, MONDAY + 3 * DAY, seats=2) for _ in range(2))
    make.shift(scene, MONDAY + 5 * DAY, hours=9)
    assert planning.plan_due(solver) == 1
    plan = db.session.scalars(select(MatchPlan)).one()
    instance = making.instance_of(plan.id)
    assert instance is not None
    assert instance.wishes is not None
    assert len(instance.wishes) == 3
    assert (plan.seats, plan.planned, plan.offered) == (5, 3, 3)
    ways = plan.report["ways"]
    assert (ways["solver"]["filled"], ways["instant"]["filled"], plan.report["together"]) == (3, 3, True)
    assert [each.filled for each in making.replay(plan.id)] == [
        each.offered for each in db.session.scalars(select(MatchRun).order_by(MatchRun.shift_id))
    ]
    for person in people:
        outcomes = {
            service.explain(shift.id, person.id, seen_by=accounts.actor_of(person.id)).outcome
            for shift in (first, second)
        }
        # Of the second the rules say that they are elsewhere then, or it was full when they came into question.
        assert len(outcomes) == 2
        assert outcomes < {Outcome.OFFERED, Outcome.NOT_ELIGIBLE, Outcome.NOT_NEEDED}
        assert Outcome.OFFERED in outcomes


def test_a_solver_that_fails_leaves_the_plan_of_the_instant_path(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "SMALLEST", 1)
    make.contracted(scene, band=(0, 8))
    for day in (3, 5):
        make.shift(scene, MONDAY + day * DAY, seats=2)
    calls = []

    def fails(problem: Problem, _seed: int) -> Plan:
        calls.append(problem)
        raise SolverFailed("killed")

    assert (planning.plan_due(fails), planning.plan_due(fails)) == (1, 0)
    assert len(calls) == 1
    made = db.session.scalars(select(MatchPlan)).one()
    assert (made.status, made.seats, made.offered, made.report["together"]) == (PlanStatus.DONE, 4, 2, False)
    assert made.report["ways"]["solver"] is None
