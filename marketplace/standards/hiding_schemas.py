"""Hidden words on the wire: that they are hidden, why, and what became of it. The words are not among it."""

import marshmallow as ma

from marketplace.core.http import PageArgs, page_schema
from marketplace.standards.hiding_rules import HiddenKind, HidingStatus


def hidden_under() -> ma.fields.String:
    """For whatever shows words: the rule under which they are hidden, None where everybody reads them."""
    return ma.fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "The rule under which an operator hid the words. Others than their author and operators "
            "read them as empty"
        },
    )


class HidingSchema(ma.Schema):
    """That words of somebody were hidden. `thing_id` is the comment, or the company that credits them. Whoever wrote
    them can contest it once while it is `hidden`; contested, they are shown again at `answer_by` unless an operator
    has answered."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(HiddenKind, by_value=True, required=True)
    thing_id = ma.fields.UUID(required=True)
    rule = ma.fields.String(required=True)
    status = ma.fields.Enum(HidingStatus, by_value=True, required=True)
    reason = ma.fields.String(required=True)
    hidden_at = ma.fields.AwareDateTime(required=True)
    contest = ma.fields.String(required=True, allow_none=True)
    contested_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    answer_by = ma.fields.AwareDateTime(required=True, allow_none=True)
    answer = ma.fields.String(required=True, allow_none=True)
    answered_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    lift_reason = ma.fields.String(required=True, allow_none=True)
    lifted_at = ma.fields.AwareDateTime(required=True, allow_none=True)


HidingPage = page_schema(HidingSchema, "HidingPage")


class HidingArgs(PageArgs):
    status = ma.fields.Enum(HidingStatus, by_value=True)
