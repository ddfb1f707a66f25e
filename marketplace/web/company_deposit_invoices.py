"""A deposit by invoice: a form that asks for one, and a button that calls it off."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts.auth import actor
from marketplace.pay import deposit_invoices, queries
from marketplace.pay.deposit_invoices import AskedByInvoice
from marketplace.pay.invoices import invoicing
from marketplace.pay.rails.deposit_invoice_rules import FEWEST_DAYS, MOST_DAYS
from marketplace.pay.rails.deposit_invoice_schemas import DepositInvoiceArgs
from marketplace.pay.rules import MANUAL
from marketplace.web.company import blueprint, saved
from marketplace.web.company_money import show_deposit
from marketplace.web.forms import Form
from marketplace.web.words import currencies

DAYS = 30
"""What the form has to begin with."""


@blueprint.route("/money/by-invoice", methods=["GET", "POST"])
def ask_by_invoice(company_id: UUID) -> ResponseReturnValue:
    """What an invoice will say, and the form."""
    by = actor()
    told = invoicing.billing(company_id, by)
    usual = queries.usual_currency(company_id, by) or "EUR"
    form = Form(DepositInvoiceArgs, {"money.currency": usual, "days_until_due": str(DAYS)})

    def ask(data: dict[str, Any]) -> AskedByInvoice:
        return deposit_invoices.ask(company_id, **data, by=by)

    if form.done(ask) and isinstance(form.made, AskedByInvoice):
        return saved("show_deposit", deposit_id=form.made.deposit.id)
    return render_template(
        "company/by_invoice.html",
        form=form,
        told=told,
        currencies=currencies(),
        bounds=(FEWEST_DAYS, MOST_DAYS),
        is_by_hand=current_app.config["RAIL"] == MANUAL,
    ), form.status


@blueprint.post("/money/deposits/<uuid:deposit_id>/void")
def call_off_invoice(company_id: UUID, deposit_id: UUID) -> ResponseReturnValue:
    form = Form(ma.Schema)
    if form.done(lambda _: deposit_invoices.call_off(company_id, deposit_id, by=actor())):
        return saved("show_deposit", deposit_id=deposit_id)
    return show_deposit(company_id, deposit_id, calling_off=form)
