"""What rails tell, and people's accounts there, on the wire."""

import marshmallow as ma

from marketplace.pay.rail_rules import Outcome


class CallSchema(ma.Schema):
    id = ma.fields.String(required=True)
    outcome = ma.fields.Enum(Outcome, by_value=True, required=True)
