"""Money: an integer of minor units with its ISO 4217 currency, and arithmetic that never loses one of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache
from typing import Self

from babel.core import get_global
from babel.numbers import format_currency, get_currency_precision

from marketplace.core.problems import Invalid


class BadMoney(Invalid):
    """The text, number or currency cannot be an amount of money."""

    code = "bad_money"
    title = "This is not an amount of money."
    remedy = "Give an amount such as 15.00 with an ISO 4217 currency such as USD."


class CurrencyMismatch(Invalid):
    """Two currencies met where only one can stand."""

    code = "currency_mismatch"
    title = "Amounts of different currencies cannot be added or compared."
    remedy = "Exchange one of them first, at a rate with a source and a date."


@lru_cache(maxsize=512)
def is_currency(code: str) -> bool:
    """Whether ISO 4217 knows the currency."""
    return code in get_global("all_currencies")


def minor_digits(currency: str) -> int:
    """Digits after the point that ISO 4217 gives the currency: USD 2, JPY 0, KWD 3.

    Raises BadMoney when ISO 4217 does not know the currency.
    """
    if not is_currency(currency):
        raise BadMoney(f"{currency!r} is not an ISO 4217 currency.", field="currency")
    return get_currency_precision(currency)


_SMALL_UNITS = frozenset(
    """
    ALL AMD AOA ARS BDT BIF CDF CLP COP CRC CVE DJF DZD ETB GNF GYD HTG HUF IDR IQD IRR ISK JMD JPY KES KHR KMF KRW
    KZT LAK LBP LKR LRD MGA MMK MNT MWK NGN NPR PKR PYG RSD RWF SDG SLL SOS SSP SYP TZS UGX UZS VND VUV XAF XOF XPF YER
    """.split()  # noqa: SIM905 - a list of them would be a page long
)
"""Currencies of which one unit is worth about a US cent, or less."""
_MOST, _MOST_SMALL = 100_000_000, 1_000_000_000_000


@lru_cache(maxsize=512)
def most(currency: str) -> "Money":
    """The most that one amount may be where somebody writes one: 99,999,999.99 USD, 999,999,999,999.99 IDR.

    A limit of the house against a slip of zeros, far above what anybody pays here at once; sums may be more. What a
    payment rail carries at once may be less. Raises BadMoney when ISO 4217 does not know the currency.
    """
    whole = _MOST_SMALL if currency in _SMALL_UNITS else _MOST
    return Money(whole * 10 ** minor_digits(currency) - 1, currency)


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount: `Money(1500, "USD")` is fifteen dollars.

    Addition, subtraction and comparison need the same currency (CurrencyMismatch otherwise). Multiplication takes an
    int, Fraction or Decimal and rounds half up, away from zero, to a whole minor unit; nothing here accepts a float.
    """

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, int):
            raise BadMoney(f"Minor units are a whole number, not {self.amount!r}.", field="amount")
        minor_digits(self.currency)

    @classmethod
    def of(cls, value: str | int | Decimal, currency: str) -> Self:
        """Fifteen dollars from `Money.of("15.00", "USD")`. Refuses more digits than the currency has."""
        try:
            scaled = Decimal(value).scaleb(minor_digits(currency))
        except (InvalidOperation, TypeError, ValueError) as broken:
            raise BadMoney(f"{value!r} is not a number.", field="amount") from broken
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise BadMoney(f"{value} has more digits than {currency} has.", field="amount")
        return cls(int(scaled), currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(0, currency)

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} met {other.currency}.")

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __mul__(self, factor: int | Fraction | Decimal) -> "Money":
        return Money(round_half_up(self.amount * Fraction(factor)), self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __gt__(self, other: "Money") -> bool:
        return other < self

    def __ge__(self, other: "Money") -> bool:
        return other <= self

    def __bool__(self) -> bool:
        return self.amount != 0

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Divides the amount by the weights with the largest remainder: the parts always add up to the whole.

        Weights are whole numbers, none negative, not all zero. Ties go to the earlier part, so that the same call
        always gives the same parts.
        """
        return [Money(part, self.currency) for part in largest_remainder(self.amount, weights)]

    @property
    def decimal(self) -> Decimal:
        """The amount in the currency's own unit, with all its digits: Decimal("15.00")."""
        return Decimal(self.amount).scaleb(-minor_digits(self.currency))

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    def format(self, locale: str = "en", *, whole: bool = False) -> str:
        """Words for people: "$15.00", "Rp 221.246". `whole` leaves out the minor units, as rupiah are written."""
        if whole:
            units = round_half_up(Fraction(self.decimal))
            return format_currency(units, self.currency, "¤\xa0#,##0", locale=locale, currency_digits=False)
        return format_currency(self.decimal, self.currency, locale=locale)


def total(parts: Iterable[Money], currency: str) -> Money:
    """Adds amounts of one currency; the currency is named so that an empty sum has one."""
    result = Money(0, currency)
    for part in parts:
        result = result + part
    return result


def round_half_up(value: Fraction) -> int:
    """The nearest whole number; an exact half goes away from zero, as invoices round."""
    sign = -1 if value < 0 else 1
    return sign * ((2 * abs(value.numerator) + value.denominator) // (2 * value.denominator))


def largest_remainder(whole: int, weights: Sequence[int]) -> list[int]:
    """Splits a whole number by whole weights so that the parts add up to it (Hamilton's method)."""
    if not weights or any(weight < 0 for weight in weights) or not any(weights):
        raise ValueError("Weights are whole numbers, none negative, and not all zero.")
    sign, size, all_weights = (-1 if whole < 0 else 1), abs(whole), sum(weights)
    parts = [size * weight // all_weights for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % all_weights), i))
    for i in by_remainder[: size - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]
