"""Pay groups on the wire."""

import marshmallow as ma

from marketplace.core.http import page_schema


class PayGroupArgs(ma.Schema):
    name = ma.fields.String(required=True, validate=ma.validate.Length(1, 80))
    countries = ma.fields.List(
        ma.fields.String(validate=ma.validate.Regexp("^[A-Z]{2}$")),
        required=True,
        validate=ma.validate.Length(1, 250),
        metadata={"description": "ISO 3166-1 alpha-2; each is in one group at most"},
    )
    weekdays = ma.fields.List(
        ma.fields.Integer(strict=True, validate=ma.validate.Range(1, 7)),
        required=True,
        validate=ma.validate.Length(1, 7),
        metadata={"description": "On which days people are paid; Monday is 1"},
    )
    timezone = ma.fields.String(required=True, metadata={"description": "IANA name; whose clock begins a day"})


class PayGroupSchema(ma.Schema):
    """People of some countries, and the days on which they are paid."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    countries = ma.fields.List(ma.fields.String(), required=True)
    weekdays = ma.fields.List(ma.fields.Integer(), required=True)
    timezone = ma.fields.String(required=True)
    made_at = ma.fields.AwareDateTime(required=True)
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)


PayGroupPage = page_schema(PayGroupSchema, "PayGroupPage")
