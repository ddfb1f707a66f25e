"""Calendar feeds on the wire."""

import marshmallow as ma


class NewFeedSchema(ma.Schema):
    company_id = ma.fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "That company's shifts; without it your own"}
    )


class FeedSchema(ma.Schema):
    """An address that is not revoked. What it is was shown once, when it was made."""

    id = ma.fields.UUID(required=True)
    person_id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True, allow_none=True)
    made_at = ma.fields.AwareDateTime(required=True)
    revoked_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class IssuedFeedSchema(FeedSchema):
    address = ma.fields.String(
        metadata={"description": "For a calendar program, in the first answer only: it is kept nowhere"}
    )


class FeedsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(FeedSchema), required=True)
