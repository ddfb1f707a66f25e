"""The jobs do in time what nobody did by hand, and may run at any moment and again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from jobs.schedule import TIMETABLE, Entry
from marketplace.core import clock, queue
from marketplace.core.db import db, transaction
from marketplace.core.events import Event
from marketplace.core.money import Money
from marketplace.core.telemetry import of
from marketplace.notices import queries
from marketplace.pay import service as pay
from marketplace.pay.models import PayRun
from marketplace.pay.rules import RunStatus
from marketplace.shifts.rules import OfferStatus
from marketplace.shifts.timesheet_models import Timesheet, TimesheetCut
from marketplace.shifts.timesheet_rules import CutEnd, CutStatus, TimesheetStatus
from tests.factories import accounts as make
from tests.factories import disputes
from tests.factories import pay as paying
from tests.factories import shifts as scenes

Work = Callable[[], int]


def fire_all(work: Work) -> None:
    """As when the clock has fired every entry of the timetable and a worker was there."""
    with transaction():
        for entry in TIMETABLE:
            queue.defer(entry.job)
    work()


@pytest.mark.parametrize("entry", TIMETABLE, ids=lambda entry: entry.job)
def test_an_empty_world_keeps_nobody_busy(app: Flask, work: Work, entry: Entry) -> None:
    queue.defer(entry.job)
    assert work() == 1
    assert queue.depth() == {}


def test_an_offer_without_an_answer_expires(app: Flask, work: Work) -> None:
    scene = scenes.scene()
    person = scenes.contracted(scene)
    offer = scenes.offered(scene, scenes.shift(scene), person)
    fire_all(work)
    assert offer.status is OfferStatus.PENDING
    clock.move_to(offer.expires_at + timedelta(seconds=1))
    fire_all(work)
    assert offer.status is OfferStatus.EXPIRED


def test_a_cut_that_nobody_disputes_stands_and_one_that_nobody_rules_on_does_not(app: Flask, work: Work) -> None:
    scene = scenes.scene()
    quiet, loud = (disputes.worked_and_cut(scene, starts_at=scenes.MONDAY + timedelta(days=day)) for day in range(2))
    dispute = disputes.claimed(loud)
    quiet_id, loud_id, contractor_id = quiet.id, loud.id, loud.contractor_id
    scenes.at(dispute.rule_by)
    fire_all(work)
    assert db.session.get_one(TimesheetCut, loud_id).ended_because is CutEnd.NOT_RULED
    assert db.session.get_one(TimesheetCut, quiet_id).status is CutStatus.OPEN
    for _ in range(3):
        clock.move_to(clock.now() + timedelta(days=1, minutes=1))
        fire_all(work)
    assert db.session.get_one(TimesheetCut, loud_id).status is CutStatus.PAID
    assert paying.payslip_of(contractor_id).net == Money.of("15.00", "USD")
    scenes.at(db.session.get_one(TimesheetCut, quiet_id).claim_until)
    fire_all(work)
    assert db.session.get_one(TimesheetCut, quiet_id).status is CutStatus.UPHELD


def test_silence_approves_and_the_clock_pays(app: Flask, work: Work) -> None:
    """From the last clock-out to the payout nobody does anything: 72 hours of silence, a day, and the money is out."""
    booking = scenes.worked(scenes.scene())
    contractor_id = booking.contractor_id
    fire_all(work)
    assert db.session.scalars(select(Timesheet.status)).one() is TimesheetStatus.SUBMITTED
    clock.move_to(clock.now() + timedelta(hours=72, minutes=1))
    fire_all(work)
    assert db.session.scalars(select(Timesheet.status)).one() is TimesheetStatus.APPROVED
    assert db.session.scalars(select(PayRun)).all() == []
    clock.move_to(clock.now() + timedelta(days=1, minutes=1))
    fire_all(work)
    fire_all(work)
    run = db.session.scalars(select(PayRun)).one()
    assert run.status is RunStatus.PAID
    assert paying.payslip_of(contractor_id).net.amount > 0
    paid = db.session.scalars(select(Event).where(Event.name == "payout.paid")).one()
    assert paid.ref("contractor") == contractor_id


def test_every_job_may_run_again(app: Flask, work: Work) -> None:
    paying.worked_and_approved()
    clock.move_to(clock.now() + timedelta(days=2))
    fire_all(work)
    before = db.session.query(Event).count()
    fire_all(work)
    fire_all(work)
    named = select(Event.name).order_by(Event.id).offset(before)
    assert set(db.session.scalars(named)) <= {"pay_run.paid"}


def test_jobs_are_counted_by_name_and_outcome(app: Flask, work: Work) -> None:
    counted = ("setara_job_seconds_count", {"job": "offers.expire", "outcome": "succeeded"})
    before = of(app).registry.get_sample_value(*counted) or 0
    queue.defer("offers.expire")
    work()
    assert of(app).registry.get_sample_value(*counted) == before + 1


def test_a_deposit_is_carried_out_by_the_job_that_it_leaves(app: Flask, work: Work) -> None:
    company = make.company()
    with transaction():
        pay.deposit(company.id, Money.of("5.00", "USD"), by=make.owner_of(company.id))
    work()
    assert len(db.session.scalars(select(Event.id).where(Event.name == "deposit.received")).all()) == 1
    (newest, *_) = queries.inbox(make.owner_of(company.id))["items"]
    assert newest.title == "$5.00 USD (sandbox: no money moves) arrived"
