"""Care at the same moment, where commits are real: no leave is taken twice, and whoever comes second sees the first."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.contracts import leave
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.core.money import Money
from marketplace.pay import proof
from marketplace.shifts import attendance, flags, offers, raising, sick
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import BookingStatus
from marketplace.shifts.timesheet_models import TimesheetLine
from marketplace.standards.hazard import HazardCategory, HazardClass
from tests.factories import accounts, care, gigs
from tests.factories import shifts as make
from tests.factories.shifts import Scene
from tests.shifts.test_races import at_once

pytestmark = pytest.mark.truncating


def test_one_hour_of_leave_is_taken_once(apart_app: Flask) -> None:
    with apart_app.app_context():
        with transaction():
            scene = make.scene()
            ana = make.contracted(scene)
        care.earned_an_hour(scene, ana)
        with transaction():
            who = ana.id
            found = [make.booked(scene, ana, starts_at=care.on_day(day), hours=1.5).id for day in range(4)]
            by = accounts.actor_of(who)
    assert at_once(apart_app, [partial(sick.report_sick, booking_id, by=by) for booking_id in found]) == ["done"] * 4
    with apart_app.app_context():
        taken = db.session.scalars(select(Booking.sick_minutes).where(Booking.id.in_(found))).all()
        assert sorted(taken) == [0, 0, 0, 60]
        assert leave.available(who).seconds == 0
        assert [check.name for check in proof.prove() if not check.holds] == []


def test_reporting_sick_and_clocking_out_enter_the_time_once(apart_app: Flask) -> None:
    with apart_app.app_context(), transaction():
        scene = make.scene()
        booking = make.booked(scene)
        booking_id, by = booking.id, accounts.actor_of(booking.contractor_id)
        make.at(booking.starts_at)
        attendance.clock_in(booking_id, by=by)
    came = at_once(
        apart_app,
        [partial(sick.report_sick, booking_id, by=by), partial(attendance.clock_out, booking_id, by=by)] * 2,
    )
    assert set(came) <= {"done", "wrong_state"}
    with apart_app.app_context():
        assert db.session.get_one(Booking, booking_id).status is BookingStatus.WORKED
        assert db.session.scalar(select(func.count()).select_from(TimesheetLine)) == 1


def at_work(hours: float = 4) -> tuple[Scene, Booking]:
    """Somebody at work for two hours in a gig of class H1, who has not opted into more."""
    scene = make.scene(hazard_class=HazardClass.H1, hazard_categories=(HazardCategory.INSULTS,))
    gigs.money_for(scene.company_id, Money.of("500.00", "USD"))
    booking = make.booked(scene, hours=hours)
    clock.move_to(booking.starts_at, still=True)
    attendance.clock_in(booking.id, by=accounts.actor_of(booking.contractor_id))
    clock.move_to(booking.starts_at + timedelta(hours=2), still=True)
    return scene, booking


def test_a_raise_and_a_clock_out_pay_the_premium_either_way(apart_app: Flask) -> None:
    """Whoever clocks out first goes without neutral hours; the two hours worked earn the premium all the same."""
    with apart_app.app_context(), transaction():
        scene, booking = at_work()
        booking_id, gig_id, company = booking.id, scene.gig.id, scene.company
        by = accounts.actor_of(booking.contractor_id)
        flags.flag(booking_id, HazardCategory.HATE, "Slurs.", by=by)
    raised = partial(raising.raise_class, gig_id, HazardClass.H2, ["hate"], by=company)
    assert at_once(apart_app, [raised, partial(attendance.clock_out, booking_id, by=by)]) == ["done", "done"]
    with apart_app.app_context():
        booking = db.session.get_one(Booking, booking_id)
        (line,) = db.session.scalars(select(TimesheetLine)).all()
        assert (booking.status, booking.hazard_class) == (BookingStatus.WORKED, HazardClass.H2)
        assert (line.work_minutes, line.compensation_minutes) in ((120, 0), (120, 120))
        assert [check.name for check in proof.prove() if not check.holds] == []


def test_a_raise_and_a_yes_leave_nobody_at_the_old_class(apart_app: Flask) -> None:
    with apart_app.app_context(), transaction():
        scene, _ = at_work()
        gig_id, company = scene.gig.id, scene.company
        ana = make.contracted(scene)
        for category in ("insults", "hate"):
            make.consent(ana, category, HazardClass.H2)
        offer_id = make.offered(scene, make.shift(scene, care.NEXT_MONDAY), ana).id
        by = accounts.actor_of(ana.id)
    raised = partial(raising.raise_class, gig_id, HazardClass.H2, ["hate"], by=company)
    came = at_once(apart_app, [raised, partial(offers.accept, offer_id, by=by)])
    assert came[0] == "done"
    with apart_app.app_context():
        classes = db.session.scalars(select(Booking.hazard_class).where(Booking.gig_id == gig_id)).all()
        assert set(classes) == {HazardClass.H2}
        assert came[1] in ("done", "offer_gone")
        assert [check.name for check in proof.prove() if not check.holds] == []


def test_the_job_and_a_clock_out_stop_the_clock_once_at_its_cap(apart_app: Flask) -> None:
    with apart_app.app_context(), transaction():
        _, booking = at_work(hours=5)
        booking_id, by = booking.id, accounts.actor_of(booking.contractor_id)
        booking.stops_at = booking.starts_at + timedelta(hours=1)
    came = at_once(apart_app, [attendance.stop_at_cap, partial(attendance.clock_out, booking_id, by=by)] * 2)
    assert came == ["done"] * 4
    with apart_app.app_context():
        (line,) = db.session.scalars(select(TimesheetLine)).all()
        assert (line.work_minutes, line.compensation_minutes) == (60, 240)
