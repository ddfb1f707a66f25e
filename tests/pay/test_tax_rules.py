"""What laws take of a payment, with worked examples, and what is the same of all of them."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import Money
from marketplace.pay.taxes import numbers as tax_numbers
from marketplace.pay.taxes import rules as tax_rules
from marketplace.pay.taxes.rules import BadDeclaration, Payer, Why, begin_of, check_certificate, reckon, still_certified
from marketplace.pay.taxes.schemes import BY_ID, SCHEMES, Certificate, Form, Period, form_of, scheme_of

NUMBERED, NONE = True, False


def payer(
    base: str, before: str = "0", withheld: str = "0", back: str = "0", number: bool = NUMBERED, **more: Certificate
) -> Payer:
    """Sums in whole units of the law's currency, each of which has a hundred minor units. `withheld` is what stayed so
    after `back` was given back."""
    hundred = [Fraction(Decimal(each)) * 100 for each in (base, before, withheld, back)]
    return Payer(
        has_number=number, base=hundred[0], base_before=hundred[1], withheld_before=int(hundred[2]),
        given_back_before=int(hundred[3]), **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("law", "of", "expected"),
    [
        # Half of ten million rupiah at 5 %; a fifth more without a number.
        ("id.pph21", payer("10000000"), "250000"),
        ("id.pph21", payer("10000000", number=NONE), "300000"),
        # Half of 200 million is 100 million: 60 million at 5 % and 40 million at 15 %.
        ("id.pph21", payer("200000000"), "9000000"),
        # The second payment of the month fills the first band: in all as if it had been one.
        ("id.pph21", payer("100000000", "100000000", "2500000"), "6500000"),
        ("id.pph21", payer("333"), "8"),
        # Of 250,000 that were withheld 50,000 were given back: the next payslip asks its own part, and not those again.
        ("id.pph21", payer("10000000", "10000000", "200000", "50000"), "250000"),
        # Without a number 300,000 were withheld, and 50,000 given back when it was known: that was mended, no more.
        ("id.pph21", payer("10000000", "10000000", "250000", "50000"), "250000"),
        # All 1,200 shillings were given back: of 34,000 in the month only the later 10,000 are taxed.
        ("ke.wht", payer("10000", "24000", "0", "1200"), "500"),
        # 24,000 shillings in a month: with the payment that reaches them, all are taxed.
        ("ke.wht", payer("23999.99"), "0"),
        ("ke.wht", payer("24000"), "1200"),
        ("ke.wht", payer("10000", "20000"), "1500"),
        ("ph.ewt", payer("1000"), "100"),
        ("ph.ewt", payer("1000", certificate=Certificate.SMALL_EARNER), "50"),
        # More than 50,000 rupees, and not 50,000.
        ("in.393", payer("50000"), "0"),
        ("in.393", payer("10000", "50000"), "1200"),
        ("in.393", payer("60000", number=NONE), "12000"),
        # From the payment on that reaches 2,000 dollars; what was paid before stays untaxed.
        ("us.backup", payer("500", "1499.99", number=NONE), "0"),
        ("us.backup", payer("500", "1500", number=NONE), "120"),
        ("us.backup", payer("100", "5000", "900", number=NONE), "24"),
    ],
)
def test_worked_examples(law: str, of: Payer, expected: str) -> None:
    tax = reckon(BY_ID[law], of)
    assert tax is not None
    assert (tax.amount, tax.why) == (int(Decimal(expected) * 100), Why.WITHHELD if Decimal(expected) else Why.BELOW)


def test_who_gives_a_number_in_the_united_states_is_taxed_nothing() -> None:
    assert reckon(BY_ID["us.backup"], payer("100000")) is None


@given(
    st.sampled_from(SCHEMES),
    st.integers(0, 10**11),
    st.integers(0, 10**11),
    st.integers(0, 10**10),
    st.booleans(),
    st.sampled_from(Certificate),
)
def test_nothing_is_taken_that_is_not_there(
    law: object, base: int, before: int, withheld: int, number: bool, certificate: Certificate
) -> None:
    of = Payer(
        has_number=number,
        certificate=certificate,
        base=Fraction(base),
        base_before=Fraction(before),
        withheld_before=withheld,
    )
    tax = reckon(law, of)  # type: ignore[arg-type]
    assert tax is None or 0 <= tax.amount <= base


def test_a_law_holds_on_its_days_and_each_day_has_one() -> None:
    assert scheme_of("IN", date(2026, 3, 31)) is BY_ID["in.194j"]
    assert scheme_of("IN", date(2026, 4, 1)) is BY_ID["in.393"]
    assert scheme_of("US", date(2027, 1, 1)) is None, "its threshold is not known yet"
    assert scheme_of("DE", date(2026, 11, 29)) is None
    for law in SCHEMES:
        on_its_first_day = [each for each in SCHEMES if each.country == law.country and each.since <= law.since]
        assert [each for each in on_its_first_day if each.until is None or each.until >= law.since] == [law]
    assert (form_of("US", 2026), form_of("ID", 2026), form_of("DE", 2026)) == (
        Form.US_1099_NEC, Form.ID_BUKTI_POTONG, Form.GENERIC,
    )  # fmt: skip


def test_periods_begin() -> None:
    day = date(2026, 3, 15)
    begins = {period: begin_of(period, day) for period in Period}
    assert begins == {
        Period.MONTH: date(2026, 3, 1), Period.YEAR: date(2026, 1, 1), Period.YEAR_FROM_APRIL: date(2025, 4, 1),
    }  # fmt: skip


def test_declarations_fit_their_country_and_their_year() -> None:
    check_certificate(Certificate.W9, "US", has_number=True)
    for certificate, country, number in (
        (Certificate.W9, "US", False),
        (Certificate.W9, "KE", True),
        (Certificate.W8BEN, "US", True),
        (Certificate.SMALL_EARNER, "KE", True),
    ):
        with pytest.raises(BadDeclaration):
            check_certificate(certificate, country, has_number=number)
    declared = date(2026, 5, 1)
    assert still_certified(Certificate.SMALL_EARNER, declared, date(2026, 12, 31)) is Certificate.SMALL_EARNER
    assert still_certified(Certificate.SMALL_EARNER, declared, date(2027, 1, 1)) is Certificate.NONE


def test_amounts_go_into_the_laws_currency_and_back() -> None:
    """60.00 dollars at 16,000 are 960,000 rupiah; half of it at 5 % are 24,000, which are 1.50 dollars."""
    law, rate = BY_ID["id.pph21"], Fraction(16_000)
    base = tax_rules.there(Money.of("60.00", "USD"), rate, "IDR")
    tax = reckon(law, Payer(has_number=True, base=base))
    assert tax is not None
    assert (base, tax.amount, tax.percent) == (96_000_000, 2_400_000, None)
    assert tax_rules.back(tax.amount, rate, law, "USD") == 150


def test_check_digits() -> None:
    assert tax_numbers.fits("DE", "idnr", "36574261809") is True
    assert tax_numbers.fits("DE", "idnr", "36574261890") is False
    assert tax_numbers.fits("ID", "other", "1234") is None
