"""The requirements of an application as one form: what an operator decides about them.

A field is named by its requirement, such as `decisions.identity.reason`. What is left empty is not decided about now.
"""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from marketplace.workforce.rules import RequirementKind, Ruling
from marketplace.workforce.schemas import RequirementDecisionSchema

_DECISION = RequirementDecisionSchema(exclude=("kind",))


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
