"""The doors of disputes."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core import idempotency
from marketplace.core.http import page, problems
from marketplace.disputes import queries, service
from marketplace.disputes import schemas as s
from marketplace.disputes.models import Dispute

blueprint = Blueprint(
    "disputes", __name__, url_prefix="/api/v1/disputes", description="Claims against cuts of timesheets, and rulings."
)


@blueprint.post("")
@blueprint.arguments(s.ClaimSchema)
@blueprint.response(201, s.DisputeSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def claim(given: dict[str, Any]) -> Dispute:
    """Dispute a cut of your time, within 30 days of it. Its money stays held until it is decided."""
    return _shown(service.claim(given["cut_id"], given["words"], by=actor()))


@blueprint.get("")
@blueprint.arguments(s.DisputeListArgs, location="query")
@blueprint.response(200, s.DisputePage)
@problems(blueprint, 401, 403, 404, 422)
def list_disputes(args: dict[str, Any]) -> dict[str, Any]:
    """Your own disputes, or those of a company; all of them for operators who rule."""
    found = queries.disputes(args.pop("company_id"), args.pop("status"), seen_by=actor())
    return page(found, Dispute.id, **args)


@blueprint.get("/<uuid:dispute_id>")
@blueprint.etag
@blueprint.response(200, s.DisputeSchema)
@problems(blueprint, 401, 404)
def show_dispute(dispute_id: UUID) -> Dispute:
    """One dispute: the cut, what both sides said, and the ruling."""
    return queries.dispute(dispute_id, seen_by=actor())


@blueprint.post("/<uuid:dispute_id>/answer")
@blueprint.arguments(s.WordsSchema)
@blueprint.response(200, s.DisputeSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def answer(given: dict[str, Any], dispute_id: UUID) -> Dispute:
    """Say what speaks for your side, while the dispute is open: the company answers, the contractor replies."""
    return _shown(service.answer(dispute_id, given["words"], by=actor()))


@blueprint.post("/<uuid:dispute_id>/rule")
@blueprint.arguments(s.RulingSchema)
@blueprint.response(200, s.DisputeSchema)
@problems(blueprint, 400, 401, 403, 404, 409, 422)
@idempotency.required
def rule(given: dict[str, Any], dispute_id: UUID) -> Dispute:
    """Rule: how many minutes are restored, and why. The next pay run pays them. For operators of neither side."""
    return _shown(service.rule(dispute_id, **given, by=actor()))


@blueprint.post("/<uuid:dispute_id>/withdraw")
@blueprint.response(200, s.DisputeSchema)
@problems(blueprint, 400, 401, 404, 409)
@idempotency.required
def withdraw(dispute_id: UUID) -> Dispute:
    """Take your claim back. The cut stands, and its money goes back to the gig."""
    return _shown(service.withdraw(dispute_id, by=actor()))


def _shown(found: Dispute) -> Dispute:
    return queries.dispute(found.id, seen_by=actor())
