"""The statement of a year: what it holds, what a country's own paper calls it, and what a new version has changed."""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from io import StringIO
from typing import Any

import rfc8785

from marketplace.core.money import Money
from marketplace.pay.taxes.schemes import Form, Scheme

Figures = Mapping[str, Any]
"""What is frozen: JSON as it stands. Amounts are decimal texts in the currency beside them."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sealed(figures: Figures) -> str:
    """SHA-256 of the figures in the one canonical form of RFC 8785."""
    return hashlib.sha256(rfc8785.dumps(dict(figures))).hexdigest()


def boxes(form: Form, law: Scheme | None, company: Mapping[str, Any], country: str) -> dict[str, Any]:
    """What a country's paper asks for of one company in one currency, by the names that it has there.

    1099-NEC: box 1 is the pay, box 4 what was withheld; a company reports it from the law's threshold on. Bukti potong:
    gross pay, what of it is taxed, and the tax, in rupiah, as far as the law's currency is known.
    """
    if law is None or company["country"] != country:
        return {}
    if form is Form.US_1099_NEC:
        reported = company["currency"] == law.currency and Decimal(company["earned"]) >= (law.threshold or 0)
        return {
            "1 nonemployee compensation": company["earned"],
            "4 federal income tax withheld": company["withheld"],
            "reported": reported,
        }
    if form is Form.ID_BUKTI_POTONG:
        base = Decimal(company["law_base"])
        return {
            "jumlah penghasilan bruto": company["law_base"],
            "dasar pengenaan pajak": str(base * law.base_percent / 100),
            "PPh dipotong": company["law_withheld"],
        }
    return {}


def text(amount: int, currency: str) -> str:
    return str(Money(amount, currency).decimal)


def changes(old: Figures, new: Figures) -> list[str]:
    """Every figure that is another now, as "where: before → now". In the order of the places."""
    before, now = dict(_flat("", old)), dict(_flat("", new))
    return [
        f"{place}: {before.get(place, '–')} → {now.get(place, '–')}"
        for place in sorted({*before, *now})
        if before.get(place) != now.get(place)
    ]


def _flat(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(f"{place}.{name}" if place else str(name), inner)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            key = inner.get("key", at) if isinstance(inner, Mapping) else at
            yield from _flat(f"{place}[{key}]", inner)
    else:
        yield place, str(value)


def as_csv(figures: Figures, version: int) -> str:
    """A line for each company, currency and month, with the year and the version in front. No cell is a formula."""
    made = StringIO()
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(["year", "version", "kind", "company", "country", "currency", "month", "earned", "withheld"])
    first = [figures["year"], version]
    for company in figures["companies"]:
        for month in company["months"]:
            cells = ["pay", company["name"], company["country"], company["currency"], month["month"]]
            writer.writerow([*first, *map(cell, cells), month["earned"], month["withheld"]])
    for benefit in figures["benefits"]:
        writer.writerow([*first, benefit["kind"], "", "", benefit["currency"], "", benefit["paid_in"], ""])
    return made.getvalue()


def cell(value: object) -> str:
    """The value as a table holds it, so that no program takes it for a formula."""
    words = "" if value is None else str(value)
    return f"'{words}" if words.startswith(_FORMULA) else words
