"""The doors and pages of bank statements, and their five questions."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Company, Person
from marketplace.core.db import db, transaction
from marketplace.core.idempotency import HEADER
from marketplace.pay.bank import deposits as bank_deposits
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.models import BankLine
from marketplace.pay.seconds import service as seconds
from marketplace.standards.act_models import MoneyAct
from marketplace.web.operator import SHOWN
from tests.factories import accounts, pay
from tests.pay.test_bank import _company, content, lines, ours
from tests.pay.test_bank_files import COMPANY, camt, entry, table
from tests.web.visitor import Visitor

__all__ = ["_company", "ours"]


TRANSFER = "GET /api/v1/companies/<uuid:company_id>/transfer"
LOOK = "POST /api/v1/bank/look"
TAKE = "POST /api/v1/bank/statements"
LINES = "GET /api/v1/bank/lines"
ASSIGN = "POST /api/v1/bank/lines/<uuid:line_id>/assign"
CONFIRM = "POST /api/v1/bank/lines/<uuid:line_id>/confirm"
DOUBT = "POST /api/v1/bank/lines/<uuid:line_id>/doubt"
BACK = "POST /api/v1/bank/lines/<uuid:line_id>/send-back"
KEEP = "POST /api/v1/bank/lines/<uuid:line_id>/keep"
REOPEN = "POST /api/v1/bank/lines/<uuid:line_id>/reopen"
OF_LINE = (ASSIGN, CONFIRM, DOUBT, BACK, KEEP, REOPEN)
BODIES: Mapping[str, Any] = {
    LOOK: {"content": "x"},
    TAKE: {"content": "x"},
    ASSIGN: {"company_id": str(COMPANY)},
    BACK: {"reason": "Nobody knows whose."},
    KEEP: {"reason": "The bank's own interest."},
    REOPEN: {"reason": "It was a company's after all."},
}


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, who: Mapping[str, str] | None = None, of: Any = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    for name in ("<uuid:company_id>", "<uuid:line_id>"):
        path = path.replace(name, str(of or uuid4()))
    more = {"json": BODIES.get(route)} | more
    return client.open(path, method=method, headers={HEADER: uuid4().hex} | dict(who or {}), **more)


@pytest.mark.door(TRANSFER, "works")
@pytest.mark.door(LOOK, "works")
@pytest.mark.door(TAKE, "works")
@pytest.mark.door(TAKE, "wrong_state")
@pytest.mark.door(LINES, "works")
@pytest.mark.door(ASSIGN, "works")
@pytest.mark.door(ASSIGN, "wrong_state")
@pytest.mark.door(CONFIRM, "works")
@pytest.mark.door(CONFIRM, "wrong_state")
@pytest.mark.door(DOUBT, "works")
@pytest.mark.door(DOUBT, "wrong_state")
@pytest.mark.door(BACK, "works")
@pytest.mark.door(BACK, "wrong_state")
@pytest.mark.door(KEEP, "works")
@pytest.mark.door(KEEP, "wrong_state")
@pytest.mark.door(REOPEN, "works")
@pytest.mark.door(REOPEN, "wrong_state")
def test_its_doors(ours: Company, app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (accounts.bearer(pay.finance()) for _ in range(2))
    owner = accounts.bearer(accounts.owner_of(ours.id))
    told = ask(client, TRANSFER, owner, ours.id).json
    assert told["looked_at"] == []
    assert (told["reference"], told["is_open"]) == (bank_rules.reference_of(ours.id), True)
    rows = ("2026-11-17,1.00,USD,x,,B2", "2026-11-17,2.00,USD,x,,B3")
    text = {"content": table(f"2026-11-17,5000.00,USD,{told['reference']},Lab,B1", *rows)}
    looked = ask(client, LOOK, first, json=text).json
    assert [line["company_id"] for line in looked["lines"]] == [str(ours.id), None, None]
    with monkeypatch.context() as named:
        named.setitem(app.config, "BANK_ACCOUNTS", ("DE02120300000000202051",))
        foreign = ask(client, TAKE, first, json={"content": camt(entry("1.00", "x"))})
        assert (foreign.status_code, foreign.json["code"]) == (422, "bank_statement_not_good")
        assert "DE89370400440532013000" in foreign.json["faults"][0][1]
    assert ask(client, TAKE, first, json=text).json["fresh"] == 3
    by_sum = {line["money"]["amount"]: line["id"] for line in ask(client, LINES, first).json["items"]}
    large, stray = by_sum["5000.00"], by_sum["1.00"]
    (looked_at,) = ask(client, TRANSFER, owner, ours.id).json["looked_at"]
    assert (looked_at["money"]["amount"], looked_at["deposit_id"]) == ("5000.00", None)
    mine = {"company_id": str(ours.id)}
    assert ask(client, ASSIGN, first, large, json=mine).status_code == 409
    assert ask(client, DOUBT, second, large).json["status"] == "stray"
    assert ask(client, DOUBT, second, large).status_code == 409
    assert ask(client, ASSIGN, second, large, json=mine).json["status"] == "matched"
    assert ask(client, CONFIRM, second, large).json["code"] == "bank_line_needs_two"
    assert ask(client, CONFIRM, first, large).json["status"] == "booked"
    assert ask(client, CONFIRM, first, large).status_code == 409
    assert ask(client, BACK, first, stray).json["status"] == "sent_back"
    assert ask(client, BACK, first, stray).status_code == 409
    assert ask(client, KEEP, first, by_sum["2.00"]).json["status"] == "kept"
    assert ask(client, KEEP, first, by_sum["2.00"]).status_code == 409
    asked = ask(client, REOPEN, first, by_sum["2.00"])
    assert (asked.status_code, asked.json["kind"], asked.json["status"]) == (202, "reopened", "waiting")
    assert ask(client, REOPEN, first, by_sum["2.00"]).json["code"] == "waits_for_second_person"
    assert ask(client, REOPEN, first, large).json["code"] == "wrong_state"
    app.config["RAIL"] = "sandbox"
    assert ask(client, TAKE, first, json=text).json["code"] == "bank_is_not_the_rail"


@pytest.mark.parametrize("route", doors(TRANSFER, LOOK, TAKE, LINES, *OF_LINE, question="not_signed_in"))
def test_strangers_are_asked_who_they_are(route: str, client: FlaskClient) -> None:
    assert ask(client, route).status_code == 401


@pytest.mark.parametrize("route", doors(TRANSFER, *OF_LINE, question="not_mine"))
def test_to_everybody_else_there_is_nothing(route: str, ours: Company, client: FlaskClient) -> None:
    with transaction():
        bank_deposits.take(content(ours, "10.00", words="for the work"), by=pay.finance())
    of = ours.id if route == TRANSFER else lines()[0].id
    assert ask(client, route, accounts.bearer(accounts.person()), of).status_code == 404


@pytest.mark.parametrize("route", doors(LOOK, TAKE, ASSIGN, BACK, KEEP, REOPEN, question="wrong_shape"))
def test_a_body_of_another_shape_is_refused(route: str, client: FlaskClient) -> None:
    assert ask(client, route, accounts.bearer(pay.finance()), json={"odd": 1}).status_code == 422


@pytest.mark.parametrize("amount", ["100.00", "-100.00"])
def test_a_day_that_cannot_be_is_refused_by_its_line(amount: str, ours: Company, client: FlaskClient) -> None:
    """Of what is taken back the days before are looked at: after the last day of the calendar there is none."""
    named = bank_rules.reference_of(ours.id)
    text = {"content": table(f"2026-11-17,100.00,USD,{named},Lab,B1", f"9999-12-31,{amount},USD,{named},Lab,B1")}
    refused = ask(client, TAKE, accounts.bearer(pay.finance()), json=text)
    assert (refused.status_code, refused.json["faults"]) == (422, [[3, "This day has not come yet."]])
    assert lines() == []


@pytest.mark.door(LINES, "wrong_shape")
def test_a_page_of_lines_has_a_size(client: FlaskClient) -> None:
    assert ask(client, LINES, accounts.bearer(pay.finance()), query_string={"limit": "0"}).status_code == 422


def test_the_desk_shows_no_more_than_a_page_of_what_waits(ours: Company, client: FlaskClient) -> None:
    """And companies where one of them is looked for, by a part of their names, as it is written."""
    with transaction():
        other = accounts.company(legal_name="100% Fruit Ltd.")
        rows = (f"2026-11-17,1.00,USD,x,,B{at}" for at in range(SHOWN + 1))
        bank_deposits.take(table(*rows), by=pay.finance())
    desk = Visitor(client).signed_in(accounts.person_of(pay.finance().person_id))
    ids = [str(each) for each in db.session.scalars(select(BankLine.id).order_by(BankLine.id))]
    page = desk.look("/desk/bank")
    shown = [each for each in ids if page.offers(f"/{each}/send-back")]
    assert (shown, f"waiting={shown[-1]}" in page.html) == (ids[:-1], True)
    page = desk.look(f"/desk/bank?waiting={shown[-1]}")
    assert [each for each in ids if page.offers(f"/{each}/send-back")] == ids[-1:]
    page = desk.look(f"/desk/bank/{ids[0]}/company?name=0%25")
    assert (other.legal_name in page.words, ours.legal_name in page.words) == (True, False)
    assert desk.look(f"/desk/bank/{uuid4()}/company").status == 404


def test_the_pages(ours: Company, client: FlaskClient) -> None:
    desk = Visitor(client).signed_in(accounts.person_of(pay.finance().person_id))
    text = content(ours, "10.00", words="for the work")
    page = desk.send("/desk/bank", file=content(ours, "3.00", words="interest").encode())
    page = desk.hand_in(page, "/keep", reason="The bank's own interest.")
    assert "the service’s own" in page.words
    page = desk.hand_in(page, "/reopen", reason="It is a lab's.")
    assert "a second person has to agree" in page.words
    with transaction():
        seconds.agree(db.session.scalars(select(MoneyAct.id)).all()[-1], by=pay.finance())
    assert "The bank's own interest.): It is a lab's." in desk.look("/desk/bank").words
    page = desk.send("/desk/bank", file=(text + "\n2026-11-17,x,USD,y,,").encode())
    assert "CSV · 1 transfer came in" in page.words
    assert "Nothing of it can be taken" in page.words
    assert "The amount is no plain number" in page.words
    page = desk.send("/desk/bank", file=text.encode())
    assert "1 of 1 transfer is new" in page.words
    balances = [f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp></Bal>" for code in ("OPBD", "CLBD")]
    page = desk.send("/desk/bank", file=camt(*balances, entry("5.00", "x")).encode())
    assert "A balance of it cannot be" in page.words
    line = next(each for each in lines() if each.amount == 1000)
    page = desk.send(f"/desk/bank/{line.id}/company?name=lab", "/assign", company_id=ours.id)
    assert "available to the company" in page.words
    owner = Visitor(client.application.test_client())
    person = accounts.person_of(accounts.owner_of(ours.id).person_id)
    owner.signed_in(person)
    page = owner.look(f"/company/{ours.id}/money/transfer?money.amount=250.00&money.currency=EUR")
    assert bank_rules.reference_of(ours.id) in page.words
    with transaction():
        db.session.get_one(Person, person.id).locale = "id"
    page = owner.look(f"/company/{ours.id}/money/transfer")
    assert 'value="1000,00"' in page.html, "what is proposed is written as its reader writes it"
