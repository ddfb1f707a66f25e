"""A contractor's pages about how the work of a gig was: what they were asked, and what they said."""

from uuid import UUID

import marshmallow as ma
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.auth import actor
from marketplace.core import clock
from marketplace.core.http import page
from marketplace.surveys import queries, service
from marketplace.surveys.models import Survey
from marketplace.surveys.rules import SCALE, Ask
from marketplace.surveys.schemas import NewSurveyAnswerSchema
from marketplace.web.contractor import company_names
from marketplace.web.forms import Form
from marketplace.web.work import SHOWN, blueprint, cursor

PRESSES = {"decline": service.decline, "empty": service.empty_words}


@blueprint.get("/surveys")
def list_surveys() -> str:
    found = page(queries.my_surveys(seen_by=actor()), Survey.id, limit=SHOWN, after=cursor())
    return render_template(
        "work/surveys.html", found=found, companies=company_names(found["items"]), moment=clock.now()
    )


@blueprint.get("/surveys/<uuid:survey_id>")
def show_survey(survey_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    survey = queries.survey(survey_id, seen_by=actor())
    shown = form or Form(NewSurveyAnswerSchema)
    return render_template(
        "work/survey.html",
        survey=survey,
        companies=company_names([survey]),
        form=shown,
        asks=list(Ask),
        scale=SCALE,
        is_open=survey.ended_at is None and survey.closes_at > clock.now(),
    ), shown.status


@blueprint.post("/surveys/<uuid:survey_id>")
def answer_survey(survey_id: UUID) -> ResponseReturnValue:
    form = Form(NewSurveyAnswerSchema)
    if not form.done(lambda data: service.answer(survey_id, **data, by=actor())):
        return show_survey(survey_id, form)
    flash(gettext("Thank you. The company never sees that it was you."))
    return redirect(url_for("work.show_survey", survey_id=survey_id))


@blueprint.post("/surveys/<uuid:survey_id>/<any(decline, empty):press>")
def press_survey(survey_id: UUID, press: str) -> ResponseReturnValue:
    form = Form(ma.Schema)
    if not form.done(lambda _: PRESSES[press](survey_id, by=actor())):
        return show_survey(survey_id, form)
    return redirect(url_for("work.show_survey", survey_id=survey_id))
