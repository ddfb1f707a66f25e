"""Gigs on the wire. Unknown members are refused; among the criteria a protected attribute is named as one."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from marketplace.core.http import MoneyField, PageArgs, Pattern, page_schema
from marketplace.gigs.instruction_rules import ChecklistItem
from marketplace.gigs.rules import (
    LONGEST_PLAN,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_OF_A_PILOT,
    MOST_PIECES_AN_HOUR,
    MOST_PLACES,
    Criteria,
    DecisionOutcome,
    FundingKind,
    GigStatus,
    LanguageNeed,
    PilotReport,
    Question,
    SkillNeed,
    Terms,
    Where,
    WorkKind,
    refuse_protected,
)
from marketplace.qualifications.levels import MOST_LEVEL, PaySteps
from marketplace.standards.cost_parts import PartKind
from marketplace.standards.rates import NO_STEP
from marketplace.standards.rules import Confidence, HazardCategory, HazardClass, PaymentModel
from marketplace.standards.schemas import UnpaidSchema
from marketplace.workforce.rules import Level


def _words(longest: int, shortest: int = 1, **more: Any) -> ma.fields.String:
    return ma.fields.String(validate=ma.validate.Length(shortest, longest), **more)


def _count(most: int, **more: Any) -> ma.fields.Integer:
    return ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(1, most), **more)


class GigPlaceSchema(ma.Schema):
    country = ma.fields.String(
        required=True,
        validate=Pattern("^[A-Z]{2}$"),
        metadata={"description": "ISO 3166-1 alpha-2; alone it means the whole country"},
    )
    subdivision = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=Pattern("^[A-Z]{2}-[A-Z0-9]{1,3}$"),
        metadata={"description": "ISO 3166-2, such as US-KS"},
    )

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Where:
        return Where(**data)


class CriteriaSchema(ma.Schema):
    """What the work needs of people, and nothing else: where they live, skills, languages, and why."""

    places = ma.fields.List(
        ma.fields.Nested(GigPlaceSchema), required=True, validate=ma.validate.Length(1, MOST_PLACES)
    )
    skills = ma.fields.List(
        ma.fields.String(validate=Pattern("^[a-z0-9]+(-[a-z0-9]+)*$")),
        load_default=list,
        validate=ma.validate.Length(0, 100),
    )
    languages = ma.fields.Dict(
        ma.fields.String(validate=Pattern("^[a-z]{2,3}$")),
        ma.fields.Enum(Level, by_value=True),
        attribute="levels",
        load_default=dict,
        validate=ma.validate.Length(0, 50),
        metadata={"description": "From ISO 639 code to the level that the work needs at least"},
    )
    reason = _words(LONGEST_TEXT, 0, load_default="", metadata={"description": "Why the work needs them"})
    qualifications = ma.fields.List(
        ma.fields.String(validate=Pattern("^[a-z0-9]+(-[a-z0-9]+)*$")),
        load_default=list,
        validate=ma.validate.Length(0, 20),
        metadata={"description": "Codes of qualifications that are held when the work begins"},
    )
    skill_levels = ma.fields.Dict(
        ma.fields.String(validate=Pattern("^[a-z0-9]+(-[a-z0-9]+)*$")),
        ma.fields.Integer(strict=True, validate=ma.validate.Range(1, MOST_LEVEL)),
        attribute="proven_levels",
        load_default=dict,
        validate=ma.validate.Length(0, 20),
        metadata={"description": "From a skill to the proven level that the work needs at least"},
    )

    @ma.pre_load
    def _name_protected(self, data: Any, **_: Any) -> Any:
        if isinstance(data, Mapping):
            refuse_protected((str(name) for name in data if name not in self.fields), field="criteria")
        return data

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Criteria:
        needs = tuple(LanguageNeed(language, level) for language, level in data.pop("levels").items())
        proven = tuple(SkillNeed(skill, level) for skill, level in data.pop("proven_levels").items())
        return Criteria(languages=needs, skill_levels=proven, **data)


class PayStepSchema(ma.Schema):
    level = _count(MOST_LEVEL, metadata={"description": "Of the skill, proven"})
    points = ma.fields.Integer(
        strict=True,
        required=True,
        validate=ma.validate.Range(NO_STEP, 10 * NO_STEP),
        metadata={"description": "What it multiplies the rate by, in ten-thousandths: 12500 is 1.25"},
    )


class PayStepsSchema(ma.Schema):
    """What levels of a skill earn beyond the rate: none less than the one before it."""

    skill = ma.fields.String(required=True, validate=Pattern("^[a-z0-9]+(-[a-z0-9]+)*$"))
    steps = ma.fields.List(ma.fields.Nested(PayStepSchema), required=True, validate=ma.validate.Length(1, MOST_LEVEL))

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> PaySteps:
        return PaySteps(data["skill"], tuple((each["level"], each["points"]) for each in data["steps"]))


class _TermsFields(ma.Schema):
    """What a gig says going in and coming out."""

    title = _words(LONGEST_TITLE, required=True)
    description = _words(LONGEST_TEXT, required=True)
    work_kind = ma.fields.Enum(WorkKind, by_value=True, required=True)
    payment_model = ma.fields.Enum(PaymentModel, by_value=True, required=True)
    rate = MoneyField(required=True, metadata={"description": "For an hour of work; nothing is taken out of it"})
    planned_minutes = _count(LONGEST_PLAN, metadata={"description": "The work of all people together"})
    piece_price = MoneyField(
        load_default=None, allow_none=True, metadata={"description": "What a piece pays, where work is paid by it"}
    )
    most_pieces = ma.fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=ma.validate.Range(1, MOST_PIECES_AN_HOUR),
        metadata={"description": "How many pieces of an hour of a shift are paid at most, where work is paid by it"},
    )
    unpaid = ma.fields.Nested(
        UnpaidSchema, load_default=dict, metadata={"description": "What an hour of paid work brings with it unpaid"}
    )
    margin = MoneyField(
        load_default=None, allow_none=True, metadata={"description": "What a third party takes per hour, on top"}
    )
    margin_party = _words(200, load_default=None, allow_none=True)
    client_pays = MoneyField(
        load_default=None,
        allow_none=True,
        metadata={"description": "What the company is paid for an hour of this work, where it sells the work on"},
    )
    hazard_class = ma.fields.Enum(HazardClass, by_value=True, required=True)
    criteria = ma.fields.Nested(CriteriaSchema, required=True)
    pay_steps = ma.fields.Nested(
        PayStepsSchema,
        load_default=None,
        allow_none=True,
        metadata={"description": "What levels of a skill earn beyond the rate"},
    )
    contact_id = ma.fields.UUID(required=True, metadata={"description": "The member who answers questions"})
    data_use = _words(LONGEST_TEXT, required=True, metadata={"description": "What the results are used for"})


class TermsSchema(_TermsFields):
    """Everything that a company says of a gig."""

    hazard_categories = ma.fields.List(
        ma.fields.Enum(HazardCategory, by_value=True), load_default=list, validate=ma.validate.Length(0, 20)
    )

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Terms:
        return Terms(**data)


class GigSchema(_TermsFields):
    id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    hazard_categories = ma.fields.List(ma.fields.String(), required=True)
    status = ma.fields.Enum(GigStatus, by_value=True, required=True)
    fee_percent = ma.fields.Decimal(places=2, required=True, as_string=True)
    drafted_at = ma.fields.AwareDateTime(required=True)
    opened_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    closed_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class GigListArgs(PageArgs):
    status = ma.fields.Enum(GigStatus, by_value=True, load_default=None)


GigPage = page_schema(GigSchema, "GigPage")


class OpenGigSchema(ma.Schema):
    """An open gig with what it must pay where you live, and what other companies pay for like work."""

    gig = ma.fields.Nested(GigSchema, required=True)
    floor = MoneyField(required=True, metadata={"description": "The least an hour must earn where you live"})
    floor_confidence = ma.fields.Enum(Confidence, by_value=True, required=True, allow_none=True)
    floor_words = ma.fields.String(required=True, metadata={"description": "How the floor came about"})
    median = MoneyField(
        required=True, allow_none=True, metadata={"description": "What like work pays, if enough do it"}
    )


OpenGigPage = page_schema(OpenGigSchema, "OpenGigPage")


class GateVerdictSchema(ma.Schema):
    """One rule of the gate, applied to this gig."""

    rule = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    outcome = ma.fields.String(required=True, metadata={"description": "pass, fail, or note: passed, but read it"})
    sentence = ma.fields.String(required=True)
    source = ma.fields.String(required=True)
    inputs = ma.fields.Dict(ma.fields.String(), ma.fields.String(), required=True)
    limit = ma.fields.String(required=True, allow_none=True, metadata={"description": "What would pass"})
    remedy = ma.fields.String(required=True, allow_none=True)
    confidence = ma.fields.String(required=True, allow_none=True)


class CostPartSchema(ma.Schema):
    kind = ma.fields.Enum(PartKind, by_value=True, required=True)
    money = MoneyField(required=True)


class CostOnTopSchema(ma.Schema):
    """What an hour that earns more costs on top where that is most, and the places where it is so much. Days' wages,
    which some laws grant for short work, are known of a shift alone."""

    kind = ma.fields.Enum(PartKind, by_value=True, required=True)
    percent = ma.fields.Integer(required=True, metadata={"description": "Of the rate"})
    money = MoneyField(required=True)
    places = ma.fields.List(ma.fields.String(), required=True)


class PlannedCostSchema(ma.Schema):
    """What the planned work costs at most by day, by its parts; and what comes on top of an hour at night, on a public
    holiday, on a day of rest, or in overtime, which is known only once shifts are planned."""

    total = MoneyField(required=True)
    parts = ma.fields.List(ma.fields.Nested(CostPartSchema), required=True)
    on_top = ma.fields.List(ma.fields.Nested(CostOnTopSchema), required=True)


class JudgementSchema(ma.Schema):
    cost = ma.fields.Nested(PlannedCostSchema, required=True)
    verdicts = ma.fields.List(ma.fields.Nested(GateVerdictSchema), required=True)
    like_work = MoneyField(
        required=True,
        allow_none=True,
        metadata={"description": "The median that at least three other companies pay for like work"},
    )


class PublishDecisionSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(required=True)
    question = ma.fields.Enum(Question, by_value=True, required=True)
    outcome = ma.fields.Enum(DecisionOutcome, by_value=True, required=True)
    verdicts = ma.fields.List(ma.fields.Nested(GateVerdictSchema), required=True)
    at = ma.fields.AwareDateTime(required=True)


PublishDecisionPage = page_schema(PublishDecisionSchema, "PublishDecisionPage")


class NewRateSchema(ma.Schema):
    rate = MoneyField(required=True)


class GigRateSchema(ma.Schema):
    version = ma.fields.Integer(required=True)
    rate = MoneyField(required=True)
    valid_from = ma.fields.AwareDateTime(required=True)


class GigRatesSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(GigRateSchema), required=True)


class FundSchema(ma.Schema):
    money = MoneyField(required=True)


class FundingSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(FundingKind, by_value=True, required=True)
    money = MoneyField(required=True)
    at = ma.fields.AwareDateTime(required=True)
    entry_id = ma.fields.UUID(required=True, metadata={"description": "The ledger's entry"})


class FundsSchema(ma.Schema):
    held = MoneyField(required=True, metadata={"description": "In the gig's hold, free for bookings"})
    committed = MoneyField(required=True, metadata={"description": "Put in and not taken back, bookings included"})
    available = MoneyField(required=True, metadata={"description": "What the company could still put in"})


class NewInstructionsSchema(ma.Schema):
    text = _words(LONGEST_TEXT, required=True)
    changes = _words(LONGEST_TEXT, 0, load_default="", metadata={"description": "What is new in this version"})


class VerificationSchema(ma.Schema):
    checked = ma.fields.List(
        ma.fields.Enum(ChecklistItem, by_value=True),
        required=True,
        validate=ma.validate.Length(0, len(ChecklistItem)),
        metadata={"description": "What you found in the instructions; all of the checklist is needed"},
    )


class InstructionsSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    version = ma.fields.Integer(required=True)
    text = ma.fields.String(required=True)
    text_sha256 = ma.fields.String(required=True)
    changes = ma.fields.String(required=True)
    author_id = ma.fields.UUID(required=True)
    written_at = ma.fields.AwareDateTime(required=True)
    checklist = ma.fields.List(ma.fields.String(), required=True)
    verified_by = ma.fields.UUID(required=True, allow_none=True)
    verified_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    holds_from = ma.fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Shifts that begin from then on are judged by it"}
    )


class InstructionsListSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(InstructionsSchema), required=True)


class RollingPilotSchema(ma.Schema):
    """What the gig's own approved shifts have shown, while it is its own pilot."""

    workers = ma.fields.Integer(required=True)
    shifts = ma.fields.Integer(required=True)
    minutes = ma.fields.Integer(required=True)
    places = ma.fields.List(ma.fields.Nested(GigPlaceSchema), required=True)
    rolled_at = ma.fields.AwareDateTime(required=True)
    completed_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class PilotReportSchema(ma.Schema):
    workers = _count(MOST_OF_A_PILOT)
    items = _count(MOST_OF_A_PILOT)
    places = ma.fields.List(
        ma.fields.Nested(GigPlaceSchema), required=True, validate=ma.validate.Length(1, MOST_PLACES)
    )
    item_seconds_p75 = _count(
        MOST_OF_A_PILOT, metadata={"description": "Seconds that three of four items took at most"}
    )
    paid = MoneyField(required=True, metadata={"description": "To all workers together"})
    unpaid = ma.fields.Nested(
        UnpaidSchema, load_default=dict, metadata={"description": "What came unpaid with an hour of paid work"}
    )
    feedback = _words(LONGEST_TEXT, 0, load_default="")
    fixes = _words(LONGEST_TEXT, 0, load_default="", metadata={"description": "What was mended after it"})

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> PilotReport:
        return PilotReport(**data)


class PilotSchema(PilotReportSchema):
    id = ma.fields.UUID(required=True)
    recorded_by = ma.fields.UUID(required=True)
    recorded_at = ma.fields.AwareDateTime(required=True)


class InheritSchema(ma.Schema):
    """From which gig, and what differs (rule PILOT)."""

    from_gig_id = ma.fields.UUID(required=True)
    changes = _words(
        LONGEST_TEXT, 0, load_default="", metadata={"description": "What differs between the instructions, if they do"}
    )
    same_work = ma.fields.Boolean(
        load_default=False,
        metadata={"description": "That it is the same work; said by somebody who did not write the new instructions"},
    )


class InheritedPilotSchema(ma.Schema):
    """The earlier gig whose pilot counts for this one."""

    from_gig_id = ma.fields.UUID(required=True)
    changes = ma.fields.String(required=True)
    linked_by = ma.fields.UUID(required=True)
    linked_at = ma.fields.AwareDateTime(required=True)


class PilotsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(PilotSchema), required=True)
    inherited = ma.fields.Nested(InheritedPilotSchema, required=True, allow_none=True)
    rolling = ma.fields.Nested(RollingPilotSchema, required=True, allow_none=True)
