"""The doors of messages. Questions are asked at the door of shifts, which knows who has to do with a gig."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.core.http import page, problems
from marketplace.messages import answers, queries, threads
from marketplace.messages import schemas as s
from marketplace.messages.models import PublishedAnswer, Thread

blueprint = Blueprint("messages", __name__, url_prefix="/api/v1", description="Questions about gigs, and answers.")


@blueprint.get("/threads")
@blueprint.arguments(s.ThreadListArgs, location="query")
@blueprint.response(200, s.ThreadPage)
@problems(blueprint, 401, 403, 404, 422)
def list_threads(args: dict[str, Any]) -> dict[str, Any]:
    """Your own threads as a contractor, or those of a company."""
    company_id, by = args.pop("company_id"), actor()
    found = queries.my_threads(seen_by=by) if company_id is None else queries.company_threads(company_id, seen_by=by)
    return page(found, Thread.id, **args)


@blueprint.get("/threads/<uuid:thread_id>")
@blueprint.etag
@blueprint.response(200, s.ThreadSchema)
@problems(blueprint, 401, 404)
def show_thread(thread_id: UUID) -> Thread:
    """One thread with its words, for its two sides."""
    return queries.thread(thread_id, seen_by=actor())


@blueprint.post("/threads/<uuid:thread_id>/messages")
@blueprint.arguments(s.NewMessageSchema)
@blueprint.response(201, s.ThreadSchema)
@problems(blueprint, 401, 403, 404, 422, 429)
def write(given: dict[str, Any], thread_id: UUID) -> Thread:
    """Go on. The company's message answers what waits; a closed thread is open again."""
    return threads.write(thread_id, **given, by=actor())


@blueprint.post("/threads/<uuid:thread_id>/close")
@blueprint.response(200, s.ThreadSchema)
@problems(blueprint, 401, 404, 409)
def close(thread_id: UUID) -> Thread:
    """End it. Whoever asked withdraws an open question by it; the company answers first."""
    return threads.close(thread_id, by=actor())


@blueprint.get("/gigs/<uuid:gig_id>/answers")
@blueprint.response(200, s.GigAnswersSchema)
@problems(blueprint, 401, 404)
def list_answers(gig_id: UUID) -> queries.GigAnswers:
    """What the company answered for all, which parts of the instructions are to be mended, and how fast it replies."""
    return queries.answers(gig_id, seen_by=actor())


@blueprint.post("/gigs/<uuid:gig_id>/answers")
@blueprint.arguments(s.NewAnswerSchema)
@blueprint.response(201, s.PublishedAnswerSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def publish(given: dict[str, Any], gig_id: UUID) -> PublishedAnswer:
    """Answer everybody, without a name. With a part of the instructions it answers every open question about it."""
    return answers.publish(gig_id, **given, by=actor())
