"""The pages on which a company reads what it has paid for."""

import pytest

from marketplace.web import company_money
from tests.factories import accounts
from tests.factories import pay as made
from tests.web.visitor import Visitor


def test_what_was_paid_is_totalled_whole_and_not_by_the_lines_that_are_shown(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line of four is shown; 67.40 USD were paid: 60.00 to people, 4.40 into benefits and 3.00 of fee."""
    monkeypatch.setattr(company_money, "NEWEST", 1)
    company_id = made.worked_and_approved().company_id
    made.paid()
    visitor.signed_in(accounts.person_of(accounts.owner_of(company_id).person_id))
    page = visitor.look(f"/company/{company_id}/money/paid")
    assert "$67.40 USD in all" in page.words
    assert "wages" not in page.words
