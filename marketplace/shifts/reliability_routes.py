"""The doors at which somebody reads what a late no counts."""

from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import problems
from marketplace.shifts import reliability
from marketplace.shifts import reliability_schemas as s

blueprint = Blueprint(
    "reliability", __name__, url_prefix="/api/v1", description="What a late no counts, and for how long."
)


@blueprint.get("/contractors/me/reliability")
@blueprint.response(200, s.ReliabilitySchema)
@problems(blueprint, 401, 403, 404)
def show_mine() -> reliability.Reliability:
    """Your own reliability: what counts, until when, and what was excused."""
    return reliability.mine(by=actor())


@blueprint.post("/bookings/<uuid:booking_id>/good-cause")
@blueprint.arguments(s.GoodCauseSchema)
@blueprint.response(200, s.LateNoSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def state_good_cause(given: dict[str, str], booking_id: UUID) -> reliability.LateNo:
    """Say why you gave the seat back late, or did not come. An operator answers in writing; what is excused counts
    nothing, and what is not can be contested."""
    reliability.state_cause(booking_id, given["words"], by=actor())
    return next(each for each in reliability.mine(by=actor()).items if each.booking_id == booking_id)


@blueprint.get("/bookings/<uuid:booking_id>/giving-back")
@blueprint.response(200, s.GivingBackSchema)
@problems(blueprint, 401, 403, 404, 409)
def show_giving_back(booking_id: UUID) -> reliability.GivingBack:
    """What giving the seat back would count now, beside what the company would pay. Nothing is changed."""
    return reliability.giving_back(booking_id, by=actor())
