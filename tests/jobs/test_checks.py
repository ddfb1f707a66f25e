"""The truths hold for a real world, and a lie about it is found."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import text

from jobs import checks
from marketplace.core.checks import found_broken
from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.notices import queries
from tests.factories import accounts as make
from tests.factories import gigs
from tests.factories import shifts as scenes


def broken() -> dict[str, int]:
    return {name: count for name, count in found_broken().items() if count}


def test_the_truths_hold_after_a_booking(app: Flask) -> None:
    scenes.worked(scenes.scene())
    checks.run_checks()
    assert broken() == {}
    assert {"books.currencies_balance", "bookings.one_place", "shifts.seats"} <= set(found_broken())


def test_a_balance_that_was_touched_is_found_and_told(app: Flask, work: Callable[[], int]) -> None:
    company = make.company()
    admin = make.operator()
    gigs.money_for(company.id, Money.of("10.00", "USD"))
    work()
    db.session.execute(text("UPDATE ledger_account SET balance = balance + 1 WHERE balance IS NOT NULL"))
    checks.run_checks()
    assert broken()["books.balances_are_sums"] == 1
    work()
    titles = [notice.title for notice in queries.inbox(admin)["items"]]
    assert any(title.startswith("A check failed: ") for title in titles)


def test_a_seat_that_was_not_counted_is_found(app: Flask) -> None:
    booking = scenes.booked(scenes.scene())
    assert checks.miscounted_shifts() == []
    db.session.execute(text("UPDATE shift SET seats_taken = 0"))
    assert checks.miscounted_shifts() == [f"shift {booking.shift_id} counts 0, has 1"]


def test_overlapping_bookings_are_found(app: Flask) -> None:
    """The database refuses them; the check is for the day when its constraint is gone, so it is taken away here."""
    scene = scenes.scene()
    booking = scenes.booked(scene)
    assert checks.overlapping_bookings() == []
    copied = "(SELECT * FROM booking LIMIT 0)"
    db.session.execute(text(f"CREATE TEMPORARY TABLE booking ON COMMIT DROP AS {copied}"))
    for _ in range(2):
        db.session.execute(text("INSERT INTO booking SELECT * FROM public.booking"))
    db.session.execute(text("UPDATE booking SET id = gen_random_uuid() WHERE ctid = (SELECT min(ctid) FROM booking)"))
    (found,) = checks.overlapping_bookings()
    assert str(booking.id) in found
