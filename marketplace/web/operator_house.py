"""What keeps the house: business time, the audit, exchange rates and what is known of places."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import marshmallow as ma
from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Actor, OperatorRole, require_operator
from marketplace.core import clock, events
from marketplace.core.http import page
from marketplace.standards import exchange, queries, service
from marketplace.standards.models import ExchangeRate
from marketplace.standards.schemas import RateEntrySchema
from marketplace.web import happenings, words
from marketplace.web.forms import Form
from marketplace.web.operator import SHOWN, after, blueprint, saved

LINES = 50
STEPS = (1, 4, 12, 24, 72, 168)
"""Hours that the clock can be put forward by with one press."""


class ForwardForm(ma.Schema):
    hours = ma.fields.Integer(required=True, validate=ma.validate.Range(1, 24 * 366))


class MomentForm(ma.Schema):
    """A day and a time in UTC, as a browser's own field sends them, and whether the clock may go back."""

    typed_in: ClassVar[Mapping[str, str]] = {"now": "moment"}
    moment = ma.fields.AwareDateTime("%Y-%m-%dT%H:%M", default_timezone=UTC, required=True)
    back = ma.fields.Boolean(load_default=False)


# --- business time --------------------------------------------------------------------------------------------------


@blueprint.get("/clock")
def show_clock(**forms: Form) -> ResponseReturnValue:
    """What time it is for this service, and where it may be moved, how."""
    require_operator(actor(), OperatorRole.ADMIN)
    moment = clock.now()
    usual = {"moment": moment.strftime("%Y-%m-%dT%H:%M")}
    shown = {"forward": Form(ForwardForm), "moving": Form(MomentForm, usual)} | forms
    page = render_template(
        "operator/clock.html",
        moment=moment,
        machine=clock.machine_time(),
        movable=current_app.config["CLOCK_MOVABLE"],
        steps=STEPS,
        **shown,
    )
    return page, max(form.status for form in shown.values())


@blueprint.post("/clock/forward")
def put_forward() -> ResponseReturnValue:
    form = Form(ForwardForm)
    done = form.done(lambda data: _move(clock.now() + timedelta(hours=data["hours"]), actor()))
    return _moved(gettext("What came due until then is being done.")) if done else show_clock(forward=form)


@blueprint.post("/clock")
def move_clock() -> ResponseReturnValue:
    form, before = Form(MomentForm), clock.now()
    if not form.done(lambda data: _move(data["moment"], actor(), back=data["back"])):
        return show_clock(moving=form)
    if clock.now() < before:
        return _moved(gettext("Nothing that has happened since is undone."))
    return _moved(gettext("What came due until then is being done."))


def _move(moment: datetime, by: Actor, *, back: bool = False) -> None:
    require_operator(by, OperatorRole.ADMIN)
    clock.travel_to(moment, back=back)


def _moved(what_follows: str) -> ResponseReturnValue:
    now = gettext("It is %(moment)s now.", moment=words.when(clock.now()))
    return saved("show_clock", said=f"{now} {what_follows}")


# --- the audit ------------------------------------------------------------------------------------------------------


@blueprint.get("/audit")
def show_log() -> str:
    """Every event of the service, newest first, of one name if it is asked for."""
    require_operator(actor(), OperatorRole.ADMIN)
    name = request.args.get("name", "").strip()
    found = events.log(name or None, before=request.args.get("before", type=int), limit=LINES)
    doers = accounts.person_name([event.doer_id for event in found if event.doer_id is not None])
    last = found[-1].id if len(found) == LINES else None
    return render_template(
        "operator/audit.html", found=found, doers=doers, name=name, last=last, names=happenings.event_names()
    )


# --- rates and places -----------------------------------------------------------------------------------------------


@blueprint.route("/rates", methods=["GET", "POST"])
def show_rates() -> ResponseReturnValue:
    """Exchange rates that operators entered, a form for the next, and what is known of every place."""
    form = Form(RateEntrySchema, {"quoted_on": clock.now().date().isoformat()})
    if form.done(lambda data: service.enter_rate(**data, by=actor())):
        return saved("show_rates")
    newest, today = exchange.last_fixing(), clock.now().date()
    found = page(queries.entered_rates(), ExchangeRate.id, limit=SHOWN, after=after())
    return render_template(
        "operator/rates.html",
        form=form,
        newest=newest,
        fetches=bool(current_app.config["ECB_RATES"]),
        is_silent=bool(current_app.config["ECB_RATES"]) and today - newest > exchange.BANK_IS_SILENT_AFTER,
        is_old=today - newest > exchange.BANK_IS_OLD_AFTER,
        found=found,
        names=accounts.person_name([each.entered_by for each in found["items"] if each.entered_by is not None]),
        regions=queries.regions(today),
        countries=dict(words.countries()),
        currencies=words.currencies(),
    ), form.status
