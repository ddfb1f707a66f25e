"""Two transactions at one thing of pay: the second begins while the first is open, and finds what the first has done.

Each case names a lock, or an upsert, without which the second would fail, or do the same again.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from time import sleep
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from marketplace.accounts.models import Company
from marketplace.accounts.rules import Actor, available_account
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.http import SetaraFlask
from marketplace.core.money import Money
from marketplace.core.problems import Problem
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.pay.bank import asked, keeping
from marketplace.pay.bank import deposits as bank_deposits
from marketplace.pay.bank import rules as bank_rules
from marketplace.pay.bank.models import BankLine
from marketplace.pay.bank.rules import LineStatus
from marketplace.pay.by_hand import files as manual_files
from marketplace.pay.by_hand.findings import Found
from marketplace.pay.by_hand.rules import FindingOutcome
from marketplace.pay.invoices import invoicing
from marketplace.pay.invoices.models import CompanyBilling, Invoice, InvoiceLine
from marketplace.pay.methods import service as methods
from marketplace.pay.methods.fields import MethodKind
from marketplace.pay.methods.models import PayoutMethod
from marketplace.pay.methods.rules import MethodStatus
from marketplace.pay.models import PaymentOp, PayRun
from marketplace.pay.rails import pausing
from marketplace.pay.rules import MANUAL, SANDBOX, RunStatus, payable
from marketplace.pay.runs import lines
from marketplace.pay.runs import service as runs
from marketplace.pay.seals import sealing
from marketplace.pay.taxes import profiles as tax_profiles
from marketplace.pay.taxes import withholding, years
from marketplace.pay.taxes.models import Withholding
from marketplace.pay.taxes.schemes import Certificate
from marketplace.pay.taxes.year_models import YearStatement
from marketplace.workforce.papers import Tax
from tests.factories import accounts, gigs, pay, shifts, standards
from tests.factories import disputes as disputed
from tests.factories.shifts import MONDAY
from tests.pay.books import everything_holds
from tests.pay.test_bank_files import camt, entry, table
from tests.pay.test_invoices import SELLER
from tests.pay.test_manual import owed
from tests.pay.test_returns import sent

pytestmark = pytest.mark.truncating
Verb = Callable[[], Any]
WAITS = text("SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))")
"""How many wait for whoever asks: those of other databases wait for others."""


@pytest.fixture
def world(apart_app: SetaraFlask, monkeypatch: pytest.MonkeyPatch) -> Iterator[SetaraFlask]:
    monkeypatch.setitem(apart_app.config, "SELLER", SELLER)
    with apart_app.app_context():
        yield apart_app


def together(app: SetaraFlask, first: Verb, second: Verb, last: Verb = lambda: None) -> tuple[Any, Any]:
    """What the first says, and what the second says that begins while the first is open: it is given time until it
    waits for a lock, or is done; then the first does the last. A refusal is its code."""

    def other() -> Any:
        with app.app_context():
            try:
                with transaction():
                    return second()
            except Problem as refused:
                return refused.code
            except IntegrityError as broken:
                return str(broken.orig)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(1) as pool:
        with transaction():
            one = first()
            db.session.flush()
            two: Future[Any] = pool.submit(other)
            gives_up = clock.machine_time() + timedelta(seconds=30)
            while not two.done() and not db.session.scalar(WAITS):
                assert clock.machine_time() < gives_up, "the second waits for somebody else"
                sleep(0.01)
            last()
        return one, two.result(30)


def both(app: SetaraFlask, verb: Verb) -> tuple[Any, Any]:
    return together(app, verb, verb)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def test_entries_are_sealed_once(world: SetaraFlask) -> None:
    with transaction():
        gigs.money_for(accounts.company().id, usd("1.00"))
    assert both(world, sealing.seal_due) == (1, 0)


def test_a_statement_and_a_line_of_two_statements_are_taken_once(
    world: SetaraFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(world.config, "RAIL", MANUAL)
    with transaction():
        company_id, finance = accounts.company().id, pay.finance()
    row = f"2026-11-17,100.00,USD,{bank_rules.reference_of(company_id)},Lab,"
    of_one, of_two = table(row + "B1"), table(row + "B1", "2026-11-17,1.00,USD,x,,B2")

    def take(content: str) -> Callable[[], tuple[UUID, int]]:
        def taken() -> tuple[UUID, int]:
            made = bank_deposits.take(content, by=finance)
            return made.id, made.fresh

        return taken

    one, two = together(world, take(of_one), take(of_one))
    assert one == two
    other = table(row + "B3")
    (_, fresh), (_, second) = together(world, take(other), take(other + "\n2026-11-17,2.00,USD,y,,B4"))
    assert (fresh, second) == (1, 1)
    assert take(of_two)()[1] == 1
    db.session.rollback()
    assert books.balance(f"company:{company_id}:available", "USD") == usd("200.00")


def test_a_payout_that_two_statements_say_came_back_is_payable_once(
    world: SetaraFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(world.config, "RAIL", MANUAL)
    op, company_id = sent(found=usd("60.00"))
    whose, named, finance = op.owner_id, op.id.hex, pay.finance()
    db.session.commit()

    def take(reference: str) -> Verb:
        content = table(f"{clock.now().date()},59.00,USD,RETURN {named},,{reference}")
        return lambda: bank_deposits.take(content, by=finance).fresh

    assert together(world, take("R1"), take("R2")) == (1, 1)
    assert books.balance(payable(whose), "USD") == usd("60.00")
    assert books.balance(f"company:{company_id}:available", "USD") == usd("9.00")
    statuses = db.session.scalars(select(BankLine.status).order_by(BankLine.bank_reference)).all()
    assert statuses == [LineStatus.POSTED, LineStatus.STRAY]
    everything_holds()


def test_who_marks_a_deposit_and_who_takes_its_statement_wait_in_one_order(
    world: SetaraFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both lock the payment and then the purse: one who had the purse first would wait for the other for ever."""
    monkeypatch.setitem(world.config, "RAIL", MANUAL)
    with transaction():
        lab, one, other = accounts.company().id, pay.finance(), pay.finance()
        bank_deposits.take(table(f"2026-11-16,1.00,USD,{bank_rules.reference_of(lab)},Lab,B0"), by=other)
    op_id = pay.deposited(lab, usd("100.00")).id
    db.session.commit()
    told = Found(outcome=FindingOutcome.HAPPENED, reference="B1", happened_on=date(2026, 11, 17))
    statement = table(f"2026-11-17,100.00,USD,{bank_rules.reference_of(lab)},Lab,B1")
    together(
        world,
        lambda: db.session.get(PaymentOp, op_id, with_for_update=True),
        lambda: bank_deposits.take(statement, by=one),
        lambda: asked.find([op_id], told, by=other),
    )
    assert books.balance(available_account(lab), "USD") == usd("101.00")
    of_line = select(BankLine.payment_op_id).where(BankLine.bank_reference == "B1")
    assert db.session.scalars(of_line).all() == [op_id]
    everything_holds()


@pytest.mark.parametrize("hand_first", [True, False])
@pytest.mark.parametrize("says", ["take", "assign", "keep", "confirm"])
def test_a_transfer_is_one_deposit_whoever_tells_of_it_at_once(
    world: SetaraFlask, monkeypatch: pytest.MonkeyPatch, says: str, hand_first: bool
) -> None:
    """One marks a deposit of 100.00 by the reference B1 for one lab; another says of the line B1 that it is of another,
    or the service's."""
    monkeypatch.setitem(world.config, "RAIL", MANUAL)
    with transaction():
        x, y, one, two, three = accounts.company().id, accounts.company().id, *(pay.finance() for _ in range(3))
    op_id = pay.deposited(y, usd("100.00")).id
    db.session.commit()
    row = table(f"2026-11-17,100.00,USD,{bank_rules.reference_of(x) if says == 'take' else 'no words'},Lab,B1")
    if says != "take":
        with transaction():
            bank_deposits.take(row, by=two)
    line_id = db.session.scalar(select(BankLine.id))
    if says == "confirm":
        monkeypatch.setitem(world.config, "TWO_PEOPLE_ABOVE", "1.00")
        with transaction():
            assert bank_deposits.assign(line_id, x, by=three).status is LineStatus.MATCHED
        monkeypatch.setitem(world.config, "TWO_PEOPLE_ABOVE", "500.00")
    db.session.rollback()
    by_line: dict[str, Verb] = {
        "take": lambda: bank_deposits.take(row, by=two).fresh,
        "assign": lambda: bank_deposits.assign(line_id, x, by=two).status,
        "keep": lambda: keeping.keep(line_id, "Nobody's.", by=two),
        "confirm": lambda: bank_deposits.confirm(line_id, by=two).status,
    }
    told = Found(outcome=FindingOutcome.HAPPENED, reference="B1", happened_on=date(2026, 11, 17))
    verbs: list[Verb] = [lambda: asked.find([op_id], told, by=one), by_line[says]]
    _, second = together(world, *(verbs if hand_first else reversed(verbs)))
    refused = (1 if says == "take" else "wrong_state") if hand_first else "reference_of_another_deposit"
    assert second == refused
    balances = [books.balance(available_account(each), "USD") for each in (x, y)]
    assert balances == [usd("0.00"), usd("100.00")] if hand_first else balances[1] == usd("0.00")
    assert books.balance("rail:manual", "USD") == usd("-100.00")
    everything_holds()


def test_the_purse_of_whoever_is_named_by_a_reference_alone_is_locked_in_its_turn(
    world: SetaraFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement undoes a transfer of one lab by the bank's reference, and tells of one of another lab by its name."""
    monkeypatch.setitem(world.config, "RAIL", MANUAL)
    with transaction():
        (a, z), one = sorted((accounts.company().id for _ in range(2)), key=str), pay.finance()
        rows = [
            f"2026-11-16,{each}.00,USD,{bank_rules.reference_of(lab)},,B{each}.00" for each, lab in ((50, a), (5, z))
        ]
        bank_deposits.take(table(*rows), by=one)
    statement = camt(entry("50.00", "", "DBIT", undone="true"), entry("7.00", bank_rules.reference_of(z)))
    together(
        world,
        lambda: ledger.hold_still({(available_account(a), "USD")}),
        lambda: bank_deposits.take(statement, by=one),
        lambda: ledger.hold_still({(available_account(z), "USD")}),
    )
    assert [books.balance(available_account(lab), "USD") for lab in (a, z)] == [usd("0.00"), usd("12.00")]
    everything_holds()


def test_who_makes_a_file_locks_no_more_than_it_carries(world: SetaraFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two payouts and files of one payment each: the second operator has the other, and waits for nobody."""
    monkeypatch.setitem(world.config, "RAIL", MANUAL)
    monkeypatch.setattr(manual_files, "MOST_LINES", 1)
    ops, finance = {owed().id, owed().id}, [pay.finance(), pay.finance()]
    db.session.commit()

    def make(by: Actor) -> Verb:
        def made() -> UUID:
            file = manual_files.make(MethodKind.BANK, "USD", by=by)
            return manual_files.lines_of(file.id, by)[0].payment_op_id

        return made

    assert set(together(world, *map(make, finance))) == ops


def test_numbers_of_invoices_have_no_gap_and_nothing_is_credited_or_invoiced_twice(world: SetaraFlask) -> None:
    """Two runs are invoiced at once; then one invoice is credited whole by two; then the handling fee of a cut, which
    is of no run, is invoiced by two."""
    with transaction():
        there = shifts.scene()
        gigs.money_for(there.company_id, usd("20.00"))
    for _ in range(2):
        pay.paid(pay.worked_and_approved().company_id)
    assert both(world, lambda: invoicing.issue_due(1)) == (1, 1)
    with transaction():
        finance = pay.finance()
        invoice = db.session.scalars(select(Invoice).order_by(Invoice.number)).first()
        assert invoice is not None
        known, net = invoice.id, Money(invoice.net_amount, invoice.currency)
        assert db.session.scalars(select(Invoice.number).order_by(Invoice.number)).all() == [1, 2]
    credited = both(world, lambda: invoicing.credit(known, net, "It was wrong.", by=finance).number)
    assert credited == (1, "invoice_not_creditable")
    disputed.ruled(disputed.claimed(disputed.worked_and_cut(there, starts_at=MONDAY + timedelta(days=7))))
    assert both(world, invoicing.issue_due) == (0, 0)
    assert db.session.scalar(select(func.count()).where(InvoiceLine.kind == "handling")) == 1


def test_the_later_word_of_how_a_company_is_billed_holds(world: SetaraFlask) -> None:
    with transaction():
        company_id = accounts.company().id
        owner = accounts.owner_of(company_id)
    first, second = (lambda where=where: invoicing.tell(company_id, None, where, by=owner).address for where in "AB")
    assert together(world, first, second) == ("A", "B")
    assert db.session.scalars(select(CompanyBilling.address)).all() == ["B"]


def test_two_runs_of_one_person_count_each_others_pay_towards_a_tax(world: SetaraFlask) -> None:
    """At 2,000,000 rupiah a dollar, half of 60.00 USD are 60 million, of which 5 % are 1.50 USD. Half of 75.00 USD in
    the same month, for a shift that was added late, are 75 million at 15 %: 5.62 USD. Two operators who give 1.00 of
    the 1.50 USD back give it once; and the year is told once."""
    with transaction():
        there = shifts.scene()
        db.session.get_one(Company, there.company_id).country = "ID"
        ana = shifts.contracted(there)
        tax_profiles.declare(Tax("ID", "other", pay.NPWP), Certificate.NONE, by=accounts.actor_of(ana.id))
        standards.rate("USD", "IDR", "2000000", clock.now().date())
    frozen = []
    for day in range(2):
        pay.worked_and_approved(there, person=ana, starts_at=MONDAY + timedelta(days=day))
        run = pay.started()
        while run.status is not RunStatus.FROZEN:
            runs.advance_run(run.id)
            db.session.refresh(run)
        frozen.append(run.id)
    first, second = (lambda known=known: runs._post(db.session.get_one(PayRun, known)) for known in frozen)
    assert together(world, first, second) == (True, True)
    assert db.session.scalars(select(Withholding.amount).order_by(Withholding.amount)).all() == [150, 562]
    everything_holds()
    with transaction():
        one = db.session.scalars(select(Withholding.id).where(Withholding.amount == 150)).one()
        finance = pay.finance()
    given = both(world, lambda: str(withholding.give_back(one, usd("1.00"), "Too much.", by=finance).money))
    assert given == ("-1.00 USD", "withholding_not_correctable")
    with transaction():
        clock.move_to(datetime(2027, 1, 1, 12, tzinfo=UTC))
    assert both(world, years.issue_due) == (1, 0)
    assert db.session.scalars(select(YearStatement.version)).all() == [1]


def account(digits: str, by: Actor) -> MethodStatus:
    bank = {"country": "DE", "currency": "EUR", "details": {"iban": digits}}
    return methods.give(kind=MethodKind.BANK, holder="Ana Example", by=by, **bank).status  # type: ignore[arg-type]


def test_of_two_first_accounts_the_second_is_a_change_that_is_taken_back_or_counts(world: SetaraFlask) -> None:
    with transaction():
        me = accounts.actor_of(shifts.contracted(shifts.scene()).id)
    one, two = (lambda iban=iban: account(iban, me) for iban in ("DE89370400440532013000", "DE02120300000000202051"))
    assert together(world, one, two) == (MethodStatus.IN_FORCE, MethodStatus.WAITING)
    with transaction():
        waits = db.session.scalars(select(PayoutMethod.id).where(PayoutMethod.status == MethodStatus.WAITING)).one()
        clock.move_to(clock.now() + timedelta(hours=48))
    assert together(world, methods.take_effect_due, lambda: methods.take_back(waits, by=me).status) == (
        1,
        "payout_change_over",
    )
    alive = select(func.count()).where(PayoutMethod.status == MethodStatus.IN_FORCE)
    assert db.session.scalar(alive) == 1


def test_a_rail_is_paused_once(world: SetaraFlask) -> None:
    with transaction():
        finance = pay.finance()
    paused = both(world, lambda: pausing.pause(SANDBOX, "USD", "Our bank is closed.", by=finance).currency)
    assert paused == ("USD", "rail_paused_already")


def test_what_two_runs_cannot_reckon_is_set_aside_once(world: SetaraFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run of a company and one of all meet the same timesheet at once: finance is told of it once."""
    booking = pay.worked_and_approved()
    one, two = pay.started(booking.company_id).id, pay.started().id
    monkeypatch.setattr(lines, "priced", lambda *_: 1 // 0)
    assert together(world, lambda: runs.advance_run(one), lambda: runs.advance_run(two)) == (True, True)
    db.session.rollback()
    assert db.session.scalars(select(PayRun.parted_from_id).where(PayRun.things.is_not(None))).all() == [one]
    assert [runs.finish_run(each) for each in (one, two)] == [RunStatus.PAID] * 2
