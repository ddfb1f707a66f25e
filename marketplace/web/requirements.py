"""The requirements of an application as one form: what an operator decides about them.

A field is named by its requirement, such as `decisions.identity.reason`. What is left empty is not decided about now;
what was looked at, and until when it holds, stands beside it in `seen.identity` and `ends.identity`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import marshmallow as ma

from marketplace.core.http import Pattern
from marketplace.workforce.rules import RequirementKind, Ruling
from marketplace.workforce.schemas import VERSION, RequirementDecisionSchema

_DECISION = RequirementDecisionSchema(only=("met", "reason"))


class _Decisions(ma.Schema):
    @ma.post_load
    def by_kind(self, data: Mapping[str, dict[str, Any]], **_more: Any) -> dict[RequirementKind, Ruling]:
        return {RequirementKind(name): Ruling(**decision) for name, decision in data.items()}


class DecisionsForm(ma.Schema):
    """`decisions` by requirement, for `workforce.service.decide_requirements`."""

    decisions = ma.fields.Nested(
        _Decisions.from_dict({kind.value: ma.fields.Nested(_DECISION) for kind in RequirementKind}),
        load_default=dict,
    )
    seen = ma.fields.Dict(ma.fields.String(), ma.fields.String(validate=Pattern(VERSION)), load_default=dict)
    ends = ma.fields.Dict(ma.fields.String(), ma.fields.Date(), load_default=dict)

    @ma.post_load
    def whole(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        seen, ends = data["seen"], data["ends"]
        rulings = {
            kind: replace(ruling, seen=seen.get(kind), valid_until=ends.get(kind) if ruling.met else None)
            for kind, ruling in data["decisions"].items()
        }
        return {"decisions": rulings}
