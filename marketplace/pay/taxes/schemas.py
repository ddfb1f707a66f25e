"""Taxes on the wire: laws, declarations, what was withheld, remittances, yearly statements."""

import marshmallow as ma

from marketplace.core.http import MoneyField, Pattern, page_schema
from marketplace.pay.taxes.rules import RemittanceStatus, Why
from marketplace.pay.taxes.schemes import Certificate, Period, Reach, Sure
from marketplace.workforce.paper_schemas import TaxGivenSchema

_COUNTRY = Pattern("^[A-Z]{2}$", error="Give an ISO 3166-1 code such as KE.")
_CURRENCY = Pattern("^[A-Z]{3}$", error="Give an ISO 4217 code such as IDR.")


class TaxBandSchema(ma.Schema):
    up_to = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "Whole units; null: all above"})
    percent = ma.fields.Decimal(required=True, as_string=True)


class TaxSourceSchema(ma.Schema):
    title = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    checked_on = ma.fields.Date(required=True)
    sure = ma.fields.Enum(Sure, by_value=True, required=True)


class TaxSchemeSchema(ma.Schema):
    """A law that has a company withhold tax from independent contractors of the same country. Of a country that no law
    here names, and of everybody who is no independent contractor, nothing is withheld: it is not supported."""

    id = ma.fields.String(required=True)
    country = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    since = ma.fields.Date(required=True)
    until = ma.fields.Date(required=True, allow_none=True)
    currency = ma.fields.String(required=True)
    base_percent = ma.fields.Integer(required=True, metadata={"description": "Of the gross pay that is taxed"})
    bands = ma.fields.List(ma.fields.Nested(TaxBandSchema), required=True)
    period = ma.fields.Enum(Period, by_value=True, required=True)
    threshold = ma.fields.Integer(required=True, allow_none=True)
    reach = ma.fields.Enum(Reach, by_value=True, required=True)
    only_without_number = ma.fields.Boolean(required=True)
    without_number_percent = ma.fields.Decimal(required=True, allow_none=True, as_string=True)
    without_number_times = ma.fields.Decimal(required=True, as_string=True)
    small_earner_percent = ma.fields.Decimal(required=True, allow_none=True, as_string=True)
    source = ma.fields.Nested(TaxSourceSchema, required=True)


class TaxSchemesSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(TaxSchemeSchema), required=True)


class TaxDeclarationGivenSchema(TaxGivenSchema):
    """Where you pay taxes from a day on. `certificate` is what you declare beside your number, and mean."""

    certificate = ma.fields.Enum(Certificate, by_value=True, load_default=Certificate.NONE)
    valid_from = ma.fields.Date(load_default=None, allow_none=True, metadata={"description": "Today when left out"})

    @ma.post_load
    def make(self, data: dict[str, object], **_more: object) -> object:
        certificate, valid_from = data.pop("certificate"), data.pop("valid_from")
        return {"tax": super().make(data), "certificate": certificate, "valid_from": valid_from}


class TaxDeclarationSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    country = ma.fields.String(required=True)
    number_kind = ma.fields.String(required=True)
    last_digits = ma.fields.String(required=True, allow_none=True)
    number_fits = ma.fields.Boolean(
        required=True, allow_none=True, metadata={"description": "Whether its check digits agree, where that is known"}
    )
    certificate = ma.fields.Enum(Certificate, by_value=True, required=True)
    valid_from = ma.fields.Date(required=True)
    declared_at = ma.fields.AwareDateTime(required=True)


class TaxStandingSchema(ma.Schema):
    country = ma.fields.String(required=True)
    has_number = ma.fields.Boolean(required=True)
    certificate = ma.fields.Enum(Certificate, by_value=True, required=True)


class TaxProfileSchema(ma.Schema):
    """How you stand today. Without a `law` nothing is withheld: you declare yourself what you earn."""

    standing = ma.fields.Nested(TaxStandingSchema, required=True)
    law = ma.fields.Nested(TaxSchemeSchema, required=True, allow_none=True)
    declared = ma.fields.List(ma.fields.Nested(TaxDeclarationSchema), required=True)


class WithholdingSchema(ma.Schema):
    """What a law did to a payslip, for the pay of one company. A correction names the line that it corrects."""

    id = ma.fields.UUID(required=True)
    payslip_id = ma.fields.UUID(required=True, allow_none=True)
    contractor_id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    country = ma.fields.String(required=True)
    scheme = ma.fields.String(required=True)
    why = ma.fields.Enum(Why, by_value=True, required=True)
    paid_on = ma.fields.Date(required=True)
    base = MoneyField(required=True)
    money = MoneyField(required=True)
    percent = ma.fields.Decimal(required=True, allow_none=True, as_string=True)
    law_money = MoneyField(required=True, allow_none=True, metadata={"description": "In the law's currency"})
    rate_source = ma.fields.String(required=True, allow_none=True)
    of_id = ma.fields.UUID(required=True, allow_none=True)
    reason = ma.fields.String(required=True, allow_none=True)
    remittance_id = ma.fields.UUID(required=True, allow_none=True)


WithholdingPage = page_schema(WithholdingSchema, "WithholdingPage")


class TaxGiveBackArgs(ma.Schema):
    money = MoneyField(required=True)
    reason = ma.fields.String(
        required=True, validate=ma.validate.Length(3, 2000), metadata={"description": "The person reads it"}
    )


class TaxHeldSchema(ma.Schema):
    company_id = ma.fields.UUID(required=True)
    country = ma.fields.String(required=True)
    money = MoneyField(required=True)
    oldest = ma.fields.Date(required=True)


class TaxHeldListSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(TaxHeldSchema), required=True)


class TaxRemittanceArgs(ma.Schema):
    company_id = ma.fields.UUID(required=True)
    country = ma.fields.String(required=True, validate=_COUNTRY)
    currency = ma.fields.String(required=True, validate=_CURRENCY)
    through = ma.fields.Date(required=True, metadata={"description": "What was withheld by this day is taken"})


class TaxConfirmArgs(ma.Schema):
    reference = ma.fields.String(
        required=True, validate=ma.validate.Length(1, 200), metadata={"description": "The authority's number of it"}
    )


class TaxRemittanceSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    country = ma.fields.String(required=True)
    through = ma.fields.Date(required=True)
    money = MoneyField(required=True)
    reference = ma.fields.String(required=True, allow_none=True)
    status = ma.fields.Enum(RemittanceStatus, by_value=True, required=True)
    proposed_at = ma.fields.AwareDateTime(required=True)
    decided_at = ma.fields.AwareDateTime(required=True, allow_none=True)


TaxRemittancePage = page_schema(TaxRemittanceSchema, "TaxRemittancePage")
