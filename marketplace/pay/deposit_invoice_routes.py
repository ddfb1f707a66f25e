"""The doors of deposits by invoice."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import problems
from marketplace.pay import deposit_invoices
from marketplace.pay.deposit_invoices import AskedByInvoice
from marketplace.pay.rails import deposit_invoice_schemas as s

companies = Blueprint(
    "deposit-invoices", __name__, url_prefix="/api/v1/companies", description="Deposits that are asked for by invoice."
)
blueprints = (companies,)


@companies.post("/<uuid:company_id>/deposit-invoices")
@companies.arguments(s.DepositInvoiceArgs)
@companies.response(202, s.DepositInvoiceSchema)
@problems(companies, 400, 401, 403, 404, 409, 422)
@idempotency.required
def ask(given: dict[str, Any], company_id: UUID) -> AskedByInvoice:
    """Pay in by an invoice that the payment rail sends to you. The money is available once it is paid. On the sandbox
    rail a lever pays it; by hand there is none."""
    return deposit_invoices.ask(company_id, **given, by=actor())


@companies.get("/<uuid:company_id>/deposits/<uuid:deposit_id>/invoice")
@companies.response(200, s.DepositInvoiceSchema)
@problems(companies, 401, 403, 404)
def show(company_id: UUID, deposit_id: UUID) -> AskedByInvoice:
    """The invoice of a deposit: where it stands, until when it is due, and the page where it is paid."""
    return deposit_invoices.one(company_id, deposit_id, seen_by=actor())


@companies.post("/<uuid:company_id>/deposits/<uuid:deposit_id>/invoice/void")
@companies.response(202, s.DepositInvoiceSchema)
@problems(companies, 401, 403, 404, 409)
def call_off(company_id: UUID, deposit_id: UUID) -> AskedByInvoice:
    """Have an invoice made void of which nothing is paid. Where a payment comes first, the deposit is booked."""
    return deposit_invoices.call_off(company_id, deposit_id, by=actor())
