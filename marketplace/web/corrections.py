"""Corrections of the clock: for the person whose clock it is and, with the same words, for the company."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.shifts import corrections, piece_counts
from marketplace.shifts import queries as shifts
from marketplace.shifts.booking_schemas import PiecesSchema
from marketplace.shifts.correction_models import Correction
from marketplace.shifts.correction_schemas import CorrectionWordsSchema
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import Timesheet
from marketplace.web import company, work
from marketplace.web.company_timesheets import own_timesheet, show_timesheet
from marketplace.web.correcting import CorrectionForm
from marketplace.web.forms import Form
from marketplace.web.pictures import stretches_line

ANSWERS: Mapping[str, tuple[Callable[..., Correction], type[ma.Schema]]] = {
    "accept": (corrections.accept, ma.Schema),
    "contest": (corrections.contest, CorrectionWordsSchema),
}


@work.blueprint.route("/shifts/<uuid:booking_id>/corrections", methods=["GET", "POST"])
def correct_clock(booking_id: UUID) -> ResponseReturnValue:
    """What was corrected, and a form for what should be."""
    booking = _mine(booking_id)
    rows = CorrectionForm(booking, booking.shift.timezone)
    form = Form(rows.schema(), rows.values)
    if form.done(lambda data: corrections.correct(booking_id, rows.read(data), data["words"], by=actor())):
        flash(gettext("Written down. It counts, and the company sees both."))
        return redirect(url_for("work.correct_clock", booking_id=booking_id))
    return _my_page(booking, rows, form)


@work.blueprint.post("/shifts/<uuid:booking_id>/corrections/<uuid:correction_id>/<answer>")
def answer_correction(booking_id: UUID, correction_id: UUID, answer: str) -> ResponseReturnValue:
    """The person's answer to what the company wrote."""
    booking = _mine(booking_id)
    rows = CorrectionForm(booking, booking.shift.timezone)
    form, was_done = _answer(booking, correction_id, answer)
    if was_done:
        return redirect(url_for("work.correct_clock", booking_id=booking_id))
    return _my_page(booking, rows, Form(rows.schema(), rows.values), form)


@company.blueprint.route("/timesheets/<uuid:timesheet_id>/shifts/<uuid:booking_id>", methods=["GET", "POST"])
def correct_time(company_id: UUID, timesheet_id: UUID, booking_id: UUID) -> ResponseReturnValue:
    """The same for the company: what takes minutes is a proposal."""
    sheet = own_timesheet(timesheet_id)
    booking = _of(sheet, booking_id)
    rows = CorrectionForm(booking, sheet.timezone)
    form = Form(rows.schema(), rows.values)
    if form.done(lambda data: corrections.correct(booking_id, rows.read(data), data["words"], by=actor())):
        return company.saved("correct_time", timesheet_id=timesheet_id, booking_id=booking_id)
    return _their_page(sheet, booking, rows, form)


@company.blueprint.post("/timesheets/<uuid:timesheet_id>/shifts/<uuid:booking_id>/<uuid:correction_id>/<answer>")
def answer_time(
    company_id: UUID, timesheet_id: UUID, booking_id: UUID, correction_id: UUID, answer: str
) -> ResponseReturnValue:
    """The company's answer to what the person wrote."""
    sheet = own_timesheet(timesheet_id)
    booking = _of(sheet, booking_id)
    rows = CorrectionForm(booking, sheet.timezone)
    form, was_done = _answer(booking, correction_id, answer)
    if was_done:
        return company.saved("correct_time", timesheet_id=timesheet_id, booking_id=booking_id)
    return _their_page(sheet, booking, rows, Form(rows.schema(), rows.values), form)


@work.blueprint.post("/shifts/<uuid:booking_id>/pieces")
def count_pieces(booking_id: UUID) -> ResponseReturnValue:
    """How many pieces came of the person's own shift."""
    _mine(booking_id)
    form = Form(PiecesSchema)
    if form.done(lambda data: piece_counts.count(booking_id, **data, by=actor())):
        return redirect(url_for("work.show_booking", booking_id=booking_id))
    return work.show_booking(booking_id, form)


@company.blueprint.post("/timesheets/<uuid:timesheet_id>/shifts/<uuid:booking_id>/pieces", endpoint="count_pieces")
def count_more(company_id: UUID, timesheet_id: UUID, booking_id: UUID) -> ResponseReturnValue:
    """The same for the company, which may say more."""
    _of(own_timesheet(timesheet_id), booking_id)
    form = Form(PiecesSchema)
    if form.done(lambda data: piece_counts.count(booking_id, **data, by=actor())):
        return company.saved("show_timesheet", timesheet_id=timesheet_id)
    return show_timesheet(company_id, timesheet_id, form)


def _mine(booking_id: UUID) -> Booking:
    by = actor()
    booking = work.own(shifts.booking(booking_id, seen_by=by), by)
    db.session.refresh(booking, ["offer", "shift"])
    return booking


def _of(sheet: Timesheet, booking_id: UUID) -> Booking:
    booking = next((line.booking for line in sheet.lines if line.booking_id == booking_id), None)
    if booking is None:
        raise NotFound
    return booking


def _answer(booking: Booking, correction_id: UUID, answer: str) -> tuple[Form, bool]:
    here = {each.id for each in corrections.of_bookings([booking.id])}
    if answer not in ANSWERS or correction_id not in here:
        raise NotFound
    verb, schema = ANSWERS[answer]
    form = Form(schema)
    return form, form.done(lambda data: verb(correction_id, **data, by=actor()))


def _my_page(booking: Booking, rows: CorrectionForm, form: Form, answering: Form | None = None) -> ResponseReturnValue:
    # A verb that locked the row has put away what it refers to.
    db.session.refresh(booking, ["offer", "shift"])
    shown = _shown(booking, rows, form, answering)
    return render_template("work/corrections.html", zone=booking.shift.timezone, **shown), _status(form, answering)


def _their_page(
    sheet: Timesheet, booking: Booking, rows: CorrectionForm, form: Form, answering: Form | None = None
) -> ResponseReturnValue:
    name = accounts.person_name([booking.contractor_id])[booking.contractor_id]
    shown = _shown(booking, rows, form, answering)
    page = render_template("company/corrections.html", sheet=sheet, name=name, zone=sheet.timezone, **shown)
    return page, _status(form, answering)


def _status(form: Form, answering: Form | None) -> int:
    return answering.status if answering is not None else form.status


def _shown(booking: Booking, rows: CorrectionForm, form: Form, answering: Form | None) -> dict[str, Any]:
    """Every correction with pictures of what stood before and what stands instead, in the span of the shift."""
    made = corrections.of_bookings([booking.id])
    pictures = {
        (each.id, side): stretches_line(
            corrections.kept_stretches(getattr(each, side)), booking.starts_at, booking.ends_at
        )
        for each in made
        for side in ("before", "after")
    }
    return {
        "booking": booking,
        "corrections": made,
        "pictures": pictures,
        "rows": rows,
        "form": form,
        "answering": answering or Form(CorrectionWordsSchema),
        "is_open": corrections.is_open(booking, by=actor(), now=clock.now()),
    }
