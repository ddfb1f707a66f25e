"""Amounts and other exact numbers as people type them, with the separators of their own language or of another.

"1,234.56" and "1.234,56" are the same amount to everybody. What is one number here and another there is taken for
neither: whoever types "1.234" of a currency with three decimals is asked which of the two it is. Programs are not
asked: the API takes one way of writing alone.
"""

import re
from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from typing import Any, Final

import marshmallow as ma
from babel.numbers import NumberFormatError, format_decimal, get_decimal_symbol, parse_decimal
from flask_babel import get_locale, gettext

from marketplace.core.http import AMOUNT, MoneyField
from marketplace.core.money import BadMoney, Money, is_currency, minor_digits
from marketplace.standards.schemas import DecimalField

_SHAPE: Final = re.compile(r"-?[0-9]+([.,][0-9]+)*")
_SPACED: Final = re.compile(r"-?[0-9]{1,3}([ \u00a0\u202f][0-9]{3})+([.,][0-9]+)?")
"""Thousands apart by a space, as in much of Europe."""
_WAYS: Final = ("en", "id")
"""A language that writes a point before the parts, and one that writes a comma."""
_LONGEST: Final = 40


class NotRead(ValueError):
    """No number, or not one alone; says which."""


class NoNumber(NotRead):
    pass


class TwoWays(NotRead):
    pass


class TooManyDigits(NotRead):
    pass


def read(text: str, locale: str, digits: int | None = None) -> Decimal:
    """The number that a reader of this language has typed, with at most so many digits behind the sign of decimals.

    >>> read("1.234,56", "en", 2), read("12,50", "en", 2), read("12.50", "id", 2), read("1.234", "id", 2)
    (Decimal('1234.56'), Decimal('12.50'), Decimal('12.50'), Decimal('1234'))

    Raises NoNumber, TooManyDigits, and TwoWays for what another language reads as another number: "1.234" of dollars in
    English, "1.234" dinars in Indonesian.
    """
    bare = text.strip()
    if len(bare) > _LONGEST:
        raise NoNumber
    if _SPACED.fullmatch(bare):
        bare = re.sub(r"[ \u00a0\u202f]", "", bare)
    if not _SHAPE.fullmatch(bare):
        raise NoNumber
    own, others = _reading(bare, locale), [_reading(bare, way) for way in _WAYS]
    fits = {found[0] for found in others if found is not None and (digits is None or found[1] <= digits)}
    if own is None:
        if len(fits) > 1:
            raise TwoWays
        if not fits:
            raise TooManyDigits if any(others) else NoNumber
        return fits.pop()
    value, after = own
    is_exact = digits is None or after <= digits
    # Somebody's own sign of decimals is never doubted; a sign between thousands may be another's sign of decimals.
    if fits - {value} and (not is_exact or after == 0):
        raise TwoWays
    if not is_exact:
        raise TooManyDigits
    return value


def written(number: Decimal, locale: str) -> str:
    """A number as it stands in a field for a reader of this language, who may send it as it is: no thousands apart."""
    return f"{number:f}".replace(".", get_decimal_symbol(locale))


def in_field(money: Money) -> str:
    """An amount as it stands in a field of the running request."""
    return written(money.decimal, _locale())


def number_in_field(number: Decimal) -> str:
    """The same of a number that is no amount."""
    return written(number, _locale())


def plain_in_field(plain: str, currency: str) -> str:
    """The same of an amount that is kept, or sent, as the API writes it ("1.234" KWD); what is none stays as it is."""
    try:
        return in_field(Money.of(plain, currency)) if AMOUNT.fullmatch(plain) else plain
    except BadMoney:
        return plain


def plain_number_in_field(plain: str) -> str:
    """The same of a number that is kept as the API writes it ("2.5"); what is none stays as it is."""
    try:
        return number_in_field(Decimal(plain))
    except InvalidOperation:
        return plain


def amount(text: str, currency: str) -> str:
    """What was typed as an amount, as the schemas take it. Raises NotRead with a sentence for whoever typed it."""
    digits = minor_digits(currency) if is_currency(currency) else None
    try:
        return f"{read(text, _locale(), digits):f}"
    except TooManyDigits as wrong:
        raise NotRead(f"{text.strip()} has more digits than {currency} has.") from wrong
    except NotRead as wrong:
        raise NotRead(_sentence(wrong, text, 2 if digits is None else digits)) from wrong


def number(text: str) -> str:
    """The same for a number that is no amount. Raises NotRead with a sentence."""
    try:
        return f"{read(text, _locale()):f}"
    except NotRead as wrong:
        raise NotRead(_sentence(wrong, text, 2)) from wrong


def as_read(schema: ma.Schema, typed: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """What a form has sent, with its amounts and exact numbers as the schema takes them; and what to say, by the path
    of its field, of each that could not be read. Those are empty, so that the schema takes none of them."""
    found: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for name, value in typed.items():
        field = schema.fields.get(name)
        found[name] = value
        if isinstance(field, ma.fields.Nested) and isinstance(value, Mapping):
            found[name], inner = as_read(field.schema, value)
            wrong |= {f"{name}.{path}": words for path, words in inner.items()}
        elif isinstance(field, MoneyField) and _is_amount(value):
            try:
                found[name] = {**value, "amount": amount(value["amount"], value["currency"])}
            except NotRead as unread:
                found[name], wrong[name] = {**value, "amount": ""}, [str(unread)]
        elif isinstance(field, ma.fields.Decimal | DecimalField) and isinstance(value, str):
            try:
                found[name] = number(value)
            except NotRead as unread:
                found[name], wrong[name] = "", [str(unread)]
    return found, wrong


def _is_amount(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(value.get(part), str) for part in ("amount", "currency"))


def _reading(text: str, locale: str) -> tuple[Decimal, int] | None:
    """The number as this language writes it, and how many digits it has behind the sign of decimals."""
    sign = get_decimal_symbol(locale)
    whole, _, parts = text.partition(sign)
    try:
        value = parse_decimal(whole, locale=locale, strict=True)
    except NumberFormatError:
        return None
    if not (parts.isdecimal() if sign in text else True):
        return None
    return Decimal(f"{value:f}{'.' + parts if parts else ''}"), len(parts)


def _sentence(wrong: NotRead, text: str, digits: int) -> str:
    example = Decimal("1234567").scaleb(-3).quantize(Decimal(1).scaleb(-digits), ROUND_DOWN)
    ways = {"plain": written(example, _locale()), "grouped": format_decimal(example, locale=_locale())}
    told = {"text": text.strip()[:_LONGEST]} | ways
    if isinstance(wrong, TwoWays):
        return str(gettext("“%(text)s” can be read in two ways. Write it as %(plain)s or %(grouped)s.", **told))
    return str(gettext("“%(text)s” is no number. Write it as %(plain)s or %(grouped)s.", **told))


def _locale() -> str:
    return str(get_locale() or "en")
