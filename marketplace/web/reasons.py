"""A contractor reads why they were asked to take a shift, or why not; and asks for one that is open."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import require_person
from marketplace.accounts.schemas import ReasonSchema
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core.db import db
from marketplace.core.http import page
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import WorkKind
from marketplace.matching import claiming, contests, queries, service
from marketplace.matching.claiming import Wanted
from marketplace.shifts import handover_queries
from marketplace.shifts.models import Shift
from marketplace.web.choices import work_kinds
from marketplace.web.contractor import company_names
from marketplace.web.forms import Form
from marketplace.web.pictures import score_bar
from marketplace.web.work import SHOWN, blueprint, cursor

MOST_WANTED = 20
"""Shifts that somebody wants to hand over, the soonest first."""
MOST_OPEN = 100
"""Open shifts on a page, the soonest first; whoever has more of them looks for certain ones."""


class OpenShiftForm(ma.Schema):
    """What is looked for: days in UTC's place, since a day begins in each zone at another moment."""

    class Meta:
        unknown = ma.EXCLUDE

    company_id = ma.fields.UUID(load_default=None)
    work_kind = ma.fields.Enum(WorkKind, by_value=True, load_default=None)
    first_day = ma.fields.Date(load_default=None)
    last_day = ma.fields.Date(load_default=None)
    saved = ma.fields.Boolean(load_default=None)

    @ma.post_load
    def make_moments(self, data: dict[str, Any], **_more: Any) -> Mapping[str, Any]:
        first, last = data.pop("first_day"), data.pop("last_day")
        begins_after = datetime.combine(first, time(), UTC) if first else None
        begins_before = datetime.combine(last, time(), UTC) + timedelta(days=1) if last else None
        return data | {"begins_after": begins_after, "begins_before": begins_before}


@blueprint.get("/not-asked")
def list_not_asked() -> str:
    """Coming shifts of the person's companies that they were not offered, each with the way to the reason."""
    found = page(queries.not_offered(seen_by=actor()), Shift.id, limit=SHOWN, after=cursor())
    return render_template(
        "work/not_asked.html",
        found=found,
        titles=_titles(found["items"]),
        companies=company_names(found["items"]),
    )


@blueprint.get("/open-shifts")
def list_open() -> ResponseReturnValue:
    """Coming shifts with an open seat, found by what the person looks for, each with the button that asks for it."""
    by = actor()
    form = Form(OpenShiftForm, request.args.to_dict())
    wanted = form.run(lambda data: Wanted(**data), request.args) or Wanted()
    soonest = claiming.open_shifts(wanted, seen_by=by).order_by(Shift.starts_at, Shift.id).limit(MOST_OPEN)
    found = list(db.session.scalars(soonest))
    mine = contracts.contracts(by).where(Contract.contractor_id == require_person(by))
    bound = company_names(db.session.scalars(mine).all())
    return render_template(
        "work/open_shifts.html",
        form=form,
        found=found,
        most=MOST_OPEN,
        titles=_titles(found),
        rates=_rates(found),
        takeable=(takeable := handover_queries.takeable(MOST_WANTED, seen_by=by)),
        companies=company_names([*found, *(each.shift for each in takeable)]),
        bound=sorted((str(key), name) for key, name in bound.items()),
        kinds=work_kinds(),
        saved=claiming.saved(seen_by=by),
    ), form.status


@blueprint.post("/open-shifts/<uuid:shift_id>/save")
def save_shift(shift_id: UUID) -> ResponseReturnValue:
    """Keeps the shift in view, and leads back to the list."""
    return _kept(lambda: claiming.save(shift_id, by=actor()), shift_id)


@blueprint.post("/open-shifts/<uuid:shift_id>/let-go")
def let_go_of_shift(shift_id: UUID) -> ResponseReturnValue:
    return _kept(lambda: claiming.let_go(shift_id, by=actor()), shift_id)


def _kept(act: Callable[[], None], shift_id: UUID) -> ResponseReturnValue:
    form = Form(ma.Schema)
    form.run(lambda _: act())
    return explain_shift(shift_id, form) if form.problem else redirect(url_for("work.list_open"))


@blueprint.post("/open-shifts/<uuid:shift_id>")
def ask_for_shift(shift_id: UUID) -> ResponseReturnValue:
    """Asks for the shift, and shows the offer with its terms. A refusal stands on the page that says why."""
    form = Form(ma.Schema)
    offer = form.run(lambda _: claiming.claim(shift_id, by=actor()))
    if offer is None:
        return explain_shift(shift_id, form)
    return redirect(url_for("work.show_offer", offer_id=offer.id))


@blueprint.post("/shifts/<uuid:shift_id>/why")
def contest_why(shift_id: UUID) -> ResponseReturnValue:
    """Puts what decided before a human."""
    form = Form(ReasonSchema)
    if form.done(lambda data: contests.contest(shift_id, data["reason"], by=actor())):
        return redirect(url_for("work.explain_shift", shift_id=shift_id) + "#contested")
    return explain_shift(shift_id, form)


@blueprint.get("/shifts/<uuid:shift_id>/why")
def explain_shift(shift_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """Why the person was, or was not, asked to take this shift: the points by part, or the rule that decided."""
    by = actor()
    shift = queries.visible_shift(shift_id, seen_by=by)
    found = service.explain(shift_id, require_person(by), seen_by=by)
    gig = db.session.get(Gig, shift.gig_id)
    if gig is None:
        raise NotFound
    form = form or Form(ma.Schema)
    is_open = db.session.scalar(claiming.open_shifts(Wanted(), seen_by=by).where(Shift.id == shift_id)) is not None
    page_ = render_template(
        "work/why.html",
        form=form,
        is_open=is_open,
        shift=shift,
        gig=gig,
        found=found,
        contest=contests.of_shift(shift_id, require_person(by)),
        companies=company_names([shift]),
        bar=score_bar(found.reason.get("parts", ())),
    )
    return page_, form.status


def _titles(found: Sequence[Shift]) -> dict[UUID, str]:
    titles = select(Gig.id, Gig.title).where(Gig.id.in_({shift.gig_id for shift in found}))
    return {row.id: row.title for row in db.session.execute(titles)}


def _rates(found: Sequence[Shift]) -> dict[UUID, Money]:
    """What an hour of each gig pays at least, to whoever may do it: a level adds to it."""
    gigs = select(Gig).where(Gig.id.in_({shift.gig_id for shift in found}))
    return {gig.id: gig.rate for gig in db.session.scalars(gigs)}
