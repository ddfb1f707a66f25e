"""The report's pictures as shapes with whole coordinates: what is drawn is arithmetic on the outcome, nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from examples.story.told import value_of

WIDE = 560
MAP_WIDTH, MAP_HEIGHT = 720, 320
NORTH, SOUTH = 65, -45
"""The map shows the latitudes between these, each degree as tall as it is wide."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a bar: where it begins, how long it is, what it stands for, and the words on it."""

    x: int
    width: int
    style: str
    words: str


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    segments: Sequence[Segment]


@dataclass(frozen=True, slots=True)
class Dot:
    x: int
    y: int
    radius: int
    city: str
    words: str


@dataclass(frozen=True, slots=True)
class Column:
    """A day: how tall its seats and its taken seats stand, of a whole of 100."""

    x: int
    seats: int
    taken: int
    label: str
    words: str


def hours_of_pay(found: Mapping[str, Any]) -> list[Bar]:
    """An hour of work of each kind: as told, and here with its benefits, in dollars."""
    kinds = found["kinds"]
    most = max(Decimal(kind["pay_an_hour"]) + Decimal(kind["benefits_an_hour"]) for kind in kinds.values())
    told = {"kansas": ["pay_kansas"], "kenya": ["pay_kenya_low", "pay_kenya_high"], "trainers": []}
    bars = []
    for key, numbers in kinds.items():
        for fact in told[key]:
            amount = _dollars(value_of(fact))
            bars.append(_bar(f"{numbers['words']}, as told", [(amount, "told", f"{amount}")], most))
        pay, benefits = Decimal(numbers["pay_an_hour"]), Decimal(numbers["benefits_an_hour"])
        parts = [(pay, "pay", f"{pay}"), (benefits, "benefits", f"+ {benefits}")]
        bars.append(_bar(f"{numbers['words']}, in Setara", parts, most))
    return bars


def dollar_of_a_company(found: Mapping[str, Any]) -> list[Bar]:
    """Where a dollar goes that a company pays: between the companies in Kenya as told, and here over everything."""
    whole, home = _dollars(value_of("contract_rate_kenya")), _dollars(value_of("pay_kenya_low"))
    told = [
        (home, "pay", f"worker {_percent(home, whole)}"),
        (whole - home, "kept", f"everybody else {_percent(whole - home, whole)}"),
    ]
    sums = {payee: Decimal(amount) for payee, amount in found["money"].items()}
    paid = sum(sums.values(), Decimal(0))
    names = {"contractor": "pay", "benefits": "benefits", "platform": "fee", "third_party": "margin"}
    here = [
        (sums[payee], style, f"{style} {_percent(sums[payee], paid)}")
        for payee, style in names.items()
        if payee in sums
    ]
    return [_bar("Kenya, as told by TIME", told, whole), _bar("In Setara, over everything", here, paid)]


def world_map(found: Mapping[str, Any]) -> list[Dot]:
    """Where the hours were worked: the dot's area stands for them."""
    dots = []
    for city in found["cities"]:
        latitude, longitude = city["at"]
        hours = Decimal(city["hours"])
        dots.append(
            Dot(
                x=round((longitude + 180) * MAP_WIDTH / 360),
                y=round((NORTH - latitude) * MAP_HEIGHT / (NORTH - SOUTH)),
                radius=2 + int(hours.sqrt() / 2),
                city=city["city"],
                words=f"{city['city']}: {hours} hours, {city['paid']} USD",
            )
        )
    return dots


def days(found: Mapping[str, Any]) -> list[Column]:
    """The seats of each day, and how many of them were taken."""
    most = max(day["seats"] for day in found["days"])
    return [
        Column(
            x=index * 46,
            seats=day["seats"] * 100 // most,
            taken=day["taken"] * 100 // most,
            label=day["day"][8:],
            words=f"{day['day']}: {day['taken']} of {day['seats']} seats taken",
        )
        for index, day in enumerate(found["days"])
    ]


def _bar(label: str, parts: Sequence[tuple[Decimal, str, str]], whole: Decimal) -> Bar:
    segments, x = [], 0
    for amount, style, words in parts:
        width = int(amount * WIDE / whole)
        segments.append(Segment(x, width, style, words))
        x += width
    return Bar(label, segments)


def _dollars(value: str) -> Decimal:
    return Decimal(value.removesuffix(" USD"))


def _percent(part: Decimal, whole: Decimal) -> str:
    return f"{(100 * part / whole).quantize(Decimal(1))} %"
