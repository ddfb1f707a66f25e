"""What waits for a second operator, on the wire."""

import marshmallow as ma

from marketplace.core.http import MoneyField, page_schema
from marketplace.standards.act_rules import ActKind, ActStatus

WAITS = "Nothing has moved: it is too much for one operator in sum, and waits for another (TWO_PEOPLE)"


class MoneyActSchema(ma.Schema):
    """What an operator wants to do with money, and what a second one has said to it. `said` is empty once that is
    over."""

    id = ma.fields.UUID(required=True)
    kind = ma.fields.Enum(ActKind, by_value=True, required=True)
    subject = ma.fields.String(required=True, metadata={"description": "The id of what it is about"})
    money = MoneyField(required=True)
    said = ma.fields.Dict(required=True)
    done_at = ma.fields.AwareDateTime(required=True)
    status = ma.fields.Enum(ActStatus, by_value=True, required=True)


MoneyActPage = page_schema(MoneyActSchema, "MoneyActPage")
