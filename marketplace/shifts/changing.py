"""A series that is changed from a day on: other times, other days, other seats, at a price that is seen before.

The old series ends the day before and a new one goes on, so that what people were told stays to be read. Of the shifts
that are laid already, those whose time stays keep their people; those at another time are moved, as one shift is; those
whose day is left out are cancelled. Days on which a shift was cancelled or moved by itself stay without one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from uuid import UUID

from sqlalchemy import func, select

from marketplace.accounts.rules import Actor, Right, require_company
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record, record_many
from marketplace.core.lifecycle import WrongState
from marketplace.core.money import Money, total
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.shifts import costing, laying, moving, scheduling, series
from marketplace.shifts.hours import moving as moving_curve
from marketplace.shifts.laying import Planned
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.rules import BadShift, GigNotOpen, OfferStatus, PriceChanged, SeriesStatus, ShiftStatus
from marketplace.shifts.scheduling import CancellationPrice
from marketplace.shifts.series_models import ShiftSeries

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a series is to be from a day on. Without a rule it recurs as it did, in the same rhythm and to the same
    end; the times stand on the clock of its zone."""

    from_day: date
    rule: str | None
    begins: time
    ends: time
    seats: int
    crew_id: UUID | None
    standby: int = 0


@dataclass(frozen=True, slots=True)
class ChangePrice:
    """What a change costs the company at a moment: `moved` and `cancelled` shift by shift, and at most `added` since
    the new times are late for people who have a schedule (house rule NOTICE). `kept` shifts stay as they are, but for
    their seats, and `laid` are new. What people cost who are to stand by in vain is told beside the total, since it is
    pay for their time, as the work of the new shifts is."""

    series_id: UUID
    kept: int
    laid: int
    moved: Sequence[CancellationPrice]
    cancelled: Sequence[CancellationPrice]
    added: Money
    standby: Money
    total: Money


@dataclass(frozen=True, slots=True)
class _Plan:
    kept: Sequence[Shift]
    moved: Sequence[tuple[Shift, Planned]]
    dropped: Sequence[Shift]
    laid: Sequence[Planned]


def price(series_id: UUID, wanted: Wanted, *, by: Actor) -> ChangePrice:
    """What `change()` would do and cost now. It changes nothing. Raises what `change()` raises."""
    old = series.one(series_id, seen_by=by)
    require_company(by, old.company_id, Right.GIGS)
    gig = db.session.get_one(Gig, old.gig_id)
    new = _checked(old, gig, wanted)
    plan = _plan(old, new, wanted.from_day, series.laid_of(old, Shift.series_day >= wanted.from_day))
    return _price(old, gig, plan, new.standby)


def change(series_id: UUID, wanted: Wanted, agreed: Money, reason: str, *, by: Actor) -> ShiftSeries:
    """Ends the series before that day and goes on with a new one, which is returned, at the price that was agreed to.

    Seats are never taken from people: a shift that stays keeps at least those that are taken or stand in an offer.
    Raises WrongState when the series has ended, GigNotOpen, BadRecurrence, BadShift, VolumeCapReached, PriceChanged.
    """
    old = series.own(series_id, by=by)
    gig = db.session.get_one(Gig, old.gig_id)
    new = _checked(old, gig, wanted)
    plan = _plan(old, new, wanted.from_day, series.laid_of(old, Shift.series_day >= wanted.from_day, lock=True))
    asked = _price(old, gig, plan, new.standby)
    if asked.total > agreed:
        raise PriceChanged(f"It costs {asked.total} now.", price=str(asked.total))
    old.last_day, old.ended_because = wanted.from_day - A_DAY, reason
    series.end_if_over(old, by=by)
    db.session.add(new)
    record("series.changed", new, by=by, data={"from": str(old.id), "from_day": wanted.from_day.isoformat()})
    scheduling.cancel_shifts(plan.dropped, agreed, reason, by=by)
    _keep(new, gig, plan.kept, by=by)
    if new.standby != old.standby:
        _keep_standby(new, gig, plan.kept, agreed, reason, by=by)
    moving.move_shifts(gig, plan.moved, agreed, reason, series_id=new.id, by=by)
    laying.lay(gig, plan.laid, series_id=new.id, by=by)
    series.fill(new, gig, by=by)
    return new


def _checked(old: ShiftSeries, gig: Gig, wanted: Wanted) -> ShiftSeries:
    """The series that goes on, not yet written."""
    if old.status is not SeriesStatus.ACTIVE:
        raise WrongState("The series has ended.", state=str(old.status))
    if db.session.scalar(select(ShiftSeries.id).where(ShiftSeries.follows_id == old.id)) is not None:
        raise WrongState("It goes on as another series: change that one.", state=str(old.status))
    if gig.status is not GigStatus.OPEN:
        raise GigNotOpen(f"It is {gig.status}.")
    now, place = clock.now(), old.recurrence.place
    if not now.astimezone(place).date() <= wanted.from_day <= now.astimezone(place).date() + laying.FURTHEST:
        raise BadShift(f"It changes from today on or within {laying.FURTHEST.days} days.", field="from_day")
    if old.last_day is not None and wanted.from_day > old.last_day:
        raise BadShift(f"Its last day is {old.last_day}.", field="from_day")
    begun = db.session.scalar(
        select(func.max(Shift.series_day)).where(
            Shift.series_id == old.id, Shift.starts_at <= now, Shift.status != ShiftStatus.CANCELLED
        )
    )
    if begun is not None and begun >= wanted.from_day:
        raise BadShift(f"The shift of {begun} has begun: change it from the next day on.", field="from_day")
    rule, first_day = wanted.rule, wanted.from_day
    if rule is None:
        rest = old.recurrence.rest(wanted.from_day)
        rule, first_day = rest.rule, rest.first_day
    recurrence = series.recurrence_of(rule, first_day, wanted.begins, wanted.ends, old.timezone)
    days = [day for day in old.except_days if day >= wanted.from_day]
    new = ShiftSeries(
        gig_id=old.gig_id,
        company_id=old.company_id,
        follows_id=old.id,
        rule=recurrence.rule,
        first_day=first_day,
        last_day=old.last_day,
        begins=wanted.begins,
        ends=wanted.ends,
        timezone=old.timezone,
        except_days=sorted({*days, *_freed(old, wanted.from_day)}),
        seats=wanted.seats,
        crew_id=wanted.crew_id,
        standby=wanted.standby,
        filled_until=max(old.filled_until, wanted.from_day - A_DAY),
        status=SeriesStatus.ACTIVE,
    )
    first = next(iter(series.upcoming(new.recurrence, first_day + laying.FURTHEST)), None)
    if first is not None:
        planned = Planned(first.starts_at, first.ends_at, new.timezone, new.seats, standby=new.standby)
        laying.check_plan(planned, new.company_id, now)
    if new.crew_id is not None and not laying.is_open_crew(new.crew_id, new.company_id):
        raise BadShift("The company has no such crew.", field="crew_id")
    return new


def _freed(old: ShiftSeries, from_day: date) -> Sequence[date]:
    """The days on which a shift of the series was cancelled, or moved, by itself."""
    found = select(Shift.series_day).where(
        Shift.series_id == old.id, Shift.series_day >= from_day, Shift.status == ShiftStatus.CANCELLED
    )
    return [day for day in db.session.scalars(found) if day is not None]


def _plan(old: ShiftSeries, new: ShiftSeries, from_day: date, held: Sequence[Shift]) -> _Plan:
    """What becomes of the days that the old series has laid."""
    now = clock.now()
    until = old.filled_until if new.last_day is None else min(old.filled_until, new.last_day)
    days = [each for each in new.recurrence.occurrences(from_day - A_DAY, until) if each.starts_at >= now]
    wanted = {each.series_day: each for each in series.planned_of(new, days, now)}
    kept, moved, dropped = [], [], []
    for shift in held:
        asked = wanted.pop(shift.series_day, None)
        if asked is None:
            dropped.append(shift)
        elif (asked.starts_at, asked.ends_at) == (shift.starts_at, shift.ends_at):
            kept.append(shift)
        else:
            moved.append((shift, asked))
    return _Plan(kept, moved, dropped, list(wanted.values()))


def _price(old: ShiftSeries, gig: Gig, plan: _Plan, standby: int) -> ChangePrice:
    moved = scheduling.price_of([shift for shift, _ in plan.moved], curve=moving_curve)
    cancelled = scheduling.price_of(plan.dropped)
    # Whoever is paid for the moving is not paid for the adding too.
    paid = {each.shift_id: sum(bool(owed.compensation.minutes) for owed in each.owed) for each in moved}
    others = [replace(each, seats=each.seats - paid[shift.id]) for shift, each in plan.moved]
    added = costing.added_of(gig, [*plan.laid, *others])
    whole = total((each.total for each in (*moved, *cancelled)), gig.currency) + added
    more = max(0, standby - old.standby)
    kept = [Planned(each.starts_at, each.ends_at, each.timezone, each.seats, standby=more) for each in plan.kept]
    stands_by = costing.standby_of(gig, [*plan.laid, *(each for _, each in plan.moved), *kept])
    return ChangePrice(old.id, len(plan.kept), len(plan.laid), moved, cancelled, added, stands_by, whole)


def _keep(new: ShiftSeries, gig: Gig, kept: Sequence[Shift], *, by: Actor) -> None:
    """These shifts belong to the new series, with its seats. A crew that is asked first of them stays so."""
    asked, changed = _asked(kept), []
    before = sum(shift.seats for shift in kept)
    for shift in kept:
        seats = max(new.seats, shift.seats_taken + asked.get(shift.id, 0))
        if seats != shift.seats:
            changed.append((shift, {"seats": seats}))
        shift.seats, shift.series_id = seats, new.id
    record_many("shift.seats_changed", changed, by=by)
    if sum(shift.seats for shift in kept) > before:
        laying.check_volume(gig, 0)


def _keep_standby(new: ShiftSeries, gig: Gig, kept: Sequence[Shift], agreed: Money, reason: str, *, by: Actor) -> None:
    """So many people stand by for these shifts as the new series says; nobody who does, or is asked to, is let go."""
    beside = select(Shift).where(Shift.standby_of.in_([shift.id for shift in kept]))
    beside = beside.where(Shift.status == ShiftStatus.SCHEDULED).order_by(Shift.id).with_for_update(key_share=True)
    reserves = {shift.standby_of: shift for shift in db.session.scalars(beside)}
    asked, laid, ended, changed = _asked(list(reserves.values())), [], [], []
    for shift in kept:
        reserve, people = reserves.get(shift.id), min(new.standby, shift.seats)
        if reserve is None:
            laid.append(Planned(shift.starts_at, shift.ends_at, shift.timezone, people, standby_of=shift.id))
            continue
        seats = max(people, reserve.seats_taken + asked.get(reserve.id, 0))
        if not seats:
            ended.append(reserve)
        elif seats != reserve.seats:
            reserve.seats = seats
            changed.append((reserve, {"seats": seats}))
    record_many("shift.seats_changed", changed, by=by)
    laying.lay(gig, [each for each in laid if each.seats], by=by)
    scheduling.cancel_shifts(ended, agreed, reason, by=by)


def _asked(shifts: Sequence[Shift]) -> Mapping[UUID, int]:
    """How many seats of each shift stand in one person's offer alone (rule RACE)."""
    found = (
        select(Offer.shift_id, func.count())
        .where(
            Offer.shift_id.in_([shift.id for shift in shifts]),
            Offer.status == OfferStatus.PENDING,
            ~Offer.collects,
        )
        .group_by(Offer.shift_id)
    )
    rows = db.session.execute(found).all()
    return {row[0]: row[1] for row in rows}
