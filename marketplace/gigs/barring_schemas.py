"""New restrictions and blocks on the wire."""

import marshmallow as ma

from marketplace.gigs.rules import WorkKind
from marketplace.workforce.bars import Scope

_WORDS = ma.validate.Length(1, 2000)


class NewRestrictionSchema(ma.Schema):
    scope = ma.fields.Enum(Scope, by_value=True, required=True)
    company_id = ma.fields.UUID(load_default=None, allow_none=True, metadata={"description": "Of the scope 'company'"})
    gig_id = ma.fields.UUID(load_default=None, allow_none=True, metadata={"description": "Of the scope 'gig'"})
    work_kind = ma.fields.Enum(
        WorkKind,
        by_value=True,
        load_default=None,
        allow_none=True,
        metadata={"description": "Of the scope 'category'"},
    )
    reason = ma.fields.String(required=True, validate=_WORDS, metadata={"description": "The person reads it"})
    begins_at = ma.fields.AwareDateTime(load_default=None, allow_none=True, metadata={"description": "Now, if missing"})
    expires_at = ma.fields.AwareDateTime(required=True, metadata={"description": "At most 90 days after it begins"})


class NewBlockSchema(ma.Schema):
    contractor_id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "One gig; all of the company's, if missing"}
    )
    reason = ma.fields.String(required=True, validate=_WORDS, metadata={"description": "The person reads it"})
    expires_at = ma.fields.AwareDateTime(required=True, metadata={"description": "At most 180 days from now"})
