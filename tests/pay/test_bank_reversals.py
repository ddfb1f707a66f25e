"""What a bank takes back of transfers: once from the company, or borne, and never what the service has sent itself."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from marketplace.accounts.models import Company
from marketplace.accounts.rules import CONSOLE, OwnCompany
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, InsufficientFunds, Move
from marketplace.pay import refunds, service
from marketplace.pay.bank import deposits as bank_deposits
from marketplace.pay.bank import keeping, reopening
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.models import BankLine, LineReopening
from marketplace.pay.bank.rules import (
    LineKind,
    LineStatus,
)
from marketplace.pay.by_hand import findings
from marketplace.pay.by_hand.rules import FindingOutcome
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import payments
from marketplace.pay.rails.rules import STRAYS
from marketplace.pay.rules import LeavesDebt, OpKind, OpStatus
from marketplace.pay.seconds import service as seconds
from marketplace.standards.act_rules import SecondPerson
from tests.factories import accounts, pay
from tests.pay.books import everything_holds
from tests.pay.test_bank import _company, asked, available, content, lines, ours, usd
from tests.pay.test_bank_files import table

__all__ = ["_company", "ours"]


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


def test_what_the_service_has_kept_and_the_bank_takes_back_waits_for_somebody(ours: Company) -> None:
    """It is no company's deposit that could go back, and no other line of the file waits for it."""
    finance, words = pay.finance(), bank_rules.reference_of(ours.id)
    with transaction():
        bank_deposits.take(content(ours, "100.00", words="for the work"), by=finance)
        keeping.keep(lines()[0].id, "A gift of the bank's.", by=finance)
        back = table(f"2026-11-18,-100.00,USD,{words},Lab,B0", f"2026-11-18,7.00,USD,{words},Lab,B1")
        bank_deposits.take(back, by=finance)
    found = {line.kind: line for line in lines() if line.status is not LineStatus.POSTED}
    assert (found[LineKind.CAME].status, found[LineKind.TAKEN_BACK].status) == (LineStatus.KEPT, LineStatus.STRAY)
    assert available(ours) == usd("7.00")
    everything_holds()


def reopened(line: BankLine) -> None:
    """Two people take back what was said of a line."""
    one = pay.finance()
    with transaction():
        act = reopening.reopen(line.id, "It was a lab's after all.", by=one)
        with pytest.raises(SecondPerson):
            seconds.agree(act.id, by=one)
    assert line.status in reopening.AGAIN
    with transaction():
        seconds.agree(act.id, by=pay.finance())


def test_what_the_service_has_kept_by_mistake_is_a_companys_again(ours: Company) -> None:
    """A cause is booked once: what is kept, taken back, and kept again stands in the books all the same."""
    with transaction():
        bank_deposits.take(content(ours, "100.00", words="for the work"), by=pay.finance())
    (line,) = lines()
    for _ in range(2):
        with transaction():
            keeping.keep(line.id, "Nobody's.", by=pay.finance())
        assert books.balance(STRAYS, "USD") == usd("100.00")
        reopened(line)
        assert (line.status, line.reason, books.balance(STRAYS, "USD")) == (LineStatus.STRAY, None, usd("0.00"))
    with pytest.raises(WrongState):
        reopening.reopen(line.id, "Once more.", by=pay.finance())
    with transaction():
        bank_deposits.assign(line.id, ours.id, by=pay.finance())
    assert available(ours) == usd("100.00")
    told = db.session.execute(select(LineReopening.was, LineReopening.reason, LineReopening.why)).all()
    assert told == [(LineStatus.KEPT, "Nobody's.", "It was a lab's after all.")] * 2
    everything_holds()


def test_what_the_service_has_borne_by_mistake_is_owed_again(ours: Company) -> None:
    finance, owner, words = pay.finance(), accounts.owner_of(ours.id), bank_rules.reference_of(ours.id)
    with transaction():
        bank_deposits.take(content(ours, "100.00"), by=finance)
        ledger.post(Entry("test:spent", [Move(f"company:{ours.id}:available", "platform:fees", usd("100.00"))]))
        bank_deposits.take(table(f"2026-11-18,-100.00,USD,{words},Lab,B0"), by=finance)
    (back,) = [line for line in lines() if line.kind is LineKind.TAKEN_BACK]
    with transaction():
        bank_deposits.send_back(back.id, "The company is gone.", by=finance)
    with pytest.raises(OwnCompany):
        reopening.reopen(back.id, "It is not.", by=replace(owner, operator=finance.operator))
    reopened(back)
    assert (back.status, refunds.taken_back(ours.id)) == (LineStatus.STRAY, {"USD": usd("100.00")})
    assert books.balance("platform:chargebacks", "USD") == usd("0.00")
    everything_holds()


def test_two_lines_that_undo_each_other_come_back_together(ours: Company) -> None:
    """What came and went was no company's; it was another transfer that the bank has taken back."""
    finance, words = pay.finance(), bank_rules.reference_of(ours.id)
    with transaction():
        came = f"2026-11-17,5000.00,USD,{words},Lab,B0"
        bank_deposits.take(table(came, f"2026-11-18,-5000.00,USD,{words},Lab,B0"), by=finance)
    reopened(lines()[0])
    assert {(line.status, line.undoes_id) for line in lines()} == {(LineStatus.STRAY, None)}
    assert db.session.scalar(select(func.count(LineReopening.id))) == 2
    everything_holds()


def test_nobody_takes_back_what_was_said_of_a_transfer_of_their_own_company(ours: Company) -> None:
    """One of two lines that undo each other names the company, and the other, under the bank's reference, another."""
    mine = replace(pay.finance(), companies=accounts.owner_of(ours.id).companies)
    with transaction():
        came = f"2026-11-17,5000.00,USD,{bank_rules.reference_of(ours.id)},Lab,B0"
        other = bank_rules.reference_of(accounts.company().id)
        bank_deposits.take(table(came, f"2026-11-18,-5000.00,USD,{other},Lab,B0"), by=pay.finance())
    assert {line.status for line in lines()} == {LineStatus.SENT_BACK}
    for line in lines():
        with pytest.raises(OwnCompany):
            reopening.reopen(line.id, "It was a lab's after all.", by=mine)


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
