"""Benefits that are paid out or move, on the wire."""

import marshmallow as ma

from marketplace.contracts.moving_rules import TransferStatus
from marketplace.core.http import MoneyField, page_schema

_SHORT = ma.validate.Length(1, 200)
_TEXT = ma.validate.Length(1, 2000)


def _said(says: str) -> ma.fields.String:
    return ma.fields.String(required=True, validate=_SHORT, metadata={"description": says})


class CashOutRequestSchema(ma.Schema):
    plan = _said("The code of the plan")
    money = MoneyField(
        load_default=None, allow_none=True, metadata={"description": "So much of it; everything when left out"}
    )


class CashOutSchema(ma.Schema):
    """Money of a benefit that is paid to its owner by the next pay run."""

    id = ma.fields.UUID(required=True)
    plan_id = ma.fields.UUID(required=True)
    money = MoneyField(required=True)
    asked_at = ma.fields.AwareDateTime(required=True)
    paid_at = ma.fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When a payslip had it; null until then"}
    )


class CashOutsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(CashOutSchema), required=True)


CashOutPage = page_schema(CashOutSchema, "CashOutPage")


class TransferRequestSchema(ma.Schema):
    """Money of a benefit that is to go to another provider."""

    plan = _said("The code of the plan")
    money = MoneyField(required=True)
    provider = _said("Who is to receive it")
    account = _said("Your account or number there")


class TransferSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    plan_id = ma.fields.UUID(required=True)
    money = MoneyField(required=True)
    provider = ma.fields.String(required=True)
    account = ma.fields.String(required=True)
    statement_sha256 = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Of the statement that goes along; null of what came"}
    )
    status = ma.fields.Enum(TransferStatus, by_value=True, required=True)
    asked_at = ma.fields.AwareDateTime(required=True)
    decided_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    evidence = ma.fields.String(required=True, allow_none=True)
    reason = ma.fields.String(required=True, allow_none=True)


TransferPage = page_schema(TransferSchema, "TransferPage")


class SentSchema(ma.Schema):
    evidence = _said("Where the proof of the payment is kept: a reference")


class ReturnedSchema(ma.Schema):
    reason = ma.fields.String(
        required=True, validate=_TEXT, metadata={"description": "Why it could not be sent; the person reads it"}
    )


class ReceivedSchema(TransferRequestSchema):
    """Money of a benefit that another provider has sent for somebody."""

    contractor_id = ma.fields.UUID(required=True)
    provider = _said("Who sent it")
    account = _said("The person's account or number there")
    evidence = _said("Where the proof of the payment is kept: a reference")
    reason = ma.fields.String(
        required=True, validate=_TEXT, metadata={"description": "Why it is taken in; the person reads it"}
    )
