"""Bookings, their clock and what belongs to them on the wire."""

import marshmallow as ma

from marketplace.core.http import MoneyField, PageArgs, page_schema
from marketplace.messages.schemas import RepliesSchema
from marketplace.shifts.clock_rules import BREAKS, EntryKind, EntrySource
from marketplace.shifts.confirmation import Confirmation
from marketplace.shifts.rules import BookingStatus
from marketplace.shifts.schemas import moment
from marketplace.shifts.timesheet_rules import MOST_PIECES, CompensationRule
from marketplace.standards.day_schemas import NightSchema, PremiumDaySchema
from marketplace.standards.hazard import HazardClass


class TimeEntrySchema(ma.Schema):
    kind = ma.fields.Enum(EntryKind, by_value=True, required=True)
    started_at = ma.fields.AwareDateTime(required=True)
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    client_started_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    client_ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    source = ma.fields.Enum(EntrySource, by_value=True, required=True)
    flags = ma.fields.List(ma.fields.String(), required=True)


class BookingSchema(ma.Schema):
    """A seat in a shift. The clock stops at `ends_at`: later time is not promised, because it is not held."""

    id = ma.fields.UUID(required=True)
    offer_id = ma.fields.UUID(required=True)
    shift_id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    contract_version_id = ma.fields.UUID(required=True)
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True)
    week = ma.fields.Date(required=True, metadata={"description": "The Monday of its pay week"})
    rate = MoneyField(required=True)
    hazard_class = ma.fields.Enum(HazardClass, by_value=True, required=True)
    overtime_minutes = ma.fields.Integer(required=True)
    overtime_percent = ma.fields.Integer(required=True)
    further_overtime_minutes = ma.fields.Integer(required=True, metadata={"description": "Of the overtime, the last"})
    further_overtime_percent = ma.fields.Integer(required=True)
    night_minutes = ma.fields.Integer(required=True, metadata={"description": "Of the schedule, those at night"})
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
        metadata={"description": "Of the schedule, days that earn more; none of their minutes is overtime"},
    )
    step_points = ma.fields.Integer(
        required=True, metadata={"description": "What your level multiplies the rate by, in ten-thousandths"}
    )
    held = MoneyField(required=True, metadata={"description": "The highest cost, held from the yes on"})
    compensation_minutes = ma.fields.Integer(required=True)
    compensation_rule = ma.fields.Enum(CompensationRule, by_value=True, required=True, allow_none=True)
    is_training = ma.fields.Boolean(required=True)
    added_minutes = ma.fields.Integer(
        required=True,
        metadata={"description": "Paid beside its time once it is worked, since it was added late to a schedule"},
    )
    is_standby = ma.fields.Boolean(required=True, metadata={"description": "Stands by, and has no seat (STANDBY)"})
    ready_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    called_at = ma.fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When whoever stood by was given a seat"}
    )
    standby_minutes = ma.fields.Integer(
        required=True, metadata={"description": "Owed for standing by: until the call, or in vain"}
    )
    pieces = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "What came of it, where somebody has said (PIECES)"}
    )
    confirmation = ma.fields.Enum(
        Confirmation, by_value=True, required=True, metadata={"description": "How it stands before the shift (CONFIRM)"}
    )
    confirmed_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    stops_at = ma.fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When the running clock reaches a hazard cap"}
    )
    break_due_at = ma.fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "When a break is due while the clock runs (rule BREAK)"},
    )
    sick_at = ma.fields.AwareDateTime(required=True, allow_none=True, metadata={"description": "When it was reported"})
    sick_minutes = ma.fields.Integer(required=True, metadata={"description": "Paid from the person's own sick leave"})
    instructions_version = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "Under which it is worked and judged, once begun"}
    )
    entries = ma.fields.List(ma.fields.Nested(TimeEntrySchema), required=True)
    status = ma.fields.Enum(BookingStatus, by_value=True, required=True)


class ContactSchema(ma.Schema):
    """Somebody of the company who answers questions about the work."""

    name = ma.fields.String(required=True)
    email = ma.fields.String(required=True)


class GuideSchema(ma.Schema):
    """The instructions under which a shift is worked and judged."""

    version = ma.fields.Integer(required=True)
    text = ma.fields.String(required=True)
    text_sha256 = ma.fields.String(required=True)
    changes = ma.fields.String(required=True, metadata={"description": "What is new in this version"})
    holds_from = ma.fields.AwareDateTime(required=True)


class PreparedSchema(ma.Schema):
    """What somebody needs for the work of a shift."""

    contact = ma.fields.Nested(ContactSchema, required=True)
    instructions = ma.fields.Nested(GuideSchema, required=True, allow_none=True)
    replies = ma.fields.Nested(RepliesSchema, required=True)


class AfterCareLineSchema(ma.Schema):
    provider = ma.fields.String(required=True)
    call = ma.fields.String(required=True)


class AfterCareSchema(ma.Schema):
    """Care after very distressing work for a company, which pays for it."""

    company_id = ma.fields.UUID(required=True)
    company = ma.fields.String(required=True)
    last_exposure = ma.fields.AwareDateTime(required=True)
    open_until = ma.fields.AwareDateTime(required=True)
    is_open = ma.fields.Boolean(required=True)
    line = ma.fields.Nested(AfterCareLineSchema, required=True, allow_none=True)


class AfterCaresSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(AfterCareSchema), required=True)


class BookingListArgs(PageArgs):
    status = ma.fields.Enum(BookingStatus, by_value=True, load_default=None)


class SickPaySchema(ma.Schema):
    """What reporting sick now would be paid: as much of the rest of the schedule as leave has accrued for."""

    booking_id = ma.fields.UUID(required=True)
    at = ma.fields.AwareDateTime(required=True)
    minutes_left = ma.fields.Integer(required=True, metadata={"description": "Of the schedule, from now to its end"})
    minutes_paid = ma.fields.Integer(required=True)


BookingPage = page_schema(BookingSchema, "BookingPage")


class PressSchema(ma.Schema):
    """A press of the clock's button. Without a body the server's moment counts."""

    client_at = moment(
        load_default=None,
        allow_none=True,
        metadata={"description": "When it was pressed, by the device; counts if at most 15 minutes ago"},
    )


class BreakSchema(PressSchema):
    kind = ma.fields.Enum(
        EntryKind, by_value=True, required=True, validate=ma.validate.OneOf(BREAKS), metadata={"description": "Paid?"}
    )


class PiecesSchema(ma.Schema):
    pieces = ma.fields.Integer(
        required=True,
        strict=True,
        validate=ma.validate.Range(0, MOST_PIECES),
        metadata={"description": "How many came of the whole shift until now; a later number takes its place"},
    )
