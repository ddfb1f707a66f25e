"""Reliability on the wire."""

import marshmallow as ma

from marketplace.shifts.late_no import Step, Why
from marketplace.workforce.standing_schemas import StrikeSchema


class LateNoSchema(ma.Schema):
    """A seat that was given back late, or missed. It has points only where `why` says that it counts."""

    booking_id = ma.fields.UUID(required=True)
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True)
    happened_at = ma.fields.AwareDateTime(required=True)
    step = ma.fields.Enum(Step, by_value=True, required=True)
    why = ma.fields.Enum(Why, by_value=True, required=True)
    points = ma.fields.Integer(required=True)
    counts_until = ma.fields.AwareDateTime(required=True)
    cause = ma.fields.String(required=True, allow_none=True, metadata={"description": "What you said of it"})


class GoodCauseSchema(ma.Schema):
    words = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, 2000),
        metadata={"description": "Why you could not come; operators read it, and no company"},
    )


class ReliabilitySchema(ma.Schema):
    """What counts of the last `days`. No rank, no offer and no pay depends on it."""

    points = ma.fields.Integer(required=True)
    days = ma.fields.Integer(required=True)
    items = ma.fields.List(ma.fields.Nested(LateNoSchema), required=True)
    strikes = ma.fields.List(ma.fields.Nested(StrikeSchema), required=True, metadata={"description": "In force"})


class RungSchema(ma.Schema):
    """A step of both sides."""

    step = ma.fields.Enum(Step, by_value=True, required=True)
    hours_before = ma.fields.Integer(required=True, metadata={"description": "For a no that comes later than this"})
    points = ma.fields.Integer(required=True, metadata={"description": "What yours counts"})
    company_pays_minutes = ma.fields.Integer(required=True, metadata={"description": "What the company pays for its"})


class GivingBackSchema(ma.Schema):
    """What giving the seat back now would count. It never costs money."""

    booking_id = ma.fields.UUID(required=True)
    at = ma.fields.AwareDateTime(required=True)
    step = ma.fields.Enum(Step, by_value=True, required=True)
    points = ma.fields.Integer(required=True, metadata={"description": "None if somebody takes the seat in time"})
    points_now = ma.fields.Integer(required=True)
    points_after = ma.fields.Integer(required=True)
    counts_until = ma.fields.AwareDateTime(required=True, allow_none=True)
    is_looked_at = ma.fields.Boolean(
        required=True, metadata={"description": "Whether an operator would be asked to look, who may excuse it"}
    )
    ladder = ma.fields.List(ma.fields.Nested(RungSchema), required=True)
