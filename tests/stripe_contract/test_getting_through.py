"""What keeps a payout back at Stripe, and how it gets through: no money, a restricted account, another account."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.rules import Actor, available_account
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.ledger import queries as books
from marketplace.pay import service
from marketplace.pay.by_hand import findings
from marketplace.pay.by_hand.findings import Found
from marketplace.pay.by_hand.rules import FindingOutcome, FoundAlready
from marketplace.pay.methods import service as methods
from marketplace.pay.methods.rules import ChangeUnderWay
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import accounts as rail_accounts
from marketplace.pay.rails import inbox as rail_inbox
from marketplace.pay.rails import pausing, payments, reconciling, retrying
from marketplace.pay.rails.models import RailAccount, RailMovement
from marketplace.pay.rails.pause_models import RailPause
from marketplace.pay.rails.rules import Match
from marketplace.pay.rules import LOOK_AGAIN, OpStatus, payable
from tests.factories import accounts, workforce
from tests.factories import pay as made
from tests.pay.books import everything_holds
from tests.stripe_contract.paying import ACCOUNT, Owed, later, op_of, status_of, until_known, usd
from tests.stripe_contract.server import Standin
from tests.stripe_contract.test_calls import call
from tests.stripe_contract.test_doors import ask

REPLACE = "POST /api/v1/rails/account/replacement"


def newest(owed: Owed) -> PaymentOp:
    found = select(PaymentOp).where(PaymentOp.contractor_id == owed.contractor_id).order_by(PaymentOp.id.desc())
    return db.session.scalars(found.limit(1).execution_options(populate_existing=True)).one()


def retried() -> int:
    with transaction():
        return retrying.retry_due()


def test_a_currency_without_money_waits_and_goes_out_by_itself(owed: Owed, standin: Standin) -> None:
    """Stripe holds 59.99 USD: the payout is payable again, dollars wait a quarter of an hour, then twice that, and once
    there is money it goes out with a new key and nobody's doing."""
    standin.world.available["usd"] = 5999
    assert until_known(owed.op_id) is OpStatus.REFUSED
    assert books.balance(payable(owed.contractor_id), "USD") == usd("60.00")
    (pause,) = pausing.open_ones(made.finance())
    assert (pause.currency, pause.why, pause.try_at) == ("USD", "balance_insufficient", pause.began_at + minutes(15))
    assert retried() == 0
    later(minutes(15))
    assert retried() == 1
    payments.advance_ops()
    assert (newest(owed).status, len(standin.world.all("transfer"))) == (OpStatus.REFUSED, 0)
    known = db.session.get_one(RailPause, pause.id, populate_existing=True)
    assert known.tries == 1
    later(minutes(29))
    assert retried() == 0
    standin.world.top_up(1)
    later(minutes(2))
    assert retried() == 1
    payments.advance_ops()
    assert (newest(owed).status, len(standin.world.all("transfer"))) == (OpStatus.DONE, 1)
    assert pausing.open_ones(made.finance()) == []
    assert retried() == 0
    everything_holds()


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def test_what_an_operator_stopped_is_not_asked_for(owed: Owed, standin: Standin) -> None:
    with transaction():
        pause = pausing.pause("stripe_test", "USD", "Our bank is closed.", by=made.finance())
    assert payments.advance_ops() == 0
    assert standin.asked == []
    with transaction():
        pausing.resume(pause.id, by=made.finance())
    assert until_known(owed.op_id) is OpStatus.DONE


def test_an_account_restricted_between_compute_and_pay(owed: Owed, standin: Standin, client: FlaskClient) -> None:
    """The person is told what is missing, their pay is kept, and it goes out once the account can receive again."""
    standin.world.restrict(ACCOUNT, "external_account")
    call(client, standin, standin.world.events[-1])
    rail_inbox.handle_due()
    assert until_known(owed.op_id) is OpStatus.REFUSED
    assert op_of(owed.op_id).who_can_fix == "contractor"
    assert books.balance(payable(owed.contractor_id), "USD") == usd("60.00")
    later(minutes(20))
    assert retried() == 0, "it still could not"
    standin.world.onboard(ACCOUNT)
    call(client, standin, standin.world.events[-1])
    rail_inbox.handle_due()
    assert retried() == 1
    payments.advance_ops()
    assert newest(owed).status is OpStatus.DONE


@pytest.mark.door(REPLACE, "works")
@pytest.mark.door(REPLACE, "wrong_state")
def test_another_account_at_stripe_counts_after_48_hours_and_when_it_is_ready(
    owed: Owed, standin: Standin, client: FlaskClient
) -> None:
    me = accounts.actor_of(owed.contractor_id)
    asked = ask(client, REPLACE, accounts.bearer(me))
    assert (asked.status_code, asked.json["external_id"]) == (202, None)
    assert ask(client, REPLACE, accounts.bearer(me)).json["code"] == "payout_change_under_way"
    account_id = UUID(asked.json["id"])
    rail_accounts.open_asked(account_id)
    known = db.session.get_one(RailAccount, account_id, populate_existing=True)
    later(timedelta(hours=48))
    assert take_effect() == 0, "it cannot receive money yet"
    assert until_known(owed.op_id) is OpStatus.DONE
    assert standin.world.all("transfer")[0]["destination"] == ACCOUNT
    standin.world.onboard(str(known.external_id))
    rail_accounts.look(str(known.external_id))
    assert take_effect() == 1
    mine = rail_accounts.my_account(by=me)
    assert (mine.id, rail_accounts.coming(by=me)) == (account_id, None)
    old = db.session.scalars(select(RailAccount).where(RailAccount.external_id == ACCOUNT)).one()
    assert old.closed_at is not None
    with pytest.raises(NotFound), transaction():
        rail_accounts.replace(by=accounts.actor_of(workforce.contractor().id))


def take_effect() -> int:
    with transaction():
        return methods.take_effect_due()


def test_two_changes_do_not_wait_at_once(owed: Owed, standin: Standin) -> None:
    me = accounts.actor_of(owed.contractor_id)
    with transaction():
        rail_accounts.replace(by=me)
    with pytest.raises(ChangeUnderWay), transaction():
        rail_accounts.replace(by=me)


def refunded(standin: Standin) -> tuple[UUID, UUID]:
    """A company, and its refund of 10.00 USD that Stripe says it has made."""
    lab = accounts.company().id
    with transaction():
        op_id = service.deposit(lab, usd("10.00"), by=accounts.owner_of(lab)).id
    payments.advance_ops()
    standin.world.pay(str(op_of(op_id).external_id))
    later(LOOK_AGAIN)
    payments.advance_ops()
    with transaction():
        back = service.refund(op_id, usd("10.00"), by=accounts.owner_of(lab)).id
    payments.advance_ops()
    assert status_of(back) is OpStatus.DONE
    return lab, back


def test_a_refund_that_fails_after_it_was_done_comes_back(standin: Standin, client: FlaskClient, app: Flask) -> None:
    """Days after "succeeded" the payer's bank says no: 10.00 USD are the company's again, once, and each of the four
    movements at Stripe has its cause."""
    lab, back = refunded(standin)
    call(client, standin, standin.world.refund_is(str(op_of(back).external_id), "failed"))
    rail_inbox.handle_due()
    assert status_of(back) is OpStatus.REVERSED
    assert books.balance(available_account(lab), "USD") == usd("10.00")
    call(client, standin, standin.world.events[-1])
    rail_inbox.handle_due()
    assert books.balance(available_account(lab), "USD") == usd("10.00")
    reconciling.reconcile()
    found = db.session.execute(select(RailMovement.kind, RailMovement.match).order_by(RailMovement.id)).all()
    assert {match for _, match in found} == {Match.MATCHED}
    assert [kind for kind, _ in found].count("refund_failure") == 1


def test_a_movement_that_cannot_be_read_is_kept_and_the_others_are_matched(owed: Owed, standin: Standin) -> None:
    standin.world.moved("topup", 5, 0, "zzz", None)
    until_known(owed.op_id)
    reconciling.reconcile()
    reconciling.reconcile()
    (unread,) = reconciling.unread(made.finance())
    assert (unread.kind, unread.amount, unread.currency) == ("topup", "5", "zzz")
    assert [row.kind for row in db.session.scalars(select(RailMovement).order_by(RailMovement.id))].count(
        "transfer"
    ) == 1


def test_what_came_to_the_bank_stands_beside_what_was_promised(
    owed: Owed, standin: Standin, client: FlaskClient
) -> None:
    """Of 60.00 USD at 0.9 euros 54.00 EUR came, of which 0.45 were kept: 53.55 EUR, a fee of 0.50 USD. When the bank
    sends it back nothing has arrived."""
    until_known(owed.op_id)
    payout = standin.world.pay_out(ACCOUNT, 5355, "eur")["id"]
    standin.world.carries(payout, str(op_of(owed.op_id).external_id), fee=45, currency="eur", rate=0.9)
    call(client, standin, standin.world.payout_is(payout, "paid"))
    rail_inbox.handle_due()
    op = op_of(owed.op_id)
    assert (op.arrived, op.rail_fee, op.executed_rate) == (Money.of("53.55", "EUR"), usd("0.50"), Decimal("0.9"))
    call(client, standin, standin.world.payout_is(payout, "failed", "account_closed"))
    rail_inbox.handle_due()
    assert (op_of(owed.op_id).arrived, op_of(owed.op_id).status) == (None, OpStatus.DONE)


@pytest.fixture
def parked(owed: Owed, standin: Standin) -> Iterator[UUID]:
    """A payout that Stripe does not show and that may not be repeated."""
    payments._claim(1)
    payments.told({owed.op_id: payments.NOT_FOUND})
    assert status_of(owed.op_id) is OpStatus.PARKED
    return owed.op_id


def test_what_a_person_found_settles_a_parked_payment(parked: UUID, owed: Owed, standin: Standin) -> None:
    finance = made.finance()
    with transaction():
        findings.find(
            [parked], Found(outcome=FindingOutcome.DID_NOT, reason="Stripe has no such transfer."), by=finance
        )
    assert (status_of(parked), op_of(parked).refusal_code) == (OpStatus.REFUSED, "found_not_paid")
    assert books.balance(payable(owed.contractor_id), "USD") == usd("60.00")
    with pytest.raises(FoundAlready), transaction():
        findings.find([parked], Found(outcome=FindingOutcome.DID_NOT, reason="Again."), by=finance)
    everything_holds()


def test_what_happened_after_all_is_called_what_stripe_calls_it(parked: UUID, standin: Standin) -> None:
    """A person has read it there; a name of ours would be that of nothing."""
    found = Found(outcome=FindingOutcome.HAPPENED, reference=" tr_000042 ", happened_on=clock.now().date())
    with transaction():
        findings.find([parked], found, by=made.finance())
    assert (status_of(parked), op_of(parked).external_id) == (OpStatus.DONE, "tr_000042")


def test_what_is_asked_of_stripe_holds_no_transaction(owed: Owed, standin: Standin, client: FlaskClient) -> None:
    me: Actor = accounts.actor_of(owed.contractor_id)
    with pytest.raises(RuntimeError), transaction():
        rail_accounts.onward(by=me)
    answer = ask(client, "POST /api/v1/rails/account/onboarding", accounts.bearer(me))
    assert answer.json["url"].startswith("https://connect.stripe.com/setup/")
