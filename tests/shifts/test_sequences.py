"""Whatever people and companies do in whatever order: no seat too many, nobody in two places, every hold explained."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations

from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.core.problems import Problem
from marketplace.gigs.rules import hold_account as gig_hold
from marketplace.ledger import queries as books
from marketplace.shifts import offers, scheduling
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus, OfferStatus, ShiftStatus
from marketplace.workforce.models import Contractor
from tests.factories import accounts
from tests.factories import shifts as make
from tests.factories.shifts import MONDAY, Scene

PEOPLE, SHIFTS = 3, 3
VERBS = ("offer", "offer", "accept", "accept", "accept", "decline", "withdraw", "release", "cancel", "expire")
steps = st.lists(
    st.tuples(st.sampled_from(VERBS), st.integers(0, PEOPLE - 1), st.integers(0, SHIFTS - 1)), min_size=4, max_size=16
)


@dataclass(frozen=True)
class World:
    """Two shifts that overlap and one on the same day after them, each of two seats, and three people."""

    scene: Scene
    people: list[Contractor]
    shifts: list[Shift]
    funds: Money


def a_world() -> World:
    scene = make.scene()
    people = [make.contracted(scene) for _ in range(PEOPLE)]
    shifts = [make.shift(scene, MONDAY + timedelta(hours=hour), 3, seats=2) for hour in (0, 2, 5)]
    return World(scene, people, shifts, books.balance(gig_hold(scene.gig.id), "USD"))


def do(world: World, verb: str, person: Contractor, shift: Shift) -> None:
    """Tries one thing; a refusal changes nothing."""
    by, company = accounts.actor_of(person.id), world.scene.company
    mine = select(Offer.id).where(Offer.shift_id == shift.id, Offer.contractor_id == person.id)
    offer_id = db.session.scalar(mine.order_by(Offer.id.desc()).limit(1))
    seat = select(Booking.id).where(Booking.shift_id == shift.id, Booking.contractor_id == person.id)
    booking_id = db.session.scalar(seat.order_by(Booking.id.desc()).limit(1))
    try:
        with db.session.begin_nested():
            if verb == "offer":
                make.offered(world.scene, shift, person)
            elif verb == "cancel":
                scheduling.cancel_shift(shift.id, Money.of("1000", "USD"), "no data", by=company)
            elif verb == "expire":
                offers.expire_due()
            elif verb == "release" and booking_id:
                offers.release(booking_id, by=by)
            elif verb == "withdraw" and offer_id:
                offers.withdraw(offer_id, by=company)
            elif verb in ("accept", "decline") and offer_id:
                {"accept": offers.accept, "decline": offers.decline}[verb](offer_id, by=by)
    except (Problem, ValueError):
        db.session.expire_all()


def check(world: World) -> None:
    bookings = db.session.scalars(select(Booking)).all()
    for shift in db.session.scalars(select(Shift)):
        seats = [b for b in bookings if b.shift_id == shift.id and b.status is not BookingStatus.RELEASED]
        assert shift.seats_taken == len(seats) <= shift.seats
        pending = select(Offer.id).where(Offer.shift_id == shift.id, Offer.status == OfferStatus.PENDING)
        if shift.status is ShiftStatus.CANCELLED or shift.seats_open == 0:
            assert db.session.scalars(pending).all() == []
    active = [b for b in bookings if b.status in ACTIVE_BOOKING]
    for one, other in combinations(active, 2):
        apart = one.ends_at <= other.starts_at or other.ends_at <= one.starts_at
        assert apart or one.contractor_id != other.contractor_id
    for booking in bookings:
        still_held = booking.status in ACTIVE_BOOKING or booking.compensation_minutes > 0
        expected = booking.held if still_held else Money.zero("USD")
        assert books.balance(booking.hold_account, "USD") == expected
    spent = sum((books.balance(b.hold_account, "USD").amount for b in bookings), 0)
    assert books.balance(gig_hold(world.scene.gig.id), "USD").amount + spent == world.funds.amount


def test_any_sequence_of_verbs(app: Flask) -> None:
    world = a_world()

    @settings(max_examples=40, deadline=None)
    @given(steps)
    def live(sequence: list[tuple[str, int, int]]) -> None:
        with db.session.begin_nested() as trial:
            for verb, person, shift in sequence:
                do(world, verb, world.people[person], world.shifts[shift])
            check(world)
            trial.rollback()
        # What a rolled-back statement changed is not known to the rows in memory.
        db.session.expire_all()

    live()
