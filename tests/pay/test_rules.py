"""Worked examples of pay lines, and the law of payments."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import Money, total
from marketplace.pay import rules
from marketplace.pay.rules import OP_EVENTS, OP_TRANSITIONS, RUN_TRANSITIONS, OpKind, OpStatus, RunStatus
from marketplace.pay.runs import lines
from marketplace.pay.runs.lines import LEAVE_CAP, Minutes
from marketplace.pay.runs.reasons import Promise, Work
from marketplace.shifts.timesheet_rules import CompensationRule
from marketplace.standards.hazard import HazardClass
from marketplace.standards.held import highest_cost
from marketplace.standards.line_kinds import LineKind, Payee
from marketplace.standards.rates import PriceInput

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ANA, GIG, BOOKING = (UUID(int=n) for n in (1, 2, 3))


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def work(minutes: Minutes, **other: object) -> Work:
    usual: dict[str, object] = {
        "booking_id": BOOKING,
        "gig_id": GIG,
        "company_id": UUID(int=4),
        "contractor_id": ANA,
        "began_at": NOON,
        "minutes": minutes,
        "rate": usd("15.00"),
        "overtime_percent": 100,
        "hazard_class": HazardClass.H0,
        "fee_percent": Decimal(5),
        "margin": None,
        "promise": Promise(UUID(int=5), UUID(int=6), 1, "contractor"),
        "hold": f"booking:{BOOKING}:hold",
    }
    return Work(**(usual | other))  # type: ignore[arg-type]


def test_four_hours_at_fifteen_dollars() -> None:
    """60.00 wages, 2.00 for 8 minutes of sick leave, 2.40 health, 3.00 fee: 67.40 USD, each to its account."""
    drafted = lines.draft([work(Minutes(work=240))])
    assert [(d.price.kind, d.price.money, d.price.seconds, d.payer, d.payee) for d in drafted] == [
        (LineKind.WAGES, usd("60.00"), 240 * 60, f"booking:{BOOKING}:hold", f"contractor:{ANA}:payable"),
        (LineKind.SICK_ACCRUAL, usd("2.00"), 8 * 60, f"booking:{BOOKING}:hold", f"benefit:{ANA}:sick_leave"),
        (LineKind.HEALTH_CONTRIBUTION, usd("2.40"), 0, f"booking:{BOOKING}:hold", f"benefit:{ANA}:health"),
        (LineKind.PLATFORM_FEE, usd("3.00"), 0, f"booking:{BOOKING}:hold", "platform:fees"),
    ]
    assert lines.owed(work(Minutes(work=240))) == usd("67.40")
    assert len({d.cause for d in drafted}) == len(drafted)


def test_the_cause_is_the_piece_of_work_and_not_the_run() -> None:
    first, second = (lines.draft([work(Minutes(work=minutes))]) for minutes in (240, 10))
    assert [d.cause for d in first] == [d.cause for d in second]
    assert first[0].cause == f"booking:{BOOKING}:wages"


@pytest.mark.parametrize(
    ("because", "kind"),
    [
        (CompensationRule.CALL_IN, LineKind.CALL_IN),
        (CompensationRule.NOTICE, LineKind.CANCELLATION),
        (CompensationRule.OUTAGE, LineKind.OUTAGE),
        (CompensationRule.HAZARD, LineKind.NEUTRAL_HOURS),
    ],
)
def test_time_that_nobody_worked_is_paid_by_the_rule_that_it_is_owed_by(because: CompensationRule, kind: str) -> None:
    """Three hours at 15.00, whatever they are owed by: 45.00 and 1.80 for health, without a fee and without leave."""
    minutes = Minutes.of(work=0, paid_break=0, overtime=0, night=0, unworked=180, because=because)
    drafted = lines.draft([work(minutes)])
    assert {(d.price.kind, d.price.money, d.price.rule) for d in drafted} == {
        (kind, usd("45.00"), str(because)),
        (LineKind.HEALTH_CONTRIBUTION, usd("1.80"), "HEALTH"),
    }


def test_a_third_party_s_margin_is_on_top() -> None:
    plain, through = (lines.draft([work(Minutes(work=240), margin=margin)]) for margin in (None, usd("1.50")))
    assert through[:-1] == plain or [d.price for d in through[:-1]] == [d.price for d in plain]
    assert (through[-1].payee, through[-1].price.money) == (f"third_party:{GIG}:payable", usd("6.00"))


def test_sick_leave_stops_at_forty_hours_a_year_and_starts_again_in_the_next() -> None:
    full = {(ANA, 2026): LEAVE_CAP - 60}
    days = [work(Minutes(work=240), booking_id=uuid4(), began_at=NOON + timedelta(days=d)) for d in (0, 1, 60)]
    earned = [
        sum(d.price.seconds for d in lines.draft(days, full) if d.work is day and d.price.kind is LineKind.SICK_ACCRUAL)
        for day in days
    ]
    assert earned == [60, 0, 480]


@given(
    st.lists(
        st.tuples(st.integers(0, 720), st.integers(0, 60), st.integers(0, 240), st.sampled_from(HazardClass)),
        min_size=1,
        max_size=6,
    ),
    st.integers(1, 100_000),
    st.sampled_from(["USD", "JPY", "KWD", "IDR"]),
    st.integers(0, 30),
)
def test_lines_add_up_to_what_is_owed(
    stretches: list[tuple[int, int, int, HazardClass]], rate: int, currency: str, fee: int
) -> None:
    works = [
        work(
            Minutes(worked, pause, 0, owed),
            booking_id=uuid4(),
            hazard_class=hazard,
            rate=Money(rate, currency),
            fee_percent=Decimal(fee),
        )
        for worked, pause, owed, hazard in stretches
    ]
    drafted = lines.draft(works)
    money = total((d.price.money for d in drafted), currency)
    assert money == total((lines.owed(w) for w in works), currency)
    assert all(d.price.money.amount > 0 or d.price.seconds > 0 for d in drafted)
    assert all(d.payee != d.payer for d in drafted)


@given(st.integers(1, 720), st.data(), st.sampled_from(HazardClass), st.integers(1, 50_000))
def test_no_part_of_a_schedule_costs_more_than_its_hold(
    scheduled: int, data: st.DataObject, hazard: HazardClass, rate: int
) -> None:
    worked = data.draw(st.integers(0, scheduled))
    pay = Money(rate, "USD")
    hold = highest_cost(pay, scheduled, hazard_class=hazard, fee_percent=Decimal(5))
    assert lines.owed(work(Minutes(work=worked), rate=pay, hazard_class=hazard)) <= hold


def test_every_payee_has_an_account() -> None:
    priced = PriceInput(rate=usd("15.00"), work_minutes=60, margin=usd("1.00"))
    accounts = {line.payee: lines.payee_account(work(Minutes()), line) for line in lines.price(priced)}
    assert set(accounts) == set(Payee)


# --- payments -------------------------------------------------------------------------------------------------------


def test_every_status_of_a_payment_has_its_event() -> None:
    for kind in OpKind:
        assert set(OP_EVENTS[kind]) == set(OpStatus)
        assert all(event.startswith(f"{kind}.") for event in OP_EVENTS[kind].values())


def test_a_settled_payment_stays_settled() -> None:
    assert {status for status, after in OP_TRANSITIONS.items() if not after} == {OpStatus.REVERSED, OpStatus.REFUSED}
    assert OP_TRANSITIONS[OpStatus.DONE] == {OpStatus.REVERSED}, "a payout that is taken back, and nothing else"
    assert RUN_TRANSITIONS[RunStatus.PAID] == frozenset()


def test_the_key_is_the_payment_s_and_not_the_try_s() -> None:
    assert rules.idempotency_key(OpKind.PAYOUT, BOOKING) == f"payout:{BOOKING}:1"


@pytest.mark.parametrize(("tries", "seconds"), [(0, 30), (1, 30), (2, 60), (3, 120), (8, 3600), (500, 3600)])
def test_pauses_double_up_to_an_hour(tries: int, seconds: int) -> None:
    assert rules.next_try(tries, NOON) == NOON + timedelta(seconds=seconds)


def test_pauses_never_shrink() -> None:
    times = [rules.next_try(tries, NOON) for tries in range(40)]
    assert all(earlier <= later for earlier, later in pairwise(times))


def test_a_key_is_repeated_for_less_than_a_day() -> None:
    assert rules.may_repeat(None, NOON)
    assert rules.may_repeat(NOON - timedelta(hours=22, minutes=59), NOON)
    assert not rules.may_repeat(NOON - timedelta(hours=23), NOON)


def test_what_a_payment_books() -> None:
    """In: outside to the company. Out: first into flight, then outside, or back if it is refused."""
    ten = usd("10.00")
    received = rules.deposit_received(BOOKING, "sandbox", GIG, ten)
    assert [(m.source, m.destination) for m in received.moves] == [("rail:sandbox", f"company:{GIG}:available")]
    begun, done, back = (
        rules.payout_begun(BOOKING, ANA, ten),
        rules.payout_done(BOOKING, "sandbox", ANA, ten),
        rules.payout_returned(BOOKING, ANA, ten),
    )
    flight = f"contractor:{ANA}:in_flight"
    assert [(e.moves[0].source, e.moves[0].destination) for e in (begun, done, back)] == [
        (f"contractor:{ANA}:payable", flight),
        (flight, "rail:sandbox"),
        (flight, f"contractor:{ANA}:payable"),
    ]
    assert len({entry.cause for entry in (begun, done, back)}) == 3
