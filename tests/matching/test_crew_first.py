"""A crew of the company is asked first about a shift, and nobody loses by it (rule CREW_FIRST)."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.accounts.rules import CLOCK
from marketplace.contracts import crews
from marketplace.contracts.crew_models import Crew
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.matching import making, planning, service
from marketplace.matching.rules import LONGEST_OFFER, Outcome, offer_until
from marketplace.shifts import offers
from marketplace.shifts.crew_first import TooLateForCrew, first_until
from marketplace.shifts.models import Offer
from marketplace.shifts.rules import BadShift
from marketplace.workforce.calendar import Quiet
from marketplace.workforce.models import Contractor
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene

DAY = timedelta(days=1)
FAR = MONDAY + 7 * DAY
"""Twelve days after the tests begin, so that a crew has its whole day."""


def crew_of(scene: Scene, *people: Contractor) -> Crew:
    crew = crews.make(scene.company_id, "Night desk", by=scene.company)
    crews.add(crew.id, [person.id for person in people], by=scene.company)
    return crew


def offers_of(shift_id: UUID) -> list[Offer]:
    return list(db.session.scalars(select(Offer).where(Offer.shift_id == shift_id).order_by(Offer.id)))


@given(minutes=st.integers(1, 60 * 24 * 40), quiet=st.tuples(st.integers(0, 1439), st.integers(0, 1439)))
def test_a_day_for_the_crew_and_no_shorter_time_for_the_others(minutes: int, quiet: tuple[int, int]) -> None:
    """Searched for 12 days ahead, the crew has 24 hours; 7 days and 2 hours ahead it has 2; 6 days ahead none. However
    late in that time the crew is asked, and however long its members sleep: whoever is asked when the last of their
    offers has ended still has a whole day, as if there were no crew."""
    ahead = {days: first_until(MONDAY - days, MONDAY) - (MONDAY - days) for days in (12 * DAY, 7 * DAY + DAY / 12)}
    assert list(ahead.values()) == [DAY, DAY / 12]
    assert first_until(MONDAY - 6 * DAY, MONDAY) <= MONDAY - 6 * DAY

    until = first_until(MONDAY - timedelta(minutes=minutes), MONDAY)
    sleeps = Quiet(*quiet) if quiet[0] != quiet[1] else None
    last = offer_until(until, MONDAY, sleeps, clock.zone("America/Chicago"))
    assert offer_until(last, MONDAY) - last == LONGEST_OFFER


def test_the_crew_is_asked_first_and_then_everybody(scene: Scene) -> None:
    ana, budi, chi = (make.contracted(scene) for _ in range(3))
    crew = crew_of(scene, ana)
    shift, begun = make.shift(scene, FAR, seats=2, crew_id=crew.id), clock.now()
    before = service.explain(shift.id, budi.id, seen_by=accounts.actor_of(budi.id))
    assert (before.outcome, before.verdict and before.verdict["rule"]) == (Outcome.CREW_FIRST, "CREW_FIRST")

    assert planning.plan_due() == 1
    (offer,) = offers_of(shift.id)
    assert (offer.contractor_id, offer.reason["crew"]["rule"]) == (ana.id, "CREW_FIRST")
    until = begun + DAY
    assert offer.reason["crew"]["until"][:16] == until.isoformat()[:16]
    offers.decline(offer.id, by=accounts.actor_of(ana.id))
    told = service.explain(shift.id, chi.id, seen_by=accounts.actor_of(chi.id))
    assert (told.outcome, told.verdict and told.verdict["rule"]) == (Outcome.CREW_FIRST, "CREW_FIRST")

    make.at(until - timedelta(minutes=20))
    assert planning.plan_due() == 1, "a new day has begun"
    assert len(offers_of(shift.id)) == 1, "the crew is still asked first"
    make.at(until)
    assert (planning.plan_due(), planning.plan_due()) == (1, 0), "everybody is looked at as soon as the crew's day ends"
    late = [each for each in offers_of(shift.id) if each.id != offer.id]
    assert {each.contractor_id for each in late} == {budi.id, chi.id}
    assert all(each.expires_at - each.made_at >= LONGEST_OFFER for each in late)
    assert all("crew" in each.reason for each in late)
    assert service.explain(shift.id, ana.id, seen_by=accounts.actor_of(ana.id)).outcome is Outcome.ASKED_BEFORE


def test_who_is_in_no_crew_has_the_points_that_they_would_have_had(scene: Scene) -> None:
    """A member who declined and left, and one who never was in the crew, have the same points for the next shift."""
    ana, budi = make.contracted(scene), make.contracted(scene)
    crew = crew_of(scene, ana)
    first = make.shift(scene, FAR, crew_id=crew.id)
    (offer,) = service.match(first.id, by=CLOCK)
    offers.decline(offer.id, by=accounts.actor_of(ana.id))
    crews.leave(crew.id, by=accounts.actor_of(ana.id))
    made = service.match(make.shift(scene, FAR + DAY, seats=2).id, by=CLOCK)
    assert {each.contractor_id for each in made} == {ana.id, budi.id}
    assert made[0].reason["parts"] == made[1].reason["parts"]


def test_a_crew_that_nobody_is_in_keeps_nobody_waiting(scene: Scene) -> None:
    ana, budi = make.contracted(scene), make.contracted(scene)
    crew = crew_of(scene, ana)
    shift = make.shift(scene, FAR, seats=2, crew_id=crew.id)
    crews.close(crew.id, by=scene.company)
    made = service.match(shift.id, by=CLOCK)
    assert {each.contractor_id for each in made} == {ana.id, budi.id}
    assert "crew" not in made[0].reason


def test_no_seat_is_exchanged_for_somebody_who_has_to_wait(scene: Scene) -> None:
    """Budi alone could move into the crew's shift, by leaving the other one to Chi: the crew's shift stays open."""
    ana, _, _ = (make.contracted(scene) for _ in range(3))
    crew = crew_of(scene, ana)
    make.booked(scene, ana, make.shift(scene, FAR))
    mine = make.shift(scene, FAR, crew_id=crew.id)
    other = make.shift(scene, FAR)
    plan = planning.plan(clock.now(), FAR + DAY, by=CLOCK)
    assert [len(offers_of(each.id)) for each in (mine, other)] == [0, 1]
    again = {each.shift_id: each for each in making.replay(plan.id)}
    assert (again[mine.id].refused["CREW_FIRST"], again[other.id].filled) == (2, 1), "the stored input knows the crew"


def test_only_an_open_crew_of_the_company_and_in_time(scene: Scene) -> None:
    ana = make.contracted(scene)
    crew = crew_of(scene, ana)
    with pytest.raises(TooLateForCrew):
        make.shift(scene, MONDAY, crew_id=crew.id)
    other = make.scene()
    for named in (uuid4(), crew_of(other, make.contracted(other)).id):
        with pytest.raises(BadShift):
            make.shift(scene, FAR, crew_id=named)
    crews.close(crew.id, by=scene.company)
    with pytest.raises(BadShift):
        make.shift(scene, FAR, crew_id=crew.id)
