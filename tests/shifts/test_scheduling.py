"""Planning shifts, and what it costs to take them back."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.accounts.rules import CompanyRole
from marketplace.core.clock import UnknownZone
from marketplace.core.db import db
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money
from marketplace.core.problems import Forbidden, NotFound
from marketplace.gigs import service as gigs
from marketplace.gigs.rules import hold_account as gig_hold
from marketplace.ledger import queries as books
from marketplace.shifts import attendance, laying, scheduling
from marketplace.shifts.clock_rules import EntryFlag, EntrySource
from marketplace.shifts.models import Shift, TimeEntry
from marketplace.shifts.rules import (
    BadShift,
    BookingStatus,
    GigNotOpen,
    OfferStatus,
    PriceChanged,
    ShiftStatus,
    VolumeCapReached,
)
from marketplace.shifts.timesheet_models import Timesheet, TimesheetLine
from marketplace.shifts.timesheet_rules import CompensationRule, TimesheetStatus
from marketplace.workforce.models import Contractor
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, ZONE, Scene


def usd(text: str) -> Money:
    return Money.of(text, "USD")


def after(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def test_a_shift_is_planned(scene: Scene) -> None:
    shift = make.shift(scene, seats=3)
    assert (shift.status, shift.seats_open, shift.timezone) == (ShiftStatus.SCHEDULED, 3, ZONE)
    assert (shift.company_id, shift.ends_at - shift.starts_at) == (scene.company_id, timedelta(hours=4))


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "seats", "field"),
    [
        (after(-24 * 6), after(-24 * 6 + 4), 1, "starts_at"),
        (after(24 * 400), after(24 * 400 + 4), 1, "starts_at"),
        (MONDAY, MONDAY, 1, "ends_at"),
        (MONDAY, after(-1), 1, "ends_at"),
        (MONDAY, after(13.1), 1, "ends_at"),
        (MONDAY, after(4.001), 1, "ends_at"),
        (MONDAY.replace(tzinfo=None), after(4), 1, "starts_at"),
        (MONDAY, after(4), 0, "seats"),
        (MONDAY, after(4), 501, "seats"),
    ],
)
def test_what_cannot_be_planned(scene: Scene, starts_at: datetime, ends_at: datetime, seats: int, field: str) -> None:
    with pytest.raises(BadShift) as refused:
        scheduling.schedule(scene.gig.id, starts_at, ends_at, ZONE, seats, by=scene.company)
    assert refused.value.field == field


def test_a_zone_has_an_iana_name(scene: Scene) -> None:
    with pytest.raises(UnknownZone):
        make.shift(scene, zone="Kansas/Somewhere")


def test_no_more_is_planned_than_the_pilot_allows(scene: Scene) -> None:
    first = make.shift(scene, hours=4, seats=10)
    with pytest.raises(VolumeCapReached) as refused:
        make.shift(scene, after(24), hours=0.25)
    assert (refused.value.members["limit"], first.seats) == (2400, 10)
    scheduling.cancel_shift(first.id, usd("0"), "planned twice", by=scene.company)
    assert make.shift(scene, after(24), hours=4).status is ShiftStatus.SCHEDULED


def test_a_shift_that_is_ended_keeps_what_was_worked_of_the_volume(scene: Scene) -> None:
    """Ten seats of four hours are all of it. One person works 230 minutes before the company ends the shift."""
    shift = make.shift(scene, hours=4, seats=10)
    booking = make.booked(scene, make.contracted(scene), shift)
    make.at(MONDAY)
    attendance.clock_in(booking.id, by=accounts.actor_of(booking.contractor_id))
    make.at(MONDAY + timedelta(minutes=230))
    scheduling.cancel_shift(shift.id, usd("0"), "The data are done.", by=scene.company)
    assert laying.volume_left(scene.gig) == 2400 - 230


def test_after_its_pilot_a_gig_has_no_cap(app: Flask) -> None:
    scene = make.scene(pilot=True)
    assert make.shift(scene, hours=4, seats=11).seats == 11


def test_only_open_gigs_of_ones_own_company_have_shifts(scene: Scene) -> None:
    with pytest.raises(NotFound):
        scheduling.schedule(uuid4(), MONDAY, after(4), ZONE, 1, by=scene.company)
    with pytest.raises(NotFound):
        make.shift(Scene(scene.gig, make.scene().company))
    with pytest.raises(Forbidden):
        make.shift(Scene(scene.gig, accounts.member(scene.company_id, CompanyRole.VIEWER)))
    gigs.pause(scene.gig.id, by=scene.company)
    with pytest.raises(GigNotOpen):
        make.shift(scene)


# --- cancelling -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours_before", "minutes", "price"),
    # Two hours at 15.00 are 30.00, and 4 % health contribution; called-off time bears no fee.
    [(73, 0, "0.00"), (48, 60, "15.60"), (20, 120, "31.20")],
)
def test_the_price_of_cancelling_is_shown_first_and_then_owed(
    scene: Scene, hours_before: int, minutes: int, price: str
) -> None:
    booking = make.booked(scene)
    shift_id = booking.shift_id
    make.at(after(-hours_before))
    shown = scheduling.cancellation_price(shift_id, by=scene.company)
    assert (shown.total, [owed.compensation.minutes for owed in shown.owed]) == (usd(price), [minutes])
    shift = scheduling.cancel_shift(shift_id, shown.total, "The data are late.", by=scene.company)
    assert (shift.status, shift.cancelled_because) == (ShiftStatus.CANCELLED, "The data are late.")
    assert (booking.status, booking.compensation_minutes) == (BookingStatus.CANCELLED, minutes)
    lines = db.session.scalars(select(TimesheetLine)).all()
    if minutes:
        assert [(line.compensation_minutes, line.compensation_rule) for line in lines] == [
            (minutes, CompensationRule.NOTICE)
        ]
        assert db.session.scalars(select(Timesheet)).one().status is TimesheetStatus.SUBMITTED
        assert books.balance(booking.hold_account, "USD") == booking.held
    else:
        assert lines == []
        assert books.balance(booking.hold_account, "USD") == usd("0")


def test_a_price_that_rose_since_it_was_seen_is_shown_again(scene: Scene) -> None:
    booking = make.booked(scene)
    make.at(after(-72))
    seen = scheduling.cancellation_price(booking.shift_id, by=scene.company).total
    make.at(after(-71.9))
    with pytest.raises(PriceChanged) as refused:
        scheduling.cancel_shift(booking.shift_id, seen, "late data", by=scene.company)
    assert (seen, refused.value.members["price"]) == (usd("0"), "15.60 USD")


def test_a_shift_that_the_company_ends_pays_what_was_worked_and_fills_up(scene: Scene) -> None:
    working = make.booked(scene, seats=2)
    shift = db.session.get_one(Shift, working.shift_id)
    late = make.booked(scene, shift=shift)
    make.at(MONDAY)
    attendance.clock_in(working.id, by=accounts.actor_of(working.contractor_id))
    make.at(after(0.5))
    price = scheduling.cancellation_price(shift.id, by=scene.company)
    assert {owed.booking_id: owed.compensation.minutes for owed in price.owed} == {working.id: 90, late.id: 120}
    scheduling.cancel_shift(shift.id, price.total, "No data came.", by=scene.company)
    lines = {line.booking_id: line for line in db.session.scalars(select(TimesheetLine))}
    assert (lines[working.id].work_minutes, lines[working.id].compensation_minutes) == (30, 90)
    assert lines[working.id].compensation_rule is CompensationRule.CALL_IN
    assert lines[working.id].flags == [EntryFlag.ENDED_BY_COMPANY]
    assert (lines[late.id].work_minutes, lines[late.id].compensation_minutes) == (0, 120)
    assert (working.status, late.status) == (BookingStatus.WORKED, BookingStatus.CANCELLED)
    assert db.session.scalars(select(TimeEntry)).one().source is EntrySource.COMPANY


def test_cancelling_withdraws_what_was_not_answered(scene: Scene) -> None:
    shift = make.shift(scene, seats=2)
    offer = make.offered(scene, shift, make.contracted(scene))
    scheduling.cancel_shift(shift.id, usd("0"), "planned twice", by=scene.company)
    assert offer.status is OfferStatus.WITHDRAWN
    with pytest.raises(WrongState):
        scheduling.cancel_shift(shift.id, usd("0"), "again", by=scene.company)


def test_a_cancelled_time_is_free_for_another_booking(scene: Scene) -> None:
    booking = make.booked(scene)
    before = books.balance(gig_hold(scene.gig.id), "USD")
    scheduling.cancel_shift(booking.shift_id, usd("0"), "planned twice", by=scene.company)
    assert books.balance(gig_hold(scene.gig.id), "USD") == before + booking.held
    ana = db.session.get_one(Contractor, booking.contractor_id)
    assert make.booked(scene, ana).status is BookingStatus.BOOKED


def test_others_neither_see_the_price_nor_cancel(scene: Scene) -> None:
    shift = make.shift(scene)
    for by in (make.scene().company, accounts.actor_of(make.contracted(scene).id)):
        with pytest.raises(NotFound):
            scheduling.cancellation_price(shift.id, by=by)
        with pytest.raises(NotFound):
            scheduling.cancel_shift(shift.id, usd("0"), "mine", by=by)


def test_a_shift_is_finished_when_nobody_is_in_it_any_more(scene: Scene) -> None:
    booking = make.booked(scene)
    empty = make.shift(scene, seats=1)
    make.at(MONDAY)
    attendance.clock_in(booking.id, by=accounts.actor_of(booking.contractor_id))
    make.at(after(4))
    assert scheduling.finish_due() == 1
    assert empty.status is ShiftStatus.FINISHED
    attendance.clock_out(booking.id, by=accounts.actor_of(booking.contractor_id))
    assert (scheduling.finish_due(), scheduling.finish_due()) == (1, 0)
