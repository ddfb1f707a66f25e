"""Restrictions and appeals on the wire."""

import marshmallow as ma

from marketplace.core.http import page_schema
from marketplace.workforce.bars import (
    ANSWERS,
    AppealStatus,
    Measure,
    ProposalKind,
    ProposalStatus,
    RestrictionStatus,
    Scope,
    Source,
    StrikeStatus,
)
from marketplace.workforce.rules import HOW_TO_CONTEST, Outcome

_WORDS = ma.validate.Length(1, 2000)


class RestrictionSchema(ma.Schema):
    """A bar from new offers, with its reason and its end."""

    id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    decision_id = ma.fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "The decision, by which it is contested; none of a pause"},
    )
    proposal_id = ma.fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "Of a pause: what a human looks at, and you can answer"},
    )
    source = ma.fields.Enum(Source, by_value=True, required=True)
    scope = ma.fields.Enum(Scope, by_value=True, required=True)
    company_id = ma.fields.UUID(required=True, allow_none=True)
    gig_id = ma.fields.UUID(required=True, allow_none=True)
    work_kind = ma.fields.String(required=True, allow_none=True, attribute="category")
    reason = ma.fields.String(required=True)
    begins_at = ma.fields.AwareDateTime(required=True)
    expires_at = ma.fields.AwareDateTime(required=True)
    status = ma.fields.Enum(RestrictionStatus, by_value=True, required=True)
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    end_reason = ma.fields.String(required=True, allow_none=True)
    contest_until = ma.fields.AwareDateTime(required=True, allow_none=True)
    how_to_contest = ma.fields.Constant(HOW_TO_CONTEST)


class RestrictionsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(RestrictionSchema), required=True)


RestrictionPage = page_schema(RestrictionSchema, "RestrictionPage")


class StrikeSchema(ma.Schema):
    """What an operator decided to count about a missed shift or a very late no, with the reason. It keeps nobody from
    anything."""

    id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    decision_id = ma.fields.UUID(required=True, metadata={"description": "The decision, by which it is contested"})
    proposal_id = ma.fields.UUID(required=True)
    reason = ma.fields.String(required=True)
    given_at = ma.fields.AwareDateTime(required=True)
    expires_at = ma.fields.AwareDateTime(required=True, metadata={"description": "When it falls off"})
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    status = ma.fields.Enum(StrikeStatus, by_value=True, required=True)
    contest_until = ma.fields.AwareDateTime(required=True, allow_none=True)
    how_to_contest = ma.fields.Constant(HOW_TO_CONTEST)


class StrikesSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(StrikeSchema), required=True)


class AppealSchema(ma.Schema):
    """What somebody says against a decision, until when it is answered, and the answer."""

    id = ma.fields.UUID(required=True, metadata={"description": "The decision's id too"})
    contractor_id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True, allow_none=True)
    outcome = ma.fields.Enum(Outcome, by_value=True, required=True, attribute="decision.outcome")
    decided_reason = ma.fields.String(required=True, attribute="decision.reason")
    words = ma.fields.String(required=True, allow_none=True, attribute="decision.contest")
    filed_at = ma.fields.AwareDateTime(required=True)
    answer_by = ma.fields.AwareDateTime(required=True, metadata={"description": "After it, it is decided for them"})
    status = ma.fields.Enum(AppealStatus, by_value=True, required=True)
    answered_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    reason = ma.fields.String(required=True, metadata={"description": "Why it was answered so"})


class AppealsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(AppealSchema), required=True)


AppealPage = page_schema(AppealSchema, "AppealPage")


class ProposalSchema(ma.Schema):
    """What a job or a rule found, for a human to look at. It does nothing by itself."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(ProposalKind, by_value=True, required=True)
    contractor_id = ma.fields.UUID(required=True)
    other_id = ma.fields.UUID(required=True, allow_none=True)
    rule = ma.fields.String(required=True)
    rule_version = ma.fields.Integer(required=True)
    evidence = ma.fields.Dict(required=True, metadata={"description": "Ids and numbers"})
    made_at = ma.fields.AwareDateTime(required=True)
    expires_at = ma.fields.AwareDateTime(required=True)
    words = ma.fields.String(required=True, allow_none=True, metadata={"description": "What the person says"})
    status = ma.fields.Enum(ProposalStatus, by_value=True, required=True)
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    decision_id = ma.fields.UUID(required=True, allow_none=True)
    reason = ma.fields.String(required=True)


ProposalPage = page_schema(ProposalSchema, "ProposalPage")


class OwnProposalSchema(ma.Schema):
    """What a human looks at about you, without the other account."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(ProposalKind, by_value=True, required=True)
    made_at = ma.fields.AwareDateTime(required=True)
    expires_at = ma.fields.AwareDateTime(required=True)
    words = ma.fields.String(required=True, allow_none=True)
    status = ma.fields.Enum(ProposalStatus, by_value=True, required=True)
    reason = ma.fields.String(required=True)


class AcceptSchema(ma.Schema):
    measure = ma.fields.Enum(Measure, by_value=True, required=True)
    reason = ma.fields.String(required=True, validate=_WORDS, metadata={"description": "Your own; the person reads it"})
    expires_at = ma.fields.AwareDateTime(
        load_default=None, allow_none=True, metadata={"description": "For 'restrict': until when"}
    )


class AnswerSchema(ma.Schema):
    outcome = ma.fields.String(
        required=True, validate=ma.validate.OneOf([each.value for each in ANSWERS]), metadata={"enum": list(ANSWERS)}
    )
    reason = ma.fields.String(required=True, validate=_WORDS, metadata={"description": "The person reads it"})
    expires_at = ma.fields.AwareDateTime(
        load_default=None,
        allow_none=True,
        metadata={"description": "For 'changed': when the restriction ends, or ends now instead of later"},
    )

    @ma.post_load
    def as_outcome(self, data: dict[str, object], **_more: object) -> dict[str, object]:
        return data | {"outcome": AppealStatus(str(data["outcome"]))}
