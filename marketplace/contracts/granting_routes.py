"""The door at which a qualification is given without a test: a company's contracts say who its people are."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.contracts import granting
from marketplace.core.http import problems
from marketplace.qualifications.models import Holding
from marketplace.qualifications.schemas import GrantSchema, HoldingSchema

blueprint = Blueprint(
    "granting", __name__, url_prefix="/api/v1/qualifications", description="Giving a qualification without a test."
)


@blueprint.post("/<uuid:qualification_id>/grant")
@blueprint.arguments(GrantSchema)
@blueprint.response(201, HoldingSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def grant(given: dict[str, Any], qualification_id: UUID) -> Holding:
    """Give it to one of your people without a test, with what shows it and why."""
    return granting.grant(qualification_id, **given, by=actor())
