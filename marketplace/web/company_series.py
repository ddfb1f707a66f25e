"""A company's shifts that recur: started after a look at their days, freed of a day, ended at a price."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Actor
from marketplace.contracts import crews
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.gigs import queries as gigs
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.shifts import changing, costing, series
from marketplace.shifts.changing import ChangePrice, Wanted
from marketplace.shifts.models import Shift
from marketplace.shifts.recurrence import WEEKDAYS, Occurrence
from marketplace.shifts.rules import SeriesStatus, ShiftStatus
from marketplace.shifts.series import Preview, SeriesPrice
from marketplace.shifts.series_models import ShiftSeries
from marketplace.shifts.series_schemas import DayArgs, LastDayArgs
from marketplace.web import coverage
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.company_shifts import crews_of, own_gig_id, shift_titles, usual_zone, zones_of
from marketplace.web.coverage import Cell, Load
from marketplace.web.forms import LOOK, Form
from marketplace.web.series_form import (
    ChangeForm,
    EndForm,
    LeaveOutForm,
    SeriesForm,
    WantedForm,
    as_it_is,
    rule_words,
)
from marketplace.web.words import day as day_words

A_DAY = timedelta(days=1)


@blueprint.get("/shifts/series")
def list_series(company_id: UUID) -> str:
    """What recurs, the newest first."""
    found = page(series.of_company(company_id, seen_by=actor()), ShiftSeries.id, limit=SHOWN, after=after())
    return render_template(
        "company/series_list.html", found=found, titles=shift_titles(found["items"]), words=_words(found["items"])
    )


@blueprint.route("/shifts/series/new", methods=["GET", "POST"])
def start_series(company_id: UUID) -> ResponseReturnValue:
    """The form. Its first button shows the days that the series would have, the second starts it."""
    by = actor()
    open_gigs = list(db.session.scalars(gigs.company_gigs(company_id, by, GigStatus.OPEN).order_by(Gig.id.desc())))
    form = Form(SeriesForm, _prefilled(company_id, by))
    shown: Preview | None = None
    if request.method == "POST":
        looks = LOOK in request.form
        made = form.run(lambda data: (_look if looks else _start)(data, by))
        if isinstance(made, ShiftSeries):
            return saved("show_series", series_id=made.id)
        shown = made
    page_ = render_template(
        "company/series_form.html",
        form=form,
        shown=shown,
        weeks=_weeks_of(shown.items) if shown else [],
        weekday_codes=WEEKDAYS,
        gigs=open_gigs,
        zones=zones_of(open_gigs),
        crews=list(db.session.scalars(crews_of(company_id, by))),
    )
    return page_, form.status


@blueprint.get("/shifts/series/<uuid:series_id>")
def show_series(company_id: UUID, series_id: UUID) -> str:
    """Its rule in words, how far its days are laid and filled, and what can be done with it."""
    of, by = own_series(series_id), actor()
    loads, today = _loads(of), clock.now().astimezone(of.recurrence.place).date()
    first = max(of.first_day, today - 7 * A_DAY)
    is_laid = (of.last_day is not None and of.last_day <= of.filled_until) or of.recurrence.ends_by(of.filled_until)
    last = max([first, *loads]) if is_laid else max(first, of.filled_until)
    to_come = series.shifts_of(of.id, seen_by=by).where(
        Shift.status == ShiftStatus.SCHEDULED, Shift.ends_at > clock.now()
    )
    return render_template(
        "company/series.html",
        series=of,
        gig=gigs.company_gig(of.gig_id, by),
        crew=None if of.crew_id is None else crews.one(of.crew_id, by),
        words=rule_words(of.rule, of.first_day),
        is_laid=is_laid,
        cover=costing.funds_of(of.gig_id, seen_by=by) if of.status is SeriesStatus.ACTIVE else None,
        weeks=coverage.weeks(loads, first, last, frozenset(of.except_days)),
        before=None if of.follows_id is None else own_series(of.follows_id),
        next_one=db.session.scalar(select(ShiftSeries).where(ShiftSeries.follows_id == of.id)),
        coming=list(db.session.scalars(to_come.order_by(Shift.starts_at).limit(SHOWN))),
        usual_end=min(today + 14 * A_DAY, last),
        events=timeline("series", of.id, limit=SHOWN),
    )


@blueprint.route("/shifts/series/<uuid:series_id>/leave-out", methods=["GET", "POST"])
def leave_out(company_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """What leaving a day out costs now, before anybody agrees to it."""
    of, by = own_series(series_id), actor()
    form = Form(LeaveOutForm)
    if form.done(lambda data: series.leave_out(of.id, **data, by=by)):
        return saved("show_series", series_id=of.id)
    if (day := _asked(DayArgs, "day")) is None:
        return redirect(url_for("company.show_series", company_id=company_id, series_id=of.id))
    price = series.price_of_day(of.id, day, by=by)
    words = {
        "title": gettext("Leave out %(day)s", day=day_words(day)),
        "do": gettext("Leave it out at this price"),
        "keep": gettext("Keep the day"),
    }
    return _price_page(of, form, price, "day", day, words)


@blueprint.route("/shifts/series/<uuid:series_id>/end", methods=["GET", "POST"])
def end_series(company_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """What ending it after a day costs now, before anybody agrees to it."""
    of, by = own_series(series_id), actor()
    form = Form(EndForm)
    if form.done(lambda data: series.end(of.id, **data, by=by)):
        return saved("show_series", series_id=of.id)
    if (last_day := _asked(LastDayArgs, "last_day")) is None:
        return redirect(url_for("company.show_series", company_id=company_id, series_id=of.id))
    price = series.price_of_ending(of.id, last_day, by=by)
    words = {
        "title": gettext("End the series after %(day)s", day=day_words(last_day)),
        "do": gettext("End it at this price"),
        "keep": gettext("Keep the series"),
    }
    return _price_page(of, form, price, "last_day", last_day, words)


@blueprint.route("/shifts/series/<uuid:series_id>/change", methods=["GET", "POST"])
def change_series(company_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """The form of what it is to be from a day on. Its first button shows what that does and costs, the second does
    it; whoever has agreed to no price, or not to this one, sees it first."""
    of, by = own_series(series_id), actor()
    today = clock.now().astimezone(of.recurrence.place).date()
    form = Form(WantedForm(unknown=ma.EXCLUDE), as_it_is(of, max(today + 14 * A_DAY, of.first_day)))
    shown: ChangePrice | None = None
    if request.method == "POST":
        if LOOK not in request.form:
            done = Form(ChangeForm)
            made = done.run(lambda data: _change(of, data, by))
            if made is not None:
                return saved("show_series", series_id=made.id)
        shown = form.run(lambda data: changing.price(of.id, Wanted(**data), by=by))
        form = form if LOOK in request.form else done
    page_ = render_template(
        "company/series_change.html",
        series=of,
        words=rule_words(of.rule, of.first_day),
        form=form,
        shown=shown,
        weekday_codes=WEEKDAYS,
        crews=list(db.session.scalars(crews_of(company_id, by))),
    )
    return page_, form.status


def _change(of: ShiftSeries, data: dict[str, Any], by: Actor) -> ShiftSeries:
    agreed, reason = data.pop("agreed"), data.pop("reason")
    return changing.change(of.id, Wanted(**data), agreed, reason, by=by)


def _price_page(
    of: ShiftSeries, form: Form, price: SeriesPrice, field: str, of_day: date, words: Mapping[str, str]
) -> ResponseReturnValue:
    shown = render_template(
        "company/series_price.html", series=of, form=form, price=price, field=field, of_day=of_day, **words
    )
    return shown, form.status


def own_series(series_id: UUID) -> ShiftSeries:
    """A series of the company that the address names. Raises NotFound."""
    of = series.one(series_id, seen_by=actor())
    if of.company_id != (request.view_args or {})["company_id"]:
        raise NotFound
    return of


def _asked(args: type[ma.Schema], name: str) -> date | None:
    """The day that the address or the form names; None if it names none."""
    try:
        day: date = args(unknown=ma.EXCLUDE).load(request.values.to_dict())[name]
    except ma.ValidationError:
        return None
    return day


def _prefilled(company_id: UUID, by: Actor) -> dict[str, Any]:
    given = {"gig_id": request.args.get("gig", ""), "timezone": usual_zone(company_id, by)}
    return given | {"unit": "WEEKLY", "every": "1", "seats": "1", "standby": "0"}


def _look(data: dict[str, Any], by: Actor) -> Preview:
    return series.preview(own_gig_id(data.pop("gig_id"), by), **data, by=by)


def _start(data: dict[str, Any], by: Actor) -> ShiftSeries:
    return series.start(own_gig_id(data.pop("gig_id"), by), **data, by=by)


def _words(found: Iterable[ShiftSeries]) -> Mapping[UUID, str]:
    return {each.id: rule_words(each.rule, each.first_day) for each in found}


def _weeks_of(days: Sequence[Occurrence]) -> list[list[Cell]]:
    if not days:
        return []
    return coverage.weeks({each.day: Load(1, 1, 0) for each in days}, days[0].day, days[-1].day)


def _loads(of: ShiftSeries) -> Mapping[date, Load]:
    counted = select(Shift.series_day, func.count(), func.sum(Shift.seats), func.sum(Shift.seats_taken)).where(
        Shift.series_id == of.id, Shift.status != ShiftStatus.CANCELLED
    )
    rows = db.session.execute(counted.group_by(Shift.series_day))
    loads = {day: Load(*map(int, numbers)) for day, *numbers in rows if day is not None}
    main = aliased(Shift)
    beside = (
        select(main.series_day, func.sum(Shift.seats), func.sum(Shift.seats_taken))
        .join(main, main.id == Shift.standby_of)
        .where(main.series_id == of.id, Shift.status != ShiftStatus.CANCELLED)
        .group_by(main.series_day)
    )
    for day, places, standing in db.session.execute(beside):
        assert day is not None
        loads[day] = replace(loads.get(day, Load()), standby=int(places), standing=int(standing))
    return loads
