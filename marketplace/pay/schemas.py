"""Payments, pay runs, payslips, accounts and the proof on the wire."""

import marshmallow as ma

from marketplace.core.http import MoneyField, Pattern, page_schema
from marketplace.pay.rules import LeverEffect, OpKind, OpStatus, PayslipStatus
from marketplace.pay.taxes.schemas import WithholdingSchema
from marketplace.shifts.timesheet_rules import CutEnd
from marketplace.standards.day_schemas import NightSchema, PremiumDaySchema
from marketplace.standards.hazard import HazardClass
from marketplace.standards.line_kinds import LineKind, Payee

_CURRENCY = Pattern("^[A-Z]{3}$", error="Give an ISO 4217 code such as IDR.")


class DepositArgs(ma.Schema):
    money = MoneyField(required=True)


class RefundableSchema(ma.Schema):
    """How much of a deposit could be sent back now, and what bounds it: the least of what is `left` of the deposit, of
    what its rail holds, and of what is available and not owed."""

    most = MoneyField(required=True)
    left = MoneyField(required=True, metadata={"description": "What has not gone back of the deposit"})
    at_rail = MoneyField(required=True, metadata={"description": "What the rail that it came by can send back"})
    available = MoneyField(required=True, metadata={"description": "What is not set aside for work"})
    owed = MoneyField(required=True, metadata={"description": "What stays, since a bank has taken deposits back"})


class TakeBackArgs(ma.Schema):
    reason = ma.fields.String(
        required=True, validate=ma.validate.Length(3, 2000), metadata={"description": "The person reads it"}
    )


class PaymentSchema(ma.Schema):
    """A payment through a rail. On the sandbox rail no money moves."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(OpKind, by_value=True, required=True)
    status = ma.fields.Enum(OpStatus, by_value=True, required=True)
    money = MoneyField(required=True)
    rail = ma.fields.String(required=True)
    moves_real_money = ma.fields.Boolean(required=True)
    company_id = ma.fields.UUID(required=True, allow_none=True)
    contractor_id = ma.fields.UUID(required=True, allow_none=True)
    payslip_id = ma.fields.UUID(required=True, allow_none=True)
    created_at = ma.fields.AwareDateTime(required=True)
    tries = ma.fields.Integer(required=True)
    external_id = ma.fields.String(required=True, allow_none=True, metadata={"description": "The rail's own id"})
    of_id = ma.fields.UUID(required=True, allow_none=True, metadata={"description": "The payment that it undoes"})
    pay_url = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "The rail's own page where the payer pays"}
    )
    waits_until = ma.fields.AwareDateTime(required=True, allow_none=True)
    reason = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Why an operator has it taken back"}
    )
    refusal_code = ma.fields.String(required=True, allow_none=True)
    why = ma.fields.String(required=True, allow_none=True)
    who_can_fix = ma.fields.String(required=True, allow_none=True)
    arrived = MoneyField(required=True, allow_none=True, metadata={"description": "What came into the person's hands"})
    rail_fee = MoneyField(required=True, allow_none=True, metadata={"description": "What the rail kept of it"})
    executed_rate = ma.fields.Decimal(required=True, allow_none=True, as_string=True)
    landed_less_promised = MoneyField(required=True, allow_none=True)


PaymentPage = page_schema(PaymentSchema, "PaymentPage")


class LandingSchema(ma.Schema):
    """What arrived of a payout beside what was promised. `promised_there` is the promise at the reference rate, in the
    currency of what arrived; null where nobody sources a rate."""

    payment_id = ma.fields.UUID(required=True)
    promised = MoneyField(required=True)
    reference_rate = ma.fields.String(required=True, allow_none=True)
    reference_source = ma.fields.String(required=True, allow_none=True)
    reference_day = ma.fields.Date(required=True, allow_none=True)
    promised_there = MoneyField(required=True, allow_none=True)
    fee = MoneyField(required=True)
    executed_rate = ma.fields.Decimal(required=True, allow_none=True, as_string=True)
    arrived = MoneyField(required=True)
    landed_less_promised = MoneyField(required=True, allow_none=True)
    by_rate = MoneyField(required=True, allow_none=True, metadata={"description": "What the executed rate took"})


class LandedTogetherSchema(ma.Schema):
    """Payouts of the last 90 days of one rail and currency, in the currency of the promise."""

    rail = ma.fields.String(required=True)
    payouts = ma.fields.Integer(required=True)
    not_known = ma.fields.Integer(required=True, metadata={"description": "Done, and nobody knows what arrived"})
    promised = MoneyField(required=True)
    arrived = MoneyField(required=True)
    fee = MoneyField(required=True)
    by_rate = MoneyField(required=True)
    landed_less_promised = MoneyField(required=True)


class LandedSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(LandedTogetherSchema), required=True)


class CompanyBalanceSchema(ma.Schema):
    currency = ma.fields.String(required=True)
    available = MoneyField(required=True)
    held = MoneyField(required=True, metadata={"description": "Kept for gigs and bookings"})


class CompanyBalancesSchema(ma.Schema):
    balances = ma.fields.List(ma.fields.Nested(CompanyBalanceSchema), required=True)
    taken_back = ma.fields.List(
        MoneyField(),
        required=True,
        metadata={"description": "What banks have taken back of deposits and is not paid again: so much stays"},
    )


class RestoredSchema(ma.Schema):
    """Why a line pays time that was cut before. The dispute stands at `/api/v1/disputes/{dispute_id}`."""

    dispute_id = ma.fields.UUID(required=True, attribute="id")
    restored_minutes = ma.fields.Integer(required=True)
    restored_pieces = ma.fields.Integer(required=True)
    because = ma.fields.Enum(CutEnd, by_value=True, required=True, attribute="ended_because")
    reason = ma.fields.String(required=True, allow_none=True, metadata={"description": "The ruling's, in its words"})


class BackPaidSchema(ma.Schema):
    """Why a line pays work that was paid before: its hazard class was raised afterwards."""

    id = ma.fields.UUID(required=True)
    hazard_class = ma.fields.Enum(HazardClass, by_value=True, required=True)
    raised_at = ma.fields.AwareDateTime(required=True)


class FloorExchangeSchema(ma.Schema):
    """One unit of `base` is `rate` units of `quote`."""

    base = ma.fields.String(required=True)
    quote = ma.fields.String(required=True)
    rate = ma.fields.String(required=True)
    quoted_on = ma.fields.String(required=True, metadata={"format": "date"})
    source = ma.fields.String(required=True)


class LineFloorSchema(ma.Schema):
    """The published wage that a top-up reaches, and the rate by which it was compared with the promised one."""

    kind = ma.fields.String(required=True)
    amount = ma.fields.String(required=True)
    currency = ma.fields.String(required=True)
    period = ma.fields.String(required=True)
    source = ma.fields.String(required=True)
    as_of = ma.fields.String(required=True)
    exchange = ma.fields.Nested(
        FloorExchangeSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Null where the wage is published in the line's own currency"},
    )


class PayLineSchema(ma.Schema):
    """One reason to pay. `seconds` of sick leave are leave that accrues, of everything else time that is paid."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(LineKind, by_value=True, required=True)
    payee_kind = ma.fields.Enum(Payee, by_value=True, required=True)
    booking_id = ma.fields.UUID(required=True, allow_none=True)
    gig_id = ma.fields.UUID(required=True, allow_none=True)
    attempt_id = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "The test whose minutes it pays, if it is no work"}
    )
    cash_out_id = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "The benefit that it pays out, if it is no work"}
    )
    guarantee_id = ma.fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "The week whose guaranteed hours it pays, if it is no work"},
    )
    rail_fee_id = ma.fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "What a rail kept of an earlier payout that it makes good, if it is no work"},
    )
    bonus_id = ma.fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "The bonus that it pays, if it is no time; see /api/v1/bonuses/{bonus_id}"},
    )
    company_id = ma.fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "Who pays. Null: the service itself, or the person's own benefit"},
    )
    contractor_id = ma.fields.UUID(required=True)
    began_at = ma.fields.AwareDateTime(
        required=True, metadata={"description": "When the shift or the test began, or the bonus was owed"}
    )
    seconds = ma.fields.Integer(required=True)
    minutes = ma.fields.Decimal(required=True, as_string=True)
    pieces = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "How many it pays, each at the rate, if it pays pieces"},
    )
    rate = MoneyField(required=True, allow_none=True, metadata={"description": "An hour; of pieces, each"})
    percent = ma.fields.Decimal(required=True, allow_none=True, as_string=True)
    money = MoneyField(required=True)
    payer = ma.fields.String(required=True)
    payee = ma.fields.String(required=True)
    rule = ma.fields.String(required=True)
    rule_version = ma.fields.Integer(required=True)
    floor = ma.fields.Nested(
        LineFloorSchema, required=True, allow_none=True, metadata={"description": "Of a top-up to a floor"}
    )
    night_law = ma.fields.Nested(
        NightSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Of a night premium by the law of a place: the law, with all that their booking pays"},
    )
    premium_days = ma.fields.List(
        ma.fields.Nested(PremiumDaySchema),
        required=True,
        allow_none=True,
        metadata={"description": "Of a premium of days: which, in all that their booking pays"},
    )
    contract_id = ma.fields.UUID(required=True, allow_none=True)
    contract_version = ma.fields.Integer(required=True, allow_none=True)
    engagement_type = ma.fields.String(required=True, allow_none=True)
    restored = ma.fields.Nested(RestoredSchema, required=True, allow_none=True, attribute="cut")
    back_pay = ma.fields.Nested(BackPaidSchema, required=True, allow_none=True)


PayLinePage = page_schema(PayLineSchema, "PayLinePage")


class PayslipSchema(ma.Schema):
    """What one run paid one person in one currency. `cost` is what the companies paid for it altogether."""

    id = ma.fields.UUID(required=True)
    run_id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    currency = ma.fields.String(required=True)
    status = ma.fields.Enum(PayslipStatus, by_value=True, required=True)
    net = MoneyField(required=True)
    withheld = MoneyField(
        required=True,
        metadata={"description": "Of the net pay, tax that a law takes; below zero: given back"},
    )
    due = MoneyField(required=True, metadata={"description": "What is sent: the net pay without the tax"})
    benefits = MoneyField(required=True)
    leave = MoneyField(required=True, metadata={"description": "Of the net pay, from the person's own benefits"})
    cost = MoneyField(required=True)
    issued_at = ma.fields.AwareDateTime(required=True)
    pay_date = ma.fields.Date(required=True)


PayslipPage = page_schema(PayslipSchema, "PayslipPage")


class PayslipArgs(ma.Schema):
    currency = ma.fields.String(
        load_default=None, validate=_CURRENCY, metadata={"description": "Also show the amounts in this currency"}
    )


class PayslipLineSchema(ma.Schema):
    line = ma.fields.Nested(PayLineSchema, required=True)
    rate_there = MoneyField(required=True, allow_none=True)
    money_there = MoneyField(required=True, allow_none=True)


class PayslipExchangeSchema(ma.Schema):
    """The rate at which the other currency is shown: units of it for one of the payslip's."""

    currency = ma.fields.String(required=True)
    rate = ma.fields.String(required=True, metadata={"description": "Exact, as a fraction"})
    asked_for = ma.fields.Date(required=True)
    quoted_on = ma.fields.Date(required=True)
    source = ma.fields.String(required=True)
    note = ma.fields.String(required=True)


class AccountBalanceSchema(ma.Schema):
    account = ma.fields.String(required=True)
    money = MoneyField(required=True)
    seconds = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "Of leave, where it is leave"})


class YearToDateSchema(ma.Schema):
    """The sums of a calendar year of pay dates in one currency, up to a payslip and with it."""

    year = ma.fields.Integer(required=True)
    payslips = ma.fields.Integer(required=True)
    net = MoneyField(required=True)
    withheld = MoneyField(required=True)
    benefits = MoneyField(required=True)
    cost = MoneyField(required=True)
    paid_seconds = ma.fields.Integer(
        required=True, metadata={"description": "Time that was paid by its hour; premiums do not count it again"}
    )
    leave_earned = ma.fields.Integer(required=True, metadata={"description": "Seconds of sick leave"})
    leave_taken = ma.fields.Integer(required=True, metadata={"description": "Seconds of sick leave"})


class PayslipViewSchema(ma.Schema):
    """A payslip with the reason for every amount. What is owed is in its own currency; `_there` is for reading."""

    payslip = ma.fields.Nested(PayslipSchema, required=True)
    lines = ma.fields.List(ma.fields.Nested(PayslipLineSchema), required=True)
    net_there = MoneyField(required=True, allow_none=True)
    benefits_there = MoneyField(required=True, allow_none=True)
    exchange = ma.fields.Nested(PayslipExchangeSchema, required=True, allow_none=True)
    no_rate = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Why the other currency is not shown"}
    )
    balances = ma.fields.List(ma.fields.Nested(AccountBalanceSchema), required=True)
    payouts = ma.fields.List(ma.fields.Nested(PaymentSchema), required=True)
    taxes = ma.fields.List(ma.fields.Nested(WithholdingSchema), required=True)
    landed = ma.fields.List(ma.fields.Nested(LandingSchema), required=True)
    year_to_date = ma.fields.Nested(YearToDateSchema, required=True)
    rail = ma.fields.String(required=True)
    moves_real_money = ma.fields.Boolean(required=True)
    notice = ma.fields.String(required=True, allow_none=True)


class LeverArgs(ma.Schema):
    effect = ma.fields.Enum(LeverEffect, by_value=True, required=True)
    kind = ma.fields.Enum(OpKind, by_value=True, required=True)
    owner_id = ma.fields.UUID(load_default=None, metadata={"description": "One company or contractor; else everybody"})
    times = ma.fields.Integer(strict=True, load_default=1, validate=ma.validate.Range(1, 1000))


class SandboxLeverSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    effect = ma.fields.Enum(LeverEffect, by_value=True, required=True)
    kind = ma.fields.Enum(OpKind, by_value=True, required=True)
    owner_id = ma.fields.UUID(required=True, allow_none=True)
    times_left = ma.fields.Integer(required=True)


class AccountStatementArgs(ma.Schema):
    limit = ma.fields.Integer(load_default=50, validate=ma.validate.Range(1, 200))


class PostingSchema(ma.Schema):
    entry_id = ma.fields.UUID(required=True)
    cause = ma.fields.String(required=True)
    at = ma.fields.AwareDateTime(required=True)
    source = ma.fields.String(required=True)
    destination = ma.fields.String(required=True)
    money = MoneyField(required=True)


class AccountStatementSchema(ma.Schema):
    """An account of the books: what stands in it, and its newest postings, the oldest of them first."""

    name = ma.fields.String(required=True)
    balances = ma.fields.List(MoneyField(), required=True)
    lines = ma.fields.List(ma.fields.Nested(PostingSchema), required=True)


class ProofCheckSchema(ma.Schema):
    name = ma.fields.String(required=True)
    sentence = ma.fields.String(required=True)
    examined = ma.fields.Integer(required=True)
    holds = ma.fields.Boolean(required=True)
    wrong = ma.fields.List(ma.fields.String(), required=True)


class ProofSchema(ma.Schema):
    checks = ma.fields.List(ma.fields.Nested(ProofCheckSchema), required=True)


class CompanyBenefitSchema(ma.Schema):
    """What the company has paid into one benefit of its people."""

    kind = ma.fields.Enum(LineKind, by_value=True, required=True)
    money = MoneyField(required=True)
    seconds = ma.fields.Integer(required=True, metadata={"description": "Seconds of leave, where it is leave"})
    people = ma.fields.Integer(required=True)


class CompanyBenefitsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(CompanyBenefitSchema), required=True)
