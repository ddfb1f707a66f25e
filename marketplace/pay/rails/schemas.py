"""Payment rails on the wire: people's accounts there, what rails tell, and their balance beside the books."""

import marshmallow as ma

from marketplace.core.http import MoneyField
from marketplace.pay.rails.rules import Endpoint, Match, Outcome
from marketplace.standards.rail_reach import Agreement

MOST = ma.validate.Range(1, 200)


class CallTakenSchema(ma.Schema):
    id = ma.fields.String(required=True)
    outcome = ma.fields.Enum(Outcome, by_value=True, required=True)


class RailAccountSchema(ma.Schema):
    """A person's own account at a payment rail. `missing` is in the rail's words."""

    id = ma.fields.UUID(required=True)
    rail = ma.fields.String(required=True)
    country = ma.fields.String(required=True)
    agreement = ma.fields.Enum(Agreement, by_value=True, required=True)
    external_id = ma.fields.String(required=True, allow_none=True, metadata={"description": "Null until it is opened"})
    can_receive = ma.fields.Boolean(required=True)
    can_pay_out = ma.fields.Boolean(required=True)
    missing = ma.fields.List(ma.fields.String(), required=True)
    disabled_reason = ma.fields.String(required=True, allow_none=True)
    problem = ma.fields.String(required=True, allow_none=True)
    asked_at = ma.fields.AwareDateTime(required=True)
    looked_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class OnboardingSchema(ma.Schema):
    url = ma.fields.String(required=True)


class CallSchema(ma.Schema):
    """One call of a rail: what it was about, and what came of it."""

    id = ma.fields.String(required=True)
    endpoint = ma.fields.Enum(Endpoint, by_value=True, required=True)
    name = ma.fields.String(required=True)
    account = ma.fields.String(required=True, allow_none=True)
    about_kind = ma.fields.String(required=True)
    about_id = ma.fields.String(required=True)
    is_live = ma.fields.Boolean(required=True)
    created_at = ma.fields.AwareDateTime(required=True)
    received_at = ma.fields.AwareDateTime(required=True)
    tries = ma.fields.Integer(required=True)
    outcome = ma.fields.Enum(Outcome, by_value=True, required=True)
    error = ma.fields.String(required=True, allow_none=True)


class CallsArgs(ma.Schema):
    outcome = ma.fields.Enum(Outcome, by_value=True, load_default=None)
    limit = ma.fields.Integer(load_default=50, validate=MOST)


class CallsSchema(ma.Schema):
    counts = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), required=True)
    items = ma.fields.List(ma.fields.Nested(CallSchema), required=True)


class MovementSchema(ma.Schema):
    """One movement of the rail's balance. `cause` names its entry in the books; `why` says why there is none."""

    id = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    gross = MoneyField(required=True)
    net = MoneyField(required=True)
    source = ma.fields.String(required=True, allow_none=True)
    payment_id = ma.fields.UUID(required=True, allow_none=True, attribute="payment_op_id")
    created_at = ma.fields.AwareDateTime(required=True)
    match = ma.fields.Enum(Match, by_value=True, required=True)
    cause = ma.fields.String(required=True, allow_none=True)
    why = ma.fields.String(required=True, allow_none=True)
    note = ma.fields.String(required=True, allow_none=True)
    explained_at = ma.fields.AwareDateTime(required=True, allow_none=True)


class MovementsArgs(ma.Schema):
    match = ma.fields.Enum(Match, by_value=True, load_default=None)
    limit = ma.fields.Integer(load_default=50, validate=MOST)


class UnreadMovementSchema(ma.Schema):
    """A movement that could not be read, in the rail's own words."""

    id = ma.fields.String(required=True)
    kind = ma.fields.String(required=True)
    amount = ma.fields.String(required=True)
    fee = ma.fields.String(required=True)
    currency = ma.fields.String(required=True)
    created_at = ma.fields.AwareDateTime(required=True)


class MovementsSchema(ma.Schema):
    items = ma.fields.List(ma.fields.Nested(MovementSchema), required=True)
    unread = ma.fields.List(ma.fields.Nested(UnreadMovementSchema), required=True)


class ExplanationArgs(ma.Schema):
    note = ma.fields.String(required=True, validate=ma.validate.Length(3, 2000))


class RailStandingSchema(ma.Schema):
    rail = MoneyField(required=True, metadata={"description": "What the rail says that it holds"})
    books = MoneyField(required=True)
    difference = MoneyField(required=True)
    at = ma.fields.AwareDateTime(required=True)


class RailDaySchema(ma.Schema):
    day = ma.fields.Date(required=True)
    net = MoneyField(required=True)
    counts = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.Integer(), required=True)


class StandingSchema(ma.Schema):
    standings = ma.fields.List(ma.fields.Nested(RailStandingSchema), required=True)
    days = ma.fields.List(ma.fields.Nested(RailDaySchema), required=True)
