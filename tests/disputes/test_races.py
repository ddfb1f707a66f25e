"""Rulings and pay runs at the same moment: real threads, real commits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from time import monotonic, sleep

import pytest
from sqlalchemy import func, select, text

from jobs.checks import idle_holds
from marketplace.contracts import leave
from marketplace.core.db import db, transaction
from marketplace.core.http import SetaraFlask
from marketplace.disputes import service
from marketplace.disputes.models import Dispute
from marketplace.ledger import queries as books
from marketplace.pay.models import PayLine
from marketplace.pay.runs import service as runs
from marketplace.shifts.timesheet_models import TimesheetCut
from tests.factories import accounts, shifts
from tests.factories import disputes as make
from tests.factories import pay as made
from tests.factories.shifts import MONDAY
from tests.pay.books import everything_holds

pytestmark = pytest.mark.truncating
DAYS = 4


def at_once(app: SetaraFlask, *works: object) -> None:
    """Has different works done by workers that begin at the same moment. What one of them raises is raised."""
    start = Barrier(len(works))

    def worker(work: object) -> None:
        assert callable(work)
        with app.app_context():
            try:
                start.wait(10)
                work()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(worker, work) for work in works]:
            done.result()


def test_a_cut_that_is_upheld_while_it_is_paid_leaves_no_money_behind(
    apart_app: SetaraFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of the two, the run that pays the rest and the ruling, may come first: one of them gives the money back."""
    monkeypatch.setattr(runs, "BATCH", 1)
    with apart_app.app_context():
        with transaction():
            scene = shifts.scene()
            gig = scene.gig.hold_account
            before = books.balance(gig, "USD")
            judge = make.judge()
        cuts = [make.worked_and_cut(scene, starts_at=MONDAY + timedelta(days=day)) for day in range(DAYS)]
        ids = [make.claimed(cut).id for cut in cuts]
        run_id = made.started().id
        db.session.remove()

        def rule() -> None:
            for dispute_id in ids:
                with transaction():
                    service.rule(dispute_id, 0, make.REASON, by=judge)

        at_once(apart_app, rule, lambda: runs.finish_run(run_id))
        with transaction():
            assert idle_holds() == []
            # Three hours at 15.00 USD cost 50.55.
            assert (before - books.balance(gig, "USD")).amount == DAYS * 5055
            everything_holds()


def test_many_runs_pay_a_restored_cut_once(apart_app: SetaraFlask) -> None:
    with apart_app.app_context():
        with transaction():
            scene = shifts.scene()
        cuts = [make.worked_and_cut(scene, starts_at=MONDAY + timedelta(days=day)) for day in range(DAYS)]
        made.paid()
        for cut in cuts:
            make.ruled(make.claimed(cut))
        run_ids = [made.started().id for _ in range(3)]
        db.session.remove()
        at_once(apart_app, *(lambda run_id=run_id: runs.finish_run(run_id) for run_id in run_ids))
        with transaction():
            restored = select(func.count(PayLine.id), func.sum(PayLine.amount)).where(PayLine.cut_id.is_not(None))
            assert tuple(db.session.execute(restored).one()) == (4 * DAYS, DAYS * 1685)
            assert idle_holds() == []
            everything_holds()


def test_a_person_is_locked_before_their_dispute_and_cut(apart_app: SetaraFlask) -> None:
    """Somebody else holds the person and then needs the cut, in the order of locks: the job that pays small sums waits
    for the person with nothing in its hands, and the two do not wait for each other in a ring."""
    with apart_app.app_context():
        cut = make.worked_and_cut()
        dispute = make.claimed(cut)
        cut_id, contractor_id = cut.id, dispute.contractor_id
        db.session.remove()
        held = Event()

        def other() -> None:
            with transaction():
                leave.lock_person(contractor_id)
                held.set()
                waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
                give_up = monotonic() + 20
                while not db.session.scalar(waiting):
                    assert monotonic() < give_up, "nobody waits for the person"
                    sleep(0.02)
                db.session.execute(text("SET LOCAL lock_timeout = '5s'"))
                db.session.get_one(TimesheetCut, cut_id, with_for_update=True)

        def pay_at_once() -> None:
            held.wait(20)
            with transaction():
                assert service.advance_small(10) == 1

        at_once(apart_app, other, pay_at_once)
        with transaction():
            assert db.session.get_one(Dispute, cut_id).advanced_at is not None


def test_a_claim_and_the_closing_of_its_window(apart_app: SetaraFlask) -> None:
    """At the window's end the claim is too late and the job closes it, whoever comes first."""
    with apart_app.app_context():
        cut = make.worked_and_cut()
        cut_id, contractor_id = cut.id, cut.contractor_id
        with transaction():
            shifts.at(cut.claim_until)
        db.session.remove()
        refused = []

        def claim() -> None:
            try:
                with transaction():
                    service.claim(cut_id, make.CLAIM, by=accounts.actor_of(contractor_id))
            except Exception as late:
                refused.append(type(late).__name__)

        def close() -> None:
            with transaction():
                service.close_unclaimed()

        at_once(apart_app, claim, close)
        assert refused in (["TooLateToDispute"], ["WrongState"])
        with transaction():
            everything_holds()
