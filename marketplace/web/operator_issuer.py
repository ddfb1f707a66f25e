"""The keys that work records are signed with: which there are, and a new one."""

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts.auth import actor
from marketplace.insight import issuer
from marketplace.insight.schemas import RotationSchema
from marketplace.web.forms import Form
from marketplace.web.operator import blueprint, saved


@blueprint.route("/issuer", methods=["GET", "POST"])
def show_issuer() -> ResponseReturnValue:
    found = issuer.keys(actor())
    form = Form(RotationSchema, {"lost": "false"})
    if form.done(lambda data: issuer.rotate(**data, by=actor())):
        return saved("show_issuer")
    return render_template("operator/issuer.html", form=form, keys=found, did=issuer.did()), form.status
