"""Pictures of an offer before the gate: where the money of an hour goes, and what an hour earns beside its floor."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from flask_babel import gettext

from marketplace.core.money import Money
from marketplace.standards.calculator import DOUBTED, Reckoning
from marketplace.standards.fair_pay import Receiver
from marketplace.standards.floor import Place
from marketplace.web.pictures import Part, Segment, stacked
from marketplace.web.words import money_words, name_of, named_place

_FILLS = MappingProxyType(
    {
        Receiver.CONTRACTOR: "a",
        Receiver.BENEFITS: "b",
        Receiver.PLATFORM: "c",
        Receiver.THIRD_PARTY: "d",
        Receiver.TAKEN: "f",
        Receiver.UNNAMED: "fail",
    }
)
_EXACT = 1000
"""Parts of a minor unit that a picture still tells apart."""


@dataclass(frozen=True, slots=True)
class Against:
    """What an hour earns in a place, beside the floor: widths and the floor's mark are percentages of the picture."""

    place: str
    earned: str
    floor: str
    reached: bool
    promised_width: str
    earned_width: str
    mark: str
    is_doubted: bool

    @property
    def words(self) -> str:
        said = gettext("%(place)s: an hour earns %(earned)s, the floor is %(floor)s.", **self._facts())
        return str(said)

    def _facts(self) -> dict[str, str]:
        return {"place": self.place, "earned": self.earned, "floor": self.floor}


def money_bar(reckoning: Reckoning) -> list[Segment]:
    """What the company pays for an hour, by who has it in the end."""
    currency = reckoning.offer.rate.currency
    return stacked(
        [
            Part(name_of("receiver", who), money_words(_cut(part, currency)), int(part * _EXACT), _FILLS[who])
            for who, part in reckoning.money
        ]
    )


def money_sentence(reckoning: Reckoning) -> str:
    """The same in one sentence: what reaches the person, of what is paid."""
    currency = reckoning.offer.rate.currency
    reaching = sum(part for who, part in reckoning.money if who in (Receiver.CONTRACTOR, Receiver.BENEFITS))
    paid = sum(part for _, part in reckoning.money)
    return str(
        gettext(
            "Of %(paid)s that the company pays for an hour, %(reached)s reach the person as pay and benefits: "
            "%(part)s %%.",
            paid=money_words(_cut(Fraction(paid), currency)),
            reached=money_words(_cut(Fraction(reaching), currency)),
            part=int(100 * reaching / paid),
        )
    )


def against_floors(reckoning: Reckoning) -> Sequence[Against]:
    """One picture for each place. All are drawn to one scale."""
    offer = reckoning.offer
    earned = min(offer.effective, offer.pace * offer.earning_part) if offer.pace else offer.effective
    longest = max([Fraction(offer.rate.amount), earned, *(place.floor.hourly for place in reckoning.places)])
    return [_against(place, offer.rate, earned, longest * Fraction(21, 20)) for place in reckoning.places]


def against_floor(place: Place, rate: Money) -> Against:
    """What a promised hour earns beside the floor of one place."""
    earned = Fraction(rate.amount)
    return _against(place, rate, earned, max(earned, place.floor.hourly) * Fraction(21, 20))


def _against(place: Place, promised: Money, earned: Fraction, longest: Fraction) -> Against:
    return Against(
        place=named_place(place.country, place.subdivision),
        earned=money_words(_cut(earned, promised.currency)),
        floor=money_words(place.floor.lowest_rate()),
        reached=earned >= place.floor.hourly,
        promised_width=_percent(Fraction(promised.amount), longest),
        earned_width=_percent(earned, longest),
        mark=_percent(place.floor.hourly, longest),
        is_doubted=place.floor.confidence in DOUBTED,
    )


def _cut(minor: Fraction, currency: str) -> Money:
    """Whole minor units, cut: nothing may look reached when it is not."""
    return Money(int(minor), currency)


def _percent(part: Fraction, whole: Fraction) -> str:
    return f"{float(100 * part / whole):.2f}%"
