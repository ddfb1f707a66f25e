"""People, companies, members and keys on the wire."""

from typing import Any

import marshmallow as ma

from marketplace.accounts.entity import LONGEST, Identity
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
    """An invitation as those see it who sent it; a company learns who it is once they have answered."""

    id = ma.fields.UUID(required=True)
    person_id = ma.fields.UUID(required=True, allow_none=True)
    name = ma.fields.String(required=True)
    email = ma.fields.String(required=True)
    invited_at = ma.fields.AwareDateTime(required=True)
    good_until = ma.fields.AwareDateTime(required=True)
    answered = ma.fields.Boolean(required=True, metadata={"description": "Whether they said yes"})


InvitationPage = page_schema(InvitationSchema, "InvitationPage")


class MyInvitationSchema(ma.Schema):
    """A company asks to work with you. It learns that you are here when you say yes."""

    id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    company = ma.fields.String(required=True)
    invited_at = ma.fields.AwareDateTime(required=True)
    good_until = ma.fields.AwareDateTime(required=True)


class MyInvitationsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(MyInvitationSchema), required=True)


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


class CompanyVerificationSchema(ReasonSchema):
    seen = ma.fields.AwareDateTime(
        load_default=None,
        metadata={"description": "The `told_at` of what you looked at. If it is another now, nothing is decided"},
    )


_FACT = ma.validate.Length(1, LONGEST)


class IdentitySchema(ma.Schema):
    """By what a company is verified."""

    legal_name = ma.fields.String(required=True, validate=_NAME, metadata={"description": "As the register writes it"})
    country = ma.fields.String(required=True, validate=Pattern("^[A-Z]{2}$"))
    address = ma.fields.String(required=True, validate=_FACT, metadata={"description": "Where it can be served"})
    register = ma.fields.String(required=True, validate=_FACT, metadata={"description": "The one it is entered in"})
    register_number = ma.fields.String(required=True, validate=_FACT)
    owners = ma.fields.String(
        required=True, validate=_FACT, metadata={"description": "The people to whom it belongs in the end"}
    )
    signatory_name = ma.fields.String(required=True, validate=_NAME)
    authority = ma.fields.String(
        required=True, validate=_FACT, metadata={"description": "Managing director, or power of attorney of a date"}
    )
    register_proof = ma.fields.String(
        required=True, validate=_FACT, metadata={"description": "Where the entry can be seen, such as its address"}
    )
    authority_proof = ma.fields.String(
        required=True, validate=_FACT, metadata={"description": "Where it can be seen that the signatory may sign"}
    )
    tax_number = ma.fields.String(
        load_default=None,
        allow_none=True,
        load_only=True,
        metadata={"description": "Kept encrypted; null leaves the one that was told before"},
    )

    @ma.post_load
    def make_identity(self, data: dict[str, Any], **_more: Any) -> Identity:
        return Identity(**data)


class IdentityShownSchema(IdentitySchema):
    tax_number_shown = ma.fields.String(required=True, metadata={"description": "Its end"})
    handed_in_at = ma.fields.AwareDateTime(required=True)
    told_at = ma.fields.AwareDateTime(
        required=True, metadata={"description": "When anything was told last, by a paper too: name it as seen"}
    )


class TaxNumberSchema(ma.Schema):
    tax_number = ma.fields.String(required=True)


class CareLineSchema(ma.Schema):
    """Whom people call after distressing work, at the company's cost."""

    provider = ma.fields.String(required=True, validate=_FACT, metadata={"description": "Who gives the care"})
    call = ma.fields.String(required=True, validate=_FACT, metadata={"description": "Number or address, and when"})


class AdoptionSchema(ma.Schema):
    """The signature under the text that `GET /adopters` shows."""

    name = ma.fields.String(required=True, validate=_NAME, metadata={"description": "The signatory's full name"})
    text_sha256 = ma.fields.String(required=True, validate=Pattern("^[0-9a-f]{64}$"))


class AdopterSchema(ma.Schema):
    """A company's own statement that it adopts the guidelines."""

    company_id = ma.fields.UUID(required=True)
    legal_name = ma.fields.String(required=True)
    country = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    text_sha256 = ma.fields.String(required=True)
    signed_name = ma.fields.String(required=True)
    signed_at = ma.fields.AwareDateTime(required=True)
    withdrawn_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class AdoptionStatementSchema(AdopterSchema):
    text = ma.fields.String(required=True)


class AdoptionStatementsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(AdoptionStatementSchema), required=True)


class AdoptionTextSchema(ma.Schema):
    """The text that is signed now."""

    version = ma.fields.Integer(required=True)
    valid_from = ma.fields.Date(required=True)
    text = ma.fields.String(required=True)
    sha256 = ma.fields.String(required=True)


class AdoptersSchema(ma.Schema):
    guidelines = ma.fields.Nested(AdoptionTextSchema, required=True)
    items = ma.fields.List(ma.fields.Nested(AdopterSchema), required=True)


class CompanyContestSchema(ma.Schema):
    words = ma.fields.String(
        required=True, validate=ma.validate.Length(1, 2000), metadata={"description": "Why the decision is wrong"}
    )


class CompanyDecisionSchema(ma.Schema):
    """What an operator decided about the company, why, and until when it can be contested."""

    outcome = ma.fields.Enum(CompanyStatus, by_value=True, required=True)
    reason = ma.fields.String(required=True)
    decided_at = ma.fields.AwareDateTime(required=True)
    contest_until = ma.fields.AwareDateTime(required=True, allow_none=True)
    contest = ma.fields.String(required=True, allow_none=True, metadata={"description": "The company's answer to it"})


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
