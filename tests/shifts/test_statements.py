"""How many statements the verbs take that everybody presses every day. Not a timed test: a count that may only fall."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from marketplace.core.db import db
from marketplace.core.events import timeline
from marketplace.core.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from marketplace.shifts import attendance, offers
from marketplace.shifts.models import Booking, Offer
from marketplace.shifts.rules import BookingStatus
from tests.factories import accounts, shifts
from tests.factories.shifts import MONDAY

Statements = Callable[[], AbstractContextManager[list[str]]]
MOST_FOR_YES = 8
MOST_FOR_CLOCK_IN = 5
MOST_FOR_CLOCK_OUT = 12
MOST_FOR_ENTRY = 5


def test_a_yes_and_a_day_at_the_clock(app: Flask, statements: Statements) -> None:
    there = shifts.scene()
    shifts.at(MONDAY - timedelta(days=1))
    ana = shifts.contracted(there)
    offer = shifts.offered(there, shifts.shift(there, MONDAY, seats=2), ana)
    me = accounts.actor_of(ana.id)
    with statements() as said_yes:
        booking = offers.accept(offer.id, by=me)
    shifts.at(MONDAY)
    with statements() as clocked_in:
        attendance.clock_in(booking.id, by=me)
    shifts.at(MONDAY + timedelta(hours=2))
    with statements() as clocked_out:
        attendance.clock_out(booking.id, by=me)
    assert len(said_yes) <= MOST_FOR_YES
    assert len(clocked_in) <= MOST_FOR_CLOCK_IN
    assert len(clocked_out) <= MOST_FOR_CLOCK_OUT


def test_a_crowd_says_yes_comes_and_goes_with_as_many_statements_as_one(app: Flask, statements: Statements) -> None:
    there = shifts.scene(minutes=4800)
    shifts.at(MONDAY - timedelta(days=1))
    people = [shifts.contracted(there) for _ in range(5)]
    alone = shifts.asked(there, shifts.shift(there, MONDAY, seats=2), people[:1])
    together = shifts.asked(there, shifts.shift(there, MONDAY, seats=3), people[1:3])
    together += shifts.asked(there, shifts.shift(there, MONDAY, seats=3), people[3:])

    def day(asked: Sequence[Offer]) -> tuple[list[int], list[Booking]]:
        mine = {offer.id: accounts.actor_of(offer.contractor_id) for offer in asked}
        shifts.at(MONDAY - timedelta(days=1))
        with statements() as said_yes:
            offers.say_yes_together(mine)
        bookings = db.session.scalars(select(Booking).where(Booking.offer_id.in_(mine))).all()
        by = {booking.id: mine[booking.offer_id] for booking in bookings if booking.offer_id}
        shifts.at(MONDAY)
        with statements() as clocked_in:
            attendance.clock_in_together(by)
        shifts.at(MONDAY + timedelta(hours=2))
        with statements() as clocked_out:
            attendance.clock_out_together(by)
        return [len(said_yes), len(clocked_in), len(clocked_out)], list(bookings)

    one, _ = day(alone)
    all_of_them, bookings = day(together)
    assert all_of_them == one
    assert [booking.status for booking in bookings] == [BookingStatus.WORKED] * 4
    for booking in bookings:
        told = {event.name: event.doer_id for event in timeline("contractor", booking.contractor_id, limit=200)}
        acts = ("offer.accepted", "booking.made", "booking.clocked_in", "booking.clocked_out", "timesheet.submitted")
        assert {told[name] for name in acts} == {booking.contractor_id}


def test_an_entry_over_known_accounts(app: Flask, statements: Statements) -> None:
    one = Money(100, "USD")
    ledger.post(Entry("first", [Move("rail:sandbox", "company:a", one), Move("company:a", "company:b", one)]))
    with statements() as booked:
        ledger.post(Entry("second", [Move("rail:sandbox", "company:a", one), Move("company:a", "company:b", one)]))
    assert len(booked) <= MOST_FOR_ENTRY
