"""People, companies, members and keys on the wire."""

from typing import Any

import marshmallow as ma

from marketplace.accounts.invited import MOST_ROWS, InvitationOutcome, Invited
from marketplace.accounts.rules import LOCALES, CompanyRole, CompanyStatus, OperatorRole, Right
from marketplace.core.http import PageArgs, Pattern, page_schema

_NAME = ma.validate.Length(1, 200)
_EMAIL = ma.validate.Length(3, 320)


class SignUpSchema(ma.Schema):
    email = ma.fields.String(required=True, validate=_EMAIL)
    password = ma.fields.String(required=True, load_only=True)
    name = ma.fields.String(required=True, validate=_NAME)
    locale = ma.fields.String(load_default="en", validate=ma.validate.OneOf(LOCALES))


class AcceptedSchema(ma.Schema):
    """Says that a message is on its way, if the address is one that gets one. Nobody learns who has an account."""

    message = ma.fields.String(required=True)


class PersonSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    email = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    locale = ma.fields.String(required=True)
    confirmed_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class CompanyRightsSchema(ma.Schema):
    company_id = ma.fields.UUID(required=True)
    rights = ma.fields.List(ma.fields.Enum(Right, by_value=True), required=True)


class MeSchema(PersonSchema):
    """A person with what they may do now."""

    companies = ma.fields.List(ma.fields.Nested(CompanyRightsSchema), required=True)
    operator = ma.fields.List(ma.fields.Enum(OperatorRole, by_value=True), required=True)


class PersonChangeSchema(ma.Schema):
    name = ma.fields.String(validate=_NAME)
    locale = ma.fields.String(validate=ma.validate.OneOf(LOCALES))


class TokenSchema(ma.Schema):
    token = ma.fields.String(required=True, validate=ma.validate.Length(1, 1000))


class EmailSchema(ma.Schema):
    email = ma.fields.String(required=True, validate=_EMAIL)


class PasswordSchema(ma.Schema):
    password = ma.fields.String(required=True, load_only=True)


class CredentialsSchema(ma.Schema):
    email = ma.fields.String(required=True, validate=_EMAIL)
    # No longer than any password can be: hashing is slow on purpose, and this door is open to strangers.
    password = ma.fields.String(required=True, load_only=True, validate=ma.validate.Length(1, 200))


class SessionSchema(ma.Schema):
    key = ma.fields.String(required=True, metadata={"description": "Send it as `Authorization: Bearer KEY`"})
    expires_at = ma.fields.AwareDateTime(required=True)


class InvitedSchema(ma.Schema):
    # What is wrong with a line is said of the whole list at once, with the number of each bad line.
    email = ma.fields.String(required=True, validate=ma.validate.Length(0, 320))
    name = ma.fields.String(required=True, validate=ma.validate.Length(0, 1000))
    locale = ma.fields.String(load_default=LOCALES[0], validate=ma.validate.OneOf(LOCALES))

    @ma.post_load
    def as_invited(self, data: dict[str, str], **_more: Any) -> Invited:
        return Invited(**data)


class InvitationListSchema(ma.Schema):
    people = ma.fields.List(ma.fields.Nested(InvitedSchema), required=True, validate=ma.validate.Length(1, MOST_ROWS))


class InviteeSchema(ma.Schema):
    email = ma.fields.String(required=True)
    outcome = ma.fields.Enum(InvitationOutcome, by_value=True, required=True)
    person_id = ma.fields.UUID(required=True, allow_none=True)


class InviteesSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(InviteeSchema), required=True)


class InvitationSchema(ma.Schema):
    """An invitation as those see it who sent it."""

    id = ma.fields.UUID(required=True)
    person_id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    email = ma.fields.String(required=True)
    invited_at = ma.fields.AwareDateTime(required=True)
    good_until = ma.fields.AwareDateTime(required=True)
    answered = ma.fields.Boolean(required=True, metadata={"description": "Whether they confirmed their address"})


InvitationPage = page_schema(InvitationSchema, "InvitationPage")


class InvitationAnswerSchema(TokenSchema):
    password = ma.fields.String(load_default=None, allow_none=True, load_only=True)


class ApplicationSchema(ma.Schema):
    legal_name = ma.fields.String(required=True, validate=_NAME)
    country = ma.fields.String(
        required=True,
        validate=Pattern("^[A-Z]{2}$"),
        metadata={"description": "ISO 3166-1 alpha-2"},
    )
    signatory_name = ma.fields.String(
        required=True, validate=_NAME, metadata={"description": "Who signs contracts in the company's name"}
    )


class CompanySchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    status = ma.fields.Enum(CompanyStatus, by_value=True, required=True)
    legal_name = ma.fields.String(required=True)
    country = ma.fields.String(required=True)
    signatory_name = ma.fields.String(required=True)
    applied_at = ma.fields.AwareDateTime(required=True)
    verified_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class CompanyListArgs(PageArgs):
    status = ma.fields.Enum(CompanyStatus, by_value=True, load_default=None)


CompanyPage = page_schema(CompanySchema, "CompanyPage")


class ReasonSchema(ma.Schema):
    reason = ma.fields.String(required=True, validate=ma.validate.Length(1, 2000))


class CompanyDecisionSchema(ma.Schema):
    """What an operator decided about the company, and why."""

    outcome = ma.fields.Enum(CompanyStatus, by_value=True, required=True)
    reason = ma.fields.String(required=True)
    decided_at = ma.fields.AwareDateTime(required=True)


class CompanyDecisionsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(CompanyDecisionSchema), required=True)


class MemberSchema(ma.Schema):
    person_id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    email = ma.fields.String(required=True)
    role = ma.fields.Enum(CompanyRole, by_value=True, required=True)


class MembersSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(MemberSchema), required=True)


class NewMemberSchema(ma.Schema):
    email = ma.fields.String(required=True, validate=_EMAIL)
    role = ma.fields.Enum(CompanyRole, by_value=True, required=True)


class RoleSchema(ma.Schema):
    role = ma.fields.Enum(CompanyRole, by_value=True, required=True)


class NewKeySchema(ma.Schema):
    name = ma.fields.String(required=True, validate=_NAME)
    scopes = ma.fields.List(
        ma.fields.Enum(Right, by_value=True), required=True, validate=ma.validate.Length(1, len(Right))
    )
    expires_at = ma.fields.AwareDateTime(load_default=None, allow_none=True)


class KeySchema(ma.Schema):
    """A key as it can be seen later: everything but its secret."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    prefix = ma.fields.String(required=True)
    scopes = ma.fields.List(ma.fields.String(), required=True)
    person_id = ma.fields.UUID(required=True, metadata={"description": "Who made it"})
    made_at = ma.fields.AwareDateTime(required=True)
    expires_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    revoked_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    last_used_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class IssuedKeySchema(KeySchema):
    key = ma.fields.String(metadata={"description": "The secret text, in the first answer only: it is kept nowhere"})


KeyPage = page_schema(KeySchema, "ApiKeyPage")


class EventSchema(ma.Schema):
    """A line of a timeline."""

    id = ma.fields.Integer(required=True)
    at = ma.fields.AwareDateTime(required=True)
    name = ma.fields.String(required=True)
    doer_id = ma.fields.UUID(required=True, allow_none=True)
    doer_kind = ma.fields.String(required=True)
    about = ma.fields.List(ma.fields.String(), required=True)
    data = ma.fields.Dict(required=True)


class TimelineSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(EventSchema), required=True)
