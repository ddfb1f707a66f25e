"""The pages of standing: a person reads and contests, a company blocks and lifts, an operator restricts and answers."""

from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.core.db import db
from marketplace.workforce import restrictions
from marketplace.workforce.bars import ProposalStatus, RestrictionStatus, Scope
from marketplace.workforce.standing_models import Proposal
from tests.factories import shifts, standing
from tests.web.visitor import Visitor


def person(actor_or_id: object) -> Person:
    found = getattr(actor_or_id, "person_id", None) or getattr(actor_or_id, "id", None)
    return db.session.get_one(Person, found)


def test_an_operator_restricts_the_person_contests_and_another_answers(visitor: Visitor) -> None:
    there = shifts.scene()
    ana = shifts.contracted(there)
    first, second = standing.operator(), standing.operator()
    visitor.signed_in(person(first))
    path = f"/desk/people/{ana.id}"
    refused = visitor.send(path, "/restrictions", about="all", days="91", reason="Two entries overlap.")
    assert (refused.status, "Two entries overlap." in refused.html) == (422, True)
    page = visitor.send(path, "/restrictions", about=f"gig:{there.gig.id}", days="20", reason="Two entries overlap.")
    assert "Two entries overlap." in page.words
    (row,) = restrictions.of_person(ana.id, first)
    assert (row.scope, row.gig_id) == (Scope.GIG, there.gig.id)

    visitor.send("/account", "/sign-out")
    visitor.signed_in(person(ana))
    page = visitor.look("/me/standing")
    assert there.gig.title in page.words
    page = visitor.send("/me/standing", "/contest", words="My clock was off.")
    assert "My clock was off." in page.words
    assert not page.offers("/contest")

    visitor.send("/account", "/sign-out")
    visitor.signed_in(person(second))
    assert "Due by" in visitor.look("/desk/appeals").words
    page = visitor.send(f"/desk/appeals/{row.decision_id}", outcome="overturned", reason="It was off.")
    assert "It was off." in page.words
    assert row.status is RestrictionStatus.LIFTED


def test_who_decided_does_not_answer(visitor: Visitor) -> None:
    ana, by = shifts.contracted(shifts.scene()), standing.operator()
    row = standing.restricted(ana.id, by=by)
    standing.contested(ana.id)
    page = visitor.signed_in(person(by)).look(f"/desk/appeals/{row.decision_id}")
    assert "another operator answers" in page.words
    assert not page.offers(f"/desk/appeals/{row.decision_id}")


def test_a_company_blocks_for_its_own_gigs_and_lifts(visitor: Visitor) -> None:
    there = shifts.scene()
    ana = shifts.contracted(there)
    path = f"/company/{there.company_id}/blocks"
    visitor.signed_in(person(there.company))
    page = visitor.send(path, "/blocks", contractor_id=ana.id, days="30", reason="Came late three times.")
    assert "Came late three times." in page.words
    page = visitor.send(path, "/lift", reason="They explained it.")
    assert "They explained it." in page.words
    assert [row.status for row in restrictions.of_person(ana.id, standing.operator())] == [RestrictionStatus.LIFTED]
    other = shifts.scene()
    assert visitor.look(f"/company/{other.company_id}/blocks").status == 404


def test_one_browser_with_two_accounts_goes_to_a_human(visitor: Visitor) -> None:
    there = shifts.scene()
    ana, bea = (shifts.contracted(there) for _ in range(2))
    visitor.signed_in(person(ana)).look("/work")
    visitor.send("/account", "/sign-out")
    page = visitor.signed_in(person(bea)).look("/me/standing")
    assert "That proves nothing" in page.words
    (found,) = db.session.scalars(select(Proposal)).all()
    assert found.evidence["shares"] == "device"
    page = visitor.send("/me/standing", f"/findings/{found.id}", words="Ana is my sister.")
    assert "Ana is my sister." in page.words
    visitor.send("/account", "/sign-out")
    visitor.signed_in(person(standing.operator()))
    assert "device" in visitor.look("/desk/findings").words
    page = visitor.look(f"/desk/findings/{found.id}")
    assert "the newer account" in page.words
    assert "never a reason" in page.words
    page = visitor.send(f"/desk/findings/{found.id}", "/dismiss", reason="They live together.")
    assert "They live together." in page.words
    assert found.status is ProposalStatus.DISMISSED


def test_what_is_remembered_is_said_to_everybody(visitor: Visitor) -> None:
    assert "setara_device" in visitor.look("/privacy").words


def test_a_person_leaves_and_an_operator_closes(visitor: Visitor) -> None:
    there = shifts.scene()
    ana, bea = (shifts.contracted(there) for _ in range(2))
    visitor.signed_in(person(ana))
    page = visitor.send("/me/leaving", "/leaving", words="I found other work.")
    assert "it closes within minutes" in page.words
    visitor.send("/account", "/sign-out")
    visitor.signed_in(person(standing.operator()))
    page = visitor.send(f"/desk/people/{bea.id}/closing", "/closing", reason="The account was sold.")
    assert "being closed" in page.words
