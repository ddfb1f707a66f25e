"""Yeses at the same moment, where commits are real: nothing oversold, nobody in two places, no deadlock."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from marketplace.core.db import db, transaction
from marketplace.core.problems import Problem
from marketplace.gigs.rules import hold_account as gig_hold
from marketplace.ledger import queries as books
from marketplace.matching import deciding
from marketplace.shifts import attendance, offers, timesheets
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import BookingStatus, OfferStatus
from marketplace.shifts.timesheet_models import Timesheet
from marketplace.shifts.timesheet_rules import TimesheetStatus
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY

pytestmark = pytest.mark.truncating


def at_once(app: Flask, jobs: Sequence[Callable[[], object]]) -> list[str]:
    """Runs every job in a thread and a transaction of its own, all starting together. What each came to: "done", or
    the code of the problem it was refused with. Anything else that goes wrong is raised."""
    gate = Barrier(len(jobs))

    def run(job: Callable[[], object]) -> str:
        with app.app_context():
            db.session.connection()
            db.session.rollback()
            gate.wait(timeout=60)
            try:
                with transaction():
                    job()
            except Problem as refused:
                return refused.code
            finally:
                db.session.remove()
        return "done"

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def yes(offer_id: UUID, contractor_id: UUID) -> Callable[[], object]:
    return lambda: offers.say_yes(offer_id, by=accounts.actor_of(contractor_id))


def test_twenty_people_and_three_seats(apart_app: Flask) -> None:
    """Who is first takes nothing from anybody; two deciders at once decide once."""
    with apart_app.app_context(), transaction():
        scene = make.scene()
        gig_id = scene.gig.id
        people = [make.contracted(scene) for _ in range(20)]
        shift_id = (shift := make.shift(scene, seats=3)).id
        asked = [(offer.id, offer.contractor_id) for offer in make.asked(scene, shift, people)]
        before = books.balance(gig_hold(gig_id), "USD")
    assert at_once(apart_app, [yes(*each) for each in asked]) == ["done"] * 20
    assert at_once(apart_app, [deciding.decide_due] * 2) == ["done"] * 2
    with apart_app.app_context():
        shift = db.session.get_one(Shift, shift_id)
        bookings = db.session.scalars(select(Booking)).all()
        assert (shift.seats_taken, len(bookings)) == (3, 3)
        statuses = select(Offer.status, func.count().label("number")).group_by(Offer.status)
        assert {row.status: row.number for row in db.session.execute(statuses)} == {
            OfferStatus.ACCEPTED: 3,
            OfferStatus.NOT_CHOSEN: 17,
        }
        held = sum((books.balance(b.hold_account, "USD").amount for b in bookings), 0)
        assert books.balance(gig_hold(gig_id), "USD").amount + held == before.amount
        assert books.wrong_balances() == []


def test_one_person_and_two_shifts_at_one_time(apart_app: Flask) -> None:
    with apart_app.app_context(), transaction():
        scene = make.scene(pilot=True, minutes=4800)
        people = [make.contracted(scene) for _ in range(5)]
        pairs = []
        for hour in (0, 2):
            shift = make.shift(scene, MONDAY + timedelta(hours=hour), seats=5)
            pairs += [(make.offered(scene, shift, person).id, person.id) for person in people]
    results = at_once(apart_app, [yes(*each) for each in pairs])
    assert (results.count("done"), results.count("double_booked")) == (5, 5)
    with apart_app.app_context():
        assert db.session.scalar(select(func.sum(Shift.seats_taken))) == 5
        most = select(func.count()).select_from(Booking).group_by(Booking.contractor_id)
        assert db.session.scalars(most).all() == [1] * 5


def test_the_week_has_48_hours_however_many_yeses_come_at_once(apart_app: Flask) -> None:
    with apart_app.app_context(), transaction():
        scene = make.scene(pilot=True, minutes=6000)
        ana = make.contracted(scene)
        days = [make.shift(scene, MONDAY + timedelta(days=day), 9.5) for day in range(6)]
        asked = [(make.offered(scene, shift, ana).id, ana.id) for shift in days]
    results = at_once(apart_app, [yes(*each) for each in asked])
    assert (results.count("done"), results.count("not_eligible")) == (5, 1)
    with apart_app.app_context():
        minutes = sum(
            ((b.ends_at - b.starts_at) // timedelta(minutes=1) for b in db.session.scalars(select(Booking))), 0
        )
        assert minutes <= 48 * 60


def test_the_same_yes_ten_times_is_one_booking(apart_app: Flask) -> None:
    with apart_app.app_context(), transaction():
        scene = make.scene()
        ana = make.contracted(scene)
        offer = (make.offered(scene, make.shift(scene, seats=10), ana).id, ana.id)
    assert at_once(apart_app, [yes(*offer)] * 10) == ["done"] * 10
    with apart_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Booking)) == 1
        assert db.session.scalar(select(Shift.seats_taken)) == 1


def test_yeses_seats_given_back_and_expiry_at_once(apart_app: Flask) -> None:
    with apart_app.app_context(), transaction():
        scene = make.scene()
        people = [make.contracted(scene) for _ in range(8)]
        shift_id = (shift := make.shift(scene, seats=4)).id
        seated = [make.booked(scene, person, shift) for person in people[:3]]
        asked = [(make.offered(scene, shift, person).id, person.id) for person in people[3:]]
        leaving = [(booking.id, booking.contractor_id) for booking in seated]
    jobs: list[Callable[[], object]] = [yes(*each) for each in asked]
    for booking_id, contractor_id in leaving:
        jobs.append(lambda b=booking_id, c=contractor_id: offers.release(b, by=accounts.actor_of(c)))
    jobs += [offers.expire_due, offers.expire_due, deciding.decide_due, deciding.decide_due]
    results = at_once(apart_app, jobs)
    assert set(results) <= {"done", "seats_gone", "offer_gone"}
    with apart_app.app_context():
        taken = db.session.get_one(Shift, shift_id).seats_taken
        active = select(func.count()).select_from(Booking).where(Booking.status == BookingStatus.BOOKED)
        assert taken == db.session.scalar(active) <= 4
        assert books.wrong_balances() == []


def test_two_clocks_of_one_week_stop_at_once_and_the_week_is_handed_in(apart_app: Flask) -> None:
    """Both bookings end in transactions that do not see each other end; what is due finds the week that both left."""
    with apart_app.app_context(), transaction():
        scene = make.scene()
        ana = make.contracted(scene)
        first = make.booked(scene, ana, hours=2)
        missed = make.booked(scene, ana, starts_at=MONDAY + timedelta(hours=2), hours=2)
        assert (first.week, missed.week) == (MONDAY.date(), MONDAY.date())
        by = accounts.actor_of(ana.id)
        make.at(MONDAY)
        attendance.clock_in(first.id, by=by)
        make.at(MONDAY + timedelta(hours=5))
    results = at_once(apart_app, [attendance.close_forgotten, attendance.mark_no_shows] * 4)
    assert results == ["done"] * 8
    with apart_app.app_context(), transaction():
        timesheets.submit_due()
        assert db.session.scalars(select(Timesheet.status)).all() == [TimesheetStatus.SUBMITTED]


def test_many_workers_approve_each_timesheet_once(apart_app: Flask) -> None:
    with apart_app.app_context(), transaction():
        scene = make.scene()
        for day in range(3):
            make.worked(scene, starts_at=MONDAY + timedelta(days=day), hours=1)
        make.at(MONDAY + timedelta(days=9))
    approved: list[int] = []
    assert set(at_once(apart_app, [lambda: approved.append(timesheets.auto_approve_due())] * 6)) == {"done"}
    assert sum(approved) == 3


def test_yeses_to_several_shifts_that_cross_wait_for_nobody_who_waits_for_them(apart_app: Flask) -> None:
    """Half of them name the first shift first and half the second, each for two people at once."""
    with apart_app.app_context(), transaction():
        scene = make.scene(pilot=True, minutes=9600)
        people = [make.contracted(scene) for _ in range(16)]
        shifts = [make.shift(scene, MONDAY + timedelta(days=day), seats=8) for day in range(2)]
        asked = [make.offered(scene, shifts[n % 2], who) for n, who in enumerate(people)]
        pairs = [[(one.id, one.contractor_id) for one in asked[n : n + 2]] for n in range(0, 16, 2)]
        shift_ids = [shift.id for shift in shifts]
    turned = [pair[::-1] if n % 2 else pair for n, pair in enumerate(pairs)]

    def together(pair: Sequence[tuple[UUID, UUID]]) -> Callable[[], object]:
        return lambda: offers.say_yes_together({known: accounts.actor_of(who) for known, who in pair})

    assert at_once(apart_app, [together(pair) for pair in turned]) == ["done"] * 8
    with apart_app.app_context():
        assert [db.session.get_one(Shift, known).seats_taken for known in shift_ids] == [8, 8]
        assert books.wrong_balances() == []
