"""The pages on which a company reads what its bank took back, answers it, and operators see the days that are left."""

from flask import Flask
from sqlalchemy import select

from marketplace.accounts import queries as people
from marketplace.accounts.rules import OperatorRole
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.pay.rails import chargebacks
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rules import LeverEffect, OpKind
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
    for words in ("$10.00", "days left", "What people were paid stays theirs."):
        assert words in page.words
    assert visitor.hand_in(page, "/evidence", words="No.").status == 422
    told = visitor.hand_in(page, "/evidence", words="We ordered it and have its results.")
    assert "“We ordered it and have its results.”" in told.words
    assert not told.offers("/evidence")
    assert not visitor.hand_in(told, "/pay-again").offers("/pay-again")
    desk = Visitor(app.test_client())
    operator = accounts.operator(OperatorRole.FINANCE).person_id
    assert operator is not None
    desk.signed_in(people.person(operator))
    assert "/desk/chargebacks" in desk.look("/desk/pay").html
    assert "paid again" in desk.look("/desk/chargebacks").words
