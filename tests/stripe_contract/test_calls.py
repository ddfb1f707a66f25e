"""What Stripe tells by itself: believed when signed, kept once, harmless twice and in any order."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from jobs.runner import run_now
from marketplace.accounts.models import Person
from marketplace.accounts.rules import OperatorRole, available_account
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.ledger import queries as books
from marketplace.pay import service
from marketplace.pay.rails import accounts as rail_accounts
from marketplace.pay.rails import inbox as rail_inbox
from marketplace.pay.rails import payments
from marketplace.pay.rails.models import RailAccount, RailEvent, RailPayout
from marketplace.pay.rails.rules import MOST_TRIES, Outcome
from marketplace.pay.rules import LOOK_AGAIN, STALE_AFTER, OpStatus, next_try
from tests.factories import accounts, workforce
from tests.stripe_contract import server
from tests.stripe_contract.operations import answer
from tests.stripe_contract.paying import ACCOUNT, Owed, later, op_of, status_of, until_known, usd
from tests.stripe_contract.server import Fault, Standin
from tests.web.visitor import Visitor

PLATFORM, CONNECT = "/api/v1/rails/stripe/platform", "/api/v1/rails/stripe/connect"
DOOR = "POST /api/v1/rails/stripe/<any(platform,connect):endpoint>"


def call(client: FlaskClient, standin: Standin, event: dict[str, Any], **how: Any) -> TestResponse:
    body, headers = standin.world.signed(event, **how)
    return client.post(CONNECT if "account" in event else PLATFORM, data=body, headers=headers)


def outcomes() -> list[tuple[str, Outcome, str | None]]:
    rows = select(RailEvent.name, RailEvent.outcome, RailEvent.error).order_by(RailEvent.id)
    return [(row.name, row.outcome, row.error) for row in db.session.execute(rows)]


@pytest.mark.door(DOOR, "works")
@pytest.mark.door(DOOR, "not_signed_in")
@pytest.mark.door(DOOR, "wrong_shape")
def test_only_stripe_is_believed_and_only_just_now(owed: Owed, standin: Standin, client: FlaskClient) -> None:
    payments.advance_ops()
    event = standin.world.events[-1]
    assert event["type"] == "transfer.created"
    assert call(client, standin, event, secret="whsec_of_somebody").status_code == 401
    assert call(client, standin, event, ago=301).json["code"] == "rail_signature_not_valid"
    assert call(client, standin, event, ago=-120).status_code == 401, "from the future"
    body, headers = standin.world.signed(event)
    assert client.post(PLATFORM, data=body.replace(b"6000", b"6001"), headers=headers).status_code == 401
    assert client.post(CONNECT, data=body, headers=headers).status_code == 401, "each door has its own secret"
    assert client.post(PLATFORM, data=body, content_type="application/json").status_code == 401
    assert client.post("/api/v1/rails/stripe/nonsense", data=body, headers=headers).status_code == 404
    assert db.session.scalar(select(func.count(RailEvent.id))) == 0
    body, headers = standin.world.signed({"object": "v2.core.event", "id": "evt_thin"})
    assert client.post(PLATFORM, data=body, headers=headers).json["code"] == "not_an_event"
    assert call(client, standin, event).json == {"id": event["id"], "outcome": "waiting"}
    assert call(client, standin, event, ago=-30).status_code == 200
    assert db.session.scalar(select(func.count(RailEvent.id))) == 1


def test_a_call_comes_before_the_lost_answer(owed: Owed, standin: Standin, client: FlaskClient) -> None:
    """The payment is still being asked about when Stripe tells of it; the late answer then changes nothing."""
    _, (claim,) = payments._claim(1)
    late = payments._ask(claim)
    call(client, standin, standin.world.events[-1])
    assert rail_inbox.handle_due() == 1
    assert status_of(owed.op_id) is OpStatus.DONE
    payments.told({owed.op_id: late})
    call(client, standin, standin.world.events[-1])
    assert rail_inbox.handle_due() == 0
    assert (op_of(owed.op_id).external_id, len(standin.world.all("transfer"))) == ("tr_000001", 1)


def test_a_deposit_is_there_when_stripe_says_so(standin: Standin, client: FlaskClient) -> None:
    lab = accounts.company().id
    with transaction():
        op_id = service.deposit(lab, usd("10.00"), by=accounts.owner_of(lab)).id
    payments.advance_ops()
    standin.world.pay(str(op_of(op_id).external_id))
    for event in reversed(standin.world.events):
        assert call(client, standin, event).status_code == 200
    rail_inbox.handle_due()
    assert (status_of(op_id), books.balance(available_account(lab), "USD")) == (OpStatus.DONE, usd("10.00"))
    assert {each[1] for each in outcomes()} == {Outcome.HANDLED, Outcome.IGNORED}


def test_a_debit_that_comes_back_is_refused(standin: Standin, client: FlaskClient) -> None:
    lab = accounts.company().id
    with transaction():
        op_id = service.deposit(lab, usd("10.00"), by=accounts.owner_of(lab)).id
    payments.advance_ops()
    standin.world.debit(str(op_of(op_id).external_id))
    call(client, standin, standin.world.events[-1])
    rail_inbox.handle_due()
    op = op_of(op_id)
    assert (op.status, op.pay_url) == (OpStatus.WAITING, None)
    standin.world.debit_fails(str(op.external_id))
    call(client, standin, standin.world.events[-1])
    rail_inbox.handle_due()
    assert (status_of(op_id), op_of(op_id).refusal_code) == (OpStatus.REFUSED, "payment_failed")


def test_a_refund_that_fails_after_days_is_the_companys_again(standin: Standin, client: FlaskClient) -> None:
    """The service's balance at Stripe had it back, and nobody's account here did."""
    lab = accounts.company().id
    owner = accounts.owner_of(lab)
    with transaction():
        op_id = service.deposit(lab, usd("10.00"), by=owner).id
    payments.advance_ops()
    standin.world.pay(str(op_of(op_id).external_id))
    later(LOOK_AGAIN)
    payments.advance_ops()
    standin.world.refunds_are = "pending"
    with transaction():
        back = service.refund(op_id, usd("10.00"), by=owner).id
    payments.advance_ops()
    call(client, standin, standin.world.refund_is(str(op_of(back).external_id), "failed"))
    rail_inbox.handle_due()
    assert (status_of(back), op_of(back).refusal_code) == (OpStatus.REFUSED, "refund_failed")
    assert books.balance(available_account(lab), "USD") == usd("10.00")


def test_a_call_tells_of_a_page_whose_answer_was_lost(standin: Standin, client: FlaskClient) -> None:
    """A debit was begun on a page that this service never heard of: it waits for the money, and asks for no other."""
    lab = accounts.company().id
    payments.advance_ops()  # What was due before has no part in it.
    standin.faults.append(Fault.RESET_AFTER)
    with transaction():
        op_id = service.deposit(lab, usd("10.00"), by=accounts.owner_of(lab)).id
    payments.advance_ops()
    assert status_of(op_id) is OpStatus.UNKNOWN
    (session,) = standin.world.all("checkout.session")
    standin.world.debit(session["id"])
    call(client, standin, standin.world.events[-1])
    rail_inbox.handle_due()
    assert (status_of(op_id), op_of(op_id).external_id) == (OpStatus.WAITING, session["id"])


def test_what_the_books_do_not_know_is_shown_to_a_person(owed: Owed, standin: Standin, client: FlaskClient) -> None:
    made = answer(
        standin.world, "POST", "/v1/transfers", {}, {"amount": 100, "currency": "usd", "destination": ACCOUNT}, None
    )
    call(client, standin, standin.world.events[-1])
    other = answer(standin.world, "POST", "/v1/accounts", {}, {"country": "US"}, None)["id"]
    standin.world.onboard(other)
    call(client, standin, standin.world.events[-1])
    rail_inbox.handle_due()
    assert outcomes() == [
        ("transfer.created", Outcome.UNMATCHED, "no_such_payment"),
        ("account.updated", Outcome.UNMATCHED, "no_such_account"),
    ]
    assert made["id"] == db.session.scalars(select(RailEvent.about_id).order_by(RailEvent.id)).first()


def test_what_cannot_be_read_again_is_tried_and_then_shown(
    owed: Owed, standin: Standin, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    payments.advance_ops()
    call(client, standin, standin.world.events[-1])
    monkeypatch.setattr(server, "answer", lambda *_asked: 1 / 0)
    for number in range(1, MOST_TRIES + 1):
        assert (rail_inbox.handle_due(), rail_inbox.handle_due()) == (1, 0), "a rail that is silent gets a pause"
        later(next_try(number, clock.now()) - clock.now())
    assert outcomes() == [("transfer.created", Outcome.FAILED, "Unreachable")]
    assert rail_inbox.handle_due() == 0
    monkeypatch.undo()
    with transaction():
        rail_inbox.ask_again(standin.world.events[-1]["id"], by=accounts.operator(OperatorRole.FINANCE))
    rail_inbox.handle_due()
    assert outcomes() == [("transfer.created", Outcome.HANDLED, None)]


def test_a_call_that_a_process_is_answering_is_nobody_elses_until_it_is_lost(
    owed: Owed, standin: Standin, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    payments.advance_ops()
    call(client, standin, standin.world.events[-1])

    def meanwhile(_call: RailEvent) -> rail_inbox.Handled:
        assert rail_inbox.handle_due() == 0
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(rail_inbox, "_answered", meanwhile)
        with pytest.raises(KeyboardInterrupt):
            rail_inbox.handle_due()
    assert rail_inbox.handle_due() == 0, "it may still be alive"
    later(STALE_AFTER)
    assert rail_inbox.handle_due() == 1
    assert outcomes() == [("transfer.created", Outcome.HANDLED, None)]


def test_real_money_is_no_business_of_a_test_key(owed: Owed, standin: Standin, client: FlaskClient) -> None:
    payments.advance_ops()
    assert call(client, standin, standin.world.events[-1] | {"livemode": True}).json["outcome"] == "ignored"
    assert rail_inbox.handle_due() == 0


# --- people's accounts ------------------------------------------------------------------------------------------------


def test_an_account_is_opened_once_and_says_what_is_missing(standin: Standin, client: FlaskClient) -> None:
    """However often it is asked for, and whatever got lost."""
    standin.world.counts["acct"] = 10
    me = workforce.contractor()
    by = accounts.actor_of(me.id)
    with transaction():
        first = rail_accounts.ask_for(by=by).id
        assert rail_accounts.ask_for(by=by).id == first
    standin.faults.append(Fault.RESET_AFTER)
    with pytest.raises(Exception, match="lost"):
        rail_accounts.open_asked(first)
    rail_accounts.open_asked(first)
    rail_accounts.open_asked(first)
    (there,) = standin.world.all("account")
    account = db.session.get_one(RailAccount, first)
    assert (account.external_id, account.can_receive) == (there["id"], False)
    assert "external_account" in account.missing
    assert there["tos_acceptance"] == {"service_agreement": "full"}
    assert rail_accounts.onward(by=by).startswith(f"https://connect.stripe.com/setup/s/{there['id']}/")
    standin.world.onboard(there["id"])
    call(client, standin, standin.world.events[-1])
    rail_inbox.handle_due()
    db.session.refresh(account)
    assert (account.can_receive, account.can_pay_out, account.missing) == (True, True, [])


@pytest.mark.parametrize(
    ("is_demo", "email", "can_receive"),
    [(True, "ana@kansas.example", True), (False, "ana@kansas.example", False), (True, "ana@example.com", False)],
)
def test_who_is_made_up_gives_test_data_in_a_demonstration(
    standin: Standin, app: Flask, monkeypatch: pytest.MonkeyPatch, is_demo: bool, email: str, can_receive: bool
) -> None:
    """Whose address somebody can have goes to Stripe's page, and so does everybody where people work."""
    standin.world.counts["acct"] = 40 + 2 * is_demo + can_receive
    monkeypatch.setitem(app.config, "DEMO", is_demo)
    me = workforce.contractor(accounts.person(email))
    with transaction():
        account_id = rail_accounts.ask_for(by=accounts.actor_of(me.id)).id
    rail_accounts.open_asked(account_id)
    account = db.session.get_one(RailAccount, account_id, populate_existing=True)
    assert (account.can_receive, account.can_pay_out) == (can_receive, can_receive)


def test_an_account_is_looked_at_again_though_no_call_came(
    owed: Owed, standin: Standin, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = db.session.scalars(select(RailAccount).where(RailAccount.external_id == ACCOUNT)).one()
    account.looked_at = clock.now()
    standin.world.restrict(ACCOUNT, "individual.verification.document")
    with transaction():
        pass
    run_now("rail.look_at_accounts")
    assert (account.can_receive, standin.asked) == (True, []), "it was looked at just now"
    later(timedelta(days=1, minutes=1))
    run_now("rail.look_at_accounts")
    db.session.refresh(account)
    assert (account.can_receive, account.missing) == (False, ["individual.verification.document"])
    monkeypatch.setitem(app.config, "STRIPE_KEY", "")
    before = len(standin.asked)
    for name in ("rail.look_at_accounts", "rail.handle_waiting", "rail.reconcile_due"):
        run_now(name)
    assert len(standin.asked) == before, "without a key there is nothing to do"


def test_an_account_that_is_gone_keeps_nobody_elses_from_being_looked_at(
    owed: Owed, standin: Standin, app: Flask, client: FlaskClient
) -> None:
    """It was looked at before the other, so it is due first."""
    standin.world.counts["acct"] = 60
    other = workforce.contractor()
    with transaction():
        later_one = rail_accounts.ask_for(by=accounts.actor_of(other.id))
        gone = db.session.scalars(select(RailAccount).where(RailAccount.external_id == ACCOUNT)).one()
        gone.looked_at = clock.now() - timedelta(minutes=5)
    rail_accounts.open_asked(later_one.id)
    del standin.world.things[ACCOUNT]
    standin.world.onboard(str(later_one.external_id))
    later(timedelta(days=1))
    moment = clock.now()
    run_now("rail.look_at_accounts")
    db.session.expire_all()
    assert (later_one.can_receive, min(later_one.looked_at, gone.looked_at) >= moment) == (True, True)
    assert gone.problem == "Stripe does not know this account any more."
    page = Visitor(client).signed_in(db.session.get_one(Person, owed.contractor_id)).look("/work/payout-account")
    assert "It cannot be seen at Stripe any more" in page.words
    assert "Your account at Stripe not ready yet" in page.words


@pytest.mark.parametrize(("order", "state"), [((0, 1, 2), "failed"), ((2, 1, 0), "failed"), ((1, 0), "paid")])
def test_a_payout_to_a_bank_is_watched_in_any_order(
    owed: Owed, standin: Standin, client: FlaskClient, order: tuple[int, ...], state: str
) -> None:
    """What was paid can still come back, and nothing that is told late undoes it."""
    until_known(owed.op_id)
    payout = standin.world.pay_out(ACCOUNT, 6000)["id"]
    told = [standin.world.events[-1], standin.world.payout_is(payout, "paid")]
    if state == "failed":
        told.append(standin.world.payout_is(payout, "failed", "account_closed"))
    for number in order:
        call(client, standin, told[number])
        rail_inbox.handle_due()
    row = db.session.scalars(select(RailPayout)).one()
    assert (row.money, row.state, row.contractor_id) == (usd("60.00"), state, owed.contractor_id)
    assert row.failure == ("account_closed" if state == "failed" else None)
