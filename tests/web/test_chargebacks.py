"""The pages on which a company reads what its bank took back, answers it, and operators see the days that are left."""

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts import queries as people
from marketplace.accounts.rules import OperatorRole
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.pay.rails import chargebacks
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rails.chargeback_rules import SANDBOX_WAITS
from marketplace.pay.rules import LeverEffect, OpKind
from marketplace.web import chargebacks as pages
from tests import papers
from tests.factories import accounts
from tests.factories import pay as made
from tests.web.visitor import Visitor


def test_a_company_answers_its_bank_and_pays_again(app: Flask, visitor: Visitor) -> None:
    company_id = accounts.company().id
    made.lever(LeverEffect.CHARGE_BACK, OpKind.DEPOSIT)
    made.deposited(company_id, Money.of("10.00", "USD"))
    made.deposited(company_id, Money.of("10.00", "USD"))
    with transaction():
        chargebacks.look_at_sandbox()
    person_id = accounts.owner_of(company_id).person_id
    assert person_id is not None
    visitor.signed_in(people.person(person_id))
    path = f"/company/{company_id}/chargebacks"
    assert path in visitor.look(f"/company/{company_id}/money").html
    address = f"{path}/{db.session.scalars(select(Chargeback.id)).one()}"
    assert address in visitor.look(path).html
    page = visitor.look(address)
    for words in ("$10.00", "days left", "named none of its usual reasons", "What people were paid stays theirs."):
        assert words in page.words
    assert visitor.hand_in(page, "/evidence", words="No.").status == 422
    refused = visitor.hand_in(page, "/papers", shows="receipt", file=b"no paper")
    assert (refused.status, "This is neither a PNG or JPEG picture nor a PDF." in refused.words) == (422, True)
    page = visitor.hand_in(page, "/papers", shows="receipt", file=papers.png())
    assert "Receipt of the deposit" in page.words
    told = visitor.hand_in(page, "/evidence", words="We ordered it and have its results.")
    assert "“We ordered it and have its results.”" in told.words
    assert not told.offers("/evidence")
    assert not told.offers("/take-back")
    assert not visitor.hand_in(told, "/pay-again").offers("/pay-again")
    desk = Visitor(app.test_client())
    operator = accounts.operator(OperatorRole.FINANCE).person_id
    assert operator is not None
    desk.signed_in(people.person(operator))
    assert "/desk/chargebacks" in desk.look("/desk/pay").html
    assert "paid again" in desk.look("/desk/chargebacks").words


def test_what_can_be_answered_stands_before_what_is_lost(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lost one was due first; on pages of one each the other is on the first, and it on the next."""
    company_id = accounts.company().id
    made.lever(LeverEffect.CHARGE_BACK, OpKind.DEPOSIT)
    made.deposited(company_id, Money.of("10.00", "USD"))
    with transaction():
        chargebacks.look_at_sandbox()
        clock.move_to(clock.now() + SANDBOX_WAITS)
    made.lever(LeverEffect.CHARGE_BACK, OpKind.DEPOSIT)
    made.deposited(company_id, Money.of("20.00", "USD"))
    with transaction():
        chargebacks.look_at_sandbox()
    visitor.signed_in(people.person(accounts.operator(OperatorRole.FINANCE).person_id))  # type: ignore[arg-type]
    monkeypatch.setattr(pages, "MOST_SHOWN", 1)
    first, then = visitor.look("/desk/chargebacks"), visitor.look("/desk/chargebacks?from=1")
    assert ("$20.00" in first.words, "$10.00" in first.words, "?from=1" in first.html) == (True, False, True)
    assert ("$20.00" in then.words, "$10.00" in then.words, "?from=2" in then.html) == (False, True, False)
    assert "nobody has decided who bears it" in then.words
    assert visitor.look(f"/desk/chargebacks?from={10**30}").status == 200


def test_an_operator_answers_a_bank_that_asks(app: Flask, visitor: Visitor) -> None:
    """The time that is left is a picture and words; a paper that is taken back is erased at once."""
    company_id = accounts.company().id
    made.lever(LeverEffect.INQUIRE, OpKind.DEPOSIT)
    made.deposited(company_id, Money.of("10.00", "USD"))
    with transaction():
        chargebacks.look_at_sandbox()
    operator = accounts.operator(OperatorRole.FINANCE).person_id
    assert operator is not None
    visitor.signed_in(people.person(operator))
    address = f"/desk/chargebacks/{company_id}/{db.session.scalars(select(Chargeback.id)).one()}"
    listed = visitor.look("/desk/chargebacks")
    assert address in listed.html
    assert 'aria-label="6 days left"' in listed.html
    page = visitor.look(address)
    assert "The bank has taken nothing." in page.words
    page = visitor.hand_in(page, "/papers", shows="uncategorized_file", file=papers.pdf())
    page = visitor.hand_in(page, "/take-back")
    assert "Erased" in page.words
    assert visitor.hand_in(page, "/evidence", words="No.").status == 422
    told = visitor.hand_in(page, "/evidence", words="The company ordered it and has its results.")
    assert "“The company ordered it and has its results.”" in told.words
