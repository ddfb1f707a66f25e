"""The engine against the rules one by one, against every plan there could be, and against itself."""

import json
from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from random import Random
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from marketplace.matching.engine import ASKED_BEFORE, solve, why_not
from marketplace.matching.instance import Instance, Member, Opening
from marketplace.matching.planned import Planned
from marketplace.matching.rules import HORIZON, URGENT, Outcome
from marketplace.shifts.eligibility import Busy, first_no
from marketplace.shifts.hours import pay_week
from marketplace.standards.hazard import HazardClass
from marketplace.standards.hours import Span, minutes_by_week
from marketplace.workforce.calendar import Calendar, Window
from tests.factories.markets import AT, market

seeds = st.integers(0, 10_000)


def seats_of(planned: list[Planned]) -> list[tuple[UUID, UUID]]:
    return [(each.shift_id, given.contractor_id) for each in planned for given in each.given]


def no_of(instance: Instance, opening: Opening, member: Member, others: list[Opening]) -> str | None:
    """The first rule against one more seat for somebody who has those others, asked as the verbs ask it."""
    work = instance.works[opening.gig_id]
    person = member.under_contract(work.company_id, opening.span.ends_at)
    planned = [Busy(other.span, instance.works[other.gig_id].hazard_class) for other in others]
    busy = [*person.busy, *planned]
    verdict = first_no(work.seat(opening.span), replace(person, busy=busy))
    if verdict is not None:
        return verdict.rule
    spans = [opening.span, *(each.span for each in busy)]
    mondays = [pay_week(span.starts_at, person.zone) for span in spans]
    minutes = sum(span.minutes for span, monday in zip(spans, mondays, strict=True) if monday == mondays[0])
    return "HOURS_BAND" if minutes > member.band_max_minutes else None


@example(4984, 27, 11)  # a night over Sunday, and a band that has room for its evening only
@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(2, 40), st.integers(1, 12))
def test_no_seat_is_given_against_a_rule_and_none_left_that_somebody_can_take(
    seed: int, people: int, shifts: int
) -> None:
    instance = market(seed, people=people, shifts=shifts)
    planned = {each.shift_id: each for each in solve(instance)}
    openings = {opening.shift_id: opening for opening in instance.openings}
    taken = defaultdict(list)
    for each in planned.values():
        assert len(each.given) <= each.seats
        assert len({given.contractor_id for given in each.given}) == len(each.given)
        for given_seat in each.given:
            taken[given_seat.contractor_id].append(openings[each.shift_id])
    for member in instance.members:
        mine = taken[member.id]
        for opening in mine:
            assert no_of(instance, opening, member, [other for other in mine if other is not opening]) is None
        for opening in instance.openings:
            if planned[opening.shift_id].unfilled and opening not in mine:
                assert no_of(instance, opening, member, mine) is not None


def most_seats(instance: Instance) -> int:
    """The most seats that any plan could fill: every set of pairs is tried."""
    pairs = [(opening, member) for opening in instance.openings for member in instance.members]
    pairs = [pair for pair in pairs if no_of(instance, *pair, []) is None]
    best = len(seats_of(solve(instance)))
    while best < min(len(pairs), sum(opening.seats for opening in instance.openings)):
        if not any(is_a_plan(instance, chosen) for chosen in combinations(pairs, best + 1)):
            return best
        best += 1
    return best


def is_a_plan(instance: Instance, chosen: tuple[tuple[Opening, Member], ...]) -> bool:
    taken: dict[UUID, list[Opening]] = defaultdict(list)
    people: dict[UUID, Member] = {}
    seats: dict[UUID, int] = defaultdict(int)
    for opening, member in chosen:
        seats[opening.shift_id] += 1
        if seats[opening.shift_id] > opening.seats:
            return False
        taken[member.id].append(opening)
        people[member.id] = member
    return all(
        no_of(instance, opening, people[known], [other for other in mine if other is not opening]) is None
        for known, mine in taken.items()
        for opening in mine
    )


def small_market(seed: int) -> Instance:
    draw = Random(seed)
    return market(
        seed,
        people=draw.randint(1, 5),
        shifts=draw.randint(1, 4),
        seats=1,
        gigs=draw.randint(1, 2),
        companies=1,
        days=draw.randint(1, 3),
    )


def test_nearly_every_small_market_is_filled_as_well_as_any_plan_could() -> None:
    """Of 500 markets 494 are, and 6 lack one seat. No share is promised of each: one exchange does not always mend a
    seat whose rest keeps its person from the shift before it and from the one after it."""
    markets = [small_market(seed) for seed in range(500)]
    lacking = [most_seats(each) - len(seats_of(solve(each))) for each in markets]
    assert sum(lacking) <= 6
    assert max(lacking) <= 1


@settings(max_examples=25, deadline=None)
@given(seeds, st.randoms(use_true_random=False))
def test_the_same_input_gives_the_same_plan(seed: int, shuffle: object) -> None:
    instance = market(seed)
    stored = json.loads(json.dumps(instance.as_dict(), sort_keys=True))
    again = Instance.of(stored)
    assert again == instance
    assert solve(again) == solve(instance)
    assert again.as_dict() == instance.as_dict()


def test_another_seed_orders_equals_otherwise() -> None:
    instance = market(3, people=60, shifts=20)
    assert seats_of(solve(instance)) != seats_of(solve(replace(instance, seed=1)))


@settings(max_examples=25, deadline=None)
@given(seeds)
@example(121)
@example(669)
def test_whoever_has_no_seat_is_told_what_decided(seed: int) -> None:
    instance = market(seed, people=15, shifts=6, seats=3)
    planned = solve(instance)
    turns = {(given.contractor_id, each.shift_id): given.turn for each in planned for given in each.given}
    for each in planned:
        for member in instance.members:
            if (member.id, each.shift_id) in turns:
                continue
            mine = [shift for (who, shift), turn in turns.items() if who == member.id]
            before = [shift for shift in mine if each.turn is None or turns[member.id, shift] < each.turn]
            answer = why_not(instance, each.shift_id, member.id, before)
            assert answer is not None
            if answer.verdict is None:
                # Points decide only where every seat went to somebody, and to nobody with fewer; but whoever was moved
                # from one seat to another, later, had the first one then.
                assert each.unfilled == 0
                assert answer.scored is not None
                assert each.cutoff is not None
                has_fewer = answer.scored.score <= each.cutoff
                assert answer.outcome(each.cutoff) is (Outcome.NOT_NEEDED if has_fewer else Outcome.EXCHANGED)
                assert has_fewer or mine


def alike(count: int) -> Instance:
    """People who differ in nothing, one gig, no past, and hours around the clock."""
    found = market(1, people=count, shifts=1, gigs=1, companies=1)
    week = tuple(Window(day, 0, 1440) for day in range(7))
    (company,) = {work.company_id for work in found.works.values()}
    model = found.members[0]
    members = [
        replace(
            member,
            person=replace(
                model.person,
                contractor_id=member.id,
                busy=(),
                skills=frozenset({"image-labelling"}),
                calendar=Calendar(week),
            ),
            signed={company: model.signed[company]},
            band_min_minutes=0,
            band_max_minutes=2400,
            past=(),
        )
        for member in found.members
    ]
    return replace(found, members=members)


def shifts_of(instance: Instance, starts: list[float], hours: float = 4, seats: int = 1) -> Instance:
    """The instance with shifts that begin so many hours after its moment."""
    first = instance.openings[0]
    openings = [
        replace(
            first,
            shift_id=UUID(int=number + 1),
            span=Span(AT + timedelta(hours=start), AT + timedelta(hours=start + hours)),
            seats=seats,
            waves=(seats, seats),
        )
        for number, start in enumerate(starts)
    ]
    return replace(instance, openings=openings)


def test_hours_are_shared_among_equals() -> None:
    instance = shifts_of(alike(6), [100 + 24 * day for day in range(6)])
    assert len({who for _, who in seats_of(solve(instance))}) == 6


def test_what_begins_soon_is_filled_first() -> None:
    """One person, two shifts at one time apart from an hour: the one within three days gets them."""
    late, soon = HORIZON / timedelta(hours=2), URGENT / timedelta(hours=1) - 1
    instance = shifts_of(alike(1), [soon + 2, soon])
    assert [shift.int for shift, _ in seats_of(solve(instance))] == [2]
    apart = shifts_of(alike(1), [late, soon])
    assert len(seats_of(solve(apart))) == 2


def test_somebody_moves_so_that_two_seats_are_filled() -> None:
    """Both can do the first shift, only one of them the second, which lies at the same time and comes later."""
    instance = shifts_of(alike(2), [100, 101])
    only, other = instance.members
    open_to_one = replace(instance.openings[1], asked=frozenset({other.id}))
    for first in (instance.openings[0], replace(instance.openings[0], shift_id=UUID(int=9))):
        planned = solve(replace(instance, openings=[first, open_to_one]))
        assert sorted(who.int for _, who in seats_of(planned)) == sorted((only.id.int, other.id.int))
        assert [given.scored.rank for each in planned for given in each.given] == [1, 1]


def test_nobody_is_asked_twice_and_no_seat_is_given_that_is_not_there() -> None:
    instance = shifts_of(alike(2), [100], seats=2)
    first, second = instance.members
    asked = replace(instance.openings[0], asked=frozenset({first.id}))
    (planned,) = solve(replace(instance, openings=[asked]))
    assert [given.contractor_id for given in planned.given] == [second.id]
    assert (planned.unfilled, planned.refused) == (1, {ASKED_BEFORE: 1})
    (none,) = solve(replace(instance, openings=[replace(asked, seats=0)]))
    assert (none.given, none.unfilled, none.turn) == ([], 0, 0)


@pytest.mark.parametrize(("hours", "given_to"), [(40, 10), (3, 0)])
def test_the_band_that_was_chosen_is_kept_over_the_whole_plan(hours: int, given_to: int) -> None:
    instance = alike(1)
    members = [replace(instance.members[0], band_max_minutes=60 * hours)]
    instance = shifts_of(replace(instance, members=members), [12 + 24 * day for day in range(12)])
    weeks = minutes_by_week(
        [each.span for each in instance.openings if each.shift_id in dict(seats_of(solve(instance)))],
        instance.members[0].person.zone,
    )
    assert all(minutes <= 60 * hours for minutes in weeks.values())
    assert (sum(weeks.values()) > 0) == bool(given_to)


def test_exposure_to_hazards_is_capped_over_the_whole_plan() -> None:
    instance = alike(1)
    works = {
        known: replace(work, hazard_class=HazardClass.H3, hazard_categories=("graphic_abuse",))
        for known, work in instance.works.items()
    }
    person = replace(instance.members[0].person, consents={"graphic_abuse": HazardClass.H3})
    members = [replace(instance.members[0], person=person)]
    instance = shifts_of(replace(instance, works=works, members=members), [100, 102, 104, 106], hours=1)
    planned = solve(instance)
    assert 0 < len(seats_of(planned)) < 4
    assert {rule for each in planned for rule in each.refused} == {"HAZARD"}
