"""Runs that are not at their end: those that wait for payouts, and one that cannot go on, keep no other from it."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.rules import available_account
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, InsufficientFunds, Move
from marketplace.pay import instant, previews, proof, service, to_date
from marketplace.pay.invoices import invoicing
from marketplace.pay.invoices.models import InvoiceLine
from marketplace.pay.models import PayRun, Payslip
from marketplace.pay.rails import payments
from marketplace.pay.rules import FURTHEST_AHEAD, LeverEffect, PayslipStatus, RunStatus, TooFarAhead
from marketplace.pay.runs import service as runs
from marketplace.shifts.models import hold_account
from tests.factories import accounts, shifts
from tests.factories import pay as made
from tests.factories.shifts import MONDAY


def status_of(run: PayRun) -> RunStatus:
    db.session.refresh(run)
    return run.status


def issued() -> list[Payslip]:
    return list(db.session.scalars(select(Payslip).where(Payslip.status == PayslipStatus.ISSUED)))


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


def test_a_payslip_that_cannot_be_booked_waits_alone_and_the_others_are_paid(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people earn 60.00 each, and a fault takes a cent out of the hold of Ana's. Her payslip gets a run of its own,
    which says why; Budi's is booked and paid. Once the cent is back she is paid too, and nothing was written twice."""
    with transaction():
        scene = shifts.scene()
        ana = shifts.contracted(scene)
    short, other = (
        made.worked_and_approved(scene, person=ana),
        made.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=1)),
    )
    made.short(short)
    run = made.started(scene.company_id)
    assert runs.finish_run(run.id) is RunStatus.PAYING
    assert [each.contractor_id for each in issued()] == [other.contractor_id]
    (alone,) = db.session.scalars(select(PayRun).where(PayRun.parted_from_id == run.id))
    assert (alone.status, alone.scope, alone.rail) == (RunStatus.FROZEN, run.scope, run.rail)
    (told,) = db.session.scalars(select(Event).where(Event.name == "pay_run.parted"))
    assert (told.data["because"], told.ref("pay_run")) == ("insufficient_funds", alone.id)
    with pytest.raises(ExceptionGroup, match="cannot go on"):
        runs.finish_runs()
    with transaction():
        ledger.post(Entry("mended", [Move(available_account(scene.company_id), hold_account(short.id), made.CENT)]))
    runs.finish_runs()
    payments.advance_ops()
    runs.finish_runs()
    assert [status_of(each) for each in (run, alone)] == [RunStatus.PAID] * 2
    assert sorted(each.net_amount for each in issued()) == [6000, 6000]
    assert [check.name for check in proof.prove() if not check.holds] == []
    monkeypatch.setitem(app.config, "SELLER", {"name": "Setara eG", "address": "Berlin", "country": "DE"})
    with transaction():
        invoicing.issue_due()
    fees = {f"fees:{each.id}:{scene.company_id}:USD" for each in (run, alone)}
    assert set(db.session.scalars(select(InvoiceLine.cause))) == fees


def test_the_only_payslip_of_a_last_piece_keeps_nobody_waiting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three people in pieces of two: the third payslip is the only one of its piece, and not of its run."""
    monkeypatch.setattr(runs, "BATCH", 2)
    with transaction():
        scene = shifts.scene()
    works = [made.worked_and_approved(scene, starts_at=MONDAY + timedelta(days=day)) for day in range(3)]
    run = made.started(scene.company_id)
    while status_of(run) is not RunStatus.FROZEN:
        runs.advance_run(run.id)
    last = db.session.scalars(select(Payslip).order_by(Payslip.id.desc()).limit(1)).one()
    made.short(next(booking for booking in works if booking.contractor_id == last.contractor_id))
    assert runs.finish_run(run.id) is RunStatus.PAYING
    assert len(issued()) == 2
    assert db.session.scalars(select(PayRun.parted_from_id).where(PayRun.id == last.run_id)).one() == run.id


def test_a_payslip_that_is_the_only_one_of_its_run_stays_in_it(app: Flask) -> None:
    booking = made.worked_and_approved()
    made.short(booking)
    run = made.started(booking.company_id)
    with pytest.raises(InsufficientFunds):
        runs.finish_run(run.id)
    assert status_of(run) is RunStatus.FROZEN
    assert len(db.session.scalars(select(PayRun)).all()) == 1
