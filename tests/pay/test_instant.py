"""Pay at once (INSTANT_PAY): all that is ready to be paid to one person, when they ask, once a day."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.accounts.queries import actor_of
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.idempotency import HEADER
from marketplace.core.money import Money
from marketplace.pay import instant, previews
from marketplace.pay.rails import payments
from marketplace.pay.rules import JustPaid, NothingReady, RunStatus
from marketplace.pay.runs import service as runs
from marketplace.shifts.timesheet_models import Timesheet
from marketplace.shifts.timesheet_rules import TimesheetStatus
from marketplace.workforce.pay_scope import PayScope
from tests.factories import accounts, pay, shifts
from tests.factories.shifts import MONDAY

READY, NOW = "GET /api/v1/payslips/ready", "POST /api/v1/payslips/ready"
PATH = "/api/v1/payslips/ready"


def test_four_hours_are_paid_at_once_and_nobody_elses(app: Flask) -> None:
    """Four hours at 15.00 USD were approved a minute ago, of two people: 60.00 USD goes to the one who asks."""
    scene = shifts.scene()
    other = pay.worked_and_approved(scene)
    mine = pay.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=1))
    by = actor_of(mine.contractor_id)
    (ready,) = instant.ready(by).currencies
    assert (ready.due, ready.people, ready.timesheets) == (Money(6000, "USD"), 1, 1)
    with transaction():
        run = instant.pay_now(by=by)
    assert (run.company_id, run.contractor_id) == (None, mine.contractor_id)
    assert instant.ready(by).is_under_way
    assert runs.finish_run(run.id) is RunStatus.PAYING
    payments.advance_ops()
    assert runs.finish_run(run.id) is RunStatus.PAID
    assert pay.payslip_of(mine.contractor_id).net == Money(6000, "USD")
    sheets = {each.contractor_id: each.status for each in db.session.query(Timesheet)}
    assert sheets == {
        mine.contractor_id: TimesheetStatus.LOCKED,
        other.contractor_id: TimesheetStatus.APPROVED,
    }
    # Nothing is left; and of more that is approved within the day, the next run pays.
    with pytest.raises(JustPaid) as refused:
        instant.pay_now(by=by)
    again_from = run.started_at + timedelta(hours=24)
    assert refused.value.members["again_from"] == again_from.isoformat()
    assert instant.ready(by) == instant.Ready([], again_from, is_under_way=False, is_known=True, waits=())
    clock.move_to(again_from)
    with pytest.raises(NothingReady):
        instant.pay_now(by=by)
    assert previews.foreseen(PayScope(clock.now().date()))[0].people == 1


@pytest.mark.door(READY, "works")
@pytest.mark.door(NOW, "works")
@pytest.mark.door(NOW, "wrong_state")
@pytest.mark.door(NOW, "wrong_shape")
def test_the_doors_of_pay_at_once(client: FlaskClient) -> None:
    booking = pay.worked_and_approved()
    me = accounts.bearer(actor_of(booking.contractor_id))
    told = client.get(PATH, headers=me)
    assert told.status_code == 200
    assert told.json["currencies"][0]["due"] == {"amount": "60.00", "currency": "USD"}
    assert (told.json["again_from"], told.json["is_known"]) == (None, True)
    assert client.post(PATH, headers=me).status_code == 400, "without an Idempotency-Key"
    started = client.post(PATH, headers=me | {HEADER: "one"})
    assert (started.status_code, started.json["contractor_id"]) == (202, str(booking.contractor_id))
    assert client.post(PATH, headers=me | {HEADER: "one"}).json["id"] == started.json["id"]
    again = client.post(PATH, headers=me | {HEADER: "two"})
    assert (again.status_code, again.json["code"]) == (409, "just_paid_at_once")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.door(READY, "not_signed_in")
@pytest.mark.door(NOW, "not_signed_in")
def test_strangers_and_companies_have_no_pay(client: FlaskClient, method: str) -> None:
    assert client.open(PATH, method=method, headers={HEADER: "three"}).status_code == 401
    owner = accounts.bearer(accounts.owner_of(accounts.company().id))
    assert client.open(PATH, method=method, headers=owner | {HEADER: "four"}).status_code == 404
