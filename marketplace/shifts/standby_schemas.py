"""Standby on the wire."""

import marshmallow as ma

from marketplace.core.http import MoneyField


class StandbySeatsSchema(ma.Schema):
    seats = ma.fields.Integer(
        required=True,
        strict=True,
        validate=ma.validate.Range(1, 500),
        metadata={"description": "How many people more; at most as many as the shift has seats"},
    )


class NewStandbySchema(StandbySeatsSchema):
    agreed = MoneyField(
        required=True,
        metadata={"description": "What you saw as `unused`; refused with `price_changed` if it is dearer now"},
    )


class StandbyPriceSchema(ma.Schema):
    """What people who stand by cost: `unused` if none of them is needed, `most` if all of them work the whole shift."""

    seats = ma.fields.Integer(required=True)
    ready_minutes = ma.fields.Integer(required=True, metadata={"description": "How long they stand by"})
    unused_minutes = ma.fields.Integer(required=True, metadata={"description": "What each is paid for in vain"})
    unused = MoneyField(required=True)
    most = MoneyField(required=True, metadata={"description": "What their yes holds"})
