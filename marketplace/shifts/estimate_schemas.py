"""What shifts will cost, on the wire."""

import marshmallow as ma

from marketplace.core.http import MoneyField
from marketplace.shifts.estimates import MOST_TIMES
from marketplace.standards.cost_parts import PartKind
from marketplace.standards.day_schemas import PremiumDaySchema

UNREACHED = {"description": "Countries of the gig in which the payment rail pays nobody yet (rule RAIL_REACH)"}


class EstimatePartSchema(ma.Schema):
    """What one kind of line makes of the least and of the most."""

    kind = ma.fields.Enum(PartKind, by_value=True, required=True)
    least = MoneyField(required=True)
    most = MoneyField(required=True)


class DearestPlaceSchema(ma.Schema):
    """A place for which the most is reckoned, and what earns more there, of one seat of each shift for which it is the
    dearest."""

    country = ma.fields.String(required=True)
    subdivision = ma.fields.String(required=True, allow_none=True)
    timezone = ma.fields.String(required=True)
    night_minutes = ma.fields.Integer(required=True)
    overtime_minutes = ma.fields.Integer(required=True, metadata={"description": "Of a day longer than its law's"})
    days = ma.fields.List(ma.fields.Nested(PremiumDaySchema), required=True, attribute="kept_days")


class EstimateSchema(ma.Schema):
    """What all seats cost: the least, where it is cheapest and at no step of pay, and the most, where it is dearest and
    at the highest. A person who has no other work in the week costs what is said for where they live; overtime that
    follows from other work may come on top."""

    seats = ma.fields.Integer(required=True)
    least = MoneyField(required=True)
    most = MoneyField(required=True)
    parts = ma.fields.List(ma.fields.Nested(EstimatePartSchema), required=True)
    most_for = ma.fields.List(
        ma.fields.Nested(DearestPlaceSchema),
        required=True,
        metadata={"description": "Where it is dearer than elsewhere; empty where it is the same everywhere"},
    )


class SeatFundsSchema(ma.Schema):
    """How far the money that the gig has free reaches for the open seats of its shifts to come, those that are planned
    among them. Where something is `missing` a yes may be refused with `gig_out_of_funds`: fund the gig."""

    held = MoneyField(required=True, metadata={"description": "What the gig holds and no booking has reserved"})
    needed = MoneyField(
        required=True,
        metadata={"description": "What those `seats`, people who stand by and leads need, at the most they cost"},
    )
    missing = MoneyField(required=True)
    seats = ma.fields.Integer(
        required=True,
        metadata={"description": f"Looked at: of the nearest times, at most {MOST_TIMES}, and what is planned"},
    )
    covered = ma.fields.Integer(required=True, metadata={"description": "Seats for which there is money"})
    open_seats = ma.fields.Integer(
        required=True,
        metadata={"description": "All open seats. Where they are more than `seats`, `needed` is for `seats` alone"},
    )


class PlanPriceSchema(ma.Schema):
    """What planned shifts cost at most: the `estimate` of their seats, what is `added` late for people who have a
    schedule (NOTICE), `lead` for the minutes of the crew's lead (LEAD), and `standby` for people who stand by in vain
    (STANDBY); and how far the gig's money reaches (`funds`)."""

    estimate = ma.fields.Nested(EstimateSchema, required=True)
    added = MoneyField(required=True)
    lead = MoneyField(required=True)
    standby = MoneyField(required=True)
    least = MoneyField(required=True, metadata={"description": "Of the seats, with people who stand by in vain"})
    total = MoneyField(required=True, metadata={"description": "The most, with what is added, for leads and standby"})
    funds = ma.fields.Nested(SeatFundsSchema, required=True)
    by_people = ma.fields.Boolean(
        required=True,
        metadata={"description": "Reckoned for where the company's people live; else for the places of the gig"},
    )
    unreached = ma.fields.List(ma.fields.String(), required=True, metadata=UNREACHED)


class ShiftPriceSchema(PlanPriceSchema):
    """Of one shift: `work` for all of its seats, of which `people` had a schedule of its week and are owed `minutes`
    each; and what the seats cost at most if everybody in them has worked eight hours on five other days of the week."""

    people = ma.fields.Integer(required=True)
    minutes = ma.fields.Integer(required=True)
    work = MoneyField(required=True)
    full_week = MoneyField(required=True)


class BesideSchema(ma.Schema):
    """What is told beside shifts that were just planned. Both are null where you may not see the gig any more, or where
    they could not be read: ask again under the same key."""

    funds = ma.fields.Nested(SeatFundsSchema, required=True, allow_none=True)
    unreached = ma.fields.List(ma.fields.String(), required=True, allow_none=True, metadata=UNREACHED)
