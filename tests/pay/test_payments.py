"""A payment has one effect outside and one entry in the books, whatever is lost or dies on the way."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from marketplace.accounts.rules import Actor, CompanyRole, OperatorRole
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import timeline
from marketplace.core.money import Money
from marketplace.core.problems import Forbidden, NotFound
from marketplace.ledger import queries as books
from marketplace.ledger import rules as ledger_rules
from marketplace.ledger import service as ledger
from marketplace.pay import queries, service
from marketplace.pay.models import PaymentOp, SandboxCall
from marketplace.pay.rails import payments, switching
from marketplace.pay.rails.rail import Done, Order, Refused, Result
from marketplace.pay.rails.sandbox import SandboxRail
from marketplace.pay.rules import KEY_LIVES, STALE_AFTER, LeverEffect, NotADeposit, OpKind, OpStatus
from tests.factories import accounts
from tests.factories import pay as made
from tests.pay.books import everything_holds

TEN = Money.of("10.00", "USD")
NO = Refused("declined", "The bank says no.", "company")


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


@pytest.fixture
def lab(app: Flask) -> UUID:
    return accounts.company().id


@pytest.fixture
def owner(lab: UUID) -> Actor:
    return accounts.owner_of(lab)


@pytest.fixture
def finance(app: Flask) -> Actor:
    return accounts.operator(OperatorRole.FINANCE)


def deposit(lab: UUID, owner: Actor, money: Money = TEN) -> UUID:
    with transaction():
        return service.deposit(lab, money, by=owner).id


def pull(effect: LeverEffect, finance: Actor, **more: object) -> None:
    with transaction():
        service.pull_lever(effect, OpKind.DEPOSIT, by=finance, **more)  # type: ignore[arg-type]


def status_of(op_id: UUID) -> OpStatus:
    return db.session.scalars(select(PaymentOp.status).where(PaymentOp.id == op_id)).one()


def available(lab: UUID) -> Money:
    return books.balance(f"company:{lab}:available", "USD")


def effects() -> int:
    """How often the world outside did something."""
    return db.session.scalar(select(func.count(SandboxCall.key)).where(SandboxCall.external_id.is_not(None))) or 0


def later(how_long: timedelta) -> None:
    with transaction():
        clock.move_to(clock.now() + how_long)


def test_a_deposit_is_available_when_the_rail_has_done_it(lab: UUID, owner: Actor) -> None:
    op_id = deposit(lab, owner)
    assert (status_of(op_id), available(lab)) == (OpStatus.INTENT, usd("0"))
    assert payments.advance_ops() == 1
    assert (status_of(op_id), available(lab)) == (OpStatus.DONE, TEN)
    op = db.session.get(PaymentOp, op_id)
    assert op is not None
    assert op.external_id is not None
    assert op.external_id.startswith("sbx_")
    assert books.balance("rail:sandbox", "USD") == usd("-10.00")
    told = [event.name for event in reversed(timeline("payment", op_id))]
    assert told == ["deposit.requested", "deposit.sent", "deposit.received"]


def test_what_is_settled_is_not_asked_about_again(lab: UUID, owner: Actor) -> None:
    deposit(lab, owner)
    assert (payments.advance_ops(), payments.advance_ops()) == (1, 0)
    assert available(lab) == TEN


def test_the_job_is_deferred_with_the_intent(lab: UUID, owner: Actor) -> None:
    deposit(lab, owner)
    jobs = db.session.scalars(text("SELECT task_name FROM procrastinate_jobs WHERE task_name = 'rail.advance'")).all()
    assert len(jobs) == 1


def test_a_lost_answer_is_found_again_and_nothing_happens_twice(lab: UUID, owner: Actor, finance: Actor) -> None:
    pull(LeverEffect.LOSE_ANSWER, finance)
    op_id = deposit(lab, owner)
    payments.advance_ops()
    assert (status_of(op_id), available(lab), effects()) == (OpStatus.UNKNOWN, usd("0"), 1)
    assert payments.advance_ops() == 0, "it is asked again after a pause, not at once"
    later(timedelta(minutes=1))
    payments.advance_ops()
    assert (status_of(op_id), available(lab), effects()) == (OpStatus.DONE, TEN, 1)


def test_a_broken_connection_is_tried_again_under_the_same_key(lab: UUID, owner: Actor, finance: Actor) -> None:
    pull(LeverEffect.FAIL, finance, times=2)
    op_id = deposit(lab, owner)
    for _ in range(3):
        payments.advance_ops()
        later(timedelta(minutes=2))
    assert (status_of(op_id), available(lab), effects()) == (OpStatus.DONE, TEN, 1)
    assert db.session.scalars(select(SandboxCall.key)).all() == [f"deposit:{op_id}:1"]


def test_a_refusal_moves_nothing_and_says_who_can_mend_it(lab: UUID, owner: Actor, finance: Actor) -> None:
    pull(LeverEffect.DECLINE, finance)
    op_id = deposit(lab, owner)
    payments.advance_ops()
    op = db.session.get(PaymentOp, op_id)
    assert op is not None
    assert (op.status, op.refusal_code, op.who_can_fix) == (OpStatus.REFUSED, "sandbox_declined", "company")
    assert (available(lab), effects()) == (usd("0"), 0)
    later(timedelta(hours=2))
    assert payments.advance_ops() == 0


def test_a_lever_is_meant_for_one_owner_or_for_all(lab: UUID, owner: Actor, finance: Actor) -> None:
    other = accounts.company(legal_name="Other Lab").id
    pull(LeverEffect.DECLINE, finance, owner_id=other)
    mine, theirs = deposit(lab, owner), deposit(other, accounts.owner_of(other))
    payments.advance_ops()
    assert (status_of(mine), status_of(theirs)) == (OpStatus.DONE, OpStatus.REFUSED)


def test_a_process_that_died_while_asking_is_followed_by_another(lab: UUID, owner: Actor) -> None:
    op_id = deposit(lab, owner)
    _, (claim,) = payments._claim(10)
    SandboxRail().send(claim.order)  # and here the process dies
    assert payments.advance_ops() == 0, "it may still be alive"
    later(STALE_AFTER)
    assert payments.advance_ops() == 1
    assert (status_of(op_id), available(lab), effects()) == (OpStatus.DONE, TEN, 1)
    assert [e.data["why"] for e in timeline("payment", op_id) if e.name == "deposit.left_unanswered"]


def test_what_was_claimed_together_is_asked_again_together_when_its_process_dies(lab: UUID, owner: Actor) -> None:
    ops = [deposit(lab, owner) for _ in range(3)]
    _, claims = payments._claim(2)
    assert [claim.order.op_id for claim in claims] == ops[:2]
    SandboxRail().send(claims[0].order)  # and here the process dies, between two orders
    assert payments.advance_ops() == 1, "the third was nobody's"
    later(STALE_AFTER)
    assert payments.advance_ops() == 2
    assert [status_of(op_id) for op_id in ops] == [OpStatus.DONE] * 3
    assert effects() == 3


def test_what_a_slow_rail_has_not_been_asked_yet_stays_claimed(
    lab: UUID, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a minute for each: the fifth is asked two minutes after all were claimed, and still nobody else asks. What
    another has taken since, here the last, is left to it."""
    ops = [deposit(lab, owner) for _ in range(6)]
    send, asked = SandboxRail.send, []

    def slowly(rail: SandboxRail, order: Order) -> Result:
        later(STALE_AFTER / 4)
        assert payments._claim(10) == (0, []), f"after {len(asked)}"
        asked.append(order.op_id)
        if order.op_id == ops[4]:
            with transaction():
                db.session.get_one(PaymentOp, ops[5], populate_existing=True).next_try_at += STALE_AFTER
        return send(rail, order)

    monkeypatch.setattr(SandboxRail, "send", slowly)
    monkeypatch.setattr(payments, "RENEW_AFTER", timedelta(0))
    payments.advance_ops(6)
    assert asked == ops[:5]
    assert [status_of(op_id) for op_id in ops] == [OpStatus.DONE] * 5 + [OpStatus.SENT]


def test_one_answer_that_cannot_be_written_down_keeps_no_other_from_it(
    lab: UUID, owner: Actor, finance: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four of 10.00 in one batch: the second has the rail's own name of the first, and of the third the books say
    something else already. A person looks at both; asked again after that, it is the same."""
    ops = [deposit(lab, owner) for _ in range(4)]
    with transaction():
        other = ledger_rules.Move("rail:sandbox", f"company:{lab}:available", usd("1.00"))
        ledger.post(ledger_rules.Entry(f"deposit:{ops[2]}", [other]))
    names = dict(zip(ops, ("sbx_a", "sbx_a", "sbx_c", "sbx_d"), strict=True))
    monkeypatch.setattr(SandboxRail, "send", lambda _rail, order: Done(names[order.op_id]))
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "post_many", lambda _entries: _down())
        with pytest.raises(OperationalError):
            payments.advance_ops()
    assert {status_of(op_id) for op_id in ops} == {OpStatus.SENT}, "the database's trouble is nobody's"
    for _ in range(2):
        later(STALE_AFTER)
        payments.advance_ops()
        assert [status_of(op_id) for op_id in ops] == [
            OpStatus.DONE, OpStatus.PARKED, OpStatus.PARKED, OpStatus.DONE
        ]  # fmt: skip
        why = [str(db.session.get_one(PaymentOp, op_id).why) for op_id in ops[1:3]]
        assert ("(sbx_a) could not be written down (IntegrityError)" in why[0], "cause" in why[1]) == (True, True)
        assert available(lab) == usd("21.00")
        with pytest.raises(IntegrityError):
            payments.learn(ops[1], lambda _order: Done("sbx_a"))
        with transaction():
            service.unpark(ops[1], by=finance)


def _down() -> None:
    raise OperationalError("COMMIT", None, Exception("the server closed the connection"))


def test_the_answer_of_a_slow_process_is_harmless(lab: UUID, owner: Actor) -> None:
    op_id = deposit(lab, owner)
    _, (claim,) = payments._claim(10)
    slow = SandboxRail().send(claim.order)
    later(STALE_AFTER)
    payments.advance_ops()
    payments.told({op_id: slow})
    assert (available(lab), effects()) == (TEN, 1)


@pytest.mark.parametrize("parked", [False, True])
@pytest.mark.parametrize(("answer", "status"), [(None, OpStatus.DONE), (NO, OpStatus.REFUSED)])
def test_a_slow_answer_counts_while_a_payment_waits(
    lab: UUID, owner: Actor, finance: Actor, answer: Refused | None, status: OpStatus, parked: bool
) -> None:
    """It waits for the next try, or, after a day, for a person."""
    op_id = deposit(lab, owner)
    _, (claim,) = payments._claim(10)
    later(STALE_AFTER)
    pull(LeverEffect.FAIL, finance)
    payments.advance_ops()
    if parked:
        later(KEY_LIVES)
        payments.advance_ops()
    assert status_of(op_id) is (OpStatus.PARKED if parked else OpStatus.UNKNOWN)
    payments.told({op_id: answer or SandboxRail().send(claim.order)})
    assert status_of(op_id) is status
    assert available(lab) == (TEN if status is OpStatus.DONE else Money.zero(TEN.currency))


def test_after_a_day_the_rail_is_asked_and_not_told(lab: UUID, owner: Actor, finance: Actor) -> None:
    pull(LeverEffect.FAIL, finance)
    op_id = deposit(lab, owner)
    payments.advance_ops()
    later(KEY_LIVES)
    payments.advance_ops()
    assert (status_of(op_id), effects()) == (OpStatus.PARKED, 0)
    later(timedelta(days=1))
    assert payments.advance_ops() == 0, "a parked payment waits for a person"
    with transaction():
        service.unpark(op_id, by=finance)
    assert status_of(op_id) is OpStatus.UNKNOWN


def test_after_a_day_a_payment_that_had_happened_is_found(lab: UUID, owner: Actor, finance: Actor) -> None:
    pull(LeverEffect.LOSE_ANSWER, finance)
    op_id = deposit(lab, owner)
    payments.advance_ops()
    later(KEY_LIVES)
    payments.advance_ops()
    assert (status_of(op_id), available(lab), effects()) == (OpStatus.DONE, TEN, 1)


def test_the_sandbox_refuses_a_key_for_another_order(lab: UUID, owner: Actor) -> None:
    deposit(lab, owner)
    _, (claim,) = payments._claim(10)
    rail, order = SandboxRail(), claim.order
    first = rail.send(order)
    assert isinstance(first, Done)
    assert rail.send(order) == first
    changed = type(order)(order.op_id, order.kind, order.key, usd("11.00"), order.owner_id)
    assert type(rail.send(changed)).__name__ == "Parked"
    assert not rail.moves_real_money


def test_one_payment_that_cannot_be_asked_about_keeps_no_other_from_being_known(
    lab: UUID, owner: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three in one batch: one by a rail that is not configured, one at which the rail breaks, and one that is done."""
    with monkeypatch.context() as patch:
        patch.setattr(switching, "rail_of_new_payments", lambda: "stripe_test")
        elsewhere = deposit(lab, owner)
        patch.setattr(switching, "rail_of_new_payments", lambda: "sandbox")
        broken, fine = deposit(lab, owner), deposit(lab, owner)
    send = SandboxRail.send

    def breaks(rail: SandboxRail, order: Order) -> Result:
        if order.op_id == broken:
            raise LookupError
        return send(rail, order)

    monkeypatch.setattr(SandboxRail, "send", breaks)
    assert payments.advance_ops() == 3
    assert [status_of(each) for each in (elsewhere, broken, fine)] == [
        OpStatus.PARKED, OpStatus.UNKNOWN, OpStatus.DONE
    ]  # fmt: skip
    assert db.session.get_one(PaymentOp, elsewhere).why == "This rail is not configured."
    assert available(lab) == TEN


def test_a_rail_is_never_called_inside_a_transaction(lab: UUID, owner: Actor) -> None:
    deposit(lab, owner)
    with transaction(), pytest.raises(RuntimeError):
        payments.advance_ops()
    assert effects() == 0


@pytest.mark.parametrize("amount", ["0", "-1.00"])
def test_a_deposit_is_more_than_zero(lab: UUID, owner: Actor, amount: str) -> None:
    with pytest.raises(NotADeposit):
        service.deposit(lab, usd(amount), by=owner)


def test_who_may_deposit_and_who_may_pull_levers(lab: UUID, owner: Actor, finance: Actor) -> None:
    with pytest.raises(NotFound):
        service.deposit(lab, TEN, by=finance)
    with pytest.raises(Forbidden):
        service.deposit(lab, TEN, by=accounts.member(lab, CompanyRole.MANAGER))
    with pytest.raises(NotFound):
        service.pull_lever(LeverEffect.FAIL, OpKind.DEPOSIT, by=owner)
    vetting = accounts.operator(OperatorRole.VETTING)
    with pytest.raises(Forbidden):
        service.pull_lever(LeverEffect.FAIL, OpKind.DEPOSIT, by=vetting)


@pytest.mark.parametrize("change", ["amount = 1", "params = '{}'", "idempotency_key = 'x'", "company_id = id"])
def test_the_application_cannot_change_an_order(lab: UUID, owner: Actor, change: str) -> None:
    deposit(lab, owner)
    with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
        db.session.execute(text(f"UPDATE payment_op SET {change}"))


def test_operators_of_finance_see_which_levers_are_still_pulled(lab: UUID, owner: Actor, finance: Actor) -> None:
    used = service.pull_lever(LeverEffect.DECLINE, OpKind.DEPOSIT, by=finance)
    waiting = service.pull_lever(LeverEffect.FAIL, OpKind.PAYOUT, times=2, by=finance)
    used.times_left = 0
    db.session.flush()
    assert list(db.session.scalars(queries.levers(finance))) == [waiting]
    with pytest.raises(NotFound):
        queries.levers(owner)


def test_the_sandbox_takes_a_payout_back_and_the_proof_holds(app: Flask, finance: Actor) -> None:
    """60.00 come back and are paid again: the sandbox remembers three payments, and the books two that stand."""
    booking = made.worked_and_approved()
    made.paid()
    payout = db.session.scalars(select(PaymentOp).where(PaymentOp.contractor_id == booking.contractor_id)).one()
    with transaction():
        service.take_back(payout.id, "It went to another account.", by=finance)
    payments.advance_ops()
    assert status_of(payout.id) is OpStatus.REVERSED
    assert list(db.session.scalars(queries.stuck_payments(finance))) == [payout], "nobody is forgotten"
    everything_holds()
    with transaction():
        service.retry_payout(payout.id, by=finance)
    assert list(db.session.scalars(queries.stuck_payments(finance))) == []
    payments.advance_ops()
    assert effects() == 3
    everything_holds()


def test_a_parked_payment_is_stuck(lab: UUID, owner: Actor, finance: Actor) -> None:
    deposit(lab, owner)
    parked = db.session.get_one(PaymentOp, deposit(lab, owner))
    parked.status = OpStatus.PARKED
    db.session.flush()
    assert list(db.session.scalars(queries.stuck_payments(finance))) == [parked]
