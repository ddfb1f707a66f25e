"""What people do on Stripe's own pages, done with Stripe's test data and a key that moves no money.

A test card pays a Checkout by the requests with which Stripe's own command line does it (its fixture of
`checkout.session.completed`): docs.stripe.com has no others. People whose address ends in `.example`, which nobody can
have (RFC 2606), are made up: what Stripe asks of them is given by the platform, where a person would go to its pages.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from marketplace.pay.rails import known as known_rails
from marketplace.pay.rails import stripe_answers as answers
from marketplace.pay.rails.stripe_rules import TEST
from marketplace.pay.rules import UnknownRail
from marketplace.standards.rail_reach import Agreement

NOBODY = ".example"
CARD = "tok_bypassPending"
"""A card whose payments are in the available balance at once (docs.stripe.com/testing), so that people can be paid."""
WHOM_TO_BILL: Mapping[str, str] = MappingProxyType({"email": "payer@lab.example", "name": "A Made-up Company"})
AGREED_AT = 1_682_326_800
"""24 April 2023: the same at every attempt, since one key has one order."""
BANKS: Mapping[str, str] = MappingProxyType({"US": "btok_us_verified"})
"""Test accounts at banks that Stripe has a name for (docs.stripe.com/connect/testing). Elsewhere none is given: such an
account receives transfers, and says that a bank is missing."""
STATES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"US": {"city": "Topeka", "state": "KS", "postal_code": "66603"}}
)
SOMEWHERE: Mapping[str, str] = MappingProxyType({"city": "Example", "postal_code": "10000"})


def pay(session: str) -> None:
    """Pays a Checkout by a test card. Raises UnknownRail for a key that moves real money, NotAllowed, Unreachable."""
    rail = known_rails.stripe()
    if rail.name != TEST:
        raise UnknownRail("A test card pays with a test key alone.")
    card: Any = {"type": "card", "card": {"token": CARD}, "billing_details": dict(WHOM_TO_BILL)}
    made = answers.asked(lambda: rail.client.v1.payment_methods.create(card))
    page = f"/v1/payment_pages/{session}"
    answers.asked(lambda: rail.client.raw_request("get", page))
    answers.asked(lambda: rail.client.raw_request("post", f"{page}/confirm", payment_method=made.id))


def is_made_up(email: str) -> bool:
    """Whether an address is one that nobody can have."""
    return email.lower().endswith(NOBODY)


def given(email: str, country: str, agreement: Agreement) -> dict[str, Any]:
    """What Stripe asks of an individual, in test data that it takes for verified (docs.stripe.com/connect/testing); the
    platform answers for it, since nobody is there to go to a page."""
    known: dict[str, Any] = {
        "controller": {
            "stripe_dashboard": {"type": "none"},
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "requirement_collection": "application",
        },
        "email": email,
        "business_profile": {"mcc": "7399", "product_description": "Labels pictures and texts."},
        "individual": {
            "first_name": "Made",
            "last_name": "Up",
            "dob": {"day": 1, "month": 1, "year": 1901},
            "address": {"line1": "address_full_match", "country": country} | dict(STATES.get(country, SOMEWHERE)),
            "email": email,
            "phone": "0000000000",
            "id_number": "000000000",
        },
        "tos_acceptance": {"service_agreement": str(agreement), "date": AGREED_AT, "ip": "127.0.0.1"},
    }
    return known | ({"external_account": BANKS[country]} if country in BANKS else {})
