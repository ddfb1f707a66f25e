"""PAY_TERM: whoever works on Monday does not wait for the end of the week, and everybody is paid within seven days."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from marketplace.accounts.rules import CLOCK, Actor
from marketplace.core import clock
from marketplace.core.db import db, transaction
from marketplace.pay.models import PayLine, PaymentOp, Payslip
from marketplace.pay.rails import payments
from marketplace.pay.rules import OpStatus
from marketplace.pay.runs import pay_day
from marketplace.pay.runs import service as runs
from marketplace.shifts import attendance, timesheets
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import Timesheet, TimesheetLine
from marketplace.shifts.timesheet_rules import TimesheetStatus
from marketplace.standards.line_kinds import LineKind
from marketplace.standards.rules import RULES
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import Scene

Statements = Callable[[], AbstractContextManager[list[str]]]
HOUR = timedelta(hours=1)
MONDAY = datetime(2027, 3, 8, 15, tzinfo=UTC)
"""Nine in the morning in Kansas, six days before its clocks go forward."""
WEEK = (
    (MONDAY, 4),
    (MONDAY + timedelta(days=1), 4),
    (MONDAY + timedelta(days=3), 4),
    (MONDAY + timedelta(days=4), 4),
    # From ten on Saturday evening to four on Sunday morning by the clocks, over the hour that does not exist.
    (datetime(2027, 3, 14, 4, tzinfo=UTC), 5),
)


def sheet_of(booking: Booking) -> Timesheet:
    found = select(Timesheet).join(TimesheetLine, TimesheetLine.timesheet_id == Timesheet.id)
    return db.session.scalars(found.where(TimesheetLine.booking_id == booking.id)).one()


def work(booking: Booking, by: Actor) -> None:
    make.at(booking.starts_at)
    attendance.clock_in(booking.id, by=by)
    make.at(booking.ends_at)
    attendance.clock_out(booking.id, by=by)


def look() -> None:
    """What the timetable's jobs do at one look."""
    with transaction():
        timesheets.submit_due()
        timesheets.auto_approve_due()
        pay_day.start_due_runs(by=CLOCK)
    runs.finish_runs()
    payments.advance_ops()


def paid_bookings() -> set[object]:
    """The bookings whose wages the rail has paid out."""
    found = (
        select(PayLine.booking_id)
        .join(Payslip, Payslip.id == PayLine.payslip_id)
        .join(PaymentOp, PaymentOp.payslip_id == Payslip.id)
        .where(PayLine.kind == LineKind.WAGES, PaymentOp.status == OpStatus.DONE)
    )
    return set(db.session.scalars(found))


def test_every_shift_of_a_week_is_paid_within_seven_days(app: Flask) -> None:
    with transaction():
        scene = make.scene(minutes=2400)
        ana = make.contracted(scene)
        bookings = [make.booked(scene, ana, starts_at=start, hours=hours) for start, hours in WEEK]
    by, paid_at = accounts.actor_of(ana.id), {}
    for hour in range(24 * 13):
        moment = MONDAY + hour * HOUR
        clock.move_to(moment, still=True)
        for booking in bookings:
            if booking.starts_at == moment:
                attendance.clock_in(booking.id, by=by)
            if booking.ends_at == moment:
                attendance.clock_out(booking.id, by=by)
        look()
        for booking_id in paid_bookings():
            paid_at.setdefault(booking_id, moment)
    waited = [paid_at[booking.id] - booking.ends_at for booking in bookings]
    days = RULES["PAY_TERM"].parameters["most_days"]
    assert max(waited) <= timedelta(days=days)
    # Monday's and Tuesday's work is handed in 48 hours after Monday's end, silence approves it 72 hours later, and the
    # run a day after that pays both: 144 and 120 hours. Thursday's and Friday's go the same way. Saturday night's is
    # handed in when the week is over, approved 72 hours later, and taken by the run that pays Thursday's.
    assert [wait // HOUR for wait in waited] == [144, 120, 144, 120, 82]


def test_a_shift_is_handed_in_48_hours_after_its_end_and_not_before(scene: Scene) -> None:
    ana = make.contracted(scene)
    by = accounts.actor_of(ana.id)
    first = make.booked(scene, ana)
    make.booked(scene, ana, starts_at=make.MONDAY + timedelta(days=4))
    work(first, by)
    make.at(first.ends_at + timedelta(hours=48) - timedelta(seconds=1))
    assert (timesheets.submit_due(), sheet_of(first).status) == (0, TimesheetStatus.OPEN)
    make.at(first.ends_at + timedelta(hours=48))
    assert timesheets.submit_due() == 1
    assert sheet_of(first).status is TimesheetStatus.SUBMITTED
    assert timesheets.submit_due() == 0


def test_what_comes_later_in_the_week_goes_to_a_further_timesheet(scene: Scene) -> None:
    ana = make.contracted(scene)
    by = accounts.actor_of(ana.id)
    first, second = (make.booked(scene, ana, starts_at=make.MONDAY + timedelta(days=day)) for day in (0, 4))
    work(first, by)
    make.at(first.ends_at + timedelta(hours=48))
    timesheets.submit_due()
    work(second, by)
    assert sheet_of(second).id != sheet_of(first).id
    assert sheet_of(second).week == sheet_of(first).week
    assert sheet_of(second).status is TimesheetStatus.SUBMITTED


def test_the_look_is_one_statement(scene: Scene, statements: Statements) -> None:
    ana = make.contracted(scene)
    first = make.booked(scene, ana)
    make.booked(scene, ana, starts_at=make.MONDAY + timedelta(days=4))
    work(first, accounts.actor_of(ana.id))
    with statements() as seen:
        assert timesheets.submit_due() == 0
    assert len([each for each in seen if "FROM timesheet" in each]) == 1
