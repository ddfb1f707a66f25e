"""VAT on what the service itself sells to companies: its fee. Rates are data with their source. Pure.

In prose. Within one country the rate of the country. From one member state to a company in another that has a VAT
number there, whoever buys accounts for the VAT (reverse charge); to one without, the seller's rate. Out of the European
Union or out of the United Kingdom, services to companies are outside the scope of VAT. Everything else, such as a
seller in another country, is not supported: no VAT is charged, and the invoice says that nobody has looked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.gb import vat as gb_vat

from marketplace.core.money import Money
from marketplace.core.problems import Conflict, Invalid


class Treatment(StrEnum):
    """Why an invoice has the VAT that it has."""

    DOMESTIC = "domestic"
    REVERSE_CHARGE = "reverse_charge"
    NO_NUMBER = "no_number"
    """To another member state, to a company that has named no VAT number: the seller's rate."""
    OUTSIDE = "outside_scope"
    NOT_SUPPORTED = "not_supported"


class InvoiceKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class BadVatNumber(Invalid):
    code = "bad_vat_number"
    title = "This is not a VAT number of that country."
    remedy = "Copy it with its two letters, as VIES writes it, or leave it out."


class NotCreditable(Conflict):
    code = "invoice_not_creditable"
    title = "Only an invoice can be credited, and no more of it than is left."


RATES_SOURCE: Final = (
    "https://www.eurofiscalis.com/en/vat-rates-in-ue (rates of 2026, as of 2026-02-02; read 2026-11-29)"
)
STANDARD_PERCENT: Final[Mapping[str, Decimal]] = MappingProxyType(
    {
        country: Decimal(percent)
        for country, percent in {
            "AT": "20", "BE": "21", "BG": "20", "CY": "19", "CZ": "21", "DE": "19", "DK": "25", "EE": "24",
            "ES": "21", "FI": "25.5", "FR": "20", "GR": "24", "HR": "25", "HU": "27", "IE": "23", "IT": "22",
            "LT": "21", "LU": "17", "LV": "21", "MT": "18", "NL": "21", "PL": "23", "PT": "23", "RO": "21",
            "SE": "25", "SI": "22", "SK": "23", "GB": "20",
        }.items()
    }
)  # fmt: skip
"""The standard rate of 2026. A later year is not supported until somebody has looked."""
KNOWN_UNTIL: Final = date(2026, 12, 31)
KNOWN_SINCE: Final = date(2026, 1, 1)
UNION: Final = frozenset(STANDARD_PERCENT) - {"GB"}


@dataclass(frozen=True, slots=True)
class Vat:
    treatment: Treatment
    percent: Decimal


NOTHING: Final = Decimal(0)


def vat_of(seller: str, buyer: str, buyer_number: str | None, on: date) -> Vat:
    """What VAT a service to a company has (Directive 2006/112/EC, art. 44 and 196). `seller` and `buyer` are countries;
    the number is one that `vat_number()` has let through."""
    if seller not in STANDARD_PERCENT or not KNOWN_SINCE <= on <= KNOWN_UNTIL:
        return Vat(Treatment.NOT_SUPPORTED, NOTHING)
    if seller == buyer:
        return Vat(Treatment.DOMESTIC, STANDARD_PERCENT[seller])
    if seller in UNION and buyer in UNION:
        if buyer_number is None:
            return Vat(Treatment.NO_NUMBER, STANDARD_PERCENT[seller])
        return Vat(Treatment.REVERSE_CHARGE, NOTHING)
    return Vat(Treatment.OUTSIDE, NOTHING)


def vat_number(country: str, number: str) -> str:
    """The number as it is kept, with its two letters. Its form and check digits are looked at; whether the number is in
    use, only VIES knows, which nobody is asked here. Raises BadVatNumber."""
    plain = number.replace(" ", "").upper()
    try:
        if country == "GB":
            return "GB" + str(gb_vat.validate(plain.removeprefix("GB")))
        known = str(eu_vat.validate(plain))
    except ValidationError:
        raise BadVatNumber(field="vat_number") from None
    if not known.startswith({"GR": "EL"}.get(country, country)):
        raise BadVatNumber(field="vat_number")
    return known


def vat_on(net: Money, percent: Decimal) -> Money:
    """The VAT on a net sum: 19 % of 3.37 EUR are 0.64 EUR, rounded half up."""
    return net * (Fraction(percent) / 100)


def number_words(series: str, number: int) -> str:
    """The number of an invoice: S2026-000001."""
    return f"{series}-{number:06d}"


def series_of(kind: InvoiceKind, on: date) -> str:
    return f"{'S' if kind is InvoiceKind.INVOICE else 'C'}{on.year}"
