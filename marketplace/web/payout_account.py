"""A contractor's own account at the payment rail: connect it, see what is missing, go on to the rail's page."""

from collections.abc import Sequence

from flask import current_app, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import require_person
from marketplace.core.db import db
from marketplace.pay import rail_accounts
from marketplace.pay.rail_models import RailPayout
from marketplace.web.forms import Form
from marketplace.web.work import NOTHING_MORE, blueprint

NEWEST = 20
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
    if form.done(lambda _: rail_accounts.ask_for(by=by)):
        flash(gettext("Saved."))
        return redirect("/work/payout-account")
    own = select(RailPayout).where(RailPayout.contractor_id == require_person(by))
    sent = db.session.scalars(own.order_by(RailPayout.arrives_on.desc(), RailPayout.id).limit(NEWEST)).all()
    account = rail_accounts.mine(by=by)
    return render_template(
        "work/payout_account.html",
        form=form,
        account=account,
        asks=_asks(account.missing if account else ()),
        sent=sent,
        has_accounts=current_app.config["RAIL"] != "sandbox",
    ), form.status


def _asks(missing: Sequence[str]) -> list[str]:
    """What is missing, each kind of thing once: a birthday is three of the rail's words."""
    kinds = (next((kind for part, kind in ASKS if part in each), "other") for each in missing)
    return list(dict.fromkeys(kinds))


@blueprint.get("/payout-account/onward")
def to_the_rail() -> ResponseReturnValue:
    """On to the rail's own page. Its address is good once, so it is asked for when it is pressed."""
    return redirect(rail_accounts.onward(by=actor()), 303)
