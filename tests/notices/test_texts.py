"""Text messages over a real HTTP gateway: one for each key, tried again, given up, receipted; and the numbers they go
to."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from marketplace.accounts.models import Person
from marketplace.accounts.rules import CLOCK, OperatorRole
from marketplace.core import clock, vault
from marketplace.core.db import db, transaction
from marketplace.core.events import Event, record
from marketplace.core.problems import NotFound
from marketplace.notices import carrying, gateway, phones, post, receipts, service
from marketplace.notices.address_models import Phone
from marketplace.notices.models import Delivery
from marketplace.notices.phones import BadNumber, CodeOver, NoTexts, TooManyCodes
from marketplace.notices.rules import Audience
from marketplace.notices.ways import Outcome, State, Way
from tests.factories import accounts as make
from tests.notices.gateway import SECRET, TOKEN, Gateway, running

NOBODYS = "00000000-0000-7000-8000-000000000000"
"""An id of nothing, the same in every process that collects these tests."""

NUMBER = "+62 812-3456-789"
E164 = "+628123456789"
PHONES, PHONE = "GET /api/v1/phones", "DELETE /api/v1/phones/<uuid:phone_id>"
ADD, PROVE = "POST /api/v1/phones", "POST /api/v1/phones/<uuid:phone_id>/proof"
SENT, FIGURES, RECEIPT = "GET /api/v1/deliveries", "GET /api/v1/deliveries/figures", "POST /api/v1/receipts"


@pytest.fixture
def there(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    with running() as found:
        settings = {
            "GATEWAY_URL": found.url,
            "GATEWAY_TOKEN": TOKEN,
            "GATEWAY_SECRET": SECRET,
            "GATEWAY_WAYS": ("sms", "whatsapp"),
        }
        for name, value in settings.items():
            monkeypatch.setitem(app.config, name, value)
        yield found


def told(name: str) -> None:
    service.deliver(list(db.session.scalars(select(Event.id).where(Event.name == name))), by=CLOCK)


def with_phone(number: str = NUMBER, person: Person | None = None) -> Person:
    """Somebody whose number is proven."""
    who = person or make.person()
    me = make.actor_of(who.id)
    given = phones.add(number, by=me)
    phones.prove(given.id, phones.code_of(given), by=me)
    return who


def texted(name: str = "phone.proven", way: Way = Way.SMS) -> Delivery:
    """A text message about the newest event of that name, waiting to be sent."""
    event_id = db.session.scalars(select(Event.id).where(Event.name == name).order_by(Event.id.desc())).first()
    person_id = db.session.scalars(select(Phone.person_id).order_by(Phone.id.desc())).first()
    assert event_id
    assert person_id
    return _to(person_id, event_id, way)


def _to(person_id: UUID, event_id: int, way: Way = Way.SMS) -> Delivery:
    made = Delivery(
        event_id=event_id,
        person_id=person_id,
        audience=Audience.PERSON,
        way=way,
        at=clock.now(),
        try_at=clock.now(),
        tries=0,
    )
    db.session.add(made)
    db.session.flush()
    return made


def test_what_cannot_be_read_of_one_person_holds_up_no_other(there: Gateway) -> None:
    """The key of one was thrown away, that of another is locked with a key that nobody has named."""
    people = [with_phone(f"+62 812-3456-78{number}") for number in range(3)]
    event_id = db.session.scalars(select(Event.id).where(Event.name == "phone.proven").order_by(Event.id)).first()
    assert event_id
    erased, locked, good = (_to(each.id, event_id) for each in people)
    vault.throw_away(people[0].id)
    db.session.get_one(vault.DataKey, people[1].id).key_id = "lost"
    db.session.flush()
    # What this transaction has opened is forgotten, as if another had begun.
    db.session.begin_nested().rollback()
    assert (post.send_due(), post.send_due()) == (3, 0)
    assert [to for to, _ in there.texts] == ["+628123456782"]
    assert (good.ended_at is not None, good.error) == (True, None)
    assert (erased.ended_at is not None, erased.error) == (True, "Erased")
    # A key may be named again, so that message is tried once more.
    assert (locked.ended_at, locked.error, locked.tries) == (None, "VaultLocked", 1)


# --- numbers ----------------------------------------------------------------------------------------------------------


def test_a_number_is_proven_by_the_code_that_was_sent_there(there: Gateway) -> None:
    who = make.person(locale="id")
    me = make.actor_of(who.id)
    given = phones.add(NUMBER, by=me)
    told("phone.code_asked")
    assert post.send_due() == 1
    ((to, text),) = there.texts
    code = phones.code_of(given)
    assert (to, text.startswith(f"Setara: Kode Anda {code}")) == (E164, True)
    assert phones.prove(given.id, "000000" if code != "000000" else "111111", by=me).proven_at is None
    assert phones.prove(given.id, f"{code[:3]} {code[3:]}", by=me).proven_at is not None
    assert [(each.shown, each.region) for each in phones.mine(by=me)] == [("+62 … 789", "ID")]


def test_a_number_lies_nowhere_to_be_read(there: Gateway) -> None:
    with_phone()
    row = db.session.scalars(select(Phone)).one()
    assert phones.number_of(row) == E164
    assert E164.encode()[1:] not in row.sealed
    assert "8123456" not in row.shown + row.fingerprint


def test_guessing_a_code_ends(there: Gateway) -> None:
    me = make.actor_of(make.person().id)
    given = phones.add(NUMBER, by=me)
    wrong = f"{(int(phones.code_of(given)) + 1) % 10**6:06}"
    for _ in range(5):
        assert phones.prove(given.id, wrong, by=me).proven_at is None
    with pytest.raises(CodeOver):
        phones.prove(given.id, phones.code_of(given), by=me)


def test_a_code_grows_old(there: Gateway) -> None:
    me = make.actor_of(make.person().id)
    given = phones.add(NUMBER, by=me)
    clock.move_to(clock.now() + timedelta(minutes=10))
    with pytest.raises(CodeOver):
        phones.prove(given.id, phones.code_of(given), by=me)


def test_no_number_is_rung_without_end_by_one_person_or_by_many(there: Gateway) -> None:
    for _ in range(5):
        phones.add(NUMBER, by=make.actor_of(make.person().id))
    with pytest.raises(TooManyCodes):
        phones.add(NUMBER, by=make.actor_of(make.person().id))
    clock.move_to(clock.now() + timedelta(days=1, minutes=1))
    assert phones.add(NUMBER, by=make.actor_of(make.person().id))


def test_another_number_takes_over_and_the_old_one_is_told(there: Gateway) -> None:
    who = with_phone()
    with_phone("+1 202-555-0143", who)
    assert [each.shown for each in phones.mine(by=make.actor_of(who.id))] == ["+1 … 143"]
    told("phone.ended")
    post.send_due()
    ((to, text),) = there.texts
    assert (to, "No more messages come to this number" in text) == (E164, True)


@pytest.mark.parametrize(
    "number",
    [
        "12",
        "+62",
        "0812 3456 789",
        "+1 900 555 0143",
        "+62 21 3456 789",
        "+870 773 111 632",
        "+883 5100 1234 5678",
        "x" * 40,
    ],
)
def test_only_mobile_numbers_with_their_country(there: Gateway, number: str) -> None:
    with pytest.raises(BadNumber):
        phones.add(number, by=make.actor_of(make.person().id))


def test_without_a_gateway_there_are_no_text_messages(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1:25")
    assert carrying.open_ways() == {Way.MAIL}
    with pytest.raises(NoTexts):
        phones.add(NUMBER, by=make.actor_of(make.person().id))


# --- the gateway ------------------------------------------------------------------------------------------------------


def test_a_lost_answer_is_asked_for_again_with_the_same_key(there: Gateway) -> None:
    with_phone()
    sent, there.loses = texted(), 1
    post.send_due()
    assert (sent.ended_at, sent.error, sent.tries) == (None, "ConnectionError", 1)
    clock.move_to(sent.try_at)
    post.send_due()
    assert (sent.state, sent.provider_id, sent.tries) == (State.SENT, "gw-0", 2)
    assert there.heard == [str(sent.id)] * 2
    assert len(there.taken) == 1


def test_what_is_busy_is_tried_later_and_what_says_never_is_not(there: Gateway) -> None:
    with_phone()
    sent = texted()
    there.refuses[E164] = (429, {"error": "slow_down"})
    post.send_due()
    assert (sent.ended_at, sent.error) == (None, "slow_down")
    there.refuses[E164] = (400, {"error": "No such number: +62 812"})
    clock.move_to(sent.try_at)
    post.send_due()
    assert (sent.state, sent.error, sent.tries) == (State.FAILED, "http_400", 2)


def test_what_no_telephone_took_goes_by_e_mail(there: Gateway) -> None:
    who = with_phone()
    sent = texted()
    there.refuses[E164] = (404, {"error": "unknown_number"})
    post.send_due()
    ways = {each.way: each for each in db.session.scalars(select(Delivery).where(Delivery.person_id == who.id))}
    assert {Way.SMS, Way.MAIL} == set(ways)
    assert (ways[Way.MAIL].event_id, ways[Way.MAIL].state) == (sent.event_id, State.QUEUED)


def test_a_code_goes_nowhere_else(there: Gateway) -> None:
    me = make.actor_of(make.person().id)
    phones.add(NUMBER, by=me)
    told("phone.code_asked")
    there.refuses[E164] = (404, {})
    post.send_due()
    assert [each.way for each in db.session.scalars(select(Delivery))] == [Way.SMS]


def test_who_gave_no_number_any_more_is_not_written_to(there: Gateway) -> None:
    who = with_phone()
    sent = texted()
    (phone,) = phones.mine(by=make.actor_of(who.id))
    phones.remove(phone.id, by=make.actor_of(who.id))
    post.send_due()
    assert (sent.error, there.texts) == ("no_address", [])


def test_in_production_no_word_of_a_message_is_kept(there: Gateway, app: Flask) -> None:
    with_phone()
    sent = texted()
    post.send_due()
    assert (sent.address, sent.subject, sent.body) == (None, None, None)
    assert not carrying.outbox_is_open()


# --- receipts ---------------------------------------------------------------------------------------------------------


def signed(client: FlaskClient, body: dict[str, str], *, secret: str = SECRET, age: int = 0) -> TestResponse:
    text, moment = json.dumps(body).encode(), str(int(time.time()) - age)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": moment,
        "webhook-signature": gateway.signature(secret, "msg_1", moment, text),
    }
    return client.post("/api/v1/receipts", data=text, headers=headers, content_type="application/json")


def test_the_signature_is_the_one_of_standard_webhooks() -> None:
    """The example of https://github.com/standard-webhooks, which its libraries test with."""
    body = b'{"test": 2432232314}'
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert gateway.signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body) == expected


@pytest.mark.door(RECEIPT, "works")
@pytest.mark.door(RECEIPT, "not_signed_in")
def test_a_receipt_counts_if_the_gateway_signed_it_just_now(there: Gateway, client: FlaskClient) -> None:
    with transaction():
        with_phone()
        sent = texted()
    post.send_due()
    body = {"key": str(sent.id), "status": "delivered"}
    assert signed(client, body, secret="another secret of somebody").status_code == 401
    assert signed(client, body, age=600).status_code == 401
    assert signed(client, body, age=-900_000_000_000).status_code == 401
    assert client.post("/api/v1/receipts", json=body).json["code"] == "signature_not_valid"
    assert sent.state is State.SENT
    assert signed(client, body).json["state"] == "delivered"
    assert signed(client, body | {"status": "failed"}).json["state"] == "delivered"


@pytest.mark.door(RECEIPT, "wrong_state")
@pytest.mark.door(RECEIPT, "wrong_shape")
def test_receipts_of_what_was_not_sent(there: Gateway, client: FlaskClient) -> None:
    with transaction():
        with_phone()
        waiting = texted()
    assert signed(client, {"key": str(waiting.id), "status": "delivered"}).status_code == 409
    assert signed(client, {"key": str(uuid4()), "status": "delivered"}).status_code == 404
    assert signed(client, {"key": str(waiting.id), "status": "read aloud"}).status_code == 422


def test_what_did_not_arrive_goes_by_e_mail(there: Gateway) -> None:
    with_phone()
    sent = texted()
    post.send_due()
    receipts.note(sent.id, Outcome.FAILED)
    receipts.note(sent.id, Outcome.FAILED)
    assert sent.state is State.FAILED
    others = select(Delivery.way).where(Delivery.event_id == sent.event_id, Delivery.id != sent.id)
    assert db.session.scalars(others).all() == [Way.MAIL]


def test_what_is_not_receipted_in_time_goes_by_the_next_way_and_may_still_arrive(there: Gateway) -> None:
    """Nobody knows whether a message arrived of which no receipt came in a quarter of an hour."""
    with_phone()
    sent = texted()
    post.send_due()
    clock.move_to(clock.now() + timedelta(minutes=14))
    assert receipts.miss_due() == 0
    clock.move_to(clock.now() + timedelta(minutes=2))
    assert (receipts.miss_due(), receipts.miss_due()) == (1, 0)
    others = select(Delivery.way).where(Delivery.event_id == sent.event_id, Delivery.id != sent.id)
    assert (sent.state, db.session.scalars(others).all()) == (State.UNHEARD, [Way.MAIL])
    receipts.note(sent.id, Outcome.DELIVERED)
    assert (sent.state, receipts.miss_due()) == (State.DELIVERED, 0)


def test_no_receipt_is_about_an_e_mail(app: Flask) -> None:
    make.company()
    told("company.verified")
    post.send_due()
    mail = db.session.scalars(select(Delivery)).first()
    assert mail is not None
    with pytest.raises(NotFound):
        receipts.note(mail.id, Outcome.DELIVERED)


# --- doors ------------------------------------------------------------------------------------------------------------


@pytest.mark.door(ADD, "works")
@pytest.mark.door(PROVE, "works")
@pytest.mark.door(PROVE, "wrong_state")
@pytest.mark.door(PHONES, "works")
@pytest.mark.door(PHONE, "works")
def test_a_number_from_first_to_last(app: Flask, client: FlaskClient) -> None:
    mine = make.bearer(make.person())
    given = client.post("/api/v1/phones", json={"number": NUMBER}, headers=mine)
    assert (given.status_code, given.json["shown"], given.json["proven_at"]) == (201, "+62 … 789", None)
    row = db.session.scalars(select(Phone)).one()
    door, code = f"/api/v1/phones/{row.id}/proof", phones.code_of(row)
    wrong = client.post(door, json={"code": f"{(int(code) + 1) % 10**6:06}"}, headers=mine)
    assert (wrong.status_code, wrong.json["code"], row.tries) == (422, "code_not_right", 1)
    assert client.post(door, json={"code": code}, headers=mine).json["proven_at"] is not None
    assert [each["id"] for each in client.get("/api/v1/phones", headers=mine).json["items"]] == [str(row.id)]
    other = client.post("/api/v1/phones", json={"number": NUMBER}, headers=mine).json["id"]
    assert client.delete(f"/api/v1/phones/{row.id}", headers=mine).json["ended_at"] is not None
    with transaction():
        clock.move_to(clock.now() + timedelta(minutes=11))
    late = client.post(f"/api/v1/phones/{other}/proof", json={"code": "123456"}, headers=mine)
    assert (late.status_code, late.json["code"]) == (409, "code_over")


@pytest.mark.door(ADD, "wrong_state")
def test_no_number_where_nothing_is_sent(client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAIL_SERVER", "127.0.0.1:25")
    answer = client.post("/api/v1/phones", json={"number": NUMBER}, headers=make.bearer(make.person()))
    assert (answer.status_code, answer.json["code"]) == (409, "no_text_messages")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "phones", marks=pytest.mark.door(PHONES, "not_signed_in")),
        pytest.param("POST", "phones", marks=pytest.mark.door(ADD, "not_signed_in")),
        pytest.param("POST", f"phones/{NOBODYS}/proof", marks=pytest.mark.door(PROVE, "not_signed_in")),
        pytest.param("DELETE", f"phones/{NOBODYS}", marks=pytest.mark.door(PHONE, "not_signed_in")),
        pytest.param("GET", "deliveries", marks=pytest.mark.door(SENT, "not_signed_in")),
        pytest.param("GET", "deliveries/figures", marks=pytest.mark.door(FIGURES, "not_signed_in")),
    ],
)
def test_strangers(client: FlaskClient, method: str, path: str) -> None:
    body = {"number": NUMBER} if path == "phones" else {"code": "123456"} if path.endswith("proof") else None
    assert client.open(f"/api/v1/{path}", method=method, json=body).status_code == 401


@pytest.mark.door(PROVE, "not_mine")
@pytest.mark.door(PHONE, "not_mine")
@pytest.mark.door(ADD, "wrong_shape")
@pytest.mark.door(PROVE, "wrong_shape")
@pytest.mark.door(SENT, "wrong_shape")
def test_other_peoples_numbers_and_wrong_shapes(app: Flask, client: FlaskClient) -> None:
    with transaction():
        given = phones.add(NUMBER, by=make.actor_of(make.person().id))
    another, at = make.bearer(make.person()), f"/api/v1/phones/{given.id}"
    assert client.post(f"{at}/proof", json={"code": phones.code_of(given)}, headers=another).status_code == 404
    assert client.delete(at, headers=another).status_code == 404
    assert client.post("/api/v1/phones", json={"number": "1"}, headers=another).status_code == 422
    assert client.post(f"{at}/proof", json={"code": "12345x"}, headers=another).status_code == 422
    assert client.get("/api/v1/deliveries?limit=0", headers=another).status_code == 422


@pytest.mark.door(SENT, "works")
@pytest.mark.door(FIGURES, "works")
def test_what_was_sent_and_its_figures(app: Flask, client: FlaskClient) -> None:
    with transaction():
        owner = make.person()
        made = make.company(owner)
        event = record("company.verified", made, by=CLOCK)
        service.deliver([event.id], by=CLOCK)
    post.send_due()
    (item,) = client.get("/api/v1/deliveries", headers=make.bearer(owner)).json["items"]
    assert (item["way"], item["state"], item["error"]) == ("mail", "sent", None)
    assert "body" not in item
    admin = make.bearer(make.operator(OperatorRole.ADMIN).person_id)
    figures = client.get("/api/v1/deliveries/figures", headers=admin).json["items"]
    assert {"way": "mail", "country": None, "state": "sent", "messages": 1} in figures
    finance = make.bearer(make.operator(OperatorRole.FINANCE).person_id)
    assert client.get("/api/v1/deliveries/figures", headers=finance).status_code == 403
    assert client.get("/api/v1/deliveries/figures", headers=make.bearer(owner)).status_code == 404
