"""Tests and qualifications on the wire."""

from typing import Any

import marshmallow as ma

from marketplace.core.http import MoneyField, PageArgs, Pattern, page_schema
from marketplace.qualifications.levels import MOST_LEVEL
from marketplace.qualifications.rules import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_ITEMS,
    AttemptStatus,
    ContestStatus,
    FundingKind,
    Paper,
    Proves,
    QualificationStatus,
    Reveal,
    Spec,
)
from marketplace.qualifications.scoring import LONGEST_PROMPT, MOST_POINTS, Item, ItemKind
from marketplace.workforce.rules import Level

_CODE = "^[a-z0-9]+(-[a-z0-9]+)*$"
_WORDS = ma.validate.Length(1, 2000)


def _count(least: int, most: int, **more: Any) -> ma.fields.Integer:
    return ma.fields.Integer(strict=True, validate=ma.validate.Range(least, most), **more)


class ProvesSchema(ma.Schema):
    """What a qualification proves beside itself: a level of a skill, or of a language."""

    skill = ma.fields.String(load_default=None, allow_none=True, validate=Pattern(_CODE))
    skill_level = _count(1, MOST_LEVEL, load_default=None, allow_none=True)
    language = ma.fields.String(load_default=None, allow_none=True, validate=Pattern("^[a-z]{2,3}$"))
    language_level = ma.fields.Enum(Level, by_value=True, load_default=None, allow_none=True)

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Proves:
        return Proves(**data)


class QualificationSpecSchema(ma.Schema):
    code = ma.fields.String(required=True, validate=[Pattern(_CODE), ma.validate.Length(1, 60)])
    title = ma.fields.String(required=True, validate=ma.validate.Length(1, LONGEST_TITLE))
    about = ma.fields.String(required=True, validate=ma.validate.Length(1, LONGEST_TEXT))
    rate = MoneyField(
        required=True,
        metadata={"description": "An hour at the test; whoever lives where the floor is higher gets the floor"},
    )
    proves = ma.fields.Nested(ProvesSchema, load_default=Proves)
    valid_days = _count(30, 3650, load_default=365)
    retake_days = _count(0, 90, load_default=7)
    most_attempts = _count(1, 20, load_default=3)
    period_days = _count(1, 365, load_default=180, metadata={"description": "In which attempts are counted"})

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        company_id = data.pop("company_id", None)
        spec = Spec(**data)
        return {"company_id": company_id, "spec": spec} if "company_id" in self.fields else {"spec": spec}


class NewQualificationSchema(QualificationSpecSchema):
    company_id = ma.fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "Its owner; the service itself when left out"}
    )


class QualificationSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True, allow_none=True, metadata={"description": "Null for the service's own"})
    code = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    about = ma.fields.String(required=True, attribute="description")
    rate = MoneyField(required=True)
    proves = ma.fields.Nested(ProvesSchema, required=True)
    valid_days = ma.fields.Integer(required=True)
    retake_days = ma.fields.Integer(required=True)
    most_attempts = ma.fields.Integer(required=True)
    period_days = ma.fields.Integer(required=True)
    drafted_at = ma.fields.AwareDateTime(required=True)
    status = ma.fields.Enum(QualificationStatus, by_value=True, required=True)


QualificationPage = page_schema(QualificationSchema, "QualificationPage")


class OwnerArgs(PageArgs):
    company_id = ma.fields.UUID(load_default=None, metadata={"description": "Its owner; the service when left out"})


class ItemSchema(ma.Schema):
    """One item with its key. `ask`: {"options": [{"id", "text"}]} for choices, {"things": [...]} and for `classes` also
    {"classes": [...]} for gold tasks, else {}. `key`: {"right": [ids]} for choices, {"accepted": [texts]}, {"pattern":
    RE2}, {"value", "tolerance"}, {"right": {thing: class}}, {"order": [things]}."""

    kind = ma.fields.Enum(ItemKind, by_value=True, required=True)
    prompt = ma.fields.String(required=True, validate=ma.validate.Length(1, LONGEST_PROMPT))
    ask = ma.fields.Dict(ma.fields.String(), ma.fields.Raw(), load_default=dict)
    key = ma.fields.Dict(ma.fields.String(), ma.fields.Raw(), required=True)
    points = _count(1, MOST_POINTS, load_default=1)
    explanation = ma.fields.String(load_default="", validate=ma.validate.Length(0, LONGEST_PROMPT))

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Item:
        return Item(**data)


class StoredItemSchema(ItemSchema):
    id = ma.fields.UUID(required=True, dump_only=True)


class PaperSchema(ma.Schema):
    """A version of the test, in place of one that is not published yet."""

    items = ma.fields.List(ma.fields.Nested(ItemSchema), required=True, validate=ma.validate.Length(1, MOST_ITEMS))
    pass_percent = _count(1, 100, required=True)
    estimate_minutes = _count(1, 240, required=True, metadata={"description": "Until attempts have measured it"})
    draw = _count(
        1, MOST_ITEMS, load_default=None, allow_none=True, metadata={"description": "Items an attempt; all when null"}
    )
    limit_minutes = _count(
        1,
        30_000,
        load_default=None,
        allow_none=True,
        metadata={"description": "A safety cap, at least three times the estimate"},
    )
    reveal = ma.fields.Enum(Reveal, by_value=True, load_default=Reveal.AFTER_PASS)

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Paper:
        return Paper(**data)


class TestVersionSchema(ma.Schema):
    __test__ = False
    id = ma.fields.UUID(required=True)
    number = ma.fields.Integer(required=True)
    pass_percent = ma.fields.Integer(required=True)
    draw = ma.fields.Integer(required=True, allow_none=True)
    estimate_minutes = ma.fields.Integer(required=True)
    limit_minutes = ma.fields.Integer(required=True, allow_none=True)
    reveal = ma.fields.Enum(Reveal, by_value=True, required=True)
    written_by = ma.fields.UUID(required=True)
    written_at = ma.fields.AwareDateTime(required=True)
    published_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    items = ma.fields.List(ma.fields.Nested(StoredItemSchema), required=True)


class TestVersionsSchema(ma.Schema):
    __test__ = False
    items = ma.fields.List(ma.fields.Nested(TestVersionSchema), required=True)


class TestMoneySchema(ma.Schema):
    """Money to be set aside for attempts."""

    __test__ = False
    money = MoneyField(required=True)


class TestFundingSchema(ma.Schema):
    __test__ = False
    id = ma.fields.UUID(required=True)
    qualification_id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(FundingKind, by_value=True, required=True)
    money = MoneyField(required=True)
    at = ma.fields.AwareDateTime(required=True)


class GrantSchema(ma.Schema):
    """To whom is said by an id or by an address, one of the two: a company chooses among its own people."""

    contractor_id = ma.fields.UUID()
    email = ma.fields.String(validate=ma.validate.Length(1, 254))
    evidence = ma.fields.String(required=True, validate=_WORDS, metadata={"description": "What shows it"})
    reason = ma.fields.String(required=True, validate=_WORDS)


class WithdrawalSchema(ma.Schema):
    reason = ma.fields.String(required=True, validate=_WORDS, metadata={"description": "The person reads it"})


class HoldingSchema(ma.Schema):
    """A qualification that somebody holds or held. Without an attempt it was granted, with evidence and a reason."""

    id = ma.fields.UUID(required=True)
    qualification_id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    attempt_id = ma.fields.UUID(required=True, allow_none=True)
    granted_by = ma.fields.UUID(required=True, allow_none=True)
    evidence = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)
    since = ma.fields.AwareDateTime(required=True)
    until = ma.fields.AwareDateTime(required=True)
    until_before = ma.fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Of one that was taken back: when it would have ended"}
    )
    withdrawal_id = ma.fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "The decision that took it back, which can be contested"},
    )


HoldingPage = page_schema(HoldingSchema, "HoldingPage")


class HoldingsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(HoldingSchema), required=True)


class ItemReportSchema(ma.Schema):
    item_id = ma.fields.UUID(required=True)
    answers = ma.fields.Integer(required=True)
    right_percent = ma.fields.Integer(required=True, metadata={"description": "The average worth of its answers"})
    discrimination = ma.fields.Float(
        required=True, allow_none=True, metadata={"description": "How far it goes with the other items, -1 to 1"}
    )
    is_suspicious = ma.fields.Boolean(required=True, metadata={"description": "Its key may be wrong: look at it"})


class AnalysisSchema(ma.Schema):
    """What the answers say about the items of the version in force."""

    items = ma.fields.List(ma.fields.Nested(ItemReportSchema), required=True)


class OpenTestSchema(ma.Schema):
    """A test that is open, as it stands for you."""

    qualification = ma.fields.Nested(QualificationSchema, required=True)
    rate = MoneyField(required=True, metadata={"description": "What an hour of it earns you"})
    minutes = ma.fields.Integer(required=True, metadata={"description": "What three of four people take at most"})
    cap_minutes = ma.fields.Integer(required=True, metadata={"description": "The safety cap"})
    pay = MoneyField(required=True, metadata={"description": "What those minutes earn you, pass or fail"})
    funded = ma.fields.Boolean(required=True)
    held_until = ma.fields.AwareDateTime(required=True, allow_none=True)
    free_from = ma.fields.AwareDateTime(required=True, allow_none=True)
    running = ma.fields.UUID(required=True, allow_none=True, metadata={"description": "Your attempt that is going on"})
    paused = ma.fields.Boolean(
        required=True, metadata={"description": "Its company is not verified at the moment, so nobody begins it"}
    )
    can_begin = ma.fields.Boolean(required=True)


class OpenTestsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(OpenTestSchema), required=True)


class AttemptSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    qualification_id = ma.fields.UUID(required=True)
    version_id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    rate = MoneyField(required=True, metadata={"description": "An hour of it, pass or fail"})
    cap_minutes = ma.fields.Integer(required=True)
    started_at = ma.fields.AwareDateTime(required=True)
    resume_until = ma.fields.AwareDateTime(required=True, metadata={"description": "Until when you can go on"})
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    paid_minutes = ma.fields.Integer(required=True, allow_none=True)
    percent = ma.fields.Integer(required=True, allow_none=True)
    flags = ma.fields.List(ma.fields.String(), required=True)
    status = ma.fields.Enum(AttemptStatus, by_value=True, required=True)


AttemptPage = page_schema(AttemptSchema, "AttemptPage")


class AskedSchema(ma.Schema):
    """One item of your attempt, in your order. The key is told only where the test's policy says so."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(ItemKind, by_value=True, required=True)
    prompt = ma.fields.String(required=True)
    ask = ma.fields.Dict(ma.fields.String(), ma.fields.Raw(), required=True)
    points = ma.fields.Integer(required=True)
    rule = ma.fields.String(required=True, metadata={"description": "How answers are judged"})
    value = ma.fields.Raw(required=True, allow_none=True, metadata={"description": "What you answered"})
    percent = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "What it was worth"})
    key = ma.fields.Dict(required=True, allow_none=True)
    explanation = ma.fields.String(required=True)


class SheetSchema(ma.Schema):
    attempt = ma.fields.Nested(AttemptSchema, required=True)
    items = ma.fields.List(ma.fields.Nested(AskedSchema), required=True)


class TestAnswerSchema(ma.Schema):
    """An answer, in the shape of its item: [ids] for choices, a text, {thing: class} or {thing: place, from 1}; null
    takes it away."""

    __test__ = False
    value = ma.fields.Raw(required=True, allow_none=True)


class ContestedSchema(ma.Schema):
    item_id = ma.fields.UUID(required=True, metadata={"description": "The item that is wrong"})
    words = ma.fields.String(required=True, validate=_WORDS, metadata={"description": "Why"})


class ContestDecisionSchema(ma.Schema):
    reason = ma.fields.String(required=True, validate=_WORDS)


class CorrectionSchema(ContestDecisionSchema):
    key = ma.fields.Dict(
        ma.fields.String(),
        ma.fields.Raw(),
        required=True,
        allow_none=True,
        metadata={"description": "What is right too; null when nobody can be right, so that every answer counts"},
    )


class TestContestSchema(ma.Schema):
    __test__ = False
    id = ma.fields.UUID(required=True)
    attempt_id = ma.fields.UUID(required=True)
    item_id = ma.fields.UUID(required=True)
    qualification_id = ma.fields.UUID(required=True)
    words = ma.fields.String(required=True)
    contested_at = ma.fields.AwareDateTime(required=True)
    reason = ma.fields.String(required=True, allow_none=True)
    decided_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    status = ma.fields.Enum(ContestStatus, by_value=True, required=True)


TestContestPage = page_schema(TestContestSchema, "TestContestPage")


class ContestListArgs(PageArgs):
    company_id = ma.fields.UUID(load_default=None, metadata={"description": "Those of that company's tests"})
