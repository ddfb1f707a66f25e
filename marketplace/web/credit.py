"""Credit by name: the public page of a company, and where each contractor says whether they want to stand on it."""

from uuid import UUID

import marshmallow as ma
from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor, actor_or_none
from marketplace.accounts.rules import require_person
from marketplace.core.limits import CURIOUS, limiter
from marketplace.insight import crediting
from marketplace.insight.schemas import CreditNameSchema
from marketplace.web import contractor, public
from marketplace.web.forms import Form


@public.blueprint.get("/companies/<uuid:company_id>/credits")
@limiter.limit(CURIOUS)
def show_credits(company_id: UUID) -> str:
    return render_template("public/credits.html", credits=crediting.show(company_id, seen_by=actor_or_none()))


@contractor.blueprint.get("/credits")
def list_credits() -> str:
    """The companies for which somebody worked, each with whether it names them."""
    return render_template("contractor/credits.html", found=crediting.mine(by=actor()))


@contractor.blueprint.route("/credits/<uuid:company_id>", methods=["GET", "POST"])
def ask_for_credit(company_id: UUID) -> ResponseReturnValue:
    by = actor()
    found = crediting.one(company_id, by=by)
    form = Form(CreditNameSchema, {"name": found.name or accounts.person(require_person(by)).name})
    if form.done(lambda data: crediting.ask(company_id, **data, by=by)):
        return redirect(url_for("contractor.list_credits"))
    return render_template("contractor/credit.html", found=found, form=form), form.status


@contractor.blueprint.post("/credits/<uuid:company_id>/take-back")
def take_credit_back(company_id: UUID) -> ResponseReturnValue:
    Form(ma.Schema).run(lambda _: crediting.take_back(company_id, by=actor()))
    return redirect(url_for("contractor.list_credits"))
