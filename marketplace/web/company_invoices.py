"""A company's invoices, how it wants to be billed, and its statement of a month as picture and table."""

from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts.auth import actor
from marketplace.core import clock
from marketplace.core.http import made_file, page
from marketplace.core.money import BadMoney, Money
from marketplace.pay import queries
from marketplace.pay.bank import paying
from marketplace.pay.invoices import company_months, invoicing
from marketplace.pay.invoices.company_months import Flow, Month
from marketplace.pay.invoices.models import Invoice
from marketplace.pay.invoices.routes import as_file
from marketplace.pay.invoices.schemas import BillingArgs
from marketplace.pay.schemas import DepositArgs
from marketplace.web.amounts import NotRead, amount, plain_in_field
from marketplace.web.company import SHOWN, after, blueprint, saved
from marketplace.web.forms import Form
from marketplace.web.invoice_paper import paper_of_invoice, paper_of_month, supplied_words
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.words import currencies, money_words, name_of

FILLS = {
    Flow.PAY: "a",
    Flow.BENEFITS: "b",
    Flow.FEES: "c",
    Flow.HANDLING: "c",
    Flow.VAT: "d",
    Flow.MARGINS: "e",
    Flow.REFUND: "f",
}
"""The fill of each way that money goes."""


@blueprint.route("/money/invoices", methods=["GET", "POST"])
def list_invoices(company_id: UUID) -> ResponseReturnValue:
    by = actor()
    told = invoicing.billing(company_id, by)
    form = Form(BillingArgs, {"vat_number": told.vat_number or "", "address": told.address})

    def tell(data: dict[str, Any]) -> object:
        return invoicing.tell(company_id, data["vat_number"], data["address"], by=by)

    if form.done(tell):
        return saved("list_invoices")
    found = page(invoicing.invoices(company_id, by), Invoice.id, limit=SHOWN, after=after())
    return render_template("company/invoices.html", form=form, found=found), form.status


@blueprint.get("/money/invoices/<uuid:invoice_id>")
def show_invoice(company_id: UUID, invoice_id: UUID) -> str:
    found = invoicing.invoice(company_id, invoice_id, actor())
    return render_template("company/invoice.html", invoice=found, supplied_words=supplied_words)


@blueprint.get("/money/invoices/<uuid:invoice_id>/invoice.pdf")
def invoice_paper(company_id: UUID, invoice_id: UUID) -> Response:
    """The invoice, or the credit note, as a PDF in the reader's language."""
    found = invoicing.invoice(company_id, invoice_id, actor())
    return made_file(BytesIO(paper_of_invoice(found)), "application/pdf", f"{found.name}.pdf")


@blueprint.get("/money/months/<month>/statement.pdf")
def month_paper(company_id: UUID, month: str) -> Response:
    """The statement of a month as a PDF."""
    found = company_months.month_of(company_id, month, actor())
    name = accounts.company_name([company_id])[company_id]
    content = paper_of_month(name, month, found)
    return made_file(BytesIO(content), "application/pdf", f"statement-{month}.pdf")


@blueprint.get("/money/months", defaults={"month": None})
@blueprint.get("/money/months/<month>")
def show_month(company_id: UUID, month: str | None) -> str:
    """What stood there, came and went in a month; the present one where none is named."""
    chosen = month or f"{clock.now():%Y-%m}"
    begins, ends = company_months.bounds(chosen)
    found = company_months.month_of(company_id, chosen, actor())
    return render_template(
        "company/month.html",
        month=begins.date(),
        months=[(each, _bar(each)) for each in found],
        before=(begins - timedelta(days=1)).date() if any(each.has_before for each in found) else None,
        following=ends.date() if ends <= clock.now() else None,
    )


@blueprint.get("/money/months/<month>/file")
def month_file(company_id: UUID, month: str) -> Response:
    return as_file(company_id, month)


@blueprint.get("/money/transfer")
def show_transfer(company_id: UUID) -> str:
    """How to pay by bank: a pro forma invoice with the company's reference, for an amount of its choice."""
    by = actor()
    told = paying.how_to_pay(company_id, by)
    usual = queries.usual_currency(company_id, by) or "EUR"
    form = Form(
        DepositArgs,
        {"money.amount": plain_in_field("1000.00", usual), "money.currency": usual} | request.args.to_dict(),
    )
    return render_template(
        "company/transfer.html", told=told, form=form, amount=_asked(form), currencies=currencies(), now=clock.now()
    )


def _asked(form: Form) -> Money | None:
    """The amount that was asked for, where it is one."""
    try:
        currency = str(form.value("money.currency"))
        return Money.of(amount(str(form.value("money.amount")), currency), currency)
    except (BadMoney, NotRead):
        return None


def _bar(month: Month) -> Sequence[Segment]:
    """Where the month's money went, and what is left of all that there was."""
    gone = {flow: -month.flows[flow] for flow in FILLS if flow in month.flows}
    parts = [
        Part(name_of("flow", flow), money_words(money), money.amount, FILLS[flow])
        for flow, money in gone.items()
        if money.amount > 0
    ]
    left = Part(gettext("left"), money_words(month.closing), max(month.closing.amount, 0), "ground")
    return stacked([*parts, left])
