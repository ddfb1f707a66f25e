"""A company pays in by an invoice of Stripe's: asked for, sent, paid or called off, whatever gets lost between."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import stripe
from flask import Flask
from flask.testing import FlaskClient

from jobs import rails
from marketplace.accounts.models import Person
from marketplace.accounts.rules import Actor, CompanyRole, OperatorRole, available_account
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import timeline
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.pay import deposit_invoices, service
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import deposit_invoices as underway
from marketplace.pay.rails import inbox, payments, reconciling
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rails.deposit_invoice_models import DepositInvoice
from marketplace.pay.rails.deposit_invoice_rules import EMAIL_KEPT, MEMO, InvoiceOver, InvoiceState, back_by
from marketplace.pay.rails.models import RailMovement
from marketplace.pay.rails.rules import Match
from marketplace.pay.rails.stripe_invoices import LOOK_AFTER
from marketplace.pay.rules import KEY_LIVES, OpStatus
from tests.factories import accounts
from tests.pay.books import everything_holds
from tests.stripe_contract import invoices
from tests.stripe_contract.paying import later, op_of, status_of, until_known, usd
from tests.stripe_contract.server import Fault, Standin

TEN = usd("10.00")
CALLS = ("customer", "whom", "invoice", "item", "whom again", "finalize", "send")
"""What changes something at Stripe, in its order."""
KINDS = (Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.SAVED_NOTHING, Fault.SAVED_500_AFTER)
"""Nothing happened or all of it, and the key knows the right answer or a crash; others look like these from here."""


@pytest.fixture
def lab(app: Flask) -> UUID:
    return accounts.company().id


@pytest.fixture
def owner(lab: UUID) -> Actor:
    return accounts.owner_of(lab)


def email_of(member: Actor) -> str:
    return db.session.get_one(Person, member.person_id).email


def asked(lab: UUID, owner: Actor, money: Money = TEN, reference: str | None = "PO-7") -> UUID:
    with transaction():
        return deposit_invoices.ask(lab, money, 30, reference, by=owner).deposit.id


def waiting(lab: UUID, owner: Actor) -> tuple[UUID, str]:
    """One that is sent, with Stripe's own name of it."""
    op_id = asked(lab, owner)
    assert until_known(op_id) is OpStatus.WAITING
    return op_id, str(op_of(op_id).external_id)


def state_of(op_id: UUID, owner: Actor) -> InvoiceState:
    db.session.expire_all()
    op = op_of(op_id)
    return deposit_invoices.one(op.owner_id, op_id, seen_by=owner).state


def available(lab: UUID) -> Money:
    return books.balance(available_account(lab), "USD")


def look() -> None:
    later(LOOK_AFTER)
    payments.advance_ops()


def call_off(lab: UUID, op_id: UUID, owner: Actor) -> None:
    with transaction():
        deposit_invoices.call_off(lab, op_id, by=owner)


def tell_all(client: FlaskClient, standin: Standin, *, backwards: bool = False) -> None:
    for told in standin.world.events[:: -1 if backwards else 1]:
        body, headers = standin.world.signed(told)
        client.post("/api/v1/rails/stripe/platform", data=body, headers=headers)
    inbox.handle_due()


def strays() -> list[tuple[Match, str | None]]:
    rows = db.session.query(RailMovement).order_by(RailMovement.id).populate_existing()
    return [(row.match, row.why) for row in rows]


def test_an_invoice_is_sent_and_its_money_is_there_once_it_is_paid(lab: UUID, owner: Actor, standin: Standin) -> None:
    """10.00 USD: Stripe keeps 0.59, which the service bears, and 4.00 go back by the payment that has paid it."""
    op_id, name = waiting(lab, owner)
    made, op = standin.world.things[name], op_of(op_id)
    assert (made["status"], made["total"], made["_sent"]) == ("open", 1000, [email_of(owner)])
    assert (made["collection_method"], made["_days"], made["description"]) == ("send_invoice", 30, MEMO)
    assert made["custom_fields"] == [{"name": "Your reference", "value": "PO-7"}]
    assert made["metadata"] == {"setara_op": str(op_id), "company": str(lab)}
    assert op.pay_url == made["hosted_invoice_url"]
    assert (state_of(op_id, owner), available(lab)) == (InvoiceState.OPEN, usd("0"))
    assert db.session.get_one(DepositInvoice, op_id).email is None, "nothing needs it any more"
    later(timedelta(days=31))
    assert state_of(op_id, owner) is InvoiceState.OVERDUE, "and it can still be paid"
    invoices.pay(standin.world, name)
    look()
    assert (status_of(op_id), state_of(op_id, owner), available(lab)) == (OpStatus.DONE, InvoiceState.PAID, TEN)
    with transaction():
        back = service.refund(op_id, usd("4.00"), by=owner).id
    assert until_known(back) is OpStatus.DONE
    assert [each["amount"] for each in standin.world.all("refund")] == [400]
    assert reconciling.reconcile() == 2
    assert strays() == [(Match.MATCHED, None), (Match.MATCHED, None)]
    assert books.balance("platform:rail_costs", "USD") == usd("-0.59")
    assert -books.balance("rail:stripe_test", "USD") == usd(str(standin.world.available["usd"] / 100))
    everything_holds()


def test_a_company_is_reminded_once_of_what_is_overdue_and_not_paid(lab: UUID, owner: Actor, standin: Standin) -> None:
    """Each is read again before: of two whose day is over one was paid, and its call got lost; one is called off."""
    paid, called_off, open_one = (waiting(lab, owner) for _ in range(3))
    rails.remind_of_invoices()
    later(timedelta(days=30, hours=1))
    call_off(lab, called_off[0], owner)
    invoices.pay(standin.world, paid[1])
    for _ in range(2):
        rails.remind_of_invoices()
    told = [[each.name for each in timeline("payment", op_id)].count("deposit.overdue") for op_id, _ in (
        paid, called_off, open_one
    )]  # fmt: skip
    assert (told, status_of(paid[0])) == ([0, 0, 1], OpStatus.DONE)


def test_whom_an_invoice_goes_to_is_forgotten_where_it_is_not_sent(lab: UUID, owner: Actor, standin: Standin) -> None:
    """After 30 days nobody is written to any more: a person looks whether it is there."""
    op_id = asked(lab, owner)
    later(EMAIL_KEPT - timedelta(seconds=1))
    with transaction():
        assert underway.forget_due() == 0
    later(timedelta(seconds=1))
    with transaction():
        assert (underway.forget_due(), underway.forget_due()) == (1, 0)
    payments.advance_ops()
    assert (status_of(op_id), standin.world.all("invoice")) == (OpStatus.PARKED, [])


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", KINDS)
def test_one_invoice_whatever_goes_wrong_with_whichever_call(
    lab: UUID, owner: Actor, standin: Standin, fault: Fault, call: str
) -> None:
    """One customer, one invoice of one line; its e-mail may go out twice where Stripe kept a crash of sending it."""
    if (fault, call) == (Fault.SAVED_NOTHING, "invoice"):
        pytest.skip("Its key has a crash for ever, and nothing is there: as of a Checkout, a person decides.")
    standin.faults.extend([None] * CALLS.index(call) + [fault])
    op_id = asked(lab, owner)
    assert until_known(op_id) is OpStatus.WAITING
    (made,) = standin.world.all("invoice")
    assert (made["id"], made["status"], len(made["lines"]["data"])) == (op_of(op_id).external_id, "open", 1)
    assert len(standin.world.all("customer")) == 1
    assert len(made["_sent"]) == (2 if (fault, call) == (Fault.SAVED_500_AFTER, "send") else 1)


def test_a_company_is_one_customer_however_often_it_asks(lab: UUID, owner: Actor, standin: Standin) -> None:
    asked(lab, owner)
    asked(lab, owner, usd("20.00"))
    payments.advance_ops()
    (customer,) = standin.world.all("customer")
    assert {each["customer"] for each in standin.world.all("invoice")} == {customer["id"]}
    assert customer["metadata"]["company"] == str(lab)


def meanwhile(monkeypatch: pytest.MonkeyPatch, path: str, does: Callable[[], object]) -> None:
    """Something else happens as Stripe is first asked for what ends so."""
    ask, left = stripe.RequestsClient.request, [does]

    def requested(of: Any, method: str, url: str, *more: Any, **further: Any) -> Any:
        if url.endswith(path) and left:
            left.pop()()
        return ask(of, method, url, *more, **further)

    monkeypatch.setattr(stripe.RequestsClient, "request", requested)


def test_two_members_who_ask_at_once_get_their_own(
    lab: UUID, owner: Actor, standin: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the last word about the company's one customer and the copy that Stripe makes of it another process takes
    the other's up: it waits its turn. It had told Stripe of the other, and the first was parked."""
    other, op_id, others = accounts.member(lab, CompanyRole.FINANCE), asked(lab, owner), []
    elsewhere, seen = accounts.company().id, []

    def another_process() -> None:
        others.append(asked(lab, other))
        of_another = asked(elsewhere, accounts.owner_of(elsewhere))
        payments.advance_ops()
        seen.extend(status_of(each) for each in (op_id, *others, of_another))

    meanwhile(monkeypatch, "/finalize", another_process)
    assert until_known(op_id) is OpStatus.WAITING
    assert [until_known(each) for each in others] == [OpStatus.WAITING]
    assert seen == [OpStatus.SENT, OpStatus.INTENT, OpStatus.WAITING]
    sent = [standin.world.things[str(op_of(each).external_id)]["_sent"] for each in (op_id, *others)]
    assert sent == [[email_of(owner)], [email_of(other)]]


def test_what_is_addressed_to_somebody_else_is_not_sent(
    lab: UUID, owner: Actor, standin: Standin, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process tells of another member between two requests. Once a person has made it void it is refused."""
    op_id = asked(lab, owner)
    told = {"email": "somebody@example.com"}
    meanwhile(monkeypatch, "/finalize", lambda: standin.world.all("customer")[0].update(told))
    assert until_known(op_id) is OpStatus.PARKED
    (made,) = standin.world.all("invoice")
    assert (made["status"], made["_sent"]) == ("open", [])
    invoices.is_now(standin.world, made["id"], "void", "invoice.voided")
    tell_all(client, standin)
    assert (status_of(op_id), op_of(op_id).refusal_code) == (OpStatus.REFUSED, "invoice_void")


@pytest.mark.parametrize("call", ["customer", "invoice", "finalize"])
def test_after_a_day_it_is_found_by_our_own_id_and_gone_on_with(
    lab: UUID, owner: Actor, standin: Standin, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is not trusted any more, so nothing is made anew that is there."""
    standin.faults.extend([None] * CALLS.index(call) + [Fault.RESET_AFTER])
    op_id = asked(lab, owner)
    payments.advance_ops()
    now = clock.machine_time
    monkeypatch.setattr(clock, "machine_time", lambda: now() + KEY_LIVES)
    later(KEY_LIVES)
    payments.advance_ops()
    assert len(standin.world.all("customer")) == 1
    assert status_of(op_id) is (OpStatus.PARKED if call == "customer" else OpStatus.WAITING)
    assert len(standin.world.all("invoice")) == (0 if call == "customer" else 1)


def test_calls_in_any_order_and_twice_book_it_once(
    lab: UUID, owner: Actor, standin: Standin, client: FlaskClient
) -> None:
    op_id, name = waiting(lab, owner)
    invoices.pay(standin.world, name)
    tell_all(client, standin, backwards=True)
    assert (status_of(op_id), available(lab)) == (OpStatus.DONE, TEN)
    tell_all(client, standin)
    look()
    assert available(lab) == TEN
    assert [each.name for each in timeline("payment", op_id)].count("deposit.received") == 1


def test_what_is_paid_in_parts_is_there_once_it_is_whole(lab: UUID, owner: Actor, standin: Standin) -> None:
    """4.00 and 6.00: two charges, one deposit."""
    op_id, name = waiting(lab, owner)
    invoices.pay(standin.world, name, 400)
    look()
    terms = db.session.get_one(DepositInvoice, op_id, populate_existing=True)
    assert (terms.paid, available(lab)) == (usd("4.00"), usd("0"))
    with pytest.raises(InvoiceOver):
        call_off(lab, op_id, owner)
    reconciling.reconcile()
    assert strays() == [(Match.STRAY, "not_done_here")]
    invoices.pay(standin.world, name)
    look()
    assert (status_of(op_id), available(lab)) == (OpStatus.DONE, TEN)
    reconciling.reconcile()
    assert strays() == [(Match.MATCHED, None)] * 2
    everything_holds()


def paid_in_parts(lab: UUID, owner: Actor, standin: Standin) -> UUID:
    """4.00, and then 6.00."""
    op_id, name = waiting(lab, owner)
    for amount in (400, 600):
        invoices.pay(standin.world, name, amount)
    look()
    assert status_of(op_id) is OpStatus.DONE
    return op_id


def sent_back(op_id: UUID, owner: Actor, amount: str) -> list[tuple[str, OpStatus]]:
    """By which payments it goes back now, and how each of these stands after one try."""
    with transaction():
        service.refund(op_id, usd(amount), by=owner)
    payments.advance_ops()
    return parts_of(op_id)


def parts_of(op_id: UUID) -> list[tuple[str, OpStatus]]:
    found = db.session.query(PaymentOp).filter_by(of_id=op_id).order_by(PaymentOp.id).populate_existing()
    return [(str(op.money.decimal), op.status) for op in found]


def went_back(standin: Standin) -> list[tuple[int, int]]:
    """Stripe's refunds in their order: how much, and of a charge of how much."""
    things = standin.world.things
    return [(each["amount"], things[each["charge"]]["amount"]) for each in standin.world.all("refund")[::-1]]


@pytest.mark.parametrize("call", [0, 2])
@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.SAVED_500_AFTER])
def test_what_came_in_parts_goes_back_by_them_whatever_is_lost(
    lab: UUID, owner: Actor, standin: Standin, fault: Fault, call: int
) -> None:
    """7.00 of 4.00 and 6.00 are 6.00 and 1.00, each with its own key: one whose answer is lost holds up no other, and
    stays on its way until it is known."""
    op_id = paid_in_parts(lab, owner, standin)
    standin.faults.extend([None] * (call // 2) + [fault])
    told = dict(sent_back(op_id, owner, "7.00"))
    lost, known = ("6.00", "1.00") if call == 0 else ("1.00", "6.00")
    assert told[known] is OpStatus.DONE
    if told[lost] is OpStatus.UNKNOWN:
        assert books.balance(f"company:{lab}:returning", "USD") == usd(lost)
        later(timedelta(minutes=10))
        payments.advance_ops()
    assert dict(parts_of(op_id)) == {"6.00": OpStatus.DONE, "1.00": OpStatus.DONE}
    assert sorted(went_back(standin)) == [(100, 400), (600, 600)]
    assert (available(lab), books.balance(f"company:{lab}:returning", "USD")) == (usd("3.00"), usd("0.00"))
    sent_back(op_id, owner, "3.00")
    assert sorted(went_back(standin)) == [(100, 400), (300, 400), (600, 600)]
    reconciling.reconcile()
    assert {match for match, _ in strays()} == {Match.MATCHED}
    everything_holds()


def test_what_came_before_its_parts_were_known_goes_back_by_them(lab: UUID, owner: Actor, standin: Standin) -> None:
    """Of what was only marked as paid there, and a person has found, Stripe is not asked each time again."""
    op_id = paid_in_parts(lab, owner, standin)
    with transaction():
        terms = db.session.get_one(DepositInvoice, op_id)
        (terms.parts, terms.paid_amount), paid = (None, 0), terms.paid_amount
        assert underway.unread() == []
        terms.paid_amount = paid
    rails.read_parts_of_invoices()
    assert sent_back(op_id, owner, "7.00") == [("6.00", OpStatus.DONE), ("1.00", OpStatus.DONE)]
    with transaction():
        assert underway.unread() == []


def test_what_stripe_does_not_send_back_by_one_payment_goes_by_another(
    lab: UUID, owner: Actor, standin: Standin
) -> None:
    """A bank has the larger payment, of which nothing can go back: the second time the other comes first."""
    op_id = paid_in_parts(lab, owner, standin)
    next(each for each in standin.world.all("charge") if each["amount"] == 600)["disputed"] = True
    assert sent_back(op_id, owner, "4.00") == [("4.00", OpStatus.REFUSED)]
    assert sent_back(op_id, owner, "4.00")[1:] == [("4.00", OpStatus.DONE)]
    assert (went_back(standin), available(lab)) == ([(400, 400)], usd("6.00"))


@pytest.mark.parametrize(
    ("amount", "parts", "back"),
    [
        (700, [("a", 400, False), ("b", 600, False)], {"b": 600, "a": 100}),
        (400, [("a", 400, False), ("b", 400, False)], {"a": 400}),
        (400, [("a", 400, False), ("b", 600, True)], {"a": 400}),
        (500, [("a", 400, False), ("b", 0, False)], {"a": 400, None: 100}),
        (500, [], {None: 500}),
    ],
)
def test_the_largest_part_goes_back_first(
    amount: int, parts: list[tuple[str, int, bool]], back: dict[str | None, int]
) -> None:
    assert list(back_by(amount, parts).items()) == list(back.items())


def test_more_than_was_asked_for_is_no_part_of_it(lab: UUID, owner: Actor, standin: Standin) -> None:
    _, name = waiting(lab, owner)
    invoices.pay(standin.world, name)
    look()
    standin.world.things[name].update(amount_remaining=300)
    invoices.pay(standin.world, name)
    reconciling.reconcile()
    assert sorted(strays(), key=str) == [(Match.MATCHED, None), (Match.STRAY, "other_amount")]


def test_what_is_only_said_to_be_paid_is_no_money(lab: UUID, owner: Actor, standin: Standin) -> None:
    op_id, name = waiting(lab, owner)
    invoices.mark_paid(standin.world, name)
    look()
    assert (status_of(op_id), available(lab)) == (OpStatus.PARKED, usd("0"))
    assert "0.00 USD came of it through Stripe" in str(op_of(op_id).why)


def test_what_is_given_up_can_still_be_paid(lab: UUID, owner: Actor, standin: Standin, client: FlaskClient) -> None:
    op_id, name = waiting(lab, owner)
    invoices.is_now(standin.world, name, "uncollectible", "invoice.marked_uncollectible")
    tell_all(client, standin)
    assert (status_of(op_id), state_of(op_id, owner)) == (OpStatus.WAITING, InvoiceState.UNCOLLECTIBLE)
    invoices.pay(standin.world, name)
    tell_all(client, standin)
    assert (status_of(op_id), available(lab)) == (OpStatus.DONE, TEN)


@pytest.mark.parametrize("fault", [None, *KINDS])
def test_it_is_called_off_once_whatever_is_lost(lab: UUID, owner: Actor, standin: Standin, fault: Fault | None) -> None:
    op_id, name = waiting(lab, owner)
    call_off(lab, op_id, owner)
    call_off(lab, op_id, owner)
    standin.faults.extend([fault] if fault else [])
    payments.advance_ops()
    look()
    assert standin.world.things[name]["status"] == "void"
    op = op_of(op_id)
    assert (op.status, op.refusal_code, state_of(op_id, owner)) == (OpStatus.REFUSED, "invoice_void", InvoiceState.VOID)


def test_who_pays_before_it_is_void_has_paid(lab: UUID, owner: Actor, standin: Standin) -> None:
    op_id, name = waiting(lab, owner)
    call_off(lab, op_id, owner)
    invoices.pay(standin.world, name)
    payments.advance_ops()
    assert (status_of(op_id), available(lab)) == (OpStatus.DONE, TEN)


def test_a_payment_that_is_under_way_keeps_it_from_being_void(lab: UUID, owner: Actor, standin: Standin) -> None:
    op_id, name = waiting(lab, owner)
    standin.world.things[name]["_processing"] = True
    call_off(lab, op_id, owner)
    payments.advance_ops()
    assert status_of(op_id) is OpStatus.WAITING
    standin.world.things[name]["_processing"] = False
    look()
    assert status_of(op_id) is OpStatus.REFUSED


def test_a_payment_after_it_is_void_is_for_a_person(
    lab: UUID, owner: Actor, standin: Standin, client: FlaskClient
) -> None:
    op_id, name = waiting(lab, owner)
    call_off(lab, op_id, owner)
    payments.advance_ops()
    assert status_of(op_id) is OpStatus.REFUSED
    invoices.pay(standin.world, name)
    tell_all(client, standin)
    reconciling.reconcile()
    assert (status_of(op_id), available(lab)) == (OpStatus.REFUSED, usd("0"))
    assert strays() == [(Match.STRAY, "paid_after_void")]
    finance = accounts.operator(OperatorRole.FINANCE)
    row = db.session.scalars(reconciling.strays(finance)).one()
    with transaction():
        reconciling.explain(row.id, "Sent back by hand.", by=finance)


def test_a_bank_takes_it_back_as_any_deposit(lab: UUID, owner: Actor, standin: Standin, client: FlaskClient) -> None:
    op_id, name = waiting(lab, owner)
    charge = invoices.pay(standin.world, name)
    look()
    standin.world.dispute(charge["id"], 1000)
    tell_all(client, standin)
    found = db.session.query(Chargeback).one()
    assert (found.deposit_id, found.money) == (op_id, TEN)
    reconciling.reconcile()
    assert books.balance("platform:chargebacks", "USD") == usd("-25.00")


@pytest.mark.parametrize("change", [{"amount_due": 999}, {"currency": "eur"}])
def test_another_amount_than_was_ordered_is_never_sent(
    lab: UUID, owner: Actor, standin: Standin, change: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stripe would take a customer's credit there off the invoice, say."""
    op_id = asked(lab, owner)
    standin.faults.extend([None] * CALLS.index("finalize") + [Fault.RESET_BEFORE])
    payments.advance_ops()
    (made,) = standin.world.all("invoice")
    made.update(change)
    assert until_known(op_id) is OpStatus.PARKED
    assert (made["status"], made["_sent"]) == ("draft", [])
