"""Exchange rates that operators entered, places, and an offer that the gate lets through."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.accounts.rules import OperatorRole
from marketplace.core.money import Money
from marketplace.standards import service
from marketplace.standards.models import ExchangeRate
from marketplace.standards.rules import HazardClass, Offer, PaymentModel
from tests.factories import accounts

SOURCE = "central bank, read by a test"
GOOD_OFFER = Offer(
    rate=Money.of("15.00", "USD"),
    payment_model=PaymentModel.HOURLY,
    hazard_class=HazardClass.H0,
    funds_held=Money.of("67.40", "USD"),
    funds_needed=Money.of("67.40", "USD"),
    instructions_verified=True,
    company_verified=True,
    signatory_verified=True,
    criteria=("skill:image_labelling",),
)
"""Four hours at 15.00 USD. The gate has one note on it: its pilot is not finished."""


def offer(**changes: Any) -> Offer:
    """GOOD_OFFER but for the changes."""
    return replace(GOOD_OFFER, **changes)


def rate(base: str, quote: str, units: str, on: date, source: str = SOURCE) -> ExchangeRate:
    """A rate that an operator enters: one `base` is so many units of `quote`."""
    by = accounts.operator(OperatorRole.STANDARDS)
    return service.enter_rate(base, quote, Decimal(units), on, source, by=by)
