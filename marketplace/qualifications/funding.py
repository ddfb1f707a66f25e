"""The verbs of a test's money: what a company sets aside for attempts, and what comes back. Each move is a row, whose
id is the cause of the ledger's entry."""

from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import CLOCK, Actor, Right, available_account
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import Event, record
from marketplace.core.ids import new_id
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import CurrencyMismatch, Money
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.rules import Entry, InsufficientFunds, Move
from marketplace.qualifications import queries, rules
from marketplace.qualifications.models import Attempt, Qualification, TestFunding
from marketplace.qualifications.rules import BadTest, FundingKind, NoFunds, NoMoneyToReturn, QualificationStatus


def fund(qualification_id: UUID, money: Money, *, by: Actor) -> TestFunding:
    """Sets the company's available money aside for attempts. Raises InsufficientFunds, BadEntry unless it is more than
    zero, CurrencyMismatch, WrongState when it is closed, BadTest for the service's own, which pays by itself."""
    found = queries.own(qualification_id, by, Right.MONEY, lock=True)
    if found.company_id is None:
        raise BadTest("The service's own tests are paid out of its own pocket.", field="money")
    if found.status is QualificationStatus.CLOSED:
        raise WrongState("The qualification is closed.", state=str(found.status))
    if money.currency != found.currency:
        raise CurrencyMismatch(f"The test is paid in {found.currency}.", field="money")
    return _move(found, FundingKind.FUNDED, money, by)


def take_back(qualification_id: UUID, *, by: Actor) -> TestFunding:
    """Moves what no attempt has set aside back to the company. Raises NoMoneyToReturn when there is none."""
    found = queries.own(qualification_id, by, Right.MONEY, lock=True)
    if (returned := give_back(found, by=by)) is None:
        raise NoMoneyToReturn
    return returned


def give_back(found: Qualification, *, by: Actor) -> TestFunding | None:
    """`take_back()` for a qualification that the caller has locked; None when there is nothing."""
    if found.company_id is None:
        return None
    standing = select(LedgerAccount.balance).where(
        LedgerAccount.name == found.fund_account, LedgerAccount.currency == found.currency
    )
    # Locked, because somebody may be beginning an attempt at this moment.
    amount = db.session.scalar(standing.with_for_update())
    return _move(found, FundingKind.RETURNED, Money(amount, found.currency), by) if amount else None


def hold(attempt: Attempt) -> None:
    """Sets aside what the attempt may cost at most, and says so when little is left for others. Raises NoFunds."""
    source = rules.fund_account(attempt.qualification_id, attempt.company_id)
    try:
        ledger.post(Entry(f"attempt:{attempt.id}:held", [Move(source, attempt.hold_account, attempt.held)]))
    except InsufficientFunds as short:
        raise NoFunds(**short.members) from short
    if attempt.company_id is not None:
        _tell_of_funds(attempt)


def return_rest(attempt: Attempt, owed: Money) -> None:
    """Gives back what an ended attempt will not cost."""
    if (rest := attempt.held - owed).amount > 0:
        target = rules.fund_account(attempt.qualification_id, attempt.company_id)
        ledger.post(Entry(f"attempt:{attempt.id}:rest", [Move(attempt.hold_account, target, rest)]))


def _tell_of_funds(attempt: Attempt) -> None:
    """Leaves an event when the money is low or out, each once until more is set aside: what an attempt gives back
    brings it over the mark and under it again. The fund's account is locked by the move before."""
    found = db.session.get_one(Qualification, attempt.qualification_id)
    left = rules.funds_left(books.balance(found.fund_account, found.currency), attempt.held)
    if left is None:
        return
    last = select(Event.name).where(Event.subject_id == found.id, Event.name.in_(("qualification.funded", left)))
    if db.session.scalar(last.order_by(Event.id.desc()).limit(1)) != left:
        record(left, found, by=CLOCK)


def _move(found: Qualification, kind: FundingKind, money: Money, by: Actor) -> TestFunding:
    assert found.company_id is not None
    funding_id = new_id()
    source, destination = available_account(found.company_id), found.fund_account
    if kind is FundingKind.RETURNED:
        source, destination = destination, source
    row = TestFunding(
        id=funding_id,
        qualification_id=found.id,
        company_id=found.company_id,
        kind=kind,
        amount=money.amount,
        currency=money.currency,
        at=clock.now(),
        entry_id=ledger.post(Entry(f"test_funding:{funding_id}", [Move(source, destination, money)])),
    )
    db.session.add(row)
    event = {FundingKind.FUNDED: "qualification.funded", FundingKind.RETURNED: "qualification.refunded"}[kind]
    record(event, found, by=by, data={"funding": str(funding_id), "money": str(money)})
    return row
