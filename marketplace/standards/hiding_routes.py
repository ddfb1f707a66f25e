"""The doors of hidden words: what is hidden, for their author and for operators who vet, and the decisions about it.
Words are hidden at the doors of whatever shows them."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.accounts.schemas import ReasonSchema
from marketplace.core.http import PageArgs, page, problems
from marketplace.standards import hiding
from marketplace.standards import hiding_schemas as s
from marketplace.standards.hiding_models import Hiding

blueprint = Blueprint(
    "hidden-words", __name__, url_prefix="/api/v1/hidden-words", description="Words that abuse people are hidden."
)


@blueprint.get("")
@blueprint.arguments(s.HidingArgs, location="query")
@blueprint.response(200, s.HidingPage)
@problems(blueprint, 401, 403, 404, 422)
def list_hidden(given: dict[str, Any]) -> dict[str, Any]:
    """What was hidden, and what is contested. For operators who vet."""
    return page(hiding.listed(given.pop("status", None), seen_by=actor()), Hiding.id, **given)


@blueprint.get("/mine")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, s.HidingPage)
@problems(blueprint, 401, 403, 422)
def list_my_hidden(given: dict[str, Any]) -> dict[str, Any]:
    """Words of yours that were hidden, and why."""
    return page(hiding.mine(seen_by=actor()), Hiding.id, **given)


@blueprint.get("/<uuid:hiding_id>")
@blueprint.etag
@blueprint.response(200, s.HidingSchema)
@problems(blueprint, 401, 404)
def show_hidden(hiding_id: UUID) -> Hiding:
    """One of them, for whoever wrote the words and for operators who vet."""
    return hiding.one(hiding_id, seen_by=actor())


@blueprint.post("/<uuid:hiding_id>/contest")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, s.HidingSchema)
@problems(blueprint, 401, 404, 409, 422)
def contest(given: dict[str, str], hiding_id: UUID) -> Hiding:
    """Say why words of yours should be shown: once, within 30 days."""
    return hiding.contest(hiding_id, given["reason"], by=actor())


@blueprint.post("/<uuid:hiding_id>/uphold")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, s.HidingSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def uphold(given: dict[str, str], hiding_id: UUID) -> Hiding:
    """Find that contested words stay hidden. Another operator than the one who hid them."""
    return hiding.uphold(hiding_id, **given, by=actor())


@blueprint.post("/<uuid:hiding_id>/lift")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, s.HidingSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def lift(given: dict[str, str], hiding_id: UUID) -> Hiding:
    """Show the words again, and say why."""
    return hiding.lift(hiding_id, **given, by=actor())
