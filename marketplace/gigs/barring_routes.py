"""The doors at which somebody is kept from new offers: by an operator, or by a company for its own gigs."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import problems
from marketplace.gigs import barring
from marketplace.gigs import barring_schemas as s
from marketplace.workforce.standing_models import Restriction
from marketplace.workforce.standing_schemas import RestrictionSchema

blueprint = Blueprint("barring", __name__, url_prefix="/api/v1", description="Bars from new offers, with an end.")


@blueprint.post("/vetting/contractors/<uuid:contractor_id>/restrictions")
@blueprint.arguments(s.NewRestrictionSchema)
@blueprint.response(201, RestrictionSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def restrict(given: dict[str, Any], contractor_id: UUID) -> Restriction:
    """Keep somebody from some new offers until a day. Accepted shifts are kept, and what was earned is paid."""
    return barring.restrict(contractor_id, **given, by=actor())


@blueprint.post("/companies/<uuid:company_id>/blocks")
@blueprint.arguments(s.NewBlockSchema)
@blueprint.response(201, RestrictionSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def block(given: dict[str, Any], company_id: UUID) -> Restriction:
    """Keep somebody you have a contract with from new offers of your own gigs. They read why, and can contest it."""
    return barring.block(company_id, **given, by=actor())
