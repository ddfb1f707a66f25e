"""One offer in given places: judged as the gate judges, with what an hour costs and where its money goes.

The publishing gate, the API's verdicts and the public calculator all ask here, so that nobody is told two things.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from marketplace.core.money import Money
from marketplace.standards import fair_pay, queries
from marketplace.standards.floor import Place
from marketplace.standards.gate import judge_offer
from marketplace.standards.offer import Offer
from marketplace.standards.rates import PriceInput, PriceLine, price
from marketplace.standards.verdicts import Confidence, Verdict, broken

DOUBTED: Final = frozenset({Confidence.LOW, Confidence.LOW_MEDIUM})
"""Confidences that are said wherever the figure is used."""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """An offer and everything that is said of it."""

    offer: Offer
    places: Sequence[Place]
    verdicts: Sequence[Verdict]

    @property
    def passes(self) -> bool:
        return not broken(self.verdicts)

    @property
    def hour(self) -> tuple[PriceLine, ...]:
        """The lines of one worked hour, as a payslip would have them."""
        offer = self.offer
        return price(
            PriceInput(
                rate=offer.rate,
                work_minutes=60,
                hazard_class=offer.hazard_class,
                fee_percent=offer.fee_percent,
                margin=offer.margin,
            )
        )

    @property
    def money(self) -> tuple[tuple[fair_pay.Receiver, Fraction], ...]:
        """Where the money of an hour goes, in minor units."""
        return fair_pay.where_it_goes(self.offer)

    @property
    def highest_floor(self) -> Money | None:
        """The highest floor of the places, an hour; None where there is no place."""
        floors = [place.floor.lowest_rate() for place in self.places]
        return max(floors, key=lambda floor: floor.amount, default=None)


def reckon(offer: Offer, codes: Sequence[queries.Code], on: date) -> Reckoning:
    """The offer in the places, with what is known of them on that day. Raises UnknownPlace and BadMoney."""
    return in_places(offer, queries.gate_places(codes, currency=offer.rate.currency, on=on))


def in_places(offer: Offer, places: Sequence[Place]) -> Reckoning:
    """The offer in places that are known already."""
    return Reckoning(offer, places, judge_offer(offer, places))
