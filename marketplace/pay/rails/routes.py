"""The doors of a real rail: what it tells us, people's accounts there, and its balance beside the books."""

from collections.abc import Mapping
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import asks_outside, problems
from marketplace.pay.rails import accounts as rail_accounts
from marketplace.pay.rails import inbox as rail_inbox
from marketplace.pay.rails import reconciling
from marketplace.pay.rails import schemas as s
from marketplace.pay.rails.models import RailAccount, RailEvent, RailMovement
from marketplace.pay.rails.rules import Endpoint
from marketplace.standards.act_answers import done_or_waits
from marketplace.standards.act_schemas import WAITS, MoneyActSchema

rails = Blueprint("rails", __name__, url_prefix="/api/v1/rails", description="Payment rails: accounts, calls, balance.")
blueprints = (rails,)


@rails.post("/stripe/<any(platform,connect):endpoint>")
@rails.response(200, s.CallTakenSchema)
@problems(rails, 401, 404, 422)
@rails.doc(security=[])
def take_call(endpoint: str) -> RailEvent:
    """An event of Stripe's, by its own signature: of the platform, or of people's accounts. It is kept, and read
    again before anything is done about it."""
    return rail_inbox.take(Endpoint(endpoint), request.get_data(), request.headers.get("Stripe-Signature", ""))


# --- people's accounts ------------------------------------------------------------------------------------------------


@rails.post("/account")
@rails.response(202, s.RailAccountSchema)
@problems(rails, 401, 403, 404, 409, 422)
def ask_for_account() -> RailAccount:
    """Have an account of your own opened at the payment rail. Asked twice, it is the same one."""
    return rail_accounts.ask_for(by=actor())


@rails.get("/account")
@rails.response(200, s.RailAccountSchema)
@problems(rails, 401, 403, 404)
def show_account() -> RailAccount:
    """Your account at the payment rail, and what is missing there."""
    return rail_accounts.my_account(by=actor())


@rails.post("/account/replacement")
@rails.response(202, s.RailAccountSchema)
@problems(rails, 401, 403, 404, 409, 422)
def replace_account() -> RailAccount:
    """Have another account opened in place of yours. It counts once it can receive money, 48 hours from now at the
    earliest; until then you are paid to the old one."""
    return rail_accounts.replace(by=actor())


@rails.post("/account/onboarding")
@rails.response(200, s.OnboardingSchema)
@problems(rails, 401, 403, 404, 409)
@asks_outside
def onboard() -> Mapping[str, str]:
    """The address of the rail's own page where you give what is missing. It is good once, for some minutes."""
    return {"url": rail_accounts.onward(by=actor())}


# --- for operators of finance -----------------------------------------------------------------------------------------


@rails.get("/calls")
@rails.arguments(s.CallsArgs, location="query")
@rails.response(200, s.CallsSchema)
@problems(rails, 401, 403, 404, 422)
def list_calls(args: dict[str, Any]) -> dict[str, Any]:
    """What the rail has told, newest first, and what came of it. For operators of finance."""
    return {"counts": rail_inbox.counts(actor()), "items": rail_inbox.newest(**args, seen_by=actor())}


@rails.post("/calls/<call_id>/again")
@rails.response(200, s.CallSchema)
@problems(rails, 401, 403, 404, 409)
def answer_again(call_id: str) -> RailEvent:
    """Have a call answered again that matched nothing, or could not be handled. For operators of finance."""
    return rail_inbox.ask_again(call_id, by=actor())


@rails.get("/movements")
@rails.arguments(s.MovementsArgs, location="query")
@rails.response(200, s.MovementsSchema)
@problems(rails, 401, 403, 404, 422)
def list_movements(args: dict[str, Any]) -> dict[str, Any]:
    """Movements of the rail's balance, newest first, each with its cause in the books. For operators of finance."""
    by = actor()
    return {"items": reconciling.newest(**args, seen_by=by), "unread": reconciling.unread(by)}


@rails.post("/movements/<movement_id>/explanation")
@rails.arguments(s.ExplanationArgs)
@rails.response(200, s.MovementSchema)
@rails.alt_response(202, schema=MoneyActSchema, description=WAITS)
@problems(rails, 401, 403, 404, 409, 422)
def explain(given: dict[str, str], movement_id: str) -> RailMovement | Response:
    """Say what a movement without a cause was. It is booked on the service's own pocket. For operators of finance."""
    return done_or_waits(reconciling.explain(movement_id, given["note"], by=actor()))


@rails.get("/standing")
@rails.response(200, s.StandingSchema)
@problems(rails, 401, 403, 404)
def show_standing() -> dict[str, Any]:
    """What the rail holds beside what the books say, and the match of each day. For operators of finance."""
    by = actor()
    return {"standings": reconciling.standings(by), "days": reconciling.days(by)}
