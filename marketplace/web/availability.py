"""A contractor's time: a week that is painted, days that are other, hours at which nothing rings."""

from collections.abc import Mapping
from datetime import time
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import require_person
from marketplace.core import clock
from marketplace.core.http import Pattern
from marketplace.web import words
from marketplace.web.contractor import blueprint
from marketplace.web.forms import Form
from marketplace.web.week import clock_face, minute_of, slots, week_schema, week_values
from marketplace.web.week_pictures import KINDS, days_ahead, week_grid
from marketplace.workforce import availability, queries
from marketplace.workforce.calendar import DAY, Calendar, Dated, Quiet, Wish
from marketplace.workforce.schemas import HolidaysSchema

_HALF = lazy_gettext("Give both times, from and to, or none.")
NONE = "none"


class PaintSchema(ma.Schema):
    """Hours of the week that were marked (`0-13` is Monday's from 13:00, `0-*` the whole Monday, `*-13` that hour of
    every day) and what is so in them from now on."""

    cells = ma.fields.List(ma.fields.String(validate=Pattern(r"^([0-6*]-([0-9]|1[0-9]|2[0-3])|[0-6]-\*)$")))
    wish = ma.fields.String(required=True, validate=ma.validate.OneOf([*Wish, NONE]))

    @ma.validates_schema
    def check_marked(self, data: Mapping[str, Any], **_more: Any) -> None:
        if not data.get("cells"):
            raise ma.ValidationError(gettext("Mark the hours first."), "cells")

    @ma.post_load
    def spell_out(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        pairs = [cell.split("-") for cell in data["cells"]]
        hours = {
            (int(weekday), int(hour))
            for day, at in pairs
            for weekday in (range(7) if day == "*" else [day])
            for hour in (range(24) if at == "*" else [at])
        }
        return {"hours": hours, "wish": None if data["wish"] == NONE else Wish(data["wish"])}


class _StretchSchema(ma.Schema):
    """A stretch of a day from a time to a time, or none."""

    begins = ma.fields.Time("%H:%M", load_default=None)
    ends = ma.fields.Time("%H:%M", load_default=None)

    @ma.validates_schema
    def check_pair(self, data: Mapping[str, time | None], **_more: Any) -> None:
        if (data["begins"] is None) != (data["ends"] is None):
            raise ma.ValidationError(str(_HALF), "begins")


class ExceptionForm(_StretchSchema):
    first_day = ma.fields.Date(required=True)
    last_day = ma.fields.Date(load_default=None)
    wish = ma.fields.Enum(Wish, by_value=True, required=True)
    note = ma.fields.String(load_default="", validate=ma.validate.Length(0, 200))

    @ma.post_load
    def make_dated(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        begins, ends = data["begins"], data["ends"]
        whole = begins is None
        dated = Dated(
            data["first_day"],
            data["last_day"] or data["first_day"],
            0 if whole else minute_of(begins),
            DAY if whole else minute_of(ends) or DAY,
            data["wish"],
        )
        return {"dated": dated, "note": data["note"]}


class QuietForm(_StretchSchema):
    @ma.post_load
    def make_quiet(self, data: dict[str, Any], **_more: Any) -> Quiet | None:
        return None if data["begins"] is None else Quiet(minute_of(data["begins"]), minute_of(data["ends"]))


@blueprint.get("/time")
def show_time(**forms: Form) -> ResponseReturnValue:
    """All that the contractor says about their time, each part with the form that changes it."""
    by = actor()
    profile = queries.profile(require_person(by), by)
    me = profile.contractor
    today = clock.now().astimezone(clock.zone(me.timezone)).date()
    calendar = Calendar(tuple(profile.windows), tuple(each.dated for each in profile.exceptions))
    quiet = {} if me.quiet is None else {"begins": me.quiet.from_minute, "ends": me.quiet.until_minute}
    shown = {
        "paint": Form(PaintSchema),
        "week": Form(week_schema(profile.windows), week_values(profile.windows)),
        "other": Form(ExceptionForm, {"first_day": today.isoformat(), "wish": str(Wish.UNAVAILABLE)}),
        "holidays": Form(HolidaysSchema),
        "quiet": Form(QuietForm, {name: clock_face(minute) for name, minute in quiet.items()}),
    } | forms
    page = render_template(
        "contractor/time.html",
        me=me,
        exceptions=profile.exceptions,
        grid=week_grid(profile.windows),
        weeks=days_ahead(calendar, today),
        today=today,
        slots=slots(profile.windows),
        weekdays=words.weekdays(),
        weekdays_short=words.weekdays("abbreviated"),
        wishes=[(str(wish), words.name_of("wish", wish)) for wish in Wish],
        kinds={str(wish): kind for wish, kind in KINDS.items()},
        clock_face=clock_face,
        years=[today.year, today.year + 1],
        **shown,
    )
    return page, max(form.status for form in shown.values())


@blueprint.post("/time/paint")
def paint_week() -> ResponseReturnValue:
    form = Form(PaintSchema)
    return _saved(form.done(lambda data: availability.paint(**data, by=actor()))) or show_time(paint=form)


@blueprint.post("/time/week")
def set_week() -> ResponseReturnValue:
    by = actor()
    form = Form(week_schema(queries.windows(require_person(by))))
    done = form.done(lambda windows: availability.set_availability(windows, by=by))
    return _saved(done) or show_time(week=form)


@blueprint.post("/time/days")
def add_exception() -> ResponseReturnValue:
    form = Form(ExceptionForm)
    return _saved(form.done(lambda data: availability.add_exception(**data, by=actor()))) or show_time(other=form)


@blueprint.post("/time/days/<uuid:exception_id>/remove")
def remove_exception(exception_id: UUID) -> ResponseReturnValue:
    availability.remove_exception(exception_id, by=actor())
    return _saved(True) or ""


@blueprint.post("/time/holidays")
def add_holidays() -> ResponseReturnValue:
    form = Form(HolidaysSchema)
    return _saved(form.done(lambda data: availability.add_holidays(**data, by=actor()))) or show_time(holidays=form)


@blueprint.post("/time/quiet")
def set_quiet() -> ResponseReturnValue:
    form = Form(QuietForm)
    return _saved(form.done(lambda quiet: availability.set_quiet(quiet, by=actor()))) or show_time(quiet=form)


def _saved(done: bool) -> ResponseReturnValue | None:
    if not done:
        return None
    flash(gettext("Saved."))
    return redirect(url_for("contractor.show_time"))
