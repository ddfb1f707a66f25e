"""What rings in somebody's quiet hours, and what waits; and what they chose to be told."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.rules import CLOCK, Actor
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import Event, record
from marketplace.notices import phones, post, preferences, receipts, service
from marketplace.notices.models import Delivery, Notice
from marketplace.notices.ways import CannotBeMuted, Kind, Outcome, State, Way, rings_at
from marketplace.shifts import offers
from marketplace.shifts.models import Offer
from marketplace.standards.hours import Span
from marketplace.workforce import availability
from marketplace.workforce.calendar import Quiet
from tests.factories import accounts as make
from tests.factories import shifts as scenes
from tests.factories import workforce
from tests.factories.shifts import Scene

SHOW, CHOOSE = "GET /api/v1/notices/preferences", "PUT /api/v1/notices/preferences"
NIGHT = datetime(2026, 3, 8, 7, tzinfo=UTC)
"""01:00 in Chicago, on the night in which its clocks leave out the hour from 2:00 to 3:00."""
MORNING = datetime(2026, 3, 8, 11, 30, tzinfo=UTC)
"""06:30 there: four and a half hours later, and not five and a half."""


def test_what_rings_at_night_and_what_waits() -> None:
    """Quiet until 06:30. A shift that began at midnight and one that begins at 05:00 ring at 01:00; one that begins at
    05:01 waits. An offer that is over at 06:00 rings for whoever allows it."""
    hour = timedelta(hours=1)
    running, soon = Span(NIGHT - hour, NIGHT + hour), Span(NIGHT + 4 * hour, NIGHT + 8 * hour)
    later = Span(soon.starts_at + timedelta(minutes=1), soon.ends_at)
    assert rings_at(NIGHT, MORNING, span=running) == rings_at(NIGHT, MORNING, span=soon) == NIGHT
    assert rings_at(NIGHT, MORNING, span=later) == MORNING
    assert rings_at(NIGHT, MORNING, span=Span(NIGHT - 2 * hour, NIGHT)) == MORNING
    assert rings_at(NIGHT, MORNING, over_at=MORNING, urgent=True) == NIGHT
    assert rings_at(NIGHT, MORNING, over_at=MORNING, urgent=False) == MORNING
    assert rings_at(NIGHT, MORNING, over_at=MORNING + hour, urgent=True) == MORNING


def tried_at(name: str) -> datetime:
    found = select(Delivery.try_at).join(Event, Event.id == Delivery.event_id).where(Event.name == name)
    return db.session.scalars(found.order_by(Delivery.id.desc())).first() or NIGHT


def tell(name: str) -> None:
    service.deliver(list(db.session.scalars(select(Event.id).where(Event.name == name))), by=CLOCK)


def test_the_night_ends_by_the_clock_on_the_wall(app: Flask) -> None:
    asleep = workforce.contractor()
    availability.set_quiet(Quiet(1320, 390), by=make.actor_of(asleep.id))
    clock.move_to(NIGHT, still=True)
    record("contractor.vetted", asleep, by=CLOCK)
    tell("contractor.vetted")
    assert tried_at("contractor.vetted") == MORNING
    assert post.send_due() == 0
    clock.move_to(MORNING, still=True)
    assert post.send_due() > 0


def test_their_own_shift_rings_and_another_ones_news_do_not(scene: Scene) -> None:
    booking = scenes.booked(scene)
    clock.move_to(booking.starts_at - timedelta(hours=3), still=True)
    minute = clock.now().astimezone(clock.zone("America/Chicago"))
    now = minute.hour * 60 + minute.minute
    availability.set_quiet(Quiet(now, (now + 300) % 1440), by=make.actor_of(booking.contractor_id))
    record("booking.reminded", booking, by=CLOCK)
    record("booking.missed", booking, by=CLOCK)
    tell("booking.reminded")
    assert tried_at("booking.reminded") == clock.now()
    tell("offer.made")
    assert tried_at("offer.made") == clock.now() + timedelta(hours=5)


def test_a_message_that_is_tried_again_does_not_ring_at_night(app: Flask) -> None:
    who = workforce.contractor()
    clock.move_to(NIGHT - timedelta(hours=2), still=True)
    record("contractor.vetted", who, by=CLOCK)
    tell("contractor.vetted")
    availability.set_quiet(Quiet(1320, 390), by=make.actor_of(who.id))
    sent = db.session.scalars(select(Delivery).order_by(Delivery.id.desc())).first()
    assert sent is not None
    sent.tries, sent.error = 1, "SMTPServerDisconnected"
    clock.move_to(NIGHT, still=True)
    post.send_due(200)
    assert (sent.ended_at, sent.try_at) == (None, MORNING)


# --- preferences ------------------------------------------------------------------------------------------------------


def somebody_with_a_telephone() -> tuple[Actor, str]:
    who = workforce.contractor()
    me = make.actor_of(who.id)
    given = phones.add("+62 812 3456 789", by=me)
    phones.prove(given.id, phones.code_of(given), by=me)
    record("contractor.vetted", who, by=CLOCK)
    return me, "contractor.vetted"


def ways_of(me: Actor, name: str) -> set[Way]:
    found = select(Delivery.way).join(Event, Event.id == Delivery.event_id)
    return set(db.session.scalars(found.where(Event.name == name, Delivery.person_id == me.person_id)))


def test_decisions_come_by_the_way_that_was_chosen(app: Flask) -> None:
    me, name = somebody_with_a_telephone()
    preferences.choose({Kind.STANDING: frozenset({Way.WHATSAPP})}, rings_when_urgent=False, by=me)
    tell(name)
    assert ways_of(me, name) == {Way.WHATSAPP}
    assert preferences.mine(by=me).ways[Kind.OFFERS] == {Way.MAIL, Way.SMS, Way.PUSH}


def test_pay_and_decisions_cannot_be_muted_and_talk_can(app: Flask) -> None:
    me = make.actor_of(make.person().id)
    for kind in (Kind.MONEY, Kind.STANDING, Kind.ACCOUNT):
        with pytest.raises(CannotBeMuted):
            preferences.choose({kind: frozenset()}, rings_when_urgent=False, by=me)
    assert preferences.choose({Kind.TALK: frozenset()}, rings_when_urgent=True, by=me).ways[Kind.TALK] == frozenset()


def test_what_is_muted_stands_in_the_inbox(scene: Scene) -> None:
    booking = scenes.booked(scene)
    me = make.actor_of(booking.contractor_id)
    preferences.choose({Kind.OFFERS: frozenset()}, rings_when_urgent=False, by=me)
    tell("offer.made")
    assert ways_of(me, "offer.made") == set()
    told = select(Notice.id).join(Event, Event.id == Notice.event_id).where(Event.name == "offer.made")
    assert db.session.scalars(told).all()


@pytest.mark.door(SHOW, "works")
@pytest.mark.door(CHOOSE, "works")
@pytest.mark.door(CHOOSE, "wrong_shape")
def test_choosing_over_the_wire(client: FlaskClient, app: Flask) -> None:
    with transaction():
        mine = make.bearer(make.person())
    shown = client.get("/api/v1/notices/preferences", headers=mine).json
    assert (shown["ways"]["offers"], shown["ways"]["money"]) == (["mail", "push", "sms"], ["mail"])
    wanted = {"ways": {"offers": ["whatsapp"], "talk": []}, "rings_when_urgent": True}
    put = client.put("/api/v1/notices/preferences", json=wanted, headers=mine).json
    assert (put["ways"]["offers"], put["ways"]["talk"], put["ways"]["shifts"]) == (
        ["whatsapp"],
        [],
        ["mail", "push", "sms"],
    )
    for wrong in ({"ways": {"offers": ["pigeon"]}}, {"ways": {"weather": []}}, {"ways": {"money": []}}):
        answer = client.put("/api/v1/notices/preferences", json={"rings_when_urgent": True} | wrong, headers=mine)
        assert answer.status_code == 422


@pytest.mark.door(SHOW, "not_signed_in")
@pytest.mark.door(CHOOSE, "not_signed_in")
def test_strangers_choose_nothing(client: FlaskClient) -> None:
    assert client.get("/api/v1/notices/preferences").status_code == 401
    body = {"ways": {}, "rings_when_urgent": False}
    assert client.put("/api/v1/notices/preferences", json=body).status_code == 401


# --- the clock of an offer --------------------------------------------------------------------------------------------


def offer_of(scene: Scene) -> Offer:
    """One that was made now, with four hours to answer, two days before its shift."""
    clock.move_to(scenes.MONDAY - timedelta(days=2), still=True)
    person = scenes.contracted(scene)
    (offer,) = scenes.asked(scene, scenes.shift(scene), [person], clock.now() + timedelta(hours=4))
    return offer


def test_an_offer_at_night_counts_from_its_morning(scene: Scene) -> None:
    """It is made in quiet hours that end in three: the message rings then, and four hours are left from then on."""
    offer, now = offer_of(scene), clock.now()
    local = now.astimezone(clock.zone("America/Chicago"))
    minute = local.hour * 60 + local.minute
    availability.set_quiet(Quiet(minute, (minute + 180) % 1440), by=make.actor_of(offer.contractor_id))
    tell("offer.made")
    assert (offer.reached_at, offer.expires_at) == (None, now + timedelta(hours=8))
    clock.move_to(now + timedelta(hours=3), still=True)
    post.send_due(200)
    assert (offer.reached_at, offer.expires_at) == (clock.now(), now + timedelta(hours=7))


def test_who_is_told_in_the_inbox_alone_was_reached_when_it_was_made(scene: Scene) -> None:
    offer, now = offer_of(scene), clock.now()
    preferences.choose({Kind.OFFERS: frozenset()}, rings_when_urgent=False, by=make.actor_of(offer.contractor_id))
    tell("offer.made")
    assert (offer.reached_at, offer.expires_at) == (now, now + timedelta(hours=4))


def test_a_message_that_fails_holds_the_clock_until_another_one_arrives(
    scene: Scene, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer, now = offer_of(scene), clock.now()
    tell("offer.made")
    monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1:1")
    post.send_due(200)
    assert (offer.reached_at, offer.expires_at) == (None, now + timedelta(hours=5))
    monkeypatch.setitem(app.config, "MAIL_SERVER", "")
    clock.move_to(now + timedelta(minutes=20), still=True)
    post.send_due(200)
    assert (offer.reached_at, offer.expires_at) == (clock.now(), clock.now() + timedelta(hours=4))


def test_a_text_message_has_arrived_when_its_receipt_says_so(scene: Scene) -> None:
    offer, now = offer_of(scene), clock.now()
    me = make.actor_of(offer.contractor_id)
    given = phones.add("+62 812 3456 789", by=me)
    phones.prove(given.id, phones.code_of(given), by=me)
    preferences.choose({Kind.OFFERS: frozenset({Way.SMS})}, rings_when_urgent=False, by=me)
    tell("offer.made")
    post.send_due(200)
    assert (offer.reached_at, offer.expires_at) == (None, now + timedelta(hours=5))
    clock.move_to(now + timedelta(minutes=30), still=True)
    sent = db.session.scalars(
        select(Delivery).where(
            Delivery.way == Way.SMS, Delivery.event_id.in_(select(Event.id).where(Event.name == "offer.made"))
        )
    ).one()
    receipts.note(sent.id, Outcome.DELIVERED)
    assert (offer.reached_at, offer.expires_at) == (clock.now(), now + timedelta(hours=4.5))


def test_nobody_is_woken_for_what_is_over(scene: Scene) -> None:
    """The offer was withdrawn in the night: the inbox tells of it, and the telephone does not ring in the morning."""
    offer = offer_of(scene)
    local = clock.now().astimezone(clock.zone("America/Chicago"))
    minute = local.hour * 60 + local.minute
    availability.set_quiet(Quiet(minute, (minute + 180) % 1440), by=make.actor_of(offer.contractor_id))
    tell("offer.made")
    offers.withdraw(offer.id, by=scene.company)
    clock.move_to(clock.now() + timedelta(hours=3), still=True)
    post.send_due(200)
    about = select(Event.id).where(Event.name == "offer.made", Event.subject_id == offer.id)
    (sent,) = db.session.scalars(select(Delivery).where(Delivery.event_id.in_(about))).all()
    assert (sent.state, sent.body, offer.reached_at) == (State.OVER, None, None)
