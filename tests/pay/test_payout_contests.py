"""What became of a payout is contested and answered by a human who had no part in it, in writing and in time."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.accounts.rules import CLOCK, Actor, OperatorRole, ReasonMissing
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.core.lifecycle import move_one
from marketplace.core.problems import Forbidden, NotFound
from marketplace.matching.rules import ContestStatus
from marketplace.pay import service
from marketplace.pay.by_hand import findings
from marketplace.pay.by_hand.findings import Found
from marketplace.pay.by_hand.rules import FindingOutcome
from marketplace.pay.contests import service as contests
from marketplace.pay.contests.models import PayoutContest
from marketplace.pay.contests.rules import ANSWER_WITHIN, CONTEST_FOR, Decision, TooLateForPayout, decision_on
from marketplace.pay.methods import names
from marketplace.pay.methods.models import PayoutMethod
from marketplace.pay.methods.rules import MethodStatus, NameCheck
from marketplace.pay.models import PaymentOp, SandboxCall
from marketplace.pay.rails import payments
from marketplace.pay.rails.rail import Parked
from marketplace.pay.rules import LeverEffect, OpKind, OpStatus
from marketplace.pay.runs import service as runs
from marketplace.workforce.bars import NoAppeal, TooLateToAnswer
from marketplace.workforce.rules import NothingToContest, OwnCase, RuledBefore
from tests.conftest import again, kept
from tests.contested import Doors
from tests.factories import accounts
from tests.factories import pay as made
from tests.pay.books import everything_holds
from tests.pay.test_methods import given

FILE = "POST /api/v1/payouts/<uuid:payout_id>/contest"
LIST = "GET /api/v1/payout-contests"
SHOW = "GET /api/v1/payout-contests/<uuid:payout_contest_id>"
ANSWER = "POST /api/v1/payout-contests/<uuid:payout_contest_id>/answer"
DOORS = Doors(FILE, LIST, SHOW, ANSWER)
WORDS = "The account is mine and open: my bank says so."


def judge(*more: OperatorRole) -> Actor:
    return accounts.operator(OperatorRole.DISPUTES, *more)


def _ordered() -> PaymentOp:
    booking = made.worked_and_approved()
    runs.finish_run(made.started().id)
    return newest(booking.contractor_id)


@pytest.fixture(scope="module")
def _payout(ground: None) -> PaymentOp:
    return kept(_ordered)


@pytest.fixture
def payout(_payout: PaymentOp, app: Flask) -> PaymentOp:
    """A payout of 60.00 USD that no rail has heard of yet."""
    return again(_payout)


@pytest.fixture
def refused(payout: PaymentOp) -> PaymentOp:
    """It was declined by the sandbox's bank."""
    return declined(payout)


@pytest.fixture
def parked(refused: PaymentOp) -> PaymentOp:
    """The next try waits until somebody has looked at the name on the account."""
    with transaction():
        given(payee(refused), holder="Budi Santoso")
        service.retry_payout(refused.id, by=payee(refused))
    payments.advance_ops()
    return newest(refused.contractor_id)


def declined(op: PaymentOp) -> PaymentOp:
    made.lever(LeverEffect.DECLINE)
    payments.advance_ops()
    return newest(op.contractor_id)


def newest(contractor_id: UUID | None) -> PaymentOp:
    found = select(PaymentOp).where(PaymentOp.contractor_id == contractor_id, PaymentOp.payslip_id.is_not(None))
    newest_first = found.order_by(PaymentOp.id.desc()).limit(1)
    return db.session.scalars(newest_first.execution_options(populate_existing=True)).one()


def payee(op: PaymentOp) -> Actor:
    assert op.contractor_id is not None
    return accounts.actor_of(op.contractor_id)


def contested(op: PaymentOp) -> PayoutContest:
    with transaction():
        return contests.contest(op.id, WORDS, by=payee(op))


def test_only_what_went_wrong_was_decided_about() -> None:
    assert [each for each in OpStatus if decision_on(each, is_taken_back=False)] == [
        OpStatus.PARKED, OpStatus.REFUSED, OpStatus.REVERSED,
    ]  # fmt: skip
    assert decision_on(OpStatus.DONE, is_taken_back=True) is Decision.TAKEN_BACK


def test_what_was_told_stands_beside_what_is_said_against_it(refused: PaymentOp) -> None:
    row = contested(refused)
    assert (row.decision, row.refusal_code, row.told) == (Decision.REFUSED, "sandbox_declined", refused.why)
    assert row.answer_by == row.filed_at + timedelta(days=14)
    with pytest.raises(NothingToContest):
        contests.contest(refused.id, WORDS, by=payee(refused))
    for stranger in (accounts.actor_of(accounts.person().id), made.finance()):
        with pytest.raises(NotFound):
            contests.contest(refused.id, WORDS, by=stranger)


def test_what_goes_its_way_cannot_be_contested_nor_anything_after_30_days(payout: PaymentOp) -> None:
    with pytest.raises(NothingToContest):
        contests.contest(payout.id, WORDS, by=payee(payout))
    op = declined(payout)
    with pytest.raises(ReasonMissing):
        contests.contest(op.id, "  ", by=payee(op))
    clock.move_to(clock.now() + CONTEST_FOR + timedelta(seconds=1))
    with pytest.raises(TooLateForPayout):
        contests.contest(op.id, WORDS, by=payee(op))


def test_whoever_had_it_taken_back_does_not_answer_and_it_is_paid_again(payout: PaymentOp) -> None:
    finder = judge(OperatorRole.FINANCE)
    payments.advance_ops()
    with transaction():
        service.take_back(payout.id, "It went to an account that was closed.", by=finder)
    row = contested(payout)
    assert (row.decision, row.told) == (Decision.TAKEN_BACK, "It went to an account that was closed.")
    payments.advance_ops()
    itself = Actor(row.contractor_id, operator=frozenset({OperatorRole.DISPUTES}))
    for by, problem in ((finder, RuledBefore), (itself, OwnCase), (made.finance(), Forbidden)):
        with pytest.raises(problem):
            contests.answer(row.id, ContestStatus.OVERTURNED, "It is open.", by=by)
    with transaction():
        contests.answer(row.id, ContestStatus.OVERTURNED, "The account is open, and hers.", by=judge())
    payments.advance_ops()
    assert (newest(row.contractor_id).status, newest(row.contractor_id).id == payout.id) == (OpStatus.DONE, False)
    with pytest.raises(NoAppeal):
        contests.answer(row.id, ContestStatus.UPHELD, "No.", by=judge())
    everything_holds()


def test_a_decision_that_was_right_stands_and_the_money_stays_payable(refused: PaymentOp) -> None:
    row = contested(refused)
    with transaction():
        contests.answer(row.id, ContestStatus.UPHELD, "The bank has closed it; give another.", by=judge())
    assert newest(row.contractor_id).id == row.payment_op_id


def test_what_nobody_answers_in_time_is_paid_again(refused: PaymentOp) -> None:
    """60.00 USD that a bank has declined are ordered again in the minute in which the 14 days are over."""
    row = contested(refused)
    clock.move_to(row.answer_by - timedelta(seconds=1))
    assert contests.lapse_due() == 0
    clock.move_to(row.filed_at + ANSWER_WITHIN)
    with pytest.raises(TooLateToAnswer):
        contests.answer(row.id, ContestStatus.UPHELD, "Late.", by=judge())
    with transaction():
        assert (contests.lapse_due(), contests.lapse_due()) == (1, 0)
    payments.advance_ops()
    paid = newest(row.contractor_id)
    assert (paid.id == row.payment_op_id, paid.status, str(paid.money)) == (False, OpStatus.DONE, "60.00 USD")
    assert row.status is ContestStatus.LAPSED
    everything_holds()


def test_an_account_that_was_refused_is_the_person_s_again(parked: PaymentOp) -> None:
    method_id, finder = UUID(parked.params["method"]), judge(OperatorRole.FINANCE)
    with transaction():
        names.refuse(method_id, "Somebody else's.", by=finder)
    row = contested(newest(parked.contractor_id))
    with pytest.raises(RuledBefore):
        contests.answer(row.id, ContestStatus.OVERTURNED, "It is hers.", by=finder)
    with transaction():
        contests.answer(row.id, ContestStatus.OVERTURNED, "It is her name from before she married.", by=judge())
    method = db.session.get_one(PayoutMethod, method_id, populate_existing=True)
    assert (method.status, method.name_check) == (MethodStatus.IN_FORCE, NameCheck.CLEARED)
    payments.advance_ops()
    paid = newest(row.contractor_id)
    assert (paid.status, paid.params["method"]) == (OpStatus.DONE, str(method_id))


def test_silence_pays_nothing_to_an_account_that_waits_for_a_name(parked: PaymentOp) -> None:
    """60.00 USD wait under another's name: after 14 days, and after 28, more operators are told and nothing goes out.
    The answer of a human clears the name."""
    row = contested(parked)
    assert row.decision is Decision.PARKED
    for times in (1, 2):
        clock.move_to(row.answer_by)
        with transaction():
            assert (contests.lapse_due(), contests.lapse_due()) == (1, 0)
        payments.advance_ops()
        assert (row.status, row.is_raised, newest(row.contractor_id).status) == (
            ContestStatus.OPEN, True, OpStatus.PARKED,
        )  # fmt: skip
        told = select(func.count(Event.id)).where(Event.subject_id == row.id, Event.name == "payout_contest.raised")
        assert db.session.scalar(told) == times
    with transaction():
        contests.answer(row.id, ContestStatus.OVERTURNED, "It is her husband's spelling.", by=judge())
    payments.advance_ops()
    assert (newest(row.contractor_id).id, newest(row.contractor_id).status) == (parked.id, OpStatus.DONE)


def test_silence_does_not_bring_a_refused_account_back_and_another_is_paid(parked: PaymentOp) -> None:
    method_id = UUID(parked.params["method"])
    with transaction():
        names.refuse(method_id, "Somebody else's.", by=made.finance())
    row = contested(newest(parked.contractor_id))
    clock.move_to(row.answer_by)
    with transaction():
        contests.lapse_due()
    assert db.session.get_one(PayoutMethod, method_id, populate_existing=True).status is MethodStatus.REFUSED
    assert newest(row.contractor_id).id == parked.id
    with transaction():
        own = given(payee(parked), "NL91ABNA0417164300")
    clock.move_to(row.answer_by)
    with transaction():
        contests.lapse_due()
    payments.advance_ops()
    paid = newest(row.contractor_id)
    assert (row.status, paid.status, paid.params["method"]) == (ContestStatus.LAPSED, OpStatus.DONE, str(own.id))
    everything_holds()


def test_what_the_rail_takes_back_only_after_the_answer_is_ordered_again(payout: PaymentOp) -> None:
    payments.advance_ops()
    with transaction():
        service.take_back(payout.id, "It went to an account that was closed.", by=made.finance())
    row = contested(payout)
    with transaction():
        contests.answer(row.id, ContestStatus.OVERTURNED, "The account is open, and hers.", by=judge())
        assert contests.order_taken_back() == 0
    payments.advance_ops()
    assert newest(row.contractor_id).status is OpStatus.REVERSED
    with transaction():
        assert (contests.order_taken_back(), contests.order_taken_back()) == (1, 0)
    payments.advance_ops()
    assert (newest(row.contractor_id).status, newest(row.contractor_id).id == payout.id) == (OpStatus.DONE, False)
    everything_holds()


def test_what_may_have_gone_out_is_asked_about_and_never_sent_twice(payout: PaymentOp) -> None:
    made.lever(LeverEffect.LOSE_ANSWER)
    payments.advance_ops()
    with transaction():
        move_one(newest(payout.contractor_id), OpStatus.SENT, by=CLOCK, event="payout.sent")
    payments.told({payout.id: Parked("It says that we may not ask.")})
    row = contested(newest(payout.contractor_id))
    assert (row.decision, row.told) == (Decision.PARKED, "It says that we may not ask.")
    with transaction():
        contests.answer(row.id, ContestStatus.OVERTURNED, "The bank was down.", by=judge())
    payments.advance_ops()
    assert (newest(row.contractor_id).id, newest(row.contractor_id).status) == (payout.id, OpStatus.DONE)
    assert db.session.scalars(select(SandboxCall.kind).where(SandboxCall.kind == OpKind.PAYOUT)).all() == ["payout"]


def test_what_is_held_back_anew_after_the_answer_can_be_contested_anew(payout: PaymentOp) -> None:
    told, rows = Parked("It says that we may not ask."), []
    for _ in range(2):
        clock.move_to(clock.now() + timedelta(minutes=1))
        payments._claim(10)
        payments.told({payout.id: told})
        rows.append(contested(newest(payout.contractor_id)))
        with pytest.raises(NothingToContest):
            contests.contest(payout.id, WORDS, by=payee(payout))
        with transaction():
            contests.answer(rows[-1].id, ContestStatus.OVERTURNED, "The bank was down.", by=judge())
    assert len({row.id for row in rows}) == 2


def test_whoever_found_that_it_was_not_paid_had_a_part_in_it(payout: PaymentOp) -> None:
    made.lever(LeverEffect.FAIL)
    payments.advance_ops()
    with transaction():
        move_one(newest(payout.contractor_id), OpStatus.SENT, by=CLOCK, event="payout.sent")
    payments.told({payout.id: Parked("It says that we may not ask.")})
    finder = made.finance()
    with transaction():
        findings.find([payout.id], Found(outcome=FindingOutcome.DID_NOT, reason="It is in no list."), by=finder)
    assert contests.deciders(payout.id) == {finder.person_id}
    assert contested(newest(payout.contractor_id)).told == "It is in no list."


# --- the doors --------------------------------------------------------------------------------------------------------


@pytest.mark.door(FILE, "works")
@pytest.mark.door(LIST, "works")
@pytest.mark.door(SHOW, "works")
@pytest.mark.door(ANSWER, "works")
@pytest.mark.door(FILE, "wrong_state")
@pytest.mark.door(ANSWER, "wrong_state")
@pytest.mark.door(FILE, "wrong_shape")
@pytest.mark.door(LIST, "wrong_shape")
@pytest.mark.door(ANSWER, "wrong_shape")
def test_a_payout_is_contested_and_answered_over_the_api(
    client: FlaskClient, refused: PaymentOp, work: Callable[[], int]
) -> None:
    mine, desk = accounts.bearer(payee(refused)), accounts.bearer(judge())
    DOORS.are_gone_through(client, refused.id, mine, desk, work, ("decision", "refused"))


@pytest.mark.door(FILE, "not_signed_in")
@pytest.mark.door(LIST, "not_signed_in")
@pytest.mark.door(SHOW, "not_signed_in")
@pytest.mark.door(ANSWER, "not_signed_in")
@pytest.mark.door(FILE, "not_mine")
@pytest.mark.door(LIST, "not_mine")
@pytest.mark.door(SHOW, "not_mine")
@pytest.mark.door(ANSWER, "not_mine")
def test_payouts_that_others_contest_do_not_exist(client: FlaskClient, refused: PaymentOp) -> None:
    row = contested(refused)
    DOORS.are_closed_to_others(client, row.payment_op_id, row.id)
