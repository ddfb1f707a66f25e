"""The doors of invoices and monthly statements."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import PageArgs, page, problems
from marketplace.pay.invoices import company_months, invoicing
from marketplace.pay.invoices import schemas as s
from marketplace.pay.invoices.models import CompanyBilling, Invoice
from marketplace.standards.act_answers import done_or_waits
from marketplace.standards.act_schemas import WAITS, MoneyActSchema

companies = Blueprint(
    "company-invoices", __name__, url_prefix="/api/v1/companies", description="Invoices, billing, monthly statements."
)
invoices = Blueprint("invoices", __name__, url_prefix="/api/v1/invoices", description="Credit notes of the service.")
blueprints = (companies, invoices)


@companies.get("/<uuid:company_id>/billing")
@companies.response(200, s.BillingSchema)
@problems(companies, 401, 403, 404)
def show_billing(company_id: UUID) -> CompanyBilling:
    """The VAT number and the address that stand on the company's invoices."""
    return invoicing.billing(company_id, actor())


@companies.put("/<uuid:company_id>/billing")
@companies.arguments(s.BillingArgs)
@companies.response(200, s.BillingSchema)
@problems(companies, 401, 403, 404, 422)
def tell_billing(given: dict[str, Any], company_id: UUID) -> CompanyBilling:
    """Say how the company wants to be billed, from the next invoice on."""
    return invoicing.tell(company_id, given["vat_number"], given["address"], by=actor())


@companies.get("/<uuid:company_id>/invoices")
@companies.arguments(PageArgs, location="query")
@companies.response(200, s.InvoicePage)
@problems(companies, 401, 403, 404, 422)
def list_invoices(args: dict[str, Any], company_id: UUID) -> dict[str, Any]:
    """The service's invoices to the company, and its credit notes, newest first."""
    return page(invoicing.invoices(company_id, actor()), Invoice.id, **args)


@companies.get("/<uuid:company_id>/invoices/<uuid:invoice_id>")
@companies.etag
@companies.response(200, s.InvoiceSchema)
@problems(companies, 401, 403, 404)
def show_invoice(company_id: UUID, invoice_id: UUID) -> Invoice:
    """One invoice or credit note."""
    return invoicing.invoice(company_id, invoice_id, actor())


@companies.get("/<uuid:company_id>/months/<string:month>")
@companies.etag
@companies.response(200, s.CompanyMonthsSchema)
@problems(companies, 401, 403, 404)
def show_month(company_id: UUID, month: str) -> dict[str, Any]:
    """The company's statement of a month such as 2026-11: opening, what came and went, closing."""
    return {"currencies": company_months.month_of(company_id, month, actor())}


@companies.get("/<uuid:company_id>/months/<string:month>/file")
@companies.response(200, content_type="text/csv")
@problems(companies, 401, 403, 404)
def month_file(company_id: UUID, month: str) -> Response:
    """The same as CSV."""
    return as_file(company_id, month)


@invoices.post("/<uuid:invoice_id>/credit")
@invoices.arguments(s.CreditArgs)
@invoices.response(201, s.InvoiceSchema)
@invoices.alt_response(202, schema=MoneyActSchema, description=WAITS)
@problems(invoices, 400, 401, 403, 404, 409, 422)
@idempotency.required
def credit(given: dict[str, Any], invoice_id: UUID) -> Invoice | Response:
    """Credit a part of an invoice, or all of it: the company has the money at once. For operators of finance."""
    return done_or_waits(invoicing.credit(invoice_id, given["money"], given["reason"], by=actor()))


def as_file(company_id: UUID, month: str) -> Response:
    """A statement as a file to be saved."""
    text = company_months.as_csv(month, company_months.month_of(company_id, month, actor()))
    made = Response(text, mimetype="text/csv")
    made.headers.set("Content-Disposition", "attachment", filename=f"setara-{month}.csv")
    return made
