"""Team leads: what they do before and after a shift is work, with a price, an offer, a hold and a line (rule LEAD)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.core.db import db
from marketplace.core.idempotency import HEADER
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.ledger import queries as books
from marketplace.matching import claiming, open_seats, replacing, service
from marketplace.shifts import handovers, leading, offers, scheduling
from marketplace.shifts.handover_rules import HandoverKind
from marketplace.shifts.models import Offer
from marketplace.shifts.rules import (
    BadLead,
    BadOffer,
    BookingStatus,
    LeadNamed,
    LeadPart,
    OfferStatus,
    PriceChanged,
    ShiftBegun,
    ShiftStatus,
)
from marketplace.shifts.timesheet_models import TimesheetLine
from marketplace.standards.catalogue import RULES
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene
from tests.web.visitor import Visitor

NAME = "POST /api/v1/shifts/<uuid:shift_id>/lead"
PRICE = "POST /api/v1/shifts/<uuid:shift_id>/lead/price"
SHOW = "GET /api/v1/shifts/<uuid:shift_id>/lead"
MINUTE = timedelta(minutes=1)


def asked(contractor_id: object) -> list[Offer]:
    found = select(Offer).where(Offer.contractor_id == contractor_id, Offer.status == OfferStatus.PENDING)
    return list(db.session.scalars(found.order_by(Offer.terms["starts_at"].astext)))


def test_a_lead_is_paid_for_the_minutes_before_and_after(scene: Scene) -> None:
    """Fifteen minutes before four hours at 15.00 USD, and thirty after: 3.75 and 7.50 USD, each on a line of its own.
    Planned in the week of a schedule they are added late, and pay as much again beside (NOTICE)."""
    ana = make.contracted(scene)
    shift = make.shift(scene)
    price = leading.price(shift.id, 15, 30, by=scene.company)
    assert [(part, ends - begins) for part, begins, ends in price.parts] == [
        (LeadPart.BRIEFING, 15 * MINUTE),
        (LeadPart.CHECKING, 30 * MINUTE),
    ]
    with pytest.raises(PriceChanged):
        leading.name(shift.id, ana.id, 15, 30, agreed=price.total - Money.of("0.01", "USD"), by=scene.company)
    leading.name(shift.id, ana.id, 15, 30, agreed=price.total, by=scene.company)
    mine = asked(ana.id)
    assert [each.terms["pay"]["amount"] for each in mine] == ["3.75", "7.50"]
    assert mine[0].terms["why"]["lead"] == {"shift_id": str(shift.id), "part": "briefing"}
    briefing, checking = (make.accepted(each) for each in mine)
    middle = make.booked(scene, ana, shift)
    assert briefing.ends_at == middle.starts_at == MONDAY
    assert checking.starts_at == middle.ends_at
    for booking in (briefing, middle, checking):
        make.work(booking)
    lines = db.session.scalars(select(TimesheetLine).order_by(TimesheetLine.work_minutes)).all()
    assert [each.work_minutes for each in lines] == [15, 30, 240]
    assert RULES["LEAD"].parameters == {"most_minutes": 60}


def test_nobody_else_is_asked_for_a_lead_s_minutes(scene: Scene) -> None:
    ana, ben = make.contracted(scene), make.contracted(scene)
    shift = make.shift(scene)
    (part,) = leading.name(shift.id, ana.id, 0, 20, by=scene.company)
    offers.decline(asked(ana.id)[0].id, by=accounts.actor_of(ana.id))
    plain = claiming.Wanted()
    seen = db.session.scalars(claiming.open_shifts(plain, seen_by=accounts.actor_of(ben.id))).all()
    assert [each.id for each in seen] == [shift.id]
    open_ones = [each.Shift.id for each in db.session.execute(open_seats.with_open_seats())]
    assert (shift.id in open_ones, part.id in open_ones) == (True, False)


def test_a_lead_s_minutes_that_are_given_back_go_to_nobody_else(scene: Scene) -> None:
    """Neither by the search for somebody else, nor by the company's own, by its offer, or from hand to hand."""
    ana, ben = make.contracted(scene), make.contracted(scene)
    (part,) = leading.name(make.shift(scene).id, ana.id, 20, 0, by=scene.company)
    me = accounts.actor_of(ana.id)
    booking = make.accepted(asked(ana.id)[0])
    with pytest.raises(BadLead):
        handovers.ask(booking.id, HandoverKind.COVER, by=me)
    offers.release(booking.id, by=me)
    assert replacing.search_again(part.id) == []
    with pytest.raises(BadLead):
        service.match(part.id, by=scene.company)
    with pytest.raises(BadOffer):
        offers.offer(part.id, [(ben.id, {})], part.starts_at, by=scene.company)
    assert make.offered(scene, part, ana).contractor_id == ana.id


def test_a_shift_that_is_cancelled_takes_its_lead_s_minutes_along(scene: Scene) -> None:
    """The minutes are priced with the shift, at 26 hours before by half of them; the one offer is taken back."""
    ana = make.contracted(scene)
    shift = make.shift(scene)
    briefing, checking = leading.name(shift.id, ana.id, 20, 30, by=scene.company)
    booking = make.accepted(asked(ana.id)[0])
    make.at(briefing.starts_at - 26 * 60 * MINUTE)
    price = scheduling.cancellation_price(shift.id, by=scene.company)
    assert [(each.booking_id, each.compensation.minutes) for each in price.owed] == [(booking.id, 10)]
    scheduling.cancel_shift(shift.id, price.total, "The client went away.", by=scene.company)
    assert [each.status for each in (shift, briefing, checking)] == [ShiftStatus.CANCELLED] * 3
    assert (booking.status, booking.compensation_minutes, asked(ana.id)) == (BookingStatus.CANCELLED, 10, [])
    assert books.wrong_balances() == []


def test_a_lead_is_named_once_for_a_shift_to_come(scene: Scene) -> None:
    ana = make.contracted(scene)
    shift = make.shift(scene)
    for before, after in ((0, 0), (61, 0), (0, -1)):
        with pytest.raises(BadLead):
            leading.price(shift.id, before, after, by=scene.company)
    (part,) = leading.name(shift.id, ana.id, 20, 0, by=scene.company)
    with pytest.raises(LeadNamed):
        leading.name(shift.id, ana.id, 0, 20, by=scene.company)
    with pytest.raises(BadLead):
        leading.name(part.id, ana.id, 0, 20, by=scene.company)
    cost = scheduling.cancellation_price(part.id, by=scene.company).total
    scheduling.cancel_shift(part.id, cost, "Somebody else leads.", by=scene.company)
    leading.name(shift.id, ana.id, 0, 20, by=scene.company)
    with pytest.raises(NotFound):
        leading.price(shift.id, 0, 20, by=make.scene().company)
    make.at(MONDAY)
    with pytest.raises(ShiftBegun):
        leading.price(shift.id, 0, 20, by=scene.company)


@pytest.mark.door(NAME, "works")
@pytest.mark.door(PRICE, "works")
@pytest.mark.door(SHOW, "works")
@pytest.mark.door(NAME, "wrong_state")
@pytest.mark.door(PRICE, "wrong_state")
@pytest.mark.door(NAME, "wrong_shape")
@pytest.mark.door(PRICE, "wrong_shape")
def test_the_doors_of_a_lead(client: FlaskClient, scene: Scene) -> None:
    ana, shift = make.contracted(scene), make.shift(scene)
    ours, address = accounts.bearer(scene.company), f"/api/v1/shifts/{shift.id}/lead"
    plan = {"minutes_before": 15, "minutes_after": 30}
    price = client.post(f"{address}/price", json=plan, headers=ours).get_json()
    named = plan | {"contractor_id": str(ana.id), "agreed": price["total"]}
    for wrong in (named | {"minutes_before": 61}, named | {"contractor_id": "x"}, {}):
        keyed = ours | {HEADER: str(uuid4())}
        assert client.post(address, json=wrong, headers=keyed).status_code == 422
    assert client.post(f"{address}/price", json={"minutes_after": 90}, headers=ours).status_code == 422
    made = client.post(address, json=named, headers=ours | {HEADER: str(uuid4())})
    assert (made.status_code, [each["part"] for each in made.get_json()["items"]]) == (201, ["briefing", "checking"])
    assert client.get(address, headers=ours).get_json() == made.get_json()
    assert client.post(address, json=named, headers=ours | {HEADER: str(uuid4())}).status_code == 409
    make.at(MONDAY)
    late = accounts.bearer(scene.company)
    assert client.post(f"{address}/price", json=plan, headers=late).status_code == 409


@pytest.mark.door(NAME, "not_signed_in")
@pytest.mark.door(PRICE, "not_signed_in")
@pytest.mark.door(SHOW, "not_signed_in")
@pytest.mark.door(NAME, "not_mine")
@pytest.mark.door(PRICE, "not_mine")
@pytest.mark.door(SHOW, "not_mine")
def test_the_doors_of_a_lead_are_the_company_s(client: FlaskClient, scene: Scene) -> None:
    ana, shift = make.contracted(scene), make.shift(scene)
    address = f"/api/v1/shifts/{shift.id}/lead"
    named = {"contractor_id": str(ana.id), "minutes_before": 15}
    for who, status in (({}, 401), (accounts.bearer(make.scene().company), 404)):
        keyed = dict(who) | {HEADER: str(uuid4())}
        assert client.post(address, json=named, headers=keyed).status_code == status
        assert client.post(f"{address}/price", json={"minutes_before": 15}, headers=who).status_code == status
        assert client.get(address, headers=who).status_code == status


def test_a_company_sees_the_price_and_names_a_lead(client: FlaskClient, scene: Scene) -> None:
    visitor = Visitor(client)
    ana, shift = make.contracted(scene), make.shift(scene)
    visitor.signed_in(db.session.get_one(Person, scene.company.person_id))
    path = f"/company/{scene.company_id}/shifts/{shift.id}/lead"
    looked = visitor.send(path, contractor_id=ana.id, minutes_before=15, minutes_after=0, look="1")
    assert "It costs at most" in looked.words
    named = visitor.hand_in(looked, contractor_id=ana.id)
    assert named.status == 200, named.words
    assert "Who leads the shift" in named.words
    (offer,) = asked(ana.id)
    visitor.hand_in(named, "/sign-out")
    mine = visitor.signed_in(db.session.get_one(Person, ana.id)).look(f"/work/offers/{offer.id}")
    assert "You lead the shift beside it" in mine.words
