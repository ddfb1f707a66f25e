"""A company tries another shift on paper, and reads what its open seats need."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from marketplace.accounts.auth import actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.matching import trials, tried_shifts
from marketplace.matching.models import Trial
from marketplace.matching.schemas import NewShiftTrialSchema
from marketplace.shifts.models import Shift
from marketplace.web import words
from marketplace.web.amounts import in_field
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.company_shifts import own_shift, shift_titles
from marketplace.web.forms import Form
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.plan_words import because, need_words
from marketplace.web.shift_form import OnTheClock
from marketplace.workforce.rules import Level


class TryForm(OnTheClock, NewShiftTrialSchema):
    """The same on the clock of the shift's own zone."""

    timezone = ma.fields.String(required=True)

    @ma.post_load
    def make_moments(self, data: dict[str, Any], **more: Any) -> dict[str, Any]:
        made = super().make_moments(data, **more)
        return {name: value for name, value in made.items() if name != "timezone"}


@blueprint.route("/shifts/<uuid:shift_id>/trials", methods=["GET", "POST"])
def try_shift(company_id: UUID, shift_id: UUID) -> ResponseReturnValue:
    """The shift as it is, in a form that tries another, and what was tried before."""
    by, shift = actor(), own_shift(shift_id)
    gig = db.session.get_one(Gig, shift.gig_id)
    form = Form(TryForm, _as_it_is(shift, gig))
    if request.method == "POST":
        made = form.run(lambda data: tried_shifts.order(shift_id, tried_shifts.Tried(**data), by=by))
        if made is not None:
            return saved("show_shift_trial", shift_id=shift_id, trial_id=made.id)
    before = tried_shifts.trials_of(shift_id, seen_by=by)
    return render_template(
        "company/shift_try.html",
        shift=shift,
        gig=gig,
        form=form,
        levels=[(level.value, level.value) for level in Level],
        language_names=dict(words.languages()),
        trials=page(before, Trial.id, limit=SHOWN, after=after()),
    ), form.status


@blueprint.get("/trials")
def list_trials(company_id: UUID) -> str:
    """What was tried of the company's shifts, the newest first."""
    found = page(tried_shifts.trials_of_company(company_id, seen_by=actor()), Trial.id, limit=SHOWN, after=after())
    of = select(Shift).where(Shift.id.in_({each.shift_id for each in found["items"]}))
    shifts = {shift.id: shift for shift in db.session.scalars(of)}
    return render_template(
        "company/trials.html", found=found, shifts=shifts, titles=shift_titles(list(shifts.values()))
    )


@blueprint.get("/shifts/<uuid:shift_id>/trials/<uuid:trial_id>")
def show_shift_trial(company_id: UUID, shift_id: UUID, trial_id: UUID) -> str:
    """Fill and cost beside today's, what the gate says, what keeps seats open, and what they need."""
    shift = own_shift(shift_id)
    trial = trials.trial(trial_id, seen_by=actor())
    if trial.shift_id != shift.id:
        raise NotFound
    result = trial.result
    refused: Mapping[str, int] = result.get("refused", {})
    most = max(refused.values(), default=0)
    return render_template(
        "company/shift_trial.html",
        shift=shift,
        gig=db.session.get_one(Gig, shift.gig_id),
        trial=trial,
        result=result,
        bars={name: _seats(result[name]) for name in ("before", "after") if result.get(name)},
        refused=[
            (rule, because(rule), count, stacked([Part(rule, str(count), count, "d")], most))
            for rule, count in sorted(refused.items(), key=lambda pair: (-pair[1], pair[0]))
        ],
        needs=[(need_words(step), step) for step in result.get("needs", ())],
    )


def _as_it_is(shift: Shift, gig: Gig) -> dict[str, Any]:
    begins, ends = (moment.astimezone(clock.zone(shift.timezone)) for moment in (shift.starts_at, shift.ends_at))
    return {
        "rate.amount": in_field(gig.rate),
        "rate.currency": gig.rate.currency,
        "day": begins.date().isoformat(),
        "begins": f"{begins:%H:%M}",
        "ends": f"{ends:%H:%M}",
        "seats": str(shift.seats),
        "skills": list(gig.criteria.skills),
        "qualifications": list(gig.criteria.qualifications),
        **{f"languages.{code}": level.value for code, level in gig.criteria.levels.items()},
    }


def _seats(row: Mapping[str, Any]) -> Sequence[Segment]:
    if row["filled"] is None:
        return []
    rest = row["seats"] - row["filled"]
    return stacked(
        [
            Part(gettext("filled"), str(row["filled"]), row["filled"], "a"),
            Part(gettext("open"), str(rest), rest, "d"),
        ]
    )
