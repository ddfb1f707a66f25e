"""What a company offers, as the gate reads it: plain facts, gathered by whoever asks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

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


BY_PIECE = frozenset({PaymentModel.PIECE, PaymentModel.HYBRID})
"""Models of payment in which a piece has a price."""


class CriterionKind(StrEnum):
    """What contractors may be chosen by. A criterion is written as its kind, a colon and a value: `language:id`."""

    SKILL = "skill"
    LANGUAGE = "language"
    QUALIFICATION = "qualification"
    PLACE = "place"
    EQUIPMENT = "equipment"


class UnpaidKind(StrEnum):
    """Minutes that belong to the work and that nobody pays (P2). Each is named, so that none is forgotten."""

    READING = "reading"
    TRAINING = "training"
    QUALIFICATION = "qualification"
    WAITING = "waiting"
    REWORK = "rework"
    BREAKS = "breaks"


NOTHING_UNPAID: Mapping[UnpaidKind, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PilotFacts:
    """A pilot as it was run. `places` are the names of places (US-KS, KE) that its workers live in.

    `item_seconds_p75` is the time that three of four items took at most, `unpaid` the unpaid minutes that came with an
    hour of paid work; None and nothing where the pilot did not measure them. `minutes` are those of approved shifts,
    which stand in for items where nobody counts any.
    """

    finished: bool
    paid: bool
    workers: int
    items: int
    places: frozenset[str] = frozenset()
    minutes: int = 0
    item_seconds_p75: int | None = None
    unpaid: Mapping[UnpaidKind, int] = field(default_factory=lambda: NOTHING_UNPAID)


def an_hour_of_pieces(price: Money, seconds: int) -> Money:
    """What the price of a piece makes in an hour at so many seconds a piece: whole minor units, cut, at least one."""
    return Money(max(1, price.amount * 3600 // seconds), price.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Everything that the gate judges, apart from the places.

    `rate` is per hour of work; for piece work it is what `piece_price` is said to make in an hour. `other_rates` are
    further hourly rates of the same gig. All money is in the rate's currency (BadOffer). `fee_percent` and `margin` (an
    hour) come on top of the rate; `taken_from_pay` is what anybody takes out of it, as a part of one. `client_pays` is
    what the paying company is known to pay for an hour altogether, where that is more than the lines add up to.
    `unpaid` are the minutes of each kind that come with a paid hour, as the company says; where the pilot measured more
    of a kind, what it measured counts.
    """

    rate: Money
    payment_model: PaymentModel
    hazard_class: HazardClass
    funds_held: Money
    funds_needed: Money
    instructions_verified: bool
    company_verified: bool
    signatory_verified: bool
    care_line_named: bool = False
    """Whether the company has said whom people call after distressing work, at its cost."""
    hazard_categories: Collection[str] = ()
    criteria: Sequence[str] = ()
    unknown_criteria: Sequence[str] = ()
    """Those of them that nobody can meet, since there is no such qualification."""
    other_rates: Sequence[Money] = ()
    fee_percent: Decimal = FEE_PERCENT
    margin: Money | None = None
    margin_party: str | None = None
    client_pays: Money | None = None
    taken_from_pay: Fraction = Fraction(0)
    unpaid: Mapping[UnpaidKind, int] = field(default_factory=lambda: NOTHING_UNPAID)
    piece_price: Money | None = None
    most_pieces_an_hour: int | None = None
    """How many pieces of an hour of the schedule are paid at most, where that is said (PIECES)."""
    pilot: PilotFacts | None = None

    def __post_init__(self) -> None:
        on_top = (self.margin, self.client_pays, self.piece_price)
        amounts = (self.funds_held, self.funds_needed, *self.other_rates, *on_top)
        if any(money is not None and money.currency != self.rate.currency for money in amounts):
            raise BadOffer("All amounts of an offer have the currency of its rate.", field="currency")
        if any(money is not None and money.amount < 0 for money in amounts):
            raise BadOffer("No amount of an offer is below zero.", field="margin")
        if any(rate.amount <= 0 for rate in (self.rate, *self.other_rates)):
            raise BadOffer("A rate is more than zero.", field="rate")
        if not 0 <= self.taken_from_pay < 1 or min(self.unpaid.values(), default=0) < 0 or self.fee_percent < 0:
            raise BadOffer("What is taken is less than the pay, and nothing is negative.", field="taken_from_pay")

    @property
    def unpaid_by_kind(self) -> dict[UnpaidKind, int]:
        """The unpaid minutes of each kind that count: the more of what was said and what the pilot measured (P2)."""
        measured = self.pilot.unpaid if self.pilot else NOTHING_UNPAID
        found = {kind: max(self.unpaid.get(kind, 0), measured.get(kind, 0)) for kind in UnpaidKind}
        return {kind: minutes for kind, minutes in found.items() if minutes}

    @property
    def unpaid_minutes(self) -> int:
        """All of them, for each paid hour."""
        return sum(self.unpaid_by_kind.values())

    @property
    def pace(self) -> Fraction | None:
        """What the piece price makes in an hour at the time that three of four pilot items took, in minor units; None
        for other work, and where no price or no time is known (P3)."""
        seconds = self.pilot.item_seconds_p75 if self.pilot else None
        if self.payment_model is not PaymentModel.PIECE or self.piece_price is None or not seconds:
            return None
        return Fraction(self.piece_price.amount * 3600, seconds)

    @property
    def earning_part(self) -> Fraction:
        """What an hour of the contractor's time really earns, as a part of the rate (P2)."""
        return (1 - self.taken_from_pay) * Fraction(60, 60 + self.unpaid_minutes)

    @property
    def effective(self) -> Fraction:
        """The effective hourly rate in minor units, exact."""
        return self.rate.amount * self.earning_part
