"""What people say, at the desk: low figures that somebody looks at, the figures of gigs, and words without names."""

from uuid import UUID

from flask import render_template, request
from flask.typing import ResponseReturnValue

from marketplace.accounts.auth import actor
from marketplace.accounts.schemas import ReasonSchema
from marketplace.core.http import page
from marketplace.surveys import queries, service
from marketplace.surveys.models import Concern
from marketplace.surveys.rules import ConcernStatus
from marketplace.web.forms import Form
from marketplace.web.operator import SHOWN, after, blueprint, saved
from marketplace.web.survey_pictures import said_bars


@blueprint.get("/surveys")
def list_surveys(form: Form | None = None) -> ResponseReturnValue:
    by = actor()
    shown = form or Form(ReasonSchema)
    low = page(queries.concerns(ConcernStatus.OPEN, seen_by=by), Concern.id, limit=SHOWN, after=None)["items"]
    return render_template(
        "operator/surveys.html",
        low=low,
        by_gig=[(gig, said_bars(figures)) for gig, figures in queries.said_of_gigs(after(), SHOWN, seen_by=by)],
        written=queries.words(seen_by=by, after=request.args.get("words", type=UUID), limit=SHOWN),
        shown=SHOWN,
        form=shown,
    ), shown.status


@blueprint.post("/surveys/concerns/<uuid:concern_id>")
def close_concern(concern_id: UUID) -> ResponseReturnValue:
    form = Form(ReasonSchema)
    done = form.done(lambda data: service.close(concern_id, **data, by=actor()))
    return saved("list_surveys") if done else list_surveys(form)
