"""Screening on the wire, for operators."""

import marshmallow as ma
from flask_smorest.fields import Upload

from marketplace.core.http import Flag, PageArgs, page_schema
from marketplace.workforce.listed import HitStatus


class ScreeningListSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    source = ma.fields.String(required=True)
    dated_on = ma.fields.Date(required=True)
    entries = ma.fields.Integer(required=True)
    sha256 = ma.fields.String(required=True)
    loaded_at = ma.fields.AwareDateTime(required=True)


class ScreeningListsSchema(ma.Schema):
    """The lists that people are compared with. When there is none, nobody is compared with anything."""

    items = ma.fields.List(ma.fields.Nested(ScreeningListSchema), required=True)


class ListFileSchema(ma.Schema):
    """A list as a file, CSV in UTF-8."""

    file = Upload(required=True)


class LoadedListSchema(ma.Schema):
    list = ma.fields.Nested(ScreeningListSchema, required=True)
    added = ma.fields.Integer(required=True, metadata={"description": "Entries that the list before did not have"})
    removed = ma.fields.Integer(required=True, metadata={"description": "Entries of the list before that are gone"})


class HitArgs(PageArgs):
    status = ma.fields.Enum(HitStatus, by_value=True, load_default=None)


class ScreeningHitSchema(ma.Schema):
    """Somebody whose name is like a listed one. A person says whether it is the same."""

    id = ma.fields.UUID(required=True)
    contractor_id = ma.fields.UUID(required=True)
    status = ma.fields.Enum(HitStatus, by_value=True, required=True)
    source = ma.fields.String(required=True)
    dated_on = ma.fields.Date(required=True)
    listed_name = ma.fields.String(required=True)
    alike = ma.fields.String(required=True, metadata={"description": "The listed name or alias that is most alike"})
    birth_date = ma.fields.String(required=True, metadata={"description": "As the list has it"})
    country = ma.fields.String(required=True)
    score = ma.fields.Integer(required=True, metadata={"description": "0 to 100"})
    birth_differs = ma.fields.Boolean(required=True)
    found_at = ma.fields.AwareDateTime(required=True)
    reason = ma.fields.String(required=True)
    decided_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class HitDecisionSchema(ma.Schema):
    same_person = Flag(required=True)
    reason = ma.fields.String(required=True, validate=ma.validate.Length(1, 2000))


ScreeningHitPage = page_schema(ScreeningHitSchema, "ScreeningHitPage")
