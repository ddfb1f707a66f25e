"""The publishing gate on distressing work: its floor, its class, and whom one may call."""

from dataclasses import replace

import pytest

from marketplace.standards.hazard import HazardClass
from tests.factories.standards import offer
from tests.standards.test_gate import judged, usd


@pytest.mark.parametrize(
    ("hazard_class", "rate", "passed", "needed"),
    [
        ("H2", "7.25", True, "9.062500 USD"),
        ("H2", "7.24", False, "9.062500 USD"),
        ("H3", "7.25", True, "10.875000 USD"),
        ("H3", "7.24", False, "10.875000 USD"),
    ],
)
def test_distressing_work_reaches_the_floor_with_its_premium(
    hazard_class: str, rate: str, passed: bool, needed: str
) -> None:
    made = offer(rate=usd(rate), hazard_class=HazardClass(hazard_class), hazard_categories=("hate",))
    verdict = judged(made)["HAZARD"]
    assert verdict.failed is not passed
    assert verdict.inputs["floor_with_premium"] == needed
    assert verdict.limit == "7.25 USD"


def test_the_premium_never_lifts_a_low_rate_to_the_floor() -> None:
    """6.00 and its premium of a quarter are 7.50, more than the floor of 7.25: FLOOR looks at the 6.00."""
    made = offer(rate=usd("6.00"), hazard_class=HazardClass.H2, hazard_categories=("hate",))
    assert judged(made)["FLOOR"].failed


@pytest.mark.parametrize(
    ("hazard_class", "categories", "passed"),
    [
        ("H0", (), True),
        ("H0", ("insults",), False),
        ("H1", ("insults",), True),
        ("H1", ("insults", "hate"), False),
        ("H3", ("hate",), True),
        ("H2", ("graphic_abuse",), False),
        ("H2", (), False),
        ("H3", ("clowns",), False),
    ],
)
def test_the_class_covers_the_declared_content(hazard_class: str, categories: tuple[str, ...], passed: bool) -> None:
    made = offer(hazard_class=HazardClass(hazard_class), hazard_categories=categories)
    assert judged(made)["HAZARD_CLASS"].failed is not passed


@pytest.mark.parametrize(("hazard_class", "waits"), [("H0", False), ("H1", False), ("H2", True), ("H3", True)])
def test_distressing_work_waits_until_somebody_can_be_called(hazard_class: str, waits: bool) -> None:
    """Insults (H1) may be published by whoever named nobody; hateful text (H2) and worse may not."""
    made = offer(hazard_class=HazardClass(hazard_class), hazard_categories=("insults",))
    verdict = judged(made)["CARE_LINE"]
    assert (verdict.failed, verdict.remedy is not None) == (waits, waits)
    assert verdict.inputs == {"class": hazard_class, "care_line": "not named"}
    assert not judged(replace(made, care_line_named=True))["CARE_LINE"].failed


@pytest.mark.parametrize("category", ["child_abuse", "unlawful"])
def test_unlawful_content_is_refused(category: str) -> None:
    made = offer(hazard_class=HazardClass.H3, hazard_categories=("self_harm", category))
    verdict = judged(made)["ILLEGAL_CONTENT"]
    assert (verdict.failed, verdict.inputs["unlawful"]) == (True, category)
    assert not judged(offer())["ILLEGAL_CONTENT"].failed
