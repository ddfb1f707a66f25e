"""Ways to reach people on the wire: telephone numbers, messages, receipts, figures."""

from typing import Any

import marshmallow as ma

from marketplace.core.http import Flag, Pattern, page_schema
from marketplace.notices.ways import Kind, Outcome, State, Way
from marketplace.notices.webpush import Subscription


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


class BrowserKeysSchema(ma.Schema):
    p256dh = ma.fields.String(required=True, validate=Pattern(r"^[A-Za-z0-9_-]{80,100}={0,2}$"))
    auth = ma.fields.String(required=True, validate=Pattern(r"^[A-Za-z0-9_-]{20,30}={0,2}$"))


class NewBrowserSchema(ma.Schema):
    """A PushSubscription as a browser's own `toJSON()` tells it."""

    endpoint = ma.fields.String(required=True, validate=ma.validate.Length(10, 1000))
    expirationTime = ma.fields.Raw(load_default=None, allow_none=True)  # noqa: N815 - the browser's own word
    keys = ma.fields.Nested(BrowserKeysSchema, required=True)

    @ma.post_load
    def make_subscription(self, data: dict[str, Any], **_more: Any) -> Subscription:
        return Subscription(data["endpoint"], **data["keys"])


class BrowserSchema(ma.Schema):
    """A browser that takes notifications. Its address is shown to nobody."""

    id = ma.fields.UUID(required=True)
    made_at = ma.fields.AwareDateTime(required=True)


class BrowsersSchema(ma.Schema):
    key = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "`applicationServerKey` to subscribe with; null where there are no notifications"},
    )
    items = ma.fields.List(ma.fields.Nested(BrowserSchema), required=True)


class ChosenSchema(ma.Schema):
    """By which ways you are told of each kind of thing. Nothing for a kind: you find it in your inbox alone."""

    ways = ma.fields.Dict(
        keys=ma.fields.Enum(Kind, by_value=True),
        values=ma.fields.List(ma.fields.Enum(Way, by_value=True)),
        required=True,
        metadata={"example": {"offers": ["mail", "sms"], "talk": []}},
    )
    rings_when_urgent = Flag(
        required=True,
        metadata={"description": "Whether an offer that would be over before your quiet hours are may ring in them"},
    )

    @ma.post_load
    def make_sets(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return data | {"ways": {kind: frozenset(ways) for kind, ways in data["ways"].items()}}

    @ma.pre_dump
    def sort_ways(self, shown: Any, **_more: Any) -> dict[str, Any]:
        ways = {kind: sorted(chosen) for kind, chosen in shown.ways.items()}
        return {"ways": ways, "rings_when_urgent": shown.rings_when_urgent}


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
