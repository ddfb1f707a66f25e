"""Timesheets and cuts on the wire."""

import marshmallow as ma

from marketplace.core.http import PageArgs, page_schema
from marketplace.shifts.schemas import words
from marketplace.shifts.timesheet_rules import (
    MOST_PIECES,
    CompensationRule,
    CutCategory,
    CutEnd,
    CutStatus,
    TimesheetStatus,
)
from marketplace.standards.day_schemas import NightSchema, PremiumDaySchema


class NewCutSchema(ma.Schema):
    """Minutes or pieces that are taken off one line, and why (rule REJECT)."""

    line_id = ma.fields.UUID(required=True)
    minutes = ma.fields.Integer(load_default=0, strict=True, validate=ma.validate.Range(0, 24 * 60))
    pieces = ma.fields.Integer(
        load_default=0,
        strict=True,
        validate=ma.validate.Range(0, MOST_PIECES),
        metadata={"description": "In place of minutes, where the work is paid by the piece"},
    )
    category = ma.fields.Enum(CutCategory, by_value=True, required=True)
    clause = words(required=True, metadata={"description": "The clause of the contract it relies on"})
    missing = words(required=True, metadata={"description": "What is missing, or what would be right"})


class WholeSchema(ma.Schema):
    """Nothing: every line is approved. Whoever wants to take minutes off some of them cuts the timesheet."""


class CutsSchema(ma.Schema):
    cuts = ma.fields.List(ma.fields.Nested(NewCutSchema), required=True, validate=ma.validate.Length(1, 100))


class TimesheetCutSchema(ma.Schema):
    """A cut as the company made it, and how it ended."""

    id = ma.fields.UUID(required=True, metadata={"description": "Also the id of the dispute about it, if there is one"})
    minutes = ma.fields.Integer(required=True)
    pieces = ma.fields.Integer(required=True, metadata={"description": "Cut in place of minutes"})
    category = ma.fields.Enum(CutCategory, by_value=True, required=True)
    clause = ma.fields.String(required=True)
    missing = ma.fields.String(required=True)
    cut_at = ma.fields.AwareDateTime(required=True)
    claim_until = ma.fields.AwareDateTime(required=True, metadata={"description": "Until when it can be disputed"})
    restored_minutes = ma.fields.Integer(required=True)
    restored_pieces = ma.fields.Integer(required=True)
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    ended_because = ma.fields.Enum(CutEnd, by_value=True, required=True, allow_none=True)
    reason = ma.fields.String(required=True, allow_none=True, metadata={"description": "The ruling's"})
    status = ma.fields.Enum(CutStatus, by_value=True, required=True)


class TimesheetLineSchema(ma.Schema):
    """The minutes of one booking, by kind, as they were on the clock; a cut stands beside them."""

    id = ma.fields.UUID(required=True)
    booking_id = ma.fields.UUID(required=True)
    starts_at = ma.fields.AwareDateTime(required=True, attribute="booking.starts_at")
    ends_at = ma.fields.AwareDateTime(required=True, attribute="booking.ends_at")
    work_minutes = ma.fields.Integer(required=True)
    waiting_minutes = ma.fields.Integer(required=True)
    outage_minutes = ma.fields.Integer(required=True, metadata={"description": "Of the waiting ones"})
    paid_break_minutes = ma.fields.Integer(required=True)
    unpaid_break_minutes = ma.fields.Integer(required=True)
    overtime_minutes = ma.fields.Integer(required=True, metadata={"description": "Of the paid minutes, the last ones"})
    further_overtime_minutes = ma.fields.Integer(required=True, metadata={"description": "Of the overtime, the last"})
    night_minutes = ma.fields.Integer(required=True, metadata={"description": "Of the paid minutes, those at night"})
    night_law = ma.fields.Nested(
        NightSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Of the minutes at night, where the law of the place has a night of its own"},
    )
    premium_days = ma.fields.List(
        ma.fields.Nested(PremiumDaySchema),
        required=True,
        allow_none=True,
        metadata={"description": "Of the paid minutes, those on days that earn more"},
    )
    compensation_minutes = ma.fields.Integer(required=True)
    compensation_rule = ma.fields.Enum(CompensationRule, by_value=True, required=True, allow_none=True)
    added_minutes = ma.fields.Integer(
        required=True, metadata={"description": "Paid beside the time, since the shift was added late to a schedule"}
    )
    standby_minutes = ma.fields.Integer(required=True, metadata={"description": "Paid for standing by"})
    sick_minutes = ma.fields.Integer(required=True, metadata={"description": "Paid from the person's own sick leave"})
    pieces = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "What came of it, where somebody has said"}
    )
    flags = ma.fields.List(ma.fields.String(), required=True)
    cut = ma.fields.Nested(TimesheetCutSchema, required=True, allow_none=True)


class MinutesSchema(ma.Schema):
    """Minutes by kind, those from `work` to `sick` beside each other; the others tell of some of them again."""

    work = ma.fields.Integer(required=True)
    training = ma.fields.Integer(required=True)
    waiting = ma.fields.Integer(required=True)
    outage = ma.fields.Integer(required=True)
    paid_break = ma.fields.Integer(required=True)
    unpaid_break = ma.fields.Integer(required=True)
    compensation = ma.fields.Integer(required=True)
    added = ma.fields.Integer(required=True)
    standby = ma.fields.Integer(required=True)
    sick = ma.fields.Integer(required=True)
    overtime = ma.fields.Integer(required=True)
    holiday = ma.fields.Integer(required=True)
    rest_day = ma.fields.Integer(required=True)
    night = ma.fields.Integer(required=True)
    cut = ma.fields.Integer(required=True, metadata={"description": "Cut, and not restored by now"})


class DayMinutesSchema(ma.Schema):
    """The shifts that began on a day of the timesheet's zone."""

    day = ma.fields.Date(required=True)
    minutes = ma.fields.Nested(MinutesSchema, required=True)


class TimesheetSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    week = ma.fields.Date(required=True, metadata={"description": "The Monday of the week, in `timezone`"})
    timezone = ma.fields.String(required=True)
    submitted_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    decided_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    decided_by = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "Nobody when silence approved"}
    )
    lines = ma.fields.List(ma.fields.Nested(TimesheetLineSchema), required=True)
    totals = ma.fields.Nested(MinutesSchema, required=True)
    days = ma.fields.List(ma.fields.Nested(DayMinutesSchema), required=True)
    is_disputed = ma.fields.Boolean(required=True, metadata={"description": "A dispute about a cut of it is open"})
    status = ma.fields.Enum(TimesheetStatus, by_value=True, required=True)


class TimesheetListArgs(PageArgs):
    company_id = ma.fields.UUID(
        load_default=None, metadata={"description": "That company's timesheets; without it one's own"}
    )
    status = ma.fields.Enum(TimesheetStatus, by_value=True, load_default=None)


TimesheetPage = page_schema(TimesheetSchema, "TimesheetPage")
