"""The clock of a booking: what counts, what is pressed twice or late, and what jobs do when nobody presses."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from marketplace.accounts.rules import Actor
from marketplace.core.db import db, transaction
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.core.problems import Forbidden, NotFound, Problem
from marketplace.gigs.rules import hold_account as gig_hold
from marketplace.ledger import queries as books
from marketplace.shifts import attendance, offers
from marketplace.shifts.clock_rules import EntryFlag, EntryKind, NotClockedIn, ShiftOver, TooEarly
from marketplace.shifts.models import Booking, TimeEntry
from marketplace.shifts.rules import BookingStatus
from marketplace.shifts.timesheet_models import Timesheet, TimesheetLine
from marketplace.shifts.timesheet_rules import TimesheetStatus
from marketplace.workforce.models import Contractor
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene


def me(booking: Booking) -> Actor:
    return accounts.actor_of(booking.contractor_id)


def after(minutes: float) -> datetime:
    return MONDAY + timedelta(minutes=minutes)


def line(booking: Booking) -> TimesheetLine:
    return db.session.scalars(select(TimesheetLine).where(TimesheetLine.booking_id == booking.id)).one()


def entries(booking: Booking) -> list[tuple[EntryKind, datetime, datetime | None]]:
    found = select(TimeEntry).where(TimeEntry.booking_id == booking.id).order_by(TimeEntry.started_at, TimeEntry.id)
    return [(entry.kind, entry.started_at, entry.ended_at) for entry in db.session.scalars(found)]


def test_a_morning_of_work_with_its_breaks(scene: Scene) -> None:
    booking = make.booked(scene)
    by = me(booking)
    make.at(after(-5))
    attendance.clock_in(booking.id, by=by)
    make.at(after(110))
    attendance.start_break(booking.id, EntryKind.PAID_BREAK, by=by)
    make.at(after(120))
    attendance.end_break(booking.id, by=by)
    make.at(after(180))
    attendance.start_break(booking.id, EntryKind.UNPAID_BREAK, by=by)
    make.at(after(210))
    attendance.switch(booking.id, EntryKind.WAITING, by=by)
    make.at(after(220))
    attendance.end_break(booking.id, by=by)
    make.at(after(240))
    attendance.clock_out(booking.id, by=by)
    counted = line(booking)
    assert booking.status is BookingStatus.WORKED
    assert (counted.work_minutes, counted.waiting_minutes) == (190, 10)
    assert (counted.paid_break_minutes, counted.unpaid_break_minutes) == (10, 30)
    assert (counted.compensation_minutes, counted.overtime_minutes, counted.flags) == (0, 0, [])
    assert entries(booking)[0][1] == MONDAY
    assert {"booking.clocked_in", "booking.clocked_out"} <= {e.name for e in timeline("booking", booking.id)}


def test_pressing_twice_is_pressing_once(scene: Scene) -> None:
    booking = make.booked(scene)
    by = me(booking)
    make.at(MONDAY)
    for _ in range(2):
        attendance.clock_in(booking.id, by=by)
    make.at(after(60))
    for _ in range(2):
        attendance.start_break(booking.id, EntryKind.PAID_BREAK, by=by)
    make.at(after(70))
    for _ in range(2):
        attendance.end_break(booking.id, by=by)
    make.at(after(100))
    for _ in range(2):
        attendance.clock_out(booking.id, by=by)
    assert [kind for kind, _, _ in entries(booking)] == [EntryKind.WORK, EntryKind.PAID_BREAK, EntryKind.WORK]
    assert db.session.scalar(select(func.count()).select_from(TimesheetLine)) == 1


def test_the_clock_starts_ten_minutes_before_the_shift_at_the_earliest(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(after(-11))
    with pytest.raises(TooEarly):
        attendance.clock_in(booking.id, by=me(booking))
    make.at(after(-10))
    assert attendance.clock_in(booking.id, by=me(booking)).status is BookingStatus.WORKING


def test_time_after_the_end_is_not_counted(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(after(30))
    attendance.clock_in(booking.id, by=me(booking))
    make.at(after(250))
    with pytest.raises(ShiftOver):
        attendance.start_break(booking.id, EntryKind.PAID_BREAK, by=me(booking))
    attendance.clock_out(booking.id, by=me(booking))
    assert entries(booking) == [(EntryKind.WORK, after(30), after(240))]
    assert line(booking).work_minutes == 210


def test_who_comes_after_the_end_is_too_late(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(after(240))
    with pytest.raises(ShiftOver):
        attendance.clock_in(booking.id, by=me(booking))


def test_a_clock_that_does_not_run_cannot_be_stopped(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(MONDAY)
    for verb in (attendance.clock_out, attendance.end_break):
        with pytest.raises(NotClockedIn):
            verb(booking.id, by=me(booking))


def test_a_phone_without_network_loses_nothing_within_a_quarter_of_an_hour(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(after(12))
    attendance.clock_in(booking.id, by=me(booking), client_at=after(1))
    make.at(after(230))
    attendance.clock_out(booking.id, by=me(booking), client_at=after(200))
    assert entries(booking) == [(EntryKind.WORK, after(1), after(230))]
    assert line(booking).flags == [EntryFlag.CLIENT_TIME, EntryFlag.CLIENT_TIME_REFUSED]
    entry = db.session.scalars(select(TimeEntry)).one()
    assert (entry.client_started_at, entry.client_ended_at) == (after(1), after(200))


def test_a_late_message_never_runs_the_clock_backwards(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(after(10))
    attendance.clock_in(booking.id, by=me(booking))
    make.at(after(12))
    attendance.clock_out(booking.id, by=me(booking), client_at=after(2))
    assert entries(booking) == [(EntryKind.WORK, after(10), after(10))]


def test_a_forgotten_clock_is_stopped_at_the_end_and_flagged(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(MONDAY)
    attendance.clock_in(booking.id, by=me(booking))
    make.at(after(254))
    assert attendance.close_forgotten() == 0
    make.at(after(255))
    assert (attendance.close_forgotten(), attendance.close_forgotten()) == (1, 0)
    assert entries(booking) == [(EntryKind.WORK, MONDAY, after(240))]
    assert (line(booking).work_minutes, line(booking).flags) == (240, [EntryFlag.FORGOTTEN])
    assert db.session.scalars(select(Timesheet)).one().status is TimesheetStatus.SUBMITTED


def test_a_clock_that_cannot_be_stopped_keeps_no_other_running(app: Flask) -> None:
    """The first of two has a zone of nights that there is not: what a fault of ours has written, not a person."""
    with transaction():
        scene = make.scene()
        wrong, right = make.booked(scene), make.booked(scene)
        make.at(MONDAY)
        for each in (wrong, right):
            attendance.clock_in(each.id, by=me(each))
        wrong.night_zone = "Mars/Olympus"
    make.at(after(255))
    for _ in range(2):
        with pytest.raises(ExceptionGroup, match="not for these") as told, transaction():
            attendance.close_forgotten()
        assert [type(each) for each in told.value.exceptions] == [ZoneInfoNotFoundError]
        assert (entries(right), wrong.status) == ([(EntryKind.WORK, MONDAY, after(240))], BookingStatus.WORKING)
    assert entries(wrong) == [(EntryKind.WORK, MONDAY, None)]
    with transaction():
        wrong.night_zone = "UTC"
    with transaction():
        assert attendance.close_forgotten() == 1


def test_the_next_shift_stops_a_clock_that_was_forgotten_in_the_one_before(scene: Scene) -> None:
    first = make.booked(scene, hours=2)
    ana = db.session.get_one(Contractor, first.contractor_id)
    second = make.booked(scene, ana, starts_at=after(120), hours=2)
    make.at(MONDAY)
    attendance.clock_in(first.id, by=me(first))
    make.at(after(120))
    attendance.clock_in(second.id, by=me(second))
    assert (first.status, entries(first)) == (BookingStatus.WORKED, [(EntryKind.WORK, MONDAY, after(120))])
    assert second.status is BookingStatus.WORKING


def test_who_does_not_come_has_a_booking_that_says_so_and_the_gig_its_money(scene: Scene) -> None:
    before = books.balance(gig_hold(scene.gig.id), "USD")
    booking = make.booked(scene)
    make.at(after(29))
    assert attendance.mark_no_shows() == 0
    make.at(after(30))
    assert (attendance.mark_no_shows(), attendance.mark_no_shows()) == (1, 0)
    assert booking.status is BookingStatus.NO_SHOW
    assert books.balance(gig_hold(scene.gig.id), "USD") == before
    assert db.session.scalars(select(Timesheet)).all() == []
    with pytest.raises(WrongState):
        attendance.clock_in(booking.id, by=me(booking))


def test_a_night_of_the_autumn_change_is_paid_for_its_nine_hours(app: Flask) -> None:
    chicago = ZoneInfo("America/Chicago")
    starts = datetime(2027, 11, 6, 22, tzinfo=chicago).astimezone(UTC)
    ends = datetime(2027, 11, 7, 6, tzinfo=chicago).astimezone(UTC)
    scene = make.scene()
    make.at(starts - timedelta(days=5))
    booking = make.worked(scene, starts_at=starts, hours=(ends - starts) / timedelta(hours=1))
    assert line(booking).work_minutes == 9 * 60
    # 135.00 and 10 % of it for the night; 4.50 leave, 4 % of 148.50 for health, 6.75 fee.
    assert booking.held == Money.of("165.69", "USD")


def test_nobody_presses_for_others(scene: Scene) -> None:
    booking = make.booked(scene)
    other = make.contracted(scene)
    make.at(MONDAY)
    for by in (accounts.actor_of(other.id), scene.company):
        with pytest.raises(NotFound):
            attendance.clock_in(booking.id, by=by)
    program = Actor(booking.contractor_id, "key", {})
    with pytest.raises(Forbidden):
        attendance.clock_in(booking.id, by=program)


presses = st.sampled_from(["in", "out", "paid", "unpaid", "wait", "work", "release", "forgotten", "missing"])


def test_whatever_is_pressed_no_paid_second_is_lost_or_invented(scene: Scene) -> None:
    booking = make.booked(scene)
    by = me(booking)

    @settings(max_examples=60, deadline=None)
    @given(st.lists(st.tuples(presses, st.integers(0, 90), st.integers(-20, 5)), min_size=1, max_size=10))
    def check(steps: list[tuple[str, int, int]]) -> None:
        with db.session.begin_nested() as trial:
            now = after(-20)
            for press, minutes, device in steps:
                now += timedelta(minutes=minutes)
                make.at(now)
                _press(booking, press, now + timedelta(minutes=device), by)
            make.at(after(300))
            attendance.close_forgotten()
            attendance.mark_no_shows()
            db.session.refresh(booking)
            after_it = {BookingStatus.EXCUSED, BookingStatus.WORKING}
            assert booking.transitions[booking.status] <= after_it, "it is over, unless power or network was lost"
            _check_time(booking)
            assert books.wrong_balances() == []
            trial.rollback()

    check()


def _press(booking: Booking, press: str, device: datetime, by: Actor) -> None:
    kinds = {
        "paid": EntryKind.PAID_BREAK,
        "unpaid": EntryKind.UNPAID_BREAK,
        "wait": EntryKind.WAITING,
        "work": EntryKind.WORK,
    }
    try:
        with db.session.begin_nested():
            if press in kinds:
                attendance.switch(booking.id, kinds[press], by=by, client_at=device)
            elif press == "in":
                attendance.clock_in(booking.id, by=by, client_at=device)
            elif press == "out":
                attendance.clock_out(booking.id, by=by, client_at=device)
            elif press == "release":
                offers.release(booking.id, by=by)
            elif press == "forgotten":
                attendance.close_forgotten()
            else:
                attendance.mark_no_shows()
    except Problem:
        db.session.expire_all()


def _check_time(booking: Booking) -> None:
    """Entries lie inside the shift, one after the other without a gap, and the line holds all of their minutes."""
    found = entries(booking)
    for (_, _, ended_at), (_, started_at, _) in pairwise(found):
        assert ended_at == started_at
    assert all(booking.starts_at <= start <= (end or start) <= booking.ends_at for _, start, end in found)
    paid = [(end - start).total_seconds() for kind, start, end in found if end and kind is not EntryKind.UNPAID_BREAK]
    if booking.status is BookingStatus.WORKED:
        counted = line(booking)
        minutes = counted.work_minutes + counted.waiting_minutes + counted.paid_break_minutes
        assert 0 <= minutes * 60 - sum(paid) < 60
        assert minutes <= 240
    else:
        assert found == []
