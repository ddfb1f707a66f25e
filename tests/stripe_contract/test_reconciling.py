"""Stripe's balance and the books, movement by movement."""

from uuid import UUID

import pytest
from flask import Flask

from marketplace.accounts.rules import OperatorRole
from marketplace.core.db import db, transaction
from marketplace.ledger import queries as books
from marketplace.pay import service
from marketplace.pay.rails import payments, reconciling
from marketplace.pay.rails.models import RailMovement
from marketplace.pay.rails.rules import Match, NotStray
from marketplace.pay.rules import LOOK_AGAIN
from tests.factories import accounts
from tests.stripe_contract.operations import answer
from tests.stripe_contract.paying import ACCOUNT, Owed, later, op_of, until_known, usd
from tests.stripe_contract.server import Standin


def matches() -> dict[str, tuple[Match, str | None]]:
    return {row.kind: (row.match, row.why) for row in db.session.query(RailMovement).order_by(RailMovement.id)}


def differences() -> dict[str, str]:
    finance = accounts.operator(OperatorRole.FINANCE)
    return {each.rail.currency: str(each.difference) for each in reconciling.standings(finance)}


def paid_in(standin: Standin, amount: str = "100.00") -> UUID:
    lab = accounts.company().id
    with transaction():
        op_id = service.deposit(lab, usd(amount), by=accounts.owner_of(lab)).id
    payments.advance_ops()
    standin.world.pay(str(op_of(op_id).external_id), settled=False)
    return op_id


def test_every_movement_has_one_cause(owed: Owed, standin: Standin) -> None:
    """A top-up, a deposit with its fee, a payout taken back, a refund, and Stripe's own bill: the books stand where
    Stripe does. The scene's own money never was at Stripe."""
    before = books.balance("rail:stripe_test", "USD")
    op_id = paid_in(standin)
    until_known(owed.op_id)
    later(LOOK_AGAIN)
    payments.advance_ops()
    with transaction():
        back = service.take_back(owed.op_id, "Wrong.", by=accounts.operator(OperatorRole.FINANCE)).id
        refund = service.refund(op_id, usd("30.00"), by=accounts.owner_of(op_of(op_id).owner_id)).id
    until_known(back)
    until_known(refund)
    standin.world.moved("stripe_fee", -250, 0, "usd", None)
    standin.world.moved("payout", -5000, 0, "usd", None)
    assert reconciling.reconcile() == 7
    assert {match for match, _ in matches().values()} == {Match.MATCHED}
    assert books.balance("platform:rail_costs", "USD") == usd("-5.70"), "2.90 + 0.30, and the bill"
    held = standin.world.available["usd"] + standin.world.pending["usd"]
    assert -(books.balance("rail:stripe_test", "USD") - before) == usd(str(held / 100))
    assert reconciling.reconcile() == 0
    assert books.wrong_balances() == []


def test_what_was_done_beside_the_books_is_found(owed: Owed, standin: Standin) -> None:
    """Somebody sends money at Stripe's own page, and somebody else twice under our id."""
    told = {"amount": 700, "currency": "usd", "destination": ACCOUNT}
    answer(standin.world, "POST", "/v1/transfers", {}, told, None)
    until_known(owed.op_id)
    ours = standin.world.all("transfer")[0]["metadata"]
    answer(standin.world, "POST", "/v1/transfers", {}, told | {"amount": 6000, "metadata": ours}, None)
    standin.world.moved("reserve_hold", -100, 0, "usd", None)
    reconciling.reconcile()
    finance = accounts.operator(OperatorRole.FINANCE)
    strays = {row.why: row for row in db.session.scalars(reconciling.strays(finance))}
    assert set(strays) == {"no_payment_of_ours", "second_time", "kind_not_known"}
    with transaction():
        reconciling.explain(strays["no_payment_of_ours"].id, "A bonus, sent by hand.", by=finance)
    with pytest.raises(NotStray):
        reconciling.explain(strays["no_payment_of_ours"].id, "Again.", by=finance)
    assert books.balance("platform:rail_strays", "USD") == usd("-7.00")
    assert strays["no_payment_of_ours"].explained_by == finance.person_id
    (day,) = reconciling.days(finance)
    assert (day.counts[Match.MATCHED], day.counts[Match.STRAY], day.counts[Match.EXPLAINED]) == (2, 2, 1)


def test_a_movement_before_its_payment_is_known_waits_for_it(
    owed: Owed, standin: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody explains it meanwhile: the books would have it twice. An older stray does not stand in its way."""
    monkeypatch.setattr(reconciling, "BATCH", 1)
    finance = accounts.operator(OperatorRole.FINANCE)
    standin.world.moved("reserve_hold", -100, 0, "usd", None)
    _, (claim,) = payments._claim(1)
    lost = payments._ask(claim)
    reconciling.reconcile()
    assert matches()["transfer"] == (Match.STRAY, "not_done_here")
    early = db.session.scalars(reconciling.strays(finance).where(RailMovement.kind == "transfer")).one().id
    with pytest.raises(NotStray):
        reconciling.explain(early, "It went out.", by=finance)
    payments.told({owed.op_id: lost})
    with pytest.raises(NotStray):
        reconciling.explain(early, "It went out.", by=finance)
    reconciling.reconcile()
    assert matches()["transfer"] == (Match.MATCHED, None)


def test_one_amount_that_cannot_be_read_stops_nothing(owed: Owed, standin: Standin) -> None:
    """A coin that is no currency of ISO 4217 lies between two movements that are."""
    until_known(owed.op_id)
    standin.world.moved("topup", 100, 0, "usdc", None)
    standin.world.moved("stripe_fee", -250, 0, "usd", None)
    assert reconciling.reconcile() == 3
    assert {match for match, _ in matches().values()} == {Match.MATCHED}
    assert set(differences()) == {"USD"}


def test_another_amount_is_no_match(owed: Owed, standin: Standin) -> None:
    until_known(owed.op_id)
    standin.world.all("balance_transaction", type="transfer")[0].update(amount=-5999, net=-5999)
    reconciling.reconcile()
    assert matches()["transfer"] == (Match.STRAY, "other_amount")


def test_a_chargeback_is_booked_once_and_not_on_those_who_worked(standin: Standin, app: Flask) -> None:
    """10.00 taken back by the payer's bank, and 15.00 for it: 25.00 that the service claims from the company."""
    op_id = paid_in(standin, "10.00")
    later(LOOK_AGAIN)
    payments.advance_ops()
    standin.world.dispute(standin.world.all("charge")[0]["id"], 1000)
    reconciling.reconcile()
    reconciling.reconcile()
    assert books.balance("platform:chargebacks", "USD") == usd("-25.00")
    assert books.balance(f"company:{op_of(op_id).owner_id}:available", "USD") == usd("10.00")


def test_a_long_list_is_read_to_its_end(owed: Owed, standin: Standin) -> None:
    for _ in range(250):
        standin.world.top_up(1)
    assert reconciling.reconcile() == 251
    assert differences()["USD"] is not None
