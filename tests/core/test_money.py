"""Money is exact."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import BadMoney, CurrencyMismatch, Money, largest_remainder, round_half_up, total

amounts = st.integers(-(10**15), 10**15)
weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any)


@given(amounts, weights)
def test_splitting_never_loses_a_cent(amount: int, shares: list[int]) -> None:
    parts = Money(amount, "USD").split(shares)
    assert total(parts, "USD") == Money(amount, "USD")
    for part, share in zip(parts, shares, strict=True):
        assert abs(part.amount - Fraction(amount * share, sum(shares))) < 1


def test_the_largest_remainder_gets_the_last_cent() -> None:
    assert largest_remainder(100, [1, 1, 1]) == [34, 33, 33]
    assert largest_remainder(-100, [1, 1, 1]) == [-34, -33, -33]
    assert largest_remainder(10, [3, 3, 1]) == [4, 4, 2]


@pytest.mark.parametrize("bad", [[], [0, 0], [1, -1]])
def test_weights_that_mean_nothing_are_refused(bad: list[int]) -> None:
    with pytest.raises(ValueError, match="Weights"):
        largest_remainder(1, bad)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("15.00", "USD", 1500), ("500", "JPY", 500), ("1.234", "KWD", 1234), ("-0.01", "EUR", -1)],
)
def test_amounts_from_text(text: str, currency: str, minor: int) -> None:
    assert Money.of(text, currency).amount == minor
    assert Money.of(text, currency).decimal == Decimal(text)


@pytest.mark.parametrize(
    ("text", "currency"),
    [("15.001", "USD"), ("0.5", "JPY"), ("nan", "USD"), ("1e400", "XXZ"), ("abc", "USD"), ("inf", "EUR")],
)
def test_what_is_no_amount(text: str, currency: str) -> None:
    with pytest.raises(BadMoney):
        Money.of(text, currency)


def test_no_floats_and_no_mixed_currencies() -> None:
    with pytest.raises(BadMoney):
        Money(1.5, "USD")  # type: ignore[arg-type]
    with pytest.raises(CurrencyMismatch):
        Money(1, "USD") + Money(1, "EUR")
    with pytest.raises(CurrencyMismatch):
        Money(1, "USD") < Money(1, "EUR")  # noqa: B015


@given(amounts, st.fractions(-1000, 1000))
def test_multiplying_rounds_half_away_from_zero(amount: int, factor: Fraction) -> None:
    exact = amount * factor
    got = (Money(amount, "USD") * factor).amount
    assert abs(got - exact) <= Fraction(1, 2)
    assert (Money(-amount, "USD") * factor).amount == -got


def test_halves() -> None:
    assert [round_half_up(Fraction(n, 2)) for n in (1, 3, -1, -3, 4)] == [1, 2, -1, -2, 2]


def test_as_people_write_it() -> None:
    assert Money.of("15", "USD").format() == "$15.00"
    assert Money.of("221246.30", "IDR").format("id", whole=True) == "Rp\xa0221.246"
