"""A contractor's pages when something is not well: reporting sick, flagging distressing content."""

from uuid import UUID

import marshmallow as ma
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.auth import actor
from marketplace.core.db import db
from marketplace.shifts import flags, sick
from marketplace.shifts import queries as shifts
from marketplace.shifts.hazard_schemas import NewFlagSchema
from marketplace.web import choices
from marketplace.web.forms import Form
from marketplace.web.work import blueprint, own


@blueprint.route("/shifts/<uuid:booking_id>/sick", methods=["GET", "POST"])
def report_sick(booking_id: UUID) -> ResponseReturnValue:
    """What reporting sick would pay, said before it is confirmed."""
    by = actor()
    booking = own(shifts.booking(booking_id, seen_by=by), by)
    form = Form(ma.Schema)
    if form.done(lambda _: sick.report_sick(booking_id, by=by)):
        flash(gettext("Reported. Get well; nothing follows from it."))
        return redirect(url_for("work.show_booking", booking_id=booking_id))
    paid = sick.sick_pay(booking_id, by=by)
    db.session.refresh(booking, ["offer", "shift"])
    return render_template("work/sick.html", booking=booking, paid=paid, form=form), form.status


@blueprint.route("/shifts/<uuid:booking_id>/flag", methods=["GET", "POST"])
def flag(booking_id: UUID) -> ResponseReturnValue:
    """What somebody saw in the work that its hazard class does not tell of."""
    by = actor()
    booking = own(shifts.booking(booking_id, seen_by=by), by)
    form = Form(NewFlagSchema)
    if form.done(lambda data: flags.flag(booking_id, **data, by=by)):
        flash(gettext("Thank you. The company and our operators see it now; nothing follows from it for you."))
        return redirect(url_for("work.show_booking", booking_id=booking_id))
    db.session.refresh(booking, ["offer", "shift"])
    categories = choices.hazard_categories()
    return render_template("work/flag.html", booking=booking, form=form, categories=categories), form.status
