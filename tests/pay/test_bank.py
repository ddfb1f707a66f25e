"""Bank statements that are taken: each transfer is booked once, two people above a limit, and what the bank undoes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.accounts.models import Company
from marketplace.accounts.rules import CONSOLE, OwnCompany
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.idempotency import HEADER
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, InsufficientFunds, Move
from marketplace.pay import refunds, service
from marketplace.pay.bank import asked as asked_for
from marketplace.pay.bank import deposits as bank_deposits
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.models import BankLine, BankStatement
from marketplace.pay.bank.rules import (
    LineKind,
    LineStatus,
    NoBankHere,
    SamePerson,
    StatementNotGood,
)
from marketplace.pay.by_hand import findings
from marketplace.pay.by_hand.rules import FindingOutcome
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import payments
from marketplace.pay.rules import MANUAL, LeavesDebt, OpKind, OpStatus
from tests.conftest import again, kept
from tests.factories import accounts, pay
from tests.pay.books import everything_holds
from tests.pay.test_bank_files import COMPANY, table
from tests.web.visitor import Visitor


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
    first, second = pay.finance(), pay.finance()
    with transaction():
        bank_deposits.assign(line.id, ours.id, by=first)
        bank_deposits.confirm(line.id, by=second)
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


def test_a_transfer_that_the_bank_takes_back_goes_from_the_company_once(ours: Company) -> None:
    finance, words = pay.finance(), bank_rules.reference_of(ours.id)
    with transaction():
        bank_deposits.take(content(ours, "100.00", "100.00"), by=finance)
        gone = table(f"2026-11-20,-100.00,USD,{words},Lab,B1")
        bank_deposits.take(gone, by=finance)
        bank_deposits.take(f"{gone}\n2026-11-20,30.00,USD,{words},Lab,B9", by=finance)
    assert available(ours) == usd("130.00")
    (back,) = [line for line in lines() if line.kind is LineKind.TAKEN_BACK]
    undone = db.session.get_one(BankLine, back.undoes_id)
    refund = db.session.get_one(PaymentOp, back.payment_op_id)
    assert (undone.bank_reference, refund.of_id, refund.status) == ("B1", undone.payment_op_id, OpStatus.DONE)
    everything_holds()


def test_what_the_bank_takes_back_of_spent_money_waits_or_is_borne(ours: Company) -> None:
    finance, words = pay.finance(), bank_rules.reference_of(ours.id)
    with transaction():
        bank_deposits.take(content(ours, "100.00"), by=finance)
        ledger.post(Entry("test:spent", [Move(f"company:{ours.id}:available", "platform:fees", usd("100.00"))]))
        bank_deposits.take(table(f"2026-11-20,-100.00,USD,{words},Lab,"), by=finance)
    (back,) = [line for line in lines() if line.kind is LineKind.TAKEN_BACK]
    assert back.status is LineStatus.STRAY
    assert refunds.taken_back(ours.id) == {"USD": usd("100.00")}
    with pytest.raises(InsufficientFunds), transaction(), db.session.begin_nested():
        bank_deposits.assign(back.id, ours.id, by=finance)
    with transaction():
        bank_deposits.send_back(back.id, "The company has spent it and is gone.", by=finance)
    assert back.is_borne
    assert refunds.taken_back(ours.id) == {}
    assert books.balance("platform:chargebacks", "USD") == usd("-100.00")
    assert books.balance("rail:manual", "USD") == usd("0.00")
    everything_holds()


@pytest.mark.parametrize("was_asked_for", [True, False])
def test_what_is_taken_back_before_anybody_agreed_was_never_the_companys(ours: Company, was_asked_for: bool) -> None:
    finance, words = pay.finance(), bank_rules.reference_of(ours.id)
    if was_asked_for:
        asked(ours, "5000.00")
    with transaction():
        came = f"2026-11-17,5000.00,USD,{words},Lab,B0"
        bank_deposits.take(table(came, f"2026-11-18,-5000.00,USD,{words},Lab,B0"), by=finance)
    assert {(line.status, line.is_borne) for line in lines()} == {(LineStatus.SENT_BACK, False)}
    assert available(ours) == usd("0.00")
    everything_holds()


def test_what_is_taken_back_above_the_limit_takes_two(ours: Company) -> None:
    first, second, words = pay.finance(), pay.finance(), bank_rules.reference_of(ours.id)
    with transaction():
        bank_deposits.take(content(ours, "5000.00"), by=first)
        bank_deposits.confirm(lines()[0].id, by=second)
        bank_deposits.take(table(f"2026-11-20,-5000.00,USD,{words},Lab,"), by=first)
    (back,) = [line for line in lines() if line.kind is LineKind.TAKEN_BACK]
    assert (back.status, available(ours)) == (LineStatus.MATCHED, usd("5000.00"))
    with pytest.raises(WrongState):
        bank_deposits.send_back(back.id, "The service bears it.", by=first)
    with transaction():
        bank_deposits.confirm(back.id, by=second)
    assert (back.status, available(ours)) == (LineStatus.POSTED, usd("0.00"))
    everything_holds()


def test_a_refund_hides_no_line_that_was_there_before_it(ours: Company) -> None:
    """Of 200.00 USD the bank has taken back 100.00: one refund of 100.00 leaves as much as is owed, another less."""
    finance, words, owner = pay.finance(), bank_rules.reference_of(ours.id), accounts.owner_of(ours.id)
    today = clock.now().date()
    with transaction():
        bank_deposits.take(content(ours, "200.00"), by=finance)
        bank_deposits.take(table(f"{today},-100.00,USD,{words},Lab,"), by=finance)
        clock.move_to(clock.now() + timedelta(minutes=1))
        deposit = db.session.scalars(select(PaymentOp).where(PaymentOp.kind == OpKind.DEPOSIT)).one()
        refunds.refund(deposit.id, usd("100.00"), by=owner)
    payments.advance_ops()
    assert refunds.taken_back(ours.id) == {"USD": usd("100.00")}
    with pytest.raises(LeavesDebt), transaction(), db.session.begin_nested():
        refunds.refund(deposit.id, usd("50.00"), by=owner)


def test_one_refund_is_one_line_at_most(ours: Company) -> None:
    finance, words, owner = pay.finance(), bank_rules.reference_of(ours.id), accounts.owner_of(ours.id)
    with transaction():
        bank_deposits.take(content(ours, "300.00"), by=finance)
        deposit = db.session.scalars(select(PaymentOp).where(PaymentOp.kind == OpKind.DEPOSIT)).one()
        refunds.refund(deposit.id, usd("100.00"), by=owner)
    payments.advance_ops()
    today = clock.now().date()
    with transaction():
        rows = (f"{today},-100.00,USD,{words},Lab,B8", f"{today},-100.00,USD,{words},Lab,B9")
        bank_deposits.take(table(*rows), by=finance)
    assert refunds.taken_back(ours.id) == {"USD": usd("100.00")}


def test_a_refund_that_the_service_has_sent_is_not_taken_from_the_company_again(ours: Company) -> None:
    """Of 200.00 USD the service sends 100.00 back, with the company's reference, and the table of the bank tells of
    that: until somebody has marked the refund the line waits, then it is the refund, and 100.00 stay."""
    finance, words = pay.finance(), bank_rules.reference_of(ours.id)
    with transaction():
        bank_deposits.take(content(ours, "100.00", "100.00"), by=finance)
        oldest = select(PaymentOp).where(PaymentOp.kind == OpKind.DEPOSIT).order_by(PaymentOp.id).limit(1)
        refund = service.refund(db.session.scalars(oldest).one().id, usd("100.00"), by=accounts.owner_of(ours.id))
    payments.advance_ops()
    today = clock.now().date()
    with transaction():
        bank_deposits.take(table(f"{today},-100.00,USD,{words},Lab,"), by=finance)
    (gone,) = [line for line in lines() if line.kind is LineKind.TAKEN_BACK]
    assert (gone.status, available(ours), refunds.taken_back(ours.id)) == (LineStatus.STRAY, usd("100.00"), {})
    with transaction():
        found = findings.Found(outcome=FindingOutcome.HAPPENED, reference="sent", happened_on=today)
        findings.find([refund.id], found, by=finance)
        bank_deposits.assign(gone.id, ours.id, by=finance)
    assert (gone.status, gone.payment_op_id, available(ours)) == (LineStatus.POSTED, refund.id, usd("100.00"))
    with transaction():
        bank_deposits.take(table(f"{today},-100.00,USD,{words},Lab,B9"), by=finance)
    assert available(ours) == usd("0.00")
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


@pytest.mark.parametrize("reference", ["B0", "B9"])
def test_nobody_writes_off_what_their_own_company_owes(ours: Company, reference: str) -> None:
    """Of 100.00 USD that the company has spent the bank takes 100.00 back, or 70.00 that no transfer fits: whoever is
    of the company hands that in, and cannot say that the service bears it."""
    mine = replace(pay.finance(), companies=accounts.owner_of(ours.id).companies)
    amount = "100.00" if reference == "B0" else "70.00"
    row = f"2026-11-20,-{amount},USD,{bank_rules.reference_of(ours.id)},Lab,{reference}"
    with transaction():
        bank_deposits.take(content(ours, "100.00"), by=pay.finance())
        ledger.post(Entry("test:spent", [Move(f"company:{ours.id}:available", "platform:fees", usd("100.00"))]))
        bank_deposits.take(table(row), by=mine)
        other = accounts.company()
    (back,) = [line for line in lines() if line.kind is LineKind.TAKEN_BACK]
    assert (back.status, back.undoes_id is not None) == (LineStatus.STRAY, reference == "B0")
    with pytest.raises(OwnCompany):
        bank_deposits.send_back(back.id, "My company owes nothing.", by=mine)
    with pytest.raises(OwnCompany):
        bank_deposits.assign(back.id, other.id, by=mine)
    with transaction():
        values = {"reason": "It is gone.", "matched_by": pay.finance().person_id}
        move_one(back, LineStatus.ENDING, by=CONSOLE, event="bank_line.ending", values=values)
    with pytest.raises(OwnCompany):
        bank_deposits.confirm(back.id, by=mine)
    assert refunds.taken_back(ours.id) == {"USD": usd(amount)}


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

TRANSFER = "GET /api/v1/companies/<uuid:company_id>/transfer"
LOOK = "POST /api/v1/bank/look"
TAKE = "POST /api/v1/bank/statements"
LINES = "GET /api/v1/bank/lines"
ASSIGN = "POST /api/v1/bank/lines/<uuid:line_id>/assign"
CONFIRM = "POST /api/v1/bank/lines/<uuid:line_id>/confirm"
DOUBT = "POST /api/v1/bank/lines/<uuid:line_id>/doubt"
BACK = "POST /api/v1/bank/lines/<uuid:line_id>/send-back"
OF_LINE = (ASSIGN, CONFIRM, DOUBT, BACK)
BODIES: Mapping[str, Any] = {
    LOOK: {"content": "x"},
    TAKE: {"content": "x"},
    ASSIGN: {"company_id": str(COMPANY)},
    BACK: {"reason": "Nobody knows whose."},
}


def doors(*routes: str, question: str) -> list[Any]:
    return [pytest.param(route, marks=pytest.mark.door(route, question), id=route) for route in routes]


def ask(client: FlaskClient, route: str, who: Mapping[str, str] | None = None, of: Any = None, **more: Any) -> Any:
    method, _, path = route.partition(" ")
    for name in ("<uuid:company_id>", "<uuid:line_id>"):
        path = path.replace(name, str(of or uuid4()))
    more = {"json": BODIES.get(route)} | more
    return client.open(path, method=method, headers={HEADER: uuid4().hex} | dict(who or {}), **more)


@pytest.mark.door(TRANSFER, "works")
@pytest.mark.door(LOOK, "works")
@pytest.mark.door(TAKE, "works")
@pytest.mark.door(TAKE, "wrong_state")
@pytest.mark.door(LINES, "works")
@pytest.mark.door(ASSIGN, "works")
@pytest.mark.door(ASSIGN, "wrong_state")
@pytest.mark.door(CONFIRM, "works")
@pytest.mark.door(CONFIRM, "wrong_state")
@pytest.mark.door(DOUBT, "works")
@pytest.mark.door(DOUBT, "wrong_state")
@pytest.mark.door(BACK, "works")
@pytest.mark.door(BACK, "wrong_state")
def test_its_doors(ours: Company, app: Flask, client: FlaskClient) -> None:
    first, second = (accounts.bearer(pay.finance()) for _ in range(2))
    owner = accounts.bearer(accounts.owner_of(ours.id))
    told = ask(client, TRANSFER, owner, ours.id).json
    assert told["looked_at"] == []
    assert (told["reference"], told["is_open"]) == (bank_rules.reference_of(ours.id), True)
    text = {"content": table(f"2026-11-17,5000.00,USD,{told['reference']},Lab,B1", "2026-11-17,1.00,USD,x,,B2")}
    looked = ask(client, LOOK, first, json=text).json
    assert [line["company_id"] for line in looked["lines"]] == [str(ours.id), None]
    assert ask(client, TAKE, first, json=text).json["fresh"] == 2
    by_sum = {line["money"]["amount"]: line["id"] for line in ask(client, LINES, first).json["items"]}
    large, stray = by_sum["5000.00"], by_sum["1.00"]
    (looked_at,) = ask(client, TRANSFER, owner, ours.id).json["looked_at"]
    assert (looked_at["money"]["amount"], looked_at["deposit_id"]) == ("5000.00", None)
    mine = {"company_id": str(ours.id)}
    assert ask(client, ASSIGN, first, large, json=mine).status_code == 409
    assert ask(client, DOUBT, second, large).json["status"] == "stray"
    assert ask(client, DOUBT, second, large).status_code == 409
    assert ask(client, ASSIGN, second, large, json=mine).json["status"] == "matched"
    assert ask(client, CONFIRM, second, large).json["code"] == "bank_line_needs_two"
    assert ask(client, CONFIRM, first, large).json["status"] == "booked"
    assert ask(client, CONFIRM, first, large).status_code == 409
    assert ask(client, BACK, first, stray).json["status"] == "sent_back"
    assert ask(client, BACK, first, stray).status_code == 409
    app.config["RAIL"] = "sandbox"
    assert ask(client, TAKE, first, json=text).json["code"] == "bank_is_not_the_rail"


@pytest.mark.parametrize("route", doors(TRANSFER, LOOK, TAKE, LINES, *OF_LINE, question="not_signed_in"))
def test_strangers_are_asked_who_they_are(route: str, client: FlaskClient) -> None:
    assert ask(client, route).status_code == 401


@pytest.mark.parametrize("route", doors(TRANSFER, *OF_LINE, question="not_mine"))
def test_to_everybody_else_there_is_nothing(route: str, ours: Company, client: FlaskClient) -> None:
    with transaction():
        bank_deposits.take(content(ours, "10.00", words="for the work"), by=pay.finance())
    of = ours.id if route == TRANSFER else lines()[0].id
    assert ask(client, route, accounts.bearer(accounts.person()), of).status_code == 404


@pytest.mark.parametrize("route", doors(LOOK, TAKE, ASSIGN, BACK, question="wrong_shape"))
def test_a_body_of_another_shape_is_refused(route: str, client: FlaskClient) -> None:
    assert ask(client, route, accounts.bearer(pay.finance()), json={"odd": 1}).status_code == 422


@pytest.mark.door(LINES, "wrong_shape")
def test_a_page_of_lines_has_a_size(client: FlaskClient) -> None:
    assert ask(client, LINES, accounts.bearer(pay.finance()), query_string={"limit": "0"}).status_code == 422


def test_the_pages(ours: Company, client: FlaskClient) -> None:
    desk = Visitor(client).signed_in(accounts.person_of(pay.finance().person_id))
    text = content(ours, "10.00", words="for the work")
    page = desk.send("/desk/bank", file=(text + "\n2026-11-17,x,USD,y,,").encode())
    assert "Nothing of it can be taken" in page.words
    assert "The amount is no plain number" in page.words
    page = desk.send("/desk/bank", file=text.encode())
    assert "1 of 1 transfers are new" in page.words
    (line,) = lines()
    page = desk.send("/desk/bank", action=f"/desk/bank/{line.id}/assign", company_id=ours.id)
    assert "available to the company" in page.words
    owner = Visitor(client.application.test_client())
    owner.signed_in(accounts.person_of(accounts.owner_of(ours.id).person_id))
    page = owner.look(f"/company/{ours.id}/money/transfer?money.amount=250.00&money.currency=EUR")
    assert bank_rules.reference_of(ours.id) in page.words
