"""Payments by hand, what was found out of payments, and pauses, on the wire."""

import marshmallow as ma

from marketplace.core.http import MoneyField, page_schema
from marketplace.pay.by_hand.rules import FileFormat, FileStatus, FindingOutcome, FindingStatus, ManualStatus
from marketplace.pay.methods.fields import LONGEST, MethodKind
from marketplace.pay.rules import OpKind


class ManualHeapSchema(ma.Schema):
    """Payouts that wait and go into one file. `no_rate` says that some need a rate that nobody sources;
    `held` are further ones whose person may stand on a list of sanctions, and `own` those of whoever asks, which go
    into a file that another operator makes."""

    kind = ma.fields.Enum(MethodKind, by_value=True, required=True)
    provider = ma.fields.String(required=True, allow_none=True)
    currency = ma.fields.String(required=True)
    money = MoneyField(required=True)
    payments = ma.fields.Integer(required=True)
    no_rate = ma.fields.Boolean(required=True)
    held = ma.fields.Integer(required=True)
    own = ma.fields.Integer(required=True)


class ManualHeapsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ManualHeapSchema), required=True)


class ManualFileArgs(ma.Schema):
    kind = ma.fields.Enum(MethodKind, by_value=True, required=True)
    currency = ma.fields.String(required=True, validate=ma.validate.Length(3, 3))
    provider = ma.fields.String(load_default=None, allow_none=True, validate=ma.validate.Length(1, LONGEST))


class ManualFileSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(MethodKind, by_value=True, required=True)
    provider = ma.fields.String(required=True, allow_none=True)
    format = ma.fields.Enum(FileFormat, by_value=True, required=True)
    total = MoneyField(required=True)
    lines = ma.fields.Integer(required=True)
    sha256 = ma.fields.String(required=True)
    status = ma.fields.Enum(FileStatus, by_value=True, required=True)
    made_by = ma.fields.UUID(required=True)
    made_at = ma.fields.AwareDateTime(required=True)
    released_by = ma.fields.UUID(required=True, allow_none=True)
    released_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    settled_at = ma.fields.AwareDateTime(required=True, allow_none=True)


FilePage = page_schema(ManualFileSchema, "ManualFilePage")


class ManualPaymentSchema(ma.Schema):
    payment_id = ma.fields.UUID(required=True, attribute="payment_op_id")
    kind = ma.fields.Enum(OpKind, by_value=True, required=True)
    money = MoneyField(required=True)
    sent = MoneyField(required=True, allow_none=True, metadata={"description": "What the file says"})
    rate = ma.fields.Decimal(required=True, allow_none=True, as_string=True)
    quoted_on = ma.fields.Date(required=True, allow_none=True)
    rate_source = ma.fields.String(required=True, allow_none=True)
    status = ma.fields.Enum(ManualStatus, by_value=True, required=True)


SEEN = {"description": "Whether somebody has downloaded it or marked a line of it: else it can be put back"}
HELD = {"description": "Payments to whoever may stand on a list of sanctions (SCREENING): nobody marks them as paid"}


class ManualFileLinesSchema(ma.Schema):
    file = ma.fields.Nested(ManualFileSchema, required=True)
    lines = ma.fields.List(ma.fields.Nested(ManualPaymentSchema), required=True)
    is_seen = ma.fields.Boolean(required=True, metadata=SEEN)
    held = ma.fields.List(ma.fields.UUID(), required=True, metadata=HELD)


ANOTHER = {"description": "Why it is another transfer than a line that was booked and looks like it"}


class FindingArgs(ma.Schema):
    """What became of payments: of what happened the reference and the day, and what arrived if that is known; of what
    did not, why."""

    payment_ids = ma.fields.List(ma.fields.UUID(), required=True, validate=ma.validate.Length(1, 1000))
    outcome = ma.fields.Enum(FindingOutcome, by_value=True, required=True)
    reference = ma.fields.String(load_default="", validate=ma.validate.Length(0, 140))
    happened_on = ma.fields.Date(load_default=None, allow_none=True)
    arrived = MoneyField(load_default=None, allow_none=True)
    reason = ma.fields.String(load_default="", validate=ma.validate.Length(0, 2000))
    another = ma.fields.String(load_default="", validate=ma.validate.Length(0, 2000), metadata=ANOTHER)


class ConfirmArgs(ma.Schema):
    another = ma.fields.String(load_default="", validate=ma.validate.Length(0, 2000), metadata=ANOTHER)


class PaymentFindingSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    payment_id = ma.fields.UUID(required=True, attribute="payment_op_id")
    outcome = ma.fields.Enum(FindingOutcome, by_value=True, required=True)
    reference = ma.fields.String(required=True)
    happened_on = ma.fields.Date(required=True, allow_none=True)
    arrived = MoneyField(required=True, allow_none=True)
    reason = ma.fields.String(required=True)
    another = ma.fields.String(required=True, allow_none=True)
    status = ma.fields.Enum(FindingStatus, by_value=True, required=True)
    found_by = ma.fields.UUID(required=True)
    found_at = ma.fields.AwareDateTime(required=True)
    answered_by = ma.fields.UUID(required=True, allow_none=True)
    answered_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class PaymentFindingsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(PaymentFindingSchema), required=True)


FindingPage = page_schema(PaymentFindingSchema, "PaymentFindingPage")


class PauseArgs(ma.Schema):
    rail = ma.fields.String(required=True, validate=ma.validate.Length(1, LONGEST))
    currency = ma.fields.String(required=True, validate=ma.validate.Length(3, 3))
    why = ma.fields.String(required=True, validate=ma.validate.Length(3, 500))


class PauseSchema(ma.Schema):
    """Payouts of a currency that wait at a rail: until `try_at`, or until a person says so."""

    id = ma.fields.UUID(required=True)
    rail = ma.fields.String(required=True)
    currency = ma.fields.String(required=True)
    why = ma.fields.String(required=True)
    began_at = ma.fields.AwareDateTime(required=True)
    try_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    tries = ma.fields.Integer(required=True)
    paused_by = ma.fields.UUID(required=True, allow_none=True)
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class PausesSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(PauseSchema), required=True)
