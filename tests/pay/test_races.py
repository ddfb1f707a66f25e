"""Several workers at one run, and at one rail: real threads, real commits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from marketplace.accounts.rules import available_account
from marketplace.contracts import leave
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.http import SetaraFlask
from marketplace.core.ids import new_id
from marketplace.core.money import Money
from marketplace.gigs.funding import GUARANTEE
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from marketplace.pay import proof, service
from marketplace.pay.bank import asked
from marketplace.pay.bank import deposits as bank_deposits
from marketplace.pay.bank.models import BankLine
from marketplace.pay.by_hand import findings
from marketplace.pay.by_hand.findings import Found
from marketplace.pay.by_hand.rules import FindingOutcome, FindingStatus
from marketplace.pay.methods import names as method_names
from marketplace.pay.methods import service as methods
from marketplace.pay.methods.fields import MethodKind
from marketplace.pay.models import PayLine, PaymentOp, PayRun, Payslip, SandboxCall
from marketplace.pay.rails import payments
from marketplace.pay.rules import MANUAL, OpKind, OpStatus, RunStatus
from marketplace.pay.runs import rail_fees
from marketplace.pay.runs import service as runs
from marketplace.pay.runs.fee_models import RailFee
from marketplace.shifts.timesheet_models import Timesheet
from tests.factories import accounts, shifts
from tests.factories import pay as made
from tests.factories.shifts import MONDAY
from tests.pay.test_bank_files import table

WORKERS, MANY = 6, 20
pytestmark = pytest.mark.truncating


def at_once(app: SetaraFlask, work: Callable[[], object], workers: int = WORKERS) -> None:
    """Has the same work done by several workers that begin at the same moment. What one of them raises is raised."""
    start = Barrier(workers)

    def worker() -> None:
        with app.app_context():
            try:
                start.wait(10)
                work()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(worker) for _ in range(workers)]:
            done.result()


def everything_holds() -> None:
    with transaction():
        assert [(check.name, check.wrong) for check in proof.prove() if not check.holds] == []


def test_many_workers_at_one_run_pay_once(apart_app: SetaraFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small batches make them take turns within the steps."""
    monkeypatch.setattr(runs, "BATCH", 1)
    with apart_app.app_context():
        with transaction():
            scene = shifts.scene()
        for day in range(3):
            made.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=day))
        run_id = made.started().id

        def to_the_end() -> None:
            runs.finish_run(run_id)
            payments.advance_ops()
            runs.finish_run(run_id)

        db.session.remove()
        at_once(apart_app, to_the_end, MANY)
        assert runs.finish_run(run_id) is RunStatus.PAID
        with transaction():
            lines = select(func.count(PayLine.id), func.count(PayLine.cause.distinct()), func.sum(PayLine.amount))
            assert tuple(db.session.execute(lines).one()) == (12, 12, 3 * 6740)
            assert db.session.scalar(select(func.count(Payslip.id))) == 3
            happened = select(func.count(SandboxCall.key), func.sum(SandboxCall.amount))
            assert tuple(db.session.execute(happened).one()) == (3, 3 * 6000)
            assert books.balance("platform:fees", "USD") == Money(900, "USD")
        everything_holds()


def test_many_runs_at_once_share_the_timesheets(apart_app: SetaraFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "BATCH", 1)
    with apart_app.app_context():
        with transaction():
            scene = shifts.scene()
        for day in range(3):
            made.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=day))
        waiting = [made.started().id for _ in range(WORKERS)]
        db.session.remove()
        at_once(apart_app, lambda: runs.finish_run(waiting.pop()))
        payments.advance_ops()
        runs.finish_runs()
        with transaction():
            assert set(db.session.scalars(select(PayRun.status))) == {RunStatus.PAID}
            paid = select(func.count(PayLine.id), func.sum(PayLine.amount))
            assert tuple(db.session.execute(paid).one()) == (12, 3 * 6740)
        everything_holds()


def test_a_run_that_waits_for_a_person_holds_no_timesheet(apart_app: SetaraFlask) -> None:
    """Who holds the person may wait for somebody who waits for the timesheet, as a raise of a gig's class does: all
    three would wait for each other."""

    def pay() -> None:
        with apart_app.app_context():
            runs.advance_run(run_id)

    with apart_app.app_context(), ThreadPoolExecutor(1) as pool:
        who, run_id = made.worked_and_approved().contractor_id, made.started().id
        with transaction():
            leave.lock_person(who)
            paying = pool.submit(pay)
            while not db.session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                assert not paying.done()
            assert db.session.scalars(select(Timesheet.status).with_for_update(nowait=True)).all() == ["approved"]
        paying.result(10)
        assert db.session.scalars(select(Timesheet.status)).all() == ["locked"]


def test_many_workers_at_one_rail_send_each_payment_once(apart_app: SetaraFlask) -> None:
    with apart_app.app_context():
        with transaction():
            lab: UUID = accounts.company().id
            owner = accounts.owner_of(lab)
            for _ in range(10):
                service.deposit(lab, Money(1000, "USD"), by=owner)
        db.session.remove()
        at_once(apart_app, payments.advance_ops)
        with transaction():
            statuses = db.session.scalars(select(PaymentOp.status)).all()
            tries = db.session.scalar(select(func.sum(PaymentOp.tries)))
            assert (set(statuses), len(statuses), tries) == ({OpStatus.DONE}, 10, 10)
            assert books.balance(f"company:{lab}:available", "USD") == Money(10_000, "USD")
            assert db.session.scalar(select(func.count(SandboxCall.key))) == 10


def test_a_payout_is_not_parked_for_a_name_that_is_just_being_cleared(apart_app: SetaraFlask) -> None:
    """Whoever clears it lets go what they see parked: what is parked behind their back would wait for ever."""

    def advance() -> None:
        with apart_app.app_context():
            payments.advance_ops()

    with apart_app.app_context(), ThreadPoolExecutor(1) as pool:
        me = accounts.actor_of(made.worked_and_approved().contractor_id)
        account = {"country": "DE", "currency": "EUR", "details": {"iban": "DE89370400440532013000"}}
        with transaction():
            method_id = methods.give(kind=MethodKind.BANK, holder="Budi Santoso", by=me, **account).id  # type: ignore[arg-type]
            finance = made.finance()
        runs.finish_run(made.started().id)
        with transaction():
            method_names.clear(method_id, "It is hers.", by=finance)
            pool.submit(advance).result(30)
        payments.advance_ops()
        of_hers = select(PaymentOp.status).where(PaymentOp.kind == OpKind.PAYOUT)
        assert db.session.scalars(of_hers).all() == [OpStatus.DONE]
        everything_holds()


def test_small_lines_that_one_person_marks_at_once_are_counted_one_after_the_other(
    apart_app: SetaraFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 60.00 and 60.00 USD at a limit of 100.00, marked in two windows, the second waits for another person."""
    monkeypatch.setitem(apart_app.config, "TWO_PEOPLE_ABOVE", "100.00")
    with apart_app.app_context(), ThreadPoolExecutor(1) as pool:
        for _ in range(2):
            made.worked_and_approved()
        runs.finish_run(made.started().id)
        with transaction():
            one = made.finance()
            ops = db.session.scalars(select(PaymentOp).where(PaymentOp.kind == OpKind.PAYOUT)).all()
            for op in ops:
                op.status, op.first_sent_at, op.tries = OpStatus.PARKED, clock.now(), 1
            first, second = [op.id for op in ops]
            told = Found(outcome=FindingOutcome.HAPPENED, happened_on=clock.now().date())

        def mark() -> list[FindingStatus]:
            with apart_app.app_context(), transaction():
                return [row.status for row in findings.find([second], replace(told, reference="B"), by=one)]

        with transaction():
            (held,) = findings.find([first], replace(told, reference="A"), by=one)
            assert held.status is FindingStatus.HOLDS
            other = pool.submit(mark)
            with pytest.raises(TimeoutError):
                other.result(0.5)
        assert other.result(30) == [FindingStatus.WAITING]


def test_a_line_that_is_booked_while_a_finding_is_confirmed_is_the_same_money(
    apart_app: SetaraFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """400.00 were found by hand; while a second person confirms that, somebody says whose a stray line of 400.00 is. It
    waits for the deposit, and then is that."""
    monkeypatch.setitem(apart_app.config, "RAIL", MANUAL)
    with apart_app.app_context(), ThreadPoolExecutor(1) as pool:
        with transaction():
            lab = accounts.company().id
            op_id = service.deposit(lab, Money.of("400.00", "USD"), by=accounts.owner_of(lab)).id
            one, other, third = made.finance(), made.finance(), made.finance()
            bank_deposits.take(table("2026-11-17,400.00,USD,for the work,Lab,B0"), by=third)
            line_id = db.session.scalars(select(BankLine.id)).one()
        payments.advance_ops()
        told = Found(outcome=FindingOutcome.HAPPENED, reference="seen online", happened_on=date(2026, 11, 17))
        monkeypatch.setitem(apart_app.config, "TWO_PEOPLE_ABOVE", "100.00")
        with transaction():
            (found,) = asked.find([op_id], told, by=one)
        monkeypatch.setitem(apart_app.config, "TWO_PEOPLE_ABOVE", "500.00")

        def assign() -> None:
            with apart_app.app_context(), transaction():
                bank_deposits.assign(line_id, lab, by=third)

        with transaction():
            asked.confirm(found.id, by=other)
            waits = pool.submit(assign)
            with suppress(FutureTimeout):
                waits.result(0.5)
        waits.result()
        with transaction():
            assert db.session.get_one(BankLine, line_id, populate_existing=True).payment_op_id == op_id
            assert books.balance(available_account(lab), "USD") == Money.of("400.00", "USD")


def test_many_workers_ask_about_one_order_and_it_happens_once(apart_app: SetaraFlask) -> None:
    """Even if every worker took itself for the only one, the key has one effect."""
    with apart_app.app_context():
        with transaction():
            lab = accounts.company().id
            service.deposit(lab, Money(1000, "USD"), by=accounts.owner_of(lab))
        _, (claim,) = payments._claim(10)
        db.session.remove()
        at_once(apart_app, lambda: payments.told({claim.order.op_id: payments._ask(claim)}))
        with transaction():
            assert books.balance(f"company:{lab}:available", "USD") == Money(1000, "USD")
            assert db.session.scalar(select(func.count(SandboxCall.key))) == 1


def test_who_takes_back_from_several_companies_waits_for_nobody_who_waits_for_them(apart_app: SetaraFlask) -> None:
    """What is owed by two companies in turn is looked at by several at once, two parts each, whichever way round."""
    with apart_app.app_context(), transaction():
        fees = advanced(WORKERS)
        for known in {fee.company_id for fee in fees if fee.company_id}:
            ledger.post(Entry(f"deposit:{known}", [Move("rail:sandbox", available_account(known), Money(2000, "USD"))]))
        ids = [fee.id for fee in fees]

    def take_back() -> None:
        with transaction():
            assert rail_fees.recover_due(2) == 2

    at_once(apart_app, take_back)
    with apart_app.app_context():
        rows = [db.session.get_one(RailFee, known) for known in ids]
        assert [row.recovered_amount for row in rows] == [100] * (2 * WORKERS)
        assert books.balance(GUARANTEE, "USD") == Money.zero("USD")
        assert books.wrong_balances() == []


def advanced(pairs: int) -> list[RailFee]:
    """Parts of a dollar that the service advanced, of the first company and of the second in turn, then the other way
    round."""
    there = [shifts.scene() for _ in range(2)]
    who = shifts.contracted(there[0]).id
    turns = [each.company_id for n in range(pairs) for each in (there if n % 2 else there[::-1])]
    ops = [paid_in(company_id, number) for number, company_id in enumerate(turns)]
    db.session.add_all(ops)
    db.session.flush()
    fees = [
        RailFee(
            id=new_id(), payment_op_id=op.id, contractor_id=who, company_id=company_id, amount=100, currency="USD",
            advanced_amount=100, kept_at=clock.now(),
        )
        for op, company_id in zip(ops, turns, strict=True)
    ]  # fmt: skip
    db.session.add_all(fees)
    db.session.flush()
    ledger.post_many([Entry(f"lent:{fee.id}", [Move(GUARANTEE, fee.hold_account, fee.money)]) for fee in fees])
    return fees


def paid_in(company_id: UUID, number: int) -> PaymentOp:
    """A payment of which a part can be said to have been kept."""
    return PaymentOp(
        kind=OpKind.DEPOSIT, company_id=company_id, rail="sandbox", amount=100, currency="USD", params={},
        idempotency_key=f"op:{number}", created_at=clock.now(), next_try_at=clock.now(), external_id=f"x:{number}",
        status=OpStatus.DONE,
    )  # fmt: skip
