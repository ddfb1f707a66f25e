"""The end of an account on the wire."""

import marshmallow as ma

from marketplace.workforce.bars import ClosingStatus, Left


class LeaveSchema(ma.Schema):
    words = ma.fields.String(
        load_default="", validate=ma.validate.Length(0, 2000), metadata={"description": "Why, if you want to say it"}
    )


class ClosingSchema(ma.Schema):
    """The end of an account: what was stated when it began, and when nothing was owed any more."""

    id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    decision_id = ma.fields.UUID(required=True, allow_none=True)
    status = ma.fields.Enum(ClosingStatus, by_value=True, required=True)
    asked_at = ma.fields.AwareDateTime(required=True)
    notice_until = ma.fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "When the last contract ends"},
    )
    care_until = ma.fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Until when follow-up care is offered"},
    )
    stated = ma.fields.Dict(required=True, metadata={"description": "Balances of benefits, and a reference"})
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class ClosingStateSchema(ma.Schema):
    """How far the end of an account is, if it has begun, and what is not over or not paid in any case."""

    closing = ma.fields.Nested(ClosingSchema, required=True, allow_none=True)
    left = ma.fields.List(ma.fields.Enum(Left, by_value=True), required=True)
