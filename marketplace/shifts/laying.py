"""Laying shifts: what is planned is checked, then written, all of it or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from marketplace.accounts.rules import Actor, Right, require_company
from marketplace.contracts import crews
from marketplace.contracts.crew_models import Crew
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record_many
from marketplace.core.problems import NotFound
from marketplace.gigs.gate import pilot_cap
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.shifts.clock_rules import PAID_KINDS
from marketplace.shifts.crew_first import TooLateForCrew, first_until
from marketplace.shifts.hours import LONGEST_SHIFT, scheduled_minutes
from marketplace.shifts.leading_models import LeadPlan
from marketplace.shifts.models import Booking, Shift, TimeEntry
from marketplace.shifts.rules import BadShift, GigNotOpen, ShiftStatus, VolumeCapReached

MOST_SEATS = 500
FURTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Planned:
    """One shift that is to be laid. `series_day` is the day of its series, if it has one."""

    starts_at: datetime
    ends_at: datetime
    timezone: str
    seats: int
    crew_id: UUID | None = None
    training: bool = False
    series_day: date | None = None
    moved_from: UUID | None = None
    standby_of: UUID | None = None
    standby: int = 0
    """How many people are to stand by for it, in a shift of their own that is laid with it (rule STANDBY)."""

    @property
    def seat_minutes(self) -> int:
        """Of all seats, those that count against the volume of a pilot: training delivers nothing, nor does who stands
        by but in the seat of somebody else."""
        return 0 if self.training or self.standby_of else scheduled_minutes(self.starts_at, self.ends_at) * self.seats


def own_gig(gig_id: UUID, *, by: Actor) -> Gig:
    """A gig of the actor's company, locked: shifts that are planned at once must not pass its volume cap together.
    Raises NotFound."""
    gig = db.session.get(Gig, gig_id, with_for_update={"key_share": True}, populate_existing=True)
    if gig is None:
        raise NotFound
    require_company(by, gig.company_id, Right.GIGS)
    return gig


def lay(gig: Gig, planned: Sequence[Planned], *, series_id: UUID | None = None, by: Actor) -> Sequence[Shift]:
    """Plans these shifts of the gig, which `own_gig()` or its like has locked: all of them or none.

    Raises what `check()` does, and nothing where none is planned.
    """
    if not planned:
        return []
    check(gig, planned)
    return insert(gig, planned, series_id, by=by)


def check(gig: Gig, planned: Sequence[Planned]) -> None:
    """Raises BadShift, GigNotOpen, UnknownZone, VolumeCapReached or TooLateForCrew, about the first of these that
    cannot be planned for the gig now."""
    if gig.status is not GigStatus.OPEN:
        raise GigNotOpen(f"It is {gig.status}.")
    now = clock.now()
    for each in planned:
        check_plan(each, gig.company_id, now)
    check_volume(gig, sum(each.seat_minutes for each in planned))


def check_plan(planned: Planned, company_id: UUID, now: datetime) -> None:
    """Raises BadShift, UnknownZone or TooLateForCrew, if a shift of the company cannot be like this."""
    clock.zone(planned.timezone)
    _check_times(planned.starts_at, planned.ends_at, now)
    if not 1 <= planned.seats <= MOST_SEATS:
        raise BadShift(f"A shift has 1 to {MOST_SEATS} seats.", field="seats")
    if planned.standby:
        check_standby(planned.standby, planned.seats, planned.training, "standby")
    if planned.crew_id is None:
        return
    if not is_open_crew(planned.crew_id, company_id):
        raise BadShift("The company has no such crew.", field="crew_id")
    if first_until(now, planned.starts_at) <= now:
        raise TooLateForCrew(field="crew_id")


def check_standby(people: int, seats: int, training: bool, field: str) -> None:
    """Raises BadShift unless so many people can stand by for a shift of so many seats."""
    if training:
        raise BadShift("Nobody stands by for training.", field=field)
    if not 1 <= people <= seats:
        raise BadShift(f"At most as many stand by as the shift has seats, which are {seats}.", field=field)


def insert(gig: Gig, planned: Sequence[Planned], series_id: UUID | None = None, *, by: Actor) -> Sequence[Shift]:
    """Writes the shifts, and beside each the one in which people stand by for it, if any do. Returns the former."""
    shifts = _insert(gig, planned, series_id, by=by)
    beside = [
        Planned(each.starts_at, each.ends_at, each.timezone, each.standby, standby_of=shift.id)
        for each, shift in zip(planned, shifts, strict=True)
        if each.standby
    ]
    if beside:
        _insert(gig, beside, by=by)
    _plan_leads(shifts)
    return shifts


def _plan_leads(shifts: Sequence[Shift]) -> None:
    """A crew that is asked first brings its lead, who is asked for their minutes once they said yes."""
    leads = crews.leads_of({shift.crew_id for shift in shifts if shift.crew_id is not None})
    for shift in shifts:
        lead = None if shift.crew_id is None else leads.get(shift.crew_id)
        if lead is None or lead.lead_named_by is None:
            continue
        db.session.add(
            LeadPlan(
                shift_id=shift.id,
                contractor_id=lead.contractor_id,
                minutes_before=lead.lead_before,
                minutes_after=lead.lead_after,
                planned_at=shift.planned_at,
                planned_by=lead.lead_named_by,
            )
        )
    db.session.flush()


def _insert(gig: Gig, planned: Sequence[Planned], series_id: UUID | None = None, *, by: Actor) -> Sequence[Shift]:
    now = clock.now()
    shifts = [
        Shift(
            gig_id=gig.id,
            company_id=gig.company_id,
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            timezone=each.timezone,
            seats=each.seats,
            seats_taken=0,
            crew_id=each.crew_id,
            planned_at=now,
            moved_from=each.moved_from,
            is_training=each.training,
            standby_of=each.standby_of,
            series_id=series_id,
            series_day=each.series_day,
            status=ShiftStatus.SCHEDULED,
        )
        for each in planned
    ]
    db.session.add_all(shifts)
    record_many("shift.scheduled", [(shift, {"seats": shift.seats}) for shift in shifts], by=by)
    return shifts


def _check_times(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    if starts_at.tzinfo is None or ends_at.tzinfo is None:
        raise BadShift("Times carry their distance from UTC.", field="starts_at")
    if starts_at < now:
        raise BadShift("A shift begins in the future.", field="starts_at")
    if starts_at > now + FURTHEST:
        raise BadShift(f"A shift begins within {FURTHEST.days} days.", field="starts_at")
    if not timedelta(0) < ends_at - starts_at <= LONGEST_SHIFT:
        raise BadShift(
            f"A shift ends at most {LONGEST_SHIFT // timedelta(hours=1)} hours after its start.", field="ends_at"
        )
    if (ends_at - starts_at) % timedelta(minutes=1):
        raise BadShift("A shift lasts whole minutes.", field="ends_at")


def is_open_crew(crew_id: UUID, company_id: UUID) -> bool:
    """Whether it is a crew of the company that is not closed."""
    crew = db.session.get(Crew, crew_id)
    return crew is not None and crew.company_id == company_id and crew.closed_at is None


def volume_left(gig: Gig) -> int | None:
    """How many minutes of seats may still be planned for the gig, or None if there is no limit. House rule PILOT:
    without a finished pilot only so many hours may be booked, so no more are planned. A shift that was cancelled gives
    back what nobody worked of it. Training delivers nothing and has no limit."""
    cap = pilot_cap(gig)
    if cap is None:
        return None
    length = func.extract("epoch", Shift.ends_at - Shift.starts_at) / 60
    planned = db.session.scalar(
        select(func.coalesce(func.sum(length * Shift.seats), 0)).where(
            Shift.gig_id == gig.id,
            Shift.status != ShiftStatus.CANCELLED,
            ~Shift.is_training,
            Shift.standby_of.is_(None),
        )
    )
    return cap - int(planned or 0) - _worked_of_cancelled(gig)


def _worked_of_cancelled(gig: Gig) -> int:
    """The minutes that people worked in shifts of the gig that their company ended then."""
    spent = func.extract("epoch", func.sum(TimeEntry.ended_at - TimeEntry.started_at)) / 60
    worked = db.session.scalar(
        select(func.coalesce(func.ceil(spent), 0))
        .join(Booking, Booking.id == TimeEntry.booking_id)
        .join(Shift, Shift.id == Booking.shift_id)
        .where(
            Shift.gig_id == gig.id,
            Shift.status == ShiftStatus.CANCELLED,
            ~Shift.is_training,
            TimeEntry.kind.in_(PAID_KINDS),
        )
    )
    return int(worked or 0)


def check_volume(gig: Gig, minutes: int) -> None:
    """Raises VolumeCapReached when that many minutes of seats more are too many for the gig (house rule PILOT)."""
    left, cap = volume_left(gig), pilot_cap(gig)
    if left is None or cap is None or minutes <= left:
        return
    raise VolumeCapReached(f"{cap - left} of {cap} minutes are planned; {minutes} more are asked for.", limit=cap)
