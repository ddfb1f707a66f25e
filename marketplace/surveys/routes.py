"""The doors of surveys."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from marketplace.accounts.auth import actor
from marketplace.accounts.schemas import ReasonSchema
from marketplace.core.http import PageArgs, page, problems
from marketplace.surveys import queries, service
from marketplace.surveys import schemas as s
from marketplace.surveys.models import Concern, Survey

blueprint = Blueprint("surveys", __name__, url_prefix="/api/v1", description="What people say of a gig.")


@blueprint.get("/surveys")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, s.SurveyPage)
@problems(blueprint, 401, 403, 422)
def list_surveys(args: dict[str, Any]) -> dict[str, Any]:
    """What you were asked about."""
    return page(queries.my_surveys(seen_by=actor()), Survey.id, **args)


@blueprint.get("/surveys/<uuid:survey_id>")
@blueprint.etag
@blueprint.response(200, s.SurveySchema)
@problems(blueprint, 401, 403, 404)
def show_survey(survey_id: UUID) -> Survey:
    """One of your surveys."""
    return queries.survey(survey_id, seen_by=actor())


@blueprint.post("/surveys/<uuid:survey_id>/answer")
@blueprint.arguments(s.NewSurveyAnswerSchema)
@blueprint.response(200, s.SurveySchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def answer(given: dict[str, Any], survey_id: UUID) -> Survey:
    """Say how it was. The company sees sums of five answers or more, never a word, and never who spoke."""
    return service.answer(survey_id, **given, by=actor())


@blueprint.post("/surveys/<uuid:survey_id>/decline")
@blueprint.response(200, s.SurveySchema)
@problems(blueprint, 401, 403, 404, 409)
def decline(survey_id: UUID) -> Survey:
    """Rather not. Nobody is told, and you are not asked again."""
    return service.decline(survey_id, by=actor())


@blueprint.delete("/surveys/<uuid:survey_id>/words")
@blueprint.response(200, s.SurveySchema)
@problems(blueprint, 401, 403, 404, 409)
def empty_words(survey_id: UUID) -> Survey:
    """Take back what you wrote. Your points stay in the figures."""
    return service.empty_words(survey_id, by=actor())


@blueprint.get("/gigs/<uuid:gig_id>/survey")
@blueprint.response(200, s.SaidSchema)
@problems(blueprint, 401, 404)
def show_said(gig_id: UUID) -> queries.Said:
    """What people say of a gig, for its company and for operators."""
    return queries.said_of(gig_id, seen_by=actor())


@blueprint.get("/surveys/words")
@blueprint.arguments(PageArgs, location="query")
@blueprint.response(200, s.SurveyWordsPage)
@problems(blueprint, 401, 403, 404, 422)
def list_words(args: dict[str, Any]) -> dict[str, Any]:
    """What people wrote, for operators of standards, in no order."""
    found = queries.words(seen_by=actor(), after=args["after"], limit=args["limit"] + 1)
    shown = found[: args["limit"]]
    return {"items": shown, "next": shown[-1].id if len(found) > len(shown) else None}


@blueprint.get("/survey-concerns")
@blueprint.arguments(s.ConcernListArgs, location="query")
@blueprint.response(200, s.ConcernPage)
@problems(blueprint, 401, 403, 404, 422)
def list_concerns(args: dict[str, Any]) -> dict[str, Any]:
    """Low figures, for operators of standards."""
    return page(queries.concerns(args.pop("status"), seen_by=actor()), Concern.id, **args)


@blueprint.post("/survey-concerns/<uuid:concern_id>/close")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, s.ConcernSchema)
@problems(blueprint, 401, 403, 404, 409, 422)
def close_concern(given: dict[str, Any], concern_id: UUID) -> Concern:
    """Say what you found. Nothing else follows from a figure."""
    return service.close(concern_id, **given, by=actor())
