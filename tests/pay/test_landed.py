"""What arrived of a payout, beside what was promised."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.rules import OperatorRole
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.core.problems import Forbidden, NotFound
from marketplace.pay import payslips
from marketplace.pay.rails import landing, payments
from marketplace.pay.rules import LeverEffect
from marketplace.standards.rules import Quote
from tests.factories import accounts, pay, standards
from tests.factories.shifts import MONDAY
from tests.pay.books import everything_holds


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def test_what_arrived_stands_beside_what_was_promised(app: Flask) -> None:
    """Of 60.00 a rail that keeps a hundredth pays out 59.40: 0.60 less, on the payslip and over all payouts."""
    whole = pay.worked_and_approved()
    pay.paid()
    short = pay.worked_and_approved()
    pay.lever(LeverEffect.KEEP_FEE)
    pay.paid()
    told = []
    for booking in (whole, short):
        me = accounts.actor_of(booking.contractor_id)
        (payout,) = payslips.view(pay.payslip_of(booking.contractor_id).id, seen_by=me).payouts
        told.append((payout.money, payout.arrived, payout.rail_fee, payout.landed_less_promised, payout.executed_rate))
    assert told == [
        (usd("60.00"), usd("60.00"), usd("0"), usd("0"), None),
        (usd("60.00"), usd("59.40"), usd("0.60"), usd("-0.60"), None),
    ]
    (over_all,) = landing.together(pay.finance())
    assert (over_all.payouts, over_all.promised, over_all.arrived) == (2, usd("120.00"), usd("119.40"))
    assert (over_all.fee, over_all.by_rate, over_all.landed_less_promised) == (usd("0.60"), usd("0.00"), usd("-0.60"))
    everything_holds()


def test_a_lost_answer_still_tells_what_arrived(app: Flask) -> None:
    booking = pay.worked_and_approved()
    pay.lever(LeverEffect.LOSE_ANSWER)
    pay.paid()
    with transaction():
        clock.move_to(clock.now() + timedelta(minutes=1))
    payments.advance_ops()
    me = accounts.actor_of(booking.contractor_id)
    (payout,) = payslips.view(pay.payslip_of(booking.contractor_id).id, seen_by=me).payouts
    assert payout.arrived == usd("60.00")


def test_only_finance_sees_what_arrived_over_all(app: Flask) -> None:
    with pytest.raises(Forbidden):
        landing.together(accounts.operator(OperatorRole.VETTING))
    with pytest.raises(NotFound):
        landing.together(accounts.actor_of(accounts.person().id))


def test_what_arrived_in_another_currency_is_compared_at_the_reference_rate(app: Flask) -> None:
    """60.00 USD are 7,770.00 KES at 129.50, and 7,700.00 arrive: 70.00 less, all of it by the executed rate. Without a
    sourced rate nothing is compared."""
    booking = pay.worked_and_approved()
    pay.paid()
    me = accounts.actor_of(booking.contractor_id)
    slip_id = pay.payslip_of(booking.contractor_id).id
    (payout,) = payslips.view(slip_id, seen_by=me).payouts
    with transaction():
        payout.arrived_amount, payout.arrived_currency, payout.executed_rate = 770_000, "KES", Decimal("128.333333")
    unknown = payslips.view(slip_id, seen_by=me).landings[payout.id]
    assert (unknown.reference, unknown.landed_less_promised, unknown.by_rate) == (None, None, None)
    assert landing.together(pay.finance())[0].not_known == 1
    standards.rate("USD", "KES", "129.50", payout.created_at.date())
    known = payslips.view(slip_id, seen_by=me).landings[payout.id]
    assert (known.promised_there, known.landed_less_promised) == (kes("7770.00"), kes("-70.00"))
    assert (known.fee_there, known.by_rate, known.reference_rate) == (kes("0.00"), kes("-70.00"), "129.5")
    (over_all,) = landing.together(pay.finance())
    assert (over_all.promised, over_all.arrived, over_all.by_rate) == (usd("60.00"), usd("59.46"), usd("-0.54"))


@pytest.mark.parametrize(
    ("rate", "written"),
    [("16321.5", "16321.5"), ("0.0000612745", "0.0000612745"), ("1234567.8", "1234570"), ("100", "100")],
)
def test_a_reference_rate_is_written_as_people_read_it(rate: str, written: str) -> None:
    known = Quote("USD", "KES", Fraction(rate), MONDAY.date(), "test")
    there = landing.Landing(new_id(), usd("60.00"), known, None, usd("0"), None, kes("1.00"))
    assert there.reference_rate == written


def kes(amount: str) -> Money:
    return Money.of(amount, "KES")


LANDED = "GET /api/v1/payouts/landed"


@pytest.mark.door(LANDED, "works")
@pytest.mark.door(LANDED, "not_signed_in")
def test_the_door_of_what_landed(client: FlaskClient) -> None:
    pay.worked_and_approved()
    pay.paid()
    assert client.get("/api/v1/payouts/landed").status_code == 401
    answer = client.get("/api/v1/payouts/landed", headers=accounts.bearer(pay.finance()))
    (told,) = answer.json["items"]
    assert (told["payouts"], told["not_known"], told["landed_less_promised"]["amount"]) == (1, 0, "0.00")
