"""Hazard caps while somebody works: the clock stops at the minute, and the rest of the schedule is paid."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.shifts import attendance, scheduling, sick
from marketplace.shifts.clock_rules import EntryFlag, EntryKind
from marketplace.shifts.exposure import Exposed, stop_moment
from marketplace.shifts.models import Booking
from marketplace.shifts.rules import BookingStatus
from marketplace.shifts.timesheet_models import TimesheetLine
from marketplace.shifts.timesheet_rules import CompensationRule
from marketplace.standards.hazard import HazardClass
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import Scene

KANSAS = ZoneInfo("America/Chicago")
NINE = datetime(2026, 11, 23, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def spent(hazard_class: HazardClass, start: datetime, hours: float) -> Exposed:
    return Exposed(hazard_class, start, start + hours * HOUR)


def stop(hours: float, *before: Exposed, hazard_class: HazardClass = HazardClass.H2) -> timedelta | None:
    """How long after nine in the morning work of so many hours must stop."""
    found = stop_moment(NINE, NINE + hours * HOUR, KANSAS, hazard_class, before)
    return None if found is None else found - NINE


def test_the_day_s_cap_stops_the_clock_at_its_minute() -> None:
    """H2 ends after 240 minutes a day: five hours stop after four, four do not stop."""
    assert stop(5) == 4 * HOUR
    assert stop(4) is None
    assert stop(5, spent(HazardClass.H2, NINE - HOUR, 0.5)) == 3.5 * HOUR
    assert stop(9, hazard_class=HazardClass.H0) is None


def test_heavier_work_counts_into_the_lighter_class_and_not_the_other_way() -> None:
    """Two hours of H3 leave two of H2's four and four of H1's six; H1 leaves H2 alone."""
    heavy, light = spent(HazardClass.H3, NINE - 3 * HOUR, 2), spent(HazardClass.H1, NINE - 3 * HOUR, 2)
    assert stop(5, heavy) == 2 * HOUR
    assert stop(5, heavy, hazard_class=HazardClass.H1) == 4 * HOUR
    assert stop(5, light) == 4 * HOUR
    assert stop(1, heavy, hazard_class=HazardClass.H3) == timedelta(0)


def test_a_night_has_two_days_and_the_week_s_cap_goes_through_both() -> None:
    """From ten in the evening: two hours before midnight, four after it. With 17 of the week's 20 hours used, three."""
    ten = datetime(2026, 11, 25, 4, tzinfo=UTC)
    night = (ten, ten + 8 * HOUR, KANSAS, HazardClass.H2)
    assert stop_moment(*night, []) == ten + 6 * HOUR
    monday = [spent(HazardClass.H2, NINE - 8 * HOUR, 17)]
    assert stop_moment(*night, monday) == ten + 3 * HOUR


def test_an_hour_that_the_clocks_repeat_is_an_hour() -> None:
    """In the night of 1 November 2026 Kansas has 25 hours; four hours of work are four all the same."""
    one = datetime(2026, 11, 1, 5, tzinfo=UTC)
    assert stop_moment(one, one + 6 * HOUR, KANSAS, HazardClass.H2, []) == one + 4 * HOUR


@given(st.integers(1, 720), st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 300)), max_size=5))
def test_no_more_than_the_cap_is_ever_worked(length: int, before: list[tuple[int, int]]) -> None:
    minute = timedelta(minutes=1)
    known = [Exposed(HazardClass.H2, NINE - (a + b) * minute, NINE - a * minute) for a, b in before]
    ends_at = NINE + length * minute
    end = stop_moment(NINE, ends_at, KANSAS, HazardClass.H2, known)
    assert end is None or NINE <= end < ends_at
    midnight = datetime(2026, 11, 23, 6, tzinfo=UTC)
    of_today = [max(timedelta(0), each.ended_at - max(each.started_at, midnight)) for each in known]
    mine = min(end or ends_at, midnight + 24 * HOUR) - NINE
    assert mine == timedelta(0) or sum(of_today, mine) <= 4 * HOUR


def at(moment: datetime) -> None:
    """It is that moment and stays so, for minutes that are exact."""
    clock.move_to(moment, still=True)


def working(scene: Scene, hours: float = 5) -> Booking:
    """Somebody at work in a shift that became H2 after it was booked."""
    booking = make.booked(scene, hours=hours)
    booking.hazard_class = HazardClass.H2
    at(booking.starts_at)
    attendance.clock_in(booking.id, by=accounts.actor_of(booking.contractor_id))
    return booking


def line_of(booking: Booking) -> TimesheetLine:
    return db.session.scalars(select(TimesheetLine).where(TimesheetLine.booking_id == booking.id)).one()


def told(booking: Booking) -> tuple[int, int, CompensationRule | None, list[str]]:
    line = line_of(booking)
    return line.work_minutes, line.compensation_minutes, line.compensation_rule, line.flags


CAPPED = (240, 60, CompensationRule.HAZARD, [EntryFlag.CAP_REACHED])


def test_the_job_stops_the_clock_where_the_cap_was_reached(scene: Scene) -> None:
    booking = working(scene)
    assert booking.stops_at is not None
    at(booking.stops_at - timedelta(seconds=1))
    assert attendance.stop_at_cap() == 0
    at(booking.stops_at + timedelta(seconds=40))
    assert attendance.stop_at_cap() == 1
    assert attendance.stop_at_cap() == 0
    assert (booking.status, told(booking)) == (BookingStatus.WORKED, CAPPED)
    assert "booking.stopped" in {event.name for event in timeline("booking", booking.id)}


@pytest.mark.parametrize("press", ["clock-out", "break", "forgotten", "sick", "cancelled"])
def test_whatever_comes_before_the_job_finds_the_same(scene: Scene, press: str) -> None:
    booking = working(scene)
    by = accounts.actor_of(booking.contractor_id)
    assert booking.stops_at is not None
    at(booking.stops_at + timedelta(minutes=5))
    match press:
        case "clock-out":
            attendance.clock_out(booking.id, by=by)
        case "break":
            attendance.start_break(booking.id, EntryKind.PAID_BREAK, by=by)
        case "forgotten":
            at(booking.ends_at + timedelta(hours=1))
            attendance.close_forgotten()
        case "sick":
            sick.report_sick(booking.id, by=by)
        case "cancelled":
            price = scheduling.cancellation_price(booking.shift_id, by=scene.company).total
            scheduling.cancel_shift(booking.shift_id, price, "planned twice", by=scene.company)
    assert told(booking) == CAPPED


def test_a_break_moves_the_end_of_the_work(scene: Scene) -> None:
    booking = working(scene)
    by, first = accounts.actor_of(booking.contractor_id), booking.stops_at
    assert first is not None
    at(booking.starts_at + HOUR)
    attendance.start_break(booking.id, EntryKind.UNPAID_BREAK, by=by)
    assert booking.stops_at is None
    at(booking.starts_at + HOUR + timedelta(minutes=30))
    attendance.end_break(booking.id, by=by)
    assert booking.stops_at is not None
    assert booking.stops_at - first == timedelta(minutes=30)


def test_who_comes_where_nothing_is_left_of_the_cap_is_paid_neutral_hours(scene: Scene) -> None:
    """Both shifts of a day became H2. Four hours of the first use up the cap; the two of the second are paid all the
    same, although its clock never runs, and nobody is a no-show."""
    ana = make.contracted(scene)
    first = make.booked(scene, ana, hours=4)
    second = make.booked(scene, ana, starts_at=make.MONDAY + 5 * HOUR, hours=2)
    by = accounts.actor_of(ana.id)
    for booking in (first, second):
        booking.hazard_class = HazardClass.H2
    at(first.starts_at)
    attendance.clock_in(first.id, by=by)
    at(first.ends_at)
    attendance.clock_out(first.id, by=by)
    assert line_of(first).work_minutes == 240
    at(second.starts_at)
    assert attendance.clock_in(second.id, by=by).status is BookingStatus.WORKED
    assert told(second) == (0, 120, CompensationRule.HAZARD, [EntryFlag.CAP_REACHED])
    at(second.starts_at + HOUR)
    assert attendance.mark_no_shows() == 0
