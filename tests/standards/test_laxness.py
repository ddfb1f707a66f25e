"""What holds of every offer and place: laxer never beats stricter, more pay never breaks a floor, a cent decides."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import Money
from marketplace.standards import fair_pay
from marketplace.standards.floor import Benchmark, FloorKind, Period, Place, Region, floor_of
from marketplace.standards.gate import judge_offer
from marketplace.standards.hazard import HazardClass
from marketplace.standards.hours import rest_minutes
from marketplace.standards.offer import Offer, UnpaidKind
from marketplace.standards.protection import Protection, RegionFacts, lowered
from marketplace.standards.verdicts import Confidence, Outcome, broken
from tests.factories.standards import offer

CENT = Money(1, "USD")
wages = st.decimals("0.01", 60, places=2)
PUBLISHED = [kind for kind in FloorKind if kind is not FloorKind.HOUSE_FLOOR]
weeks = st.none() | st.decimals(1, 84, places=1)


def wage(kind: FloorKind, amount: Decimal, period: Period) -> Benchmark:
    return Benchmark(kind, amount, "USD", period, "a law", "2026-01-01", Confidence.MEDIUM)


benchmarks = st.builds(wage, st.sampled_from(PUBLISHED), wages, st.sampled_from(Period))
regions = st.builds(
    lambda found, week: Region("KE", None, 1, "USD", tuple(found), weekly_hours=week),
    st.lists(benchmarks, max_size=3),
    weeks,
)
unpaid = st.dictionaries(st.sampled_from(UnpaidKind), st.integers(0, 60), max_size=3)
offers = st.builds(
    lambda rate, minutes, taken, level: offer(
        rate=Money(rate, "USD"), unpaid=minutes, taken_from_pay=taken, hazard_class=level, hazard_categories=("hate",)
    ),
    st.integers(1, 20_000),
    unpaid,
    st.fractions(0, Fraction(9, 10), max_denominator=100),
    st.sampled_from(HazardClass),
)


def place(region: Region | None) -> Place:
    return Place("KE", None, region, floor_of(region, "USD", {}))


def failing(made: Offer, *places: Place) -> set[str]:
    return {verdict.rule for verdict in broken(judge_offer(made, places))}


@given(offers, regions, benchmarks)
def test_a_laxer_rule_never_beats_a_stricter_one(made: Offer, region: Region, more: Benchmark) -> None:
    """One more figure of a place, or one more place, can only break more: the house floor holds beside all of them."""
    stricter = replace(region, benchmarks=(*region.benchmarks, more))
    assert place(stricter).floor.hourly >= max(place(region).floor.hourly, Fraction(500))
    assert failing(made, place(region)) <= failing(made, place(stricter))
    assert failing(made, place(region)) <= failing(made, place(region), place(stricter))


@given(offers, regions, st.integers(0, 20_000))
def test_raising_pay_never_breaks_a_floor(made: Offer, region: Region, more: int) -> None:
    raised = replace(made, rate=made.rate + Money(more, "USD"))
    about_floors = {"FLOOR", "HOUSE_FLOOR", "HAZARD"}
    assert failing(raised, place(region)) & about_floors <= failing(made, place(region)) & about_floors


@given(offers, regions)
def test_the_limit_passes_and_one_minor_unit_below_it_fails(made: Offer, region: Region) -> None:
    here = place(region)
    limit = Money.of((fair_pay.judge_floor(made, here).limit or "").split()[0], "USD")
    assert not fair_pay.judge_floor(replace(made, rate=limit), here).failed
    if limit > CENT:
        assert fair_pay.judge_floor(replace(made, rate=limit - CENT), here).failed


@given(offers)
def test_a_region_without_data_gets_a_clear_verdict(made: Offer) -> None:
    """Never a crash and never silence: it fails with the number that would pass, or passes with a note that says so."""
    verdict = fair_pay.judge_floor(made, place(None))
    assert verdict.outcome in (Outcome.FAIL, Outcome.NOTE)
    assert verdict.failed is (made.effective < 500)
    assert verdict.failed or verdict.sentence == "No minimum or living wage is known for KE; the house floor holds."
    assert verdict.limit
    assert verdict.remedy


@given(offers, unpaid)
def test_more_unpaid_minutes_never_help(made: Offer, more: dict[UnpaidKind, int]) -> None:
    longer = {kind: made.unpaid.get(kind, 0) + more.get(kind, 0) for kind in UnpaidKind}
    assert replace(made, unpaid=longer).effective <= made.effective


facts = st.builds(
    lambda wage, week, overtime, rest: RegionFacts(
        currency="USD",
        timezones=("UTC",),
        min_wage=wage,
        min_wage_period=Period.MONTH,
        min_wage_confidence=Confidence.LOW,
        weekly_hours=week,
        overtime_multiplier=overtime,
        daily_rest_hours=rest,
    ),
    wages,
    weeks,
    st.none() | st.decimals(1, 3, places=2),
    st.none() | st.decimals(1, 23, places=1),
)


@given(facts, facts)
def test_no_change_lowers_a_protection_unseen(before: RegionFacts, after: RegionFacts) -> None:
    """What the code reads of a place never becomes laxer by a change that nobody has to confirm."""
    seen = lowered(before, after)
    if Protection.FLOOR not in seen:
        was, now = (
            place(Region("KE", None, 1, "USD", each.benchmarks(), each.weekly_hours)) for each in (before, after)
        )
        assert now.floor.hourly >= was.floor.hourly
    if Protection.REST not in seen:
        assert rest_minutes(after.daily_rest_hours) >= rest_minutes(before.daily_rest_hours)
    assert lowered(after, after) == ()
