"""Chargebacks on the wire."""

import marshmallow as ma

from marketplace.core.http import MoneyField, page_schema
from marketplace.pay.rails.chargeback_rules import LONGEST_WORDS, ChargebackStatus


class EvidenceArgs(ma.Schema):
    words = ma.fields.String(
        required=True,
        validate=ma.validate.Length(20, LONGEST_WORDS),
        metadata={"description": "What speaks against the payer's bank, as the bank will read it"},
    )


class FundedSchema(ma.Schema):
    """What was paid for one gig since the deposit came."""

    gig_id = ma.fields.UUID(required=True)
    title = ma.fields.String(required=True)
    people = ma.fields.Integer(required=True)
    money = MoneyField(required=True)


class ChargebackSchema(ma.Schema):
    """A deposit, or a part of it, that the payer's bank took back. What workers were paid stays theirs."""

    id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    deposit_id = ma.fields.UUID(required=True)
    rail = ma.fields.String(required=True)
    external_id = ma.fields.String(required=True, metadata={"description": "The rail's own id"})
    money = MoneyField(required=True)
    reason = ma.fields.String(required=True, metadata={"description": "The rail's own word for why"})
    opened_at = ma.fields.AwareDateTime(required=True)
    due_by = ma.fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Until when the bank takes evidence"}
    )
    evidence_id = ma.fields.UUID(required=True, allow_none=True)
    evidence_status = ma.fields.String(required=True, allow_none=True)
    evidence_words = ma.fields.String(required=True, allow_none=True)
    paid_again_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    status = ma.fields.Enum(ChargebackStatus, by_value=True, required=True)


class FundedListSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(FundedSchema), required=True)


ChargebackPage = page_schema(ChargebackSchema, "ChargebackPage")
