"""Benefits that are paid out, move to another provider, or expire: nothing is lost, and nothing falls below zero."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from marketplace.accounts.rules import CLOCK, OperatorRole
from marketplace.contracts import benefits, cash_out, expiry, leave, plans, transfers
from marketplace.contracts.benefit_models import CashOut, Expiry
from marketplace.contracts.models import BenefitEntry
from marketplace.contracts.moving_rules import (
    PROVIDERS,
    NotAnAmount,
    NotCarried,
    NotPaidOut,
    OwnMoney,
    TooMuch,
    health_account,
    outgoing_account,
)
from marketplace.contracts.rules import Accrual, EntryKind, leave_account
from marketplace.contracts.statement import statement
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.core.problems import Forbidden, NotFound, Problem
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus
from tests.contracts.test_leave import accrue
from tests.factories import accounts, workforce
from tests.pay.books import everything_holds

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SICK, HEALTH = "sick-leave", "health-stipend"
HOUR = 3600
_numbers = count(1)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def stipend(person_id: UUID, money: Money) -> None:
    """Health money as pay enters it: in the benefit ledger and in the books."""
    cause = f"test:health:{next(_numbers)}"
    given = Accrual(person_id, HEALTH, money.amount, cause, "a test", "HEALTH", 1, NOON, money.currency)
    benefits.accrue([given], by=CLOCK)
    if money:
        ledger.post(Entry(cause, [Move("rail:sandbox", health_account(person_id), money)]))


def stands(person_id: UUID, code: str) -> int:
    plan_id = plans.plans()[code].id
    own = select(func.coalesce(func.sum(BenefitEntry.quantity), 0))
    own = own.where(BenefitEntry.contractor_id == person_id, BenefitEntry.plan_id == plan_id)
    return int(db.session.scalar(own) or 0)


def carries_over(seconds: int) -> None:
    """The plan of sick leave with that limit, agreed to by two operators."""
    one, two = (accounts.operator(OperatorRole.STANDARDS) for _ in range(2))
    number = plans.revise(SICK, replace(plans.plans()[SICK].promise, carry_over=seconds), by=one).number
    plans.second(SICK, number, by=two)


def kept_aside(person_id: UUID) -> list[Money]:
    return [each.money for each in cash_out.unpaid(person_id)]


# --- paid out ---------------------------------------------------------------------------------------------------------


def test_health_money_is_set_aside_once_and_never_more_than_there_is(app: Flask) -> None:
    """Of 2.40 USD 1.00 is asked for, then everything: 1.40. Then there is nothing to ask for."""
    ana = workforce.contractor()
    by = accounts.actor_of(ana.id)
    stipend(ana.id, usd("2.40"))
    for wrong, problem in ((usd("2.41"), TooMuch), (usd("0"), NotAnAmount), (Money.of("1", "EUR"), TooMuch)):
        with pytest.raises(problem):
            cash_out.ask(HEALTH, wrong, by=by)
    cash_out.ask(HEALTH, usd("1.00"), by=by)
    cash_out.ask(HEALTH, by=by)
    with pytest.raises(TooMuch):
        cash_out.ask(HEALTH, by=by)
    assert kept_aside(ana.id) == [usd("1.00"), usd("1.40")]
    assert (stands(ana.id, HEALTH), books.balance(health_account(ana.id), "USD")) == (0, usd("2.40"))
    everything_holds()


def test_leave_is_paid_out_when_the_account_ends_and_not_before(app: Flask) -> None:
    ana = workforce.contractor()
    by = accounts.actor_of(ana.id)
    accrue(ana.id, 2 * HOUR, usd("30.00"), Money.of("90000.00", "IDR"))
    with pytest.raises(NotPaidOut):
        cash_out.ask(SICK, by=by)
    ana.status = ContractorStatus.CLOSING
    db.session.flush()
    with pytest.raises(NotAnAmount):
        cash_out.ask(SICK, usd("1.00"), by=by)
    cash_out.ask(SICK, by=by)
    assert leave.available(ana.id) == leave.Leave(0, [])
    assert sorted(str(each) for each in kept_aside(ana.id)) == ["30.00 USD", "90000.00 IDR"]
    with pytest.raises(TooMuch):
        cash_out.ask(SICK, by=by)
    with pytest.raises(NotFound):
        cash_out.ask("lottery", by=by)
    with pytest.raises(NotFound):
        cash_out.ask(HEALTH, by=accounts.actor_of(accounts.person()))
    everything_holds()


# --- to and from another provider -------------------------------------------------------------------------------------


def test_money_goes_to_another_provider_in_two_steps(app: Flask) -> None:
    """Of 2.40 USD 2.00 go to a fund. They leave the benefit at once, and the books when an operator has sent them."""
    ana, operator = workforce.contractor(), accounts.operator(OperatorRole.FINANCE)
    by = accounts.actor_of(ana.id)
    stipend(ana.id, usd("2.40"))
    asked = transfers.ask(HEALTH, usd("2.00"), "Mutual fund", "ANA-1", by=by)
    assert asked.statement_sha256 == statement(ana.id, by).sha256
    assert (stands(ana.id, HEALTH), books.balance(outgoing_account(ana.id), "USD")) == (40, usd("2.00"))
    everything_holds()
    assert [each.id for each in transfers.waiting(operator)] == [asked.id]
    sent = transfers.send(asked.id, "bank slip 17", by=operator)
    assert (sent.evidence, sent.decided_by) == ("bank slip 17", operator.person_id)
    assert books.balance(outgoing_account(ana.id), "USD") == usd("0")
    assert books.balance(PROVIDERS, "USD") == usd("2.00")
    with pytest.raises(WrongState):
        transfers.give_back(asked.id, "too late", by=operator)
    everything_holds()


def test_what_cannot_be_sent_is_theirs_again_with_a_reason(app: Flask) -> None:
    ana, operator = workforce.contractor(), accounts.operator(OperatorRole.FINANCE)
    stipend(ana.id, usd("2.40"))
    asked = transfers.ask(HEALTH, usd("2.40"), "Mutual fund", "ANA-1", by=accounts.actor_of(ana.id))
    assert transfers.give_back(asked.id, "The fund knows no such number.", by=operator).reason
    assert (stands(ana.id, HEALTH), books.balance(health_account(ana.id), "USD")) == (240, usd("2.40"))
    everything_holds()


def test_money_comes_in_by_an_operator_with_evidence(app: Flask) -> None:
    ana, operator = workforce.contractor(), accounts.operator(OperatorRole.FINANCE)
    given = (usd("12.00"), "Mutual fund", "ANA-1", "letter of 3 May", "She asked for it.")
    transfers.receive(ana.id, HEALTH, *given, by=operator)
    assert (stands(ana.id, HEALTH), books.balance(health_account(ana.id), "USD")) == (1200, usd("12.00"))
    with pytest.raises(Forbidden):
        transfers.receive(ana.id, HEALTH, *given, by=accounts.operator(OperatorRole.STANDARDS))
    with pytest.raises(NotCarried):
        transfers.receive(ana.id, SICK, *given, by=operator)
    with pytest.raises(OwnMoney):
        transfers.receive(ana.id, HEALTH, *given, by=replace(operator, person_id=ana.id))
    gone = workforce.contractor()
    gone.status = ContractorStatus.CLOSED
    with pytest.raises(NotFound):
        transfers.receive(gone.id, HEALTH, *given, by=operator)
    everything_holds()


# --- expiry -----------------------------------------------------------------------------------------------------------


def test_two_hours_too_many_end_and_their_money_is_paid(app: Flask) -> None:
    """82 hours at 15.00 an hour stand, 80 carry over. Whoever was told 30 days before loses 2 hours on New Year's night
    where they live and is paid 30.00 USD for them; 80 hours keep their 1,200.00."""
    clock.move_to(datetime(2026, 11, 25, 12, tzinfo=UTC))
    carries_over(80 * HOUR)
    ana, ben = workforce.contractor(timezone="Asia/Jakarta"), workforce.contractor()
    accrue(ana.id, 82 * HOUR, usd("1230.00"))
    accrue(ben.id, 80 * HOUR, usd("1200.00"))
    assert (expiry.tell_due(), expiry.tell_due()) == (1, 0)
    told = db.session.scalars(select(Expiry)).one()
    assert (told.contractor_id, told.ends_at) == (ana.id, datetime(2026, 12, 31, 17, tzinfo=UTC))
    clock.move_to(told.ends_at - timedelta(seconds=1))
    assert expiry.expire_due() == 0
    clock.move_to(told.ends_at)
    assert (expiry.expire_due(), expiry.expire_due()) == (1, 0)
    assert leave.available(ana.id) == leave.Leave(80 * HOUR, [usd("1200.00")])
    assert kept_aside(ana.id) == [usd("30.00")]
    assert leave.available(ben.id).seconds == 80 * HOUR
    everything_holds()


def test_who_was_told_too_late_loses_nothing(app: Flask) -> None:
    clock.move_to(datetime(2026, 12, 5, 12, tzinfo=UTC))
    carries_over(80 * HOUR)
    ana = workforce.contractor()
    accrue(ana.id, 82 * HOUR, usd("1230.00"))
    assert expiry.tell_due() == 0
    clock.move_to(datetime(2027, 1, 2, tzinfo=UTC))
    assert expiry.expire_due() == 0
    assert leave.available(ana.id).seconds == 82 * HOUR


def test_without_a_limit_everything_carries_over(app: Flask) -> None:
    clock.move_to(datetime(2026, 11, 25, 12, tzinfo=UTC))
    ana = workforce.contractor()
    accrue(ana.id, 500 * HOUR, usd("7500.00"))
    assert expiry.tell_due() == 0


# --- everything at once -----------------------------------------------------------------------------------------------


def _accrue(ana: Contractor, number: int) -> None:
    accrue(ana.id, number * 37, Money(number * 15, "USD"))
    stipend(ana.id, Money(number, "USD"))


def _use(ana: Contractor, number: int) -> None:
    cause = f"{ana.id}:{next(_numbers)}"
    leave.take(ana.id, number, cause=cause, reference="a test", by=accounts.actor_of(ana.id))


def _cash_out(ana: Contractor, number: int) -> None:
    cash_out.ask(HEALTH, Money(number, "USD"), by=accounts.actor_of(ana.id))


def _leave_out(ana: Contractor, number: int) -> None:
    ana.status = ContractorStatus.CLOSING
    db.session.flush()
    cash_out.ask(SICK, by=accounts.actor_of(ana.id))


def _transfer(ana: Contractor, number: int) -> None:
    asked = transfers.ask(HEALTH, Money(number, "USD"), "Fund", "1", by=accounts.actor_of(ana.id))
    end = (transfers.send, transfers.give_back)[number % 2]
    if number % 3:
        end(asked.id, "as it went", by=accounts.operator(OperatorRole.FINANCE))


def _expire(ana: Contractor, number: int) -> None:
    plan = plans.plans()[SICK]
    db.session.add(
        Expiry(
            contractor_id=ana.id,
            plan_id=plan.id,
            year=next(_numbers),
            carries_over=number * 60,
            ends_at=clock.now(),
            told_at=clock.now() - timedelta(days=31),
        )
    )
    db.session.flush()
    expiry.expire_due()


ACTS: tuple[Callable[[Contractor, int], None], ...] = (_accrue, _use, _cash_out, _leave_out, _transfer, _expire)
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 2000)), min_size=2, max_size=9)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(STEPS)
def test_whatever_is_done_nothing_is_lost_and_nothing_falls_below_zero(
    app: Flask, steps: list[tuple[Callable[[Contractor, int], None], int]]
) -> None:
    """What stands, is set aside and has left is what ever came, in seconds and minor units; the entries equal the
    accounts (the proof compares them)."""
    with db.session.begin_nested() as trial:
        clock.move_to(NOON + timedelta(days=1))
        carries_over(80 * HOUR)
        ana, earned = workforce.contractor(), 0
        _accrue(ana, 9000)
        earned = 9000
        for act, number in steps:
            try:
                with db.session.begin_nested():
                    act(ana, number)
            except Problem:
                continue
            earned += number if act is _accrue else 0
        seconds = dict.fromkeys(EntryKind, 0)
        own = select(BenefitEntry.kind, func.sum(BenefitEntry.quantity)).where(BenefitEntry.contractor_id == ana.id)
        own = own.where(BenefitEntry.currency.is_(None)).group_by(BenefitEntry.kind)
        seconds |= {kind: int(total) for kind, total in db.session.execute(own)}
        assert seconds[EntryKind.ACCRUE] == earned * 37
        assert sum(seconds.values()) == leave.available(ana.id).seconds >= 0
        names = [health_account(ana.id), outgoing_account(ana.id), leave_account(ana.id)]
        held = sum(each.amount for each in books.balances(names, "USD").values())
        assert held + books.balance(PROVIDERS, "USD").amount == earned * 16
        aside = select(func.coalesce(func.sum(CashOut.amount), 0)).where(CashOut.account == health_account(ana.id))
        standing = stands(ana.id, HEALTH)
        assert standing >= 0
        assert standing + int(db.session.scalar(aside) or 0) == books.balance(names[0], "USD").amount
        everything_holds()
        trial.rollback()
