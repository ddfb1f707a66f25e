"""How the made-up companies of a demonstration pay in, and where its people are paid, on whichever rail is set.

On the sandbox both are there at once. On Stripe a company pays on Stripe's page, where a test key has a test card; by
hand it pays by bank, whose statement two operators look at. Whoever lives where the rail pays nobody gets no account.
"""

import time
from collections.abc import Callable, Sequence
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from marketplace.accounts.models import Company, Person
from marketplace.accounts.queries import actor_of
from marketplace.accounts.rules import Actor, require_person
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.pay.bank import deposits as bank
from marketplace.pay.bank.models import BankLine
from marketplace.pay.bank.rules import LineStatus, reference_of
from marketplace.pay.by_hand import files, findings
from marketplace.pay.by_hand.findings import Found
from marketplace.pay.by_hand.rules import FileStatus, FindingOutcome, FindingStatus
from marketplace.pay.methods import service as methods
from marketplace.pay.methods.fields import MethodKind, Part
from marketplace.pay.models import PaymentOp
from marketplace.pay.rails import accounts as rail_accounts
from marketplace.pay.rails import payments, test_mode
from marketplace.pay.rails.stripe_answers import NotAllowed, Unreachable
from marketplace.pay.rules import MANUAL, SANDBOX, STRIPE_TEST, OpStatus
from marketplace.standards import rail_reach
from marketplace.workforce import applying
from marketplace.workforce.models import Contractor

WALLET = "paypal"
"""Where people of a demonstration are paid by hand: known by an address alone, in any country."""
LOOK_EVERY, TELL_EVERY = 2.0, 60.0
TEST_CARD = "4242 4242 4242 4242, any later month, any three digits"
Say = Callable[[str], None]


def is_reached(country: str) -> bool:
    """Whether the rail of this service pays people there."""
    rail, platform = current_app.config["RAIL"], current_app.config["STRIPE_COUNTRY"]
    return rail_reach.pays(rail, country, platform)


def open_accounts(people: Sequence[Actor]) -> None:
    """Gives each of these contractors a place to be paid, in their own name, if the rail reaches where they live."""
    rail: str = current_app.config["RAIL"]
    if rail == SANDBOX:
        applying.open_sandbox_accounts(people)
        return
    found = select(Person.id, Person.email, Person.name, Contractor.country)
    found = found.join(Contractor, Contractor.id == Person.id).where(Person.id.in_(map(require_person, people)))
    known = {row.id: row for row in db.session.execute(found)}
    for me in people:
        row = known[require_person(me)]
        if rail == MANUAL:
            methods.give(
                kind=MethodKind.WALLET, country=row.country, currency="USD", holder=row.name, provider=WALLET,
                details={str(Part.EMAIL): row.email}, by=me,
            )  # fmt: skip
        elif is_reached(row.country):
            rail_accounts.ask_for(by=me)


def pay_in(deposits: Sequence[UUID], operators: Sequence[UUID], say: Say, patience: float = 0.0) -> bool:
    """Does what a payer does for these deposits, once the rail has been asked, and waits so many seconds for what it
    cannot do. Returns whether all of the money is there; `say` is told what is still to be done, and by whom.

    Must not be called inside a transaction (RuntimeError), since rails are asked. `operators` of finance look at what
    comes by bank, one or two of them.
    """
    with transaction():
        ops = db.session.scalars(select(PaymentOp).where(PaymentOp.id.in_(deposits)).order_by(PaymentOp.id)).all()
        known = [op for op in ops if op.status is OpStatus.WAITING]
        waiting = [(op.id, op.rail, op.external_id, op.pay_url, str(op.money)) for op in known]
        lost = [f"A deposit of {op.money} is {op.status}: {op.why}" for op in ops if op.why]
    for words in lost:
        say(words)
    if any(rail == MANUAL for _, rail, *_ in waiting):
        _by_bank([op_id for op_id, *_ in waiting], operators)
    for op_id, rail, name, url, money in waiting:
        if rail != MANUAL and not (rail == STRIPE_TEST and _by_card(op_id, str(name), say)):
            by = f" with the test card {TEST_CARD}" if rail == STRIPE_TEST else ""
            say(f"Somebody has to pay {money} on Stripe's page{by}: {url}")
    began = told = time.monotonic()
    while not (settled := _are_done(deposits)) and time.monotonic() < began + patience:
        time.sleep(LOOK_EVERY)
        if time.monotonic() > told + TELL_EVERY:
            told = time.monotonic()
            say(f"The money has not come yet; it is waited for since {(told - began) / 60:.0f} minutes.")
    return settled


def _are_done(deposits: Sequence[UUID]) -> bool:
    return {payments.look_again(op_id) for op_id in deposits} <= {OpStatus.DONE}


def _by_card(op_id: UUID, name: str, say: Say) -> bool:
    try:
        test_mode.pay(name)
    except (NotAllowed, Unreachable) as refused:
        say(f"Stripe does not take the test card by its API ({refused}).")
        return False
    return payments.look_again(op_id) is OpStatus.DONE


def _by_bank(deposits: Sequence[UUID], operators: Sequence[UUID]) -> None:
    """The bank's statement of the transfers, as a table. Above the limit it takes two (TWO_PEOPLE)."""
    with transaction():
        first, *others = map(actor_of, operators)
        ops = db.session.scalars(select(PaymentOp).where(PaymentOp.id.in_(deposits)).order_by(PaymentOp.id)).all()
        day = clock.now().date().isoformat()
        rows = [
            f"{day},{op.money.decimal},{op.currency},{reference_of(op.owner_id)},{_payer(op)},{op.id.hex}" for op in ops
        ]
        taken = bank.take("\n".join(["date,amount,currency,reference,payer,id", *rows]), by=first)
        waits = select(BankLine.id).where(BankLine.statement_id == taken.id, BankLine.status == LineStatus.MATCHED)
        matched = db.session.scalars(waits.order_by(BankLine.id)).all()
        for line_id in matched if others else ():
            bank.confirm(line_id, by=others[0])


def _payer(op: PaymentOp) -> str:
    return db.session.get_one(Company, op.owner_id).legal_name


def pay_by_hand(operators: Sequence[UUID]) -> int:
    """Puts what waits to be paid by hand into files, and marks each line as paid, as two operators would who have been
    at the bank. Returns how many payments that were; none on another rail."""
    if current_app.config["RAIL"] != MANUAL:
        return 0
    paid: list[UUID] = []
    with transaction():
        first, second = map(actor_of, operators)
        for heap in files.heaps(first):
            file = files.make(heap.kind, heap.currency, provider=heap.provider, by=first)
            if file.status is FileStatus.MADE:
                files.release(file.id, by=second)
            lines = [line.payment_op_id for line in files.lines_of(file.id, first)]
            reference, day = f"file {file.id.hex[:8]}", clock.now().date()
            told = Found(outcome=FindingOutcome.HAPPENED, reference=reference, happened_on=day)
            for finding in findings.find(lines, told, by=first):
                if finding.status is FindingStatus.WAITING:
                    findings.confirm(finding.id, by=second)
            paid += lines
    return len(paid)
