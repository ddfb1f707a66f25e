"""The door at which somebody begins a test: their shifts decide about it too."""

from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import problems
from marketplace.qualifications.models import Attempt
from marketplace.qualifications.schemas import AttemptSchema
from marketplace.shifts import attempting

blueprint = Blueprint("attempts", __name__, url_prefix="/api/v1/tests", description="Beginning a test.")


@blueprint.post("/<uuid:qualification_id>/attempts")
@blueprint.response(201, AttemptSchema)
@problems(blueprint, 401, 403, 404, 409)
def start(qualification_id: UUID) -> Attempt:
    """Begin a test; its pay is set aside first. If you have begun it, you go on. Its minutes are work: one that would
    break your hours of a week, or your rest, is not begun."""
    return attempting.begin(qualification_id, by=actor())
