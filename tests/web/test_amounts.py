"""Amounts as people type them: whatever a page shows can be typed, and nothing is read as another number."""

from decimal import Decimal

import marshmallow as ma
import pytest
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.http import MoneyField
from marketplace.core.money import Money, most
from marketplace.standards.protection import RegionFacts
from marketplace.standards.schemas import RegionFactsSchema
from marketplace.web.amounts import (
    NoNumber,
    NotRead,
    TooManyDigits,
    TwoWays,
    amount,
    as_read,
    number,
    plain_in_field,
    read,
    written,
)
from marketplace.web.operator_places import _values
from marketplace.web.terms_form import values_of
from tests.factories import contracts

CURRENCIES = {"USD": 2, "IDR": 2, "JPY": 0, "KWD": 3}


@pytest.mark.parametrize(
    ("text", "locale", "digits", "number"),
    [
        ("1,234.56", "en", 2, "1234.56"),
        ("1.234,56", "en", 2, "1234.56"),
        ("1.234,56", "id", 2, "1234.56"),
        ("1,234.56", "id", 2, "1234.56"),
        ("12,50", "en", 2, "12.50"),
        ("12.5", "id", 2, "12.5"),
        ("1.234", "id", 2, "1234"),
        ("1,234", "en", 2, "1234"),
        ("1.000.000", "en", 2, "1000000"),
        ("221.246", "id", 0, "221246"),
        ("1.234", "en", 3, "1.234"),
        ("1,234", "id", 3, "1.234"),
        ("1\u202f234,56", "en", 2, "1234.56"),
        (" -5 ", "en", 2, "-5"),
        ("1,5", "en", None, "1.5"),
        ("999999999999999999", "en", 2, "999999999999999999"),
    ],
)
def test_what_is_meant_is_read(text: str, locale: str, digits: int | None, number: str) -> None:
    assert read(text, locale, digits) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "locale", "digits", "why"),
    [
        ("1.234", "en", 2, TwoWays),
        ("1,234", "id", 2, TwoWays),
        ("1.234", "en", 0, TwoWays),
        ("15.000", "en", 2, TwoWays),
        ("1.234", "id", 3, TwoWays),
        ("1,234", "en", 3, TwoWays),
        ("1,234", "en", None, TwoWays),
        ("12.345,678", "en", 2, TooManyDigits),
        ("0.12345", "en", 2, TooManyDigits),
        ("1,23,456", "en", 2, NoNumber),
        ("1e3", "en", 2, NoNumber),
        ("1_000", "en", 2, NoNumber),
        ("٣", "en", 2, NoNumber),
        ("", "en", 2, NoNumber),
    ],
)
def test_what_is_unclear_is_asked(text: str, locale: str, digits: int | None, why: type[NotRead]) -> None:
    with pytest.raises(why):
        read(text, locale, digits)


@given(st.sampled_from(sorted(CURRENCIES)), st.sampled_from(["en", "id", "de"]), st.integers(-(10**15), 10**15))
def test_what_a_page_writes_can_be_typed_and_is_never_another_amount(currency: str, locale: str, minor: int) -> None:
    money, digits = Money(minor, currency), CURRENCIES[currency]
    assert read(written(money.decimal, locale), locale, digits) == money.decimal
    grouped = format_decimal(money.decimal, locale=locale, format=f"#,##0.{'0' * digits}".rstrip("."))
    for reader in ("en", "id", "de"):
        try:
            assert read(grouped, reader, digits) == money.decimal
        except TwoWays:
            # A sign alone, in another language than the reader's, can stand between thousands or before parts.
            assert (reader != locale, grouped.count(".") + grouped.count(",")) == (True, 1)


@pytest.mark.parametrize("locale", ["en", "id"])
def test_what_stands_in_a_form_comes_back_as_it_was(app: Flask, locale: str) -> None:
    """Three decimals look like thousands in Indonesian: what nobody has touched is not asked about again."""
    known = RegionFacts(currency="KWD", timezones=("Asia/Kuwait",), min_wage=Decimal("1.234"), source="s", as_of="2026")
    terms = contracts.terms()
    terms["pay"] |= {"amount": "1.234", "currency": "KWD"}
    terms["intermediaries"] = [{"name": "Middle BV", "margin_percent": "1.234"}]
    with app.test_request_context(), force_locale(locale):
        place = {name.removeprefix("facts."): value for name, value in _values(("KW", None), known, 1).items()}
        assert as_read(RegionFactsSchema(), place)[0]["min_wage"] == "1.234"
        for field in (values_of(terms)["pay.amount"], plain_in_field("1.234", "KWD")):
            assert amount(field, "KWD") == "1.234"
        assert number(values_of(terms)["between.0.margin_percent"]) == "1.234"
        for none in ("none", "1e999999", "1.2345"):
            assert plain_in_field(none, "KWD") == none


def test_the_most_of_an_amount_is_by_currency() -> None:
    found = [str(most(currency)) for currency in ("USD", "JPY", "IDR", "KWD")]
    assert found == ["99999999.99 USD", "999999999999 JPY", "999999999999.99 IDR", "99999999.999 KWD"]


def test_too_much_is_told_with_the_most_and_not_that_it_is_no_amount() -> None:
    for much in ("100000000.00", "-100000000.00", "9" * 30):
        with pytest.raises(ma.ValidationError, match=r"The most that one amount may be is 99999999.99 USD\."):
            MoneyField().deserialize({"amount": much, "currency": "USD"})
    assert MoneyField().deserialize({"amount": "99999999.99", "currency": "USD"}) == most("USD")
