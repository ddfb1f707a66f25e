"""The doors of people who stand by."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import problems
from marketplace.shifts import queries, standby
from marketplace.shifts import standby_schemas as s
from marketplace.shifts.booking_schemas import BookingSchema
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.schemas import ShiftSchema

blueprint = Blueprint("standby", __name__, url_prefix="/api/v1", description="People who stand by for a shift.")


@blueprint.post("/shifts/<uuid:shift_id>/standby/price")
@blueprint.arguments(s.StandbySeatsSchema)
@blueprint.response(200, s.StandbyPriceSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def show_price(given: dict[str, int], shift_id: UUID) -> standby.StandbyPrice:
    """What it would cost that so many people stand by. Nothing is planned."""
    return standby.standby_price(shift_id, **given, by=actor())


@blueprint.post("/shifts/<uuid:shift_id>/standby")
@blueprint.arguments(s.NewStandbySchema)
@blueprint.response(201, ShiftSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 422)
@idempotency.required
def plan(given: dict[str, Any], shift_id: UUID) -> Shift:
    """Have so many people more stand by for a shift, at the price that you saw. They stand by in a shift of their own,
    which is offered once the seats are taken."""
    return standby.plan(shift_id, **given, by=actor())


@blueprint.post("/bookings/<uuid:booking_id>/ready")
@blueprint.response(200, BookingSchema)
@problems(blueprint, 401, 403, 404, 409)
def ready(booking_id: UUID) -> Booking:
    """You stand by, and say that you are there: when a seat is yours, your work begins at once."""
    standby.ready(booking_id, by=actor())
    return queries.booking(booking_id, seen_by=actor())
