"""The doors of intake: whether applications are taken now, and waiting until they are."""

from typing import Any

import marshmallow as ma
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import problems
from marketplace.workforce import admission, intake
from marketplace.workforce.admission import IntakeStatus
from marketplace.workforce.standing_models import IntakeWait

blueprint = Blueprint("intake", __name__, url_prefix="/api/v1/intake", description="Whether new people are taken in.")


class IntakeSchema(ma.Schema):
    """What was measured last, and the numbers of the rule INTAKE."""

    status = ma.fields.Enum(IntakeStatus, by_value=True, required=True)
    measured_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    seats_per_hundred = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "Seats a week for each hundred vetted people"}
    )
    pause_below = ma.fields.Constant(admission.PAUSE_BELOW)
    reopen_from = ma.fields.Constant(admission.REOPEN_FROM)


class WaitingSchema(ma.Schema):
    asked_at = ma.fields.AwareDateTime(required=True)


@blueprint.get("")
@blueprint.response(200, IntakeSchema)
@problems(blueprint)
@blueprint.doc(security=[])
def show() -> dict[str, Any]:
    """Whether applications are taken now, and by which measure."""
    last = intake.latest()
    if last is None:
        return {"status": IntakeStatus.OPEN, "measured_at": None, "seats_per_hundred": None}
    return {"status": last.status, "measured_at": last.at, "seats_per_hundred": last.per_hundred}


@blueprint.post("/waiting")
@blueprint.response(201, WaitingSchema)
@problems(blueprint, 401, 403, 409)
def wait() -> IntakeWait:
    """Have yourself told when applications are taken again."""
    return intake.wait(by=actor())
