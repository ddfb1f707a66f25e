"""Near the start of a shift as many people are asked as are expected to fill it, by what others answered (WAVES)."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.matching import deciding, facts, replacing, service
from marketplace.matching.waves import Answers, half_of, reaches, size, sizes
from marketplace.shifts import offers
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.rules import OPEN_OFFER
from marketplace.workforce.models import Contractor
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene


@pytest.mark.parametrize(
    ("seats", "yeses", "answered", "asked"),
    [(1, 0, 0, 1), (4, 0, 0, 5), (10, 0, 0, 12), (4, 30, 60, 6), (4, 0, 100, 8), (4, 100, 100, 4)],
)
def test_so_many_are_asked_as_fill_the_seats(seats: int, yeses: int, answered: int, asked: int) -> None:
    """Without answers 16 yeses to 20 offers are expected, so 5 people for 4 seats. After 30 yeses to 60 it is 46 of 80:
    4 x 80 / 46 = 6.9, so 6 people. Never more than two for a seat, nor fewer than the seats."""
    assert size(seats, Answers(yeses, answered)) == asked


def test_near_the_start_five_are_asked_for_four_seats_and_nothing_is_oversold(scene: Scene) -> None:
    for _ in range(6):
        make.contracted(scene)
    far = make.shift(scene, MONDAY + timedelta(days=2), seats=4)
    assert [offer.collects for offer in service.match(far.id, by=scene.company)] == [False] * 4
    make.at(MONDAY - timedelta(hours=72))
    shift = make.shift(scene, MONDAY, seats=4)
    made = service.match(shift.id, by=scene.company)
    assert ([offer.collects for offer in made], made[0].reason["wave"]["asked"]) == ([True] * 5, 5)
    for offer in made:
        offers.say_yes(offer.id, by=accounts.actor_of(offer.contractor_id))
    deciding.decide_due()
    assert (shift.seats_taken, shift.seats_open) == (4, 0)


def test_planning_again_keeps_open_offers_and_bookings(scene: Scene) -> None:
    """Of five who are asked for four seats two decline, and one has no answer yet: so many more are asked as seats are
    then nobody's, offers that stand stay as they are, and what was promised is never asked about again."""
    for _ in range(8):
        make.contracted(scene)
    make.at(MONDAY - timedelta(hours=48))
    shift = make.shift(scene, MONDAY, seats=4)
    first = service.match(shift.id, by=scene.company)
    stood = {offer.id: (offer.contractor_id, offer.expires_at) for offer in first[2:]}
    for offer in first[:2]:
        offers.decline(offer.id, by=accounts.actor_of(offer.contractor_id))
    for offer in first[2:4]:
        offers.say_yes(offer.id, by=accounts.actor_of(offer.contractor_id))
    more = service.match(shift.id, by=scene.company)
    assert (len(first), len(more)) == (5, 1)
    db.session.expire_all()
    left = {offer.id: offer for offer in db.session.scalars(select(Offer).where(Offer.status.in_(OPEN_OFFER)))}
    assert {known: (left[known].contractor_id, left[known].expires_at) for known in stood} == stood
    for offer in (first[4], *more):
        offers.say_yes(offer.id, by=accounts.actor_of(offer.contractor_id))
    make.at(max(offer.expires_at for offer in left.values()))
    while deciding.decide_due():
        pass
    assert shift.seats_taken == 4
    assert replacing.search_again(shift.id) == []


@given(seats=st.integers(1, 500), yeses=st.integers(0, 5000), silent=st.integers(0, 5000))
def test_a_wave_is_as_long_as_the_seats_and_at_most_twice(seats: int, yeses: int, silent: int) -> None:
    """Whatever was answered: so the yeses that are collected can be no more than twice the seats, and a window decides
    which of them have one (RACE)."""
    assert seats <= size(seats, Answers(yeses, yeses + silent)) <= 2 * seats


@given(seats=st.integers(1, 500), offers=st.integers(0, 5000), yeses=st.integers(0, 5000), more=st.integers(0, 100))
def test_who_says_yes_more_often_is_asked_in_a_shorter_wave(seats: int, offers: int, yeses: int, more: int) -> None:
    yeses = min(yeses, offers)
    assert size(seats, Answers(min(offers, yeses + more), offers)) <= size(seats, Answers(yeses, offers))


def declines(scene: Scene, person: Contractor, count: int) -> None:
    for day in range(count):
        shift: Shift = make.shift(scene, MONDAY + timedelta(days=day), hours=1)
        offers.decline(make.offered(scene, shift, person).id, by=accounts.actor_of(person.id))


def test_what_somebody_declined_changes_nothing_for_them(scene: Scene) -> None:
    """Three declines of one person are counted, and by them are sized the waves of the other half alone."""
    ana, kind = make.contracted(scene), str(scene.gig.work_kind)
    before = facts.answers_of([kind], clock.now())
    declines(scene, ana, 3)
    after = facts.answers_of([kind], clock.now())
    mine, theirs = half_of(ana.id), 1 - half_of(ana.id)
    assert (before, after) == ({}, {kind: {mine: Answers(0, 3)}})
    with_mine, without = sizes(20, after[kind]), sizes(20, {})
    assert with_mine[mine] == without[mine] == 25
    assert with_mine[theirs] == 28


@given(
    who=st.uuids(),
    place=st.integers(0, 60),
    seats=st.integers(1, 30),
    mine=st.tuples(st.integers(0, 500), st.integers(0, 500)),
    others=st.tuples(st.integers(0, 500), st.integers(0, 500)),
)
def test_no_answer_of_anybody_decides_whether_they_are_asked(
    who: UUID, place: int, seats: int, mine: tuple[int, int], others: tuple[int, int]
) -> None:
    """Whatever the half of the people that somebody belongs to has answered: at their place they are asked, or not."""
    known = {1 - half_of(who): Answers(*others)}
    assert reaches(sizes(seats, known | {half_of(who): Answers(*mine)}), who, place) == reaches(
        sizes(seats, known), who, place
    )
