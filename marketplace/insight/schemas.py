"""A person's record on the wire."""

from typing import Any

import marshmallow as ma

from marketplace.core.http import Flag, MoneyField, page_schema
from marketplace.insight.report_rules import FIRST_YEAR, LAST_YEAR, NoSuchQuarter, Quarter
from marketplace.insight.rules import FORMAT, LONGEST_CREDIT, VERSION, Because, Fate, Obstacle, Part
from marketplace.insight.verify import Outcome
from marketplace.standards.hazard import HazardClass
from marketplace.standards.hiding_schemas import hidden_under
from marketplace.surveys.schemas import FigureSchema


class SectionSchema(ma.Schema):
    """One part of a record: the rows of a room that are about the person, each with the columns of the schema."""

    room = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    rows = ma.fields.List(ma.fields.Dict(keys=ma.fields.String()), required=True)


class PersonRecordSchema(ma.Schema):
    """Everything that the service holds about one person. `schema` is the address of its JSON Schema."""

    format = ma.fields.Constant(FORMAT, required=True, metadata={"type": "string"})
    version = ma.fields.Constant(VERSION, required=True, metadata={"type": "integer"})
    schema = ma.fields.Url(required=True)
    made_at = ma.fields.AwareDateTime(required=True)
    person_id = ma.fields.UUID(required=True)
    sections = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Nested(SectionSchema), required=True)


class RecordSchemaSchema(ma.Schema):
    """A JSON Schema, 2020-12."""

    class Meta:
        unknown = ma.INCLUDE

    title = ma.fields.String(required=True)
    type = ma.fields.String(required=True)
    required = ma.fields.List(ma.fields.String(), required=True)
    properties = ma.fields.Dict(keys=ma.fields.String(), required=True)


class PartsSchema(ma.Schema):
    parts = ma.fields.List(
        ma.fields.Enum(Part, by_value=True),
        required=True,
        metadata={"description": "What stands in it: each part only if you choose it"},
    )


class WorkRecordSchema(ma.Schema):
    """That a record was signed for you. What it says is kept nowhere but in your file."""

    id = ma.fields.UUID(required=True)
    parts = ma.fields.List(ma.fields.String(validate=ma.validate.OneOf([str(part) for part in Part])), required=True)
    issued_at = ma.fields.AwareDateTime(required=True)
    valid_until = ma.fields.AwareDateTime(required=True)
    revoked_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    revoked_because = ma.fields.Enum(Because, by_value=True, required=True, allow_none=True)


class IssuedSchema(ma.Schema):
    """The record as a W3C Verifiable Credential. Keep `credential` as a file: it is told this once."""

    work_record = ma.fields.Nested(WorkRecordSchema, required=True)
    credential = ma.fields.Dict(keys=ma.fields.String(), required=True)


class PreviewSchema(ma.Schema):
    parts = ma.fields.Dict(
        keys=ma.fields.String(),
        required=True,
        metadata={"description": "By the name of each part, what it would say now"},
    )


class SignedSchema(ma.Schema):
    """A signed document (W3C Verifiable Credential with a Data Integrity proof)."""

    class Meta:
        unknown = ma.INCLUDE

    id = ma.fields.String(required=True)
    issuer = ma.fields.String(required=True)
    proof = ma.fields.Dict(required=True)


class ToVerifySchema(ma.Schema):
    record = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, 200_000),
        metadata={"description": "The text of the file, byte for byte"},
    )


class FindingSchema(ma.Schema):
    outcome = ma.fields.Enum(Outcome, by_value=True, required=True)
    sentence = ma.fields.String(required=True)
    detail = ma.fields.String(required=True)
    record = ma.fields.Dict(keys=ma.fields.String(), required=True, metadata={"description": "As far as it was read"})


class RotationSchema(ma.Schema):
    lost = Flag(
        required=True,
        metadata={"description": "The present key may be in other hands: nothing that it signed counts any more"},
    )


class IssuerKeySchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    multikey = ma.fields.String(required=True)
    made_at = ma.fields.AwareDateTime(required=True)
    retired_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    lost_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class IssuerKeysSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(IssuerKeySchema), required=True)


class NamingSchema(ma.Schema):
    agreed = Flag(required=True, metadata={"description": "People may name the company in their work records"})


class SectionHeldSchema(ma.Schema):
    """A section of the record that holds something, and what would become of it."""

    section = ma.fields.String(required=True)
    room = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    fate = ma.fields.Enum(Fate, by_value=True, required=True)
    rows = ma.fields.Integer(required=True)


class ProspectSchema(ma.Schema):
    """What erasing yourself would do now."""

    obstacles = ma.fields.List(ma.fields.Enum(Obstacle, by_value=True), required=True)
    benefits = ma.fields.List(MoneyField(), required=True, metadata={"description": "Kept for you, and given up by it"})
    sections = ma.fields.List(ma.fields.Nested(SectionHeldSchema), required=True)


class EraseMeSchema(ma.Schema):
    email = ma.fields.String(required=True, metadata={"description": "The address of your account, to confirm"})
    give_up_benefits = Flag(load_default=False, metadata={"description": "Benefits that are kept for you are given up"})


class ErasePersonSchema(ma.Schema):
    reason = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, 500),
        metadata={"description": "How they asked, and why they cannot do it themselves. Name nobody"},
    )
    give_up_benefits = Flag(load_default=False, metadata={"description": "They said that they give up what is kept"})


class QuarterArgs(ma.Schema):
    """Which quarter; the last one that ended if none is named. Both members or none."""

    year = ma.fields.Integer(load_default=None, validate=ma.validate.Range(FIRST_YEAR, LAST_YEAR))
    quarter = ma.fields.Integer(load_default=None, validate=ma.validate.Range(1, 4))

    @ma.post_load
    def _both(self, data: dict[str, Any], **_: Any) -> dict[str, Quarter | None]:
        year, number = data["year"], data["quarter"]
        if (year is None) is not (number is None):
            raise NoSuchQuarter
        return {"quarter": None if year is None else Quarter(year, number)}


class QuarterSchema(ma.Schema):
    """Three months in UTC, from `begins` to before `ends`."""

    year = ma.fields.Integer(required=True)
    number = ma.fields.Integer(required=True)
    begins = ma.fields.AwareDateTime(required=True)
    ends = ma.fields.AwareDateTime(required=True)


class ReportedCompanySchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    legal_name = ma.fields.String(required=True)
    country = ma.fields.String(required=True)


class PlaceShareSchema(ma.Schema):
    """How many people live in a country; null stands for all countries with too few people, together."""

    country = ma.fields.String(required=True, allow_none=True)
    people = ma.fields.Integer(required=True)


class HourlyPaySchema(ma.Schema):
    """What an hour of paid time brought: a quarter, half and three quarters of the people had so much or less."""

    people = ma.fields.Integer(required=True)
    lower = MoneyField(required=True)
    median = MoneyField(required=True)
    upper = MoneyField(required=True)


class ReachedSchema(ma.Schema):
    currency = ma.fields.String(required=True)
    percent = ma.fields.Decimal(required=True, as_string=True)


class BetweenSchema(ma.Schema):
    party = ma.fields.String(required=True)
    currency = ma.fields.String(required=True)
    percent = ma.fields.Decimal(
        required=True,
        as_string=True,
        allow_none=True,
        metadata={"description": "Of all that was paid in the currency; null where too few people were paid"},
    )


class CutCountsSchema(ma.Schema):
    cut = ma.fields.Integer(required=True)
    ends = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.Integer(), required=True, metadata={"description": "Counts by end"}
    )
    disputed = ma.fields.Integer(required=True)
    median_days = ma.fields.Decimal(required=True, as_string=True, allow_none=True)


class ExposureSchema(ma.Schema):
    hazard_class = ma.fields.Enum(HazardClass, by_value=True, required=True)
    hours = ma.fields.Decimal(
        required=True, as_string=True, allow_none=True, metadata={"description": "null where too few people did it"}
    )


class TurnoverSchema(ma.Schema):
    days = ma.fields.Integer(required=True)
    in_force = ma.fields.Integer(required=True)
    ended = ma.fields.Integer(required=True)


class TimeToPaySchema(ma.Schema):
    shifts = ma.fields.Integer(required=True)
    median_days = ma.fields.Decimal(required=True, as_string=True)
    percent_in_time = ma.fields.Decimal(required=True, as_string=True)


class FlagCountsSchema(ma.Schema):
    flagged = ma.fields.Integer(required=True)
    answered = ma.fields.Integer(required=True)
    median_hours = ma.fields.Decimal(required=True, as_string=True, allow_none=True)


class CompanyReportSchema(ma.Schema):
    """A quarter of a company (rule REPORT). What too few people stand behind is null or left out of its list."""

    company = ma.fields.Nested(ReportedCompanySchema, required=True)
    quarter = ma.fields.Nested(QuarterSchema, required=True)
    has_ended = ma.fields.Boolean(required=True)
    public = ma.fields.Boolean(required=True)
    people = ma.fields.Integer(required=True, allow_none=True)
    places = ma.fields.List(ma.fields.Nested(PlaceShareSchema), required=True)
    pay = ma.fields.List(ma.fields.Nested(HourlyPaySchema), required=True)
    reached = ma.fields.List(ma.fields.Nested(ReachedSchema), required=True)
    between = ma.fields.List(ma.fields.Nested(BetweenSchema), required=True)
    cuts = ma.fields.Nested(CutCountsSchema, required=True, allow_none=True)
    hazards = ma.fields.List(ma.fields.Nested(ExposureSchema), required=True)
    turnover = ma.fields.List(ma.fields.Nested(TurnoverSchema), required=True)
    time_to_pay = ma.fields.Nested(TimeToPaySchema, required=True, allow_none=True)
    flags = ma.fields.Nested(FlagCountsSchema, required=True, allow_none=True)
    said = ma.fields.List(ma.fields.Nested(FigureSchema), required=True)


class CreditNameSchema(ma.Schema):
    name = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, LONGEST_CREDIT),
        metadata={"description": "As you want to be named; it need not be your full name"},
    )


class PossibleCreditSchema(ma.Schema):
    """A company for which your work was approved. Without a name you are not named."""

    company_id = ma.fields.UUID(required=True)
    company = ma.fields.String(required=True)
    name = ma.fields.String(required=True, allow_none=True)
    public = ma.fields.Boolean(
        required=True, metadata={"description": "Whether the company agreed to be named, so that there is a page"}
    )
    hidden_under = hidden_under()


class PossibleCreditsSchema(ma.Schema):
    """Every company for which you worked: they are few, so there is one page."""

    items = ma.fields.List(ma.fields.Nested(PossibleCreditSchema), required=True)


class CreditedSchema(ma.Schema):
    name = ma.fields.String(required=True)
    kinds = ma.fields.List(ma.fields.String(), required=True)
    hidden_under = hidden_under()
    contractor_id = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "For operators who vet; None for everybody else"}
    )


class CreditsSchema(ma.Schema):
    """Those alone who want to be named."""

    company = ma.fields.String(required=True, attribute="company.legal_name")
    people = ma.fields.List(ma.fields.Nested(CreditedSchema), required=True)


class PublicationSchema(ma.Schema):
    agreed = Flag(required=True, metadata={"description": "The company's record may be read by everybody"})


WorkRecordPage = page_schema(WorkRecordSchema, "WorkRecordPage")
