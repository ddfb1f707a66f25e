"""Standing by: asked as for any shift, called when a seat is free, paid when none is; and every race in it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from jobs import checks
from marketplace.accounts.rules import Actor
from marketplace.core.db import db, transaction
from marketplace.core.idempotency import HEADER
from marketplace.core.money import Money
from marketplace.ledger import queries as books
from marketplace.matching import planning
from marketplace.pay.models import PayLine
from marketplace.pay.runs import so_far
from marketplace.pay.runs.lines import priced
from marketplace.shifts import attendance, corrections, offers, outage, reserve, scheduling, sick, standby
from marketplace.shifts.clock_rules import BadCorrection, EntryKind
from marketplace.shifts.hours import Counted, Stretch, overtime_worked
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import BadShift, BookingStatus, DoubleBooked, OnStandby, ShiftStatus
from marketplace.shifts.timesheet_models import TimesheetLine
from marketplace.standards.line_kinds import LineKind
from marketplace.standards.rates import PriceInput, cost, price
from marketplace.workforce.models import Contractor
from tests.factories import accounts, pay
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene
from tests.shifts.test_races import at_once

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PRICE = "POST /api/v1/shifts/<uuid:shift_id>/standby/price"
PLAN = "POST /api/v1/shifts/<uuid:shift_id>/standby"
READY = "POST /api/v1/bookings/<uuid:booking_id>/ready"
MUCH = Money.of("1000", "USD")
Statements = Callable[[], AbstractContextManager[list[str]]]


def planned(scene: Scene, shift: Shift, seats: int = 1) -> Shift:
    return standby.plan(shift.id, seats, MUCH, by=scene.company)


def stands_by(scene: Scene, shift: Shift, person: Contractor | None = None) -> Booking:
    """Somebody who said yes to standing by for the shift."""
    return make.booked(scene, person, planned(scene, shift))


def seat_and_standby(scene: Scene, hours: float = 4) -> tuple[Booking, Booking]:
    """A shift with one seat that is taken, and somebody who stands by for it."""
    seat = make.booked(scene, shift=make.shift(scene, hours=hours))
    return seat, stands_by(scene, db.session.get_one(Shift, seat.shift_id))


def me(booking: Booking) -> Actor:
    return accounts.actor_of(booking.contractor_id)


def line_of(booking: Booking) -> TimesheetLine:
    return db.session.scalars(select(TimesheetLine).where(TimesheetLine.booking_id == booking.id)).one()


def sound() -> None:
    assert checks.miscounted_shifts() == []
    assert books.wrong_balances() == []


@pytest.mark.parametrize(
    ("scheduled", "minutes"), [(480, 240), (240, 120), (150, 75), (121, 61), (90, 60), (60, 60), (30, 30)]
)
def test_standing_by_in_vain_pays_half_and_no_less_than_the_hour(scheduled: int, minutes: int) -> None:
    """Eight hours pay four, ninety minutes the hour of being there, half an hour all of it; at 15 dollars an hour 240
    minutes of schedule are 30 dollars in vain, and 31.20 with the contribution to health cover."""
    ends_at = MONDAY + timedelta(minutes=scheduled)
    assert reserve.unused_minutes(MONDAY, ends_at) == minutes
    assert reserve.ready_until(MONDAY, ends_at) == MONDAY + timedelta(minutes=min(60, scheduled))
    lines = price(PriceInput(rate=Money.of("15", "USD"), standby_minutes=120, fee_percent=Decimal(5)))
    paid = {line.kind: (str(line.money.decimal), line.rule) for line in lines if line.money}
    assert paid == {LineKind.STANDBY: ("30.00", "STANDBY"), LineKind.HEALTH_CONTRIBUTION: ("1.20", "HEALTH")}
    assert str(cost(lines)) == "31.20 USD"


def test_who_is_not_needed_goes_after_the_hour_and_is_paid(scene: Scene) -> None:
    seat, reserve_booking = seat_and_standby(scene)
    terms = db.session.get_one(Offer, reserve_booking.offer_id).terms["standby"]
    assert (terms["minutes_unused"], terms["pay_unused"]["amount"]) == (120, "30.00")
    make.at(MONDAY)
    attendance.clock_in(seat.id, by=me(seat))
    assert attendance.mark_no_shows() == 0
    with pytest.raises(OnStandby):
        attendance.clock_in(reserve_booking.id, by=me(reserve_booking))
    make.at(MONDAY + 59 * MINUTE)
    assert (standby.call_due(), standby.stand_down_due()) == (0, 0)
    make.at(MONDAY + 60 * MINUTE)
    assert (attendance.mark_no_shows(), standby.stand_down_due(), standby.stand_down_due()) == (0, 1, 0)
    assert (reserve_booking.status, reserve_booking.ends_at) == (BookingStatus.STOOD_BY, MONDAY + HOUR)
    assert (line_of(reserve_booking).standby_minutes, line_of(reserve_booking).paid_minutes) == (120, 0)
    (work,) = [each for each in so_far.not_yet_paid(MONDAY + HOUR) if each.booking_id == reserve_booking.id]
    assert {line.kind: str(line.money) for line in priced(work) if line.money}[LineKind.STANDBY] == "30.00 USD"
    sound()


def test_its_pay_stands_on_the_payslip_and_the_rest_goes_back(scene: Scene) -> None:
    before = books.balance(scene.gig.hold_account, "USD")
    seat, reserve_booking = seat_and_standby(scene)
    make.at(MONDAY)
    attendance.clock_in(seat.id, by=me(seat))
    make.at(MONDAY + HOUR)
    standby.stand_down_due()
    make.at(seat.ends_at)
    attendance.clock_out(seat.id, by=me(seat))
    with transaction():
        for booking in (seat, reserve_booking):
            pay.approved(scene, booking)
    pay.paid(scene.company_id)
    lines = db.session.scalars(select(PayLine).where(PayLine.booking_id == reserve_booking.id)).all()
    assert {line.kind for line in lines} == {LineKind.STANDBY, LineKind.HEALTH_CONTRIBUTION}
    assert books.balance(reserve_booking.hold_account, "USD").amount == 0
    spent = before - books.balance(scene.gig.hold_account, "USD")
    assert str(spent) == "98.60 USD", "67.40 for four hours of work, 31.20 for standing by"
    sound()


@pytest.mark.parametrize("how", ["release", "sick"])
def test_a_seat_that_is_given_up_goes_to_who_stands_by(scene: Scene, how: str) -> None:
    seat, reserve_booking = seat_and_standby(scene)
    make.at(MONDAY - 25 * HOUR)
    assert standby.call_due() == 0
    make.at(MONDAY - 3 * HOUR)
    {"release": offers.release, "sick": sick.report_sick}[how](seat.id, by=me(seat))
    assert (standby.call_due(), standby.call_due()) == (1, 0)
    assert (reserve_booking.shift_id, reserve_booking.is_standby) == (seat.shift_id, False)
    assert (reserve_booking.status, reserve_booking.standby_minutes) == (BookingStatus.BOOKED, 0)
    sound()
    worked = make.work(reserve_booking)
    assert (worked.status, line_of(worked).work_minutes, line_of(worked).standby_minutes) == ("worked", 240, 0)


def test_all_gigs_are_held_before_any_shift(scene: Scene, statements: Statements) -> None:
    """Whoever holds a shift and waits for a gig may be waited for by somebody who holds the gig."""
    for there in (scene, make.scene()):
        seat, _ = seat_and_standby(there)
        offers.release(seat.id, by=me(seat))
    make.at(MONDAY - HOUR)
    with statements() as seen:
        assert standby.call_due() == 2
    gigs = [place for place, text in enumerate(seen) if "FROM gig " in text and "FOR SHARE" in text]
    shifts = [place for place, text in enumerate(seen) if "FROM shift " in text and "FOR NO KEY UPDATE" in text]
    assert (len(gigs), len(shifts)) == (1, 2)
    assert gigs[0] < shifts[0]


def test_long_before_the_start_a_free_seat_is_searched_for_as_any(scene: Scene) -> None:
    seat, reserve_booking = seat_and_standby(scene)
    offers.release(seat.id, by=me(seat))
    assert (standby.call_due(), reserve_booking.is_standby) == (0, True)


def test_who_is_ready_begins_at_once_where_somebody_does_not_come(scene: Scene) -> None:
    """Twenty-nine minutes pass until the seat counts as empty; they are paid, and the clock runs from the call on."""
    seat, reserve_booking = seat_and_standby(scene)
    make.at(MONDAY - 5 * MINUTE)
    standby.ready(reserve_booking.id, by=me(reserve_booking))
    make.at(MONDAY + 30 * MINUTE)
    assert (attendance.mark_no_shows(), standby.call_due()) == (1, 1)
    assert (reserve_booking.status, reserve_booking.standby_minutes, seat.is_replaced) == ("working", 30, True)
    sound()
    make.at(reserve_booking.ends_at)
    attendance.clock_out(reserve_booking.id, by=me(reserve_booking))
    line = line_of(reserve_booking)
    assert (line.work_minutes, line.standby_minutes) == (210, 30)
    assert priced_cost(reserve_booking) <= reserve_booking.held
    outage.report_outage(seat.id, by=me(seat))
    sound()


def priced_cost(booking: Booking) -> Money:
    (work,) = [each for each in so_far.not_yet_paid(booking.ends_at) if each.booking_id == booking.id]
    return cost(priced(work))


def test_who_is_called_late_has_a_quarter_of_an_hour(scene: Scene) -> None:
    first, called = seat_and_standby(scene)
    make.at(MONDAY + 30 * MINUTE)
    attendance.mark_no_shows()
    assert (standby.call_due(), called.status) == (1, BookingStatus.BOOKED)
    make.at(MONDAY + 44 * MINUTE)
    assert attendance.mark_no_shows() == 0
    standby.ready(called.id, by=me(called))
    assert called.status is BookingStatus.WORKING
    assert first.status is BookingStatus.NO_SHOW


def called_after(scene: Scene, minutes: float, hours: float = 4) -> Booking:
    """Somebody who stood by for a shift and has its seat so long after the start."""
    _, booking = seat_and_standby(scene, hours)
    make.at(MONDAY + 30 * MINUTE)
    attendance.mark_no_shows()
    make.at(MONDAY + minutes * MINUTE)
    assert standby.call_due() == 1
    return booking


def test_no_minute_before_the_call_is_paid_twice(scene: Scene) -> None:
    """Called twenty seconds after 9:30, they say that they pressed at nine, and correct the clock to nine later: what
    counts are 30 minutes of standing by and 210 of work, which is the schedule and what is held."""
    booking = called_after(scene, 30 + 1 / 3)
    assert booking.called_at is not None
    attendance.clock_in(booking.id, by=me(booking), counted=Counted(MONDAY, ()))
    make.at(booking.ends_at)
    attendance.clock_out(booking.id, by=me(booking))
    line = line_of(booking)
    assert (line.work_minutes, line.standby_minutes) == (210, 30)
    assert priced_cost(booking) <= booking.held
    for begins, refused in ((MONDAY, True), (booking.called_at, False)):
        whole = [Stretch(EntryKind.WORK, begins, booking.ends_at)]
        with pytest.raises(BadCorrection) if refused else nullcontext():
            corrections.correct(booking.id, whole, "I was there.", by=me(booking))
    assert (line.work_minutes, line.standby_minutes) == (210, 30)
    sound()


def test_a_company_that_ends_a_shift_after_a_call_pays_no_more_than_the_schedule(scene: Scene) -> None:
    """Called at 9:30 into a shift of two hours and sent home at 10:00: 30 minutes of work and 90 of the call-in minimum
    are the whole shift, so that the wait is paid with them, out of what is held."""
    booking = called_after(scene, 30, hours=2)
    attendance.clock_in(booking.id, by=me(booking))
    make.at(MONDAY + 60 * MINUTE)
    scheduling.cancel_shift(booking.shift_id, MUCH, "The server is down.", by=scene.company)
    line = line_of(booking)
    assert (line.work_minutes, line.compensation_minutes, line.standby_minutes) == (30, 90, 0)
    assert priced_cost(booking) <= booking.held
    sound()


@pytest.mark.parametrize("how", ["sick", "outage"])
def test_the_wait_before_a_call_is_paid_out_of_its_hold_whatever_comes_then(
    scene: Scene, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten minutes after the call somebody falls ill, or is without power for the fifth time in a month: nothing more is
    owed to them, but the 30 minutes in which they were there."""
    monkeypatch.setattr(outage, "MOST_PAID", 0)
    booking = called_after(scene, 30)
    make.at(MONDAY + 40 * MINUTE)
    (sick.report_sick if how == "sick" else outage.report_outage)(booking.id, by=me(booking))
    assert (line_of(booking).standby_minutes, booking.compensation_minutes) == (30, 0)
    assert books.balance(booking.hold_account, "USD") == booking.held
    assert priced_cost(booking) <= booking.held
    sound()


def test_the_time_of_standing_by_counts_towards_overtime() -> None:
    """Of four hours the last 60 minutes were promised as overtime; whoever waited 30 and worked 210 has worked them."""
    assert (overtime_worked(210, 240, 60, waited=30), overtime_worked(210, 240, 60)) == (60, 30)
    assert overtime_worked(5, 240, 60, waited=235) == 5


def test_a_press_in_time_after_a_call_counts_when_it_comes_late(scene: Scene) -> None:
    """Called at 9:30, they press at 9:44 on a phone without network, which is within their quarter of an hour."""
    booking = called_after(scene, 30)
    make.at(MONDAY + 45 * MINUTE)
    assert attendance.mark_no_shows() == 1
    make.at(MONDAY + 60 * MINUTE)
    attendance.clock_in(booking.id, by=me(booking), counted=Counted(MONDAY + 44 * MINUTE, ()))
    assert (booking.status, booking.standby_minutes) == (BookingStatus.WORKING, 30)
    sound()


def test_who_is_called_and_does_not_come_gives_everything_back(scene: Scene) -> None:
    _, called = seat_and_standby(scene)
    make.at(MONDAY + 30 * MINUTE)
    attendance.mark_no_shows()
    standby.call_due()
    make.at(MONDAY + 45 * MINUTE)
    assert attendance.mark_no_shows() == 1
    assert (called.status, called.standby_minutes) == (BookingStatus.NO_SHOW, 0)
    assert books.balance(called.hold_account, "USD").amount == 0
    sound()


def test_nobody_stands_by_in_two_places(scene: Scene) -> None:
    ana = make.contracted(scene)
    _, other = make.shift(scene), make.shift(scene, MONDAY + 2 * HOUR)
    stands_by(scene, make.shift(scene), ana)
    with pytest.raises(DoubleBooked):
        make.booked(scene, ana, other)


def test_cancelling_takes_who_stands_by_along_at_their_price(scene: Scene) -> None:
    """Two hours: the seat is owed its call-in minimum of 120 minutes, who stands by 60, and no more."""
    seat, reserve_booking = seat_and_standby(scene, hours=2)
    make.at(MONDAY - HOUR)
    shown = scheduling.cancellation_price(seat.shift_id, by=scene.company)
    owed = {each.booking_id: each.compensation.minutes for each in shown.owed}
    assert owed == {seat.id: 120, reserve_booking.id: 60}
    beside = reserve_booking.shift_id
    scheduling.cancel_shift(seat.shift_id, shown.total, "No data.", by=scene.company)
    assert reserve_booking.status is BookingStatus.CANCELLED
    assert db.session.get_one(Shift, beside).status is ShiftStatus.CANCELLED
    sound()


def test_people_are_asked_to_stand_by_once_the_seats_are_taken(scene: Scene) -> None:
    make.contracted(scene)
    shift = make.shift(scene)
    beside = planned(scene, shift)
    planning.plan(MONDAY - HOUR, MONDAY + HOUR, company_id=scene.company_id, by=scene.company)
    asked = {each.shift_id for each in db.session.scalars(select(Offer))}
    assert asked == {shift.id}
    make.accepted(db.session.scalars(select(Offer)).one())
    make.contracted(scene)
    planning.plan(MONDAY - HOUR, MONDAY + HOUR, company_id=scene.company_id, by=scene.company)
    assert {each.shift_id for each in db.session.scalars(select(Offer))} == {shift.id, beside.id}


def test_what_cannot_be_stood_by_for(scene: Scene) -> None:
    shift = make.shift(scene, seats=2)
    with pytest.raises(BadShift):
        planned(scene, shift, 3)
    beside = planned(scene, shift, 1)
    assert planned(scene, shift, 1).id == beside.id
    assert beside.seats == 2
    with pytest.raises(BadShift):
        planned(scene, shift, 1)
    with pytest.raises(BadShift):
        planned(scene, beside)


# --- races ------------------------------------------------------------------------------------------------------------


@pytest.mark.truncating
def test_two_free_seats_one_who_stands_by_and_four_workers(apart_app: Flask) -> None:
    with apart_app.app_context(), transaction():
        scene = make.scene()
        shift = make.shift(scene, seats=2)
        seats = [make.booked(scene, shift=shift) for _ in range(2)]
        waiting = stands_by(scene, shift).id
        make.at(MONDAY - HOUR)
        for seat in seats:
            offers.release(seat.id, by=me(seat))
        shift_id = shift.id
    assert at_once(apart_app, [standby.call_due] * 4) == ["done"] * 4
    with apart_app.app_context():
        assert db.session.get_one(Booking, waiting).shift_id == shift_id
        assert db.session.get_one(Shift, shift_id).seats_taken == 1
        sound()


@pytest.mark.truncating
def test_the_call_and_the_press_at_once(apart_app: Flask) -> None:
    """Whoever says that they are ready in the moment of the call works: at once, or as soon as they press again."""
    with apart_app.app_context(), transaction():
        scene = make.scene()
        seat, waiting = seat_and_standby(scene)
        make.at(MONDAY + 30 * MINUTE)
        attendance.mark_no_shows()
        booking_id, by = waiting.id, me(waiting)
        assert seat.status is BookingStatus.NO_SHOW
    press = [lambda: standby.ready(booking_id, by=by)] * 2
    assert at_once(apart_app, [*press, standby.call_due, standby.call_due]) == ["done"] * 4
    with apart_app.app_context():
        with transaction():
            standby.ready(booking_id, by=by)
        booking = db.session.get_one(Booking, booking_id)
        assert (booking.status, booking.is_standby) == (BookingStatus.WORKING, False)
        sound()


@pytest.mark.truncating
def test_the_call_and_the_end_of_standing_by_at_once(apart_app: Flask) -> None:
    with apart_app.app_context(), transaction():
        scene = make.scene()
        seat, waiting = seat_and_standby(scene)
        make.at(MONDAY + 30 * MINUTE)
        attendance.mark_no_shows()
        make.at(MONDAY + 60 * MINUTE - timedelta(seconds=1))
        booking_id = waiting.id
        assert seat.status is BookingStatus.NO_SHOW
    assert at_once(apart_app, [standby.call_due, standby.stand_down_due, standby.call_due]) == ["done"] * 3
    with apart_app.app_context():
        assert not db.session.get_one(Booking, booking_id).is_standby
        sound()


# --- doors ------------------------------------------------------------------------------------------------------------


def ask(client: FlaskClient, route: str, thing: object = None, **more: Any) -> Any:
    path = route.partition(" ")[2]
    for name in ("shift_id", "booking_id"):
        path = path.replace(f"<uuid:{name}>", str(thing or uuid4()))
    headers = {HEADER: uuid4().hex} | dict(more.pop("headers", {}))
    return client.post(path, headers=headers, **more)


BODIES = {PRICE: {"seats": 1}, PLAN: {"seats": 1, "agreed": {"amount": "31.20", "currency": "USD"}}, READY: None}


@pytest.mark.door(PRICE, "works")
@pytest.mark.door(PLAN, "works")
@pytest.mark.door(PLAN, "wrong_state")
@pytest.mark.door(PRICE, "wrong_state")
@pytest.mark.door(READY, "works")
@pytest.mark.door(READY, "wrong_state")
def test_a_company_sees_the_price_and_somebody_is_ready(client: FlaskClient, scene: Scene) -> None:
    shift = make.shift(scene)
    company = accounts.bearer(scene.company)
    shown = ask(client, PRICE, shift.id, json={"seats": 1}, headers=company)
    assert shown.status_code == 200
    assert (shown.json["unused"]["amount"], shown.json["most"]["amount"]) == ("31.20", "67.40")
    low = {"seats": 1, "agreed": {"amount": "31.19", "currency": "USD"}}
    assert ask(client, PLAN, shift.id, json=low, headers=company).json["code"] == "price_changed"
    made = ask(client, PLAN, shift.id, json=BODIES[PLAN], headers=company)
    assert (made.status_code, made.json["standby_of"]) == (201, str(shift.id))
    waiting = make.booked(scene, shift=db.session.get_one(Shift, made.json["id"]))
    assert ask(client, READY, waiting.id, headers=accounts.bearer(waiting.contractor_id)).json["code"] == "too_early"
    make.at(MONDAY)
    told = ask(client, READY, waiting.id, headers=accounts.bearer(waiting.contractor_id))
    assert (told.status_code, told.json["is_standby"], told.json["status"]) == (200, True, "booked")
    again = ask(client, PRICE, shift.id, json={"seats": 1}, headers=accounts.bearer(scene.company))
    assert again.json["code"] == "shift_begun"


@pytest.mark.parametrize("route", [pytest.param(r, marks=pytest.mark.door(r, "not_signed_in")) for r in BODIES])
def test_strangers_are_asked_to_sign_in(client: FlaskClient, route: str) -> None:
    assert ask(client, route, json=BODIES[route]).status_code == 401


@pytest.mark.door(PRICE, "not_mine")
@pytest.mark.door(PLAN, "not_mine")
@pytest.mark.door(READY, "not_mine")
@pytest.mark.door(PRICE, "wrong_shape")
@pytest.mark.door(PLAN, "wrong_shape")
def test_nobody_plans_for_another_company_or_is_ready_for_somebody_else(client: FlaskClient, scene: Scene) -> None:
    seat, waiting = seat_and_standby(scene)
    stranger = accounts.bearer(make.contracted(scene).id)
    for route in (PRICE, PLAN):
        assert ask(client, route, seat.shift_id, json=BODIES[route], headers=stranger).status_code == 404
        bad = ask(client, route, seat.shift_id, json={"seats": "many"}, headers=accounts.bearer(scene.company))
        assert bad.status_code == 422
    assert ask(client, READY, waiting.id, headers=stranger).status_code == 404
