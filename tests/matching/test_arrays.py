"""The solver counts what the published objective counts: a week reckoned by hand, and whole markets to the point."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.arrays import arrays_of
from marketplace.matching.engine import Planner
from marketplace.matching.instance import Instance, Past
from marketplace.matching.objective import Part, Weights
from marketplace.matching.planned import Planned
from marketplace.matching.whole import worth
from marketplace.solver.solving import solve
from marketplace.standards.hours import Span
from tests.factories.markets import AT, market

DAY = timedelta(days=1)
PARTS = {Part.FILL: 1000, Part.BAND: 30, Part.SPREAD: 20}


def given_by_start(instance: Instance, seats: Sequence[tuple[UUID, UUID]]) -> list[Planned]:
    """The seats as a plan in which each is given at its turn, by the start of its shift."""
    planner, wanted = Planner(instance), defaultdict(set)
    for shift_id, person in seats:
        wanted[shift_id].add(person)
    openings = sorted(instance.openings, key=lambda each: (each.span.starts_at, each.shift_id))
    for opening in openings:
        planner.give_to(opening, wanted[opening.shift_id])
    return [Planned(each.shift_id, each.seats, planner.given[each.shift_id], {}) for each in openings]


def test_a_week_counts_in_the_solver_what_it_counts_by_hand() -> None:
    """Ten to twenty hours a week are chosen, twenty were worked lately, and three shifts of six hours are given.

    Band: after 6 hours 100 points; after 12, (20 - 12) / 10 of them, 80; after 18, 20. Together 200, by 30: 6,000.
    Spread: 100 x 40 / (40 + 20) is 66; then 100 x 40 / 66 is 60; then 100 x 40 / 72 is 55. Together 181, by 20: 3,620.
    Fill: 100 points by 1,000 for each, 300,000.
    """
    monday = datetime(2023, 5, 1, 8, tzinfo=UTC)
    found = market(4, people=1, shifts=3, seats=1, gigs=1, companies=1)
    member = replace(found.members[0], band_min_minutes=600, band_max_minutes=1200)
    calendar = replace(member.person.calendar, windows=(), dated=())
    person = replace(member.person, busy=(), calendar=calendar)
    (company,) = {work.company_id for work in found.works.values()}
    past = [Past(AT - DAY, 1200, company)]
    begins = [monday + number * DAY for number in range(3)]
    openings = [
        replace(each, seats=1, waves=(1, 1), span=Span(start, start + timedelta(hours=6)))
        for each, start in zip(found.openings, begins, strict=True)
    ]
    weights = Weights(9, monday.date(), PARTS)
    instance = replace(found, weights=weights, openings=openings, members=[replace(member, person=person, past=past)])
    arrays = arrays_of(Planner(instance), instance.openings)
    assert arrays is not None
    plan = solve(arrays.problem)
    parts = plan.objective
    assert (parts.seats, parts.fill, parts.band, parts.spread) == (3, 300_000, 6_000, 3_620)
    assert plan.bound == parts.total == worth(instance, given_by_start(instance, arrays.pairs(plan.shift, plan.person)))


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), people=st.integers(2, 30), shifts=st.integers(2, 20))
def test_what_the_solver_counts_is_what_is_published(seed: int, people: int, shifts: int) -> None:
    """Where nobody has worked lately, so that no hours leave the 28 days between the first shift and the last."""
    found = market(seed, people=people, shifts=shifts, seats=2)
    instance = replace(found, members=[replace(member, past=[]) for member in found.members])
    arrays = arrays_of(Planner(instance), instance.openings)
    if arrays is None:
        return
    plan = solve(arrays.problem)
    seats = arrays.pairs(plan.shift, plan.person)
    assert worth(instance, given_by_start(instance, seats)) == plan.objective.total <= plan.bound
    # Where not all pairs are looked at from the beginning, everybody is asked about every shift by the same points.
    some = solve(arrays.problem, all_pairs=0)
    assert some.holds_for_all
    assert plan.objective.total <= some.bound
