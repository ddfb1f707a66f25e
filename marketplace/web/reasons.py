"""A contractor reads why they were asked to take a shift, or why not."""

from uuid import UUID

from flask import render_template
from sqlalchemy import select

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import require_person
from marketplace.core.db import db
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.matching import queries, service
from marketplace.shifts.models import Shift
from marketplace.web.contractor import company_names
from marketplace.web.pictures import score_bar
from marketplace.web.work import SHOWN, blueprint, cursor


@blueprint.get("/not-asked")
def list_not_asked() -> str:
    """Coming shifts of the person's companies that they were not offered, each with the way to the reason."""
    found = page(queries.not_offered(seen_by=actor()), Shift.id, limit=SHOWN, after=cursor())
    titles = select(Gig.id, Gig.title).where(Gig.id.in_({shift.gig_id for shift in found["items"]}))
    return render_template(
        "work/not_asked.html",
        found=found,
        titles={row.id: row.title for row in db.session.execute(titles)},
        companies=company_names(found["items"]),
    )


@blueprint.get("/shifts/<uuid:shift_id>/why")
def explain_shift(shift_id: UUID) -> str:
    """Why the person was, or was not, asked to take this shift: the points by part, or the rule that decided."""
    by = actor()
    shift = queries.visible_shift(shift_id, seen_by=by)
    found = service.explain(shift_id, require_person(by), seen_by=by)
    gig = db.session.get(Gig, shift.gig_id)
    if gig is None:
        raise NotFound
    return render_template(
        "work/why.html",
        shift=shift,
        gig=gig,
        found=found,
        companies=company_names([shift]),
        bar=score_bar(found.reason.get("parts", ())),
    )
