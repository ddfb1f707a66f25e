"""The door to business time: everybody may read it, an operator may move it, and nobody may in production."""

from datetime import datetime
from typing import Any

import marshmallow as ma
from flask import current_app
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import OperatorRole, require_operator
from marketplace.core import clock
from marketplace.core.http import problems

blueprint = Blueprint("clock", __name__, url_prefix="/api/v1/clock", description="Business time.")


class ClockSchema(ma.Schema):
    now = ma.fields.AwareDateTime(required=True)
    movable = ma.fields.Boolean(required=True, dump_only=True)


@blueprint.get("")
@blueprint.response(200, ClockSchema)
@problems(blueprint, 429)
@blueprint.doc(security=[])
def read() -> dict[str, Any]:
    """What time it is for this service."""
    return {"now": clock.now(), "movable": current_app.config["CLOCK_MOVABLE"]}


@blueprint.put("")
@blueprint.arguments(ClockSchema)
@blueprint.response(200, ClockSchema)
@problems(blueprint, 401, 403, 404, 409, 422, 429)
def move(given: dict[str, datetime]) -> dict[str, Any]:
    """Let business time go on from a moment. For tests and demonstrations; refused in production."""
    require_operator(actor(), OperatorRole.ADMIN)
    clock.travel_to(given["now"])
    return {"now": clock.now(), "movable": True}
