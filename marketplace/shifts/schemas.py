"""Shifts, offers, bookings and timesheets on the wire."""

from datetime import UTC, datetime
from typing import Any

import marshmallow as ma

from marketplace.core.http import MoneyField, PageArgs, Pattern, page_schema
from marketplace.messages.schemas import RepliesSchema
from marketplace.shifts.confirmation import Confirmation
from marketplace.shifts.rules import (
    BREAKS,
    BookingStatus,
    CompensationRule,
    CutCategory,
    CutEnd,
    CutStatus,
    EntryKind,
    EntrySource,
    OfferStatus,
    ShiftStatus,
    TimesheetStatus,
)
from marketplace.shifts.sheet import MOST_BYTES
from marketplace.standards.hazard import HazardClass

MOST_ASKED = 500
LONGEST_REASON = 500
ERA = ma.validate.Range(datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
"""Moments of this century or the next: all that a calendar needs."""


def _moment(**more: Any) -> ma.fields.AwareDateTime:
    """A moment with its distance from UTC, of this century or the next: all that a calendar needs."""
    return ma.fields.AwareDateTime(validate=ERA, **more)


def _words(**more: Any) -> ma.fields.String:
    return ma.fields.String(validate=ma.validate.Length(1, LONGEST_REASON), **more)


# --- shifts -----------------------------------------------------------------------------------------------------------


class ShiftPlanSchema(ma.Schema):
    """The time and the seats of a shift that is to be planned."""

    gig_id = ma.fields.UUID(required=True)
    starts_at = _moment(required=True)
    ends_at = _moment(required=True)
    timezone = ma.fields.String(
        required=True,
        validate=Pattern("^[A-Za-z0-9_+/-]{1,64}$"),
        metadata={"description": "The IANA zone whose days and weeks count, such as America/Chicago"},
    )
    seats = ma.fields.Integer(required=True, strict=True)
    training = ma.fields.Boolean(
        load_default=False,
        metadata={"description": "The work is learned in it: paid, open to who lacks its qualifications (TRAINING)"},
    )


class AddingPriceSchema(ma.Schema):
    """What the shift costs at most, before overtime and night: its `work`, and what is `added` for those of the
    `people` with a schedule of that week who may get a seat, `minutes` each (rule NOTICE)."""

    people = ma.fields.Integer(required=True)
    minutes = ma.fields.Integer(required=True)
    work = MoneyField(required=True)
    added = MoneyField(required=True)
    total = MoneyField(required=True)


class NewShiftSchema(ShiftPlanSchema):
    agreed = MoneyField(
        load_default=None,
        allow_none=True,
        metadata={"description": "The total that you saw; refused with `price_changed` if it is dearer now"},
    )
    crew_id = ma.fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "A crew of the company that is asked first, by the rule CREW_FIRST"},
    )


class ShiftSheetSchema(ma.Schema):
    """A file of shifts: a CSV sheet whose first line names the columns day, begins, ends and, where wanted, seats and
    timezone; or an iCalendar file with a VEVENT for each shift."""

    gig_id = ma.fields.UUID(required=True)
    content = ma.fields.String(
        required=True,
        validate=ma.validate.Length(1, MOST_BYTES),
        metadata={"description": "The text of the file", "example": "day,begins,ends\n2026-12-01,09:00,13:00\n"},
    )
    timezone = ma.fields.String(
        required=True,
        validate=Pattern("^[A-Za-z0-9_+/-]{1,64}$"),
        metadata={"description": "The IANA zone of the lines that name none"},
    )
    seats = ma.fields.Integer(
        load_default=1, strict=True, validate=ma.validate.Range(1, 500), metadata={"description": "Of lines without"}
    )
    crew_id = ma.fields.UUID(load_default=None, allow_none=True)


class ShiftSheetRowSchema(ma.Schema):
    line = ma.fields.Integer(required=True)
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True)
    timezone = ma.fields.String(required=True)
    seats = ma.fields.Integer(required=True)


class ShiftSheetFaultSchema(ma.Schema):
    line = ma.fields.Integer(required=True)
    words = ma.fields.String(required=True)


class ShiftSheetLookSchema(ma.Schema):
    """What a file would plan, and what is wrong with it."""

    rows = ma.fields.List(ma.fields.Nested(ShiftSheetRowSchema), required=True)
    faults = ma.fields.List(ma.fields.Nested(ShiftSheetFaultSchema), required=True)
    minutes = ma.fields.Integer(required=True, metadata={"description": "Of all seats together"})
    minutes_left = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "That the gig may still plan (rule PILOT)"}
    )
    added = MoneyField(
        required=True, metadata={"description": "At most, for adding them late to somebody's schedule (rule NOTICE)"}
    )


class ShiftSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True)
    timezone = ma.fields.String(required=True)
    seats = ma.fields.Integer(required=True)
    seats_taken = ma.fields.Integer(required=True)
    cancelled_because = ma.fields.String(required=True, allow_none=True)
    crew_id = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "The crew of the company that is asked first"}
    )
    is_training = ma.fields.Boolean(required=True)
    planned_at = ma.fields.AwareDateTime(required=True)
    moved_from = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "The shift whose new time it is"}
    )
    standby_of = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "The shift for which people stand by in this one"}
    )
    series_id = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "The series that it was laid for, if it recurs"}
    )
    off_clock_at = ma.fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Since when it is known that a new law moved its clock, so that the hour is another"},
    )
    status = ma.fields.Enum(ShiftStatus, by_value=True, required=True)


class ShiftListArgs(PageArgs):
    company_id = ma.fields.UUID(load_default=None)
    gig_id = ma.fields.UUID(load_default=None)


ShiftPage = page_schema(ShiftSchema, "ShiftPage")


class ShiftsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ShiftSchema), required=True)


class CompensationSchema(ma.Schema):
    minutes = ma.fields.Integer(required=True)
    rule = ma.fields.Enum(CompensationRule, by_value=True, required=True)


class OwedSchema(ma.Schema):
    booking_id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    compensation = ma.fields.Nested(CompensationSchema, required=True)
    cost = MoneyField(required=True)


class CancellationPriceSchema(ma.Schema):
    """What cancelling costs now, booking by booking. Time that was worked already comes on top."""

    shift_id = ma.fields.UUID(required=True)
    at = ma.fields.AwareDateTime(required=True)
    owed = ma.fields.List(ma.fields.Nested(OwedSchema), required=True)
    total = MoneyField(required=True)


class CancelSchema(ma.Schema):
    agreed = MoneyField(required=True, metadata={"description": "The total that you saw and agree to"})
    reason = _words(required=True)


class ShiftMoveSchema(CancelSchema):
    starts_at = _moment(required=True)
    ends_at = _moment(required=True)


# --- offers -----------------------------------------------------------------------------------------------------------


class NewOffersSchema(ma.Schema):
    contractor_ids = ma.fields.List(ma.fields.UUID(), required=True, validate=ma.validate.Length(1, MOST_ASKED))
    reason = _words(required=True, metadata={"description": "Why these people are asked; they will read it"})
    expires_at = _moment(required=True)


class OfferSchema(ma.Schema):
    """An offer with the terms that a yes agrees to, and their digest."""

    id = ma.fields.UUID(required=True)
    shift_id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    terms = ma.fields.Dict(required=True)
    terms_sha256 = ma.fields.String(required=True)
    reason = ma.fields.Dict(required=True, metadata={"description": "Why this person was asked"})
    made_at = ma.fields.AwareDateTime(required=True)
    expires_at = ma.fields.AwareDateTime(required=True)
    collects = ma.fields.Boolean(
        required=True,
        metadata={
            "description": "More people are asked than seats are open: a yes is collected until `expires_at`, then the "
            "order of the points decides"
        },
    )
    claimed = ma.fields.Boolean(required=True, metadata={"description": "The person asked for the shift themselves"})
    decision = ma.fields.Dict(
        required=True,
        allow_none=True,
        metadata={
            "description": "What became of a collected yes: `chosen`, `because` (place, rule, funds, not_held), the "
            "`place` `of` those who said yes for the open `seats`, the `points`, the lowest score that got a seat "
            "(`cutoff`), and the `verdict` of the rule that decided, if one did"
        },
    )
    status = ma.fields.Enum(OfferStatus, by_value=True, required=True)


class OfferListArgs(PageArgs):
    status = ma.fields.Enum(OfferStatus, by_value=True, load_default=None)


OfferPage = page_schema(OfferSchema, "OfferPage")


class OffersMadeSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(OfferSchema), required=True)


# --- bookings ---------------------------------------------------------------------------------------------------------


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
    night_minutes = ma.fields.Integer(required=True, metadata={"description": "Of the schedule, those at night"})
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

    client_at = _moment(
        load_default=None,
        allow_none=True,
        metadata={"description": "When it was pressed, by the device; counts if at most 15 minutes ago"},
    )


class BreakSchema(PressSchema):
    kind = ma.fields.Enum(
        EntryKind, by_value=True, required=True, validate=ma.validate.OneOf(BREAKS), metadata={"description": "Paid?"}
    )


# --- timesheets -------------------------------------------------------------------------------------------------------


class NewCutSchema(ma.Schema):
    """Minutes that are taken off one line, and why (rule REJECT)."""

    line_id = ma.fields.UUID(required=True)
    minutes = ma.fields.Integer(required=True, strict=True, validate=ma.validate.Range(1, 24 * 60))
    category = ma.fields.Enum(CutCategory, by_value=True, required=True)
    clause = _words(required=True, metadata={"description": "The clause of the contract it relies on"})
    missing = _words(required=True, metadata={"description": "What is missing, or what would be right"})


class CutsSchema(ma.Schema):
    cuts = ma.fields.List(ma.fields.Nested(NewCutSchema), required=True, validate=ma.validate.Length(1, 100))


class TimesheetCutSchema(ma.Schema):
    """A cut as the company made it, and how it ended."""

    id = ma.fields.UUID(required=True, metadata={"description": "Also the id of the dispute about it, if there is one"})
    minutes = ma.fields.Integer(required=True)
    category = ma.fields.Enum(CutCategory, by_value=True, required=True)
    clause = ma.fields.String(required=True)
    missing = ma.fields.String(required=True)
    cut_at = ma.fields.AwareDateTime(required=True)
    claim_until = ma.fields.AwareDateTime(required=True, metadata={"description": "Until when it can be disputed"})
    restored_minutes = ma.fields.Integer(required=True)
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
    night_minutes = ma.fields.Integer(required=True, metadata={"description": "Of the paid minutes, those at night"})
    compensation_minutes = ma.fields.Integer(required=True)
    compensation_rule = ma.fields.Enum(CompensationRule, by_value=True, required=True, allow_none=True)
    added_minutes = ma.fields.Integer(
        required=True, metadata={"description": "Paid beside the time, since the shift was added late to a schedule"}
    )
    standby_minutes = ma.fields.Integer(required=True, metadata={"description": "Paid for standing by"})
    sick_minutes = ma.fields.Integer(required=True, metadata={"description": "Paid from the person's own sick leave"})
    flags = ma.fields.List(ma.fields.String(), required=True)
    cut = ma.fields.Nested(TimesheetCutSchema, required=True, allow_none=True)


class MinutesSchema(ma.Schema):
    """Minutes by kind, those from `work` to `sick` beside each other; the last three tell of some of them again."""

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
