"""Pay that is too little for a bank: it lies in its person's account at Stripe, and they read why."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.pay.rails import gathering
from marketplace.pay.rails.models import RailAccount
from marketplace.pay.rules import OpStatus
from marketplace.standards.rail_reach import missing_for_bank
from tests.factories import accounts, standards
from tests.factories.accounts import person_of
from tests.stripe_contract.paying import Owed, until_known, usd
from tests.web.visitor import Visitor


@pytest.mark.parametrize(
    ("country", "there", "missing"),
    [("CO", "82000.00", "58000.00"), ("CO", "139999.99", "0.01"), ("CO", "140000.00", "0.00"), ("ID", "1.00", "0.00")],
)
def test_in_colombia_140000_pesos_go_to_a_bank_and_a_cent_less_does_not(country: str, there: str, missing: str) -> None:
    assert missing_for_bank(country, Money.of(there, "COP")) == Money.of(missing, "COP")


def test_small_pay_is_done_and_its_person_reads_what_is_missing_for_their_bank(owed: Owed, client: FlaskClient) -> None:
    """60.00 USD at 1,000 COP are 60,000: 80,000 are missing, and with 60.00 more 20,000."""
    assert until_known(owed.op_id) is OpStatus.DONE
    me = accounts.actor_of(owed.contractor_id)
    visitor = Visitor(client).signed_in(person_of(owed.contractor_id))
    assert "goes with your next pay" not in visitor.look("/work/pay").words
    with transaction():
        db.session.execute(update(RailAccount).values(country="CO"))
    assert "No rate of today has a source" in visitor.look("/work/pay").words
    with transaction():
        standards.rate("USD", "COP", "1000", clock.now().date())
    page = visitor.look("/work/pay").words
    assert re.search(r"no less than \D*140,000\.00\D* at once to a bank in Colombia", page)
    assert re.search(r"About \D*60,000\.00\D* lie there; \D*80,000\.00\D* are missing", page)
    found = gathering.gathered([usd("60.00")], by=me)
    assert found is not None
    assert (found.there, found.missing_then) == (Money.of("60000.00", "COP"), Money.of("20000.00", "COP"))
