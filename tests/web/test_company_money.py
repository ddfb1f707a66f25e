"""The pages on which a company reads what it has paid for, and where it could pay nobody."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gigs.models import Gig
from marketplace.ledger.models import JournalEntry
from marketplace.pay.models import PaymentOp
from marketplace.web import company_money
from tests.factories import accounts, gigs
from tests.factories import pay as made
from tests.factories.rails import at_stripe
from tests.web.visitor import Page, Visitor


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


def test_a_statement_leads_to_no_month_before_the_first_that_has_anything(visitor: Visitor) -> None:
    company_id = made.worked_and_approved().company_id
    visitor.signed_in(accounts.person_of(accounts.owner_of(company_id).person_id))
    at = f"/company/{company_id}/money/months"
    first = f"{db.session.scalars(select(func.min(JournalEntry.at))).one():%Y-%m}"
    year, month = map(int, first.split("-"))
    after = f"{year + month // 12}-{month % 12 + 1:02}"
    assert f'href="{at}/{first}"' in visitor.look(f"{at}/{after}").html
    for each in (first, "2020-01", "0001-01"):
        page = visitor.look(f"{at}/{each}")
        leads_to = re.findall(rf'href="{at}/([0-9]+-[0-9]+)"', page.html)
        assert (page.status, [month for month in leads_to if month < each]) == (200, [])


def test_a_deposit_is_typed_as_its_reader_writes_and_has_a_most(visitor: Visitor) -> None:
    company = accounts.company()
    owner = accounts.person_of(accounts.owner_of(company.id).person_id)
    at = f"/company/{company.id}/money"
    form = visitor.signed_in(owner).look(at)

    def pay_in(amount: str) -> Page:
        return visitor.hand_in(form, at, **{"money.amount": amount, "money.currency": "USD"})

    assert "The most that can be paid in at once is $999,999.99 USD." in pay_in("1,000,000.00").words
    assert "The most that one amount may be is $99,999,999.99 USD." in pay_in("999,999,999,999").words
    unclear = pay_in("1.234")
    assert (unclear.status, unclear.form(at).values["money.amount"]) == (422, ["1.234"])
    assert "“1.234” can be read in two ways. Write it as 1234.56 or 1,234.56." in unclear.words
    assert visitor.look(f"{at}/by-invoice").form().values["money.currency"] == ["EUR"]
    assert "Asked for: $1,234.56 USD." in pay_in("1.234,56").words
    assert visitor.look(f"{at}/by-invoice").form().values["money.currency"] == ["USD"], "what it paid in last"
    assert [each.money for each in db.session.scalars(select(PaymentOp))] == [Money.of("1234.56", "USD")]


def test_whoever_plans_shifts_reads_where_nobody_can_be_paid(visitor: Visitor, app: Flask) -> None:
    gig = gigs.open_gig()
    places = [*gig.places, {"country": "BR", "subdivision": None}]
    db.session.execute(update(Gig).where(Gig.id == gig.id).values(places=places))
    visitor.signed_in(accounts.person_of(accounts.owner_of(gig.company_id).person_id))
    pages = [f"/company/{gig.company_id}/shifts/{page}" for page in ("new", "series/new", "file")]
    for at in pages:
        assert "pays nobody in" not in visitor.look(at).words
    with at_stripe(app):
        for at in pages:
            assert "pays nobody in Brazil yet" in visitor.look(at).words
