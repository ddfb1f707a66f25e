"""The publishing gate: every rule with the number that passes and the number that does not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import Money
from marketplace.standards import fair_pay
from marketplace.standards.catalogue import RULES
from marketplace.standards.floor import Benchmark, FloorKind, Period, Place, Quote, Region, floor_of
from marketplace.standards.gate import judge_offer, pilot_cap_minutes
from marketplace.standards.hazard import HazardClass
from marketplace.standards.offer import BadOffer, Offer, PaymentModel, PilotFacts, UnpaidKind
from marketplace.standards.protected import is_protected_kind
from marketplace.standards.verdicts import Confidence, Outcome, Verdict, broken
from tests.factories.standards import offer


def wage(kind: FloorKind, amount: str, currency: str, period: Period, confidence: Confidence) -> Benchmark:
    return Benchmark(kind, Decimal(amount), currency, period, "a law", "2026-01-01", confidence)


FEDERAL = wage(FloorKind.MINIMUM_WAGE, "7.25", "USD", Period.HOUR, Confidence.HIGH)
US = Region("US", None, 1, "USD", (FEDERAL,), weekly_hours=Decimal(40))
KENYAN = (
    wage(FloorKind.MINIMUM_WAGE, "18047.40", "KES", Period.MONTH, Confidence.MEDIUM),
    wage(FloorKind.LIVING_WAGE, "35518", "KES", Period.MONTH, Confidence.MEDIUM),
)
KE = Region("KE", None, 1, "KES", KENYAN, weekly_hours=Decimal(52))
SHILLING = Quote("KES", "USD", Fraction(1, 130), date(2026, 10, 30), "central bank")
PILOT = PilotFacts(finished=True, paid=True, workers=5, items=20, places=frozenset({"US-KS"}))


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def place(region: Region | None, name: str | None = None, *, currency: str = "USD", **quotes: Quote) -> Place:
    country = region.country if region else "MG"
    return Place(country, name, region, floor_of(region, currency, quotes))


KANSAS = place(US, "US-KS")


def judged(made: Offer, *places: Place) -> dict[str, Verdict]:
    """The verdicts by rule; of several places the last."""
    return {verdict.rule: verdict for verdict in judge_offer(made, places or (KANSAS,))}


def test_a_fair_offer_passes_with_one_note() -> None:
    verdicts = judged(offer())
    assert broken(list(verdicts.values())) == []
    assert [rule for rule, verdict in verdicts.items() if verdict.outcome is Outcome.NOTE] == ["PILOT"]
    assert set(verdicts) == {
        "HOUSE_FLOOR", "FLOOR", "CURRENCY", "RAIL_REACH", "PILOT", "SHARE", "MARGINS", "SPREAD", "ESCROW",
        "PAYMENT_MODEL", "INSTRUCTIONS", "COMPANY", "CRITERIA", "HAZARD_CLASS", "CARE_LINE",
        "ILLEGAL_CONTENT",
    }  # fmt: skip
    assert all(verdict.version == RULES[rule].version and verdict.source for rule, verdict in verdicts.items())
    assert all(verdict.remedy is None for verdict in verdicts.values() if verdict.outcome is Outcome.PASS)


def test_every_broken_rule_is_named_at_once() -> None:
    made = offer(rate=usd("1.32"), client_pays=usd("12.50"), company_verified=False, criteria=("gender:f",))
    assert {verdict.rule for verdict in broken(judge_offer(made, [KANSAS]))} == {
        "FLOOR", "HOUSE_FLOOR", "SHARE", "MARGINS", "COMPANY", "CRITERIA",
    }  # fmt: skip


def test_a_place_that_no_rail_reaches_is_named_and_alone_refused() -> None:
    """Of Kansas and Brazil a note names Brazil, and the gig may open; Brazil alone may not."""
    brazil = replace(place(None), country="BR", reached=False)
    beside, alone = (judged(offer(), *places)["RAIL_REACH"] for places in ((KANSAS, brazil), (brazil,)))
    assert (beside.outcome, beside.inputs["not_reached"]) == (Outcome.NOTE, "BR")
    assert (alone.outcome, alone.remedy) == (Outcome.FAIL, "Name a place where people are paid.")
    assert judged(offer())["RAIL_REACH"].outcome is Outcome.PASS


# --- floors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "passed"), [("7.25", True), ("7.24", False)])
def test_floor_in_kansas_is_the_federal_minimum(rate: str, passed: bool) -> None:
    verdict = judged(offer(rate=usd(rate)))["FLOOR"]
    assert verdict.failed is not passed
    assert verdict.limit == "7.25 USD"
    assert verdict.confidence is Confidence.HIGH
    assert verdict.inputs["decided_by"] == "minimum_wage"
    assert verdict.inputs["place"] == "US-KS"
    assert verdict.inputs["minimum_wage"] == "7.25 USD per hour"
    assert verdict.source.startswith("a law (2026-01-01); Partnership on AI")


def test_a_monthly_wage_is_divided_by_the_weeks_of_the_place() -> None:
    """35,518 KES a month of 52-hour weeks: 225.33 hours, 157.62 KES or 1.21 USD an hour. The house floor is higher."""
    kenya = place(KE, KES=SHILLING)
    living = next(part for part in kenya.floor.parts if part.benchmark.kind is FloorKind.LIVING_WAGE)
    assert living.divisor == Fraction(52 * 52, 12)
    assert living.hourly == Fraction(35518) / Fraction(676, 3) / 130 * 100
    verdict = judged(offer(rate=usd("5.00")), kenya)["FLOOR"]
    assert not verdict.failed
    assert verdict.inputs["decided_by"] == "house_floor"
    assert verdict.inputs["living_wage"].startswith("35518 KES per month / 225.33 h x 0.0076923077 (central bank, ")


def test_the_living_wage_decides_where_it_is_the_highest() -> None:
    dear = replace(KE, weekly_hours=Decimal(12))
    verdict = judged(offer(rate=usd("5.25")), place(dear, KES=SHILLING))["FLOOR"]
    assert (verdict.failed, verdict.inputs["decided_by"], verdict.limit) == (True, "living_wage", "5.26 USD")
    assert verdict.confidence is Confidence.MEDIUM


def test_a_place_without_data_falls_to_the_house_floor_and_says_so() -> None:
    verdicts = judged(offer(rate=usd("5.00")), place(None))
    assert verdicts["FLOOR"].outcome is Outcome.NOTE
    assert verdicts["FLOOR"].sentence == "No minimum or living wage is known for MG; the house floor holds."
    assert verdicts["HOUSE_FLOOR"].outcome is Outcome.PASS
    low = judged(offer(rate=usd("4.99")), place(None))
    assert (low["FLOOR"].failed, low["HOUSE_FLOOR"].failed) == (True, True)
    assert low["HOUSE_FLOOR"].limit == "5.00 USD"


def test_where_no_rate_is_sourced_the_house_floor_holds_and_the_verdict_says_what_is_known() -> None:
    """Kenya: 161.34 KES an hour by its law, and no source for KES in dollars. To refuse would shut Kenya out."""
    verdict = judged(offer(), place(KE))["FLOOR"]
    assert (verdict.outcome, verdict.confidence) == (Outcome.NOTE, Confidence.LOW)
    assert "for want of a sourced rate from KES to USD; the house floor holds" in verdict.sentence
    assert "KES" in verdict.inputs["minimum_wage"]
    low = judged(offer(rate=usd("4.99")), place(KE))["FLOOR"]
    assert (low.failed, low.limit) == (True, "5.00 USD")


def test_an_offer_whose_currency_has_no_rate_fails_the_house_floor() -> None:
    made = offer(rate=Money.of("2000", "KES"), funds_held=Money(0, "KES"), funds_needed=Money(0, "KES"))
    verdict = judged(made, place(KE, currency="KES"))["HOUSE_FLOOR"]
    assert verdict.failed
    assert "no sourced rate from USD to KES" in verdict.sentence


def test_an_offer_without_a_place_fails() -> None:
    assert [v.rule for v in broken(judge_offer(offer(), []))] == ["FLOOR"]


@pytest.mark.parametrize(
    ("change", "effective", "limit"),
    [
        ({"unpaid": {UnpaidKind.READING: 12}}, "12.50 USD", "8.70 USD"),
        ({"taken_from_pay": Fraction(1, 10)}, "13.50 USD", "8.06 USD"),
        (
            {"unpaid": {UnpaidKind.WAITING: 15, UnpaidKind.REWORK: 5}, "taken_from_pay": Fraction(1, 2)},
            "5.625000 USD",
            "19.34 USD",
        ),
    ],
)
def test_the_effective_rate_counts_unpaid_minutes_and_fees(change: dict[str, Any], effective: str, limit: str) -> None:
    """15.00 USD for 72 minutes are 12.50 an hour; 8.70 x 60/72 is the first cent that reaches 7.25."""
    verdict = judged(offer(**change))["FLOOR"]
    assert verdict.inputs["effective_rate"] == effective
    assert verdict.limit == limit


@given(
    wage=st.decimals("0.01", 40, places=2),
    unpaid=st.integers(0, 60),
    taken=st.fractions(0, Fraction(9, 10), max_denominator=100),
    rate=st.integers(1, 10_000),
)
def test_the_limit_is_the_smallest_rate_that_passes(wage: Decimal, unpaid: int, taken: Fraction, rate: int) -> None:
    region = replace(US, benchmarks=(replace(US.benchmarks[0], amount=wage),))
    here = place(region)
    made = offer(rate=Money(rate, "USD"), unpaid={UnpaidKind.BREAKS: unpaid}, taken_from_pay=taken)
    verdict = fair_pay.judge_floor(made, here)
    limit = Money.of((verdict.limit or "").split()[0], "USD")
    assert verdict.failed is (made.rate < limit)
    assert not fair_pay.judge_floor(replace(made, rate=limit), here).failed
    assert fair_pay.judge_floor(replace(made, rate=limit - Money(1, "USD")), here).failed


# --- who gets the money ---------------------------------------------------------------------------------------------


def test_the_share_of_2023_would_be_refused() -> None:
    """TIME, 18 January 2023: 1.32 of 12.50 USD. With our benefits on it 11.3 % would have arrived, not 70."""
    verdict = judged(offer(rate=usd("1.32"), client_pays=usd("12.50")))["SHARE"]
    assert verdict.failed
    assert verdict.inputs["share"] == "11.3 %"
    assert verdict.limit == "8.16 USD"


def test_an_ordinary_offer_has_a_share_of_95_percent() -> None:
    """15.00 + 0.50 + 0.60 of 16.85: the fee of 0.75 is all that others keep."""
    verdict = judged(offer())["SHARE"]
    assert not verdict.failed
    assert verdict.inputs["share"] == "95.5 %"
    assert verdict.inputs["company_pays"] == "16.85 USD"


def test_a_margin_counts_against_the_share() -> None:
    """At 15.00 the contractor's 16.10 are 70 % of 23.00: the margin may be 6.15."""
    assert not judged(offer(margin=usd("6.15"), margin_party="Vendor Ltd"))["SHARE"].failed
    assert judged(offer(margin=usd("6.16"), margin_party="Vendor Ltd"))["SHARE"].failed


def test_no_rate_helps_against_a_fee_that_eats_the_share() -> None:
    verdict = judged(offer(fee_percent=Decimal(60)))["SHARE"]
    assert (verdict.failed, verdict.limit, verdict.remedy) == (True, None, "Lower what others keep.")


@given(
    rate=st.integers(1, 5000),
    margin=st.integers(0, 3000),
    declared=st.integers(0, 9000),
    fee=st.decimals(0, 30, places=1),
    taken=st.fractions(0, Fraction(1, 4), max_denominator=20),
    hazard_class=st.sampled_from(HazardClass),
)
def test_the_shares_limit_is_the_smallest_rate_that_passes(
    rate: int, margin: int, declared: int, fee: Decimal, taken: Fraction, hazard_class: HazardClass
) -> None:
    made = offer(
        rate=Money(rate, "USD"),
        margin=Money(margin, "USD"),
        client_pays=Money(declared, "USD"),
        fee_percent=fee,
        taken_from_pay=taken,
        hazard_class=hazard_class,
    )
    verdict = fair_pay.judge_share(made)
    if verdict.limit is None:
        assert verdict.failed
        assert fair_pay.judge_share(replace(made, rate=Money(10**9, "USD"))).failed
        return
    limit = Money.of(verdict.limit.split()[0], "USD")
    assert verdict.failed is (made.rate < limit)
    assert not fair_pay.judge_share(replace(made, rate=limit)).failed


@pytest.mark.parametrize(
    ("change", "passed"),
    [
        ({}, True),
        ({"margin": usd("1.00"), "margin_party": "Vendor Ltd"}, True),
        ({"margin": usd("1.00")}, False),
        ({"client_pays": usd("16.85")}, True),
        ({"client_pays": usd("16.86")}, False),
        ({"taken_from_pay": Fraction(1, 100)}, False),
    ],
)
def test_money_that_nobody_named_keeps_is_refused(change: dict[str, Any], passed: bool) -> None:
    assert judged(offer(**change))["MARGINS"].failed is not passed


@pytest.mark.parametrize(("other", "passed"), [("7.50", True), ("7.49", False), ("30.00", True), ("30.01", False)])
def test_the_highest_rate_is_at_most_twice_the_lowest(other: str, passed: bool) -> None:
    assert judged(offer(other_rates=(usd(other),)))["SPREAD"].failed is not passed


def test_the_spreads_limit_is_the_rate_that_the_lowest_needs() -> None:
    assert judged(offer(other_rates=(usd("30.01"),)))["SPREAD"].limit == "lowest 15.01 USD beside highest 30.01 USD"


@pytest.mark.parametrize(
    ("currency", "passed"), [("USD", True), ("KES", True), ("XAU", False), ("XTS", False), ("DEM", False)]
)
def test_pay_is_promised_in_a_national_currency(currency: str, passed: bool) -> None:
    made = offer(rate=Money(100_000, currency), funds_held=Money(0, currency), funds_needed=Money(0, currency))
    assert fair_pay.judge_currency(made, ()).failed is not passed


def test_a_currency_that_cannot_be_reached_is_said() -> None:
    verdict = fair_pay.judge_currency(offer(), (replace(place(KE), payable=False),))
    assert verdict.outcome is Outcome.NOTE
    assert verdict.inputs["not_payable_in_own"] == "KE"


@pytest.mark.parametrize(("held", "passed"), [("67.40", True), ("67.39", False), ("100.00", True)])
def test_the_planned_work_is_funded_before_it_opens(held: str, passed: bool) -> None:
    verdict = judged(offer(funds_held=usd(held)))["ESCROW"]
    assert verdict.failed is not passed
    assert verdict.limit == "67.40 USD"


def test_what_is_missing_is_said_to_the_cent() -> None:
    assert (
        judged(offer(funds_held=usd("67.39")))["ESCROW"].remedy == "Fund the gig with 0.01 USD more, or plan less work."
    )


# --- the gig and the company ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", list(PaymentModel))
def test_pay_for_performance_alone_is_refused(model: PaymentModel) -> None:
    verdict = judged(offer(payment_model=model, pilot=PILOT))["PAYMENT_MODEL"]
    assert verdict.failed is (model is PaymentModel.PERFORMANCE)


@pytest.mark.parametrize(
    "pilot",
    [
        None,
        replace(PILOT, finished=False),
        replace(PILOT, paid=False),
        replace(PILOT, workers=4),
        replace(PILOT, items=19),
        replace(PILOT, places=frozenset()),
    ],
)
def test_an_hourly_gig_is_its_own_pilot_up_to_a_volume(pilot: PilotFacts | None) -> None:
    for model, outcome in (
        (PaymentModel.HOURLY, Outcome.NOTE),
        (PaymentModel.HYBRID, Outcome.NOTE),
        (PaymentModel.PIECE, Outcome.FAIL),
    ):
        made = offer(payment_model=model, pilot=pilot)
        assert judged(made)["PILOT"].outcome is outcome
        assert pilot_cap_minutes(made, [KANSAS]) == 2400


@pytest.mark.parametrize(
    ("price", "seconds", "unpaid", "passed", "limit"),
    [
        ("0.22", 90, 0, True, "0.19 USD"),
        ("0.19", 90, 0, True, "0.19 USD"),
        ("0.18", 90, 0, False, "0.19 USD"),
        ("0.19", 90, 15, False, "0.23 USD"),
        ("0.19", None, 0, False, None),
    ],
)
def test_the_price_of_a_piece_is_set_by_the_pilots_time(
    price: str, seconds: int | None, unpaid: int, passed: bool, limit: str | None
) -> None:
    """90 seconds an item are 40 items an hour: at 0.19 USD 7.60, at 0.18 USD 7.20, less than 7.25. With 15 minutes of
    reading an hour the 40 items take 75 minutes, and only 0.23 makes 7.36 an hour of them."""
    pilot = replace(PILOT, item_seconds_p75=seconds, unpaid={UnpaidKind.READING: unpaid})
    made = offer(payment_model=PaymentModel.PIECE, piece_price=usd(price), pilot=pilot)
    verdict = judged(made)["PIECE_PRICE"]
    assert (verdict.failed, verdict.limit) == (not passed, limit)
    assert "PIECE_PRICE" not in judged(replace(made, payment_model=PaymentModel.HOURLY))


def test_more_unpaid_minutes_of_the_pilot_count() -> None:
    """Of each kind the more of what was said and what was measured: 10 reading and 5 waiting are 15."""
    pilot = replace(PILOT, unpaid={UnpaidKind.READING: 10, UnpaidKind.WAITING: 1})
    made = offer(unpaid={UnpaidKind.READING: 4, UnpaidKind.WAITING: 5}, pilot=pilot)
    assert made.effective == 1200
    assert judged(made)["FLOOR"].inputs["unpaid_minutes"] == "15 (reading 10, waiting 5)"


@pytest.mark.parametrize("model", [PaymentModel.HOURLY, PaymentModel.PIECE])
def test_a_finished_pilot_lifts_the_cap(model: PaymentModel) -> None:
    made = offer(payment_model=model, pilot=PILOT)
    assert judged(made)["PILOT"].outcome is Outcome.PASS
    assert pilot_cap_minutes(made, [KANSAS]) is None


def test_a_new_place_brings_the_cap_back() -> None:
    verdict = judged(offer(pilot=PILOT), KANSAS, place(None))["PILOT"]
    assert verdict.outcome is Outcome.NOTE
    assert "nobody took part from MG" in verdict.sentence


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("instructions_verified", "INSTRUCTIONS"),
        ("company_verified", "COMPANY"),
        ("signatory_verified", "COMPANY"),
    ],
)
def test_what_the_company_must_have_done(field: str, rule: str) -> None:
    assert not judged(offer())[rule].failed
    assert [verdict.rule for verdict in broken(judge_offer(offer(**{field: False}), [KANSAS]))] == [rule]


@pytest.mark.parametrize(
    ("criterion", "refused"),
    [
        ("skill:image_labelling", False),
        ("language:id", False),
        ("place:KE", False),
        ("gender:f", True),
        ("Religion:any", True),
        ("charm:high", True),
        ("", True),
    ],
)
def test_protected_attributes_choose_nobody(criterion: str, refused: bool) -> None:
    assert judged(offer(criteria=("language:en", criterion)))["CRITERIA"].failed is refused


@pytest.mark.parametrize(
    ("kind", "protected"),
    [
        ("age", True), ("caste", True), ("colour", True), ("disability", True), ("genetics", True), ("health", True),
        ("marital_status", True), ("political opinion", True), ("pregnancy", True), ("sexual_orientation", True),
        ("social_origin", True), ("union_membership", True), ("Mother tongue", True), ("native speaker", True),
        ("charm", False), ("opinion", False), ("skill", False), ("", False),
    ],
)  # fmt: skip
def test_a_kind_that_chooses_by_what_people_are(kind: str, protected: bool) -> None:
    assert is_protected_kind(kind) is protected


def test_a_protected_attribute_is_named_as_one() -> None:
    verdict = judged(offer(criteria=("gender:f", "charm:high")))["CRITERIA"]
    assert (verdict.inputs["refused"], verdict.inputs["protected"]) == ("gender:f, charm:high", "gender")


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": usd("0")},
        {"funds_held": Money.of("1", "EUR")},
        {"margin": Money.of("1", "EUR")},
        {"other_rates": (Money.of("1", "EUR"),)},
        {"taken_from_pay": Fraction(1)},
        {"unpaid": {UnpaidKind.READING: -1}},
        {"piece_price": Money.of("1", "EUR")},
    ],
)
def test_what_is_no_offer(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadOffer):
        offer(**wrong)


def test_a_verdict_as_json() -> None:
    made = judged(offer(rate=usd("4.00")))["FLOOR"].as_dict()
    assert list(made) == [
        "rule", "version", "outcome", "sentence", "source", "inputs", "limit", "remedy", "confidence",
    ]  # fmt: skip
    assert (made["outcome"], made["confidence"], made["remedy"]) == (
        "fail",
        "high",
        "Raise the rate to 7.25 USD an hour.",
    )
