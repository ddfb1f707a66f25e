"""The desk's page of withheld tax: what is held for authorities, what they were paid, and lines to be corrected."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.core import clock
from marketplace.core.http import page
from marketplace.pay.taxes import remitting, withholding
from marketplace.pay.taxes.models import Remittance, Withholding
from marketplace.pay.taxes.schemas import TaxConfirmArgs, TaxGiveBackArgs, TaxRemittanceArgs
from marketplace.pay.taxes.schemes import BY_ID
from marketplace.web import words
from marketplace.web.forms import Form
from marketplace.web.operator import SHOWN, after, blueprint, saved


@blueprint.get("/taxes")
def show_taxes(form: Form | None = None) -> ResponseReturnValue:
    """What waits to be paid to authorities, by company; proposals that wait for a second person; the newest lines."""
    by = actor()
    shown = form or Form(TaxConfirmArgs)
    held = remitting.held(by)
    found = page(remitting.remittances(by), Remittance.id, limit=SHOWN, after=after())
    lines = page(withholding.everything(by), Withholding.id, limit=SHOWN, after=None)["items"]
    owners = {each.company_id for each in (*held, *found["items"], *lines)}
    return render_template(
        "operator/taxes.html",
        form=shown,
        held=held,
        found=found,
        lines=lines,
        laws=BY_ID,
        today=clock.now().date(),
        companies=accounts.company_name(list(owners)),
        people=accounts.person_name([each.contractor_id for each in lines]),
        countries=dict(words.countries()),
    ), shown.status


@blueprint.post("/taxes")
def propose_remittance() -> ResponseReturnValue:
    form = Form(TaxRemittanceArgs, {"through": date.max.isoformat()})
    return saved("show_taxes") if form.done(lambda data: remitting.propose(**data, by=actor())) else show_taxes(form)


@blueprint.post("/taxes/<uuid:remittance_id>/confirm")
def confirm_remittance(remittance_id: UUID) -> ResponseReturnValue:
    form = Form(TaxConfirmArgs)

    def confirm(data: dict[str, Any]) -> object:
        return remitting.confirm(remittance_id, data["reference"], by=actor())

    return saved("show_taxes") if form.done(confirm) else show_taxes(form)


@blueprint.post("/taxes/<uuid:remittance_id>/withdraw")
def withdraw_remittance(remittance_id: UUID) -> ResponseReturnValue:
    remitting.withdraw(remittance_id, by=actor())
    return saved("show_taxes")


@blueprint.post("/taxes/lines/<uuid:withholding_id>")
def give_tax_back(withholding_id: UUID) -> ResponseReturnValue:
    form = Form(TaxGiveBackArgs)

    def give(data: dict[str, Any]) -> object:
        return withholding.give_back(withholding_id, **data, by=actor())

    return saved("show_taxes", made=form.made) if form.done(give) else show_taxes(form)
