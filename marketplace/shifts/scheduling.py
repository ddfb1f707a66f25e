"""Shifts themselves: planned, priced before they are cancelled, cancelled with what is owed, finished."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import selectinload

from marketplace.accounts.rules import CLOCK, Actor, Right, require_company
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.lifecycle import move, move_one
from marketplace.core.money import Money, total
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.ledger import service as ledger
from marketplace.shifts import asking, attendance, costing, laying, timesheets
from marketplace.shifts.clock_rules import EntryFlag, EntrySource
from marketplace.shifts.holds import returned
from marketplace.shifts.hours import (
    Compensation,
    Stretch,
    cancellation,
    minutes_by_kind,
    paid_minutes,
    within,
)
from marketplace.shifts.laying import Planned
from marketplace.shifts.leading_models import LeadMinutes
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.reserve import cancelled
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus, PriceChanged, ShiftStatus
from marketplace.standards.rates import PriceInput, cost, price

Curve = Callable[[datetime, datetime, datetime, int], Compensation]
"""What a booking is owed for time that is taken back: of its start and end, the moment, and the minutes worked."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What one booking is owed if its shift is cancelled now."""

    booking_id: UUID
    contractor_id: UUID
    compensation: Compensation
    cost: Money


@dataclass(frozen=True, slots=True)
class CancellationPrice:
    """What cancelling a shift costs the company at a moment, booking by booking. Time already worked comes on top."""

    shift_id: UUID
    at: datetime
    owed: Sequence[Owed]
    total: Money


def schedule(
    gig_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    timezone: str,
    seats: int,
    crew_id: UUID | None = None,
    *,
    training: bool = False,
    standby: int = 0,
    agreed: Money | None = None,
    moved_from: UUID | None = None,
    by: Actor,
) -> Shift:
    """Plans a shift of an open gig. Raises BadShift, GigNotOpen, UnknownZone, VolumeCapReached, TooLateForCrew.

    `timezone` is the IANA zone whose days and weeks count for the shift; both moments are aware. The crew, if one is
    named, is asked first (rule CREW_FIRST). In a shift for `training` the work is learned. So many people as `standby`
    says stand by for it (rule STANDBY). `agreed` is the price that the company saw (`adding_price()`), where it was
    shown one: PriceChanged when it has become dearer meanwhile.
    """
    gig = laying.own_gig(gig_id, by=by)
    planned = Planned(starts_at, ends_at, timezone, seats, crew_id, training, moved_from=moved_from, standby=standby)
    laying.check(gig, [planned])
    if agreed is not None:
        costing.check_price(gig, planned, agreed)
    (shift,) = laying.insert(gig, [planned], by=by)
    return shift


def adding_price(
    gig_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    timezone: str,
    seats: int,
    training: bool = False,
    standby: int = 0,
    crew_id: UUID | None = None,
    *,
    by: Actor,
) -> costing.ShiftPrice:
    """What the shift would cost the company, before it is planned; raises what `schedule()` raises."""
    gig = db.session.get(Gig, gig_id)
    if gig is None:
        raise NotFound
    require_company(by, gig.company_id, Right.GIGS)
    planned = Planned(starts_at, ends_at, timezone, seats, crew_id, training, standby=standby)
    laying.check(gig, [planned])
    return costing.price_of_one(gig, planned)


def cancellation_price(shift_id: UUID, *, by: Actor, curve: Curve = cancellation) -> CancellationPrice:
    """What `cancel_shift()` would cost the company now. House rules NOTICE and CALL_IN."""
    shift = own_shift(shift_id, by=by)
    return price_of([shift], curve=curve)[0]


def cancel_shift(shift_id: UUID, agreed: Money, reason: str, *, by: Actor, curve: Curve = cancellation) -> Shift:
    """Cancels a shift, or ends one that has begun. `agreed` is the price that the company saw and accepts.

    Pending offers are withdrawn. Whoever is booked is compensated by the notice curve, whoever is working is clocked
    out now and filled up to the call-in minimum; both stand on the week's timesheet. Raises PriceChanged when it has
    become dearer meanwhile, WrongState when the shift is over.
    """
    shift = own_shift(shift_id, by=by, lock=True)
    cancel_shifts([shift], agreed, reason, by=by, curve=curve)
    return shift


def price_of(shifts: Sequence[Shift], *, curve: Curve = cancellation) -> list[CancellationPrice]:
    """What cancelling each of these shifts would cost now. The caller has made sure that the asker may know."""
    return _prices(shifts, _active_bookings(shifts), clock.now(), curve)


def cancel_shifts(
    shifts: Sequence[Shift], agreed: Money, reason: str, *, by: Actor, curve: Curve = cancellation
) -> None:
    """As `cancel_shift()`, of many shifts at the price of all; they are of one currency, and the caller has locked
    them and made sure that the actor may. Nothing is done where there are none."""
    if not shifts:
        return
    now = clock.now()
    active = _active_bookings(shifts, lock=True)
    bookings = [booking for booking in active if not attendance.end_if_capped(booking, now)]
    prices = _prices(shifts, bookings, now, curve)
    asked = total((each.total for each in prices), agreed.currency)
    if asked > agreed:
        raise PriceChanged(f"It costs {asked} now.", price=str(asked))
    for shift, priced in zip(shifts, prices, strict=True):
        move_one(
            shift,
            ShiftStatus.CANCELLED,
            by=by,
            event="shift.cancelled",
            values={"cancelled_because": reason},
            data={"price": str(priced.total)},
        )
    beside = [each for each, _ in _beside(shifts)]
    for each in beside:
        move_one(each, ShiftStatus.CANCELLED, by=by, event="shift.cancelled", values={"cancelled_because": reason})
    asking.take_back(Offer.shift_id.in_([shift.id for shift in (*shifts, *beside)]), by=by)
    owed = {each.booking_id: each.compensation for priced in prices for each in priced.owed}
    _take_back(bookings, owed, now, by=by)


def finish_due(limit: int = 100) -> int:
    """Finishes shifts whose end has passed and in which nobody is booked or working any more. Returns how many."""
    active = exists().where(Booking.shift_id == Shift.id, Booking.status.in_(ACTIVE_BOOKING))
    due = (
        select(Shift.id)
        .where(Shift.status == ShiftStatus.SCHEDULED, Shift.ends_at <= clock.now(), ~active)
        .order_by(Shift.ends_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    moved = move(
        Shift,
        db.session.scalars(due).all(),
        old=ShiftStatus.SCHEDULED,
        new=ShiftStatus.FINISHED,
        by=CLOCK,
        event="shift.finished",
    )
    return len(moved)


def own_shift(shift_id: UUID, *, by: Actor, lock: bool = False) -> Shift:
    """A shift of the company for which the actor may plan. Raises NotFound."""
    shift = db.session.get(
        Shift, shift_id, with_for_update={"key_share": True} if lock else None, populate_existing=True
    )
    if shift is None:
        raise NotFound
    require_company(by, shift.company_id, Right.GIGS)
    return shift


def _beside(shifts: Sequence[Shift], *, lock: bool = False) -> list[tuple[Shift, UUID]]:
    """The shifts in which people stand by for these, and the minutes of those who lead them, each with the id of the
    one that it is for: without it they have no purpose, so they go with it."""
    ids = [shift.id for shift in shifts]
    whose = func.coalesce(Shift.standby_of, LeadMinutes.leads_id).label("whose")
    found = (
        select(Shift, whose)
        .outerjoin(LeadMinutes, LeadMinutes.shift_id == Shift.id)
        .where(whose.in_(ids), Shift.status == ShiftStatus.SCHEDULED, Shift.ends_at > clock.now(), Shift.id.not_in(ids))
        .order_by(Shift.id)
    )
    if lock:
        found = found.with_for_update(key_share=True, of=Shift).execution_options(populate_existing=True)
    return [(row.Shift, row.whose) for row in db.session.execute(found)]


def _active_bookings(shifts: Sequence[Shift], *, lock: bool = False) -> Sequence[Booking]:
    every = [shift.id for shift in (*shifts, *(each for each, _ in _beside(shifts, lock=lock)))]
    found = select(Booking).where(Booking.shift_id.in_(every), Booking.status.in_(ACTIVE_BOOKING))
    found = found.options(selectinload(Booking.entries)).order_by(Booking.id)
    if lock:
        found = found.with_for_update(of=Booking).execution_options(populate_existing=True)
    return db.session.scalars(found).all()


def _prices(
    shifts: Sequence[Shift], bookings: Sequence[Booking], now: datetime, curve: Curve
) -> list[CancellationPrice]:
    found = db.session.scalars(select(Gig).where(Gig.id.in_({shift.gig_id for shift in shifts})))
    gigs = {gig.id: gig for gig in found}
    prices, whose = [], {each.id: known for each, known in _beside(shifts)}
    for shift in shifts:
        gig = gigs[shift.gig_id]
        its = [booking for booking in bookings if whose.get(booking.shift_id, booking.shift_id) == shift.id]
        owed = [_owed(booking, gig, now, curve) for booking in its]
        prices.append(CancellationPrice(shift.id, now, owed, total((each.cost for each in owed), gig.currency)))
    return prices


def _owed(booking: Booking, gig: Gig, now: datetime, curve: Curve) -> Owed:
    worked = _worked(booking, now)
    agreed = cancelled if booking.is_standby else curve
    compensation = agreed(booking.starts_at, booking.ends_at, now, worked)
    given = PriceInput(
        rate=booking.rate,
        call_in_minutes=compensation.minutes,
        fee_percent=gig.fee_percent,
        step_points=booking.step_points,
    )
    priced = price(given)
    return Owed(booking.id, booking.contractor_id, compensation, cost(priced))


def _worked(booking: Booking, now: datetime) -> int:
    """Paid minutes on the clock until now."""
    until = within(now, booking.starts_at, booking.ends_at)
    spent = (Stretch(e.kind, e.started_at, e.ended_at or max(e.started_at, until)) for e in booking.entries)
    return paid_minutes(minutes_by_kind(spent))


def _take_back(bookings: Sequence[Booking], owed: dict[UUID, Compensation], now: datetime, *, by: Actor) -> None:
    """Ends every booking, writes what each is owed, and gives back the holds of those that are owed nothing."""
    for booking in bookings:
        if booking.status is BookingStatus.WORKING:
            attendance.stop(booking, now, EntryFlag.ENDED_BY_COMPANY, EntrySource.COMPANY, by=by)
        else:
            move_one(booking, BookingStatus.CANCELLED, by=by, event="booking.cancelled", values={"off_at": now})
        if owed[booking.id].minutes:
            booking.compensation_minutes = owed[booking.id].minutes
            booking.compensation_rule = owed[booking.id].rule
    db.session.flush()
    unpaid = [b for b in bookings if b.status is BookingStatus.CANCELLED and not b.compensation_minutes]
    if unpaid:
        ledger.post_many([returned(booking) for booking in unpaid])
    timesheets.enter(bookings, by=by)
