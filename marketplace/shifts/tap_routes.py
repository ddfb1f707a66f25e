"""The doors of a clock without network."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import problems
from marketplace.shifts import tap_schemas as s
from marketplace.shifts import taps
from marketplace.shifts.tap_models import ClockTap

blueprint = Blueprint("taps", __name__, url_prefix="/api/v1/bookings", description="What a phone kept.")


@blueprint.post("/taps")
@blueprint.arguments(s.TapsSchema)
@blueprint.response(200, s.ToldsSchema)
@problems(blueprint, 401, 403, 422)
def send_taps(given: dict[str, Any]) -> dict[str, Sequence[taps.Told]]:
    """Send presses of the clock that your device kept while it had no network. Each has an answer of its own; sending
    one twice has one effect."""
    sent_at: datetime = given["sent_at"]
    return {"items": taps.send([taps.Tap(**each) for each in given["taps"]], sent_at, by=actor())}


@blueprint.get("/<uuid:booking_id>/taps")
@blueprint.response(200, s.KeptTapsSchema)
@problems(blueprint, 401, 404)
def list_taps(booking_id: UUID) -> dict[str, Sequence[ClockTap]]:
    """What was pressed without network in a shift: the device's time beside the server's."""
    return {"items": taps.of_booking(booking_id, seen_by=actor())}
