"""docs/pay.md is true: each example comes out as it says, every kind of line has one, and its table is the data.

A block of `pay` says what goes in, a line each, then every line of the price and the cost after `=>`; one of `overtime`
says what is there in a week and what is new, as day of the week, time and hours; one of `days` names a place and its
clock, and what is new by its date. Written anew, with what comes out, by
`python -m tests.standards.test_pay_page`.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest

from marketplace.core.money import Money
from marketplace.standards.day_laws import DayWage, day_laws_table
from marketplace.standards.hazard import HazardClass
from marketplace.standards.hours import Span
from marketplace.standards.line_kinds import OWN_BENEFITS, LineKind
from marketplace.standards.nights import Night, night_laws_table, night_promised
from marketplace.standards.overtime import law_of, laws_table, overtime
from marketplace.standards.piece_rates import Pieces
from marketplace.standards.premium_days import DayKind, DayStep, Place, PremiumDay, beyond
from marketplace.standards.rates import PriceInput, cost, price

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "pay.md"
BLOCK: Final = re.compile(r"```(pay|overtime|days)\n(.*?)```", re.DOTALL)
MONDAY: Final = datetime(2026, 11, 23, tzinfo=UTC)


def outcome(kind: str, text: str) -> list[str]:
    """What comes of a block: its lines after `=>`."""
    given = [line.split() for line in text.splitlines() if not line.startswith("=>")]
    return {"pay": _price, "overtime": _overtime, "days": _days}[kind](given)


def _price(given: list[list[str]]) -> list[str]:
    words: dict[str, list[str]] = {name: values for name, *values in given}
    amount, currency = (*words.pop("rate"), "USD")[:2]
    into: dict[str, Any] = {"rate": Money.of(amount, currency), "is_training": words.pop("training", None) is not None}
    for name, (value, *more) in words.items():
        match name:
            case "hazard":
                into["hazard_class"] = HazardClass(value)
            case "step":
                into["step_points"] = int(value)
            case "least":
                into["least_rate"] = Money.of(value, currency)
            case "margin" | "bonus":
                into[name] = Money.of(value, currency)
            case "holiday" | "rest_day":
                told = [int(each) for each in (value, *more)]
                steps = tuple(DayStep(*step) for step in zip(told[::2], told[1::2], strict=True))
                into["premium_days"] = (PremiumDay(MONDAY.date(), DayKind(name), "", steps),)
            case "day_wage":
                half, whole = int(more[0]), int(more[1])
                wage = DayWage(int(value), half, whole, beside=more[2:] == ["beside"])
                into["premium_days"] = tuple(replace(day, wage=wage) for day in into["premium_days"])
            case "night_law":
                told = [int(each) for each in (value, *more)]
                steps = [[minutes, 100 * percent] for minutes, percent in zip(told[::2], told[1::2], strict=True)]
                kept = {"from_hour": 22, "to_hour": 6, "points": 0, "overtime_points": 0, "of_the_day": False}
                into |= {"night_law": Night.of(kept | {"source": "", "steps": steps}), "night_minutes": sum(told[::2])}
            case "pieces":
                into["pieces"] = Pieces(Money.of(more[0], currency), int(value), instead_of_wages=more[1:] == ["alone"])
            case _:
                into[f"{name}_minutes"] = int(value)
                into |= {f"{name}_percent": int(each) for each in more}
    lines = price(PriceInput(**into))
    told = [f"=> {line.kind} {line.money.decimal} {line.rule}" for line in lines if line.money]
    return [*told, f"=> cost {cost(lines).decimal}"]


def _overtime(given: list[list[str]]) -> list[str]:
    spans, place, week = [], "", Decimal(40)
    for name, *values in given:
        match name:
            case "place":
                (place,) = values
            case "week":
                week = Decimal(values[0])
            case _:
                at = time.fromisoformat(values[1])
                start = MONDAY + timedelta(days=int(values[0]), hours=at.hour, minutes=at.minute)
                spans.append(Span(start, start + timedelta(hours=float(values[2]))))
    *there, new = spans
    law = law_of(place[:2], place if "-" in place else None)
    found = overtime(there, new, ZoneInfo("UTC"), law, week)
    return [f"=> overtime {found.minutes}, of it further {found.further}"]


def _days(given: list[list[str]]) -> list[str]:
    spans, week, multiplier = [], Decimal(40), None
    for name, *values in given:
        match name:
            case "multiplier":
                multiplier = Decimal(values[0])
            case "place":
                code, zone = values[0], ZoneInfo(values[1])
            case "week":
                week = Decimal(values[0])
            case _:
                start = datetime.fromisoformat(f"{values[0]}T{values[1]}").replace(tzinfo=zone).astimezone(UTC)
                spans.append(Span(start, start + timedelta(hours=float(values[2]))))
    *there, new = spans
    where = Place(code[:2], code if "-" in code else None, zone, week, multiplier)
    found = beyond(there, new, where)
    told = [f"=> overtime {found.overtime.minutes}, of it further {found.overtime.further}"]
    for day in found.days:
        steps = ", ".join(f"{step.minutes} at {step.percent} %" for step in day.steps)
        if day.wage is not None:
            steps += f", beyond the rate {day.beyond() // 100}"
        told.append(f"=> {day.on} {day.kind} {day.name}: {steps}".replace(" :", ":"))
    percents = law_of(code[:2], code if "-" in code else None).percents(multiplier)
    _, dark = night_promised(new, where, found, percents)
    if dark is not None:
        told.append("=> night " + ", ".join(f"{step.minutes} at {step.points / 100:g} %" for step in dark.steps))
    return told


BLOCKS: Final = BLOCK.findall(PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("kind", "text"), BLOCKS)
def test_an_example_comes_out_as_the_page_says(kind: str, text: str) -> None:
    assert [line for line in text.splitlines() if line.startswith("=>")] == outcome(kind, text)


def test_every_kind_of_line_has_an_example_and_every_law_its_row() -> None:
    told = {line.split()[1] for kind, text in BLOCKS if kind == "pay" for line in outcome(kind, text)}
    assert told - {"cost"} == set(LineKind) - {*OWN_BENEFITS, LineKind.RAIL_FEE}
    assert laws_table() in PAGE.read_text(encoding="utf-8")
    assert day_laws_table() in PAGE.read_text(encoding="utf-8")
    assert night_laws_table() in PAGE.read_text(encoding="utf-8")


def _written(found: re.Match[str]) -> str:
    kind, text = found.groups()
    given = [line for line in text.splitlines() if not line.startswith("=>")]
    return "\n".join([f"```{kind}", *given, *outcome(kind, text), "```"])


if __name__ == "__main__":
    PAGE.write_text(BLOCK.sub(_written, PAGE.read_text(encoding="utf-8")), encoding="utf-8")
