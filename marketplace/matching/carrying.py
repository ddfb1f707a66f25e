"""A plan becomes offers. While it was reckoned nothing was locked, so what it rests on is looked at once more here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.rules import Actor
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.gigs.rules import GigStatus
from marketplace.matching import facts
from marketplace.matching.instance import Instance, Opening
from marketplace.matching.planned import Given, Planned
from marketplace.matching.rules import offer_until
from marketplace.shifts import asking
from marketplace.shifts import queries as shifts
from marketplace.shifts.eligibility import Busy, Person, first_no
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.rules import ShiftStatus
from marketplace.standards.hours import Span
from marketplace.workforce.models import Contractor

Made = Mapping[tuple[UUID, UUID], Offer]
"""Offers by their shift and person."""


def carry_out(
    instance: Instance,
    planned: Sequence[Planned],
    reasons: Mapping[UUID, Mapping[str, Any]],
    *,
    by: Actor,
) -> Made:
    """Makes the offers of a plan that can still be made: gigs are held, then shifts locked, in the order of their ids,
    and both, bookings and open offers are read again. Whoever said yes or was asked meanwhile was quicker, and keeps
    what they have. `reasons` are what the reason of each offer of a shift tells beside its points. A handful of
    statements."""
    wanted = sorted((given for each in planned for given in each.given), key=lambda given: given.turn)
    if not wanted:
        return {}
    chosen_shifts = {given.shift_id for given in wanted}
    sizes = {opening.shift_id: opening for opening in instance.openings}
    gigs = asking.hold_gigs({sizes[known].gig_id for known in chosen_shifts})
    locked = _locked(chosen_shifts, [known for known, gig in gigs.items() if gig.status is GigStatus.OPEN])
    people = _people(wanted, instance)
    waiting = facts.waiting_of(people.keys())
    asked, unanswered = facts.asked_about(locked.keys())
    free = {known: _room(sizes[known], shift.seats_open - unanswered.get(known, 0)) for known, shift in locked.items()}
    members = {member.id: member for member in instance.members}
    now = clock.now()
    chosen = []
    for given in wanted:
        shift, known = locked.get(given.shift_id), given.contractor_id
        if shift is None or free[shift.id] <= 0 or known in asked.get(shift.id, ()) or known not in people:
            continue
        seat = shifts.seat_of(shift, gigs[shift.gig_id])
        contract = members[known].under_contract(shift.company_id, shift.ends_at).contract
        person = replace(people[known], contract=contract)
        if first_no(seat, person) is not None or _overlap(waiting.get(known, ()), seat.span):
            continue
        free[shift.id] -= 1
        reason = given.scored.reason(instance.weights) | dict(reasons[shift.id])
        until = offer_until(now, shift.starts_at, person.quiet, person.zone)
        awake = offer_until(now, shift.starts_at) - now
        chosen.append(asking.Asked(shift, person, reason, until, answer=awake))
    made = asking.ask(chosen, list(gigs.values()), by=by)
    return {(offer.shift_id, offer.contractor_id): offer for offer in made}


def _room(opening: Opening, seats: int) -> int:
    """How many people may be asked about a shift of which so many seats are open now: the whole wave, unless some of
    the seats that it was meant for were taken meanwhile."""
    return opening.most if seats >= opening.seats else seats


def _locked(shift_ids: Collection[UUID], gig_ids: Collection[UUID]) -> dict[UUID, Shift]:
    """Those of the shifts that are of these gigs and still to be held, locked until the commit."""
    found = (
        select(Shift)
        .where(Shift.id.in_(shift_ids), Shift.gig_id.in_(gig_ids))
        .where(Shift.status == ShiftStatus.SCHEDULED, Shift.starts_at > clock.now())
        .order_by(Shift.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return {shift.id: shift for shift in db.session.scalars(found)}


def _people(wanted: Sequence[Given], instance: Instance) -> dict[UUID, Person]:
    """Those who were given a seat, as the rules read them now, without a contract."""
    chosen = {given.contractor_id for given in wanted}
    rows = select(Contractor).where(Contractor.id.in_(chosen)).order_by(Contractor.id)
    spans = [opening.span for opening in instance.openings]
    around = Span(min(span.starts_at for span in spans), max(span.ends_at for span in spans))
    fresh = rows.execution_options(populate_existing=True)
    return shifts.unsigned(list(db.session.scalars(fresh)), around)


def _overlap(waiting: Sequence[Busy], span: Span) -> bool:
    return any(each.span.starts_at < span.ends_at and span.starts_at < each.span.ends_at for each in waiting)
