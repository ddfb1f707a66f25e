"""Benefit plans, insurance and the benefits of a person on the wire."""

import marshmallow as ma

from marketplace.contracts.rules import BenefitKind, EntryKind, Unit
from marketplace.contracts.terms import LONGEST_TEXT
from marketplace.core.http import Flag, MoneyField, Pattern, page_schema

_TEXT = ma.validate.Length(1, LONGEST_TEXT)
_SHORT = ma.validate.Length(1, 200)
_COUNT = ma.validate.Range(0, 10**9)


class BenefitPromiseSchema(ma.Schema):
    """What a version of a plan says. Amounts and caps of the accrual are in the plan's unit."""

    title = ma.fields.String(required=True, validate=_SHORT)
    funder = ma.fields.String(required=True, validate=_SHORT, metadata={"description": "Who pays, such as company"})
    source = ma.fields.String(required=True, validate=_TEXT, metadata={"description": "Where its numbers come from"})
    valid_from = ma.fields.Date(required=True)
    valid_to = ma.fields.Date(load_default=None, allow_none=True)
    portable = Flag(load_default=False)
    cash_out = Flag(load_default=False)
    per = ma.fields.String(
        load_default="hour",
        validate=ma.validate.OneOf(["hour", "earnings", "shift"]),
        metadata={"description": "What it accrues by"},
    )
    amount = ma.fields.String(
        load_default="0", validate=ma.validate.Length(1, 20), metadata={"description": 'A part, such as "1/30"'}
    )
    cap_per_year = ma.fields.Integer(load_default=None, allow_none=True, validate=_COUNT)
    waiting_days = ma.fields.Integer(load_default=0, validate=ma.validate.Range(0, 3650))
    carry_over = ma.fields.Integer(
        load_default=None, allow_none=True, validate=_COUNT, metadata={"description": "Null where all carries over"}
    )
    provider = ma.fields.String(load_default=None, allow_none=True, validate=_SHORT)
    policy_no = ma.fields.String(load_default=None, allow_none=True, validate=_SHORT)
    contact = ma.fields.String(
        load_default=None, allow_none=True, validate=_SHORT, metadata={"description": "Whom to call to claim"}
    )
    cover = ma.fields.String(
        load_default=None, allow_none=True, validate=_TEXT, metadata={"description": "What is insured"}
    )
    country = ma.fields.String(load_default=None, allow_none=True, validate=Pattern("^[A-Z]{2}$"))
    rule = ma.fields.String(
        load_default=None, allow_none=True, validate=_SHORT, metadata={"description": "The rule that reckons it"}
    )


class BenefitPlanSchema(ma.Schema):
    code = ma.fields.String(required=True)
    kind = ma.fields.Enum(BenefitKind, by_value=True, required=True)
    unit = ma.fields.Enum(Unit, by_value=True, required=True)
    title = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True, attribute="number")
    rule = ma.fields.String(required=True, allow_none=True)
    source = ma.fields.String(required=True)
    promise = ma.fields.Nested(BenefitPromiseSchema, required=True)


class BenefitPlansSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(BenefitPlanSchema), required=True)


class NewBenefitPlanSchema(BenefitPromiseSchema):
    """A plan's first version, with what it is for ever."""

    code = ma.fields.String(required=True, validate=Pattern("^[a-z][a-z0-9-]{1,39}$"))
    kind = ma.fields.Enum(BenefitKind, by_value=True, required=True)
    unit = ma.fields.Enum(Unit, by_value=True, required=True)


class BenefitPlanVersionSchema(ma.Schema):
    """A version of a plan. One that `lowers` holds once `seconded_by` is there."""

    number = ma.fields.Integer(required=True)
    title = ma.fields.String(required=True)
    funder = ma.fields.String(required=True)
    provider = ma.fields.String(required=True, allow_none=True)
    policy_no = ma.fields.String(required=True, allow_none=True)
    contact = ma.fields.String(required=True, allow_none=True)
    cover = ma.fields.String(required=True, allow_none=True)
    country = ma.fields.String(required=True, allow_none=True)
    accrual = ma.fields.Dict(required=True)
    rule = ma.fields.String(required=True, allow_none=True)
    portable = ma.fields.Boolean(required=True)
    cash_out = ma.fields.Boolean(required=True)
    valid_from = ma.fields.Date(required=True)
    valid_to = ma.fields.Date(required=True, allow_none=True)
    source = ma.fields.String(required=True)
    lowers = ma.fields.Boolean(required=True)
    entered_by = ma.fields.UUID(required=True, allow_none=True)
    entered_at = ma.fields.AwareDateTime(required=True)
    seconded_by = ma.fields.UUID(required=True, allow_none=True)
    seconded_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class BenefitPlanVersionsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(BenefitPlanVersionSchema), required=True)


class BenefitTotalSchema(ma.Schema):
    """A plan over everybody, in seconds or in minor units of the currency."""

    plan = ma.fields.Nested(BenefitPlanSchema, required=True)
    currency = ma.fields.String(required=True, allow_none=True)
    people = ma.fields.Integer(required=True)
    accrued = ma.fields.Integer(required=True)
    gone = ma.fields.Integer(required=True, metadata={"description": "Used, expired, carried away or paid out"})
    stands = ma.fields.Integer(required=True)


class BenefitTotalsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(BenefitTotalSchema), required=True)


class BenefitBalanceSchema(ma.Schema):
    plan = ma.fields.Nested(BenefitPlanSchema, required=True)
    seconds = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "Seconds of leave"})
    money = MoneyField(required=True, allow_none=True)
    left_this_year = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "Seconds that may still accrue this year"}
    )
    most_a_year = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "The cap of the place, in seconds"}
    )


class InsuranceSchema(ma.Schema):
    """An insurance of a person: the enrolment and what the plan says today."""

    id = ma.fields.UUID(required=True, attribute="enrolment.id")
    company_id = ma.fields.UUID(required=True, attribute="enrolment.company_id")
    plan = ma.fields.Nested(BenefitPlanSchema, required=True)
    since = ma.fields.Date(required=True, attribute="enrolment.since")
    until = ma.fields.Date(required=True, allow_none=True, attribute="enrolment.until")
    member_number = ma.fields.String(required=True, attribute="enrolment.member_number")
    proof = ma.fields.String(required=True, attribute="enrolment.proof")


class EnrolmentSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    plan_id = ma.fields.UUID(required=True)
    since = ma.fields.Date(required=True)
    until = ma.fields.Date(required=True, allow_none=True)
    member_number = ma.fields.String(required=True)
    proof = ma.fields.String(required=True)


EnrolmentPage = page_schema(EnrolmentSchema, "EnrolmentPage")


class NewEnrolmentSchema(ma.Schema):
    contractor_id = ma.fields.UUID(required=True)
    plan = ma.fields.String(required=True, validate=_SHORT, metadata={"description": "The code of an insurance"})
    since = ma.fields.Date(required=True)
    until = ma.fields.Date(load_default=None, allow_none=True)
    member_number = ma.fields.String(required=True, validate=_SHORT)
    proof = ma.fields.String(
        required=True, validate=_SHORT, metadata={"description": "Where the certificate is kept: a reference"}
    )


class EnrolmentEndSchema(ma.Schema):
    until = ma.fields.Date(required=True, metadata={"description": "The last insured day"})


class BenefitsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(BenefitBalanceSchema), required=True)


class BenefitEntrySchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    plan_id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(EntryKind, by_value=True, required=True)
    quantity = ma.fields.Integer(required=True, metadata={"description": "Seconds, or minor units of the currency"})
    currency = ma.fields.String(required=True, allow_none=True)
    reference = ma.fields.String(required=True)
    rule = ma.fields.String(required=True)
    rule_version = ma.fields.Integer(required=True)
    at = ma.fields.AwareDateTime(required=True)


BenefitEntryPage = page_schema(BenefitEntrySchema, "BenefitEntryPage")


class BenefitMonthSchema(ma.Schema):
    """A month of a benefit, in seconds or in minor units."""

    first_day = ma.fields.Date(required=True)
    added = ma.fields.Integer(required=True)
    taken = ma.fields.Integer(required=True)
    balance = ma.fields.Integer(required=True)


class BenefitCourseSchema(ma.Schema):
    plan = ma.fields.String(required=True, attribute="plan.code")
    currency = ma.fields.String(required=True, allow_none=True)
    months = ma.fields.List(ma.fields.Nested(BenefitMonthSchema), required=True)


class BenefitRowSchema(ma.Schema):
    at = ma.fields.String(required=True)
    plan = ma.fields.String(required=True)
    event = ma.fields.String(required=True, validate=ma.validate.OneOf(list(EntryKind)))
    seconds = ma.fields.Integer(required=True, allow_none=True)
    amount = ma.fields.String(required=True, allow_none=True)
    currency = ma.fields.String(required=True, allow_none=True)
    reference = ma.fields.String(required=True)
    rule = ma.fields.String(required=True)
    rule_version = ma.fields.Integer(required=True)


class BenefitStatementSchema(ma.Schema):
    """Everything about your benefits at a moment. `sha256` is that of the rows as canonical JSON."""

    contractor_id = ma.fields.UUID(required=True)
    at = ma.fields.AwareDateTime(required=True)
    balances = ma.fields.List(ma.fields.Nested(BenefitBalanceSchema), required=True)
    leave_money = ma.fields.List(MoneyField(), required=True, metadata={"description": "What your leave is worth"})
    courses = ma.fields.List(ma.fields.Nested(BenefitCourseSchema), required=True)
    insured = ma.fields.List(ma.fields.Nested(InsuranceSchema), required=True)
    rows = ma.fields.List(ma.fields.Nested(BenefitRowSchema), required=True)
    sha256 = ma.fields.String(required=True)
