"""What arrived of a payout, beside what was promised."""

from datetime import timedelta

import pytest
from flask import Flask

from marketplace.accounts.rules import OperatorRole
from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.money import Money
from marketplace.core.problems import Forbidden, NotFound
from marketplace.pay import payments, payslips, queries
from marketplace.pay.rules import LeverEffect
from tests.factories import accounts, pay
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
    (over_all,) = queries.landed(pay.finance())
    assert (over_all.payouts, over_all.promised, over_all.arrived) == (2, usd("120.00"), usd("119.40"))
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
        queries.landed(accounts.operator(OperatorRole.VETTING))
    with pytest.raises(NotFound):
        queries.landed(accounts.actor_of(accounts.person().id))
