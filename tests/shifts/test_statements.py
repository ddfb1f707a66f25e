"""How many statements the verbs take that everybody presses every day. Not a timed test: a count that may only fall."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from flask import Flask

from marketplace.core.money import Money
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from marketplace.shifts import attendance, offers
from tests.factories import accounts, shifts
from tests.factories.shifts import MONDAY

Statements = Callable[[], AbstractContextManager[list[str]]]
MOST_FOR_YES = 16
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


def test_an_entry_over_known_accounts(app: Flask, statements: Statements) -> None:
    one = Money(100, "USD")
    ledger.post(Entry("first", [Move("rail:sandbox", "company:a", one), Move("company:a", "company:b", one)]))
    with statements() as booked:
        ledger.post(Entry("second", [Move("rail:sandbox", "company:a", one), Move("company:a", "company:b", one)]))
    assert len(booked) <= MOST_FOR_ENTRY
