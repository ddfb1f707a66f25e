"""People who stand by for a shift: asked as for any other, called when a seat is free, paid when none is.

The seats in which people stand by are a shift of their own beside the one they are for, at the same time. So offers,
waves and the yes, weekly hours, the money that is held and the constraint that nobody is in two places hold for them
without a second way. Whoever is called gets a seat of the shift itself, with the booking that they have.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import aliased

from marketplace.accounts.rules import CLOCK, Actor, Right, require_company, require_person
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record, record_many
from marketplace.core.lifecycle import WrongState, move
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.shifts import asking, attendance, costing, laying, timesheets
from marketplace.shifts.clock_rules import ShiftOver, TooEarly
from marketplace.shifts.hours import CLOCK_IN_GRACE
from marketplace.shifts.laying import Planned
from marketplace.shifts.models import Booking, Offer, Shift
from marketplace.shifts.reserve import CALL_WITHIN, READY_FOR, ready_until, unused_minutes, waited_minutes
from marketplace.shifts.rules import (
    OPEN_OFFER,
    BadShift,
    BookingStatus,
    NotStandingBy,
    PriceChanged,
    ShiftBegun,
    ShiftStatus,
)


@dataclass(frozen=True, slots=True)
class StandbyPrice:
    """What so many people standing by cost: `unused` if none of them is needed, `most` if all of them work, which is
    what a yes holds."""

    seats: int
    ready_minutes: int
    unused_minutes: int
    unused: Money
    most: Money


def standby_price(shift_id: UUID, seats: int, *, by: Actor) -> StandbyPrice:
    """What `plan()` would cost. Nothing is planned. Raises what it raises."""
    shift = _to_stand_by_for(shift_id, seats, by=by)
    return _price(shift, db.session.get_one(Gig, shift.gig_id), seats)


def plan(shift_id: UUID, seats: int, agreed: Money, *, by: Actor) -> Shift:
    """Has so many people more stand by for a coming shift, at the price for not being needed that the company saw.
    Returns the shift in which they stand by; there is one for each shift.

    Raises BadShift, ShiftBegun, GigNotOpen, and PriceChanged when it costs more than was agreed to.
    """
    seen = _to_stand_by_for(shift_id, seats, by=by)
    gig = laying.own_gig(seen.gig_id, by=by)
    shift = db.session.get_one(Shift, shift_id, with_for_update={"key_share": True}, populate_existing=True)
    found = _reserve(shift.id, lock=True)
    _check(shift, seats + (found.seats if found else 0))
    asked = _price(shift, gig, seats)
    if asked.unused > agreed:
        raise PriceChanged(f"It costs {asked.unused} now.", price=str(asked.unused))
    planned = Planned(shift.starts_at, shift.ends_at, shift.timezone, seats, standby_of=shift.id)
    laying.check(gig, [planned])
    if found is None:
        (found,) = laying.insert(gig, [planned], by=by)
    else:
        found.seats += seats
        record("shift.standby_added", found, by=by, data={"seats": seats})
    return found


def ready(booking_id: UUID, *, by: Actor) -> Booking:
    """Whoever stands by says that they are there: called, they begin at once. Whoever was called meanwhile begins now.

    Saying it twice is saying it once. Raises TooEarly more than ten minutes before the shift, ShiftOver after the time
    of standing by, NotStandingBy for any other booking, WrongState when it is not open any more.
    """
    booking = db.session.get(Booking, booking_id, with_for_update=True, populate_existing=True)
    if booking is None or booking.contractor_id != require_person(by):
        raise NotFound
    if not booking.is_standby:
        if booking.called_at is None:
            raise NotStandingBy
        return attendance.clock_in(booking_id, by=by)
    if booking.status is not BookingStatus.BOOKED:
        raise WrongState(f"The booking is {booking.status}.", state=str(booking.status))
    if booking.ready_at is not None:
        return booking
    now = clock.now()
    if now < booking.starts_at - CLOCK_IN_GRACE:
        raise TooEarly(f"It begins at {booking.starts_at.isoformat()}.", starts_at=booking.starts_at.isoformat())
    until = ready_until(booking.starts_at, booking.ends_at)
    if now >= until:
        raise ShiftOver(f"It ended at {until.isoformat()}.", ended_at=until.isoformat())
    booking.ready_at = now
    # Whoever is there has come, also if they did not answer whether they would (rule CONFIRM).
    booking.confirmed_at = booking.confirmed_at or now
    record("booking.ready", booking, by=by)
    return booking


def call_due(limit: int = 50) -> int:
    """Gives seats that nobody has, and nobody is asked about, to people who stand by; and those of people who have not
    come. Returns how many were called.

    A seat that somebody is asked about, or has said yes to, is theirs to answer first; their offers end at the start.
    """
    reserve, now = aliased(Shift), clock.now()
    stands_by = exists().where(
        Booking.shift_id == reserve.id, Booking.is_standby, Booking.status == BookingStatus.BOOKED
    )
    asked = select(func.count()).where(Offer.shift_id == Shift.id, Offer.status.in_(OPEN_OFFER)).correlate(Shift)
    empty = select(func.count()).where(Booking.shift_id == Shift.id, *_EMPTY).correlate(Shift)
    due = (
        select(Shift.id, Shift.gig_id, reserve.id.label("reserve_id"))
        .join(reserve, reserve.standby_of == Shift.id)
        .where(
            Shift.status == ShiftStatus.SCHEDULED,
            Shift.starts_at <= now + CALL_WITHIN,
            Shift.starts_at > now - READY_FOR,
            Shift.ends_at > now,
            Shift.seats - Shift.seats_taken + empty.scalar_subquery() > asked.scalar_subquery(),
            stands_by,
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(limit)
    )
    rows = sorted(db.session.execute(due).all(), key=lambda row: row.id)
    # The gigs first, as in every verb that makes their work heavier: who is raised and who is called come one by one.
    asking.hold_gigs({row.gig_id for row in rows})
    return sum(len(_call(row.id, row.reserve_id)) for row in rows)


def stand_down_due(limit: int = 50) -> int:
    """Lets people go who have stood by and were not needed, paid by rule STANDBY. Returns how many."""
    until = func.least(func.lower(Booking.during) + READY_FOR, func.upper(Booking.during))
    due = (
        select(Booking)
        .where(Booking.is_standby, Booking.status == BookingStatus.BOOKED, until <= clock.now())
        .order_by(Booking.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    going = db.session.scalars(due).all()
    ids = [booking.id for booking in going]
    move(Booking, ids, old=BookingStatus.BOOKED, new=BookingStatus.STOOD_BY, by=CLOCK, event="booking.stood_by")
    for booking in going:
        booking.standby_minutes = unused_minutes(booking.starts_at, booking.ends_at)
        # Hours and rest are counted of the time in which the person had to be there; the rest is free again.
        booking.during = Range(booking.starts_at, ready_until(booking.starts_at, booking.ends_at))
    db.session.flush()
    if going:
        timesheets.enter(going, by=CLOCK)
    return len(going)


def of_shift(shift_id: UUID, *, seen_by: Actor) -> Shift | None:
    """The shift in which people stand by for another, for its company; None where nobody was asked to."""
    shift = db.session.get(Shift, shift_id)
    if shift is None:
        raise NotFound
    require_company(seen_by, shift.company_id, Right.READ)
    return _reserve(shift_id)


def _to_stand_by_for(shift_id: UUID, seats: int, *, by: Actor) -> Shift:
    shift = db.session.get(Shift, shift_id)
    if shift is None:
        raise NotFound
    require_company(by, shift.company_id, Right.GIGS)
    found = _reserve(shift_id)
    _check(shift, seats + (found.seats if found else 0))
    return shift


def _check(shift: Shift, seats: int) -> None:
    if shift.standby_of is not None:
        raise BadShift("People stand by for a shift, and not for those who stand by.", field="shift_id")
    if shift.status is not ShiftStatus.SCHEDULED or shift.starts_at <= clock.now():
        raise ShiftBegun
    laying.check_standby(seats, shift.seats, shift.is_training, "seats")


def _price(shift: Shift, gig: Gig, seats: int) -> StandbyPrice:
    minutes = unused_minutes(shift.starts_at, shift.ends_at)
    one = costing.unused_cost(gig, shift.starts_at, shift.ends_at)
    most = costing.price_of(gig, [Planned(shift.starts_at, shift.ends_at, shift.timezone, seats)]).total
    stands = ready_until(shift.starts_at, shift.ends_at) - shift.starts_at
    return StandbyPrice(seats, int(stands.total_seconds()) // 60, minutes, one * seats, most)


def _reserve(shift_id: UUID, *, lock: bool = False) -> Shift | None:
    found = select(Shift).where(Shift.standby_of == shift_id, Shift.status == ShiftStatus.SCHEDULED)
    found = found.order_by(Shift.id.desc()).limit(1)
    return db.session.scalars(found.with_for_update(key_share=True) if lock else found).one_or_none()


_EMPTY = (Booking.status == BookingStatus.NO_SHOW, ~Booking.is_replaced)
"""Of a booking: nobody came to its seat, and nobody else has it."""


def _call(shift_id: UUID, reserve_id: UUID) -> Sequence[Booking]:
    """Gives the free seats of one shift to those who stand by for it: who is ready first, then by the points of the
    offer that they accepted. Who said so first is no part of it (rule RACE)."""
    shift, reserve = _locked(shift_id, reserve_id)
    asked = select(func.count()).where(Offer.shift_id == shift_id, Offer.status.in_(OPEN_OFFER))
    is_held = shift.status is ShiftStatus.SCHEDULED
    free = max(0, shift.seats_open - (db.session.scalar(asked) or 0)) if is_held else 0
    missed = select(Booking).where(Booking.shift_id == shift_id, *_EMPTY).order_by(Booking.id)
    empty = db.session.scalars(missed.with_for_update().execution_options(populate_existing=True)).all()
    called = _standing(reserve_id, free + (len(empty) if is_held else 0))
    for booking in empty[: max(0, len(called) - free)]:
        booking.is_replaced = True
    shift.seats_taken += min(free, len(called))
    reserve.seats_taken -= len(called)
    now = clock.now()
    for booking in called:
        booking.shift_id, booking.is_standby, booking.called_at = shift_id, False, now
        booking.standby_minutes = waited_minutes(booking.starts_at, now)
    record_many("booking.called", [(each, {"waited_minutes": each.standby_minutes}) for each in called], by=CLOCK)
    there = [booking for booking in called if booking.ready_at is not None]
    if there:
        attendance.begin(there)
    return called


def _locked(shift_id: UUID, reserve_id: UUID) -> tuple[Shift, Shift]:
    rows = select(Shift).where(Shift.id.in_([shift_id, reserve_id])).order_by(Shift.id)
    rows = rows.with_for_update(key_share=True).execution_options(populate_existing=True)
    known = {row.id: row for row in db.session.scalars(rows)}
    return known[shift_id], known[reserve_id]


def _standing(reserve_id: UUID, most: int) -> Sequence[Booking]:
    """Those who stand by, as many as are needed, in the order in which they are called; locked."""
    found = (
        select(Booking)
        .join(Offer, Offer.id == Booking.offer_id)
        .where(Booking.shift_id == reserve_id, Booking.is_standby, Booking.status == BookingStatus.BOOKED)
        .order_by(Booking.ready_at.is_(None), Offer.reason["score"].as_integer().desc().nulls_last(), Booking.id)
        .limit(most)
        .with_for_update(of=Booking)
    )
    return db.session.scalars(found.execution_options(populate_existing=True)).all()
