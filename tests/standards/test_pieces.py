"""What pieces pay, in place of the hour and beside it (rule PIECES)."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import Money
from marketplace.standards.day_laws import DayWage
from marketplace.standards.hazard import HazardClass
from marketplace.standards.held import highest_cost
from marketplace.standards.line_kinds import LineKind
from marketplace.standards.piece_rates import Pieces
from marketplace.standards.premium_days import DayKind, DayStep, PremiumDay
from marketplace.standards.rates import BadPrice, PriceInput, PriceLine, cost, gross_pay, price


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


FIFTEEN = usd("15.00")
DAY_STEPS = [[], [(900, 200)], [(60, 150), (30, 300), (900, 400)], [(120, 100), (900, 200)]]
DAYS_WAGES = [DayWage(480, 100, 200), DayWage(480, 200, 200, before=60), DayWage(450, 100, 100, beside=True)]


def by_piece(count: int, cents: str = "0.40") -> Pieces:
    return Pieces(usd(cents), count, instead_of_wages=True)


def beside(count: int, cents: str = "2.00") -> Pieces:
    return Pieces(usd(cents), count)


def lines(**told: Any) -> dict[LineKind, PriceLine]:
    return {line.kind: line for line in price(PriceInput(rate=FIFTEEN, **told))}


def test_by_the_piece_four_hours_are_topped_up_to_the_rate() -> None:
    """130 pieces at 0.40 USD are 52.00; four hours at 15.00 are 60.00, so 8.00 are topped up. 10 minutes of break are
    2.50 beside it, 20 of waiting 5.00, 2 hours of call-in 30.00: no piece pays for them. 200 pieces are 80.00, and
    nothing is topped up."""
    found = lines(
        work_minutes=240, paid_break_minutes=10, waiting_minutes=20, call_in_minutes=120, pieces=by_piece(130)
    )
    piece, top_up = found[LineKind.PIECE], found[LineKind.TOP_UP]
    assert (piece.money, piece.count, piece.rate, piece.minutes) == (usd("52.00"), 130, usd("0.40"), 240)
    assert (piece.rule, piece.version, piece.as_dict()["count"]) == ("PIECES", 1, 130)
    assert (top_up.money, top_up.rule) == (usd("8.00"), "PIECES")
    assert (found[LineKind.WAGES].money, found[LineKind.WAGES].minutes) == (usd("0"), 0)
    assert (found[LineKind.PAID_BREAK].money, found[LineKind.CALL_IN].money) == (usd("2.50"), usd("30.00"))
    assert found[LineKind.WAITING].money == usd("5.00")
    assert found[LineKind.SICK_ACCRUAL].minutes == Fraction(270, 30)
    assert found[LineKind.PLATFORM_FEE].money == usd(
        "3.38"
    )  # 5 % of 67.50: of the rate of the time that pieces pay less for.
    many = lines(work_minutes=240, pieces=by_piece(200))
    assert many[LineKind.PIECE].money == usd("80.00")
    assert LineKind.TOP_UP not in many
    assert many[LineKind.PLATFORM_FEE].money == usd("4.00")


def test_who_counts_no_pieces_pays_no_less_fee() -> None:
    """Four hours at 15.00 are 60.00, whether by the hour, by no pieces or by 37; the fee is 3.00 of each."""
    by_the_hour = lines(work_minutes=240)[LineKind.PLATFORM_FEE].money
    for count in (0, 37, 150):
        assert (
            lines(work_minutes=240, pieces=by_piece(count))[LineKind.PLATFORM_FEE].money == by_the_hour == usd("3.00")
        )


def test_the_floor_is_what_by_the_piece_is_topped_up_to_where_it_is_higher() -> None:
    """Floor of 16.00: 4 hours are 64.00, less 52.00 of pieces 12.00; the hour of call-in has 1.00 of its own."""
    found = lines(work_minutes=240, call_in_minutes=60, pieces=by_piece(130), least_rate=usd("16.00"))
    assert found[LineKind.TOP_UP].money == usd("13.00")


def test_by_the_hour_and_the_piece_pieces_come_on_top() -> None:
    """Four hours at 15.00 USD and 20 pieces at 2.00: 60.00 and 40.00; the fee is 5 % of both. The floor is compared
    with the wages alone: at 16.00 they are topped up by 4.00, whatever the pieces earn."""
    found = lines(work_minutes=240, pieces=beside(20), least_rate=usd("16.00"))
    assert (found[LineKind.WAGES].money, found[LineKind.PIECE].money) == (usd("60.00"), usd("40.00"))
    assert found[LineKind.PIECE].seconds == 0
    assert found[LineKind.PLATFORM_FEE].money == usd("5.00")
    assert (found[LineKind.TOP_UP].money, found[LineKind.TOP_UP].rule) == (usd("4.00"), "TOP_UP")
    assert LineKind.PIECE not in lines(work_minutes=240, pieces=beside(0))


@pytest.mark.parametrize(
    ("pieces", "premium", "rate"),
    [
        (None, "15.00", "7.50"),
        # 29 CFR 778.111: 400 pieces in 10 hours are 160.00, so the regular rate is 16.00; half of it for 2 hours.
        (by_piece(400), "16.00", "8.00"),
        # Topped up to 15.00, that is the regular rate.
        (by_piece(10), "15.00", "7.50"),
        # 150.00 wages and 50.00 of pieces in 10 hours: 20.00, half of it for 2 hours.
        (beside(25), "20.00", "10.00"),
    ],
)
def test_overtime_is_reckoned_on_the_regular_rate(pieces: Pieces | None, premium: str, rate: str) -> None:
    found = lines(work_minutes=600, overtime_minutes=120, pieces=pieces)[LineKind.OVERTIME_PREMIUM]
    assert (found.money, found.rate) == (usd(premium), usd(rate))


@pytest.mark.parametrize("wrong", [beside(-1), Pieces(Money.of("1", "EUR"), 1)])
def test_pieces_that_are_no_price(wrong: Pieces) -> None:
    with pytest.raises(BadPrice):
        PriceInput(rate=FIFTEEN, pieces=wrong)


def test_what_is_held_is_the_cost_of_the_hours_of_a_holiday_alone_where_that_is_the_most() -> None:
    """Eight hours at 15.00, four of them on a holiday at double pay, with at most 100 pieces at 2.00. Worked to the end
    the premium of the day is 60.00, and half of 200.00 for the pieces: 519.20 in all. Stopped by a cap when the holiday
    ends it is 60.00 and 200.00: 618.20. That is held, with a minute's pay for what lines round."""
    day = PremiumDay(date(2026, 12, 25), DayKind.HOLIDAY, "", (DayStep(240, 200),))
    told: dict[str, Any] = {"rate": FIFTEEN, "premium_days": (day,), "pieces": beside(100)}
    whole = price(PriceInput(work_minutes=480, **told))
    stopped = price(PriceInput(work_minutes=240, neutral_minutes=240, **told))
    held = highest_cost(scheduled_minutes=480, **told)
    assert (cost(whole), cost(stopped), held) == (usd("519.20"), usd("618.20"), usd("618.46"))
    # Where no way is dearer than the whole, nothing but the whole is held.
    assert highest_cost(FIFTEEN, 480, overtime_minutes=60, pieces=beside(100)) == cost(
        price(PriceInput(rate=FIFTEEN, work_minutes=480, overtime_minutes=60, pieces=beside(100)))
    )


@given(
    rate=st.integers(1, 5_000),
    each=st.integers(1, 2_000),
    most=st.integers(1, 900),
    scheduled=st.integers(1, 900),
    instead=st.booleans(),
    data=st.data(),
)
def test_what_is_held_covers_every_count_of_pieces_and_none_earns_less_than_the_hour(
    rate: int, each: int, most: int, scheduled: int, instead: bool, data: st.DataObject
) -> None:
    """Any part of a schedule worked, some of it on a day that earns more, left early or begun late, or after a wait for
    a call."""
    count = data.draw(st.just(most) | st.integers(0, most), label="count")
    beside = data.draw(st.integers(0, scheduled), label="beside the day")
    planned = data.draw(st.integers(0, beside), label="overtime")
    step, wage = data.draw(st.sampled_from([10_000, 12_345])), data.draw(st.sampled_from([None, *DAYS_WAGES]))
    steps = tuple(DayStep(minutes, percent) for minutes, percent in data.draw(st.sampled_from(DAY_STEPS)))
    day = PremiumDay(date(2026, 12, 25), DayKind.HOLIDAY, "", steps, wage=wage).part(scheduled - beside)
    beside = scheduled - day.minutes
    waits = data.draw(st.integers(0, 60), label="waits")
    late, late_on_it = data.draw(st.sampled_from([(0, 0), (min(waits, beside), 0), (0, min(waits, day.minutes))]))
    worked = data.draw(st.just(0) | st.integers(0, beside - late), label="worked beside the day")
    left = day.minutes - late_on_it
    on_it = day.part(data.draw(st.integers(0, left) | st.just(left), label="worked on it"), late_on_it)
    paid = worked + on_it.minutes
    breaks = data.draw(st.integers(0, paid))
    # Overtime are the last minutes of the schedule; night may be anywhere in it.
    overtime = min(worked, max(0, worked + late - (beside - planned)))
    night = data.draw(st.integers(0, scheduled), label="night")
    terms: dict[str, Any] = {"hazard_class": data.draw(st.sampled_from(HazardClass)), "fee_percent": Decimal(5)}
    hourly = Money(rate, "USD")
    real = price(
        PriceInput(
            rate=hourly,
            work_minutes=paid - breaks,
            paid_break_minutes=breaks,
            call_in_minutes=scheduled - paid,
            overtime_minutes=overtime,
            night_minutes=min(paid, night),
            premium_days=(on_it,) if on_it.steps else (),
            step_points=step,
            pieces=Pieces(Money(each, "USD"), count, instead),
            **terms,
        )
    )
    held = highest_cost(
        hourly,
        scheduled,
        overtime_minutes=planned,
        night_minutes=night,
        premium_days=(day,) if day.steps else (),
        step_points=step,
        pieces=Pieces(Money(each, "USD"), most, instead),
        waits=waits,
        **terms,
    )
    assert cost(real) <= held
    by_hour = sum((line.money.amount for line in real if line.kind is LineKind.HAZARD_PREMIUM), 0)
    assert gross_pay(real).amount - by_hour >= (hourly * Fraction(scheduled, 60)).amount - 1
