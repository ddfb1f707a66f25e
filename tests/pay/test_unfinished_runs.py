"""Runs that are not at their end: those that wait for payouts, and one that cannot go on, keep no other from it."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.pay import instant, previews, service, to_date
from marketplace.pay.models import PayRun, Payslip
from marketplace.pay.rails import payments
from marketplace.pay.rules import FURTHEST_AHEAD, LeverEffect, RunStatus, TooFarAhead
from marketplace.pay.runs import service as runs
from tests.factories import accounts, shifts
from tests.factories import pay as made
from tests.factories.shifts import MONDAY


def status_of(run: PayRun) -> RunStatus:
    db.session.refresh(run)
    return run.status


def test_runs_that_wait_for_payouts_are_no_work_and_end_when_those_are_made(app: Flask) -> None:
    made.lever(LeverEffect.DECLINE)
    refused = made.started(made.worked_and_approved().company_id)
    runs.finish_run(refused.id)
    payments.advance_ops()
    waits = made.started(made.worked_and_approved().company_id)
    runs.finish_run(waits.id)
    left = made.started(made.worked_and_approved().company_id)
    assert runs.finish_runs() == 1
    assert [status_of(each) for each in (refused, waits, left)] == [RunStatus.PAYING] * 3
    payments.advance_ops()
    assert runs.finish_runs() == 0
    assert [status_of(each) for each in (refused, waits, left)] == [RunStatus.PAYING, RunStatus.PAID, RunStatus.PAID]


def test_a_run_that_cannot_go_on_is_told_of_when_the_others_are_paid(app: Flask) -> None:
    """Its last day is one after which there is none: nobody can start such a run, and rows may be older than rules."""
    broken, other = (made.started(made.worked_and_approved().company_id) for _ in range(2))
    with transaction():
        broken.through = date.max
    with pytest.raises(ExceptionGroup, match="cannot go on") as told:
        runs.finish_runs()
    assert [each.__notes__ for each in told.value.exceptions] == [[f"pay run {broken.id}"]]
    assert [status_of(each) for each in (broken, other)] == [RunStatus.STARTED, RunStatus.PAYING]


def test_no_run_looks_further_ahead_than_ten_years(app: Flask) -> None:
    me, last = made.finance(), clock.now().date() + FURTHEST_AHEAD
    assert previews.compare(None, through=last, seen_by=me).currencies == []
    for look in (
        lambda: previews.compare(None, through=last + timedelta(days=1), seen_by=me),
        lambda: service.start_run(None, through=last + timedelta(days=1), by=me),
    ):
        with pytest.raises(TooFarAhead) as refused:
            look()
        assert (refused.value.field, refused.value.members) == ("through", {"latest": last.isoformat()})


def test_a_year_adds_up_in_the_order_in_which_payslips_were_issued(app: Flask) -> None:
    """A run is frozen with 60.00 USD of Ana's; what she then has paid at once, 60.00 too, is issued before: 60.00, and
    120.00 on the payslip that was made first."""
    with transaction():
        scene = shifts.scene()
        ana = shifts.contracted(scene)
    made.worked_and_approved(scene, person=ana, starts_at=MONDAY)
    first = made.started()
    while status_of(first) is not RunStatus.FROZEN:
        runs.advance_run(first.id)
    made.worked_and_approved(scene, person=ana, starts_at=MONDAY + timedelta(days=7))
    second = instant.pay_now(by=accounts.actor_of(ana.id))
    for run in (second, first):
        runs.finish_run(run.id)
    slips = db.session.scalars(select(Payslip).where(Payslip.contractor_id == ana.id))
    nets = {slip.run_id: str(to_date.year_to_date(slip).net) for slip in slips}
    assert nets == {second.id: "60.00 USD", first.id: "120.00 USD"}
