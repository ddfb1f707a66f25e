"""Disputes on the wire."""

import marshmallow as ma

from marketplace.core.http import PageArgs, page_schema
from marketplace.disputes.rules import DisputeStatus, StatementKind
from marketplace.shifts.timesheet_rules import MOST_PIECES
from marketplace.shifts.timesheet_schemas import TimesheetCutSchema

LONGEST = 4000


class WordsSchema(ma.Schema):
    words = ma.fields.String(required=True, validate=ma.validate.Length(1, LONGEST))


class ClaimSchema(WordsSchema):
    cut_id = ma.fields.UUID(required=True, metadata={"description": "The cut's id, from the timesheet's line"})


class RulingSchema(ma.Schema):
    restored_minutes = ma.fields.Integer(
        load_default=None,
        strict=True,
        validate=ma.validate.Range(0, 24 * 60),
        metadata={"description": "How many of the cut minutes are paid after all: none, some or all"},
    )
    restored_pieces = ma.fields.Integer(
        load_default=None,
        strict=True,
        validate=ma.validate.Range(0, MOST_PIECES),
        metadata={"description": "In place of minutes, where pieces were cut"},
    )
    reason = ma.fields.String(required=True, validate=ma.validate.Length(1, LONGEST))


class StatementSchema(ma.Schema):
    kind = ma.fields.Enum(StatementKind, by_value=True, required=True)
    words = ma.fields.String(required=True)
    said_by = ma.fields.UUID(required=True)
    said_at = ma.fields.AwareDateTime(required=True)


class DisputeSchema(ma.Schema):
    """A claim against one cut of a timesheet, what both sides said, and how it ended."""

    id = ma.fields.UUID(required=True, metadata={"description": "The id of the cut"})
    timesheet_id = ma.fields.UUID(required=True)
    booking_id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    claimed_at = ma.fields.AwareDateTime(required=True)
    rule_by = ma.fields.AwareDateTime(
        required=True, metadata={"description": "Without a ruling by then everything is restored"}
    )
    advanced_at = ma.fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When the sum, being small, was paid before a ruling"}
    )
    restored_minutes = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "What the end of the dispute restored"}
    )
    restored_pieces = ma.fields.Integer(required=True)
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    ruled_by = ma.fields.UUID(required=True, allow_none=True)
    cut = ma.fields.Nested(TimesheetCutSchema, required=True)
    statements = ma.fields.List(ma.fields.Nested(StatementSchema), required=True)
    status = ma.fields.Enum(DisputeStatus, by_value=True, required=True)


class DisputeListArgs(PageArgs):
    company_id = ma.fields.UUID(load_default=None, metadata={"description": "That company's disputes"})
    status = ma.fields.Enum(DisputeStatus, by_value=True, load_default=None)


DisputePage = page_schema(DisputeSchema, "DisputePage")
