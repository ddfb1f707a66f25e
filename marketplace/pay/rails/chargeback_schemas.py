"""Chargebacks on the wire."""

import marshmallow as ma
from flask_smorest.fields import Upload

from marketplace.core.files import FileKind
from marketplace.core.http import MoneyField, page_schema
from marketplace.core.retention import PaperStatus
from marketplace.pay.rails.chargeback_rules import LONGEST_WORDS, Bearer, ChargebackStatus, Shows

BEARER = {
    "description": "Who bears what a bank has kept: the company, of what it has, or the service, which gives it up"
}


class EvidenceArgs(ma.Schema):
    words = ma.fields.String(
        required=True,
        validate=ma.validate.Length(20, LONGEST_WORDS),
        metadata={"description": "What speaks against the payer's bank, as the bank will read it"},
    )


class BearerArgs(ma.Schema):
    bearer = ma.fields.Enum(Bearer, by_value=True, required=True, metadata=BEARER)
    reason = ma.fields.String(
        required=True, validate=ma.validate.Length(3, 2000), metadata={"description": "The company reads it"}
    )


class EvidencePaperArgs(ma.Schema):
    shows = ma.fields.Enum(Shows, by_value=True, required=True, metadata={"description": "What it is to show"})


class EvidencePaperFileSchema(ma.Schema):
    file = Upload(
        required=True,
        metadata={"description": "A PNG or JPEG picture or a PDF; all together at most 4.5 MB and 19 pages"},
    )


class EvidencePaperSchema(ma.Schema):
    """A paper that goes to the payer's bank with what is handed in next, or has gone there."""

    id = ma.fields.UUID(required=True)
    shows = ma.fields.Enum(Shows, by_value=True, required=True)
    status = ma.fields.Enum(PaperStatus, by_value=True, required=True)
    media_type = ma.fields.Enum(FileKind, by_value=True, required=True)
    size = ma.fields.Integer(required=True, metadata={"description": "Bytes"})
    pages = ma.fields.Integer(required=True)
    sha256 = ma.fields.String(
        required=True, metadata={"description": "Of its content as it is sent; it stays when the paper is erased"}
    )
    external_id = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "The rail's own id, once it has the paper"}
    )
    handed_in_at = ma.fields.AwareDateTime(required=True)
    erase_at = ma.fields.AwareDateTime(required=True, metadata={"description": "When it is erased by itself"})
    erased_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class EvidencePapersSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(EvidencePaperSchema), required=True)


class FundedSchema(ma.Schema):
    """What was paid for one gig since the deposit came."""

    gig_id = ma.fields.UUID(required=True)
    title = ma.fields.String(required=True)
    people = ma.fields.Integer(required=True)
    money = MoneyField(required=True)


class ChargebackSchema(ma.Schema):
    """A deposit, or a part of it, that the payer's bank took back. What workers were paid stays theirs."""

    id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    deposit_id = ma.fields.UUID(required=True)
    rail = ma.fields.String(required=True)
    external_id = ma.fields.String(required=True, metadata={"description": "The rail's own id"})
    money = MoneyField(required=True)
    reinstated = MoneyField(required=True, metadata={"description": "What the bank gave back without deciding so"})
    reinstated_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    uncounted = MoneyField(
        required=True,
        allow_none=True,
        metadata={"description": "What came back in another currency, and no operator has counted yet"},
    )
    owed = MoneyField(
        required=True, metadata={"description": "What the bank has of it and nobody has paid again or given up"}
    )
    reason = ma.fields.String(required=True, metadata={"description": "The rail's own word for why"})
    opened_at = ma.fields.AwareDateTime(required=True)
    due_by = ma.fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Until when the bank takes evidence"}
    )
    evidence_id = ma.fields.UUID(required=True, allow_none=True)
    evidence_status = ma.fields.String(required=True, allow_none=True)
    evidence_words = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Empty once they were erased"}
    )
    evidence_sha256 = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Of the words in UTF-8; it proves what was sent"}
    )
    paid_again_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    bearer = ma.fields.Enum(Bearer, by_value=True, required=True, allow_none=True, metadata=BEARER)
    bearer_reason = ma.fields.String(required=True, allow_none=True)
    bearer_decided_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    status = ma.fields.Enum(ChargebackStatus, by_value=True, required=True)


class FundedListSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(FundedSchema), required=True)


ChargebackPage = page_schema(ChargebackSchema, "ChargebackPage")
