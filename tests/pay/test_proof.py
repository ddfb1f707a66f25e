"""Every check of the proof holds on honest books, and is broken by the fault that it is there for."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select, text, update

from marketplace.contracts import cash_out
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.gigs.models import GigFunding
from marketplace.gigs.rules import FundingKind
from marketplace.ledger import service as ledger
from marketplace.ledger.models import JournalEntry, LedgerAccount, Posting
from marketplace.ledger.rules import Entry, Move
from marketplace.pay import proof
from marketplace.pay.models import PaymentOp, Payslip, SandboxCall
from marketplace.pay.rules import OpKind, OpStatus
from marketplace.pay.seals import sealing
from marketplace.qualifications import attempts
from marketplace.shifts import guarantees
from marketplace.shifts.models import Booking
from tests.conftest import again, kept
from tests.factories import accounts, qualifications, shifts, workforce
from tests.factories import pay as made
from tests.factories.shifts import MONDAY


def _paid() -> Booking:
    """One booking that is paid, with health money that is asked for, beside it one that is worked and waits, and
    somebody who is in the middle of a test, and somebody whose contract guarantees hours."""
    with transaction():
        scene = shifts.scene()
        hours = shifts.TERMS["hours"] | {"min_guaranteed": 10}
        begins = {"effective_from": MONDAY.date().isoformat()}
        shifts.contract_with(scene, workforce.contractor(), shifts.TERMS | {"hours": hours} | begins)
    made.deposited(scene.company_id, Money(1000, "USD"))
    paid = made.worked_and_approved(scene)
    made.bonus(paid, "5.00")
    with transaction():
        shifts.worked(scene, starts_at=MONDAY + timedelta(days=1))
        test = qualifications.company_test()
        attempts.start(test.id, by=accounts.actor_of(paid.contractor_id))
    made.paid()
    with transaction():
        cash_out.ask("health-stipend", by=accounts.actor_of(paid.contractor_id))
    return paid


@pytest.fixture(scope="module")
def _booking(ground: None) -> Booking:
    return kept(_paid)


@pytest.fixture
def booking(_booking: Booking, app: Flask) -> Booking:
    return again(_booking)


def broken() -> set[str]:
    return {check.name for check in proof.prove() if not check.holds}


def test_honest_books_hold_and_every_check_looked_at_something(booking: Booking) -> None:
    with transaction():
        shifts.at(MONDAY + timedelta(days=10))
        guarantees.reckon_due()
        sealing.seal_due()
    checks = proof.prove()
    assert broken() == set()
    assert [check.name for check in checks if check.examined == 0] == []
    assert len({check.name for check in checks}) == len(checks) == 16


def _waiting(booking: Booking) -> Booking:
    return db.session.scalars(select(Booking).where(Booking.id != booking.id)).one()


def spend_a_hold(booking: Booking) -> None:
    """Somebody takes the money that a worked booking needs."""
    waiting = _waiting(booking)
    back = Move(waiting.hold_account, f"gig:{waiting.gig_id}:hold", Money(1, "USD"))
    ledger.post(Entry("test:spend", [back]))


def edit_a_balance(_booking: Booking) -> None:
    changed = update(LedgerAccount).where(LedgerAccount.name.like("benefit:%:health"))
    db.session.execute(changed.values(balance=LedgerAccount.balance + 1))


def take_health_money(booking: Booking) -> None:
    """A posting takes money out of a benefit, and the benefit ledger says nothing of it."""
    move = Move(f"benefit:{booking.contractor_id}:health", "platform:fees", Money(1, "USD"))
    ledger.post(Entry("test:health", [move]))


def lose_a_funding(booking: Booking) -> None:
    """The gig's own record says more than the books."""
    entry = db.session.scalars(select(JournalEntry.id).limit(1)).one()
    row = {"gig_id": booking.gig_id, "company_id": booking.company_id, "kind": FundingKind.FUNDED, "amount": 100}
    db.session.add(GigFunding(**row, currency="USD", at=clock.now(), entry_id=entry))
    db.session.flush()


def spend_a_hold_of_a_test(_booking: Booking) -> None:
    """Somebody takes the money that an attempt needs, and another test has it."""
    hold = select(LedgerAccount.name).where(LedgerAccount.name.like("attempt:%:hold"))
    move = Move(db.session.scalars(hold).one(), "platform:fees", Money(644, "USD"))
    ledger.post(Entry("test:spend", [move]))


def add_to_a_payslip(_booking: Booking) -> None:
    """A posting slips into a payslip's entry."""
    entry = db.session.scalars(select(JournalEntry.id).where(JournalEntry.cause.like("payslip:%"))).one()
    ids = {row.name: row.id for row in db.session.execute(select(LedgerAccount.name, LedgerAccount.id))}
    source, destination = ids["rail:sandbox"], ids["platform:fees"]
    db.session.execute(
        insert(Posting),
        [{"entry_id": entry, "source_id": source, "destination_id": destination, "amount": 5, "currency": "USD"}],
    )


def tell_of_leave_that_is_not_there(_booking: Booking) -> None:
    """A line of a payslip without its entry in the benefit ledger."""
    fresh = "jsonb_build_object('id', gen_random_uuid(), 'cause', 'test', 'amount', 0)"
    db.session.execute(
        text(
            f"INSERT INTO pay_line SELECT (jsonb_populate_record(line, {fresh})).*"
            " FROM pay_line line WHERE kind = 'sick_accrual'"
        )
    )


def pay_a_person_twice(booking: Booking) -> None:
    """Money leaves a person's account that no payout accounts for: it would be paid again."""
    move = Move("platform:fees", f"contractor:{booking.contractor_id}:payable", Money(6000, "USD"))
    ledger.post(Entry("test:twice", [move]))


def lose_withheld_tax(booking: Booking) -> None:
    """Something is held for a tax office that was withheld from nobody."""
    move = Move("platform:fees", f"tax:{booking.company_id}:ID", Money(1, "USD"))
    ledger.post(Entry("test:tax", [move]))


def withhold_without_a_line(_booking: Booking) -> None:
    """A payslip says that something was withheld, and nothing says by which law; the person is owed it all the same."""
    db.session.execute(update(Payslip).values(withheld_amount=100))


def do_what_nobody_ordered(_booking: Booking) -> None:
    call = {"key": "payout:stray:1", "order_sha256": "", "kind": OpKind.PAYOUT, "amount": 6000, "currency": "USD"}
    db.session.add(SandboxCall(**call, at=clock.now(), external_id="sbx_stray"))
    db.session.flush()


def say_done_without_asking(booking: Booking) -> None:
    """A payment is called done, and the rail has never heard of it."""
    op = db.session.scalars(select(PaymentOp).where(PaymentOp.kind == OpKind.DEPOSIT)).one()
    copy = {name: getattr(op, name) for name in ("kind", "company_id", "rail", "amount", "currency", "params")}
    now = clock.now()
    fresh: dict[str, Any] = {"idempotency_key": "deposit:never:1", "external_id": "sbx_never", "status": OpStatus.DONE}
    db.session.add(PaymentOp(**copy, **fresh, created_at=now, next_try_at=now))
    db.session.flush()


@pytest.mark.parametrize(
    ("fault", "names"),
    [
        (spend_a_hold, {"held_covers_owed"}),
        (edit_a_balance, {"balances_are_sums", "benefits_equal_accruals"}),
        (take_health_money, {"benefits_equal_accruals"}),
        (lose_a_funding, {"gigs_add_up"}),
        (spend_a_hold_of_a_test, {"held_covers_owed", "tests_add_up"}),
        (add_to_a_payslip, {"payslips_equal_postings"}),
        (tell_of_leave_that_is_not_there, {"benefits_equal_accruals"}),
        (pay_a_person_twice, {"nobody_is_paid_twice"}),
        (lose_withheld_tax, {"taxes_add_up"}),
        (withhold_without_a_line, {"taxes_add_up", "nobody_is_paid_twice"}),
        (do_what_nobody_ordered, {"rails_agree"}),
        (say_done_without_asking, {"rails_agree"}),
    ],
)
def test_every_fault_is_found(booking: Booking, fault: Callable[[Booking], None], names: set[str]) -> None:
    fault(booking)
    assert broken() == names


def test_the_proof_is_for_finance(booking: Booking) -> None:
    assert {check.name for check in proof.prove_to(made.finance())} == {check.name for check in proof.prove()}
    with pytest.raises(NotFound):
        proof.prove_to(accounts.owner_of(booking.company_id))
