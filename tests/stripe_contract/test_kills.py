"""kill -9 at every step: of a pay run, to the moment when everybody has their pay, and of an invoice that is sent."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.http import SetaraFlask
from marketplace.ledger.models import LedgerAccount
from marketplace.pay import deposit_invoices
from marketplace.pay.models import PayRun
from marketplace.pay.rails import known as known_rails
from marketplace.pay.rails import payments
from marketplace.pay.rules import OpStatus, RunStatus
from marketplace.pay.runs import service as runs
from marketplace.pay.runs.lines import DraftLine
from marketplace.pay.runs.reasons import Work
from marketplace.workforce.models import Contractor
from tests.conftest import Database
from tests.factories import accounts, disputes, shifts
from tests.factories import pay as made
from tests.factories.shifts import MONDAY
from tests.pay.books import everything, everything_holds
from tests.stripe_contract import paying
from tests.stripe_contract.killing import ground
from tests.stripe_contract.paying import Forgetful, later, until_known, usd
from tests.stripe_contract.server import Standin

pytestmark = pytest.mark.truncating


@pytest.fixture
def at_stripe(apart_app: SetaraFlask, standin: Standin) -> Iterator[SetaraFlask]:
    """Commits are real, and business time stands still."""
    with apart_app.app_context(), paying.on_stripe(apart_app, standin):
        with transaction():
            clock.move_to(shifts.WEDNESDAY, still=True)
        yield apart_app


@pytest.fixture
def run_id(at_stripe: SetaraFlask, standin: Standin) -> UUID:
    """A run that is to pay two people at Stripe: 15.00 USD for an hour that a ruling has restored, and 45.00 for a
    shift of which an hour was cut."""
    standin.world.top_up(100_000)
    with transaction():
        scene = shifts.scene()
        people = [shifts.contracted(scene).id for _ in range(2)]
        for each in people:
            paying.reached(each, paying.opened(standin.world))
    for day, person in zip((2, 4), people, strict=True):
        with transaction():
            booking = shifts.worked(scene, db.session.get_one(Contractor, person), starts_at=MONDAY + timedelta(day))
        cut = disputes.cut(scene, booking)
        if day == 2:
            made.paid()
            disputes.ruled(disputes.claimed(cut))
    return made.started().id


def to_the_end(run_id: UUID) -> None:
    runs.finish_run(run_id)
    payments.advance_ops()
    runs.finish_run(run_id)


def paid(standin: Standin) -> list[tuple[str, int]]:
    return sorted((each["destination"], each["amount"]) for each in standin.world.all("transfer"))


def in_flight() -> list[str]:
    named = select(LedgerAccount.name).where(LedgerAccount.name.like("%:in_flight"), LedgerAccount.balance != 0)
    return list(db.session.scalars(named))


def test_a_pay_run_killed_at_any_step_pays_everybody_once(
    run_id: UUID, standin: Standin, apart: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken up again minutes later, the books, the payslips and Stripe are those of a run that nobody has killed. The
    timesheet of a third person, which cannot be reckoned, is set aside once."""
    third, reckon = made.worked_and_approved(starts_at=MONDAY + timedelta(5)).id, runs.draft

    def draft(works: Sequence[Work], *more: Any) -> list[DraftLine]:
        assert third not in {work.booking_id for work in works}
        return reckon(works, *more)

    monkeypatch.setattr(runs, "draft", draft)
    with ground(apart, standin) as before:
        to_the_end(run_id)
        expected, transfers = everything(), paid(standin)
        assert [amount for _, amount in transfers] == [1500, 4500, 4500]

        def is_right() -> None:
            later(timedelta(minutes=10))
            to_the_end(run_id)
            assert db.session.get_one(PayRun, run_id).status is RunStatus.PAID
            assert len(db.session.scalars(select(PayRun).where(PayRun.parted_from_id == run_id)).all()) == 1
            assert (paid(standin), in_flight()) == (transfers, [])
            assert everything() == expected
            everything_holds()

        is_right()
        before.again()
        steps, states = before.killed_at_every_step(lambda: to_the_end(run_id), is_right)
    assert steps.count("before post /v1/transfers") == steps.count("after post /v1/transfers") == 2
    assert len(steps) > 50, "they are really counted"
    assert states == 11, (
        "none; one set aside; four parts of the run; payouts claimed; each of two sent; both written down; the end"
    )


def test_a_run_that_forgets_its_keys_when_it_is_killed_pays_twice(
    run_id: UUID, standin: Standin, apart: Database, at_stripe: SetaraFlask
) -> None:
    """The test above can fail: it does, with a key for each attempt."""
    rail = known_rails.stripe()
    at_stripe.extensions["setara_stripe_rail"] = Forgetful(rail.client, home="https://setara.example", live=False)
    with ground(apart, standin) as before:
        steps = before.steps(lambda: to_the_end(run_id))
        before.again()
        first = next(place for place, step in enumerate(steps, 1) if step.startswith("after post"))
        before.kill(lambda: to_the_end(run_id), first)
        later(timedelta(minutes=10))
        to_the_end(run_id)
    assert len(paid(standin)) == 4


def test_an_invoice_killed_at_any_step_is_sent_once(at_stripe: SetaraFlask, standin: Standin, apart: Database) -> None:
    with transaction():
        lab = accounts.company().id
        asked = deposit_invoices.ask(lab, usd("10.00"), 30, "PO-7", by=accounts.owner_of(lab))
        op_id = asked.deposit.id

    def is_right() -> None:
        later(timedelta(minutes=10))
        assert until_known(op_id) is OpStatus.WAITING
        (sent,) = standin.world.all("invoice")
        assert (len(standin.world.all("customer")), len(sent["lines"]["data"]), len(sent["_sent"])) == (1, 1, 1)

    with ground(apart, standin) as before:
        steps, states = before.killed_at_every_step(payments.advance_ops, is_right)
    assert len([step for step in steps if step.startswith("before post")]) == 7
    # Asked; claimed; a customer begun, made, known; five of the invoice, whose day is the machine's; written down.
    assert states >= 11
