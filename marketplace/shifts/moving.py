"""A shift that is moved: its time is given up at a price, and whoever had a seat is asked first about the new time.

Nobody is moved. Whoever had a seat is owed what rule NOTICE asks for, also if they take the new time; who cannot come
then simply does not, and the seat is open to others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record_many
from marketplace.core.money import Money
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.shifts import costing, laying, leading, offers, queries, scheduling, standby
from marketplace.shifts.eligibility import first_no
from marketplace.shifts.hours import moving
from marketplace.shifts.laying import Planned
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import ACTIVE_BOOKING, BadShift, ShiftBegun
from marketplace.shifts.scheduling import Owed
from marketplace.workforce.models import Contractor

ASKED_FOR = timedelta(hours=48)
"""How long whoever had a seat may think about the new time (our own number)."""


@dataclass(frozen=True, slots=True)
class KeptLead:
    """Who leads the shift, and is asked for the same minutes once they take its new time. `cost` is at most, but for
    adding them late and for what their new hours earn more."""

    contractor_id: UUID
    minutes_before: int
    minutes_after: int
    cost: Money


@dataclass(frozen=True, slots=True)
class MovingPrice:
    """What moving a shift costs at a moment, booking by booking; and what the new time keeps of it."""

    shift_id: UUID
    at: datetime
    owed: Sequence[Owed]
    total: Money
    lead: KeptLead | None
    standby: int


def moving_price(shift_id: UUID, *, by: Actor) -> MovingPrice:
    """What `move_shift()` would cost the company now, person by person. House rule NOTICE."""
    price = scheduling.cancellation_price(shift_id, by=by, curve=moving)
    plan, shift = leading.plans_of([shift_id]).get(shift_id), db.session.get_one(Shift, shift_id)
    lead = None
    if plan is not None:
        parts = plan.minutes_before, plan.minutes_after
        cost = costing.lead_cost(db.session.get_one(Gig, shift.gig_id), parts, training=shift.is_training)
        lead = KeptLead(plan.contractor_id, *parts, cost)
    stands_by = standby.of_shift(shift_id, seen_by=by)
    return MovingPrice(price.shift_id, price.at, price.owed, price.total, lead, stands_by.seats if stands_by else 0)


def move_shift(
    shift_id: UUID, starts_at: datetime, ends_at: datetime, agreed: Money, reason: str, *, by: Actor
) -> Shift:
    """Takes the shift's time back at the price that the company saw, plans the new one with the same seats, also those
    of people who stand by, and asks whoever had a seat about it. Whoever led it is asked for the same minutes once they
    have taken the new time. Returns the new shift.

    Raises ShiftBegun once it has begun, PriceChanged, and what `scheduling.schedule()` raises.
    """
    seen = db.session.get(Shift, shift_id)
    if seen is None:
        raise NotFound
    # The gig before its shifts, as everywhere.
    gig = db.session.get_one(Gig, seen.gig_id, with_for_update={"key_share": True}, populate_existing=True)
    old = scheduling.own_shift(shift_id, by=by, lock=True)
    if clock.now() >= old.starts_at:
        raise ShiftBegun
    if (starts_at, ends_at) == (old.starts_at, old.ends_at):
        raise BadShift("It is at that time already.", field="starts_at")
    stands_by = standby.of_shift(shift_id, seen_by=by)
    planned = Planned(
        starts_at,
        ends_at,
        old.timezone,
        old.seats,
        old.crew_id,
        old.is_training,
        standby=min(stands_by.seats, old.seats) if stands_by else 0,
    )
    (new,) = move_shifts(gig, [(old, planned)], agreed, reason, by=by)
    return new


def move_shifts(
    gig: Gig,
    moves: Sequence[tuple[Shift, Planned]],
    agreed: Money,
    reason: str,
    *,
    series_id: UUID | None = None,
    by: Actor,
) -> Sequence[Shift]:
    """As `move_shift()`, of many shifts of one gig at the price of all. The caller has locked the gig and the shifts,
    none of which has begun, and made sure that the actor may."""
    old = [shift for shift, _ in moves]
    held = select(Booking.shift_id, Booking.contractor_id).where(
        Booking.shift_id.in_([shift.id for shift in old]), Booking.status.in_(ACTIVE_BOOKING)
    )
    seated = [(shift_id, person_id) for shift_id, person_id in db.session.execute(held.order_by(Booking.id))]
    leads = leading.plans_of([shift.id for shift in old])
    scheduling.cancel_shifts(old, agreed, reason, by=by, curve=moving)
    planned = [replace(each, moved_from=shift.id) for shift, each in moves]
    made = laying.lay(gig, planned, series_id=series_id, by=by)
    record_many("shift.moved", [(new, {"from": str(new.moved_from)}) for new in made], by=by)
    leading.keep({new.id: leads[new.moved_from] for new in made if new.moved_from in leads})
    for new in made:
        _ask(new, gig, [person_id for shift_id, person_id in seated if shift_id == new.moved_from], by=by)
    return made


def _ask(shift: Shift, gig: Gig, ids: Sequence[UUID], *, by: Actor) -> None:
    found = db.session.scalars(select(Contractor).where(Contractor.id.in_(ids)).order_by(Contractor.id)).all()
    seat = queries.seat_of(shift, gig)
    known = queries.people(found, shift.company_id, seat)
    free = [(person, {"by": "moved"}) for person, facts in known.items() if first_no(seat, facts) is None]
    until = min(shift.starts_at, clock.now() + ASKED_FOR)
    if free and until > clock.now():
        offers.make_offers(shift, free, until, by=by)
