"""The sums of a year beside a payslip, and the accounts as they stood after it."""

from datetime import timedelta

from flask import Flask

from marketplace.core import clock
from marketplace.core.db import transaction
from marketplace.core.money import Money
from marketplace.pay import payslips, pieces, to_date
from tests.factories import accounts, shifts
from tests.factories import pay as made
from tests.factories.shifts import MONDAY


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def test_a_payslip_counts_its_year_up_to_itself_and_no_further(app: Flask) -> None:
    """Four hours at 15.00 USD in one week and in the next: 60.00, then 120.00; the first still says 60.00. Two seconds
    of leave for each minute: 8 minutes, then 16."""
    with transaction():
        scene = shifts.scene()
        ana = shifts.contracted(scene)
    slips = []
    for week in range(2):
        made.worked_and_approved(scene, person=ana, starts_at=MONDAY + timedelta(days=7 * week))
        made.paid()
        slips.append(made.payslip_of(ana.id))
    sums = [to_date.year_to_date(slip) for slip in slips]
    told = [(each.payslips, each.net, each.paid_seconds, each.leave_earned, each.leave_taken) for each in sums]
    assert told == [(1, usd("60.00"), 14400, 480, 0), (2, usd("120.00"), 28800, 960, 0)]
    assert {each.year for each in sums} == {clock.now().year}
    # What the first payslip owed was paid out before the second, and is not taken off what stood after it.
    after = [dict(to_date.balances_after(slip)) for slip in slips]
    assert [each[f"contractor:{ana.id}:payable"] for each in after] == [usd("60.00"), usd("60.00")]
    assert [each[f"benefit:{ana.id}:health"] for each in after] == [usd("2.40"), usd("4.80")]
    view = payslips.view(slips[0].id, seen_by=accounts.actor_of(ana.id))
    (piece,) = pieces.pieces(view)
    assert [str(each.line.kind) for each in piece.lines][:1] == ["wages"]
    assert sum(((e.ended_at or e.started_at) - e.started_at for e in piece.clock), timedelta()) == timedelta(hours=4)
