"""What Stripe carries: amounts as it counts them, metadata as it takes them. Which countries it reaches is
`standards.rail_reach`.

Data, with where it was read and how sure that is. Pure: no database, no network. Stripe says all of it to a key alone,
so a table that is wrong costs a refusal with Stripe's own words, and never money.
"""

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from marketplace.core.money import Money, minor_digits
from marketplace.core.problems import Invalid
from marketplace.pay.rules import STRIPE, STRIPE_TEST

LIVE, TEST = STRIPE, STRIPE_TEST
NAMES = (LIVE, TEST)


def is_live(key: str) -> bool:
    """Whether a key of Stripe's moves real money: those of tests say so themselves."""
    return not key.startswith(("sk_test_", "rk_test_"))


def name_of(key: str) -> str:
    """The rail that a key is for."""
    return LIVE if is_live(key) else TEST


class NotCarried(Invalid):
    """Raised where Stripe cannot carry an amount, a currency or a country. Nothing has been asked of it then."""

    code = "rail_cannot_carry"
    title = "Stripe does not carry this."
    remedy = "Choose another currency or amount; an operator knows other ways to pay."


# --- amounts --------------------------------------------------------------------------------------------------------

ZERO_DECIMALS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
"""docs.stripe.com/currencies#zero-decimal: counted in whole units. Every other has hundredths, also where nobody uses
them (IDR, COP, KES, HUF): ISO 4217 is not asked."""
THREE_DECIMALS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
"""docs.stripe.com/currencies#three-decimal: the last digit must be 0."""
WHOLE_UNITS = frozenset({"ISK"})
"""docs.stripe.com/currencies#special-cases: hundredths that must be 00."""
DOUBTED = frozenset({"UGX"})
"""Sources disagree whether Stripe counts it in hundredths: a mistake would be a hundredfold, so it is not sent."""

FEWEST: Mapping[str, str] = MappingProxyType(
    {"USD": "0.50", "EUR": "0.50", "GBP": "0.30", "CAD": "0.50", "CHF": "0.50"}
)
"""The least that can be paid in (docs.stripe.com/currencies#minimum-and-maximum-charge-amounts). In another currency
Stripe refuses itself what is less than half a dollar."""


def to_stripe(money: Money) -> int:
    """The amount as Stripe counts it: 1500 of 15.00 USD, 5000 of 50 ISK. Raises NotCarried where it has no such
    amount; nothing is ever rounded."""
    if money.currency in DOUBTED:
        raise NotCarried(f"How Stripe counts {money.currency} is not certain.", field="money", currency=money.currency)
    found = Fraction(money.amount) * Fraction(10) ** (stripe_digits(money.currency) - minor_digits(money.currency))
    step = 10 if money.currency in THREE_DECIMALS else 100 if money.currency in WHOLE_UNITS else 1
    if found.denominator != 1 or found % step:
        raise NotCarried(f"Stripe does not carry so small a part: {money}.", field="money", currency=money.currency)
    return int(found)


def from_stripe(amount: int, currency: str) -> Money:
    """The amount that Stripe counts so; its currencies are in small letters. Raises BadMoney for one that ISO 4217 does
    not know, and NotCarried for a part of a minor unit."""
    code = currency.upper()
    found = Fraction(amount) * Fraction(10) ** (minor_digits(code) - stripe_digits(code))
    if found.denominator != 1:
        raise NotCarried(f"{amount} {currency} is no whole number of minor units.", currency=code)
    return Money(int(found), code)


def stripe_digits(currency: str) -> int:
    if currency in ZERO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2


MOST_DIGITS, MOST_DIGITS_OF_RUPIAH = 8, 12
"""How large the number can be that Stripe is asked for at once: 999,999.99 USD, 99,999,999 JPY, 9,999,999,999.99 IDR
(docs.stripe.com/currencies#minimum-and-maximum-charge-amounts). Card networks and banks may carry less."""


def most_at_once(currency: str) -> Money:
    """The most that can be paid in at once."""
    step = 10 if currency in THREE_DECIMALS else 100 if currency in WHOLE_UNITS else 1
    largest = 10 ** (MOST_DIGITS_OF_RUPIAH if currency == "IDR" else MOST_DIGITS) - 1
    scale = Fraction(10) ** (minor_digits(currency) - stripe_digits(currency))
    return Money(int((largest - largest % step) * scale), currency)


def check_most(money: Money) -> None:
    """Raises NotCarried when an amount is too much to be paid in at once."""
    if money > (limit := most_at_once(money.currency)):
        raise NotCarried(f"The most that can be paid in at once is {limit}.", field="money")


def check_deposit(money: Money) -> None:
    """Raises NotCarried when an amount cannot be paid in."""
    check_most(money)
    to_stripe(money)
    least = FEWEST.get(money.currency)
    if least is not None and money < Money.of(least, money.currency):
        raise NotCarried(f"The least that can be paid in is {least} {money.currency}.", field="money")


# --- metadata -------------------------------------------------------------------------------------------------------

MOST_KEYS, LONGEST_NAME, LONGEST_VALUE = 50, 40, 500
"""docs.stripe.com/api/metadata."""
OURS = "setara_op"
"""The name under which our own id of a payment stands in the metadata of what Stripe made of it."""
COMPANY = "company"
"""The name under which a company's id stands there."""


def metadata(told: Mapping[str, object]) -> dict[str, str]:
    """The facts as Stripe takes them; empty ones are left out. What is too long ends with an ellipsis, and names beyond
    the fiftieth are left out: it is for reading, and the books do not depend on it."""
    pairs = [(name[:LONGEST_NAME], str(value)) for name, value in told.items() if value not in (None, "")]
    return {name: value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…" for name, value in
            pairs[:MOST_KEYS]}  # fmt: skip


# --- refusals -------------------------------------------------------------------------------------------------------

REFUSALS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "balance_insufficient": ("The service's own account at Stripe does not hold enough at the moment.", "operator"),
        "insufficient_capabilities_for_transfer": ("The account at Stripe cannot receive money yet.", "contractor"),
        "account_invalid": ("Stripe does not know this account any more.", "contractor"),
        "country_without_rail": ("No payment rail of this service pays people in this country yet.", "operator"),
        "payout_account_missing": ("There is no account at Stripe to pay to yet.", "contractor"),
        "charge_disputed": ("The payer's bank has taken this payment back.", "operator"),
        "charge_already_refunded": ("Stripe has sent this payment back before.", "operator"),
        "checkout_expired": ("The page was not paid in time.", "company"),
        "payment_failed": ("The payment did not come through.", "company"),
        "invoice_void": ("The invoice was called off before it was paid.", "company"),
        "rail_cannot_carry": ("Stripe does not carry this amount or currency.", "operator"),
    }
)
"""What Stripe refuses, in words of ours, and who can mend it. Others keep Stripe's words, and an operator looks."""
