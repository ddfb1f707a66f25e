"""A contractor's pages about their work: today, offers, shifts, timesheets, payslips."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

import marshmallow as ma
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Actor, require_person
from marketplace.contracts.models import ContractVersion
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.http import page
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.insight import before_yes
from marketplace.matching import replacing
from marketplace.messages.models import Thread
from marketplace.notices.words import late_words
from marketplace.pay import instant, payslips
from marketplace.pay import queries as pay
from marketplace.pay.groups import service as pay_groups
from marketplace.pay.models import Payslip
from marketplace.pay.pieces import pieces
from marketplace.pay.rails import gathering, landing
from marketplace.pay.taxes.schemes import BY_ID
from marketplace.shifts import (
    after_care,
    attendance,
    confirming,
    corrections,
    flags,
    handover_queries,
    offers,
    outage,
    piece_counts,
    prepared,
    reached,
    standby,
    taps,
    timesheets,
)
from marketplace.shifts import queries as shifts
from marketplace.shifts.booking_schemas import BreakSchema
from marketplace.shifts.clock_rules import EntryKind
from marketplace.shifts.hours import CLOCK_IN_GRACE
from marketplace.shifts.models import Booking, Offer
from marketplace.shifts.rules import OPEN_OFFER
from marketplace.shifts.timesheet_models import Timesheet
from marketplace.standards import queries as standards
from marketplace.standards.hazard import OPT_IN
from marketplace.standards.line_kinds import OWN_BENEFITS
from marketplace.standards.rules import RULES
from marketplace.web import pictures, site, verdict_pictures, words
from marketplace.web.contractor import company_names, navigation, only_contractors
from marketplace.web.day import count, day_of, is_asked, running_clock, with_terms
from marketplace.web.forms import Form
from marketplace.web.given import of_lines, to_come
from marketplace.web.landing_pictures import NET, landed_bar, payees_of
from marketplace.workforce import queries as workforce

blueprint = Blueprint("work", __name__, url_prefix="/work")
blueprint.before_request(only_contractors)
site.navigation(blueprint, navigation)


def _link(by: Actor, about: Mapping[str, str]) -> str | None:
    """The contractor's own page of what a notice is about, the nearest thing first."""
    if "channel" in about and not by.operator:
        return url_for("work.list_channels")
    for word, (endpoint, argument) in _HANDED_OVER.items():
        if word in about:
            named: dict[str, Any] = {argument: about[word]}
            return url_for(endpoint, **named)
    if about.get("contractor") != str(by.person_id):
        return None
    for word, (endpoint, argument) in _PAGES.items():
        if word in about:
            values: dict[str, Any] = {argument: about[word]}
            return url_for(endpoint, **values)
    if any(word in about for word in ("appeal", "restriction", "proposal")):
        return url_for("contractor.standing")
    return url_for("contractor.application")


_PAGES = {
    "survey": ("work.show_survey", "survey_id"),
    "thread": ("work.show_question", "thread_id"),
    "offer": ("work.show_offer", "offer_id"),
    "dispute": ("work.show_dispute", "dispute_id"),
    "booking": ("work.show_booking", "booking_id"),
    "timesheet": ("work.show_timesheet", "timesheet_id"),
    "payment": ("work.show_payout", "payout_id"),
    "payslip": ("work.show_payslip", "payslip_id"),
    "bonus": ("work.show_bonus", "bonus_id"),
    "year_statement": ("work.show_year", "statement_id"),
    "contract": ("contractor.show_contract", "contract_id"),
}
_HANDED_OVER = {"swap": ("work.show_swap", "swap_id"), "handover": ("work.show_handover", "handover_id")}
"""What is told to both sides, whoever's seat it is."""
site.links(blueprint, _link)

NOTHING_MORE = ma.Schema
"""The schema of a button: nothing but the press is sent."""
PRESSES: Mapping[str, Callable[..., Any]] = {
    "clock-in": attendance.clock_in,
    "clock-out": attendance.clock_out,
    "back-to-work": attendance.end_break,
    "release": offers.release,
    "outage": outage.report_outage,
    "confirm": confirming.confirm,
    "ready": standby.ready,
    "wait": lambda booking_id, by: attendance.switch(booking_id, EntryKind.WAITING, by=by),
}
"""The buttons of a booking that need nothing more than a press."""
SHOWN = 20
Row = TypeVar("Row", Offer, Booking, Timesheet, Payslip, Thread)


@blueprint.get("")
def today() -> str:
    """One large button for the next thing, and what is booked."""
    by = actor()
    me = workforce.contractor(require_person(by), by)
    day = day_of(me, by)
    known = company_names([*day.bookings, *day.offers, *day.contracts])
    return render_template("work/today.html", me=me, today=day, companies=known)


# --- offers ---------------------------------------------------------------------------------------------------------


@blueprint.get("/offers")
def list_offers() -> str:
    by = actor()
    mine = shifts.my_offers(seen_by=by)
    waiting = list(db.session.scalars(mine.where(Offer.status.in_(OPEN_OFFER)).order_by(Offer.expires_at)))
    answered = mine.where(Offer.status.not_in(OPEN_OFFER))
    earlier = page(answered, Offer.id, limit=SHOWN, after=cursor())
    known = company_names([*waiting, *earlier["items"]])
    return render_template("work/offers.html", waiting=waiting, earlier=earlier, companies=known)


@blueprint.get("/offers/<uuid:offer_id>")
def show_offer(offer_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    """Why me, what it pays, when, how heavy, under which contract, and until when it stands."""
    by = actor()
    offer = reached.shown(own(shifts.offer(offer_id, seen_by=by), by), by=by)
    shown = form or Form(NOTHING_MORE)
    before = before_yes.show(offer.id, seen_by=by)
    pays = [(line["payee"], Money.of(line["amount"], line["currency"])) for line in offer.terms["lines"]]
    return render_template(
        "work/offer.html",
        offer=offer,
        terms=offer.terms,
        version=_version(offer.terms),
        companies=company_names([offer]),
        pays=pictures.company_pays(pays),
        against=_against_floor(offer, by),
        before=before,
        card_bar=pictures.scorecard_bar(before.company),
        why=pictures.score_bar(offer.reason.get("parts", ())),
        decided=pictures.score_bar((offer.decision or {}).get("points", {}).get("parts", ())),
        prepared=prepared.for_offer(offer.id, seen_by=by),
        booking_id=_booked_by(offer, by),
        events=timeline("offer", offer.id),
        form=shown,
    ), shown.status


def _booked_by(offer: Offer, by: Actor) -> UUID | None:
    """The booking that came of the offer, if one did."""
    return db.session.scalar(
        select(Booking.id).where(Booking.offer_id == offer.id, Booking.contractor_id == by.person_id)
    )


def _version(terms: Mapping[str, Any]) -> ContractVersion:
    """The version of the contract that the work stands under: part of what the person was promised."""
    return db.session.get_one(ContractVersion, UUID(terms["contract_version_id"]))


def _against_floor(offer: Offer, by: Actor) -> verdict_pictures.Against:
    """The promised hour beside the floor of where the person lives, as it is known today."""
    me = workforce.contractor(require_person(by), by)
    rate = Money.of(offer.terms["rate"]["amount"], offer.terms["rate"]["currency"])
    home = (me.country, me.subdivision)
    (place,) = standards.places([home], currency=rate.currency, on=clock.now().date())
    return verdict_pictures.against_floor(place, rate)


@blueprint.post("/offers/<uuid:offer_id>/accept")
def accept(offer_id: UUID) -> ResponseReturnValue:
    form = Form(NOTHING_MORE)
    if (said := form.run(lambda _: offers.say_yes(offer_id, by=actor()))) is None:
        return show_offer(offer_id, form)
    if isinstance(said, Offer):
        flash(gettext("Your yes is collected. You are told the result, and why."))
        return redirect(url_for("work.show_offer", offer_id=offer_id))
    flash(gettext("Accepted. The money for this shift is set aside for you."))
    return redirect(url_for("work.show_booking", booking_id=said.id))


@blueprint.post("/offers/<uuid:offer_id>/decline")
def decline(offer_id: UUID) -> ResponseReturnValue:
    form = Form(NOTHING_MORE)
    if not form.done(lambda _: offers.decline(offer_id, by=actor())):
        return show_offer(offer_id, form)
    flash(gettext("Declined. It has no effect on later offers."))
    return redirect(url_for("work.list_offers"))


# --- shifts ---------------------------------------------------------------------------------------------------------


@blueprint.get("/shifts")
def list_bookings() -> str:
    by = actor()
    found = page(with_terms(shifts.my_bookings(seen_by=by)), Booking.id, limit=SHOWN, after=cursor())
    asked = count(handover_queries.asked_of(seen_by=by)) + count(handover_queries.offered_for_mine(seen_by=by))
    return render_template("work/bookings.html", found=found, companies=company_names(found["items"]), asked=asked)


@blueprint.get("/shifts/<uuid:booking_id>")
def show_booking(booking_id: UUID, form: Form | None = None) -> ResponseReturnValue:
    by = actor()
    booking = own(shifts.booking(booking_id, seen_by=by), by)
    shown = form or Form(NOTHING_MORE)
    beside = {
        "taps": taps.of_booking(booking.id, seen_by=by),
        "flags": flags.mine(booking.id, seen_by=by),
        "prepared": prepared.for_booking(booking.id, seen_by=by),
    }
    # The queries above settle who may see it, and read the booking anew; these two rows belong to it.
    db.session.refresh(booking, ["offer", "shift"])
    return render_template(
        "work/booking.html",
        booking=booking,
        terms=booking.offer.terms,
        version=_version(booking.offer.terms),
        zone=booking.shift.timezone,
        is_asked=is_asked(booking, clock.now()),
        opens_at=booking.starts_at - CLOCK_IN_GRACE,
        clock=running_clock(booking, clock.now()),
        most_pieces=piece_counts.most(booking),
        corrections=len(corrections.of_bookings([booking.id])),
        line=pictures.shift_line(booking, min(clock.now(), booking.ends_at)),
        companies=company_names([booking]),
        cares=_care_of(booking, by),
        replacement=replacing.of_shift(booking.shift_id).get(booking.id),
        handover=handover_queries.of_booking(booking.id, seen_by=by),
        events=timeline("booking", booking.id),
        **beside,
        form=shown,
    ), shown.status


def _care_of(booking: Booking, by: Actor) -> list[after_care.AfterCare]:
    """The care that is open after this work, if it was distressing."""
    if booking.hazard_class not in OPT_IN:
        return []
    return [each for each in after_care.mine(seen_by=by) if each.company_id == booking.company_id]


@blueprint.post("/shifts/<uuid:booking_id>/break")
def take_break(booking_id: UUID) -> ResponseReturnValue:
    form = Form(BreakSchema)
    done = form.done(lambda data: attendance.start_break(booking_id, data["kind"], by=actor()))
    return _pressed(booking_id) if done else show_booking(booking_id, form)


@blueprint.post("/shifts/<uuid:booking_id>/<press>")
def press(booking_id: UUID, press: str) -> ResponseReturnValue:
    if press not in PRESSES:
        raise NotFound
    form = Form(NOTHING_MORE)
    done = form.done(lambda _: PRESSES[press](booking_id, by=actor()))
    return _pressed(booking_id) if done else show_booking(booking_id, form)


def _pressed(booking_id: UUID) -> ResponseReturnValue:
    """Back to the page on which the button stood."""
    back = request.form.get("next")
    return redirect(site.own_path(back) if back else url_for("work.show_booking", booking_id=booking_id))


# --- timesheets -----------------------------------------------------------------------------------------------------


@blueprint.get("/timesheets")
def list_timesheets() -> str:
    found = page(shifts.timesheets(seen_by=actor()), Timesheet.id, limit=SHOWN, after=cursor())
    return render_template("work/timesheets.html", found=found, companies=company_names(found["items"]))


@blueprint.get("/timesheets/<uuid:timesheet_id>")
def show_timesheet(
    timesheet_id: UUID, form: Form | None = None, claiming: tuple[UUID, Form] | None = None
) -> ResponseReturnValue:
    """The week line by line. `claiming` is a claim against one of its cuts that was refused."""
    by = actor()
    sheet = own(shifts.timesheet(timesheet_id, seen_by=by), by)
    shown = form or (claiming[1] if claiming else Form(NOTHING_MORE))
    return render_template(
        "work/timesheet.html",
        sheet=sheet,
        days=pictures.days_bars(sheet.days),
        bars={line.id: pictures.minutes_bar(line) for line in sheet.lines},
        companies=company_names([sheet]),
        events=timeline("timesheet", sheet.id),
        form=shown,
        claims=dict([claiming]) if claiming else {},
        blank=Form(NOTHING_MORE),
    ), shown.status


@blueprint.post("/timesheets/<uuid:timesheet_id>/submit")
def submit_timesheet(timesheet_id: UUID) -> ResponseReturnValue:
    form = Form(NOTHING_MORE)
    if not form.done(lambda _: timesheets.submit(timesheet_id, by=actor())):
        return show_timesheet(timesheet_id, form)
    return redirect(url_for("work.show_timesheet", timesheet_id=timesheet_id))


# --- pay ----------------------------------------------------------------------------------------------------------


@blueprint.get("/pay")
def list_payslips() -> str:
    return _pay_page(Form(NOTHING_MORE))


@blueprint.post("/pay/now")
def pay_now() -> ResponseReturnValue:
    """Has all that is ready paid at once; the page then says that it is on its way."""
    form = Form(NOTHING_MORE)
    if not form.done(lambda _: instant.pay_now(by=actor())):
        return _pay_page(form), form.status
    flash(gettext("It is on its way. The payslip is here in a moment."))
    return redirect(url_for("work.list_payslips"))


def _pay_page(form: Form) -> str:
    by = actor()
    found = page(pay.payslips(seen_by=by), Payslip.id, limit=SHOWN, after=cursor())
    ready, me = instant.ready(by), workforce.contractor(require_person(by), by)
    grouped = pay_groups.of_country(me.country)
    return render_template(
        "work/payslips.html",
        pay_days=[words.weekdays()[number - 1] for number in grouped.weekdays] if grouped else [],
        found=found,
        payouts=pay.newest_payouts(found["items"]),
        ready=ready,
        late=[(each, late_words(each.kind, each.day) if each.kind and each.day else "") for each in ready.waits],
        to_come=to_come(by),
        gathered=gathering.gathered([each.due for each in ready.currencies], by=by),
        countries=dict(words.countries()),
        zone=me.timezone,
        form=form,
    )


@blueprint.get("/pay/<uuid:payslip_id>")
def show_payslip(payslip_id: UUID) -> str:
    """Every line with its rule, contract and time; in another currency too, where its rate has a source."""
    by = actor()
    me = workforce.contractor(require_person(by), by)
    asked = request.args.get("currency", me.payout_currency)
    currencies = words.currencies()
    wanted = asked if asked in dict(currencies) else None
    view = payslips.view(payslip_id, currency=wanted, seen_by=by)
    own(view.payslip, by)
    events = timeline("payslip", payslip_id)
    back_at_rail = landing.came_back(events)
    payees = payees_of(view, back_at_rail)
    return render_template(
        "work/payslip.html",
        view=view,
        slip=view.payslip,
        zone=me.timezone,
        wanted=wanted,
        currencies=currencies,
        bars={known: landed_bar(each) for known, each in view.landings.items()},
        payees=payees,
        net=NET[payees],
        pays=pictures.company_pays(
            [(str(each.line.payee_kind), each.line.money) for each in view.lines if each.line.kind not in OWN_BENEFITS],
            payees,
        ),
        companies=company_names([each.line for each in view.lines]),
        laws=BY_ID,
        pieces=pieces(view),
        bonuses=of_lines([each.line for each in view.lines]),
        year=view.year_to_date,
        rule_said={each.line.rule: words.said(RULES[each.line.rule].sentence) for each in view.lines},
        events=events,
        back_at_rail=back_at_rail,
    )


# --- shared by the pages --------------------------------------------------------------------------------------------


def own(row: Row, by: Actor) -> Row:
    """The row if it is the asker's as a contractor. What one sees as a member of the company is shown elsewhere."""
    if row.contractor_id != by.person_id:
        raise NotFound
    return row


def cursor() -> UUID | None:
    return request.args.get("after", type=UUID)
