"""A payer's bank takes a deposit back: the company hands in what speaks against it or pays again, and nobody who worked
loses anything."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from marketplace.accounts.rules import Actor, CompanyRole, OperatorRole
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import timeline
from marketplace.core.money import Money
from marketplace.core.problems import Forbidden, NotFound
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, InsufficientFunds, Move
from marketplace.pay import refunds, service
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import chargebacks, funding, payments
from marketplace.pay.rails.chargeback_models import Chargeback
from marketplace.pay.rails.chargeback_rules import (
    CHARGEBACK_TRANSITIONS,
    OVER,
    REMINDED_DAYS,
    ChargebackOver,
    ChargebackStatus,
    EvidenceHandedIn,
    NothingTaken,
    PaidAgainAlready,
    Shows,
    check_open,
    differs,
    missing,
    reminder,
)
from marketplace.pay.rails.chargebacks import Told
from marketplace.pay.rules import LeavesDebt, LeverEffect, NotRefundable, OpKind, OpStatus, check_debt
from marketplace.standards.catalogue import RULES
from tests.conftest import again, kept
from tests.factories import accounts
from tests.factories import pay as made
from tests.pay.books import everything_holds
from tests.web.visitor import Visitor

LIST = "GET /api/v1/companies/<uuid:company_id>/chargebacks"
SHOW = "GET /api/v1/companies/<uuid:company_id>/chargebacks/<uuid:chargeback_id>"
FUNDED = f"{SHOW}/funded"
EVIDENCE = "POST /api/v1/companies/<uuid:company_id>/chargebacks/<uuid:chargeback_id>/evidence"
AGAIN = "POST /api/v1/companies/<uuid:company_id>/chargebacks/<uuid:chargeback_id>/pay-again"
REFUNDABLE = "GET /api/v1/companies/<uuid:company_id>/deposits/<uuid:deposit_id>/refundable"
QUEUE = "GET /api/v1/chargebacks"
WORDS = "We ordered this work, signed for it, and have its results."
TEN, NONE = Money.of("10.00", "USD"), Money.zero("USD")


def taken_back() -> Chargeback:
    """Ten dollars that a company paid in, which are at work, and which its bank has taken back."""
    company_id = made.worked_and_approved().company_id
    made.lever(LeverEffect.CHARGE_BACK, OpKind.DEPOSIT)
    made.deposited(company_id, TEN)
    made.paid(company_id)
    with transaction():
        assert (chargebacks.look_at_sandbox(), chargebacks.look_at_sandbox()) == (1, 0)
    return db.session.scalars(select(Chargeback)).one()


@pytest.fixture(scope="module")
def _chargeback(ground: None) -> Chargeback:
    return kept(taken_back)


@pytest.fixture
def chargeback(_chargeback: Chargeback, app: Flask) -> Chargeback:
    return again(_chargeback)


def owner(found: Chargeback) -> Actor:
    return accounts.owner_of(found.company_id)


def available(found: Chargeback) -> Money:
    return books.balance(f"company:{found.company_id}:available", "USD")


def look() -> None:
    payments.advance_ops()
    with transaction():
        chargebacks.look_at_sandbox()


def now(found: Chargeback) -> ChargebackStatus:
    return db.session.get_one(Chargeback, found.id, populate_existing=True).status


def test_evidence_is_taken_until_the_moment_in_which_the_days_are_over() -> None:
    moment = clock.machine_time()
    check_open(ChargebackStatus.OPEN, moment, moment - timedelta(seconds=1))
    for status, at in ((ChargebackStatus.OPEN, moment), (ChargebackStatus.UNDER_REVIEW, moment - timedelta(days=1))):
        with pytest.raises(ChargebackOver):
            check_open(status, moment, at)


@pytest.mark.parametrize(
    ("hours_left", "reminded", "days"),
    [(73, None, None), (72, None, 3), (72, 3, None), (24, 3, 1), (24, 1, None), (20, None, 1), (0, 3, None)],
)
def test_people_are_reminded_3_days_and_1_day_ahead_once_each(
    hours_left: int, reminded: int | None, days: int | None
) -> None:
    """And never of what is over."""
    now = clock.machine_time()
    assert reminder(now + timedelta(hours=hours_left), reminded, now) == days
    parameters = RULES["CHARGEBACK"].parameters
    assert (parameters["first_days"], parameters["last_days"]) == REMINDED_DAYS


def test_what_a_bank_does_not_have_yet() -> None:
    assert missing(True, ()) == ["stuck"]
    assert missing(False, [Shows.RECEIPT]) == ["answer", "service_documentation", "customer_communication"]


def test_what_workers_were_paid_stays_theirs(chargeback: Chargeback) -> None:
    """60.00 of pay went out; the 10.00 that the bank took back are the service's to bear, and the company's to know."""
    assert (chargeback.money, chargeback.status) == (TEN, ChargebackStatus.OPEN)
    assert books.balance("platform:chargebacks", "USD") == -TEN
    paid = select(PaymentOp.status).where(PaymentOp.kind == OpKind.PAYOUT)
    assert db.session.scalars(paid).all() == [OpStatus.DONE]
    (gig,) = funding.funded(chargeback)
    assert (gig.people, str(gig.money)) == (1, "67.40 USD")
    everything_holds()


def test_what_the_bank_has_the_service_does_not_send_back_as_well(chargeback: Chargeback) -> None:
    with pytest.raises(NotRefundable) as refused, transaction():
        service.refund(chargeback.deposit_id, TEN, by=owner(chargeback))
    assert refused.value.members["left"] == "0.00 USD"


def test_of_a_hundred_of_which_thirty_are_owed_seventy_go_back() -> None:
    """Worked example: 70.00 go back and leave the 30.00; 70.01 do not, and who owes nothing has all sent back."""
    thirty = Money.of("30.00", "USD")
    check_debt(thirty, Money.of("70.00", "USD"), thirty)
    check_debt(Money.zero("USD"), Money.of("100.00", "USD"), Money.zero("USD"))
    with pytest.raises(LeavesDebt) as refused:
        check_debt(Money.of("29.99", "USD"), Money.of("70.01", "USD"), thirty)
    assert refused.value.members == {"owed": "30.00 USD", "most": "70.00 USD"}


@pytest.mark.door(REFUNDABLE, "works")
@pytest.mark.door(REFUNDABLE, "not_signed_in")
@pytest.mark.door(REFUNDABLE, "not_mine")
def test_other_deposits_go_back_as_far_as_what_is_owed_stays(client: FlaskClient, chargeback: Chargeback) -> None:
    """10.00 are owed: of another deposit all goes back but that, by REST and by page, and the rest once it is paid."""
    by, company_id = owner(chargeback), chargeback.company_id
    spent = Move(f"company:{company_id}:available", "platform:fees", available(chargeback))
    with transaction():
        ledger.post(Entry("test:spent", [spent]))
    other, free = made.deposited(company_id, Money.of("50.00", "USD")), Money.of("50.00", "USD")
    headers = accounts.bearer(by) | {"Idempotency-Key": str(uuid4())}
    path = f"/api/v1/companies/{company_id}"
    assert client.get(f"{path}/balance", headers=headers).json["taken_back"] == [{"amount": "10.00", "currency": "USD"}]
    whole = {"money": {"amount": str(free.decimal), "currency": "USD"}}
    refused = client.post(f"{path}/deposits/{other.id}/refunds", json=whole, headers=headers)
    assert (refused.status_code, refused.json["code"]) == (409, "refund_leaves_debt")
    assert (refused.json["owed"], refused.json["most"]) == ("10.00 USD", str(free - TEN))
    assert available(chargeback) == free
    with transaction():
        refunds.refund(other.id, free - TEN, by=by)
    visitor = Visitor(client.application.test_client()).signed_in(accounts.person_of(by.person_id))
    page = f"/company/{company_id}/money/deposits/{other.id}"
    may = client.get(f"{path}/deposits/{other.id}/refundable", headers=headers).json
    assert {name: each["amount"] for name, each in may.items()} == {
        "most": "0.00", "left": "10.00", "at_rail": "50.00", "available": "10.00", "owed": "10.00",
    }  # fmt: skip
    assert "At most $0.00 USD can go back now." in visitor.look(page).words
    assert client.get(f"{path}/deposits/{other.id}/refundable").status_code == 401
    stranger = accounts.bearer(accounts.person().id)
    assert client.get(f"{path}/deposits/{other.id}/refundable", headers=stranger).status_code == 404
    told = visitor.send(page, **{"money.amount": "1.00", "money.currency": "USD"})
    assert told.status == 409
    assert "$10.00 USD is owed, and $0.00 USD can go back." in told.words
    with transaction():
        chargebacks.pay_again(company_id, chargeback.id, by=by)
    assert refunds.taken_back(company_id) == {}
    everything_holds()


def test_what_speaks_against_it_is_handed_in_once_and_the_bank_gives_it_back(chargeback: Chargeback) -> None:
    by, before = owner(chargeback), available(chargeback)
    with transaction():
        chargebacks.pay_again(chargeback.company_id, chargeback.id, by=by)
        chargebacks.hand_in(chargeback.company_id, chargeback.id, WORDS, by=by)
    assert available(chargeback) == before - TEN
    with pytest.raises(EvidenceHandedIn):
        chargebacks.hand_in(chargeback.company_id, chargeback.id, WORDS, by=by)
    look()
    assert now(chargeback) is ChargebackStatus.WON
    assert (available(chargeback), books.balance("platform:chargebacks", "USD")) == (before, Money.zero("USD"))
    with pytest.raises(PaidAgainAlready):
        chargebacks.pay_again(chargeback.company_id, chargeback.id, by=by)
    everything_holds()


def test_evidence_that_was_refused_is_handed_in_again_and_a_lost_answer_is_found(chargeback: Chargeback) -> None:
    by = owner(chargeback)
    made.lever(LeverEffect.DECLINE, OpKind.EVIDENCE)
    with transaction():
        chargebacks.hand_in(chargeback.company_id, chargeback.id, WORDS, by=by)
    look()
    assert now(chargeback) is ChargebackStatus.OPEN
    made.lever(LeverEffect.LOSE_ANSWER, OpKind.EVIDENCE)
    with transaction():
        chargebacks.hand_in(chargeback.company_id, chargeback.id, WORDS, by=by)
    look()
    assert now(chargeback) is ChargebackStatus.OPEN
    with transaction():
        clock.move_to(clock.now() + timedelta(minutes=5))
    look()
    assert now(chargeback) is ChargebackStatus.WON
    everything_holds()


def test_what_nobody_contests_in_time_is_lost_and_can_still_be_paid_again(chargeback: Chargeback) -> None:
    by = owner(chargeback)
    assert chargeback.due_by is not None
    with transaction():
        clock.move_to(chargeback.due_by)
    with pytest.raises(ChargebackOver):
        chargebacks.hand_in(chargeback.company_id, chargeback.id, WORDS, by=by)
    look()
    assert now(chargeback) is ChargebackStatus.LOST
    rest = available(chargeback) - Money.of("9.99", "USD")
    with transaction():
        ledger.post(Entry("test:spent", [Move(f"company:{chargeback.company_id}:available", "platform:bank", rest)]))
    with pytest.raises(InsufficientFunds), transaction():
        chargebacks.pay_again(chargeback.company_id, chargeback.id, by=by)
    made.deposited(chargeback.company_id, TEN)
    with transaction():
        chargebacks.pay_again(chargeback.company_id, chargeback.id, by=by)
    assert books.balance("platform:chargebacks", "USD") == Money.zero("USD")
    everything_holds()


def asked_about(*effects: LeverEffect) -> list[Chargeback]:
    """A company whose deposits its bank asks about, or takes back, one after the other."""
    company_id = accounts.company().id
    for effect in effects:
        made.lever(effect, OpKind.DEPOSIT)
        made.deposited(company_id, TEN)
    with transaction():
        chargebacks.look_at_sandbox()
        found = select(Chargeback).where(Chargeback.company_id == company_id).order_by(Chargeback.id)
        return list(db.session.scalars(found))


def test_a_bank_that_only_asks_has_taken_nothing_and_is_answered_alike(app: Flask) -> None:
    before = books.balance("platform:chargebacks", "USD")
    (asked,) = asked_about(LeverEffect.INQUIRE)
    by = owner(asked)
    with pytest.raises(NothingTaken):
        chargebacks.pay_again(asked.company_id, asked.id, by=by)
    with transaction():
        chargebacks.hand_in(asked.company_id, asked.id, WORDS, by=by)
    look()
    assert now(asked) is ChargebackStatus.INQUIRY_CLOSED
    assert books.balance("platform:chargebacks", "USD") == before
    assert available(asked) == TEN
    with transaction():
        refunds.refund(asked.deposit_id, TEN, by=by)
    everything_holds()


def test_what_becomes_of_a_question_without_an_answer_is_booked_once(app: Flask) -> None:
    """And the bank is answered anew, until another day."""
    borne = books.balance("platform:chargebacks", "USD")
    (asked,) = asked_about(LeverEffect.INQUIRE)
    by, before = owner(asked), asked.due_by
    assert before is not None
    with transaction():
        clock.move_to(before)
    look()
    look()
    taken = db.session.get_one(Chargeback, asked.id, populate_existing=True)
    assert (taken.status, books.balance("platform:chargebacks", "USD")) == (ChargebackStatus.OPEN, borne - TEN)
    assert taken.due_by is not None
    assert taken.due_by > before
    with transaction():
        chargebacks.hand_in(asked.company_id, asked.id, WORDS, by=by)
    look()
    assert now(asked) is ChargebackStatus.WON
    everything_holds()


def test_what_is_on_its_way_to_a_bank_that_has_asked_answers_what_it_has_taken_since(app: Flask) -> None:
    """It is handed in once, whatever came first: a rail may take evidence only once. What the question had already
    been answered with is said anew."""
    on_the_way, there = asked_about(LeverEffect.INQUIRE, LeverEffect.INQUIRE)
    by, company_id = owner(there), there.company_id
    with transaction():
        chargebacks.hand_in(company_id, there.id, WORDS, by=by)
    payments.advance_ops()
    with transaction():
        first = chargebacks.hand_in(company_id, on_the_way.id, WORDS, by=by).evidence_id
        for each in (on_the_way, there):
            chargebacks.learn(told_of(each, status=ChargebackStatus.OPEN))
    with pytest.raises(EvidenceHandedIn):
        chargebacks.hand_in(company_id, on_the_way.id, WORDS, by=by)
    with transaction():
        chargebacks.hand_in(company_id, there.id, WORDS, by=by)
    look()
    assert db.session.get_one(Chargeback, on_the_way.id, populate_existing=True).evidence_id == first
    assert (now(on_the_way), now(there)) == (ChargebackStatus.WON, ChargebackStatus.WON)
    handed_in = select(PaymentOp.id).where(PaymentOp.kind == OpKind.EVIDENCE)
    assert len(db.session.scalars(handed_in).all()) == 3


def test_a_bank_that_waits_stands_in_nobodys_way(app: Flask) -> None:
    """The oldest waits for evidence; the one behind it has it, and is decided by a look at one."""
    waits, answered = asked_about(LeverEffect.CHARGE_BACK, LeverEffect.CHARGE_BACK)
    with transaction():
        chargebacks.hand_in(answered.company_id, answered.id, WORDS, by=owner(answered))
    payments.advance_ops()
    with transaction():
        assert (chargebacks.look_at_sandbox(1), chargebacks.look_at_sandbox(1)) == (1, 0)
    assert (now(waits), now(answered)) == (ChargebackStatus.OPEN, ChargebackStatus.WON)


def told_of(found: Chargeback, **changed: Any) -> Told:
    said = Told(
        found.rail, found.external_id, found.deposit_id, found.money, found.reason, found.opened_at, found.due_by,
        found.status, clock.machine_time(),
    )  # fmt: skip
    return replace(said, **changed)


def test_a_question_becomes_whatever_the_bank_did_by_the_time_it_is_read_again(chargeback: Chargeback) -> None:
    walked = 0
    for old, following in CHARGEBACK_TRANSITIONS.items():
        for new in following:
            name = f"du_{old}_{new}"
            # A rail has no word of its own for what is given back late.
            said = ChargebackStatus.WON if new is ChargebackStatus.REINSTATED else new
            with transaction():
                chargebacks.learn(told_of(chargeback, external_id=name, status=old))
                found = chargebacks.learn(told_of(chargeback, external_id=name, status=said))
            assert (found.status, found.ended_at is None) == (new, new not in OVER)
            walked += 1
    assert walked == 21


@pytest.mark.parametrize(
    ("status", "said", "money", "back", "why"),
    [
        (ChargebackStatus.OPEN, ChargebackStatus.LOST, "8.00", "1.00", None),
        (ChargebackStatus.LOST, ChargebackStatus.LOST, "10.00", "4.00", None),
        (ChargebackStatus.LOST, ChargebackStatus.WON, "10.00", "1.00", None),
        (ChargebackStatus.REINSTATED, ChargebackStatus.LOST, "10.00", "10.00", None),
        (ChargebackStatus.WON, ChargebackStatus.LOST, "10.00", "1.00", "status"),
        (ChargebackStatus.REINSTATED, ChargebackStatus.OPEN, "10.00", "10.00", "status"),
        (ChargebackStatus.LOST, ChargebackStatus.LOST, "8.00", "1.00", "amount"),
        (ChargebackStatus.LOST, ChargebackStatus.LOST, "10.00", "10.01", "reinstated"),
        (ChargebackStatus.LOST, ChargebackStatus.LOST, "10.00", "0.99", "reinstated"),
    ],
)
def test_what_a_rail_says_is_followed_until_it_contradicts_what_was_decided(
    status: ChargebackStatus, said: ChargebackStatus, money: str, back: str, why: str | None
) -> None:
    """Of 10.00 of which a bank had given back 1.00."""
    before, now = (TEN, Money.of("1.00", "USD")), (Money.of(money, "USD"), Money.of(back, "USD"))
    assert differs(status, said, before, now) == why


def test_what_came_back_in_another_currency_is_won_and_nobody_has_to_count_it(chargeback: Chargeback) -> None:
    """A rail counts what came back in the currency of its balance. Finance looks only while the bank has some of it."""
    won = told_of(chargeback, status=ChargebackStatus.WON, reinstated=Money.of("9.50", "EUR"))
    with transaction():
        chargebacks.learn(won)
        later = replace(won, read_at=clock.machine_time())
        found = chargebacks.learn(later)
        assert chargebacks.differs(found, later) is None
    assert (found.status, found.held, found.reinstated) == (ChargebackStatus.WON, NONE, NONE)
    assert [event.name for event in timeline("chargeback", chargeback.id)] == ["chargeback.won", "chargeback.opened"]


def test_a_deadline_that_is_moved_is_told_and_reminded_of_anew(chargeback: Chargeback) -> None:
    assert chargeback.due_by is not None
    first, later = chargeback.due_by, chargeback.due_by + timedelta(days=4)

    def reminded_at(moment: datetime) -> tuple[int, int]:
        with transaction():
            clock.move_to(moment)
            return chargebacks.remind_due(), chargebacks.remind_due()

    assert reminded_at(first - timedelta(days=3)) == (1, 0)
    read_before = clock.machine_time()
    with transaction():
        chargebacks.learn(told_of(chargeback, due_by=later))
        chargebacks.learn(told_of(chargeback, due_by=first, read_at=read_before))
    known = db.session.get_one(Chargeback, chargeback.id, populate_existing=True)
    assert known.due_by == later, "what was read before is no news"
    assert [reminded_at(later - timedelta(days=days)) for days in (4, 3, 1)] == [(0, 0), (1, 0), (1, 0)]
    assert reminded_at(later) == (0, 0)
    told = [event for event in timeline("chargeback", chargeback.id) if event.name == "chargeback.due_soon"]
    assert [event.data["days"] for event in told] == [1, 3, 3]
    assert told[0].data["missing"][0] == "answer"
    moved = [event for event in timeline("chargeback", chargeback.id) if event.name == "chargeback.deadline_moved"]
    assert [event.data["until"] for event in moved] == [later.isoformat()]


def test_who_may_see_it_and_answer(chargeback: Chargeback) -> None:
    operator = accounts.operator(OperatorRole.FINANCE)
    assert chargebacks.one(chargeback.company_id, chargeback.id, operator).id == chargeback.id
    assert [each.id for each in db.session.scalars(chargebacks.waiting(operator))] == [chargeback.id]
    manager = accounts.member(chargeback.company_id, CompanyRole.MANAGER)
    for by in (accounts.operator(OperatorRole.DISPUTES), manager, accounts.actor_of(accounts.person().id)):
        with pytest.raises((NotFound, Forbidden)):
            chargebacks.hand_in(chargeback.company_id, chargeback.id, WORDS, by=by)
    with pytest.raises((NotFound, Forbidden)):
        chargebacks.pay_again(chargeback.company_id, chargeback.id, by=operator)
    with transaction():
        chargebacks.hand_in(chargeback.company_id, chargeback.id, WORDS, by=operator)


# --- the doors --------------------------------------------------------------------------------------------------------


def ask(client: FlaskClient, door: str, found: Chargeback, **more: Any) -> Any:
    method, _, path = door.partition(" ")
    for name, value in (("company_id", found.company_id), ("chargeback_id", found.id)):
        path = path.replace(f"<uuid:{name}>", str(value))
    headers = {"Idempotency-Key": str(uuid4())} | more.pop("headers", {})
    return client.open(path, method=method, headers=headers, **more)


@pytest.mark.door(LIST, "works")
@pytest.mark.door(SHOW, "works")
@pytest.mark.door(FUNDED, "works")
@pytest.mark.door(EVIDENCE, "works")
@pytest.mark.door(AGAIN, "works")
@pytest.mark.door(QUEUE, "works")
@pytest.mark.door(EVIDENCE, "wrong_state")
@pytest.mark.door(AGAIN, "wrong_state")
@pytest.mark.door(EVIDENCE, "wrong_shape")
@pytest.mark.door(LIST, "wrong_shape")
@pytest.mark.door(QUEUE, "wrong_shape")
def test_a_company_reads_its_chargeback_and_answers(
    client: FlaskClient, chargeback: Chargeback, work: Callable[[], int]
) -> None:
    mine = {"headers": accounts.bearer(owner(chargeback))}
    desk = {"headers": accounts.bearer(accounts.operator(OperatorRole.FINANCE))}
    for door, headers in ((LIST, mine), (QUEUE, desk)):
        assert [each["id"] for each in ask(client, door, chargeback, **headers).json["items"]] == [str(chargeback.id)]
        assert ask(client, door, chargeback, query_string={"limit": 0}, **headers).status_code == 422
    assert ask(client, SHOW, chargeback, **mine).json["money"] == {"amount": "10.00", "currency": "USD"}
    assert ask(client, FUNDED, chargeback, **mine).json["items"][0]["people"] == 1
    assert ask(client, EVIDENCE, chargeback, json={"words": "No."}, **mine).status_code == 422
    told = ask(client, EVIDENCE, chargeback, json={"words": WORDS}, **mine)
    assert (told.status_code, told.json["evidence_words"]) == (202, WORDS)
    twice = ask(client, EVIDENCE, chargeback, json={"words": WORDS}, **mine)
    assert (twice.status_code, twice.json["code"]) == (409, "evidence_handed_in")
    assert ask(client, AGAIN, chargeback, **mine).json["paid_again_at"] is not None
    late = ask(client, AGAIN, chargeback, **mine)
    assert (late.status_code, late.json["code"]) == (409, "chargeback_paid_again")
    work()


@pytest.mark.door(LIST, "not_signed_in")
@pytest.mark.door(SHOW, "not_signed_in")
@pytest.mark.door(FUNDED, "not_signed_in")
@pytest.mark.door(EVIDENCE, "not_signed_in")
@pytest.mark.door(AGAIN, "not_signed_in")
@pytest.mark.door(QUEUE, "not_signed_in")
@pytest.mark.door(LIST, "not_mine")
@pytest.mark.door(SHOW, "not_mine")
@pytest.mark.door(FUNDED, "not_mine")
@pytest.mark.door(EVIDENCE, "not_mine")
@pytest.mark.door(AGAIN, "not_mine")
@pytest.mark.door(QUEUE, "not_mine")
def test_to_others_there_is_no_chargeback(client: FlaskClient, chargeback: Chargeback) -> None:
    for door in (LIST, SHOW, FUNDED, EVIDENCE, AGAIN, QUEUE):
        more = {"json": {"words": WORDS}} if door == EVIDENCE else {}
        assert ask(client, door, chargeback, **more).status_code == 401
        stranger = accounts.bearer(accounts.person().id)
        assert ask(client, door, chargeback, headers=stranger, **more).status_code == 404
