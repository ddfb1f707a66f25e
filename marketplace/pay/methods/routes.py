"""The doors of where people are paid, and of the names on their accounts."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import problems
from marketplace.pay.methods import names as method_names
from marketplace.pay.methods import schemas as s
from marketplace.pay.methods import service as methods
from marketplace.pay.methods.service import Method, Offered

blueprint = Blueprint(
    "payout-methods", __name__, url_prefix="/api/v1/payout-methods", description="Where people are paid."
)


@blueprint.post("")
@blueprint.arguments(s.PayoutMethodArgs)
@blueprint.response(201, s.PayoutMethodSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
@idempotency.unkept
def give_method(given: dict[str, Any]) -> Method:
    """Say where you are paid. The first account counts at once, every later one in 48 hours."""
    return methods.shown(methods.give(**given, by=actor()))


@blueprint.get("")
@blueprint.response(200, s.PayoutMethodsSchema)
@problems(blueprint, 401, 403)
def list_methods() -> dict[str, Any]:
    """Where you are paid, where you will be, and where you were, the newest first."""
    return {"items": methods.mine(by=actor())}


@blueprint.get("/offered")
@blueprint.arguments(s.OfferedArgs, location="query")
@blueprint.response(200, s.PayoutOfferedSchema)
@problems(blueprint, 401, 422)
def list_offered(args: dict[str, str]) -> Offered:
    """How people of a country can be paid, and what is asked of them for it."""
    actor()
    return methods.offered(args["country"])


@blueprint.post("/<uuid:method_id>/take-back")
@blueprint.response(200, s.PayoutMethodSchema)
@problems(blueprint, 401, 403, 404, 409)
@idempotency.unkept
def take_back_method(method_id: UUID) -> Method:
    """Take a change back that has not taken effect: you are paid where you were."""
    return methods.shown(methods.take_back(method_id, by=actor()))


@blueprint.get("/names")
@blueprint.response(200, s.AccountNamesSchema)
@problems(blueprint, 401, 403, 404)
def list_names() -> dict[str, Any]:
    """Accounts with another name than their person's, the oldest first. For operators of finance."""
    return {"items": method_names.waiting(seen_by=actor())}


@blueprint.post("/<uuid:method_id>/name")
@blueprint.arguments(s.AccountNameArgs)
@blueprint.response(200, s.PayoutMethodSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def decide_name(given: dict[str, str], method_id: UUID) -> Method:
    """Say whether an account is its person's, and why; the person reads it. For operators of finance."""
    return methods.without_details(method_names.decide(method_id, **given, by=actor()))
