"""Crews on the wire."""

import marshmallow as ma

from marketplace.contracts.crew_rules import AT_ONCE, LONGEST_NAME, MOST_LEAD_MINUTES
from marketplace.core.http import Pattern, page_schema

_MINUTES = ma.validate.Range(0, MOST_LEAD_MINUTES)
_NAME = ma.validate.And(ma.validate.Length(1, LONGEST_NAME), Pattern(r"^\S(.*\S)?$"))


class CrewNameSchema(ma.Schema):
    name = ma.fields.String(required=True, validate=_NAME, metadata={"description": "Its members read it"})


class CrewSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    made_at = ma.fields.AwareDateTime(required=True)
    closed_at = ma.fields.AwareDateTime(required=True, allow_none=True)


CrewPage = page_schema(CrewSchema, "CrewPage")


class NewCrewMembersSchema(ma.Schema):
    contractor_ids = ma.fields.List(ma.fields.UUID(), required=True, validate=ma.validate.Length(1, AT_ONCE))


class CrewMembersAddedSchema(ma.Schema):
    added = ma.fields.Integer(required=True, metadata={"description": "How many were not in it before"})


class CrewMemberSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    joined_at = ma.fields.AwareDateTime(required=True)
    lead_before = ma.fields.Integer(
        required=True, metadata={"description": "Minutes in which they lead the crew before a shift (rule LEAD)"}
    )
    lead_after = ma.fields.Integer(required=True, metadata={"description": "And after it; none for all but the lead"})


class CrewLeadSchema(ma.Schema):
    """Who leads the crew; nobody without a person."""

    contractor_id = ma.fields.UUID(load_default=None, allow_none=True)
    minutes_before = ma.fields.Integer(load_default=0, strict=True, validate=_MINUTES)
    minutes_after = ma.fields.Integer(load_default=0, strict=True, validate=_MINUTES)


CrewMemberPage = page_schema(CrewMemberSchema, "CrewMemberPage")


class MyCrewSchema(ma.Schema):
    """A crew that you are in. It names no other member."""

    id = ma.fields.UUID(required=True, attribute="crew.id")
    company_id = ma.fields.UUID(required=True, attribute="crew.company_id")
    company = ma.fields.String(required=True)
    name = ma.fields.String(required=True, attribute="crew.name")
    joined_at = ma.fields.AwareDateTime(required=True)


class MyCrewsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(MyCrewSchema), required=True)
