"""Where the service's payment rail pays people, as data, with where it was read and how sure that is. Pure.

It stands here and not with the rails, since whoever judges an offer has to know it before anybody begins to work.
Stripe tells it to a key alone, so a table that is wrong costs a refusal with Stripe's own words, and never money.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from marketplace.core.money import Money

STRIPE: Final = "stripe"
STRIPE_TEST: Final = "stripe_test"
BY_COUNTRY: Final = frozenset({STRIPE, STRIPE_TEST})
"""Rails that pay people of some countries. The sandbox and files for a bank pay everywhere."""


class Sure(StrEnum):
    """How far a row of these tables is to be trusted."""

    DOCUMENTED = "documented"
    """Stripe's documentation says it."""
    SEEN = "seen"
    """Several platforms pay there; Stripe's documentation is silent or says it in words alone."""
    DOUBTED = "doubted"
    """Sources disagree."""


class Agreement(StrEnum):
    """What a connected account agrees to. Fixed for ever when it is opened: another one is another account."""

    FULL = "full"
    RECIPIENT = "recipient"
    """It can be paid and nothing else; money that is sent there is available a day later."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How people of a country are paid: by which agreement, and where that was read."""

    agreement: Agreement
    source: str
    sure: Sure


_REGIONS = "docs.stripe.com/connect/cross-border-payouts: platforms and accounts in the same regions"
_PEERS = "lists of three platforms in the United States that pay there, 2025 and 2026"
_TWO_PEERS = "lists of two platforms in the United States that pay there; a third leaves it out"
EUROPE = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
"""The European Economic Area."""
REGIONS = EUROPE | {"US", "CA", "GB", "CH"}
"""Platforms and connected accounts that may send money to each other under the full agreement."""
BY_RECIPIENT: Mapping[str, Reach] = MappingProxyType(
    {code: Reach(Agreement.RECIPIENT, _PEERS, Sure.SEEN) for code in ("CO", "ID", "KE", "MX", "PH")}
    | {code: Reach(Agreement.RECIPIENT, _TWO_PEERS, Sure.DOUBTED) for code in ("BD", "IN", "NG")}
)
"""Where a platform of the United States pays people who can be paid and nothing else. Brazil and Ukraine are in
nobody's list. A country that is missing is said to be missing: nobody is sent to Stripe to be turned away there."""


def reach(country: str, platform: str) -> Reach | None:
    """How a platform of that country pays somebody of this one; None where it does not."""
    if country in REGIONS and platform in REGIONS:
        return Reach(Agreement.FULL, _REGIONS, Sure.DOCUMENTED)
    return BY_RECIPIENT.get(country) if platform == "US" else None


LEAST_TO_BANK: Final[Mapping[str, Money]] = MappingProxyType(
    {
        "BD": Money.of("20.00", "BDT"),
        "CO": Money.of("140000.00", "COP"),
        "MX": Money.of("10.00", "MXN"),
        "PH": Money.of("20.00", "PHP"),
    }
)
"""The least that Stripe sends on to a bank in these countries (docs.stripe.com/connect/cross-border-payouts/
special-requirements, "Cross-border minimum payout amounts per country", in a copy of it that was read in November 2026;
India and Indonesia have none there, Kenya and Nigeria were not in the part that could be read). Less stays in the
person's own account at Stripe, and goes to the bank together with what comes next."""


def missing_for_bank(country: str, there: Money) -> Money:
    """How much more has to come before Stripe sends on what lies there, in the currency of the least: of 82,000 COP in
    Colombia 58,000. Zero where it is enough, and where no least is known."""
    least = LEAST_TO_BANK.get(country)
    if least is None or least <= there:
        return Money.zero(there.currency)
    return least - there


def pays(rail: str, country: str, platform: str) -> bool:
    """Whether a rail of this name, with its platform in that country, pays people of this one."""
    return rail not in BY_COUNTRY or reach(country, platform) is not None


def not_paid(rail: str, countries: Collection[str], platform: str) -> list[str]:
    """Those of the countries that the rail pays nobody in, in order."""
    return sorted(country for country in set(countries) if not pays(rail, country, platform))
