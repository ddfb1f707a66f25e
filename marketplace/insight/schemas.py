"""A person's record on the wire."""

import marshmallow as ma

from marketplace.insight.rules import FORMAT, VERSION


class SectionSchema(ma.Schema):
    """One part of a record: the rows of a room that are about the person, each with the columns of the schema."""

    room = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    rows = ma.fields.List(ma.fields.Dict(keys=ma.fields.String()), required=True)


class PersonRecordSchema(ma.Schema):
    """Everything that the service holds about one person. `schema` is the address of its JSON Schema."""

    format = ma.fields.Constant(FORMAT, required=True, metadata={"type": "string"})
    version = ma.fields.Constant(VERSION, required=True, metadata={"type": "integer"})
    schema = ma.fields.Url(required=True)
    made_at = ma.fields.AwareDateTime(required=True)
    person_id = ma.fields.UUID(required=True)
    sections = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Nested(SectionSchema), required=True)


class RecordSchemaSchema(ma.Schema):
    """A JSON Schema, 2020-12."""

    class Meta:
        unknown = ma.INCLUDE

    title = ma.fields.String(required=True)
    type = ma.fields.String(required=True)
    required = ma.fields.List(ma.fields.String(), required=True)
    properties = ma.fields.Dict(keys=ma.fields.String(), required=True)
