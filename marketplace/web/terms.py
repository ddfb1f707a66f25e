"""A new edition of the terms: whoever agreed to an older one reads what is said otherwise, and answers when they like.

Nothing waits for the answer: neither pay, nor leaving, nor the record. Until then the older edition holds.
"""

import marshmallow as ma
from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts.auth import actor
from marketplace.accounts.rules import require_person
from marketplace.web.contractor import blueprint
from marketplace.web.forms import Form
from marketplace.workforce import declarations


class AgreeForm(ma.Schema):
    terms_sha256 = ma.fields.String(required=True)


@blueprint.route("/terms", methods=["GET", "POST"])
def terms() -> ResponseReturnValue:
    """What is said otherwise, the whole text, and the way to agree. Once it is answered there is nothing to ask."""
    by = actor()
    form = Form(AgreeForm)
    if form.done(lambda data: declarations.declare(terms_sha256=data["terms_sha256"], by=by)):
        flash(gettext("Saved."))
        return redirect(url_for("public.home"))
    if (change := declarations.terms_to_answer(require_person(by))) is None:
        return redirect(url_for("contractor.application"))
    return render_template("contractor/terms.html", change=change, form=form), form.status
