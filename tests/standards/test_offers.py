"""Forty offers of our own: half decent, half exploitative in ways that a look at rate and minimum wage does not see."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from marketplace.standards import calculator
from marketplace.standards.floor import FloorKind
from marketplace.standards.schemas import CalculatorSchema, offer_of
from marketplace.standards.verdicts import broken

OFFERS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("offers-40.json").read_text(encoding="utf-8"))
DONE = {"instructions_verified": True, "company_verified": True, "signatory_verified": True}
ON = date(2026, 11, 22)
MINIMUM = (FloorKind.MINIMUM_WAGE, FloorKind.MINIMUM_HOURLY_WAGE)


def reckoned(given: dict[str, Any]) -> calculator.Reckoning:
    """The offer as the gate judges it. What a company must have done is done."""
    data = CalculatorSchema().load(given | DONE)
    codes = [(place["country"], place["subdivision"]) for place in data["places"]]
    return calculator.reckon(offer_of(data), codes, ON)


def passes_a_naive_check(reckoning: calculator.Reckoning) -> bool:
    """What a platform would see that asks only whether the promised rate is at least each place's minimum wage."""
    known = (part.hourly for place in reckoning.places for part in place.floor.parts if part.benchmark.kind in MINIMUM)
    return all(hourly is None or reckoning.offer.rate.amount >= hourly for hourly in known)


def test_there_are_twenty_of_each_and_each_says_why() -> None:
    assert [each["kind"] for each in OFFERS] == ["decent"] * 20 + ["exploitative"] * 20
    assert len({each["name"] for each in OFFERS}) == 40
    assert all(each["why"].endswith(".") for each in OFFERS)


@pytest.mark.parametrize("given", OFFERS, ids=[each["name"].replace(" ", "-") for each in OFFERS])
def test_an_offer_is_judged_as_it_should_be(app: Flask, given: dict[str, Any]) -> None:
    verdicts = broken(reckoned(given["offer"]).verdicts)
    assert sorted({verdict.rule for verdict in verdicts}) == given["broken"]
    assert all(verdict.remedy and verdict.source for verdict in verdicts)
    assert (given["kind"] == "exploitative") == bool(given["broken"])


def test_a_naive_floor_lets_nearly_all_of_the_exploitative_pass(app: Flask) -> None:
    passed = [each["name"] for each in OFFERS[20:] if passes_a_naive_check(reckoned(each["offer"]))]
    assert len(passed) >= 15
