"""A company writes first, about a shift: to whoever has a seat, who owes no answer."""

from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.accounts.rules import CompanyRole
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.messages import threads
from marketplace.messages.models import Thread
from marketplace.messages.rules import MOST_TOLD_AN_HOUR, ThreadStatus, TooManyMessages
from marketplace.shifts import questions, telling
from marketplace.shifts.telling import NobodyHasSeat, NoSeat
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import Scene
from tests.web.visitor import Visitor

TELL = "POST /api/v1/shifts/<uuid:shift_id>/messages"
WORDS = "The door is at the back of the house."


def test_each_reads_it_in_a_thread_of_their_own_and_nothing_waits(scene: Scene) -> None:
    shift = make.shift(scene, seats=3)
    ana, bea, cara = (make.booked(scene, shift=shift).contractor_id for _ in range(3))
    asked = questions.ask(scene.gig.id, "Which door?", shift_id=shift.id, by=accounts.actor_of(ana))
    over = questions.ask(scene.gig.id, "Which house?", shift_id=shift.id, by=accounts.actor_of(bea))
    threads.close(over.id, by=accounts.actor_of(bea))
    told = {row.contractor_id: row for row in telling.tell(shift.id, WORDS, by=scene.company)}
    assert {ana, bea, cara} == set(told)
    assert {each.messages[-1].words for each in told.values()} == {WORDS}
    # The same threads go on; what somebody asked still waits for its own answer, and nobody owes one.
    assert (told[ana].id, told[ana].status) == (asked.id, ThreadStatus.WAITING)
    assert told[ana].open_question is not None
    assert (told[bea].id, told[bea].status) == (over.id, ThreadStatus.ANSWERED)
    assert (told[cara].status, told[cara].questions) == (ThreadStatus.ANSWERED, [])
    clock.move_to(clock.now() + timedelta(minutes=1))
    again = telling.tell(shift.id, WORDS, [cara], by=scene.company)
    assert [row.id for row in again] == [told[cara].id]
    events = db.session.scalars(select(Event).where(Event.name == "shift.told")).all()
    assert [event.ref("shift") for event in events] == [shift.id] * 4
    for _ in range(MOST_TOLD_AN_HOUR - 2):
        # An answer to somebody's question is none of what is counted.
        threads.write(asked.id, "At the back.", by=scene.company)
        clock.move_to(clock.now() + timedelta(minutes=1))
        telling.tell(shift.id, WORDS, by=scene.company)
    with pytest.raises(TooManyMessages):
        telling.tell(shift.id, WORDS, by=scene.company)


def test_whoever_was_only_asked_is_not_written_to(scene: Scene) -> None:
    shift = make.shift(scene, seats=2)
    asked = make.offered(scene, shift, make.contracted(scene))
    with pytest.raises(NobodyHasSeat):
        telling.tell(shift.id, WORDS, by=scene.company)
    make.booked(scene, shift=shift)
    with pytest.raises(NoSeat):
        telling.tell(shift.id, WORDS, [asked.contractor_id], by=scene.company)


@pytest.mark.door(TELL, "works")
@pytest.mark.door(TELL, "not_signed_in")
@pytest.mark.door(TELL, "not_mine")
@pytest.mark.door(TELL, "wrong_state")
@pytest.mark.door(TELL, "wrong_shape")
def test_the_door_of_writing_about_a_shift(client: FlaskClient, scene: Scene) -> None:
    shift = make.shift(scene)
    path, mine = f"/api/v1/shifts/{shift.id}/messages", accounts.bearer(scene.company)
    assert client.post(path, json={"words": WORDS}).status_code == 401
    other = accounts.bearer(accounts.owner_of(accounts.company().id))
    assert client.post(path, json={"words": WORDS}, headers=other).status_code == 404
    viewer = accounts.bearer(accounts.member(scene.company_id, CompanyRole.VIEWER))
    assert client.post(path, json={"words": WORDS}, headers=viewer).status_code == 403
    assert client.post(path, json={"words": WORDS}, headers=mine).json["code"] == "nobody_has_a_seat"
    make.booked(scene, shift=shift)
    assert client.post(path, json={"words": " "}, headers=mine).status_code == 422
    assert client.post(path, json={"words": WORDS, "contractor_ids": [str(uuid4())]}, headers=mine).status_code == 422
    made = client.post(path, json={"words": WORDS}, headers=mine)
    assert (made.status_code, made.json["items"][0]["messages"][0]["side"]) == (201, "company")


def test_the_pages_say_that_nobody_owes_an_answer(client: FlaskClient, scene: Scene) -> None:
    booking = make.booked(scene)
    company, person = (db.session.get_one(Person, each) for each in (scene.company.person_id, booking.contractor_id))
    path = f"/company/{scene.company_id}/shifts/{booking.shift_id}"
    assert "1 person was written to." in Visitor(client).signed_in(company).send(path, "/messages", words=WORDS).words
    (thread,) = db.session.scalars(select(Thread.id).where(Thread.shift_id == booking.shift_id))
    client.delete_cookie("session")
    page = Visitor(client).signed_in(person).look(f"/work/questions/{thread}")
    assert WORDS in page.words
    assert "You may answer and need not: silence counts for nothing." in page.words
    assert "It is about the shift of Nov 23, 2026" in page.words
