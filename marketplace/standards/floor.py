"""The floor of a place: the least that an hour of work must earn there, and how that was found.

Published figures are made hourly: a month is the place's standard week x 52 / 12 hours, a day is 8 hours (ILO C001,
art. 2; every published day rate we hold is meant so). Where a law publishes an hourly figure beside the monthly one,
both count and the higher holds. The divisor stands beside the result. All arithmetic is in exact fractions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from marketplace.core.money import Money, minor_digits
from marketplace.standards.catalogue import RULES
from marketplace.standards.day_laws import DayLaw, laws_of_place
from marketplace.standards.nights import NightLaw, night_laws_of
from marketplace.standards.overtime import Law, law_of
from marketplace.standards.verdicts import Confidence

HOUSE_CURRENCY: Final = "USD"


class Period(StrEnum):
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


class FloorKind(StrEnum):
    MINIMUM_WAGE = "minimum_wage"
    MINIMUM_HOURLY_WAGE = "minimum_hourly_wage"
    """Published by the law as an hourly figure of its own, beside a monthly or daily one."""
    LIVING_WAGE = "living_wage"
    HOUSE_FLOOR = "house_floor"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A wage as it was published: the amount in the currency's own unit, per period."""

    kind: FloorKind
    amount: Decimal
    currency: str
    period: Period
    source: str
    as_of: str
    confidence: Confidence | None


@dataclass(frozen=True, slots=True)
class Region:
    """What is known of the law of a place. Empty fields were not found; `version` counts what we knew over time."""

    country: str
    subdivision: str | None
    version: int
    currency: str | None
    benchmarks: tuple[Benchmark, ...] = ()
    weekly_hours: Decimal | None = None
    overtime_multiplier: Decimal | None = None
    daily_rest_hours: Decimal | None = None
    hours_confidence: Confidence | None = None
    timezones: tuple[str, ...] = ()
    source: str = ""
    as_of: str = ""
    notes: str = ""

    @property
    def overtime(self) -> Law:
        """What else is known of its law of overtime: the first one, which knows what follows it."""
        return law_of(self.country, self.subdivision)

    @property
    def premium_days(self) -> Sequence[DayLaw]:
        """Its laws of days that earn more."""
        return laws_of_place(self.country, self.subdivision)

    @property
    def night_laws(self) -> Sequence[NightLaw]:
        """Its laws of the night, where it has a night of its own."""
        return night_laws_of(self.country, self.subdivision)


@dataclass(frozen=True, slots=True)
class Quote:
    """A sourced rate: one unit of `base` is `rate` units of `quote`, on the day that the source gives it for."""

    base: str
    quote: str
    rate: Fraction
    quoted_on: date
    source: str


@dataclass(frozen=True, slots=True)
class FloorPart:
    """One of the figures a floor is the highest of.

    `hourly` is in minor units of the floor's currency, exact; None where no sourced rate into that currency exists.
    `divisor` is the hours that the published period was divided by.
    """

    benchmark: Benchmark
    divisor: Fraction
    hourly: Fraction | None
    quote: Quote | None

    def as_dict(self, currency: str) -> dict[str, Any]:
        """The figure for the wire, made hourly in the unit of the floor's currency."""
        found = self.benchmark
        return {
            "kind": found.kind,
            "amount": found.amount,
            "currency": found.currency,
            "period": found.period,
            "hours": in_digits(self.divisor, 4),
            "hourly": None if self.hourly is None else in_digits(self.hourly / 10 ** minor_digits(currency), 6),
            "exchange": self.quote,
            "source": found.source,
            "as_of": found.as_of,
            "confidence": found.confidence,
        }

    def as_kept(self) -> dict[str, Any]:
        """What a pay line keeps of it: the wage as it was published, and the rate into the line's currency."""
        found, quote = self.benchmark, self.quote
        return {
            "kind": found.kind.value,
            "amount": str(found.amount),
            "currency": found.currency,
            "period": found.period.value,
            "source": found.source,
            "as_of": found.as_of,
            "exchange": None
            if quote is None or quote.base == quote.quote
            else {
                "base": quote.base,
                "quote": quote.quote,
                "rate": f"{quote.rate.numerator / Decimal(quote.rate.denominator):.12g}",
                "quoted_on": quote.quoted_on.isoformat(),
                "source": quote.source,
            },
        }

    def words(self) -> str:
        """How the figure came about: "4268825 IDR a month / 173.33 h x 0.0000633 (ECB, 2026-10-30) = 1.56 USD"."""
        found = self.benchmark
        text = f"{found.amount} {found.currency} per {found.period}"
        if self.divisor != 1:
            text += f" / {in_digits(self.divisor, 2)} h"
        if self.quote is not None and self.quote.base != self.quote.quote:
            text += f" x {self.quote.rate.numerator / Decimal(self.quote.rate.denominator):.8g}"
            text += f" ({self.quote.source}, {self.quote.quoted_on})"
        return text


@dataclass(frozen=True, slots=True)
class Floor:
    """The floor of one place in one currency. `parts` always hold the house floor."""

    currency: str
    parts: tuple[FloorPart, ...]

    @property
    def known(self) -> tuple[FloorPart, ...]:
        return tuple(part for part in self.parts if part.hourly is not None)

    @property
    def unrated(self) -> tuple[FloorPart, ...]:
        """Figures that cannot be compared, because no sourced rate into the floor's currency exists."""
        return tuple(part for part in self.parts if part.hourly is None)

    @property
    def deciding(self) -> FloorPart | None:
        """The highest figure that can be compared; None where there is none."""
        return max(self.known, key=lambda part: part.hourly or 0, default=None)

    @property
    def hourly(self) -> Fraction:
        """Minor units of the floor's currency per hour, exact. Zero only where nothing can be compared."""
        return (self.deciding.hourly if self.deciding else None) or Fraction(0)

    @property
    def has_data(self) -> bool:
        """Whether the place itself, beyond the house floor, has a figure."""
        return any(part.benchmark.kind is not FloorKind.HOUSE_FLOOR for part in self.parts)

    @property
    def confidence(self) -> Confidence | None:
        """How far the figure that decides can be trusted: low where one could not be compared, None for the house's."""
        if self.unrated:
            return Confidence.LOW
        return self.deciding.benchmark.confidence if self.deciding else None

    def lowest_rate(self) -> Money:
        """The smallest whole amount per hour that reaches the floor."""
        return Money(ceil(self.hourly), self.currency)


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a gig's contractors may live: the law that is known of it, and its floor in the offer's currency.

    `payable` says whether a sourced rate leads from the offer's currency into the place's own. `strictest` is the part
    of a whole country whose floor this is, where it is not the country's own. `reached` says whether the service's
    payment rail pays people there.
    """

    country: str
    subdivision: str | None
    region: Region | None
    floor: Floor
    payable: bool = True
    strictest: str | None = None
    reached: bool = True

    @property
    def name(self) -> str:
        return self.subdivision or self.country

    def as_dict(self) -> dict[str, Any]:
        """The place and its floor for the wire. `complete` is false where a figure could not be compared."""
        floor = self.floor
        return {
            "country": self.country,
            "subdivision": self.subdivision,
            "version": self.region.version if self.region else None,
            "lowest_rate": floor.lowest_rate(),
            "decided_by": floor.deciding.benchmark.kind.value if floor.deciding else None,
            "complete": not floor.unrated,
            "parts": [part.as_dict(floor.currency) for part in floor.parts],
        }


def house_floor() -> Benchmark:
    """5.00 USD an hour, everywhere (HOUSE_FLOOR)."""
    rule = RULES["HOUSE_FLOOR"]
    amount = Money(rule.parameters["usd_cents_an_hour"], HOUSE_CURRENCY).decimal
    as_of = rule.valid_from.isoformat()
    return Benchmark(FloorKind.HOUSE_FLOOR, amount, HOUSE_CURRENCY, Period.HOUR, "house policy", as_of, None)


def hours_per(period: Period, weekly_hours: Decimal | None) -> Fraction:
    """The hours that a published period stands for. A week that is not known counts as 40 hours, the strictest."""
    numbers = RULES["FLOOR"].parameters
    if period is Period.HOUR:
        return Fraction(1)
    if period is Period.DAY:
        return Fraction(numbers["hours_a_day"])
    week = Fraction(weekly_hours) if weekly_hours is not None else Fraction(numbers["hours_a_week_where_unknown"])
    return week * 52 / 12


def floor_of(region: Region | None, currency: str, quotes: Mapping[str, Quote]) -> Floor:
    """The floor of a place in the currency. `quotes` lead from each benchmark's currency into it, by that currency;
    one that is missing leaves its figure uncompared, which the verdict then says."""
    found = (*(region.benchmarks if region else ()), house_floor())
    weekly = region.weekly_hours if region else None
    return Floor(currency, tuple(_part(benchmark, weekly, currency, quotes) for benchmark in found))


def _part(benchmark: Benchmark, weekly_hours: Decimal | None, currency: str, quotes: Mapping[str, Quote]) -> FloorPart:
    divisor = hours_per(benchmark.period, weekly_hours)
    own = Fraction(benchmark.amount) / divisor
    if benchmark.currency == currency:
        return FloorPart(benchmark, divisor, own * 10 ** minor_digits(currency), None)
    quote = quotes.get(benchmark.currency)
    hourly = None if quote is None else own * quote.rate * 10 ** minor_digits(currency)
    return FloorPart(benchmark, divisor, hourly, quote)


def sourced(region: Region | None) -> Benchmark | None:
    """The highest wage that was published for a place, made hourly, in its own currency; None where none is known."""
    found = region.benchmarks if region else ()
    week = region.weekly_hours if region else None
    return max(found, key=lambda each: Fraction(each.amount) / hours_per(each.period, week), default=None)


def ceil(value: Fraction) -> int:
    """The smallest whole number that is not below the value."""
    return -(-value.numerator // value.denominator)


def in_digits(value: Fraction, digits: int) -> str:
    """The value in words, cut (not rounded) after so many digits: nothing may look reached when it is not."""
    scaled = value.numerator * 10**digits // value.denominator
    return str(Decimal(scaled).scaleb(-digits))
