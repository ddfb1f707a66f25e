"""The end of an account on the wire."""

import marshmallow as ma

from marketplace.workforce.bars import ClosingStatus


class LeaveSchema(ma.Schema):
    words = ma.fields.String(
        load_default="", validate=ma.validate.Length(0, 2000), metadata={"description": "Why, if you want to say it"}
    )


class ClosingSchema(ma.Schema):
    """How far the end of an account is: what was stated when it began, and what is still left."""

    id = ma.fields.UUID(required=True, attribute="closing.id")
    contractor_id = ma.fields.UUID(required=True, attribute="closing.contractor_id")
    decision_id = ma.fields.UUID(required=True, allow_none=True, attribute="closing.decision_id")
    status = ma.fields.Enum(ClosingStatus, by_value=True, required=True, attribute="closing.status")
    asked_at = ma.fields.AwareDateTime(required=True, attribute="closing.asked_at")
    notice_until = ma.fields.AwareDateTime(
        required=True,
        allow_none=True,
        attribute="closing.notice_until",
        metadata={"description": "When the last contract ends"},
    )
    care_until = ma.fields.AwareDateTime(
        required=True,
        allow_none=True,
        attribute="closing.care_until",
        metadata={"description": "Until when follow-up care is offered"},
    )
    stated = ma.fields.Dict(
        required=True, attribute="closing.stated", metadata={"description": "Balances of benefits, and a reference"}
    )
    left = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "What is not over or not paid"})
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True, attribute="closing.ended_at")
