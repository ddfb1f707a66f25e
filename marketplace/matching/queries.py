"""Reads of plans and of what they decided about a shift or a person."""

from uuid import UUID

from sqlalchemy import Select, exists, select

from marketplace.accounts.rules import Actor, Right, require_company, require_person
from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.problems import NotFound
from marketplace.gigs.models import Gig
from marketplace.gigs.rules import GigStatus
from marketplace.matching.models import MatchRun, Plan, PlannedSeat
from marketplace.matching.rules import PlanScope
from marketplace.shifts.models import Offer, Shift
from marketplace.shifts.rules import ShiftStatus


def plans(company_id: UUID | None = None, *, seen_by: Actor) -> Select[Plan]:
    """Plans of a horizon: for operators those of all companies and of each, for others those of their companies; of one
    company if it is named."""
    found = select(Plan).where(Plan.scope == PlanScope.HORIZON)
    if company_id is not None:
        if not seen_by.is_operator():
            require_company(seen_by, company_id, Right.READ)
        return found.where(Plan.company_id == company_id)
    if seen_by.is_operator():
        return found
    readable = [known for known in seen_by.companies if seen_by.may(Right.READ, known)]
    return found.where(Plan.company_id.in_(readable))


def plan(plan_id: UUID, *, seen_by: Actor) -> Plan:
    """One plan, for operators, and for the company that it was made for."""
    found = db.session.get(Plan, plan_id)
    if found is None or not _may_see(found, seen_by):
        raise NotFound
    return found


def shifts_of_plan(plan_id: UUID, *, seen_by: Actor) -> Select[MatchRun]:
    """What a plan decided about each shift."""
    plan(plan_id, seen_by=seen_by)
    return select(MatchRun).where(MatchRun.plan_id == plan_id)


def runs_of_shift(shift_id: UUID, *, seen_by: Actor) -> Select[MatchRun]:
    """The searches that were made for a shift, for its company."""
    shift = db.session.get(Shift, shift_id)
    if shift is None:
        raise NotFound
    require_company(seen_by, shift.company_id, Right.READ)
    return select(MatchRun).where(MatchRun.shift_id == shift_id)


def visible_shift(shift_id: UUID, *, seen_by: Actor) -> Shift:
    """A shift for a contractor who was asked to take it, or who has a contract with its company. Raises NotFound."""
    me = require_person(seen_by)
    shift = db.session.get(Shift, shift_id)
    if shift is None:
        raise NotFound
    asked = select(Offer.id).where(Offer.shift_id == shift_id, Offer.contractor_id == me).limit(1)
    if db.session.scalar(asked) is None and contracts.in_force(shift.company_id, me, clock.now()) is None:
        raise NotFound
    return shift


def not_offered(*, seen_by: Actor) -> Select[Shift]:
    """Coming shifts of open gigs of the companies the person has a contract with, that were not offered to them."""
    me = require_person(seen_by)
    return coming(seen_by=seen_by).where(~exists().where(Offer.shift_id == Shift.id, Offer.contractor_id == me))


def coming(*, seen_by: Actor) -> Select[Shift]:
    """Coming shifts of open gigs of the companies the person has a contract with. Joined to their gigs."""
    me, now = require_person(seen_by), clock.now()
    mine = db.session.scalars(contracts.contracts(seen_by).where(Contract.contractor_id == me)).all()
    return (
        select(Shift)
        .join(Gig, Gig.id == Shift.gig_id)
        .where(
            Shift.company_id.in_({each.company_id for each in mine if contracts.in_force(each.company_id, me, now)}),
            Shift.status == ShiftStatus.SCHEDULED,
            Shift.starts_at > now,
            Gig.status == GigStatus.OPEN,
        )
    )


def latest_run(shift_id: UUID) -> MatchRun | None:
    """What was decided last about a shift. The caller has made sure that the asker may see it."""
    return db.session.scalars(
        select(MatchRun).where(MatchRun.shift_id == shift_id).order_by(MatchRun.id.desc()).limit(1)
    ).first()


def newest_offer(shift_id: UUID, contractor_id: UUID) -> Offer | None:
    """How somebody was last asked to take a shift. The caller has made sure that the asker may see it."""
    found = select(Offer).where(Offer.shift_id == shift_id, Offer.contractor_id == contractor_id)
    return db.session.scalars(found.order_by(Offer.id.desc()).limit(1)).first()


def seats_of_person(plan_id: UUID, contractor_id: UUID) -> dict[UUID, PlannedSeat]:
    """The seats that a plan gave to somebody, by shift. The caller has made sure that the asker may see them."""
    found = select(PlannedSeat).where(PlannedSeat.plan_id == plan_id, PlannedSeat.contractor_id == contractor_id)
    return {seat.shift_id: seat for seat in db.session.scalars(found)}


def _may_see(found: Plan, seen_by: Actor) -> bool:
    if seen_by.is_operator():
        return True
    return found.company_id is not None and seen_by.may(Right.READ, found.company_id)
