"""Statements of years: what they hold, that they are frozen, and that a correction is a version that names it."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.models import Person
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.pay.taxes import withholding
from marketplace.pay.taxes import year_rules as tax_year_rules
from marketplace.pay.taxes import years as tax_years
from marketplace.pay.taxes.models import Withholding
from marketplace.pay.taxes.schemes import BY_ID, Form
from marketplace.pay.taxes.year_models import YearStatement
from marketplace.shifts.models import Booking
from tests.conftest import again, kept
from tests.factories import accounts, pay
from tests.web.visitor import Visitor

LIST = "GET /api/v1/year-statements"
ONE = "GET /api/v1/year-statements/<uuid:statement_id>"
FILE = "GET /api/v1/year-statements/<uuid:statement_id>/file"


def new_year(*, hours: int = 12) -> None:
    with transaction():
        clock.move_to(datetime(2027, 1, 1, hours, tzinfo=UTC))
        tax_years.issue_due()


@pytest.fixture(scope="module")
def _taxed(ground: None) -> Booking:
    def make() -> Booking:
        booking = pay.taxed()
        pay.paid()
        new_year()
        return booking

    return kept(make)


@pytest.fixture
def taxed(_taxed: Booking, app: Flask) -> Booking:
    """60.00 USD paid in 2026, 1.50 withheld, and the year is over."""
    return again(_taxed)


def statements(booking: Booking) -> list[YearStatement]:
    own = select(YearStatement).where(YearStatement.contractor_id == booking.contractor_id)
    return list(db.session.scalars(own.order_by(YearStatement.version)))


def test_a_year_is_told_by_company_currency_and_month(taxed: Booking) -> None:
    (found,) = statements(taxed)
    assert (found.year, found.version, found.form, found.changed) == (2026, 1, Form.ID_BUKTI_POTONG, [])
    (company,) = found.figures["companies"]
    slip = pay.payslip_of(taxed.contractor_id)
    assert slip.pay_date is not None
    assert [(each["month"], each["earned"], each["withheld"]) for each in company["months"]] == [
        (slip.pay_date.month, "60.00", "1.50")
    ]
    assert {name: Decimal(value) for name, value in company["boxes"].items()} == {
        "jumlah penghasilan bruto": Decimal(960_000),
        "dasar pengenaan pajak": Decimal(480_000),
        "PPh dipotong": Decimal(24_000),
    }
    assert {each["kind"]: each["paid_in"] for each in found.figures["benefits"]}["health_contribution"] == "2.40"
    assert found.sha256 == tax_year_rules.sealed(found.figures)


def test_what_has_not_changed_is_not_issued_again(taxed: Booking) -> None:
    new_year(hours=13)
    assert len(statements(taxed)) == 1


def test_a_correction_is_a_version_that_names_what_changed(taxed: Booking) -> None:
    with transaction():
        line = db.session.scalars(select(Withholding).where(Withholding.contractor_id == taxed.contractor_id)).one()
        clock.move_to(datetime(2027, 1, 1, 14, tzinfo=UTC))
        withholding.give_back(line.id, Money.of("0.50", "USD"), "The number came too late.", by=pay.finance())
    new_year(hours=15)
    first, second = statements(taxed)
    assert (second.version, second.figures["companies"][0]["withheld"]) == (2, "1.00")
    assert first.figures["companies"][0]["withheld"] == "1.50", "what was told stays"
    key = first.figures["companies"][0]["key"]
    assert f"companies[{key}].withheld: 1.50 → 1.00" in second.changed
    new_year(hours=16)
    assert len(statements(taxed)) == 2


def test_boxes_of_1099_nec_are_reported_from_the_threshold_on() -> None:
    company = {"country": "US", "currency": "USD", "earned": "1999.99", "withheld": "0.00"}
    law = BY_ID["us.backup"]
    told = tax_year_rules.boxes(Form.US_1099_NEC, law, company, "US")
    assert told == {
        "1 nonemployee compensation": "1999.99", "4 federal income tax withheld": "0.00", "reported": False,
    }  # fmt: skip
    assert tax_year_rules.boxes(Form.US_1099_NEC, law, company | {"earned": "2000.00"}, "US")["reported"]
    assert tax_year_rules.boxes(Form.US_1099_NEC, law, company | {"country": "DE"}, "US") == {}


def test_no_cell_of_a_table_is_a_formula() -> None:
    assert [tax_year_rules.cell(each) for each in ("=1+1", "Lab", None)] == ["'=1+1", "Lab", ""]


@pytest.mark.door(LIST, "works")
@pytest.mark.door(LIST, "not_signed_in")
@pytest.mark.door(LIST, "wrong_shape")
@pytest.mark.door(ONE, "works")
@pytest.mark.door(ONE, "not_signed_in")
@pytest.mark.door(ONE, "not_mine")
@pytest.mark.door(FILE, "works")
@pytest.mark.door(FILE, "not_signed_in")
@pytest.mark.door(FILE, "not_mine")
def test_its_doors(taxed: Booking, client: FlaskClient) -> None:
    hers, other = accounts.bearer(taxed.contractor_id), accounts.bearer(accounts.person())
    address = "/api/v1/year-statements"
    (told,) = client.get(address, headers=hers).json["items"]
    one = f"{address}/{told['id']}"
    assert client.get(one, headers=hers).json["sha256"] == told["sha256"]
    assert client.get(one, headers=accounts.bearer(pay.finance())).status_code == 200
    table = client.get(f"{one}/file", headers=hers)
    assert table.mimetype == "text/csv"
    assert table.text.splitlines()[1].endswith(",60.00,1.50")
    assert client.get(address, headers=hers, query_string={"limit": "0"}).status_code == 422
    for path in (one, f"{one}/file"):
        assert client.get(path, headers=other).status_code == 404
        assert client.get(path.replace(told["id"], str(uuid4())), headers=hers).status_code == 404
    assert [client.get(path).status_code for path in (address, one, f"{one}/file")] == [401] * 3


def test_the_page_of_a_year(taxed: Booking, client: FlaskClient) -> None:
    (found,) = statements(taxed)
    hers = Visitor(client).signed_in(db.session.get_one(Person, taxed.contractor_id))
    assert f"/work/taxes/years/{found.id}" in hers.look("/work/taxes").html
    page = hers.look(f"/work/taxes/years/{found.id}")
    for told in ("bukti potong", "November 2026", "960,000.00"):
        assert told in page.words
    assert client.get(f"/work/taxes/years/{found.id}/file").mimetype == "text/csv"
