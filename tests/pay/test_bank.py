"""Bank statements that are taken: each transfer is booked once, two people above a limit, and what the bank undoes."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.accounts.models import Company
from marketplace.accounts.rules import CONSOLE, OwnCompany
from marketplace.core.db import db, transaction
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.pay import service
from marketplace.pay.bank import asked as asked_for
from marketplace.pay.bank import deposits as bank_deposits
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.models import BankLine, BankStatement
from marketplace.pay.bank.rules import LineKind, LineStatus, NoBankHere, SamePerson, StatementNotGood
from marketplace.pay.by_hand import findings
from marketplace.pay.by_hand.rules import FindingOutcome
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import payments
from marketplace.pay.rules import MANUAL, OpKind, OpStatus
from tests.conftest import again, kept
from tests.factories import accounts, pay
from tests.pay.books import everything_holds
from tests.pay.test_bank_files import table

Statements = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture(scope="module")
def _company(ground: None) -> Company:
    return kept(accounts.company)


@pytest.fixture
def ours(_company: Company, app: Flask) -> Iterator[Company]:
    """A company of a service that pays by files."""
    before = app.config["RAIL"]
    app.config["RAIL"] = MANUAL
    yield again(_company)
    app.config["RAIL"] = before


def available(company: Company) -> Money:
    return books.balance(f"company:{company.id}:available", "USD")


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def content(company: Company, *amounts: str, words: str = "") -> str:
    named = words or bank_rules.reference_of(company.id)
    return table(*(f"2026-11-17,{amount},USD,{named},Lab,B{at}" for at, amount in enumerate(amounts)))


def lines() -> list[BankLine]:
    return list(db.session.scalars(select(BankLine).order_by(BankLine.amount)))


def test_a_transfer_with_a_reference_is_booked_once(ours: Company) -> None:
    finance = pay.finance()
    text = content(ours, "100.00")
    with transaction():
        taken = bank_deposits.take(text, by=finance)
    with transaction():
        assert bank_deposits.take(text + "\n", by=finance).id == taken.id
        again_told = bank_deposits.take(content(ours, "100.00", "20.00"), by=finance)
    assert (taken.fresh, again_told.incoming, again_told.fresh) == (1, 2, 1)
    assert available(ours) == usd("120.00")
    assert db.session.scalar(select(func.count(BankStatement.id))) == 2
    ops = db.session.scalars(select(PaymentOp).where(PaymentOp.company_id == ours.id)).all()
    assert {(op.kind, op.rail, op.status) for op in ops} == {(OpKind.DEPOSIT, MANUAL, OpStatus.DONE)}
    everything_holds()


def test_the_deposit_that_was_asked_for_is_the_one_that_came(ours: Company) -> None:
    with transaction():
        op = service.deposit(ours.id, usd("100.00"), by=accounts.owner_of(ours.id))
    payments.advance_ops()
    with transaction():
        bank_deposits.take(content(ours, "100.00"), by=pay.finance())
    db.session.refresh(op)
    assert op.status is OpStatus.DONE
    (line,) = lines()
    assert line.payment_op_id == op.id
    assert available(ours) == usd("100.00")
    everything_holds()


def test_more_lines_that_wait_take_no_more_statements(ours: Company, app: Flask, statements: Statements) -> None:
    """Beyond what one may book alone a statement of thousands of lines finds what was asked for once."""
    ops = asked(ours, "1.00", "1.00")
    app.config["TWO_PEOPLE_ABOVE"] = "0.00"
    seen = []
    try:
        for number in (5, 25):
            named = bank_rules.reference_of(ours.id)
            rows = (f"2026-11-17,{1 + at % 5}.00,USD,{named},Lab,N{number}-{at}" for at in range(number))
            with statements() as told, transaction():
                bank_deposits.take(table(*rows), by=pay.finance())
            seen.append(len(told))
    finally:
        app.config["TWO_PEOPLE_ABOVE"] = "500.00"
    found = findings.of([op.id for op in ops])
    first = [line for line in lines() if line.finding_id is not None]
    assert {line.finding_id for line in first} == {each.id for each in found.values()}
    assert (len(lines()), {line.status for line in lines()}) == (30, {LineStatus.MATCHED})
    # The first one finds a deposit by one of its lines, and the second one the other.
    assert seen[0] == seen[1]


@pytest.mark.parametrize("was_asked_for", [True, False])
def test_above_the_limit_it_takes_two(ours: Company, was_asked_for: bool) -> None:
    first, second = pay.finance(), pay.finance()
    if was_asked_for:
        with transaction():
            service.deposit(ours.id, usd("5000.00"), by=accounts.owner_of(ours.id))
        payments.advance_ops()
    with transaction():
        bank_deposits.take(content(ours, "5000.00"), by=first)
    (line,) = lines()
    assert (line.status, available(ours)) == (LineStatus.MATCHED, usd("0"))
    with pytest.raises(SamePerson):
        bank_deposits.confirm(line.id, by=first)
    with transaction():
        bank_deposits.doubt(line.id, by=second)
        bank_deposits.assign(line.id, ours.id, by=second)
    with pytest.raises(SamePerson):
        bank_deposits.confirm(line.id, by=second)
    with transaction():
        bank_deposits.confirm(line.id, by=first)
    assert (line.status, available(ours)) == (LineStatus.POSTED, usd("5000.00"))
    with pytest.raises(WrongState):
        bank_deposits.confirm(line.id, by=first)
    everything_holds()


def asked(company: Company, *amounts: str) -> list[PaymentOp]:
    with transaction():
        ops = [service.deposit(company.id, usd(each), by=accounts.owner_of(company.id)) for each in amounts]
    payments.advance_ops()
    return ops


def test_what_a_person_has_found_already_is_not_booked_again_by_a_statement(ours: Company) -> None:
    """100.00 USD were seen at the bank and marked by hand; the statement tells of the same transfer a day later, and of
    another."""
    (op,) = asked(ours, "100.00")
    found = findings.Found(outcome=FindingOutcome.HAPPENED, reference="seen online", happened_on=date(2026, 11, 18))
    with transaction():
        findings.find([op.id], found, by=pay.finance())
        bank_deposits.take(content(ours, "100.00"), by=pay.finance())
    assert available(ours) == usd("100.00")
    assert [line.payment_op_id for line in lines()] == [op.id]
    with transaction():
        bank_deposits.take(content(ours, "100.00", "100.00"), by=pay.finance())
    assert available(ours) == usd("200.00")
    everything_holds()


def confirmed_at_the_other_desk(ours: Company, post: bool = True) -> tuple[PaymentOp, BankLine]:
    """A deposit of 5,000.00 that was asked for and came by a line, which a second person has confirmed as a finding.
    Without `post` the line knows nothing of that."""
    (op,) = asked(ours, "5000.00")
    with transaction():
        bank_deposits.take(content(ours, "5000.00"), by=pay.finance())
        verb = asked_for.confirm if post else findings.confirm
        verb(findings.of([op.id])[op.id].id, by=pay.finance())
    (line,) = lines()
    return op, line


def test_a_large_transfer_that_is_confirmed_at_the_other_desk_is_booked_once(ours: Company) -> None:
    op, line = confirmed_at_the_other_desk(ours)
    assert (line.status, line.payment_op_id, available(ours)) == (LineStatus.POSTED, op.id, usd("5000.00"))
    with pytest.raises(WrongState):
        bank_deposits.confirm(line.id, by=pay.finance())
    with pytest.raises(WrongState):
        bank_deposits.doubt(line.id, by=pay.finance())
    everything_holds()


def test_a_line_whose_deposit_is_booked_is_nobody_elses(ours: Company) -> None:
    op, line = confirmed_at_the_other_desk(ours, post=False)
    with pytest.raises(WrongState):
        bank_deposits.doubt(line.id, by=pay.finance())
    with transaction():
        nobody = {"company_id": None, "matched_by": None}
        move_one(line, LineStatus.STRAY, by=CONSOLE, event="bank_line.doubted", values=nobody)
        other = accounts.company()
    with pytest.raises(WrongState):
        bank_deposits.assign(line.id, other.id, by=pay.finance())
    with pytest.raises(WrongState):
        bank_deposits.send_back(line.id, "Nobody knows whose it is.", by=pay.finance())
    # Nobody has to agree: no money moves.
    with transaction():
        bank_deposits.assign(line.id, ours.id, by=pay.finance())
    assert (line.payment_op_id, available(ours), available(other)) == (op.id, usd("5000.00"), usd("0.00"))
    everything_holds()


@pytest.mark.parametrize("post", [True, False])
def test_what_was_booked_at_the_other_desk_and_is_taken_back_goes_from_the_company(ours: Company, post: bool) -> None:
    _, came = confirmed_at_the_other_desk(ours, post)
    with transaction():
        taken_back = table(f"2026-11-18,-5000.00,USD,{bank_rules.reference_of(ours.id)},Lab,B0")
        bank_deposits.take(taken_back, by=pay.finance())
    (back,) = [line for line in lines() if line.kind is LineKind.TAKEN_BACK]
    assert (came.status, back.status, back.undoes_id) == (LineStatus.POSTED, LineStatus.MATCHED, came.id)
    with transaction():
        bank_deposits.confirm(back.id, by=pay.finance())
    assert (back.status, available(ours)) == (LineStatus.POSTED, usd("0.00"))
    assert books.balance("rail:manual", "USD") == usd("0.00")
    everything_holds()


def test_large_transfers_of_one_amount_are_one_deposit_each(ours: Company) -> None:
    """Two were asked for and three came: doubting one of them leaves the others as they were."""
    ops = asked(ours, "5000.00", "5000.00")
    first, second = pay.finance(), pay.finance()
    with transaction():
        bank_deposits.take(content(ours, "5000.00", "5000.00", "5000.00"), by=first)
    told = sorted(lines(), key=lambda line: line.bank_reference)
    with transaction():
        bank_deposits.doubt(told[2].id, by=second)
        for line in told[:2]:
            bank_deposits.confirm(line.id, by=second)
    assert [line.payment_op_id for line in told] == [ops[0].id, ops[1].id, None]
    assert available(ours) == usd("10000.00")
    everything_holds()


def test_a_stray_transfer_is_assigned_or_sent_back(ours: Company) -> None:
    finance = pay.finance()
    with transaction():
        bank_deposits.take(content(ours, "10.00", "20.00", words="for the work"), by=finance)
    small, large = lines()
    assert {small.status, large.status} == {LineStatus.STRAY}
    with transaction():
        bank_deposits.assign(small.id, ours.id, by=finance)
        bank_deposits.send_back(large.id, "Nobody knows whose it is.", by=finance)
    assert (small.status, large.status, available(ours)) == (LineStatus.POSTED, LineStatus.SENT_BACK, usd("10.00"))
    with pytest.raises(WrongState):
        bank_deposits.assign(large.id, ours.id, by=finance)
    everything_holds()


def test_nobody_books_money_to_their_own_company(ours: Company) -> None:
    (op,) = asked(ours, "30.00")
    other = pay.finance()
    mine = replace(pay.finance(), companies=accounts.owner_of(ours.id).companies)
    told = findings.Found(outcome=FindingOutcome.HAPPENED, reference="seen", happened_on=date(2026, 11, 18))
    with pytest.raises(OwnCompany):
        findings.find([op.id], told, by=mine)
    with transaction():
        bank_deposits.take(content(ours, "30.00", "5000.00"), by=mine)
    small, large = lines()
    assert (small.status, large.status, available(ours)) == (LineStatus.STRAY, LineStatus.STRAY, usd("0.00"))
    with pytest.raises(OwnCompany):
        bank_deposits.assign(small.id, ours.id, by=mine)
    with transaction():
        bank_deposits.assign(large.id, ours.id, by=other)
    with pytest.raises(OwnCompany):
        bank_deposits.confirm(large.id, by=mine)


def test_nothing_of_a_file_with_a_fault_is_taken(ours: Company) -> None:
    bad = content(ours, "10.00") + "\n2026-11-17,x,USD,y,,"
    with pytest.raises(StatementNotGood) as refused:
        bank_deposits.take(bad, by=pay.finance())
    assert refused.value.members["faults"] == [[3, "The amount is no plain number such as 1234.50."]]
    look = bank_deposits.look(bad, by=pay.finance())
    assert [(company and company.id, known) for _, company, known in look.lines] == [(ours.id, False)]
    assert lines() == []


def test_rails_are_not_mixed(ours: Company, app: Flask) -> None:
    app.config["RAIL"] = "sandbox"
    with pytest.raises(NoBankHere):
        bank_deposits.take(content(ours, "10.00"), by=pay.finance())


# --- doors and pages --------------------------------------------------------------------------------------------------
