"""What should not come, and comes: each has one clear outcome, and nobody's pay is guessed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.core.money import Money
from marketplace.gigs import service as gigs
from marketplace.ledger import queries as books
from marketplace.pay import payslips, service
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import landing, payments
from marketplace.pay.rules import LeverEffect, OpKind, OpStatus, RunStatus, payable
from marketplace.pay.runs import service as runs
from marketplace.shifts import attendance
from marketplace.standards.line_kinds import LineKind
from marketplace.standards.rates import BadPrice, PriceInput, price
from tests.factories import accounts, shifts
from tests.factories import pay as made
from tests.factories.shifts import MONDAY, Scene
from tests.pay.books import everything_holds

ROOT = Path(__file__).resolve().parents[2]
ENTRY = (
    "INSERT INTO time_entry (id, booking_id, contractor_id, kind, started_at, ended_at, source, flags) SELECT"
    " gen_random_uuid(), booking_id, contractor_id, kind, started_at + make_interval(mins => :since),"
    " started_at + make_interval(mins => :until), source, flags FROM time_entry"
)


def payout_of(person_id: UUID) -> PaymentOp:
    mine = select(PaymentOp).where(PaymentOp.contractor_id == person_id, PaymentOp.kind == OpKind.PAYOUT)
    return db.session.scalars(mine).one()


@pytest.mark.parametrize(
    ("since", "until", "wall"), [(300, 290, "ends_after_start"), (239, 300, "one_clock"), (10, 20, "one_clock")]
)
def test_no_clock_runs_backwards_or_twice(scene: Scene, since: int, until: int, wall: str) -> None:
    """Ana's four hours are on her clock: none of them is there again, and none counts less than nothing."""
    made.worked_and_approved(scene)
    with pytest.raises(IntegrityError, match=wall), db.session.begin_nested():
        db.session.execute(text(ENTRY), {"since": since, "until": until})


def test_minutes_below_zero_have_no_price() -> None:
    with pytest.raises(BadPrice) as refused:
        PriceInput(rate=Money(1500, "USD"), work_minutes=-1)
    assert refused.value.field == "minutes"


@pytest.mark.parametrize(
    ("rate", "worth"),
    [
        (Money.of("1501", "JPY"), ["6004", "200", "240", "300"]),
        (Money.of("4.617", "KWD"), ["18.468", "0.616", "0.739", "0.923"]),
    ],
)
def test_each_currency_is_rounded_to_its_own_smallest_unit(rate: Money, worth: list[str]) -> None:
    """Four hours: wages, 8 minutes of sick leave, 4 percent for health, 5 percent fee. A yen has no smaller unit; a
    Kuwaiti dinar has a thousand of them, and 4 percent of 18.468 is 0.73872."""
    lines = price(PriceInput(rate=rate, work_minutes=240))
    assert [line.kind for line in lines] == [
        LineKind.WAGES, LineKind.SICK_ACCRUAL, LineKind.HEALTH_CONTRIBUTION, LineKind.PLATFORM_FEE
    ]  # fmt: skip
    assert [str(line.money.decimal) for line in lines] == worth


def test_a_rate_that_rises_in_mid_shift_leaves_the_shift_at_what_was_agreed(scene: Scene) -> None:
    """Agreed at 15.00, raised to 16.50 after two hours: the four hours are 60.00, and the next shift is 66.00."""
    with transaction():
        booking = shifts.booked(scene)
        ana = booking.contractor_id
        me = accounts.actor_of(ana)
        shifts.at(booking.starts_at)
        attendance.clock_in(booking.id, by=me)
        shifts.at(booking.starts_at + timedelta(hours=2))
        shifts.more_money(scene, Money.of("500.00", "USD"))
        gigs.raise_rate(scene.gig.id, Money.of("16.50", "USD"), by=scene.company)
        shifts.at(booking.ends_at)
        attendance.clock_out(booking.id, by=me)
        made.approved(scene, booking)
    made.paid()
    assert made.payslip_of(ana).net == Money.of("60.00", "USD")
    later = made.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=2))
    made.paid()
    assert made.payslip_of(later.contractor_id).net == Money.of("66.00", "USD")
    everything_holds()


def test_an_account_restricted_between_compute_and_pay_keeps_the_pay_and_is_its_persons_to_mend(scene: Scene) -> None:
    """As at Stripe: 60.00 stay Ana's, she is told what to look at, the company is asked for nothing, and paid again it
    goes out."""
    ana = made.worked_and_approved(scene).contractor_id
    made.lever(LeverEffect.RESTRICT)
    run = made.paid()
    op = payout_of(ana)
    assert (op.status, op.refusal_code, op.who_can_fix) == (
        OpStatus.REFUSED, "insufficient_capabilities_for_transfer", "contractor"
    )  # fmt: skip
    assert (books.balance(payable(ana), "USD"), run.status) == (Money.of("60.00", "USD"), RunStatus.PAYING)
    with transaction():
        service.retry_payout(op.id, by=accounts.actor_of(ana))
    payments.advance_ops()
    assert runs.finish_run(run.id) is RunStatus.PAID
    everything_holds()


def test_a_payout_that_fails_after_it_was_done_is_told_and_can_be_paid_again(scene: Scene) -> None:
    """As at Stripe: it lies in Ana's account at the rail, both sides hear of it, and an operator may take it back."""
    ana = made.worked_and_approved(scene).contractor_id
    made.lever(LeverEffect.FAIL_LATER)
    made.paid()
    op = payout_of(ana)
    assert (op.status, op.arrived) == (OpStatus.DONE, Money.of("60.00", "USD"))
    with transaction():
        assert (landing.look_at_sandbox(), landing.look_at_sandbox()) == (1, 0)
    assert (op.status, op.arrived) == (OpStatus.DONE, None)
    bounced = db.session.scalars(select(Event).where(Event.name == "payout.bounced")).one()
    assert (bounced.ref("contractor"), bounced.data["amount"]) == (ana, "60.00")
    with transaction():
        service.take_back(op.id, "Her bank has closed the account.", by=made.finance())
    payments.advance_ops()
    assert books.balance(payable(ana), "USD") == Money.of("60.00", "USD")
    everything_holds()


@pytest.mark.parametrize("midnight", [datetime(2027, 3, 14, 6, tzinfo=UTC), datetime(2027, 11, 7, 5, tzinfo=UTC)])
def test_a_night_in_which_the_clock_changes_is_paid_for_the_hours_that_it_had(scene: Scene, midnight: datetime) -> None:
    """Four hours from midnight in Kansas: the clock says 5:00 after them in March and 3:00 in November. Both nights are
    60.00 and 6.00 for the night, in a month of 743 hours as in one of 721."""
    with transaction():
        clock.move_to(midnight - timedelta(days=3))
    ana = made.worked_and_approved(scene, starts_at=midnight).contractor_id
    made.paid()
    assert made.payslip_of(ana).net == Money.of("66.00", "USD")
    everything_holds()


def test_a_payslip_in_a_currency_without_a_rate_says_so_and_owes_what_was_agreed(scene: Scene) -> None:
    """Nobody has entered a rate of the Kenyan shilling: the payslip is in dollars, and says why nothing else is."""
    booking = made.worked_and_approved(scene)
    made.paid()
    slip = made.payslip_of(booking.contractor_id)
    seen = payslips.view(slip.id, currency="KES", seen_by=accounts.actor_of(booking.contractor_id))
    assert (seen.exchange, seen.net_there) == (None, None)
    assert seen.no_rate is not None
    assert "KES" in seen.no_rate
    assert seen.payslip.net == Money.of("60.00", "USD")


HERE, STRIPE = "tests/pay/test_bad_input.py", "tests/stripe_contract"
OUTCOMES = {
    "negative minutes": (
        "worker: no such time is entered, and none has a price; company: nothing is charged; operator: a refusal",
        f"{HERE}::test_no_clock_runs_backwards_or_twice {HERE}::test_minutes_below_zero_have_no_price",
    ),
    "overlapping entries": (
        "worker: an hour counts once; company: it is charged once; operator: the table refuses a second",
        f"{HERE}::test_no_clock_runs_backwards_or_twice tests/shifts/test_corrections.py::test_nobody_is_on_two_clocks",
    ),
    "a currency without a rate on the day": (
        "worker: owed what was agreed, and told why; company: charged as agreed; operator: a conflict names the pair",
        (
            f"{HERE}::test_a_payslip_in_a_currency_without_a_rate_says_so_and_owes_what_was_agreed "
            "tests/standards/test_routes.py::test_a_day_without_a_rate_is_a_conflict"
        ),
    ),
    "zero- and three-decimal currencies": (
        "worker and company: each line to the currency's own smallest unit; operator: no rail is asked in vain",
        (
            f"{HERE}::test_each_currency_is_rounded_to_its_own_smallest_unit "
            f"{STRIPE}/test_deposits.py::test_what_stripe_does_not_carry_is_not_begun"
        ),
    ),
    "a rate change in mid-shift": (
        "worker: the shift at what was agreed, the next one higher; company: likewise; operator: the books hold",
        f"{HERE}::test_a_rate_that_rises_in_mid_shift_leaves_the_shift_at_what_was_agreed",
    ),
    "a month with a clock change": (
        "worker: the hours that the night had; company: charged for those; operator: the books hold",
        f"{HERE}::test_a_night_in_which_the_clock_changes_is_paid_for_the_hours_that_it_had",
    ),
    "a refund above the charge": (
        "worker: what is set aside for work stays; company: told what is left; operator: nothing has moved",
        (
            f"{STRIPE}/test_deposits.py::test_what_is_not_needed_goes_back_once "
            f"{STRIPE}/test_deposits.py::test_what_is_set_aside_does_not_go_back"
        ),
    ),
    "a chargeback after payout": (
        "worker: keeps the pay; company: reads it, answers it or owes it; operator: sees what the bank holds",
        (
            "tests/pay/test_chargebacks.py::test_what_workers_were_paid_stays_theirs "
            "tests/pay/test_chargebacks.py::test_a_company_reads_its_chargeback_and_answers "
            "tests/pay/test_chargebacks.py::test_what_the_bank_has_the_service_does_not_send_back_as_well"
        ),
    ),
    "an account restricted between compute and pay": (
        "worker: told what to mend, and the pay is kept; company: charged once; operator: the run stays open",
        (
            f"{HERE}::test_an_account_restricted_between_compute_and_pay_keeps_the_pay_and_is_its_persons_to_mend "
            f"{STRIPE}/test_getting_through.py::test_an_account_restricted_between_compute_and_pay"
        ),
    ),
    "a country without a rail": (
        "worker: told that it waits and is theirs; company: told before it publishes; operator: sees what waits",
        (
            f"{STRIPE}/test_doors.py::test_who_lives_where_stripe_does_not_pay_is_told_so "
            "tests/standards/test_routes.py::test_a_company_reads_which_of_its_places_no_rail_pays "
            "tests/web/test_operator.py::test_the_desk_sees_whose_country_no_rail_reaches_and_what_they_earned "
            f"{STRIPE}/test_faults.py::"
            "test_a_payout_to_a_country_without_a_rail_waits_and_its_person_is_not_told_to_mend_it"
        ),
    ),
}
"""What becomes of each case for whoever works, pays and runs the service, and the tests that hold it."""


@pytest.mark.parametrize("case", OUTCOMES)
def test_each_case_is_held_by_tests_that_exist(case: str) -> None:
    outcome, tests = OUTCOMES[case]
    assert all(who in outcome for who in ("worker", "company", "operator"))
    for test in tests.split():
        file, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")
