"""Series of shifts on the wire."""

import marshmallow as ma

from marketplace.core.http import MoneyField, PageArgs, Pattern, page_schema
from marketplace.shifts.estimate_schemas import UNREACHED, BesideSchema, PlanPriceSchema
from marketplace.shifts.rules import SeriesStatus
from marketplace.shifts.schemas import LONGEST_REASON, STANDBY, STANDS_BY, CancellationPriceSchema

_RULE = "An RRULE of RFC 5545 with FREQ of DAILY, WEEKLY or MONTHLY, such as FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20270331"


class _TimesSchema(ma.Schema):
    """The times of each day, the seats, and who is asked first."""

    begins = ma.fields.Time("%H:%M", required=True, metadata={"description": "HH:MM on the clock of the zone"})
    ends = ma.fields.Time(
        "%H:%M", required=True, metadata={"description": "HH:MM; not after the beginning means on the next day"}
    )
    seats = ma.fields.Integer(required=True, strict=True, metadata={"description": "Of each shift"})
    crew_id = ma.fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "A crew of the company that is asked first, by the rule CREW_FIRST"},
    )
    standby = ma.fields.Integer(load_default=0, strict=True, validate=STANDBY, metadata={"description": STANDS_BY})


class NewSeriesSchema(_TimesSchema):
    """When it recurs: a rule, its first day, and the times on the clock of a zone; and the seats of each shift."""

    gig_id = ma.fields.UUID(required=True)
    rule = ma.fields.String(
        required=True, validate=ma.validate.Length(1, 300), metadata={"description": _RULE, "example": "FREQ=DAILY"}
    )
    first_day = ma.fields.Date(required=True)
    timezone = ma.fields.String(
        required=True,
        validate=Pattern("^[A-Za-z0-9_+/-]{1,64}$"),
        metadata={"description": "The IANA zone whose clock the times stand on, such as America/Chicago"},
    )


class OccurrenceSchema(ma.Schema):
    day = ma.fields.Date(required=True)
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True)
    shifted = ma.fields.Boolean(
        required=True,
        metadata={"description": "The clock leaves the written time out on that day, as it goes to summer time"},
    )


class SeriesPreviewSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(OccurrenceSchema), required=True)
    added = MoneyField(
        required=True,
        attribute="price.added",
        metadata={"description": "At most, for adding those of four weeks late to somebody's schedule (rule NOTICE)"},
    )
    standby = MoneyField(
        required=True,
        attribute="price.standby",
        metadata={"description": "For people who stand by for those of four weeks, if none is needed (rule STANDBY)"},
    )
    unreached = ma.fields.List(ma.fields.String(), required=True, attribute="price.unreached", metadata=UNREACHED)
    price = ma.fields.Nested(PlanPriceSchema, required=True, metadata={"description": "Of those of four weeks"})


class SeriesSchema(ma.Schema):
    """Shifts that recur, and how far they are laid. Each is a shift of its own from then on."""

    id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    follows_id = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "The series that was changed into this one"}
    )
    rule = ma.fields.String(required=True)
    first_day = ma.fields.Date(required=True)
    last_day = ma.fields.Date(
        required=True, allow_none=True, metadata={"description": "Where the company ended it, whatever the rule says"}
    )
    begins = ma.fields.Time("%H:%M", required=True)
    ends = ma.fields.Time("%H:%M", required=True)
    timezone = ma.fields.String(required=True)
    except_days = ma.fields.List(ma.fields.Date(), required=True)
    seats = ma.fields.Integer(required=True)
    crew_id = ma.fields.UUID(required=True, allow_none=True)
    standby = ma.fields.Integer(required=True, metadata={"description": "How many people stand by for each shift"})
    filled_until = ma.fields.Date(required=True, metadata={"description": "Its days up to this one are laid"})
    held_up_because = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The code of the problem that keeps later days from being laid"},
    )
    ended_because = ma.fields.String(required=True, allow_none=True)
    status = ma.fields.Enum(SeriesStatus, by_value=True, required=True)


class StartedSeriesSchema(SeriesSchema, BesideSchema):
    """A series that was just started, how far the gig's money reaches for what is laid, and where it can pay nobody
    yet."""


class SeriesListArgs(PageArgs):
    gig_id = ma.fields.UUID(load_default=None)


SeriesPage = page_schema(SeriesSchema, "SeriesPage")


class DayArgs(ma.Schema):
    day = ma.fields.Date(required=True)


class LastDayArgs(ma.Schema):
    last_day = ma.fields.Date(required=True)


class SeriesPriceSchema(ma.Schema):
    """What it costs now, shift by shift. Time that was worked already comes on top."""

    series_id = ma.fields.UUID(required=True)
    shifts = ma.fields.List(ma.fields.Nested(CancellationPriceSchema), required=True)
    total = MoneyField(required=True)


class _AgreedSchema(ma.Schema):
    agreed = MoneyField(required=True, metadata={"description": "The total that you saw and agree to"})
    reason = ma.fields.String(required=True, validate=ma.validate.Length(1, LONGEST_REASON))


class LeaveOutSchema(_AgreedSchema, DayArgs):
    """A day that is left out."""


class EndSeriesSchema(_AgreedSchema, LastDayArgs):
    """The last day that is held."""


class WantedSchema(_TimesSchema):
    """What the series is to be from a day on."""

    from_day = ma.fields.Date(required=True)
    rule = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Length(1, 300),
        metadata={"description": f"{_RULE}. Without one it recurs as it did, to the same end"},
    )


class ChangeSeriesSchema(_AgreedSchema, WantedSchema):
    """What the series is to be, at the price that was seen."""


class ChangePriceSchema(ma.Schema):
    """What the change would do to the shifts that are laid already, and what it costs now."""

    series_id = ma.fields.UUID(required=True)
    kept = ma.fields.Integer(required=True, metadata={"description": "Shifts whose time stays, with their people"})
    laid = ma.fields.Integer(required=True, metadata={"description": "New shifts among the days laid already"})
    moved = ma.fields.List(ma.fields.Nested(CancellationPriceSchema), required=True)
    cancelled = ma.fields.List(ma.fields.Nested(CancellationPriceSchema), required=True)
    added = MoneyField(
        required=True, metadata={"description": "At most, for new times that are late for a schedule (rule NOTICE)"}
    )
    standby = MoneyField(
        required=True,
        metadata={"description": "For people who stand by for them, if none is needed; no part of the total"},
    )
    total = MoneyField(required=True)
