"""Ways to reach people on the wire: telephone numbers, messages, receipts, figures."""

import marshmallow as ma

from marketplace.core.http import Pattern, page_schema
from marketplace.notices.ways import Outcome, State, Way


class NewPhoneSchema(ma.Schema):
    number = ma.fields.String(
        required=True,
        validate=ma.validate.Length(4, 40),
        metadata={"description": "With the code of its country", "example": "+62 812 3456 789"},
    )


class CodeSchema(ma.Schema):
    code = ma.fields.String(
        required=True,
        validate=Pattern(r"^[0-9]{3} ?[0-9]{3}$", error="A code has six digits."),
        metadata={"description": "Six digits, as they stand in the message", "example": "042137"},
    )


class PhoneSchema(ma.Schema):
    """A number, of which only the end is shown. Messages go there once it is proven."""

    id = ma.fields.UUID(required=True)
    shown = ma.fields.String(required=True, metadata={"example": "+62 … 789"})
    region = ma.fields.String(required=True, metadata={"description": "ISO 3166"})
    asked_at = ma.fields.AwareDateTime(required=True)
    proven_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class PhonesSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(PhoneSchema), required=True)


class DeliverySchema(ma.Schema):
    """A message to you by one way, without its words. `delivered_at` is when whoever carried it said that it arrived,
    which e-mail never says."""

    id = ma.fields.UUID(required=True)
    way = ma.fields.Enum(Way, by_value=True, required=True)
    state = ma.fields.Enum(State, by_value=True, required=True)
    at = ma.fields.AwareDateTime(required=True)
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    delivered_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    error = ma.fields.String(required=True, allow_none=True)


class DeliveryFigureSchema(ma.Schema):
    """How many messages of the last 30 days by a way, to people who live in a country, are in a state."""

    way = ma.fields.Enum(Way, by_value=True, required=True)
    country = ma.fields.String(required=True, allow_none=True)
    state = ma.fields.Enum(State, by_value=True, required=True)
    messages = ma.fields.Integer(required=True)


class DeliveryFiguresSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(DeliveryFigureSchema), required=True)


class ReceiptSchema(ma.Schema):
    """What became of a message, by the key that it was handed over with."""

    key = ma.fields.UUID(required=True)
    status = ma.fields.Enum(Outcome, by_value=True, required=True)
    at = ma.fields.AwareDateTime(
        load_default=None, allow_none=True, metadata={"description": "Now, if it says nothing"}
    )


DeliveriesSchema = page_schema(DeliverySchema, "Deliveries")
