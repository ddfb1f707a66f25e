"""A chargeback at Stripe: told by its call, answered once by the same rail interface, and decided."""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from jobs import rails
from marketplace.accounts.rules import available_account
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import timeline
from marketplace.ledger import queries as books
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import chargeback_papers, chargebacks, inbox, payments, reconciling
from marketplace.pay.rails import known as known_rails
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rails.chargeback_rules import ChargebackOver, ChargebackStatus, Shows
from marketplace.pay.rails.rail import Order, Result
from marketplace.pay.rails.rules import Outcome
from marketplace.pay.rules import LOOK_AGAIN, STALE_AFTER, OpKind, OpStatus
from tests import papers as files
from tests.factories import accounts
from tests.factories import pay as made
from tests.stripe_contract import operations
from tests.stripe_contract.paying import later, status_of, until_known, usd
from tests.stripe_contract.server import Fault, Standin
from tests.stripe_contract.test_reconciling import paid_in

WORDS = "We ordered this work, signed for it, and have its results."


def told(client: FlaskClient, standin: Standin) -> Chargeback | None:
    """Every call that Stripe has for us, answered."""
    for event in standin.world.events:
        if event["type"].startswith("charge.dispute."):
            body, headers = standin.world.signed(event)
            client.post("/api/v1/rails/stripe/platform", data=body, headers=headers)
    inbox.handle_due()
    return db.session.scalars(select(Chargeback).execution_options(populate_existing=True)).one_or_none()


@pytest.fixture
def disputed(standin: Standin, app: Flask, client: FlaskClient) -> Chargeback:
    paid_in(standin, "10.00")
    later(LOOK_AGAIN)
    payments.advance_ops()
    standin.world.dispute(standin.world.all("charge")[0]["id"], 1000)
    found = told(client, standin)
    assert found is not None
    return found


def hand_in(found: Chargeback) -> UUID:
    with transaction():
        by = accounts.owner_of(found.company_id)
        known = chargebacks.hand_in(found.company_id, found.id, WORDS, by=by).evidence_id
    assert known is not None
    return known


def test_the_deposit_of_a_dispute_is_found_and_the_bank_decides(
    disputed: Chargeback, standin: Standin, client: FlaskClient
) -> None:
    deposit = db.session.get_one(PaymentOp, disputed.deposit_id)
    assert (deposit.kind, disputed.money, disputed.status) == (OpKind.DEPOSIT, usd("10.00"), ChargebackStatus.OPEN)
    assert disputed.due_by is not None
    op_id = hand_in(disputed)
    assert until_known(op_id) is OpStatus.DONE
    assert standin.world.all("dispute")[0]["evidence"]["uncategorized_text"] == WORDS
    reviewed = told(client, standin)
    assert reviewed is not None
    assert reviewed.status is ChargebackStatus.UNDER_REVIEW
    standin.world.decided(disputed.external_id, "won")
    won = told(client, standin)
    assert won is not None
    assert won.status is ChargebackStatus.WON
    reconciling.reconcile()
    assert books.balance("platform:chargebacks", "USD") == usd("-15.00"), "the bank's fee is not given back"


def test_a_bank_that_is_not_convinced_keeps_what_it_has_taken(
    disputed: Chargeback, standin: Standin, client: FlaskClient
) -> None:
    assert until_known(hand_in(disputed)) is OpStatus.DONE
    reviewed = told(client, standin)
    assert reviewed is not None
    assert reviewed.status is ChargebackStatus.UNDER_REVIEW
    standin.world.decided(disputed.external_id, "lost")
    lost = told(client, standin)
    assert lost is not None
    assert lost.status is ChargebackStatus.LOST
    reconciling.reconcile()
    assert books.balance("platform:chargebacks", "USD") == usd("-25.00"), "10.00 that were taken, and the bank's fee"


def names(found: Chargeback) -> list[str]:
    return [event.name.removeprefix("chargeback.") for event in reversed(timeline("chargeback", found.id))]


@pytest.mark.parametrize("is_late", [False, True])
def test_what_a_bank_gives_back_after_it_had_kept_it_goes_to_whoever_bore_it(
    disputed: Chargeback, standin: Standin, client: FlaskClient, *, is_late: bool
) -> None:
    """It asks for 8.00 of the 10.00 before it decides, and keeps them. The company pays them again, and has 3.00 and
    then the rest as the bank gives them back, however often Stripe calls and whatever it calls that."""
    purse = available_account(disputed.company_id)
    standin.world.asks_for(disputed.external_id, 800)
    standin.world.decided(disputed.external_id, "lost")
    lost = told(client, standin)
    assert lost is not None
    assert (lost.status, lost.owed) == (ChargebackStatus.LOST, usd("8.00"))
    with transaction():
        chargebacks.pay_again(lost.company_id, lost.id, by=accounts.owner_of(lost.company_id))
    standin.world.reinstate(lost.external_id, 300)
    for _ in range(2):
        partly = told(client, standin)
        assert partly is not None
        assert (partly.status, partly.held, books.balance(purse, "USD")) == (lost.status, usd("5.00"), usd("5.00"))
    if is_late:
        standin.world.decided(lost.external_id, "won")
    else:
        standin.world.reinstate(lost.external_id, 500)
    for _ in range(2):
        back = told(client, standin)
        assert back is not None
        assert (back.status, back.owed, back.ended_at) == (ChargebackStatus.REINSTATED, usd("0.00"), lost.ended_at)
        assert books.balance(purse, "USD") == usd("10.00")
    assert names(back) == ["opened", "amount_changed", "lost", "paid_again", "partly_reinstated", "reinstated"]


def test_what_a_bank_gives_back_reaches_the_company_though_stripe_cannot_be_read(
    disputed: Chargeback, standin: Standin, client: FlaskClient
) -> None:
    """Its calls wait and are answered again: by then all of it is back, and is booked once."""
    standin.world.decided(disputed.external_id, "lost")
    lost = told(client, standin)
    assert lost is not None
    with transaction():
        chargebacks.pay_again(lost.company_id, lost.id, by=accounts.owner_of(lost.company_id))
    for cents in (300, 700):
        standin.world.reinstate(lost.external_id, cents)
    standin.silent = 2
    unread = told(client, standin)
    assert unread is not None
    assert (unread.status, standin.silent) == (ChargebackStatus.LOST, 0)
    later(timedelta(minutes=5))
    inbox.handle_due()
    assert names(lost)[-1] == "reinstated"
    assert "partly_reinstated" not in names(lost)
    assert books.balance(available_account(lost.company_id), "USD") == usd("10.00")


def test_a_bank_that_takes_again_what_it_had_given_up_is_a_persons(
    disputed: Chargeback, standin: Standin, client: FlaskClient
) -> None:
    """Nothing is changed, finance is told once, and the call stands with those that matched nothing."""
    standin.world.decided(disputed.external_id, "won")
    told(client, standin)
    for _ in range(2):
        standin.world.decided(disputed.external_id, "lost")
        won = told(client, standin)
        assert won is not None
        assert won.status is ChargebackStatus.WON
    assert names(won) == ["opened", "won", "unclear"]
    unclear = inbox.newest(outcome=Outcome.UNMATCHED, seen_by=made.finance())
    assert {each.error for each in unclear} == {"dispute_unclear"}


@pytest.mark.parametrize("fault", [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.SAVED_500_AFTER])
def test_evidence_is_handed_in_once_whatever_gets_lost(disputed: Chargeback, standin: Standin, fault: Fault) -> None:
    op_id = hand_in(disputed)
    standin.faults.append(fault)
    assert until_known(op_id) is OpStatus.DONE
    assert standin.world.all("dispute")[0]["evidence_details"]["submission_count"] == 1


def test_evidence_that_comes_too_late_is_refused(disputed: Chargeback, standin: Standin) -> None:
    op_id = hand_in(disputed)
    standin.world.decided(disputed.external_id, "lost")
    until_known(op_id)
    assert status_of(op_id) is OpStatus.REFUSED


# --- papers ---------------------------------------------------------------------------------------------------------


def attach(found: Chargeback) -> dict[str, bytes]:
    """A receipt and what was delivered, and their contents as they are kept."""
    by = accounts.owner_of(found.company_id)
    with transaction():
        for shows, content in ((Shows.RECEIPT, files.png()), (Shows.SERVICE, files.pdf(3))):
            chargeback_papers.attach(found.company_id, found.id, shows, content, by=by)
    with transaction():
        lying = chargeback_papers.held(found.id)
        return {each.shows: chargeback_papers.read(found.company_id, found.id, each.id, by=by).bytes for each in lying}


def there(standin: Standin) -> dict[str, bytes]:
    """The papers that the bank reads with the evidence, by what they show."""
    said = standin.world.all("dispute")[0]["evidence"]
    return {shows: standin.world.things[said[shows]]["_content"] for shows in Shows if said.get(shows)}


def test_papers_go_to_the_host_for_files_and_the_evidence_names_them(disputed: Chargeback, standin: Standin) -> None:
    kept = attach(disputed)
    op_id = hand_in(disputed)
    assert until_known(op_id) is OpStatus.DONE
    assert there(standin) == kept
    assert {each["purpose"] for each in standin.world.all("file")} == {"dispute_evidence"}
    known = {each.external_id: each.sha256 for each in chargeback_papers.papers(disputed)}
    sent = {each["id"]: sha256(each["_content"]).hexdigest() for each in standin.world.all("file")}
    assert known == sent, "what was sent is proved by its digest"
    frozen = db.session.get_one(PaymentOp, op_id).params
    assert {each["sha256"] for each in frozen["papers"].values()} == set(sent.values())
    assert WORDS not in str(frozen)


@pytest.mark.parametrize("fault", [each for each in Fault if each not in (Fault.SAVED_NOTHING, Fault.SLOW_AFTER)])
def test_a_paper_whose_answer_is_lost_is_there_once(disputed: Chargeback, standin: Standin, fault: Fault) -> None:
    kept = attach(disputed)
    op_id = hand_in(disputed)
    standin.faults.append(fault)
    assert until_known(op_id) is OpStatus.DONE
    assert len(standin.world.all("file")) == len(kept)
    assert (there(standin), standin.world.all("dispute")[0]["evidence_details"]["submission_count"]) == (kept, 1)


def test_who_dies_between_papers_and_evidence_sends_neither_twice(
    disputed: Chargeback, standin: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And where Stripe forgets keys meanwhile, no paper is sent anew: its name was written down."""
    kept = attach(disputed)
    op_id = hand_in(disputed)

    def die(_order: Order) -> Result:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(known_rails.stripe(), "send", die)
        with pytest.raises(KeyboardInterrupt):
            payments.advance_ops()
    assert (len(standin.world.all("file")), status_of(op_id)) == (len(kept), OpStatus.SENT)
    standin.keys.clear()
    later(STALE_AFTER)
    assert until_known(op_id) is OpStatus.DONE
    assert len(standin.world.all("file")) == len(kept)
    assert (there(standin), standin.world.all("dispute")[0]["evidence_details"]["submission_count"]) == (kept, 1)


def test_a_paper_that_stripe_does_not_take_is_the_evidences_refusal(
    disputed: Chargeback, standin: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is handed in without it, and the company may take it back and hand in again."""
    attach(disputed)
    monkeypatch.setattr(operations, "MOST_OF_A_FILE", 10)
    op_id = hand_in(disputed)
    assert until_known(op_id) is OpStatus.REFUSED
    assert standin.world.all("dispute")[0]["evidence_details"]["submission_count"] == 0
    by = accounts.owner_of(disputed.company_id)
    with transaction():
        for each in chargeback_papers.held(disputed.id):
            chargeback_papers.take_back(disputed.company_id, disputed.id, each.id, by=by)
    assert until_known(hand_in(disputed)) is OpStatus.DONE
    assert there(standin) == {}


# --- questions and deadlines ----------------------------------------------------------------------------------------


@pytest.fixture
def asked(standin: Standin, app: Flask, client: FlaskClient) -> Chargeback:
    """A bank asks about 10.00 that a company paid in, and has taken nothing."""
    paid_in(standin, "10.00")
    later(LOOK_AGAIN)
    payments.advance_ops()
    standin.world.inquire(standin.world.all("charge")[0]["id"], 1000)
    found = told(client, standin)
    assert found is not None
    return found


def test_a_question_moves_no_money_and_is_answered(asked: Chargeback, standin: Standin, client: FlaskClient) -> None:
    assert asked.status is ChargebackStatus.INQUIRY
    attach(asked)
    assert until_known(hand_in(asked)) is OpStatus.DONE
    assert told(client, standin).status is ChargebackStatus.INQUIRY_REVIEWED  # type: ignore[union-attr]
    standin.world.decided(asked.external_id, "warning_closed")
    assert told(client, standin).status is ChargebackStatus.INQUIRY_CLOSED  # type: ignore[union-attr]
    reconciling.reconcile()
    assert books.balance("platform:chargebacks", "USD") == usd("0.00")


def test_a_question_that_becomes_a_chargeback_is_booked_once_and_answered_anew(
    asked: Chargeback, standin: Standin, client: FlaskClient
) -> None:
    assert until_known(hand_in(asked)) is OpStatus.DONE
    told(client, standin)
    standin.world.escalate(asked.external_id)
    for _ in range(2):
        taken = told(client, standin)
        reconciling.reconcile()
    assert taken is not None
    assert (taken.id, taken.status, taken.evidence_id) == (asked.id, ChargebackStatus.OPEN, None)
    assert books.balance("platform:chargebacks", "USD") == usd("-25.00"), "10.00 that were taken, and the bank's fee"
    assert until_known(hand_in(taken)) is OpStatus.DONE


def test_calls_about_a_deadline_may_come_twice_and_in_any_order(
    disputed: Chargeback, standin: Standin, client: FlaskClient
) -> None:
    for days in (9, 12):
        standin.world.postpone(disputed.external_id, days)
    updates = [event for event in standin.world.events if event["type"] == "charge.dispute.updated"]
    for event in [*reversed(updates), *updates]:
        body, headers = standin.world.signed(event)
        assert client.post("/api/v1/rails/stripe/platform", data=body, headers=headers).status_code == 200
        inbox.handle_due()
    known = db.session.get_one(Chargeback, disputed.id, populate_existing=True)
    assert known.due_by is not None
    assert known.due_by.timestamp() == standin.world.all("dispute")[0]["evidence_details"]["due_by"]
    moved = [event for event in timeline("chargeback", disputed.id) if event.name == "chargeback.deadline_moved"]
    assert len(moved) == 1, "the first call was read when both had happened"


def test_nobody_is_reminded_of_a_deadline_that_the_bank_has_moved(disputed: Chargeback, standin: Standin) -> None:
    """Also where its call got lost: it is read again before."""
    before = disputed.due_by
    assert before is not None
    with transaction():
        clock.move_to(before - timedelta(days=2))
        assert len(chargebacks.due_to_remind()) == 1
    standin.world.postpone(disputed.external_id, 20)
    rails.remind_of_deadlines()
    known = db.session.get_one(Chargeback, disputed.id, populate_existing=True)
    assert known.due_by is not None
    assert (known.due_by > before, known.reminded_days) == (True, None)


def test_a_dispute_that_cannot_be_read_ends_no_job_of_reminders(disputed: Chargeback, standin: Standin) -> None:
    """Its amount is none of ours: people are reminded by what was known of it."""
    assert disputed.due_by is not None
    with transaction():
        clock.move_to(disputed.due_by - timedelta(days=2))
    standin.world.all("dispute")[0]["currency"] = "zzz"
    rails.remind_of_deadlines()
    assert db.session.get_one(Chargeback, disputed.id, populate_existing=True).reminded_days == 3


def test_a_bank_that_takes_no_answer_has_no_deadline_in_1970(disputed: Chargeback, standin: Standin) -> None:
    standin.world.all("dispute")[0]["evidence_details"]["due_by"] = 0
    inbox.look_at_dispute(disputed.external_id)
    known = db.session.get_one(Chargeback, disputed.id, populate_existing=True)
    assert known.due_by == known.opened_at
    with pytest.raises(ChargebackOver):
        hand_in(known)
