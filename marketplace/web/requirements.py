"""The requirements of an application as one form: what a contractor hands in, and what an operator decides about it.

A field is named by its requirement, such as `notes.identity` or `decisions.identity.reason`. What is left empty is not
handed in, or not decided about, now.
"""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from marketplace.workforce.rules import RequirementKind, Ruling
from marketplace.workforce.schemas import RequirementDecisionSchema

NOTE_LENGTH = ma.validate.Length(1, 2000)
_DECISION = RequirementDecisionSchema(exclude=("kind",))


class _Notes(ma.Schema):
    @ma.post_load
    def by_kind(self, data: Mapping[str, str], **_more: Any) -> dict[RequirementKind, str]:
        return {RequirementKind(name): note for name, note in data.items()}


class _Decisions(ma.Schema):
    @ma.post_load
    def by_kind(self, data: Mapping[str, dict[str, Any]], **_more: Any) -> dict[RequirementKind, Ruling]:
        return {RequirementKind(name): Ruling(**decision) for name, decision in data.items()}


class HandInForm(ma.Schema):
    """`notes` by requirement, for `workforce.service.submit_requirements`."""

    notes = ma.fields.Nested(
        _Notes.from_dict({kind.value: ma.fields.String(validate=NOTE_LENGTH) for kind in RequirementKind}),
        load_default=dict,
    )


class DecisionsForm(ma.Schema):
    """`decisions` by requirement, for `workforce.service.decide_requirements`."""

    decisions = ma.fields.Nested(
        _Decisions.from_dict({kind.value: ma.fields.Nested(_DECISION) for kind in RequirementKind}),
        load_default=dict,
    )
