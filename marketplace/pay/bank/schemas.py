"""Bank statements, their lines, and how to pay by bank, on the wire."""

import marshmallow as ma

from marketplace.core.http import MoneyField, page_schema
from marketplace.pay.bank.rules import MOST_CHARACTERS, FileFormat, KnownBy, LineKind, LineStatus

KNOWN_BY = {"description": "By what the transfer is known again in another file"}
KEPT = {"description": "What the bank kept of a payout that came back, in the payout's currency"}
ANOTHER = {"description": "Why it is another transfer than a deposit of long ago under the same reference"}
REMARKS = {"description": "What stands in the way of nothing, such as a balance that cannot be read and is not kept"}
RATE = {"description": "Where it came in another currency: so many units of that for one of the payout's"}


class BankFileArgs(ma.Schema):
    """A statement as text: camt.053, MT940, or a table with the columns date, amount, currency and reference."""

    content = ma.fields.String(required=True, validate=ma.validate.Length(1, MOST_CHARACTERS))


class BankLookLineSchema(ma.Schema):
    at = ma.fields.Integer(required=True, metadata={"description": "Which line or entry of the file"})
    booked_on = ma.fields.Date(required=True)
    money = MoneyField(required=True)
    words = ma.fields.String(required=True)
    payer = ma.fields.String(required=True)
    kind = ma.fields.Enum(LineKind, by_value=True, required=True)
    known_by = ma.fields.Enum(KnownBy, by_value=True, required=True, metadata=KNOWN_BY)
    company_id = ma.fields.UUID(required=True, allow_none=True, metadata={"description": "Whom its reference names"})
    is_known = ma.fields.Boolean(required=True, metadata={"description": "Whether another statement had it"})


class BankFaultSchema(ma.Schema):
    at = ma.fields.Integer(required=True)
    what = ma.fields.String(required=True)


class BankLookSchema(ma.Schema):
    """What taking the file would do. With a fault nothing of it is taken."""

    format = ma.fields.Enum(FileFormat, by_value=True, required=True)
    outgoing = ma.fields.Integer(required=True)
    lines = ma.fields.List(ma.fields.Nested(BankLookLineSchema), required=True)
    faults = ma.fields.List(ma.fields.Nested(BankFaultSchema), required=True)
    remarks = ma.fields.List(ma.fields.String(), required=True, metadata=REMARKS)


class BankBalanceSchema(ma.Schema):
    account = ma.fields.String(required=True)
    opened_on = ma.fields.Date(required=True)
    opening = MoneyField(required=True)
    closed_on = ma.fields.Date(required=True)
    closing = MoneyField(required=True)


class BankStandingSchema(ma.Schema):
    """What the bank holds by the last statement of each account, and the books, at the end of the day of the last of
    them. `waiting` came by then and is not booked yet, `ordered` may have left by a file that nobody has marked; `rest`
    is what neither tells of."""

    day = ma.fields.Date(required=True)
    bank = MoneyField(required=True)
    books = MoneyField(required=True)
    difference = MoneyField(required=True)
    waiting = MoneyField(required=True)
    ordered = MoneyField(required=True)
    rest = MoneyField(required=True)
    balances = ma.fields.List(ma.fields.Nested(BankBalanceSchema), required=True)


class MissingStatementSchema(ma.Schema):
    """One statement ends otherwise than the next one that is known begins."""

    before = ma.fields.Nested(BankBalanceSchema, required=True)
    after = ma.fields.Nested(BankBalanceSchema, required=True)


class BankStandingsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(BankStandingSchema), required=True)
    missing = ma.fields.List(ma.fields.Nested(MissingStatementSchema), required=True)


class BankStatementSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    format = ma.fields.Enum(FileFormat, by_value=True, required=True)
    incoming = ma.fields.Integer(required=True)
    outgoing = ma.fields.Integer(required=True)
    fresh = ma.fields.Integer(required=True, metadata={"description": "Lines that no statement had before"})
    taken_at = ma.fields.AwareDateTime(required=True)


REST = {"description": "The line of a payout that came back with this, which is more than the payout"}


class BankLineSchema(ma.Schema):
    """Money that came by bank, or that the bank has undone. `matched` and `ending` wait for a second person; `stray`
    for somebody who says whose it is."""

    id = ma.fields.UUID(required=True)
    statement_id = ma.fields.UUID(required=True)
    booked_on = ma.fields.Date(required=True)
    money = MoneyField(required=True)
    words = ma.fields.String(required=True)
    payer = ma.fields.String(required=True)
    kind = ma.fields.Enum(LineKind, by_value=True, required=True)
    known_by = ma.fields.Enum(KnownBy, by_value=True, required=True, metadata=KNOWN_BY)
    company_id = ma.fields.UUID(required=True, allow_none=True)
    payment_op_id = ma.fields.UUID(required=True, allow_none=True)
    kept = MoneyField(required=True, allow_none=True, metadata=KEPT)
    rate = ma.fields.Decimal(required=True, allow_none=True, as_string=True, metadata=RATE)
    rate_source = ma.fields.String(required=True, allow_none=True)
    reason = ma.fields.String(required=True, allow_none=True)
    another = ma.fields.String(required=True, allow_none=True, metadata=ANOTHER)
    rest_of_id = ma.fields.UUID(required=True, allow_none=True, metadata=REST)
    status = ma.fields.Enum(LineStatus, by_value=True, required=True)


BankLinePage = page_schema(BankLineSchema, "BankLinePage")


class AssignArgs(ma.Schema):
    company_id = ma.fields.UUID(required=True)
    another = ma.fields.String(load_default="", validate=ma.validate.Length(0, 2000), metadata=ANOTHER)


class SendBackArgs(ma.Schema):
    reason = ma.fields.String(required=True, validate=ma.validate.Length(3, 2000))


class KeepArgs(ma.Schema):
    reason = ma.fields.String(required=True, validate=ma.validate.Length(3, 2000))
    another = ma.fields.String(load_default="", validate=ma.validate.Length(0, 2000), metadata=ANOTHER)


class ReopenArgs(ma.Schema):
    reason = ma.fields.String(required=True, validate=ma.validate.Length(3, 2000))


class BankSellerSchema(ma.Schema):
    name = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    bank = ma.fields.String(required=True)


class LookedAtSchema(ma.Schema):
    """Money that has come and is not available until a second operator has looked at it (TWO_PEOPLE)."""

    money = MoneyField(required=True)
    came_on = ma.fields.Date(required=True, allow_none=True)
    deposit_id = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "The deposit that was asked for"}
    )


class HowToPaySchema(ma.Schema):
    """What the company writes on a transfer (ISO 11649), and where it goes."""

    reference = ma.fields.String(required=True)
    seller = ma.fields.Nested(BankSellerSchema, required=True)
    is_open = ma.fields.Boolean(required=True, metadata={"description": "Whether the service takes money by bank"})
    looked_at = ma.fields.List(ma.fields.Nested(LookedAtSchema), required=True)


class CameBackSchema(ma.Schema):
    """What came of a payout back to the bank. The payout is payable again whole: `kept` is borne by the companies whose
    work it paid, and what a rate took by the service (rule PAYOUT)."""

    came = MoneyField(required=True, attribute="money")
    booked_on = ma.fields.Date(required=True)
    kept = MoneyField(required=True, metadata=KEPT)
    rate = ma.fields.Decimal(required=True, allow_none=True, as_string=True, metadata=RATE)
    rate_source = ma.fields.String(required=True, allow_none=True)


class ReturnSchema(ma.Schema):
    came_back = ma.fields.Nested(CameBackSchema, required=True, allow_none=True)
