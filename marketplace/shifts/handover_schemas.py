"""Seats that are handed over, on the wire."""

from enum import StrEnum

import marshmallow as ma

from marketplace.core.http import PageArgs, Pattern, page_schema
from marketplace.shifts.handover_rules import HandoverKind, HandoverStatus, ProposalStatus

DIGEST = Pattern("^[0-9a-f]{64}$")


class Which(StrEnum):
    MINE = "mine"
    """What you asked for."""
    ASKED = "asked"
    """What you are asked for by name."""
    WANTED = "wanted"
    """What everybody is asked for who has a contract with the company."""


class NewHandoverSchema(ma.Schema):
    kind = ma.fields.Enum(HandoverKind, by_value=True, required=True)
    code = ma.fields.String(
        load_default=None,
        allow_none=True,
        validate=ma.validate.Length(1, 40),
        metadata={
            "description": "Of the one person who is asked; without it everybody who may do the work. Whether it is "
            "anybody's is not told",
            "example": "K7QF-2M9X",
        },
    )


class HandoverSchema(ma.Schema):
    """A shift that somebody is booked for and wants somebody to take: alone (cover) or against one of theirs (swap)."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(HandoverKind, by_value=True, required=True)
    booking_id = ma.fields.UUID(required=True)
    shift_id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True)
    named = ma.fields.Boolean(required=True, metadata={"description": "One person alone is asked"})
    made_at = ma.fields.AwareDateTime(required=True)
    settled_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    status = ma.fields.Enum(HandoverStatus, by_value=True, required=True)


class HandoverListArgs(PageArgs):
    which = ma.fields.Enum(Which, by_value=True, load_default=Which.MINE)


HandoverPage = page_schema(HandoverSchema, "HandoverPage")


class SwapProposalSchema(ma.Schema):
    """A shift that is offered for the one of a request."""

    id = ma.fields.UUID(required=True)
    handover_id = ma.fields.UUID(required=True)
    booking_id = ma.fields.UUID(required=True)
    shift_id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    starts_at = ma.fields.AwareDateTime(required=True)
    ends_at = ma.fields.AwareDateTime(required=True)
    made_at = ma.fields.AwareDateTime(required=True)
    settled_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    status = ma.fields.Enum(ProposalStatus, by_value=True, required=True)


class LookSchema(ma.Schema):
    """What the seat would be for you: the terms and their digest, or the rule that says no."""

    verdict = ma.fields.Dict(
        required=True,
        allow_none=True,
        attribute="refusal",
        metadata={"description": "Of the rule that says no, if one does"},
    )
    terms = ma.fields.Dict(required=True, allow_none=True)
    terms_sha256 = ma.fields.String(required=True, allow_none=True)


class ShownHandoverSchema(ma.Schema):
    """A request as it is for you: `look` is what you would get, `proposals` what is offered for it (yours, or all of
    them where it is your request)."""

    handover = ma.fields.Nested(HandoverSchema, required=True)
    mine = ma.fields.Boolean(required=True)
    look = ma.fields.Nested(LookSchema, required=True, allow_none=True)
    proposals = ma.fields.List(ma.fields.Nested(SwapProposalSchema), required=True)


class ShownProposalSchema(ma.Schema):
    """What is offered for a shift; `look` is what whoever asked for the swap would get."""

    proposal = ma.fields.Nested(SwapProposalSchema, required=True)
    look = ma.fields.Nested(LookSchema, required=True, allow_none=True)


class HandoverArgs(ma.Schema):
    in_return = ma.fields.UUID(
        load_default=None, metadata={"description": "A booking of yours that you would give for it"}
    )


class TermsAgreedSchema(ma.Schema):
    terms_sha256 = ma.fields.String(
        required=True,
        validate=DIGEST,
        attribute="agreed",
        metadata={"description": "Of the terms that you saw"},
    )


class NewProposalSchema(TermsAgreedSchema):
    booking_id = ma.fields.UUID(required=True, metadata={"description": "Of your own: what you give for it"})


class HandoverCodeSchema(ma.Schema):
    """By what you are named if somebody asks you to take their shift. Give it to whom you like."""

    code = ma.fields.String(required=True)
    made_at = ma.fields.AwareDateTime(required=True)


class OwnHandoverCodeSchema(ma.Schema):
    item = ma.fields.Nested(HandoverCodeSchema, required=True, allow_none=True)
