"""Terms and contracts on the wire. The terms' shape is judged here, their fairness by `terms.refusals`."""

import marshmallow as ma

from marketplace.contracts.changes import Effect, PieceKind
from marketplace.contracts.off_boarding_rules import BenefitsOutcome, EndedBy, Step
from marketplace.contracts.rules import ContractStatus, Method, Party
from marketplace.contracts.terms import LANGUAGES, LONGEST_TEXT, OWN_WORDS, EngagementType
from marketplace.core.http import Flag, PageArgs, Pattern, page_schema

_TEXT = ma.validate.Length(1, LONGEST_TEXT)
_SHORT = ma.validate.Length(1, 200)
_COUNT = ma.validate.Range(0, 10**9)
_SHA256 = Pattern("^[0-9a-f]{64}$")


def _words(says: str) -> ma.fields.String:
    return ma.fields.String(required=True, validate=_TEXT, metadata={"description": says})


def _whole(says: str) -> ma.fields.Integer:
    return ma.fields.Integer(required=True, strict=True, metadata={"description": says})


def _list_of_words(says: str) -> ma.fields.List[str]:
    item = ma.fields.String(validate=_TEXT)
    return ma.fields.List(item, required=True, validate=ma.validate.Length(0, 50), metadata={"description": says})


# --- terms ----------------------------------------------------------------------------------------------------------


class IntermediarySchema(ma.Schema):
    """A party between the company and the contractor, with its margin, which the company pays on top."""

    name = _words("Its legal name")
    country = _words("ISO 3166-1 alpha-2")
    role = _words("What it does")
    margin_percent = _words("Of what the contractor earns, as a decimal text")
    margin_paid_by = _words("company")


class PracticeSchema(ma.Schema):
    """What the company directs and asks, fact by fact: STATUS judges it, and the label does not decide."""

    directs_how = Flag(required=True, metadata={"description": "It says how the work is done, step by step"})
    sets_times = Flag(required=True, metadata={"description": "It says when the work is done"})
    fixed_hours = Flag(required=True, metadata={"description": "The hours are the same every week"})
    exclusive = Flag(required=True, metadata={"description": "The person may not work for others"})
    supplies_equipment = Flag(required=True, metadata={"description": "It provides the equipment"})
    integrated = Flag(required=True, metadata={"description": "The person is a part of its teams"})


class TranslationTermsSchema(ma.Schema):
    """A translation that stands beside the text and does not bind."""

    language = _words("en or id, and not the prevailing one")
    words = ma.fields.Dict(
        keys=ma.fields.String(validate=_TEXT),
        values=ma.fields.String(validate=_TEXT),
        required=True,
        metadata={"description": f"Your own words in it, by their place: {', '.join(OWN_WORDS)}"},
    )


class PayTermsSchema(ma.Schema):
    model = _words("hourly, piece or hybrid")
    amount = _words("The lowest pay of any hour, as a decimal text")
    currency = _words("ISO 4217")
    unit = _words("hour")
    payment_term_days = _whole("At most 7")
    fee_bearer = _words("company")
    fx_source = _words("Where exchange rates come from")


class HoursTermsSchema(ma.Schema):
    min_guaranteed = _whole("Hours a week")
    max_week = _whole("Hours a week, at most 48")
    notice_days = _whole("How long ahead shifts are announced")
    cancellation = _words("What is paid when a shift is cancelled")


class HazardTermsSchema(ma.Schema):
    highest_class = _words("H0 to H3")
    disclosure = _words("What the contractor may see, read or hear")


class PropertyTermsSchema(ma.Schema):
    assignment = _words("Who owns the work")
    moral_rights = _words("What happens to moral rights")
    only_when_paid = Flag(required=True, metadata={"description": "Must be true"})


class SecrecyTermsSchema(ma.Schema):
    scope = _words("What is secret")
    months = _whole("How long after the end")
    carve_outs = _list_of_words("health, union, counsel, regulator and tax")


class TerminationTermsSchema(ma.Schema):
    notice_days = _whole("The company's notice")
    reasons = _list_of_words("For which the company may end it")


class ContractTermsSchema(ma.Schema):
    """Everything that a contract says, but for its parties, which are known."""

    engagement_type = ma.fields.String(
        required=True, validate=_TEXT, metadata={"description": f"One of: {', '.join(EngagementType)}"}
    )
    practice = ma.fields.Nested(PracticeSchema, required=True)
    on_demand = Flag(required=True)
    via_third_party = Flag(required=True)
    intermediaries = ma.fields.List(
        ma.fields.Nested(IntermediarySchema), required=True, validate=ma.validate.Length(0, 10)
    )
    governing_law = _words("The law that holds")
    dispute_forum = _words("Who decides a dispute")
    language = _words("The prevailing language: en or id")
    translations = ma.fields.List(
        ma.fields.Nested(TranslationTermsSchema), required=True, validate=ma.validate.Length(0, len(LANGUAGES))
    )
    pay = ma.fields.Nested(PayTermsSchema, required=True)
    hours = ma.fields.Nested(HoursTermsSchema, required=True)
    hazard = ma.fields.Nested(HazardTermsSchema, required=True)
    instructions_version = _words("Which version of the instructions the work is judged by")
    ip = ma.fields.Nested(PropertyTermsSchema, required=True)
    nda = ma.fields.Nested(SecrecyTermsSchema, required=True)
    data_use = _words("What the work and the data about it are used for")
    termination = ma.fields.Nested(TerminationTermsSchema, required=True)
    offboarding = _words("What happens at the end")
    benefits = _list_of_words("Codes of benefit plans")
    effective_from = _words("A day such as 2026-01-31")
    effective_to = ma.fields.String(required=True, allow_none=True, validate=_TEXT)


class NewTemplateSchema(ma.Schema):
    terms = ma.fields.Nested(ContractTermsSchema, required=True)
    name = _words("Your own name: you sign for the company")


class TemplateSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    number = ma.fields.Integer(required=True)
    terms = ma.fields.Dict(required=True, metadata={"description": "The terms, completed with the parties"})
    text = ma.fields.String(required=True)
    text_sha256 = ma.fields.String(required=True)
    written_at = ma.fields.AwareDateTime(required=True)


TemplatePage = page_schema(TemplateSchema, "ContractTemplatePage")


class ContractProposalSchema(ma.Schema):
    contractor_ids = ma.fields.List(ma.fields.UUID(), required=True, validate=ma.validate.Length(1, 1000))


# --- contracts ------------------------------------------------------------------------------------------------------


class ContractSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    status = ma.fields.Enum(ContractStatus, by_value=True, required=True)
    proposed_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    end_reason = ma.fields.String(required=True, allow_none=True)


class ContractsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ContractSchema), required=True)


class ContractListArgs(PageArgs):
    company_id = ma.fields.UUID(load_default=None)


ContractPage = page_schema(ContractSchema, "ContractPage")


class SignatureSchema(ma.Schema):
    party = ma.fields.Enum(Party, by_value=True, required=True)
    person_id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True, allow_none=True, metadata={"description": "Null once it is erased"})
    method = ma.fields.Enum(Method, by_value=True, required=True)
    signed_sha256 = ma.fields.String(required=True)
    signed_at = ma.fields.AwareDateTime(required=True)


class TranslationSchema(ma.Schema):
    """A translation for reading. Where it differs, the text itself decides."""

    language = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    text_sha256 = ma.fields.String(required=True)


class ContractVersionSchema(ma.Schema):
    """A version of a contract, word for word, with the signatures under it."""

    id = ma.fields.UUID(required=True, attribute="version.id")
    contract_id = ma.fields.UUID(required=True, attribute="version.contract_id")
    template_id = ma.fields.UUID(required=True, attribute="version.template_id")
    number = ma.fields.Integer(required=True, attribute="version.number")
    terms = ma.fields.Dict(required=True, attribute="version.terms")
    text = ma.fields.String(required=True, attribute="version.text")
    text_sha256 = ma.fields.String(required=True, attribute="version.text_sha256")
    effective_from = ma.fields.Date(required=True, attribute="version.effective_from")
    effective_to = ma.fields.Date(required=True, allow_none=True, attribute="version.effective_to")
    written_at = ma.fields.AwareDateTime(required=True, attribute="version.written_at")
    signatures = ma.fields.List(ma.fields.Nested(SignatureSchema), required=True)
    translations = ma.fields.List(ma.fields.Nested(TranslationSchema), required=True)
    declined_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class ContractVersionsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ContractVersionSchema), required=True)


class StatusSchema(ma.Schema):
    """The verdict of STATUS that both signed, and that of what really happens, as it was read last."""

    agreed = ma.fields.Dict(required=True, allow_none=True)
    read = ma.fields.Dict(required=True, allow_none=True, attribute="reading.verdict", dump_default=None)
    read_at = ma.fields.AwareDateTime(required=True, allow_none=True, attribute="reading.read_at", dump_default=None)


class StageSchema(ma.Schema):
    """One step at the end of a contract."""

    step = ma.fields.Enum(Step, by_value=True, required=True)
    due_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    done_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class OffBoardingSchema(ma.Schema):
    """What happens at the end of a contract, and what of it is done."""

    id = ma.fields.UUID(required=True)
    contract_id = ma.fields.UUID(required=True)
    ended_through = ma.fields.Enum(EndedBy, by_value=True, required=True)
    begun_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True)
    benefits_outcome = ma.fields.Enum(BenefitsOutcome, by_value=True, required=True, allow_none=True)
    steps = ma.fields.List(ma.fields.Nested(StageSchema), required=True)


class AmendmentArgs(ma.Schema):
    language = ma.fields.String(load_default="en", validate=ma.validate.OneOf(sorted(LANGUAGES)))


class TermChangeSchema(ma.Schema):
    field = ma.fields.String(required=True)
    before = ma.fields.Raw(required=True, allow_none=True)
    after = ma.fields.Raw(required=True, allow_none=True)
    effect = ma.fields.Enum(
        Effect, by_value=True, required=True, metadata={"description": "What it is for the contractor"}
    )


class PieceSchema(ma.Schema):
    kind = ma.fields.Enum(PieceKind, by_value=True, required=True)
    text = ma.fields.String(required=True)


class ChangedSectionSchema(ma.Schema):
    title = ma.fields.String(required=True)
    pieces = ma.fields.List(ma.fields.Nested(PieceSchema), required=True)


class AmendmentSchema(ma.Schema):
    """What a version changes against the one that was signed before it."""

    before = ma.fields.Integer(required=True, attribute="before.number")
    after = ma.fields.Integer(required=True, attribute="after.number")
    effective_from = ma.fields.Date(required=True, attribute="after.effective_from")
    changes = ma.fields.List(ma.fields.Nested(TermChangeSchema), required=True)
    language = ma.fields.String(required=True)
    sections = ma.fields.List(ma.fields.Nested(ChangedSectionSchema), required=True)


class ContractSigningSchema(ma.Schema):
    name = ma.fields.String(
        required=True, validate=ma.validate.Length(1, 200), metadata={"description": "Your own name"}
    )
    text_sha256 = ma.fields.String(
        required=True, validate=_SHA256, metadata={"description": "SHA-256 of the text that you read"}
    )


class ContractEndingSchema(ma.Schema):
    reason = ma.fields.String(
        load_default="",
        validate=ma.validate.Length(0, 2000),
        metadata={"description": "A company must give one of those that the contract names"},
    )
