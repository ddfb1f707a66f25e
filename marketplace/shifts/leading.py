"""Team leads: the minutes in which somebody briefs the others before a shift, or checks after it, are work (LEAD)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.exc import OperationalError

from marketplace.accounts.rules import CLOCK, Actor, Right, require_company
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.money import Money
from marketplace.core.problems import NotFound, Problem
from marketplace.gigs.models import Gig
from marketplace.shifts import costing, laying, offers, queries
from marketplace.shifts.laying import Planned
from marketplace.shifts.leading_models import LeadMinutes, LeadPlan
from marketplace.shifts.models import Booking, Shift
from marketplace.shifts.rules import (
    BadLead,
    BookingStatus,
    LeadNamed,
    LeadPart,
    PriceChanged,
    ShiftBegun,
    ShiftStatus,
)
from marketplace.standards.catalogue import RULES

MOST = RULES["LEAD"].parameters["most_minutes"]
"""How many minutes a lead has at most on each side of the shift (rule LEAD)."""
ERROR = "error"
"""Why a plan ended that failed by our fault: no code of a problem."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class LeadPrice:
    """What the minutes of a lead cost at most; `parts` are each of them from when to when."""

    parts: Sequence[tuple[LeadPart, datetime, datetime]]
    total: Money


def price(shift_id: UUID, minutes_before: int, minutes_after: int, *, by: Actor) -> LeadPrice:
    """What naming a lead with so many minutes would cost at most. Raises what `name()` raises about the minutes."""
    shift = _own(shift_id, by=by)
    gig = laying.own_gig(shift.gig_id, by=by)
    parts = _parts(shift, minutes_before, minutes_after)
    planned = [_planned(shift, begins, ends) for _, begins, ends in parts]
    laying.check(gig, planned)
    return LeadPrice(parts, costing.price_of(gig, planned).total)


def name(
    shift_id: UUID,
    contractor_id: UUID,
    minutes_before: int,
    minutes_after: int,
    *,
    agreed: Money | None = None,
    by: Actor,
) -> Sequence[Shift]:
    """Names who leads a shift that is to come, and asks them for the minutes before and after it: each is a shift of
    its own, with its own offer, held and paid at their own rate. Returns those shifts.

    `agreed` is the price that the company saw. Raises NotFound, ShiftBegun, BadLead, LeadNamed while somebody leads it,
    PriceChanged, NotEligible, DoubleBooked, and what planning a shift raises.
    """
    assert by.person_id is not None
    asked = price(shift_id, minutes_before, minutes_after, by=by)
    if agreed is not None and asked.total > agreed:
        raise PriceChanged(f"It costs {asked.total} now.", price=str(asked.total))
    shift = _own(shift_id, by=by)
    if of_shifts([shift_id]):
        raise LeadNamed
    gig = laying.own_gig(shift.gig_id, by=by)
    if (waiting := db.session.get(LeadPlan, shift_id, with_for_update=True)) is not None:
        waiting.settled_at = waiting.settled_at or clock.now()
    return _name(
        shift,
        gig,
        LeadPlan(
            shift_id=shift_id,
            contractor_id=contractor_id,
            minutes_before=minutes_before,
            minutes_after=minutes_after,
            planned_at=clock.now(),
            planned_by=by.person_id,
        ),
        by=by,
    )


def name_due(limit: int = 50) -> int:
    """Asks the leads who were planned, and have said yes to their shift, for the minutes beside it: the lead of the
    crew that was asked first, or of the shift whose new time it is. Where that cannot be, its company is told; plans
    of shifts that have begun, or are not held, end. Returns how many were looked at.

    Safe to repeat and by many at once: a plan is locked and settled once.
    """
    now = clock.now()
    seated = exists().where(
        Booking.shift_id == LeadPlan.shift_id,
        Booking.contractor_id == LeadPlan.contractor_id,
        Booking.status == BookingStatus.BOOKED,
        ~Booking.is_standby,
    )
    over = or_(Shift.status != ShiftStatus.SCHEDULED, Shift.starts_at <= now)
    due = (
        select(LeadPlan, Shift.gig_id)
        .join(Shift, Shift.id == LeadPlan.shift_id)
        .where(LeadPlan.settled_at.is_(None), or_(over, seated))
        .order_by(LeadPlan.shift_id)
        .limit(limit)
    )
    rows = db.session.execute(due).all()
    for gig_id in sorted({row.gig_id for row in rows}):
        db.session.get_one(Gig, gig_id, with_for_update={"key_share": True}, populate_existing=True)
    for row in rows:
        plan = db.session.get_one(LeadPlan, row.LeadPlan.shift_id, with_for_update=True, populate_existing=True)
        if plan.settled_at is None:
            _settle(plan, db.session.get_one(Shift, plan.shift_id), db.session.get_one(Gig, row.gig_id), now)
    return len(rows)


def plans_of(shift_ids: Collection[UUID]) -> dict[UUID, LeadPlan]:
    """Who leads each of these shifts, or is to once they have a seat in it, with their minutes."""
    waiting = select(LeadPlan).where(LeadPlan.shift_id.in_(shift_ids), LeadPlan.settled_at.is_(None))
    found = {plan.shift_id: plan for plan in db.session.scalars(waiting)}
    for shift_id, rows in of_shifts(shift_ids).items():
        minutes = {row.part: (part.ends_at - part.starts_at) // timedelta(minutes=1) for row, part in rows}
        found[shift_id] = LeadPlan(
            shift_id=shift_id,
            contractor_id=rows[0][0].contractor_id,
            minutes_before=minutes.get(LeadPart.BRIEFING, 0),
            minutes_after=minutes.get(LeadPart.CHECKING, 0),
            planned_by=rows[0][0].named_by,
        )
    return found


def keep(plans: Mapping[UUID, LeadPlan]) -> None:
    """Plans for each of these new shifts the lead of the one that it was."""
    for shift_id, plan in plans.items():
        row = db.session.get(LeadPlan, shift_id) or LeadPlan(shift_id=shift_id)
        row.contractor_id, row.planned_by, row.planned_at = plan.contractor_id, plan.planned_by, clock.now()
        row.minutes_before, row.minutes_after = plan.minutes_before, plan.minutes_after
        db.session.add(row)
    db.session.flush()


def _settle(plan: LeadPlan, shift: Shift, gig: Gig, now: datetime) -> None:
    plan.settled_at = now
    if shift.status is not ShiftStatus.SCHEDULED or shift.starts_at <= now or of_shifts([shift.id]):
        return
    try:
        with db.session.begin_nested():
            _name(shift, gig, plan, by=CLOCK)
    except OperationalError:
        # Somebody else was in the way, or the database: the next look finds the plan as it was.
        raise
    except Exception as failure:
        # One plan that fails must not keep all others waiting behind it, whatever it is.
        if not isinstance(failure, Problem):
            log.exception("lead not named", shift=str(shift.id))
        plan.because = failure.code if isinstance(failure, Problem) else ERROR
        record("shift.lead_not_named", shift, by=CLOCK, data={"because": plan.because})


def _name(shift: Shift, gig: Gig, plan: LeadPlan, *, by: Actor) -> Sequence[Shift]:
    """Lays the minutes of a lead beside the shift and asks them. The caller has locked the gig."""
    parts = _parts(shift, plan.minutes_before, plan.minutes_after)
    laid = laying.lay(gig, [_planned(shift, begins, ends) for _, begins, ends in parts], by=by)
    db.session.flush()
    for (part, begins, _), made in zip(parts, laid, strict=True):
        row = LeadMinutes(
            shift_id=made.id,
            leads_id=shift.id,
            contractor_id=plan.contractor_id,
            part=part,
            named_at=clock.now(),
            named_by=plan.planned_by,
        )
        db.session.add(row)
        db.session.flush()
        reason = {"lead": {"shift_id": str(shift.id), "part": str(part)}}
        offers.make_offers(made, [(plan.contractor_id, reason)], begins, by=by)
    data = {"minutes_before": plan.minutes_before, "minutes_after": plan.minutes_after}
    record("shift.lead_named", shift, by=by, data=data)
    return laid


def of_shift(shift_id: UUID, *, seen_by: Actor) -> Sequence[tuple[LeadMinutes, Shift]]:
    """The minutes of the lead of a shift, for its company and for whoever was asked to take it. Raises NotFound."""
    queries.shift(shift_id, seen_by=seen_by)
    return of_shifts([shift_id]).get(shift_id, [])


def of_shifts(shift_ids: Collection[UUID]) -> Mapping[UUID, Sequence[tuple[LeadMinutes, Shift]]]:
    """Of each shift that somebody leads the minutes beside it, the earlier first; none that were cancelled."""
    found = (
        select(LeadMinutes, Shift)
        .join(Shift, Shift.id == LeadMinutes.shift_id)
        .where(LeadMinutes.leads_id.in_(shift_ids), Shift.status != ShiftStatus.CANCELLED)
        .order_by(Shift.starts_at)
    )
    known: dict[UUID, list[tuple[LeadMinutes, Shift]]] = {}
    for row, shift in db.session.execute(found):
        known.setdefault(row.leads_id, []).append((row, shift))
    return known


def is_of_lead(shift_id: UUID) -> bool:
    """Whether a shift is the minutes of a lead."""
    return db.session.get(LeadMinutes, shift_id) is not None


def refuse_others(shift_id: UUID) -> None:
    """Raises BadLead where a shift is the minutes of a lead, which nobody else takes."""
    if is_of_lead(shift_id):
        raise BadLead("The minutes of a lead are for the lead alone.", field="shift_id")


def is_lead_minutes() -> ColumnElement[bool]:
    """Whether a shift of a statement is the minutes of a lead: nobody else is asked to take it, nor may claim it."""
    return exists().where(LeadMinutes.shift_id == Shift.id)


def _own(shift_id: UUID, *, by: Actor) -> Shift:
    shift = db.session.get(Shift, shift_id)
    if shift is None:
        raise NotFound
    require_company(by, shift.company_id, Right.GIGS)
    if shift.status is not ShiftStatus.SCHEDULED or shift.starts_at <= clock.now():
        raise ShiftBegun
    if is_of_lead(shift_id):
        raise BadLead("These are the minutes of a lead themselves.", field="shift_id")
    return shift


def _parts(shift: Shift, minutes_before: int, minutes_after: int) -> list[tuple[LeadPart, datetime, datetime]]:
    if not (0 <= minutes_before <= MOST and 0 <= minutes_after <= MOST) or minutes_before + minutes_after == 0:
        raise BadLead(f"A lead has up to {MOST} minutes before and after, and some.", field="minutes_before")
    before, after = timedelta(minutes=minutes_before), timedelta(minutes=minutes_after)
    parts = [
        (LeadPart.BRIEFING, shift.starts_at - before, shift.starts_at),
        (LeadPart.CHECKING, shift.ends_at, shift.ends_at + after),
    ]
    return [each for each in parts if each[1] < each[2]]


def _planned(shift: Shift, begins: datetime, ends: datetime) -> Planned:
    return Planned(begins, ends, shift.timezone, 1, training=shift.is_training)
