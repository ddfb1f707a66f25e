"""Threads, questions and published answers on the wire."""

import marshmallow as ma

from marketplace.core.http import Flag, PageArgs, Pattern, page_schema
from marketplace.messages.rules import DefectStatus, Side, ThreadStatus

LONGEST = 4000
MOST_SEATS = 500
"""As many as a shift has."""


def _words() -> ma.fields.String:
    not_blank = Pattern(r"^[\s\S]*\S[\s\S]*$", error="Write something.")
    return ma.fields.String(required=True, validate=[ma.validate.Length(1, LONGEST), not_blank])


def _part() -> ma.fields.Integer:
    told = {"description": "A part of the instructions, from one on: what blank lines set apart"}
    return ma.fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=ma.validate.Range(1, 10_000), metadata=told
    )


class NewQuestionSchema(ma.Schema):
    words = _words()
    part = _part()
    shift_id = ma.fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "A shift of the gig that was offered to you"}
    )


class NewMessageSchema(ma.Schema):
    words = _words()
    asks = Flag(
        load_default=True,
        metadata={"description": "Whether a contractor's message waits for an answer; a company's never does"},
    )


class NewAnswerSchema(ma.Schema):
    question = _words()
    answer = _words()
    part = _part()
    version = ma.fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=ma.validate.Range(1, 1_000_000),
        metadata={"description": "Of the instructions; what holds now if missing"},
    )


class NewShiftMessageSchema(ma.Schema):
    words = _words()
    contractor_ids = ma.fields.List(
        ma.fields.UUID(),
        load_default=None,
        allow_none=True,
        validate=ma.validate.Length(1, MOST_SEATS),
        metadata={"description": "Of those who have a seat; all of them if missing"},
    )


class ThreadListArgs(PageArgs):
    company_id = ma.fields.UUID(load_default=None, metadata={"description": "That company's threads; yours if missing"})


class MessageSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    side = ma.fields.Enum(Side, by_value=True, required=True)
    words = ma.fields.String(required=True)
    said_at = ma.fields.AwareDateTime(required=True)


class QuestionSchema(ma.Schema):
    """What waits for a first reply, or had to."""

    id = ma.fields.UUID(required=True)
    version = ma.fields.Integer(required=True, allow_none=True)
    part = ma.fields.Integer(required=True, allow_none=True)
    asked_at = ma.fields.AwareDateTime(required=True)
    due_at = ma.fields.AwareDateTime(
        required=True, metadata={"description": "One business day later, by the calendar of the company's country"}
    )
    answered_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    withdrawn_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class ThreadSchema(ma.Schema):
    """What one contractor and a company say to each other about a gig, or about one shift of it."""

    id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    shift_id = ma.fields.UUID(required=True, allow_none=True)
    opened_at = ma.fields.AwareDateTime(required=True)
    messages = ma.fields.List(ma.fields.Nested(MessageSchema), required=True)
    questions = ma.fields.List(ma.fields.Nested(QuestionSchema), required=True)
    status = ma.fields.Enum(ThreadStatus, by_value=True, required=True)


class ThreadsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ThreadSchema), required=True)


ThreadPage = page_schema(ThreadSchema, "ThreadPage")


class ReplyTimeSchema(ma.Schema):
    """How questions of the last 90 days were answered; silence counts as long as it lasts."""

    questions = ma.fields.Integer(required=True)
    in_time_percent = ma.fields.Integer(required=True)
    median_minutes = ma.fields.Integer(required=True)


class RepliesSchema(ma.Schema):
    """Null where too few questions were asked to say."""

    gig = ma.fields.Nested(ReplyTimeSchema, required=True, allow_none=True)
    company = ma.fields.Nested(ReplyTimeSchema, required=True, allow_none=True)


class PublishedAnswerSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    version = ma.fields.Integer(required=True, allow_none=True)
    part = ma.fields.Integer(required=True, allow_none=True)
    question = ma.fields.String(required=True)
    answer = ma.fields.String(required=True)
    published_at = ma.fields.AwareDateTime(required=True)


class DefectSchema(ma.Schema):
    """A part of the instructions that was asked about twice, and is the company's to mend."""

    id = ma.fields.UUID(required=True)
    version = ma.fields.Integer(required=True)
    part = ma.fields.Integer(required=True)
    opened_at = ma.fields.AwareDateTime(required=True)
    status = ma.fields.Enum(DefectStatus, by_value=True, required=True)


class GigAnswersSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(PublishedAnswerSchema), required=True)
    defects = ma.fields.List(ma.fields.Nested(DefectSchema), required=True)
    replies = ma.fields.Nested(RepliesSchema, required=True)
