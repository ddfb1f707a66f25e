"""Whatever goes wrong between Setara and Stripe: one effect there, one entry here."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import update

from marketplace.accounts.rules import OperatorRole
from marketplace.core.db import db, transaction
from marketplace.core.ids import new_id
from marketplace.ledger import queries as books
from marketplace.pay import service, telling
from marketplace.pay.methods.models import PayoutMethod
from marketplace.pay.methods.rules import MethodStatus
from marketplace.pay.models import Payslip
from marketplace.pay.rails import known as known_rails
from marketplace.pay.rails import payments
from marketplace.pay.rails.rail import Done, Order, Parked, Refused, Result, Unknown
from marketplace.pay.rails.stripe_rail import API_VERSION, StripeRail
from marketplace.pay.rules import KEY_LIVES, NothingToRetry, OpKind, OpStatus, in_flight, payable
from marketplace.workforce.models import Contractor
from tests.factories import accounts
from tests.pay.books import everything_holds
from tests.stripe_contract.contract import StripeRefuses
from tests.stripe_contract.paying import ACCOUNT, Forgetful, Owed, later, op_of, status_of, until_known, usd
from tests.stripe_contract.server import AFTER, Fault, Standin

WORKERS = 20


def transfers(standin: Standin) -> int:
    return len(standin.world.all("transfer"))


@pytest.mark.parametrize("fault", [each for each in Fault if each is not Fault.SAVED_NOTHING])
def test_a_payout_happens_once_whatever_goes_wrong(owed: Owed, standin: Standin, fault: Fault) -> None:
    standin.faults.append(fault)
    assert until_known(owed.op_id) is OpStatus.DONE
    assert transfers(standin) == 1
    assert op_of(owed.op_id).external_id == standin.world.all("transfer")[0]["id"]
    assert books.balance(in_flight(owed.contractor_id), "USD") == usd("0")
    everything_holds()


@pytest.mark.parametrize("fault", sorted(AFTER))
def test_a_key_for_each_attempt_would_pay_twice(
    owed: Owed, standin: Standin, app: Flask, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    """The tests above are not vacuous: without the one key they fail."""
    rail = known_rails.stripe()
    monkeypatch.setitem(
        app.extensions, "setara_stripe_rail", Forgetful(rail.client, home="https://setara.example", live=False)
    )
    standin.faults.append(fault)
    until_known(owed.op_id)
    assert transfers(standin) > 1


def test_an_answer_that_takes_its_time_is_waited_for(owed: Owed, standin: Standin) -> None:
    standin.faults.append(Fault.SLOW_AFTER)
    payments.advance_ops()
    assert (status_of(owed.op_id), len(standin.keys)) == (OpStatus.DONE, 1)


def test_what_stripe_told_nothing_of_waits_for_a_person(owed: Owed, standin: Standin) -> None:
    """Its own crash is kept under the key for ever, and nothing is to be found: the money stays in flight."""
    standin.faults.append(Fault.SAVED_NOTHING)
    assert until_known(owed.op_id, rounds=3) is OpStatus.UNKNOWN
    later(KEY_LIVES)
    assert until_known(owed.op_id) is OpStatus.PARKED
    assert (transfers(standin), books.balance(in_flight(owed.contractor_id), "USD")) == (0, usd("60.00"))
    everything_holds()


@pytest.mark.parametrize(
    ("fault", "pause"), [(Fault.RESET_AFTER, KEY_LIVES), (Fault.SAVED_500_AFTER, timedelta(minutes=10))]
)
def test_a_look_that_is_refused_says_nothing_about_the_money(
    owed: Owed, standin: Standin, monkeypatch: pytest.MonkeyPatch, fault: Fault, pause: timedelta
) -> None:
    """60.00 have left, and the answer is lost. Were it refused, the person could be paid them again."""
    standin.faults.append(fault)
    payments.advance_ops()

    def refuse(*_asked: object, **_where: object) -> None:
        raise StripeRefuses("No such destination.", code="resource_missing", param="destination", status=400)

    monkeypatch.setattr(standin.world, "list", refuse)
    later(pause)
    payments.advance_ops()
    assert (status_of(owed.op_id), transfers(standin)) == (OpStatus.PARKED, 1)
    assert books.balance(in_flight(owed.contractor_id), "USD") == usd("60.00")


def test_every_request_says_whose_it_is(owed: Owed, standin: Standin) -> None:
    payments.advance_ops()
    (made,) = standin.world.all("transfer")
    told = made["metadata"]
    assert made["transfer_group"] == f"pay_run:{owed.run_id}"
    assert told["setara_op"] == str(owed.op_id)
    assert (told["net"], told["engagement"]) == ("60.00 USD", "contractor")
    assert told["contracts"].count("-") == 4, "one contract, by its id"
    assert "health_contribution" in told
    assert list(standin.keys) == [f"payout:{owed.op_id}:1"]


def test_stripe_is_told_the_version_and_nothing_of_this_machine(owed: Owed, standin: Standin, rail: StripeRail) -> None:
    rail.holdings()
    assert standin.told["Stripe-Version"] == API_VERSION
    assert "Setara" in standin.told["User-Agent"]
    told = standin.told["X-Stripe-Client-User-Agent"]
    assert not {"platform", "uname", "telemetry_id"} & set(json.loads(told))
    assert "X-Stripe-Client-Telemetry" not in standin.told
    assert (rail.mode, rail.moves_real_money, rail.name) == ("test", False, "stripe_test")


def test_too_little_at_stripe_gives_the_money_back_and_can_be_tried_again(owed: Owed, standin: Standin) -> None:
    standin.world.available["usd"] = 5999
    assert until_known(owed.op_id) is OpStatus.REFUSED
    op = op_of(owed.op_id)
    assert (op.refusal_code, op.who_can_fix) == ("balance_insufficient", "operator")
    assert books.balance(payable(owed.contractor_id), "USD") == usd("60.00")
    standin.world.top_up(1)
    with transaction():
        again = service.retry_payout(owed.op_id, by=accounts.operator(OperatorRole.FINANCE)).id
    assert until_known(again) is OpStatus.DONE
    assert transfers(standin) == 1
    everything_holds()


def test_a_restricted_account_is_the_persons_to_mend(owed: Owed, standin: Standin) -> None:
    standin.world.restrict(ACCOUNT, "individual.verification.document")
    assert until_known(owed.op_id) is OpStatus.REFUSED
    op = op_of(owed.op_id)
    assert (op.refusal_code, op.who_can_fix) == ("insufficient_capabilities_for_transfer", "contractor")
    assert books.balance(payable(owed.contractor_id), "USD") == usd("60.00")


def test_a_wrong_key_says_nothing_about_the_money(
    owed: Owed, standin: Standin, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "STRIPE_KEY", "sk_test_another")
    app.extensions.pop("setara_stripe_rail", None)
    assert until_known(owed.op_id) is OpStatus.PARKED
    assert books.balance(in_flight(owed.contractor_id), "USD") == usd("60.00")
    app.extensions.pop("setara_stripe_rail", None)


def test_the_same_key_for_another_amount_is_parked(owed: Owed, standin: Standin, rail: StripeRail) -> None:
    _, (claim,) = payments._claim(1)
    assert isinstance(rail.send(claim.order), Done)
    told = rail.send(replace(claim.order, money=usd("61.00")))
    assert told == Parked("This key was used before for another order.")
    assert transfers(standin) == 1


def test_what_stripe_moved_is_what_was_ordered(owed: Owed, standin: Standin, rail: StripeRail) -> None:
    _, (claim,) = payments._claim(1)
    rail.send(claim.order)
    standin.world.all("transfer")[0]["amount"] = 1
    assert isinstance(rail.find(claim.order), Parked)


def test_twenty_workers_at_one_order_make_one_transfer(owed: Owed, standin: Standin, rail: StripeRail) -> None:
    _, (claim,) = payments._claim(1)
    start = Barrier(WORKERS)

    def work() -> Result:
        start.wait(10)
        return rail.send(claim.order)

    with ThreadPoolExecutor(WORKERS) as pool:
        told = [each.result() for each in [pool.submit(work) for _ in range(WORKERS)]]
    assert transfers(standin) == 1
    assert {type(each) for each in told} <= {Done, Unknown}, "two at once conflict, and are told so"
    assert len({each.id for each in told if isinstance(each, Done)}) <= 1
    assert isinstance(rail.send(claim.order), Done)


def test_a_payout_without_an_account_is_the_persons_to_mend(owed: Owed, rail: StripeRail) -> None:
    _, (claim,) = payments._claim(1)
    order = replace(claim.order, params=dict(claim.order.params) | {"destination": None})
    told = rail.send(order)
    assert isinstance(told, Refused)
    assert (told.code, told.who_can_fix) == ("payout_account_missing", "contractor")
    assert rail.find(order) is None


def test_a_payout_to_a_country_without_a_rail_waits_and_its_person_is_not_told_to_mend_it(
    owed: Owed, rail: StripeRail
) -> None:
    """Brazil: nobody can open an account there, so an operator has to see to it, and the pay is kept."""
    _, (claim,) = payments._claim(1)
    slip = db.session.get_one(Payslip, op_of(owed.op_id).payslip_id)
    with transaction():
        db.session.execute(update(PayoutMethod).values(status=MethodStatus.REPLACED))
        db.session.execute(update(Contractor).values(country="BR", subdivision=None))
        db.session.expire_all()
        ((_, params),) = telling.of_payouts([slip]).values()
    assert (params["destination"], params["unreached"]) == (None, "BR")
    told = rail.send(replace(claim.order, params=params))
    assert isinstance(told, Refused)
    assert (told.code, told.who_can_fix) == ("country_without_rail", "operator")


@pytest.mark.parametrize("fault", [None, *sorted(AFTER)])
def test_a_payout_is_taken_back_once_and_can_be_paid_again(owed: Owed, standin: Standin, fault: Fault | None) -> None:
    """What comes back is payable at once: 60.00 to the wrong account, and 60.00 to the right one."""
    finance = accounts.operator(OperatorRole.FINANCE)
    until_known(owed.op_id)
    if fault is not None:
        standin.faults.append(fault)
    with transaction():
        back = service.take_back(owed.op_id, "It went to an account that is not yours.", by=finance).id
    assert until_known(back) is OpStatus.DONE
    assert standin.world.all("transfer")[0]["amount_reversed"] == 6000
    assert status_of(owed.op_id) is OpStatus.REVERSED
    assert books.balance(payable(owed.contractor_id), "USD") == usd("60.00")
    everything_holds()
    with transaction():
        again = service.retry_payout(owed.op_id, by=finance).id
    assert until_known(again) is OpStatus.DONE
    with pytest.raises(NothingToRetry):
        service.retry_payout(owed.op_id, by=finance)
    everything_holds()


def test_an_empty_account_gives_nothing_back(owed: Owed, standin: Standin) -> None:
    until_known(owed.op_id)
    standin.world.things[ACCOUNT]["_empty"] = True
    with transaction():
        back = service.take_back(owed.op_id, "Twice.", by=accounts.operator(OperatorRole.FINANCE)).id
    assert until_known(back) is OpStatus.REFUSED
    assert status_of(owed.op_id) is OpStatus.DONE
    everything_holds()


def test_an_order_for_what_stripe_does_not_carry_asks_nothing(standin: Standin, rail: StripeRail) -> None:
    from_nowhere = Order(new_id(), OpKind.PAYOUT, "key", usd("1.00"), new_id(), {"destination": ACCOUNT})
    told = rail.send(replace(from_nowhere, money=type(usd("1.00"))(100, "UGX"), params={"destination": ACCOUNT}))
    assert isinstance(told, Refused)
    assert (told.code, standin.asked) == ("rail_cannot_carry", [])
