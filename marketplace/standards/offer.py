"""What a company offers, as the gate reads it: plain facts, gathered by whoever asks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from marketplace.core.money import Money
from marketplace.core.problems import Invalid
from marketplace.standards.hazard import HazardClass
from marketplace.standards.rates import FEE_PERCENT


class BadOffer(Invalid):
    code = "bad_offer"
    title = "These are not the facts of an offer."


class PaymentModel(StrEnum):
    """`hybrid` guarantees the hourly rate and adds to it by the piece. `performance` pays for success alone, and is
    named here only so that the gate can refuse it with a reason."""

    HOURLY = "hourly"
    PIECE = "piece"
    HYBRID = "hybrid"
    PERFORMANCE = "performance"


class CriterionKind(StrEnum):
    """What contractors may be chosen by. A criterion is written as its kind, a colon and a value: `language:id`."""

    SKILL = "skill"
    LANGUAGE = "language"
    QUALIFICATION = "qualification"
    PLACE = "place"
    EQUIPMENT = "equipment"


@dataclass(frozen=True, slots=True)
class PilotFacts:
    """A pilot as it was run. `places` are the names of places (US-KS, KE) that its workers live in."""

    finished: bool
    paid: bool
    workers: int
    items: int
    places: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Everything that the gate judges, apart from the places.

    `rate` is per hour of work; for piece work it is what the piece price makes in an hour at the pilot's 75th
    percentile time. `other_rates` are further hourly rates of the same gig. All money is in the rate's currency
    (BadOffer). `fee_percent` and `margin` (an hour) come on top of the rate; `taken_from_pay` is what anybody takes out
    of it, as a part of one. `client_pays` is what the paying company is known to pay for an hour altogether, where
    that is more than the lines add up to. `unpaid_minutes` belong to each paid hour: reading, waiting, mending.
    """

    rate: Money
    payment_model: PaymentModel
    hazard_class: HazardClass
    funds_held: Money
    funds_needed: Money
    instructions_verified: bool
    company_verified: bool
    signatory_verified: bool
    hazard_categories: Collection[str] = ()
    criteria: Sequence[str] = ()
    other_rates: Sequence[Money] = ()
    fee_percent: Decimal = FEE_PERCENT
    margin: Money | None = None
    margin_party: str | None = None
    client_pays: Money | None = None
    taken_from_pay: Fraction = Fraction(0)
    unpaid_minutes: int = 0
    pilot: PilotFacts | None = None

    def __post_init__(self) -> None:
        amounts = (self.funds_held, self.funds_needed, *self.other_rates, self.margin, self.client_pays)
        if any(money is not None and money.currency != self.rate.currency for money in amounts):
            raise BadOffer("All amounts of an offer have the currency of its rate.", field="currency")
        if any(money is not None and money.amount < 0 for money in amounts):
            raise BadOffer("No amount of an offer is below zero.", field="margin")
        if any(rate.amount <= 0 for rate in (self.rate, *self.other_rates)):
            raise BadOffer("A rate is more than zero.", field="rate")
        if not 0 <= self.taken_from_pay < 1 or self.unpaid_minutes < 0 or self.fee_percent < 0:
            raise BadOffer("What is taken is less than the pay, and nothing is negative.", field="taken_from_pay")

    @property
    def earning_part(self) -> Fraction:
        """What an hour of the contractor's time really earns, as a part of the rate (P2)."""
        return (1 - self.taken_from_pay) * Fraction(60, 60 + self.unpaid_minutes)

    @property
    def effective(self) -> Fraction:
        """The effective hourly rate in minor units, exact."""
        return self.rate.amount * self.earning_part
