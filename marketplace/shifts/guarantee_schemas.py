"""Weeks of guaranteed hours on the wire."""

import marshmallow as ma

from marketplace.core.http import MoneyField, page_schema


class GuaranteeSchema(ma.Schema):
    """A week: what was guaranteed, given and refused, and what is owed for the rest, in minutes."""

    id = ma.fields.UUID(required=True)
    contract_id = ma.fields.UUID(required=True)
    contract_version_id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    week = ma.fields.Date(required=True, metadata={"description": "Its Monday, in the zone"})
    timezone = ma.fields.String(required=True)
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True)
    guaranteed_minutes = ma.fields.Integer(required=True)
    given_minutes = ma.fields.Integer(required=True)
    refused_minutes = ma.fields.Integer(required=True)
    owed_minutes = ma.fields.Integer(required=True)
    rate = MoneyField(required=True, metadata={"description": "An hour"})
    held = MoneyField(required=True, metadata={"description": "What it costs the company, health cover included"})
    reckoned_at = ma.fields.AwareDateTime(required=True)
    taken_at = ma.fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When a pay run took it"}
    )


GuaranteePage = page_schema(GuaranteeSchema, "GuaranteePage")
