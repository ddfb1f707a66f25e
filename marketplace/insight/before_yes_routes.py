"""The door of what somebody wants to know before they say yes, and its shape on the wire."""

from uuid import UUID

import marshmallow as ma
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import MoneyField, problems
from marketplace.insight import before_yes
from marketplace.insight.before_yes import BeforeYes
from marketplace.standards.schemas import ConvertedSchema

blueprint = Blueprint("before yes", __name__, url_prefix="/api/v1/offers", description="Before somebody says yes.")


class ScorecardSchema(ma.Schema):
    """How a company has dealt with people. Figures are empty where fewer than five people stand behind them."""

    company_id = ma.fields.UUID(required=True)
    since = ma.fields.AwareDateTime(required=True)
    people = ma.fields.Integer(required=True, allow_none=True)
    shifts_worked = ma.fields.Integer(required=True, allow_none=True)
    shifts_cut = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "Of which time was cut"})
    cuts_restored = ma.fields.Integer(required=True, allow_none=True)
    shifts_cancelled_late = ma.fields.Integer(required=True, allow_none=True)
    approved_by_silence = ma.fields.Integer(
        required=True, allow_none=True, metadata={"description": "Timesheets that it did not answer for 72 hours"}
    )
    median_hours_to_answer = ma.fields.Decimal(required=True, allow_none=True, as_string=True)
    report_is_public = ma.fields.Boolean(required=True)


class BeforeYesSchema(ma.Schema):
    """Beside the offer's terms: the pay in the person's own currency, and the company's scorecard."""

    offer_id = ma.fields.UUID(required=True)
    pay = MoneyField(required=True)
    there = ma.fields.Nested(
        ConvertedSchema, required=True, allow_none=True, metadata={"description": "In the currency of the payouts"}
    )
    no_rate = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The currency of the payouts, where nobody has a sourced rate for it"},
    )
    expected_minutes = ma.fields.Integer(required=True)
    company = ma.fields.Nested(ScorecardSchema, required=True)


@blueprint.get("/<uuid:offer_id>/before-yes")
@blueprint.response(200, BeforeYesSchema)
@problems(blueprint, 401, 404)
def show_before_yes(offer_id: UUID) -> BeforeYes:
    """What an offer's pay is in your own currency, at a sourced rate, and how its company has dealt with people."""
    return before_yes.show(offer_id, seen_by=actor())
