"""Open shifts that people look for and ask for themselves."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import NotFound
from marketplace.gigs.rules import WorkKind
from marketplace.matching import claiming, deciding, facts
from marketplace.matching.claiming import Wanted
from marketplace.shifts import offers
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import DoubleBooked, NotEligible, OfferStatus, SeatsGone
from marketplace.workforce.models import Contractor
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene
from tests.web.visitor import Visitor

LIST = "GET /api/v1/open-shifts"
SAVE = "PUT /api/v1/shifts/<uuid:shift_id>/saved"
LET_GO = "DELETE /api/v1/shifts/<uuid:shift_id>/saved"
CLAIM = "POST /api/v1/shifts/<uuid:shift_id>/claim"
DAY = timedelta(days=1)


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make.scene()


def me(person: Contractor) -> Any:
    return accounts.actor_of(person.id)


def seen(person: Contractor, **wanted: Any) -> list[Shift]:
    found = claiming.open_shifts(Wanted(**wanted), seen_by=me(person))
    return list(db.session.scalars(found.order_by(Shift.starts_at)))


def test_open_shifts_are_those_of_ones_companies_with_a_seat_left(scene: Scene) -> None:
    ana, bea, stranger = make.contracted(scene), make.contracted(scene), make.contracted(make.scene())
    first, second, full = (make.shift(scene, MONDAY + number * DAY) for number in range(3))
    make.booked(scene, bea, full)
    make.offered(scene, second, ana)
    assert seen(ana) == [first]
    assert seen(bea) == [first, second]
    assert seen(stranger) == []
    assert seen(bea, begins_after=MONDAY + DAY) == [second]
    assert seen(bea, begins_before=MONDAY + DAY) == [first]
    assert seen(bea, company_id=uuid4()) == []
    other = next(kind for kind in WorkKind if kind is not scene.gig.work_kind)
    assert (seen(bea, work_kind=scene.gig.work_kind), seen(bea, work_kind=other)) == ([first, second], [])


def test_nobody_is_shown_what_they_could_not_take_for_being_booked_elsewhere(scene: Scene) -> None:
    """08:00 to 12:00 is theirs: what runs into it by a minute is left out, what begins as it ends is not."""
    ana, bea = make.contracted(scene), make.contracted(scene)
    mine = make.shift(scene, MONDAY, hours=4)
    make.booked(scene, ana, mine)
    into, at_its_end = (make.shift(scene, MONDAY + timedelta(minutes=minutes)) for minutes in (239, 240))
    assert seen(ana) == [at_its_end]
    assert seen(bea) == [into, at_its_end]


def test_who_asks_first_is_no_reason(scene: Scene) -> None:
    """Two ask for the one seat, the second ten minutes later. The window of RACE stays open for its 15 minutes though
    both have said yes, then the points decide: who wants no more hours has less of them."""
    ana, bea = make.contracted(scene), make.contracted(scene)
    shift = make.shift(scene)
    asked = claiming.claim(shift.id, by=me(ana))
    assert (asked.collects, asked.claimed, asked.reason) == (True, True, {"by": "claimed"})
    assert asked.expires_at == clock.now() + timedelta(minutes=15)
    assert asked.terms["pay"] == {"amount": "60.00", "currency": "USD"}
    assert claiming.claim(shift.id, by=me(ana)) is asked
    # Nor can the company pick among those who ask, by taking the others' back.
    with pytest.raises(WrongState):
        offers.withdraw(asked.id, by=scene.company)
    offers.say_yes(asked.id, by=me(ana))
    assert deciding.decide_due() == 0
    clock.move_to(clock.now() + timedelta(minutes=10))
    later = claiming.claim(shift.id, by=me(bea))
    offers.say_yes(later.id, by=me(bea))
    assert deciding.decide_due() == 0
    clock.move_to(max(asked.expires_at, later.expires_at))
    while deciding.decide_due():
        pass
    assert {asked.status, later.status} == {OfferStatus.ACCEPTED, OfferStatus.NOT_CHOSEN}
    assert db.session.scalars(select(Booking.shift_id)).all() == [shift.id]


def test_a_claim_waits_for_whoever_has_the_seat_offered_alone(scene: Scene) -> None:
    ana, bea = make.contracted(scene), make.contracted(scene)
    shift = make.shift(scene)
    alone = make.offered(scene, shift, bea)
    asked = claiming.claim(shift.id, by=me(ana))
    # The seat is hers until the shift begins; a window is open for a day at most.
    assert asked.expires_at == clock.now() + DAY
    offers.say_yes(asked.id, by=me(ana))
    offers.accept(alone.id, by=me(bea))
    deciding.decide_due()
    assert asked.status in (OfferStatus.WITHDRAWN, OfferStatus.NOT_CHOSEN)
    assert asked.id not in db.session.scalars(select(Booking.offer_id)).all()


def test_what_the_rules_refuse_is_refused_with_the_rule(scene: Scene) -> None:
    ana = make.contracted(scene)
    make.booked(scene, ana, starts_at=MONDAY + timedelta(hours=1))
    with pytest.raises(DoubleBooked):
        claiming.claim(make.shift(scene).id, by=me(ana))
    with pytest.raises(NotEligible) as refused:
        claiming.claim(make.shift(scene, MONDAY + timedelta(hours=14)).id, by=me(ana))
    assert refused.value.members["verdict"]["rule"] == "REST"
    other = make.scene()
    with pytest.raises(NotFound):
        claiming.claim(make.shift(other).id, by=me(ana))
    full = make.shift(scene, MONDAY + DAY)
    make.booked(scene, make.contracted(scene), full)
    with pytest.raises(SeatsGone):
        claiming.claim(full.id, by=me(ana))


def test_claims_are_no_measure_of_what_all_people_answer(scene: Scene) -> None:
    ana = make.contracted(scene)
    asked = claiming.claim(make.shift(scene).id, by=me(ana))
    offers.say_yes(asked.id, by=me(ana))
    clock.move_to(asked.expires_at)
    deciding.decide_due()
    assert asked.status is OfferStatus.ACCEPTED
    assert facts.answers_of([scene.gig.work_kind], clock.now()) == {}


@pytest.mark.door(LIST, "works")
@pytest.mark.door(LIST, "not_signed_in")
@pytest.mark.door(LIST, "wrong_shape")
@pytest.mark.door(CLAIM, "works")
@pytest.mark.door(CLAIM, "not_signed_in")
@pytest.mark.door(CLAIM, "not_mine")
@pytest.mark.door(CLAIM, "wrong_state")
def test_the_doors_of_open_shifts(client: FlaskClient, scene: Scene) -> None:
    ana, shift = make.contracted(scene), make.shift(scene)
    path = f"/api/v1/shifts/{shift.id}/claim"
    assert client.get("/api/v1/open-shifts").status_code == 401
    assert client.post(path).status_code == 401
    mine = accounts.bearer(ana.id)
    assert client.get("/api/v1/open-shifts?work_kind=nothing", headers=mine).status_code == 422
    assert [each["id"] for each in client.get("/api/v1/open-shifts", headers=mine).json["items"]] == [str(shift.id)]
    stranger = accounts.bearer(make.contracted(make.scene()).id)
    assert client.post(path, headers=stranger).status_code == 404
    answer = client.post(path, headers=mine)
    assert (answer.status_code, answer.json["claimed"], answer.json["status"]) == (201, True, "pending")
    make.booked(scene, make.contracted(scene), full := make.shift(scene, MONDAY + DAY))
    answer = client.post(f"/api/v1/shifts/{full.id}/claim", headers=mine)
    assert (answer.status_code, answer.json["code"]) == (409, "seats_gone")


def test_what_is_saved_is_kept_in_view_for_oneself_until_it_begins(scene: Scene) -> None:
    ana, bea = make.contracted(scene), make.contracted(scene)
    shift, other = make.shift(scene), make.shift(scene, MONDAY + DAY)
    for _ in range(2):
        claiming.save(shift.id, by=me(ana))
    assert (seen(ana, saved=True), seen(ana, saved=False), seen(bea, saved=True)) == ([shift], [other], [])
    assert claiming.let_go_of_begun() == 0
    make.at(MONDAY)
    assert (claiming.let_go_of_begun(), claiming.saved(seen_by=me(ana))) == (1, set())


@pytest.mark.door(SAVE, "works")
@pytest.mark.door(SAVE, "not_signed_in")
@pytest.mark.door(SAVE, "not_mine")
@pytest.mark.door(SAVE, "wrong_state")
@pytest.mark.door(LET_GO, "works")
@pytest.mark.door(LET_GO, "not_signed_in")
@pytest.mark.door(LET_GO, "not_mine")
def test_the_doors_of_saving(client: FlaskClient, scene: Scene) -> None:
    ana, shift = make.contracted(scene), make.shift(scene)
    path, mine = f"/api/v1/shifts/{shift.id}/saved", accounts.bearer(ana.id)
    stranger = accounts.bearer(make.contracted(make.scene()).id)
    for act in (client.put, client.delete):
        assert act(path).status_code == 401
        assert act(path, headers=stranger).status_code == 404
    assert client.put(path, headers=mine).status_code == 204
    assert claiming.saved(seen_by=me(ana)) == {shift.id}
    assert client.delete(path, headers=mine).status_code == 204
    assert claiming.saved(seen_by=me(ana)) == set()
    make.at(MONDAY)
    answer = client.put(path, headers=accounts.bearer(ana.id))
    assert (answer.status_code, answer.json["code"]) == (409, "shift_begun")


def test_the_page_saves_and_lets_go(client: FlaskClient, scene: Scene) -> None:
    ana, shift = make.contracted(scene), make.shift(scene)
    visitor = Visitor(client).signed_in(db.session.get_one(Person, ana.id))
    page = visitor.send("/work/open-shifts", f"{shift.id}/save")
    assert "Saved: let it go" in page.words
    assert visitor.look("/work/open-shifts?saved=true").offers(f"{shift.id}/let-go")
    assert visitor.hand_in(page, f"{shift.id}/let-go").offers(f"{shift.id}/save")
    make.at(MONDAY)
    assert visitor.hand_in(page, f"{shift.id}/let-go").status == 200
