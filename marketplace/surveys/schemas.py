"""Surveys on the wire."""

import marshmallow as ma

from marketplace.core.http import Flag, PageArgs, page_schema
from marketplace.surveys.rules import SCALE, Ask, ConcernStatus

LONGEST = 4000


def _points() -> ma.fields.Integer:
    told = {"description": "From 1, not at all, to 5, wholly"}
    return ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(SCALE[0], SCALE[-1]), metadata=told)


class PointsSchema(ma.Schema):
    """Each question with a point of the scale."""

    time = _points()
    instructions = _points()
    pay = _points()
    work = _points()
    again = _points()

    @ma.post_load
    def by_question(self, data: dict[str, int], **_more: object) -> dict[Ask, int]:
        return {Ask(name): value for name, value in data.items()}


class NewSurveyAnswerSchema(ma.Schema):
    points = ma.fields.Nested(PointsSchema, required=True)
    words = ma.fields.String(load_default="", validate=ma.validate.Length(max=LONGEST))
    named = Flag(load_default=False, metadata={"description": "Whether operators may read your name beside your words"})


class SurveyAnswerSchema(ma.Schema):
    points = ma.fields.Function(lambda row: {str(ask): row.points(ask) for ask in Ask}, required=True)
    words = ma.fields.String(required=True)
    named = ma.fields.Boolean(required=True)


class SurveySchema(ma.Schema):
    """That you were asked about a gig, and what you answered; nobody at the company sees it."""

    id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(required=True)
    asked_at = ma.fields.AwareDateTime(required=True)
    closes_at = ma.fields.AwareDateTime(required=True)
    ended_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    answer = ma.fields.Nested(SurveyAnswerSchema, required=True, allow_none=True)


SurveyPage = page_schema(SurveySchema, "SurveyPage")


class FigureSchema(ma.Schema):
    """How many people chose each point of the scale, the lowest first."""

    ask = ma.fields.Enum(Ask, by_value=True, required=True)
    answers = ma.fields.Integer(required=True)
    counts = ma.fields.List(ma.fields.Integer(), required=True)
    mean = ma.fields.Decimal(as_string=True, required=True)


class ConcernSchema(ma.Schema):
    id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(required=True)
    ask = ma.fields.Enum(Ask, by_value=True, required=True)
    answers = ma.fields.Integer(required=True)
    mean_hundredths = ma.fields.Integer(required=True)
    opened_at = ma.fields.AwareDateTime(required=True)
    closed_at = ma.fields.AwareDateTime(required=True, allow_none=True)
    words = ma.fields.String(required=True, allow_none=True, metadata={"description": "What an operator found"})
    status = ma.fields.Enum(ConcernStatus, by_value=True, required=True)


ConcernPage = page_schema(ConcernSchema, "ConcernPage")


class ConcernListArgs(PageArgs):
    status = ma.fields.Enum(ConcernStatus, by_value=True, load_default=None)


class SaidSchema(ma.Schema):
    """Figures of whole groups of five answers; none while fewer people have answered."""

    figures = ma.fields.List(ma.fields.Nested(FigureSchema), required=True)
    concerns = ma.fields.List(ma.fields.Nested(ConcernSchema), required=True)


class SurveyWordsSchema(ma.Schema):
    """What somebody wrote of a gig; with a name where they allowed it."""

    id = ma.fields.UUID(required=True)
    gig_id = ma.fields.UUID(required=True)
    gig_title = ma.fields.String(required=True)
    words = ma.fields.String(required=True)
    name = ma.fields.String(required=True, allow_none=True)


SurveyWordsPage = page_schema(SurveyWordsSchema, "SurveyWordsPage")
