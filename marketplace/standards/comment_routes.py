"""The doors of comments. Everybody reads; whoever is signed in may say something; operators answer."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor, actor_or_none, person_asking
from marketplace.accounts.schemas import ReasonSchema
from marketplace.core.http import PageArgs, page, problems
from marketplace.core.limits import WORDS, limiter
from marketplace.standards import comment_schemas as s
from marketplace.standards import comments
from marketplace.standards.comments import Said
from marketplace.standards.hiding_models import Hiding
from marketplace.standards.hiding_schemas import HidingSchema
from marketplace.standards.models import RegionAnswer, RegionChange, RegionComment

blueprint = Blueprint(
    "announced-changes",
    __name__,
    url_prefix="/api/v1/standards/announced-changes",
    description="Changes that lower a protection, and what people say of them.",
)


@blueprint.get("")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, s.AnnouncedChangePage)
@problems(blueprint, 422)
@blueprint.doc(security=[])
def list_announced(given: dict[str, Any]) -> dict[str, Any]:
    """Changes that lower a protection of a place: open to comments, decided, or taken off the table."""
    found = page(comments.announced(), RegionChange.id, **given)
    return found | {"items": [each.as_dict() for each in comments.told(found["items"])]}


@blueprint.get("/<uuid:change_id>")
@blueprint.etag
@blueprint.response(200, s.AnnouncedChangeSchema)
@problems(blueprint, 404)
@blueprint.doc(security=[])
def show_announced(change_id: UUID) -> dict[str, Any]:
    """One of them: what it changes, until when it is open to comments, and how many have no answer."""
    return comments.change(change_id).as_dict()


@blueprint.get("/<uuid:change_id>/comments")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, s.CommentPage)
@problems(blueprint, 404, 422)
@blueprint.doc(security=[])
def list_comments(given: dict[str, Any], change_id: UUID) -> dict[str, Any]:
    """What people said of it and what was answered, without a name and in no order."""
    found = page(comments.said_of(change_id), RegionComment.id, **given)
    return found | {"items": comments.read(found["items"], seen_by=actor_or_none())}


@blueprint.put("/<uuid:change_id>/comment")
@limiter.limit(WORDS, key_func=person_asking)
@blueprint.arguments(s.NewCommentSchema)
@blueprint.response(200, s.CommentSchema)
@problems(blueprint, 401, 403, 404, 409, 422, 429)
def say(given: dict[str, Any], change_id: UUID) -> Said:
    """Say what you think of it, or say it anew: one comment, until the days are over. It is public, without your
    name."""
    return comments.read([comments.say(change_id, **given, by=actor())], seen_by=actor())[0]


@blueprint.delete("/<uuid:change_id>/comment")
@blueprint.response(200, s.CommentSchema)
@problems(blueprint, 401, 403, 404, 409)
def take_back(change_id: UUID) -> Said:
    """Take back what you said, at any time."""
    return comments.read([comments.take_back(change_id, by=actor())], seen_by=actor())[0]


@blueprint.post("/<uuid:change_id>/comments/<uuid:comment_id>/hide")
@blueprint.arguments(ReasonSchema)
@blueprint.response(201, HidingSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def hide(given: dict[str, str], change_id: UUID, comment_id: UUID) -> Hiding:
    """Hide a comment that insults, threatens or exposes people, and say why. For operators who vet."""
    return comments.hide(change_id, comment_id, **given, by=actor())


@blueprint.post("/<uuid:change_id>/answers")
@blueprint.arguments(s.NewCommentAnswerSchema)
@blueprint.response(201, s.CommentAnswerSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def answer(given: dict[str, Any], change_id: UUID) -> RegionAnswer:
    """Answer comments in writing, once the days are over. For operators of standards; nobody answers their own."""
    return comments.answer(change_id, **given, by=actor())
