"""The pages of bonuses: a member gives one, another agrees, and whoever worked reads who and why, and is paid."""

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from marketplace.accounts.rules import CompanyRole
from marketplace.core.money import Money
from tests.factories import accounts, gigs, pay
from tests.web.visitor import Visitor


def test_a_bonus_is_given_agreed_to_and_paid(client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "TWO_PEOPLE_ABOVE", "40.00")
    booking = pay.worked_and_approved()
    company_id, ana = booking.company_id, accounts.person_of(booking.contractor_id)
    gigs.money_for(company_id, Money.of("60.00", "USD"))
    owner = accounts.person_of(accounts.owner_of(company_id).person_id)
    one, hers = (Visitor(app.test_client()).signed_in(each) for each in (owner, ana))
    root = f"/company/{company_id}"
    at = f"{root}/gigs/{booking.gig_id}/bonuses"
    given = {"contractor_id": str(ana.id), "money.amount": "70.00", "reason": pay.WHY}
    refused = one.send(at, action=at, **given)
    assert refused.status == 409
    assert "12.80 USD more is needed" in refused.words
    assert pay.WHY in refused.words, "what was typed stays"
    assert "waits" not in one.send(at, action=at, **given | {"money.amount": "0.00"}).words
    assert "Nobody else in the company may see its money yet" in one.look(at).words
    page = one.send(at, action=at, **given | {"money.amount": "50.00"})
    assert "another member who may see the money agrees. Nobody else may agree yet: invite a second" in page.words
    second = accounts.person_of(accounts.member(company_id, CompanyRole.FINANCE).person_id)
    other = Visitor(app.test_client()).signed_in(second)
    page = one.look(at)
    assert "another member who may see the money agrees" in page.words
    assert "Nobody else" not in page.words
    assert pay.WHY not in hers.look("/work/pay").words
    overview = other.look(root)
    assert "A bonus of $50.00 USD waits for a second person" in overview.words
    (link,) = [each for each in overview.html.split('"') if each.startswith(f"{root}/bonuses/")]
    assert "owed" in other.send(at, action=f"{link}/agree").words
    bonus_id = link.rpartition("/")[2]
    before = hers.look("/work/pay").words
    assert pay.WHY in before
    assert owner.name in before
    assert "its money is set aside" in hers.look(f"/work/bonuses/{bonus_id}").words
    assert pay.WHY not in other.look(f"/work/bonuses/{bonus_id}").words, "that page is its owner's"
    pay.paid()
    slip = pay.payslip_of(ana.id)
    page = hers.look(f"/work/pay/{slip.id}")
    assert "$110.00" in page.words
    assert pay.WHY in page.words
    paper = PdfReader(BytesIO(hers.client.get(f"/work/pay/{slip.id}/payslip.pdf").data))
    assert pay.WHY in " ".join(" ".join(sheet.extract_text().split()) for sheet in paper.pages)
    assert "with this payslip" in hers.look(f"/work/bonuses/{bonus_id}").words
    assert "bonus" in one.look(f"{root}/money/paid").words
    assert "A bonus" in one.look(f"{root}/money/statement").words
