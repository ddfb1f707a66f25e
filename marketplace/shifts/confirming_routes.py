"""The door at which somebody says that they still come."""

from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import problems
from marketplace.shifts import confirming, queries
from marketplace.shifts.booking_schemas import BookingSchema
from marketplace.shifts.models import Booking

blueprint = Blueprint(
    "confirmations", __name__, url_prefix="/api/v1/bookings", description="What is between a yes and its shift."
)


@blueprint.post("/<uuid:booking_id>/confirm")
@blueprint.response(200, BookingSchema)
@problems(blueprint, 401, 403, 404, 409)
def confirm(booking_id: UUID) -> Booking:
    """Say that you still come. Nothing is lost by not saying it, and saying it twice is saying it once."""
    confirming.confirm(booking_id, by=actor())
    return queries.booking(booking_id, seen_by=actor())
