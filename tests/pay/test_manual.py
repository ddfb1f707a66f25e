"""Payments that people make by files: made, frozen, let go by a second person, marked once, and put back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from marketplace.accounts.models import Person
from marketplace.accounts.rules import CONSOLE, Actor, OperatorRole, available_account
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.core.problems import Forbidden, NotFound
from marketplace.ledger import queries as books
from marketplace.pay import service
from marketplace.pay.bank import deposits as bank_deposits
from marketplace.pay.bank.models import BankLine
from marketplace.pay.bank.rules import LineKind, LineStatus
from marketplace.pay.by_hand import files as manual_files
from marketplace.pay.by_hand import findings
from marketplace.pay.by_hand import proof as hand_proof
from marketplace.pay.by_hand.findings import Found
from marketplace.pay.by_hand.models import ManualFile, ManualPayment
from marketplace.pay.by_hand.rules import (
    FileStatus,
    FindingOutcome,
    FoundAlready,
    ListedInFile,
    ManualStatus,
    NothingToFind,
    NothingToPay,
)
from marketplace.pay.contests import service as contests
from marketplace.pay.methods import barring
from marketplace.pay.methods import service as methods
from marketplace.pay.methods.fields import MethodKind
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import payments
from marketplace.pay.rules import MANUAL, OpKind, OpStatus, outside, payable
from marketplace.pay.runs import service as runs
from marketplace.workforce import screening
from marketplace.workforce.screening_models import ScreeningHit
from tests.factories import accounts, pay, standards
from tests.pay.books import everything_holds
from tests.web.visitor import Visitor

BANK, MOBILE = MethodKind.BANK, MethodKind.MOBILE_MONEY
HAPPENED, DID_NOT = FindingOutcome.HAPPENED, FindingOutcome.DID_NOT


@pytest.fixture
def by_hand(app: Flask) -> Iterator[Flask]:
    """The application on the rail of files, where 500.00 USD take two people."""
    before = app.config["RAIL"]
    app.config["RAIL"] = MANUAL
    yield app
    app.config["RAIL"] = before


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def funded_and_worked() -> UUID:
    """60.00 USD of approved work whose money came in by hand. Returns whose it is."""
    return pay.worked_and_approved().contractor_id


def account_of(person_id: UUID, kind: MethodKind = BANK) -> Actor:
    me = accounts.actor_of(person_id)
    name = db.session.get_one(Person, person_id).name
    bank = {"country": "DE", "currency": "EUR", "details": {"iban": "DE89370400440532013000"}}
    mobile = {"country": "KE", "currency": "KES", "details": {"phone": "0712 345678"}, "provider": "mpesa_ke"}
    with transaction():
        methods.give(kind=kind, holder=name, by=me, **(bank if kind is BANK else mobile))  # type: ignore[arg-type]
    return me


def owed(kind: MethodKind = BANK) -> PaymentOp:
    """A payout of 60.00 USD that waits for a file."""
    person_id = funded_and_worked()
    account_of(person_id, kind)
    runs.finish_run(pay.started().id)
    payments.advance_ops()
    return op_of(person_id)


def op_of(person_id: UUID) -> PaymentOp:
    found = select(PaymentOp).where(PaymentOp.contractor_id == person_id).order_by(PaymentOp.id.desc()).limit(1)
    return db.session.scalars(found.execution_options(populate_existing=True)).one()


def paid(arrived: Money | None = None) -> Found:
    return Found(outcome=HAPPENED, reference="E2E-1", happened_on=clock.now().date(), arrived=arrived)


def not_paid(reason: str = "The bank sent it back: account closed.") -> Found:
    return Found(outcome=DID_NOT, reason=reason)


def made(kind: MethodKind = BANK, currency: str = "USD", *, by: Actor | None = None, **more: str) -> ManualFile:
    with transaction():
        return manual_files.make(kind, currency, by=by or pay.finance(), **more)  # type: ignore[arg-type]


# --- files ----------------------------------------------------------------------------------------------------------


# --- from a run to what arrived -------------------------------------------------------------------------------------


def test_a_payout_goes_through_a_file_and_arrives(by_hand: Flask) -> None:
    """60.00 USD are ordered, go into one file, and 59.20 arrive: the bank kept 0.80."""
    op = owed()
    assert (op.status, op.rail, op.moves_real_money) == (OpStatus.WAITING, MANUAL, True)
    (heap,) = manual_files.heaps(pay.finance())
    assert (heap.kind, heap.money, heap.payments, heap.no_rate) == (BANK, usd("60.00"), 1, False)
    finance = pay.finance()
    file = made(by=finance)
    assert (file.status, file.lines, file.total) == (FileStatus.RELEASED, 1, usd("60.00"))
    _, content = manual_files.download(file.id, by=finance)
    assert manual_files.download(file.id, by=pay.finance())[1] == content
    assert b"DE89370400440532013000" in content
    with pytest.raises(NothingToPay):
        made()
    with transaction():
        findings.find([op.id], paid(usd("59.20")), by=finance)
    op = op_of(op.owner_id)
    assert (op.status, op.arrived, op.rail_fee) == (OpStatus.DONE, usd("59.20"), usd("0.80"))
    assert db.session.get_one(ManualFile, file.id).status is FileStatus.SETTLED
    assert books.balance(payable(op.owner_id), "USD") == usd("0.00")
    with pytest.raises(FoundAlready):
        findings.find([op.id], not_paid(), by=finance)
    payments.advance_ops()
    everything_holds()
    db.session.execute(
        update(PaymentOp)
        .where(PaymentOp.id == op.id)
        .values(status=OpStatus.PARKED, arrived_amount=None, arrived_currency=None)
    )
    assert hand_proof.differences()[1] == [
        f"payment:{op.id}: marked paid, is parked",
        "rail:manual: -60.00 USD more by payments than in the books",
        "under way: 60.00 USD more by payments than in the books",
    ]


@pytest.mark.parametrize("was_marked", [True, False])
def test_a_payment_that_came_back_by_bank_is_payable_again(by_hand: Flask, was_marked: bool) -> None:
    """The bank's statement names it by what the file had said: marked as paid or not yet, the 60.00 USD are the
    person's again, once."""
    op, finance = owed(), pay.finance()
    made(by=finance)
    told = f"date,amount,currency,reference,id\n{clock.now().date()},60.00,USD,RETURN {op.id.hex.upper()},R1"
    with transaction():
        if was_marked:
            findings.find([op.id], paid(), by=finance)
        bank_deposits.take(told, by=finance)
        bank_deposits.take(f"{told}\n", by=finance)
    status = OpStatus.REVERSED if was_marked else OpStatus.REFUSED
    assert db.session.get_one(PaymentOp, op.id, populate_existing=True).status is status
    assert books.balance(payable(op.owner_id), "USD") == usd("60.00")
    with transaction():
        bank_deposits.take(told.replace("R1", "R2"), by=finance)
    lines = select(BankLine.kind, BankLine.status).order_by(BankLine.bank_reference)
    kind = LineKind.CAME_BACK
    assert db.session.execute(lines).all() == [(kind, LineStatus.POSTED), (kind, LineStatus.STRAY)]
    stray = db.session.scalars(select(BankLine.id).where(BankLine.status == LineStatus.STRAY)).one()
    with pytest.raises(WrongState, match="no company's"):
        bank_deposits.assign(stray, accounts.company().id, by=finance)
    if was_marked:
        came_back = db.session.get_one(PaymentOp, op.id)
        assert contests.of([came_back])[op.id].why == "The bank has sent it back."
        assert finance.person_id in contests.deciders(op.id)
        back = db.session.scalars(select(PaymentOp.id).where(PaymentOp.of_id == op.id)).one()
        assert "reversal.told_by_bank" in {each.name for each in timeline("payment", back)}
    everything_holds()


def test_a_payment_to_whoever_hands_in_the_statement_is_booked_with_the_next_one(by_hand: Flask) -> None:
    """Nobody books what became of a payment to themselves; the next statement of another person does."""
    op = owed()
    made()
    me = replace(accounts.actor_of(op.owner_id), operator=frozenset({OperatorRole.FINANCE}))
    told = f"date,amount,currency,reference,id\n{clock.now().date()},60.00,USD,RETURN {op.id.hex},R1"
    statuses = []
    for by, text in ((me, told), (pay.finance(), f"{told}\n{clock.now().date()},1.00,USD,beside,R2")):
        with transaction():
            bank_deposits.take(text, by=by)
        statuses.append(db.session.scalars(select(BankLine.status).where(BankLine.bank_reference == "R1")).one())
    assert statuses == [LineStatus.STRAY, LineStatus.POSTED]
    assert books.balance(payable(op.owner_id), "USD") == usd("60.00")
    everything_holds()


def test_what_came_back_is_payable_again_and_in_another_file(by_hand: Flask) -> None:
    op = owed()
    finance = pay.finance()
    with pytest.raises(NothingToFind):
        findings.find([op.id], paid(), by=finance)
    file = made()
    with transaction():
        findings.find([op.id], not_paid(), by=finance)
    op = op_of(op.owner_id)
    assert (op.status, op.refusal_code, op.who_can_fix) == (OpStatus.REFUSED, "found_not_paid", "contractor")
    assert op.why == "The bank sent it back: account closed."
    assert not any("account closed" in str(each.data) for each in timeline("payment", op.id)), "words can be erased"
    assert books.balance(payable(op.owner_id), "USD") == usd("60.00")
    with transaction():
        again = service.retry_payout(op.id, by=accounts.actor_of(op.owner_id))
    payments.advance_ops()
    second = made()
    assert second.id != file.id
    carried = select(ManualPayment.payment_op_id).where(ManualPayment.file_id == second.id)
    assert db.session.scalars(carried).all() == [again.id]
    everything_holds()


def test_mobile_money_is_paid_in_its_own_currency_at_a_sourced_rate(by_hand: Flask) -> None:
    """60.00 USD at 129.50 shillings are 7,770.00 KES; without a rate the payout waits and says so."""
    op = owed(MOBILE)
    (heap,) = manual_files.heaps(pay.finance())
    assert (heap.currency, heap.no_rate) == ("KES", True)
    with pytest.raises(NothingToPay):
        made(MOBILE, "KES", provider="mpesa_ke")
    standards.rate("USD", "KES", "129.50", clock.now().date())
    file = made(MOBILE, "KES", provider="mpesa_ke")
    content = manual_files.download(file.id, by=pay.finance())[1].decode()
    assert content.splitlines()[1].startswith("+254712345678,Ana Example,7770.00,KES,")
    with transaction():
        findings.find([op.id], paid(Money.of("7700.00", "KES")), by=pay.finance())
    op = op_of(op.owner_id)
    assert (op.status, op.arrived, op.rail_fee) == (OpStatus.DONE, Money.of("7700.00", "KES"), usd("0.00"))
    assert op.executed_rate is not None
    assert round(op.executed_rate, 4) == round(op.executed_rate.__class__(7700) / 60, 4)
    everything_holds()


def test_pay_of_whoever_may_stand_on_a_list_goes_into_no_file(by_hand: Flask, client: FlaskClient) -> None:
    """An order waits for its file while a list is loaded: of two that wait one is named by it. It is left out until
    the likeness is cleared, and where it was in a file already nobody lets that file go."""
    by_hand.config["TWO_PEOPLE_ABOVE"] = "50.00"
    try:
        named, vetting, one = owed(), accounts.operator(OperatorRole.VETTING), pay.finance()
        file = made(by=one)
        with transaction():
            name = db.session.get_one(Person, named.contractor_id).name
            head = "name,aliases,birth_date,country,source,date\n"
            screening.load_list(head + f"{name},,,,A list,2026-11-01\n", by=CONSOLE)
            screening.screen_due(10)
        hit = db.session.scalars(select(ScreeningHit)).one()
        with pytest.raises(ListedInFile):
            manual_files.release(file.id, by=pay.finance())
        with transaction():
            manual_files.withdraw(file.id, by=one)
        (heap,) = manual_files.heaps(one)
        assert (heap.money, heap.payments, heap.held) == (usd("0.00"), 0, 1)
        page = Visitor(client).signed_in(accounts.person_of(one.person_id)).look("/desk/by-hand")
        assert "1 more waits: the name is like one on a list of sanctions" in page.words
        for same in (None, True):
            if same:
                with transaction():
                    screening.decide(hit.id, True, "The same day of birth.", by=vetting)
            with pytest.raises(NothingToPay):
                made(by=one)
        with transaction():
            screening.decide(hit.id, False, "Another day of birth.", by=vetting)
        assert made(by=one).lines == 1
        assert op_of(named.owner_id).status is OpStatus.WAITING
    finally:
        by_hand.config["TWO_PEOPLE_ABOVE"] = "500.00"


def test_a_payout_that_waits_for_a_file_goes_to_the_account_that_counts_by_then(by_hand: Flask) -> None:
    """It was ordered to the old account, and nobody has made a file within the 48 hours until the new one counts."""
    op = owed()
    account_of(op.owner_id, MOBILE)
    with transaction():
        clock.move_to(clock.now() + timedelta(hours=48))
        assert methods.take_effect_due() == 1
    assert (op_of(op.owner_id).status, op_of(op.owner_id).refusal_code) == (OpStatus.REFUSED, "payout_account_changed")
    assert manual_files.heaps(pay.finance()) == []
    with transaction():
        service.retry_payout(op.id, by=pay.finance())
    payments.advance_ops()
    (heap,) = manual_files.heaps(pay.finance())
    assert (heap.kind, heap.currency, heap.payments) == (MOBILE, "KES", 1)
    everything_holds()


def test_a_payout_whose_process_died_before_it_was_ordered_goes_to_no_account_of_before(by_hand: Flask) -> None:
    """It counts as sent, and 48 hours later, when it is asked about again, another account has taken effect."""
    person_id = funded_and_worked()
    account_of(person_id)
    runs.finish_run(pay.started().id)
    _, (claim,) = payments._claim(1)
    account_of(person_id, MOBILE)
    with transaction():
        clock.move_to(clock.now() + timedelta(hours=48))
        assert methods.take_effect_due() == 1
    assert payments._ask(claim) == barring.CHANGED
    payments.told({claim.order.op_id: barring.CHANGED})
    assert manual_files.heaps(pay.finance()) == []
    assert op_of(person_id).status is OpStatus.REFUSED
    everything_holds()


def test_what_comes_to_nothing_in_the_currency_of_the_provider_waits(by_hand: Flask) -> None:
    """60.00 USD at a rate of a millionth are less than half of a cent of a shilling: no line of a file says 0.00."""
    owed(MOBILE)
    standards.rate("USD", "KES", "0.000001", clock.now().date())
    (heap,) = manual_files.heaps(pay.finance())
    assert (heap.money, heap.no_rate) == (Money.zero("KES"), True)
    with pytest.raises(NothingToPay):
        made(MOBILE, "KES", provider="mpesa_ke")


def parked(lab: UUID) -> PaymentOp:
    """A deposit of 60.00 USD of which its rail says nothing any more."""
    op = service.deposit(lab, usd("60.00"), by=accounts.owner_of(lab))
    op.status, op.first_sent_at, op.tries = OpStatus.PARKED, clock.now(), 1
    return op


def test_only_finance_pays_by_hand(by_hand: Flask) -> None:
    op = owed()
    vetting = accounts.operator(OperatorRole.VETTING)
    with pytest.raises(Forbidden):
        manual_files.make(BANK, "USD", by=vetting)
    with pytest.raises(Forbidden):
        findings.find([op.id], paid(), by=vetting)
    with pytest.raises(NotFound):
        manual_files.heaps(accounts.actor_of(op.owner_id))


def test_without_an_account_a_payout_is_refused_and_says_who_can_mend_it(by_hand: Flask) -> None:
    person_id = funded_and_worked()
    runs.finish_run(pay.started().id)
    payments.advance_ops()
    op = op_of(person_id)
    assert (op.status, op.refusal_code, op.who_can_fix) == (OpStatus.REFUSED, "payout_account_missing", "contractor")


def test_a_deposit_waits_until_somebody_has_seen_it(by_hand: Flask) -> None:
    lab = accounts.company().id
    op = pay.deposited(lab, usd("100.00"))
    assert db.session.get_one(PaymentOp, op.id, populate_existing=True).status is OpStatus.WAITING
    with transaction():
        findings.find([op.id], paid(), by=pay.finance())
    assert db.session.get_one(PaymentOp, op.id, populate_existing=True).status is OpStatus.DONE
    assert books.balance(outside(MANUAL), "USD") == usd("-100.00")
    assert OpKind(op.kind) is OpKind.DEPOSIT


def test_a_deposit_that_never_came_is_nobodys_money(by_hand: Flask) -> None:
    lab = accounts.company().id
    op = pay.deposited(lab, usd("100.00"))
    with transaction():
        findings.find([op.id], not_paid("Nothing came with that reference."), by=pay.finance())
    assert db.session.get_one(PaymentOp, op.id, populate_existing=True).status is OpStatus.REFUSED
    kept = select(ManualPayment.status).where(ManualPayment.payment_op_id == op.id)
    assert db.session.scalars(kept).one() is ManualStatus.FAILED
    assert books.balance(available_account(lab), "USD") == usd("0.00")
    everything_holds()
