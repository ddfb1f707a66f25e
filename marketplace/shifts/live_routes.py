"""The door of what runs now, and its shape on the wire."""

import marshmallow as ma
from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import problems
from marketplace.shifts import live

blueprint = Blueprint("live", __name__, url_prefix="/api/v1/live", description="What runs now.")
_COUNTS = ma.fields.Dict(
    keys=ma.fields.Enum(live.Now, by_value=True),
    values=ma.fields.Integer(),
    required=True,
    metadata={"description": "People with a seat, by what they are doing"},
)


class RunningGigSchema(ma.Schema):
    gig_id = ma.fields.UUID(required=True)
    company_id = ma.fields.UUID(required=True)
    title = ma.fields.String(required=True)
    company = ma.fields.String(required=True)
    shifts = ma.fields.Integer(required=True)
    seats = ma.fields.Integer(required=True)
    seats_taken = ma.fields.Integer(required=True)
    people = _COUNTS
    flagged = ma.fields.Integer(required=True, metadata={"description": "Clocks with a flag to look at"})
    unanswered = ma.fields.Integer(
        required=True, metadata={"description": "Open offers of what runs or begins within 4 hours"}
    )
    hazard_flags = ma.fields.Integer(required=True, metadata={"description": "Open flags of heavier content"})


class RunningCountrySchema(ma.Schema):
    country = ma.fields.String(required=True)
    people = _COUNTS
    flagged = ma.fields.Integer(required=True)


class LiveSchema(ma.Schema):
    at = ma.fields.AwareDateTime(required=True)
    gigs = ma.fields.List(ma.fields.Nested(RunningGigSchema), required=True)
    countries = ma.fields.List(ma.fields.Nested(RunningCountrySchema), required=True)


@blueprint.get("")
@blueprint.response(200, LiveSchema)
@problems(blueprint, 401, 404)
def show_live() -> dict[str, object]:
    """What runs now, by gig and by country, for operators: counts, and nobody's name."""
    seen = live.now(seen_by=actor())
    countries = [
        {"country": country, "people": each.people, "flagged": each.flagged} for country, each in seen.countries.items()
    ]
    return {"at": seen.at, "gigs": seen.gigs, "countries": countries}
