"""A deposit by invoice on the sandbox, its doors and pages; by hand there is none."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts import queries as people
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.idempotency import HEADER
from marketplace.core.money import Money
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import payments
from marketplace.pay.rails.deposit_invoice_rules import MOST_DAYS, InvoiceState, shown
from marketplace.pay.rules import LOOK_AGAIN, LeverEffect, OpKind, OpStatus
from tests.factories import accounts
from tests.factories import pay as made
from tests.pay.books import everything_holds
from tests.web.visitor import Visitor

ASK = "POST /api/v1/companies/<uuid:company_id>/deposit-invoices"
SHOW = "GET /api/v1/companies/<uuid:company_id>/deposits/<uuid:deposit_id>/invoice"
VOID = f"POST {SHOW.partition(' ')[2]}/void"
BODY = {"money": {"amount": "10.00", "currency": "USD"}, "days_until_due": 30, "reference": "PO-7"}
TEN = Money.of("10.00", "USD")
DUE = datetime(2026, 12, 30, tzinfo=UTC)


def marks(question: str, *routes: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, who: dict[str, str], company: UUID, of: object = None, **body: Any) -> Any:
    method, _, path = route.partition(" ")
    path = path.replace("<uuid:company_id>", str(company)).replace("<uuid:deposit_id>", str(of or uuid4()))
    sent = BODY | body if route == ASK else None
    return client.open(path, method=method, headers={HEADER: uuid4().hex} | who, json=sent)


@pytest.fixture
def lab(app: Flask) -> UUID:
    return accounts.company().id


@pytest.fixture
def owner(lab: UUID) -> dict[str, str]:
    return accounts.bearer(accounts.owner_of(lab))


def later() -> None:
    with transaction():
        clock.move_to(clock.now() + LOOK_AGAIN)
    payments.advance_ops()


@pytest.mark.parametrize(
    ("state", "days", "expected"),
    [
        (InvoiceState.OPEN, 0, InvoiceState.OPEN),
        (InvoiceState.OPEN, 1, InvoiceState.OVERDUE),
        (InvoiceState.PAID, 1, InvoiceState.PAID),
        (InvoiceState.DRAFT, 1, InvoiceState.DRAFT),
    ],
)
def test_what_is_open_after_its_day_is_overdue(state: InvoiceState, days: int, expected: InvoiceState) -> None:
    assert shown(state, DUE, DUE + timedelta(days=days)) is expected


@pytest.mark.parametrize("route", marks("not_signed_in", ASK, SHOW, VOID))
def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, lab: UUID, route: str) -> None:
    assert ask(client, route, {}, lab).status_code == 401


@pytest.mark.parametrize("route", marks("not_mine", ASK, SHOW, VOID))
def test_what_is_others_does_not_exist(client: FlaskClient, lab: UUID, owner: dict[str, str], route: str) -> None:
    known = ask(client, ASK, owner, lab).json["deposit_id"]
    stranger = accounts.bearer(accounts.owner_of(accounts.company(legal_name="Other Lab").id))
    assert ask(client, route, stranger, lab, known).status_code == 404


@pytest.mark.door(ASK, "wrong_shape")
@pytest.mark.parametrize(
    "wrong",
    [{"days_until_due": 0}, {"days_until_due": MOST_DAYS + 1}, {"days_until_due": 1.5}, {"reference": "x" * 141}],
)
def test_the_wrong_shape(client: FlaskClient, lab: UUID, owner: dict[str, str], wrong: dict[str, Any]) -> None:
    assert ask(client, ASK, owner, lab, **wrong).status_code == 422


@pytest.mark.door(ASK, "wrong_state")
def test_by_hand_there_is_a_bank_transfer_instead(
    client: FlaskClient, app: Flask, lab: UUID, owner: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "RAIL", "manual")
    told = ask(client, ASK, owner, lab)
    assert (told.status_code, told.json["code"]) == (409, "deposit_not_by_invoice")
    assert "Pay by bank" in told.json["remedy"]
    assert db.session.query(PaymentOp).count() == 0


@pytest.mark.door(ASK, "works")
@pytest.mark.door(SHOW, "works")
def test_in_the_sandbox_a_lever_pays_it(client: FlaskClient, lab: UUID, owner: dict[str, str]) -> None:
    """It is there once it is paid, and not before; a lever for invoices does nothing to other deposits."""
    asked = ask(client, ASK, owner, lab)
    assert (asked.status_code, asked.json["state"], asked.json["number"]) == (202, "draft", None)
    known = UUID(asked.json["deposit_id"])
    payments.advance_ops()
    told = ask(client, SHOW, owner, lab, known).json
    assert (told["state"], told["reference"], told["moves_real_money"]) == ("open", "PO-7", False)
    assert told["may_be_called_off"]
    later()
    assert ask(client, SHOW, owner, lab, known).json["state"] == "open"
    everything_holds()
    made.lever(LeverEffect.PAY_INVOICE, OpKind.DEPOSIT, owner_id=lab)
    made.deposited(lab, TEN)
    later()
    told = ask(client, SHOW, owner, lab, known).json
    assert (told["state"], told["deposit_status"], told["paid"]["amount"]) == ("paid", "done", "10.00")
    everything_holds()


@pytest.mark.door(VOID, "works")
@pytest.mark.door(VOID, "wrong_state")
def test_it_is_called_off_while_it_is_not_paid(client: FlaskClient, lab: UUID, owner: dict[str, str]) -> None:
    known = ask(client, ASK, owner, lab).json["deposit_id"]
    assert ask(client, VOID, owner, lab, known).json["code"] == "deposit_invoice_not_open"
    payments.advance_ops()
    told = ask(client, VOID, owner, lab, known)
    assert (told.status_code, told.json["state"], told.json["may_be_called_off"]) == (202, "open", False)
    payments.advance_ops()
    assert ask(client, SHOW, owner, lab, known).json["state"] == "void"
    op = db.session.get_one(PaymentOp, UUID(known), populate_existing=True)
    assert (op.status, op.refusal_code) == (OpStatus.REFUSED, "invoice_void")
    other = made.deposited(lab, TEN).id
    assert ask(client, SHOW, owner, lab, other).status_code == 404
    assert ask(client, VOID, owner, lab, other).json["code"] == "deposit_has_no_invoice"
    everything_holds()


def test_a_company_asks_on_a_page_and_calls_it_off(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = accounts.company().id
    person = accounts.owner_of(lab).person_id
    assert person is not None
    visitor = Visitor(client).signed_in(people.person(person))
    address = f"/company/{lab}/money/by-invoice"
    assert address in visitor.look(f"/company/{lab}/money").html
    page = visitor.look(address)
    assert "It is no VAT invoice" in page.words
    assert visitor.hand_in(page, money__amount="10.00", days_until_due="61").status == 422
    page = visitor.hand_in(page, money__amount="10.00", reference="PO-7")
    assert "30 days after it is sent" in page.words
    payments.advance_ops()
    page = visitor.look(page.address)
    assert ("to be paid" in page.words, "PO-7" in page.words) == (True, True)
    with transaction():
        clock.move_to(clock.now() + timedelta(days=31))
    page = visitor.look(page.address)
    assert "Its day is over." in page.words
    assert "Its invoice is overdue." in visitor.look(f"/company/{lab}/money").words
    page = visitor.hand_in(page, "/void")
    assert "You have called it off." in page.words
    assert not page.offers("/void")
    payments.advance_ops()
    assert "The invoice was called off before it was paid." in visitor.look(page.address).words
    monkeypatch.setitem(app.config, "RAIL", "manual")
    assert "you pay by bank" in visitor.look(address).words
