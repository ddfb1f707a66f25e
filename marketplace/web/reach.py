"""How somebody is told outside of the service: their telephone, and which messages arrived. And figures of all of it,
without a word or a person, for operators."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.auth import actor, person_asking
from marketplace.core.http import page
from marketplace.core.limits import CODES, GUESSES, limiter
from marketplace.notices import phones, preferences, pushes, queries, receipts, webpush
from marketplace.notices.carrying import is_open, open_ways
from marketplace.notices.models import Delivery
from marketplace.notices.phones import CODE_LASTS, MOST_TRIES, WrongCode
from marketplace.notices.reach_schemas import CodeSchema, NewBrowserSchema, NewPhoneSchema
from marketplace.notices.receipts import Figure
from marketplace.notices.ways import CANNOT_BE_MUTED, TEXTS, Kind, Way
from marketplace.web.contractor import find_me
from marketplace.web.forms import Form
from marketplace.web.operator import blueprint as of_operator
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.public import blueprint
from marketplace.web.site import ask_to_sign_in
from marketplace.web.words import countries, name_of

SHOWN = 10
URGENT = "rings_when_urgent"


def _boxes() -> ma.fields.List[Way]:
    return ma.fields.List(ma.fields.Enum(Way, by_value=True), load_default=list)


class WaysForm(ma.Schema):
    """A list of boxes for each kind, each way one of them."""

    offers = _boxes()
    shifts = _boxes()
    money = _boxes()
    standing = _boxes()
    talk = _boxes()
    account = _boxes()
    rings_when_urgent = ma.fields.Boolean(load_default=False)

    @ma.post_load
    def make_choice(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        return {"ways": {kind: frozenset(data[kind]) for kind in Kind}, URGENT: data[URGENT]}


@blueprint.get("/account/reach")
def reach(**forms: Form) -> ResponseReturnValue:
    """By which ways the person is reached, each part with the form that changes it."""
    if (sign_in := ask_to_sign_in()) is not None:
        return sign_in
    by = actor()
    told = preferences.mine(by=by)
    chosen: dict[str, Any] = {str(kind): [str(way) for way in ways] for kind, ways in told.ways.items()}
    if told.rings_when_urgent:
        chosen[URGENT] = "true"
    shown = {
        "number": Form(NewPhoneSchema),
        "code": Form(CodeSchema),
        "ways": Form(WaysForm, chosen),
        "browser": Form(NewBrowserSchema),
    } | forms
    after = request.args.get("after", type=UUID)
    answer = render_template(
        "public/reach.html",
        phones=phones.mine(by=by),
        browsers=pushes.mine(by=by),
        push_key=webpush.public_key() if is_open(Way.PUSH) else None,
        kinds=list(Kind),
        must=CANNOT_BE_MUTED,
        offered=[way for way in Way if way is Way.MAIL or way in open_ways()],
        is_contractor=find_me(by) is not None,
        has_texts=bool(open_ways() & TEXTS),
        code_minutes=CODE_LASTS.seconds // 60,
        found=page(queries.deliveries(by), Delivery.id, limit=SHOWN, after=after),
        **shown,
    )
    return answer, max(form.status for form in shown.values())


@blueprint.post("/account/reach/browsers")
def add_browser() -> ResponseReturnValue:
    form = Form(NewBrowserSchema)
    if not form.done(lambda subscription: pushes.subscribe(subscription, by=actor())):
        return reach(browser=form)
    flash(gettext("Notifications are shown in this browser from now on."))
    return redirect(url_for("public.reach"))


@blueprint.post("/account/reach/browsers/<uuid:subscription_id>/remove")
def remove_browser(subscription_id: UUID) -> ResponseReturnValue:
    pushes.unsubscribe(subscription_id, by=actor())
    flash(gettext("No more messages go there."))
    return redirect(url_for("public.reach"))


@blueprint.post("/account/reach/ways")
def choose_ways() -> ResponseReturnValue:
    form = Form(WaysForm)
    if not form.done(lambda data: preferences.choose(**data, by=actor())):
        return reach(ways=form)
    flash(gettext("Saved."))
    return redirect(url_for("public.reach"))


@blueprint.post("/account/reach/phones")
@limiter.limit(CODES, key_func=person_asking)
def add_phone() -> ResponseReturnValue:
    form = Form(NewPhoneSchema)
    if not form.done(lambda data: phones.add(data["number"], by=actor())):
        return reach(number=form)
    flash(gettext("A code is on its way to that number."))
    return redirect(url_for("public.reach"))


@blueprint.post("/account/reach/phones/<uuid:phone_id>/proof")
@limiter.limit(GUESSES, key_func=person_asking)
def prove_phone(phone_id: UUID) -> ResponseReturnValue:
    """A wrong code is counted, so it is told after it was written down and does not roll back."""
    form = Form(CodeSchema)
    phone = form.run(lambda data: phones.prove(phone_id, data["code"], by=actor()))
    if phone is None:
        return reach(code=form)
    if phone.proven_at is None:
        wrong = WrongCode(gettext("You have %(left)s tries left.", left=MOST_TRIES - phone.tries), field="code")
        form.problem, form.status = wrong, wrong.status
        return reach(code=form)
    flash(gettext("The number is yours. Messages go there from now on."))
    return redirect(url_for("public.reach"))


@blueprint.post("/account/reach/phones/<uuid:phone_id>/remove")
def remove_phone(phone_id: UUID) -> ResponseReturnValue:
    phones.remove(phone_id, by=actor())
    flash(gettext("No more messages go there."))
    return redirect(url_for("public.reach"))


@of_operator.get("/deliveries")
def show_deliveries() -> str:
    """How messages reach people, by way and country."""
    found: dict[tuple[Way, str | None], list[Figure]] = {}
    for figure in receipts.figures(seen_by=actor()):
        found.setdefault((figure.way, figure.country), []).append(figure)
    rows = [(way, country, _bar(figures)) for (way, country), figures in found.items()]
    return render_template(
        "operator/deliveries.html", rows=rows, countries=dict(countries()), days=receipts.FIGURES.days
    )


def _bar(figures: Sequence[Figure]) -> list[Segment]:
    return stacked([Part(name_of("sent", each.state), str(each.messages), each.messages) for each in figures])
