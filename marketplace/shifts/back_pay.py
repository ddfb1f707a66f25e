"""Back-pay: the premium that a raised class owes for work whose pay a run has taken before (house rule HAZARD)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.lifecycle import move
from marketplace.core.money import Money
from marketplace.gigs.models import Gig
from marketplace.gigs.piece_pay import pieces_of
from marketplace.shifts.hazard_models import BackPay
from marketplace.shifts.hazard_rules import BackPayStatus
from marketplace.shifts.hours import Minutes
from marketplace.shifts.models import Booking
from marketplace.shifts.timesheet_models import TimesheetCut, TimesheetLine
from marketplace.standards.hazard import HazardClass
from marketplace.standards.rates import PriceInput, cost, price


def owed_more(bookings: Sequence[Booking], gig: Gig, hazard_class: HazardClass) -> dict[UUID, Money]:
    """What each of these bookings, all of them on timesheets, costs more in that class than in its own.

    Minutes that a cut holds back count, since they may be restored; those that it took for good do not.
    """
    pieces = {booking.id: booking.pieces or 0 for booking in bookings}
    found = select(TimesheetLine, TimesheetCut).outerjoin(TimesheetCut, TimesheetCut.line_id == TimesheetLine.id)
    found = found.where(TimesheetLine.booking_id.in_([booking.id for booking in bookings]))
    minutes = {
        line.booking_id: replace(line.minutes, pieces=pieces[line.booking_id]).less(
            *((cut.lost_minutes, cut.lost_pieces) if cut else (0,))
        )
        for line, cut in db.session.execute(found)
    }
    return {
        booking.id: _cost(booking, gig, minutes[booking.id], hazard_class)
        - _cost(booking, gig, minutes[booking.id], booking.hazard_class)
        for booking in bookings
    }


def write(bookings: Sequence[Booking], held: Mapping[UUID, Money], hazard_class: HazardClass, *, by: Actor) -> None:
    """Writes down what the next pay run owes these bookings, whose premium is held and whose class is raised."""
    for booking in bookings:
        row = BackPay(
            booking_id=booking.id,
            gig_id=booking.gig_id,
            company_id=booking.company_id,
            contractor_id=booking.contractor_id,
            hazard_class=hazard_class,
            held_amount=held[booking.id].amount,
            currency=booking.currency,
            raised_at=clock.now(),
            status=BackPayStatus.DUE,
        )
        db.session.add(row)
        record("back_pay.owed", row, by=by, data={"to": str(hazard_class), "money": str(held[booking.id])})


def take(back_pay_ids: Collection[UUID], *, by: Actor) -> list[UUID]:
    """For pay: takes what is due for a run and returns what this call took, each in exactly one call."""
    return move(
        BackPay, list(back_pay_ids), old=BackPayStatus.DUE, new=BackPayStatus.PAID, by=by, event="back_pay.paid"
    )


def _cost(booking: Booking, gig: Gig, minutes: Minutes, hazard_class: HazardClass) -> Money:
    given = PriceInput(
        rate=booking.rate,
        overtime_percent=booking.overtime_percent,
        further_overtime_percent=booking.further_overtime_percent,
        hazard_class=hazard_class,
        fee_percent=gig.fee_percent,
        margin=gig.margin,
        step_points=booking.step_points,
        **minutes.to_price,
        pieces=pieces_of(gig, minutes.pieces, is_training=booking.is_training),
    )
    return cost(price(given))
