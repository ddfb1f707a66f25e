"""What a contractor's day asks of them: the one next thing, and what else waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import joinedload

from marketplace.accounts.rules import Actor
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.rules import ContractStatus
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.pay import queries as pay
from marketplace.pay.models import PaymentOp
from marketplace.shifts import queries as shifts
from marketplace.shifts.clock_rules import BREAKS, EntryKind
from marketplace.shifts.confirmation import Confirmation
from marketplace.shifts.hours import CLOCK_IN_GRACE, Stretch, minutes_by_kind
from marketplace.shifts.models import Booking, Offer
from marketplace.shifts.rules import ACTIVE_BOOKING, BookingStatus, OfferStatus
from marketplace.workforce.models import Contractor
from marketplace.workforce.rules import ContractorStatus

AHEAD = timedelta(days=14)
"""How far ahead the page of today looks for shifts."""


class Next(StrEnum):
    """The one next thing, the most pressing first."""

    BACK_TO_WORK = "back_to_work"
    TAKE_BREAK = "take_break"
    CLOCK_OUT = "clock_out"
    CLOCK_IN = "clock_in"
    READY = "ready"
    """Who stands by can say that they are there."""
    CONFIRM = "confirm"
    """Somebody asks whether the person still comes to a shift."""
    SIGN = "sign"
    ANSWER = "answer"
    UNPAID = "unpaid"
    """A payout was refused or came back."""
    APPLICATION = "application"
    WAIT = "wait"
    """A shift is booked and its clock cannot be started yet."""
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Clock:
    """A running clock: what it counts now, since when, and the minutes of each kind until now."""

    kind: EntryKind
    since: datetime
    minutes: Mapping[EntryKind, int]
    paid_break_left: int


@dataclass(frozen=True, slots=True)
class Day:
    """The page of today. `bookings` are those of the coming two weeks, the earliest first."""

    next: Next
    booking: Booking | None
    clock: Clock | None
    bookings: list[Booking]
    offers: list[Offer]
    contracts: list[Contract]
    unpaid: PaymentOp | None
    """The newest payout that was refused or came back, and was not tried again."""
    opens_at: datetime | None
    """From when on the next booking's clock can be started."""


def day_of(me: Contractor, by: Actor) -> Day:
    """Everything that the page of today shows, for the contractor who asks."""
    now = clock.now()
    bookings = upcoming(by, now)
    offers = list(db.session.scalars(shifts.my_offers(OfferStatus.PENDING, seen_by=by).order_by(Offer.expires_at)))
    unsigned = list(db.session.scalars(to_sign(by)))
    unpaid = db.session.scalars(pay.unpaid(by).order_by(PaymentOp.id.desc()).limit(1)).one_or_none()
    booking = next(iter(sorted(bookings, key=lambda b: (b.status is not BookingStatus.WORKING, b.starts_at))), None)
    running = running_clock(booking, now) if booking else None
    opens_at = booking.starts_at - CLOCK_IN_GRACE if booking else None
    following = _next(me, booking, running, now)
    asked = next((each for each in bookings if is_asked(each, now)), None)
    if following in (Next.NOTHING, Next.WAIT):
        waiting = {Next.SIGN: unsigned, Next.CONFIRM: asked, Next.ANSWER: offers, Next.UNPAID: unpaid}
        following = next((each for each, waits in waiting.items() if waits), following)
    if following is Next.CONFIRM:
        booking = asked
    return Day(following, booking, running, bookings, offers, unsigned, unpaid, opens_at)


def is_asked(booking: Booking, now: datetime) -> bool:
    """Whether the person was asked if they still come, and has not answered (rule CONFIRM)."""
    waits = booking.confirmation in (Confirmation.ASKED, Confirmation.UNANSWERED)
    return waits and booking.status is BookingStatus.BOOKED and now < booking.starts_at


def upcoming(by: Actor, now: datetime) -> list[Booking]:
    """What is booked or being worked until two weeks from now, each with its offer and shift."""
    found = shifts.my_bookings(seen_by=by).where(
        Booking.status.in_(ACTIVE_BOOKING), Booking.during.overlaps(Range(now - AHEAD, now + AHEAD))
    )
    return list(db.session.scalars(with_terms(found).order_by(func.lower(Booking.during))))


def with_terms(found: Select[Booking]) -> Select[Booking]:
    """The same bookings with their offers and shifts, which name the gig and the zone."""
    return found.options(joinedload(Booking.offer), joinedload(Booking.shift))


def to_sign(by: Actor) -> Select[Contract]:
    """Contracts that wait for the asker's signature."""
    mine = Contract.contractor_id == by.person_id
    return contracts.contracts(by).where(mine, Contract.status == ContractStatus.PROPOSED)


def count(found: Select[Any]) -> int:
    """How many rows there are."""
    return db.session.scalars(select(func.count()).select_from(found.order_by(None).subquery())).one()


def running_clock(booking: Booking, now: datetime) -> Clock | None:
    """The clock of a booking that is being worked; None when it does not run. Paid breaks that belong to the work and
    are not taken yet are `paid_break_left`."""
    entry = next((entry for entry in booking.entries if entry.ended_at is None), None)
    if booking.status is not BookingStatus.WORKING or entry is None:
        return None
    until = min(now, booking.ends_at)
    spent = (Stretch(e.kind, e.started_at, e.ended_at or max(e.started_at, until)) for e in booking.entries)
    minutes = minutes_by_kind(spent)
    promised = booking.offer.terms["hazards"]["paid_break_minutes"]
    return Clock(entry.kind, entry.started_at, minutes, max(0, promised - minutes[EntryKind.PAID_BREAK]))


def _next(me: Contractor, booking: Booking | None, running: Clock | None, now: datetime) -> Next:
    if booking is not None and running is not None:
        if now >= booking.ends_at:
            return Next.CLOCK_OUT
        if running.kind in (*BREAKS, EntryKind.WAITING, EntryKind.OUTAGE):
            return Next.BACK_TO_WORK
        return Next.TAKE_BREAK if running.paid_break_left else Next.CLOCK_OUT
    if booking is not None and booking.is_standby:
        opens = now >= booking.starts_at - CLOCK_IN_GRACE
        return Next.READY if opens and booking.ready_at is None else Next.WAIT
    if booking is not None:
        return Next.CLOCK_IN if now >= booking.starts_at - CLOCK_IN_GRACE else Next.WAIT
    return Next.NOTHING if me.status is ContractorStatus.VETTED else Next.APPLICATION
