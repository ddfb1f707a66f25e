"""A shift that is added late to a schedule (rule NOTICE): who had one when it was planned, and what it costs at most.

Whoever had a booking with the company in the same pay week, when a shift was planned less than 14 days before its
start, is paid an hour beside the time of that shift; a booking that the company had taken back for nothing is one
still. Whoever had none is not: they have no schedule that could be
disturbed, so a company can open at once. It cannot choose people without a schedule to save the hour, since the order
of the points decides who is asked, and reads nothing of this.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, and_, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, Range
from sqlalchemy.orm import aliased

from marketplace.contracts import crews
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.money import Money, total
from marketplace.gigs.models import Gig
from marketplace.gigs.piece_pay import most_of
from marketplace.shifts.hours import added_late, scheduled_minutes
from marketplace.shifts.laying import Planned
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.reserve import unused_minutes
from marketplace.shifts.rules import BookingStatus, PriceChanged
from marketplace.standards import queries as standards
from marketplace.standards import rates
from marketplace.standards.hazard import HazardClass
from marketplace.standards.rates import NO_STEP, PriceInput, cost, highest_cost
from marketplace.workforce.models import Contractor

NEAR = timedelta(days=8)
"""No moment of a week is further from any other, with a day for what its zone calls Monday."""
Late = Mapping[tuple[UUID, UUID], int]
"""The minutes that a shift pays beside its time, by the shift and the person. Whoever is owed none is not in it."""


@dataclass(frozen=True, slots=True)
class AddingPrice:
    """What a shift costs its company at most before anybody is asked: `work` for all of its seats, `added` for the
    `people` who had a schedule of that week and may get one of them, `minutes` each. Overtime and night come on top
    where a person has them."""

    people: int
    minutes: int
    work: Money
    added: Money
    lead: Money
    """For the minutes of the lead whom the crew brings that is asked first (rule LEAD)."""
    standby: Money
    """For people who stand by, if none of them is needed; whoever is called works in a seat that is paid already."""
    unreached: Sequence[str]
    """Countries of the gig in which the service's rail pays nobody yet (rule RAIL_REACH)."""

    @property
    def total(self) -> Money:
        return self.work + self.added + self.lead + self.standby


def owed(shifts: Collection[Shift], contractor_ids: Collection[UUID]) -> Late:
    """Which of these people are owed minutes beside the time of which of these shifts: one statement, and none where no
    shift was planned late."""
    late = {shift.id: added_late(shift.starts_at, shift.ends_at, shift.planned_at) for shift in shifts}
    wanted = {shift.id: shift.starts_at for shift in shifts if late[shift.id]}
    if not wanted:
        return {}
    old = aliased(Booking)
    paid_for_moving = exists().where(
        old.shift_id == Shift.moved_from, old.contractor_id == Booking.contractor_id, old.compensation_minutes > 0
    )
    found = (
        select(Shift.id, Booking.contractor_id)
        .join(Booking, Booking.company_id == Shift.company_id)
        .join(Contractor, Contractor.id == Booking.contractor_id)
        .where(
            Shift.id.in_(wanted),
            Booking.contractor_id.in_(contractor_ids),
            _near(wanted.values()),
            _stood(Shift.planned_at),
            _week_of(func.lower(Booking.during), Contractor.timezone) == _week_of(Shift.starts_at, Contractor.timezone),
            ~paid_for_moving,
        )
    )
    return {(row[0], row[1]): late[row[0]] for row in db.session.execute(found.distinct())}


def price(
    gig: Gig,
    starts_at: datetime,
    ends_at: datetime,
    seats: int,
    training: bool,
    standby: int = 0,
    crew_id: UUID | None = None,
) -> AddingPrice:
    """What such a shift of the gig, planned now, costs at most. The caller has checked who asks."""
    now = clock.now()
    length, minutes = scheduled_minutes(starts_at, ends_at), added_late(starts_at, ends_at, now)
    people = _scheduled_at(gig.company_id, [starts_at], now).get(starts_at, 0) if minutes else 0
    work = _cost(gig, length, training=training)
    late = (_cost(gig, length, minutes, training=training) - work) * min(people, seats)
    lead = None if crew_id is None else crews.leads_of([crew_id]).get(crew_id)
    led = lead_cost(gig, (lead.lead_before, lead.lead_after) if lead else (), training=training)
    waiting = unused_cost(gig, starts_at, ends_at) * standby
    return AddingPrice(people, minutes, work * seats, late, led, waiting, standards.unreached(gig.places))


def lead_cost(gig: Gig, parts: Sequence[int], *, training: bool) -> Money:
    """What minutes of a lead cost at most, each part a shift of its own (rule LEAD), but for adding them late."""
    return total((_cost(gig, minutes, training=training) for minutes in parts if minutes), gig.currency)


def price_of(gig: Gig, planned: Sequence[Planned]) -> Money:
    """What these shifts of the gig, planned now, cost at most beside their own time; one statement for all of them."""
    now = clock.now()
    late = [(each, added_late(each.starts_at, each.ends_at, now)) for each in planned]
    late = [(each, minutes) for each, minutes in late if minutes]
    people = _scheduled_at(gig.company_id, [each.starts_at for each, _ in late], now) if late else {}
    sums = (
        (_cost(gig, length, minutes, training=each.training) - _cost(gig, length, training=each.training))
        * min(people.get(each.starts_at, 0), each.seats)
        for each, minutes in late
        for length in [scheduled_minutes(each.starts_at, each.ends_at)]
    )
    return total(sums, gig.currency)


def standby_of(gig: Gig, planned: Sequence[Planned]) -> Money:
    """What the people who are to stand by for these shifts cost if none of them is needed."""
    sums = (unused_cost(gig, each.starts_at, each.ends_at) * each.standby for each in planned if each.standby)
    return total(sums, gig.currency)


def unused_cost(gig: Gig, starts_at: datetime, ends_at: datetime) -> Money:
    """What one person costs at most who stands by for such a shift of the gig in vain (rule STANDBY)."""
    points = gig.pay_steps.highest if gig.pay_steps else NO_STEP
    minutes = unused_minutes(starts_at, ends_at)
    given = PriceInput(rate=gig.rate, standby_minutes=minutes, fee_percent=gig.fee_percent, step_points=points)
    return cost(rates.price(given))


def check_price(gig: Gig, planned: Planned, agreed: Money) -> None:
    """Raises PriceChanged when the shift costs more than was agreed to."""
    times = planned.starts_at, planned.ends_at
    asked = price(gig, *times, planned.seats, planned.training, planned.standby, planned.crew_id)
    if asked.total > agreed:
        raise PriceChanged(f"It costs {asked.total} now.", price=str(asked.total))


def _cost(gig: Gig, minutes: int, added: int = 0, *, training: bool) -> Money:
    return highest_cost(
        gig.rate,
        minutes,
        hazard_class=HazardClass.H0 if training else gig.hazard_class,
        fee_percent=gig.fee_percent,
        margin=gig.margin,
        step_points=gig.pay_steps.highest if gig.pay_steps and not training else NO_STEP,
        added_minutes=added,
        pieces=most_of(gig, minutes, is_training=training),
    )


def _scheduled_at(company_id: UUID, starts: Collection[datetime], at: datetime) -> dict[datetime, int]:
    """How many people had a schedule of the week of each moment. Schedules are counted by zone and week before they
    meet the moments: a file names a thousand of these, and a company may have as many people."""
    week = _week_of(func.lower(Booking.during), Contractor.timezone)
    counted = (
        select(
            Contractor.timezone.label("timezone"),
            week.label("week"),
            func.count(Booking.contractor_id.distinct()).label("people"),
        )
        .select_from(Contractor)
        .join(Booking, Booking.contractor_id == Contractor.id)
        .where(Booking.company_id == company_id, _near(starts), _stood(at))
        .group_by(Contractor.timezone, week)
        .subquery()
    )
    wanted = func.unnest(cast(list(starts), ARRAY(DateTime(timezone=True)))).table_valued("starts_at").render_derived()
    same_week = counted.c.week == _week_of(wanted.c.starts_at, counted.c.timezone)
    found = select(wanted.c.starts_at, func.sum(counted.c.people)).select_from(wanted).join(counted, same_week)
    return {row[0]: int(row[1]) for row in db.session.execute(found.group_by(wanted.c.starts_at))}


def _stood(at: Any) -> ColumnElement[bool]:
    """Whether the booking was one at that moment, or would have been if the company had not taken it back for nothing.
    Else a company could cancel early and plan anew late, which is moving a shift without its price."""
    for_nothing = and_(Booking.status == BookingStatus.CANCELLED, Booking.compensation_minutes == 0)
    return and_(Booking.made_at < at, or_(Booking.off_at.is_(None), Booking.off_at > at, for_nothing))


def _near(starts: Collection[datetime]) -> ColumnElement[bool]:
    """Whether the booking can be in the week of one of these moments, wherever its person is."""
    near: ColumnElement[bool] = Booking.during.overlaps(Range(min(starts) - NEAR, max(starts) + NEAR))
    return near


def _week_of(moment: Any, timezone: Any) -> ColumnElement[datetime]:
    """The Monday on which the week of the moment begins, on the calendar of the zone."""
    return func.date_trunc("week", func.timezone(timezone, moment))
