"""Everybody who may take a shift is told that it is to be had, answers with one tap, and is told when it is gone."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.rules import CLOCK
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.notices import one_tap, post, preferences, service
from marketplace.notices.models import Delivery, Notice
from marketplace.notices.one_tap import PURPOSES, LinkOver
from marketplace.notices.ways import OVER, Kind
from marketplace.shifts import covering, handovers, offers
from marketplace.shifts.handover_models import CoverCall, Handover
from marketplace.shifts.handover_rules import HandoverKind, HandoverStatus
from marketplace.shifts.models import Booking
from marketplace.workforce.models import Contractor
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene

COVER = PURPOSES[2]


def asked(scene: Scene, kind: HandoverKind = HandoverKind.COVER) -> Handover:
    booking = make.booked(scene)
    return handovers.ask(booking.id, kind, by=accounts.actor_of(booking.contractor_id))


def told(name: str) -> None:
    found = select(Event.id).where(Event.name == name).order_by(Event.id)
    service.deliver(db.session.scalars(found).all(), by=CLOCK)


def call_of(person: Contractor) -> CoverCall:
    return db.session.scalars(select(CoverCall).where(CoverCall.contractor_id == person.id)).one()


def token_of(person: Contractor) -> str:
    call_id = call_of(person).id
    return one_tap.links(COVER, [call_id])[call_id].rpartition("/")[2]


def letter_to(person: Contractor) -> Delivery | None:
    return db.session.scalars(select(Delivery).where(Delivery.person_id == person.id)).one_or_none()


def test_everybody_who_may_is_told_once_by_their_ways_and_nobody_else(scene: Scene) -> None:
    """Ana may. Bea works elsewhere then, Cita wants no messages of offers, and a stranger has no contract."""
    ana, bea, cita = (make.contracted(scene) for _ in range(3))
    stranger = make.contracted(make.scene())
    make.booked(scene, bea)
    preferences.choose({Kind.OFFERS: frozenset()}, rings_when_urgent=False, by=accounts.actor_of(cita.id))
    found = asked(scene)
    assert {each.contractor_id for each in covering.call(found.id)} == {ana.id, cita.id}
    assert covering.call(found.id) == []
    told("cover.wanted")
    told("cover.wanted")
    post.send_due()
    letter = letter_to(ana)
    assert letter is not None
    assert letter.body is not None
    assert re.search(r"/a/k[\w-]+", letter.body)
    assert [letter_to(each) for each in (bea, cita, stranger)] == [None] * 3
    inbox = db.session.scalars(select(Notice.person_id).join(Event, Event.id == Notice.event_id))
    assert {ana.id, cita.id} <= set(inbox)
    assert covering.call(asked(scene, HandoverKind.SWAP).id) == []


def test_who_taps_first_has_it_and_the_others_are_told_plainly(client: FlaskClient, scene: Scene) -> None:
    ana, bea = make.contracted(scene), make.contracted(scene)
    found = asked(scene)
    covering.call(found.id)
    first, second = token_of(ana), token_of(bea)
    page = client.get(f"/a/{first}").text
    assert "Somebody asks for cover. Whoever takes the shift first has it." in page
    done = client.post(f"/a/{first}/yes").text
    assert "Accepted. The money for this shift is set aside for you." in done
    taken = db.session.get_one(Booking, found.new_booking_id)
    assert (found.status, taken.contractor_id) == (HandoverStatus.TAKEN, ana.id)
    assert "Somebody else was faster: the shift is taken." in client.get(f"/a/{second}").text
    assert "Orang lain lebih cepat" in client.get(f"/a/{second}?in=id").text
    assert "The shift is yours." in client.get(f"/a/{first}").text
    with pytest.raises(LinkOver):
        one_tap.answer(second, "yes")
    assert (covering.tell_gone(found.id), covering.tell_gone(found.id)) == (1, 0)
    gone = db.session.scalars(select(Event).where(Event.name == "cover.gone")).one()
    assert gone.ref("contractor") == bea.id
    told("cover.wanted")
    post.send_due()
    late = letter_to(bea)
    assert late is not None
    assert (late.error, late.body) == (OVER, None), "what is over is not sent any more"


def test_a_link_takes_only_what_it_told(client: FlaskClient, scene: Scene) -> None:
    """Her week is another by now: the shift would break a rule, and then its seat is given up."""
    ana = make.contracted(scene)
    found = asked(scene)
    covering.call(found.id)
    token = token_of(ana)
    own = make.booked(scene, ana, starts_at=MONDAY + timedelta(hours=1))
    assert "not as you were told any more" in client.get(f"/a/{token}").text
    with pytest.raises(LinkOver):
        one_tap.answer(token, "yes")
    offers.release(own.id, by=accounts.actor_of(ana.id))
    handovers.end(found.id, by=accounts.actor_of(found.contractor_id))
    assert "The shift is not to be handed over any more." in client.get(f"/a/{token}").text
    assert covering.tell_gone(found.id) == 1
