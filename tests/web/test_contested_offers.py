"""The pages on which somebody contests why they were not asked, and an operator answers."""

from flask import Flask
from sqlalchemy import select

from marketplace.accounts import queries as people
from marketplace.accounts.rules import OperatorRole
from marketplace.core.db import db
from marketplace.matching import service
from marketplace.matching.contest_models import MatchContest
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import Scene
from tests.web.visitor import Visitor


def test_somebody_contests_why_and_reads_the_answer(app: Flask, visitor: Visitor, scene: Scene) -> None:
    ana, shift = make.contracted(scene, band=(0, 3)), make.shift(scene)
    service.match(shift.id, by=scene.company)
    visitor.signed_in(people.person(ana.id))
    path = f"/work/shifts/{shift.id}/why"
    assert "Is it wrong?" in visitor.look(path).words
    empty = visitor.send(path, reason="")
    assert empty.status == 422
    sent = visitor.send(path, reason="My week is free.")
    assert "You contested it waits for an answer" in sent.words
    assert "“My week is free.”" in sent.words
    desk = Visitor(app.test_client())
    judge = accounts.operator(OperatorRole.DISPUTES).person_id
    assert judge is not None
    desk.signed_in(people.person(judge))
    assert "1 contested offer to answer" in desk.look("/desk").words
    waiting = desk.look("/desk/contested-offers")
    assert "“My week is free.”" in waiting.words
    address = f"/desk/contested-offers/{db.session.scalars(select(MatchContest.id)).one()}"
    assert address in waiting.html
    page = desk.look(address)
    for words in ("HOURS_BAND", "My week is free.", "Due by"):
        assert words in page.words
    answered = desk.send(address, outcome="overturned", reason="The band had been widened.")
    assert "The band had been widened." in answered.words
    assert not answered.offers(address)
    assert "The band had been widened." in visitor.look(path).words
