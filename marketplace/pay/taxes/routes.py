"""The doors of taxes: laws, one's own declarations and what was withheld, and what authorities are paid."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import PageArgs, page, problems
from marketplace.pay.taxes import profiles as tax_profiles
from marketplace.pay.taxes import remitting, withholding
from marketplace.pay.taxes import schemas as s
from marketplace.pay.taxes.models import Remittance, TaxDeclaration, Withholding
from marketplace.pay.taxes.profiles import Profile
from marketplace.pay.taxes.schemes import SCHEMES
from marketplace.standards.act_answers import done_or_waits
from marketplace.standards.act_schemas import WAITS, MoneyActSchema

taxes = Blueprint("taxes", __name__, url_prefix="/api/v1/taxes", description="Tax profiles, withheld tax, remittances.")
blueprints = (taxes,)


@taxes.get("/schemes")
@taxes.response(200, s.TaxSchemesSchema)
@taxes.doc(security=[])
def list_schemes() -> dict[str, Any]:
    """Every law by which tax is withheld here, with its source. Elsewhere it is not supported."""
    return {"items": SCHEMES}


@taxes.get("/profile")
@taxes.response(200, s.TaxProfileSchema)
@problems(taxes, 401, 403, 404)
def show_profile() -> Profile:
    """How you stand today, the law there if one is supported, and all that you have declared."""
    return tax_profiles.mine(by=actor())


@taxes.post("/profile")
@taxes.arguments(s.TaxDeclarationGivenSchema)
@taxes.response(201, s.TaxDeclarationSchema)
@problems(taxes, 401, 403, 404, 422)
def declare(given: dict[str, Any]) -> TaxDeclaration:
    """Declare where you pay taxes, from a day on. What you declared before stays in your history."""
    return tax_profiles.declare(**given, by=actor())


@taxes.get("/withholdings")
@taxes.arguments(PageArgs, location="query")
@taxes.response(200, s.WithholdingPage)
@problems(taxes, 401, 403, 422)
def list_withholdings(args: dict[str, Any]) -> dict[str, Any]:
    """What was withheld from your pay, and given back, newest first."""
    return page(withholding.mine(by=actor()), Withholding.id, **args)


# --- for operators of finance -----------------------------------------------------------------------------------------


@taxes.post("/withholdings/<uuid:withholding_id>/give-back")
@taxes.arguments(s.TaxGiveBackArgs)
@taxes.response(201, s.WithholdingSchema)
@taxes.alt_response(202, schema=MoneyActSchema, description=WAITS)
@problems(taxes, 400, 401, 403, 404, 409, 422)
@idempotency.required
def give_back(given: dict[str, Any], withholding_id: UUID) -> Withholding | Response:
    """Correct what was withheld: it is paid with the next run. For operators of finance, with a reason that the person
    reads."""
    return done_or_waits(withholding.give_back(withholding_id, **given, by=actor()))


@taxes.get("/held")
@taxes.response(200, s.TaxHeldListSchema)
@problems(taxes, 401, 403, 404)
def list_held() -> dict[str, Any]:
    """What is withheld and not on its way to an authority. For operators of finance."""
    return {"items": remitting.held(actor())}


@taxes.get("/remittances")
@taxes.arguments(PageArgs, location="query")
@taxes.response(200, s.TaxRemittancePage)
@problems(taxes, 401, 403, 404, 422)
def list_remittances(args: dict[str, Any]) -> dict[str, Any]:
    """What authorities were paid, newest first. For operators of finance."""
    return page(remitting.remittances(actor()), Remittance.id, **args)


@taxes.post("/remittances")
@taxes.arguments(s.TaxRemittanceArgs)
@taxes.response(201, s.TaxRemittanceSchema)
@problems(taxes, 400, 401, 403, 404, 409, 422)
@idempotency.required
def propose(given: dict[str, Any]) -> Remittance:
    """Take what is withheld in a company's name into one payment to the authority. For operators of finance."""
    return remitting.propose(**given, by=actor())


@taxes.post("/remittances/<uuid:remittance_id>/confirm")
@taxes.arguments(s.TaxConfirmArgs)
@taxes.response(200, s.TaxRemittanceSchema)
@problems(taxes, 400, 401, 403, 404, 409, 422)
@idempotency.required
def confirm(given: dict[str, str], remittance_id: UUID) -> Remittance:
    """Write down that the authority was paid. For an operator of finance other than who proposed it."""
    return remitting.confirm(remittance_id, given["reference"], by=actor())


@taxes.post("/remittances/<uuid:remittance_id>/withdraw")
@taxes.response(200, s.TaxRemittanceSchema)
@problems(taxes, 400, 401, 403, 404, 409)
@idempotency.required
def withdraw(remittance_id: UUID) -> Remittance:
    """Take a proposal back. For operators of finance."""
    return remitting.withdraw(remittance_id, by=actor())
