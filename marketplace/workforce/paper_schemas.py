"""What people show, on the wire. A document's content is never JSON, and a paper's number never comes back."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask_smorest.fields import Upload

from marketplace.core.files import FileKind
from marketplace.core.http import Flag, Pattern, page_schema
from marketplace.core.retention import PaperStatus
from marketplace.workforce.papers import (
    IdentityPaper,
    IdentityShown,
    MoveStatus,
    Provider,
    Purpose,
    Tax,
    Work,
    WorkBasis,
)
from marketplace.workforce.rules import RequirementKind, Ruling
from marketplace.workforce.schemas import (
    ContractorSchema,
    RequirementDecisionSchema,
    RequirementSchema,
    ruling_of,
)

_WORDS = ma.validate.Length(1, 2000)
_NUMBER = ma.validate.Length(1, 40)


def _country(**more: Any) -> ma.fields.String:
    return ma.fields.String(validate=Pattern("^[A-Z]{2}$"), **more)


class DocumentFileSchema(ma.Schema):
    file = Upload(required=True, metadata={"description": "A PNG or JPEG picture or a PDF of at most 8 MB"})


class DocumentArgs(ma.Schema):
    purpose = ma.fields.Enum(Purpose, by_value=True, required=True, metadata={"description": "What it is to show"})


class DocumentSchema(ma.Schema):
    """A file that was handed in: what it is and how long it lies here."""

    id = ma.fields.UUID(required=True)
    purpose = ma.fields.Enum(Purpose, by_value=True, required=True)
    status = ma.fields.Enum(PaperStatus, by_value=True, required=True)
    media_type = ma.fields.Enum(FileKind, by_value=True, required=True)
    size = ma.fields.Integer(required=True, metadata={"description": "Bytes"})
    pages = ma.fields.Integer(required=True)
    handed_in_at = ma.fields.AwareDateTime(required=True)
    erase_at = ma.fields.AwareDateTime(required=True, metadata={"description": "When it is erased by itself"})
    erased_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class DocumentsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(DocumentSchema), required=True)


class IdentityGivenSchema(ma.Schema):
    """The paper that shows who you are. Its number is kept as a keyed digest alone."""

    kind = ma.fields.Enum(IdentityPaper, by_value=True, required=True)
    country = _country(required=True, metadata={"description": "Which country issued it: ISO 3166-1 alpha-2"})
    expires_on = ma.fields.Date(required=True)
    number = ma.fields.String(required=True, validate=_NUMBER)
    provider = ma.fields.Enum(Provider, by_value=True, load_default=Provider.DOCUMENTS)

    @ma.post_load
    def make(self, data: dict[str, Any], **_more: Any) -> IdentityShown:
        return IdentityShown(**data)


class WorkGivenSchema(ma.Schema):
    """Why you may work where you live, and until when if it ends."""

    basis = ma.fields.Enum(WorkBasis, by_value=True, required=True)
    until = ma.fields.Date(load_default=None, allow_none=True)

    @ma.post_load
    def make(self, data: dict[str, Any], **_more: Any) -> Work:
        return Work(**data)


class TaxGivenSchema(ma.Schema):
    """Where you pay taxes. `number_kind` is one of the country's, "other", or "none" when you have no number."""

    country = _country(required=True)
    number_kind = ma.fields.String(required=True, validate=Pattern("^[a-z_]{2,20}$"))
    number = ma.fields.String(load_default=None, allow_none=True, validate=_NUMBER)

    @ma.post_load
    def make(self, data: dict[str, Any], **_more: Any) -> Tax:
        return Tax(**data)


class DeclarationsGivenSchema(ma.Schema):
    identity = ma.fields.Nested(IdentityGivenSchema)
    work = ma.fields.Nested(WorkGivenSchema)
    tax = ma.fields.Nested(TaxGivenSchema)
    terms_sha256 = ma.fields.String(
        validate=Pattern("^[0-9a-f]{64}$"), metadata={"description": "Of the text of the terms that you agree to"}
    )


class IdentityDeclaredSchema(ma.Schema):
    provider = ma.fields.Enum(Provider, by_value=True, required=True)
    kind = ma.fields.Enum(IdentityPaper, by_value=True, required=True)
    country = ma.fields.String(required=True, allow_none=True)
    expires_on = ma.fields.Date(required=True, allow_none=True)
    declared_at = ma.fields.AwareDateTime(required=True)


class WorkDeclaredSchema(ma.Schema):
    basis = ma.fields.Enum(WorkBasis, by_value=True, required=True)
    until = ma.fields.Date(required=True, allow_none=True)
    declared_at = ma.fields.AwareDateTime(required=True)


class TaxDeclaredSchema(ma.Schema):
    """Setara keeps what you declare. What a law has withheld stands under /api/v1/taxes; nothing is reported to a tax
    office by the service itself."""

    country = ma.fields.String(required=True, allow_none=True)
    number_kind = ma.fields.String(required=True)
    last_digits = ma.fields.String(required=True, allow_none=True, metadata={"description": "The end of the number"})
    reporting = ma.fields.Constant("not_supported")
    declared_at = ma.fields.AwareDateTime(required=True)


class TermsSignedSchema(ma.Schema):
    version = ma.fields.Integer(required=True)
    text_sha256 = ma.fields.String(required=True)
    signed_at = ma.fields.AwareDateTime(required=True)


class DeclarationsSchema(ma.Schema):
    """What somebody has declared; null where they have not."""

    identity = ma.fields.Nested(IdentityDeclaredSchema, required=True, allow_none=True)
    work = ma.fields.Nested(WorkDeclaredSchema, required=True, allow_none=True)
    tax = ma.fields.Nested(TaxDeclaredSchema, required=True, allow_none=True)
    terms = ma.fields.Nested(TermsSignedSchema, required=True, allow_none=True)


class TermsTranslationSchema(ma.Schema):
    """The terms in another language, for reading. Where it differs, the text itself decides."""

    language = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    text_sha256 = ma.fields.String(required=True)


class ServiceTermsSchema(ma.Schema):
    """The terms of the service that hold now, in the language that prevails, and their translations."""

    version = ma.fields.Integer(required=True)
    valid_from = ma.fields.Date(required=True)
    language = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    text_sha256 = ma.fields.String(required=True, attribute="sha256")
    translations = ma.fields.List(ma.fields.Nested(TermsTranslationSchema), required=True)


class MoveGivenSchema(ma.Schema):
    country = _country(required=True)
    subdivision = ma.fields.String(load_default=None, allow_none=True)
    timezone = ma.fields.String(required=True)
    note = ma.fields.String(required=True, validate=_WORDS, metadata={"description": "Since when, and what shows it"})


class MoveSchema(ma.Schema):
    """Somebody moved, or asks to be known to live elsewhere."""

    id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    status = ma.fields.Enum(MoveStatus, by_value=True, required=True)
    from_country = ma.fields.String(required=True)
    from_subdivision = ma.fields.String(required=True, allow_none=True)
    country = ma.fields.String(required=True)
    subdivision = ma.fields.String(required=True, allow_none=True)
    timezone = ma.fields.String(required=True)
    note = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)
    asked_at = ma.fields.AwareDateTime(required=True)
    decided_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class MovesSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(MoveSchema), required=True)


class MoveDecisionSchema(ma.Schema):
    granted = Flag(required=True)
    reason = ma.fields.String(required=True, validate=_WORDS)


class PolicySchema(ma.Schema):
    """What this service asks of applicants."""

    version = ma.fields.Integer(required=True)
    kinds = ma.fields.List(ma.fields.Enum(RequirementKind, by_value=True), required=True)
    identity_by = ma.fields.List(ma.fields.Enum(Provider, by_value=True), required=True)
    documents_for = ma.fields.List(ma.fields.Enum(RequirementKind, by_value=True), required=True)
    work_evidence_in = ma.fields.List(ma.fields.String(), required=True)


def _several(field: ma.fields.Field[Any], **more: Any) -> ma.fields.List[Any]:
    return ma.fields.List(field, validate=ma.validate.Length(0, 300), **more)


class PolicyGivenSchema(ma.Schema):
    kinds = _several(ma.fields.Enum(RequirementKind, by_value=True), required=True)
    identity_by = _several(ma.fields.Enum(Provider, by_value=True), required=True)
    documents_for = _several(ma.fields.Enum(RequirementKind, by_value=True), load_default=list)
    work_evidence_in = _several(_country(), load_default=list)
    reason = ma.fields.String(required=True, validate=_WORDS)


class PersonDecisionSchema(RequirementDecisionSchema):
    contractor_id = ma.fields.UUID(required=True)


def _each_once(items: list[dict[str, Any]]) -> None:
    if len({(each["contractor_id"], each["kind"]) for each in items}) < len(items):
        raise ma.ValidationError("Each kind of a person stands once.")


class PeopleDecisionsSchema(ma.Schema):
    """Decisions about several people in one act, each with its own reason."""

    items = ma.fields.List(
        ma.fields.Nested(PersonDecisionSchema), required=True, validate=[ma.validate.Length(1, 200), _each_once]
    )

    @ma.post_load
    def by_person(self, data: dict[str, Any], **_more: Any) -> dict[UUID, dict[RequirementKind, Ruling]]:
        found: dict[UUID, dict[RequirementKind, Ruling]] = {}
        for each in data["items"]:
            found.setdefault(each["contractor_id"], {})[each["kind"]] = ruling_of(each)
        return found


class PersonRequirementSchema(RequirementSchema):
    contractor_id = ma.fields.UUID(required=True)


class PeopleRequirementsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(PersonRequirementSchema), required=True)


class AdmissionSchema(ma.Schema):
    contractor_id = ma.fields.UUID(required=True)
    reason = ma.fields.String(required=True, validate=_WORDS)


def _everybody_once(items: list[dict[str, Any]]) -> None:
    if len({each["contractor_id"] for each in items}) < len(items):
        raise ma.ValidationError("Each person stands once.")


class AdmissionsSchema(ma.Schema):
    """People to take in in one act, each with a reason of their own."""

    items = ma.fields.List(
        ma.fields.Nested(AdmissionSchema), required=True, validate=[ma.validate.Length(1, 200), _everybody_once]
    )

    @ma.post_load
    def by_person(self, data: dict[str, Any], **_more: Any) -> dict[UUID, str]:
        return {each["contractor_id"]: each["reason"] for each in data["items"]}


class AdmittedSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ContractorSchema), required=True)


class UsualWaitSchema(ma.Schema):
    kind = ma.fields.Enum(RequirementKind, by_value=True, required=True)
    hours = ma.fields.Integer(required=True, metadata={"description": "The median, from handed in to decided"})


class UsualWaitsSchema(ma.Schema):
    """How long decisions took in the last 90 days. A kind with fewer than 20 decisions is not listed."""

    items = ma.fields.List(ma.fields.Nested(UsualWaitSchema), required=True)


RenewalPage = page_schema(PersonRequirementSchema, "RenewalPage")
MovePage = page_schema(MoveSchema, "MovePage")
