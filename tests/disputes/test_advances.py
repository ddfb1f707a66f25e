"""Small disputed sums are paid at once, and the ruling says who bears them."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from marketplace.accounts.rules import available_account
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.disputes import service
from marketplace.disputes.models import Dispute
from marketplace.disputes.rules import DisputeStatus, PaidAlready
from marketplace.gigs import funding
from marketplace.ledger import queries as books
from marketplace.pay.models import PayLine
from marketplace.shifts.timesheet_models import TimesheetCut
from marketplace.shifts.timesheet_rules import CutEnd
from marketplace.standards.line_kinds import LineKind, Payee
from tests.factories import accounts, shifts
from tests.factories import disputes as make
from tests.factories import pay as made
from tests.factories.shifts import MONDAY, Scene
from tests.pay.books import everything_holds
from tests.pay.test_top_ups import kansas_asks


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def claimed(scene: Scene, minutes: int = 60, **times: object) -> Dispute:
    """Four hours at 15.00 of which so many minutes were cut; the rest is paid, and the cut is disputed."""
    cut = make.worked_and_cut(scene, minutes, **times)
    made.paid()
    return make.claimed(cut)


def advanced() -> int:
    with transaction():
        return service.advance_small(10)


def pay_of(dispute: Dispute) -> Money:
    """What the person was paid for the booking altogether."""
    own = (PayLine.booking_id == dispute.booking_id, PayLine.payee_kind == Payee.CONTRACTOR)
    return Money(int(db.session.scalar(select(func.sum(PayLine.amount)).where(*own)) or 0), "USD")


def test_a_small_sum_is_paid_at_once_and_a_lost_dispute_costs_the_service(scene: Scene) -> None:
    """60 of 240 minutes are cut: the hour's 15.00 are paid before a ruling. The ruling restores 20 minutes: the person
    keeps 60.00, and the company gets back what 40 minutes cost it, 67.40 less 56.17, out of the service's pocket."""
    dispute = claimed(scene)
    assert (advanced(), advanced()) == (1, 0)
    everything_holds()
    made.paid()
    assert pay_of(dispute) == usd("60.00")
    account = available_account(scene.company_id)
    before = books.balance(account, "USD")
    ruled = make.ruled(dispute, 20)
    cut = db.session.get_one(TimesheetCut, dispute.id)
    assert (ruled.status, ruled.restored_minutes, cut.restored_minutes) == (DisputeStatus.RULED, 20, 60)
    assert cut.ended_because is CutEnd.RULED
    assert books.balance(funding.GUARANTEE, "USD") == usd("-11.23")
    assert books.balance(account, "USD") == before + usd("11.23") - usd("3.75")
    made.paid()
    assert pay_of(dispute) == usd("60.00")
    everything_holds()


def test_the_service_bears_the_top_up_of_a_lost_dispute_too(scene: Scene) -> None:
    """The floor rose to 16.00: the hour cost 16.00, health of 0.64 and the fee of 1.25. That all comes back. What the
    floor added to the three hours that were paid before is owed whatever the ruling says, and does not."""
    dispute = claimed(scene)
    kansas_asks("16.00", MONDAY.date())
    advanced()
    made.paid()
    lines = db.session.scalars(select(PayLine).where(PayLine.cut_id == dispute.id)).all()
    assert LineKind.TOP_UP in {line.kind for line in lines}
    make.ruled(dispute, 0)
    assert books.balance(funding.GUARANTEE, "USD") == usd("-17.89")
    everything_holds()


def test_a_won_dispute_costs_the_service_nothing(scene: Scene) -> None:
    dispute = claimed(scene)
    advanced()
    make.ruled(dispute, 60)
    made.paid()
    assert pay_of(dispute) == usd("60.00")
    assert books.balance(funding.GUARANTEE, "USD") == usd("0")
    everything_holds()


def test_silence_after_an_advance_changes_nothing(scene: Scene) -> None:
    dispute = claimed(scene)
    advanced()
    made.paid()
    with transaction():
        clock.move_to(dispute.rule_by, still=True)
        assert service.restore_unruled() == 1
    made.paid()
    assert (dispute.status, pay_of(dispute)) == (DisputeStatus.DEFAULTED, usd("60.00"))
    everything_holds()


def test_what_was_paid_at_once_is_not_withdrawn(scene: Scene) -> None:
    dispute = claimed(scene)
    advanced()
    with pytest.raises(PaidAlready), transaction():
        service.withdraw(dispute.id, by=accounts.actor_of(dispute.contractor_id))


def test_a_large_sum_waits_for_its_ruling(scene: Scene) -> None:
    claimed(scene, minutes=121)
    assert advanced() == 0
    claimed(scene, minutes=120, starts_at=MONDAY + timedelta(days=1))
    assert advanced() == 1


def test_three_times_in_thirty_days(scene: Scene) -> None:
    with transaction():
        ana = shifts.contracted(scene)
    for day in range(4):
        claimed(scene, person=ana, starts_at=MONDAY + timedelta(days=day))
    assert sum(advanced() for _ in range(5)) == 3
