"""What contradicts itself or cannot be: a correct plan, and a rule that is named, by the instant path and together."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.matching import engine
from marketplace.matching.arrays import arrays_of
from marketplace.matching.engine import Planner, why_not
from marketplace.matching.instance import Instance
from marketplace.matching.planned import Planned
from marketplace.matching.whole import solve
from marketplace.solver import solving
from marketplace.standards.hours import Span
from marketplace.workforce.calendar import Calendar, Window, Wish
from tests.factories.markets import market
from tests.matching.test_engine import no_of, seats_of

Way = Callable[[Instance], Sequence[Planned]]


def together(instance: Instance) -> Sequence[Planned]:
    """The solver's plan, whatever the instant path would make of it."""
    arrays = arrays_of(Planner(instance), instance.openings)
    if arrays is None:
        return engine.solve(instance)
    plan = solving.solve(arrays.problem, seed=instance.seed)
    return solve(replace(instance, wishes=arrays.pairs(plan.shift, plan.person))).planned


WAYS = pytest.mark.parametrize("way", [engine.solve, together], ids=["instant", "together"])


def keeps_the_rules(instance: Instance, planned: Sequence[Planned]) -> None:
    openings = {opening.shift_id: opening for opening in instance.openings}
    members = {member.id: member for member in instance.members}
    taken = [(openings[shift], members[person]) for shift, person in seats_of(list(planned))]
    for opening, member in taken:
        others = [other for other, who in taken if who is member and other is not opening]
        assert no_of(instance, opening, member, others) is None


def first_rule(instance: Instance) -> str | None:
    answer = why_not(instance, instance.openings[0].shift_id, instance.members[0].id, ())
    assert answer is not None
    return None if answer.verdict is None else answer.verdict.rule


def one(seed: int = 2, people: int = 8) -> Instance:
    return market(seed, people=people, shifts=1, seats=2, gigs=1, companies=1)


@WAYS
def test_no_seats_give_no_seats(way: Way) -> None:
    found = market(4, people=10, shifts=4)
    openings = [replace(opening, seats=0, waves=(0, 0)) for opening in found.openings]
    planned = way(replace(found, openings=openings))
    assert [(each.seats, len(each.given)) for each in planned] == [(0, 0)] * 4


@WAYS
def test_nobody_and_nothing(way: Way) -> None:
    found = market(4, people=3, shifts=2)
    assert way(replace(found, openings=[])) == []
    assert all(each.unfilled == each.seats for each in way(replace(found, members=[])))


@WAYS
def test_a_shift_longer_than_any_cap_names_the_rule(way: Way) -> None:
    found = one()
    begins = found.openings[0].span.starts_at
    long = replace(found, openings=[replace(found.openings[0], span=Span(begins, begins + timedelta(hours=30)))])
    (planned,) = way(long)
    assert planned.given == []
    assert sum(planned.refused.values()) == len(found.members)
    assert {"REST", "DAY", "HOURS_BAND"} & set(planned.refused)


@WAYS
def test_hours_that_are_wanted_and_impossible_at_once_are_impossible(way: Way) -> None:
    found = one()
    always = tuple(Window(day, 0, 1440, wish) for day in range(7) for wish in (Wish.DESIRED, Wish.UNAVAILABLE))
    members = [
        replace(member, person=replace(member.person, calendar=Calendar(always, ()))) for member in found.members
    ]
    torn = replace(found, members=members)
    (planned,) = way(torn)
    assert planned.given == []
    assert set(planned.refused) <= {"AVAILABLE", "CONTRACT", "CRITERIA", "HAZARD", "STANDING", "AGE", "ONE_PLACE"}
    assert "AVAILABLE" in planned.refused


@WAYS
def test_somebody_without_skills_is_told_which(way: Way) -> None:
    found = one()
    (gig_id, work), *_ = found.works.items()
    asks = replace(work, criteria=replace(work.criteria, skills=("welding",)))
    members = [replace(member, person=replace(member.person, skills=frozenset())) for member in found.members]
    bare = replace(found, works={gig_id: asks}, members=members)
    assert [each.given for each in way(bare)] == [[]]
    assert first_rule(bare) in {"CRITERIA", "CONTRACT"}


@WAYS
def test_people_who_differ_in_nothing_share_the_seats(way: Way) -> None:
    found = market(6, people=10, shifts=8, seats=2, gigs=1, companies=1)
    model = max(found.members, key=lambda member: member.band_max_minutes)
    members = [
        replace(model, person=replace(model.person, contractor_id=member.id, busy=()), past=())
        for member in found.members
    ]
    same = replace(found, members=members)
    planned = way(same)
    keeps_the_rules(same, planned)
    counted = [sum(given.contractor_id == member.id for each in planned for given in each.given) for member in members]
    assert max(counted) - min(counted) <= 2


@WAYS
def test_a_horizon_over_a_change_of_clocks_keeps_every_rule(way: Way) -> None:
    """In Chicago the clocks go back on 5 November 2023, in Warsaw on 29 October: days of 25 hours."""
    found = market(8, people=40, shifts=24, seats=3)
    by = datetime(2023, 10, 25, 12, tzinfo=UTC) - found.at
    moved = replace(
        found,
        at=found.at + by,
        openings=[
            replace(each, span=Span(each.span.starts_at + by, each.span.ends_at + by)) for each in found.openings
        ],
    )
    planned = way(moved)
    assert any(each.given for each in planned)
    keeps_the_rules(moved, planned)
