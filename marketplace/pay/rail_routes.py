"""The doors of a real rail: what it tells us."""

from flask import request
from flask_smorest import Blueprint

from marketplace.core.http import problems
from marketplace.pay import rail_inbox
from marketplace.pay import rail_schemas as s
from marketplace.pay.rail_models import RailEvent
from marketplace.pay.rail_rules import Endpoint

rails = Blueprint(
    "rails", __name__, url_prefix="/api/v1/rails", description="What payment rails tell, and people's accounts there."
)
blueprints = (rails,)


@rails.post("/stripe/<any(platform,connect):endpoint>")
@rails.response(200, s.CallSchema)
@problems(rails, 401, 404, 422)
@rails.doc(security=[])
def take_call(endpoint: str) -> RailEvent:
    """An event of Stripe's, by its own signature: of the platform, or of people's accounts. It is kept, and read
    again before anything is done about it."""
    return rail_inbox.take(Endpoint(endpoint), request.get_data(), request.headers.get("Stripe-Signature", ""))
