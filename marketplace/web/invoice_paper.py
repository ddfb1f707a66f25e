"""A company's invoices, credit notes and statements on paper: what their pages say, as PDFs that can be kept."""

from collections.abc import Mapping, Sequence

from flask import current_app
from flask_babel import get_locale, gettext

from marketplace.core import clock
from marketplace.pay.invoices import company_months
from marketplace.pay.invoices.company_months import Month
from marketplace.pay.invoices.models import Invoice, InvoiceLine
from marketplace.pay.rules import FOR_TESTS
from marketplace.pay.taxes.vat_rules import InvoiceKind
from marketplace.web.paper import Sheet
from marketplace.web.words import day, exact_duration, money_words, month_words, name_of, when


def paper_of_invoice(found: Invoice) -> bytes:
    """The file: the same as long as the invoice is, since its seller and its buyer stand in it."""
    title = f"{name_of('invoice', found.kind)} {found.name}"
    sheet = _begun(title)
    sheet.add("text", when(found.issued_at))
    for heading, party in ((gettext("Seller"), found.seller), (gettext("Buyer"), found.buyer)):
        sheet.add("heading", heading)
        for line in _party(party):
            sheet.add("text", line)
    if found.reason:
        sheet.add("text", found.reason)
    sheet.add("heading", gettext("What"))
    for each in found.lines:
        sheet.add("sum", name_of("invoice", each.kind), supplied_words(each), money_words(each.money))
    sheet.add("sum", gettext("Net"), "", money_words(found.net))
    vat = gettext("VAT, %(percent)s %%", percent=found.vat_percent.normalize())
    sheet.add("sum", vat, name_of("vat", found.treatment), money_words(found.vat))
    sheet.add("sum", gettext("Sum"), "", money_words(found.gross))
    sheet.add("text", _what_became_of(found))
    return sheet.paper(title, language=_language(), made_at=found.issued_at).bytes()


def paper_of_month(company: str, name: str, months: Sequence[Month]) -> bytes:
    """The statement of a month such as "2026-11". Raises NotFound where there is no such month."""
    begins, ends = company_months.bounds(name)
    title = gettext("Statement of %(month)s", month=month_words(begins.date()))
    sheet = _begun(title)
    sheet.add("text", company)
    for each in months:
        sheet.add("heading", each.currency)
        sheet.add("sum", gettext("At the beginning"), "", money_words(each.opening))
        for flow, money in each.flows.items():
            sheet.add("sum", name_of("flow", flow), "", money_words(money))
        sheet.add("sum", gettext("At the end"), "", money_words(each.closing))
        sheet.add("sum", gettext("Set aside for work in the month"), "", money_words(each.set_aside))
        sheet.add("sum", gettext("Made available again"), "", money_words(each.freed))
        for line in each.kinds:
            long = exact_duration(line.seconds) if line.seconds else ""
            sheet.add("sum", name_of("line", line.kind).capitalize(), long, money_words(line.money))
    if not months:
        sheet.add("text", gettext("Nothing stood there and nothing moved."))
    return sheet.paper(title, language=_language(), made_at=min(ends, clock.now())).bytes()


def supplied_words(line: InvoiceLine) -> str:
    """When what the line charges was supplied, and for which weeks."""
    if line.through is None:
        return day(line.supplied_on)
    weeks = gettext("weeks that began by %(day)s", day=day(line.through))
    return f"{day(line.supplied_on)}, {weeks}"


def _begun(title: str) -> Sheet:
    sheet = Sheet()
    sheet.add("big", title)
    if current_app.config["RAIL"] in FOR_TESTS:
        sheet.add("text", gettext("Sandbox: no money moves."))
    return sheet


def _party(party: Mapping[str, str | None]) -> list[str]:
    number = party.get("vat_number")
    told = [party.get("name"), party.get("address"), party.get("country")]
    told.append(f"{gettext('VAT number')} {number}" if number else None)
    return [each for each in told if each]


def _what_became_of(found: Invoice) -> str:
    if found.kind is InvoiceKind.CREDIT_NOTE:
        told: str = gettext("The money is available to you again.")
    elif not found.vat_amount:
        told = gettext("Paid: the fee was taken when it was earned.")
    elif found.vat_taken_at is not None:
        told = gettext("Paid: the fee when it was earned, the VAT %(moment)s.", moment=when(found.vat_taken_at))
    else:
        told = gettext("The fee is paid. The VAT is taken as soon as it is available.")
    return told


def _language() -> str:
    return str(get_locale() or "en")
