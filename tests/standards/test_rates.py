"""Price lines: the worked examples that the README quotes, and what must hold of every price."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import Money
from marketplace.standards import hazard, rates
from marketplace.standards.call_in import call_in_minimum, call_in_missing
from marketplace.standards.catalogue import RULES
from marketplace.standards.hazard import HazardClass
from marketplace.standards.held import highest_cost
from marketplace.standards.line_kinds import OWN_BENEFITS, LineKind, Payee
from marketplace.standards.piece_rates import Pieces
from marketplace.standards.premium_days import DayKind, DayStep, PremiumDay
from marketplace.standards.rates import BadPrice, PriceInput, PriceLine, cost, gross_pay, price

FIFTEEN = Money.of("15.00", "USD")


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def lines(**given: Any) -> dict[LineKind, PriceLine]:
    return {line.kind: line for line in price(PriceInput(rate=given.pop("rate", FIFTEEN), **given))}


def test_four_hours_at_fifteen_dollars() -> None:
    """60.00 wages, 8 minutes of sick leave worth 2.00, 2.40 for health, 3.00 fee: 67.40."""
    found = lines(work_minutes=240)
    assert {kind: (line.money, line.payee) for kind, line in found.items()} == {
        LineKind.WAGES: (usd("60.00"), Payee.CONTRACTOR),
        LineKind.SICK_ACCRUAL: (usd("2.00"), Payee.BENEFITS),
        LineKind.HEALTH_CONTRIBUTION: (usd("2.40"), Payee.BENEFITS),
        LineKind.PLATFORM_FEE: (usd("3.00"), Payee.PLATFORM),
    }
    assert found[LineKind.WAGES].minutes == 240
    assert found[LineKind.SICK_ACCRUAL].minutes == 8
    assert found[LineKind.SICK_ACCRUAL].seconds == 480
    assert cost(tuple(found.values())) == usd("67.40")
    assert highest_cost(FIFTEEN, 240) == usd("67.40")
    assert rates.received(tuple(found.values())) == usd("64.40")
    assert rates.gross_pay(tuple(found.values())) == usd("60.00")


def test_neutral_hours_earn_the_base_rate_and_health_cover() -> None:
    """Four hours of H2 that a cap ended and one neutral hour, at 15.00: 60.00 and 15.00 of wages, a premium of 15.00 on
    the four alone; 8 minutes of leave, 2.00; health, 4 % of 90.00, 3.60; the fee, 5 % of the work alone, 3.00."""
    found = lines(work_minutes=240, neutral_minutes=60, hazard_class=HazardClass.H2)
    assert {kind: line.money for kind, line in found.items()} == {
        LineKind.WAGES: usd("60.00"),
        LineKind.NEUTRAL_HOURS: usd("15.00"),
        LineKind.HAZARD_PREMIUM: usd("15.00"),
        LineKind.SICK_ACCRUAL: usd("2.00"),
        LineKind.HEALTH_CONTRIBUTION: usd("3.60"),
        LineKind.PLATFORM_FEE: usd("3.00"),
    }
    assert cost(tuple(found.values())) == usd("98.60") < highest_cost(FIFTEEN, 300, hazard_class=HazardClass.H2)


def test_every_line_names_its_rule_and_version() -> None:
    found = lines(
        work_minutes=200,
        paid_break_minutes=30,
        waiting_minutes=15,
        outage_minutes=15,
        missed_minutes=15,
        call_in_minutes=10,
        cancelled_minutes=60,
        neutral_minutes=20,
        added_minutes=60,
        standby_minutes=30,
        qualification_minutes=30,
        guaranteed_minutes=60,
        step_points=12_500,
        overtime_minutes=60,
        further_overtime_minutes=15,
        further_overtime_percent=200,
        premium_days=tuple(PremiumDay(date(2026, 12, 25), kind, "", (DayStep(30, 200),)) for kind in DayKind),
        night_minutes=60,
        least_rate=usd("18.76"),
        hazard_class=HazardClass.H2,
        margin=usd("1.00"),
        pieces=Pieces(usd("0.40"), 1),
        bonus=usd("5.00"),
    )
    assert {kind: line.rule for kind, line in found.items()} == {
        LineKind.WAGES: "WAGES",
        LineKind.PIECE: "PIECES",
        LineKind.PAID_BREAK: "PAID_BREAK",
        LineKind.WAITING: "WAITING",
        LineKind.OUTAGE: "OUTAGE",
        LineKind.CALL_IN: "CALL_IN",
        LineKind.CANCELLATION: "NOTICE",
        LineKind.NEUTRAL_HOURS: "HAZARD",
        LineKind.PREDICTABILITY: "NOTICE",
        LineKind.STANDBY: "STANDBY",
        LineKind.QUALIFICATION_TIME: "QUALIFICATION_TIME",
        LineKind.GUARANTEED_HOURS: "GUARANTEED_HOURS",
        LineKind.SKILL_STEP: "SKILL_STEP",
        LineKind.HAZARD_PREMIUM: "HAZARD",
        LineKind.OVERTIME_PREMIUM: "OVERTIME",
        LineKind.FURTHER_OVERTIME: "OVERTIME",
        LineKind.HOLIDAY_PREMIUM: "PUBLIC_HOLIDAY",
        LineKind.REST_DAY_PREMIUM: "REST_DAY",
        LineKind.NIGHT_PREMIUM: "NIGHT",
        LineKind.TOP_UP: "TOP_UP",
        LineKind.BONUS: "BONUS",
        LineKind.SICK_ACCRUAL: "SICK",
        LineKind.HEALTH_CONTRIBUTION: "HEALTH",
        LineKind.PLATFORM_FEE: "FEE",
        LineKind.THIRD_PARTY_MARGIN: "MARGINS",
    }
    (learned, *_) = price(PriceInput(rate=FIFTEEN, work_minutes=60, is_training=True))
    assert (learned.kind, learned.rule, learned.money) == (LineKind.TRAINING, "TRAINING", FIFTEEN)
    assert {*found, learned.kind} == set(LineKind) - {*OWN_BENEFITS, LineKind.RAIL_FEE}, (
        "what comes from one's own benefits is no company's price"
    )
    assert all(line.version == RULES[line.rule].version for line in found.values())


def test_thirty_hours_earn_one_hour_of_sick_leave() -> None:
    assert lines(work_minutes=30 * 60)[LineKind.SICK_ACCRUAL].minutes == 60
    assert lines(work_minutes=1)[LineKind.SICK_ACCRUAL].seconds == 2


def test_sick_leave_ends_at_the_years_cap() -> None:
    assert lines(work_minutes=240, sick_seconds_left=100)[LineKind.SICK_ACCRUAL].seconds == 100
    assert LineKind.SICK_ACCRUAL not in lines(work_minutes=240, sick_seconds_left=0)


def test_paid_breaks_are_work() -> None:
    """220 minutes of work and 20 of break cost what 240 minutes of work cost."""
    found = lines(work_minutes=220, paid_break_minutes=20)
    assert (found[LineKind.WAGES].money, found[LineKind.PAID_BREAK].money) == (usd("55.00"), usd("5.00"))
    assert cost(tuple(found.values())) == usd("67.40")


def test_waiting_and_an_outage_earn_what_work_earns_and_say_why() -> None:
    """170 minutes of work, 50 waited, 20 without network in H2 at 15.00: 42.50, 12.50 and 5.00, and the premium, leave,
    health and fee of four hours of work. An hour of an outage that kept somebody away earns 15.00 and health alone."""
    found = lines(work_minutes=170, waiting_minutes=50, outage_minutes=20, hazard_class=HazardClass.H2)
    kinds = (LineKind.WAGES, LineKind.WAITING, LineKind.OUTAGE)
    assert [found[kind].money for kind in kinds] == [usd("42.50"), usd("12.50"), usd("5.00")]
    worked = lines(work_minutes=240, hazard_class=HazardClass.H2)
    assert found.keys() - worked.keys() == {*kinds[1:]}
    assert all(found[kind] == line for kind, line in worked.items() if kind is not LineKind.WAGES)
    away = lines(missed_minutes=60)
    assert {kind: line.money for kind, line in away.items() if line.money} == {
        LineKind.OUTAGE: usd("15.00"),
        LineKind.HEALTH_CONTRIBUTION: usd("0.60"),
    }
    both = lines(outage_minutes=30, missed_minutes=30)
    assert (both[LineKind.OUTAGE].money, both[LineKind.PLATFORM_FEE].money) == (usd("15.00"), usd("0.38"))


def test_time_is_rounded_once() -> None:
    """Three thirds of ten cents are ten cents, though each of them alone rounds down."""
    found = lines(rate=usd("0.10"), work_minutes=20, paid_break_minutes=20, call_in_minutes=20)
    times = [found[kind].money.amount for kind in (LineKind.WAGES, LineKind.PAID_BREAK, LineKind.CALL_IN)]
    assert times == [4, 3, 3]


@pytest.mark.parametrize(("hazard_class", "premium"), [("H0", None), ("H1", None), ("H2", "15.00"), ("H3", "30.00")])
def test_the_hazard_premium_is_a_line_of_its_own(hazard_class: str, premium: str | None) -> None:
    found = lines(work_minutes=240, hazard_class=HazardClass(hazard_class))
    line = found.get(LineKind.HAZARD_PREMIUM)
    assert (line.money if line else None) == (usd(premium) if premium else None)
    assert found[LineKind.WAGES].money == usd("60.00")


def test_health_is_four_percent_of_everything_earned() -> None:
    """60.00 wages and 15.00 premium: 3.00. The fee stays at 5 % of the 60.00."""
    found = lines(work_minutes=240, hazard_class=HazardClass.H2)
    assert found[LineKind.HEALTH_CONTRIBUTION].money == usd("3.00")
    assert found[LineKind.PLATFORM_FEE].money == usd("3.00")


def test_overtime_earns_its_premium() -> None:
    """Two of ten hours at one and a half: 15.00 more; at Indonesia's second hour of twice the rate: 30.00."""
    assert lines(work_minutes=600, overtime_minutes=120)[LineKind.OVERTIME_PREMIUM].money == usd("15.00")
    double = lines(work_minutes=600, overtime_minutes=120, overtime_percent=200)
    assert double[LineKind.OVERTIME_PREMIUM].money == usd("30.00")


def test_work_at_night_earns_its_premium() -> None:
    """Three of four hours at 15.00 lie after 22:00: 10 % of 45.00 are 4.50 more; health is 4 % of 64.50, 2.58."""
    found = lines(work_minutes=240, night_minutes=180)
    assert found[LineKind.NIGHT_PREMIUM].money == usd("4.50")
    assert (found[LineKind.NIGHT_PREMIUM].rate, found[LineKind.NIGHT_PREMIUM].percent) == (usd("1.50"), Decimal(10))
    assert found[LineKind.HEALTH_CONTRIBUTION].money == usd("2.58")
    assert found[LineKind.PLATFORM_FEE].money == usd("3.00")


def test_time_below_the_floor_is_topped_up() -> None:
    """Four hours at 15.00 where the floor has risen to 16.01: 4.04 more, and health on them. At the floor there is
    nothing to top up, and a minor unit below it there is."""
    found = lines(work_minutes=180, neutral_minutes=60, least_rate=usd("16.01"))
    assert (found[LineKind.TOP_UP].money, found[LineKind.TOP_UP].seconds) == (usd("4.04"), 14400)
    assert found[LineKind.HEALTH_CONTRIBUTION].money == usd("2.56")
    assert LineKind.TOP_UP not in lines(work_minutes=240, least_rate=FIFTEEN)
    assert lines(work_minutes=240, least_rate=usd("15.01"))[LineKind.TOP_UP].money == usd("0.04")


def test_the_fee_comes_on_top() -> None:
    """Whatever the fee and the margin are, the contractor's lines stay as they are."""
    plain, dear = lines(work_minutes=240), lines(work_minutes=240, fee_percent=Decimal("12.5"), margin=usd("2.00"))
    for kind in (LineKind.WAGES, LineKind.SICK_ACCRUAL, LineKind.HEALTH_CONTRIBUTION):
        assert plain[kind] == dear[kind]
    assert dear[LineKind.PLATFORM_FEE].money == usd("7.50")
    assert dear[LineKind.THIRD_PARTY_MARGIN].money == usd("8.00")
    assert dear[LineKind.THIRD_PARTY_MARGIN].payee is Payee.THIRD_PARTY


@pytest.mark.parametrize(
    ("scheduled", "owed"), [(0, 0), (60, 60), (120, 120), (180, 120), (240, 120), (301, 151), (480, 240), (720, 240)]
)
def test_the_call_in_minimum(scheduled: int, owed: int) -> None:
    assert call_in_minimum(scheduled) == owed


def test_called_off_time_is_paid_but_bears_no_fee_and_no_leave() -> None:
    """Of four hours one is worked: one more hour is owed. Fee and leave are those of the hour that was worked."""
    missing = call_in_missing(240, 60)
    found = lines(work_minutes=60, call_in_minutes=missing)
    assert missing == 60
    assert found[LineKind.CALL_IN].money == usd("15.00")
    assert found[LineKind.PLATFORM_FEE].money == usd("0.75")
    assert found[LineKind.SICK_ACCRUAL].minutes == 2
    assert found[LineKind.HEALTH_CONTRIBUTION].money == usd("1.20")
    assert call_in_missing(240, 200) == 0


def test_nothing_worked_is_one_line_of_nothing() -> None:
    (line,) = price(PriceInput(rate=FIFTEEN))
    assert (line.kind, line.money) == (LineKind.WAGES, usd("0"))


def test_a_line_as_json() -> None:
    wages = lines(work_minutes=240)[LineKind.WAGES].as_dict()
    assert wages == {
        "kind": "wages",
        "payee": "contractor",
        "amount": "60.00",
        "currency": "USD",
        "seconds": 14400,
        "rate": "15.00",
        "percent": None,
        "rule": "WAGES",
        "version": 1,
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"work_minutes": -1},
        {"overtime_minutes": 1},
        {"night_minutes": 1},
        {"least_rate": Money.of("16", "EUR")},
        {"rate": usd("0")},
        {"fee_percent": Decimal(-1)},
        {"overtime_percent": 99},
        {"margin": usd("-0.01")},
        {"margin": Money.of("1", "EUR")},
    ],
)
def test_what_is_no_price(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadPrice):
        lines(**wrong)


amounts = st.integers(1, 100_000).map(lambda amount: Money(amount, "USD"))
terms = st.fixed_dictionaries(
    {
        "rate": amounts,
        "hazard_class": st.sampled_from(HazardClass),
        "fee_percent": st.decimals(0, 30, places=2),
        "margin": st.none() | amounts,
    }
)


@given(terms=terms, minutes=st.integers(0, 1000), more=st.integers(0, 1000))
def test_the_highest_cost_never_falls_when_the_minutes_grow(terms: dict[str, Any], minutes: int, more: int) -> None:
    rate = terms.pop("rate")
    assert highest_cost(rate, minutes, **terms) <= highest_cost(rate, minutes + more, **terms)


@given(terms=terms, scheduled=st.integers(1, 900), data=st.data())
def test_no_part_of_a_schedule_costs_more_than_was_held(
    terms: dict[str, Any], scheduled: int, data: st.DataObject
) -> None:
    """Any part worked, any of it as paid breaks, any overtime up to what was planned, called off at any moment or ended
    by a cap, after which neutral hours fill the schedule."""
    paid = data.draw(st.integers(0, scheduled))
    breaks = data.draw(st.integers(0, paid))
    waited = data.draw(st.integers(0, paid - breaks))
    overtime = data.draw(st.integers(0, scheduled))
    further = data.draw(st.integers(0, overtime))
    steps = {"overtime_percent": 150, "further_overtime_percent": data.draw(st.integers(150, 300))}
    night = data.draw(st.integers(0, scheduled))
    capped = data.draw(st.booleans())
    real = price(
        PriceInput(
            work_minutes=paid - breaks - waited,
            paid_break_minutes=breaks,
            waiting_minutes=waited,
            call_in_minutes=0 if capped else call_in_missing(scheduled, paid),
            neutral_minutes=scheduled - paid if capped else 0,
            overtime_minutes=min(paid, overtime),
            further_overtime_minutes=max(0, min(paid, overtime) - (overtime - further)),
            **steps,
            night_minutes=min(paid, night),
            **terms,
        )
    )
    rate = terms.pop("rate")
    promised = {"overtime_minutes": overtime, "further_overtime_minutes": further, "night_minutes": night}
    assert cost(real) <= highest_cost(rate, scheduled, **promised, **steps, **terms)


@given(terms=terms, minutes=st.integers(0, 900), more=st.integers(0, 5_000))
def test_whatever_the_floor_rises_to_every_hour_reaches_it(terms: dict[str, Any], minutes: int, more: int) -> None:
    least = terms["rate"] + Money(more, "USD")
    found = price(PriceInput(work_minutes=minutes, least_rate=least, **terms))
    earned = sum(line.money.amount for line in found if line.kind in (LineKind.WAGES, LineKind.TOP_UP))
    assert earned >= (least * Fraction(minutes, 60)).amount - 1
    assert earned * 60 >= (least.amount * minutes) - 30


@given(terms=terms, work=st.integers(0, 900), rest=st.integers(0, 100), owed=st.integers(0, 240))
def test_the_lines_of_time_add_up_to_the_time(terms: dict[str, Any], work: int, rest: int, owed: int) -> None:
    found = price(PriceInput(work_minutes=work, paid_break_minutes=rest, call_in_minutes=owed, **terms))
    of_time = [line for line in found if line.kind in (LineKind.WAGES, LineKind.PAID_BREAK, LineKind.CALL_IN)]
    assert sum(line.money.amount for line in of_time) == (terms["rate"] * Fraction(work + rest + owed, 60)).amount
    assert sum(line.minutes for line in of_time) == work + rest + owed


@given(hazard_class=st.sampled_from(HazardClass), rate=amounts)
def test_the_gates_share_of_benefits_is_what_prices_pay(hazard_class: HazardClass, rate: Money) -> None:
    """Over 900 hours no rounding of a line is more than a hair of what the gate reckons with."""
    found = price(PriceInput(rate=rate, work_minutes=54_000, hazard_class=hazard_class))
    exact = rate.amount * 900 * (1 + hazard.premium(hazard_class) + rates.benefits_part(hazard_class))
    assert abs(rates.received(found).amount - exact) <= 2


def test_a_level_of_a_skill_pays_its_step() -> None:
    """4 hours at 15.00 USD on a step of 1.25: 60.00 wages and 15.00 on top; sick leave and health follow the 18.75,
    the fee does not. In distressing work the premium of a quarter follows it too."""
    found = lines(work_minutes=240, step_points=12_500)
    assert found[LineKind.SKILL_STEP].money == usd("15.00")
    assert found[LineKind.SKILL_STEP].rate == usd("3.75")
    assert (found[LineKind.SKILL_STEP].rule, found[LineKind.SKILL_STEP].version) == ("SKILL_STEP", 1)
    assert found[LineKind.WAGES].money == usd("60.00")
    assert found[LineKind.SICK_ACCRUAL].money == usd("2.50")
    assert found[LineKind.HEALTH_CONTRIBUTION].money == usd("3.00")
    assert found[LineKind.PLATFORM_FEE].money == usd("3.00")
    heavy = lines(work_minutes=240, step_points=12_500, hazard_class=HazardClass.H2)
    assert heavy[LineKind.HAZARD_PREMIUM].money == usd("18.75")
    with pytest.raises(BadPrice):
        PriceInput(rate=FIFTEEN, work_minutes=60, step_points=9_999)


@given(minutes=st.integers(1, 600), owed=st.integers(0, 240), step=st.integers(10_000, 20_000))
def test_base_and_step_are_the_multiplied_rate_to_the_minor_unit(minutes: int, owed: int, step: int) -> None:
    found = price(PriceInput(rate=FIFTEEN, work_minutes=minutes, call_in_minutes=owed, step_points=step))
    assert gross_pay(found) == FIFTEEN * Fraction(step, 10_000) * Fraction(minutes + owed, 60)
    assert cost(found) <= highest_cost(FIFTEEN, minutes + owed, step_points=step)
