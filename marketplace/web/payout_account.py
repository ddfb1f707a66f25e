"""Where a contractor is paid: an account at the payment rail, or one that they give here; changed, and taken back."""

from collections.abc import Sequence
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import Actor, require_person
from marketplace.core import idempotency
from marketplace.core.db import db
from marketplace.core.http import asks_outside
from marketplace.pay.methods import fields as method_fields
from marketplace.pay.methods import service as methods
from marketplace.pay.methods.fields import PROVIDERS, MethodKind, NoSuchMethod
from marketplace.pay.methods.rules import ALIVE, MethodStatus
from marketplace.pay.methods.schemas import PayoutMethodArgs
from marketplace.pay.rails import accounts as rail_accounts
from marketplace.pay.rails import stripe_rules, unreached
from marketplace.pay.rails.models import RailPayout
from marketplace.web import answers, words
from marketplace.web.forms import Form
from marketplace.web.work import NOTHING_MORE, blueprint
from marketplace.workforce import queries as workforce

HERE = "/work/payout-account"
NEWEST = 20
BANK = "bank"
"""The way of a bank account among those of providers."""
ASKS = (
    ("external_account", "bank"),
    ("dob", "born"),
    ("address", "address"),
    ("document", "document"),
    ("id_number", "number"),
    ("ssn", "number"),
    ("name", "name"),
    ("phone", "phone"),
    ("email", "email"),
    ("tos_acceptance", "terms"),
)
"""What the rail's words for what is missing are about, the first that fits."""


@blueprint.route("/payout-account", methods=["GET", "POST"])
def payout_account() -> ResponseReturnValue:
    """Where the person is paid. People come back here from the rail's own pages."""
    by = actor()
    form = Form(NOTHING_MORE)
    if form.done(lambda _: _account_asked(by)):
        flash(answers.told())
        return redirect(HERE)
    own = select(RailPayout).where(RailPayout.contractor_id == require_person(by))
    sent = db.session.scalars(own.order_by(RailPayout.arrives_on.desc(), RailPayout.id).limit(NEWEST)).all()
    mine = methods.mine(by=by)
    accounts = [each for each in (rail_accounts.mine(by=by), rail_accounts.coming(by=by)) if each]
    return render_template(
        "work/payout_account.html",
        form=form,
        accounts=[(each, _asks(each.missing)) for each in accounts],
        sent=sent,
        is_paid=unreached.is_paid(workforce.contractor(require_person(by), by).country),
        at_the_rail=current_app.config["RAIL"] in stripe_rules.NAMES,
        methods=[each for each in mine if each.row.status in ALIVE],
        ended=[each for each in mine if each.row.status is MethodStatus.REFUSED],
        is_changing=any(each.row.status is MethodStatus.WAITING for each in mine),
        providers=PROVIDERS,
        named_place=words.named_place,
    ), form.status


def _account_asked(by: Actor) -> object:
    return rail_accounts.ask_for(by=by) if rail_accounts.mine(by=by) is None else rail_accounts.replace(by=by)


@blueprint.route("/payout-account/give", methods=["GET", "POST"])
@idempotency.unkept
def give_payout_account() -> ResponseReturnValue:
    """An account is given: the country and the way first, then what that asks for."""
    by = actor()
    me = workforce.contractor(require_person(by), by)
    country, way = request.args.get("country", me.country), request.args.get("way", BANK)
    provider = PROVIDERS.get(way)
    kind = MethodKind.BANK if provider is None else provider.kind
    form = Form(PayoutMethodArgs)
    fixed = {"kind": str(kind), "country": country, "provider": provider.code if provider else ""}
    if form.done(lambda data: methods.give(**data, by=by)):
        flash(answers.told())
        return redirect(HERE)
    return render_template(
        "work/payout_account_give.html",
        form=form,
        country=country,
        way=way,
        fixed=fixed,
        parts=_parts(kind, country, way),
        ways=[(BANK, gettext("bank account")), *((e.code, e.name) for e in method_fields.providers_in(country))],
        countries=words.countries(),
        currencies=words.currencies(),
        receives=method_fields.currency_of(way, me.payout_currency),
        is_fixed=provider is not None and provider.currency is not None,
    ), form.status


def _parts(kind: MethodKind, country: str, way: str) -> Sequence[method_fields.Part]:
    """The fields of the way, none where the country has no such way."""
    try:
        return method_fields.parts_of(kind, country, way)
    except NoSuchMethod:
        return ()


@blueprint.post("/payout-account/<uuid:method_id>/take-back")
def take_back_payout_account(method_id: UUID) -> ResponseReturnValue:
    methods.take_back(method_id, by=actor())
    flash(answers.told())
    return redirect(HERE)


def _asks(missing: Sequence[str]) -> list[str]:
    """What is missing, each kind of thing once: a birthday is three of the rail's words."""
    kinds = (next((kind for part, kind in ASKS if part in each), "other") for each in missing)
    return list(dict.fromkeys(kinds))


@blueprint.get("/payout-account/onward")
@asks_outside
def to_the_rail() -> ResponseReturnValue:
    """On to the rail's own page. Its address is good once, so it is asked for when it is pressed."""
    return redirect(rail_accounts.onward(by=actor()), 303)
