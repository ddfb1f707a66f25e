"""Links in messages: one answer, for whoever holds it, without signing in, on any phone."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.rules import CLOCK, Actor
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.core.problems import Conflict, Forbidden, NotFound
from marketplace.gigs import service as gigs
from marketplace.notices import one_tap, phones, post, service
from marketplace.notices.models import Delivery
from marketplace.notices.one_tap import ASKED_BY, PURPOSES, LinkOver
from marketplace.notices.tellings import TELLINGS
from marketplace.notices.ways import Way
from marketplace.shifts import offers
from marketplace.shifts.models import Booking, Offer
from marketplace.shifts.rules import BookingStatus, OfferStatus
from tests.factories import accounts as make
from tests.factories import shifts as scenes
from tests.factories.shifts import Scene

LIGHT = 10_000
"""Bytes of a page that a poor network brings."""


@pytest.fixture
def offer(scene: Scene) -> Offer:
    """One that waits for its person's answer."""
    return offered(scene)


def offered(scene: Scene) -> Offer:
    return scenes.offered(scene, scenes.shift(scene), scenes.contracted(scene))


def token_of(offer: Offer) -> str:
    return one_tap.links(PURPOSES[0], [offer.id])[offer.id].rpartition("/")[2]


def bookings(offer: Offer) -> list[Booking]:
    return list(db.session.scalars(select(Booking).where(Booking.offer_id == offer.id)))


def test_one_answer_once(offer: Offer) -> None:
    token = token_of(offer)
    assert one_tap.answer(token, "yes").thing.status == "accepted"
    assert len(bookings(offer)) == 1
    for said in ("yes", "no"):
        with pytest.raises(LinkOver):
            one_tap.answer(token, said)
    done = db.session.scalars(select(Event).where(Event.name == "offer.accepted").order_by(Event.id.desc())).first()
    assert done is not None
    assert (done.doer_id, done.doer_kind) == (offer.contractor_id, "link")


def test_looking_changes_nothing(client: FlaskClient, offer: Offer) -> None:
    """Programs that check links look at them; some ask for the head alone."""
    address = f"/a/{token_of(offer)}"
    for _ in range(3):
        assert client.get(address).status_code == client.head(address).status_code == 200
    assert offer.status is OfferStatus.PENDING


def test_the_page_is_light_whole_and_needs_nothing(client: FlaskClient, offer: Offer) -> None:
    answer = client.get(f"/a/{token_of(offer)}?in=id")
    text = answer.text
    assert len(answer.data) < LIGHT
    assert "<script" not in text
    assert "bootstrap" not in text
    assert "Set-Cookie" not in answer.headers
    for must in ("Bayaran Anda", "Seberapa berat", "Jika perusahaan membatalkan", "Ya, saya ambil", 'lang="id"'):
        assert must in text, must
    assert re.findall(r'<form method="(\w+)"', text) == ["post", "post"]


def test_a_press_without_cookies_takes_the_seat(client: FlaskClient, offer: Offer) -> None:
    address = f"/a/{token_of(offer)}/yes"
    said = client.post(address)
    assert (said.status_code, "The money for this shift is set aside for you" in said.text) == (200, True)
    assert len(bookings(offer)) == 1
    again = client.post(address)
    assert (again.status_code, "This question is answered, or over." in again.text) == (409, True)
    assert "<form" not in again.text
    assert client.get("/work", follow_redirects=False).status_code == 302, "nobody is signed in by it"


def test_no_is_no(client: FlaskClient, offer: Offer) -> None:
    assert "It has no effect on later offers" in client.post(f"/a/{token_of(offer)}/no").text
    assert offer.status is OfferStatus.DECLINED


def test_a_refusal_says_why_and_changes_nothing(client: FlaskClient, offer: Offer, scene: Scene) -> None:
    """The gig was paused meanwhile: the verb says so, as it would to whoever is signed in."""
    with transaction():
        gigs.pause(offer.gig_id, by=scene.company)
    refused = client.post(f"/a/{token_of(offer)}/yes")
    assert (refused.status_code, 'role="alert"' in refused.text) == (409, True)
    assert offer.status is OfferStatus.PENDING


@pytest.mark.parametrize("how", ["withdrawn", "expired"])
def test_it_ends_with_the_offer(scene: Scene, how: str) -> None:
    person, until = scenes.contracted(scene), clock.now() + timedelta(hours=1)
    (offer,) = scenes.asked(scene, scenes.shift(scene), [person], until)
    token = token_of(offer)
    if how == "withdrawn":
        offers.withdraw(offer.id, by=scene.company)
    else:
        clock.move_to(offer.expires_at)
        offers.expire_due()
    assert not one_tap.read(token).thing.is_open
    with pytest.raises(LinkOver):
        one_tap.answer(token, "yes")


def test_it_is_good_for_its_thing_its_person_and_what_they_were_shown(offer: Offer) -> None:
    token = token_of(offer)
    thing = one_tap.read(token).thing
    other = {"person_id": make.person().id, "version": "0" * 64, "id": offer.shift_id}
    purpose, digest = PURPOSES[0], one_tap._signed
    right = digest(purpose, thing, thing.ends_at)
    for name, value in other.items():
        assert digest(purpose, replace(thing, **{name: value}), thing.ends_at) != right, name  # type: ignore[arg-type]
    assert digest(PURPOSES[1], thing, thing.ends_at)[20:] != right[20:]


def test_a_token_cannot_be_changed_or_lengthened(offer: Offer) -> None:
    token = token_of(offer)
    assert len(token) == 44
    for place in range(len(token)):
        letter = "A" if token[place] != "A" else "B"
        # The last letter holds bits of no byte, which say nothing.
        if place < len(token) - 1:
            with pytest.raises(NotFound):
                one_tap.read(token[:place] + letter + token[place + 1 :])
    for bad in ("", "o", "x" + token[1:], token[:-4], token + "AAAA", "o" + "é" * 43):
        with pytest.raises(NotFound):
            one_tap.read(bad)
    clock.move_to(one_tap.read(token).thing.ends_at)
    with pytest.raises(NotFound):
        one_tap.read(token)


def test_what_comes_by_a_link_is_no_member_and_no_operator(scene: Scene) -> None:
    with pytest.raises((NotFound, Forbidden, Conflict)):
        offers.withdraw(offered(scene).id, by=Actor(scene.company.person_id, "link"))


def test_whoever_is_asked_whether_they_come_answers_with_a_tap(client: FlaskClient, scene: Scene) -> None:
    with transaction():
        booking = scenes.booked(scene)
        clock.move_to(booking.starts_at - timedelta(hours=2), still=True)
    address = one_tap.links(PURPOSES[1], [booking.id])[booking.id]
    token = address.rpartition("/")[2]
    assert "Do you still come?" in client.get(f"/a/{token}").text
    assert "the company knows that you come" in client.post(f"/a/{token}/yes").text
    db.session.refresh(booking)
    assert (booking.confirmed_at, booking.status) == (clock.now(), BookingStatus.BOOKED)
    assert client.post(f"/a/{token}/no").status_code == 404


def test_messages_carry_the_link_and_the_inbox_does_not(scene: Scene, work: Callable[[], int]) -> None:
    """A text message of two parts, its link whole at the end."""
    offer = offered(scene)
    me = make.actor_of(offer.contractor_id)
    given = phones.add("+62 812 3456 789", by=me)
    phones.prove(given.id, phones.code_of(given), by=me)
    made = db.session.scalars(select(Event.id).where(Event.name == "offer.made")).all()
    service.deliver(list(made), by=CLOCK)
    post.send_due(200)
    sent = select(Delivery.way, Delivery.body).where(Delivery.event_id.in_(made), Delivery.person_id == me.person_id)
    bodies = {row.way: row.body for row in db.session.execute(sent)}
    link = one_tap.links(PURPOSES[0], [offer.id])[offer.id]
    assert set(bodies) == {Way.MAIL, Way.SMS}
    assert bodies[Way.SMS].endswith(f" {link}")
    assert len(bodies[Way.SMS]) <= 306
    assert f"without signing in: {link}" in bodies[Way.MAIL]


def test_every_question_is_told_and_has_a_letter_of_its_own() -> None:
    assert set(ASKED_BY) <= set(TELLINGS)
    assert len({purpose.letter for purpose in PURPOSES}) == len(PURPOSES)
    assert all(purpose in PURPOSES for purpose in ASKED_BY.values())


def test_a_link_of_nobody_is_a_small_page_too(client: FlaskClient) -> None:
    answer = client.get("/a/oAAAA")
    assert (answer.status_code, len(answer.data) < LIGHT) == (404, True)
    assert client.post("/a/oAAAA/yes").status_code == 404
