"""Renewing a paper on the pages: what ends when, showing a new one, and deciding about what is there."""

from datetime import timedelta

from marketplace.accounts.models import Person
from marketplace.accounts.rules import OperatorRole
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.workforce import documents, expiring, queries
from marketplace.workforce.papers import Purpose
from marketplace.workforce.rules import RequirementKind
from tests.factories import accounts, workforce
from tests.papers import pdf, png
from tests.web.visitor import Visitor


def test_a_paper_that_is_over_is_renewed_and_offers_go_on(visitor: Visitor) -> None:
    ana = workforce.contractor()
    visitor.signed_in(db.session.get_one(Person, ana.id))
    clock.move_to(clock.now() + workforce.YEARS - timedelta(days=20))
    page = visitor.look("/me/application")
    assert "Good until" in page.words
    assert "Next:" not in page.words
    clock.move_to(clock.now() + timedelta(days=30))
    expiring.pause_due()
    assert "a paper that is over" in visitor.look("/me/standing").words
    page = visitor.look("/me/application?step=identity")
    paper = {"identity.number": "N 7654321", "identity.expires_on": "2039-01-01"}
    page = visitor.hand_in(page, "/application/identity", file=png(), **paper)
    assert "Was good until" in page.words

    operator = db.session.get_one(Person, accounts.operator(OperatorRole.VETTING).person_id)
    visitor.send("/account", "/sign-out")
    visitor.signed_in(operator)
    assert "Who you are: good until" in visitor.look("/desk/findings").words
    assert "Renewed papers" in visitor.look("/desk/vetting").words
    path = f"/desk/people/{ana.id}/papers"
    page = visitor.look(path)
    assert page.form("/papers").values["ends.identity"] == ["2039-01-01"]
    documents.hand_in([(Purpose.IDENTITY, pdf())], by=accounts.actor_of(ana.id))
    ruling = {"decisions.identity.met": "true", "decisions.identity.reason": "Theirs."}
    late = visitor.hand_in(page, "/papers", **ruling)
    assert (late.status, "What was shown has changed since you looked." in late.words) == (409, True)
    assert visitor.hand_in(late, "/papers", **ruling).status == 200
    row = next(
        each
        for each in queries.requirements(ana.id, accounts.actor_of(ana.id))
        if each.kind is RequirementKind.IDENTITY
    )
    assert str(row.valid_until) == "2039-01-01"
    visitor.send("/account", "/sign-out")
    visitor.signed_in(db.session.get_one(Person, ana.id))
    assert "Nothing keeps offers from you." in visitor.look("/me/standing").words
