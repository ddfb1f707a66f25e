"""Team leads: the minutes in which somebody briefs the others before a shift, or checks after it, are work (LEAD)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from marketplace.accounts.rules import Actor, Right, require_company
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.events import record
from marketplace.core.money import Money, total
from marketplace.core.problems import NotFound
from marketplace.shifts import adding, laying, offers, queries
from marketplace.shifts.laying import Planned
from marketplace.shifts.leading_models import LeadMinutes
from marketplace.shifts.models import Shift
from marketplace.shifts.rules import BadLead, LeadNamed, LeadPart, PriceChanged, ShiftBegun, ShiftStatus
from marketplace.standards.catalogue import RULES

MOST = RULES["LEAD"].parameters["most_minutes"]
"""How many minutes a lead has at most on each side of the shift (rule LEAD)."""


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
    laying.check(gig, [_planned(shift, begins, ends) for _, begins, ends in parts])
    prices = [adding.price(gig, begins, ends, 1, shift.is_training).total for _, begins, ends in parts]
    return LeadPrice(parts, total(prices, gig.currency))


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
    laid = laying.lay(gig, [_planned(shift, begins, ends) for _, begins, ends in asked.parts], by=by)
    db.session.flush()
    for (part, begins, _), made in zip(asked.parts, laid, strict=True):
        row = LeadMinutes(
            shift_id=made.id,
            leads_id=shift.id,
            contractor_id=contractor_id,
            part=part,
            named_at=clock.now(),
            named_by=by.person_id,
        )
        db.session.add(row)
        db.session.flush()
        reason = {"lead": {"shift_id": str(shift.id), "part": str(part)}}
        offers.offer(made.id, [(contractor_id, reason)], begins, by=by)
    data = {"minutes_before": minutes_before, "minutes_after": minutes_after}
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
