"""What a payer's bank gives back in another currency: an operator counts it, and whoever has borne it has it again."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.rules import OperatorRole, OwnCompany
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import timeline
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.pay.rails import chargebacks, counting
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rails.chargeback_rules import Bearer, ChargebackStatus, NothingToCount, foreign_after, worth
from marketplace.pay.seconds import service as seconds
from marketplace.standards import two_people
from marketplace.standards.rules import NoSourcedRate
from marketplace.standards.service import enter_rate
from tests.factories import accounts
from tests.factories import pay as made
from tests.pay.books import everything_holds
from tests.pay.test_borne import decided, lost, owed
from tests.pay.test_chargebacks import (
    NONE,
    QUEUE,
    SHOW,
    TEN,
    _chargeback,
    ask,
    available,
    chargeback,
    owner,
    told_of,
)
from tests.web.visitor import Visitor

__all__ = ["_chargeback", "chargeback"]

COUNT = "POST /api/v1/companies/<uuid:company_id>/chargebacks/<uuid:chargeback_id>/count"


def euros(amount: str) -> Money:
    return Money.of(amount, "EUR")


def dollars(amount: str) -> Money:
    return Money.of(amount, "USD")


def given(found: Chargeback, amount: str, status: ChargebackStatus = ChargebackStatus.LOST) -> Chargeback:
    """The rail says that its bank gave back so many euros by now."""
    with transaction():
        return chargebacks.learn(told_of(found, status=status, reinstated=euros(amount)))


def quoted(rate: str) -> None:
    with transaction():
        enter_rate("EUR", "USD", Decimal(rate), clock.now().date(), "A notice of the bank", by=accounts.operator())


def count(found: Chargeback, by: Any) -> Any:
    with transaction():
        return counting.count(found.company_id, found.id, by=by)


@pytest.mark.parametrize(
    ("came", "left", "is_worth"),
    [
        ("4.00 EUR", "10.00 USD", "4.20"),
        ("9.33 EUR", "10.00 USD", "9.80"),
        ("9.34 EUR", "10.00 USD", "10.00"),
        ("9.32 EUR", "10.00 USD", "9.79"),
        ("12.00 EUR", "10.00 USD", "10.00"),
        ("1000 JPY", "2000.00 USD", "1050.00"),
        ("0.001 KWD", "10.000 KWD", "0.001"),
    ],
)
def test_what_came_back_counts_at_the_rate_and_as_all_where_only_an_exchange_is_missing(
    came: str, left: str, is_worth: str
) -> None:
    """At 1.05 for one, and with the 2 percent that a rail keeps: 9.33 EUR are 9.7965 USD, which is 9.80 by rounding and
    less than the 9.80 from which on it is all."""
    came_money, left_money = (Money.of(*each.split()) for each in (came, left))
    assert worth(came_money, Fraction("1.05"), left_money) == Money.of(is_worth, left_money.currency)


@pytest.mark.parametrize(
    ("before", "counted", "said", "after"),
    [
        (None, None, "4.00 EUR", "4.00 EUR"),
        ("4.00 EUR", "0.00 EUR", "9.00 GBP", "9.00 GBP"),
        ("4.00 EUR", "0.00 EUR", None, None),
        ("4.00 EUR", "4.00 EUR", "9.00 EUR", "9.00 EUR"),
        ("4.00 EUR", "4.00 EUR", "3.99 EUR", "4.00 EUR"),
        ("4.00 EUR", "4.00 EUR", "9.00 GBP", "4.00 EUR"),
        ("4.00 EUR", "4.00 EUR", None, "4.00 EUR"),
    ],
)
def test_what_was_counted_is_never_less(
    before: str | None, counted: str | None, said: str | None, after: str | None
) -> None:
    moneys = [None if each is None else Money.of(*each.split()) for each in (before, counted, said, after)]
    assert foreign_after(*moneys[:3]) == moneys[3]


def test_a_company_that_paid_again_has_it_back_in_parts(
    chargeback: Chargeback, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """10.00 USD that were lost, and paid again. Of 4.00 EUR at 1.05 it has 4.20 USD, and of 9.50 the rest: 5.775 of the
    5.80 that the bank still had. The pocket of chargebacks holds neither currency, and the service has exchanged."""
    lost(chargeback)
    before = available(chargeback)
    with transaction():
        chargebacks.pay_again(chargeback.company_id, chargeback.id, by=owner(chargeback))
        desk, other = made.finance(), made.finance()
    with pytest.raises(NothingToCount):
        count(chargeback, desk)
    given(chargeback, "4.00")
    with pytest.raises(NoSourcedRate):
        count(chargeback, desk)
    quoted("1.05")
    found = count(chargeback, desk)
    assert (before - available(chargeback), found.owed, found.uncounted) == (dollars("5.80"), NONE, None)
    with pytest.raises(NothingToCount):
        count(chargeback, desk)
    monkeypatch.setitem(app.config, "TWO_PEOPLE_ABOVE", "5.00")
    given(chargeback, "9.00")
    early = count(chargeback, desk)
    given(chargeback, "9.50")
    with pytest.raises(NothingToCount), transaction():
        seconds.agree(early.id, by=other)
    with transaction():
        two_people.withdraw(early.id, by=desk)
    act = count(chargeback, desk)
    assert (act.money, before - available(chargeback)) == (dollars("5.80"), dollars("5.80"))
    with transaction():
        seconds.agree(act.id, by=other)
    found = given(chargeback, "9.50")
    assert (found.status, before - available(chargeback)) == (ChargebackStatus.REINSTATED, NONE)
    said = told_of(chargeback, status=ChargebackStatus.LOST, reinstated=euros("9.50"))
    assert chargebacks.differs(found, said) is None
    told = [event.data for event in timeline("chargeback", chargeback.id) if event.name == "chargeback.unclear"]
    assert [(each["why"], each["reinstated"], each["reinstated_currency"]) for each in reversed(told)] == [
        ("currency", amount, "EUR") for amount in ("4.00", "9.00", "9.50")
    ]
    assert (books.balance("platform:chargebacks", "USD"), books.balance("exchange:USD", "USD")) == (NONE, -TEN)
    assert (books.balance("platform:chargebacks", "EUR"), books.balance("exchange:EUR", "EUR")) == (
        -euros("9.50"), euros("9.50"),
    )  # fmt: skip
    everything_holds()


def test_what_nobody_has_paid_yet_is_owed_no_longer_and_what_the_service_bore_is_its_own(
    chargeback: Chargeback,
) -> None:
    lost(chargeback)
    quoted("1.05")
    given(chargeback, "2.00")
    count(chargeback, made.finance())
    assert owed(chargeback) == dollars("7.90")
    decided(chargeback, Bearer.SERVICE, made.finance())
    given(chargeback, "4.00")
    count(chargeback, made.finance())
    assert books.balance("platform:losses", "USD") == -dollars("5.80")
    everything_holds()


@pytest.mark.door(COUNT, "works")
@pytest.mark.door(COUNT, "wrong_state")
@pytest.mark.door(COUNT, "not_signed_in")
@pytest.mark.door(COUNT, "not_mine")
def test_an_operator_counts_what_came_and_the_company_reads_by_which_rate(
    client: FlaskClient, chargeback: Chargeback, app: Flask
) -> None:
    desk, mine = made.finance(), accounts.bearer(owner(chargeback))
    lost(chargeback)
    decided(chargeback, Bearer.COMPANY, made.finance())
    who, mine = {"headers": accounts.bearer(desk)}, accounts.bearer(owner(chargeback))
    assert ask(client, COUNT, chargeback, **who).json["code"] == "nothing_to_count"
    assert ask(client, QUEUE, chargeback, **who).json["items"] == []
    given(chargeback, "9.50")
    (waits,) = ask(client, QUEUE, chargeback, **who).json["items"]
    assert waits["uncounted"] == {"amount": "9.50", "currency": "EUR"}
    assert ask(client, COUNT, chargeback).status_code == 401
    assert ask(client, COUNT, chargeback, headers=mine).status_code == 404
    assert ask(client, COUNT, chargeback, **who).json["code"] == "no_sourced_rate"
    with pytest.raises(OwnCompany):
        count(chargeback, replace(owner(chargeback), operator=frozenset({OperatorRole.FINANCE})))
    operator = Visitor(client).signed_in(accounts.person_of(desk.person_id))
    where = f"/desk/chargebacks/{chargeback.company_id}/{chargeback.id}"
    assert "1 chargeback that is not over" in operator.look("/desk").words
    assert "what came back in another currency is not counted" in operator.look("/desk/chargebacks").words
    assert "no source says what that is worth" in operator.look(where).words
    quoted("1.05")
    assert "at 1 EUR = 1.0500 USD (A notice of the bank" in operator.look(where).words
    assert "so it counts as all of that: $10.00 USD." in operator.look(where).words
    assert "Whoever had borne that much has it again" in operator.send(where, "/count").words
    told = ask(app.test_client(), SHOW, chargeback, headers=mine).json
    assert (told["status"], told["reinstated"]["amount"], told["uncounted"]) == ("reinstated", "10.00", None)
    company = Visitor(app.test_client()).signed_in(accounts.person_of(owner(chargeback).person_id))
    page = company.look(f"/company/{chargeback.company_id}/chargebacks/{chargeback.id}")
    assert "€9.50, counted as $10.00 USD at 1 EUR = 1.0500 USD (A notice of the bank" in page.words
    assert db.session.get_one(Chargeback, chargeback.id).owed == NONE
