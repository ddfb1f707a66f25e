"""The week: when it is handed in, who approves it, and what pay takes."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.rules import CLOCK, CompanyRole
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import Forbidden, NotFound
from marketplace.shifts import attendance, offers, timesheets
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import Timesheet, TimesheetLine
from marketplace.shifts.timesheet_rules import TimesheetStatus
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene


def sheets() -> list[Timesheet]:
    return list(db.session.scalars(select(Timesheet).order_by(Timesheet.id)))


def sheet_of(booking: Booking) -> Timesheet:
    found = select(Timesheet).where(Timesheet.contractor_id == booking.contractor_id)
    return db.session.scalars(found).one()


def test_the_last_clock_out_of_a_week_hands_it_in(scene: Scene) -> None:
    ana = make.contracted(scene)
    bookings = [make.booked(scene, ana, starts_at=MONDAY + timedelta(days=day)) for day in range(2)]
    by = accounts.actor_of(ana.id)
    for number, booking in enumerate(bookings, start=1):
        make.at(booking.starts_at)
        attendance.clock_in(booking.id, by=by)
        make.at(booking.ends_at)
        attendance.clock_out(booking.id, by=by)
        (sheet,) = sheets()
        assert (sheet.status is TimesheetStatus.SUBMITTED) == (number == 2)
    assert (sheet.week, sheet.submitted_at) == (MONDAY.date(), bookings[1].ends_at)


def test_the_next_week_has_a_timesheet_of_its_own(scene: Scene) -> None:
    ana = make.contracted(scene)
    make.worked(scene, ana)
    make.worked(scene, ana, starts_at=MONDAY + timedelta(days=7))
    assert [sheet.week for sheet in sheets()] == [MONDAY.date(), MONDAY.date() + timedelta(days=7)]


def test_what_is_booked_after_the_week_was_handed_in_goes_to_a_second_timesheet(scene: Scene) -> None:
    ana = make.contracted(scene)
    make.worked(scene, ana)
    make.worked(scene, ana, starts_at=MONDAY + timedelta(days=1))
    assert [(sheet.week, sheet.status) for sheet in sheets()] == [(MONDAY.date(), TimesheetStatus.SUBMITTED)] * 2


def test_a_seat_given_back_completes_the_week(scene: Scene) -> None:
    ana = make.contracted(scene)
    later = make.booked(scene, ana, starts_at=MONDAY + timedelta(days=2))
    make.worked(scene, ana)
    assert sheets()[0].status is TimesheetStatus.OPEN
    offers.release(later.id, by=accounts.actor_of(ana.id))
    assert sheets()[0].status is TimesheetStatus.SUBMITTED


def test_a_person_may_hand_the_week_in_early(scene: Scene) -> None:
    ana = make.contracted(scene)
    make.booked(scene, ana, starts_at=MONDAY + timedelta(days=2))
    make.worked(scene, ana)
    (sheet,) = sheets()
    by = accounts.actor_of(ana.id)
    assert timesheets.submit(sheet.id, by=by).status is TimesheetStatus.SUBMITTED
    assert timesheets.submit(sheet.id, by=by).status is TimesheetStatus.SUBMITTED
    with pytest.raises(NotFound):
        timesheets.submit(sheet.id, by=scene.company)


def test_the_company_approves_once(scene: Scene) -> None:
    sheet = sheet_of(make.worked(scene))
    by = accounts.member(scene.company_id, CompanyRole.FINANCE)
    for _ in range(2):
        assert timesheets.approve(sheet.id, by=by).status is TimesheetStatus.APPROVED
    assert sheet.decided_by == by.person_id
    assert [e.name for e in timeline("timesheet", sheet.id)] == ["timesheet.approved", "timesheet.submitted"]


def test_what_was_approved_is_not_handed_in_again(scene: Scene) -> None:
    booking = make.worked(scene)
    sheet = sheet_of(booking)
    timesheets.approve(sheet.id, by=scene.company)
    with pytest.raises(WrongState, match="It is approved"):
        timesheets.submit(sheet.id, by=accounts.actor_of(booking.contractor_id))
    assert sheet.status is TimesheetStatus.APPROVED, "its pay does not wait for a second answer"


def test_an_open_week_is_not_approved(scene: Scene) -> None:
    ana = make.contracted(scene)
    make.booked(scene, ana, starts_at=MONDAY + timedelta(days=2))
    sheet = sheet_of(make.worked(scene, ana))
    with pytest.raises(WrongState):
        timesheets.approve(sheet.id, by=scene.company)


def test_silence_of_72_hours_approves(scene: Scene) -> None:
    booking = make.worked(scene)
    sheet = sheet_of(booking)
    make.at(booking.ends_at + timedelta(hours=71, minutes=59))
    assert timesheets.auto_approve_due() == 0
    make.at(booking.ends_at + timedelta(hours=72))
    assert (timesheets.auto_approve_due(), timesheets.auto_approve_due()) == (1, 0)
    assert (sheet.status, sheet.decided_by) == (TimesheetStatus.APPROVED, None)
    assert timeline("timesheet", sheet.id)[0].data["because"] == "silence"


def test_who_may_not_decide(scene: Scene) -> None:
    booking = make.worked(scene)
    sheet = sheet_of(booking)
    for by in (make.scene().company, accounts.actor_of(booking.contractor_id), accounts.operator()):
        with pytest.raises(NotFound):
            timesheets.approve(sheet.id, by=by)
    with pytest.raises(Forbidden):
        timesheets.approve(sheet.id, by=accounts.member(scene.company_id, CompanyRole.VIEWER))


def test_pay_takes_each_approved_timesheet_exactly_once(scene: Scene) -> None:
    one, other = sheet_of(make.worked(scene)), sheet_of(make.worked(scene, starts_at=MONDAY + timedelta(days=1)))
    timesheets.approve(one.id, by=scene.company)
    assert timesheets.lock([one.id, other.id], by=CLOCK) == [one.id]
    assert timesheets.lock([one.id, other.id], by=CLOCK) == []
    assert one.status is TimesheetStatus.LOCKED
    with pytest.raises(WrongState):
        timesheets.approve(one.id, by=scene.company)


def test_overtime_stands_on_the_line(app: Flask) -> None:
    scene = make.scene(minutes=2820, pilot=True)
    ana = make.contracted(scene)
    for day in range(4):
        make.booked(scene, ana, starts_at=MONDAY + timedelta(days=day), hours=9)
    last = make.booked(scene, ana, starts_at=MONDAY + timedelta(days=4), hours=8)
    by = accounts.actor_of(ana.id)
    make.at(last.starts_at)
    attendance.clock_in(last.id, by=by)
    make.at(last.ends_at - timedelta(minutes=10))
    attendance.clock_out(last.id, by=by)
    (line,) = db.session.scalars(select(TimesheetLine)).all()
    assert (line.work_minutes, line.overtime_minutes) == (470, 230)
