"""A gig's money: set aside, taken back, returned when it closes, and never promised twice."""

import pytest
from flask import Flask

from marketplace.accounts.rules import Actor, CompanyRole, available_account
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import CurrencyMismatch, Money
from marketplace.core.problems import Forbidden
from marketplace.gigs import funding, queries, service
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus, NotFunded
from marketplace.ledger import queries as ledger
from marketplace.ledger import service as ledger_service
from marketplace.ledger.rules import Entry, InsufficientFunds, Move
from tests.factories import accounts, gigs


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def owner(gig: Gig) -> Actor:
    return accounts.owner_of(gig.company_id)


def told(gig: Gig) -> list[str]:
    return [event.name for event in reversed(queries.timeline(gig.id, owner(gig)))]


def test_closing_gives_back_what_no_booking_holds(app: Flask) -> None:
    gig = gigs.open_gig()
    ledger_service.post(Entry("booking:1:held", [Move(gig.hold_account, "booking:1:hold", usd("30.00"))]))
    service.close(gig.id, by=owner(gig))
    assert gig.status is GigStatus.CLOSED
    assert gig.closed_at is not None
    assert balances(gig) == (usd("37.40"), usd("0"))
    assert told(gig)[-2:] == ["gig.closed", "gig.refunded"]
    with pytest.raises(WrongState):
        service.close(gig.id, by=owner(gig))


def test_what_comes_back_after_closing_is_returned_by_the_clock(app: Flask) -> None:
    gig, other = gigs.open_gig(), gigs.open_gig()
    ledger_service.post(Entry("booking:1:held", [Move(gig.hold_account, "booking:1:hold", usd("30.00"))]))
    service.close(gig.id, by=owner(gig))
    ledger_service.post(Entry("booking:1:returned", [Move("booking:1:hold", gig.hold_account, usd("30.00"))]))
    assert funding.return_due(10) == [gig.id]
    assert funding.return_due(10) == []
    assert balances(gig) == (usd("67.40"), usd("0"))
    assert balances(other) == (usd("0"), usd("67.40"))


def balances(gig: Gig) -> tuple[Money, Money]:
    """What the company can dispose of, and what the gig holds."""
    found = ledger.balances([available_account(gig.company_id), gig.hold_account], gig.currency)
    return found[available_account(gig.company_id)], found[gig.hold_account]


def test_funding_moves_available_money(app: Flask) -> None:
    gig = gigs.draft_gig()
    gigs.money_for(gig.company_id, usd("100"))
    row = funding.fund(gig.id, usd("67.40"), by=owner(gig))
    [line] = ledger.lines_of_entry(row.entry_id)
    assert line.cause == f"gig_funding:{row.id}"
    assert balances(gig) == (usd("32.60"), usd("67.40"))
    shown = queries.funds(gig.id, owner(gig))
    assert (shown.held, shown.committed, shown.available) == (usd("67.40"), usd("67.40"), usd("32.60"))


def test_money_that_is_not_there_is_not_promised(app: Flask) -> None:
    gig = gigs.draft_gig()
    with pytest.raises(InsufficientFunds), db.session.begin_nested():
        funding.fund(gig.id, usd("0.01"), by=owner(gig))
    assert queries.committed(gig) == usd("0")


def test_money_is_moved_by_whoever_may_and_in_one_currency(app: Flask) -> None:
    gig = gigs.ready_gig()
    with pytest.raises(Forbidden):
        funding.fund(gig.id, usd("1"), by=accounts.member(gig.company_id, CompanyRole.MANAGER))
    with pytest.raises(CurrencyMismatch):
        funding.fund(gig.id, Money.of("1", "EUR"), by=owner(gig))
    finance = accounts.member(gig.company_id, CompanyRole.FINANCE)
    assert funding.take_back(gig.id, by=finance).money == usd("67.40")
    with pytest.raises(NotFunded):
        funding.take_back(gig.id, by=finance)


def test_promised_money_is_not_taken_back(app: Flask) -> None:
    gig = gigs.open_gig()
    with pytest.raises(WrongState):
        funding.take_back(gig.id, by=owner(gig))
    service.close(gig.id, by=owner(gig))
    with pytest.raises(WrongState):
        funding.fund(gig.id, usd("1"), by=owner(gig))
