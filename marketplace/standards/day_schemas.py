"""Days that earn more, and their laws, on the wire."""

import marshmallow as ma

from marketplace.standards.premium_days import DayKind, LawKind, RestDay


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
    source = ma.fields.String(required=True)


class PremiumDaySchema(ma.Schema):
    """A day that earns more, with its minutes in the order of the work: each step its minutes and its percentage of the
    rate."""

    on = ma.fields.String(required=True, metadata={"format": "date"})
    kind = ma.fields.Enum(DayKind, by_value=True, required=True)
    name = ma.fields.String(required=True, metadata={"description": "As people there say it; empty for a day of rest"})
    steps = ma.fields.List(ma.fields.List(ma.fields.Integer()), required=True)
    source = ma.fields.String(required=True, metadata={"description": "The law"})
