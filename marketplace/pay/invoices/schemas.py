"""Invoices, billing and monthly statements of companies on the wire."""

import marshmallow as ma

from marketplace.core.http import MoneyField, page_schema
from marketplace.pay.taxes.vat_rules import InvoiceKind, Treatment
from marketplace.standards.line_kinds import LineKind


class BillingArgs(ma.Schema):
    vat_number = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Length(0, 20),
        metadata={"description": "With its two letters, as VIES writes it"},
    )
    address = ma.fields.String(required=True, validate=ma.validate.Length(1, 500))


class BillingSchema(ma.Schema):
    """How the company wants to be billed. The form of the number was looked at; whether it is in use, nobody asked."""

    vat_number = ma.fields.String(required=True, allow_none=True)
    address = ma.fields.String(required=True)
    told_at = ma.fields.AwareDateTime(required=True)


class PartySchema(ma.Schema):
    name = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    country = ma.fields.String(required=True)
    vat_number = ma.fields.String(required=True, allow_none=True)


class InvoiceLineSchema(ma.Schema):
    """`supplied_on` is the day of supply; the fee of a run is for weeks that began by `through`."""

    kind = ma.fields.String(required=True)
    cause = ma.fields.String(required=True)
    supplied_on = ma.fields.Date(required=True)
    through = ma.fields.Date(required=True, allow_none=True)
    money = MoneyField(required=True)


class InvoiceSchema(ma.Schema):
    """An invoice of the service, or a credit note of one. `number` has no gap within its series. With the treatment
    `not_supported` no VAT is charged because nobody has looked whether there is any."""

    id = ma.fields.UUID(required=True)
    number = ma.fields.String(required=True, attribute="name")
    kind = ma.fields.Enum(InvoiceKind, by_value=True, required=True)
    of_id = ma.fields.UUID(required=True, allow_none=True)
    issued_at = ma.fields.AwareDateTime(required=True)
    seller = ma.fields.Nested(PartySchema, required=True)
    buyer = ma.fields.Nested(PartySchema, required=True)
    lines = ma.fields.List(ma.fields.Nested(InvoiceLineSchema), required=True)
    net = MoneyField(required=True)
    treatment = ma.fields.Enum(Treatment, by_value=True, required=True)
    vat_percent = ma.fields.Decimal(required=True, as_string=True)
    vat = MoneyField(required=True)
    gross = MoneyField(required=True)
    vat_taken_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    reason = ma.fields.String(required=True, allow_none=True)


InvoicePage = page_schema(InvoiceSchema, "InvoicePage")


class CreditArgs(ma.Schema):
    money = MoneyField(required=True, metadata={"description": "Of the net sum; its VAT goes with it"})
    reason = ma.fields.String(
        required=True, validate=ma.validate.Length(3, 2000), metadata={"description": "The company reads it"}
    )


class MonthKindSchema(ma.Schema):
    kind = ma.fields.Enum(LineKind, by_value=True, required=True)
    money = MoneyField(required=True)
    seconds = ma.fields.Integer(required=True)


class CompanyMonthSchema(ma.Schema):
    """One currency of a month. What leaves is below zero; the opening and all flows are the closing."""

    currency = ma.fields.String(required=True)
    opening = MoneyField(required=True)
    flows = ma.fields.Dict(keys=ma.fields.String(), values=MoneyField(), required=True)
    closing = MoneyField(required=True)
    set_aside = MoneyField(required=True)
    freed = MoneyField(required=True)
    kinds = ma.fields.List(ma.fields.Nested(MonthKindSchema), required=True)


class CompanyMonthsSchema(ma.Schema):
    currencies = ma.fields.List(ma.fields.Nested(CompanyMonthSchema), required=True)
