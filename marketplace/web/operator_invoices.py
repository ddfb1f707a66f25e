"""The desk's page of invoices: all of them, and credit notes for what was wrong."""

from typing import Any
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.core.http import page
from marketplace.pay.invoices import invoicing
from marketplace.pay.invoices.models import Invoice
from marketplace.pay.invoices.schemas import CreditArgs
from marketplace.web.forms import Form
from marketplace.web.operator import SHOWN, after, blueprint, saved


@blueprint.get("/invoices")
def list_invoices(form: Form | None = None) -> ResponseReturnValue:
    shown = form or Form(CreditArgs)
    found = page(invoicing.everything(actor()), Invoice.id, limit=SHOWN, after=after())
    names = accounts.company_name([each.company_id for each in found["items"]])
    waiting = invoicing.waiting(actor())
    return render_template(
        "operator/invoices.html", form=shown, found=found, companies=names, waiting=waiting
    ), shown.status


@blueprint.post("/invoices/<uuid:invoice_id>/credit")
def credit_invoice(invoice_id: UUID) -> ResponseReturnValue:
    form = Form(CreditArgs)

    def credit(data: dict[str, Any]) -> object:
        return invoicing.credit(invoice_id, data["money"], data["reason"], by=actor())

    return saved("list_invoices", made=form.made) if form.done(credit) else list_invoices(form)
