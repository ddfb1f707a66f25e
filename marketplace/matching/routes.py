"""The doors of matching."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import PageArgs, page, problems
from marketplace.matching import queries, service
from marketplace.matching import schemas as s
from marketplace.matching.models import MatchRun
from marketplace.matching.rules import CURRENT, WEIGHTS
from marketplace.shifts.models import Offer
from marketplace.shifts.schemas import OffersMadeSchema

shifts = Blueprint("matching", __name__, url_prefix="/api/v1/shifts", description="Who is asked, and why.")
weights = Blueprint("weights", __name__, url_prefix="/api/v1/matching", description="What counts how much.")
blueprints = (shifts, weights)


@weights.get("/weights")
@weights.doc(security=[])
@weights.response(200, s.AllWeightsSchema)
def list_weights() -> dict[str, Any]:
    """The parts of the score and their weights, every version. Public."""
    return {"current": CURRENT.version, "items": list(WEIGHTS.values())}


@shifts.post("/<uuid:shift_id>/match")
@shifts.response(201, OffersMadeSchema)
@problems(shifts, 401, 403, 404, 409)
def match(shift_id: UUID) -> dict[str, list[Offer]]:
    """Ask the best people for the seats that are open and not yet offered."""
    return {"items": service.match(shift_id, by=actor())}


@shifts.get("/<uuid:shift_id>/matches")
@shifts.arguments(PageArgs, location="query")
@shifts.response(200, s.MatchRunPage)
@problems(shifts, 401, 403, 404, 422)
def list_matches(args: dict[str, Any], shift_id: UUID) -> dict[str, Any]:
    """The searches that were made for a shift, for its company."""
    return page(queries.runs_of_shift(shift_id, seen_by=actor()), MatchRun.id, **args)


@shifts.get("/<uuid:shift_id>/explanations/<uuid:contractor_id>")
@shifts.etag
@shifts.response(200, s.ExplainedSchema)
@problems(shifts, 401, 404)
def explain(shift_id: UUID, contractor_id: UUID) -> service.Explained:
    """Why this person was, or was not, asked. For the person; for the company only about those whom it asked."""
    return service.explain(shift_id, contractor_id, seen_by=actor())
