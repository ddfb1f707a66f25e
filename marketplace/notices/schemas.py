"""Notices and kept messages on the wire."""

import marshmallow as ma

from marketplace.core.http import PageArgs, page_schema
from marketplace.notices.ways import Way


class InboxArgs(PageArgs):
    unread = ma.fields.Boolean(load_default=False, metadata={"description": "Leave out what was read"})


class NoticeSchema(ma.Schema):
    """What somebody was told of, in the language that the request asks for."""

    id = ma.fields.UUID(required=True)
    event = ma.fields.String(required=True, metadata={"description": "The event's name", "example": "offer.made"})
    title = ma.fields.String(required=True)
    words = ma.fields.String(required=True)
    about = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.UUID(),
        required=True,
        metadata={"description": "The ids of what it is about, by kind"},
    )
    at = ma.fields.AwareDateTime(required=True)
    read_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class ReadSchema(ma.Schema):
    read = ma.fields.Integer(required=True, metadata={"description": "How many had not been read"})


class KeptSchema(ma.Schema):
    """A message that was kept here and not sent."""

    id = ma.fields.UUID(required=True)
    way = ma.fields.Enum(Way, by_value=True, required=True)
    address = ma.fields.String(required=True)
    subject = ma.fields.String(required=True)
    body = ma.fields.String(required=True)
    at = ma.fields.AwareDateTime(required=True)


InboxSchema = page_schema(NoticeSchema, "Inbox")
OutboxSchema = page_schema(KeptSchema, "Outbox")
