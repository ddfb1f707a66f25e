"""Presses that a device kept, on the wire."""

from datetime import UTC, datetime

import marshmallow as ma

from marketplace.shifts.clock_rules import Press, TapOutcome
from marketplace.shifts.taps import MOST_TAPS

ERA = ma.validate.Range(datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))


class TapSchema(ma.Schema):
    """One press. `id` is made by the device, and the same press sent twice carries the same one."""

    id = ma.fields.UUID(required=True)
    booking_id = ma.fields.UUID(required=True)
    press = ma.fields.Enum(Press, by_value=True, required=True)
    at = ma.fields.AwareDateTime(
        required=True, validate=ERA, metadata={"description": "When it was pressed, by the device's clock"}
    )


class TapsSchema(ma.Schema):
    sent_at = ma.fields.AwareDateTime(
        required=True,
        validate=ERA,
        metadata={"description": "Now, by the device's clock: a clock that goes wrong then has no effect"},
    )
    taps = ma.fields.List(ma.fields.Nested(TapSchema), required=True, validate=ma.validate.Length(1, MOST_TAPS))

    @ma.validates_schema
    def check_once(self, data: dict[str, list[dict[str, object]]], **_more: object) -> None:
        if len({tap["id"] for tap in data["taps"]}) < len(data["taps"]):
            raise ma.ValidationError("Each press is named once.", "taps")


class ToldSchema(ma.Schema):
    """What became of one press. A refusal carries its code always, and its words the first time."""

    id = ma.fields.UUID(required=True)
    outcome = ma.fields.Enum(TapOutcome, by_value=True, required=True)
    counted_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    code = ma.fields.String(required=True, allow_none=True)
    title = ma.fields.String(attribute="problem.title")
    detail = ma.fields.String(attribute="problem.detail")
    remedy = ma.fields.String(attribute="problem.what_to_do")


class ToldsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ToldSchema), required=True)


class KeptTapSchema(ma.Schema):
    """A press as it was kept on a device, and as it came."""

    press = ma.fields.Enum(Press, by_value=True, required=True)
    pressed_at = ma.fields.AwareDateTime(required=True, metadata={"description": "By the device's clock"})
    sent_at = ma.fields.AwareDateTime(required=True, metadata={"description": "By the device's clock"})
    received_at = ma.fields.AwareDateTime(required=True, metadata={"description": "By the server's"})
    counted_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    outcome = ma.fields.Enum(TapOutcome, by_value=True, required=True)
    code = ma.fields.String(required=True, allow_none=True)


class KeptTapsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(KeptTapSchema), required=True)
