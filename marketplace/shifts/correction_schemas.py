"""Corrections of the clock on the wire."""

from datetime import UTC, datetime

import marshmallow as ma

from marketplace.shifts.clock_rules import CorrectedBy, CorrectionStatus, EntryKind
from marketplace.shifts.corrections import MOST_STRETCHES
from marketplace.shifts.hours import Stretch

ERA = ma.validate.Range(datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC))
MOST_WORDS = 500


class StretchSchema(ma.Schema):
    kind = ma.fields.Enum(EntryKind, by_value=True, required=True)
    started_at = ma.fields.AwareDateTime(required=True, validate=ERA)
    ended_at = ma.fields.AwareDateTime(required=True, validate=ERA)


class CorrectionWordsSchema(ma.Schema):
    words = ma.fields.String(
        required=True,
        validate=[ma.validate.Length(1, MOST_WORDS), ma.validate.Regexp(r"\s*\S")],
        metadata={"description": "Why; the other side reads it"},
    )


class NewClockCorrectionSchema(CorrectionWordsSchema):
    """What was really on the clock, from its beginning to its end without a gap: a break is a stretch, too."""

    stretches = ma.fields.List(
        ma.fields.Nested(StretchSchema), required=True, validate=ma.validate.Length(1, MOST_STRETCHES)
    )

    @ma.post_load
    def make_stretches(self, data: dict[str, object], **_more: object) -> dict[str, object]:
        given = data["stretches"]
        assert isinstance(given, list)
        return data | {"stretches": [Stretch(**each) for each in given]}


class ClockCorrectionSchema(ma.Schema):
    """A correction, with what stood before it and what stands instead."""

    id = ma.fields.UUID(required=True)
    booking_id = ma.fields.UUID(required=True)
    number = ma.fields.Integer(required=True, metadata={"description": "Of the booking, the first is 1"})
    side = ma.fields.Enum(CorrectedBy, by_value=True, required=True)
    made_by = ma.fields.UUID(required=True)
    made_at = ma.fields.AwareDateTime(required=True)
    words = ma.fields.String(required=True, allow_none=True, metadata={"description": "None of a device's"})
    before = ma.fields.List(ma.fields.Nested(StretchSchema), required=True)
    after = ma.fields.List(ma.fields.Nested(StretchSchema), required=True)
    minutes_before = ma.fields.Integer(required=True, metadata={"description": "That were paid before"})
    minutes_after = ma.fields.Integer(required=True)
    answered_by = ma.fields.UUID(required=True, allow_none=True)
    answered_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    answer = ma.fields.String(required=True, allow_none=True)
    status = ma.fields.Enum(
        CorrectionStatus,
        by_value=True,
        required=True,
        metadata={"description": "A proposed one changes nothing yet; a claimed one counts, and was not answered"},
    )

    @ma.pre_dump
    def read_moments(self, row: object, **_more: object) -> dict[str, object]:
        kept = {name: getattr(row, name) for name in self.fields}
        return kept | {side: [_moments(each) for each in kept[side]] for side in ("before", "after")}


class ClockCorrectionsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(ClockCorrectionSchema), required=True)


def _moments(kept: dict[str, str]) -> dict[str, object]:
    """A stretch as it is kept, in the types of the schema."""
    return {
        "kind": EntryKind(kept["kind"]),
        "started_at": datetime.fromisoformat(kept["started_at"]),
        "ended_at": datetime.fromisoformat(kept["ended_at"]),
    }
