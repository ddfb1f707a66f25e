"""Days that earn more, and their laws, on the wire."""

import marshmallow as ma

from marketplace.standards.day_laws import LawKind, RestDay
from marketplace.standards.premium_days import DayKind


class DayWageSchema(ma.Schema):
    """What a law counts in days' wages, however short the work is: in percent of a day's wage, for work of up to half
    a day and for longer work."""

    minutes = ma.fields.Integer(required=True, metadata={"description": "A day's wage, in minutes of pay at the rate"})
    half_percent = ma.fields.Integer(required=True)
    whole_percent = ma.fields.Integer(required=True)
    beside = ma.fields.Boolean(
        required=True, metadata={"description": "Whether it comes on top of the minutes' pay, or is the least in all"}
    )


class DayLawSchema(ma.Schema):
    """What the law of a place pays for work on days of a kind, in percent of the rate, as a whole. Without a percentage
    of overtime, overtime of such a day earns the higher of both multiples."""

    kind = ma.fields.Enum(LawKind, by_value=True, required=True)
    rest_day = ma.fields.Enum(
        RestDay,
        by_value=True,
        required=True,
        allow_none=True,
        metadata={"description": "A day of the calendar, or the day that makes the days of work in a week so many"},
    )
    holidays = ma.fields.Function(
        lambda law: sorted(law.holidays),
        required=True,
        metadata={
            "type": "array",
            "items": {"type": "string"},
            "description": "The English names of those that it is about; all where there are none",
        },
    )
    starts = ma.fields.Date(
        required=True, allow_none=True, metadata={"description": "The first day of work for which it holds"}
    )
    percent = ma.fields.Integer(required=True)
    overtime_percent = ma.fields.Integer(required=True, allow_none=True)
    further_percent = ma.fields.Integer(required=True, allow_none=True)
    by_the_day = ma.fields.Boolean(
        required=True, metadata={"description": "Whether the week makes no minute of such a day overtime"}
    )
    from_hour = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "Of the day, where it does not hold from midnight on"}
    )
    whole_shift = ma.fields.Boolean(
        required=True, metadata={"description": "Whether a shift on two days is of the one with its greater part"}
    )
    wage = ma.fields.Nested(DayWageSchema, required=True, allow_none=True)
    source = ma.fields.String(required=True)


class PromisedWageSchema(DayWageSchema):
    before = ma.fields.Integer(required=True, metadata={"description": "Minutes of the day that were booked before"})


class PremiumDaySchema(ma.Schema):
    """A day that earns more, with its minutes in the order of the work: each step its minutes and its percentage of the
    rate."""

    on = ma.fields.String(required=True, metadata={"format": "date"})
    kind = ma.fields.Enum(DayKind, by_value=True, required=True)
    name = ma.fields.String(required=True, metadata={"description": "As people there say it; empty for a day of rest"})
    steps = ma.fields.List(ma.fields.List(ma.fields.Integer()), required=True)
    source = ma.fields.String(required=True, metadata={"description": "The law"})
    wage = ma.fields.Nested(
        PromisedWageSchema, metadata={"description": "Where the law grants days' wages, however short the work is"}
    )
    overtime = ma.fields.Integer(metadata={"description": "Of its minutes the last ones, where there are such"})
    whole_shift = ma.fields.Boolean(
        metadata={"description": "True where all minutes of the shift count to the day, on another day too"}
    )


class NightLawSchema(ma.Schema):
    """What the law of a place adds at night, in percent of the rate; where it is counted `of_the_day`, in percent of
    what the minute earns otherwise. `overtime_percent` is what overtime of a common day earns at night as a whole."""

    starts = ma.fields.Date(
        required=True, allow_none=True, metadata={"description": "The first day on which a shift begins under it"}
    )
    from_hour = ma.fields.Integer(required=True)
    to_hour = ma.fields.Integer(required=True)
    percent = ma.fields.Integer(required=True)
    overtime_percent = ma.fields.Integer(required=True, allow_none=True)
    of_the_day = ma.fields.Boolean(required=True)
    source = ma.fields.String(required=True)


class NightSchema(ma.Schema):
    """The law of a night, where the place has one of its own, with minutes in the order of the work: each step its
    minutes and what they earn more, in ten-thousandths of the rate."""

    from_hour = ma.fields.Integer(required=True)
    to_hour = ma.fields.Integer(required=True)
    points = ma.fields.Integer(required=True, metadata={"description": "Of a minute that is no overtime"})
    overtime_points = ma.fields.Integer(required=True)
    of_the_day = ma.fields.Boolean(
        required=True, metadata={"description": "Whether points are a part of what the minute earns otherwise"}
    )
    steps = ma.fields.List(ma.fields.List(ma.fields.Integer()), required=True)
    source = ma.fields.String(required=True, metadata={"description": "The law"})
