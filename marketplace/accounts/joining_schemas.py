"""Invitations to be a member of a company, on the wire."""

import marshmallow as ma

from marketplace.accounts.joining_rules import JoiningStatus
from marketplace.accounts.rules import CompanyRole
from marketplace.core.http import Flag, page_schema


class JoiningSchema(ma.Schema):
    """An invitation as the company sees it: the address that it wrote to, and what became of it. Whether the address
    had an account is not told."""

    id = ma.fields.UUID(required=True)
    email = ma.fields.String(required=True)
    role = ma.fields.Enum(CompanyRole, by_value=True, required=True)
    status = ma.fields.Enum(JoiningStatus, by_value=True, required=True)
    invited_at = ma.fields.AwareDateTime(required=True)
    good_until = ma.fields.AwareDateTime(required=True, metadata={"description": "Until when it can be answered"})
    ended_at = ma.fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When it was answered or taken back"}
    )


JoiningPage = page_schema(JoiningSchema, "JoiningPage")


class MyJoiningSchema(ma.Schema):
    """A company asks you to be one of its members."""

    id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    company = ma.fields.String(required=True)
    role = ma.fields.Enum(CompanyRole, by_value=True, required=True)
    invited_at = ma.fields.AwareDateTime(required=True)
    good_until = ma.fields.AwareDateTime(required=True)


class MyJoiningsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(MyJoiningSchema), required=True)


class JoiningAnswerSchema(ma.Schema):
    accepted = Flag(required=True)
