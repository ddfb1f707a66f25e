"""Care at the same moment, where commits are real: no leave is taken twice, and whoever comes second sees the first."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.contracts import leave
from marketplace.core.db import db, transaction
from marketplace.pay import proof
from marketplace.shifts import attendance, sick
from marketplace.shifts.models import Booking, TimesheetLine
from marketplace.shifts.rules import BookingStatus
from tests.factories import accounts, care
from tests.factories import shifts as make
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
