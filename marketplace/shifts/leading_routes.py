"""The doors of team leads, and their shapes on the wire."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import MoneyField, problems
from marketplace.shifts import leading
from marketplace.shifts.leading import MOST, LeadPrice
from marketplace.shifts.rules import LeadPart

blueprint = Blueprint("leads", __name__, url_prefix="/api/v1/shifts", description="Who leads a shift.")
_MINUTES = ma.validate.Range(0, MOST)


class LeadPlanSchema(ma.Schema):
    minutes_before = ma.fields.Integer(load_default=0, strict=True, validate=_MINUTES)
    minutes_after = ma.fields.Integer(load_default=0, strict=True, validate=_MINUTES)


class NewLeadSchema(LeadPlanSchema):
    contractor_id = ma.fields.UUID(required=True)
    agreed = MoneyField(load_default=None, allow_none=True, metadata={"description": "The total that you saw"})


class LeadPartSchema(ma.Schema):
    part = ma.fields.Enum(LeadPart, by_value=True, required=True)
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True)


class LeadPriceSchema(ma.Schema):
    """What the minutes of a lead cost at most, everything included."""

    parts = ma.fields.List(ma.fields.Nested(LeadPartSchema), required=True)
    total = MoneyField(required=True)


class LeadMinutesSchema(LeadPartSchema):
    shift_id = ma.fields.UUID(required=True, metadata={"description": "The shift of one seat that these minutes are"})
    contractor_id = ma.fields.UUID(required=True)


class LeadSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(LeadMinutesSchema), required=True)


@blueprint.post("/<uuid:shift_id>/lead/price")
@blueprint.arguments(LeadPlanSchema)
@blueprint.response(200, LeadPriceSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def show_lead_price(given: dict[str, Any], shift_id: UUID) -> dict[str, object]:
    """What a lead's minutes before and after the shift would cost at most. Nobody is named."""
    return _priced(leading.price(shift_id, **given, by=actor()))


@blueprint.post("/<uuid:shift_id>/lead")
@blueprint.arguments(NewLeadSchema)
@blueprint.response(201, LeadSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 422)
@idempotency.required
def name_lead(given: dict[str, Any], shift_id: UUID) -> dict[str, object]:
    """Name who leads the shift: they are asked for the minutes before and after it, which are paid as work."""
    leading.name(shift_id, **given, by=actor())
    return _shown(shift_id)


@blueprint.get("/<uuid:shift_id>/lead")
@blueprint.response(200, LeadSchema)
@problems(blueprint, 401, 403, 404)
def show_lead(shift_id: UUID) -> dict[str, object]:
    """Who leads the shift, and in which minutes beside it; empty where nobody does."""
    return _shown(shift_id)


def _priced(found: LeadPrice) -> dict[str, object]:
    parts = [{"part": part, "starts_at": begins, "ends_at": ends} for part, begins, ends in found.parts]
    return {"parts": parts, "total": found.total}


def _shown(shift_id: UUID) -> dict[str, object]:
    found = leading.of_shift(shift_id, seen_by=actor())
    rows = [
        {
            "shift_id": shift.id,
            "contractor_id": row.contractor_id,
            "part": row.part,
            "starts_at": shift.starts_at,
            "ends_at": shift.ends_at,
        }
        for row, shift in found
    ]
    return {"items": rows}
