"""Words that abuse people are hidden with a reason, and their author can contest it (ABUSE)."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

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
from marketplace.standards import comments, hiding
from marketplace.standards.hiding_models import Hiding
from marketplace.standards.hiding_rules import (
    AnsweredByTime,
    HiddenAlready,
    HidingStatus,
    HidThem,
    NotContestable,
    NothingToHide,
    OwnWords,
)
from marketplace.standards.models import RegionChange, RegionComment
from tests.factories import accounts
from tests.factories.regions import commented
from tests.web.visitor import Visitor

BASE = "/api/v1/hidden-words"
ONE = f"{BASE}/<uuid:hiding_id>"
LIST, MINE, SHOW = f"GET {BASE}", f"GET {BASE}/mine", f"GET {ONE}"
CONTEST, UPHOLD, LIFT = f"POST {ONE}/contest", f"POST {ONE}/uphold", f"POST {ONE}/lift"
HIDE = "POST /api/v1/standards/announced-changes/<uuid:change_id>/comments/<uuid:comment_id>/hide"
WORDS = "Sixty hours leave no evening."
WHY = "It calls a person names."
DAY = timedelta(days=1)


def vetter() -> Actor:
    return accounts.operator(OperatorRole.VETTING)


def somebody() -> Actor:
    return accounts.actor_of(accounts.person())


def comment_of(who: Actor) -> RegionComment:
    return db.session.scalars(select(RegionComment).where(RegionComment.person_id == who.person_id)).one()


def hidden(author: Actor, by: Actor, made: RegionChange | None = None) -> tuple[RegionChange, Hiding]:
    """A comment of somebody, hidden: on a new change, or beside others on one."""
    if made is None:
        made = commented(author)
    else:
        comments.say(made.id, WORDS, by=author)
    return made, comments.hide(made.id, comment_of(author).id, WHY, by=by)


def read_by(made: RegionChange, who: Actor | None) -> list[tuple[str, str | None]]:
    rows = db.session.scalars(comments.said_of(made.id)).all()
    return [(each.words, each.hidden_under) for each in comments.read(rows, seen_by=who)]


def test_hidden_words_are_read_by_their_author_and_operators_alone(app: Flask) -> None:
    """What is written anew in their place stays hidden, and a hidden comment waits for its answer like any other."""
    ana, hider = somebody(), vetter()
    made, row = hidden(ana, hider)
    for who in (ana, hider, vetter(), accounts.operator(OperatorRole.STANDARDS)):
        assert read_by(made, who) == [(WORDS, "ABUSE")]
    for stranger in (None, somebody(), accounts.operator(OperatorRole.FINANCE)):
        assert read_by(made, stranger) == [("", "ABUSE")]
    assert comments.change(made.id).unanswered == 1
    with pytest.raises(NotFound):
        hiding.one(row.id, seen_by=somebody())
    with pytest.raises(HiddenAlready):
        comments.hide(made.id, row.thing_id, WHY, by=vetter())
    with pytest.raises(Forbidden):
        comments.hide(made.id, row.thing_id, WHY, by=accounts.operator(OperatorRole.STANDARDS))
    comments.say(made.id, "Another insult.", by=ana)
    assert read_by(made, None) == [("", "ABUSE")]
    hiding.lift(row.id, "It is gone.", by=hider)
    assert read_by(made, None) == [("Another insult.", None)]
    comments.take_back(made.id, by=ana)
    with pytest.raises(NothingToHide):
        comments.hide(made.id, row.thing_id, WHY, by=hider)


def test_another_operator_decides_and_nobody_about_their_own_words(app: Flask) -> None:
    ana, hider, other = somebody(), vetter(), vetter()
    made, row = hidden(ana, hider)
    with pytest.raises(WrongState):
        hiding.uphold(row.id, "Nobody has contested it.", by=other)
    hiding.contest(row.id, "I spoke of the hours.", by=ana)
    with pytest.raises(NotContestable):
        hiding.contest(row.id, "And again.", by=ana)
    with pytest.raises(HidThem):
        hiding.uphold(row.id, "I said so.", by=hider)
    assert hiding.uphold(row.id, "It names a neighbour.", by=other).status is HidingStatus.UPHELD
    assert read_by(made, None) == [("", "ABUSE")]
    assert hiding.lift(row.id, "I was wrong.", by=other).status is HidingStatus.LIFTED
    assert (row.reason, row.contest, row.answer) == (WHY, "I spoke of the hours.", "It names a neighbour.")
    comments.say(made.id, WORDS, by=other)
    with pytest.raises(OwnWords):
        comments.hide(made.id, comment_of(other).id, WHY, by=other)


def test_what_nobody_answers_in_time_is_shown_again(app: Flask) -> None:
    """Contested on the 29th day, which is in time, and answered by nobody for 14 days: the words are shown again."""
    ana, bea, hider, other = somebody(), somebody(), vetter(), vetter()
    made, row = hidden(ana, hider)
    _, late = hidden(bea, hider, made)
    began = row.hidden_at
    clock.move_to(began + 29 * DAY)
    hiding.contest(row.id, "I spoke of the hours.", by=ana)
    assert row.answer_by is not None
    assert timedelta() <= row.answer_by - (began + 43 * DAY) < timedelta(minutes=1)
    clock.move_to(late.hidden_at + 30 * DAY)
    with pytest.raises(NotContestable):
        hiding.contest(late.id, "Too late.", by=bea)
    assert hiding.lapse_due() == 0
    clock.move_to(row.answer_by)
    with pytest.raises(AnsweredByTime):
        hiding.uphold(row.id, "Too late.", by=other)
    assert hiding.lapse_due() == 1
    db.session.expire_all()
    assert (row.status, row.lifted_by) == (HidingStatus.LIFTED, None)
    assert sorted(read_by(made, None), key=str) == [("", "ABUSE"), (WORDS, None)]


def test_events_hold_neither_words_nor_names_and_the_author_is_told(app: Flask) -> None:
    ana, hider, other = somebody(), vetter(), vetter()
    _, row = hidden(ana, hider)
    hiding.contest(row.id, "I spoke of the hours.", by=ana)
    hiding.uphold(row.id, "It stays.", by=other)
    hiding.lift(row.id, "It was wrong.", by=other)
    events = db.session.scalars(select(Event).where(Event.subject_id == row.id).order_by(Event.id)).all()
    assert [each.name for each in events] == ["hiding.made", "hiding.contested", "hiding.upheld", "hiding.lifted"]
    assert {(*each.about, *sorted(each.data)) for each in events[1:]} == {(f"hiding:{row.id}", "from", "to")}
    assert [each.doer_id for each in events] == [hider.person_id, None, other.person_id, other.person_id]
    notices.deliver([each.id for each in events], by=CLOCK)
    heard = select(Notice.person_id).where(Notice.audience == Audience.AUTHOR)
    assert db.session.scalars(heard).all() == [ana.person_id] * 3
    desk = select(Notice.person_id).where(Notice.event_id == events[1].id)
    assert {hider.person_id, other.person_id} <= set(db.session.scalars(desk))
    erasing.erase(db.session.get_one(Person, ana.person_id))
    db.session.refresh(row)
    assert {row.reason, row.contest, row.answer, row.lift_reason} == {""}


def test_from_the_button_to_the_contest_and_back(app: Flask) -> None:
    ana, hider, other = accounts.person(), vetter(), vetter()
    made = commented(accounts.actor_of(ana))
    page, stranger = f"/changes/{made.id}", Visitor(app.test_client())
    button = f"/desk/places/changes/{made.id}/comments/{comment_of(accounts.actor_of(ana)).id}/hide"
    desk = Visitor(app.test_client()).signed_in(db.session.get_one(Person, hider.person_id))
    assert button in desk.look(page).html
    assert "Hide these words" not in stranger.look(page).words
    desk.send(button, reason=WHY)
    assert "An operator hid these words" in stranger.look(page).words
    assert WORDS not in stranger.look(page).words
    mine = Visitor(app.test_client()).signed_in(ana)
    assert "Your comment is hidden from others." in mine.look(page).words
    own = mine.look("/hidden-words")
    assert WHY in own.words
    assert WORDS in own.words
    mine.hand_in(own, "/contest", reason="I spoke of the hours.")
    row = db.session.scalars(select(Hiding)).one()
    judge = Visitor(app.test_client()).signed_in(db.session.get_one(Person, other.person_id))
    assert WORDS in judge.look("/desk/hidden?status=contested").words
    decided = judge.hand_in(judge.look(f"/desk/hidden/{row.id}"), "/lift", reason="It insults nobody.")
    assert "It insults nobody." in decided.words
    assert WORDS in stranger.look(page).words


# --- the doors --------------------------------------------------------------------------------------------------------


def call(client: FlaskClient, route: str, hiding_id: UUID | None = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    for name in ("change_id", "comment_id"):
        path = path.replace(f"<uuid:{name}>", str(more.pop(name, uuid4())))
    if method == "POST":
        more.setdefault("json", {"reason": "Because of what it says."})
    headers = {"Idempotency-Key": str(uuid4())} | dict(more.pop("headers", {}))
    path = path.replace("<uuid:hiding_id>", str(hiding_id or uuid4()))
    return client.open(path, method=method, headers=headers, **more)


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


@pytest.mark.door(HIDE, "works")
@pytest.mark.door(HIDE, "wrong_state")
@pytest.mark.door(LIST, "works")
@pytest.mark.door(MINE, "works")
@pytest.mark.door(SHOW, "works")
@pytest.mark.door(SHOW, "not_mine")
@pytest.mark.door(CONTEST, "works")
@pytest.mark.door(CONTEST, "wrong_state")
@pytest.mark.door(UPHOLD, "works")
@pytest.mark.door(UPHOLD, "wrong_state")
@pytest.mark.door(LIFT, "works")
@pytest.mark.door(LIFT, "wrong_state")
def test_from_hiding_to_lifting(client: FlaskClient) -> None:
    ana, hider, other = somebody(), vetter(), vetter()
    made = commented(ana)
    where = {"change_id": made.id, "comment_id": comment_of(ana).id}
    row = call(client, HIDE, headers=accounts.bearer(hider), **where)
    assert (row.status_code, row.json["rule"], row.json["status"]) == (201, "ABUSE", "hidden")
    assert not {"author_id", "hidden_by"} & set(row.json)
    assert call(client, HIDE, headers=accounts.bearer(hider), **where).json["code"] == "hidden_already"
    hiding_id, me, judge = UUID(row.json["id"]), accounts.bearer(ana), accounts.bearer(other)
    assert call(client, MINE, headers=me).json["items"] == [row.json]
    assert call(client, SHOW, hiding_id, headers=me).json == row.json
    assert call(client, SHOW, hiding_id, headers=accounts.bearer(somebody())).status_code == 404
    assert call(client, CONTEST, hiding_id, headers=me).json["status"] == "contested"
    assert call(client, CONTEST, hiding_id, headers=me).json["code"] == "hiding_not_contestable"
    contested = client.get(f"{BASE}?status=contested", headers=judge).json["items"]
    assert [each["id"] for each in contested] == [str(hiding_id)]
    assert call(client, UPHOLD, hiding_id, headers=judge).json["status"] == "upheld"
    assert call(client, UPHOLD, hiding_id, headers=judge).json["code"] == "wrong_state"
    assert call(client, LIFT, hiding_id, headers=judge).json["status"] == "lifted"
    assert call(client, LIFT, hiding_id, headers=judge).json["code"] == "wrong_state"


@pytest.mark.parametrize("route", doors(HIDE, LIST, MINE, SHOW, CONTEST, UPHOLD, LIFT, question="not_signed_in"))
def test_nobody_is_let_in_without_a_key(client: FlaskClient, route: str) -> None:
    assert call(client, route).status_code == 401


@pytest.mark.parametrize("route", doors(HIDE, LIST, CONTEST, UPHOLD, LIFT, question="not_mine"))
def test_others_find_nothing(client: FlaskClient, route: str) -> None:
    made, row = hidden(somebody(), vetter())
    headers = accounts.bearer(somebody())
    found = call(client, route, row.id, change_id=made.id, comment_id=row.thing_id, headers=headers)
    assert found.status_code == 404


@pytest.mark.parametrize("route", doors(HIDE, CONTEST, UPHOLD, LIFT, question="wrong_shape"))
def test_every_decision_says_why(client: FlaskClient, route: str) -> None:
    assert call(client, route, json={}, headers=accounts.bearer(vetter())).status_code == 422


@pytest.mark.door(LIST, "wrong_shape")
@pytest.mark.door(MINE, "wrong_shape")
def test_lists_know_their_questions(client: FlaskClient) -> None:
    headers = accounts.bearer(vetter())
    assert client.get(f"{BASE}?status=burnt", headers=headers).status_code == 422
    assert client.get(f"{BASE}/mine?limit=0", headers=headers).status_code == 422
