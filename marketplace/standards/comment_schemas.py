"""Announced changes, comments and answers on the wire."""

import marshmallow as ma

from marketplace.core.http import Pattern, page_schema
from marketplace.standards.comment_rules import LONGEST, MOST_ANSWERED, Speaker
from marketplace.standards.hiding_schemas import hidden_under
from marketplace.standards.protection import ChangeStatus
from marketplace.standards.schemas import DifferenceSchema

_NOT_BLANK = Pattern(r"^[\s\S]*\S[\s\S]*$", error="Write something.")


def _words() -> ma.fields.String:
    return ma.fields.String(required=True, validate=[ma.validate.Length(1, LONGEST), _NOT_BLANK])


class AnnouncedChangeSchema(ma.Schema):
    """A change that lowers a protection, as everybody reads it. It holds for nobody before `comments_until`, nor while
    comments are `unanswered`."""

    id = ma.fields.UUID(required=True)
    country = ma.fields.String(required=True)
    subdivision = ma.fields.String(required=True, allow_none=True)
    status = ma.fields.Enum(ChangeStatus, by_value=True, required=True)
    lowers = ma.fields.List(ma.fields.String(), required=True)
    changed = ma.fields.List(ma.fields.Nested(DifferenceSchema), required=True)
    source = ma.fields.String(required=True)
    valid_from = ma.fields.Date(required=True)
    announced_at = ma.fields.AwareDateTime(required=True)
    comments_until = ma.fields.AwareDateTime(required=True)
    decided_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    version = ma.fields.Integer(required=True, allow_none=True)
    is_open = ma.fields.Boolean(required=True)
    comments = ma.fields.Integer(required=True)
    unanswered = ma.fields.Integer(required=True)


AnnouncedChangePage = page_schema(AnnouncedChangeSchema, "AnnouncedChangePage")


class CommentAnswerSchema(ma.Schema):
    """What an operator answered to one comment, or to several."""

    id = ma.fields.UUID(required=True)
    words = ma.fields.String(required=True)
    answered_at = ma.fields.AwareDateTime(required=True)


class CommentSchema(ma.Schema):
    """What somebody said of a change: as whom, but neither who nor when."""

    id = ma.fields.UUID(required=True)
    speaker = ma.fields.Enum(Speaker, by_value=True, required=True)
    words = ma.fields.String(required=True)
    hidden_under = hidden_under()
    answer = ma.fields.Nested(CommentAnswerSchema, required=True, allow_none=True)


CommentPage = page_schema(CommentSchema, "CommentPage")


class NewCommentSchema(ma.Schema):
    words = _words()


class NewCommentAnswerSchema(ma.Schema):
    """One answer to the comments that it names."""

    words = _words()
    comment_ids = ma.fields.List(ma.fields.UUID(), required=True, validate=ma.validate.Length(1, MOST_ANSWERED))
