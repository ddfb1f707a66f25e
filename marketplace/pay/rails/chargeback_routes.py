"""The doors of chargebacks: the company's, and the operators' queue."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import PageArgs, page, problems
from marketplace.pay.rails import chargeback_schemas as s
from marketplace.pay.rails import chargebacks
from marketplace.pay.rails.chargeback_models import Chargeback

companies = Blueprint(
    "company-chargebacks", __name__, url_prefix="/api/v1/companies", description="Deposits that a bank took back."
)
queue = Blueprint("chargebacks", __name__, url_prefix="/api/v1/chargebacks", description="Chargebacks that wait.")
blueprints = (companies, queue)


@companies.get("/<uuid:company_id>/chargebacks")
@companies.arguments(PageArgs, location="query")
@companies.response(200, s.ChargebackPage)
@problems(companies, 401, 403, 404, 422)
def list_chargebacks(args: dict[str, Any], company_id: UUID) -> dict[str, Any]:
    """What the company's bank took back, newest first."""
    return page(chargebacks.of_company(company_id, actor()), Chargeback.id, **args)


@companies.get("/<uuid:company_id>/chargebacks/<uuid:chargeback_id>")
@companies.etag
@companies.response(200, s.ChargebackSchema)
@problems(companies, 401, 403, 404)
def show_chargeback(company_id: UUID, chargeback_id: UUID) -> Chargeback:
    """One of them: what was taken back, until when evidence is taken, and what became of it."""
    return chargebacks.one(company_id, chargeback_id, actor())


@companies.get("/<uuid:company_id>/chargebacks/<uuid:chargeback_id>/funded")
@companies.response(200, s.FundedListSchema)
@problems(companies, 401, 403, 404)
def list_funded(company_id: UUID, chargeback_id: UUID) -> dict[str, Any]:
    """What the company has paid for since the deposit came, by gig."""
    return {"items": chargebacks.funded(chargebacks.one(company_id, chargeback_id, actor()))}


@companies.post("/<uuid:company_id>/chargebacks/<uuid:chargeback_id>/evidence")
@companies.arguments(s.EvidenceArgs)
@companies.response(202, s.ChargebackSchema)
@problems(companies, 400, 401, 403, 404, 409, 422)
@idempotency.required
def hand_in(given: dict[str, str], company_id: UUID, chargeback_id: UUID) -> Chargeback:
    """Hand in what speaks against the bank, once. It goes out by the rail that the deposit came by."""
    return chargebacks.hand_in(company_id, chargeback_id, given["words"], by=actor())


@companies.post("/<uuid:company_id>/chargebacks/<uuid:chargeback_id>/pay-again")
@companies.response(200, s.ChargebackSchema)
@problems(companies, 400, 401, 403, 404, 409, 422)
@idempotency.required
def pay_again(company_id: UUID, chargeback_id: UUID) -> Chargeback:
    """Pay what the bank took out of what is available. Where the bank gives it back later, so does the service."""
    return chargebacks.pay_again(company_id, chargeback_id, by=actor())


@queue.get("")
@queue.arguments(PageArgs, location="query")
@queue.response(200, s.ChargebackPage)
@problems(queue, 401, 403, 404, 422)
def list_waiting(args: dict[str, Any]) -> dict[str, Any]:
    """Chargebacks that no bank has decided yet. For operators of finance."""
    return page(chargebacks.waiting(actor()), Chargeback.id, **args)
