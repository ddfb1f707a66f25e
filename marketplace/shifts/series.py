"""Shifts that recur: a series is started, laid as far as the horizon reaches, freed of a day, and ended at a price.

Each shift of a series is a shift like any other from the moment it is laid. It is laid four weeks ahead, twice what
rule NOTICE asks for, so that nobody who works in a series is told late.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, or_, select

from marketplace.accounts.rules import CLOCK, Actor, Right, require_company
from marketplace.core import clock
from marketplace.core.db import db, each_alone
from marketplace.core.events import record
from marketplace.core.lifecycle import WrongState, move_one
from marketplace.core.money import Money, total
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.shifts import costing, laying, scheduling
from marketplace.shifts.costing import PlanPrice
from marketplace.shifts.crew_first import first_until
from marketplace.shifts.hours import LONGEST_SHIFT
from marketplace.shifts.laying import FURTHEST, Planned
from marketplace.shifts.models import Shift
from marketplace.shifts.recurrence import BadRecurrence, Occurrence, Recurrence, checked
from marketplace.shifts.rules import BadShift, GigNotOpen, SeriesStatus, ShiftStatus, VolumeCapReached
from marketplace.shifts.scheduling import CancellationPrice
from marketplace.shifts.series_models import ShiftSeries

HORIZON = timedelta(weeks=4)
A_DAY = timedelta(days=1)
MOST_SHOWN = 60
"""Occurrences that a preview tells."""
_WEST = timedelta(hours=12)
"""No clock is further behind UTC: a series is due once its horizon has moved by a day everywhere."""
WAITED = timedelta(hours=1)
"""After it what was held up is tried again."""


@dataclass(frozen=True, slots=True)
class SeriesPrice:
    """What cancelling some shifts of a series costs the company at a moment, shift by shift."""

    series_id: UUID
    shifts: Sequence[CancellationPrice]
    total: Money


@dataclass(frozen=True, slots=True)
class Preview:
    """The first times of a series, at most MOST_SHOWN, in order; and what those of the next four weeks cost."""

    items: Sequence[Occurrence]
    price: PlanPrice


def preview(
    gig_id: UUID,
    rule: str,
    first_day: date,
    begins: time,
    ends: time,
    timezone: str,
    seats: int,
    crew_id: UUID | None = None,
    standby: int = 0,
    *,
    by: Actor,
) -> Preview:
    """What `start()` with the same words would plan. It plans nothing. Raises NotFound, BadRecurrence, BadShift,
    UnknownZone."""
    gig = db.session.get(Gig, gig_id)
    if gig is None:
        raise NotFound
    require_company(by, gig.company_id, Right.GIGS)
    found = upcoming(recurrence_of(rule, first_day, begins, ends, timezone), first_day + FURTHEST)
    now = clock.now()
    if crew_id is not None and not laying.is_open_crew(crew_id, gig.company_id):
        crew_id = None
    laid = [each for each in found if each.starts_at <= now + HORIZON]
    planned = [_planned(each, timezone, seats, crew_id, standby, now) for each in laid]
    return Preview(found[:MOST_SHOWN], costing.price_of(gig, planned))


def start(
    gig_id: UUID,
    rule: str,
    first_day: date,
    begins: time,
    ends: time,
    timezone: str,
    seats: int,
    crew_id: UUID | None = None,
    standby: int = 0,
    *,
    by: Actor,
) -> ShiftSeries:
    """A new series of shifts of an open gig, and its shifts of the next four weeks as far as the gig's volume allows.

    `rule` is an RRULE of RFC 5545, the times stand on the clock of `timezone`; an end that is not after the beginning
    is on the next day. The crew, if one is named, is asked first wherever rule CREW_FIRST allows it; so many people
    as `standby` says stand by for each shift (rule STANDBY). Raises BadRecurrence, BadShift, UnknownZone, GigNotOpen.
    """
    gig = laying.own_gig(gig_id, by=by)
    recurrence = recurrence_of(rule, first_day, begins, ends, timezone)
    if gig.status is not GigStatus.OPEN:
        raise GigNotOpen(f"It is {gig.status}.")
    first = upcoming(recurrence, first_day + FURTHEST)[0]
    planned = Planned(first.starts_at, first.ends_at, timezone, seats, standby=standby)
    laying.check_plan(planned, gig.company_id, clock.now())
    if crew_id is not None and not laying.is_open_crew(crew_id, gig.company_id):
        raise BadShift("The company has no such crew.", field="crew_id")
    made = ShiftSeries(
        gig_id=gig.id,
        company_id=gig.company_id,
        rule=recurrence.rule,
        first_day=first_day,
        begins=begins,
        ends=ends,
        timezone=timezone,
        except_days=[],
        seats=seats,
        crew_id=crew_id,
        standby=standby,
        filled_until=first_day - A_DAY,
        status=SeriesStatus.ACTIVE,
    )
    db.session.add(made)
    record("series.started", made, by=by)
    fill(made, gig, by=by)
    return made


def leave_out(series_id: UUID, day: date, agreed: Money, reason: str, *, by: Actor) -> ShiftSeries:
    """Leaves a day out of the series. A shift that was laid for it is cancelled at the price that was agreed to.

    Raises WrongState when the series has ended, BadRecurrence when it has no such day, PriceChanged.
    """
    series = own(series_id, by=by)
    if day not in series.except_days:
        # A rule without an end is not counted for thousands of years to look for a day.
        if not series.first_day <= day <= clock.now().date() + FURTHEST:
            raise BadRecurrence(f"A day is left out within {FURTHEST.days} days.", field="day")
        if next(series.recurrence.days(day - A_DAY, day), None) is None:
            raise BadRecurrence(f"It does not recur on {day}.", field="day")
        _cancel(series, Shift.series_day == day, agreed, reason, by=by)
        series.except_days = sorted({*series.except_days, day})
        record("series.day_left_out", series, by=by, data={"day": day.isoformat()})
    return series


def price_of_day(series_id: UUID, day: date, *, by: Actor) -> SeriesPrice:
    """What `leave_out()` would cost the company now. House rules NOTICE, CALL_IN."""
    return _price(series_id, Shift.series_day == day, by=by)


def price_of_ending(series_id: UUID, last_day: date, *, by: Actor) -> SeriesPrice:
    """What `end()` would cost the company now. House rules NOTICE, CALL_IN."""
    return _price(series_id, Shift.series_day > last_day, by=by)


def end(series_id: UUID, last_day: date, agreed: Money, reason: str, *, by: Actor) -> ShiftSeries:
    """Ends the series after that day, at the price that was agreed to; shifts up to it stay. Raises WrongState,
    PriceChanged, BadShift when the day lies before yesterday."""
    series = own(series_id, by=by)
    today = clock.now().astimezone(series.recurrence.place).date()
    if last_day < today - A_DAY:
        raise BadShift("What has been is not taken back: the last day is yesterday or later.", field="last_day")
    _cancel(series, Shift.series_day > last_day, agreed, reason, by=by)
    series.last_day = last_day if series.last_day is None else min(last_day, series.last_day)
    series.ended_because = reason
    record("series.shortened", series, by=by, data={"last_day": series.last_day.isoformat()})
    end_if_over(series, by=by)
    return series


def fill_due(limit: int = 20, but: Collection[UUID] = ()) -> int:
    """Lays the shifts of every series whose horizon has moved on, and ends those whose gig was closed. Returns how many
    were looked at."""
    now = clock.now()
    reached = (now + HORIZON - _WEST).date()
    due = (
        select(ShiftSeries.id, ShiftSeries.gig_id)
        .join(Gig, Gig.id == ShiftSeries.gig_id)
        .where(
            ShiftSeries.status == SeriesStatus.ACTIVE,
            or_(ShiftSeries.filled_until < reached, Gig.status == GigStatus.CLOSED),
            or_(ShiftSeries.try_again_at.is_(None), ShiftSeries.try_again_at <= now),
            ShiftSeries.id.not_in(but),
        )
        .order_by(ShiftSeries.filled_until, ShiftSeries.id)
        .limit(limit)
    )
    return each_alone(db.session.execute(due).all(), _fill_if_active)


def _fill_if_active(found: Row[UUID, UUID]) -> None:
    series, gig = _locked(*found)
    if series.status is SeriesStatus.ACTIVE:
        fill(series, gig, by=CLOCK)


# --- reading ----------------------------------------------------------------------------------------------------------


def one(series_id: UUID, *, seen_by: Actor) -> ShiftSeries:
    """A series of the asker's company. Raises NotFound."""
    series = db.session.get(ShiftSeries, series_id)
    if series is None:
        raise NotFound
    require_company(seen_by, series.company_id, Right.READ)
    return series


def of_company(company_id: UUID, gig_id: UUID | None = None, *, seen_by: Actor) -> Select[ShiftSeries]:
    """The series of a company, or of one of its gigs. Raises NotFound for everybody else."""
    require_company(seen_by, company_id, Right.READ)
    found = select(ShiftSeries).where(ShiftSeries.company_id == company_id)
    return found if gig_id is None else found.where(ShiftSeries.gig_id == gig_id)


def shifts_of(series_id: UUID, *, seen_by: Actor) -> Select[Shift]:
    """The shifts that were laid of the series. Raises NotFound."""
    one(series_id, seen_by=seen_by)
    return select(Shift).where(Shift.series_id == series_id)


# --- the parts --------------------------------------------------------------------------------------------------------


def recurrence_of(rule: str, first_day: date, begins: time, ends: time, timezone: str) -> Recurrence:
    place = clock.zone(timezone)
    today = clock.now().astimezone(place).date()
    if not today <= first_day <= today + FURTHEST:
        raise BadShift(f"A series begins today or within {FURTHEST.days} days.", field="first_day")
    if begins.second or begins.microsecond or ends.second or ends.microsecond:
        raise BadShift("A shift begins and ends on a whole minute.", field="begins")
    recurrence = Recurrence(checked(rule, place), first_day, begins, ends, place)
    if not upcoming(recurrence, first_day + FURTHEST):
        raise BadRecurrence("It has no time to come within a year.", field="rule")
    return recurrence


def upcoming(recurrence: Recurrence, until: date) -> list[Occurrence]:
    now = clock.now()
    return [each for each in recurrence.occurrences(recurrence.first_day - A_DAY, until) if each.starts_at >= now]


def _price(series_id: UUID, which: ColumnElement[bool], *, by: Actor) -> SeriesPrice:
    series = one(series_id, seen_by=by)
    require_company(by, series.company_id, Right.GIGS)
    prices = scheduling.price_of(laid_of(series, which))
    gig = db.session.get_one(Gig, series.gig_id)
    return SeriesPrice(series.id, prices, total((each.total for each in prices), gig.currency))


def fill(series: ShiftSeries, gig: Gig, *, by: Actor) -> None:
    """Lays what is not laid up to the horizon, and ends the series once its last day is over. The gig and the series
    are locked."""
    if gig.status is GigStatus.CLOSED:
        _over(series, by=by)
        return
    now, recurrence = clock.now(), series.recurrence
    last = (now + HORIZON).astimezone(recurrence.place).date()
    until = last if series.last_day is None else min(last, series.last_day)
    coming = [each for each in recurrence.occurrences(series.filled_until, until) if each.starts_at >= now]
    if coming and gig.status is not GigStatus.OPEN:
        _held_up(series, GigNotOpen.code, by=by)
        return
    fitting = _fitting(gig, planned_of(series, coming, now))
    if fitting:
        laying.lay(gig, fitting, series_id=series.id, by=by)
    if len(fitting) < len(coming):
        series.filled_until = coming[len(fitting)].day - A_DAY
        _held_up(series, VolumeCapReached.code, by=by)
        return
    series.filled_until = max(series.filled_until, last)
    series.held_up_because = series.try_again_at = None
    end_if_over(series, by=by)


def end_if_over(series: ShiftSeries, *, by: Actor) -> None:
    """Ends the series if its last day has been."""
    yesterday = clock.now().astimezone(series.recurrence.place).date() - A_DAY
    closed = series.last_day is not None and series.last_day <= yesterday
    if closed or series.recurrence.ends_by(yesterday):
        _over(series, by=by)


def planned_of(series: ShiftSeries, days: Sequence[Occurrence], now: datetime) -> list[Planned]:
    """These days of the series as the shifts that they become when they are laid now."""
    crew = series.crew_id if series.crew_id and laying.is_open_crew(series.crew_id, series.company_id) else None
    return [_planned(each, series.timezone, series.seats, crew, series.standby, now) for each in days]


def _planned(each: Occurrence, timezone: str, seats: int, crew_id: UUID | None, standby: int, now: datetime) -> Planned:
    return Planned(
        each.starts_at,
        # In the night in which the clock goes back a long shift would be longer than one may be.
        min(each.ends_at, each.starts_at + LONGEST_SHIFT),
        timezone,
        seats,
        crew_id if first_until(now, each.starts_at) > now else None,
        series_day=each.day,
        standby=standby,
    )


def _fitting(gig: Gig, planned: Sequence[Planned]) -> Sequence[Planned]:
    """The first of these, as far as the gig's volume reaches (house rule PILOT)."""
    left = laying.volume_left(gig)
    if left is None:
        return planned
    reached = accumulate(each.seat_minutes for each in planned)
    return [each for each, minutes in zip(planned, reached, strict=True) if minutes <= left]


def _held_up(series: ShiftSeries, code: str, *, by: Actor) -> None:
    series.try_again_at = clock.now() + WAITED
    if series.held_up_because != code:
        series.held_up_because = code
        record("series.held_up", series, by=by, data={"because": code})


def _over(series: ShiftSeries, *, by: Actor) -> None:
    values = {"held_up_because": None, "try_again_at": None}
    move_one(series, SeriesStatus.ENDED, by=by, event="series.ended", values=values)


def own(series_id: UUID, *, by: Actor) -> ShiftSeries:
    """A series that can still be changed, with its gig locked before it. Raises NotFound, WrongState."""
    seen = one(series_id, seen_by=by)
    require_company(by, seen.company_id, Right.GIGS)
    series, _ = _locked(series_id, seen.gig_id)
    if series.status is not SeriesStatus.ACTIVE:
        raise WrongState("The series has ended.", state=str(series.status))
    return series


def _locked(series_id: UUID, gig_id: UUID) -> tuple[ShiftSeries, Gig]:
    """The gig before its series, and both before their shifts, as everywhere."""
    gig = db.session.get_one(Gig, gig_id, with_for_update={"key_share": True}, populate_existing=True)
    return db.session.get_one(ShiftSeries, series_id, with_for_update=True, populate_existing=True), gig


def laid_of(series: ShiftSeries, which: ColumnElement[bool], *, lock: bool = False) -> Sequence[Shift]:
    """The shifts of the series that are held, of some of its days, in the order of their ids."""
    found = select(Shift).where(Shift.series_id == series.id, Shift.status == ShiftStatus.SCHEDULED, which)
    found = found.order_by(Shift.id)
    if lock:
        found = found.with_for_update(key_share=True).execution_options(populate_existing=True)
    return db.session.scalars(found).all()


def _cancel(series: ShiftSeries, which: ColumnElement[bool], agreed: Money, reason: str, *, by: Actor) -> None:
    if laid := laid_of(series, which, lock=True):
        scheduling.cancel_shifts(laid, agreed, reason, by=by)
