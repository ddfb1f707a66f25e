"""The truths that must hold, whatever was done: the books prove themselves, and nobody is in two places."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from jobs.runner import job
from marketplace.accounts.rules import CLOCK
from marketplace.core import checks
from marketplace.core.checks import Finding
from marketplace.core.db import db, snapshot, transaction
from marketplace.pay import proof
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus

MOST_FOUND = 100


def findings() -> Iterator[Finding]:
    """Asks every truth. To be read in one snapshot, so that all see the same moment."""
    for proved in proof.prove():
        yield Finding(f"books.{proved.name}", proved.sentence, proved.wrong)
    yield Finding("bookings.one_place", "Nobody is booked in two places at a time.", overlapping_bookings())
    yield Finding("shifts.seats", "The seats taken of a shift are its bookings.", miscounted_shifts())


def overlapping_bookings() -> list[str]:
    first, second = aliased(Booking), aliased(Booking)
    found = select(first.id, second.id).where(
        first.contractor_id == second.contractor_id,
        first.id < second.id,
        first.during.overlaps(second.during),
        first.status.in_(ACTIVE_BOOKING),
        second.status.in_(ACTIVE_BOOKING),
    )
    return [f"bookings {one} and {two}" for one, two in db.session.execute(found.limit(MOST_FOUND))]


def miscounted_shifts() -> list[str]:
    """A seat is free again when its booking was given back, whatever for; a shift that was cancelled keeps its
    count."""
    booked = select(func.count(Booking.id)).where(
        Booking.shift_id == Shift.id, Booking.status.not_in((BookingStatus.RELEASED, BookingStatus.SICK))
    )
    counted = booked.correlate(Shift).scalar_subquery()
    found = select(Shift.id, Shift.seats_taken, counted.label("real")).where(Shift.seats_taken != counted)
    rows = db.session.execute(found.limit(MOST_FOUND))
    return [f"shift {row.id} counts {row.seats_taken}, has {row.real}" for row in rows]


@job("checks.run", again=False)
def run_checks() -> None:
    """Asks every truth and writes down what was found."""
    with snapshot():
        found = list(findings())
    for each in found:
        with transaction():
            checks.note(each, by=CLOCK)
