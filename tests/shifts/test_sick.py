"""Falling ill: before the shift, while working, twice, too late, and what follows from it, which is nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.lifecycle import WrongState
from marketplace.core.problems import NotFound
from marketplace.ledger import queries as books
from marketplace.matching import rules as ranking
from marketplace.shifts import attendance, offers, queries, sick
from marketplace.shifts.clock_rules import EntryFlag, ShiftOver
from marketplace.shifts.models import Shift
from marketplace.shifts.rules import BookingStatus
from marketplace.shifts.timesheet_models import TimesheetLine
from tests.factories import accounts, care
from tests.factories import shifts as make
from tests.factories.shifts import Scene


def lines() -> list[TimesheetLine]:
    return list(db.session.scalars(select(TimesheetLine)))


def test_the_seat_opens_again_and_the_money_goes_back(scene: Scene) -> None:
    before = books.balance(scene.gig.hold_account, "USD")
    booking = make.booked(scene)
    sick.report_sick(booking.id, by=accounts.actor_of(booking.contractor_id))
    shift = db.session.get_one(Shift, booking.shift_id)
    assert (booking.status, shift.seats_open, lines()) == (BookingStatus.SICK, 1, [])
    assert books.balance(scene.gig.hold_account, "USD") == before
    somebody = make.booked(scene, shift=shift)
    assert somebody.status is BookingStatus.BOOKED


def test_what_was_worked_stays_on_the_timesheet(scene: Scene) -> None:
    booking = make.booked(scene)
    by = accounts.actor_of(booking.contractor_id)
    make.at(booking.starts_at)
    attendance.clock_in(booking.id, by=by)
    make.at(booking.starts_at + timedelta(minutes=90))
    sick.report_sick(booking.id, by=by)
    (line,) = lines()
    assert booking.status is BookingStatus.WORKED
    assert line.work_minutes in (90, 91)
    assert (line.sick_minutes, line.flags) == (0, [EntryFlag.FELL_ILL])


def test_reporting_twice_is_reporting_once(scene: Scene) -> None:
    booking = make.booked(scene)
    by = accounts.actor_of(booking.contractor_id)
    first = sick.report_sick(booking.id, by=by).sick_at
    assert sick.report_sick(booking.id, by=by).sick_at == first
    assert len([e for e in timeline("booking", booking.id) if e.name == "booking.reported_sick"]) == 1


def test_only_an_open_booking_of_one_s_own(scene: Scene) -> None:
    booking = make.booked(scene)
    by = accounts.actor_of(booking.contractor_id)
    for somebody in (scene.company, accounts.actor_of(make.contracted(scene).id)):
        for verb in (sick.report_sick, sick.sick_pay):
            with pytest.raises(NotFound):
                verb(booking.id, by=somebody)
    make.at(booking.ends_at)
    with pytest.raises(ShiftOver):
        sick.report_sick(booking.id, by=by)
    offers_of = make.booked(scene, starts_at=care.NEXT_MONDAY)
    other = accounts.actor_of(offers_of.contractor_id)
    offers.release(offers_of.id, by=other)
    with pytest.raises(WrongState):
        sick.sick_pay(offers_of.id, by=other)


def test_the_hours_of_a_sick_shift_are_free_again(scene: Scene) -> None:
    ana = make.contracted(scene)
    booking = make.booked(scene, ana)
    sick.report_sick(booking.id, by=accounts.actor_of(ana.id))
    assert make.booked(scene, ana).status is BookingStatus.BOOKED


def test_nothing_that_ranks_people_reads_that_somebody_was_ill() -> None:
    """No word of illness stands in what matching reads, and only hours promised or worked are counted."""
    assert BookingStatus.SICK not in queries.COUNTS
    room = Path(ranking.__file__).parent
    # The rule that forbids it may be named.
    words = {file.name: file.read_text(encoding="utf-8").replace("SICK_CANCEL", "") for file in room.glob("*.py")}
    said = [name for name, text in words.items() if "sick" in text.lower()]
    assert said == []
