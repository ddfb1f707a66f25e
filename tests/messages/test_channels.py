"""A workers' own channel: who may enter, when a new key is due, and what is left of it outside."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, Right
from marketplace.contracts import service as agreements
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event
from marketplace.core.problems import NotFound, Unauthenticated
from marketplace.messages import channel_queries as queries
from marketplace.messages import channels
from marketplace.messages.channel_models import ChannelKey, ChannelWords
from marketplace.messages.channel_rules import (
    KEPT,
    MOST_JOINS_A_DAY,
    MOST_WORDS_AN_HOUR,
    WAITS,
    AlreadyJoined,
    BadPublicKey,
    KeyChanged,
    KeyHeld,
    KeyIsGood,
    NameTaken,
    NewKeyDue,
    NoSuchMember,
    NotJoined,
    NotLetIn,
    TooManyJoins,
    TooManyWords,
    Turn,
    WrongKeys,
    check_turn,
)
from marketplace.notices import service as notices
from marketplace.notices.models import Notice
from tests.factories import accounts, workforce
from tests.factories import channels as make
from tests.factories.shifts import MONDAY, Scene


def test_there_is_nothing_for_the_company_for_operators_and_for_programs(scene: Scene) -> None:
    ana = make.worker(scene)
    assert ana.person_id is not None
    outsiders = [
        scene.company,
        accounts.operator(*OperatorRole),
        accounts.actor_of(workforce.contractor().id),
        Actor(ana.person_id, "key", {scene.company_id: frozenset(Right)}),
        # Whoever works for a company of their own hears nothing of the others, and no operator of theirs.
        Actor(ana.person_id, companies={scene.company_id: frozenset({Right.READ})}),
        Actor(ana.person_id, operator=frozenset({OperatorRole.VETTING})),
    ]
    for by in outsiders:
        with pytest.raises(NotFound):
            queries.inside(scene.company_id, seen_by=by)
        assert queries.mine(seen_by=by) == []
    with pytest.raises(Unauthenticated):
        queries.mine(seen_by=CLOCK)
    assert [each.company_id for each in queries.mine(seen_by=ana)] == [scene.company_id]


def test_a_member_is_let_in_by_a_member(scene: Scene) -> None:
    ana, _ = make.begun(scene)
    bea, bea_id = make.joined(scene, "Heron")
    with pytest.raises(NotLetIn):
        make.said(scene, bea)
    with pytest.raises(NotLetIn):
        channels.let_in(scene.company_id, 1, make.key_for(bea_id), by=bea)
    with pytest.raises(NoSuchMember):
        channels.let_in(scene.company_id, 1, make.key_for(uuid4()), by=ana)
    assert make.seen(channels.let_in(scene.company_id, 1, make.key_for(bea_id), by=ana)) == {
        "Kite": True,
        "Heron": True,
    }
    with pytest.raises(KeyHeld):
        channels.let_in(scene.company_id, 1, make.key_for(bea_id), by=ana)
    make.said(scene, bea)
    assert [each.name for each in db.session.scalars(queries.words(scene.company_id, seen_by=ana))] == ["Heron"]
    with pytest.raises(NotJoined):
        queries.words(scene.company_id, seen_by=make.worker(scene))


@pytest.mark.parametrize("by_choice", [True, False], ids=["by choice", "with the contract"])
def test_whoever_leaves_cannot_read_what_comes_after(scene: Scene, by_choice: bool) -> None:
    (ana, ana_id), company_id = make.begun(scene), scene.company_id
    bea, bea_id = make.let_in(scene, "Heron", ana)
    cara, cara_id = make.let_in(scene, "Wren", ana)
    if by_choice:
        channels.leave(company_id, by=bea)
    else:
        agreed = db.session.scalars(select(Contract.id).where(Contract.contractor_id == bea.person_id)).one()
        agreements.end(agreed, "", by=bea)
        clock.move_to(clock.now() + timedelta(days=15))
    with pytest.raises((NotJoined, NotFound)):
        make.said(scene, bea)
    with pytest.raises(NewKeyDue):
        make.said(scene, cara)
    keys = [make.key_for(ana_id), make.key_for(cara_id)]
    with pytest.raises(WrongKeys):
        channels.begin_epoch(company_id, 2, make.sealed(60), [*keys, make.key_for(bea_id)], by=cara)
    with pytest.raises(WrongKeys):
        channels.begin_epoch(company_id, 2, None, keys, by=cara)
    inside = channels.begin_epoch(company_id, 2, make.sealed(60), keys, by=cara)
    assert (make.seen(inside), inside.is_due) == ({"Kite": True, "Wren": True}, False)
    make.said(scene, ana, epoch=2)
    with pytest.raises(KeyChanged):
        make.said(scene, ana)
    with pytest.raises(KeyIsGood):
        channels.begin_epoch(company_id, 3, make.sealed(60), keys, by=ana)
    held = db.session.scalars(select(ChannelKey.epoch).where(ChannelKey.member_id == bea_id)).all()
    assert held == ([] if by_choice else [1])


def test_who_may_begin_anew() -> None:
    me, other, moment = uuid4(), uuid4(), MONDAY
    alone = Turn(me, moment, 3, 2, [])
    check_turn(alone, 4, [me], False, moment)
    with pytest.raises(KeyChanged):
        check_turn(alone, 5, [me], False, moment)
    with pytest.raises(WrongKeys):
        check_turn(alone, 4, [me, other], False, moment)
    waiting = Turn(me, moment, 3, 1, [other])
    with pytest.raises(NotLetIn):
        check_turn(waiting, 4, [me], False, moment + WAITS - timedelta(seconds=1))
    check_turn(waiting, 4, [me], False, moment + WAITS)


def test_names_keys_and_pace_have_limits(scene: Scene) -> None:
    ana, _ = make.begun(scene)
    bea = make.worker(scene)
    with pytest.raises(NameTaken):
        make.joined(scene, "KITE", bea)
    with pytest.raises(AlreadyJoined):
        make.joined(scene, "Owl", ana)
    with pytest.raises(BadPublicKey):
        channels.join(scene.company_id, "Owl", **make.pair() | {"public_key": make.sealed(65)}, by=bea)
    for number in range(MOST_JOINS_A_DAY):
        make.joined(scene, f"Owl {number}", bea)
        channels.leave(scene.company_id, by=bea)
    with pytest.raises(TooManyJoins):
        make.joined(scene, "Owl", bea)
    with pytest.raises(NameTaken):
        make.joined(scene, "Owl 1")
    for _ in range(MOST_WORDS_AN_HOUR):
        make.said(scene, ana)
    with pytest.raises(TooManyWords):
        make.said(scene, ana)
    clock.move_to(clock.now() + timedelta(hours=1))
    mark, same = uuid4(), make.sealed(284)
    first = channels.say(scene.company_id, mark, 1, same, by=ana).id
    assert channels.say(scene.company_id, mark, 1, same, by=ana).id == first


def test_others_hear_once_that_there_is_something_new_and_of_nobody(scene: Scene) -> None:
    ana, _ = make.begun(scene)
    bea, _ = make.let_in(scene, "Heron", ana)
    cara, _ = make.let_in(scene, "Wren", ana)
    channels.change(scene.company_id, is_muted=True, by=cara)
    for _ in range(3):
        make.said(scene, ana)
    events = db.session.scalars(select(Event).where(Event.name.startswith("channel"))).all()
    assert [(each.doer_id, len(each.about), each.data) for each in events] == [(None, 1, {})]
    assert notices.deliver([events[0].id], by=CLOCK) == 2  # In the inbox, and as an e-mail.
    assert db.session.scalars(select(Notice.person_id)).all() == [bea.person_id]
    news = [each.has_news for by in (ana, bea, cara) for each in queries.mine(seen_by=by)]
    assert news == [False, True, False]
    channels.change(scene.company_id, has_looked=True, by=bea)
    make.said(scene, ana)
    assert db.session.scalars(select(Event.name).where(Event.name.startswith("channel"))).all() == ["channel.news"] * 2


def test_words_are_taken_back_and_end(scene: Scene) -> None:
    ana, _ = make.begun(scene)
    bea, _ = make.let_in(scene, "Heron", ana)
    words_id = make.said(scene, ana)
    with pytest.raises(NotFound):
        channels.take_back(scene.company_id, words_id, by=bea)
    channels.take_back(scene.company_id, words_id, by=ana)
    old, begun = make.said(scene, bea), clock.now()
    clock.move_to(begun + timedelta(days=1))
    new = make.said(scene, bea)
    clock.move_to(begun + KEPT)
    assert channels.forget_old(10) == 1
    left = db.session.scalars(select(ChannelWords.id)).all()
    assert (old in left, new in left) == (False, True)
