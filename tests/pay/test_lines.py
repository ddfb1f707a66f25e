"""What is still to be paid of a price of which a part was paid before."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.money import Money, total
from marketplace.pay.runs.lines import Minutes, draft, most_owed, owed, priced
from marketplace.pay.runs.reasons import Promise, Work
from marketplace.pay.runs.remainders import Paid, still_to_pay
from marketplace.standards.day_laws import DayWage
from marketplace.standards.hazard import HazardClass
from marketplace.standards.line_kinds import LineKind, Payee
from marketplace.standards.piece_rates import Pieces
from marketplace.standards.premium_days import DayKind, DayStep, PremiumDay
from marketplace.standards.rates import PriceLine

MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)
BESIDE = DayWage(450, 100, 100, beside=True)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def work(minutes: Minutes, rate: Money, **more: object) -> Work:
    return Work(
        booking_id=uuid4(),
        gig_id=uuid4(),
        company_id=uuid4(),
        contractor_id=uuid4(),
        began_at=MONDAY,
        minutes=minutes,
        rate=rate,
        promise=Promise(uuid4(), uuid4(), 1, "contractor"),
        hold="booking:1:hold",
        **({"overtime_percent": 150, "hazard_class": HazardClass.H0, "fee_percent": Decimal(5), "margin": None} | more),  # type: ignore[arg-type]
    )


def sums(lines: tuple[PriceLine, ...]) -> dict[Payee, Money]:
    return {payee: total((ln.money for ln in lines if ln.payee is payee), "USD") for payee in Payee}


def test_the_last_minutes_go_first() -> None:
    """180 minutes of work, 50 waited and 10 of paid break, the last 30 of them overtime: a cut takes work first, then
    what was waited, and overtime with both."""
    whole = Minutes(work=180, waiting=50, paid_break=10, overtime=30, call_in=5)
    assert whole.less(20) == Minutes(work=160, waiting=50, paid_break=10, overtime=10, call_in=5)
    assert whole.less(200) == Minutes(work=0, waiting=30, paid_break=10, overtime=0, call_in=5)
    assert whole.less(235) == Minutes(work=0, paid_break=5, overtime=0, call_in=5)
    assert whole.less(0) == whole


def test_half_an_hour_of_an_odd_rate_restored() -> None:
    """7 minutes at 10.01 USD are 1.17; 8 are 1.33, so the eighth pays 0.16 and not the 0.17 that it earns by itself."""
    before = {line.kind: Paid(line.money, line.seconds) for line in priced(work(Minutes(work=7), usd("10.01")))}
    (wages, *_) = still_to_pay(priced(work(Minutes(work=8), usd("10.01"))), before)
    assert (wages.kind, wages.money, wages.seconds) == (LineKind.WAGES, usd("0.16"), 60)


def test_what_a_law_grants_in_all_is_not_granted_again_with_time_that_is_restored() -> None:
    """Two days' wages in Malaysia at 15.00 and a level of a skill, 276.00, however long the work is. Of four hours one
    was cut: with it the wages and what the level adds rise by 15.00 and 2.25, and the premium of the day falls by as
    much. Two kinds give that back, so the hour costs its fee and leave alone: what was held is enough."""

    def worked(minutes: int) -> tuple[PriceLine, ...]:
        steps, wage = (DayStep(minutes, 200),), DayWage(480, half_percent=200, whole_percent=200)
        day = PremiumDay(date(2026, 8, 31), DayKind.HOLIDAY, "", steps, wage=wage)
        return priced(work(Minutes(work=minutes, premium_days=(day,)), usd("15.00"), step_points=11_500))

    first, whole = worked(180), worked(240)
    rest = still_to_pay(whole, paid(first))
    assert total([line.money for line in (*first, *rest)], "USD") == total([line.money for line in whole], "USD")
    assert {line.payee for line in rest if line.money} == {Payee.BENEFITS, Payee.PLATFORM}


def test_a_regular_rate_that_fell_costs_the_company_no_more_than_it_paid() -> None:
    """100 pieces at 1.00 in an hour of a holiday add 100.00 to its premium of 15.00; in that hour and another of a
    common day they add half of it. The second hour, restored, is worth less than what was paid too much for the first:
    its 15.00 of wages, leave and fee have been paid already."""
    day = PremiumDay(date(2026, 12, 25), DayKind.HOLIDAY, "", (DayStep(60, 200),))
    minutes = Minutes(work=120, premium_days=(day,), pieces=100)
    whole = priced(work(minutes, usd("15.00"), pieces=Pieces(usd("1.00"))))
    rest = still_to_pay(whole, paid(priced(work(minutes.less(60), usd("15.00"), pieces=Pieces(usd("1.00"))))))
    assert sum(line.money.amount for line in rest) == 0
    assert {line.kind: line.minutes for line in rest} == {LineKind.WAGES: 60, LineKind.SICK_ACCRUAL: 2}


def test_the_dearest_ruling_is_kept_where_pieces_are_paid() -> None:
    """Eight hours at 15.00, the first four of a holiday at double pay, with 100 pieces at 2.00: 519.20. A cut of five
    hours leaves three, 523.35 with its fee; a ruling that restores one hour of the five makes it 555.80, which is more
    than either and is kept until then."""
    day = PremiumDay(date(2026, 12, 25), DayKind.HOLIDAY, "", (DayStep(240, 200),))
    minutes, told = Minutes(work=480, pieces=100, premium_days=(day,)), {"pieces": Pieces(usd("2.00"))}
    costs = [str(owed(work(minutes.less(cut), usd("15.00"), **told))) for cut in (0, 240, 300)]
    assert costs == ["519.20 USD", "555.80 USD", "523.35 USD"]
    assert most_owed(work(minutes, usd("15.00"), **told), 300) == usd("555.80")


@settings(max_examples=60)
@given(
    st.integers(1, 12),
    st.integers(0, 12),
    st.integers(0, 12),
    st.integers(1, 200),
    st.sampled_from([None, DayWage(6, 100, 200), BESIDE]),
    st.booleans(),
    st.data(),
)
def test_whatever_of_a_cut_is_restored_what_is_kept_pays_it(
    worked: int, waited: int, on_day: int, pieces: int, wage: DayWage | None, instead: bool, data: st.DataObject
) -> None:
    day = PremiumDay(date(2026, 12, 25), DayKind.HOLIDAY, "", (DayStep(4, 200), DayStep(90, 300)), wage=wage)
    time = worked + waited
    more = {"overtime": data.draw(st.integers(0, max(0, time - on_day)), label="overtime")}
    more |= {"night": data.draw(st.integers(0, time), label="night")}
    days = (day.part(min(on_day, time)),) if on_day else ()
    whole = Minutes(work=worked, waiting=waited, premium_days=days, pieces=pieces, **more)
    told = {"pieces": Pieces(usd("3.33"), instead_of_wages=instead)}
    cut = data.draw(st.integers(0, time), label="cut")
    restored = data.draw(st.integers(0, cut), label="restored")
    first = priced(work(whole.less(cut), usd("15.00"), **told))
    rest = still_to_pay(priced(work(whole.less(cut - restored), usd("15.00"), **told)), paid(first))
    both = total([line.money for line in (*first, *rest)], "USD")
    assert both <= most_owed(work(whole, usd("15.00"), **told), cut)


def test_leave_is_capped_over_both_payments() -> None:
    """40 hours of leave a year but for 100 seconds are earned: 60 went with the first 30 minutes, 40 are left."""
    first, after = Minutes(work=30), Minutes(work=60)
    paid = {line.kind: Paid(line.money, line.seconds) for line in priced(work(first, usd("15.00")))}
    again = work(after, usd("15.00"), cut_id=uuid4())
    year = (again.contractor_id, 2026)
    lines = draft([again], {year: 40 * 3600 - 40}, {again.booking_id: paid})
    (leave,) = [line.price for line in lines if line.price.kind is LineKind.SICK_ACCRUAL]
    assert leave.seconds == 40
    assert {line.cause.partition(":")[0] for line in lines} == {"cut"}


@given(
    st.integers(180, 20_000),
    st.integers(0, 600),
    st.integers(0, 60),
    st.integers(0, 60),
    st.integers(0, 240),
    st.sampled_from(HazardClass),
    st.integers(0, 300) | st.none(),
    st.data(),
)
def test_two_payments_are_the_price_of_the_whole(
    rate: int,
    worked: int,
    pause: int,
    waited: int,
    owed_more: int,
    hazard: HazardClass,
    margin: int | None,
    data: st.DataObject,
) -> None:
    """Whatever was cut and restored, and though the first payment named its reasons as they were named before: no line
    takes anything back, and both together are the price, or what was paid first where that is more. Without pieces each
    payee gets in two payments what one would have been, and both are never more than what is held for the whole."""
    paid_time = worked + pause + waited
    overtime = data.draw(st.integers(0, paid_time), label="overtime")
    further = data.draw(st.integers(0, overtime), label="further overtime")
    cut = data.draw(st.integers(0, paid_time), label="cut")
    restored = data.draw(st.integers(0, cut), label="restored")
    more: dict[str, object] = {"hazard_class": hazard, "margin": None if margin is None else Money(margin, "USD")}
    more |= {"further_overtime_percent": 200, "step_points": data.draw(st.sampled_from([10_000, 11_500]), label="step")}
    on_day = data.draw(st.integers(0, paid_time - overtime), label="on a day that earns more")
    wage = data.draw(st.sampled_from([None, DayWage(480, 200, 200), DayWage(480, 100, 200), BESIDE]), label="wage")
    kind = data.draw(st.sampled_from(DayKind), label="kind")
    day = PremiumDay(date(2026, 12, 25), kind, "", (DayStep(60, 200), DayStep(900, 300)), wage=wage)
    beyond = {"further_overtime": further, "premium_days": (day.part(on_day),)}
    each = data.draw(st.none() | st.builds(Pieces, st.just(usd("3.33")), st.just(0), st.booleans()), label="pieces")
    counted = data.draw(st.integers(0, 200), label="counted") if each else 0
    fewer = data.draw(st.integers(0, counted), label="pieces cut")
    again = data.draw(st.integers(0, fewer), label="pieces restored")
    whole = Minutes(worked, pause, overtime, waiting=waited, cancelled=owed_more, pieces=counted, **beyond)
    as_once_named = each is None and data.draw(st.booleans(), label="as once named")
    price, more["pieces"] = Money(rate, "USD"), each
    given = whole.less(cut, fewer)
    if as_once_named:
        given = replace(given, work=given.work + given.waiting, waiting=0, cancelled=0, call_in=given.cancelled)
    first = priced(work(given, price, **more))
    after = work(whole.less(cut - restored, fewer - again), price, **more)
    rest = still_to_pay(priced(after), paid(first))
    both = total([line.money for line in (*first, *rest)], "USD")
    assert all(line.money.amount >= 0 and line.seconds >= 0 for line in rest)
    assert both.amount == max(owed(after).amount, total([line.money for line in first], "USD").amount)
    if each is None:
        assert {payee: sums(first)[payee] + sums(rest)[payee] for payee in Payee} == sums(priced(after))
        assert both <= owed(work(whole, price, **more))


def paid(lines: tuple[PriceLine, ...]) -> dict[LineKind, Paid]:
    return {line.kind: Paid(line.money, line.seconds, line.count or 0) for line in lines}


@pytest.mark.parametrize("known_by_now", ["4.00", "4.50"])
def test_a_floor_that_fell_after_the_pay_takes_nothing_out_of_a_ruling(known_by_now: str) -> None:
    """225 of 240 minutes at 4.00 were paid, 15.00, with 3.75 on top where the floor was known as 5.00. It is known as
    less by now: the 15 minutes that a ruling restores earn their 1.00, and nobody owes anything."""
    first = priced(work(Minutes(work=225), usd("4.00"), least_rate=usd("5.00")))
    again = work(Minutes(work=240), usd("4.00"), least_rate=usd(known_by_now))
    rest = {line.kind: line.money for line in still_to_pay(priced(again), paid(first))}
    assert rest[LineKind.WAGES] == usd("1.00")
    assert LineKind.TOP_UP not in rest
    assert all(money.amount >= 0 for money in rest.values())


@given(
    st.integers(1, 600),
    st.integers(1, 60),
    st.integers(0, 20_000),
    st.integers(0, 20_000),
    st.integers(0, 200),
    st.integers(0, 200),
)
def test_whatever_a_floor_does_a_ruling_pays_no_less_than_nothing(
    minutes: int, more: int, floor: int, floor_later: int, pieces: int, restored: int
) -> None:
    """Of hours, and of pieces in their place."""
    for counted in (None, Pieces(usd("0.40"), instead_of_wages=True)):
        told = {"pieces": counted} if counted else {}
        before = Minutes(work=minutes, pieces=pieces if counted else 0)
        after = Minutes(work=minutes + more, pieces=pieces + restored if counted else 0)
        first = priced(work(before, usd("4.00"), least_rate=Money(floor, "USD"), **told))
        rest = still_to_pay(priced(work(after, usd("4.00"), least_rate=Money(floor_later, "USD"), **told)), paid(first))
        assert all(line.money.amount >= 0 and line.seconds >= 0 for line in rest)
        if counted:
            assert sum(line.count or 0 for line in rest) == restored
        if floor_later >= floor:
            assert (
                sums(first)[Payee.CONTRACTOR] + sums(rest)[Payee.CONTRACTOR]
                == sums(priced(work(after, usd("4.00"), least_rate=Money(floor_later, "USD"), **told)))[
                    Payee.CONTRACTOR
                ]
            )
