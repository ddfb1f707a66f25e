"""Where people are paid, on the wire."""

import marshmallow as ma

from marketplace.pay.methods.fields import LONGEST, MethodKind
from marketplace.pay.methods.rules import MethodStatus, NameCheck

COUNTRY = ma.validate.Length(2, 2)


class PayoutMethodArgs(ma.Schema):
    """`details` has the fields that `GET /payout-methods/offered` names: those of a bank account in the country, or the
    one of the provider."""

    kind = ma.fields.Enum(MethodKind, by_value=True, required=True)
    country = ma.fields.String(required=True, validate=COUNTRY)
    currency = ma.fields.String(required=True, validate=ma.validate.Length(3, 3))
    provider = ma.fields.String(load_default=None, allow_none=True, validate=ma.validate.Length(1, LONGEST))
    holder = ma.fields.String(required=True, validate=ma.validate.Length(1, 140))
    details = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.String(validate=ma.validate.Length(0, 80)), required=True
    )


class PayoutMethodSchema(ma.Schema):
    """One place where somebody is paid. `details` are for its person; `ending` is what others need to know it by."""

    id = ma.fields.UUID(required=True, attribute="row.id")
    rail = ma.fields.String(required=True, attribute="row.rail")
    kind = ma.fields.Enum(MethodKind, by_value=True, required=True, attribute="row.kind")
    country = ma.fields.String(required=True, attribute="row.country")
    currency = ma.fields.String(required=True, attribute="row.currency")
    provider = ma.fields.String(required=True, allow_none=True, attribute="row.provider")
    status = ma.fields.Enum(MethodStatus, by_value=True, required=True, attribute="row.status")
    name_check = ma.fields.Enum(NameCheck, by_value=True, required=True, attribute="row.name_check")
    name_reason = ma.fields.String(required=True, allow_none=True, attribute="row.name_reason")
    given_at = ma.fields.AwareDateTime(required=True, attribute="row.given_at")
    takes_effect_at = ma.fields.AwareDateTime(required=True, attribute="row.takes_effect_at")
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True, attribute="row.ended_at")
    holder = ma.fields.String(required=True)
    details = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True)
    ending = ma.fields.String(required=True)


class PayoutMethodsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(PayoutMethodSchema), required=True)


class AccountNameSchema(ma.Schema):
    """An account with another name than its person's."""

    id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(MethodKind, by_value=True, required=True)
    country = ma.fields.String(required=True)
    party = ma.fields.String(required=True, metadata={"description": "The name of the contract's party"})
    holder = ma.fields.String(required=True)
    ending = ma.fields.String(required=True)
    given_at = ma.fields.AwareDateTime(required=True)


class AccountNamesSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(AccountNameSchema), required=True)


class AccountNameArgs(ma.Schema):
    decision = ma.fields.String(required=True, validate=ma.validate.OneOf(["clear", "refuse"]))
    reason = ma.fields.String(required=True, validate=ma.validate.Length(3, 2000))


class OfferedArgs(ma.Schema):
    country = ma.fields.String(required=True, validate=COUNTRY)


class PayoutProviderSchema(ma.Schema):
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    kind = ma.fields.Enum(MethodKind, by_value=True, required=True)
    currency = ma.fields.String(required=True, allow_none=True)
    part = ma.fields.String(required=True, metadata={"description": "Its one field"})


class PayoutOfferedSchema(ma.Schema):
    """How people of a country can be paid: the fields of a bank account, and who else carries money there."""

    bank = ma.fields.List(ma.fields.String(), required=True)
    providers = ma.fields.List(ma.fields.Nested(PayoutProviderSchema), required=True)
