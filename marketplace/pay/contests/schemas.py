"""Contested payouts on the wire."""

import marshmallow as ma

from marketplace.core.http import page_schema
from marketplace.matching.rules import ContestStatus
from marketplace.pay.contests.rules import Decision


class PayoutContestSchema(ma.Schema):
    """What became of a payout, contested by its person. `told` is why, as they read it by then; `words` are theirs,
    `answer` those of the operator who answered. `answer_by` moves on where silence cannot decide."""

    id = ma.fields.UUID(required=True)
    payout_id = ma.fields.UUID(required=True, attribute="payment_op_id")
    contractor_id = ma.fields.UUID(required=True)
    decision = ma.fields.Enum(Decision, by_value=True, required=True)
    refusal_code = ma.fields.String(required=True, allow_none=True)
    told = ma.fields.String(required=True)
    decided_at = ma.fields.AwareDateTime(required=True)
    words = ma.fields.String(required=True)
    filed_at = ma.fields.AwareDateTime(required=True)
    answer_by = ma.fields.AwareDateTime(required=True)
    answered_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    answer = ma.fields.String(required=True, allow_none=True)
    status = ma.fields.Enum(ContestStatus, by_value=True, required=True)


PayoutContestPage = page_schema(PayoutContestSchema, "PayoutContestPage")
