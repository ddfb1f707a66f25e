"""Bonuses on the wire."""

import marshmallow as ma

from marketplace.core.http import MoneyField, PageArgs, page_schema
from marketplace.pay.bonuses.rules import BonusStatus

_WORDS = ma.validate.Length(1, 2000)


class NewBonusSchema(ma.Schema):
    """A bonus for somebody who has worked on the gig, in the gig's currency."""

    contractor_id = ma.fields.UUID(required=True)
    money = MoneyField(required=True)
    reason = ma.fields.String(required=True, validate=_WORDS, metadata={"description": "The person reads it"})


class BonusWithdrawalSchema(ma.Schema):
    reason = ma.fields.String(required=True, validate=_WORDS)


class BonusesArgs(PageArgs):
    """A page of a company's bonuses."""

    status = ma.fields.Enum(BonusStatus, by_value=True, load_default=None)
    gig_id = ma.fields.UUID(load_default=None)


class BonusSchema(ma.Schema):
    """What a company gives somebody beside the pay of their work. One that waits is too much for one member: another
    agrees, or it is taken back. One that is granted is owed, and paid by the next run."""

    id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    contract_version_id = ma.fields.UUID(required=True, metadata={"description": "Under which it is paid"})
    money = MoneyField(required=True)
    held = MoneyField(required=True, metadata={"description": "What it costs the company, with benefits"})
    reason = ma.fields.String(required=True)
    status = ma.fields.Enum(BonusStatus, by_value=True, required=True)
    written_by = ma.fields.UUID(required=True)
    written_at = ma.fields.AwareDateTime(required=True)
    granted_at = ma.fields.AwareDateTime(required=True, allow_none=True, metadata={"description": "Owed since"})
    can_agree = ma.fields.Integer(
        required=True,
        allow_none=True,
        metadata={
            "description": "How many other members could agree by now, while it waits. With none, invite a second one "
            "as owner or for finance, or take it back; null where nothing waits"
        },
    )
    answered_by = ma.fields.UUID(
        required=True, allow_none=True, metadata={"description": "Who agreed as a second person, or took it back"}
    )
    answered_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    withdrawal = ma.fields.String(required=True, allow_none=True, metadata={"description": "Why it was taken back"})
    payslip_id = ma.fields.UUID(required=True, allow_none=True, metadata={"description": "That pays it, once issued"})


BonusPage = page_schema(BonusSchema, "BonusPage")
