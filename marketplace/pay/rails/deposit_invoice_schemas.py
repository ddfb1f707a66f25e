"""Deposits by invoice on the wire."""

import marshmallow as ma

from marketplace.core.http import MoneyField
from marketplace.pay.rails.deposit_invoice_rules import FEWEST_DAYS, LONGEST_REFERENCE, MOST_DAYS, InvoiceState
from marketplace.pay.rules import OpStatus


class DepositInvoiceArgs(ma.Schema):
    money = MoneyField(required=True)
    days_until_due = ma.fields.Integer(
        required=True,
        strict=True,
        validate=ma.validate.Range(FEWEST_DAYS, MOST_DAYS),
        metadata={"description": "So many days the company takes to pay, from when it is sent"},
    )
    reference = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Length(0, LONGEST_REFERENCE),
        metadata={"description": "The company's own, such as the number of its purchase order; the invoice shows it"},
    )


class DepositInvoiceSchema(ma.Schema):
    """A deposit that is asked for by invoice. It is no supply and bears no VAT: the service's own invoices, for its
    fee, stand at `/companies/{company_id}/invoices`."""

    deposit_id = ma.fields.UUID(required=True, attribute="deposit.id")
    state = ma.fields.Enum(InvoiceState, by_value=True, required=True)
    deposit_status = ma.fields.Enum(OpStatus, by_value=True, required=True, attribute="deposit.status")
    money = MoneyField(required=True, attribute="deposit.money")
    paid = MoneyField(required=True, attribute="terms.paid", metadata={"description": "What of it has come so far"})
    rail = ma.fields.String(required=True, attribute="deposit.rail")
    moves_real_money = ma.fields.Boolean(required=True, attribute="deposit.moves_real_money")
    days_until_due = ma.fields.Integer(required=True, attribute="terms.days_until_due")
    due_at = ma.fields.AwareDateTime(required=True, allow_none=True, attribute="terms.due_at")
    reference = ma.fields.String(required=True, allow_none=True, attribute="terms.reference")
    number = ma.fields.String(
        required=True, allow_none=True, attribute="terms.number", metadata={"description": "The rail's own"}
    )
    url = ma.fields.String(
        required=True,
        allow_none=True,
        attribute="deposit.pay_url",
        metadata={"description": "The rail's own page, where the invoice is read and paid"},
    )
    called_off_at = ma.fields.AwareDateTime(required=True, allow_none=True, attribute="terms.called_off_at")
    may_be_called_off = ma.fields.Boolean(required=True)
