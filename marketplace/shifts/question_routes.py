"""The door at which somebody asks about a gig."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import problems
from marketplace.messages.models import Thread
from marketplace.messages.schemas import NewQuestionSchema, NewShiftMessageSchema, ThreadSchema, ThreadsSchema
from marketplace.shifts import questions, telling

blueprint = Blueprint("questions", __name__, url_prefix="/api/v1", description="Questions about a gig.")


@blueprint.post("/gigs/<uuid:gig_id>/questions")
@blueprint.arguments(NewQuestionSchema)
@blueprint.response(201, ThreadSchema)
@problems(blueprint, 401, 403, 404, 409, 422, 429)
def ask(given: dict[str, Any], gig_id: UUID) -> Thread:
    """Ask the company about a gig of which you have an offer, a seat, or a contract. It is never held against you."""
    return questions.ask(gig_id, **given, by=actor())


@blueprint.post("/shifts/<uuid:shift_id>/messages")
@blueprint.arguments(NewShiftMessageSchema)
@blueprint.response(201, ThreadsSchema)
@problems(blueprint, 401, 403, 404, 409, 422, 429)
def tell(given: dict[str, Any], shift_id: UUID) -> dict[str, Sequence[Thread]]:
    """Write about a shift to whoever has a seat in it, to each in a thread of their own. Nobody owes an answer."""
    return {"items": telling.tell(shift_id, **given, by=actor())}
