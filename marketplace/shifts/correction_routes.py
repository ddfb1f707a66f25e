"""The doors of corrections of the clock."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import problems
from marketplace.shifts import correction_schemas as s
from marketplace.shifts import corrections
from marketplace.shifts.correction_models import Correction

blueprint = Blueprint("corrections", __name__, url_prefix="/api/v1", description="Mistakes of the clock.")


@blueprint.post("/bookings/<uuid:booking_id>/corrections")
@blueprint.arguments(s.NewClockCorrectionSchema)
@blueprint.response(201, s.ClockCorrectionSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def correct(given: dict[str, Any], booking_id: UUID) -> Correction:
    """Say what was really on the clock, and why: of your own shift, or as its company. What takes minutes from somebody
    is a proposal to them."""
    return corrections.correct(booking_id, **given, by=actor())


@blueprint.get("/bookings/<uuid:booking_id>/corrections")
@blueprint.response(200, s.ClockCorrectionsSchema)
@problems(blueprint, 401, 404)
def list_corrections(booking_id: UUID) -> dict[str, Sequence[Correction]]:
    """All corrections of a shift's clock: what stood before, what stands instead, who wrote it and why."""
    return {"items": corrections.of_booking(booking_id, seen_by=actor())}


@blueprint.post("/corrections/<uuid:correction_id>/accept")
@blueprint.response(200, s.ClockCorrectionSchema)
@problems(blueprint, 401, 403, 404, 409)
def accept(correction_id: UUID) -> Correction:
    """Agree with what the other side wrote."""
    return corrections.accept(correction_id, by=actor())


@blueprint.post("/corrections/<uuid:correction_id>/contest")
@blueprint.arguments(s.CorrectionWordsSchema)
@blueprint.response(200, s.ClockCorrectionSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def contest(given: dict[str, Any], correction_id: UUID) -> Correction:
    """Do not agree, and say why. No minute of a person's is taken by it: only a cut does that."""
    return corrections.contest(correction_id, **given, by=actor())
