"""Power or network is lost: on a running clock, before it was started, and after the shift was taken for missed."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.core.db import db, transaction
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.ledger import queries as books
from marketplace.matching import rules as ranking
from marketplace.shifts import attendance, outage
from marketplace.shifts.clock_rules import EntryFlag, TooEarly, TooLateForOutage
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import BookingStatus
from marketplace.shifts.timesheet_models import TimesheetLine
from marketplace.shifts.timesheet_rules import CompensationRule
from tests.factories import accounts, pay
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene
from tests.pay.books import everything_holds

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def report(booking: Booking) -> Booking:
    return outage.report_outage(booking.id, by=accounts.actor_of(booking.contractor_id))


def line_of(booking: Booking) -> TimesheetLine:
    return db.session.scalars(select(TimesheetLine).where(TimesheetLine.booking_id == booking.id)).one()


def report_at_start(booking: Booking) -> None:
    make.at(booking.starts_at)
    report(booking)


def missed(scene: Scene, **times: object) -> Booking:
    booking = make.booked(scene, **times)
    make.at(booking.starts_at + 31 * MINUTE)
    assert attendance.mark_no_shows() == 1
    db.session.refresh(booking)
    return booking


def test_an_hour_of_an_outage_is_paid_and_the_rest_is_a_break(scene: Scene) -> None:
    """Of four hours one is worked, then the power is away for 90 minutes: 60 of them are paid, 30 are not."""
    booking = make.booked(scene)
    me = accounts.actor_of(booking.contractor_id)
    make.at(booking.starts_at)
    attendance.clock_in(booking.id, by=me)
    make.at(booking.starts_at + HOUR)
    report(booking)
    report(booking)
    make.at(booking.starts_at + HOUR + 90 * MINUTE)
    attendance.end_break(booking.id, by=me)
    make.at(booking.ends_at)
    attendance.clock_out(booking.id, by=me)
    line = line_of(booking)
    assert (line.work_minutes, line.waiting_minutes, line.unpaid_break_minutes) == (150, 60, 30)
    assert line.flags == [EntryFlag.OUTAGE]


def test_of_a_night_without_power_as_much_is_paid_as_of_any_outage(scene: Scene) -> None:
    """Of four hours at night ten minutes are worked, then the power is away to the end: 70 minutes are paid, those of
    the night among them are no more, and the shift ends like any other."""
    booking = make.booked(scene, starts_at=MONDAY + 14 * HOUR)
    me = accounts.actor_of(booking.contractor_id)
    make.at(booking.starts_at)
    attendance.clock_in(booking.id, by=me)
    make.at(booking.starts_at + 10 * MINUTE)
    report(booking)
    make.at(booking.starts_at + 3 * HOUR)
    everything_holds()
    make.at(booking.ends_at)
    attendance.clock_out(booking.id, by=me)
    line = line_of(booking)
    assert (line.work_minutes, line.waiting_minutes, line.night_minutes, booking.night_minutes) == (10, 60, 70, 240)
    everything_holds()


def test_whoever_cannot_begin_is_excused_and_paid_an_hour(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(booking.starts_at + 20 * MINUTE)
    report(booking)
    assert (booking.status, booking.compensation_minutes) == (BookingStatus.EXCUSED, 60)
    assert booking.compensation_rule is CompensationRule.OUTAGE
    assert db.session.get_one(Shift, booking.shift_id).seats_taken == 0
    assert attendance.mark_no_shows() == 0
    everything_holds()


def test_a_missed_shift_was_an_outage(app: Flask) -> None:
    """The service had taken it for missed, and its money had gone back: one hour at 15.00 is held anew and paid."""
    with transaction():
        scene = make.scene()
        booking = missed(scene)
        make.at(booking.ends_at + 47 * HOUR)
        report(booking)
        assert (booking.status, line_of(booking).compensation_minutes) == (BookingStatus.EXCUSED, 60)
    everything_holds()
    with transaction():
        pay.approved(scene, booking)
    pay.paid()
    assert pay.payslip_of(booking.contractor_id).net == Money.of("15.00", "USD")
    assert books.balance(booking.hold_account, "USD") == Money.zero("USD")
    everything_holds()


def test_the_service_advances_it_where_the_gig_has_no_money(app: Flask) -> None:
    with transaction():
        scene = make.scene(minutes=240)
        booking = missed(scene)
        make.booked(scene, starts_at=MONDAY + timedelta(days=1))
        report(booking)
    everything_holds()


def test_a_fifth_outage_in_thirty_days_is_excused_without_pay(scene: Scene) -> None:
    ana = make.contracted(scene)
    minutes = []
    for day in range(5):
        booking = make.booked(scene, ana, starts_at=MONDAY + timedelta(days=day))
        report_at_start(booking)
        minutes.append(booking.compensation_minutes)
    assert minutes == [60, 60, 60, 60, 0]
    assert booking.status is BookingStatus.EXCUSED
    everything_holds()


def test_when_nothing_can_be_said_of_an_outage(scene: Scene) -> None:
    booking = make.booked(scene)
    with pytest.raises(TooEarly):
        report(booking)
    with pytest.raises(NotFound):
        outage.report_outage(booking.id, by=scene.company)
    report_at_start(booking)
    worked = make.worked(scene, make.contracted(scene), starts_at=MONDAY + timedelta(days=1))
    with pytest.raises(WrongState):
        report(worked)
    late = missed(scene, starts_at=MONDAY + timedelta(days=2))
    make.at(late.ends_at + 48 * HOUR)
    with pytest.raises(TooLateForOutage):
        report(late)


def test_nothing_that_ranks_people_reads_that_somebody_was_excused() -> None:
    assert "excused" not in Path(ranking.__file__).read_text(encoding="utf-8").lower()
