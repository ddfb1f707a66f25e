"""The door at which somebody asks about a gig."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import problems
from marketplace.messages.models import Thread
from marketplace.messages.schemas import NewQuestionSchema, ThreadSchema
from marketplace.shifts import questions

blueprint = Blueprint("questions", __name__, url_prefix="/api/v1", description="Questions about a gig.")


@blueprint.post("/gigs/<uuid:gig_id>/questions")
@blueprint.arguments(NewQuestionSchema)
@blueprint.response(201, ThreadSchema)
@problems(blueprint, 401, 403, 404, 409, 422, 429)
def ask(given: dict[str, Any], gig_id: UUID) -> Thread:
    """Ask the company about a gig of which you have an offer, a seat, or a contract. It is never held against you."""
    return questions.ask(gig_id, **given, by=actor())
