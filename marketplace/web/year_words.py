"""What a new version of a year's statement has changed, in words: it is kept as the places of figures, with what stood
there before and what stands there now (`pay.taxes.year_rules.changes`)."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, Final

from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from marketplace.core.money import BadMoney, Money
from marketplace.pay.taxes.schemes import BY_ID
from marketplace.pay.taxes.schemes import Form as YearForm
from marketplace.web import words

IN_ITS_OWN: Final = MappingProxyType({str(YearForm.ID_BUKTI_POTONG): "IDR"})
"""The currency of a paper that is always in its country's own."""
_CHANGE: Final = re.compile(r"(?P<place>.*?): (?P<before>.*) → (?P<now>.*)")
_COMPANY: Final = re.compile(r"companies\[(?P<key>[^]]*)\]\.(?:months\[(?P<month>\d+)\]\.)?(?P<figure>.*)")
_BENEFIT: Final = re.compile(r"benefits\[(?P<key>[^]]*)\]\.(?P<figure>.*)")
_MISSING: Final = frozenset({"–", "None", ""})
_FIGURES: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "earned": lazy_gettext("earned"),
        "withheld": lazy_gettext("withheld"),
        "law_base": lazy_gettext("what the law taxes, in its own currency"),
        "law_withheld": lazy_gettext("withheld, in the currency of the law"),
        "name": lazy_gettext("what it is called"),
        "country": lazy_gettext("country"),
        "form": lazy_gettext("the paper of your country"),
        "law": lazy_gettext("the law that takes it"),
    }
)
"""What is told of what changed. The rest are names of places alone, and say nothing beside them."""


def changes(changed: Sequence[str], figures: Mapping[str, Any]) -> list[str]:
    """Each in a sentence, by what the statement's figures call its companies. What says nothing to a reader is left
    out."""
    return [told for each in changed if (told := _told(each, figures)) is not None]


def amount(value: str, currency: str) -> str:
    try:
        return words.money_words(Money.of(value, currency))
    except BadMoney:
        # A part of a whole can have more digits than its currency.
        return f"{words.number(Decimal(value))} {currency}"


def _told(change: str, figures: Mapping[str, Any]) -> str | None:
    found = _CHANGE.fullmatch(change)
    if found is None:
        return None
    what, currency = _place(found["place"], figures)
    if what is None:
        return None
    before, now = (_value(found[name], found["place"], currency) for name in ("before", "now"))
    return str(gettext("%(what)s: %(now)s. Before: %(before)s.", what=what, now=now, before=before))


def _place(place: str, figures: Mapping[str, Any]) -> tuple[str | None, str]:
    """What a place is called, and in which currency its amount is."""
    if (of_benefit := _BENEFIT.fullmatch(place)) is not None:
        kind, _, currency = of_benefit["key"].partition(":")
        return words.name_of("line", kind).capitalize() if of_benefit["figure"] == "paid_in" else None, currency
    if (of_company := _COMPANY.fullmatch(place)) is None:
        return (str(_FIGURES[place]).capitalize() if place in _FIGURES else None), ""
    key, figure = of_company["key"], of_company["figure"]
    known: Mapping[str, Any] = next((each for each in figures["companies"] if each["key"] == key), {})
    currency, called = key.rpartition(":")[2], _figure(figure)
    if called is None:
        return None, ""
    if figure.startswith("law_"):
        currency = known.get("law_currency", currency)
    elif figure.startswith("boxes."):
        currency = IN_ITS_OWN.get(figures["form"], currency)
    month = of_company["month"]
    when = words.month_words(date(figures["year"], int(month), 1)) if month else ""
    return ", ".join(filter(None, (known.get("name") or gettext("a company"), when, called))), currency


def _figure(figure: str) -> str | None:
    """The boxes of a country's paper are called as they are there."""
    if figure.startswith("boxes."):
        name = figure.removeprefix("boxes.")
        return str(gettext("reported to an authority")) if name == "reported" else name
    return str(_FIGURES[figure]) if figure in _FIGURES else None


def _value(value: str, place: str, currency: str) -> str:
    if value in _MISSING:
        return str(gettext("nothing"))
    figure = place.rpartition(".")[2]
    if value in ("True", "False"):
        return str(gettext("yes") if value == "True" else gettext("no"))
    if figure == "law":
        return words.said(BY_ID[value].title) if value in BY_ID else value
    if figure == "form":
        return words.name_of("year_form", value)
    if figure == "country":
        return str(dict(words.countries()).get(value, value))
    try:
        return amount(value, currency) if currency else value
    except InvalidOperation:
        return value
