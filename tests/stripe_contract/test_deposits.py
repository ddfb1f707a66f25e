"""A company pays in at Stripe's own page, and gets back what it does not need."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.rules import Actor, OperatorRole, available_account
from marketplace.core.db import db, transaction
from marketplace.core.events import timeline
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, InsufficientFunds, Move
from marketplace.pay import service
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import payments
from marketplace.pay.rails.stripe_rules import NotCarried
from marketplace.pay.rules import LOOK_AGAIN, LeverEffect, NotRefundable, OpKind, OpStatus, RailsNeverMix
from tests.factories import accounts
from tests.factories import pay as made
from tests.pay.books import everything_holds
from tests.stripe_contract.paying import later, op_of, status_of, until_known, usd
from tests.stripe_contract.server import AFTER, Fault, Standin

TEN = usd("10.00")


@pytest.fixture
def lab(app: Flask) -> UUID:
    return accounts.company().id


@pytest.fixture
def owner(lab: UUID) -> Actor:
    return accounts.owner_of(lab)


def begun(lab: UUID, owner: Actor, money: Money = TEN) -> UUID:
    with transaction():
        return service.deposit(lab, money, by=owner).id


def available(lab: UUID) -> Money:
    return books.balance(available_account(lab), "USD")


def session_of(op_id: UUID) -> str:
    return str(op_of(op_id).external_id)


def paid_in(lab: UUID, owner: Actor, standin: Standin, money: Money = TEN) -> UUID:
    op_id = begun(lab, owner, money)
    payments.advance_ops()
    standin.world.pay(session_of(op_id))
    later(LOOK_AGAIN)
    payments.advance_ops()
    assert status_of(op_id) is OpStatus.DONE
    return op_id


def test_a_deposit_waits_for_the_payer_and_is_available_when_it_is_paid(
    lab: UUID, owner: Actor, standin: Standin
) -> None:
    op_id = begun(lab, owner)
    payments.advance_ops()
    op = op_of(op_id)
    assert (op.status, available(lab)) == (OpStatus.WAITING, usd("0"))
    assert op.pay_url == f"https://checkout.stripe.com/c/pay/{op.external_id}"
    assert op.waits_until is not None
    assert payments.advance_ops() == 0, "it is looked at again after a pause"
    later(LOOK_AGAIN)
    payments.advance_ops()
    assert status_of(op_id) is OpStatus.WAITING
    standin.world.pay(session_of(op_id))
    later(LOOK_AGAIN)
    payments.advance_ops()
    assert (status_of(op_id), available(lab), books.balance("rail:stripe_test", "USD")) == (OpStatus.DONE, TEN, -TEN)
    told = [each.name for each in reversed(timeline("payment", op_id))]
    assert told == ["deposit.requested", "deposit.sent", "deposit.waiting", "deposit.received"]


@pytest.mark.parametrize("fault", [each for each in Fault if each is not Fault.SAVED_NOTHING])
def test_one_page_whatever_goes_wrong(lab: UUID, owner: Actor, standin: Standin, fault: Fault) -> None:
    standin.faults.append(fault)
    op_id = begun(lab, owner)
    assert until_known(op_id) is OpStatus.WAITING
    assert [each["id"] for each in standin.world.all("checkout.session")] == [session_of(op_id)]


def test_a_page_that_nobody_paid_moves_nothing(lab: UUID, owner: Actor, standin: Standin) -> None:
    op_id = begun(lab, owner)
    payments.advance_ops()
    standin.world.things[session_of(op_id)].update(status="expired", url=None)
    later(LOOK_AGAIN)
    payments.advance_ops()
    op = op_of(op_id)
    assert (op.status, op.refusal_code, op.who_can_fix) == (OpStatus.REFUSED, "checkout_expired", "company")
    assert available(lab) == usd("0")


def test_another_amount_than_was_ordered_is_parked(lab: UUID, owner: Actor, standin: Standin) -> None:
    op_id = begun(lab, owner)
    payments.advance_ops()
    standin.world.things[session_of(op_id)]["amount_total"] = 999
    later(LOOK_AGAIN)
    payments.advance_ops()
    assert status_of(op_id) is OpStatus.PARKED


def test_an_answer_that_is_lost_later_changes_nothing(lab: UUID, owner: Actor, standin: Standin) -> None:
    op_id = begun(lab, owner)
    payments.advance_ops()
    known = standin.world.things.pop(session_of(op_id))
    standin.world.things[known["id"]] = known | {"object": "gone"}
    later(LOOK_AGAIN)
    payments.advance_ops()
    assert status_of(op_id) is OpStatus.PARKED, "Stripe does not know it any more"


@pytest.mark.parametrize(
    ("amount", "currency"),
    [(49, "USD"), (100, "UGX"), (15, "KWD"), (1, "KWD")],
    ids=["least", "doubted", "five", "one"],
)
def test_what_stripe_does_not_carry_is_not_begun(lab: UUID, owner: Actor, amount: int, currency: str) -> None:
    with pytest.raises(NotCarried):
        service.deposit(lab, Money(amount, currency), by=owner)


@pytest.mark.parametrize("fault", [None, *sorted(AFTER)])
def test_what_is_not_needed_goes_back_once(lab: UUID, owner: Actor, standin: Standin, fault: Fault | None) -> None:
    """10.00 in, 4.00 back: 6.00 are left to spend, and 6.00 may still go back."""
    op_id = paid_in(lab, owner, standin)
    if fault is not None:
        standin.faults.append(fault)
    with transaction():
        back = service.refund(op_id, usd("4.00"), by=owner).id
    assert available(lab) == usd("6.00"), "it cannot be spent meanwhile"
    assert until_known(back) is OpStatus.DONE
    assert [each["amount"] for each in standin.world.all("refund")] == [400]
    assert (available(lab), books.balance("rail:stripe_test", "USD")) == (usd("6.00"), usd("-6.00"))
    with pytest.raises(NotRefundable) as no:
        service.refund(op_id, usd("6.01"), by=owner)
    assert no.value.members["left"] == "6.00 USD"
    everything_holds()


@pytest.mark.parametrize(
    ("end", "status", "left"),
    [
        ("succeeded", OpStatus.DONE, "6.00"),
        ("failed", OpStatus.REFUSED, "10.00"),
        ("canceled", OpStatus.REFUSED, "10.00"),
    ],
)
@pytest.mark.parametrize("begin", ["pending", "requires_action"])
def test_what_a_bank_takes_back_in_days_is_done_when_it_has_it(
    lab: UUID, owner: Actor, standin: Standin, begin: str, end: str, status: OpStatus, left: str
) -> None:
    """10.00 in, and 4.00 on the way back: they cannot be spent, and are there again if the bank says no."""
    op_id = paid_in(lab, owner, standin)
    standin.world.refunds_are = begin
    with transaction():
        back = service.refund(op_id, usd("4.00"), by=owner).id
    for _ in range(2):
        payments.advance_ops()
        assert (status_of(back), available(lab)) == (OpStatus.WAITING, usd("6.00"))
        later(LOOK_AGAIN)
    standin.world.refund_is(session_of(back), end)
    payments.advance_ops()
    assert (status_of(back), available(lab)) == (status, usd(left))
    everything_holds()


def test_what_is_set_aside_does_not_go_back(lab: UUID, owner: Actor, standin: Standin) -> None:
    op_id = paid_in(lab, owner, standin)
    ledger.post(Entry("test:hold", [Move(available_account(lab), "gig:1:hold", usd("7.00"))]))
    with pytest.raises(InsufficientFunds), db.session.begin_nested():
        service.refund(op_id, TEN, by=owner)


def test_who_may_send_back_what(lab: UUID, owner: Actor, standin: Standin) -> None:
    op_id = begun(lab, owner)
    with pytest.raises(NotRefundable):
        service.refund(op_id, TEN, by=owner)
    stranger = accounts.owner_of(accounts.company(legal_name="Other Lab").id)
    with pytest.raises(NotFound):
        service.refund(op_id, TEN, by=stranger)
    with pytest.raises(NotFound):
        service.take_back(op_id, "No payout.", by=accounts.operator(OperatorRole.FINANCE))


def test_a_deposit_that_the_payers_bank_took_back_is_not_sent_back_too(
    lab: UUID, owner: Actor, standin: Standin
) -> None:
    op_id = paid_in(lab, owner, standin)
    standin.world.dispute(standin.world.all("charge")[0]["id"], 1000)
    with transaction():
        back = service.refund(op_id, TEN, by=owner).id
    assert until_known(back) is OpStatus.REFUSED
    assert (op_of(back).refusal_code, available(lab)) == ("charge_disputed", TEN)


def test_rails_never_mix(
    lab: UUID, owner: Actor, standin: Standin, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Money that came by Stripe stops the service from paying by the sandbox, until it is gone."""
    op_id = paid_in(lab, owner, standin)
    monkeypatch.setitem(app.config, "RAIL", "sandbox")
    with pytest.raises(RailsNeverMix, match=r"10\.00 USD"):
        begun(lab, owner)
    with pytest.raises(RailsNeverMix):
        made.started()
    with transaction():
        back = service.refund(op_id, TEN, by=owner).id
    assert until_known(back) is OpStatus.DONE
    assert op_of(back).rail == "stripe_test", "what came by a rail goes back by it"
    begun(lab, owner)


def test_what_a_rail_is_owed_for_its_fees_keeps_nobody_there(
    lab: UUID, owner: Actor, standin: Standin, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that came by Stripe went back, and Stripe has kept 0.59 USD: the service owes it that, and may leave."""
    held = -books.balance("rail:stripe_test", "USD")
    ledger.post(Entry("test:back", [Move("platform:bank", "rail:stripe_test", held + usd("0.59"))]))
    monkeypatch.setitem(app.config, "RAIL", "sandbox")
    assert op_of(begun(lab, owner)).rail == "sandbox"


def test_what_a_rail_holds_no_more_does_not_go_back_by_it(
    lab: UUID, owner: Actor, standin: Standin, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """10.00 came by Stripe and 7.00 of it were paid out by it; 7.00 came by the sandbox since. 3.00 can go back to
    Stripe, and once these are on their way nothing more."""
    op_id = paid_in(lab, owner, standin)
    spent = Move(available_account(lab), "rail:stripe_test", usd("7.00"))
    ledger.post(Entry("test:spent", [spent, Move("rail:sandbox", available_account(lab), usd("7.00"))]))
    monkeypatch.setitem(app.config, "RAIL", "sandbox")
    with pytest.raises(NotRefundable) as no:
        service.refund(op_id, TEN, by=owner)
    assert no.value.members["left"] == "3.00 USD"
    service.refund(op_id, usd("3.00"), by=owner)
    with pytest.raises(NotRefundable):
        service.refund(op_id, usd("1.00"), by=owner)


def test_a_rail_is_not_left_while_a_payment_by_it_is_under_way(
    lab: UUID, owner: Actor, standin: Standin, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page may still be paid."""
    op_id = begun(lab, owner)
    payments.advance_ops()
    monkeypatch.setitem(app.config, "RAIL", "sandbox")
    with pytest.raises(RailsNeverMix, match="under way"):
        begun(lab, owner)
    standin.world.things[session_of(op_id)].update(status="expired", url=None)
    later(LOOK_AGAIN)
    payments.advance_ops()
    assert op_of(begun(lab, owner)).rail == "sandbox"


def test_the_sandbox_sends_back_too(
    lab: UUID, owner: Actor, standin: Standin, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "RAIL", "sandbox")
    op_id = made.deposited(lab, TEN).id
    made.lever(LeverEffect.DECLINE, OpKind.REFUND)
    with transaction():
        first = service.refund(op_id, TEN, by=owner).id
    assert until_known(first) is OpStatus.REFUSED
    with transaction():
        second = service.refund(op_id, TEN, by=owner).id
    assert until_known(second) is OpStatus.DONE
    assert (available(lab), books.balance("rail:sandbox", "USD")) == (usd("0"), usd("0"))
    assert len(db.session.scalars(select(PaymentOp.id).where(PaymentOp.of_id == op_id)).all()) == 2


def test_a_payment_that_is_too_late_is_looked_for(lab: UUID, owner: Actor, standin: Standin) -> None:
    """After a day the key is not trusted any more: the page is found by our own id, among others."""
    standin.faults.append(Fault.RESET_AFTER)
    op_id = begun(lab, owner)
    payments.advance_ops()
    begun(lab, owner)
    later(timedelta(hours=23))
    payments.advance_ops()
    assert status_of(op_id) is OpStatus.WAITING
    assert len(standin.world.all("checkout.session")) == 2
