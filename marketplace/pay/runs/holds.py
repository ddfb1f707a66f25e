"""What bookings hold beyond what they may still cost goes back to their gigs."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import Text, Uuid, and_, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from marketplace.core.db import db
from marketplace.core.money import Money
from marketplace.gigs.rules import hold_account as gig_hold
from marketplace.ledger import service as ledger
from marketplace.ledger.models import LedgerAccount
from marketplace.ledger.rules import Entry, Move
from marketplace.pay.models import PayLine
from marketplace.pay.runs import works
from marketplace.pay.runs.lines import most_owed, reason
from marketplace.shifts.models import Booking


def because_of(payslip_ids: Collection[UUID]) -> dict[UUID, str]:
    """The bookings that these payslips pay and that still hold something, each with what was paid of it last."""
    slips = any_(bindparam(None, list(payslip_ids), type_=ARRAY(Uuid())))
    named = func.concat("booking:", cast(PayLine.booking_id, Text), ":hold")
    found = select(PayLine.booking_id, PayLine.cut_id, PayLine.back_pay_id).join(
        LedgerAccount, and_(LedgerAccount.name == named, LedgerAccount.currency == PayLine.currency)
    )
    found = found.where(PayLine.payslip_id == slips, PayLine.booking_id.is_not(None), LedgerAccount.balance > 0)
    rows = db.session.execute(found.order_by(PayLine.id))
    return {row.booking_id: reason(row.booking_id, row.cut_id, row.back_pay_id) for row in rows}


def return_rest(because: Mapping[UUID, str]) -> None:
    """Gives back what these bookings, whose pay is booked, do not need any more.

    `because` is for each booking what has just been settled, its pay or a cut of it: each gives back once. While a cut
    can be or is disputed, or is to be paid after all, the price of it stays held (rule DISPUTE). The caller has locked
    the cuts.
    """
    if not because:
        return
    named = func.concat("booking:", cast(Booking.id, Text), ":hold")
    standing = select(Booking.id, Booking.gig_id, Booking.currency, LedgerAccount.name, LedgerAccount.balance).join(
        LedgerAccount, and_(LedgerAccount.name == named, LedgerAccount.currency == Booking.currency)
    )
    ids = any_(bindparam(None, list(because), type_=ARRAY(Uuid())))
    rows = db.session.execute(standing.where(Booking.id == ids, LedgerAccount.balance > 0).order_by(Booking.id)).all()
    kept = _kept([row.id for row in rows])
    entries = []
    for row in rows:
        rest = Money(row.balance, row.currency) - kept.get(row.id, Money.zero(row.currency))
        if rest.amount > 0:
            entries.append(Entry(f"{because[row.id]}:rest", [Move(row.name, gig_hold(row.gig_id), rest)]))
    ledger.post_many(entries)


def _kept(bookings: Collection[UUID]) -> dict[UUID, Money]:
    """What may still have to be paid of bookings with a cut that is not settled: the price of the dearest way to settle
    it, less what is paid. Never less than nothing: what was paid stays paid."""
    found = works.at_most(bookings)
    paid = works.issued([work.booking_id for work, _ in found])
    kept = {}
    for work, cut in found:
        nothing = Money.zero(work.rate.currency)
        kept[work.booking_id] = max(nothing, most_owed(work, cut) - paid.get(work.booking_id, nothing))
    return kept
