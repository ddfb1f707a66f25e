"""Being erased: what goes, what stays and why, told before; and the act, which cannot be undone."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import logout_user

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.accounts.rules import OperatorRole, require_operator
from marketplace.insight import erasure
from marketplace.insight.schemas import EraseMeSchema, ErasePersonSchema
from marketplace.web import operator, public
from marketplace.web.forms import Form
from marketplace.web.site import ask_to_sign_in
from marketplace.web.words import money_words


@public.blueprint.route("/account/erasure", methods=["GET", "POST"])
def erase_me() -> ResponseReturnValue:
    if (sign_in := ask_to_sign_in()) is not None:
        return sign_in
    form = Form(EraseMeSchema)
    if form.done(lambda data: erasure.erase_me(**data, by=actor())):
        logout_user()
        flash(gettext("You are erased. Nothing here says any more who you were."))
        return redirect(url_for("public.home"))
    found = erasure.prospect(by=actor())
    kept = ", ".join(money_words(each) for each in found.benefits)
    return render_template("public/erasure.html", form=form, found=found, kept=kept), form.status


@operator.blueprint.route("/people/<uuid:person_id>/erase", methods=["GET", "POST"])
def erase_person(person_id: UUID) -> ResponseReturnValue:
    """For admins, when somebody asks who cannot do it themselves."""
    require_operator(actor(), OperatorRole.ADMIN)
    form, person = Form(ErasePersonSchema), accounts.person(person_id)
    if form.done(lambda data: erasure.erase_person(person_id, **data, by=actor())):
        return operator.saved("desk")
    return render_template("operator/erase.html", form=form, known=person), form.status
