"""Where the service's payment rail pays people, as data, with where it was read and how sure that is. Pure.

It stands here and not with the rails, since whoever judges an offer has to know it before anybody begins to work.
Stripe tells it to a key alone, so a table that is wrong costs a refusal with Stripe's own words, and never money.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

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


def pays(rail: str, country: str, platform: str) -> bool:
    """Whether a rail of this name, with its platform in that country, pays people of this one."""
    return rail not in BY_COUNTRY or reach(country, platform) is not None


def not_paid(rail: str, countries: Collection[str], platform: str) -> list[str]:
    """Those of the countries that the rail pays nobody in, in order."""
    return sorted(country for country in set(countries) if not pays(rail, country, platform))
