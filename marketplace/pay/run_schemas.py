"""Pay runs on the wire: what one would pay, what the last one paid, how far one has come."""

from typing import Any

import marshmallow as ma

from marketplace.core.http import MoneyField, PageArgs, page_schema
from marketplace.pay.rules import RunStatus
from marketplace.pay.runs.counts import PaidFor


class PayRunArgs(ma.Schema):
    company_id = ma.fields.UUID(load_default=None, metadata={"description": "Every company when left out"})
    group_id = ma.fields.UUID(load_default=None, metadata={"description": "A pay group, in place of a company"})
    through = ma.fields.Date(
        required=True, metadata={"description": "Timesheets of weeks that began on this day or earlier are paid"}
    )

    @ma.validates_schema
    def _of_one(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("company_id") and data.get("group_id"):
            raise ma.ValidationError("Name a company or a pay group, not both.", field_name="group_id")


class PayslipsOfRunArgs(PageArgs):
    has_problem = ma.fields.Boolean(
        load_default=None,
        metadata={"description": "Only those whose payout is refused, taken back or parked, or only the others"},
    )


class PayRunSchema(ma.Schema):
    """A pay run; `status` is the last step that is finished."""

    id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True, allow_none=True)
    contractor_id = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "Of a run that one person asked for (INSTANT_PAY)"}
    )
    group_id = ma.fields.UUID(required=True, allow_none=True, metadata={"description": "Of a run of a pay group"})
    countries = ma.fields.List(
        ma.fields.String(), required=True, allow_none=True, metadata={"description": "Of the pay group, as it began"}
    )
    all_but = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "Countries of pay groups, whose people it leaves"}
    )
    through = ma.fields.Date(required=True)
    status = ma.fields.Enum(RunStatus, by_value=True, required=True)
    rail = ma.fields.String(required=True)
    started_at = ma.fields.AwareDateTime(required=True)
    parted_from_id = ma.fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "The run that could not book its one payslip, or not reckon what `things` names"},
    )
    things = ma.fields.List(
        ma.fields.UUID(),
        required=True,
        allow_none=True,
        metadata={"description": "What could not be reckoned with that run, such as timesheets; this run pays no more"},
    )
    try_at = ma.fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When a run that waits alone is tried again"}
    )


PayRunPage = page_schema(PayRunSchema, "PayRunPage")


class PaidForSchema(ma.Schema):
    """So many things of one kind that a run pays for."""

    kind = ma.fields.Enum(PaidFor, by_value=True, required=True)
    count = ma.fields.Integer(required=True)


class PayRunPreviewSchema(ma.Schema):
    currency = ma.fields.String(required=True)
    timesheets = ma.fields.Integer(required=True)
    other_pay = ma.fields.List(ma.fields.Nested(PaidForSchema), required=True)
    people = ma.fields.Integer(required=True)
    net = MoneyField(required=True)
    withheld = MoneyField(
        required=True, metadata={"description": "Of the net pay, tax that laws take, as far as is known today"}
    )
    due = MoneyField(required=True, metadata={"description": "What would be sent: the net pay without the tax"})
    benefits = MoneyField(required=True)
    leave = MoneyField(required=True, metadata={"description": "Of the net pay, from people's own benefits"})
    cost = MoneyField(required=True)


class ProgressSchema(ma.Schema):
    """How far a run has come."""

    run_id = ma.fields.UUID(required=True)
    status = ma.fields.Enum(RunStatus, by_value=True, required=True)
    lines = ma.fields.Integer(required=True, metadata={"description": "Pay lines that are computed"})
    timesheets = ma.fields.Integer(required=True, metadata={"description": "Timesheets that are reckoned"})
    timesheets_in_all = ma.fields.Integer(required=True)
    other_pay = ma.fields.List(ma.fields.Nested(PaidForSchema), required=True)
    payslips = ma.fields.Integer(required=True)
    posted = ma.fields.Integer(required=True, metadata={"description": "Payslips that are booked"})
    payouts = ma.fields.Integer(required=True, metadata={"description": "Payslips with something to be sent"})
    sent = ma.fields.Integer(required=True)
    done = ma.fields.Integer(required=True)


class PayRunPreviewsSchema(ma.Schema):
    currencies = ma.fields.List(ma.fields.Nested(PayRunPreviewSchema), required=True)


class PayRunTotalsSchema(ma.Schema):
    """What a run pays in one currency; of a difference, below zero where it is less."""

    people = ma.fields.Integer(required=True)
    timesheets = ma.fields.Integer(required=True)
    net = MoneyField(required=True)
    benefits = MoneyField(required=True)
    leave = MoneyField(required=True)
    cost = MoneyField(required=True)


class PayChangeSchema(ma.Schema):
    """What one person was paid and would be paid, before tax. Null: nothing at all."""

    contractor_id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    then = MoneyField(required=True, allow_none=True)
    now = MoneyField(required=True, allow_none=True)
    difference = MoneyField(required=True)


class ComparisonSchema(ma.Schema):
    """The last run and the one that would be started now, in one currency."""

    currency = ma.fields.String(required=True)
    then = ma.fields.Nested(PayRunTotalsSchema, required=True)
    now = ma.fields.Nested(PayRunTotalsSchema, required=True)
    difference = ma.fields.Nested(PayRunTotalsSchema, required=True)
    new_people = ma.fields.Integer(required=True, metadata={"description": "Paid now, and not then"})
    missing_people = ma.fields.Integer(required=True, metadata={"description": "Paid then, and not now"})
    largest_changes = ma.fields.List(
        ma.fields.Nested(PayChangeSchema), required=True, metadata={"description": "At most 5, the largest first"}
    )


class PayRunComparedSchema(PayRunPreviewsSchema):
    """What a run would pay, and what the last booked run of the same scope has paid."""

    compared_with = ma.fields.Nested(
        PayRunSchema, required=True, allow_none=True, metadata={"description": "Null: there was none"}
    )
    comparison = ma.fields.List(ma.fields.Nested(ComparisonSchema), required=True)


class LateSchema(ma.Schema):
    """Pay that is late through a fault of the service: tried again every day, owed and held as before."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(
        PaidFor, by_value=True, required=True, allow_none=True, metadata={"description": "Null: a whole payslip"}
    )
    day = ma.fields.Date(
        required=True, allow_none=True, metadata={"description": "Of work the Monday of its week; null for a payslip"}
    )
    net = MoneyField(required=True, allow_none=True, metadata={"description": "Null: it could not be reckoned"})


class ReadySchema(PayRunPreviewsSchema):
    """What would be paid at once now."""

    again_from = ma.fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Null where it can be asked for now"}
    )
    is_under_way = ma.fields.Boolean(
        required=True, metadata={"description": "What was asked for is still being reckoned, and so in the sums"}
    )
    is_known = ma.fields.Boolean(
        required=True,
        metadata={"description": "False where something of it cannot be reckoned: no sum is told, the rest can be had"},
    )
    waits = ma.fields.List(
        ma.fields.Nested(LateSchema),
        required=True,
        metadata={"description": "What could not be reckoned or booked, and is paid once that is mended"},
    )
