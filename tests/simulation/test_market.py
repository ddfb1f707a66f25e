"""Markets that are lived through: nothing happens in them that the service would not allow."""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from statistics import mean, median
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.matching.instance import Past
from marketplace.shifts.eligibility import Busy, first_no
from marketplace.simulation.assumed import Assumed, BadAssumption, Network
from marketplace.simulation.bound import most_seats
from marketplace.simulation.draws import Draws
from marketplace.simulation.market import Market, live
from marketplace.simulation.policies import POLICIES, Race
from marketplace.simulation.state import Said, Shift, happens, says
from marketplace.simulation.world import BEGINS, HOUR, BadMarket, Needed, Somebody, World, standby_id, world
from marketplace.standards.hours import Span


def lived(seed: int, policy: str, people: int = 14, weeks: int = 1) -> Market:
    market = Market(world(seed, people, weeks, Assumed()), POLICIES[policy], lambda _: None)
    market.run()
    return market


@settings(max_examples=5, deadline=None)
@given(st.integers(1, 500), st.sampled_from(sorted(POLICIES)))
def test_nobody_works_against_a_rule_nor_fills_more_than_is_possible(seed: int, policy: str) -> None:
    market = lived(seed, policy)
    mine: dict[UUID, list[Shift]] = defaultdict(list)
    for shift in market.shifts.values():
        assert shift.begun
        assert not shift.offers
        assert len(shift.booked) + len(shift.open_since) == shift.needed.seats
        for known in shift.booked:
            mine[known].append(shift)
    for known, shifts in mine.items():
        person = market.world.people[known].member
        for shift in shifts:
            work = market.world.works[shift.needed.gig_id]
            others = [
                Busy(other.needed.span, market.world.works[other.needed.gig_id].hazard_class)
                for other in shifts
                if other is not shift and other.standby_for is None
            ]
            agreed = person.under_contract(work.company_id, shift.needed.span.ends_at)
            if shift.standby_for is None:
                assert first_no(work.seat(shift.needed.span), replace(agreed, busy=others)) is None
    assert market.lived.worked <= most_seats(market.world) <= market.lived.seats


def test_the_same_seed_comes_to_the_same() -> None:
    one, other = (live(world(7, 14, 1, Assumed()), POLICIES["measured"]) for _ in range(2))
    assert one == other
    assert one.seats > 0


def a_person(of: World, network: Network, *, worked_hours: int = 0) -> Somebody:
    """Somebody who is asked about the first kind of work, wants any hours, and always says yes."""
    who = next(iter(of.people.values()))
    known = UUID(int=who.id.int + worked_hours + list(Network).index(network), version=4)
    person = replace(who.member.person, contractor_id=known, calendar=type(who.member.person.calendar)())
    member = replace(who.member, person=person, band_min_minutes=0, band_max_minutes=2400)
    return replace(who, member=member, network=network, likes=1.0)


@pytest.mark.parametrize(("race", "winner"), [(Race.FIRST, Network.STEADY), (Race.POINTS, Network.POOR)])
def test_a_slow_network_loses_a_race_and_not_the_points(race: Race, winner: Network) -> None:
    """One seat, two people asked. She with the poor network has more points; he with the steady one answers first."""
    made = world(1, 14, 1, replace(Assumed(), says_yes=0.98, gives_back=0, falls_ill=0, stays_away=0))
    steady, poor = a_person(made, Network.STEADY), a_person(made, Network.POOR)
    gig = next(gig for gig, work in made.works.items() if work.work_kind == "images")
    # At noon where they live, so that the message rings at once.
    noon = BEGINS + timedelta(days=2, hours=12) - (steady.zone.utcoffset(BEGINS) or timedelta())
    shift = Needed(UUID(int=4), gig, Span(noon + 24 * HOUR, noon + 28 * HOUR), 1, noon, is_burst=True)
    mine = replace(made, people={who.id: who for who in (steady, poor)}, shifts=[shift])
    market = Market(mine, replace(POLICIES["double"], race=race), lambda _: None)
    # His hours of lately, by which her points are more.
    market.past[steady.id] = {UUID(int=9): Past(noon - timedelta(days=9), 1200, UUID(int=8))}
    market.run()
    (given_to,) = market.shifts[shift.shift_id].booked.values()
    assert given_to.network is winner
    assert market.lived.in_vain == 1


def test_everybody_answers_the_same_question_alike_whatever_the_policy() -> None:
    made = world(3, 14, 1, Assumed())
    who, shift = next(iter(made.people.values())), made.shifts[0]
    assert {says(made, who, shift) for _ in range(3)} == {says(world(3, 14, 1, Assumed()), who, shift)}
    assert happens(made, "stays_away", who.id, shift) is happens(made, "stays_away", who.id, shift)
    assert standby_id(standby_id(shift.shift_id)) == shift.shift_id != standby_id(shift.shift_id)


def test_chances_come_as_often_as_they_say() -> None:
    draws = Draws(1)
    shares = [draws.share("any", number) for number in range(4000)]
    assert abs(mean(shares) - 0.5) < 0.02
    assert abs(median(draws.minutes(25, 1.1, number) for number in range(4000)) - 25) <= 2
    assert abs(mean(draws.how_many(5, number) for number in range(4000)) - 5) < 0.15
    picked = [draws.among([("often", 3), ("rarely", 1)], number) for number in range(4000)]
    assert abs(picked.count("often") / 4000 - 0.75) < 0.03


def test_yeses_come_as_often_as_is_assumed() -> None:
    made = world(1, 40, 1, replace(Assumed(), says_yes=0.6, wish_adds=0))
    said = [says(made, who, shift) for who in made.people.values() for shift in made.shifts[:40]]
    assert abs(said.count(Said.YES) / len(said) - 0.6) < 0.05
    assert abs(said.count(Said.NOTHING) / (len(said) - said.count(Said.YES)) - 0.35) < 0.06


@pytest.mark.parametrize(
    ("people", "weeks", "field"), [(0, 1, "people"), (5001, 1, "people"), (10, 0, "weeks"), (10, 27, "weeks")]
)
def test_no_market_of_impossible_size(people: int, weeks: int, field: str) -> None:
    with pytest.raises(BadMarket) as refused:
        world(1, people, weeks, Assumed())
    assert refused.value.field == field


@pytest.mark.parametrize(("name", "value"), [("luck", 0.5), ("says_yes", 1.5), ("falls_ill", -0.1), ("bursts", 1e9)])
def test_no_assumption_that_is_none_or_impossible(name: str, value: float) -> None:
    with pytest.raises(BadAssumption):
        Assumed().but(name, value)
