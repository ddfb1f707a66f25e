"""Invoices, their VAT and credit notes; and a month of a company, which equals the ledger."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from marketplace.accounts.models import Company
from marketplace.accounts.rules import OwnCompany
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.idempotency import HEADER
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.ledger import queries as books
from marketplace.pay import queries
from marketplace.pay.invoices import company_months, invoicing
from marketplace.pay.invoices.company_months import Flow
from marketplace.pay.invoices.models import Invoice, InvoiceSeries
from marketplace.pay.models import PayRun, Payslip
from marketplace.pay.seconds import service as seconds
from marketplace.pay.taxes import vat_rules
from marketplace.pay.taxes.vat_rules import BadVatNumber, InvoiceKind, NotCreditable, Treatment, vat_of
from marketplace.shifts.models import Booking
from marketplace.standards.act_rules import ActKind
from marketplace.web.invoice_paper import paper_of_invoice, paper_of_month
from tests.conftest import again, kept
from tests.factories import accounts, pay
from tests.pay.books import everything_holds, undone
from tests.web.visitor import Visitor

SELLER = {"name": "Setara eG", "address": "Example Street 1, Berlin", "country": "DE", "vat_number": "DE136695976"}
TODAY = date(2026, 11, 29)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


@pytest.mark.parametrize(
    ("seller", "buyer", "number", "treatment", "percent"),
    [
        ("DE", "DE", None, Treatment.DOMESTIC, "19"),
        ("DE", "FR", "FR40303265045", Treatment.REVERSE_CHARGE, "0"),
        ("DE", "FR", None, Treatment.NO_NUMBER, "19"),
        ("DE", "US", None, Treatment.OUTSIDE, "0"),
        ("DE", "GB", None, Treatment.OUTSIDE, "0"),
        ("GB", "DE", "DE136695976", Treatment.OUTSIDE, "0"),
        ("GB", "GB", None, Treatment.DOMESTIC, "20"),
        ("US", "DE", None, Treatment.NOT_SUPPORTED, "0"),
        ("", "DE", None, Treatment.NOT_SUPPORTED, "0"),
    ],
)
def test_the_vat_of_a_service(seller: str, buyer: str, number: str | None, treatment: Treatment, percent: str) -> None:
    found = vat_of(seller, buyer, number, TODAY)
    assert (found.treatment, found.percent) == (treatment, Decimal(percent))


def test_rates_of_a_year_that_nobody_has_looked_at_are_not_supported() -> None:
    assert vat_of("DE", "DE", None, date(2027, 1, 1)).treatment is Treatment.NOT_SUPPORTED


def test_vat_numbers_are_looked_at_by_their_digits() -> None:
    assert vat_rules.vat_number("DE", "de 136 695 976") == "DE136695976"
    assert vat_rules.vat_number("GB", "980780684") == "GB980780684"
    for country, number in (("DE", "DE136695977"), ("FR", "DE136695976"), ("DE", "136695976"), ("GB", "1")):
        with pytest.raises(BadVatNumber):
            vat_rules.vat_number(country, number)


@pytest.fixture(scope="module")
def _sold(ground: None) -> Booking:
    def make() -> Booking:
        booking = pay.worked_and_approved()
        pay.paid()
        return booking

    return kept(make)


@pytest.fixture
def sold(_sold: Booking, app: Flask) -> Iterator[Booking]:
    """Four hours are paid, of which the service's fee was 3.00 USD; it sells from Germany, to Germany."""
    before = app.config["SELLER"]
    app.config["SELLER"] = SELLER
    yield again(_sold)
    app.config["SELLER"] = before


def issue() -> None:
    with transaction():
        invoicing.issue_due()


def invoice_of(booking: Booking) -> Invoice:
    found = select(Invoice).where(Invoice.company_id == booking.company_id, Invoice.kind == InvoiceKind.INVOICE)
    return db.session.scalars(found).one()


def test_the_fee_of_a_run_is_invoiced_once_and_its_vat_waits_for_money(sold: Booking) -> None:
    """3.00 USD and 19 % of it, 0.57, which the company has only once it pays in."""
    issue()
    issue()
    found = invoice_of(sold)
    assert (found.name, found.net, found.vat, found.treatment) == (
        "S2026-000001", usd("3.00"), usd("0.57"), Treatment.DOMESTIC,
    )  # fmt: skip
    assert (found.seller["country"], found.buyer["name"], found.vat_taken_at) == ("DE", "Lab Example GmbH", None)
    run = db.session.scalars(select(PayRun)).one()
    slip = db.session.scalars(select(Payslip)).one()
    assert [(line.kind, line.supplied_on, line.through) for line in found.lines] == [
        ("fee", slip.pay_date, run.through),
    ]  # fmt: skip
    pay.deposited(sold.company_id, usd("1.00"))
    issue()
    db.session.refresh(found)
    assert found.vat_taken_at is not None
    assert books.balance(invoicing.VAT, "USD") == usd("0.57")
    assert books.balance(f"company:{sold.company_id}:available", "USD") == usd("0.43")
    everything_holds()


def test_invoices_wait_until_the_seller_is_named_and_no_number_is_lost(sold: Booking, app: Flask) -> None:
    """A run goes on meanwhile; once the seller is named all of it is invoiced, from number 1 on."""
    with pytest.MonkeyPatch.context() as unnamed:
        unnamed.setitem(app.config, "SELLER", {"name": "", "address": "", "country": ""})
        issue()
        assert db.session.scalars(select(Invoice)).all() == []
        assert invoicing.waiting(pay.finance()) == 1
    assert invoicing.waiting(pay.finance()) == 0
    issue()
    assert (invoice_of(sold).number, invoice_of(sold).seller["name"]) == (1, "Setara eG")


def test_an_invoice_and_a_statement_on_paper_carry_every_name(sold: Booking) -> None:
    db.session.get_one(Company, sold.company_id).legal_name = "สมชาย ใจดี GmbH"
    issue()
    found = invoice_of(sold)
    told = "".join(page.extract_text() for page in PdfReader(BytesIO(paper_of_invoice(found))).pages)
    for words in ("S2026-000001", "Setara eG", "DE136695976", "ใจดี", "$3.00", "$0.57"):
        assert words in told.replace("\xa0", " ")
    assert paper_of_invoice(found) == paper_of_invoice(found)
    months = company_months.month_of(sold.company_id, "2023-03", accounts.owner_of(sold.company_id))
    paper = PdfReader(BytesIO(paper_of_month("Лаборатория", "2023-03", months)))
    assert "Лаборатория" in paper.pages[0].extract_text()


def test_who_lacks_the_vat_holds_up_nobody_else(sold: Booking) -> None:
    """The older invoice is of a company without money: a look that takes one finds the other."""
    second = pay.worked_and_approved()
    pay.paid()
    issue()
    pay.deposited(second.company_id, usd("1.00"))
    with transaction():
        invoicing._take_open(1)
    later = invoice_of(second)
    assert (later.number, later.vat_taken_at is None, invoice_of(sold).vat_taken_at) == (2, False, None)
    assert books.balance(invoicing.VAT, "USD") == usd("0.57")
    everything_holds()


def test_what_is_rolled_back_leaves_no_gap(sold: Booking) -> None:
    with undone():
        issue()
    issue()
    assert invoice_of(sold).number == 1
    assert db.session.scalars(select(InvoiceSeries.last)).all() == [1]


def test_credit_notes_give_the_money_back_with_its_vat(sold: Booking) -> None:
    pay.deposited(sold.company_id, usd("1.00"))
    issue()
    found, finance = invoice_of(sold), pay.finance()
    mine = replace(finance, companies=accounts.owner_of(sold.company_id).companies)
    with pytest.raises(OwnCompany):
        invoicing.credit(found.id, usd("1.00"), "It is our own.", by=mine)
    with transaction():
        first = invoicing.credit(found.id, usd("1.00"), "The run was late.", by=finance)
        second = invoicing.credit(found.id, usd("2.00"), "All of it, then.", by=finance)
    assert [(each.name, each.vat) for each in (first, second)] == [
        ("C2026-000001", usd("0.19")), ("C2026-000002", usd("0.38")),
    ]  # fmt: skip
    with pytest.raises(NotCreditable):
        invoicing.credit(found.id, usd("0.01"), "More than there was.", by=finance)
    with pytest.raises(NotCreditable):
        invoicing.credit(first.id, usd("0.01"), "A credit note is credited.", by=finance)
    assert books.balance(invoicing.VAT, "USD") == usd("0")
    assert books.balance(f"company:{sold.company_id}:available", "USD") == usd("4.00")
    everything_holds()


def test_a_credit_beyond_the_limit_waits_for_another_and_is_checked_again(
    sold: Booking, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At a limit of 3.50 USD one credits 1.00; the 2.00 that are left wait, and go to the company once: with 0.57 of
    VAT that it has paid, it would have 3.57 again by one person alone."""
    monkeypatch.setitem(app.config, "TWO_PEOPLE_ABOVE", "3.50")
    pay.deposited(sold.company_id, usd("1.00"))
    issue()
    found, one, other = invoice_of(sold), pay.finance(), pay.finance()
    with transaction():
        invoicing.credit(found.id, usd("1.00"), "The run was late.", by=one)
        act = invoicing.credit(found.id, usd("2.00"), "All of it, then.", by=one)
    assert (act.kind, act.money) == (ActKind.CREDITED, usd("2.38"))
    mine = replace(other, companies=accounts.owner_of(sold.company_id).companies)
    with pytest.raises(OwnCompany), transaction(), db.session.begin_nested():
        seconds.agree(act.id, by=mine)
    with transaction():
        seconds.agree(act.id, by=other)
    notes = db.session.scalars(select(Invoice).where(Invoice.of_id == found.id).order_by(Invoice.id)).all()
    assert [(each.net, each.reason) for each in notes] == [
        (usd("1.00"), "The run was late."), (usd("2.00"), "All of it, then."),
    ]  # fmt: skip
    everything_holds()


def test_what_was_credited_before_its_vat_was_taken_is_not_taken(sold: Booking) -> None:
    issue()
    with transaction():
        invoicing.credit(invoice_of(sold).id, usd("3.00"), "All of it.", by=pay.finance())
    issue()
    assert invoice_of(sold).vat_taken_at is not None
    assert books.balance(invoicing.VAT, "USD") == usd("0")
    everything_holds()


def test_a_month_equals_the_ledger(sold: Booking) -> None:
    pay.deposited(sold.company_id, usd("10.00"))
    issue()
    finance = pay.finance()
    name = f"{clock.now():%Y-%m}"
    (month,) = company_months.month_of(sold.company_id, name, finance)
    (purse,) = queries.balances(sold.company_id, finance)
    assert month.closing == purse.available + purse.held
    assert month.flows[Flow.PAY] == usd("-60.00")
    assert month.flows[Flow.FEES] == usd("-3.00")
    assert month.flows[Flow.VAT] == usd("-0.57")
    parts = [-month.flows[flow] for flow in (Flow.PAY, Flow.BENEFITS, Flow.FEES)]
    paid = sum(line.money.amount for line in month.kinds)
    assert paid == sum(each.amount for each in parts), "the lines of payslips are the postings"
    (following,) = company_months.month_of(sold.company_id, "2027-01", finance)
    assert (following.opening, following.closing, following.flows) == (month.closing, month.closing, {})
    assert company_months.month_of(sold.company_id, "2025-01", finance) == []
    for odd in ("2026-13", "2026", "now", "9999-12"):
        with pytest.raises(NotFound):
            company_months.month_of(sold.company_id, odd, finance)
    table = company_months.as_csv(name, [month]).splitlines()
    assert f"{name},USD,closing,{month.closing.decimal}" in table


# --- doors and pages --------------------------------------------------------------------------------------------------

BILLING = "GET /api/v1/companies/<uuid:company_id>/billing"
TELL = "PUT /api/v1/companies/<uuid:company_id>/billing"
INVOICES = "GET /api/v1/companies/<uuid:company_id>/invoices"
INVOICE = "GET /api/v1/companies/<uuid:company_id>/invoices/<uuid:invoice_id>"
MONTH = "GET /api/v1/companies/<uuid:company_id>/months/<string:month>"
FILE = "GET /api/v1/companies/<uuid:company_id>/months/<string:month>/file"
CREDIT = "POST /api/v1/invoices/<uuid:invoice_id>/credit"
OF_COMPANY = (BILLING, TELL, INVOICES, INVOICE, MONTH, FILE)
BODIES: Mapping[str, Any] = {
    TELL: {"vat_number": "DE136695976", "address": "Lab Street 1"},
    CREDIT: {"money": {"amount": "1.00", "currency": "USD"}, "reason": "The run was late."},
}


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, of: Any, who: Mapping[str, str] | None = None, **more: Any) -> Any:
    """`of` is a company and an invoice."""
    method, _, path = route.partition(" ")
    company_id, invoice_id = of
    path = path.replace("<uuid:company_id>", str(company_id)).replace("<uuid:invoice_id>", str(invoice_id))
    path = path.replace("<string:month>", f"{clock.now():%Y-%m}")
    more = {"json": BODIES.get(route)} | more
    return client.open(path, method=method, headers={HEADER: uuid4().hex} | dict(who or {}), **more)


@pytest.mark.door(BILLING, "works")
@pytest.mark.door(TELL, "works")
@pytest.mark.door(INVOICES, "works")
@pytest.mark.door(INVOICE, "works")
@pytest.mark.door(MONTH, "works")
@pytest.mark.door(FILE, "works")
@pytest.mark.door(CREDIT, "works")
@pytest.mark.door(CREDIT, "wrong_state")
def test_a_company_reads_and_an_operator_credits(sold: Booking, client: FlaskClient) -> None:
    issue()
    found = invoice_of(sold)
    of, owner = (sold.company_id, found.id), accounts.bearer(accounts.owner_of(sold.company_id))
    assert ask(client, BILLING, of, owner).json["vat_number"] is None
    assert ask(client, TELL, of, owner).json["vat_number"] == "DE136695976"
    assert [each["number"] for each in ask(client, INVOICES, of, owner).json["items"]] == ["S2026-000001"]
    assert ask(client, INVOICE, of, owner).json["gross"] == {"amount": "3.57", "currency": "USD"}
    assert ask(client, MONTH, of, owner).json["currencies"][0]["flows"]["fees"]["amount"] == "-3.00"
    assert ask(client, FILE, of, owner).mimetype == "text/csv"
    finance = accounts.bearer(pay.finance())
    made = ask(client, CREDIT, of, finance)
    assert (made.status_code, made.json["number"], made.json["vat"]["amount"]) == (201, "C2026-000001", "0.19")
    assert ask(client, CREDIT, (sold.company_id, made.json["id"]), finance).json["code"] == "invoice_not_creditable"


@pytest.mark.parametrize("route", doors(*OF_COMPANY, CREDIT, question="not_signed_in"))
def test_strangers_are_asked_who_they_are(route: str, client: FlaskClient) -> None:
    assert ask(client, route, (uuid4(), uuid4())).status_code == 401


@pytest.mark.parametrize("route", doors(*OF_COMPANY, CREDIT, question="not_mine"))
def test_to_everybody_else_there_is_nothing(route: str, sold: Booking, client: FlaskClient) -> None:
    issue()
    of = (sold.company_id, invoice_of(sold).id)
    other = accounts.owner_of(accounts.company().id)
    assert ask(client, route, of, accounts.bearer(other)).status_code == 404


@pytest.mark.parametrize("route", doors(TELL, CREDIT, question="wrong_shape"))
def test_a_body_of_another_shape_is_refused(route: str, sold: Booking, client: FlaskClient) -> None:
    who = accounts.owner_of(sold.company_id) if route == TELL else pay.finance()
    assert ask(client, route, (sold.company_id, uuid4()), accounts.bearer(who), json={"odd": 1}).status_code == 422


@pytest.mark.door(INVOICES, "wrong_shape")
def test_a_page_of_invoices_has_a_size(sold: Booking, client: FlaskClient) -> None:
    who = accounts.bearer(accounts.owner_of(sold.company_id))
    assert ask(client, INVOICES, (sold.company_id, ""), who, query_string={"limit": "0"}).status_code == 422


def test_the_pages(sold: Booking, client: FlaskClient) -> None:
    issue()
    found = invoice_of(sold)
    owner = accounts.owner_of(sold.company_id)
    hers = Visitor(client).signed_in(accounts.person_of(owner.person_id))
    money = f"/company/{sold.company_id}/money"
    assert "S2026-000001" in hers.look(f"{money}/invoices").words
    page = hers.send(f"{money}/invoices", vat_number="DE1", address="Lab Street 1")
    assert (page.status, "This is not a VAT number of that country." in page.words) == (422, True)
    assert "the rate of the country" in hers.look(f"{money}/invoices/{found.id}").words
    assert "At the end" in hers.look(f"{money}/months").words
    january = hers.look(f"{money}/months/2026-01")
    assert "Statement of January 2026" in january.words
    assert "months/2025-12" not in january.html, "nothing had come by then"
    assert "months/2026-02" in january.html
    assert client.get(f"{money}/months/{clock.now():%Y-%m}/file").mimetype == "text/csv"
    desk = Visitor(client.application.test_client()).signed_in(accounts.person_of(pay.finance().person_id))
    action = f"/desk/invoices/{found.id}/credit"
    page = desk.send("/desk/invoices", action=action, money__amount="1.00", reason="The run was late.")
    assert "C2026-000001" in page.words
