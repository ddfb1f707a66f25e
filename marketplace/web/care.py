"""A contractor's pages when something is not well: reporting sick."""

from uuid import UUID

import marshmallow as ma
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.auth import actor
from marketplace.core.db import db
from marketplace.shifts import queries as shifts
from marketplace.shifts import sick
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
