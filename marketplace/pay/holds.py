"""What bookings hold beyond what they may still cost goes back to their gigs."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gigs.rules import hold_account as gig_hold
from marketplace.ledger import queries as books
from marketplace.ledger import service as ledger
from marketplace.ledger.rules import Entry, Move
from marketplace.pay import works
from marketplace.pay.lines import owed
from marketplace.shifts.models import Booking, hold_account


def return_rest(because: Mapping[UUID, str]) -> None:
    """Gives back what these bookings, whose pay is booked, do not need any more.

    `because` is for each booking what has just been settled, its pay or a cut of it: each gives back once. While a cut
    can be or is disputed, or is to be paid after all, the price of it stays held (rule DISPUTE). The caller has locked
    the cuts.
    """
    kept = _kept(because)
    bookings = select(Booking.id, Booking.gig_id, Booking.currency).where(Booking.id.in_(because)).order_by(Booking.id)
    rows = db.session.execute(bookings).all()
    entries = []
    for code in sorted({row.currency for row in rows}):
        own = {hold_account(row.id): row for row in rows if row.currency == code}
        for name, standing in books.balances(list(own), code).items():
            row = own[name]
            rest = standing - kept.get(row.id, Money.zero(code))
            if rest.amount > 0:
                back = Move(name, gig_hold(row.gig_id), rest)
                entries.append(Entry(f"{because[row.id]}:rest", [back]))
    if entries:
        ledger.post_many(entries)


def _kept(bookings: Mapping[UUID, str]) -> dict[UUID, Money]:
    """What may still have to be paid of bookings with a cut that is not settled: the price of the most minutes, less
    what is paid."""
    found = works.at_most(list(bookings))
    paid = works.issued([work.booking_id for work in found])
    return {work.booking_id: owed(work) - paid.get(work.booking_id, Money.zero(work.rate.currency)) for work in found}
