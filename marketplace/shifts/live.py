"""What runs now: seats, clocks and what needs somebody's eye, by gig and by the place where people are. For operators.

However many shifts run, it costs the same five statements. Nobody is named: these are counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select

from marketplace.accounts.models import Company
from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.shifts.clock_rules import EntryFlag, EntryKind
from marketplace.shifts.hazard_models import HazardFlag
from marketplace.shifts.hazard_rules import FlagStatus
from marketplace.shifts.hours import CLOCK_IN_GRACE
from marketplace.shifts.models import Booking, Offer, Shift, TimeEntry
from marketplace.shifts.rules import OPEN_OFFER, BookingStatus, ShiftStatus
from marketplace.workforce.models import Contractor

COMING = timedelta(hours=4)
"""How far ahead offers of a shift are told as unanswered."""
STOPPED = (EntryFlag.CAP_REACHED, EntryFlag.CLASS_RAISED, EntryFlag.UNLAWFUL_CONTENT)
LOOK_AT = (EntryFlag.CLAIMED, EntryFlag.CLIENT_TIME_REFUSED, EntryFlag.CORRECTED)


class Now(StrEnum):
    """What somebody who has a seat in a running shift is doing. Each is counted under one of them."""

    WORKING = "working"
    WAITING = "waiting"
    ON_BREAK = "on_break"
    OUTAGE = "outage"
    NOT_YET = "not_yet"
    """Within ten minutes of the start, and not clocked in."""
    LATE = "late"
    MISSED = "missed"
    STOPPED = "stopped"
    """The service stopped the clock to protect the person."""
    DONE = "done"
    """Clocked out before the end of the shift."""
    STANDING_BY = "standing_by"
    """Has no seat, and may get one."""


@dataclass(slots=True)
class Running:
    """One gig, or one country: who does what now, and how many of the clocks have a flag to look at."""

    people: dict[Now, int] = field(default_factory=lambda: dict.fromkeys(Now, 0))
    flagged: int = 0


@dataclass(slots=True, kw_only=True)
class RunningGig(Running):
    gig_id: UUID
    company_id: UUID
    title: str = ""
    company: str = ""
    shifts: int = 0
    seats: int = 0
    seats_taken: int = 0
    unanswered: int = 0
    """Offers of its shifts that run, or begin within four hours, and that nobody has answered."""
    hazard_flags: int = 0
    """Open flags of people who saw heavier things."""


@dataclass(frozen=True, slots=True)
class Live:
    """`countries` are those where people were registered, by their codes."""

    at: datetime
    gigs: list[RunningGig]
    countries: dict[str, Running]


def now(*, seen_by: Actor) -> Live:
    """What runs now, the gigs with most seats first. Raises NotFound for whoever is no operator."""
    if not seen_by.is_operator():
        raise NotFound
    at = clock.now()
    gigs = _shifts(at)
    countries: dict[str, Running] = {}
    for row in db.session.execute(_people(at)):
        doing, known = Now(row.doing), countries.setdefault(row.country, Running())
        for each in (known, _gig(gigs, row.gig_id, row.company_id)):
            each.people[doing] += row.people
            each.flagged += row.flagged
    for row in db.session.execute(_offers(at)):
        _gig(gigs, row.gig_id, row.company_id).unanswered += row.offers
    for row in db.session.execute(_flags()):
        _gig(gigs, row.gig_id, row.company_id).hazard_flags += row.flags
    _name(gigs)
    ordered = sorted(gigs.values(), key=lambda each: (-each.seats, each.title, str(each.gig_id)))
    return Live(at, ordered, dict(sorted(countries.items())))


def _gig(gigs: dict[UUID, RunningGig], gig_id: UUID, company_id: UUID) -> RunningGig:
    return gigs.setdefault(gig_id, RunningGig(gig_id=gig_id, company_id=company_id))


def _runs(at: datetime) -> ColumnElement[bool]:
    return and_(Shift.status == ShiftStatus.SCHEDULED, Shift.starts_at <= at + CLOCK_IN_GRACE, Shift.ends_at > at)


def _shifts(at: datetime) -> dict[UUID, RunningGig]:
    counted = (
        select(
            Shift.gig_id,
            Shift.company_id,
            func.count().label("shifts"),
            func.sum(Shift.seats).label("seats"),
            func.sum(Shift.seats_taken).label("taken"),
        )
        .where(_runs(at), Shift.standby_of.is_(None))
        .group_by(Shift.gig_id, Shift.company_id)
    )
    return {
        row.gig_id: RunningGig(
            gig_id=row.gig_id, company_id=row.company_id, shifts=row.shifts, seats=row.seats, seats_taken=row.taken
        )
        for row in db.session.execute(counted)
    }


def _people(at: datetime) -> Any:
    """Everybody with a seat in a running shift: by gig, country and what they are doing."""
    running = select(TimeEntry.booking_id, TimeEntry.kind).where(TimeEntry.ended_at.is_(None)).subquery()
    flags = (
        select(
            TimeEntry.booking_id,
            func.bool_or(_has(STOPPED)).label("stopped"),
            func.bool_or(_has(LOOK_AT)).label("look_at"),
        )
        .group_by(TimeEntry.booking_id)
        .subquery()
    )
    kinds: Mapping[EntryKind, Now] = {
        EntryKind.WORK: Now.WORKING,
        EntryKind.WAITING: Now.WAITING,
        EntryKind.PAID_BREAK: Now.ON_BREAK,
        EntryKind.UNPAID_BREAK: Now.ON_BREAK,
        EntryKind.OUTAGE: Now.OUTAGE,
    }
    begins = func.lower(Booking.during)
    clocked = Booking.status == BookingStatus.WORKING
    doing = _case(
        *((and_(clocked, running.c.kind == kind), told) for kind, told in kinds.items()),
        (Booking.is_standby.is_(True), Now.STANDING_BY),
        (and_(Booking.status == BookingStatus.BOOKED, begins + CLOCK_IN_GRACE > at), Now.NOT_YET),
        (Booking.status == BookingStatus.BOOKED, Now.LATE),
        (Booking.status == BookingStatus.NO_SHOW, Now.MISSED),
        (flags.c.stopped, Now.STOPPED),
    )
    counted = (
        select(
            Booking.gig_id,
            Booking.company_id,
            Contractor.country,
            doing.label("doing"),
            func.count().label("people"),
            func.count().filter(flags.c.look_at).label("flagged"),
        )
        .join(Shift, Shift.id == Booking.shift_id)
        .join(Contractor, Contractor.id == Booking.contractor_id)
        .outerjoin(running, running.c.booking_id == Booking.id)
        .outerjoin(flags, flags.c.booking_id == Booking.id)
        .where(_runs(at), Booking.status.in_(_SEATED))
    )
    return counted.group_by(Booking.gig_id, Booking.company_id, Contractor.country, doing)


_SEATED = (BookingStatus.BOOKED, BookingStatus.WORKING, BookingStatus.WORKED, BookingStatus.NO_SHOW)


def _case(*told: tuple[ColumnElement[bool], Now]) -> ColumnElement[str]:
    return case(*((each, literal(str(doing))) for each, doing in told), else_=literal(str(Now.DONE)))


def _has(flags: tuple[EntryFlag, ...]) -> ColumnElement[bool]:
    return or_(*(TimeEntry.flags.contains([str(flag)]) for flag in flags))


def _offers(at: datetime) -> Any:
    coming = and_(Shift.status == ShiftStatus.SCHEDULED, Shift.starts_at <= at + COMING, Shift.ends_at > at)
    return (
        select(Offer.gig_id, Offer.company_id, func.count().label("offers"))
        .join(Shift, Shift.id == Offer.shift_id)
        .where(coming, Offer.status == OPEN_OFFER[0], Offer.expires_at > at)
        .group_by(Offer.gig_id, Offer.company_id)
    )


def _flags() -> Any:
    return (
        select(HazardFlag.gig_id, HazardFlag.company_id, func.count().label("flags"))
        .where(HazardFlag.status == FlagStatus.OPEN)
        .group_by(HazardFlag.gig_id, HazardFlag.company_id)
    )


def _name(gigs: Mapping[UUID, RunningGig]) -> None:
    named = select(Gig.id, Gig.title, Company.legal_name).join(Company, Company.id == Gig.company_id)
    for row in db.session.execute(named.where(Gig.id.in_(gigs.keys()))):
        gigs[row.id].title, gigs[row.id].company = row.title, row.legal_name
