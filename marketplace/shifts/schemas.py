"""Shifts, offers, bookings and timesheets on the wire."""

from datetime import UTC, datetime
from typing import Any

import marshmallow as ma

from marketplace.core.http import MoneyField, PageArgs, Pattern, page_schema
from marketplace.shifts.estimate_schemas import UNREACHED, BesideSchema, PlanPriceSchema
from marketplace.shifts.rules import OfferStatus, ShiftStatus
from marketplace.shifts.sheet import MOST_BYTES
from marketplace.shifts.timesheet_rules import CompensationRule

MOST_ASKED = 500
LONGEST_REASON = 500
STANDBY = ma.validate.Range(0, 500)
STANDS_BY = "How many people stand by for it, in a shift of their own (STANDBY); at most as many as it has seats"
ERA = ma.validate.Range(datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
"""Moments of this century or the next: all that a calendar needs."""


def moment(**more: Any) -> ma.fields.AwareDateTime:
    """A moment with its distance from UTC, of this century or the next: all that a calendar needs."""
    return ma.fields.AwareDateTime(validate=ERA, **more)


def words(**more: Any) -> ma.fields.String:
    return ma.fields.String(validate=ma.validate.Length(1, LONGEST_REASON), **more)


# --- shifts -----------------------------------------------------------------------------------------------------------


class ShiftPlanSchema(ma.Schema):
    """The time and the seats of a shift that is to be planned."""

    gig_id = ma.fields.UUID(required=True)
    starts_at = moment(required=True)
    ends_at = moment(required=True)
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
    standby = ma.fields.Integer(load_default=0, strict=True, validate=STANDBY, metadata={"description": STANDS_BY})
    crew_id = ma.fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "A crew of the company that is asked first, by the rule CREW_FIRST"},
    )


class NewShiftSchema(ShiftPlanSchema):
    agreed = MoneyField(
        load_default=None,
        allow_none=True,
        metadata={"description": "The total that you saw; refused with `price_changed` if it is dearer now"},
    )


class ShiftSheetSchema(ma.Schema):
    """A file of shifts: a CSV sheet whose first line names the columns day, begins, ends and, where wanted, seats,
    timezone and standby; or an iCalendar file with a VEVENT for each shift."""

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
    standby = ma.fields.Integer(
        load_default=0,
        strict=True,
        validate=STANDBY,
        metadata={"description": "Of lines without, and of each event of a calendar: how many people stand by"},
    )


class ShiftSheetRowSchema(ma.Schema):
    line = ma.fields.Integer(required=True)
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True)
    timezone = ma.fields.String(required=True)
    seats = ma.fields.Integer(required=True)
    standby = ma.fields.Integer(required=True)


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
        required=True,
        attribute="price.added",
        metadata={"description": "At most, for adding them late to somebody's schedule (rule NOTICE)"},
    )
    standby = MoneyField(
        required=True,
        attribute="price.standby",
        metadata={"description": "For people who stand by, if none of them is needed (rule STANDBY)"},
    )
    unreached = ma.fields.List(ma.fields.String(), required=True, attribute="price.unreached", metadata=UNREACHED)
    price = ma.fields.Nested(PlanPriceSchema, required=True)


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


class PlannedShiftSchema(ShiftSchema, BesideSchema):
    """A shift that was just planned, how far the gig's money reaches now, and where it can pay nobody yet."""


class PlannedShiftsSchema(BesideSchema):
    """Shifts that were just planned, how far the gig's money reaches now, and where it can pay nobody yet."""

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


class KeptLeadSchema(ma.Schema):
    contractor_id = ma.fields.UUID(required=True)
    minutes_before = ma.fields.Integer(required=True)
    minutes_after = ma.fields.Integer(required=True)
    cost = MoneyField(required=True, metadata={"description": "At most, but for adding them late"})


class MovingPriceSchema(CancellationPriceSchema):
    """What moving costs now; and what the new time keeps: people who stand by, and its lead, who is asked for the same
    minutes once they took the new time."""

    lead = ma.fields.Nested(KeptLeadSchema, required=True, allow_none=True)
    standby = ma.fields.Integer(required=True)


class CancelSchema(ma.Schema):
    agreed = MoneyField(required=True, metadata={"description": "The total that you saw and agree to"})
    reason = words(required=True)


class ShiftMoveSchema(CancelSchema):
    starts_at = moment(required=True)
    ends_at = moment(required=True)


# --- offers -----------------------------------------------------------------------------------------------------------


class NewOffersSchema(ma.Schema):
    contractor_ids = ma.fields.List(ma.fields.UUID(), required=True, validate=ma.validate.Length(1, MOST_ASKED))
    reason = words(required=True, metadata={"description": "Why these people are asked; they will read it"})
    expires_at = moment(required=True)


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
