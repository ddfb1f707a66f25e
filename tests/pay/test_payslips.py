"""What a payslip says, and who reads it."""

from datetime import date
from fractions import Fraction

import pytest
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.pay import payslips, queries
from marketplace.pay.models import PayRun
from marketplace.pay.rules import OpStatus, RunStatus
from marketplace.pay.runs import service as runs
from tests.factories import accounts
from tests.factories import pay as made
from tests.factories.shifts import Scene

FAR = date(2027, 12, 31)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def test_fifteen_dollars_are_221246_rupiah_on_10_may_2023(scene: Scene) -> None:
    """The pay date decides the rate, whenever the work was. ECB: 15.00 USD = 221,246.30 IDR, shown as Rp 221,246."""
    booking = made.worked_and_approved(scene)
    with transaction():
        clock.move_to(clock.now().replace(year=2023, month=5, day=10, hour=12))
    made.paid(through=FAR)
    slip = made.payslip_of(booking.contractor_id)
    assert slip.pay_date == date(2023, 5, 10)
    seen = payslips.view(slip.id, currency="IDR", seen_by=accounts.actor_of(booking.contractor_id))
    wages = seen.lines[0]
    assert (wages.line.rate, wages.rate_there) == (usd("15.00"), Money.of("221246.30", "IDR"))
    assert wages.rate_there is not None
    assert wages.rate_there.format("en", whole=True) == "IDR\xa0221,246"
    assert seen.net_there == Money.of("884985.21", "IDR")
    assert seen.exchange is not None
    assert (seen.exchange.quoted_on, seen.no_rate) == (date(2023, 5, 10), None)
    assert "European Central Bank" in seen.exchange.source
    assert round(seen.exchange.rate, 4) == Fraction("14749.7534")
    assert (seen.rail, seen.moves_real_money, seen.notice) == ("sandbox", False, "Sandbox: no money moves.")


def test_without_a_sourced_rate_it_says_so(scene: Scene) -> None:
    booking = made.worked_and_approved(scene)
    made.paid()
    me = accounts.actor_of(booking.contractor_id)
    seen = payslips.view(made.payslip_of(booking.contractor_id).id, currency="KES", seen_by=me)
    assert seen.no_rate is not None
    assert "no sourced" in seen.no_rate
    assert (seen.exchange, seen.net_there, seen.lines[0].money_there) == (None, None, None)
    assert seen.payslip.net == usd("60.00")


def test_the_balances_stand_on_the_payslip(scene: Scene) -> None:
    booking = made.worked_and_approved(scene)
    made.paid()
    ana = booking.contractor_id
    seen = payslips.view(made.payslip_of(ana).id, seen_by=accounts.actor_of(ana))
    assert {(b.account.split(":", 2)[2], str(b.money), b.seconds) for b in seen.balances} == {
        ("payable", "0.00 USD", None),
        ("in_flight", "0.00 USD", None),
        ("sick_leave", "2.00 USD", 480),
        ("health", "2.40 USD", None),
    }
    assert [op.status for op in seen.payouts] == [OpStatus.DONE]


def test_a_payslip_is_its_person_s_and_finance_s(scene: Scene) -> None:
    booking = made.worked_and_approved(scene)
    made.paid()
    slip = made.payslip_of(booking.contractor_id)
    assert payslips.view(slip.id, seen_by=made.finance()).payslip.id == slip.id
    for stranger in (scene.company, accounts.actor_of(accounts.person())):
        with pytest.raises(NotFound):
            payslips.view(slip.id, seen_by=stranger)


def test_a_payslip_that_is_not_booked_is_not_shown(scene: Scene) -> None:
    booking = made.worked_and_approved(scene)
    run = made.started()
    while db.session.scalars(select(PayRun.status).where(PayRun.id == run.id)).one() is not RunStatus.FROZEN:
        runs.advance_run(run.id)
    slip = made.payslip_of(booking.contractor_id)
    with pytest.raises(NotFound):
        queries.payslip(slip.id, seen_by=accounts.actor_of(booking.contractor_id))
