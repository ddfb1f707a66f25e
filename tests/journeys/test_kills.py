"""kill -9: of workers in the middle of what they do, and of PostgreSQL under requests and jobs. Nothing is done by
half, nothing twice, and what was answered has happened."""

import os
import re
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Event as Signal
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from flask_migrate import upgrade
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from jobs.checks import findings
from jobs.runner import MOST_ATTEMPTS
from marketplace.accounts.rules import CLOCK, available_account
from marketplace.app import create_app
from marketplace.contracts.models import BenefitEntry
from marketplace.core import clock, queue
from marketplace.core.db import db, transaction
from marketplace.core.embedded import EmbeddedPostgres
from marketplace.core.events import Event
from marketplace.core.http import SetaraFlask
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.ledger.models import JournalEntry, LedgerAccount, Posting
from marketplace.matching.models import Plan
from marketplace.matching.rules import PlanStatus
from marketplace.notices import phones, post, service
from marketplace.notices.models import Delivery
from marketplace.notices.ways import State, Way
from marketplace.pay import service as pay
from marketplace.pay.models import PayLine, PaymentOp, PayRun, Payslip, SandboxCall
from marketplace.pay.rules import OpStatus, RunStatus
from marketplace.shifts.models import Offer
from tests.conftest import MIGRATIONS, Database, database_of
from tests.factories import accounts
from tests.factories import pay as payments
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY
from tests.journeys.service import Answer, Service, wait_until
from tests.notices.gateway import SECRET, TOKEN, running

pytestmark = pytest.mark.truncating
ANY_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture
def crew(apart: Database, tmp_path: Path) -> Iterator[Service]:
    """A service of which nothing runs yet: the test starts workers, and kills them."""
    stands = Service(apart, tmp_path)
    try:
        yield stands
    finally:
        stands.stop()


def every_truth_holds() -> None:
    with transaction():
        assert [(found.name, found.against) for found in findings() if found.against] == []


# --- workers --------------------------------------------------------------------------------------------------------


def kill_at(crew: Service, table: str) -> None:
    """Starts a worker and kills it where it writes to the table for the first time, in the middle of a transaction.

    A lock lets it come so far and no further. What it leaves to be done is freed, as the sweep does for dead workers.
    """
    with psycopg.connect(crew.database.admin_dsn) as guard, psycopg.connect(crew.database.admin_dsn) as watch:
        watch.autocommit = True
        guard.execute(f"LOCK TABLE {table} IN SHARE MODE")  # type: ignore[arg-type]
        victim = crew.start_jobs("worker")
        waiting = "SELECT pid FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
        wait_until(lambda: watch.execute(waiting, [table]).fetchone(), f"the worker to write to {table}")
        stopped = [pid for (pid,) in watch.execute(waiting, [table])]
        victim.kill()
        victim.wait()
        guard.rollback()
        gone = "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = ANY(%s)"
        wait_until(lambda: watch.execute(gone, [stopped]).fetchone() == (True,), "its session to end")
    with transaction():
        queue.retry_stalled(silence=0, most_attempts=MOST_ATTEMPTS)


def finish(crew: Service, reached: Any, what: str) -> None:
    """Has a worker that nobody kills do the rest, minutes later: what a dead one had sent is then asked about again."""
    with transaction():
        clock.move_to(clock.now() + timedelta(minutes=3))
        queue.defer(pay.ADVANCE_RAIL)
    crew.start_jobs("worker")
    wait_until(reached, what)


def status_of(run_id: UUID) -> RunStatus:
    with transaction():
        return db.session.scalars(select(PayRun.status).where(PayRun.id == run_id)).one()


def everything() -> Counter[str]:
    """What was paid, booked, accrued, sent and told, without ids: the same work leaves the same, whoever did it."""
    source, destination = aliased(LedgerAccount), aliased(LedgerAccount)
    postings = select(JournalEntry.cause, Posting.amount, source.name, destination.name)
    postings = postings.join(Posting, Posting.entry_id == JournalEntry.id).join(source, source.id == Posting.source_id)
    told = ("payslip.issued", "payout.requested", "payout.paid", "timesheet.locked", "pay_run.paid")
    facts = (
        select(PayLine.cause, PayLine.seconds, PayLine.amount, PayLine.payer, PayLine.payee),
        select(Payslip.net_amount, Payslip.benefits_amount, Payslip.cost_amount, Payslip.status),
        select(PaymentOp.kind, PaymentOp.amount, PaymentOp.status),
        select(SandboxCall.kind, SandboxCall.amount),
        select(BenefitEntry.cause, BenefitEntry.quantity),
        select(Event.name).where(Event.name.in_(told)),
        postings.join(destination, destination.id == Posting.destination_id),
    )
    with transaction():
        return Counter(ANY_ID.sub("*", str(row)) for fact in facts for row in db.session.execute(fact))


def three_weeks_of_work() -> UUID:
    """Three people's approved weeks at a company of their own, whose id this is."""
    with transaction():
        scene = make.scene()
        company_id = scene.company_id
    with transaction():
        for day in range(3):
            booking = make.worked(scene, starts_at=MONDAY + timedelta(days=day), hours=1.5 + day)
            payments.approved(scene, booking)
    return company_id


def test_a_pay_run_whose_workers_are_killed(crew: Service, apart_app: SetaraFlask) -> None:
    """Four workers die at one run, each a part of it further; the fifth ends it, and it is a run like any other. Within
    each part it does not matter where (`tests/stripe_contract/test_kills.py`)."""
    with apart_app.app_context():
        undisturbed, killed = three_weeks_of_work(), three_weeks_of_work()
        before = everything()
        assert payments.paid(undisturbed).status is RunStatus.PAID
        between = everything()
        run_id = payments.started(killed).id
        for table, status in (
            ("pay_line", RunStatus.STARTED),
            ("posting", RunStatus.FROZEN),
            ("sandbox_call", RunStatus.PAYING),
        ):
            kill_at(crew, table)
            assert status_of(run_id) is status, f"killed while it wrote to {table}"
            every_truth_holds()
        with transaction():
            # All three were claimed together, and whoever was asking has died.
            assert Counter(db.session.scalars(select(PaymentOp.status)))[OpStatus.SENT] == 3
            clock.move_to(clock.now() + timedelta(minutes=3))
            queue.defer(pay.ADVANCE_RAIL)
        kill_at(crew, "journal_entry")
        every_truth_holds()
        finish(crew, lambda: paid_out(run_id), "the payouts")
        with transaction():
            queue.defer("pay.advance_runs")
        wait_until(lambda: status_of(run_id) is RunStatus.PAID, "the run")
        assert everything() - between == between - before
        every_truth_holds()


def test_a_plan_whose_worker_is_killed_at_every_step(crew: Service, apart_app: SetaraFlask) -> None:
    """While its input is kept, and at the end of all that carries it out: the next one makes that plan. In between no
    transaction is open (`tests/matching/test_making.py`)."""
    with apart_app.app_context():
        with transaction():
            scene = make.scene()
            for _ in range(3):
                make.contracted(scene)
            make.shift(scene, MONDAY + timedelta(days=3), seats=2)
            queue.defer("matching.plan_horizon", lock="matching.plan_horizon")
        for table in ("plan_input", "planned_seat"):
            kill_at(crew, table)
            with transaction():
                assert db.session.scalars(select(Plan.status)).all() == [PlanStatus.RUNNING], table
                assert db.session.scalar(select(func.count(Offer.id))) == 0
            every_truth_holds()
        crew.start_jobs("worker")

        def is_made() -> bool:
            with transaction():
                return db.session.scalars(select(Plan.status)).all() == [PlanStatus.DONE]

        wait_until(is_made, "the plan")
        with transaction():
            assert db.session.scalar(select(func.count(Offer.id))) == 2
        every_truth_holds()


def paid_out(run_id: UUID) -> bool:
    done = select(func.count(PaymentOp.id)).join(Payslip, Payslip.id == PaymentOp.payslip_id)
    with transaction():
        return db.session.scalar(done.where(Payslip.run_id == run_id, PaymentOp.status == OpStatus.DONE)) == 3


@pytest.mark.parametrize("table", ["sandbox_call", "journal_entry"])
def test_a_deposit_whose_worker_is_killed(crew: Service, apart_app: SetaraFlask, table: str) -> None:
    """While the rail is asked, and after it has done it and before that is written down."""
    with apart_app.app_context():
        with transaction():
            lab = accounts.company().id
            op_id = pay.deposit(lab, Money.of("100.00", "USD"), by=accounts.owner_of(lab)).id
        kill_at(crew, table)
        with transaction():
            assert db.session.get_one(PaymentOp, op_id).status is OpStatus.SENT
            assert db.session.scalar(select(func.count(SandboxCall.key))) == (table == "journal_entry")
            assert books.balance(available_account(lab), "USD") == Money(0, "USD")

        def has_arrived() -> bool:
            with transaction():
                return db.session.scalars(select(PaymentOp.status)).one() is OpStatus.DONE

        finish(crew, has_arrived, "the deposit")
        with transaction():
            assert books.balance(available_account(lab), "USD") == Money.of("100.00", "USD")
            assert db.session.scalars(select(SandboxCall.amount)).all() == [10_000]
            assert db.session.scalars(select(Posting.amount)).all() == [10_000]
        every_truth_holds()


def test_a_message_whose_worker_is_killed_while_the_gateway_has_it(
    crew: Service, apart_app: SetaraFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gateway has taken it, and nobody wrote that down. Meanwhile nothing is locked and no transaction is open;
    later it is handed in again under the same key, which is no second message."""
    with running() as gateway, apart_app.app_context():
        settings = {"GATEWAY_URL": gateway.url, "GATEWAY_TOKEN": TOKEN, "GATEWAY_SECRET": SECRET}
        for name, value in settings.items():
            monkeypatch.setitem(apart_app.config, name, value)
        monkeypatch.setitem(apart_app.config, "GATEWAY_WAYS", ("sms",))
        crew.settings = {**settings, "GATEWAY_WAYS": "sms"}
        with transaction():
            phones.add("+62 812-3456-789", by=accounts.actor_of(accounts.person().id))
            asked = db.session.scalars(select(Event.id).where(Event.name == "phone.code_asked")).one()
            service.deliver([asked], by=CLOCK)
        gateway.answers.clear()
        victim = crew.start_jobs("worker")
        wait_until(lambda: gateway.taken, "the gateway to have the message")
        with psycopg.connect(crew.database.admin_dsn, autocommit=True) as watch:
            (tries,) = watch.execute("SELECT tries FROM delivery WHERE way = 'sms' FOR UPDATE NOWAIT").fetchone() or ()
            assert tries == 1
            idle = (
                "SELECT count(*) = 0 FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
            )
            wait_until(lambda: watch.execute(idle).fetchone() == (True,), "nobody to keep a transaction open")
        victim.kill()
        victim.wait()
        gateway.answers.set()
        assert post.send_due() == 0, "whoever has claimed it may still be at it"
        with transaction():
            clock.move_to(clock.now() + post.STALE_AFTER)
        assert post.send_due() == 1
        assert (len(gateway.heard), len(gateway.taken)) == (2, 1)
        with transaction():
            sent = db.session.scalars(select(Delivery).where(Delivery.way == Way.SMS)).one()
            assert (sent.state, sent.tries, sent.provider_id) == (State.SENT, 2, "gw-0")


# --- PostgreSQL -----------------------------------------------------------------------------------------------------


@pytest.fixture
def durable() -> Iterator[EmbeddedPostgres]:
    """A server of its own that keeps what it has committed, as the one of `make run` does."""
    with tempfile.TemporaryDirectory(prefix="setara-test-") as folder:
        os.chmod(folder, 0o711)
        with EmbeddedPostgres(Path(folder) / "postgres") as server:
            server.provision("setara")
            yield server


@pytest.fixture
def durable_app(durable: EmbeddedPostgres) -> Iterator[SetaraFlask]:
    made = create_app(database_of(durable, "setara").settings())
    with made.app_context():
        upgrade(str(MIGRATIONS))
        yield made
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def durable_service(durable: EmbeddedPostgres, durable_app: SetaraFlask, tmp_path: Path) -> Iterator[Service]:
    started = Service(database_of(durable, "setara"), tmp_path)
    try:
        started.start_web()
        started.start_jobs()
        yield started
    finally:
        started.stop()


@dataclass
class Sent:
    """A deposit as its sender knows it: how much, under which key, and what was answered each time."""

    cents: int
    key: str = field(default_factory=lambda: uuid4().hex)
    answers: list[Answer] = field(default_factory=list)

    @property
    def last(self) -> Answer:
        return self.answers[-1]


PAUSE = 0.1
"""Seconds between two deposits of one person: jobs keep up with that."""


class Load:
    """Several people who pay in all the time, one deposit after the other, each of another amount."""

    def __init__(self, service: Service, company_id: UUID, who: dict[str, str]) -> None:
        self._service, self._who = service, who
        self._path = f"/api/v1/companies/{company_id}/deposits"
        self._cents = count(1)
        self._enough = Signal()
        self.sent: list[Sent] = []

    def pay_in(self, one: Sent) -> Sent:
        money = {"money": {"amount": f"{one.cents / 100:.2f}", "currency": "USD"}}
        one.answers.append(self._service.send("POST", self._path, self._who, money, key=one.key))
        return one

    @contextmanager
    def running(self, people: int = 4) -> Iterator[None]:
        with ThreadPoolExecutor(people) as pool:
            working = [pool.submit(self._keep_on) for _ in range(people)]
            try:
                yield
            finally:
                self._enough.set()
            for each in working:
                each.result()

    def _keep_on(self) -> None:
        while not self._enough.wait(PAUSE):
            self.sent.append(self.pay_in(Sent(next(self._cents))))

    def with_status(self, *statuses: int) -> list[Sent]:
        return [one for one in self.sent if one.last.status in statuses]


def kill_postgres(server: EmbeddedPostgres) -> None:
    pid = int((server.root / "data" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: server.has_died, "PostgreSQL to be dead")


def test_postgres_is_killed_under_requests_and_jobs(
    durable: EmbeddedPostgres, durable_app: SetaraFlask, durable_service: Service
) -> None:
    service = durable_service
    with transaction():
        lab = accounts.company().id
        who = accounts.bearer(accounts.owner_of(lab))
    load = Load(service, lab, who)
    with load.running():
        for _time in range(2):
            both_at_work(load)
            kill_postgres(durable)
            the_outage_is_told(service)
            durable.start()
        both_at_work(load)
    assert set(Counter(one.last.status for one in load.sent)) == {202, 503}
    nothing_was_lost_or_halved(load)
    everything_is_done_once(load, lab)
    assert all(process.poll() is None for process in service.running), service.log("jobs")


def both_at_work(load: Load) -> None:
    """Requests are answered, and jobs done."""
    answered, done = len(load.with_status(202)), arrived()
    wait_until(lambda: len(load.with_status(202)) >= answered + 10, "answers")
    wait_until(lambda: arrived() >= done + 10, "the jobs")


def arrived() -> int:
    with transaction():
        done = select(func.count(PaymentOp.id)).where(PaymentOp.status == OpStatus.DONE)
        return db.session.scalar(done) or 0


def the_outage_is_told(service: Service) -> None:
    wait_until(lambda: service.send("GET", "/api/v1/clock").status == 503, "the outage")
    told = service.send("GET", "/api/v1/clock")
    assert (told.code, told.headers["Retry-After"]) == ("database_away", "5")
    page = service.send("GET", "/outbox", accept="text/html")
    assert (page.status, "Wait a few seconds, then try again." in page.body) == (503, True)
    assert service.send("GET", "/healthz").status == 200
    assert service.send("GET", "/readyz").status == 503


def nothing_was_lost_or_halved(load: Load) -> None:
    """What was answered is there. Of the rest each is there as a whole or not at all: payment, event and answer."""
    with transaction():
        written = {op.id: op.amount for op in db.session.scalars(select(PaymentOp))}
        events = select(Event.subject_id).where(Event.name == "deposit.requested")
        assert sorted(db.session.scalars(events)) == sorted(written)
    answered = {UUID(one.last.body["id"]): one.cents for one in load.with_status(202)}
    assert answered.items() <= written.items()
    unanswered = Counter(one.cents for one in load.with_status(503))
    assert Counter(written.values()) - Counter(answered.values()) <= unanswered


def everything_is_done_once(load: Load, company_id: UUID) -> None:
    """Whoever got no answer asks again under the same key; then each deposit arrives, and no other."""
    for one in load.with_status(503):
        assert load.pay_in(one).last.status == 202
    with transaction():
        clock.move_to(clock.now() + timedelta(minutes=3))
        queue.defer(pay.ADVANCE_RAIL)
    wait_until(lambda: arrived() >= len(load.sent), "the rest of the jobs")
    with transaction():
        done = db.session.scalars(select(PaymentOp.amount).where(PaymentOp.status == OpStatus.DONE))
        assert sorted(done) == sorted(one.cents for one in load.sent)
        total = Money(sum(one.cents for one in load.sent), "USD")
        assert books.balance(available_account(company_id), "USD") == total
    every_truth_holds()
