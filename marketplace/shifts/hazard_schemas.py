"""Hazard flags and classes on the wire."""

import marshmallow as ma

from marketplace.core.http import MoneyField, page_schema
from marketplace.shifts.hazard_rules import FlagStatus
from marketplace.standards.hazard import LEAST_CLASS, HazardCategory, HazardClass

LONGEST_NOTE = 2000
_WORDS = ma.validate.Length(1, LONGEST_NOTE)


class NewFlagSchema(ma.Schema):
    category = ma.fields.Enum(HazardCategory, by_value=True, required=True)
    note = ma.fields.String(required=True, validate=_WORDS, metadata={"description": "What you saw, and where"})


class DismissSchema(ma.Schema):
    answer = ma.fields.String(required=True, validate=_WORDS, metadata={"description": "Why the class is right"})


class ReportSchema(ma.Schema):
    answer = ma.fields.String(required=True, validate=_WORDS, metadata={"description": "For whoever flagged it"})
    reported_to = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, 200),
        metadata={"description": "The authority or hotline that was told"},
    )
    reference = ma.fields.String(
        load_default="",
        validate=ma.validate.Length(0, 200),
        metadata={"description": "Under which it can be found there"},
    )


class FlagSchema(ma.Schema):
    """What somebody at work saw, and what became of it. Who it was is not told to the company."""

    id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(required=True)
    category = ma.fields.Enum(HazardCategory, by_value=True, required=True)
    note = ma.fields.String(required=True, attribute="note.words")
    answer = ma.fields.String(required=True, allow_none=True, attribute="note.answer")
    at = ma.fields.AwareDateTime(required=True)
    answered_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    status = ma.fields.Enum(FlagStatus, by_value=True, required=True)


class ContentReportSchema(ma.Schema):
    """To whom unlawful content was reported."""

    reported_to = ma.fields.String(required=True)
    reference = ma.fields.String(required=True)
    reported_at = ma.fields.AwareDateTime(required=True)


class HazardFlagSchema(FlagSchema):
    """The same, for the person themselves and for operators."""

    booking_id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    report = ma.fields.Nested(ContentReportSchema, required=True, allow_none=True)


FlagPage = page_schema(FlagSchema, "FlagPage")
HazardFlagPage = page_schema(HazardFlagSchema, "HazardFlagPage")


class RaiseSchema(ma.Schema):
    hazard_class = ma.fields.Enum(HazardClass, by_value=True, required=True)
    categories = ma.fields.List(
        ma.fields.String(validate=ma.validate.OneOf([each.value for each in LEAST_CLASS])),
        load_default=list,
        metadata={"description": "What is seen in the work beside what the gig declares already"},
    )


class RaisedSchema(ma.Schema):
    """What a raise came to; the lists are ids of bookings."""

    gig_id = ma.fields.UUID(required=True)
    hazard_class = ma.fields.Enum(HazardClass, by_value=True, required=True)
    back_to = ma.fields.AwareDateTime(
        required=True, metadata={"description": "Work from then on that is not paid earns the premium"}
    )
    repriced = ma.fields.List(ma.fields.UUID(), required=True)
    stopped = ma.fields.List(ma.fields.UUID(), required=True)
    taken_out = ma.fields.List(ma.fields.UUID(), required=True)
    held = MoneyField(required=True)
    unheld = MoneyField(required=True, metadata={"description": "What could not be held; the gig is paused then"})


class HazardClassRowSchema(ma.Schema):
    version = ma.fields.Integer(required=True)
    hazard_class = ma.fields.Enum(HazardClass, by_value=True, required=True)
    categories = ma.fields.List(ma.fields.String(), required=True)
    valid_from = ma.fields.AwareDateTime(required=True)
    back_to = ma.fields.AwareDateTime(required=True)
    unheld = MoneyField(required=True)


class HazardHistorySchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(HazardClassRowSchema), required=True)
