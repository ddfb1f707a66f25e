"""Searches, their weights and their explanations on the wire."""

import marshmallow as ma

from marketplace.core.http import page_schema
from marketplace.matching.rules import Outcome, Part


class WeightsSchema(ma.Schema):
    """One published version of what counts how much. Each part has 0 to 100 points; the score is the weighted sum."""

    version = ma.fields.Integer(required=True)
    valid_from = ma.fields.Date(required=True)
    weights = ma.fields.Dict(ma.fields.Enum(Part, by_value=True), ma.fields.Integer(), required=True, attribute="parts")


class AllWeightsSchema(ma.Schema):
    current = ma.fields.Integer(required=True)
    items = ma.fields.List(ma.fields.Nested(WeightsSchema), required=True)


class MatchRunSchema(ma.Schema):
    """One search. `input_sha256` is the digest of everything that the scores were reckoned from."""

    id = ma.fields.UUID(required=True)
    shift_id = ma.fields.UUID(required=True)
    at = ma.fields.AwareDateTime(required=True)
    weights_version = ma.fields.Integer(required=True)
    seats = ma.fields.Integer(required=True)
    offered = ma.fields.Integer(required=True)
    cutoff = ma.fields.Integer(required=True, allow_none=True)
    input_sha256 = ma.fields.String(required=True)


MatchRunPage = page_schema(MatchRunSchema, "MatchRunPage")


class ExplainedSchema(ma.Schema):
    """Why somebody was, or was not, asked to take a shift."""

    outcome = ma.fields.Enum(Outcome, by_value=True, required=True)
    sentence = ma.fields.String(required=True)
    reason = ma.fields.Dict(required=True, metadata={"description": "The points of each part, with rank and score"})
    verdict = ma.fields.Dict(
        required=True, allow_none=True, metadata={"description": "The rule that decided, with source and remedy"}
    )
    cutoff = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "The lowest score that was offered a seat"}
    )
    weights_version = ma.fields.Integer(required=True)
