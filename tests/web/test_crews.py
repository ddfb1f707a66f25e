"""The pages of crews: a company makes one, a member sees it and leaves."""

from marketplace.accounts.models import Person
from marketplace.core.db import db
from tests.factories import shifts
from tests.web.visitor import Visitor


def test_a_company_saves_a_crew_and_its_member_leaves(visitor: Visitor) -> None:
    there, other = shifts.scene(), shifts.scene()
    ana = shifts.contracted(there)
    owner, me = (db.session.get_one(Person, each) for each in (there.company.person_id, ana.id))
    visitor.signed_in(owner)
    path = f"/company/{there.company_id}/crews"
    page = visitor.send(path, "/crews", name="Night desk")
    assert "Nobody is in this crew." in page.words
    page = visitor.send(page.address, "/members", contractor_ids=str(ana.id))
    assert page.offers("/remove")
    assert "1 person" in visitor.look(path).words
    assert visitor.look(page.address.replace(str(there.company_id), str(other.company_id))).status == 404

    visitor.send("/account", "/sign-out")
    visitor.signed_in(me)
    assert "Night desk" in visitor.look("/me/crews").words
    assert "You are in no crew." in visitor.send("/me/crews", "/leave").words
