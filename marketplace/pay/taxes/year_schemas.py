"""Yearly statements on the wire."""

import marshmallow as ma

from marketplace.core.http import page_schema
from marketplace.pay.taxes.schemes import Form


class YearStatementSchema(ma.Schema):
    """One version of a year's statement. `figures` is frozen, and `sha256` is its digest in the canonical form of RFC
    8785; `changed` names what differs from the version before."""

    id = ma.fields.UUID(required=True)
    year = ma.fields.Integer(required=True)
    version = ma.fields.Integer(required=True)
    country = ma.fields.String(required=True)
    form = ma.fields.Enum(Form, by_value=True, required=True)
    figures = ma.fields.Dict(keys=ma.fields.String(), required=True)
    sha256 = ma.fields.String(required=True)
    changed = ma.fields.List(ma.fields.String(), required=True)
    issued_at = ma.fields.AwareDateTime(required=True)


YearStatementPage = page_schema(YearStatementSchema, "YearStatementPage")
