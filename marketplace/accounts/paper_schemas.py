"""A company's papers on the wire."""

import marshmallow as ma
from flask_smorest.fields import Upload

from marketplace.accounts.paper_rules import Shows
from marketplace.core.files import FileKind
from marketplace.core.retention import PaperStatus


class PaperFileSchema(ma.Schema):
    file = Upload(required=True, metadata={"description": "A PNG or JPEG picture or a PDF of at most 8 MB"})


class PaperArgs(ma.Schema):
    shows = ma.fields.Enum(Shows, by_value=True, required=True, metadata={"description": "What it is to show"})


class CompanyPaperSchema(ma.Schema):
    """A file that a company handed in: what it is and how long it lies here."""

    id = ma.fields.UUID(required=True)
    shows = ma.fields.Enum(Shows, by_value=True, required=True)
    status = ma.fields.Enum(PaperStatus, by_value=True, required=True)
    media_type = ma.fields.Enum(FileKind, by_value=True, required=True)
    size = ma.fields.Integer(required=True, metadata={"description": "Bytes"})
    pages = ma.fields.Integer(required=True)
    handed_in_at = ma.fields.AwareDateTime(required=True)
    erase_at = ma.fields.AwareDateTime(required=True, metadata={"description": "When it is erased by itself"})
    erased_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class CompanyPapersSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(CompanyPaperSchema), required=True)
