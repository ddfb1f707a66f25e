"""Giving a seat back: what it counts now, a good cause that goes with it, and one's own reliability."""

from uuid import UUID

import marshmallow as ma
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Actor, require_person
from marketplace.core.db import db
from marketplace.shifts import offers, reliability
from marketplace.shifts import queries as shifts
from marketplace.shifts.reliability_schemas import GoodCauseSchema
from marketplace.web import answers, late_no_pictures
from marketplace.web.contractor import company_names
from marketplace.web.forms import Form
from marketplace.web.work import blueprint, own
from marketplace.workforce import queries as workforce


class CauseForm(ma.Schema):
    """What kept somebody, if they want to say it."""

    words = ma.fields.String(load_default="", validate=ma.validate.Length(0, 2000))


@blueprint.route("/shifts/<uuid:booking_id>/give-back", methods=["GET", "POST"])
def give_back(booking_id: UUID) -> ResponseReturnValue:
    """What giving the seat back counts now, on the steps by which the company pays, before anybody decides; and a
    place for a good cause, which goes with it."""
    by = actor()
    booking = own(shifts.booking(booking_id, seen_by=by), by)
    form = Form(CauseForm)
    if form.done(lambda data: _give_back(booking_id, data["words"], by)):
        flash(answers.told())
        return redirect(url_for("work.show_booking", booking_id=booking_id))
    db.session.refresh(booking, ["offer", "shift"])
    told = reliability.giving_back(booking_id, by=by)
    return render_template(
        "work/give_back.html",
        booking=booking,
        told=told,
        mine=late_no_pictures.steps(told, late_no_pictures.yours),
        theirs=late_no_pictures.steps(told, late_no_pictures.the_companys),
        companies=company_names([booking]),
        form=form,
    ), form.status


def _give_back(booking_id: UUID, cause: str, by: Actor) -> object:
    """Where it counts nothing, the cause has nothing to excuse and is kept nowhere."""
    counts = reliability.giving_back(booking_id, by=by).points
    offers.release(booking_id, by=by)
    return reliability.state_cause(booking_id, cause, by=by) if cause and counts else True


@blueprint.get("/reliability")
def show_reliability(form: Form | None = None) -> ResponseReturnValue:
    """What counts of the last days, until when, what was said of it, and what was excused."""
    by = actor()
    me = workforce.contractor(require_person(by), by)
    shown = form or Form(GoodCauseSchema)
    return render_template(
        "work/reliability.html", told=reliability.mine(by=by), zone=me.timezone, form=shown
    ), shown.status


@blueprint.post("/reliability/<uuid:booking_id>")
def state_cause(booking_id: UUID) -> ResponseReturnValue:
    """A good cause for a late no, for an operator to read."""
    form = Form(GoodCauseSchema)
    if not form.done(lambda data: reliability.state_cause(booking_id, data["words"], by=actor())):
        return show_reliability(form)
    flash(answers.told())
    return redirect(url_for("work.show_reliability"))
