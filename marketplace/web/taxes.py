"""A contractor's page about taxes: where they pay them, what the law there takes, and what was withheld."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.core import clock
from marketplace.core.http import page
from marketplace.pay import tax_profiles, withholding
from marketplace.pay.tax_models import Withholding
from marketplace.pay.tax_schemas import TaxDeclarationGivenSchema
from marketplace.pay.tax_schemes import BY_ID, Certificate
from marketplace.web import choices, words
from marketplace.web.forms import Form
from marketplace.web.work import SHOWN, blueprint, cursor


@blueprint.route("/taxes", methods=["GET", "POST"])
def show_taxes() -> ResponseReturnValue:
    """How the person stands, the law with its source, a form for a new declaration, and every line."""
    by = actor()
    profile = tax_profiles.mine(by=by)
    now = {"country": profile.standing.country, "valid_from": clock.now().date().isoformat()}
    form = Form(TaxDeclarationGivenSchema, now)
    if form.done(lambda data: tax_profiles.declare(**data, by=by)):
        flash(gettext("Saved."))
        return redirect(url_for("work.show_taxes"))
    found = page(withholding.mine(by=by), Withholding.id, limit=SHOWN, after=cursor())
    return render_template(
        "work/taxes.html",
        form=form,
        profile=profile,
        found=found,
        laws=BY_ID,
        companies=accounts.company_name([each.company_id for each in found["items"]]),
        countries=words.countries(),
        country_names=dict(words.countries()),
        kinds=choices.tax_numbers(),
        certificates=[(each.value, words.name_of("certificate", each)) for each in Certificate],
    ), form.status
