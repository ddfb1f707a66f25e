"""The page of open shifts: somebody looks for one, and asks for it."""

from marketplace.accounts.models import Person
from marketplace.core.db import db
from tests.factories import shifts as make
from tests.web.visitor import Visitor


def test_somebody_looks_for_a_shift_and_asks_for_it(visitor: Visitor) -> None:
    there = make.scene()
    ana = make.contracted(there)
    shift = make.shift(there)
    visitor.signed_in(db.session.get_one(Person, ana.id))
    assert "No shift is open like this." in visitor.look("/work/open-shifts?first_day=2026-11-25").words
    found = visitor.look(f"/work/open-shifts?company_id={there.company_id}&first_day=2026-11-23")
    assert there.gig.title in found.words
    assert "$15.00 USD an hour" in found.words
    page = visitor.hand_in(found, str(shift.id))
    assert "You asked for this shift." in page.words
    assert "Others may ask for it, too." in page.words
    assert "Your yes is collected" in visitor.hand_in(page, "/accept").words
