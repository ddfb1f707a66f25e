"""What lowers a protection is commented on before it holds (COMMENTS, P21)."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from marketplace.accounts.models import Person
from marketplace.accounts.rules import CLOCK, Actor, OperatorRole
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import Forbidden, NotFound
from marketplace.insight import erasing
from marketplace.notices import service as notices
from marketplace.notices.models import Notice
from marketplace.notices.rules import Audience
from marketplace.standards import comments, regions
from marketplace.standards.comment_rules import (
    CommentsOpen,
    CommentsOver,
    CommentsUnanswered,
    NoComment,
    NotToAnswer,
    OwnComment,
    Speaker,
)
from marketplace.standards.models import RegionAnswer, RegionComment
from marketplace.standards.protection import ChangeStatus
from tests.factories import accounts, workforce
from tests.factories.regions import commented, comments_end, proposed
from tests.web.visitor import Visitor

BASE = "/api/v1/standards/announced-changes"
ONE = f"{BASE}/<uuid:change_id>"
LIST, SHOW, READ = f"GET {BASE}", f"GET {ONE}", f"GET {ONE}/comments"
SAY, TAKE_BACK, ANSWER = f"PUT {ONE}/comment", f"DELETE {ONE}/comment", f"POST {ONE}/answers"


def operator() -> Actor:
    return accounts.operator(OperatorRole.STANDARDS)


def somebody() -> Actor:
    return accounts.actor_of(accounts.person())


def waiting(change_id: UUID) -> list[UUID]:
    return [each.id for each in db.session.scalars(comments.said_of(change_id)) if each.answer is None]


def test_everybody_is_heard_before_a_protection_falls(app: Flask) -> None:
    """A week of 60 hours, proposed on a day: for 14 days nobody confirms it. Three people, a company and an operator
    comment; one takes theirs back, one answer serves three, and the operator's own is answered by another."""
    one, two, ana, bea, cara = operator(), operator(), somebody(), somebody(), somebody()
    company = accounts.actor_of(accounts.owner_of(accounts.company().id))
    made = commented(ana, bea, cara, company, two)
    comments.take_back(made.id, by=cara)
    until = made.comments_until
    assert until == made.proposed_at + timedelta(days=14)
    clock.move_to(until - timedelta(minutes=1))
    with pytest.raises(CommentsOpen) as early:
        regions.confirm(made.id, by=two)
    assert early.value.members == {"until": until.isoformat(), "unanswered": 4}
    comments_end()
    with pytest.raises(CommentsUnanswered) as unheard:
        regions.confirm(made.id, by=two)
    assert unheard.value.members["unanswered"] == 4
    by_speaker = {each.speaker: each for each in db.session.scalars(comments.said_of(made.id))}
    assert set(by_speaker) == set(Speaker)
    with pytest.raises(OwnComment):
        comments.answer(made.id, waiting(made.id), "We have looked.", by=two)
    theirs = [each for each in waiting(made.id) if each != by_speaker[Speaker.OPERATOR].id]
    comments.answer(made.id, theirs, "The law allows it; our rule WEEK keeps 48 hours.", by=two)
    with pytest.raises(CommentsUnanswered):
        regions.confirm(made.id, by=two)
    comments.answer(made.id, waiting(made.id), "So it is.", by=one)
    assert regions.confirm(made.id, by=two).status is ChangeStatus.IN_FORCE
    told = db.session.scalars(select(Event).where(Event.name == "region_change.answered").order_by(Event.id)).all()
    assert [(each.data["place"], each.data["comments"]) for each in told] == [("DE", 3), ("DE", 1)]


def test_one_comment_a_person_that_is_written_anew_until_the_end(app: Flask) -> None:
    ana = somebody()
    made = commented(ana)
    comments.say(made.id, "  Sixty is too much.  ", by=ana)
    (row,) = db.session.scalars(select(RegionComment))
    assert (row.words, row.speaker, row.edited_at is None) == ("Sixty is too much.", Speaker.PERSON, False)
    assert (
        db.session.scalar(select(func.count()).where(Event.doer_id == ana.person_id, Event.name.like("region%"))) == 0
    )
    comments_end()
    with pytest.raises(CommentsOver):
        comments.say(made.id, "Late.", by=ana)
    comments.take_back(made.id, by=ana)
    with pytest.raises(NoComment):
        comments.take_back(made.id, by=ana)
    assert regions.confirm(made.id, by=operator()).version == 2


def test_what_is_refused_or_lowers_nothing_is_not_commented_on(app: Flask) -> None:
    ana, made = somebody(), proposed()
    higher = proposed(hours=40)
    assert higher.comments_until is None
    with pytest.raises(NotFound):
        comments.say(higher.id, "Thank you.", by=ana)
    regions.refuse(made.id, by=operator())
    with pytest.raises(CommentsOver):
        comments.say(made.id, "Thank you.", by=ana)
    with pytest.raises(WrongState):
        comments.answer(made.id, [uuid4()], "It is refused.", by=operator())
    with pytest.raises(Forbidden):
        comments.answer(made.id, [uuid4()], "Me too.", by=accounts.operator(OperatorRole.FINANCE))


def test_an_answer_serves_what_waits_and_is_never_rewritten(app: Flask) -> None:
    made = commented(somebody(), somebody())
    comments_end()
    first, second = waiting(made.id)
    given = comments.answer(made.id, [first], "Heard.", by=operator())
    for ids in ([first], [first, second], [uuid4()]):
        with pytest.raises(NotToAnswer):
            comments.answer(made.id, ids, "Again.", by=operator())
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(update(RegionAnswer).where(RegionAnswer.id == given.id).values(words="Never said."))


def test_contractors_of_the_place_are_told_and_others_not(app: Flask) -> None:
    """Two events in one statement each: whoever lives in Germany hears of it, whoever lives in Kansas does not."""
    berlin = workforce.contractor(country="DE", subdivision=None, timezone="Europe/Berlin")
    workforce.contractor()
    made = proposed()
    regions.refuse(made.id, by=operator())
    for name in ("region_change.proposed", "region_change.refused"):
        event = db.session.scalars(select(Event.id).where(Event.name == name)).one()
        notices.deliver([event], by=CLOCK)
        hearers = select(Notice.person_id).where(Notice.event_id == event, Notice.audience == Audience.PLACE)
        assert db.session.scalars(hearers).all() == [berlin.id]


def test_whoever_commented_is_told_of_their_own_answer_and_nobody_is_named(app: Flask) -> None:
    ana, bea, cara = somebody(), somebody(), somebody()
    made = commented(ana, bea, cara)
    comments_end()
    theirs = {row.person_id: row.id for row in db.session.scalars(select(RegionComment))}
    answers = [[theirs[ana.person_id], theirs[cara.person_id]], [theirs[bea.person_id]]]
    for ids in answers:
        comments.answer(made.id, ids, "Heard.", by=operator())
    comments.take_back(made.id, by=cara)
    events = db.session.scalars(select(Event).where(Event.name == "region_change.answered").order_by(Event.id)).all()
    notices.deliver([each.id for each in events], by=CLOCK)
    told = [set(db.session.scalars(select(Notice.person_id).where(Notice.event_id == each.id))) for each in events]
    assert told == [{ana.person_id}, {bea.person_id}]
    assert not [who for who in theirs if any(str(who) in f"{each.about} {each.data}" for each in events)]


def test_a_comment_goes_with_its_person_and_blocks_nothing(app: Flask) -> None:
    ana = somebody()
    made = commented(ana)
    erasing.erase(db.session.get_one(Person, ana.person_id))
    comments_end()
    assert comments.change(made.id).comments == 0
    assert regions.confirm(made.id, by=operator()).version == 2


# --- the doors ------------------------------------------------------------------------------------------------------


def call(client: FlaskClient, route: str, change_id: UUID | None = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    bodies = {SAY: {"words": "Too much."}, ANSWER: {"words": "Heard.", "comment_ids": [str(uuid4())]}}
    if route in bodies:
        more.setdefault("json", bodies[route])
    headers = {"Idempotency-Key": str(uuid4())} | dict(more.pop("headers", {}))
    return client.open(
        path.replace("<uuid:change_id>", str(change_id or uuid4())), method=method, headers=headers, **more
    )


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


@pytest.mark.door(LIST, "works")
@pytest.mark.door(SHOW, "works")
@pytest.mark.door(READ, "works")
@pytest.mark.door(SAY, "works")
@pytest.mark.door(SAY, "wrong_state")
@pytest.mark.door(TAKE_BACK, "works")
@pytest.mark.door(TAKE_BACK, "wrong_state")
@pytest.mark.door(ANSWER, "works")
@pytest.mark.door(ANSWER, "wrong_state")
def test_from_a_comment_to_its_answer(client: FlaskClient) -> None:
    made, ana, bea, odi = proposed(), somebody(), somebody(), operator()
    said = call(client, SAY, made.id, headers=accounts.bearer(ana))
    assert (said.status_code, said.json["speaker"], said.json["answer"]) == (200, "person", None)
    assert set(said.json) == {"id", "speaker", "words", "hidden_under", "answer"}
    call(client, SAY, made.id, headers=accounts.bearer(bea))
    assert call(client, TAKE_BACK, made.id, headers=accounts.bearer(bea)).json["words"] == ""
    assert call(client, TAKE_BACK, made.id, headers=accounts.bearer(bea)).json["code"] == "no_comment"
    body = {"words": "Heard.", "comment_ids": [said.json["id"]]}
    early = call(client, ANSWER, made.id, json=body, headers=accounts.bearer(odi))
    assert (early.status_code, early.json["code"]) == (409, "comments_open")
    comments_end()
    late = call(client, SAY, made.id, headers=accounts.bearer(ana))
    assert (late.status_code, late.json["code"]) == (409, "comments_over")
    assert call(client, ANSWER, made.id, json=body, headers=accounts.bearer(odi)).status_code == 201
    (item,) = call(client, READ, made.id).json["items"]
    assert (item["words"], item["answer"]["words"]) == ("Too much.", "Heard.")
    shown = call(client, SHOW, made.id).json
    assert (shown["is_open"], shown["comments"], shown["unanswered"]) == (False, 1, 0)
    assert {"field": "weekly_hours", "before": "48", "after": "60"} in shown["changed"]
    assert not {"proposed_by", "decided_by"} & set(shown)
    assert call(client, LIST).json["items"] == [shown]


@pytest.mark.parametrize("route", doors(SAY, TAKE_BACK, ANSWER, question="not_signed_in"))
def test_nobody_speaks_without_a_key(client: FlaskClient, route: str) -> None:
    assert call(client, route).status_code == 401


@pytest.mark.parametrize("route", doors(SAY, TAKE_BACK, ANSWER, question="not_mine"))
def test_there_is_nothing_to_say_of_what_is_not_announced(client: FlaskClient, route: str) -> None:
    made = commented(somebody()).id if route == ANSWER else uuid4()
    assert call(client, route, made, headers=accounts.bearer(somebody())).status_code == 404


@pytest.mark.parametrize(
    ("route", "more"),
    [
        pytest.param(SAY, {"json": {"words": " \n"}}, marks=pytest.mark.door(SAY, "wrong_shape")),
        (SAY, {"json": {"words": "x" * 4001}}),
        pytest.param(
            ANSWER, {"json": {"words": "Heard.", "comment_ids": []}}, marks=pytest.mark.door(ANSWER, "wrong_shape")
        ),
        pytest.param(LIST, {"query_string": {"limit": "0"}}, marks=pytest.mark.door(LIST, "wrong_shape")),
        pytest.param(READ, {"query_string": {"after": "x"}}, marks=pytest.mark.door(READ, "wrong_shape")),
    ],
)
def test_what_is_no_comment(client: FlaskClient, route: str, more: dict[str, Any]) -> None:
    made = proposed()
    assert call(client, route, made.id, headers=accounts.bearer(operator()), **more).status_code == 422


# --- the pages ------------------------------------------------------------------------------------------------------


def test_people_comment_on_a_page_and_operators_answer_at_the_desk(client: FlaskClient) -> None:
    visitor, made = Visitor(client), proposed()
    address = f"/changes/{made.id}"
    assert "Sign in to say what you think of it." in visitor.look(address).words
    ana = db.session.get_one(Person, somebody().person_id)
    visitor.signed_in(ana)
    assert "14 of 14 days for comments are left." in visitor.look(address).html
    page = visitor.send(address, f"{address}/comment", words="Sixty is too much.")
    assert "Sixty is too much." in page.words
    assert ana.name not in visitor.look(address).html.split("<main")[1]
    visitor.send(address, "/sign-out")
    comments_end()
    visitor.signed_in(db.session.get_one(Person, operator().person_id))
    desk = f"/desk/places/changes/{made.id}"
    page = visitor.look(desk)
    assert not page.offers("/confirm")
    empty = visitor.hand_in(page, f"{desk}/answers", words="Heard.")
    assert empty.status == 422
    visitor.hand_in(page, f"{desk}/answers", words="WEEK keeps 48 hours.", comment_ids=str(waiting(made.id)[0]))
    assert visitor.look(desk).offers("/confirm")
    assert "WEEK keeps 48 hours." in visitor.look(address).words
    assert "Germany" in visitor.look("/changes").words
