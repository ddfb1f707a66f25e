"""A company's shifts: planned, filled with people, watched, cancelled at a price that is shown before."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy import Select, and_, func, not_, select

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Actor, Right
from marketplace.contracts import crews
from marketplace.contracts import queries as contracts
from marketplace.contracts.crew_models import Crew
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.http import page
from marketplace.core.problems import NotFound
from marketplace.gigs import queries as gigs
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.matching import facts, replacing
from marketplace.matching import queries as searches
from marketplace.matching import service as matching
from marketplace.matching.models import MatchRun
from marketplace.matching.rules import offer_until
from marketplace.messages.schemas import NewShiftMessageSchema
from marketplace.shifts import (
    clock_laws,
    costing,
    handover_queries,
    moving,
    offers,
    queries,
    scheduling,
    standby,
    telling,
)
from marketplace.shifts.costing import ShiftPrice
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import ACTIVE_BOOKING, OPEN_OFFER, ShiftStatus
from marketplace.shifts.schemas import CancelSchema, NewOffersSchema
from marketplace.shifts.series_models import ShiftSeries
from marketplace.shifts.standby_schemas import NewStandbySchema
from marketplace.standards import queries as standards
from marketplace.web import company_pictures as pictures
from marketplace.web import readiness
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.forms import LOOK, Form
from marketplace.web.pictures import score_bar, shift_line
from marketplace.web.shift_form import MoveForm, ShiftForm

# --- listing and planning -------------------------------------------------------------------------------------------


@blueprint.get("/shifts")
def list_shifts(company_id: UUID) -> str:
    """How far the seats of each shift are filled: what is to come first, then what was."""
    every = queries.company_shifts(company_id, seen_by=actor())
    # A shift that has ended is finished by a job, a while later.
    is_to_come = and_(Shift.status == ShiftStatus.SCHEDULED, Shift.ends_at > clock.now())
    coming = list(db.session.scalars(every.where(is_to_come).order_by(Shift.starts_at).limit(100)))
    past = page(every.where(not_(is_to_come)), Shift.id, limit=SHOWN, after=after())
    shown = [*coming, *past["items"]]
    return render_template(
        "company/shifts.html", coming=coming, past=past, seats=seats_of(shown), titles=shift_titles(shown)
    )


@blueprint.route("/shifts/new", methods=["GET", "POST"])
def schedule_shift(company_id: UUID) -> ResponseReturnValue:
    by = actor()
    open_gigs = list(db.session.scalars(gigs.company_gigs(company_id, by, GigStatus.OPEN).order_by(Gig.id.desc())))
    given = {"gig_id": request.args.get("gig", ""), "timezone": usual_zone(company_id, by), "standby": "0"}
    form = Form(ShiftForm, given)
    planned = form.run(lambda data: _planned(data, by)) if request.method == "POST" else None
    if isinstance(planned, Shift):
        return saved("show_shift", shift_id=planned.id)
    shown = {
        "price": planned,
        "gigs": open_gigs,
        "zones": zones_of(open_gigs),
        "crews": list(db.session.scalars(crews_of(company_id, by))),
    }
    return render_template("company/shift_form.html", form=form, **shown), form.status


def crews_of(company_id: UUID, by: Actor) -> Select[Crew]:
    """The company's crews by name."""
    return crews.of_company(company_id, by).order_by(Crew.name, Crew.id)


def _planned(data: dict[str, Any], by: Actor) -> Shift | ShiftPrice:
    """Plans the shift; where it is added late to somebody's schedule (rule NOTICE), people stand by for it or lead it,
    or the gig's money does not reach for it, not before its price was seen."""
    gig_id, agreed = own_gig_id(data.pop("gig_id"), by), data.pop("agreed")
    price = scheduling.adding_price(gig_id, **data, by=by)
    is_told = price.added or price.lead or price.standby or price.funds.missing
    if LOOK in request.form or (is_told and agreed is None):
        return price
    return scheduling.schedule(gig_id, **data, agreed=agreed, by=by)


def own_gig_id(gig_id: UUID, by: Actor) -> UUID:
    """The id, if the gig is of the company that the address names. Raises NotFound."""
    if gigs.company_gig(gig_id, by).company_id != (request.view_args or {})["company_id"]:
        raise NotFound
    return gig_id


# --- one shift ------------------------------------------------------------------------------------------------------


@blueprint.get("/shifts/<uuid:shift_id>")
def show_shift(company_id: UUID, shift_id: UUID, **forms: Form) -> ResponseReturnValue:
    """Its seats, who has one, who was asked and why."""
    shift = own_shift(shift_id)
    shown = {"asking": Form(_asking()), "pressed": Form(ma.Schema), "writing": Form(NewShiftMessageSchema)} | forms
    return _shift_page(shift, shown), max(form.status for form in shown.values())


@blueprint.post("/shifts/<uuid:shift_id>/match")
def match(company_id: UUID, shift_id: UUID) -> ResponseReturnValue:
    """Searches people for the open seats and asks them."""
    own_shift(shift_id)
    form = Form(ma.Schema)
    made = form.run(lambda _: matching.match(shift_id, by=actor()))
    if made is None:
        return show_shift(company_id, shift_id, pressed=form)
    told = ngettext("%(num)d person was asked.", "%(num)d people were asked.", len(made))
    flash(told if made else gettext("Nobody more is asked: whoever fits was asked already, or nobody is free."), "info")
    return redirect(url_for("company.show_shift", company_id=company_id, shift_id=shift_id))


@blueprint.post("/shifts/<uuid:shift_id>/offers")
def ask_people(company_id: UUID, shift_id: UUID) -> ResponseReturnValue:
    """Asks people by hand, with a reason that they will read."""
    shift = own_shift(shift_id)
    form = Form(_asking())
    done = form.done(lambda data: _ask(shift, data, actor()))
    return saved("show_shift", shift_id=shift_id) if done else show_shift(company_id, shift_id, asking=form)


@blueprint.post("/shifts/<uuid:shift_id>/messages")
def write_to_people(company_id: UUID, shift_id: UUID) -> ResponseReturnValue:
    """Writes to those who have a seat and are ticked, or to all of them."""
    own_shift(shift_id)
    form = Form(NewShiftMessageSchema)
    told = form.run(lambda data: telling.tell(shift_id, data["words"], data["contractor_ids"] or None, by=actor()))
    if told is None:
        return show_shift(company_id, shift_id, writing=form)
    flash(ngettext("%(num)d person was written to.", "%(num)d people were written to.", len(told)))
    return redirect(url_for("company.show_shift", company_id=company_id, shift_id=shift_id))


@blueprint.post("/shifts/<uuid:shift_id>/offers/<uuid:offer_id>/withdraw")
def withdraw(company_id: UUID, shift_id: UUID, offer_id: UUID) -> ResponseReturnValue:
    form = Form(ma.Schema)
    done = form.done(lambda _: offers.withdraw(offer_id, by=actor()))
    return saved("show_shift", shift_id=shift_id) if done else show_shift(company_id, shift_id, pressed=form)


@blueprint.get("/shifts/<uuid:shift_id>/people/<uuid:contractor_id>")
def explain(company_id: UUID, shift_id: UUID, contractor_id: UUID) -> str:
    """Why somebody was, or was not, asked to take the shift."""
    shift = own_shift(shift_id)
    found = matching.explain(shift_id, contractor_id, seen_by=actor())
    name = accounts.person_name([contractor_id]).get(contractor_id, "")
    bar = score_bar(found.reason.get("parts", ()), "part_of_others")
    return render_template("company/explained.html", shift=shift, found=found, name=name, bar=bar)


@blueprint.route("/shifts/<uuid:shift_id>/cancel", methods=["GET", "POST"])
def cancel(company_id: UUID, shift_id: UUID) -> ResponseReturnValue:
    """What cancelling costs now, person by person, before anybody agrees to it."""
    shift, by = own_shift(shift_id), actor()
    form = Form(CancelSchema)
    if form.done(lambda data: scheduling.cancel_shift(shift_id, **data, by=by)):
        return saved("show_shift", shift_id=shift_id)
    price = scheduling.cancellation_price(shift_id, by=by)
    names = accounts.person_name([each.contractor_id for each in price.owed])
    return render_template("company/cancel.html", form=form, shift=shift, price=price, names=names), form.status


@blueprint.route("/shifts/<uuid:shift_id>/standby", methods=["GET", "POST"])
def plan_standby(company_id: UUID, shift_id: UUID) -> ResponseReturnValue:
    """What it costs that people stand by, used or not, before anybody agrees to it."""
    shift, by = own_shift(shift_id), actor()
    form = Form(NewStandbySchema)
    if request.method == "POST":
        made = form.run(lambda data: standby.plan(shift_id, **data, by=by))
        if made is not None:
            return saved("show_shift", shift_id=shift_id)
    seats = min(max(request.args.get("seats", 1, type=int), 1), shift.seats)
    price = standby.standby_price(shift_id, seats, by=by)
    return render_template("company/standby.html", form=form, shift=shift, price=price), form.status


@blueprint.route("/shifts/<uuid:shift_id>/move", methods=["GET", "POST"])
def move_shift(company_id: UUID, shift_id: UUID) -> ResponseReturnValue:
    """What moving costs now, person by person, before anybody agrees to it."""
    shift, by = own_shift(shift_id), actor()
    form = Form(MoveForm, {"timezone": shift.timezone, **_meant_instead(shift)})
    if request.method == "POST":
        made = form.run(lambda data: moving.move_shift(shift_id, **data, by=by))
        if made is not None:
            return saved("show_shift", shift_id=made.id)
    price = moving.moving_price(shift_id, by=by)
    people = [each.contractor_id for each in price.owed] + ([price.lead.contractor_id] if price.lead else [])
    names = accounts.person_name(people)
    return render_template("company/move.html", form=form, shift=shift, price=price, names=names), form.status


def _meant_instead(shift: Shift) -> Mapping[str, str]:
    """The fields of a new time, where a new law moved the clock under the shift."""
    if (times := clock_laws.meant_instead(shift)) is None:
        return {}
    begins, ends = (moment.astimezone(clock.zone(shift.timezone)) for moment in times)
    return {"day": begins.date().isoformat(), "begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}"}


def own_shift(shift_id: UUID) -> Shift:
    """A shift of the company that the address names. Raises NotFound."""
    shift = queries.shift(shift_id, seen_by=actor())
    if shift.company_id != (request.view_args or {})["company_id"]:
        raise NotFound
    return shift


# --- the parts of the pages -----------------------------------------------------------------------------------------


def _asking() -> ma.Schema:
    """Whom, and why; an offer by hand stands as long as one that matching makes."""
    return NewOffersSchema(exclude=("expires_at",))


def _ask(shift: Shift, given: Mapping[str, Any], by: Actor) -> list[Offer]:
    chosen = [(person, {"words": given["reason"]}) for person in given["contractor_ids"]]
    return offers.offer(shift.id, chosen, offer_until(clock.now(), shift.starts_at), by=by)


def _seated(booked: Iterable[Booking]) -> list[UUID]:
    """Whoever has a seat now."""
    return [each.contractor_id for each in booked if each.status in ACTIVE_BOOKING]


def _shift_page(shift: Shift, forms: Mapping[str, Form]) -> str:
    by, moment = actor(), clock.now()
    asked = list(db.session.scalars(queries.offers_of_shift(shift.id, seen_by=by).order_by(Offer.id.desc())))
    booked = list(db.session.scalars(queries.bookings_of_shift(shift.id, seen_by=by).order_by(Booking.id)))
    pool = contracts.in_force_of_company(shift.company_id, shift.ends_at)
    people = {*pool, *(each.contractor_id for each in asked), *(each.contractor_id for each in booked)}
    names = accounts.person_name(list(people))
    runs = searches.runs_of_shift(shift.id, seen_by=by).order_by(MatchRun.id.desc()).limit(5)
    return render_template(
        "company/shift.html",
        shift=shift,
        gig=gigs.company_gig(shift.gig_id, by),
        crew=None if shift.crew_id is None else crews.one(shift.crew_id, by),
        first=facts.firsts([shift], moment).get(shift.id),
        seats=seats_of([shift])[shift.id],
        meant=clock_laws.meant_instead(shift),
        cover=costing.funds_of(shift.gig_id, seen_by=by) if is_before(shift, moment) else None,
        **_standing_by(shift, by),
        ready=readiness.bar(shift, booked) if is_before(shift, moment) else [],
        offers=asked,
        bookings=booked,
        seated=[(names[who], str(who)) for who in _seated(booked)],
        replacements=replacing.of_shift(shift.id),
        changes=handover_queries.changes(shift.id, seen_by=by),
        lines={each.id: shift_line(each, min(moment, each.ends_at)) for each in booked},
        why={each.id: score_bar(each.reason.get("parts", ()), "part_of_others") for each in asked},
        names=names,
        pool=sorted((names[person], str(person)) for person in pool),
        runs=list(db.session.scalars(runs)),
        is_to_come=is_before(shift, moment),
        can_cancel=shift.status is ShiftStatus.SCHEDULED
        and shift.ends_at > moment
        and by.may(Right.GIGS, shift.company_id),
        events=timeline("shift", shift.id, limit=SHOWN),
        **forms,
    )


def _standing_by(shift: Shift, by: Actor) -> dict[str, Any]:
    """The shift for which people stand by in this one, or the one in which they do for this."""
    main = None if shift.standby_of is None else queries.shift(shift.standby_of, seen_by=by)
    reserve = standby.of_shift(shift.id, seen_by=by)
    drawn = None if reserve is None else seats_of([reserve])[reserve.id]
    return {"main": main, "reserve": reserve, "reserve_seats": drawn}


def is_before(shift: Shift, moment: datetime) -> bool:
    """Whether the shift is held and has not begun."""
    return shift.status is ShiftStatus.SCHEDULED and shift.starts_at > moment


def is_not_over(shift: Shift, moment: datetime) -> bool:
    """Whether there is anything left of it to move or to cancel. A job finishes a shift a while after its end."""
    return shift.status is ShiftStatus.SCHEDULED and shift.ends_at > moment


def seats_of(shifts: Sequence[Shift]) -> dict[UUID, pictures.Seats]:
    """The picture of the seats of each."""
    pending = (
        select(Offer.shift_id, func.count())
        .where(Offer.shift_id.in_([shift.id for shift in shifts]), Offer.status.in_(OPEN_OFFER))
        .group_by(Offer.shift_id)
    )
    asked: dict[UUID, int] = {row[0]: row[1] for row in db.session.execute(pending)}
    return {shift.id: pictures.seats(shift, asked.get(shift.id, 0)) for shift in shifts}


def shift_titles(shifts: Iterable[Shift | ShiftSeries]) -> dict[UUID, str]:
    """The titles of their gigs."""
    found = select(Gig.id, Gig.title).where(Gig.id.in_({shift.gig_id for shift in shifts}))
    return {row.id: row.title for row in db.session.execute(found)}


def zones_of(open_gigs: Iterable[Gig]) -> list[str]:
    """The zones of the gigs' places, as far as they are known."""
    places = {(place.country, place.subdivision) for gig in open_gigs for place in gig.criteria.places}
    today = clock.now().date()
    known = [standards.region(country, part, today) for country, part in sorted(places, key=str)]
    return list(dict.fromkeys(zone for region in known if region is not None for zone in region.timezones))


def usual_zone(company_id: UUID, by: Actor) -> str:
    """The zone of the company's newest shift, which the next one is likely to share."""
    newest = queries.company_shifts(company_id, seen_by=by).order_by(Shift.id.desc()).limit(1)
    shift = db.session.scalars(newest).one_or_none()
    return "" if shift is None else shift.timezone
