"""A deposit that a payer's bank has kept: two people decide who bears it, and the company reads why."""

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.rules import Actor, OperatorRole, OwnCompany
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, InsufficientFunds, Move
from marketplace.pay import refunds
from marketplace.pay.rails import bearing, chargebacks
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rails.chargeback_rules import Bearer, BorneAlready, ChargebackStatus, NotLost, PaidAgainAlready
from marketplace.pay.seconds import service as seconds
from marketplace.standards import two_people
from marketplace.standards.act_rules import ActKind, ActStatus
from tests.factories import accounts
from tests.factories import pay as made
from tests.pay.books import everything_holds
from tests.pay.test_chargebacks import (
    QUEUE,
    SHOW,
    TEN,
    _chargeback,
    ask,
    available,
    chargeback,
    look,
    now,
    owner,
    told_of,
)
from tests.web.visitor import Visitor

__all__ = ["_chargeback", "chargeback"]

BEARER = "POST /api/v1/companies/<uuid:company_id>/chargebacks/<uuid:chargeback_id>/bearer"


def lost(found: Chargeback) -> None:
    assert found.due_by is not None
    with transaction():
        clock.move_to(found.due_by)
    look()
    assert now(found) is ChargebackStatus.LOST


def decided(found: Chargeback, bearer: Bearer, by: Actor) -> Any:
    with transaction():
        return bearing.decide(found.company_id, found.id, bearer, "The company is gone.", by=by)


def owed(found: Chargeback) -> Money:
    return refunds.taken_back(found.company_id).get("USD", Money.zero("USD"))


@pytest.mark.parametrize("bearer", list(Bearer))
def test_of_what_a_bank_has_kept_two_people_decide_who_bears_it(
    chargeback: Chargeback, bearer: Bearer, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """10.00 USD that the service bears: its pocket has them from the company, or they are its loss. Nothing is owed any
    more, and nobody decides it twice, or about their own company."""
    monkeypatch.setitem(app.config, "TWO_PEOPLE_ABOVE", "9.99")
    with pytest.raises(NotLost):
        decided(chargeback, bearer, made.finance())
    lost(chargeback)
    with transaction():
        one, other = made.finance(), made.finance()
    before = available(chargeback)
    act = decided(chargeback, bearer, one)
    assert (act.status, act.kind, owed(chargeback)) == (ActStatus.WAITING, ActKind.BORNE, TEN)
    assert books.balance("platform:chargebacks", "USD") == -TEN
    theirs = replace(owner(chargeback), operator=frozenset({OperatorRole.FINANCE}))
    with pytest.raises(OwnCompany), transaction():
        seconds.agree(act.id, by=theirs)
    with transaction():
        seconds.agree(act.id, by=other)
    taken, loss = (TEN, Money.zero("USD")) if bearer is Bearer.COMPANY else (Money.zero("USD"), TEN)
    assert (before - available(chargeback), -books.balance("platform:losses", "USD")) == (taken, loss)
    assert (books.balance("platform:chargebacks", "USD"), owed(chargeback)) == (Money.zero("USD"),) * 2
    with pytest.raises(BorneAlready):
        decided(chargeback, bearer, one)
    with pytest.raises(PaidAgainAlready if bearer is Bearer.COMPANY else BorneAlready), transaction():
        chargebacks.pay_again(chargeback.company_id, chargeback.id, by=owner(chargeback))
    # Its bank gives 4.00 back, and then the rest: whoever has borne it has that again.
    for back, status, left in (("4.00", "lost", "6.00"), ("10.00", "reinstated", "0.00")):
        with transaction():
            said = told_of(chargeback, status=ChargebackStatus.LOST, reinstated=Money.of(back, "USD"))
            found = chargebacks.learn(said)
        assert (found.status, found.held, found.owed) == (status, Money.of(left, "USD"), Money.zero("USD"))
        taken, loss = (Money.of(left, "USD") if each else each for each in (taken, loss))
        assert (before - available(chargeback), -books.balance("platform:losses", "USD")) == (taken, loss)
    assert found.bearer is bearer
    everything_holds()


def test_nothing_is_taken_that_the_company_does_not_have(chargeback: Chargeback) -> None:
    lost(chargeback)
    with transaction():
        rest = available(chargeback)
        ledger.post(Entry("test:spent", [Move(f"company:{chargeback.company_id}:available", "platform:bank", rest)]))
    with pytest.raises(InsufficientFunds):
        decided(chargeback, Bearer.COMPANY, made.finance())
    assert decided(chargeback, Bearer.SERVICE, made.finance()).bearer is Bearer.SERVICE


@pytest.mark.door(BEARER, "works")
@pytest.mark.door(BEARER, "wrong_state")
@pytest.mark.door(BEARER, "wrong_shape")
@pytest.mark.door(BEARER, "not_signed_in")
@pytest.mark.door(BEARER, "not_mine")
def test_an_operator_says_who_bears_it_and_the_company_reads_why(
    client: FlaskClient, chargeback: Chargeback, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = made.finance()
    said, who = {"json": {"bearer": "service", "reason": "It is gone."}}, {"headers": accounts.bearer(desk)}
    assert ask(client, BEARER, chargeback, **said).status_code == 401
    assert ask(client, BEARER, chargeback, **said, headers=accounts.bearer(owner(chargeback))).status_code == 404
    assert ask(client, BEARER, chargeback, **said, **who).json["code"] == "chargeback_not_lost"
    lost(chargeback)
    who, mine = {"headers": accounts.bearer(desk)}, accounts.bearer(owner(chargeback))
    assert ask(client, BEARER, chargeback, **who, json={"bearer": "nobody", "reason": "x"}).status_code == 422
    assert [each["status"] for each in ask(client, QUEUE, chargeback, **who).json["items"]] == ["lost"]
    theirs = Visitor(client).signed_in(accounts.person_of(owner(chargeback).person_id))
    address = f"{chargeback.company_id}/chargebacks/{chargeback.id}"
    assert "You owe $10.00 USD of it to the service." in theirs.look(f"/company/{address}").words
    operator = Visitor(app.test_client()).signed_in(accounts.person_of(desk.person_id))
    assert "nobody has decided who bears it" in operator.look("/desk/chargebacks").words
    monkeypatch.setitem(app.config, "TWO_PEOPLE_ABOVE", "9.99")
    where = f"/desk/chargebacks/{chargeback.company_id}/{chargeback.id}"
    page = operator.send(where, "/bearer", bearer="service", reason="It is gone.")
    assert "Nothing has moved yet" in page.words
    assert "the service, which gives it up" in operator.look("/desk/second").words
    (act,) = db.session.scalars(two_people.waiting(desk)).all()
    with transaction():
        two_people.withdraw(act.id, by=desk)
    assert ask(client, BEARER, chargeback, **said, **who).json["kind"] == "borne"
    (act,) = db.session.scalars(two_people.waiting(desk)).all()
    with transaction():
        seconds.agree(act.id, by=made.finance())
    told = ask(client, SHOW, chargeback, headers=mine).json
    assert (told["bearer"], told["bearer_reason"]) == ("service", "It is gone.")
    page = theirs.look(f"/company/{address}")
    assert "Who bears it: the service, which gives it up. An operator decided it: It is gone." in page.words
    assert not page.offers("/pay-again")
    assert ask(client, BEARER, chargeback, **said, **who).json["code"] == "chargeback_borne"
    with transaction():
        chargebacks.learn(told_of(chargeback, status=ChargebackStatus.WON))
    told = ask(client, SHOW, chargeback, headers=mine).json
    assert (told["status"], told["reinstated"]["amount"], told["owed"]["amount"]) == ("reinstated", "10.00", "0.00")
    assert "whoever had borne it has that again" in theirs.look(f"/company/{address}").words
    assert ask(client, BEARER, chargeback, **said, **who).json["code"] == "chargeback_not_lost"
